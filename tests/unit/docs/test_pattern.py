# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible pattern is what the pattern service takes, and says the same as the role that sets AWX up."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from servers.awx_projects import playbooks
from servers.awx_role import SetupRole
from servers.awx_surveys import check_survey
from unit.support.pages import COLLECTION

DIRECTORY = COLLECTION / "extensions" / "patterns" / "import_from_librenms"
PATTERN: dict[str, t.Any] = json.loads((DIRECTORY / "meta" / "pattern.json").read_text(encoding="utf-8"))
RESOURCES = PATTERN["aap_resources"]
TEMPLATES: list[dict[str, t.Any]] = RESOURCES["controller_job_templates"]
ROLE = SetupRole(COLLECTION)
QUESTIONS = {question["variable"]: question for template in ROLE.templates for question in ROLE.questions(template)}
# Of the pattern specification 1.0.0.
ASKED = {
    f"ask_{what}_on_launch"
    for what in ("variables", "limit", "tags", "skip_tags", "job_type", "verbosity", "inventory", "credential", "diff_mode")
}
TEMPLATE_KEYS = {"name", "description", "playbook", "primary", "execution_environment", "labels", "survey", *ASKED}
QUESTION_KEYS = {"type", "question_name", "question_description", "variable", "required", "default", "choices"}


def test_the_pattern_as_a_whole() -> None:
    assert set(PATTERN) == {"schema_version", "name", "title", "description", "short_description", "tags", "aap_resources"}
    assert PATTERN["schema_version"] == "1.0"
    assert PATTERN["name"] == DIRECTORY.name
    assert len(PATTERN["title"]) <= 64
    assert set(RESOURCES) == {"controller_project", "controller_execution_environment", "controller_labels", "controller_job_templates"}
    assert set(RESOURCES["controller_execution_environment"]) == {"name", "description", "image_name", "pull"}
    assert (DIRECTORY / "README.md").is_file()
    assert [template["name"] for template in TEMPLATES if template["primary"]] == ["Import LibreNMS devices"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["name"])
def test_its_templates(template: dict[str, t.Any]) -> None:
    assert set(template) <= TEMPLATE_KEYS
    assert template["execution_environment"] == RESOURCES["controller_execution_environment"]["name"]
    assert set(template["labels"]) <= set(RESOURCES["controller_labels"])
    assert template["playbook"] in playbooks(DIRECTORY / "playbooks")
    check_survey(template["survey"])
    for question in template["survey"]["spec"]:
        assert set(question) <= QUESTION_KEYS
        assert question["question_description"]
        assert re.fullmatch("[a-z0-9_]+", question["variable"])
        assert isinstance(question.get("default", ""), str)
        same = QUESTIONS[question["variable"]]
        for part in ("type", "question_name", "question_description", "choices"):
            assert question.get(part) == same.get(part), f"{question['variable']}: {part} is another one in the role awx_setup"


@pytest.mark.parametrize("name", playbooks(DIRECTORY / "playbooks"))
def test_its_playbooks_are_those_of_awx(name: str) -> None:
    assert (DIRECTORY / "playbooks" / name).read_text(encoding="utf-8") == (COLLECTION / "awx" / name).read_text(encoding="utf-8")
