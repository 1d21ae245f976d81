# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories of the simulated LibreNMS: the two endpoints, and the shapes of the vendors."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netsot.librenms.tests.servers import librenms_inventory as shapes
from ansible_collections.netsot.librenms.tests.servers.librenms_devices import KINDS, make_device
from ansible_collections.netsot.librenms.tests.servers.librenms_inventory import Rows, Unit
from ansible_collections.netsot.librenms.tests.servers.librenms_model import ApiUser, EntRow, SimDevice, SimWorld, rows_of
from ansible_collections.netsot.librenms.tests.servers.librenms_routes import Api, Request, Response

THREE = (Unit(1, "C9300-48P", "A1"), Unit(2, "C9300-48P", "A2"), Unit(3, "C9300-24T", "A3"))
STACK = SimDevice(5, "stack", inventory=lambda: shapes.catalyst(THREE))
WORLD = SimWorld((STACK, SimDevice(6, "bare"), SimDevice(7, "odd", inventory=lambda: (EntRow(1), EntRow(2, entPhysicalDescr="")))))


def ask(path: str, query: str = "", version: str = "26.7.0") -> Response:
    return Api(WORLD, {"t": ApiUser()}, version).handle(Request("GET", f"/api/v0/inventory/{path}", query, {"x-auth-token": "t"}))


def rows(path: str, query: str = "", version: str = "26.7.0") -> list[dict[str, t.Any]]:
    response = ask(path, query, version)
    assert response.status == 200
    answer = json.loads(response.body)
    assert list(answer) == ["status", "inventory", "count"]
    assert answer["count"] == len(answer["inventory"])
    return t.cast("list[dict[str, t.Any]]", answer["inventory"])


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("", [1]),
        ("entPhysicalContainedIn=0", [1]),
        ("entPhysicalClass=stack", [1]),
        # Only the root is searched for a class unless a parent is named.
        ("entPhysicalClass=chassis", []),
        ("entPhysicalClass=chassis&entPhysicalContainedIn=1", [1000, 2000, 3000]),
        ("entPhysicalClass=CHASSIS&entPhysicalContainedIn=1", [1000, 2000, 3000]),
        ("entPhysicalContainedIn=1000", [1001, 1002, 1060]),
        ("entPhysicalContainedIn=77", []),
    ],
)
def test_one_level(query: str, indexes: list[int]) -> None:
    assert [row["entPhysicalIndex"] for row in rows("5", query)] == indexes


def test_all_rows_whatever_is_asked() -> None:
    everything = rows("5/all")
    assert len(everything) == 1 + 3 * 8
    assert rows("stack/all", "entPhysicalClass=chassis") == everything


@pytest.mark.parametrize(
    ("path", "status"),
    [("6", 200), ("6/all", 200), ("99", 200), ("99/all", 200), ("nobody/all", 200), ("nobody", 400)],
)
def test_nothing_or_nobody(path: str, status: int) -> None:
    response = ask(path)
    assert response.status == status
    if status == 200:
        assert json.loads(response.body) == {"status": "ok", "inventory": [], "count": 0}
    else:
        assert json.loads(response.body) == {"status": "error", "message": "Invalid device provided"}


def test_types_of_a_row() -> None:
    row = rows("5", "entPhysicalContainedIn=1")[0]
    assert list(row)[:3] == ["entPhysical_id", "device_id", "entPhysicalIndex"]
    assert (row["device_id"], row["entPhysicalIndex"], row["entPhysicalContainedIn"], row["entPhysicalParentRelPos"]) == (5, 1000, 1, 0)
    assert (row["entPhysicalIsFRU"], row["ifIndex"]) == ("true", None)
    assert rows("5", "entPhysicalContainedIn=1060")[0]["ifIndex"] == 100


def test_defaults_of_a_row_without_anything() -> None:
    row = rows("7")[0]
    assert (row["entPhysicalContainedIn"], row["entPhysicalParentRelPos"], row["entPhysicalClass"]) == (0, -1, None)


@pytest.mark.parametrize(("version", "nothing"), [("24.6.0", ""), ("24.7.0", None)])
def test_text_is_null_since_24_7(version: str, nothing: str | None) -> None:
    row = rows("7", version=version)[0]
    for name in ("Descr", "Class", "Name", "ModelName", "SerialNum", "MfgName"):
        assert row[f"entPhysical{name}"] == nothing
    assert row["entPhysicalAlias"] is None
    assert rows("7", version=version)[1]["entPhysicalDescr"] == ""


@pytest.mark.parametrize(("version", "present"), [("26.3.0", False), ("26.4.0", True)])
def test_manufacturing_date_since_26_4(version: str, present: bool) -> None:
    assert ("entPhysicalMfgDate" in rows("7", version=version)[0]) is present


def test_rows_can_be_given_as_the_api_has_them() -> None:
    assert rows_of([{"entPhysicalIndex": 4, "entPhysicalClass": "chassis"}])() == (EntRow(4, entPhysicalClass="chassis"),)
    with pytest.raises(TypeError):
        rows_of([{"entPhysicalIndex": 4, "serial": "x"}])


# Shapes


def picked(table: Rows, physical_class: str | None) -> list[tuple[object, ...]]:
    """Index, parent, position, name, serial of the rows of one class."""
    return [
        (row.entPhysicalIndex, row.entPhysicalContainedIn, row.entPhysicalParentRelPos, row.entPhysicalName, row.entPhysicalSerialNum)
        for row in table
        if row.entPhysicalClass == physical_class
    ]


def test_catalyst_counts_positions_from_0_and_repeats_the_master() -> None:
    table = shapes.catalyst(THREE)
    assert picked(table, "stack") == [(1, 0, -1, "c93xx Stack", "A1")]
    assert picked(table, "chassis") == [(1000, 1, 0, "Switch 1", "A1"), (2000, 1, 1, "Switch 2", "A2"), (3000, 1, 2, "Switch 3", "A3")]
    cables = [row.entPhysicalSerialNum for row in table if (row.entPhysicalName or "").startswith("StackPort")]
    assert len(cables) == 6
    assert len(set(cables)) == 2


def test_2960x_has_the_number_in_the_name_only() -> None:
    table = shapes.catalyst_2960x(THREE)
    assert picked(table, "stack") == [(1, 0, -1, "C29xx Stacking", None)]
    assert picked(table, "chassis") == [(1001, 1, 0, "1", "A1"), (2001, 1, 2, "2", "A2"), (3001, 1, 3, "3", "A3")]


def test_stackwise_virtual_hides_the_chassis_behind_a_line_card() -> None:
    device = make_device(KINDS["svl"], 9, "core", None, ("FJL1111AAAA", "FJL2222BBBB"))
    table = device.inventory()
    assert picked(table, "chassis") == [(2, 1, 1, "Switch 1 Chassis", "FJL1111AAAA"), (500, 1, 2, "Switch 2 Chassis", "FJL2222BBBB")]
    card = next(row for row in table if row.entPhysicalIndex == 1000)
    assert (device.serial, device.hardware) == (card.entPhysicalSerialNum, card.entPhysicalModelName) == ("JAE1111AAAA", "C9400-LC-48U")


def test_small_business_has_empty_rows_for_empty_slots() -> None:
    table = shapes.small_business((Unit(1, "CBS350-24P-4X", "F1"), Unit(2, "CBS350-24P-4X", "F2")))
    assert [(row[2], row[4]) for row in picked(table, "chassis")] == [(1, "F1"), (2, "F2"), (3, ""), (4, "")]
    empty = [row for row in table if row.entPhysicalClass == "chassis"][2]
    assert (empty.entPhysicalContainedIn, empty.entPhysicalModelName, empty.entPhysicalName, empty.entPhysicalDescr) == (128, "", "", "")


def test_omniswitch_has_chassis_at_the_root_and_no_stack_row() -> None:
    table = shapes.omniswitch((Unit(1, "OS6860E-U28", "U1"), Unit(2, "OS6860E-P48", "W2")))
    assert picked(table, "stack") == []
    assert picked(table, "chassis") == [(209, 0, -1, "CHASSIS-1", "U1"), (210, 0, -1, "CHASSIS-2", "W2")]
    assert [row[4] for row in picked(table, "module")] == ["U1", "W2"]


def test_juniper_members_are_rows_without_a_class_counted_from_0() -> None:
    table = shapes.juniper((Unit(0, "EX4300-48MP", "X0"), Unit(1, "EX4300-48MP", "X1")))
    assert picked(table, "chassis") == [(1, 0, -1, None, "X0")]
    members = [row for row in table if row.entPhysicalContainedIn == 7]
    assert [(row.entPhysicalDescr, row.entPhysicalClass, row.entPhysicalSerialNum) for row in members] == [
        ("FPC: EX4300-48MP @ 0/*/*", None, "X0"),
        ("FPC: EX4300-48MP @ 1/*/*", None, "X1"),
    ]


def test_juniper_router_has_cards_without_serial_numbers_in_those_slots() -> None:
    cards = [row for row in shapes.juniper_router("MX480", "JN1") if row.entPhysicalContainedIn == 7]
    assert len(cards) == 2
    assert {row.entPhysicalSerialNum for row in cards} == {None}


def test_huawei_members_are_boards_in_nine_slots() -> None:
    table = shapes.huawei((Unit(0, "S5720", "H0"), Unit(1, "S5720", "H1")))
    assert picked(table, "chassis") == [(67108867, 0, 1, "HUAWEI S5720 Routing Switch", "")]
    assert len(picked(table, "container")) == 9
    assert [row[3:] for row in picked(table, "module")] == [("MPU Board 0", "H0"), ("MPU Board 1", "H1")]
    assert [row.entPhysicalModelName for row in table if row.entPhysicalClass == "module"] == ["S5720", ""]


def test_lone_switches_with_a_stack_row() -> None:
    for table in (
        shapes.catalyst(THREE[:1]),
        shapes.aruba_cx((Unit(1, "JL661A", "S1"),)),
        shapes.nexus("N9K", "N1"),
        shapes.small_business((Unit(1, "CBS350", "F1"),)),
    ):
        assert len(picked(table, "stack")) == 1
        assert len([row for row in picked(table, "chassis") if row[4]]) == 1


@pytest.mark.parametrize("name", sorted(name for name, kind in KINDS.items() if kind.shape))
def test_indexes_are_unique_and_parents_exist(name: str) -> None:
    kind = KINDS[name]
    table = make_device(kind, 1, "a", None, [f"S{n}" for n in range(len(kind.members) or 1)]).inventory()
    indexes = {row.entPhysicalIndex for row in table}
    assert len(indexes) == len(table)
    assert {row.entPhysicalContainedIn for row in table} <= indexes | {0}
