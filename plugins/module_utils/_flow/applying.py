# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Carrying out a plan that was made before: what of it still holds, and what is done already. LibreNMS is not asked."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import typing as t

from .._engine.issues import Issue, IssueCode
from .._engine.judging.existing import ExistingObject, ExistingObjects
from .._engine.judging.identity import MatchedBy, Others, identify
from .._engine.kinds import ObjectKind, Stage, Target
from .._engine.planning.plan import Action, MadeRef, Plan, PlannedDevice, PlannedMember, Ref, Write
from .._engine.planning.saved_plan import SavedPlan, Version, existing_in
from .._engine.text import printable
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_existing
from .._netbox.in_place import in_place
from .._netbox.taken import taken_ports
from .._netbox.versions import Guard, Key, read_versions, relied_on

_HINT = "Make a new plan for it."
# Seconds between two saves of one request at most.
_ONE_REQUEST = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Doubt:
    """Something that is not as it was, about an object of NetBox where it is about one.

    :ivar changed_at: when NetBox has saved the object last, where that is the doubt
    """

    key: Key | None
    message: str
    changed_at: str | None = None


class Applying:
    """The devices of a saved plan that are wanted, as far as they can still be written as planned.

    :ivar guard: the versions for which the changes are meant
    """

    def __init__(self, client: NetBoxClient, saved: SavedPlan, wanted: c.Container[int]) -> None:
        self._client = client
        self._saved = saved
        self._wanted = wanted
        self._identities = {item.device_id: item for item in saved.identities}
        found = {device.device_id: device.assessment.existing for device in saved.plan.devices}
        claimed = {(item.kind, item.id): device_id for device_id, item in found.items() if item}
        self._others = Others(frozenset(saved.live), claimed)
        self.guard = Guard(saved.relies_on)

    def current(self, device_ids: c.Container[int] | None = None) -> Plan:
        """What is left to write. A device of which anything has changed is blocked, one that is done has nothing to write.

        :param device_ids: only these of the wanted devices
        :raises ApiError: NetBox could not be read
        """
        devices = [
            device
            for device in self._saved.plan.devices
            if device.device_id in self._wanted and (device_ids is None or device.device_id in device_ids)
        ]
        writing = [device for device in devices if next(device.writes(), None) is not None]
        removals = self._removals({device.device_id for device in devices})
        if not writing:
            return Plan(removals, tuple(devices))
        setup = _needed(self._saved.plan.setup, writing)
        # Of all devices: what nobody would miss, such as an empty virtual chassis, gives no other sign that it is there.
        done = in_place(self._client, (*setup, *(write for device in writing for write in device.writes())))
        doubts = self._doubts(setup, writing, done)
        versions = self._know_done(writing, done)
        left = tuple(write for write in setup if write.key not in done)
        plans = {}
        for device in writing:
            open_doubts = [doubt for doubt in doubts[device.device_id] if not _explained(doubt, device, done, versions)]
            plans[device.device_id] = self._left(device, open_doubts, done, left)
        planned = tuple(plans.get(device.device_id, device) for device in devices)
        setup_left = tuple(write for item in _needed(left, planned) if (write := _without(item, done)) is not None)
        return Plan((*setup_left, *removals), planned)

    def _removals(self, device_ids: c.Container[int]) -> tuple[Write, ...]:
        """The empty virtual chassis of the devices that are to go, as far as they are as they were."""
        removals = [write for write in self._saved.plan.setup if write.removes and (write.owner is None or write.owner in device_ids)]
        keys = {(write.target.value, t.cast("int", write.object_id)): write for write in removals}
        now = read_versions(self._client, keys)
        was = {(item.path, item.id): item.last_updated for item in self._saved.relies_on}
        return tuple(write for key, write in keys.items() if key in now and now[key].last_updated == was.get(key))

    def _doubts(self, setup: c.Sequence[Write], devices: c.Sequence[PlannedDevice], ready: c.Container[str]) -> dict[int, list[_Doubt]]:
        of_setup = relied_on(Plan(tuple(write for write in setup if write.key not in ready)))
        keys = {device.device_id: relied_on(Plan((), (device,))) for device in devices}
        now = read_versions(self._client, {**of_setup, **{key: None for found in keys.values() for key in found}})
        was = {(item.path, item.id): item for item in self._saved.relies_on}
        existing = self._existing(devices)
        taken = taken_ports(self._client, devices, now)
        doubts = {}
        for device in devices:
            found = []
            for key in (*of_setup, *keys[device.device_id]):
                before, after = was.get(key), now.get(key)
                name = f"{before.name!r} ({key[0]}, id {key[1]})" if before else f"{key[0]}, id {key[1]},"
                if after is None:
                    found.append(_Doubt(key, f"{name} is gone."))
                elif before is None or before.last_updated != after.last_updated:
                    found.append(
                        _Doubt(key, f"{name} was changed after the plan had been made, last at {after.last_updated}.", after.last_updated)
                    )
            of_ports = [_Doubt(key, message) for key, message in taken.get(device.device_id, ())]
            doubts[device.device_id] = [*found, *self._identified(device, existing), *_taken(device, existing), *of_ports]
        return doubts

    def _existing(self, devices: c.Iterable[PlannedDevice]) -> ExistingObjects:
        return read_existing(self._client, [self._identities[device.device_id] for device in devices])

    def _identified(self, device: PlannedDevice, existing: ExistingObjects) -> list[_Doubt]:
        found = identify(self._identities[device.device_id], existing, self._others)
        key = _key(found.existing) if found.existing else None
        if found.issues:
            return [_Doubt(key, issue.message) for issue in found.issues]
        before = device.assessment.existing
        if key != (_key(before) if before else None):
            message = f"It is {_shown(found.existing)} by now." if found.existing else "NetBox's object is not found by its keys any more."
            return [_Doubt(key, message)]
        return []

    def _know_done(self, devices: c.Iterable[PlannedDevice], done: c.Mapping[str, int]) -> dict[Key, Version]:
        """What the plan itself has written goes on from where it is. Returns the versions of that."""
        keys: dict[Key, None] = {}
        for device in devices:
            for write in device.writes():
                if write.key in done:
                    keys[write.target.value, done[write.key]] = None
                    keys |= {(Target.DEVICE.value, number): None for number in _saved_along(write)}
        versions = read_versions(self._client, keys)
        self.guard.know(versions.values())
        return versions

    def _left(
        self, device: PlannedDevice, doubts: c.Sequence[_Doubt], done: c.Mapping[str, int], setup: c.Sequence[Write]
    ) -> PlannedDevice:
        own = {(write.target.value, done[write.key]) for write in device.writes() if write.key in done}
        messages = [doubt.message for doubt in doubts]
        left = device.with_each_write(lambda write: _without(write, done))
        keys = {write.key for write in (*left.writes(), *setup)}
        if not messages and any(_maker(ref) not in keys for write in left.writes() for ref in write.refs):
            messages = ["A part of it is in NetBox already, and the rest cannot be added by this plan."]
        if messages:
            text = " ".join(dict.fromkeys(messages))
            issue = Issue(IssueCode.PLAN_OUTDATED, "apply_plan", f"NetBox is no longer as it was for the plan: {text}", _HINT)
            blocked = device.with_each_write(lambda _write: None)
            return dataclasses.replace(blocked, action=Action.BLOCKED, issues=(*device.issues, issue), stack=None)
        return _settled(device, left, done) if own else left


def _explained(doubt: _Doubt, device: PlannedDevice, done: c.Mapping[str, int], versions: c.Mapping[Key, Version]) -> bool:
    """Whether it is what the plan's own writes have left."""
    for write in device.writes():
        key = (write.target.value, done.get(write.key, 0))
        if write.key not in done or doubt.key is None:
            continue
        if doubt.key == key:
            return True
        version = versions.get(key)
        along = {(Target.DEVICE.value, number) for number in _saved_along(write)}
        if doubt.key in along and version and doubt.changed_at and _in_one_request(doubt.changed_at, version.last_updated):
            return True
    return False


def _saved_along(write: Write) -> tuple[int, ...]:
    """The devices that NetBox saves because of a write of something else: a new virtual chassis takes its master in."""
    master = write.value("master")
    return (master,) if write.target is Target.VIRTUAL_CHASSIS and write.creates and isinstance(master, int) else ()


def _in_one_request(one: str, other: str | None) -> bool:
    try:
        moments = [dt.datetime.fromisoformat(text) for text in (one, other or "")]
    except ValueError:
        return False
    return abs((moments[0] - moments[1]).total_seconds()) < _ONE_REQUEST


def _settled(device: PlannedDevice, left: PlannedDevice, done: c.Mapping[str, int]) -> PlannedDevice:
    """The device as far as it is done."""
    own, stack, action = device.own, left.stack, device.action
    assessment = device.assessment
    if own and own.creates and own.key in done and (kind := ObjectKind.of(own.target)):
        made = ExistingObject(kind, done[own.key], own.name)
        assessment = dataclasses.replace(assessment, existing=made, matched_by=MatchedBy.LIBRENMS_ID)
        action = Action.UPDATE
    if stack and device.stack:
        making = device.at(Stage.VIRTUAL_CHASSIS)
        chassis_id = done.get(making.key) if making and making.creates else stack.chassis_id
        members = tuple(_settled_member(before, after, done) for before, after in zip(device.stack.members, stack.members, strict=True))
        stack = dataclasses.replace(stack, chassis_id=chassis_id, members=members)
    if next(left.writes(), None) is None:
        action = Action.NONE
    return dataclasses.replace(left, assessment=assessment, stack=stack, action=action)


def _settled_member(before: PlannedMember, after: PlannedMember, done: c.Mapping[str, int]) -> PlannedMember:
    if after.writes or not before.writes:
        return after
    made = before.creation
    existing = ExistingObject(ObjectKind.DEVICE, done[made.key], made.name) if made else after.existing
    return dataclasses.replace(after, action=Action.NONE, existing=existing)


def _maker(ref: Ref) -> str:
    """The key of the write that makes what is referred to."""
    return ref.device.key if isinstance(ref, MadeRef) else ref.key


def _without(write: Write, done: c.Mapping[str, int]) -> Write | None:
    """The write with the ids of what is done; None when it is done itself."""
    if write.key in done:
        return None

    def known(value: object) -> object:
        return done.get(value.key, value) if isinstance(value, Ref) else value

    if not any(ref.key in done for ref in write.refs):
        return write
    changes = tuple(dataclasses.replace(change, value=known(change.value)) for change in write.changes)
    object_id = done.get(write.object_id.key, write.object_id) if isinstance(write.object_id, Ref) else write.object_id
    return dataclasses.replace(write, changes=changes, object_id=object_id)


def _needed(setup: c.Sequence[Write], devices: c.Iterable[PlannedDevice]) -> tuple[Write, ...]:
    """What the devices' writes need of it: by reference, or as a tag by its slug."""
    writes = [write for device in devices for write in device.writes()]
    if not writes:
        return ()
    keys = {write.key for write in setup if write.stage is Stage.CUSTOM_FIELD}
    slugs = {item.get("slug") for write in writes for item in write.value("tags") or () if isinstance(item, dict)}
    keys |= {write.key for write in setup if write.target is Target.TAG and write.value("slug") in slugs}
    keys |= {_maker(ref) for write in writes for ref in write.refs}
    while more := {ref.key for write in setup if write.key in keys for ref in write.refs} - keys:
        keys |= more
    return tuple(write for write in setup if write.key in keys)


def _taken(device: PlannedDevice, existing: ExistingObjects) -> list[_Doubt]:
    """Objects that have the name, in its place, or the serial of one that is to be created."""
    known = {_key(item) for item in existing_in(device)}
    doubts = []
    for write in device.writes():
        kind = ObjectKind.of(write.target)
        if kind is None or not write.creates:
            continue
        for field, items in (("serial", existing.with_serial(str(write.value("serial") or ""))), ("name", existing.named(write.name))):
            doubts += [
                _Doubt(_key(item), f"{_shown(item)} has the {field} of {printable(write.name)!r} by now.")
                for item in items
                if _key(item) not in known and (field == "serial" or _in_place_of(item, write, kind))
            ]
    return doubts


def _in_place_of(item: ExistingObject, write: Write, kind: ObjectKind) -> bool:
    place = item.cluster_id if kind is ObjectKind.VIRTUAL_MACHINE and write.value("cluster") else item.site_id
    wanted = write.value("cluster") if kind is ObjectKind.VIRTUAL_MACHINE and write.value("cluster") else write.value("site")
    return item.kind is kind and place == wanted and item.tenant_id == write.value("tenant")


def _key(item: ExistingObject) -> Key:
    return item.kind.target.value, item.id


def _shown(item: ExistingObject) -> str:
    return f"{item.kind.word} {printable(item.name) or 'without name'!r} (id {item.id})"
