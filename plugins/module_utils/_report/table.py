# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A result as lines of text for a terminal: what needs a person first, then what is written, then counts and reasons."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from .._engine.text import printable, visible
from .drift_lines import drift_lines

Json = c.Mapping[str, t.Any]

DETAILS = ("short", "full", "none")

# Rows of one state in a short table.
MOST_ROWS = 100
_MOST_VALUES = 5
# What shows the table may put each line in quotes.
_SUGGESTED = "Suggested rules; suggested_rules_path writes them to a file, ready to use:"
_MOST_RULES = 60


@dataclasses.dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between the table of a search and that of an import.

    :param devices: the key of the list of devices
    :param state: the key of a device's state
    :param order: the states, in the order in which they are shown
    :param quiet: those that a short table only counts
    """

    devices: str
    state: str
    order: tuple[str | None, ...]
    quiet: frozenset[str | None]


_SEARCH = _Kind("devices", "state", ("blocked", "ready", None, "existing"), frozenset({"existing"}))
_IMPORT = _Kind(
    "results",
    "action",
    ("fail", "blocked", "not_processed", "create", "update", "link", "none", "skip"),
    frozenset({"none", "skip"}),
)

_COLUMNS: tuple[tuple[str, int, c.Callable[[Json], object]], ...] = (
    ("SITE", 24, lambda device: _matched(device, "site")),
    ("ROLE", 18, lambda device: _matched(device, "role")),
    ("TYPE", 28, lambda device: _matched(device, "device_type", "cluster") or device.get("hardware")),
    ("PLATFORM", 18, lambda device: _matched(device, "platform") or device.get("os")),
    ("IP", 39, lambda device: device.get("ip")),
)


def table_lines(result: Json, detail: str = "short", *, check_mode: bool = False) -> list[str]:
    """The lines for a result of librenms_device_search or netbox_device_import; none for a result that holds no counts.

    :param detail: one of :data:`DETAILS`
    """
    summary = result.get("summary")
    if detail == "none" or not isinstance(summary, dict):
        return []
    kind = _IMPORT if "results" in result else _SEARCH
    devices = [device for device in result.get(kind.devices) or () if isinstance(device, dict)]
    lines = _rows(kind, devices, full=detail == "full")
    lines += _counts(kind, summary, check_mode=check_mode)
    lines += drift_lines(result, devices)
    lines += _reasons(summary, devices)
    return lines + _rules(result, full=detail == "full")


def _rows(kind: _Kind, devices: c.Sequence[Json], *, full: bool) -> list[str]:
    shown: list[tuple[Json, str]] = []
    more: dict[str, int] = {}
    for state in kind.order:
        if state in kind.quiet and not full:
            continue
        rows = [device for device in devices if device.get(kind.state) == state]
        kept = rows if full else rows[:MOST_ROWS]
        shown += [(device, state or "-") for device in kept]
        if len(rows) > len(kept):
            more[state or "found"] = len(rows) - len(kept)
    cells = [
        [_text(device.get("device_id"), 10), state, _text(device.get("name") or device.get("hostname"), 36)] for device, state in shown
    ]
    heads = ["ID", kind.state.upper(), "NAME"]
    for title, width, value in _COLUMNS:
        column = [_text(value(device), width) for device, _state in shown]
        if any(text != "-" for text in column):
            heads.append(title)
            for row, text in zip(cells, column, strict=True):
                row.append(text)
    if not cells:
        return []
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    notes = [_text(" ".join(_notes(device)), 300) if _notes(device) else "" for device, _state in shown]
    lines = [_line(heads, widths, "NOTES" if any(notes) else "")]
    lines += [_line(row, widths, note) for row, note in zip(cells, notes, strict=True)]
    lines += [f"... and {number} more: {state} (librenms_table=full lists all)" for state, number in more.items()]
    return lines


def _line(cells: c.Sequence[str], widths: c.Sequence[int], notes: str) -> str:
    first, *rest = cells
    padded = [first.rjust(widths[0]), *(text.ljust(width) for text, width in zip(rest, widths[1:], strict=True)), notes]
    return "  ".join(padded).rstrip()


def _notes(device: Json) -> list[str]:
    """What a row says beside its columns."""
    chassis = device.get("virtual_chassis") or {}
    notes = []
    if device.get("import_as") == "virtual_machine":
        notes.append("virtual machine.")
    if chassis.get("status") == "stack":
        members = chassis.get("members") or ()
        names = [str(member["netbox_name"]) for member in members if member.get("netbox_name")]
        notes.append(f"stack of {', '.join(names)}." if names and "action" in device else f"stack of {len(members)}.")
    if device.get("action") in ("update", "link") and device.get("changes"):
        notes.append(f"changes {', '.join(device['changes'])}.")
    primary = device.get("primary_ip") or {}
    if primary.get("action") == "set":
        notes.append(f"primary {primary.get('address')} on {primary.get('interface')}.")
    notes += [str(issue.get("message") or issue.get("code")) for issue in device.get("issues") or ()]
    notes += [f"Warning: {issue.get('message') or issue.get('code')}" for issue in device.get("warnings") or ()]
    netbox = device.get("netbox")
    if netbox and netbox.get("matched_by"):
        notes.append(f"NetBox {netbox.get('type')} {netbox.get('id')} {netbox.get('name')} (by {netbox['matched_by']})")
    return notes


def _matched(device: Json, *fields: str) -> object:
    """The NetBox object that a search found, or that an import writes."""
    match, changes = device.get("match") or {}, device.get("changes") or {}
    for field in fields:
        if match.get(field):
            return match[field].get("name")
        if field in changes:
            return changes[field].get("after")
    return None


def _counts(kind: _Kind, summary: Json, *, check_mode: bool) -> list[str]:
    ignored = f", {summary['ignored']} ignored" if summary.get("ignored") else ""
    if kind is _SEARCH:
        rest = f", {summary['not_processed']} not judged" if summary.get("not_processed") else ""
        rest += ignored
        counted = ", ".join(
            f"{summary.get(name, 0)} {words}"
            for name, words in (("ready", "ready"), ("blocked", "blocked"), ("existing", "in NetBox already"), ("stacks", "stacks"))
        )
        if unknown := summary.get("virtual_chassis_unknown"):
            rest += f", {unknown} not known whether stacks"
        return [f"{summary.get('selected', 0)} selected: {counted}{rest}"]
    names = ("created", "updated", "linked", "unchanged", "skipped", "blocked", "failed", "not_processed")
    counted = ", ".join(f"{summary.get(name, 0)} {name.replace('_', ' ')}" for name in names)
    lines = [f"{'Check mode, nothing was written. It would be: ' if check_mode else ''}{counted}{ignored}"]
    extra = (
        ("virtual_chassis_created", "new virtual chassis"),
        ("members_created", "members beside their masters"),
        ("virtual_machines_created", "virtual machines"),
        ("interfaces_created", "interfaces"),
        ("addresses_created", "addresses"),
        ("primary_ips_set", "primary addresses"),
    )
    if any(summary.get(name) for name, _words in extra):
        lines.append("with " + ", ".join(f"{summary.get(name, 0)} {words}" for name, words in extra))
    return lines


def _reasons(summary: Json, devices: c.Iterable[Json]) -> list[str]:
    hints: dict[str, str] = {}
    for device in devices:
        for issue in (*(device.get("issues") or ()), *(device.get("warnings") or ())):
            if issue.get("hint"):
                hints.setdefault(str(issue.get("code")), str(issue["hint"]))
    lines = []
    for name, values, title in (
        ("issues", "values", "What blocks devices or went wrong:"),
        ("warnings", "warning_values", "Warnings:"),
        ("existing_warnings", "", "Warnings about devices that NetBox has:"),
    ):
        counts = summary.get(name) or {}
        if not counts:
            continue
        lines.append(title)
        for code, count in counts.items():
            lines.append(f"{count:5d} x {_text(code, 60)}{_about((summary.get(values) or {}).get(code) or (), count)}")
            if code in hints:
                lines.append(f"        {_text(hints.pop(code), 300)}")
    return lines


def _about(values: c.Sequence[Json], count: int) -> str:
    """The most frequent values, and how many devices the rest is, so that the numbers add up to the count."""
    if not values:
        return ""
    kept = values[:_MOST_VALUES]
    rest = count - sum(item["devices"] for item in kept)
    shown = [f"{_text(item['value'], 60)} ({item['devices']})" for item in kept]
    return f": {', '.join(shown)}{f', ... and {rest} more' if rest > 0 else ''}"


def _rules(result: Json, *, full: bool) -> list[str]:
    text = result.get("suggested_rules")
    if not text or not isinstance(text, str):
        return []
    rules = [visible(line).rstrip() for line in text.splitlines()]
    rest = len(rules) - _MOST_RULES
    if full or rest <= 0:
        return [_SUGGESTED, *rules]
    return [_SUGGESTED, *rules[:_MOST_RULES], f"# ... and {rest} more lines."]


def _text(value: object, length: int) -> str:
    """One printable piece of a line."""
    if value is None or value == "":
        return "-"
    return printable(str(value), length)
