# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the stand-in for AWX, and what AWX demands of each."""

from __future__ import annotations

import collections.abc as c
import copy
import dataclasses
import itertools
import json
import typing as t
from pathlib import Path

import yaml

from . import awx_credentials, awx_surveys
from .awx_projects import playbooks
from .awx_types import KINDS, REQUIRED, UNIFIED, Kind, Refused, Row

API = "/api/v2"


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """What a job would be started with."""

    playbook: Path
    check: bool
    extra_vars: Row
    credentials: tuple[Row, ...]
    number: int


class Store:
    """Objects by list and id, with their surveys and their lists of other objects."""

    def __init__(self, projects: c.Mapping[str, Path]) -> None:
        self.projects = dict(projects)
        """Directories of repositories, by their URL."""
        self.rows: dict[str, dict[int, Row]] = {path: {} for path in KINDS}
        self.surveys: dict[tuple[str, int], Row] = {}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self._ids = itertools.count(1)
        self.create("organizations", {"name": "Default"})

    # Reading

    def find(self, path: str, row_id: int) -> Row:
        if path == "unified_job_templates":
            path = next((part for part in UNIFIED if row_id in self.rows[part]), path)
        if row_id not in self.rows.get(path, {}):
            raise Refused({"detail": "No object matches the given query."}, 404)
        return self.rows[path][row_id]

    def shown(self, path: str, row: Row) -> Row:
        """An object as AWX shows it."""
        kind = KINDS[path]
        url = f"{API}/{path}/{row['id']}/"
        if path == "credentials":
            row = awx_credentials.shown(row, self.find("credential_types", row["credential_type"]))
        related = {name: f"{url}{name}/" for name in (*kind.lists, "survey_spec", "update", "launch")}
        template: int | None = row.get("unified_job_template")
        if template is not None:
            found = next(part for part in UNIFIED if template in self.rows[part])
            related["unified_job_template"] = f"{API}/{found}/{template}/"
        summary: Row = {}
        if path == "projects" and row.get("_updating"):
            summary["current_update"] = {"id": row["_updating"]}
        visible = {name: value for name, value in row.items() if not name.startswith("_")}
        return copy.deepcopy({**visible, "type": kind.word, "url": url, "related": related, "summary_fields": summary})

    def search(self, path: str, query: c.Mapping[str, str]) -> list[Row]:
        """The objects with these values. AWX refuses a field that it does not know."""
        paths = UNIFIED if path == "unified_job_templates" else (path,)
        listed = [(part, row) for part in paths for row in self.rows[part].values()]
        either = {name.removeprefix("or__"): value for name, value in query.items() if name.startswith("or__")}
        for name, value in query.items():
            if name.startswith("or__") or name in ("page", "page_size", "order_by"):
                continue
            if name != "type" and not any(name in ("id", *KINDS[part].fields) for part in paths):
                raise Refused({"detail": f"{KINDS[paths[0]].word} has no field named '{name}'"})
            listed = [(part, row) for part, row in listed if _text(KINDS[part].word if name == "type" else row.get(name)) == value]
        if either:
            listed = [(part, row) for part, row in listed if any(_text(row.get(name)) == value for name, value in either.items())]
        return [self.shown(part, row) for part, row in listed]

    # Writing

    def create(self, path: str, body: Row) -> Row:
        kind = KINDS[path]
        missing = [name for name, default in kind.fields.items() if default is REQUIRED and body.get(name) in (None, "")]
        if missing:
            raise Refused({name: ["This field is required."] for name in missing})
        row = {name: copy.deepcopy(None if default is REQUIRED else default) for name, default in kind.fields.items()}
        row |= {name: value for name, value in body.items() if name in kind.fields}
        self._check(kind, row, None)
        number = next(self._ids)
        row = {"id": number, **row}
        self.rows[path][number] = row
        if path == "projects":
            self.update_project(row)
        return row

    def change(self, path: str, row_id: int, body: Row) -> Row:
        row = self.find(path, row_id)
        changed = row | {name: value for name, value in copy.deepcopy(body).items() if name in KINDS[path].fields}
        if path == "credentials" and isinstance(changed["inputs"], dict):
            hidden = [name for name, value in changed["inputs"].items() if value == awx_credentials.HIDDEN]
            changed["inputs"] |= {name: row["inputs"].get(name, "") for name in hidden}
        self._check(KINDS[path], changed, row_id)
        row.update(changed)
        if path == "projects":
            self.update_project(row)
        return row

    def remove(self, path: str, row_id: int) -> None:
        self.find(path, row_id)
        if path == "credential_types" and any(row["credential_type"] == row_id for row in self.rows["credentials"].values()):
            raise Refused({"detail": "Credential types in use cannot be deleted."}, 403)
        for part, field in KINDS[path].owns:
            for owned in [row["id"] for row in self.rows[part].values() if row[field] == row_id]:
                self.remove(part, owned)
        del self.rows[path][row_id]
        for key, ids in self.links.items():
            if KINDS[key[0]].lists.get(key[2]) == path and row_id in ids:
                ids.remove(row_id)
        for other in KINDS.values():
            names = [
                name for name, where in other.references.items() if where == path or (where == "unified_job_templates" and path in UNIFIED)
            ]
            for row in self.rows[other.path].values():
                row.update({name: None for name in names if row[name] == row_id})

    def link(self, path: str, row_id: int, name: str, body: Row) -> None:
        self.find(path, row_id)
        other = self.find(KINDS[path].lists[name], body["id"])
        ids = self.links.setdefault((path, row_id, name), [])
        if body.get("disassociate"):
            ids.remove(other["id"])
            return
        if name == "credentials":
            kinds = [self.rows["credentials"][linked]["credential_type"] for linked in ids]
            if other["credential_type"] in kinds:
                raise Refused({"error": "Cannot assign multiple credentials of one type."})
        ids.append(other["id"])

    def set_survey(self, path: str, row_id: int, survey: Row) -> None:
        self.find(path, row_id)
        awx_surveys.check_survey(survey)
        self.surveys[(path, row_id)] = survey

    def add_approval(self, node_id: int, body: Row) -> Row:
        node = self.find("workflow_job_template_nodes", node_id)
        approval = self.create("workflow_approval_templates", body)
        node["unified_job_template"] = approval["id"]
        return approval

    def update_project(self, row: Row) -> None:
        """AWX does so whenever the project's source is changed."""
        if row["scm_type"]:
            found = row["scm_url"] in self.projects
            update = self.create("project_updates", {"project": row["id"], "status": "successful" if found else "failed"})
            row |= {"status": update["status"], "scm_revision": "1", "_updating": update["id"]}

    # What AWX demands

    def _check(self, kind: Kind, row: Row, row_id: int | None) -> None:
        for name, path in kind.references.items():
            if row[name] in (None, ""):
                row[name] = None
                continue
            try:
                self.find(path, int(row[name]))
            except Refused as error:
                raise Refused({name: [f'Invalid pk "{row[name]}" - object does not exist.']}) from error
        same = [other for other in self.rows[kind.path].values() if all(other[name] == row[name] for name in kind.unique)]
        if kind.unique and any(other["id"] != row_id for other in same):
            raise Refused({"__all__": [f"{kind.word} with this {' and '.join(kind.unique)} already exists."]})
        match kind.path:
            case "credential_types":
                awx_credentials.check_type(row)
            case "credentials":
                awx_credentials.check_credential(row, self.find("credential_types", row["credential_type"]))
            case "job_templates":
                self._check_template(row)
            case "inventory_sources":
                self._check_source(row)
            case "schedules":
                self._check_schedule(row)

    def _check_template(self, row: Row) -> None:
        if row["job_type"] not in ("run", "check"):
            raise Refused({"job_type": [f'"{row["job_type"]}" is not a valid choice.']})
        _dictionary("extra_vars", row["extra_vars"])
        if row["project"] is None:
            raise Refused({"project": ["This field is required."]})
        if row["inventory"] is None and not row["ask_inventory_on_launch"]:
            raise Refused({"inventory": ["Job Template must provide an inventory or allow prompting for one."]})
        project = self.rows["projects"][row["project"]]
        directory = self.projects.get(project["scm_url"])
        if not project["allow_override"] and (directory is None or row["playbook"] not in playbooks(directory)):
            raise Refused({"playbook": ["Playbook not found for project."]})

    def _check_source(self, row: Row) -> None:
        if row["source"] == "scm" and row["source_project"] is None:
            raise Refused({"source_project": ["Project required for scm type sources."]})
        if row["scm_branch"] and not self.rows["projects"][row["source_project"]]["allow_override"]:
            raise Refused({"scm_branch": ["Project does not allow overriding branch."]})
        credential = self.rows["credentials"].get(row["credential"] or 0)
        if credential and self.rows["credential_types"][credential["credential_type"]]["kind"] != "cloud":
            raise Refused({"credential": ["Credentials of type insights and vault are disallowed for scm inventory sources."]})

    def _check_schedule(self, row: Row) -> None:
        if not row["rrule"].startswith("DTSTART") or "RRULE:" not in row["rrule"] or "INTERVAL=" not in row["rrule"]:
            raise Refused(
                {"rrule": ["Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ; INTERVAL required."]}
            )
        template = self.find("unified_job_templates", row["unified_job_template"])
        spec = self._spec(template)
        answers = _dictionary("extra_data", row["extra_data"])
        unknown = set(answers) - {question["variable"] for question in spec}
        if unknown and not template.get("ask_variables_on_launch"):
            raise Refused({"extra_data": [f"Variables {', '.join(sorted(unknown))} are not allowed on launch."]})
        awx_surveys.check_answers(spec, answers)

    def _spec(self, template: Row) -> list[Row]:
        survey = next((self.surveys[key] for key in self.surveys if key[1] == template["id"]), None)
        return list(survey["spec"]) if survey and template.get("survey_enabled") else []

    # Jobs

    def launch(self, template_id: int, answers: Row, job_type: str | None = None, artifacts: Row | None = None) -> Job:
        """What AWX would start. Variables and a job type that the template does not ask for have no effect.

        :param artifacts: of the jobs before it in a workflow, which need no question; they come before the survey's defaults
        """
        template = self.find("job_templates", template_id)
        spec = self._spec(template)
        known = {question["variable"] for question in spec}
        given = {name: value for name, value in answers.items() if name in known}
        credentials = tuple(
            self.rows["credentials"][linked] for linked in self.links.get(("job_templates", template_id, "credentials"), [])
        )
        for credential in credentials:
            missing = awx_credentials.missing_inputs(credential, self.rows["credential_types"][credential["credential_type"]])
            if missing:
                raise Refused({"credentials": [f"{credential['name']} lacks {', '.join(missing)}."]})
        complete = awx_surveys.check_answers(spec, {**(artifacts or {}), **given})
        number = next(self._ids)
        extra = {**_dictionary("extra_vars", template["extra_vars"]), **complete, **(artifacts or {}), **given}
        if template["ask_variables_on_launch"]:
            extra |= answers
        extra |= {"awx_job_id": number, "tower_job_id": number}
        kind = job_type if job_type and template["ask_job_type_on_launch"] else template["job_type"]
        directory = self.projects[self.rows["projects"][template["project"]]["scm_url"]]
        return Job(directory / template["playbook"], kind == "check", extra, credentials, number)

    def environment(self, job: Job, directory: Path) -> dict[str, str]:
        """The variables that a job's credentials set."""
        result: dict[str, str] = {}
        for credential in job.credentials:
            result |= awx_credentials.environment(credential, self.rows["credential_types"][credential["credential_type"]], directory)
        return result


def _dictionary(name: str, value: t.Any) -> Row:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.lstrip().startswith("{") else yaml.safe_load(value)
        except (ValueError, yaml.YAMLError) as error:
            raise Refused({name: [f"Must be valid JSON or YAML: {error}"]}) from error
    if value is not None and not isinstance(value, dict):
        raise Refused({name: ["Must be a dictionary."]})
    return value or {}


def _text(value: t.Any) -> str:
    return "" if value is None else str(value)
