# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What objects hold in their custom fields, beside the link, so that NetBox takes them; and what keeps them from being written.

NetBox takes a new object only with a value in every required custom field, and refuses any change of one that has none
(netbox.models.features.CustomFieldsMixin.clean).
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..custom_fields import CUSTOM, InitialValues
from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..text import printable
from .plan import Action, Change, Fields, PlannedDevice, Write

# What the fields of NetBox's objects hold, by kind and id.
AllFields = c.Mapping[tuple[ObjectKind, int], Fields]


def with_initial_values(device: PlannedDevice, initial: InitialValues, fields: AllFields) -> PlannedDevice:
    """The device with the values that NetBox would give its new objects, those of the option, and what its objects lack.

    It is blocked where NetBox requires a value and there is none. A device that has all of it stays as it is.

    :param fields: of the objects that NetBox has, with the required custom fields
    """
    if not initial.fields:
        return device
    added: dict[str, tuple[Change, ...]] = {}
    issues: list[Issue] = []
    filled: set[tuple[ObjectKind, int]] = set()
    for write in device.writes():
        if write.creates:
            added[write.key] = _initial(write, initial)
            issues += _lacking(write, initial)
        elif (key := object_of(write)) is not None and key not in filled and key in fields:
            filled.add(key)
            gaps = _gaps(write, initial, fields[key])
            added[write.key] = tuple(change for change in gaps if change.value is not None)
            issues += [_empty(write, change) for change in gaps if change.value is None]
    if issues:
        return PlannedDevice(device.assessment, Action.BLOCKED, (*device.issues, *dict.fromkeys(issues)), device.warnings)
    if not any(added.values()):
        return device
    return device.with_each_write(lambda write: dataclasses.replace(write, changes=(*write.changes, *added.get(write.key, ()))))


def object_of(write: Write) -> tuple[ObjectKind, int] | None:
    """The device or virtual machine that a write changes; None for one that it creates, and for any other object."""
    kind = ObjectKind.of(write.target)
    return (kind, write.object_id) if kind and isinstance(write.object_id, int) else None


def _given(write: Write) -> frozenset[str]:
    return frozenset(change.field.removeprefix(CUSTOM) for change in write.changes if change.field.startswith(CUSTOM))


def _initial(write: Write, initial: InitialValues) -> tuple[Change, ...]:
    values, given = initial.of(write.target.row.model), _given(write)
    return tuple(Change(f"{CUSTOM}{name}", value, None, value) for name, value in values.items() if name not in given)


def _gaps(write: Write, initial: InitialValues, fields: Fields) -> list[Change]:
    """What fills the required fields in which an object has nothing; the value is None where there is none for one."""
    model = write.target.row.model
    values, given = initial.of(model), _given(write)
    states = ((name, fields.get(f"{CUSTOM}{name}")) for name in initial.required(model) if name not in given)
    gaps = [(name, state) for name, state in states if state is not None and state.value in (None, "")]
    return [Change(f"{CUSTOM}{name}", values.get(name), state.shown, values.get(name)) for name, state in gaps]


def _lacking(write: Write, initial: InitialValues) -> c.Iterator[Issue]:
    model = write.target.row.model
    for name in initial.lacking(model):
        message = f"NetBox requires the custom field {name!r} of every {model.partition('.')[2]}, and it has no default."
        hint = f"Give a value in custom_fields.{name}, or set a default in NetBox."
        yield Issue(IssueCode.CUSTOM_FIELD_REQUIRED, "custom_fields", message, hint, value=name)


def _empty(write: Write, gap: Change) -> Issue:
    name = gap.field.removeprefix(CUSTOM)
    shown = f"{printable(write.name)!r} (id {write.object_id})"
    message = f"NetBox requires the custom field {name!r}, which is empty at {shown}, and refuses every change of it until then."
    hint = f"Give it a value in NetBox, or one for all in custom_fields.{name}."
    return Issue(IssueCode.CUSTOM_FIELD_REQUIRED, "custom_fields", message, hint, value=name)
