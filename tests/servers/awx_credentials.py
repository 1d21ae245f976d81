# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX accepts as a custom credential type and as a credential of it, and what it hands a job of them.

After AWX's documentation of custom credential types and what its own validators answered (October 2024).
"""

from __future__ import annotations

import collections.abc as c
import re
import typing as t
from pathlib import Path

import jinja2
import jinja2.sandbox

from .awx_types import Refused, Row

HIDDEN = "$encrypted$"
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_FIELD_KEYS = frozenset({"id", "label", "help_text", "type", "format", "secret", "multiline", "ask_at_runtime", "choices", "default"})
_BLOCKED = re.compile(
    r"ANSIBLE_.*|CALLBACK_.*|REST_API_.*|VIRTUAL_ENV|PATH|PYTHONPATH|CACHE|JOB_ID|INVENTORY_ID|INVENTORY_SOURCE_ID"
    r"|INVENTORY_UPDATE_ID|AD_HOC_COMMAND_ID|PROJECT_REVISION|AWX_HOST|MAX_EVENT_RES|INVENTORY_HOSTVARS|HOME|SUPERVISOR_.*"
)


def check_type(row: Row) -> None:
    """Raises C(Refused) for a credential type that AWX does not take."""
    if row["kind"] not in ("cloud", "net"):
        raise Refused({"kind": [f'"{row["kind"]}" is not a valid choice.']})
    fields = _check_inputs(row["inputs"])
    _check_injectors(row["injectors"], fields)


def _check_inputs(inputs: t.Any) -> dict[str, Row]:
    if not isinstance(inputs, dict) or set(inputs) - {"fields", "required"}:
        raise Refused({"inputs": ["Only 'fields' and 'required' are allowed."]})
    fields: dict[str, Row] = {}
    for field in inputs.get("fields", []):
        name = field.get("id")
        if set(field) - _FIELD_KEYS or not isinstance(name, str) or not _NAME.fullmatch(name) or "label" not in field:
            raise Refused({"inputs": [f"{field} is not a valid field."]})
        if name in fields or name == "tower":
            raise Refused({"inputs": [f"{name} cannot be used, or is there twice."]})
        kind = field.get("type", "string")
        if kind not in ("string", "boolean"):
            raise Refused({"inputs": [f"{kind} is not a field type."]})
        if kind == "boolean" and (field.get("secret") or field.get("multiline") or not isinstance(field.get("default", False), bool)):
            raise Refused({"inputs": [f"{name}: a boolean is not secret, has one line, and its default is true or false."]})
        if kind == "string" and not isinstance(field.get("default", ""), str):
            raise Refused({"inputs": [f"{name}: the default of a string is a string."]})
        fields[name] = field
    return fields


def _check_injectors(injectors: t.Any, fields: c.Mapping[str, Row]) -> None:
    if not isinstance(injectors, dict) or set(injectors) - {"env", "file", "extra_vars"}:
        raise Refused({"injectors": ["Only 'env', 'file' and 'extra_vars' are allowed."]})
    files = injectors.get("file", {})
    for label in files:
        if not re.fullmatch(r"template(\.[a-zA-Z_]\w*)?", label):
            raise Refused({"injectors": [f"{label} is not 'template' or 'template.<name>'."]})
    known: Row = {name: field.get("type") == "boolean" or "EXAMPLE" for name, field in fields.items()}
    known["tower"] = {"filename": _filenames(dict.fromkeys(files, "EXAMPLE"))}
    strict = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    for part in ("file", "env", "extra_vars"):
        for name, template in injectors.get(part, {}).items():
            if part == "env" and (_BLOCKED.fullmatch(name) or not _NAME.fullmatch(name)):
                raise Refused({"injectors": [f"Environment variable {name} is not allowed to be used in credentials."]})
            try:
                strict.from_string(template).render(**known)
            except jinja2.UndefinedError as error:
                raise Refused({"injectors": [f"Undefined variable in {name}: {error}"]}) from error
            except jinja2.TemplateSyntaxError as error:
                raise Refused({"injectors": [f"Syntax error in the template of {name}: {error}"]}) from error


def _filenames(paths: c.Mapping[str, str]) -> t.Any:
    """C(tower.filename): the path itself for C(template), by name for C(template.<name>)."""
    if set(paths) == {"template"}:
        return paths["template"]
    return {label.partition(".")[2]: path for label, path in paths.items()}


def check_credential(row: Row, credential_type: Row) -> None:
    """Raises C(Refused) for inputs that the type does not have. Those it requires may be missing until a job starts."""
    fields = {field["id"]: field for field in credential_type["inputs"].get("fields", [])}
    for name, value in row["inputs"].items():
        if name not in fields:
            raise Refused({"inputs": [f"'{name}' was unexpected; known are {sorted(fields)}."]})
        wanted = bool if fields[name].get("type") == "boolean" else str
        if not isinstance(value, wanted):
            raise Refused({"inputs": {name: [f"{value!r} is not of type '{fields[name].get('type', 'string')}'"]}})
        if "choices" in fields[name] and value not in fields[name]["choices"]:
            raise Refused({"inputs": {name: [f"{value!r} is not one of {fields[name]['choices']}"]}})


def missing_inputs(row: Row, credential_type: Row) -> list[str]:
    return [name for name in credential_type["inputs"].get("required", []) if not row["inputs"].get(name)]


def shown(row: Row, credential_type: Row) -> Row:
    """A credential as AWX shows it: without what is secret."""
    secret = {field["id"] for field in credential_type["inputs"].get("fields", []) if field.get("secret")}
    return {**row, "inputs": {name: HIDDEN if name in secret and value else value for name, value in row["inputs"].items()}}


def environment(row: Row, credential_type: Row, directory: Path) -> dict[str, str]:
    """The variables that a job gets of a credential; its files are written below C(directory)."""
    values: Row = {name: value for name, value in row["inputs"].items() if value or isinstance(value, bool)}
    for field in credential_type["inputs"].get("fields", []):
        if field.get("type") == "boolean":
            values.setdefault(field["id"], False)  # whatever the type's default is
    # Here AWX takes a name that is not set for an empty text.
    templates = jinja2.sandbox.ImmutableSandboxedEnvironment()
    injectors = credential_type["injectors"]
    paths: dict[str, str] = {}
    for label, template in injectors.get("file", {}).items():
        path = directory / f"{row['id']}-{label}"
        path.write_text(templates.from_string(template).render(**values), encoding="utf-8")
        path.chmod(0o600)
        paths[label] = str(path)
    values["tower"] = {"filename": _filenames(paths)}
    return {name: templates.from_string(template).render(**values) for name, template in injectors.get("env", {}).items()}
