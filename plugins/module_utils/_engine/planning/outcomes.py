# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What became of a plan's writes, and how the rounds of one import make one answer."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum

from ..fields import LINK_FIELD
from ..issues import Issue, IssueCode
from ..kinds import Stage
from ..text import listed, printable
from .plan import Action, Plan, PlannedDevice, PlannedMember, PlannedStack, Write


class Fate(enum.StrEnum):
    """What became of one write."""

    DONE = "done"
    REFUSED = "refused"
    # NetBox has such an object already: somebody was quicker.
    TAKEN = "taken"
    # Sent, and nobody knows.
    LOST = "lost"
    # Not sent, because what it depends on failed.
    SKIPPED = "skipped"
    NOT_PROCESSED = "not_processed"

    @property
    def is_failure(self) -> bool:
        return self not in (Fate.DONE, Fate.NOT_PROCESSED)


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that an object was written without, and why."""

    field: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class WriteOutcome:
    """``object_id`` is set when done, but for a creation in check mode; ``message`` is NetBox's own, or why it was not sent."""

    fate: Fate
    object_id: int | None = None
    message: str = ""
    left_out: tuple[LeftOut, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of each write, by its key; a write that is absent was not reached."""

    by_key: c.Mapping[str, WriteOutcome] = dataclasses.field(default_factory=dict)

    @classmethod
    def all_done(cls, plan: Plan) -> Outcomes:
        """What check mode says of a plan."""
        ids = ((write.key, write.object_id) for write in plan.writes())
        return cls({key: WriteOutcome(Fate.DONE, object_id if isinstance(object_id, int) else None) for key, object_id in ids})

    def of(self, write: Write) -> WriteOutcome:
        return self.by_key.get(write.key, WriteOutcome(Fate.NOT_PROCESSED, message="The run ended before it."))

    def is_done(self, write: Write) -> bool:
        return self.of(write).fate is Fate.DONE

    @property
    def changed(self) -> bool:
        return any(outcome.fate is Fate.DONE for outcome in self.by_key.values())


@dataclasses.dataclass(frozen=True, slots=True)
class Round:
    """One plan that was applied, and what became of it. Later rounds hold the devices that were looked at again."""

    plan: Plan
    outcomes: Outcomes


def refused_components(done: Round) -> tuple[str, ...]:
    """A sentence for each component of a new device type that NetBox has refused: the type is made without it."""
    parts = (write for write in done.plan.setup if write.stage is Stage.TEMPLATE)
    refused = ((f"{write.target.row.word} {printable(write.name)}", done.outcomes.of(write)) for write in parts)
    return tuple(
        f"The {name} of a new device type was left out, because NetBox refused it: {outcome.message}"
        for name, outcome in refused
        if outcome.fate is Fate.REFUSED
    )


def as_written(plan: Plan, outcomes: Outcomes) -> Plan:
    """The plan without the fields that objects were written without, each of which is a warning of its device."""
    return dataclasses.replace(plan, devices=tuple(_device_as_written(device, outcomes) for device in plan.devices))


def is_forgone(write: Write, outcome: WriteOutcome) -> bool:
    """Whether all that NetBox has refused is optional fields of an interface, such as its link, which costs nothing else."""
    if outcome.fate is Fate.REFUSED and outcome.left_out:
        return True
    return write.is_port_link and outcome.fate in (Fate.REFUSED, Fate.SKIPPED)


def _device_as_written(device: PlannedDevice, outcomes: Outcomes) -> PlannedDevice:
    return _with_left_out(_without_forgone(device, outcomes), outcomes)


def _without_forgone(device: PlannedDevice, outcomes: Outcomes) -> PlannedDevice:
    """Without the links of interfaces that NetBox has refused."""
    forgone = [write for write in device.writes() if write.is_port_link and is_forgone(write, outcomes.of(write))]
    if not forgone:
        return device
    keys = {write.key for write in forgone}
    names = listed(printable(write.name) for write in forgone)
    message = f"The link to the port was left out of {names}: {outcomes.of(forgone[0]).message}"
    hint = "Put right what NetBox says; the next run adds the link."
    left = _as_much_as_is_left(device.with_each_write(lambda write: None if write.key in keys else write))
    issue = Issue(IssueCode.FIELD_REFUSED, LINK_FIELD, message, hint)
    return dataclasses.replace(left, warnings=(*left.warnings, issue))


def _as_much_as_is_left(device: PlannedDevice) -> PlannedDevice:
    """No update is one that writes nothing."""
    is_nothing = device.action is Action.UPDATE and next(device.writes(), None) is None
    return dataclasses.replace(device, action=Action.NONE) if is_nothing else device


def _with_left_out(device: PlannedDevice, outcomes: Outcomes) -> PlannedDevice:
    writes = [write for write in device.writes() if outcomes.of(write).left_out]
    if not writes:
        return device
    # Interfaces are many, and what NetBox has against a field of one it mostly has against that of all.
    named: dict[LeftOut, list[Write]] = {}
    for write in writes:
        for item in outcomes.of(write).left_out:
            named.setdefault(item, []).append(write)
    warnings = []
    for item, refused in named.items():
        of_others = listed(printable(write.name) for write in refused if write is not device.own)
        owners = [*([""] if device.own in refused else []), *([f"{of_others}: "] if of_others else [])]
        hint = "Put right what NetBox says, or choose another value by the rules."
        warnings += [
            Issue(IssueCode.FIELD_REFUSED, item.field, f"{owner}The {item.field.replace('_', ' ')} was left out, because {item.why}", hint)
            for owner in owners
        ]

    trimmed = device.with_each_write(lambda write: _without(write, {item.field for item in outcomes.of(write).left_out}))
    return dataclasses.replace(_as_much_as_is_left(trimmed), warnings=(*device.warnings, *warnings))


def _without(write: Write, fields: c.Collection[str]) -> Write | None:
    """None where nothing is left of a change."""
    changes = tuple(change for change in write.changes if change.field not in fields)
    return dataclasses.replace(write, changes=changes) if changes or not fields or write.creates else None


def is_open(device: PlannedDevice, outcomes: Outcomes) -> bool:
    """Whether another look is worth it: NetBox has the object by now, or nobody knows."""
    return any(outcomes.of(write).fate in (Fate.TAKEN, Fate.LOST) for write in device.writes())


def combine(rounds: c.Sequence[Round]) -> Round:
    """One plan and its outcomes from all rounds of an import: what the run as a whole did for each device.

    Every device of the first round is in it once, in that order, and every write that was done, once. What a write without an
    answer had done already, as a later look finds, is this run's doing. What a later round plans for a device takes the place
    of what an earlier one had planned and not done.
    """
    if not rounds:
        return Round(Plan(), Outcomes())
    known: dict[str, WriteOutcome] = {}
    setup: dict[str, Write] = {}
    devices: dict[int, _Device] = {}
    for number, item in enumerate(rounds):
        for write in item.plan.setup:
            if known.get(write.key, WriteOutcome(Fate.NOT_PROCESSED)).fate is not Fate.DONE:
                setup[write.key] = write
                known[write.key] = item.outcomes.of(write)
        for device in item.plan.devices:
            before = devices.get(device.device_id)
            devices[device.device_id] = before.then(device, item.outcomes, number) if before else _Device(device, item.outcomes)
    for settled in devices.values():
        known |= settled.outcomes
    ordered = tuple(sorted(setup.values(), key=lambda write: write.stage))
    plan = Plan(ordered, tuple(device.planned for device in devices.values()))
    return Round(plan, Outcomes(known))


class _Device:
    """What is known of one device after some rounds."""

    def __init__(self, planned: PlannedDevice, outcomes: Outcomes) -> None:
        self.planned = planned
        self.outcomes = {write.key: outcomes.of(write) for write in planned.writes()}

    def then(self, newer: PlannedDevice, outcomes: Outcomes, number: int) -> _Device:
        """:param number: of the newer round, which tells apart writes of two rounds that have one key."""
        done = self._done_before(newer)
        if not done:
            return _Device(newer, outcomes)
        names = {write.key: f"{write.key}@{number}" if write.key in done else write.key for write in newer.writes()}
        settled = _Settled(self.planned, newer, done, names)
        result = _Device(settled.device(), Outcomes())
        result.outcomes = {**done, **{names[write.key]: outcomes.of(write) for write in newer.writes()}}
        return result

    def _done_before(self, newer: PlannedDevice) -> dict[str, WriteOutcome]:
        """The outcomes of the writes that were done, also by one without an answer of which nothing is left to do."""
        left = {write.key for write in newer.writes()}
        found = {}
        for write in self.planned.writes():
            outcome = self.outcomes[write.key]
            if outcome.fate is Fate.LOST and write.key not in left and newer.action is not Action.BLOCKED:
                object_id = _object_of(write, newer)
                if object_id is not None:
                    outcome = WriteOutcome(Fate.DONE, object_id)
            if outcome.fate is Fate.DONE:
                found[write.key] = outcome
        return found


def _object_of(write: Write, newer: PlannedDevice) -> int | None:
    """The id of the object that a write without an answer was for, as a later look has found it; None when it has not."""
    if isinstance(write.object_id, int):
        return write.object_id
    stack = newer.stack
    if write.stage is Stage.OWN:
        return newer.assessment.existing.id if newer.assessment.existing else None
    if write.stage in (Stage.VIRTUAL_CHASSIS, Stage.MASTER):
        return stack.chassis_id if stack else None
    if write.stage is Stage.MEMBER and stack:
        position = write.value("vc_position")
        return next((item.existing.id for item in stack.members if item.existing and item.member.position == position), None)
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class _Settled:
    """A device of which an earlier round did a part: that part, and what the newer round plans."""

    older: PlannedDevice
    newer: PlannedDevice
    done: c.Mapping[str, WriteOutcome]
    names: c.Mapping[str, str]

    def device(self) -> PlannedDevice:
        newer = self.newer
        kept = {write.key: write for write in self.older.own_writes if write.key in self.done}
        writes = (*kept.values(), *map(self._named, newer.own_writes))
        # What this run has written it says, whatever another look makes of the rest.
        action = Action.FAIL if newer.action is Action.BLOCKED else self.older.action
        assessment = self.older.assessment if self.older.own and self.older.own.key in self.done else newer.assessment
        return dataclasses.replace(
            newer,
            assessment=assessment,
            action=action,
            own_writes=tuple(sorted(writes, key=lambda write: write.stage)),
            stack=self._stack(),
        )

    def _named(self, write: Write) -> Write:
        return dataclasses.replace(write, key=self.names[write.key])

    def _stack(self) -> PlannedStack | None:
        older, newer = self.older.stack, self.newer.stack
        if older is None or newer is None:
            return newer or older
        before = {item.member.position: item for item in older.members}
        members = [self._member(before.get(item.member.position), item) for item in newer.members]
        known = {item.member.position for item in newer.members}
        members += [item for position, item in before.items() if position not in known and self._was_done(item)]
        made = any(write.stage is Stage.VIRTUAL_CHASSIS for write in self.older.own_writes if write.key in self.done)
        return dataclasses.replace(newer, chassis_id=None if made else newer.chassis_id, members=tuple(members))

    def _was_done(self, member: PlannedMember) -> bool:
        return any(write.key in self.done for write in member.writes)

    def _member(self, older: PlannedMember | None, newer: PlannedMember) -> PlannedMember:
        renamed = tuple(map(self._named, newer.writes))
        if older is None or not self._was_done(older):
            return dataclasses.replace(newer, writes=renamed)
        done = (write for write in older.writes if write.key in self.done)
        return dataclasses.replace(older, writes=(*done, *renamed))
