# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every inventory, also for a damaged or nonsensical one."""

from __future__ import annotations

import dataclasses

import hypothesis
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DeviceRecord,
    InventoryRow,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import could_be_stack, detect

# Small ranges and real words, so that rows do contain each other (also themselves, and in circles), repeat indexes and
# meet the finders' patterns; free text and large numbers for the rest.
INDEXES = st.one_of(
    st.integers(-3, 12), st.sampled_from([209, 210, 569, 570, 1001, 2001, 101001, 201001, 301001, 1000007, 2000007]), st.integers()
)
CLASSES = st.one_of(
    st.sampled_from(["stack", "chassis", "chassis", "container", "module", "port", "", "0", "powerSupply"]), st.text(max_size=5)
)
NUMBERS = st.integers(-1, 300)
NAMES = st.one_of(
    st.sampled_from(["", "Stack", "Chassis", "Base", "Stack Member", "switch1"]),
    NUMBERS.map(lambda n: f"Switch {n}"),
    NUMBERS.map(lambda n: f"MPU Board {n}"),
    NUMBERS.map(lambda n: f"Te{n}/0/1"),
    NUMBERS.map(str),
    st.text(max_size=12),
)
DESCRS = st.one_of(
    st.just(""), NUMBERS.map(lambda n: f"FPC: EX4300-48T @ {n}/*/*"), NUMBERS.map(lambda n: f"PIC @ {n}/0/*"), st.text(max_size=12)
)
SERIALS = st.one_of(st.sampled_from(["", "NA", "M", "FOC11110001", "FOC11110002", "FOC11110003"]), st.text(max_size=12))
ROWS = st.builds(
    InventoryRow,
    index=INDEXES,
    contained_in=st.one_of(st.just(0), INDEXES),
    parent_rel_pos=st.one_of(NUMBERS, st.integers()),
    physical_class=CLASSES,
    name=NAMES,
    descr=DESCRS,
    model=st.one_of(st.sampled_from(["", ".", "C9300-48P"]), st.text(max_size=8)),
    serial=SERIALS,
)
DEVICES = st.builds(
    DeviceRecord,
    device_id=st.just(1),
    hostname=st.just("sw1"),
    os=st.one_of(st.sampled_from(["ios", "junos", "vrp", "arubaos-cx", "aos7", "awplus", "nokia-1830", ""]), st.text(max_size=6)),
    hardware=st.sampled_from(["", "Juniper Virtual Chassis Switch", "C9300-48P"]),
    serial=SERIALS,
    type=st.sampled_from(["network", "network", "", "server"]),
)


@st.composite
def stacks(draw: st.DrawFn) -> list[InventoryRow]:
    """Chassis below a stack row, with ports; what tells their number varies."""
    rows = [InventoryRow(1, 0, -1, "stack", draw(st.sampled_from(["Stack", "c93xx Stack"])))]
    numbers = draw(st.lists(st.integers(0, 40), min_size=2, max_size=8, unique=True))
    named, positioned, with_ports = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    for number in numbers:
        index = 1000 + 1000 * number + draw(st.integers(0, 9))
        name = f"Switch {number}" if named else ""
        rows.append(InventoryRow(index, 1, number if positioned else -1, "chassis", name, serial=f"FOC1111{index:07}"))
        if with_ports:
            rows.append(InventoryRow(index + 100, index, 1, "port", f"Gi{number}/0/1"))
    return rows


SWITCH = DeviceRecord(1, "sw1", os="ios", type="network")


def assert_sound(result: Stacking) -> None:
    positions = [member.position for member in result.members]
    assert positions == sorted(set(positions))
    assert all(0 <= position <= 255 for position in positions)
    serials = [member.serial for member in result.members if member.serial]
    assert len(set(serials)) == len(serials)
    if result.status is StackStatus.STACK:
        assert len(positions) >= 2
        assert sum(member.is_master for member in result.members) == 1
    else:
        assert positions == []
    assert result.reason


@hypothesis.settings(max_examples=400, deadline=None)
@hypothesis.given(DEVICES, st.lists(ROWS, max_size=14), st.randoms(use_true_random=False))
def test_any_rows_give_a_sound_answer_that_does_not_depend_on_their_order(device: DeviceRecord, rows: list[InventoryRow], random) -> None:
    result = detect(device, rows)
    assert_sound(result)
    if not could_be_stack(device):
        assert result.status is StackStatus.SINGLE
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert detect(device, shuffled) == result


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(stacks(), st.randoms(use_true_random=False))
def test_a_stack_has_all_its_members_in_any_order_of_the_rows(rows: list[InventoryRow], random) -> None:
    result = detect(SWITCH, rows)
    assert_sound(result)
    assert {member.serial for member in result.members} == {row.serial for row in rows if row.serial}
    random.shuffle(rows)
    assert detect(SWITCH, rows) == result


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(stacks(), st.integers(0, 8), st.sampled_from([0, 1]), st.sampled_from(["", "SGE2010", "48-port switch"]))
def test_empty_places_change_nothing(rows: list[InventoryRow], places: int, parent: int, descr: str) -> None:
    empty = [InventoryRow(500_000 + place, parent, 100 + place, "chassis", descr=descr) for place in range(places)]
    assert detect(SWITCH, [*rows, *empty]) == detect(SWITCH, rows)


@hypothesis.settings(max_examples=50, deadline=None)
@hypothesis.given(stacks())
def test_each_member_can_be_the_master(rows: list[InventoryRow]) -> None:
    for unit in (row for row in rows if row.serial):
        result = detect(dataclasses.replace(SWITCH, serial=unit.serial), rows)
        assert result.master is not None
        assert result.master.serial == unit.serial
