# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the rounds of one import make one answer."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.support.netbox_model import NetBoxModel, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import (
    Fate,
    LeftOut,
    Outcomes,
    Round,
    WriteOutcome,
    as_written,
    combine,
    is_forgone,
    is_open,
    refused_components,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import (
    Action,
    Change,
    Plan,
    PlannedDevice,
    PlannedMember,
    PlannedStack,
    Write,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import Member

NAME = (Change("name", "sw1", None, "sw1"),)


def assessment(device_id: int, existing_id: int | None = None) -> Assessment:
    existing = ExistingObject(ObjectKind.DEVICE, existing_id, "sw1") if existing_id else None
    state = State.EXISTING if existing else State.READY
    return Assessment(record(device_id), "sw1", state, Match(ObjectKind.DEVICE), existing=existing)


def creation(device_id: int = 1) -> PlannedDevice:
    write = Write(f"device:{device_id}", Target.DEVICE, "sw1", NAME, owner=device_id)
    return PlannedDevice(assessment(device_id), Action.CREATE, own_writes=(write,))


def known(action: Action, device_id: int = 1, existing_id: int = 100, *writes: Write) -> PlannedDevice:
    return PlannedDevice(assessment(device_id, existing_id), action, own_writes=writes)


def outcomes(**fates: Fate) -> Outcomes:
    """By keys of writes, with ``_`` for the colon."""
    return Outcomes({key.replace("_", ":"): WriteOutcome(fate, 100 if fate is Fate.DONE else None) for key, fate in fates.items()})


def fate_of(combined: Round) -> dict[str, Fate]:
    return {write.key: combined.outcomes.of(write).fate for write in combined.plan.writes()}


def test_a_component_that_netbox_refused_is_told() -> None:
    parts = [Write(f"t:{name}", Target.INTERFACE_TEMPLATE, f"C9300 {name}", NAME) for name in ("eth0", "eth1", "eth2")]
    others = Write("tag:x", Target.TAG, "x", NAME)
    refused = WriteOutcome(Fate.REFUSED, message="type: no such choice.")
    outcomes = Outcomes({"t:eth0": WriteOutcome(Fate.DONE, 1), "t:eth1": refused, "t:eth2": WriteOutcome(Fate.TAKEN), "tag:x": refused})
    assert refused_components(Round(Plan((*parts, others)), outcomes)) == (
        "The interface template C9300 eth1 of a new device type was left out, because NetBox refused it: type: no such choice.",
    )


def test_nothing_makes_nothing() -> None:
    assert combine([]) == Round(Plan(), Outcomes())


def test_check_mode_is_an_outcome_in_which_everything_is_done() -> None:
    plan = NetBoxModel().plan(record(), ImportOptions(), chassis={1: stack(unit(1, "FOC1111A1AA"), unit(2, "FOC2222B2BB"))})
    done = Outcomes.all_done(plan)
    assert done.changed and all(done.is_done(write) for write in plan.writes())
    assert not Outcomes.all_done(Plan()).changed


def test_a_write_that_was_done_without_an_answer_is_this_runs() -> None:
    first = Round(Plan((), (creation(),)), outcomes(device_1=Fate.LOST))
    combined = combine([first, Round(Plan((), (known(Action.SKIP),)), Outcomes())])
    assert fate_of(combined) == {"device:1": Fate.DONE}
    assert combined.plan.devices[0].action is Action.CREATE
    assert combined.outcomes.by_key["device:1"].object_id == 100


def test_what_somebody_else_made_is_not_this_runs() -> None:
    first = Round(Plan((), (creation(),)), outcomes(device_1=Fate.TAKEN))
    combined = combine([first, Round(Plan((), (known(Action.SKIP),)), Outcomes())])
    assert fate_of(combined) == {} and combined.plan.devices[0].action is Action.SKIP
    assert not combined.outcomes.changed


def test_what_is_still_not_known_fails() -> None:
    first = Round(Plan((), (creation(),)), outcomes(device_1=Fate.LOST))
    again = Round(Plan((), (creation(),)), outcomes(device_1=Fate.LOST))
    assert fate_of(combine([first, again])) == {"device:1": Fate.LOST}


def test_a_device_that_was_written_and_then_blocks_has_failed() -> None:
    blocked = known(Action.BLOCKED)
    stacked = dataclasses.replace(
        creation(),
        own_writes=(Write("virtual_chassis:1", Target.VIRTUAL_CHASSIS, "sw1", NAME), *creation().own_writes),
    )
    first = Round(Plan((), (stacked,)), Outcomes({"virtual_chassis:1": WriteOutcome(Fate.DONE, 7), "device:1": WriteOutcome(Fate.TAKEN)}))
    combined = combine([first, Round(Plan((), (blocked,)), Outcomes())])
    assert combined.plan.devices[0].action is Action.FAIL
    assert fate_of(combined) == {"virtual_chassis:1": Fate.DONE}


def test_a_half_written_stack_stays_a_creation() -> None:
    """The device and one member were made, the answer for the other member was lost: the second round makes it."""

    def member(position: int, *writes: Write, existing: int | None = None) -> PlannedMember:
        found = ExistingObject(ObjectKind.DEVICE, existing, f"sw1-M{position}") if existing else None
        return PlannedMember(Member(position), f"sw1-M{position}", Action.CREATE if writes else Action.NONE, found, writes)

    def making(position: int) -> Write:
        changes = (Change("vc_position", position, None, position),)
        return Write(f"member:1:{position}", Target.DEVICE, f"sw1-M{position}", changes, owner=1, at=Stage.MEMBER)

    own = Member(1, is_master=True)
    before = dataclasses.replace(
        creation(), stack=PlannedStack(own, "sw1", None, (member(2, making(2)), member(3, making(3)), member(4, making(4))))
    )
    after = dataclasses.replace(
        known(Action.UPDATE), stack=PlannedStack(own, "sw1", 9, (member(2, existing=102), member(3, making(3)), member(4, existing=104)))
    )
    first = Round(
        Plan((), (before,)),
        Outcomes(
            {
                "device:1": WriteOutcome(Fate.DONE, 100),
                "member:1:2": WriteOutcome(Fate.DONE, 102),
                "member:1:3": WriteOutcome(Fate.LOST),
                "member:1:4": WriteOutcome(Fate.LOST),
            }
        ),
    )
    second = Round(Plan((), (after,)), Outcomes({"member:1:3": WriteOutcome(Fate.DONE, 103)}))
    combined = combine([first, second])
    assert combined.plan.devices[0].action is Action.CREATE
    assert fate_of(combined) == dict.fromkeys(["device:1", "member:1:2", "member:1:3", "member:1:4"], Fate.DONE)
    ids = [combined.outcomes.of(write).object_id for write in combined.plan.writes()]
    assert ids == [100, 102, 103, 104]
    (planned,) = combined.plan.devices
    assert planned.stack and [item.action for item in planned.stack.members] == [Action.CREATE] * 3


@st.composite
def rounds(draw: st.DrawFn) -> list[Round]:
    """Some devices; each round has those that the one before left open."""
    ids = draw(st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True))
    found: list[Round] = []
    for _number in range(draw(st.integers(1, 3))):
        devices = []
        fates: dict[str, WriteOutcome] = {}
        for device_id in ids:
            kind = draw(st.sampled_from(["create", "update", "skip", "blocked"]))
            if kind == "create":
                device = creation(device_id)
            elif kind == "update":
                write = Write(f"device:{device_id}", Target.DEVICE, "sw1", NAME, device_id + 100, device_id)
                device = known(Action.UPDATE, device_id, device_id + 100, write)
            else:
                device = known(Action(kind), device_id, device_id + 100)
            devices.append(device)
            for write in device.writes():
                fate = draw(st.sampled_from(Fate))
                fates[write.key] = WriteOutcome(fate, device_id + 100 if fate is Fate.DONE else None)
        this = Round(Plan((), tuple(devices)), Outcomes(fates))
        found.append(this)
        ids = [device.device_id for device in devices if is_open(device, this.outcomes)]
    return found


@given(rounds())
def test_every_device_once_and_every_deed_once(given_rounds: list[Round]) -> None:
    combined = combine(given_rounds)
    assert [item.device_id for item in combined.plan.devices] == [item.device_id for item in given_rounds[0].plan.devices]
    keys = [write.key for write in combined.plan.writes()]
    assert len(keys) == len(set(keys))
    done: t.Counter[int] = collections.Counter()
    for item in given_rounds:
        done.update(write.owner or 0 for write in item.plan.writes() if item.outcomes.is_done(write))
    told = collections.Counter(write.owner or 0 for write in combined.plan.writes() if combined.outcomes.is_done(write))
    # What was done without an answer comes on top of what was answered.
    assert all(told[owner] >= count for owner, count in done.items())
    lost = {write.owner or 0 for item in given_rounds for write in item.plan.writes() if item.outcomes.of(write).fate is Fate.LOST}
    assert all(told[owner] == done[owner] for owner in told if owner not in lost)
    assert combined.outcomes.changed == bool(told)


@given(rounds())
def test_one_round_says_what_it_says(given_rounds: list[Round]) -> None:
    first = given_rounds[0]
    combined = combine([first])
    assert combined.plan == first.plan
    assert all(combined.outcomes.of(write) == first.outcomes.of(write) for write in first.plan.writes())


@given(rounds())
def test_a_device_that_nobody_looked_at_again_stays_as_it_was(given_rounds: list[Round]) -> None:
    combined = {item.device_id: item for item in combine(given_rounds).plan.devices}
    again = {item.device_id for later in given_rounds[1:] for item in later.plan.devices}
    for device in given_rounds[0].plan.devices:
        if device.device_id not in again:
            assert combined[device.device_id] == device


@pytest.mark.parametrize(("fate", "expected"), [(Fate.TAKEN, True), (Fate.LOST, True), (Fate.DONE, False), (Fate.REFUSED, False)])
def test_what_is_looked_at_again(fate: Fate, expected: bool) -> None:
    assert is_open(creation(), outcomes(device_1=fate)) is expected


def test_a_field_that_was_left_out_is_a_warning_and_no_change() -> None:
    changes = (*NAME, Change("platform", 5, None, "Linux"))
    write = Write("device:1", Target.DEVICE, "sw1", changes, owner=1)
    member = PlannedMember(
        Member(2), "sw1-M2", Action.CREATE, None, (dataclasses.replace(write, key="member:1:2", name="sw1-M2", at=Stage.MEMBER),)
    )
    device = PlannedDevice(assessment(1), Action.CREATE, own_writes=(write,), stack=PlannedStack(Member(1), "sw1", None, (member,)))
    left_out = (LeftOut("platform", "NetBox refused it: no"),)
    results = {key: WriteOutcome(Fate.DONE, 7, left_out=left_out) for key in ("device:1", "member:1:2")}
    told = as_written(Plan((), (device,)), Outcomes(results)).devices[0]
    assert [[change.field for change in item.changes] for item in told.writes()] == [["name"], ["name"]]
    assert [issue.message for issue in told.warnings] == [
        "The platform was left out, because NetBox refused it: no",
        "sw1-M2: The platform was left out, because NetBox refused it: no",
    ]
    assert as_written(Plan((), (creation(2),)), Outcomes(results)).devices == (creation(2),)


def test_what_netbox_has_against_many_interfaces_is_one_warning() -> None:
    names = [f"eth{number}" for number in range(7)]
    writes = tuple(Write(f"interface:{name}", Target.INTERFACE, f"sw1 {name}", NAME, owner=1) for name in names)
    device = PlannedDevice(assessment(1), Action.UPDATE, own_writes=writes)
    left_out = (LeftOut("speed", "NetBox refused it: too fast"),)
    results = {write.key: WriteOutcome(Fate.DONE, 7, left_out=left_out) for write in writes}
    told = as_written(Plan((), (device,)), Outcomes(results)).devices[0]
    listed = "sw1 eth0, sw1 eth1, sw1 eth2, sw1 eth3, sw1 eth4 and 2 more"
    assert [issue.message for issue in told.warnings] == [f"{listed}: The speed was left out, because NetBox refused it: too fast"]


def test_an_interface_that_is_left_as_it_is_costs_no_device() -> None:
    """All that was to change of it NetBox refuses, run after run."""
    write = Write("interface:8", Target.INTERFACE, "sw1 eth0", (Change("speed", 3, None, "3"),), object_id=8, owner=1)
    device = PlannedDevice(assessment(1), Action.UPDATE, own_writes=(write,))
    left_out = (LeftOut("speed", "NetBox refused it: too fast"),)
    results = Outcomes({write.key: WriteOutcome(Fate.REFUSED, message="too fast", left_out=left_out)})
    assert is_forgone(write, results.of(write))
    told = as_written(Plan((), (device,)), results).devices[0]
    assert (told.action, list(told.writes())) == (Action.NONE, [])
    assert [issue.message for issue in told.warnings] == ["sw1 eth0: The speed was left out, because NetBox refused it: too fast"]
    assert not is_forgone(write, WriteOutcome(Fate.REFUSED, message="not permitted"))
