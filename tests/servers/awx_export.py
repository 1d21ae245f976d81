# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the stand-in for AWX as variables of the collection infra.aap_configuration, which makes the same objects."""

from __future__ import annotations

import json
import typing as t

import yaml

from . import awx_credentials
from .awx_store import Store
from .awx_types import KINDS, UNIFIED, Row

VARIABLES = {
    "controller_execution_environments": "execution_environments",
    "controller_credential_types": "credential_types",
    "controller_credentials": "credentials",
    "controller_labels": "labels",
    "controller_notifications": "notification_templates",
    "controller_projects": "projects",
    "controller_inventories": "inventories",
    "controller_hosts": "hosts",
    "controller_inventory_sources": "inventory_sources",
    "controller_templates": "job_templates",
    "controller_workflows": "workflow_job_templates",
    "controller_schedules": "schedules",
}
"""The list of objects of each variable, in the order in which they are made."""
# What AWX works out by itself.
_OWN = ("status", "scm_revision", "managed")
# Text in which objects are kept.
_TEXTS = ("extra_vars", "variables")


class Unsafe(str):
    """Text with braces that are not Ansible's."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


_Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"'))


def variables(store: Store) -> dict[str, list[Row]]:
    return {name: [_shown(store, path, row) for row in store.rows[path].values()] for name, path in VARIABLES.items()}


def text(store: Store) -> str:
    return yaml.dump(variables(store), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=140)


def _shown(store: Store, path: str, row: Row) -> Row:
    kind = KINDS[path]
    shown: Row = {}
    for name, default in kind.fields.items():
        value = row[name]
        if value is None or value == default or name in _OWN:
            continue
        if name in kind.references:
            shown[name] = _name(store, kind.references[name], value)
        else:
            shown[name] = json.loads(value) if name in _TEXTS and isinstance(value, str) else value
    for name, where in kind.lists.items():
        if linked := store.links.get((path, row["id"], name)):
            shown[name] = [store.rows[where][number]["name"] for number in linked]
    if survey := store.surveys.get((path, row["id"])):
        shown["survey_spec"] = survey
    match path:
        case "credential_types":
            shown["injectors"] = {
                part: {name: Unsafe(value) for name, value in values.items()} for part, values in row["injectors"].items()
            }
        case "credentials":
            inputs = awx_credentials.shown(row, store.find("credential_types", row["credential_type"]))["inputs"]
            shown["inputs"] = {name: value for name, value in inputs.items() if value not in ("", awx_credentials.HIDDEN)}
            # The token is filled in by hand, and stays.
            shown["state"] = "exists"
        case "workflow_job_templates":
            shown["simplified_workflow_nodes"] = [
                _node(store, node)
                for node in store.rows["workflow_job_template_nodes"].values()
                if node["workflow_job_template"] == row["id"]
            ]
    return shown


def _node(store: Store, row: Row) -> Row:
    template = row["unified_job_template"]
    node: Row = {"identifier": row["identifier"]}
    if template in store.rows["workflow_approval_templates"]:
        approval = store.rows["workflow_approval_templates"][template]
        node["approval_node"] = {name: approval[name] for name in ("name", "description")}
    else:
        node["unified_job_template"] = _name(store, "unified_job_templates", template)
    if following := store.links.get(("workflow_job_template_nodes", row["id"], "success_nodes")):
        node["success_nodes"] = [store.rows["workflow_job_template_nodes"][number]["identifier"] for number in following]
    return node


def _name(store: Store, path: str, number: int) -> str:
    paths = UNIFIED if path == "unified_job_templates" else (path,)
    return next(str(store.rows[part][number]["name"]) for part in paths if number in store.rows[part])
