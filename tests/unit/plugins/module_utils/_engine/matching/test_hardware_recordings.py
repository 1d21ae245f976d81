# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of docs/matching.md, from hardware texts of real devices and real device types, where these are present."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from unit.support.recorded_hardware import DATA, Row, judged_texts, recorded_catalog

from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Index
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.resolved import Resolved
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord

REPOSITORY = Path(__file__).resolve().parents[6]

pytestmark = pytest.mark.skipif(DATA is None, reason="the recorded hardware texts are not here")


@pytest.fixture(autouse=True)
def no_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What resembles a text is not asked here, and takes its time on thousands of names."""
    monkeypatch.setattr(Index, "near", lambda _index, _text: ())


@functools.cache
def _found(normalised: bool) -> list[tuple[Row, Resolved | None]]:
    matcher = Matcher.checked(Rules.from_options({}, []), recorded_catalog(), normalised=normalised)
    return [(row, matcher.device_type(subject)[0]) for row, subject in judged_texts()]


def test_judged_texts() -> None:
    """No wrong type, and at least four of five of those that have one."""
    judged = [(row, found) for row, found in _found(True) if row["right_device_type"]]
    wrong = [(row, found) for row, found in judged if found and found.name not in row["right_device_type"].split(" | ")]
    exist = [(row, found) for row, found in judged if row["right_device_type"] != "none"]
    assert not wrong
    assert sum(found is not None for _row, found in exist) >= 0.8 * len(exist)


def test_figures_of_the_documentation() -> None:
    text = (REPOSITORY / "docs" / "matching.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `(exact|normalised)` \| (\d+ of \d+) ", text, re.MULTILINE))
    for name, normalised in (("exact", False), ("normalised", True)):
        found = _found(normalised)
        assert table[name] == f"{sum(resolved is not None for _row, resolved in found)} of {len(found)}"


def test_no_type_is_taken_for_another() -> None:
    """What a type is called leads to itself or blocks, never to another type that is not called so too."""
    matcher = Matcher.checked(Rules.from_options({}, []), recorded_catalog())
    other = []
    for item in recorded_catalog().device_types.objects:
        for text in filter(None, (item.name, item.part_number, f"{item.manufacturer} {item.name}")):
            device = DeviceRecord(1, "d", hardware=text)
            found, _issue = matcher.device_type(Subject(device, "", frozenset(), text))
            taken = recorded_catalog().device_types.by_id[found.id] if found and found.id else item
            if taken is not item and text not in (taken.name, taken.part_number):
                other.append((text, taken.name))
    assert not other
