# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is planned for objects of devices that LibreNMS has no more, and of those that are back. Nothing is ever removed."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..issues import Issue, IssueCode
from ..judging.assessment import Assessment, State
from ..judging.existing import ExistingObject, ExistingObjects
from ..judging.identity import MatchedBy
from ..kinds import ObjectKind, Stage
from ..matching.matcher import Match
from ..records import DeviceRecord
from ..text import printable
from .initial_values import AllFields, object_of
from .plan import Action, Change, Fields, PlannedDevice, Write
from .tags import tags_change
from .updates import with_tags_added
from .vanished_memory import Memory
from .vanished_options import OnVanished, VanishedOptions


@dataclasses.dataclass(frozen=True, slots=True)
class Vanished:
    """An object that NetBox links to a device which LibreNMS has no more."""

    device_id: int
    existing: ExistingObject

    @property
    def is_shared(self) -> bool:
        """Whether another LibreNMS has it, too."""
        return len(self.existing.links.by_key) > 1


@dataclasses.dataclass(frozen=True, slots=True)
class Gone:
    """A device that LibreNMS has no more, with all objects that are it: those that are linked, and the members of its stack."""

    device_id: int
    objects: tuple[ExistingObject, ...]
    is_shared: bool = False


def all_gone(vanished: c.Iterable[Vanished], existing: ExistingObjects) -> list[Gone]:
    """By LibreNMS device id. Members that have a link of their own are devices of their own.

    A stack of which another member is linked to a device that is there keeps its members as they are.
    """
    by_id: dict[int, list[Vanished]] = {}
    for item in vanished:
        by_id.setdefault(item.device_id, []).append(item)
    linked = {(item.existing.kind, item.existing.id) for items in by_id.values() for item in items}
    found = []
    for device_id, items in sorted(by_id.items()):
        own = [item.existing for item in items]
        objects = {(item.kind, item.id): item for item in own}
        for number in {item.virtual_chassis_id for item in own} - {None}:
            members = existing.members(number) if number is not None else []
            if all(item.librenms_id is None or (item.kind, item.id) in linked for item in members):
                objects |= {(item.kind, item.id): item for item in members if item.librenms_id is None}
        found.append(Gone(device_id, tuple(objects.values()), any(item.is_shared for item in items)))
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class VanishedPlanner:
    """Plans one device after the other.

    :ivar tags: of the option C(vanished_tag), names by slugs, as objects of a kind may have it
    :ivar fields: of the objects that may be changed
    :ivar untouched: statuses that imports give, and that no person has chosen
    """

    options: VanishedOptions
    memory: Memory
    fields: AllFields
    tags: c.Mapping[ObjectKind, c.Mapping[str, str]]
    untouched: frozenset[str]

    def gone(self, gone: Gone, why_not: str) -> PlannedDevice:
        """:param why_not: a sentence, where nothing is to be done about it yet"""
        own = gone.objects[0]
        message = f"LibreNMS has no device {gone.device_id} any more; NetBox has it as {own.kind.word} {_named(own)}."
        hint = "Remove it in NetBox, or link it to the device that it is by now."
        issue = Issue(IssueCode.VANISHED, "librenms_id", f"{message} {why_not}".strip(), hint)
        assessment = Assessment(
            device=DeviceRecord(gone.device_id, ""),
            name=own.name,
            state=State.EXISTING,
            match=Match(own.kind),
            existing=own,
            matched_by=MatchedBy.LIBRENMS_ID,
            warnings=(issue,),
        )
        device = PlannedDevice(assessment, Action.NONE, warnings=(issue,))
        for item in () if why_not else gone.objects:
            device = with_changes(device, item, self._marking(item))
        return device

    def _marking(self, item: ExistingObject) -> list[Change]:
        fields, mark = self.fields.get((item.kind, item.id)), self.memory.mark_of(item)
        if fields is None or (mark and mark.mode is self.options.mode and mark.done):
            return []
        if self.options.mode is OnVanished.TAG:
            tags = self.tags.get(item.kind, {})
            change = with_tags_added(tags_change(tags), fields["tags"]) if tags else None
            return [change] if change else []
        status = fields["status"]
        if status.value == self.options.status or status.value not in self.untouched:
            return []
        return [Change("status", self.options.status, status.shown, self.options.status)]

    def back(self, device: PlannedDevice, existing: ExistingObjects) -> PlannedDevice:
        """A device that LibreNMS has, without what was done while it had not."""
        own = device.assessment.existing
        if own is None or device.action is Action.BLOCKED:
            return device
        members = existing.members(own.virtual_chassis_id) if own.virtual_chassis_id is not None else []
        for item in (own, *(member for member in members if member.librenms_id is None)):
            if (fields := self.fields.get((item.kind, item.id))) is not None:
                device = with_changes(device, item, self._unmarking(item, fields, device))
        return device

    def _unmarking(self, item: ExistingObject, fields: Fields, device: PlannedDevice) -> list[Change]:
        changes = []
        planned = {change.field: change for write in _writes_of(device, item) for change in write.changes}
        mark, status, tags = self.memory.mark_of(item), fields["status"], fields["tags"]
        if mark and mark.status and status.value == self.options.status and "status" not in planned:
            changes.append(Change("status", mark.status, status.shown, mark.status))
        ours = self.tags.get(item.kind, {})
        if any(tag["slug"] in ours for tag in tags.value):
            value, after = (planned["tags"].value, planned["tags"].after) if "tags" in planned else (tags.value, tags.shown)
            kept = [tag for tag in value if tag["slug"] not in ours]
            changes.append(Change("tags", kept, tags.shown, [name for name in after if name not in ours.values()]))
        return changes


def with_changes(device: PlannedDevice, item: ExistingObject, changes: c.Sequence[Change]) -> PlannedDevice:
    """The device with further changes of one of its objects, in the place of those of the same fields."""
    if not changes:
        return device
    fields = {change.field for change in changes}
    first = next(iter(_writes_of(device, item)), None)
    action = Action.UPDATE
    if first is not None:
        kept = tuple(change for change in first.changes if change.field not in fields)
        changed = dataclasses.replace(first, changes=(*kept, *changes))
        return dataclasses.replace(device.with_each_write(lambda write: changed if write.key == first.key else write), action=action)
    is_own = item == device.assessment.existing
    write = Write(
        f"device:{device.device_id}" if is_own else f"with:{device.device_id}:{item.kind.value}:{item.id}",
        item.kind.target,
        item.name,
        tuple(changes),
        object_id=item.id,
        owner=device.device_id,
        at=Stage.OWN if is_own else Stage.MEMBER,
    )
    writes = sorted((*device.own_writes, write), key=lambda each: each.stage)
    return dataclasses.replace(device, action=action, own_writes=tuple(writes))


def _writes_of(device: PlannedDevice, item: ExistingObject) -> list[Write]:
    """Those by which the object itself gets what it shall have, and not only a place for a moment."""
    stages = (Stage.OWN, Stage.MEMBER)
    return [write for write in device.writes() if write.stage in stages and object_of(write) == (item.kind, item.id)]


def _named(item: ExistingObject) -> str:
    return f"{printable(item.name) or 'without name'!r} (id {item.id})"
