# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded hardware texts of LibreNMS and real device types, where they are at hand: DATA is None where they are not."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog, DeviceType, Index
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord

Row = dict[str, str]

_REPOSITORY = Path(__file__).resolve().parents[3]
_PLACES = (parent / "shared" / "data" / "matching" for parent in (*_REPOSITORY.parents, Path("/work")))
DATA = next((place for place in _PLACES if place.is_dir()), None)


def rows(name: str) -> list[Row]:
    assert DATA is not None
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def recorded_catalog() -> Catalog:
    types = enumerate(rows("device_types.csv"), 1)
    return Catalog(
        device_types=Index(DeviceType(number, row["model"], row["slug"], row["part_number"], row["manufacturer"]) for number, row in types)
    )


def judged_texts() -> list[tuple[Row, Subject]]:
    """Every recorded text with its row; C(right_device_type) is "" where nobody has judged it."""
    found = []
    for number, row in enumerate(rows("hardware.csv"), 1):
        device = DeviceRecord(number, f"d{number}", os=row["os"], type=row["type"], hardware=row["hardware"])
        found.append((row, Subject(device, "", frozenset(), device.hardware)))
    return found
