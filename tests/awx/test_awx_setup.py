# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that sets AWX up, through the real modules of awx.awx, against a stand-in for AWX's API."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import json
import os
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
from paths import CHECKOUT, COLLECTION_PATH, cache_dir, installed_root
from servers import awx_export
from servers.awx_server import AwxServer
from venvs import REQUIREMENTS, ensure_venv

INSTALLED = installed_root() / COLLECTION_PATH
PROJECT = "https://github.com/netsot/ansible-collection-librenms.git"
SECRETS = {"awx_setup_librenms_token": "secret-of-librenms", "awx_setup_netbox_token": "secret-of-netbox"}
SETTINGS: dict[str, t.Any] = {
    "awx_setup_image": "registry.example.net/netsot/librenms:1",
    "awx_setup_librenms_url": "https://librenms.example.net",
    "awx_setup_netbox_url": "https://netbox.example.net",
    "awx_setup_notification_type": "webhook",
    "awx_setup_notification_configuration": {"url": "https://hooks.example.net/", "http_method": "POST", "headers": {}},
    **SECRETS,
}
SHARED: dict[str, t.Any] = {"awx_setup_shared_directory": "/var/lib/netsot", "awx_setup_drift_enabled": True}


@dataclasses.dataclass(frozen=True)
class Played:
    output: str
    changed: int
    writes: int

    def changed_tasks(self) -> set[str]:
        found = re.findall(r"^TASK \[(?:[\w.]+ : )?(.*?)\] \**\n((?:.|\n)*?)(?=^TASK|^PLAY RECAP)", self.output, re.MULTILINE)
        return {name for name, body in found if "changed: [localhost]" in body}


class Setup:
    def __init__(self, awx: AwxServer, venv: Path, directory: Path) -> None:
        self._awx = awx
        self._venv = venv
        self._directory = directory

    def play(self, *arguments: str, **variables: t.Any) -> Played:
        extra = self._directory / "extra.json"
        extra.write_text(json.dumps({**SETTINGS, **variables}), encoding="utf-8")
        site_packages = next((self._venv / "lib").glob("python3*/site-packages"))
        environment = {
            **os.environ,
            "HOME": str(self._directory),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(installed_root()), str(site_packages)]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "CONTROLLER_HOST": self._awx.url,
            "CONTROLLER_OAUTH_TOKEN": self._awx.token,
            "CONTROLLER_REQUEST_TIMEOUT": "120",
        }
        before = len(self._awx.writes)
        command = [str(self._venv / "bin" / "ansible-playbook"), "netsot.librenms.awx_setup", "-e", f"@{extra}", *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
        output = done.stdout + done.stderr
        assert done.returncode == 0, output
        for secret in SECRETS.values():
            assert secret not in output
        assert "Using a mapping for" not in output
        (changed,) = re.findall(r"changed=(\d+)", done.stdout)
        return Played(done.stdout, int(changed), len(self._awx.writes) - before)


@pytest.fixture(scope="module")
def awx() -> c.Iterator[AwxServer]:
    with AwxServer({PROJECT: INSTALLED}) as server:
        yield server


@pytest.fixture
def setup(awx: AwxServer, tmp_path: Path) -> Setup:
    return Setup(awx, ensure_venv("venv-awx", REQUIREMENTS / "awx.txt"), tmp_path)


def rows(awx: AwxServer, path: str) -> dict[str, dict[str, t.Any]]:
    return {row["name"]: row for row in awx.store.rows[path].values()}


def node_templates(awx: AwxServer) -> dict[str, int]:
    """The templates of the workflow's nodes, by the nodes' names."""
    return {row["identifier"]: row["unified_job_template"] for row in awx.store.rows["workflow_job_template_nodes"].values()}


# One after the other: each test goes on with what the one before it left.


def test_a_check_of_nothing_writes_nothing(setup: Setup, awx: AwxServer) -> None:
    played = setup.play("--check")
    assert played.writes == 0
    assert "Make the credential types" in played.changed_tasks()
    assert "Objects that others need would be created first" in played.output


def test_everything_is_made(setup: Setup, awx: AwxServer) -> None:
    setup.play()
    templates = rows(awx, "job_templates")
    assert {name: (row["playbook"], row["job_type"]) for name, row in templates.items()} == {
        "LibreNMS: Search": ("awx/search.yml", "run"),
        "LibreNMS: Preview": ("awx/import.yml", "check"),
        "LibreNMS: Import": ("awx/import.yml", "run"),
        "LibreNMS: Apply plan": ("awx/apply_plan.yml", "run"),
        "LibreNMS: Undo": ("awx/undo.yml", "check"),
        "LibreNMS: Drift": ("awx/drift.yml", "run"),
        "LibreNMS: Jobs": ("awx/jobs.yml", "run"),
    }
    assert [name for name, row in templates.items() if row["ask_job_type_on_launch"]] == ["LibreNMS: Apply plan", "LibreNMS: Undo"]
    environment = rows(awx, "execution_environments")["LibreNMS execution environment"]
    assert {row["execution_environment"] for row in templates.values()} == {environment["id"]}
    source = rows(awx, "inventory_sources")["LibreNMS devices"]
    assert source["source_path"] == "awx/inventory.librenms.yml"
    assert (INSTALLED / source["source_path"]).is_file()
    assert source["credential"] == rows(awx, "credentials")["LibreNMS: LibreNMS"]["id"]
    assert node_templates(awx)["import"] == templates["LibreNMS: Import"]["id"]
    nodes = {row["identifier"]: row["id"] for row in awx.store.rows["workflow_job_template_nodes"].values()}
    following = {name: awx.store.links.get(("workflow_job_template_nodes", node, "success_nodes"), []) for name, node in nodes.items()}
    assert following == {"preview": [nodes["approve"]], "approve": [nodes["import"]], "import": []}
    schedules = {row["name"]: (row["unified_job_template"], row["enabled"]) for row in awx.store.rows["schedules"].values()}
    assert schedules == {
        "LibreNMS: nightly import": (templates["LibreNMS: Import"]["id"], False),
        "LibreNMS: nightly drift": (templates["LibreNMS: Drift"]["id"], False),
    }
    for name, row in templates.items():
        links = {part: awx.store.links.get(("job_templates", row["id"], part), []) for part in ("credentials", "labels")}
        assert [len(ids) for ids in links.values()] == [2, 2], name
        assert awx.store.links[("job_templates", row["id"], "notification_templates_error")]


def test_a_directory_that_jobs_share_and_a_second_run(setup: Setup, awx: AwxServer) -> None:
    """Then what is approved is the plan itself. Nothing else changes, and the run after it changes nothing."""
    played = setup.play(**SHARED)
    assert played.changed_tasks() == {"Make the job templates", "Make the nodes of the workflow", "Make the schedules"}
    templates = rows(awx, "job_templates")
    assert node_templates(awx)["import"] == templates["LibreNMS: Apply plan"]["id"]
    assert json.loads(templates["LibreNMS: Preview"]["extra_vars"])["awx_answers_plan_directory"] == "/var/lib/netsot/plans"
    assert rows(awx, "schedules")["LibreNMS: nightly drift"]["enabled"]
    again = setup.play(**SHARED)
    assert (again.changed, again.writes) == (0, 0), again.changed_tasks()


def test_the_same_as_variables(awx: AwxServer) -> None:
    """The example for infra.aap_configuration is what the role has made; nobody writes it by hand."""
    example = CHECKOUT / "docs" / "examples" / "aap_configuration.yml"
    head, mark, old = example.read_text(encoding="utf-8").partition("---\n")
    new = awx_export.text(awx.store)
    if new != old:
        anew = cache_dir() / example.name
        anew.write_text(head + mark + new, encoding="utf-8")
        pytest.fail(f"{example.name} is not what the role makes. Look at {anew} and put it in its place.")
    # No token, and nothing that AWX would refuse.
    assert not any(secret in old for secret in (*SECRETS.values(), "by hand", "$encrypted$"))


def test_a_check_tells_what_would_change(setup: Setup, awx: AwxServer) -> None:
    # A token that was filled in by hand stays.
    credential = rows(awx, "credentials")["LibreNMS: LibreNMS"]
    awx.store.change("credentials", credential["id"], {"inputs": {"url": "https://other.example.net", "token": "by hand"}})
    settings = {"rules": {"roles": [{"type": "network", "role": "Switch"}]}}
    played = setup.play("--check", awx_setup_librenms_token="", awx_setup_settings=settings, **SHARED)
    assert played.writes == 0
    assert played.changed_tasks() == {"Make the job templates"}


def test_everything_is_removed(setup: Setup, awx: AwxServer) -> None:
    checked = setup.play("--check", awx_setup_state="absent")
    assert checked.writes == 0
    assert checked.changed > 0
    setup.play(awx_setup_state="absent")
    left = {
        path: list(rows) for path, rows in awx.store.rows.items() if rows and path not in ("project_updates", "workflow_approval_templates")
    }
    assert set(left) == {"organizations", "labels"}
    again = setup.play(awx_setup_state="absent")
    assert (again.changed, again.writes) == (0, 0)
