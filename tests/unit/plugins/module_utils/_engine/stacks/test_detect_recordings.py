# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories of real devices, where a checkout has them beside it (LibreNMS's test data, which is not part of the collection)."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, InventoryRow, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import could_be_stack, detect


def _recordings() -> pathlib.Path | None:
    for parent in pathlib.Path(__file__).resolve().parents:
        found = parent / "shared" / "data" / "virtual_chassis"
        if (found / "EXPECTED.json").is_file():
            return found
    return None


RECORDINGS = _recordings()
EXPECTED: dict[str, t.Any] = json.loads((RECORDINGS / "EXPECTED.json").read_text()) if RECORDINGS else {}
# What the doubtful ones are, and why the answer asked for is the safer one.
DOUBTFUL = {
    "arubaos-cx_10.16": "lone although hardware says VSF Stack: one member's index range",
    "comware_hpe5900": "two stack rows and one chassis: a lost member cannot be imported",
    "ios_4506": "classes lost: line cards at 1000, 2000 look like members by index only",
    "nokia-1830_pss8-multichassis": "shelves of one optical node, no serials",
    "procurve": "two devices in one recording, one chassis row",
}
NAMES = [name for name in EXPECTED if not name.startswith("_")]


def _row(raw: dict[str, t.Any]) -> InventoryRow:
    def text(column: str) -> str:
        return raw.get(f"entPhysical{column}") or ""

    position = raw.get("entPhysicalParentRelPos")
    return InventoryRow(
        raw["entPhysicalIndex"],
        raw.get("entPhysicalContainedIn") or 0,
        -1 if position is None else position,
        text("Class"),
        text("Name"),
        text("Descr"),
        text("ModelName"),
        text("SerialNum"),
        text("VendorType"),
        text("MfgName"),
    )


def _load(name: str) -> tuple[DeviceRecord, list[InventoryRow]]:
    assert RECORDINGS is not None
    recorded = json.loads((RECORDINGS / f"{name}.json").read_text())
    about: dict[str, t.Any] = {field: recorded["device"].get(field) or "" for field in ("os", "hardware", "serial", "type")}
    return DeviceRecord(1, "device", **about), [_row(raw) for raw in recorded["inventory"]]


@pytest.mark.skipif(RECORDINGS is None, reason="no recordings beside the checkout")
def test_there_are_recordings() -> None:
    assert len(NAMES) >= 40
    assert {name for name in NAMES if EXPECTED[name]["doubtful"]} == set(DOUBTFUL)


@pytest.mark.parametrize("name", [pytest.param(name, id=f"{name} ({DOUBTFUL[name]})" if name in DOUBTFUL else name) for name in NAMES])
def test_recorded_device(name: str) -> None:
    device, rows = _load(name)
    expected = EXPECTED[name]
    result = detect(device, rows)
    assert (result.status is StackStatus.STACK) == expected["is_stack"], result
    wanted = [(member["position"], member["serial"] or "", member["model"] or "") for member in expected["members"]]
    assert [(member.position, member.serial, member.model) for member in result.members] == wanted
    assert result.reason
    if expected["is_stack"]:
        assert could_be_stack(device)
        assert sum(member.is_master for member in result.members) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_tells_without_knowing_the_kind_of_device(name: str) -> None:
    """Type and operating system only rule out more; they do not carry the answer for the recorded devices."""
    device, rows = _load(name)
    unknown = DeviceRecord(1, "device", hardware=device.hardware, serial=device.serial)
    assert (detect(unknown, rows).status is StackStatus.STACK) == EXPECTED[name]["is_stack"]


@pytest.mark.parametrize("name", [name for name in NAMES if EXPECTED[name]["is_stack"]])
def test_the_order_of_the_recorded_rows_does_not_matter(name: str) -> None:
    device, rows = _load(name)
    assert detect(device, rows[::-1]) == detect(device, rows)
