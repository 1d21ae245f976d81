# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running playbooks with ansible-runner against the test servers, and looking at what they did."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import json
import shutil
import typing as t
from pathlib import Path

import ansible_runner
import requests
import yaml
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer

COLLECTION = "netsot.librenms"
DEMO_VARS: dict[str, t.Any] = yaml.safe_load((Path(__file__).parents[2] / "servers" / "demo_vars.yml").read_text(encoding="utf-8"))
RULES: dict[str, t.Any] = DEMO_VARS["rules"]

Json = dict[str, t.Any]

RESULT_FILE = "result.json"


class NetBoxApi:
    """The test NetBox as its administrator sees it: to prepare objects and to look at what a run left."""

    def __init__(self, server: NetBoxServer, branch: str = "") -> None:
        """:param branch: the identifier of the branch that is looked at; main without it"""
        self.server = server
        self.url = server.url
        self.tokens = server.tokens
        self._session = requests.Session()
        self._session.trust_env = False
        # gunicorn drops connections that were idle for a while, perhaps at the very moment of the next request.
        self._session.headers["Connection"] = "close"
        self._session.headers["Authorization"] = f"Token {self.tokens['admin_v1']}"
        if branch:
            self._session.headers["X-NetBox-Branch"] = branch

    def _call(self, method: str, path: str, **arguments: t.Any) -> t.Any:
        response = self._session.request(method, f"{self.url}/api/{path}/", timeout=120, **arguments)
        if not response.ok:
            raise AssertionError(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else None

    def all(self, path: str, **query: t.Any) -> list[Json]:
        rows: list[Json] = []
        while True:
            answer = self._call("GET", path, params={"limit": 1000, "offset": len(rows), **query})
            rows += answer["results"]
            if not answer["next"]:
                return rows

    def one(self, path: str, **query: t.Any) -> Json:
        rows = self.all(path, **query)
        if len(rows) != 1:
            raise AssertionError(f"{path} {query}: {len(rows)} objects")
        return rows[0]

    def add(self, path: str, **body: t.Any) -> Json:
        return t.cast("Json", self._call("POST", path, json=body))

    def change(self, path: str, object_id: int, **body: t.Any) -> Json:
        return t.cast("Json", self._call("PATCH", f"{path}/{object_id}", json=body))

    def remove(self, path: str, object_id: int) -> None:
        self._call("DELETE", f"{path}/{object_id}")

    def id_of(self, path: str, **query: t.Any) -> int:
        return int(self.one(path, **query)["id"])

    def add_device(
        self, name: str, *, site: str = "Paris DC2", device_type: str = "C9300-48P", role: str = "Switch", **fields: t.Any
    ) -> Json:
        """A device as a person would add it."""
        return self.add(
            "dcim/devices",
            name=name,
            site=self.id_of("dcim/sites", name=site),
            device_type=self.id_of("dcim/device-types", model=device_type),
            role=self.id_of("dcim/device-roles", name=role),
            **fields,
        )

    def changes(self) -> int:
        """Entries of NetBox's change log: any write through the API adds one."""
        return self.server.changelog_count()


@dataclasses.dataclass(frozen=True)
class Played:
    """One run of ansible-playbook."""

    status: str
    rc: int
    events: list[Json]
    stdout: str
    directory: Path

    def tasks(self, name: str) -> list[Json]:
        """The results of a task, by the task's name, one per end of it."""
        ends = ("runner_on_ok", "runner_on_failed", "runner_item_on_ok", "runner_item_on_failed")
        found = (event["event_data"] for event in self.events if event["event"] in ends)
        return [data["res"] for data in found if data.get("task") == name]

    def result(self, name: str = "module") -> Json:
        if name == "module":
            return t.cast("Json", json.loads((self.directory / "project" / RESULT_FILE).read_text(encoding="utf-8")))
        results = self.tasks(name)
        if len(results) != 1:
            raise AssertionError(f"task {name!r} has {len(results)} results:\n{self.stdout[-3000:]}")
        return results[0]

    def results(self) -> list[Json]:
        """The results of :meth:`Ansible.modules`."""
        files = sorted((self.directory / "project").glob(f"*-{RESULT_FILE}"), key=lambda path: int(path.name.partition("-")[0]))
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]

    @property
    def warnings(self) -> list[str]:
        return [line for line in self.stdout.splitlines() if "[WARNING]" in line]

    @property
    def unexpected_warnings(self) -> list[str]:
        """Those but for the ones on rules and overrides that a selection of a few devices leaves without use."""
        expected = ("Rules that match no selected device", "Overrides of devices that are not selected")
        return [line for line in self.warnings if not any(text in line for text in expected)]


class Ansible:
    """ansible-playbook with a directory, a cache and job records of its own."""

    def __init__(self, directory: Path, variables: c.Mapping[str, str]) -> None:
        self._directory = directory
        self.variables = dict(variables)
        self._number = 0
        self.cache_dir = directory / "cache"
        self.state_dir = directory / "state"

    def play(
        self,
        playbook: str | list[Json],
        *,
        extra: c.Mapping[str, t.Any] | None = None,
        check: bool = False,
        arguments: str = "",
        variables: c.Mapping[str, str] | None = None,
        on_event: c.Callable[[Json], object] | None = None,
    ) -> Played:
        """Runs a playbook of the collection by its name, or plays.

        :param on_event: gets every event as it comes, in the thread that called
        """
        self._number += 1
        private = self._directory / f"run{self._number}"
        (private / "project").mkdir(parents=True)
        name = playbook if isinstance(playbook, str) else "play.yml"
        if not isinstance(playbook, str):
            (private / "project" / name).write_text(yaml.safe_dump(playbook, allow_unicode=True), encoding="utf-8")
        environment = {
            "NETSOT_LIBRENMS_CACHE_DIR": str(self.cache_dir),
            "NETSOT_LIBRENMS_STATE_DIR": str(self.state_dir),
            "ANSIBLE_ASYNC_DIR": str(self._directory / "async"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **self.variables,
            **(variables or {}),
        }
        if extra:
            (private / "extra.json").write_text(json.dumps(extra), encoding="utf-8")
            arguments = f"{arguments} -e @{private / 'extra.json'}"
        run = ansible_runner.run(
            private_data_dir=str(private),
            playbook=name,
            envvars=environment,
            cmdline=f"{'--check ' if check else ''}{arguments}".strip() or None,
            quiet=True,
            settings={"suppress_env_files": True},
            event_handler=_keeping(on_event) if on_event else None,
        )
        events = [event for event in run.events if event.get("event_data") is not None]
        stdout = Path(run.stdout.name).read_text(encoding="utf-8")
        return Played(run.status, run.rc, events, stdout, private)

    def module(
        self, name: str, options: c.Mapping[str, t.Any], *, keywords: c.Mapping[str, t.Any] | None = None, **arguments: t.Any
    ) -> Played:
        """One task of a module of the collection, on the controller's own interpreter.

        :param keywords: of the task, such as C(async)
        """
        task = {"name": "module", f"{COLLECTION}.{name}": dict(options), "register": "result", **(keywords or {})}
        return self.play([local_play([{"block": [task], "always": [_keep(RESULT_FILE)]}])], **arguments)

    def modules(self, name: str, options: c.Sequence[c.Mapping[str, t.Any]], **arguments: t.Any) -> Played:
        """One task after the other; a failed one does not keep the rest back."""
        tasks: list[Json] = []
        for number, item in enumerate(options):
            task = {"name": f"module {number}", f"{COLLECTION}.{name}": dict(item), "register": "result", "ignore_errors": True}
            tasks += [task, _keep(f"{number}-{RESULT_FILE}")]
        return self.play([local_play(tasks)], **arguments)

    def search(self, options: c.Mapping[str, t.Any], **arguments: t.Any) -> Json:
        return self.module("librenms_device_search", options, **arguments).result()

    def import_devices(self, options: c.Mapping[str, t.Any], **arguments: t.Any) -> Json:
        return self.module("netbox_device_import", options, **arguments).result()

    def clean(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)


def _keeping(on_event: c.Callable[[Json], object]) -> c.Callable[[Json], bool]:
    """An event handler of ansible-runner: it keeps an event's file only when the handler says so."""

    def handle(event: Json) -> bool:
        on_event(event)
        return True

    return handle


def _keep(name: str) -> Json:
    # Results over 700,000 characters are dropped from events, as in AWX, so they go by a file.
    return {
        "name": "keep",
        "ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": f"{{{{ playbook_dir }}}}/{name}", "mode": "0600"},
        "check_mode": False,
        "diff": False,
        "no_log": True,
    }


def servers_environment(librenms: LibreNMSSimulator, netbox: NetBoxServer) -> dict[str, str]:
    """The environment that points to both servers."""
    return {
        "LIBRENMS_URL": librenms.url,
        "LIBRENMS_TOKEN": librenms.token,
        "NETBOX_URL": netbox.url,
        "NETBOX_TOKEN": netbox.tokens["admin_v2"],
    }


def local_play(tasks: list[Json], **keywords: t.Any) -> Json:
    return {
        "name": "Test",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": tasks,
        **keywords,
    }


def without_ids(value: t.Any) -> t.Any:
    """A result without the ids that only a real run knows."""
    if isinstance(value, dict):
        member = "position" in value
        dropped = ("id", "url", "netbox_id", *(("netbox",) if member else ()))
        return {name: without_ids(item) for name, item in value.items() if name not in dropped}
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    return value


def actions(result: Json) -> dict[int, str]:
    return {item["device_id"]: item["action"] for item in result["results"]}
