# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual chassis: made, found again, completed and never doubled."""

from __future__ import annotations

import collections
import typing as t

import pytest
from unit.support.netbox_model import C9200, C9300, HALL, LON, NYC, ROUTER, SWITCH, NetBoxModel, Refused, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan, PlannedDevice, PlannedMember
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceStatus, Stacking, StackStatus

Json = dict[str, t.Any]
S1, S2, S3, S9 = "FOC11110001", "FOC22220002", "FOC33330003", "FOC99990009"
TWO = stack(unit(1, S1), unit(2, S2))
THREE = stack(unit(1, S1), unit(2, S2), unit(3, S3))


def options(existing: str = "skip", **given: t.Any) -> ImportOptions:
    defaults: Json = {
        "server_key": "default",
        "update_fields": None,
        "virtual_chassis": True,
        "vc_member_name_pattern": "-M{position}",
        "vc_rename_master": True,
        "tags": None,
        "status_map": None,
        "create_missing": None,
    }
    return ImportOptions.from_options(existing=existing, **(defaults | given))


UPDATE = options("update")


def plan_of(netbox: NetBoxModel, chassis: Stacking, given: ImportOptions, **fields: t.Any) -> Plan:
    return netbox.plan(record(**{"serial": S1, **fields}), given, chassis={1: chassis})


def settle(netbox: NetBoxModel, chassis: Stacking, given: ImportOptions = UPDATE, **fields: t.Any) -> PlannedDevice:
    """Applies the plan, and looks that a second one has nothing to do."""
    plan = plan_of(netbox, chassis, given, **fields)
    netbox.apply(plan)
    again = plan_of(netbox, chassis, given, **fields)
    assert [write.key for write in again.writes()] == []
    assert netbox.problems() == []
    return plan.devices[0]


def members(netbox: NetBoxModel) -> dict[int, tuple[str, str]]:
    """Name and serial by position, of the only virtual chassis."""
    (number,) = netbox.chassis
    found = [row for row in netbox.objects.values() if row.get("virtual_chassis") == number]
    return {row["vc_position"]: (row["name"], row.get("serial", "")) for row in found}


def master(netbox: NetBoxModel) -> str | None:
    (chassis,) = netbox.chassis.values()
    return next((row["name"] for (_kind, number), row in netbox.objects.items() if number == chassis["master"]), None)


def made(chassis: Stacking = TWO, given: ImportOptions | None = None, **fields: t.Any) -> NetBoxModel:
    """A NetBox with one imported stack."""
    netbox = NetBoxModel()
    settle(netbox, chassis, given or options(), **fields)
    return netbox


def others(planned: PlannedDevice) -> tuple[PlannedMember, ...]:
    """The members but for the one that the device itself stands for."""
    return planned.stack.members if planned.stack else ()


def warnings(planned: PlannedDevice) -> list[str]:
    assert all(issue.code.value == "virtual_chassis_conflict" for issue in planned.warnings)
    return [issue.message for issue in planned.warnings]


def test_a_new_stack() -> None:
    netbox = NetBoxModel()
    planned = settle(netbox, stack(unit(1, S1), unit(2, S2, "C9200L-24T")), options(tags=["librenms"]))
    assert [write.target for write in planned.writes()] == [Target.VIRTUAL_CHASSIS, Target.DEVICE, Target.DEVICE, Target.VIRTUAL_CHASSIS]
    assert planned.action is Action.CREATE and [member.action for member in others(planned)] == [Action.CREATE]
    assert members(netbox) == {1: ("sw1-M1", S1), 2: ("sw1-M2", S2)}
    assert master(netbox) == "sw1-M1"
    assert [(row["name"], row["domain"]) for row in netbox.chassis.values()] == [("sw1", "librenms-1")]
    first, second = netbox.device("sw1-M1"), netbox.device("sw1-M2")
    assert first["librenms_id"] == {"default": 1} and "librenms_id" not in second
    assert (first["device_type"], second["device_type"]) == (C9300, C9200)
    for field in ("site", "role", "platform", "status", "tags"):
        assert first[field] == second[field] and first[field]


@pytest.mark.parametrize(
    ("chassis", "names", "its_master"),
    [
        (stack(unit(1, S1), unit(2, S2), master=2), {1: "sw1-M1", 2: "sw1-M2"}, "sw1-M2"),
        (stack(unit(0, S1), unit(1, S2)), {0: "sw1-M0", 1: "sw1-M1"}, "sw1-M0"),
        (stack(unit(1), unit(2)), {1: "sw1-M1", 2: "sw1-M2"}, "sw1-M1"),
        (stack(unit(3, S1), unit(7, "N/A")), {3: "sw1-M3", 7: "sw1-M7"}, "sw1-M3"),
    ],
)
def test_positions_and_masters(chassis: Stacking, names: dict[int, str], its_master: str) -> None:
    found = chassis.master
    assert found is not None
    netbox = made(chassis, serial=found.serial)
    assert {position: name for position, (name, _serial) in members(netbox).items()} == names
    assert master(netbox) == its_master
    assert netbox.device(its_master)["librenms_id"] == {"default": 1}


@pytest.mark.parametrize(
    ("pattern", "rename", "names"),
    [
        ("-M{position}", False, {1: "sw1", 2: "sw1-M2"}),
        (" [{serial}]", True, {1: f"sw1 [{S1}]", 2: f"sw1 [{S2}]"}),
        (" ({position})", False, {1: "sw1", 2: "sw1 (2)"}),
        ("{master_name}-SW{position}", True, {1: "sw1-SW1", 2: "sw1-SW2"}),
    ],
)
def test_member_names(pattern: str, rename: bool, names: dict[int, str]) -> None:
    netbox = made(given=options(vc_member_name_pattern=pattern, vc_rename_master=rename))
    assert {position: name for position, (name, _serial) in members(netbox).items()} == names


def test_no_stack_when_the_option_is_off() -> None:
    netbox = NetBoxModel()
    plan = netbox.plan(record(serial=S1), options(virtual_chassis=False))
    netbox.apply(plan)
    assert netbox.names == ["sw1"] and not netbox.chassis


@pytest.mark.parametrize("existing", ["skip", "link", "update"])
@pytest.mark.parametrize("writes", [1, 2, 3, 4])
@pytest.mark.parametrize("serials", [(S1, S2, S3), ("", "", "")])
def test_a_broken_off_import_is_completed(existing: str, writes: int, serials: tuple[str, ...]) -> None:
    chassis = stack(*(unit(position, serial) for position, serial in enumerate(serials, 1)))
    netbox = NetBoxModel()
    plan = plan_of(netbox, chassis, options(existing), serial=serials[0])
    assert netbox.apply(plan, stop_after=writes) == writes
    settle(netbox, chassis, options(existing), serial=serials[0])
    assert members(netbox) == {position: (f"sw1-M{position}", serial) for position, serial in enumerate(serials, 1)}
    assert master(netbox) == "sw1-M1"


@pytest.mark.parametrize("existing", ["skip", "update"])
def test_of_two_chassis_without_members_one_is_taken(existing: str) -> None:
    netbox = NetBoxModel()
    netbox.add_chassis("sw1", "librenms-1")
    second = netbox.add_chassis("sw1", "librenms-1")
    netbox.add(name="sw1-M1", serial=S1, librenms_id={"default": 1}, virtual_chassis=second, vc_position=1, platform=31)
    plan = plan_of(netbox, TWO, options(existing))
    netbox.apply(plan)
    assert netbox.device("sw1-M2")["virtual_chassis"] == second and netbox.chassis[second]["master"]


def test_members_that_stand_alone_are_adopted() -> None:
    netbox = NetBoxModel()
    there = netbox.add(name="closet-b", serial=S2.lower(), site=LON, role=ROUTER)
    planned = settle(netbox, THREE, options())
    assert [(member.action, member.existing.id if member.existing else None) for member in others(planned)] == [
        (Action.UPDATE, there),
        (Action.CREATE, None),
    ]
    assert members(netbox) == {1: ("sw1-M1", S1), 2: ("closet-b", S2.lower()), 3: ("sw1-M3", S3)}
    assert (netbox.device("closet-b")["site"], netbox.device("closet-b")["role"]) == (LON, ROUTER)


def test_a_device_that_stands_alone_becomes_a_stack() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, site=LON, role=ROUTER, librenms_id={"default": 1}, status="staged")
    assert not plan_of(netbox, TWO, options("link")).changed
    planned = settle(netbox, TWO)
    assert planned.action is Action.UPDATE
    assert members(netbox) == {1: ("sw1", S1), 2: ("sw1-M2", S2)}
    # A new member stands where NetBox has the master, whatever LibreNMS says.
    assert (netbox.device("sw1-M2")["site"], netbox.device("sw1-M2")["role"]) == (LON, ROUTER)


def test_two_imports_of_a_device_that_becomes_a_stack() -> None:
    """Both planned before either has written: NetBox takes the device as master once, so the second makes no virtual chassis."""
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    first, second = (netbox.plan(record(serial=S1), options("update"), chassis={1: TWO}) for _run in range(2))
    netbox.apply(first, stop_after=1)
    with pytest.raises(Refused, match="with this master already exists"):
        netbox.apply(second)
    settle(netbox, TWO)
    assert members(netbox) == {1: ("sw1", S1), 2: ("sw1-M2", S2)} and len(netbox.chassis) == 1


@pytest.mark.parametrize("writes", [1, 2, 3, 4])
@pytest.mark.parametrize("own_serial", [S1, ""], ids=["by serial", "by nothing"])
@pytest.mark.parametrize("serials", [(S1, S2), ("", "")])
@pytest.mark.parametrize("master_at", [1, 2])
def test_a_device_that_stands_alone_becomes_the_same_stack_after_a_kill(
    writes: int, own_serial: str, serials: tuple[str, str], master_at: int
) -> None:
    chassis = stack(unit(1, serials[0]), unit(2, serials[1]), master=master_at)

    def start() -> NetBoxModel:
        netbox = NetBoxModel()
        netbox.add(name="sw1", serial=own_serial, librenms_id={"default": 1}, platform=31)
        return netbox

    undisturbed, killed = start(), start()
    settle(undisturbed, chassis, serial=own_serial)
    killed.apply(plan_of(killed, chassis, options("update"), serial=own_serial), stop_after=writes)
    settle(killed, chassis, serial=own_serial)
    assert members(killed) == members(undisturbed) and len(killed.chassis) == 1
    # Of a stack that has all its members nobody can tell whether an import or a person has left the master as it is.
    assert master(killed) in ({master(undisturbed)} if writes != 3 else {master(undisturbed), "sw1"})


def test_a_stack_that_grew() -> None:
    netbox = made()
    planned = plan_of(netbox, THREE, options("link")).devices[0]
    assert not list(planned.writes()) and "lacks the member at position 3" in warnings(planned)[0]
    settle(netbox, THREE)
    assert members(netbox)[3] == ("sw1-M3", S3)
    assert len(netbox.objects) == 3


def test_a_lost_member_is_reported_and_stays() -> None:
    netbox = made(THREE)
    planned = settle(netbox, stack(unit(1, S1), unit(3, S3)))
    assert not list(planned.writes())
    assert warnings(planned) == ["NetBox has the member 'sw1-M2' at position 2, which the inventory does not have."]


def test_swapped_positions() -> None:
    netbox = made()
    swapped = stack(unit(2, S1), unit(1, S2), master=2)
    planned = plan_of(netbox, swapped, options("link")).devices[0]
    assert not list(planned.writes()) and "other positions" in warnings(planned)[0]
    planned = settle(netbox, swapped)
    assert collections.Counter(write.stage for write in planned.own_writes) == {Stage.MOVE: 2, Stage.SETTLE: 2}
    assert members(netbox) == {2: ("sw1-M1", S1), 1: ("sw1-M2", S2)}


def test_a_new_member_whose_name_another_member_has() -> None:
    netbox = made()
    # The first went to 2 and the second to 3, with their names; a new one took the first's place.
    planned = settle(netbox, stack(unit(1, S9), unit(2, S1), unit(3, S2), master=2))
    assert members(netbox) == {2: ("sw1-M1", S1), 3: ("sw1-M2", S2)}
    assert warnings(planned) == [
        "The member at position 1 is not added: another member has its name, 'sw1-M1'.",
        "Members keep names that say another position than theirs: 'sw1-M2' is at position 3.",
    ]


def test_a_member_takes_the_position_of_one_that_moves_away() -> None:
    netbox = made(given=options(vc_member_name_pattern=" [{serial}]"))
    given = options("update", vc_member_name_pattern=" [{serial}]")
    settle(netbox, stack(unit(1, S9), unit(2, S1), unit(3, S2), master=2), given)
    assert members(netbox) == {1: (f"sw1 [{S9}]", S9), 2: (f"sw1 [{S1}]", S1), 3: (f"sw1 [{S2}]", S2)}


@pytest.mark.parametrize("writes", range(1, 6))
def test_a_move_that_was_broken_off_is_completed(writes: int) -> None:
    netbox = made(THREE)
    rotated = stack(unit(2, S1), unit(3, S2), unit(1, S3), master=2)
    netbox.apply(plan_of(netbox, rotated, UPDATE), stop_after=writes)
    settle(netbox, rotated)
    assert {position: serial for position, (_name, serial) in members(netbox).items()} == {2: S1, 3: S2, 1: S3}


def test_a_position_held_by_a_device_of_another_serial() -> None:
    netbox = made()
    (number,) = netbox.chassis
    netbox.add(name="by-hand", serial=S9, virtual_chassis=number, vc_position=3)
    planned = settle(netbox, THREE)
    assert not list(planned.writes())
    assert any("Position 3 is held by 'by-hand'" in text for text in warnings(planned))
    assert any("'by-hand' at position 3, which the inventory does not have" in text for text in warnings(planned))


def test_a_member_cannot_move_to_a_held_position() -> None:
    netbox = made()
    (number,) = netbox.chassis
    netbox.add(name="by-hand", serial=S9, virtual_chassis=number, vc_position=3)
    planned = settle(netbox, stack(unit(2, S1), unit(3, S2), master=2))
    # The second cannot go to 3, so the first cannot go to 2.
    assert not list(planned.writes())
    assert any("theirs are held by others" in text for text in warnings(planned))


def test_a_replaced_member_is_reported() -> None:
    netbox = made()
    planned = settle(netbox, stack(unit(1, S1), unit(2, S9)))
    assert not list(planned.writes()) and len(warnings(planned)) == 2


@pytest.mark.parametrize(("link", "said"), [(None, True), ({"default": 2}, False)], ids=["a member", "a device of its own"])
def test_a_stack_that_only_netbox_has_is_reported(link: Json | None, said: bool) -> None:
    netbox = NetBoxModel()
    number = netbox.add_chassis("by hand")
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1}, virtual_chassis=number, vc_position=1, platform=31)
    netbox.add(name="sw1-b", serial=S2, librenms_id=link, virtual_chassis=number, vc_position=2)
    planned = settle(netbox, Stacking(StackStatus.SINGLE))
    assert not list(planned.writes())
    told = ["The inventory says that it is no stack; NetBox has 'sw1-b' at position 2 in its virtual chassis."]
    assert warnings(planned) == (told if said else [])


def test_the_replaced_master_is_reported() -> None:
    netbox = made()
    planned = settle(netbox, stack(unit(1, S9), unit(2, S2)), serial=S9)
    assert not list(planned.writes())
    assert any(f"has the serial '{S1}'; the inventory says '{S9}'" in text for text in warnings(planned))


def test_the_replaced_masters_serial_is_written_by_policy() -> None:
    netbox = made()
    settle(netbox, stack(unit(1, S9), unit(2, S2)), options("update", update_fields={"serial": "always"}), serial=S9)
    assert members(netbox) == {1: ("sw1-M1", S9), 2: ("sw1-M2", S2)}


@pytest.mark.parametrize("existing", ["skip", "link", "update"])
def test_after_a_failover(existing: str) -> None:
    netbox = made()
    always = {"serial": "always", "name": "always", "device_type": "always"}
    failed_over = stack(unit(1, S1), unit(2, S2), master=2)
    planned = settle(netbox, failed_over, options(existing, update_fields=always), serial=S2)
    assert not list(planned.writes())
    assert warnings(planned) == ["The master is 'sw1-M1' in NetBox, where it stays, and 'sw1-M2' at position 2 in the inventory."]
    assert planned.stack and planned.stack.own_member is not None and planned.stack.own_member.position == 1
    assert master(netbox) == "sw1-M1"


@pytest.mark.parametrize("existing", ["skip", "link", "update"])
def test_a_stack_of_four_of_which_librenms_says_two(existing: str) -> None:
    """Two are people's doing, and one of the others stands elsewhere."""
    netbox = made()
    (number,) = netbox.chassis
    netbox.objects[ObjectKind.DEVICE, netbox.device("sw1-M2")["id"]]["vc_position"] = 7
    for position in (2, 3):
        netbox.add(name=f"ours-{position}", serial=f"FOC4444000{position}", virtual_chassis=number, vc_position=position)
    planned = settle(netbox, TWO, options(existing))
    assert not list(planned.writes())
    moved = (
        "Members stand at other positions than the inventory says, and theirs are held by others: 'sw1-M2' at 7 instead of 2."
        if existing == "update"
        else "Members stand at other positions than the inventory says: 'sw1-M2' at 7 instead of 2. They are moved with existing: update."
    )
    assert warnings(planned) == [
        moved,
        "NetBox has the member 'ours-2' at position 2, which the inventory does not have.",
        "NetBox has the member 'ours-3' at position 3, which the inventory does not have.",
    ]


def test_a_member_of_another_type() -> None:
    netbox = made()
    planned = settle(netbox, stack(unit(1, S1), unit(2, S2, "C9200L-24T")))
    assert not list(planned.writes())
    (said,) = warnings(planned)
    assert said.startswith("'sw1-M2' is a ") and said.endswith("in NetBox and a 'C9200L-24T' in the inventory.")


def test_a_standalone_old_master_and_the_new_one() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    netbox.add(name="sw1-b", serial=S2)
    settle(netbox, stack(unit(1, S1), unit(2, S2), master=2), serial=S2)
    assert members(netbox) == {1: ("sw1", S1), 2: ("sw1-b", S2)}
    assert master(netbox) == "sw1-b"


def test_the_old_master_keeps_its_name_when_masters_are_not_renamed() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    settle(netbox, stack(unit(1, S1), unit(2, S2), master=2), options("update", vc_rename_master=False), serial=S2)
    assert members(netbox) == {1: ("sw1", S1), 2: ("sw1-M2", S2)}


def test_serials_fill_gaps_of_members() -> None:
    netbox = made(stack(unit(1), unit(2)), serial="")
    settle(netbox, TWO, options("link"))
    assert members(netbox)[2] == ("sw1-M2", "")
    settle(netbox, TWO)
    assert members(netbox) == {1: ("sw1-M1", S1), 2: ("sw1-M2", S2)}


@pytest.mark.parametrize(("policy", "expected"), [("never", "by hand"), ("if_empty", "by hand"), ("always", S2)])
def test_serials_of_members_follow_the_policy(policy: str, expected: str) -> None:
    netbox = made(stack(unit(1), unit(2)), serial="")
    next(row for row in netbox.objects.values() if row["name"] == "sw1-M2")["serial"] = "by hand"
    settle(netbox, TWO, options("update", update_fields={"serial": policy}))
    assert members(netbox)[2][1] == expected


def test_a_stack_made_by_hand_is_completed_and_kept() -> None:
    netbox = NetBoxModel()
    number = netbox.add_chassis("closet 4", "vtp-1")
    netbox.add(name="a", serial=S1, librenms_id={"default": 1}, virtual_chassis=number, vc_position=1, location=HALL)
    assert not plan_of(netbox, TWO, options("link")).changed
    settle(netbox, TWO)
    assert members(netbox) == {1: ("a", S1), 2: ("sw1-M2", S2)} and master(netbox) == "a"
    assert netbox.chassis[number]["domain"] == "vtp-1"
    assert netbox.device("sw1-M2")["location"] == HALL


def test_a_new_librenms_id_finds_its_stack() -> None:
    netbox = made()
    devices = [record(8, serial=S1)]
    given = options("update")
    plan = netbox.plan(devices, given, chassis={8: TWO})
    netbox.apply(plan)
    assert not netbox.plan(devices, given, chassis={8: TWO}).changed
    assert len(netbox.objects) == 2 and netbox.device("sw1-M1")["librenms_id"] == {"default": 8}


@pytest.mark.parametrize("live", [True, False])
def test_a_member_that_librenms_knows_by_itself(live: bool) -> None:
    netbox = made()
    netbox.add(name="alone", serial=S3, librenms_id={"default": 7}, role=ROUTER)
    plan = netbox.plan(record(serial=S1), UPDATE, {7} if live else (), chassis={1: THREE})
    netbox.apply(plan)
    # Never doubled, and adopted only when nobody else has it.
    assert len(netbox.objects) == 3
    assert (netbox.device("alone").get("virtual_chassis") is None) is live


def test_a_member_serial_of_two_devices_makes_no_third() -> None:
    netbox = made()
    netbox.add(name="x", serial=S3)
    netbox.add(name="y", serial=S3)
    plan = plan_of(netbox, THREE, UPDATE)
    assert not plan.changed and any("identity_conflict" in issue.code.value for issue in plan.devices[0].warnings)


def test_a_member_name_of_another_device_is_not_written() -> None:
    netbox = made()
    netbox.add(name="SW1-m3", serial=S9)
    plan = plan_of(netbox, THREE, UPDATE)
    assert not plan.changed and any(issue.code.value == "name_taken" for issue in plan.devices[0].warnings)


def test_a_new_member_of_an_unknown_type_is_reported() -> None:
    netbox = made()
    plan = plan_of(netbox, stack(unit(1, S1), unit(2, S2), unit(3, S3, "NEW-1")), UPDATE)
    assert not plan.changed
    assert any("position 3 is not added: its device type is not known" in issue.message for issue in plan.devices[0].warnings)


def test_an_own_device_that_is_none_of_the_members_is_left_alone() -> None:
    netbox = NetBoxModel()
    number = netbox.add_chassis("sw1")
    netbox.add(name="sw1", serial=S9, librenms_id={"default": 1}, virtual_chassis=number, vc_position=5)
    netbox.add(name="b", serial=S1, virtual_chassis=number, vc_position=1)
    netbox.add(name="c", serial=S2, virtual_chassis=number, vc_position=2)
    always = options("update", update_fields={"serial": "always", "name": "always", "platform": "never"})
    planned = plan_of(netbox, TWO, always).devices[0]
    assert not list(planned.writes())
    assert any("none of the stack's members" in text for text in warnings(planned))


def test_a_stack_whose_master_is_not_told() -> None:
    chassis = Stacking(TWO.status, tuple(unit(position, serial) for position, serial in ((1, S1), (2, S2))))
    assert plan_of(NetBoxModel(), chassis, options()).devices[0].action is Action.BLOCKED
    netbox = made()
    assert not plan_of(netbox, chassis, UPDATE).changed


def test_virtual_machines_are_no_stacks() -> None:
    netbox = NetBoxModel()
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "prod-vmware"}]}
    plan = netbox.plan(record(serial=S1), options(), chassis={1: TWO}, rules=rules)
    assert [write.target for write in plan.writes()] == [Target.VIRTUAL_MACHINE]


def test_unplanned_members_are_shown() -> None:
    netbox = made()
    planned = plan_of(netbox, TWO, options()).devices[0]
    assert planned.action is Action.SKIP and planned.stack and planned.stack.name == "sw1" and planned.stack.chassis_id in netbox.chassis
    assert [(member.action, member.name) for member in others(planned)] == [(Action.SKIP, "sw1-M2")]
    assert others(plan_of(netbox, TWO, UPDATE).devices[0])[0].action is Action.NONE


def test_a_stack_in_another_site_than_netbox_says() -> None:
    netbox = made()
    for row in netbox.objects.values():
        row["site"] = LON
    assert not plan_of(netbox, TWO, UPDATE).changed
    assert {row["site"] for row in netbox.objects.values()} == {LON} != {NYC}


def test_new_members_of_one_name_are_not_both_added() -> None:
    netbox = made(stack(unit(1, S1), unit(2, S2)))
    given = options("update", vc_member_name_pattern=" [{serial}]")
    planned = plan_of(netbox, stack(unit(1, S1), unit(2, S2), unit(3), unit(4)), given).devices[0]
    assert [write.name for write in planned.writes()] == ["sw1 []"]
    assert any("another member has its name, 'sw1 []'" in issue.message for issue in planned.warnings)


def test_two_linked_stacks_of_one_name_make_no_member_twice() -> None:
    netbox = NetBoxModel()
    netbox.add(name="a", librenms_id={"default": 1})
    netbox.add(name="b", librenms_id={"default": 2})
    devices = [record(1, serial=S1), record(2, serial=S2)]
    chassis = {1: stack(unit(1, S1), unit(2)), 2: stack(unit(1, S2), unit(2))}
    plan = netbox.plan(devices, UPDATE, chassis=chassis)
    netbox.apply(plan)
    assert netbox.names == ["a", "b"]
    assert all("name_taken" in {issue.code.value for issue in planned.warnings} for planned in plan.devices)
    assert not netbox.plan(devices, UPDATE, chassis=chassis).changed


def test_the_own_device_is_the_member_of_its_name() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1-M2", serial=S9, librenms_id={"default": 1})
    settle(netbox, stack(unit(1, S1), unit(2)))
    assert members(netbox) == {1: ("sw1-M1", S1), 2: ("sw1-M2", S9)}
    assert master(netbox) == "sw1-M1"


def test_a_new_device_whose_position_is_held_leaves_the_stack_alone() -> None:
    """However far an import of it gets, the next one finds the same: a stranger at the master's position, and nothing to add."""
    netbox = NetBoxModel()
    number = netbox.add_chassis("c", "librenms-1")
    netbox.add(name="stranger", virtual_chassis=number, vc_position=1)
    plan = plan_of(netbox, TWO, options(), serial="")
    assert [write.name for write in plan.writes() if write.creates] == ["sw1-M1"]
    assert "Position 1 is held by" in " ".join(warnings(plan.devices[0]))
    netbox.apply(plan)
    assert not plan_of(netbox, TWO, options(), serial="").changed


def test_members_follow_the_device_in_what_they_share() -> None:
    """A stack that moves moves as one, under the same policy; names, serials and types stay each member's own."""
    netbox = made()
    moving = options("update", update_fields=dict.fromkeys(["site", "status", "role", "tenant"], "always"))
    rules = {"roles": [{"role": "Router"}], "tenants": [{"tenant": "Acme"}]}
    device = record(serial=S1, location="London", status=DeviceStatus.DOWN)
    plan = netbox.plan(device, moving, chassis={1: TWO}, rules=rules)
    (member,) = others(plan.devices[0])
    assert member.action is Action.UPDATE
    assert {change.field for write in member.writes for change in write.changes} == {"site", "status", "role", "tenant"}
    netbox.apply(plan)
    first, second = netbox.device("sw1-M1"), netbox.device("sw1-M2")
    for field in ("site", "status", "role", "tenant"):
        assert first[field] == second[field] != SWITCH
    assert (first["site"], first["status"]) == (LON, "offline") and second["serial"] == S2
    assert not netbox.plan(device, moving, chassis={1: TWO}, rules=rules).changed


def test_members_stay_where_the_policy_keeps_them() -> None:
    netbox = made()
    device = record(serial=S1, location="London", status=DeviceStatus.DOWN)
    assert not netbox.plan(device, options("update"), chassis={1: TWO}).changed


def test_a_member_that_is_adopted_follows_at_once() -> None:
    """Else the next run would change it."""
    netbox = NetBoxModel()
    netbox.add(name="alone", serial=S2, status="planned")
    settle(netbox, TWO, options("update", update_fields={"status": "always"}), serial=S1)
    assert netbox.device("alone")["status"] == "active" and netbox.device("alone")["virtual_chassis"]
    assert netbox.device("alone")["platform"] == netbox.device("sw1-M1")["platform"]


def test_a_serial_that_a_member_has_is_not_set_at_its_master_as_well() -> None:
    netbox = made(stack(unit(1, ""), unit(2, S2), master=1), serial=S2)
    planned = settle(netbox, stack(unit(1, ""), unit(2, ""), master=1), serial=S2)
    assert sorted(serial for _name, serial in members(netbox).values()) == ["", S2]
    assert "serial_conflict" in {issue.code for issue in planned.warnings}
