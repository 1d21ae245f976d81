# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job templates as AWX would start them: answers of every kind, the environment of the credentials, the sizes of events."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from paths import COLLECTION_PATH, installed_root
from servers.awx_role import SetupRole
from servers.awx_store import Job, Store
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer
from system.support.harness import RULES, Ansible, Json, NetBoxApi, Played, servers_environment

INSTALLED = installed_root() / COLLECTION_PATH
PROJECT = "https://git.example.net/netbox.git"
EVENT_LIMIT = 700_000
"""Characters of a result, above which AWX drops it."""


class Awx:
    """The templates of the set-up, and ansible-runner in the place of AWX's jobs."""

    def __init__(self, directory: Path, servers: dict[str, str]) -> None:
        self._directory = directory
        directory.mkdir()
        self.store = Store({PROJECT: INSTALLED / "awx"})
        self._ansible = Ansible(directory / "ansible", {})
        self._role = SetupRole(INSTALLED)
        self._project = self.store.create("projects", {"name": "p", "scm_type": "git", "scm_url": PROJECT})["id"]
        self._inventory = self.store.create("inventories", {"name": "i", "organization": 1})["id"]
        self._credentials = [self._credential(kind, servers) for kind in self._role.credential_types]

    def _credential(self, kind: Json, servers: dict[str, str]) -> int:
        made = self.store.create("credential_types", {"kind": "cloud", **kind})
        name = kind["name"].upper()
        inputs = {"url": servers[f"{name}_URL"], "token": servers[f"{name}_TOKEN"]}
        return int(self.store.create("credentials", {"name": name, "credential_type": made["id"], "inputs": inputs})["id"])

    def template(self, name: str, **settings: t.Any) -> int:
        template = self._role.templates[name]
        row = self.store.create(
            "job_templates",
            {
                "name": f"{name} {len(self.store.rows['job_templates'])}",
                "project": self._project,
                "inventory": self._inventory,
                "playbook": template["playbook"],
                "job_type": template["job_type"],
                "survey_enabled": True,
                "ask_job_type_on_launch": template.get("ask_job_type", False),
                "extra_vars": json.dumps({**self._role.template_variables, **settings}),
            },
        )
        self.store.set_survey("job_templates", row["id"], {"name": "", "description": "", "spec": self._role.questions(name)})
        for credential in self._credentials:
            self.store.link("job_templates", row["id"], "credentials", {"id": credential})
        return int(row["id"])

    def launch(self, template: int, *, job_type: str | None = None, artifacts: Json | None = None, **answers: t.Any) -> tuple[Job, Played]:
        job = self.store.launch(template, answers, job_type, artifacts)
        variables = self.store.environment(job, self._directory)
        played = self._ansible.play(str(job.playbook), extra=job.extra_vars, check=job.check, variables=variables)
        sizes = [len(json.dumps(event["event_data"].get("res", {}))) for event in played.events]
        assert max(sizes) < EVENT_LIMIT
        return job, played

    def succeed(self, template: int, **arguments: t.Any) -> tuple[Job, Played]:
        job, played = self.launch(template, **arguments)
        assert played.status == "successful", played.stdout
        return job, played


def artifacts(played: Played) -> Json:
    """What a job hands on to the next one of a workflow."""
    found: Json = {}
    for event in played.events:
        found |= event["event_data"].get("artifact_data") or {}
    return found


def linked(netbox: NetBoxApi) -> set[int | None]:
    """The LibreNMS ids that NetBox's devices have."""
    return {(device["custom_fields"].get("librenms_id") or {}).get("default") for device in netbox.all("dcim/devices")}


@pytest.fixture
def awx(tmp_path: Path, librenms: LibreNMSSimulator, netbox_server: NetBoxServer) -> Awx:
    return Awx(tmp_path / "awx", servers_environment(librenms, netbox_server))


def test_answers_that_fail(awx: Awx, world: NetBoxApi) -> None:
    before = world.changes()
    _job, played = awx.launch(awx.template("Search", rules=RULES))
    assert played.status == "failed"
    assert "all_devices" in played.stdout
    _job, played = awx.launch(awx.template("Import", rules=RULES, filters={"device_ids": [9]}), survey_device_ids="20")
    assert played.status == "failed"
    assert "has no effect" in played.stdout
    assert played.tasks("Import the devices") == []
    # Without a directory that jobs share a plan has a path; a path in it goes nowhere else.
    for directory, answer, reason in (("", "mine", "awx_setup_shared_directory"), ("/plans", "../mine", "neither a path")):
        template = awx.template("Apply plan", awx_answers_plan_directory=directory)
        _job, played = awx.launch(template, survey_apply_plan=answer)
        assert played.status == "failed"
        assert "survey_apply_plan" in played.stdout and reason in played.stdout
    assert world.changes() == before


def test_from_preview_to_undo(awx: Awx, netbox: NetBoxApi, tmp_path: Path) -> None:
    """What several people do one after the other, in jobs that have nothing in common but one directory."""
    shared = {
        "state_dir": str(tmp_path / "shared"),
        "librenms_job_state_dir": str(tmp_path / "shared"),
        "awx_answers_plan_directory": str(tmp_path / "plans"),
    }
    before = netbox.changes()
    # Spaces, an empty line, a question of each kind.
    answers = {"survey_device_ids": " 9\n\n20 \n", "survey_status": ["up", "down"], "survey_location": "", "existing": "link"}
    previewed, preview = awx.succeed(awx.template("Preview", rules=RULES, **shared), **answers)
    assert preview.result("Import the devices")["summary"]["created"] == 2
    plan = tmp_path / "plans" / f"preview-awx-{previewed.number}.json"
    assert artifacts(preview)["survey_apply_plan"] == str(plan)
    assert str(plan) in preview.stdout

    # The next job of a workflow, as a check, with one device only, then as it is meant.
    apply_plan = awx.template("Apply plan", **shared)
    _job, checked = awx.succeed(apply_plan, job_type="check", artifacts=artifacts(preview), survey_only_device_ids="9")
    assert checked.result("Import the devices")["summary"]["created"] == 1
    assert netbox.changes() == before
    applied, done = awx.succeed(apply_plan, artifacts=artifacts(preview))
    assert done.result("Import the devices")["summary"]["created"] == 2
    assert done.result("Import the devices")["job"]["id"] == f"awx-{applied.number}"
    # By its name, again.
    repeated, again = awx.succeed(apply_plan, survey_apply_plan=plan.stem)
    assert not again.result("Import the devices")["changed"]

    undo = awx.template("Undo", **shared)
    _job, told = awx.succeed(undo, survey_undo_job=str(applied.number), survey_undo_device_ids="9\n20")
    assert {9, 20} <= linked(netbox)
    _job, undone = awx.succeed(undo, job_type="run", survey_undo_job=str(applied.number))
    assert not {9, 20} & linked(netbox)
    assert told.result("Undo the import")["summary"] == undone.result("Undo the import")["summary"]

    jobs = awx.template("Jobs", **shared)
    _job, listed = awx.succeed(jobs)
    shown = [line.split()[:3] for line in listed.result("Show the jobs")["msg"][1:]]
    assert [kind for _name, kind, _status in shown] == ["undo", "undo", "import", "import", "import", "import"]
    assert shown[2][0] == f"awx-{repeated.number}"
    _job, one = awx.succeed(jobs, librenms_job_status=["completed"], librenms_job_limit=1)
    assert len(one.result("Show the jobs")["msg"]) == 2


def test_undo_of_a_job_whose_container_is_gone(awx: Awx, netbox: NetBoxApi, tmp_path: Path) -> None:
    """Its journal went with it; NetBox's change log has the job's name."""
    template = awx.template("Import", rules=RULES, state_dir=str(tmp_path / "first container"))
    imported, _played = awx.succeed(template, survey_device_ids="9\n20")
    undo = awx.template("Undo", state_dir=str(tmp_path / "second container"))
    _job, undone = awx.succeed(undo, job_type="run", survey_undo_job=str(imported.number), survey_undo_device_ids="9")
    assert undone.result("Undo the import")["changed"]
    assert {9, 20} & linked(netbox) == {20}


def test_drift(awx: Awx, world: NetBoxApi) -> None:
    before = world.changes()
    template = awx.template("Drift", rules=RULES)
    _job, all_of_them = awx.succeed(template)
    counts = artifacts(all_of_them)["librenms_drift"]
    assert counts["devices"] > 0
    assert counts["vanished"] is not None
    _job, played = awx.launch(template, fail_on_drift="true", survey_site="Paris DC2", ports="primary")
    assert played.status == "failed"
    assert "devices differ between LibreNMS and NetBox" in played.stdout
    assert artifacts(played)["librenms_drift"]["vanished"] is None
    assert world.changes() == before
