# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Objects of NetBox of which it refuses every change, because two of their fields do not go together by now.

NetBox checks an object as a whole whenever it is saved. What an object refers to may have changed since: a platform was limited to
a manufacturer, a cluster was moved to a site.
"""

from __future__ import annotations

import collections.abc as c
import typing as t

from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..matching.catalog import Catalog
from ..text import printable
from .initial_values import AllFields, object_of
from .plan import Action, FieldState, PlannedDevice

States = c.Mapping[str, FieldState]


def unless_unwritable(device: PlannedDevice, catalog: Catalog, fields: AllFields) -> PlannedDevice:
    """The device, blocked where NetBox would refuse what is to be written to an object that it has."""
    after: dict[tuple[ObjectKind, int], dict[str, FieldState]] = {}
    names: dict[tuple[ObjectKind, int], str] = {}
    for write in device.writes():
        if (key := object_of(write)) is not None and key in fields:
            states = after.setdefault(key, dict(fields[key]))
            states |= {change.field: FieldState(change.value, change.after) for change in write.changes}
            names[key] = f"{printable(write.name)!r} (id {key[1]})"
    issues = [issue for key, states in after.items() for issue in _refused(key[0], names[key], states, catalog)]
    if not issues:
        return device
    return PlannedDevice(device.assessment, Action.BLOCKED, (*device.issues, *issues), device.warnings)


def _refused(kind: ObjectKind, name: str, states: States, catalog: Catalog) -> c.Iterator[Issue]:
    until = f"NetBox refuses every change of {name}"
    if kind is ObjectKind.DEVICE and not catalog.platform_fits(_value(states, "platform"), _value(states, "device_type")):
        platform, device_type = states["platform"].shown, states["device_type"].shown
        message = f"{until}, because its platform {platform!r} is limited to another manufacturer than that of its type {device_type!r}."
        hint = "Correct the device or the platform in NetBox, or set update_fields.platform to always."
        yield Issue(IssueCode.PLATFORM_NOT_FOUND, "platform", message, hint, value=str(platform))
    if kind is ObjectKind.VIRTUAL_MACHINE and not catalog.cluster_fits(_value(states, "cluster"), _value(states, "site")):
        cluster, site = states["cluster"].shown, states["site"].shown
        message = f"{until}, because its cluster {cluster!r} is of another site than its own, {site!r}."
        hint = "Correct the virtual machine or the scope of the cluster in NetBox, or set update_fields.site to always."
        yield Issue(IssueCode.CLUSTER_NOT_SET, "cluster", message, hint, value=str(cluster))


def _value(states: States, field: str) -> t.Any:
    return states[field].value if field in states else None
