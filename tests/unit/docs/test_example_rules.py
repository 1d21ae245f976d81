# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules to start with of ``docs/examples``: each does what its comment says, and none makes a match worse."""

from __future__ import annotations

import pytest
import yaml
from unit.support.netbox_model import around, judge, record
from unit.support.pages import COLLECTION
from unit.support.recorded_hardware import DATA, judged_texts, recorded_catalog

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog, DeviceType, Index, Site
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match, Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules

GIVEN = yaml.safe_load((COLLECTION / "docs/examples/rules.yml").read_text(encoding="utf-8"))["rules"]
CREATABLE = frozenset({"roles", "locations", "racks"})


def matched(catalog: Catalog, **device: str) -> Match:
    return judge(record(1, device.pop("name", "sw1"), **device), around(rules=GIVEN, catalog=catalog, creatable=CREATABLE))[0].match


@pytest.mark.parametrize(
    ("hardware", "model"),
    [
        ("Juniper EX4300-48P Ethernet Switch", "EX4300-48P"),
        ("Dell EMC Networking N3048EP-ON", "N3048EP-ON"),
        ("HP J9726A 2920-24G Switch", "J9726A"),
        ("1820 8G J9979A", "J9979A"),
        ("R8S90A", "R8S90A"),
        ("FS448E-POE", "FortiSwitch 448E-POE"),
        ("FSW_124F", "FortiSwitch 124F"),
        ("CBS350-24P-4X V01", "CBS350-24P-4X"),
        ("DES-3526 Rev. 3A1", "DES-3526"),
        ("AP7921 HW02", "AP7921"),
    ],
)
def test_device_types(hardware: str, model: str) -> None:
    catalog = Catalog(device_types=Index([DeviceType(1, model, "slug", "", "Any Maker"), DeviceType(2, "Another", "other")]))
    found = matched(catalog, hardware=hardware, os="any").device_type
    assert found and (found.name, found.by) == (model, "rule")


@pytest.mark.parametrize("hardware", ["CBS350-24P-4X V2", "Juniper Virtual Chassis Switch", "Dell PowerEdge N1524P", "J9726 2920"])
def test_what_the_rules_leave(hardware: str) -> None:
    names = ["CBS350-24P-4X", "Virtual", "N1524P", "J9726", "2920"]
    catalog = Catalog(device_types=Index(DeviceType(number, name, name, "", "M") for number, name in enumerate(names, 1)))
    found = matched(catalog, hardware=hardware, os="any").device_type
    assert found is None or found.by != "rule"


@pytest.mark.parametrize(
    ("location", "site", "rack"),
    [
        ("AMS1, Hall 2, R07", "AMS1", "R07"),
        ("AMS1 / Hall 2 / R07", "AMS1", "R07"),
        ("AMS1, Rack 07", "AMS1", "R7"),
        ("ams1 / rack 12", "AMS1", "R12"),
    ],
)
def test_sites(location: str, site: str, rack: str) -> None:
    catalog = Catalog(sites=Index([Site(1, "AMS1", "ams1")]))
    found = matched(catalog, location=location)
    assert found.site and found.site.name == site
    assert found.rack and found.rack.name == rack


@pytest.mark.parametrize(
    ("name", "device", "role"),
    [
        ("ams1-rtr-1", {}, "Router"),
        ("core.ams1", {}, "Core Switch"),
        ("fw2-nyc", {}, "Firewall"),
        ("sw-acc-17", {}, "Access Switch"),
        ("score-1", {}, "Switch"),
        ("x", {"type": "firewall"}, "Firewall"),
        ("x", {"type": "printer"}, "Printer"),
        ("x", {"os": "iosxr"}, "Router"),
        ("x", {"type": "network"}, "Switch"),
    ],
)
def test_roles(name: str, device: dict[str, str], role: str) -> None:
    found = matched(Catalog(), name=name, **device).role
    assert found and found.name == role


def test_virtual_machines() -> None:
    assert matched(Catalog(), hardware="Red Hat KVM").import_as is ObjectKind.VIRTUAL_MACHINE
    assert matched(Catalog(), hardware="HP ProLiant DL380p Gen8").import_as is ObjectKind.DEVICE


@pytest.mark.skipif(DATA is None, reason="the recorded hardware texts are not here")
def test_recorded_texts() -> None:
    """With the rules no judged text gets a wrong type, and none loses the one that it has without them."""
    plain = Matcher.checked(Rules.from_options({}, []), recorded_catalog())
    ruled = Matcher.checked(Rules.from_options(GIVEN, []), recorded_catalog(), creatable=CREATABLE)
    count = 0
    for row, subject in judged_texts():
        found, before = ruled.device_type(subject)[0], plain.device_type(subject)[0]
        right = row["right_device_type"].split(" | ")
        assert found is None or right == [""] or found.name in right, row
        assert before is None or (found is not None and found.id == before.id), row
        count += found is not None
    assert count > 60
