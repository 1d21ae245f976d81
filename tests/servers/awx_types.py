# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects that the stand-in for AWX keeps, and what each of them has."""

from __future__ import annotations

import dataclasses
import typing as t

Row = dict[str, t.Any]


class Refused(Exception):
    """An answer 4xx. ``body`` is what AWX says, by field."""

    def __init__(self, body: Row, status: int = 400) -> None:
        super().__init__(str(body))
        self.body = body
        self.status = status


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One list of objects below /api/v2/."""

    path: str
    word: str
    fields: dict[str, t.Any]
    """The fields beside id, with the values they have when nothing is given; of C(REQUIRED) there is none."""
    references: dict[str, str] = dataclasses.field(default_factory=dict)
    """Fields that hold the id of an object, with the path of its list."""
    lists: dict[str, str] = dataclasses.field(default_factory=dict)
    """Lists of other objects below an object, with the path of those."""
    unique: tuple[str, ...] = ("name",)
    owns: tuple[tuple[str, str], ...] = ()
    """What goes with it when it is removed: path and field that names it."""


REQUIRED = object()
_ERRORS = {"notification_templates_error": "notification_templates"}
_ASKED = {
    f"ask_{name}_on_launch": False
    for name in ("variables", "limit", "tags", "skip_tags", "job_type", "verbosity", "inventory", "credential", "diff_mode", "scm_branch")
}
_PROMPTS: dict[str, t.Any] = {
    "extra_data": {},
    "job_type": None,
    "limit": None,
    "scm_branch": None,
    "inventory": None,
    "diff_mode": None,
    "verbosity": None,
}

KINDS: dict[str, Kind] = {
    kind.path: kind
    for kind in (
        Kind("organizations", "organization", {"name": REQUIRED, "description": ""}),
        Kind(
            "credential_types",
            "credential_type",
            {"name": REQUIRED, "description": "", "kind": REQUIRED, "inputs": {}, "injectors": {}, "managed": False},
        ),
        Kind(
            "credentials",
            "credential",
            {"name": REQUIRED, "description": "", "organization": None, "credential_type": REQUIRED, "inputs": {}},
            {"organization": "organizations", "credential_type": "credential_types"},
            unique=("name", "organization", "credential_type"),
        ),
        Kind(
            "execution_environments",
            "execution_environment",
            {"name": REQUIRED, "description": "", "organization": None, "image": REQUIRED, "pull": "", "credential": None},
            {"organization": "organizations", "credential": "credentials"},
        ),
        Kind(
            "projects",
            "project",
            {
                "name": REQUIRED,
                "description": "",
                "organization": None,
                "scm_type": "",
                "scm_url": "",
                "scm_branch": "",
                "credential": None,
                "scm_update_on_launch": False,
                "allow_override": False,
                "scm_revision": "",
                "status": "never updated",
            },
            {"organization": "organizations", "credential": "credentials"},
            _ERRORS,
            unique=("name", "organization"),
        ),
        Kind("project_updates", "project_update", {"project": REQUIRED, "status": "successful"}, {"project": "projects"}, unique=()),
        Kind(
            "inventories",
            "inventory",
            {"name": REQUIRED, "description": "", "organization": REQUIRED, "kind": "", "host_filter": None, "variables": ""},
            {"organization": "organizations"},
            unique=("name", "organization"),
            owns=(("hosts", "inventory"), ("inventory_sources", "inventory")),
        ),
        Kind(
            "hosts",
            "host",
            {"name": REQUIRED, "description": "", "inventory": REQUIRED, "enabled": True, "variables": ""},
            {"inventory": "inventories"},
            unique=("name", "inventory"),
        ),
        Kind(
            "inventory_sources",
            "inventory_source",
            {
                "name": REQUIRED,
                "description": "",
                "inventory": REQUIRED,
                "source": REQUIRED,
                "source_project": None,
                "source_path": "",
                "source_vars": "",
                "scm_branch": "",
                "credential": None,
                "execution_environment": None,
                "overwrite": False,
                "overwrite_vars": False,
                "update_on_launch": False,
            },
            {
                "inventory": "inventories",
                "source_project": "projects",
                "credential": "credentials",
                "execution_environment": "execution_environments",
            },
            _ERRORS,
            unique=("name", "inventory"),
        ),
        Kind(
            "labels",
            "label",
            {"name": REQUIRED, "organization": REQUIRED},
            {"organization": "organizations"},
            unique=("name", "organization"),
        ),
        Kind(
            "notification_templates",
            "notification_template",
            {
                "name": REQUIRED,
                "description": "",
                "organization": REQUIRED,
                "notification_type": REQUIRED,
                "notification_configuration": {},
                "messages": None,
            },
            {"organization": "organizations"},
            unique=("name", "organization"),
        ),
        Kind(
            "job_templates",
            "job_template",
            {
                "name": REQUIRED,
                "description": "",
                "organization": None,
                "job_type": "run",
                "inventory": None,
                "project": None,
                "playbook": "",
                "execution_environment": None,
                "extra_vars": "",
                "diff_mode": False,
                "timeout": 0,
                "survey_enabled": False,
                "verbosity": 0,
                "limit": "",
                **_ASKED,
            },
            {
                "organization": "organizations",
                "inventory": "inventories",
                "project": "projects",
                "execution_environment": "execution_environments",
            },
            {"credentials": "credentials", "labels": "labels", **_ERRORS},
            unique=("name", "organization"),
            owns=(("schedules", "unified_job_template"),),
        ),
        Kind(
            "workflow_job_templates",
            "workflow_job_template",
            {
                "name": REQUIRED,
                "description": "",
                "organization": None,
                "extra_vars": "",
                "survey_enabled": False,
                "ask_variables_on_launch": False,
                "inventory": None,
                "limit": None,
                "scm_branch": None,
            },
            {"organization": "organizations", "inventory": "inventories"},
            {"labels": "labels", **_ERRORS},
            unique=("name", "organization"),
            owns=(("workflow_job_template_nodes", "workflow_job_template"), ("schedules", "unified_job_template")),
        ),
        Kind(
            "workflow_job_template_nodes",
            "workflow_job_template_node",
            {
                "identifier": REQUIRED,
                "workflow_job_template": REQUIRED,
                "unified_job_template": None,
                "all_parents_must_converge": False,
                **_PROMPTS,
            },
            {"workflow_job_template": "workflow_job_templates", "unified_job_template": "unified_job_templates"},
            {f"{when}_nodes": "workflow_job_template_nodes" for when in ("success", "failure", "always")},
            unique=("identifier", "workflow_job_template"),
        ),
        Kind("workflow_approval_templates", "workflow_approval_template", {"name": REQUIRED, "description": "", "timeout": 0}, unique=()),
        Kind(
            "schedules",
            "schedule",
            {"name": REQUIRED, "description": "", "unified_job_template": REQUIRED, "rrule": REQUIRED, "enabled": True, **_PROMPTS},
            {"unified_job_template": "unified_job_templates"},
            unique=("name", "unified_job_template"),
        ),
    )
}

UNIFIED = ("job_templates", "workflow_job_templates", "workflow_approval_templates", "projects", "inventory_sources")
"""The lists that /api/v2/unified_job_templates/ shows together; their ids are of one series."""
