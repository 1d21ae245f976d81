# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What new objects hold in their custom fields, beside the link; and what keeps them from being created."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..custom_fields import CUSTOM, InitialValues
from ..issues import Issue, IssueCode
from .plan import Action, Change, PlannedDevice, Write


def with_initial_values(device: PlannedDevice, initial: InitialValues) -> PlannedDevice:
    """The device with the values that NetBox would give its new objects, and those of the option; blocked where one is lacking."""
    creations = [write for write in device.writes() if write.creates]
    if not creations or not initial.fields:
        return device
    issues = [issue for model in _models(creations) for issue in _lacking(model, initial)]
    if issues:
        return PlannedDevice(device.assessment, Action.BLOCKED, (*device.issues, *issues), device.warnings)
    return device.with_each_write(lambda write: _with_values(write, initial) if write.creates else write)


def _models(writes: c.Iterable[Write]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(write.target.row.model for write in writes))


def _lacking(model: str, initial: InitialValues) -> c.Iterator[Issue]:
    word = model.partition(".")[2]
    for name in initial.lacking(model):
        message = f"NetBox requires the custom field {name!r} of every {word}, and it has no default."
        hint = f"Give a value in custom_fields.{name}, or set a default in NetBox."
        yield Issue(IssueCode.CUSTOM_FIELD_REQUIRED, "custom_fields", message, hint, value=name)


def _with_values(write: Write, initial: InitialValues) -> Write:
    values = initial.of(write.target.row.model)
    changes = (Change(f"{CUSTOM}{name}", value, None, value) for name, value in values.items())
    return dataclasses.replace(write, changes=(*write.changes, *changes))
