# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What an import would write: every object that is created or changed, with before and after.

A plan is made once. Check mode returns it, the real run applies that same object, the diff is drawn from it, and nothing
is decided while it is applied.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import typing as t

from ..issues import Issue
from ..judging.assessment import Assessment
from ..judging.existing import ExistingObject
from ..matching.matcher import Resolved
from ..records import Member
from ..text import key


class Target(enum.StrEnum):
    """What is written, by the path of its REST end point below ``/api/``."""

    DEVICE = "dcim/devices"
    VIRTUAL_MACHINE = "virtualization/virtual-machines"
    VIRTUAL_CHASSIS = "dcim/virtual-chassis"
    CUSTOM_FIELD = "extras/custom-fields"
    TAG = "extras/tags"
    PLATFORM = "dcim/platforms"


class Action(enum.StrEnum):
    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    NONE = "none"
    # It exists, and the option "existing" says so.
    SKIP = "skip"
    BLOCKED = "blocked"
    FAIL = "fail"


@dataclasses.dataclass(frozen=True, slots=True)
class Ref:
    """Stands for the id of an object that an earlier write of the plan creates."""

    key: str


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One field. ``value`` is what is sent; ``before`` and ``after`` are what a person reads (names, not ids)."""

    field: str
    value: t.Any
    before: t.Any
    after: t.Any


# The fields of an object in NetBox, by the names of plan_options.DEFAULT_POLICIES; librenms_id is not among them.
Fields = c.Mapping[str, "FieldState"]


@dataclasses.dataclass(frozen=True, slots=True)
class FieldState:
    """What a field of an object in NetBox holds: the value as it is written, and its name for people."""

    value: t.Any
    shown: t.Any


def reference(field: str, resolved: Resolved | None) -> Change:
    """A field that names another object, which the plan may have to create first."""
    if resolved is None:
        return Change(field, None, None, None)
    value = resolved.id if resolved.id is not None else Ref(f"{field}:{key(resolved.name)}")
    return Change(field, value, None, resolved.name)


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """One object to create (``object_id`` is None) or to change (its id, or the Ref of a write that creates it).

    :param key: unique in the plan; what a :class:`Ref` names
    :param name: of the object, for people
    :param owner: LibreNMS device id that it is written for, None for what serves several
    """

    key: str
    target: Target
    name: str
    changes: tuple[Change, ...]
    object_id: int | Ref | None = None
    owner: int | None = None

    @property
    def creates(self) -> bool:
        return self.object_id is None

    def value(self, field: str) -> t.Any:
        return next((change.value for change in self.changes if change.field == field), None)

    @property
    def refs(self) -> tuple[Ref, ...]:
        values = (self.object_id, *(change.value for change in self.changes))
        return tuple(value for value in values if isinstance(value, Ref))


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedMember:
    """A stack member other than the one that the LibreNMS device itself stands for."""

    member: Member
    name: str
    action: Action
    existing: ExistingObject | None = None
    write: Write | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedDevice:
    """Everything that is written for one LibreNMS device.

    Order of the writes: chassis, moves (members out of the way, to free positions), device, members, settling (the moved ones to
    their positions), finish (the master, which makes the virtual chassis complete).
    """

    assessment: Assessment
    action: Action
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
    own_member: Member | None = None
    chassis_name: str = ""
    chassis_id: int | None = None
    chassis: Write | None = None
    device: Write | None = None
    members: tuple[PlannedMember, ...] = ()
    moves: tuple[Write, ...] = ()
    settling: tuple[Write, ...] = ()
    finish: Write | None = None

    @property
    def device_id(self) -> int:
        return self.assessment.device.device_id

    @property
    def name(self) -> str:
        """The name that the device has in NetBox, or gets there."""
        if self.device and (name := self.device.value("name")):
            return str(name)
        return self.assessment.existing.name if self.assessment.existing else self.assessment.name

    def writes(self) -> c.Iterator[Write]:
        """In the order in which they depend on each other."""
        if self.chassis:
            yield self.chassis
        yield from self.moves
        if self.device:
            yield self.device
        yield from (member.write for member in self.members if member.write)
        yield from self.settling
        if self.finish:
            yield self.finish


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """``setup`` is what several devices need: the custom field, tags, platforms."""

    setup: tuple[Write, ...] = ()
    devices: tuple[PlannedDevice, ...] = ()

    def writes(self) -> c.Iterator[Write]:
        yield from self.setup
        for device in self.devices:
            yield from device.writes()

    @property
    def changed(self) -> bool:
        return next(self.writes(), None) is not None
