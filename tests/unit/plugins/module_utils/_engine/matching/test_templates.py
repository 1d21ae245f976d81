# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules whose targets are made of what a pattern has found, and patterns that must match the whole text."""

from __future__ import annotations

import typing as t

import pytest
from unit.support.netbox_model import C9300, CATALOG, HALL, MX480, NYC, RACK_FREE, RACK_IN_HALL, around, judge, record

from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.templates import Template
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DeviceRecord,
    InventoryRow,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import detect
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

Json = dict[str, t.Any]


@pytest.mark.parametrize(
    ("rule", "location", "expected"),
    [
        ({"location_regex": r"(?P<site>\w+), Rack 0*(?P<rack>\d+)", "rack": "R{rack}"}, "NYC, Rack 014", (NYC, None, RACK_FREE)),
        ({"location_regex": r"(?P<site>\w+), Rack (?P<number>\d+)", "rack": "R{number:0>2}"}, "NYC, Rack 14", (NYC, None, RACK_FREE)),
        (
            {"location_regex": r"^(\w+)/(\w)/(\d+)$", "site": r"\1", "netbox_location": r"Hall \2", "rack": r"R\3"},
            "nyc/a/13",
            (NYC, HALL, RACK_IN_HALL),
        ),
        ({"location": "here", "site": "NYC", "rack": "R14"}, "Here", (NYC, None, RACK_FREE)),
    ],
)
def test_sites(rule: Json, location: str, expected: tuple[int | None, ...]) -> None:
    match = judge(record(location=location), around((), {"sites": [rule]}))[0].match
    assert tuple(item.id if item else None for item in (match.site, match.location, match.rack)) == expected


@pytest.mark.parametrize(
    ("rule", "hardware", "expected"),
    [
        ({"hardware_regex": r"stackwise (\d{4})-(\S+)", "device_type": r"C\1-\2"}, "Model StackWise 9300-48P of many", C9300),
        ({"hardware_regex": r"Juniper (?P<model>MX\d+) .*", "device_type": "{model}"}, "Juniper MX480 Mark", MX480),
        ({"hardware_regex": r"(\d+)", "os": "iosxe", "device_type": r"C9300-\1P"}, "port 48", C9300),
    ],
)
def test_device_types(rule: Json, hardware: str, expected: int) -> None:
    found = judge(record(hardware=hardware), around((), {"device_types": [rule]}))[0].match.device_type
    assert found and (found.id, found.by) == (expected, "rule")


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("device_types", {"hardware_regex": r"(\d+)", "device_type": r"C\2"}),
        ("device_types", {"hardware_regex": r"(\d+)", "device_type": "C{model}"}),
        ("device_types", {"hardware_regex": r"(?P<model>\d+)", "device_type": "C{model"}),
        ("device_types", {"hardware_regex": r"(?P<model>\d+)", "device_type": "C{model:>9999999}"}),
        ("device_types", {"hardware_regex": [r"(?P<model>\d+)", "x"], "device_type": "C{model}"}),
        ("sites", {"location_regex": r"(?P<other>.*)", "site": "NYC"}),
        ("sites", {"location_regex": r"(.*)", "rack": r"\1"}),
    ],
)
def test_what_means_nothing_is_refused(kind: str, rule: Json) -> None:
    with pytest.raises(OptionError, match=rf"rules.{kind}\[0\]"):
        Rules.from_options({kind: [rule]}, [])


def test_what_a_device_says_is_no_template() -> None:
    template = Template.parse("rules", "A {one} B")
    assert template and template.expand({"one": r"{two} \1", "two": "no", "1": "no"}) == r"A {two} \1 B"


@pytest.mark.parametrize("location", ["kitchen2 of NYC1", "NYC1 ", "nyc1"])
def test_named_groups_match_the_whole_text(location: str) -> None:
    assessment = judge(record(location=location), around((), {"sites": [{"location_regex": r"(?P<site>[A-Z]{3})\d"}]}))[0]
    assert (assessment.match.site is not None) == (location != "kitchen2 of NYC1")


@pytest.mark.parametrize(
    ("hardware", "model", "expected"),
    [
        ("C93xx Series", "C9300-48P", (C9300, "inventory")),
        ("", "C9300-48P", (C9300, "inventory")),
        # The text settles it already.
        ("MX480", "C9300-48P", (MX480, "model")),
        ("cat93xxStack", "C9300-48P", (C9300, "inventory")),
        ("Chassis", "C9300-48P", (C9300, "inventory")),
        # The text names a model of its own.
        ("MX480 V3", "MX480", None),
        ("XR-9000 Prototype", "C9300-48P", None),
        ("EX-1", "C9300-48P", None),
        ("C93xx Series", "", None),
        ("C93xx Series", "Chassis", None),
    ],
)
def test_inventory(hardware: str, model: str, expected: tuple[int, str] | None) -> None:
    chassis = {1: Stacking(StackStatus.SINGLE, model=model)}
    assessment = judge(record(hardware=hardware), around((), chassis=chassis, catalog=CATALOG))[0]
    found = assessment.match.device_type
    assert ((found.id, found.by) if found else None) == expected
    assert (expected is None) == any(issue.field == "device_type" for issue in assessment.issues)


def test_model_of_the_only_chassis() -> None:
    device = DeviceRecord(1, "r1", os="iosxr", hardware="ASR9K Series", type="network")
    one = InventoryRow(1, physical_class="chassis", name="chassis ASR-9001", model="ASR-9001")
    line_card = InventoryRow(2, contained_in=1, physical_class="module", model="A9K-MOD80")
    assert detect(device, [one, line_card]).model == "ASR-9001"
    assert detect(device, [one, InventoryRow(9, physical_class="chassis", model="NCS-1")]).model == ""
