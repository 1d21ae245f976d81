# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes in which vendors report stacks, and the shapes that look like stacks and are none. All values are made up."""

from __future__ import annotations

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DeviceRecord,
    InventoryRow,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import could_be_stack, detect


def device(os: str = "ios", *, kind: str = "network", hardware: str = "", serial: str = "", parent_id: int | None = None) -> DeviceRecord:
    return DeviceRecord(1, "sw1", os=os, type=kind, hardware=hardware, serial=serial, parent_id=parent_id)


def row(index: int, contained_in: int = 0, physical_class: str = "", name: str = "", *, pos: int = -1, **texts: str) -> InventoryRow:
    return InventoryRow(index, contained_in, pos, physical_class, name, **texts)


def ports(start: int, contained_in: int, *names: str) -> list[InventoryRow]:
    return [row(start + number, contained_in, "port", name) for number, name in enumerate(names)]


def shape(result: Stacking) -> list[tuple[int, str, str]]:
    assert result.status is StackStatus.STACK, result
    assert sum(member.is_master for member in result.members) == 1
    return [(member.position, member.serial, member.model) for member in result.members]


def assert_single(result: Stacking) -> None:
    assert result.status is StackStatus.SINGLE, result
    assert result.members == ()
    assert result.reason


# Cisco


def stackwise(*units: tuple[int, int, int, str, str], root_serial: str = "") -> list[InventoryRow]:
    rows = [row(1, 0, "stack", "c37xx Stacking", descr="Switch Stack", serial=root_serial)]
    for number, index, position, serial, model in units:
        rows.append(row(index, 1, "chassis", str(number), pos=position, serial=serial, model=model, descr=model))
        rows += ports(index + 10, index, f"GigabitEthernet{number}/0/1", f"GigabitEthernet{number}/0/2", f"StackPort{number}")
    return rows


def test_stackwise_is_numbered_by_name_where_the_relative_positions_have_a_gap() -> None:
    rows = stackwise(
        (1, 1001, 0, "FCW1111A001", "WS-C2960X-48FPS-L"),
        (2, 2001, 2, "FCW1111A002", "WS-C2960X-24PS-L"),
        (3, 3001, 3, "FCW1111A003", "WS-C2960X-48FPS-L"),
    )
    result = detect(device(serial="FCW1111A002"), rows)
    assert shape(result) == [
        (1, "FCW1111A001", "WS-C2960X-48FPS-L"),
        (2, "FCW1111A002", "WS-C2960X-24PS-L"),
        (3, "FCW1111A003", "WS-C2960X-48FPS-L"),
    ]
    assert result.master is not None and result.master.position == 2
    assert [member.name for member in result.members] == ["1", "2", "3"]
    assert "class stack" in result.reason and "names" in result.reason


def test_catalyst_9300_names_its_units_while_the_relative_positions_start_at_0() -> None:
    rows = [row(1, 0, "stack", "c93xx Stack", serial="FCW2222B002", model="C9300-48P")]
    for number in (1, 2, 3):
        rows.append(row(number * 1000, 1, "chassis", f"Switch {number}", pos=number - 1, serial=f"FCW2222B00{number}", model="C9300-48P"))
        rows.append(row(number * 1000 + 90, number * 1000, "port", f"StackPort{number}/1", serial="LCC2222CABL"))
    # device.serial is null when member 1 is absent; the stack's own row repeats the active unit's.
    result = detect(device("iosxe"), rows)
    assert shape(result) == [(number, f"FCW2222B00{number}", "C9300-48P") for number in (1, 2, 3)]
    assert result.master is not None and result.master.position == 2


def test_units_without_serial_and_model_are_members_when_nothing_else_has_them_either() -> None:
    rows = [row(1, 0, "stack", "c92xxL Stack")]
    rows += [row(number * 1000, 1, "chassis", f"Switch {number}", pos=number - 1) for number in (1, 2, 3)]
    result = detect(device("iosxe"), rows)
    assert shape(result) == [(1, "", ""), (2, "", ""), (3, "", "")]
    assert result.master is not None and result.master.position == 1


def test_an_absent_member_leaves_a_gap_in_the_numbers() -> None:
    rows = [row(1, 0, "stack", "c38xx Stack")]
    rows += [row(n * 1000, 1, "chassis", "", pos=p, serial=f"FOC3333C00{n}", model="WS-C3850-24T") for n, p in ((1, 0), (3, 1))]
    assert [position for position, _serial, _model in shape(detect(device(), rows))] == [1, 3]


def stackwise_virtual(card_serial: str = "JAE44440001") -> list[InventoryRow]:
    rows = [row(1, 0, "stack", "Virtual Stack", descr="Cisco Catalyst 9600 Series Virtual Stack")]
    for number, index, card in ((1, 2, 1000), (2, 500, 11000)):
        rows += [
            row(index, 1, "chassis", f"Switch {number} Chassis", pos=number, serial=f"FXS4444D00{number}", model="C9606R"),
            row(index + 1, index, "container", f"Switch {number} Slot 1", pos=1),
            row(
                card, index + 1, "module", f"Switch {number} Slot 1 Linecard", serial=card_serial[:-1] + str(number), model="C9600-LC-48YL"
            ),
            *ports(card + 10, card, f"TwentyFiveGigE{number}/1/0/1"),
        ]
    return rows


@pytest.mark.parametrize(("device_serial", "master"), [("JAE44440001", 1), ("JAE44440002", 2), ("FXS4444D002", 2), ("", 1)])
def test_stackwise_virtual_has_the_master_that_contains_the_line_card_librenms_took(device_serial: str, master: int) -> None:
    result = detect(device("iosxe", hardware="C9600-LC-48YL", serial=device_serial), stackwise_virtual())
    assert shape(result) == [(1, "FXS4444D001", "C9606R"), (2, "FXS4444D002", "C9606R")]
    assert result.master is not None and result.master.position == master


def small_business(real: dict[int, str], places: int, *, descr_everywhere: str = "") -> list[InventoryRow]:
    rows = [row(128, 0, "stack", "Stack", descr="Stack")]
    for number in range(1, places + 1):
        index = number * 2**26 + 256
        serial = real.get(number, "")
        texts = {"name": f"SX550X-24 Stack Unit {number}", "model": "SX550X-24"} if serial and not descr_everywhere else {}
        rows.append(row(index, 128, "chassis", pos=number, serial=serial, descr=descr_everywhere, **texts))
        if serial:
            rows += ports(index + 1, index, f"te{number}/0/1", f"te{number}/0/2")
    return rows


def test_empty_places_of_a_small_business_stack_are_no_members() -> None:
    result = detect(device("ciscosb", serial="DNI55550002"), small_business({2: "DNI55550002", 4: "DNI55550004"}, 8))
    assert shape(result) == [(2, "DNI55550002", "SX550X-24"), (4, "DNI55550004", "SX550X-24")]
    assert result.master is not None and result.master.position == 2


def test_empty_places_with_a_description_are_no_members_either() -> None:
    assert_single(detect(device("ciscosb"), small_business({1: "DNI55550001"}, 8, descr_everywhere="SGE2010")))
    result = detect(device("ciscosb"), small_business({1: "DNI55550001", 2: "DNI55550002"}, 8, descr_everywhere="SGE2010"))
    assert shape(result) == [(1, "DNI55550001", "SGE2010"), (2, "DNI55550002", "SGE2010")]


# Other vendors with a stack row


def test_a_stack_that_lost_its_containment_in_a_partial_walk() -> None:
    rows = [row(1, 0, "stack", descr="HPE"), row(10001, 0, "stack", descr="HPE")]
    rows += [row(2, 0, "chassis", "5900AF", serial="CN66660001"), row(82, 0, "chassis", "5900AF", serial="CN66660002")]
    result = detect(device("comware"), rows)
    assert shape(result) == [(1, "CN66660001", ""), (2, "CN66660002", "")]
    assert "nothing in it numbers them" in result.reason


def test_comware_irf_members_are_numbered_by_their_ports_before_their_relative_positions() -> None:
    rows = [row(1, 0, "stack", descr="H3C")]
    for number, index, position in ((1, 2, 1), (5, 102, 2)):
        rows.append(row(index, 1, "chassis", "S5560X", pos=position, serial=f"219801A77770{number}", model="S5560X-30F-EI"))
        rows += ports(index + 10, index, *(f"GigabitEthernet{number}/0/{port}" for port in range(1, 12)), "M-GigabitEthernet0/0/0")
    assert shape(detect(device("comware"), rows)) == [(1, "219801A777701", "S5560X-30F-EI"), (5, "219801A777705", "S5560X-30F-EI")]


def test_dell_units_keep_the_vendors_numbers_from_0() -> None:
    rows = [row(1, 0, "stack", "Stack")]
    for number in (0, 1):
        rows.append(row(2 + 100 * number, 1, "chassis", f"Unit {number}", pos=number + 1, serial=f"CN8888000{number}", model="S4048-ON"))
        rows += ports(3 + 100 * number, 2 + 100 * number, f"Te {number}/47")
    assert [position for position, _serial, _model in shape(detect(device("dnos"), rows))] == [0, 1]


def vcstack(members: int, *, places: int = 0) -> list[InventoryRow]:
    rows = [row(1, 0, "stack", "VCStack", descr="VCStack")]
    for number in range(1, members + 1):
        base = number * 300
        rows += [
            row(base, 1, "stack", "Stack Member", pos=number, descr="Stack Member"),
            row(base + 1, base, "container", "", pos=1, descr="x510 Base", serial=f"A0499990{number}A", model="x510-28GTX"),
            row(base + 2, base, "container", "Bay 1", pos=2, descr="Expansion bay", serial=f"A0500000{number}B", model="AT-StackXG"),
        ]
    rows += [row(9000 + place, 1, "stack", "Stack Member", pos=members + place, descr="Stack Member") for place in range(1, places + 1)]
    return rows


@pytest.mark.parametrize("places", [0, 6])
def test_vcstack_members_are_of_class_stack_with_serial_and_model_one_level_deeper(places: int) -> None:
    result = detect(device("awplus", serial="A04999902A"), vcstack(2, places=places))
    assert shape(result) == [(1, "A04999901A", "x510-28GTX"), (2, "A04999902A", "x510-28GTX")]
    assert result.master is not None and result.master.position == 2


def test_chassis_within_the_members_of_a_vcstack_take_the_members_numbers() -> None:
    rows = [row(1, 0, "stack", "VCStack")]
    for number in (2, 3):
        rows.append(row(number * 10, 1, "stack", "Member", pos=number))
        rows.append(row(number * 10 + 1, number * 10, "chassis", "Base", pos=1, serial=f"A0488880{number}", model="x930-28GTX"))
    assert shape(detect(device("awplus"), rows)) == [(2, "A04888802", "x930-28GTX"), (3, "A04888803", "x930-28GTX")]


# Vendors without a stack row


def test_omniswitch_chassis_side_by_side() -> None:
    rows = [row(453, 0, "", "2/FANTRAY-1")]
    for number in (1, 2, 3):
        rows.append(row(208 + number, 0, "chassis", f"CHASSIS-{number}", serial=f"W111000{number}", model="OS6860E-P48"))
        rows.append(row(number, 208 + number, "module", f"{number}/SLOT-1", pos=1, serial=f"W111000{number}", model="OS6860E-P48"))
    assert shape(detect(device("aos7"), rows)) == [(number, f"W111000{number}", "OS6860E-P48") for number in (1, 2, 3)]


def test_omniswitch_6_is_numbered_by_its_index_where_names_and_positions_are_equal() -> None:
    rows = [
        row(568 + n, 0, "chassis", "Chassis", pos=0, serial=f"M222000{n}", model=model) for n, model in ((2, "OS6450-24"), (3, "OS6350-48"))
    ]
    result = detect(device("aos6", hardware="OS6350-48"), rows)
    assert shape(result) == [(2, "M2220002", "OS6450-24"), (3, "M2220003", "OS6350-48")]
    assert result.master is not None and result.master.model == "OS6350-48"


@pytest.mark.parametrize("with_serials", [True, False])
def test_huawei_cluster_of_two_frames(with_serials: bool) -> None:
    rows = []
    for number in (1, 2):
        frame = number * 16777216
        serial = f"21023533380{number}" if with_serials else ""
        rows += [
            row(frame, 0, "chassis", "HUAWEI CE12804", pos=number, serial=serial, model="CE12804" if with_serials else ""),
            row(frame + 1, frame, "container", f"Board slot {number}/1"),
            row(frame + 2, frame + 1, "module", "CE-L48XS-EA 1", serial=f"03044444440{number}", model="CE-L48XS-EA"),
            *ports(frame + 10, frame + 2, f"10GE{number}/1/0/1", f"10GE{number}/1/0/2"),
        ]
    expected = [(n, f"21023533380{n}" if with_serials else "", "CE12804" if with_serials else "") for n in (1, 2)]
    result = detect(device("vrp", serial="030444444402"), rows)
    assert shape(result) == expected
    assert result.master is not None and result.master.position == 2


def test_huawei_istack_boards_in_one_chassis() -> None:
    rows = [row(100, 0, "chassis", "HUAWEI S5720 Routing Switch", pos=1)]
    for number in range(9):
        slot = 1000 * (number + 1)
        rows.append(row(slot, 100, "container", f"Board slot {number}", pos=number))
        if number < 2:
            rows += [
                row(
                    slot + 1,
                    slot,
                    "module",
                    f"MPU Board {number}",
                    pos=1,
                    serial=f"2102355555{number}",
                    model="" if number else "S5720-28P-SI",
                    descr="Assembling Components,S5720-28P-SI,S5720-28P-SI,S5720-28P-SI Bundle(24 ports)",
                ),
                *ports(slot + 2, slot + 1, "MEth0/0/0", f"GigabitEthernet{number}/0/1", f"GigabitEthernet{number}/0/2"),
            ]
    result = detect(device("vrp"), rows)
    assert shape(result) == [(0, "21023555550", "S5720-28P-SI"), (1, "21023555551", "S5720-28P-SI")]
    assert [member.name for member in result.members] == ["MPU Board 0", "MPU Board 1"]


def juniper(*fpcs: tuple[int, str, str], chassis_serial: str = "", chassis_model: str = "EX4300") -> list[InventoryRow]:
    rows = [
        row(1, 0, "chassis", descr="chassis frame", serial=chassis_serial, model=chassis_model),
        row(7, 1, "container", descr="FPC slot"),
    ]
    for number, model, serial in fpcs:
        index = (number + 1) * 1_000_000
        rows.append(row(index + 7, 7, descr=f"FPC: {model} @ {number}/*/*", serial=serial, model="650-012345", vendor_type="FPC"))
        rows.append(row(index + 10008, 8, descr=f"PIC: 4x40G QSFP+ @ {number}/0/*", serial="BUILTIN", model="BUILTIN"))
    return rows


def test_juniper_virtual_chassis_members_are_fpc_rows_numbered_from_0() -> None:
    rows = juniper(
        (0, "EX4300-48T", "PE3333000"),
        (1, "EX4200-48T, 8 POE", "PE3333001"),
        (2, "QFX5100-48S-6Q", "PE3333002"),
        chassis_serial="PE3333001",
    )
    result = detect(device("junos", hardware="Juniper Virtual Chassis Switch"), rows)
    assert shape(result) == [(0, "PE3333000", "EX4300-48T"), (1, "PE3333001", "EX4200-48T"), (2, "PE3333002", "QFX5100-48S-6Q")]
    assert result.master is not None and result.master.position == 1


def test_aruba_vsf_members_of_a_partial_walk_are_told_by_their_index() -> None:
    rows = [row(1, 0, "", "Stack", descr="Aruba 6300 VSF Stack", serial="SG44440003")]
    for number in range(1, 7):
        rows.append(row(number * 100_000 + 1001, 0, "", "Chassis", serial=f"SG4444000{number}"))
        rows.append(row(number * 100_000 + 20010, 0, "", f"{number}/1/1"))
    result = detect(device("arubaos-cx", hardware="Aruba 6300 VSF Stack"), rows)
    assert [(position, serial) for position, serial, _model in shape(result)] == [(n, f"SG4444000{n}") for n in range(1, 7)]
    assert result.master is not None and result.master.position == 3


def test_aruba_vsf_members_of_a_complete_walk() -> None:
    rows = [row(1, 0, "stack", "Stack", serial="SG55550001")]
    rows += [row(n * 100_000 + 1001, 1, "chassis", "Chassis", pos=n, serial=f"SG5555000{n}", model="JL660A") for n in (1, 2)]
    assert shape(detect(device("arubaos-cx"), rows)) == [(1, "SG55550001", "JL660A"), (2, "SG55550002", "JL660A")]


def test_arubaos_switch_members_have_equal_names_and_are_numbered_by_their_ports() -> None:
    rows = []
    for number in (1, 2):
        rows.append(row(1000 + number, 0, "chassis", "Chassis", serial=f"CN6666000{number}", model="JL255A"))
        rows += ports(5000 * number, 1000 + number, f"{number}/1", f"{number}/2")
    assert [position for position, _serial, _model in shape(detect(device("procurve", hardware="Stack"), rows))] == [1, 2]


def test_ruijie_vsu_without_serials() -> None:
    rows = [row(n, 0, "chassis", f"switch{n}", pos=n, serial="NA", model="RG-S6220-48XS4QXS") for n in (1, 2)]
    assert shape(detect(device("ruijie"), rows)) == [(1, "", "RG-S6220-48XS4QXS"), (2, "", "RG-S6220-48XS4QXS")]


def test_names_of_switches_in_a_stack_suffice_for_an_unknown_system_when_every_unit_has_a_serial() -> None:
    rows = [row(n, 0, "chassis", f"Unit {n}", serial=f"ZZ777700{n}", model="X1000") for n in (1, 2)]
    assert shape(detect(device("somebrand"), rows)) == [(1, "ZZ7777001", "X1000"), (2, "ZZ7777002", "X1000")]


def test_a_juniper_virtual_chassis_may_hold_models_of_a_series_not_known_yet() -> None:
    rows = juniper((0, "EX5800-48T", "PE3333000"), (1, "EX5800-48T", "PE3333001"))
    assert len(shape(detect(device("junos", hardware="Juniper Virtual Chassis Switch"), rows))) == 2
    assert_single(detect(device("junos", hardware="Juniper EX5800"), rows))


# How members are numbered


def numbered(*units: InventoryRow) -> list[int]:
    rows = [row(1, 0, "stack", "Stack"), *units]
    return [position for position, _serial, _model in shape(detect(device("somebrand"), rows))]


def unit(index: int, name: str = "", *, pos: int = -1, descr: str = "") -> InventoryRow:
    return row(index, 1, "chassis", name, pos=pos, descr=descr, serial=f"AB12{index:06}")


@pytest.mark.parametrize(
    ("names", "positions"),
    [
        (("3", "5"), [3, 5]),
        (("Switch 3 Chassis", "Switch 5 Chassis"), [3, 5]),
        (("X-24P-4X Stack Unit 3", "X-48P-4X Stack Unit 5"), [3, 5]),
        (("CHASSIS-3", "CHASSIS-5"), [3, 5]),
        (("Unit: 0", "Unit: 5"), [0, 5]),
        (("sw-core3", "sw-core5"), [3, 5]),
        (("stack.3", "stack.5"), [3, 5]),
        # No number of a unit: two hosts, a number out of range, one number for both, a number for one of them.
        (("sw-east3", "sw-west5"), [1, 2]),
        (("Switch 3", "Switch 256"), [1, 2]),
        (("Switch 3", "Switch 3"), [1, 2]),
        (("Switch 3", "Switch"), [1, 2]),
        (("Switch 24-port", "Switch 48-port"), [1, 2]),
    ],
)
def test_numbers_in_names(names: tuple[str, str], positions: list[int]) -> None:
    assert numbered(unit(2, names[0], pos=1), unit(500, names[1], pos=2)) == positions


def test_numbers_in_descriptions() -> None:
    assert numbered(unit(2, "a", pos=1, descr="Unit 3"), unit(500, "b", pos=2, descr="Unit 5")) == [3, 5]


@pytest.mark.parametrize(
    ("indexes", "positions"),
    [
        ((1001, 3001), [1, 3]),
        ((2000, 3000), [2, 3]),
        ((101001, 401001), [1, 4]),
        ((570, 572), [2, 4]),
        ((209, 211), [1, 3]),
        ((2, 10002), [5, 6]),
    ],
)
def test_numbers_in_indexes_come_before_the_relative_positions(indexes: tuple[int, int], positions: list[int]) -> None:
    assert numbered(unit(indexes[0], pos=5), unit(indexes[1], pos=6)) == positions


def test_ports_that_do_not_agree_tell_no_number() -> None:
    slots = [row(100 + n, 2, "port", f"Gi{n}/0/1") for n in (7, 8)] + [row(200 + n, 500, "port", f"Gi{n}/0/1") for n in (8, 9, 9)]
    assert numbered(unit(2, pos=1), unit(500, pos=2), *slots) == [1, 2]


def test_one_scheme_is_taken_for_all_members() -> None:
    # The first unit has a name and no relative position, the second the reverse: taken together they would collide.
    assert numbered(unit(2, "Switch 2"), unit(500, "", pos=2), unit(700, "", pos=3)) == [1, 2, 3]


# What identifies a member


def test_one_serial_on_all_members_is_nobodys() -> None:
    rows = stackwise((1, 1001, 1, "FCW1111A001", "C3750"), (2, 2001, 2, "FCW1111A001", "C3750"))
    assert shape(detect(device(), rows)) == [(1, "", "C3750"), (2, "", "C3750")]


def test_rows_with_one_serial_and_no_number_of_their_own_are_one_unit() -> None:
    rows = [row(1, 0, "stack", "Stack"), *(row(n, 1, "chassis", "Chassis", serial="FCW1111A001", model="X") for n in (2, 3))]
    assert_single(detect(device(), rows))


@pytest.mark.parametrize(
    "serial", ["NA", "N/A", "serial", "M", "Default", "BUILTIN", "System MAC: 00:11:22:33:44:55", "x36-55.14.11.0", "<private>"]
)
def test_a_stand_in_is_no_serial(serial: str) -> None:
    rows = stackwise((1, 1001, 1, serial, "C3750"), (2, 2001, 2, "FCW1111A002", "C3750"))
    assert shape(detect(device(serial=serial), rows)) == [(1, "", "C3750"), (2, "FCW1111A002", "C3750")]


@pytest.mark.parametrize("other_part", ["module", "fan"])
def test_the_name_plate_may_be_in_the_base_of_a_member(other_part: str) -> None:
    rows = [row(1, 0, "stack", "VCStack")]
    for number in (1, 2):
        rows += [
            row(number * 10, 1, "stack", "Stack Member", pos=number),
            row(number * 10 + 1, number * 10, "container", "Base"),
            row(number * 10 + 2, number * 10 + 1, "module", "Board", serial=f"A0499990{number}A", model="x550-18XTQ"),
            row(number * 10 + 3, number * 10, other_part, serial=f"A0511110{number}A"),
            *ports(1000 * number, number * 10, f"port{number}.0.1"),
        ]
    assert shape(detect(device("awplus"), rows)) == [(1, "A04999901A", "x550-18XTQ"), (2, "A04999902A", "x550-18XTQ")]


def test_the_name_plate_may_be_the_only_container_with_a_serial() -> None:
    rows = [row(1, 0, "stack", "Stack")]
    for number in (1, 2):
        rows.append(row(number * 10, 1, "chassis", f"Unit {number}"))
        rows.append(row(number * 10 + 1, number * 10, "container", "Frame", serial=f"A0499990{number}A", model="X1"))
        rows.append(row(number * 10 + 2, number * 10, "container", "Slot"))
    assert shape(detect(device("somebrand"), rows)) == [(1, "A04999901A", "X1"), (2, "A04999902A", "X1")]


def test_chassis_contained_in_themselves_are_at_the_top() -> None:
    rows = [row(n, n, "chassis", f"CHASSIS-{n}", serial=f"W111000{n}", model="OS6860E") for n in (1, 2)]
    assert len(shape(detect(device("aos7"), rows))) == 2


def test_the_model_comes_from_the_part_that_repeats_the_serial_or_from_a_bare_part_number() -> None:
    rows = [
        row(1, 0, "stack", "Stack"),
        row(10, 1, "chassis", "Unit 1", serial="AB12340001"),
        row(11, 10, "module", "Main board", serial="AB12340001", model="X440-G2"),
        row(20, 1, "chassis", "Unit 2", serial="AB12340002", descr="X440-48T"),
        row(30, 1, "chassis", "Unit 3", serial="AB12340003", descr="48-port switch with uplinks"),
    ]
    assert [model for _position, _serial, model in shape(detect(device("xos"), rows))] == ["X440-G2", "X440-48T", ""]


def test_a_module_or_cable_below_a_unit_does_not_lend_it_a_serial() -> None:
    rows = stackwise((1, 1001, 1, "", "C9200L"), (2, 2001, 2, "", "C9200L"))
    rows += [
        row(1900, 1001, "module", "1000 Base-SX", descr="1000 Base-SX", serial="AGT77770001"),
        row(1901, 1001, "port", "SP1", serial="LCC2222CABL"),
    ]
    assert shape(detect(device(), rows)) == [(1, "", "C9200L"), (2, "", "C9200L")]


def test_a_word_for_the_master_in_the_name_tells_it() -> None:
    rows = [row(1, 0, "stack", "Stack")]
    rows += [row(9 + n, 1, "chassis", f"{role} switch {n}", serial=f"AB12340{n}", model="X") for n, role in ((1, "Standby"), (2, "Active"))]
    result = detect(device(), rows)
    assert result.master is not None and result.master.position == 2


def test_the_name_that_is_a_model_is_no_number() -> None:
    rows = [row(1, 0, "stack", "Stack")]
    rows += [row(10 * p, 1, "chassis", m, pos=p, serial=f"AB12340{p}", model=m) for p, m in ((1, "x510-28"), (2, "x510-52"))]
    assert [position for position, _serial, _model in shape(detect(device(), rows))] == [1, 2]


# No stacks


def test_no_rows_cannot_tell() -> None:
    result = detect(device("ironware"), [])
    assert (result.status, result.members) == (StackStatus.UNKNOWN, ())
    assert "no inventory" in result.reason


def test_rows_that_say_nothing_cannot_tell() -> None:
    assert detect(device(), [row(1), row(2)]).status is StackStatus.UNKNOWN


NOT_STACKS: dict[str, tuple[DeviceRecord, list[InventoryRow]]] = {
    "lone C9300 below a stack row": (device("iosxe"), stackwise((1, 1000, 0, "FCW1111A001", "C9300-48P"), root_serial="FCW1111A001")),
    "lone member 2": (device(), stackwise((2, 2001, 2, "FCW1111A002", "WS-C2960S-24TS-L"))),
    "one unit of four places": (device("ciscosb"), small_business({1: "DNI55550001"}, 4)),
    "lone unit without serial": (
        device("radlan"),
        [row(64, 0, "stack", "Stack"), row(65, 64, "chassis", descr="AT-8000S/24", pos=1), *ports(66, 65, "1/e1", "1/e2")],
    ),
    "lone VCStack member": (device("awplus"), vcstack(1)),
    "stack row without chassis": (
        device("edgecos"),
        [row(1, 0, "stack", "stack.1"), row(2, 1, "container"), row(3, 2, "module", "Unit 1")],
    ),
    "access system of nested stack rows": (
        device("smartax"),
        [row(1, 0, "stack"), *(row(9 + n, 1, "stack", f"frame {n}", pos=n, serial=f"21023333{n:02}") for n in range(32))],
    ),
    "nested stack rows that are no members": (
        device("other"),
        [row(1, 0, "stack"), *(r for n in range(3) for r in (row(9 + n, 1, "stack", pos=n), row(90 + n, 9 + n, "module", "card")))],
    ),
    "fabric extenders": (
        device("nxos"),
        [
            row(10, 0, "stack", "Fabric Stack Root"),
            row(149, 10, "chassis", "Nexus5548 Chassis", pos=1, serial="SSI111100AA", model="N5K-C5548UP"),
            row(101000, 10, "chassis", "Fex-101 Nexus2248 Chassis", pos=101, serial="SSI111101AA", model="N2K-C2248TP-1GE"),
            row(102000, 10, "chassis", "Fex-102 Nexus2248 Chassis", pos=102, serial="SSI111102AA", model="N2K-C2248TP-1GE"),
        ],
    ),
    "optical shelves": (
        device("nokia-1830"),
        [row(n, 0, "chassis", f"Shelf {n}", pos=n, model="PSS8", serial=f"RT111100{n}") for n in (1, 2, 3, 25)],
    ),
    "shelves of an unknown system": (device("newoptics"), [row(n, 0, "chassis", f"Shelf {n}", serial=f"RT111100{n}") for n in (1, 2)]),
    "optical chassis with the names of switches": (
        device("infinera-groove"),
        [row(n, 0, "chassis", f"chassis-{n}", pos=n, serial=f"FE222200{n}", model="G30") for n in (1, 2)],
    ),
    "empty remote end": (
        device("somebrand"),
        [
            row(1, 0, "chassis", "Chassis-1", serial="FSAN0001", model="X"),
            *ports(2, 1, "Net-1-A"),
            row(81, 0, "chassis", "Chassis-2"),
            *ports(82, 81, "Net-2-A"),
        ],
    ),
    "empty remote end of a system whose stacks are side by side": (
        device("vrp"),
        [row(1, 0, "chassis", "A", serial="FSAN0001", model="X"), row(81, 0, "chassis", "B"), *ports(82, 81, "Net-2-A")],
    ),
    "optical chassis below a stack row": (
        device("iqnos"),
        [row(1, 0, "stack"), *(row(10 * n, 1, "chassis", f"Chassis {n}", serial=f"MA11110{n}") for n in (1, 2))],
    ),
    "chassis inside a module of a stack": (
        device(),
        [row(1, 0, "stack"), row(2, 1, "module"), *(row(10 * n, 2, "chassis", f"Unit {n}", serial=f"AB12340{n}") for n in (1, 2))],
    ),
    "one chassis below a stack row and others beside it": (
        device(),
        [row(1, 0, "stack"), *(row(10 * n, n // 3, "chassis", f"Unit {n}", serial=f"AB12340{n}") for n in (1, 2, 3))],
    ),
    "indexes of Aruba members on another system": (
        device("somebrand"),
        [row(n * 100_000 + 1001, 0, "", f"Part {n}", serial=f"SG5555000{n}") for n in (1, 2)],
    ),
    "modular Huawei chassis with nothing but main boards": (
        device("vrp"),
        [
            row(1, 0, "chassis", "S7706"),
            *(row(10 * n, 1, "container", f"Board slot {n}") for n in (7, 8)),
            *(row(10 * n + 1, 10 * n, "module", f"MPU Board {n}", serial=f"MP1111000{n}") for n in (7, 8)),
            *(row(10 * n + 2, 10 * n + 1, "port", "MEth0/0/0") for n in (7, 8)),
        ],
    ),
    "modular Huawei chassis whose main boards have ports": (
        device("vrp"),
        [
            row(1, 0, "chassis", "S7703"),
            *(row(10 * n, 1, "container", f"Board slot {n}") for n in (1, 4, 5)),
            row(11, 10, "module", "LPU Board 1", serial="LP11110001"),
            *(row(10 * n + 1, 10 * n, "module", f"MPU Board {n}", serial=f"MP1111000{n}") for n in (4, 5)),
            *(row(10 * n + 2, 10 * n + 1, "port", f"GigabitEthernet{n}/0/1") for n in (4, 5)),
        ],
    ),
    "MX virtual chassis": (
        device("junos", hardware="Juniper MX Virtual Chassis"),
        juniper((0, "MPC7E 3D MRATE-12xQSFPP-XGE-XLGE-CGE", "CA33330000"), (1, "MPC7E 3D MRATE-12xQSFPP-XGE-XLGE-CGE", "CA33330001")),
    ),
    "blank pair": (device("edgeos"), [row(1, 0, "chassis"), row(2, 0, "chassis")]),
    "shared stand-in for a serial": (device("iqnos"), [row(n, 0, "chassis", f"chassis {n}", serial="M") for n in (1, 2, 3)]),
    "sensor units": (device("rittal", kind="environment"), [row(n, 0, "chassis", f"Unit {n}", serial=f"9999000{n}") for n in (1, 2)]),
    "disk enclosures of a server": (
        device("linux", kind="server"),
        [row(200, 0, "port", descr="/C0"), *(row(200 + n, 200, "chassis", f"Unit {n}", serial="x36-55.14.11.0") for n in (18, 19))],
    ),
    "chassis below a port": (
        device("linux"),
        [row(200, 0, "port"), row(9, 0, "stack"), *(row(200 + n, 200, "chassis", f"Unit {n}", serial=f"AB12340{n}") for n in (18, 19))],
    ),
    "line cards of class chassis in a chassis": (
        device("zxr10"),
        [
            row(1, 0, "chassis", "shelf", serial="ZT11110000"),
            *(row(9 + n, 1, "chassis", f"Unit {n}", serial=f"ZT1111000{n}") for n in (1, 2)),
        ],
    ),
    "modular Huawei chassis with two main boards": (
        device("vrp"),
        [
            row(1, 0, "chassis", "S7706"),
            *(row(10 * n, 1, "container", f"Board slot {n}") for n in (1, 7, 8)),
            row(11, 10, "module", "LPU Board 1", serial="LP11110001"),
            *ports(12, 11, "GigabitEthernet1/0/1"),
            *(
                r
                for n in (7, 8)
                for r in (
                    row(10 * n + 1, 10 * n, "module", f"MPU Board {n}", serial=f"MP1111000{n}"),
                    *ports(10 * n + 2, 10 * n + 1, "MEth0/0/0"),
                )
            ),
        ],
    ),
    "lone Huawei switch with nine board slots": (
        device("vrp"),
        [
            row(1, 0, "chassis", serial="21023555550"),
            *(row(10 + n, 1, "container", f"Board slot {n}") for n in range(9)),
            row(100, 10, "module", "MPU Board 0", serial="21023555550"),
            *ports(101, 100, "GigabitEthernet0/0/1"),
        ],
    ),
    "lone QFX": (device("junos", hardware="Juniper QFX5100-48S-6Q Switch"), juniper((0, "QFX5100-48S-6Q", "TA33330000"))),
    "MX router": (
        device("junos", hardware="Juniper MX960 Internet Backbone Router"),
        juniper((0, "MPC 3D 16x 10GE", "CA33330000"), (1, "MPC 3D 16x 10GE", "CA33330001")),
    ),
    "MX5 without serials": (
        device("junos", hardware="Juniper MX5-T"),
        juniper((0, "MPC BUILTIN", "BUILTIN"), (1, "MPC BUILTIN", "BUILTIN")),
    ),
    "modular EX switch": (
        device("junos", hardware="Juniper EX9208"),
        juniper((0, "EX9200-32XS", "CA44440000"), (1, "EX9200-40T", "CA44440001")),
    ),
    "Junos Fusion satellites": (
        device("junos", hardware="Juniper QFX10002"),
        juniper((100, "EX2300-48T", "JW55550000"), (101, "EX2300-48T", "JW55550001")),
    ),
    "lone Aruba that is called a VSF stack": (
        device("arubaos-cx", hardware="HPE ANW 6300 VSF Stack"),
        [row(1, 0, "", "Stack"), row(101001, 0, "", "Chassis", serial="SG44440001"), row(120010, 0, "", "1/1/1")],
    ),
    "Aruba with places for members that are not there": (
        device("arubaos-cx"),
        [
            row(1, 0, "stack", "Stack"),
            *(row(n * 100_000 + 1001, 1, "chassis", "Chassis", pos=n, serial="SG44440001" if n == 1 else "") for n in (1, 2, 3)),
        ],
    ),
    "class null throughout": (
        device(),
        [row(1, 0, "", "Switch System"), *(row(n * 1000, 0, "", f"Linecard(slot {n})") for n in range(1, 7))],
    ),
    "classes outside the MIB": (device(), [row(n, 0, "physChassis", f"Unit {n}", serial=f"AB12340{n}") for n in (1, 2)]),
    "one chassis row twice": (device(), [row(1, 0, "chassis", "Switch 1", serial="FCW1111A001")] * 2),
    "one chassis at two indexes": (device("ios"), [row(n, 0, "chassis", "Chassis", serial="FCW1111A001", model="ISR") for n in (1, 2)]),
}


@pytest.mark.parametrize("which", NOT_STACKS)
def test_is_no_stack(which: str) -> None:
    about, rows = NOT_STACKS[which]
    assert_single(detect(about, rows))


# Whether to ask at all


@pytest.mark.parametrize("kind", ["network", "wireless", "firewall", "loadbalancer", "", "OOB Management", "Network"])
def test_a_network_device_could_be_a_stack(kind: str) -> None:
    assert could_be_stack(device("anything", kind=kind))


@pytest.mark.parametrize(
    "kind", ["server", "printer", "power", "storage", "environment", "workstation", "management", "Server ", "appliance"]
)
def test_some_types_are_never_stacks(kind: str) -> None:
    about = device("ios", kind=kind)
    assert not could_be_stack(about)
    assert_single(detect(about, stackwise((1, 1001, 1, "FCW1111A001", "A"), (2, 2001, 2, "FCW1111A002", "A"))))
    assert_single(detect(about, []))


@pytest.mark.parametrize("os", ["ping", "drac", "hpe-ilo", "vmware-esxi", "windows"])
def test_some_systems_are_never_stacks(os: str) -> None:
    assert not could_be_stack(device(os))


def test_a_virtual_machine_is_never_a_stack() -> None:
    assert not could_be_stack(device(parent_id=7))
    assert_single(detect(device(parent_id=7), []))
