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
import heapq
import typing as t

from ..fields import LINK_FIELD
from ..issues import Issue, IssueCode
from ..judging.assessment import Assessment
from ..judging.existing import ExistingObject
from ..kinds import Stage, Target
from ..matching.resolved import Resolved, write_key
from ..records import Member


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
class MadeRef(Ref):
    """Stands for the id of the interface that NetBox makes of a template together with a device: of this name, on this device."""

    device: Ref
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One field. ``value`` is what is sent; ``before`` and ``after`` are what a person reads (names, not ids)."""

    field: str
    value: t.Any
    before: t.Any
    after: t.Any


def refs_in(value: object) -> c.Iterator[Ref]:
    """The references in a value that is sent, those of nested objects included."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from refs_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from refs_in(item)


# The fields of an object in NetBox by the names of the table in fields; librenms_id is not among them.
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
    value = resolved.id if resolved.id is not None else Ref(write_key(field, resolved.name, resolved.stand_in))
    return Change(field, value, None, resolved.name)


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """One object to create (``object_id`` is None) or to change (its id, or the Ref of a write that creates it).

    :ivar key: unique in the plan; what a :class:`Ref` names
    :ivar name: of the object, for people
    :ivar owner: LibreNMS device id that it is written for, None for what serves several
    :ivar stage: when it is written; by default where its kind is created by itself
    """

    key: str
    target: Target
    name: str
    changes: tuple[Change, ...]
    object_id: int | Ref | None = None
    owner: int | None = None
    at: Stage | None = None

    @property
    def stage(self) -> Stage:
        return self.at or self.target.row.stage

    @property
    def creates(self) -> bool:
        return self.object_id is None

    @property
    def removes(self) -> bool:
        return self.stage is Stage.REMOVAL

    @property
    def is_port_link(self) -> bool:
        """Whether it does nothing but link an interface to its port: what NetBox refuses of that costs only the link."""
        is_link = bool(self.changes) and all(change.field == LINK_FIELD for change in self.changes)
        return is_link and self.target.is_port

    @property
    def is_primary_mac(self) -> bool:
        """Whether it does nothing but tell an interface which of its MAC addresses is the primary one."""
        return bool(self.changes) and all(change.field == "primary_mac_address" for change in self.changes)

    def value(self, field: str) -> t.Any:
        return next((change.value for change in self.changes if change.field == field), None)

    @property
    def refs(self) -> tuple[Ref, ...]:
        values = (self.object_id, *(change.value for change in self.changes))
        return tuple(ref for value in values for ref in refs_in(value))


def named_write(key: str, target: Target, name: str, slug: str, *more: Change) -> Write:
    """What creates an object that has a name and a slug."""
    return Write(key, target, name, (Change("name", name, None, name), Change("slug", slug, None, slug), *more))


class Child(t.Protocol):
    """What belongs to a planned device and has writes of its own, such as a member of its stack."""

    @property
    def writes(self) -> tuple[Write, ...]:
        """In the order of their stages."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedMember:
    """A stack member other than the one that the LibreNMS device itself stands for."""

    member: Member
    name: str
    action: Action
    existing: ExistingObject | None = None
    writes: tuple[Write, ...] = ()

    @property
    def creation(self) -> Write | None:
        return next((write for write in self.writes if write.creates), None)


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedStack:
    """The virtual chassis that a device's stack is, or becomes.

    :ivar own_member: the member that the LibreNMS device itself stands for; None when that is none, or it cannot be told
    :ivar chassis_id: of the virtual chassis that NetBox has; None for one that is made
    """

    own_member: Member | None
    name: str = ""
    chassis_id: int | None = None
    members: tuple[PlannedMember, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedPrimary:
    """The address that a device is polled at: with its mask, on the interface of this name.

    :ivar is_primary: it is, or becomes, the primary one
    """

    address: str
    interface: str
    is_primary: bool


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedDevice:
    """Everything that is written for one LibreNMS device.

    :ivar own_writes: what is written for the device itself, in the order of the stages
    """

    assessment: Assessment
    action: Action
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
    own_writes: tuple[Write, ...] = ()
    stack: PlannedStack | None = None
    primary: PlannedPrimary | None = None

    @property
    def device_id(self) -> int:
        return self.assessment.device.device_id

    @property
    def vanished(self) -> bool:
        """Whether LibreNMS has it no more; then what is planned is done because of that."""
        return any(issue.code is IssueCode.VANISHED for issue in self.warnings)

    @property
    def own(self) -> Write | None:
        """The write of the object that the LibreNMS device itself is."""
        return self.at(Stage.OWN)

    def at(self, stage: Stage) -> Write | None:
        """The device's own write of a stage that has one at most."""
        return next((write for write in self.own_writes if write.stage is stage), None)

    @property
    def children(self) -> tuple[Child, ...]:
        return self.stack.members if self.stack else ()

    @property
    def name(self) -> str:
        """The name that the device has in NetBox, or gets there."""
        if self.own and (name := self.own.value("name")):
            return str(name)
        return self.assessment.existing.name if self.assessment.existing else self.assessment.name

    def with_each_write(self, change: c.Callable[[Write], Write | None]) -> PlannedDevice:
        """The device with another form of each of its writes, those of its members included; without those that become None."""

        def changed(writes: tuple[Write, ...]) -> tuple[Write, ...]:
            return tuple(left for write in writes if (left := change(write)) is not None)

        stack = self.stack
        if stack is not None:
            members = tuple(dataclasses.replace(member, writes=changed(member.writes)) for member in stack.members)
            stack = dataclasses.replace(stack, members=members)
        return dataclasses.replace(self, own_writes=changed(self.own_writes), stack=stack)

    def writes(self) -> c.Iterator[Write]:
        """All of them, in the order of the stages."""
        return heapq.merge(self.own_writes, *(child.writes for child in self.children), key=lambda write: write.stage)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """``setup`` is what several devices need: the custom field, tags, sites, roles and so on; in the order of the stages."""

    setup: tuple[Write, ...] = ()
    devices: tuple[PlannedDevice, ...] = ()

    def writes(self) -> c.Iterator[Write]:
        yield from self.setup
        for device in self.devices:
            yield from device.writes()

    @property
    def changed(self) -> bool:
        return next(self.writes(), None) is not None
