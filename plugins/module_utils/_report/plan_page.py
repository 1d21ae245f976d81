# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A saved plan as one HTML page, to be read before it is carried out."""

from __future__ import annotations

import typing as t

from .._engine.planning.plan import Change, PlannedDevice, Write
from .._engine.planning.saved_plan import SavedPlan
from .elements import Element, element, many, serialized, shown, small_table
from .page import page_end, page_start


def write_plan_page(file: t.TextIO, saved: SavedPlan) -> None:
    """Writes everything that the plan would write, object by object, and what it relies on."""
    title = "Plan of an import into NetBox"
    file.write(page_start(title))
    written = [device for device in saved.plan.devices if next(device.writes(), None) is not None]
    facts = (
        f"made {saved.created_at.replace('T', ' ')}",
        f"job {saved.job}",
        f"LibreNMS {saved.librenms}",
        f"NetBox {saved.netbox}",
        f"{many(len(written), 'device')} of {len(saved.plan.devices):,} to write",
    )
    file.write(
        serialized(element("header", element("h1", title), element("p", *(element("span", fact) for fact in facts), class_="facts")))
    )
    if saved.plan.setup:
        file.write(serialized(_panel("For several devices", "", [_write(write) for write in saved.plan.setup])))
    file.writelines(serialized(_device(device)) for device in saved.plan.devices)
    rows = [
        element("tr", *(element("td", shown(value)) for value in (item.path, item.id, item.name, item.last_updated)))
        for item in saved.relies_on
    ]
    table = small_table(("kind", "id", "name", "last changed"), rows)
    file.write(serialized(_panel("Relies on", many(len(rows), "object of NetBox") if rows else "nothing in NetBox", [table])))
    options = [element("tr", element("td", name), element("td", shown(value))) for name, value in sorted(saved.options.items())]
    file.write(serialized(_panel("Options", "", [small_table(("option", "value"), options)])))
    file.write(page_end())


def _device(device: PlannedDevice) -> Element:
    findings = [element("p", f"{issue.code}: {issue.message}") for issue in (*device.issues, *device.warnings)]
    head = f"{device.name or device.assessment.device.hostname} (device_id {device.device_id})"
    return _panel(head, device.action.value, [*findings, *map(_write, device.writes())])


def _panel(title: str, note: str, children: list[Element]) -> Element:
    return element("details", element("summary", element("b", title), element("span", note, class_="note")), *children, class_="panel")


def _write(write: Write) -> Element:
    word = f"{'create' if write.creates else 'change'} {write.target.row.word} {write.name}"
    return element("div", element("h3", word), small_table(("field", "before", "after"), map(_change, write.changes)), class_="details")


def _change(change: Change) -> Element:
    return element("tr", *(element("td", text) for text in (change.field, shown(change.before), shown(change.after))))
