# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device types by what stands in a hardware text."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from unit.support.netbox_model import CATALOG, around, judge, record

from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog, DeviceType, Index, NetBoxObject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.definitions import LibraryType
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.hardware import HardwareIndex, preferred, squash
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.library import with_library
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules


def types(*rows: str) -> list[DeviceType]:
    """Device types from ``manufacturer: model`` or ``manufacturer: model | part number``."""
    made = []
    for number, row in enumerate(rows, 1):
        maker, _colon, rest = row.partition(": ")
        model, _bar, part = rest.partition(" | ")
        made.append(DeviceType(number, model, f"{maker}-{model}".lower().replace(" ", "-"), part, maker))
    return made


def names(hardware: str, os: str, *rows: str) -> list[str]:
    return sorted(item.name for item in HardwareIndex(types(*rows)).find(hardware, os))


@pytest.mark.parametrize(
    ("os", "hardware", "row"),
    [
        # the maker's name, and what kind of box it is
        ("junos", "Juniper MX480 Internet Backbone Router", "Juniper: MX480"),
        ("junos", "Juniper EX9204-A Ethernet Switch", "Juniper Networks: EX9204-A"),
        ("linux", "Dell Inc. PowerEdge R250", "Dell: PowerEdge R250"),
        ("vmware-esxi", "HPE ProLiant DL20 Gen10 Plus", "HPE: ProLiant DL20 Gen10 Plus"),
        ("powerconnect", "Dell EMC Networking N1124P-ON", "Dell: PowerSwitch N1124P-ON | N1124P-ON"),
        ("vrp", "Quidway S5300-28X-LI Routing Switch", "Huawei: S5300-28X-LI"),
        ("iosxe", "Cisco Systems, Inc. WS-C4500X-32 2 slot switch", "Cisco: Catalyst 4500X-32 | WS-C4500X-32"),
        # codes and remarks in brackets
        ("procurve", "HP J9726A 2920-24G Switch (Formerly ProCurve)", "HPE: Aruba 2920-24G | J9726A"),
        ("junos", "JNP204 [MX204]", "Juniper: MX204"),
        ("linux", "ThinkSystem SR655 -[7Y00CTO1WW]-", "Lenovo: ThinkSystem SR655 | 7Y00"),
        ("xos", "Summit X480-24x(10G4X)", "Extreme Networks: X480-24x"),
        # revisions and firmware
        ("ciscosb", "CBS350-24P-4X V01", "Cisco: CBS350-24P-4X"),
        ("dlink", "DES-3526 Rev. 3A1", "D-Link: DES-3526"),
        ("apc", "Smart-UPS 1000 UPS 08.3 / MCU 14.0 (18 - 10)", "APC: Smart-UPS 1000"),
        ("apc", "AP7921 HW02", "APC: AP7921"),
        ("comware", "HPE 5710 48SFP+ 6QS+/2QS28 Switch Software Version 7.1.070", "HPE: 5710 48SFP+ 6QS+/2QS28"),
        ("ocnos", "x86_64-ufispace_s9610_36d-r0", "UfiSpace: S9610-36D"),
        # blanks, hyphens, case
        ("ironware", "Brocade ICX7450-48", "Brocade: ICX 7450-48"),
        ("dell-os10", "s4128Fon", "Dell: PowerSwitch S4128F-ON | S4128F-ON"),
        ("sonicwall", "TZ 570", "SonicWall: TZ570"),
        # order numbers with a description behind or before them
        ("procurve", "1820 8G J9979A", "HPE: OfficeConnect 1820-8G | J9979A"),
        ("procurve", "J9625A 2620-24-PoEP", "HPE: Aruba 2620-24-PoE+ | J9625A"),
        ("arubaos-cx", "Aruba JL322A 2930M-48G-PoE+ Switch", "Aruba: 2930M 48G PoE+ | JL322A"),
        # what makers call them besides
        ("fortigate", "FGT_600E", "Fortinet: FortiGate 600E | FG-600E"),
        ("gaia", "CP 1490", "Check Point: SG1490"),
        ("ios", "catalyst3560G24TS", "Cisco: Catalyst 3560G-24TS | WS-C3560G-24TS"),
        ("ios", "WS-C4948-10GE", "Cisco: Catalyst 4948-10GE | WS-C4948-10GE-S"),
        ("iosxe", "ciscoC83001N1S6T", "Cisco: Catalyst 8300-1N1S-6T | C8300-1N1S-6T"),
        ("ios", "CISCO2911/K9", "Cisco: ISR2911 | ISR2911/K9"),
        ("ftd", "FPR-4215", "Cisco: FPR4215-NGFW-K9 | FPR4215-NGFW-K9"),
        ("nxos", "Nexus9000 C93180YC-FX3 Chassis", "Cisco: Nexus 93180YC-FX3 | N9K-C93180YC-FX3"),
        ("merakims", "Meraki MS125-24P Cloud Managed PoE Switch", "Cisco: Meraki MS125-24P"),
        ("routeros", "CRS326-24G-2S+", "MikroTik: CRS326-24G-2S+RM"),
        ("edgeswitch", "EdgeSwitch 24-Port 250W", "Ubiquiti: EdgeSwitch 24 250W | ES-24-250W"),
        ("comware", "FF 5700-40XG-2QSFP", "HPE: FlexFabric 5700-40XG-2QSFP+ | JG896A"),
    ],
)
def test_taken(os: str, hardware: str, row: str) -> None:
    assert len(names(hardware, os, row)) == 1


@pytest.mark.parametrize(
    ("os", "hardware", "row"),
    [
        # more precise than the type
        ("xclarity", "ThinkSystem SR630 V3", "Lenovo: ThinkSystem SR630 | 7X02"),
        ("linux", "IBM System x3550 M3 -[7944K3G]-", "IBM: System x3550"),
        ("procurve", "2930F-48G", "HPE: Aruba 2930F"),
        ("hpe-ilo", "ProLiant DL380 Gen10 Plus", "HPE: ProLiant DL380 Gen10"),
        ("junos", "Juniper MX5-T Internet Backbone Router", "Juniper: MX5T | MX5T-A"),
        ("timos", "7705 SAR-8 v2", "Nokia: 7705 SAR-8"),
        ("ios", "WS-C4506-E", "Cisco: Catalyst 4506 | WS-C4506"),
        ("eltex-mes23xx", "MES2324P AC", "Eltex: MES2324P"),
        ("adva_fsp150", "XG116Pro(H)", "ADVA: XG116Pro"),
        ("aos7", "OS6860E-24 (PoE)", "Alcatel-Lucent: OS6860E-24"),
        ("dell-storage", "Powerscale H700 Chassis", "Dell: Powerscale H700"),
        # another one
        ("procurve", "1930 48G Class4 PoE 4SFP/SFP 370W JL686A", "HPE: Aruba 1930 48G PoE | JL686B"),
        ("procurve", "2930F-24G-4SFP", "HPE: Aruba 2930F-24G-4SFP+ | JL253A"),
        ("fortigate", "FortiWiFi 60D", "Fortinet: FortiGate 60D | FG-60D"),
        ("dsm", "DS1819", "Synology: DS1819+"),
        ("nxos", "N2K-C2348TQ-10G-E", "Cisco: N2K-C2348TQ-10GE"),
        ("linux", "X11-0", "Acme: X1-10"),
        # a family, a stack, a kind
        ("arubaos-cx", "Aruba 6200 VSF Stack", "HPE: Aruba 6200"),
        ("iosxr", "ASR9K Series", "Cisco: ASR-9K"),
        ("iosxr", "8000", "Cisco: Cisco 8000-X"),
        ("linux", "Generic x86 64-bit", "Generic: X86-64"),
        # another maker's
        ("ubiquoss-pon", "Cisco C9500", "Other: C9500"),
        ("arubaos", "Dell PowerConnect W-7210 Controller", "HPE: W-7210"),
        ("routeros", "RB3011 Router", "Cisco: RB3011"),
        # nothing to tell one by
        ("junos", "Juniper", "Juniper: Juniper"),
        ("ios", "C12", "Cisco: C12"),
        ("linux", "", "Acme: X100"),
    ],
)
def test_not_taken(os: str, hardware: str, row: str) -> None:
    assert names(hardware, os, row) == []


def test_longest_wins() -> None:
    assert names("Lenovo ThinkSystem SR630 V3", "xclarity", "Lenovo: ThinkSystem SR630", "Lenovo: ThinkSystem SR630 V3") == [
        "ThinkSystem SR630 V3"
    ]


def test_own_name_wins_over_another_spelling() -> None:
    assert names("Cisco ISR2911", "ios", "Cisco: ISR2911/K9", "Cisco: ISR2911") == ["ISR2911"]


def test_two_that_differ_are_both_told() -> None:
    assert names("RB2011UiAS", "routeros", "MikroTik: RB2011UiAS-IN", "MikroTik: RB2011UiAS-RM") == ["RB2011UiAS-IN", "RB2011UiAS-RM"]
    assert names("Example X-100 Switch", "linux", "Example: X100", "Example: X 100") == ["X 100", "X100"]
    assert names("J9726A J9727A", "procurve", "HPE: Aruba 2920-24G | J9726A", "HPE: Aruba 2920 | J9727A") == [
        "Aruba 2920",
        "Aruba 2920-24G",
    ]


def test_operating_system_tells_the_maker() -> None:
    rows = ("Juniper: AP250", "Extreme Networks: AP250")
    assert names("AP-250 Access", "hiveos-wireless", *rows) == []
    assert names("AP 250", "hiveos-wireless", *rows) == ["AP250"]
    found = HardwareIndex(types(*rows)).find("AP 250", "hiveos-wireless")
    assert [item.manufacturer for item in found] == ["Extreme Networks"]
    # An operating system that is called like its maker, and one that only looks so.
    assert names("PX2-5260 Switch", "raritan-pdu", "Raritan: PX2 5260", "Other: PX2 5260") == ["PX2 5260", "PX2 5260"]
    assert names("Acme 24 Port 7450", "radlan", "RAD: 7450") == []


def test_exact_steps_prefer_the_maker_and_the_model() -> None:
    rows = types("Zyxel: GS1900-24 | GS1900-24E", "Zyxel: GS1900-24E | GS1900-24E")
    assert [item.name for item in preferred(tuple(rows), "GS1900-24E", "zynos")] == ["GS1900-24E"]
    rows = types("Juniper: AP250", "Extreme Networks: AP250")
    assert [item.manufacturer for item in preferred(tuple(rows), "AP250", "hiveos-wireless")] == ["Extreme Networks"]
    assert len(preferred(tuple(rows), "AP250", "linux")) == 2


def test_by_normalised_and_match_hardware_exact() -> None:
    device = record(os="junos", hardware="Juniper MX480 Internet Backbone Router")
    found = judge(device, around())[0].match.device_type
    assert found and (found.name, found.by) == ("MX480", "normalised")
    exact = Matcher.checked(Rules.from_options({}, []), CATALOG, normalised=False)
    resolved, issue = exact.device_type(Subject(device, "r1", frozenset(), device.hardware))
    assert resolved is None and issue and issue.code == "device_type_not_found"


def test_ambiguous_text_blocks() -> None:
    catalog = Catalog(device_types=Index(types("MikroTik: RB2011UiAS-IN", "MikroTik: RB2011UiAS-RM")))
    matcher = Matcher.checked(Rules.from_options({}, []), catalog)
    device = record(os="routeros", hardware="RB2011UiAS")
    resolved, issue = matcher.device_type(Subject(device, "r1", frozenset(), device.hardware))
    assert resolved is None and issue and issue.code == "device_type_ambiguous"
    assert issue.suggestions == ("MikroTik RB2011UiAS-IN", "MikroTik RB2011UiAS-RM")


# Part numbers as they look: letters and digits in groups.
_GROUP = st.text("ABXZ019", min_size=1, max_size=3)
_PART = st.lists(_GROUP, min_size=1, max_size=3).map("-".join)
_NOISE = st.sampled_from(["{}", "Cisco {}", "Cisco {} Switch", "Cisco Systems, Inc. {} V01", "{} Rev. A1", "{} (ID20)", "{} 1.20"])


@given(_PART, _PART, _NOISE)
def test_two_part_numbers_never_meet(one: str, other: str, noise: str) -> None:
    """A text with one part number never takes a type with another, unless they differ in nothing but hyphens that say nothing."""
    found = names(noise.format(one), "ios", f"Cisco: Thing | {other}")
    if found:
        assert one.replace("-", "").casefold() == other.replace("-", "").casefold()


@given(st.lists(_PART, min_size=1, max_size=6, unique=True), _PART, _PART, _NOISE)
def test_another_type_never_makes_a_match_worse(parts: list[str], new: str, text: str, noise: str) -> None:
    """A type that is added leaves a match as it is, blocks it, or is itself meant at least as exactly."""
    hardware = noise.format(text)
    before = HardwareIndex(types(*(f"Cisco: {part}" for part in parts))).find(hardware, "ios")
    after = HardwareIndex(types(*(f"Cisco: {part}" for part in (*parts, new)))).find(hardware, "ios")
    if len(before) == 1 and len(after) == 1 and before != after:
        assert after[0].name == new
        assert len(squash(new)) >= len(squash(before[0].name))


@given(st.text(max_size=60), st.sampled_from(["ios", "linux", "procurve", "routeros", ""]))
def test_any_text_is_judged(text: str, os: str) -> None:
    """Whatever a device says is compared, and what stands there alone is found."""
    rows = types("Cisco: C9300-48P", "HPE: Aruba 2930F | JL253A", "Other: (odd) [name]-1000")
    assert len(HardwareIndex(rows).find(text, os)) <= len(rows)


def _library(parts: list[str]) -> list[LibraryType]:
    return [LibraryType(manufacturer="Cisco", model=part, slug=part.lower(), part_number="", interfaces=0, path=part) for part in parts]


def _taken(netbox: list[str], library: list[str], hardware: str) -> str | None:
    """The model of the type that a device gets; None where it is blocked."""
    known = [dataclasses.replace(item, manufacturer_id=1) for item in types(*(f"Cisco: {part}" for part in netbox))]
    catalog = Catalog(device_types=Index(known), manufacturers=Index([NetBoxObject(1, "Cisco", "cisco")]))
    matcher = Matcher.checked(Rules.from_options({}, []), with_library(catalog, _library(library)))
    found, _issue = matcher.device_type(Subject(record(os="ios", hardware=hardware), "", frozenset(), hardware))
    return found.name if found else None


# Models that are alike, also with what is a revision or a brand at others.
_MODEL = st.sampled_from(["AX10", "AX10 V01", "AX10 V01 Rev. A1", "AX-10", "AX1-0", "AX10-B", "BAX10", "Catalyst AX10", "AX10 Switch"])
_MODELS = st.lists(_MODEL, max_size=4, unique=True)


@given(_MODELS, _MODELS, _MODEL, _MODEL, _NOISE)
@example(["AX10"], ["AX10 Switch"], "Catalyst AX10", "Catalyst AX10", "Cisco {} Switch")
def test_another_type_of_netbox_or_the_library_never_makes_a_match_worse(
    netbox: list[str], library: list[str], new: str, text: str, noise: str
) -> None:
    """Wherever a type is added, a match stays, is blocked, or the new one is meant at least as exactly."""
    hardware = noise.format(text)
    before = _taken(netbox, library, hardware)
    for after in (_taken([*netbox, new], library, hardware), _taken(netbox, [*library, new], hardware)):
        if before is not None and after not in (None, before):
            assert after == new
            # A brand in front and the word Switch behind say nothing.
            exactness = [len(squash(model.removeprefix("Catalyst ").removesuffix(" Switch"))) for model in (before, new)]
            assert exactness == sorted(exactness)


def test_a_type_of_the_library_that_says_more_is_taken() -> None:
    """And no second type is made of what NetBox has in another spelling."""
    assert _taken(["X-100"], ["X100 V01"], "Cisco X100 V01") == "X100 V01"
    assert _taken(["X-100"], ["X100"], "Cisco X100 V01") == "X-100"
    assert _taken(["X-100"], ["X100"], "X100") == "X-100"
    assert _taken(["Catalyst X100"], ["X100"], "Cisco X100") == "Catalyst X100"
    assert _taken([], ["X100"], "Cisco X100 V01") == "X100"
