# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories in tests/data/inventories: what a person wrote down of a device, and what has to be found in it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, InventoryRow, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import could_be_stack, detect

INVENTORIES = sorted(Path(__file__).resolve().parents[5].joinpath("data", "inventories").glob("*.yml"))


def _row(values: list[t.Any]) -> InventoryRow:
    index, contained_in, position, physical_class, name, descr, model, serial = values
    return InventoryRow(index, contained_in, position, physical_class, name, descr=descr, model=model, serial=serial)


@pytest.mark.parametrize("path", INVENTORIES, ids=lambda path: path.stem)
def test_inventory(path: Path) -> None:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    device = DeviceRecord(1, "sw1", type="network", **written["device"])
    assert could_be_stack(device)
    found = detect(device, list(map(_row, written["rows"])))
    assert found.status is (StackStatus.STACK if "stack" in written else StackStatus.SINGLE), found
    assert [[member.position, member.serial, member.model] for member in found.members] == written.get("stack", [])
    if "master" in written:
        assert found.master is not None
        assert found.master.position == written["master"]


def test_there_are_stacks_and_lone_devices() -> None:
    kinds = {"stack" in yaml.safe_load(path.read_text(encoding="utf-8")) for path in INVENTORIES}
    assert kinds == {True, False}
