# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A report as CSV: one line a device, for spreadsheets and scripts."""

from __future__ import annotations

import collections.abc as c
import csv
import typing as t

from .._engine.fields import MATCHED
from .._engine.text import visible

Json = c.Mapping[str, t.Any]
_Cell = c.Callable[[Json], t.Any]

# Between several things in one cell, and between the texts of one thing.
_SEPARATOR = " | "
# What a spreadsheet takes for the beginning of a formula; the last four are the wide forms of the first four in East Asian text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(file: t.TextIO, kind: str, result: Json) -> None:
    """Writes the ``devices`` of a search or the ``results`` of an import.

    The file must be open with ``newline=""``. A cell that would be a formula gets a leading apostrophe, control characters are
    written as escapes; what the result does not have, or has as null, is an empty cell.
    """
    columns = _SEARCH if kind == "search" else _IMPORT
    writer = csv.writer(file)
    writer.writerow(columns)
    for device in result.get("devices" if kind == "search" else "results") or ():
        writer.writerow([_text(cell(device)) for cell in columns.values()])


def _text(value: t.Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = visible(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def _field(*names: str) -> _Cell:
    def cell(device: Json) -> t.Any:
        value: t.Any = device
        for name in names:
            value = value.get(name) if isinstance(value, c.Mapping) else None
        return value

    return cell


def _codes(name: str) -> _Cell:
    return lambda device: " ".join(dict.fromkeys(issue["code"] for issue in device.get(name) or ()))


def _findings(name: str) -> _Cell:
    return lambda device: _SEPARATOR.join(_finding(issue) for issue in device.get(name) or ())


def _finding(issue: Json) -> str:
    near = ", ".join(issue.get("suggestions") or ())
    return " ".join(filter(None, (issue["message"], issue.get("hint"), f"Near: {near}." if near else "")))


def _changes(device: Json) -> str:
    changes = device.get("changes") or {}
    return _SEPARATOR.join(f"{field}: {_shown(change['before'])} -> {_shown(change['after'])}" for field, change in changes.items())


def _drift(device: Json) -> str:
    return _SEPARATOR.join(
        f"{' '.join(filter(None, (item['object'], item['field'])))}: LibreNMS {_shown(item['librenms'])}, NetBox {_shown(item['netbox'])}"
        for item in device.get("drift") or ()
    )


def _shown(value: t.Any) -> str:
    if isinstance(value, c.Mapping):
        return ", ".join(f"{name}: {item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _members(device: Json) -> str:
    chassis = device.get("virtual_chassis") or {}
    return _SEPARATOR.join(_member(member) for member in chassis.get("members") or ())


def _member(member: Json) -> str:
    texts = (member.get("model"), member.get("serial"), member.get("netbox_name") or member.get("name"), member.get("action"))
    master = " (master)" if member.get("is_master") else ""
    return " ".join(filter(None, (f"{member['position']}:", *texts))) + master


_NETBOX: dict[str, _Cell] = {f"netbox_{name}": _field("netbox", name) for name in ("id", "name", "type", "url", "matched_by")}
_FINDINGS: dict[str, _Cell] = {
    "issue_codes": _codes("issues"),
    "issues": _findings("issues"),
    "warning_codes": _codes("warnings"),
    "warnings": _findings("warnings"),
    "virtual_chassis": _field("virtual_chassis", "status"),
    "members": _members,
}
_LIBRENMS = ("sysname", "ip", "os", "version", "hardware", "serial", "type", "location", "status", "disabled")
_SEARCH: dict[str, _Cell] = {
    "device_id": _field("device_id"),
    "state": _field("state"),
    "name": _field("name"),
    "hostname": _field("hostname"),
    **{name: _field(name) for name in _LIBRENMS},
    "import_as": _field("import_as"),
    **{f"match_{name}": _field("match", name, "name") for name in MATCHED},
    **_NETBOX,
    "primary_ip": _field("primary_ip", "address"),
    "primary_ip_interface": _field("primary_ip", "interface"),
    "ports": _field("ports"),
    "drift": _drift,
    **_FINDINGS,
}
_IMPORT: dict[str, _Cell] = {
    "device_id": _field("device_id"),
    "action": _field("action"),
    "name": _field("name"),
    "hostname": _field("hostname"),
    "import_as": _field("import_as"),
    **_NETBOX,
    "changes": _changes,
    "primary_ip": _field("primary_ip", "address"),
    "primary_ip_interface": _field("primary_ip", "interface"),
    **_FINDINGS,
}
