# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job templates as AWX would start them: answers of every kind, the environment of the credentials, the sizes of events."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from paths import COLLECTION_PATH, installed_root
from servers.awx_store import Job, Store
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer
from system.support.harness import RULES, Ansible, Json, NetBoxApi, Played, servers_environment

INSTALLED = installed_root() / COLLECTION_PATH
PROJECT = "https://git.example.net/netbox.git"
EVENT_LIMIT = 700_000
"""Characters of a result, above which AWX drops it."""


class _Loader(yaml.SafeLoader):
    """Reads what is marked C(!unsafe), too."""


_Loader.add_constructor("!unsafe", lambda _loader, node: node.value)


class Awx:
    """The templates of the set-up, and ansible-runner in the place of AWX's jobs."""

    def __init__(self, directory: Path, servers: dict[str, str]) -> None:
        self._directory = directory
        directory.mkdir()
        self.store = Store({PROJECT: INSTALLED / "awx"})
        self._ansible = Ansible(directory / "ansible", {})
        self._role: Json = yaml.load((INSTALLED / "roles/awx_setup/vars/main.yml").read_text(encoding="utf-8"), Loader=_Loader)
        self._project = self.store.create("projects", {"name": "p", "scm_type": "git", "scm_url": PROJECT})["id"]
        self._inventory = self.store.create("inventories", {"name": "i", "organization": 1})["id"]
        self._credentials = [self._credential(kind, servers) for kind in self._role["awx_setup_credential_types"]]

    def _credential(self, kind: Json, servers: dict[str, str]) -> int:
        made = self.store.create("credential_types", {"kind": "cloud", **kind})
        name = kind["name"].upper()
        inputs = {"url": servers[f"{name}_URL"], "token": servers[f"{name}_TOKEN"]}
        return int(self.store.create("credentials", {"name": name, "credential_type": made["id"], "inputs": inputs})["id"])

    def template(self, name: str, **settings: t.Any) -> int:
        (template,) = [item for item in self._role["awx_setup_templates"] if item["name"] == name]
        questions = [
            question
            for part in ("filter", "import", "jobs")
            if f"awx_setup_{part}_questions" in template["questions"]
            for question in self._role[f"awx_setup_{part}_questions"]
        ]
        row = self.store.create(
            "job_templates",
            {
                "name": f"{name} {len(self.store.rows['job_templates'])}",
                "project": self._project,
                "inventory": self._inventory,
                "playbook": template["playbook"],
                "job_type": template["job_type"],
                "survey_enabled": True,
                "extra_vars": json.dumps({**self._role["awx_setup_template_variables"], **settings}),
            },
        )
        self.store.set_survey("job_templates", row["id"], {"name": "", "description": "", "spec": questions})
        for credential in self._credentials:
            self.store.link("job_templates", row["id"], "credentials", {"id": credential})
        return int(row["id"])

    def launch(self, template: int, **answers: t.Any) -> Played:
        job: Job = self.store.launch(template, answers)
        variables = self.store.environment(job, self._directory)
        played = self._ansible.play(str(job.playbook), extra=job.extra_vars, check=job.check, variables=variables)
        sizes = [len(json.dumps(event["event_data"].get("res", {}))) for event in played.events]
        assert max(sizes) < EVENT_LIMIT
        return played


@pytest.fixture
def awx(tmp_path: Path, librenms: LibreNMSSimulator, netbox_server: NetBoxServer) -> Awx:
    return Awx(tmp_path / "awx", servers_environment(librenms, netbox_server))


def test_no_answer_selects_nothing(awx: Awx, world: NetBoxApi) -> None:
    played = awx.launch(awx.template("Search", rules=RULES))
    assert played.status == "failed"
    assert "all_devices" in played.stdout


def test_an_answer_without_effect_fails(awx: Awx, world: NetBoxApi) -> None:
    played = awx.launch(awx.template("Import", rules=RULES, filters={"device_ids": [9]}), survey_device_ids="20")
    assert played.status == "failed"
    assert "has no effect" in played.stdout
    assert played.tasks("Import the devices") == []


def test_preview_import_and_jobs(awx: Awx, netbox: NetBoxApi, tmp_path: Path) -> None:
    shared = {"state_dir": str(tmp_path / "shared"), "librenms_job_state_dir": str(tmp_path / "shared")}
    before = netbox.changes()
    preview = awx.launch(awx.template("Preview", rules=RULES, **shared), survey_device_ids="9\n20", existing="link")
    assert preview.status == "successful", preview.stdout
    assert netbox.changes() == before
    done = awx.launch(awx.template("Import", rules=RULES, **shared), survey_device_ids="9\n20", existing="link")
    assert done.result("Import the devices")["summary"]["created"] == 2
    assert preview.result("Import the devices")["summary"]["created"] == 2
    jobs = awx.launch(awx.template("Jobs", **shared), librenms_job_status=["completed"], librenms_job_limit=1)
    assert jobs.status == "successful", jobs.stdout
    assert len(jobs.result("Show the jobs")["msg"]) == 2
    listed = awx.launch(awx.template("Jobs", **shared))
    assert len(listed.result("Show the jobs")["msg"]) == 3
