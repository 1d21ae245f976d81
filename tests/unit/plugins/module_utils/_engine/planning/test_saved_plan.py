# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan comes back as it was, whatever is in it; nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import enum
import json
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.identity import Identity, MatchedBy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.resolved import Resolved
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import (
    Action,
    Change,
    MadeRef,
    Plan,
    PlannedDevice,
    PlannedMember,
    PlannedStack,
    Ref,
    Write,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan_codec import decode, encode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.saved_plan import (
    BadPlan,
    SavedPlan,
    Version,
    existing_in,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Member

OWN = Write("own", Target.DEVICE, "sw1", (Change("name", "sw1", None, "sw1"), Change("platform", Ref("platform:x"), None, "X")), owner=7)
MASTER = Write("master", Target.VIRTUAL_CHASSIS, "sw1", (Change("master", Ref("own"), None, "sw1"),), 3, 7, Stage.MASTER)
MEMBER = Write("member", Target.DEVICE, "sw1-M2", (Change("name", "sw1-M2", None, "sw1-M2"),), owner=7, at=Stage.MEMBER)


def planned(link: t.Any = None) -> PlannedDevice:
    existing = ExistingObject(ObjectKind.DEVICE, 5, "sw1", librenms_id=link, primary_ips=("10.0.0.1",))
    assessment = Assessment(
        DeviceRecord(7, "sw1.example.net", sysname="\u202esw1\ud800"),
        "sw1",
        State.READY,
        Match(ObjectKind.DEVICE, site=Resolved(1, "Paris", "name")),
        existing=existing,
        matched_by=MatchedBy.NAME,
        warnings=(Issue(IssueCode.SERIAL_IGNORED, "serial", "text", suggestions=("a", "b")),),
    )
    own_member, other = Member(1, is_master=True), Member(2, serial="S2")
    member = PlannedMember(other, "sw1-M2", Action.CREATE, writes=(MEMBER,))
    return PlannedDevice(assessment, Action.CREATE, own_writes=(OWN, MASTER), stack=PlannedStack(own_member, "sw1", 3, (member,)))


def saved(device: PlannedDevice) -> SavedPlan:
    return SavedPlan(
        created_at="2026-01-01T00:00:00.000Z",
        job="plan",
        librenms="http://librenms.example.net",
        netbox="http://netbox.example.net",
        server_key="default",
        source={"hit": False},
        options={"all_devices": True},
        relies_on=(Version("dcim/sites", 1, "Paris", "2026-01-01T00:00:00Z"),),
        identities=(Identity(7, "default", ObjectKind.DEVICE, names=("sw1",)),),
        live=(1, 2),
        interfaces={9: 48},
        plan=Plan((Write("platform:x", Target.PLATFORM, "X", (Change("slug", "x", None, "x"),)),), (device,)),
    )


@pytest.mark.parametrize("link", [None, 7, "7", {"default": {"id": 7, "$Ref": 1}, "$": 2}, {"$Ref": {"key": "own"}}, [1, [2.5, True]]])
def test_everything_comes_back(link: t.Any) -> None:
    plan = saved(planned(link))
    assert SavedPlan.from_text(plan.to_text()) == plan
    assert plan.to_text() == SavedPlan.from_text(plan.to_text().encode()).to_text()


def test_every_kind_and_every_reference_comes_back() -> None:
    for target in Target:
        for stage in (None, *Stage):
            write = Write("key", target, "name", (Change("field", [Ref("a")], None, {"b": Ref("c")}),), Ref("d"), at=stage)
            assert decode(Write, json.loads(json.dumps(encode(write)))) == write


def test_a_reference_of_another_class_comes_back() -> None:
    change = Change("field", MadeRef("a", Ref("b"), "Gi1"), None, "text")
    assert decode(Change, json.loads(json.dumps(encode(change)))) == change


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"server_key": "other"}, "digest"),
        ({"format": "other"}, "no plan"),
        ({"format_version": 2}, "format 2"),
        ({"digest": None}, "digest"),
        ({"more": 1}, "digest"),
    ],
)
def test_a_changed_file_is_none(changed: dict[str, t.Any], message: str) -> None:
    data = json.loads(saved(planned()).to_text())
    with pytest.raises(BadPlan, match=message):
        SavedPlan.from_text(json.dumps(data | changed))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000, b"\xff\xfe", '{"format": "netsot.librenms plan"}'])
def test_what_is_no_plan(text: str | bytes) -> None:
    with pytest.raises(BadPlan):
        SavedPlan.from_text(text)


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("wanted", "data"),
    [(int, True), (int, "1"), (str, None), (Colour, "blue"), (Ref, {"$Other": {}}), (Version, {"path": "x", "other": 1}), (Version, [])],
)
def test_nothing_is_taken_for_something_else(wanted: type, data: t.Any) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        decode(wanted, data)


def test_writes_are_found_and_replaced_wherever_they_are() -> None:
    device = planned()
    assert [item.id for item in existing_in(device)] == [5]
    seen: list[str] = []

    def keep(write: Write) -> Write | None:
        seen.append(write.key)
        return dataclasses.replace(write, name="other") if write.key == "member" else None

    left = device.with_each_write(keep)
    assert sorted(seen) == ["master", "member", "own"]
    assert [(write.key, write.name) for write in left.writes()] == [("member", "other")]
    assert left.assessment is device.assessment
