# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running ansible-inventory and ansible-playbook with an inventory file against the LibreNMS simulator."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml
from servers.librenms_server import LibreNMSSimulator

PLUGIN = "netsot.librenms.librenms_devices"
Json = dict[str, t.Any]

# Ansible's settings for these runs come from the tests alone; where it finds the collection and its own files does not.
_KEPT = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_HOME", "ANSIBLE_CONFIG")


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> Json:
        """The output of ansible-inventory, with texts that it marks as untrusted as plain texts."""
        if self.code:
            raise AssertionError(f"it failed: {self.stderr}")
        return t.cast("Json", json.loads(self.stdout, object_hook=lambda value: value.get("__ansible_unsafe", value)))

    @property
    def text(self) -> str:
        """Everything it said, in one line, since Ansible wraps its warnings."""
        return " ".join((self.stdout + self.stderr).split())


class InventoryFile:
    """One inventory source in a directory of its own.

    :param tools: the directory of the Ansible commands; that of this Python by default
    """

    def __init__(self, directory: Path, librenms: LibreNMSSimulator, *, tools: Path | None = None, **options: t.Any) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.librenms = librenms
        self.path = directory / "test.librenms.yml"
        self.environment = {"LIBRENMS_URL": librenms.url, "LIBRENMS_TOKEN": librenms.token}
        self._tools = tools or Path(sys.executable).parent
        self.write(**options)

    def write(self, **options: t.Any) -> None:
        self.path.write_text(yaml.safe_dump({"plugin": PLUGIN, **options}, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def run(self, command: str, *arguments: str, tolerant: bool = False, **environment: str) -> Ran:
        """:param tolerant: let Ansible go on without a source that failed, as it does by default"""
        variables = {name: value for name, value in os.environ.items() if name in _KEPT or not name.startswith(("ANSIBLE_", "LIBRENMS_"))}
        variables |= {"HOME": str(self.directory), "ANSIBLE_LOCAL_TEMP": str(self.directory / "tmp"), **self.environment, **environment}
        if not tolerant:
            variables["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "true"
        done = subprocess.run(
            [str(self._tools / command), "-i", str(self.path), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def listed(self, *arguments: str, **environment: str) -> Json:
        return self.run("ansible-inventory", "--list", *arguments, tolerant=False, **environment).json()

    def hosts(self, *arguments: str, **environment: str) -> dict[str, Json]:
        """Variables by host."""
        return t.cast("dict[str, Json]", self.listed(*arguments, **environment)["_meta"]["hostvars"])

    def fails(self, *arguments: str, **environment: str) -> str:
        """What is said when the source fails."""
        ran = self.run("ansible-inventory", "--list", *arguments, tolerant=False, **environment)
        if not ran.code or "hostvars" in ran.stdout:
            raise AssertionError(f"it did not fail: {ran.text}")
        return ran.text

    def play(self, tasks: list[Json], *arguments: str, hosts: str = "all", **environment: str) -> Ran:
        play = {"name": "test", "hosts": hosts, "connection": "local", "gather_facts": False, "tasks": tasks}
        play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        (self.directory / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
        return self.run("ansible-playbook", str(self.directory / "play.yml"), *arguments, tolerant=False, **environment)

    @property
    def routes(self) -> dict[str, int]:
        """What LibreNMS was asked since the last look."""
        routes = self.librenms.requests.by_route()
        self.librenms.requests.reset()
        return routes
