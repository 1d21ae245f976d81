# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for devices that LibreNMS has no more, by option, by what is remembered, and by what people did."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from unit.support.netbox_model import device

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Outcomes, Round
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, FieldState, Plan, PlannedDevice
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.vanished import Gone, Vanished, VanishedPlanner, all_gone
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.vanished_memory import Absence, Mark, Memory
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.vanished_options import OnVanished, VanishedOptions
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.vanished_file import VanishedFile

GIVEN: dict[str, t.Any] = {
    "vanished": "status",
    "vanished_after": "3",
    "vanished_limit": 10,
    "vanished_tag": "lost",
    "vanished_status": "offline",
}
OWN = device(100, "sw1", librenms_id={"default": 7}, virtual_chassis_id=5, vc_position=1)
MEMBER = device(101, "sw1-M2", virtual_chassis_id=5, vc_position=2)
TAGS = {ObjectKind.DEVICE: {"lost": "lost"}}


def fields(status: str = "active", *tags: str) -> dict[str, FieldState]:
    return {"status": FieldState(status, status), "tags": FieldState([{"slug": tag} for tag in tags], list(tags))}


def planner(mode: OnVanished, own: dict[str, FieldState], memory: Memory = Memory()) -> VanishedPlanner:  # noqa: B008
    known = {(item.kind, item.id): own for item in (OWN, MEMBER)}
    return VanishedPlanner(VanishedOptions(mode, tag="lost"), memory, known, TAGS, frozenset({"active", "offline"}))


def written(planned: PlannedDevice) -> dict[t.Any, dict[str, t.Any]]:
    return {write.object_id: {change.field: change.after for change in write.changes} for write in planned.writes()}


def settled(planned: PlannedDevice, memory: Memory = Memory()) -> Memory:  # noqa: B008
    plan = Plan((), (planned,))
    return memory.begun(plan).settled(Round(plan, Outcomes.all_done(plan)))


@pytest.mark.parametrize(
    ("mode", "own", "expected"),
    [
        (OnVanished.STATUS, fields("active"), {"status": "offline"}),
        (OnVanished.STATUS, fields("offline"), None),
        (OnVanished.STATUS, fields("decommissioning"), None),
        (OnVanished.TAG, fields("planned", "core"), {"tags": ["core", "lost"]}),
        (OnVanished.TAG, fields("active", "lost"), None),
    ],
)
def test_what_is_done_to_a_device_and_to_the_members_of_its_stack(mode: OnVanished, own: t.Any, expected: t.Any) -> None:
    planned = planner(mode, own).gone(Gone(7, (OWN, MEMBER)), "")
    assert written(planned) == ({100: expected, 101: expected} if expected else {})
    assert planned.action is (Action.UPDATE if expected else Action.NONE)
    assert planned.vanished and planned.name == "sw1"
    assert written(planner(mode, own).gone(Gone(7, (OWN, MEMBER)), "Not yet.")) == {}


def test_what_people_make_of_a_mark_stays_until_the_device_is_back() -> None:
    done = settled(planner(OnVanished.STATUS, fields()).gone(Gone(7, (OWN, MEMBER)), ""))
    assert done.mark_of(OWN) == Mark(OnVanished.STATUS, "active", done=True)
    for status in ("active", "decommissioning"):
        assert written(planner(OnVanished.STATUS, fields(status), done).gone(Gone(7, (OWN, MEMBER)), "")) == {}
    # One of which nobody knows whether it was written is done again.
    begun = Memory().begun(Plan((), (planner(OnVanished.STATUS, fields()).gone(Gone(7, (OWN,)), ""),)))
    assert written(planner(OnVanished.STATUS, fields(), begun).gone(Gone(7, (OWN,)), "")) == {100: {"status": "offline"}}


def test_a_device_that_is_back_is_as_it_was() -> None:
    done = settled(planner(OnVanished.STATUS, fields()).gone(Gone(7, (OWN, MEMBER)), ""))
    gone = planner(OnVanished.STATUS, fields()).gone(Gone(7, (OWN,)), "")
    here = PlannedDevice(gone.assessment, Action.SKIP)
    existing = ExistingObjects([OWN, MEMBER])
    back = planner(OnVanished.STATUS, fields("offline", "core", "lost"), done).back(here, existing)
    assert written(back) == {100: {"status": "active", "tags": ["core"]}, 101: {"status": "active", "tags": ["core"]}}
    assert back.action is Action.UPDATE
    assert settled(back, done).marks == {}
    # A status that was changed meanwhile stays, and so does one that no import has given.
    assert written(planner(OnVanished.STATUS, fields("staged"), done).back(here, existing)) == {}
    assert written(planner(OnVanished.STATUS, fields("offline")).back(here, existing)) == {}


def test_a_stack_of_which_another_member_is_there_is_left_alone() -> None:
    other = device(102, "other", librenms_id={"default": 8}, virtual_chassis_id=5, vc_position=3)
    vanished = [Vanished(7, OWN)]
    assert [item.objects for item in all_gone(vanished, ExistingObjects([OWN, MEMBER]))] == [(OWN, MEMBER)]
    assert [item.objects for item in all_gone(vanished, ExistingObjects([OWN, MEMBER, other]))] == [(OWN,)]
    shared = ExistingObject(ObjectKind.DEVICE, 1, "x", librenms_id={"default": 7, "second": 9})
    assert all_gone([Vanished(7, shared)], ExistingObjects([shared]))[0].is_shared


@pytest.mark.parametrize(("after", "expected"), [("2", True), ("3", False), ("1d", True), ("2d", False)])
def test_how_long_is_long(after: str, expected: bool) -> None:
    options = VanishedOptions.from_options({**GIVEN, "vanished_after": after})
    memory = Memory().with_gone([7, 8], 1_000_000).with_gone([7], 1_100_000)
    assert options and memory.absences.keys() == {7}
    assert memory.absences[7] == Absence(1_000_000, 2)
    assert memory.absences[7].is_long(options, 1_100_000) is expected


@pytest.mark.parametrize(
    ("option", "value"),
    [("after", "0"), ("after", "7 weeks"), ("limit", 101), ("limit", -1), ("tag", " "), ("tag", "x" * 101), ("status", "Off line")],
)
def test_a_bad_option_is_named_with_its_value(option: str, value: t.Any) -> None:
    with pytest.raises(OptionError, match=f"vanished_{option}"):
        VanishedOptions.from_options({**GIVEN, f"vanished_{option}": value})


def test_the_memory_is_a_private_file_of_one_pair_of_servers(tmp_path: Path) -> None:
    file = VanishedFile(str(tmp_path), ("netbox", "librenms", "default"))
    assert file.read() == Memory()
    memory = Memory({7: Absence(1_000_000, 2)}, {"dcim/devices:1": Mark(OnVanished.STATUS, "active", done=True)})
    file.write(memory)
    assert VanishedFile(str(tmp_path), ("netbox", "librenms", "default")).read() == memory
    assert VanishedFile(str(tmp_path), ("netbox", "librenms", "second")).read() == Memory()
    (path,) = (tmp_path / "vanished").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    with pytest.raises(CollectionError, match=r"vanished devices cannot be read.*damaged"):
        file.read()
