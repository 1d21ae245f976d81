# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for AWX refuses what AWX refuses, and the files of awx/ and of the set-up pass."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from servers.awx_credentials import environment
from servers.awx_projects import playbooks
from servers.awx_role import SetupRole
from servers.awx_store import Store
from servers.awx_surveys import check_answers, check_survey
from servers.awx_types import Refused
from unit.support.pages import COLLECTION

PROJECT = "https://git.example.net/project.git"


ROLE = SetupRole(COLLECTION)
CREDENTIAL_TYPES = ROLE.credential_types
QUESTIONS = ROLE.questions("Import")


@pytest.fixture
def store() -> Store:
    return Store({PROJECT: COLLECTION / "awx"})


def credential_type(**parts: t.Any) -> dict[str, t.Any]:
    fields = [{"id": "url", "type": "string", "label": "URL"}]
    return {"name": "type", "kind": "cloud", "inputs": {"fields": fields}, "injectors": {}, **parts}


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "ssh"},
        {"inputs": {"fields": [{"id": "n", "type": "integer", "label": "Number"}]}},
        {"inputs": {"fields": [{"id": "b", "type": "boolean", "label": "B", "default": "yes"}]}},
        {"inputs": {"fields": [{"id": "b", "type": "boolean", "label": "B", "secret": True}]}},
        {"inputs": {"fields": [{"id": "a", "type": "string", "label": "A"}, {"id": "a", "type": "string", "label": "A"}]}},
        {"injectors": {"env": {"ANSIBLE_TOKEN": "{{ url }}"}}},
        {"injectors": {"env": {"PATH": "{{ url }}"}}},
        {"injectors": {"env": {"URL": "{{ nothing }}"}}},
        {"injectors": {"env": {"URL": "{{ awx.filename.ca }}"}, "file": {"template.ca": "{{ url }}"}}},
    ],
    ids=str,
)
def test_credential_types_that_are_refused(store: Store, parts: dict[str, t.Any]) -> None:
    with pytest.raises(Refused):
        store.create("credential_types", credential_type(**parts))


def test_credentials(store: Store, tmp_path: Path) -> None:
    kinds = [store.create("credential_types", {"kind": "cloud", **kind}) for kind in CREDENTIAL_TYPES]
    for inputs in ({"nothing": "x"}, {"insecure": "true"}):
        with pytest.raises(Refused):
            store.create("credentials", {"name": "bad", "credential_type": kinds[0]["id"], "inputs": inputs})
    inputs = {"url": "https://librenms.example.net", "token": "secret"}
    credential = store.create("credentials", {"name": "good", "credential_type": kinds[0]["id"], "inputs": inputs})
    assert store.shown("credentials", credential)["inputs"]["token"] == "$encrypted$"
    assert environment(credential, kinds[0], tmp_path) == {
        "LIBRENMS_URL": inputs["url"],
        "LIBRENMS_TOKEN": inputs["token"],
        "LIBRENMS_CA_PATH": "",
        "LIBRENMS_VALIDATE_CERTS": "True",
        "LIBRENMS_SERVER_KEY": "default",
    }
    store.change("credentials", credential["id"], {"inputs": {**inputs, "ca": "CERTIFICATE", "insecure": True, "server_key": "lab"}})
    variables = environment(credential, kinds[0], tmp_path)
    assert Path(variables["LIBRENMS_CA_PATH"]).read_text(encoding="utf-8") == "CERTIFICATE"
    assert (variables["LIBRENMS_VALIDATE_CERTS"], variables["LIBRENMS_SERVER_KEY"]) == ("False", "lab")


@pytest.mark.parametrize(
    "question",
    [
        {"type": "boolean"},
        {"type": "integer", "default": "five"},
        {"type": "multiplechoice", "choices": ["a", "b"], "default": "c"},
        {"type": "multiselect", "choices": "a\nb", "default": "a\nc"},
        {"type": "text", "max": 2, "default": "abc"},
        {"type": "multiplechoice"},
    ],
    ids=str,
)
def test_surveys_that_are_refused(question: dict[str, t.Any]) -> None:
    spec = [{"question_name": "Q", "variable": "q", "required": False, **question}]
    with pytest.raises(Refused):
        check_survey({"name": "", "description": "", "spec": spec})


def test_an_empty_survey_and_a_variable_twice() -> None:
    question = {"question_name": "Q", "variable": "q", "required": False, "type": "text"}
    for spec in ([], [question, question]):
        with pytest.raises(Refused):
            check_survey({"name": "", "description": "", "spec": spec})


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"existing": "delete"}, "expected to be one of"),
        ({"existing": ""}, "value missing"),
        ({"survey_status": "up"}, "expected to be a list"),
        ({"survey_status": ["sideways"]}, "expected to be one of"),
        ({"survey_location": 5}, "expected to be a string"),
    ],
    ids=str,
)
def test_answers_that_are_refused(answers: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check_answers(QUESTIONS, answers)


@pytest.mark.parametrize("template", ROLE.templates)
def test_the_surveys_of_the_set_up(template: str) -> None:
    questions = ROLE.questions(template)
    check_survey({"name": "", "description": "", "spec": questions})
    # Only what cannot be guessed has to be answered: a schedule of the others needs no answer.
    needed = {"Apply plan": {"survey_apply_plan": "x"}, "Undo": {"survey_undo_job": "1"}}.get(template, {})
    check_answers(questions, needed)
    if needed:
        with pytest.raises(Refused, match="value missing"):
            check_answers(questions, {})
    # What the pattern service demands beyond AWX.
    assert all(question["question_description"] and question["variable"].islower() for question in questions)


def test_the_answers_are_known_to_the_role_that_reads_them() -> None:
    arguments = yaml.safe_load((COLLECTION / "roles" / "awx_answers" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    known = {name for name in arguments["argument_specs"]["main"]["options"] if name.startswith("survey_")}
    asked = {question["variable"] for template in ROLE.templates for question in ROLE.questions(template)}
    # A survey of one's own may ask these, too.
    assert known - asked == {"survey_hostname", "survey_type"}
    assert {name for name in asked if name.startswith("survey_")} <= known


def test_the_playbooks_that_awx_finds(tmp_path: Path) -> None:
    assert playbooks(COLLECTION / "awx") == ["apply_plan.yml", "drift.yml", "import.yml", "jobs.yml", "search.yml", "undo.yml"]
    assert {template["playbook"] for template in ROLE.templates.values()} == set(playbooks(COLLECTION / "awx"))
    (tmp_path / "qualified.yml").write_text("- ansible.builtin.import_playbook: netsot.librenms.jobs\n", encoding="utf-8")
    (tmp_path / "plain.yml").write_text("- import_playbook: netsot.librenms.jobs\n", encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "more.yml").write_text("- hosts: all\n", encoding="utf-8")
    assert playbooks(tmp_path) == ["plain.yml"]


def template(store: Store, **parts: t.Any) -> dict[str, t.Any]:
    project = store.create("projects", {"name": "p", "scm_type": "git", "scm_url": PROJECT})
    inventory = store.create("inventories", {"name": "i", "organization": 1})
    return store.create("job_templates", {"name": "t", "project": project["id"], "inventory": inventory["id"], **parts})


def test_a_playbook_by_its_name_in_the_collection_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="Playbook not found"):
        template(store, playbook="netsot.librenms.device_import")


def test_schedules_and_launches(store: Store) -> None:
    row = template(store, playbook="import.yml", survey_enabled=True, extra_vars='{"librenms_background": false}')
    store.set_survey("job_templates", row["id"], {"name": "", "description": "", "spec": QUESTIONS})
    schedule = {"name": "s", "unified_job_template": row["id"], "rrule": "DTSTART;TZID=UTC:20260101T020000 RRULE:FREQ=DAILY;INTERVAL=1"}
    for data in ({"unknown": 1}, {"existing": "delete"}):
        with pytest.raises(Refused):
            store.create("schedules", {**schedule, "extra_data": data})
    store.create("schedules", {**schedule, "extra_data": {"all_devices": "true"}})
    job = store.launch(row["id"], {"survey_location": "AMS1\nNYC", "unknown": 1})
    assert job.extra_vars["survey_location"] == "AMS1\nNYC"
    assert job.extra_vars["existing"] == "skip"
    assert job.extra_vars["librenms_background"] is False
    assert "unknown" not in job.extra_vars
    assert not job.check


def test_the_job_type_and_what_a_workflow_hands_on(store: Store) -> None:
    row = template(store, playbook="apply_plan.yml", survey_enabled=True, ask_job_type_on_launch=True)
    questions = ROLE.questions("Apply plan")
    store.set_survey("job_templates", row["id"], {"name": "", "description": "", "spec": questions})
    with pytest.raises(Refused, match="survey_apply_plan"):
        store.launch(row["id"], {})
    job = store.launch(row["id"], {}, "check", {"survey_apply_plan": "/plans/1.json", "other": 1})
    assert job.check
    assert {
        "survey_apply_plan": "/plans/1.json",
        "other": 1,
        "plan_max_age": 86400,
        "awx_job_id": job.number,
    }.items() <= job.extra_vars.items()
    store.change("job_templates", row["id"], {"ask_job_type_on_launch": False})
    assert not store.launch(row["id"], {"survey_apply_plan": "x"}, "check").check
