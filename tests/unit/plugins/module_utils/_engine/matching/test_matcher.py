# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which NetBox objects a device refers to, and what is said when there is none."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from unit.support.netbox_model import (
    ACME,
    AMS,
    C9200,
    C9300,
    CATALOG,
    CORE,
    EDGE,
    EX_JUNIPER,
    EX_OTHER,
    GLOBEX,
    HALL,
    IOS_XE,
    LON,
    MX480,
    NYC,
    PROD,
    RACK_FREE,
    RACK_IN_SUITE,
    ROUTER,
    SUITE,
    SWITCH,
    around,
    judge,
    record,
)

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Index, Platform, Site, SiteObject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.resolved import Resolved
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

Json = dict[str, t.Any]


def assessed(rules: Json | None = None, overrides: t.Sequence[Json] = (), catalog: t.Any = CATALOG, **fields: t.Any) -> Assessment:
    return judge(record(**fields), around((), rules, overrides, catalog=catalog))[0]


def found(resolved: Resolved | None) -> tuple[int | None, str] | None:
    return (resolved.id, resolved.by) if resolved else None


def codes(assessment: Assessment) -> list[str]:
    return [issue.code.value for issue in assessment.issues]


def warned(assessment: Assessment) -> list[str]:
    return [issue.code.value for issue in assessment.warnings]


COMMA = {"sites": [{"location_pattern": "{site}, {location}, {rack}"}]}
DASH = {"sites": [{"location_regex": "^(?P<site>[^-]+)-(?P<rack>.+)"}]}


@pytest.mark.parametrize(
    ("rules", "location", "expected"),
    [
        ({}, "NYC", (NYC, "name")),
        ({}, "nyc ", (NYC, "name")),
        ({}, "ams1", (AMS, "slug")),
        ({"sites": [{"location": "ny", "site": "NYC"}]}, "NY", (NYC, "rule")),
        ({"sites": [{"location": "ny", "site": "nyc"}]}, "NY", (NYC, "rule")),
        # A rule wins over the name, the first over the second.
        ({"sites": [{"location": "NYC", "site": "London"}, {"location": "NYC", "site": "AMS1 NTT"}]}, "NYC", (LON, "rule")),
        (COMMA, "NYC, Suite 400, R12", (NYC, "rule")),
        (DASH, "NYC-R12", (NYC, "rule")),
        # The pattern does not fit, or cuts a name in pieces: the whole name counts.
        (COMMA, "NYC", (NYC, "name")),
        (DASH, "ams1", (AMS, "slug")),
        (COMMA, "1100 Congress Ave, Austin, TX 78701 (blue cabinet on the left)", None),
        ({}, "Bldg MV-11, 1st Floor, Room 101", None),
        ({}, "Unknown", None),
        ({}, "", None),
        ({"sites": [{"location": "", "site": "NYC"}]}, "", (NYC, "rule")),
    ],
)
def test_sites(rules: Json, location: str, expected: tuple[int, str] | None) -> None:
    assessment = assessed(rules, location=location)
    assert found(assessment.match.site) == expected
    assert codes(assessment) == ([] if expected else ["site_not_found"])


def test_an_unmatched_site_says_what_was_looked_for() -> None:
    (issue,) = assessed(COMMA, location="NYD, Suite 400, R12").issues
    assert issue.message == "NetBox has no site 'NYD' (from the location 'NYD, Suite 400, R12')."
    assert issue.suggestions == ("NYC",)
    assert issue.value == "NYD, Suite 400, R12"
    (issue,) = assessed(location="n/a").issues
    assert "no location that says where" in issue.message


def test_ambiguous_sites_block() -> None:
    catalog = dataclasses.replace(CATALOG, sites=Index([Site(1, "Hub", "hub-a"), Site(2, "HUB", "hub-b")]))
    assert found(assessed(catalog=catalog, location="Hub").match.site) == (1, "name")
    assessment = assessed(catalog=catalog, location="hub")
    assert codes(assessment) == ["site_ambiguous"]
    assert "Hub (hub-a)" in assessment.issues[0].message and "HUB (hub-b)" in assessment.issues[0].message
    with pytest.raises(OptionError, match=r"rules\.sites\[0\]\.site: stands for 2 objects"):
        around(rules={"sites": [{"site": "hub"}]}, catalog=catalog)
    assert found(assessed({"sites": [{"site": "hub-b"}]}, catalog=catalog, location="x").match.site) == (2, "rule")


@pytest.mark.parametrize(
    ("location", "place", "rack", "warnings"),
    [
        ("NYC, Suite 400, R12", (SUITE, "name"), (RACK_IN_SUITE, "name"), []),
        ("NYC, suite-400, r12", (SUITE, "slug"), (RACK_IN_SUITE, "name"), []),
        ("NYC, Suite 999, R12", (SUITE, "rack"), (RACK_IN_SUITE, "name"), ["location_not_found"]),
        # NetBox refuses a rack of another location, and a location beside a rack of none.
        ("NYC, Hall A, R12", (HALL, "name"), None, ["rack_not_found"]),
        ("NYC, Hall A, R14", None, (RACK_FREE, "name"), ["location_not_found"]),
        ("NYC, Suite 400, R99", (SUITE, "name"), None, ["rack_not_found"]),
        # No other site's racks.
        ("London, Suite 400, R12", None, None, ["location_not_found", "rack_not_found"]),
    ],
)
def test_locations_and_racks(location: str, place: tuple[int, str] | None, rack: tuple[int, str] | None, warnings: list[str]) -> None:
    assessment = assessed(COMMA, location=location)
    assert (found(assessment.match.location), found(assessment.match.rack)) == (place, rack)
    assert warned(assessment) == warnings
    assert assessment.state is State.READY


def test_racks_and_locations_of_one_name() -> None:
    racks = {NYC: Index([SiteObject(1, "R1", "", NYC, SUITE), SiteObject(2, "R1", "", NYC, HALL)])}
    locations = {NYC: Index([*CATALOG.locations[NYC].objects, SiteObject(63, "Hall A", "hall-a-2", NYC)])}
    catalog = dataclasses.replace(CATALOG, racks=racks, locations=locations)
    assessment = assessed(COMMA, catalog=catalog, location="NYC, Suite 400, R1")
    assert found(assessment.match.rack) == (1, "name")
    assessment = assessed(DASH, catalog=catalog, location="NYC-R1")
    assert assessment.match.rack is None and "several racks" in assessment.warnings[0].message
    assessment = assessed(COMMA, catalog=catalog, location="NYC, Hall A, R1")
    assert assessment.match.location is None and "several locations" in assessment.warnings[0].message


@pytest.mark.parametrize(
    ("rules", "hardware", "expected"),
    [
        ({}, "C9300-48P", (C9300, "part_number")),
        ({}, "c9300-48p", (C9300, "part_number")),
        ({}, "Catalyst 9300-48P", (C9300, "model")),
        # One type's part number is another's model: the part number wins.
        ({}, "MX480", (MX480, "model")),
        ({"device_types": [{"hardware": "Juniper MX480 Internet Backbone Router", "device_type": "MX480"}]}, "MX480", (MX480, "model")),
        (
            {"device_types": [{"hardware": "Juniper MX480 Internet Backbone Router", "device_type": "MX480"}]},
            "Juniper MX480 internet backbone router",
            (MX480, "rule"),
        ),
        ({"device_types": [{"hardware_regex": r"^(?P<device_type>\S+) V\d+$"}]}, "C9300-48P V01", (C9300, "rule")),
        # The group names nothing that NetBox has: the whole text counts.
        ({"device_types": [{"hardware_regex": r"(?P<device_type>\d+)"}]}, "C9300-48P", (C9300, "part_number")),
        ({"device_types": [{"os": "iosxe", "device_type": "c9200l-24t"}]}, "whatever", (C9200, "rule")),
        ({"device_types": [{"hardware": "ex", "device_type": "EX-1", "manufacturer": "juniper"}]}, "EX", (EX_JUNIPER, "rule")),
        ({"device_types": [{"hardware_regex": "^(?P<device_type>EX-1) B", "manufacturer": "Other"}]}, "EX-1 B", (EX_OTHER, "rule")),
        ({"device_types": [{"hardware": "ex", "device_type": "other-ex-1"}]}, "EX", (EX_OTHER, "rule")),
    ],
)
def test_device_types(rules: Json, hardware: str, expected: tuple[int, str]) -> None:
    assessment = assessed(rules, hardware=hardware)
    assert found(assessment.match.device_type) == expected
    assert codes(assessment) == []


def test_part_number_before_model() -> None:
    twin = dataclasses.replace(CATALOG.device_types.by_id[MX480], id=19, name="C9300-48P", slug="twin")
    catalog = dataclasses.replace(CATALOG, device_types=Index([*CATALOG.device_types.objects, twin]))
    assert found(assessed(catalog=catalog).match.device_type) == (C9300, "part_number")
    # With a manufacturer, the model counts when the part number is another maker's.
    rules = {"device_types": [{"device_type": "C9300-48P", "manufacturer": "Juniper"}]}
    assert found(assessed(rules, catalog=catalog).match.device_type) == (19, "rule")


@pytest.mark.parametrize(
    ("hardware", "code", "message"),
    [
        ("EX-1", "device_type_ambiguous", "2 device types are called 'EX-1': Juniper EX-1, Other EX-1."),
        ("C9300-48UXM", "device_type_not_found", "NetBox has no device type with the part number or model 'C9300-48UXM'."),
        ("", "device_type_not_found", "LibreNMS does not know the hardware ('')."),
        ("N/A", "device_type_not_found", "LibreNMS does not know the hardware ('N/A')."),
        ("Generic x86 64-bit", "device_type_not_found", "'Generic x86 64-bit'"),
    ],
)
def test_unmatched_hardware(hardware: str, code: str, message: str) -> None:
    assessment = assessed(hardware=hardware)
    assert codes(assessment) == [code]
    assert message in assessment.issues[0].message and assessment.issues[0].hint
    assert assessment.match.device_type is None


def test_near_device_types_are_suggested() -> None:
    # By part number, too.
    assert assessed(hardware="C9300-48UXM").issues[0].suggestions == ("Catalyst 9300-48P",)
    assert assessed(hardware="MX480 Router").issues[0].suggestions == ("MX480",)


@pytest.mark.parametrize(
    ("rules", "os", "expected", "warnings"),
    [
        ({}, "iosxe", (IOS_XE, "slug"), []),
        ({}, "Cisco IOS-XE", (IOS_XE, "name"), []),
        ({"platforms": [{"os": "ios", "platform": "iosxe"}]}, "ios", (IOS_XE, "rule"), []),
        ({}, "junos", None, ["platform_not_found"]),
        ({}, "ping", None, []),
        ({}, "generic", None, []),
        ({}, "", None, []),
        ({"platforms": [{"os": "ping", "platform": "iosxe"}]}, "ping", (IOS_XE, "rule"), []),
    ],
)
def test_platforms(rules: Json, os: str, expected: tuple[int, str] | None, warnings: list[str]) -> None:
    assessment = assessed(rules, os=os)
    assert found(assessment.match.platform) == expected
    assert warned(assessment) == warnings
    assert assessment.state is State.READY


def test_ambiguous_platform() -> None:
    catalog = dataclasses.replace(CATALOG, platforms=Index([Platform(1, "Linux", "a"), Platform(2, "LINUX", "b")]))
    assessment = assessed(catalog=catalog, os="linux")
    assert warned(assessment) == ["platform_ambiguous"] and assessment.state is State.READY


def test_what_may_be_created_is_matched_and_not_missed() -> None:
    """A search with the import's create_missing says what the import then does."""
    (plain,) = judge(record(os="junos"), around())
    (creating,) = judge(record(os="junos"), around(creatable=frozenset({"platforms"})))
    assert (plain.match.platform, warned(plain)) == (None, ["platform_not_found"])
    assert creating.match.platform and (creating.match.platform.name, creating.match.platform.by) == ("junos", "create_missing")
    assert warned(creating) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{"os": "iosxe", "role": "router"}, {"role": "Switch"}], (ROUTER, "rule")),
        ([{"type": "network", "role": "Switch"}], (SWITCH, "rule")),
        ([{"name_regex": r"\.rtr\.", "role": "Router"}], None),
        ([{"device_group": "core", "role": "Core"}], (CORE, "rule")),
        ([], None),
    ],
)
def test_roles(rules: list[Json], expected: tuple[int, str] | None) -> None:
    assessment = judge(record(), around((), {"roles": rules}, groups={"core": frozenset({1})}))[0]
    assert found(assessment.match.role) == expected
    assert codes(assessment) == ([] if expected else ["role_not_set"])


def test_role_by_the_name_that_it_gets() -> None:
    rules = {"roles": [{"name_regex": "^core", "role": "Core"}, {"role": "Switch"}]}
    assert found(judge(record(), around((), rules, [{"device_id": 1, "name": "core9"}]))[0].match.role) == (CORE, "rule")


VM_RULE = {"hardware_regex": "VMware", "import_as": "virtual_machine"}


@pytest.mark.parametrize(
    ("rule", "overrides", "location", "cluster", "site", "issues"),
    [
        ({"cluster": "prod-vmware"}, {}, "NYC", (PROD, "rule"), (NYC, "name"), []),
        ({"cluster": "prod-vmware"}, {}, "nowhere", (PROD, "rule"), None, []),
        ({}, {}, "NYC", None, (NYC, "name"), []),
        ({}, {}, "nowhere", None, None, ["cluster_not_set"]),
        ({}, {"cluster": "edge-kvm"}, "nowhere", (EDGE, "override"), None, []),
        ({"cluster": "prod-vmware"}, {"cluster": "edge-kvm"}, "NYC", (EDGE, "override"), (NYC, "name"), []),
    ],
)
def test_virtual_machines(
    rule: Json,
    overrides: Json,
    location: str,
    cluster: tuple[int, str] | None,
    site: tuple[int, str] | None,
    issues: list[str],
) -> None:
    given = [{"device_id": 1, **overrides}] if overrides else []
    assessment = assessed({"import_as": [{**VM_RULE, **rule}], "roles": []}, given, hardware="VMware x", location=location)
    assert (found(assessment.match.cluster), found(assessment.match.site)) == (cluster, site)
    assert codes(assessment) == issues
    assert assessment.match.device_type is None
    if issues:
        assert "'nowhere'" in assessment.issues[0].message


def test_override_turns_a_virtual_machine_into_a_device() -> None:
    rules = {"import_as": [{**VM_RULE, "cluster": "prod-vmware"}]}
    assessment = assessed(rules, [{"device_id": 1, "import_as": "device", "device_type": "MX480"}], hardware="VMware x")
    assert found(assessment.match.device_type) == (MX480, "override")
    assert assessment.match.cluster is None


def test_role_that_is_not_for_virtual_machines() -> None:
    assessment = assessed({"import_as": [VM_RULE], "roles": [{"role": "Core"}]}, hardware="VMware x")
    assert assessment.match.role is None and warned(assessment) == ["role_not_for_vm"] and assessment.state is State.READY


def test_an_override_of_everything() -> None:
    override = {
        "device_id": 1,
        "name": "core-1",
        "site": "nyc",
        "location": "Suite 400",
        "rack": "R12",
        "role": "Core",
        "device_type": "mx480",
        "platform": "iosxe",
        "tenant": "globex",
    }
    rules = {
        "sites": [{"site": "London"}],
        "device_types": [{"device_type": "C9200L-24T"}],
        "roles": [{"role": "Switch"}],
        "tenants": [{"tenant": "Acme"}],
        "platforms": [],
    }
    match = (assessment := assessed(rules, [override], os="junos", location="x", hardware="y")).match
    assert assessment.name == "core-1" and assessment.state is State.READY
    assert [found(item) for item in (match.site, match.role, match.device_type, match.platform, match.tenant)] == [
        (NYC, "override"),
        (CORE, "override"),
        (MX480, "override"),
        (IOS_XE, "override"),
        (GLOBEX, "override"),
    ]
    assert (found(match.location), found(match.rack)) == ((SUITE, "name"), (RACK_IN_SUITE, "name"))
    others = judge(record(2, "sw2", location="x", hardware="y"), around((), rules, [override]))[0].match
    assert found(others.site) == (LON, "rule") and found(others.tenant) == (ACME, "rule")


def test_override_of_the_rack_within_the_site_of_a_rule() -> None:
    assessment = assessed(COMMA, [{"device_id": 1, "rack": "R13", "location": "Hall A"}], location="NYC, Suite 400, R12")
    assert found(assessment.match.location) == (HALL, "name")
    assert assessment.match.rack and assessment.match.rack.name == "R13"


@pytest.mark.parametrize(
    ("rules", "overrides", "message"),
    [
        (
            {"sites": [{"location": "x", "site": "NYD"}]},
            [],
            "rules.sites[0].site: does not exist in NetBox (got 'NYD'). Did you mean 'NYC'?",
        ),
        ({"device_types": [{"device_type": "MX48"}]}, [], "rules.device_types[0].device_type: does not exist in NetBox (got 'MX48')"),
        ({"device_types": [{"device_type": "EX-1"}]}, [], "stands for 2 objects in NetBox (got 'EX-1'). Name its 'manufacturer' too."),
        (
            {"device_types": [{"device_type": "MX480", "manufacturer": "Cisco"}]},
            [],
            "rules.device_types[0].device_type: does not exist in NetBox (got 'MX480')",
        ),
        (
            {"device_types": [{"hardware_regex": "(?P<device_type>.*)", "manufacturer": "Junipr"}]},
            [],
            "rules.device_types[0].manufacturer: has no device type in NetBox (got 'Junipr'). Did you mean 'Juniper'?",
        ),
        ({"platforms": [{"platform": "Junos"}]}, [], "rules.platforms[0].platform: does not exist in NetBox"),
        ({"roles": [{"role": "Swich"}]}, [], "rules.roles[0].role: does not exist in NetBox (got 'Swich'). Did you mean 'Switch'?"),
        ({"tenants": [{"tenant": "Nobody"}]}, [], "rules.tenants[0].tenant: does not exist"),
        ({"import_as": [{"import_as": "virtual_machine", "cluster": "x"}]}, [], "rules.import_as[0].cluster: does not exist"),
        ({}, [{"device_id": 7, "site": "x"}], "overrides[0].site: does not exist"),
        (
            {},
            [{"device_id": 7, "device_type": "EX-1"}],
            "overrides[0].device_type: stands for 2 objects in NetBox (got 'EX-1'). Use its slug.",
        ),
        ({}, [{"device_id": 7, "platform": "x"}], "overrides[0].platform: does not exist"),
        ({}, [{"device_id": 7, "role": "x"}], "overrides[0].role: does not exist"),
        ({}, [{"device_id": 7, "tenant": "x"}], "overrides[0].tenant: does not exist"),
        ({}, [{"device_id": 7, "cluster": "x"}], "overrides[0].cluster: does not exist"),
    ],
)
def test_targets_that_netbox_does_not_have(rules: Json, overrides: list[Json], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        around((), rules, overrides)
    assert message in str(caught.value)


def test_platform_targets_that_may_be_created() -> None:
    surroundings = around(
        (), {"platforms": [{"platform": "Junos"}]}, [{"device_id": 2, "platform": "EOS"}], creatable=frozenset({"platforms"})
    )
    first, second = judge([record(), record(2, "sw2")], surroundings)
    found_platforms = [item.match.platform for item in (first, second)]
    assert [(item.id, item.name, item.by) for item in found_platforms if item] == [
        (None, "Junos", "create_missing"),
        (None, "EOS", "create_missing"),
    ]
