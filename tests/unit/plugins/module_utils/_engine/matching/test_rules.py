# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules and overrides may say, what is refused, and when a rule applies."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules, first_match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

DEVICE = DeviceRecord(
    42, "Core1.example.net", "core1", os="iosxe", hardware="C9300-48P", type="network", location="NYC, Suite 400, R12", location_id=7
)
SUBJECT = Subject(DEVICE, "core1", frozenset({"core", "all"}), DEVICE.hardware)
LISTS = ("sites", "device_types", "platforms", "roles", "import_as", "tenants")
TARGETS = {
    "sites": {"site": "A"},
    "device_types": {"device_type": "A"},
    "platforms": {"platform": "A"},
    "roles": {"role": "A"},
    "import_as": {"import_as": "device"},
    "tenants": {"tenant": "A"},
}


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ({}, True),
        ({"os": "IOSXE "}, True),
        ({"os": ["ios", "iosxe"]}, True),
        ({"os": "ios"}, False),
        ({"os": ""}, False),
        ({"os": ["", "iosxe"]}, True),
        ({"type": "network", "hardware": "c9300-48p"}, True),
        ({"type": "network", "hardware": "c9300"}, False),
        ({"location": "nyc, suite 400, r12"}, True),
        ({"location": 7}, True),
        ({"location": "7"}, True),
        ({"location": 8}, False),
        ({"location": "None"}, False),
        ({"device_group": "CORE"}, True),
        ({"device_group": ["edge", "all"]}, True),
        ({"device_group": "edge"}, False),
        ({"hardware_regex": "^c9300-"}, True),
        ({"hardware_regex": ["^x", "48P$"]}, True),
        ({"hardware_regex": "^9300"}, False),
        ({"name_regex": "^core1$"}, True),
        ({"hostname_regex": r"\.example\.net$"}, True),
        ({"location_regex": "suite"}, True),
        ({"location_regex": "suite", "os": "junos"}, False),
        # Blanks at the ends of a pattern count.
        ({"location_regex": ", "}, True),
        ({"location_regex": "NYC, $"}, False),
        ({"location_regex": "400 "}, False),
    ],
)
@pytest.mark.parametrize("name", ["roles", "tenants"])
def test_conditions(name: str, conditions: dict[str, t.Any], applies: bool) -> None:
    rules = Rules.from_options({name: [{**TARGETS[name], **conditions}]}, None)
    assert (first_match(getattr(rules, name), SUBJECT) is not None) is applies


def test_empty_text_means_devices_without() -> None:
    rules = Rules.from_options({"roles": [{"hardware": "", "location": "", "role": "A"}]}, None)
    assert first_match(rules.roles, Subject(DeviceRecord(1, "h"), "h", frozenset(), "")) is not None
    assert first_match(rules.roles, SUBJECT) is None


def test_a_device_without_location_id_is_not_at_location_none() -> None:
    rules = Rules.from_options({"roles": [{"location": "none", "role": "A"}]}, None)
    assert first_match(rules.roles, Subject(DeviceRecord(1, "h"), "h", frozenset(), "")) is None


def test_first_match_wins() -> None:
    rules = Rules.from_options({"roles": [{"os": "junos", "role": "A"}, {"os": "iosxe", "role": "B"}, {"role": "C"}]}, None)
    found = first_match(rules.roles, SUBJECT)
    assert found is not None and found[0].target == "B" and found[0].path == "rules.roles[1]"


@pytest.mark.parametrize(
    ("pattern", "location", "groups"),
    [
        ("{site}, {location}, {rack}", "NYC, Suite 400, R12", {"site": "NYC", "location": "Suite 400", "rack": "R12"}),
        ("{site}, {location}, {rack}", " NYC,  Suite 400,\tR12 ", {"site": "NYC", "location": "Suite 400", "rack": "R12"}),
        ("{site}, {location}, {rack}", "NYC", None),
        ("{site}, {location}, {rack}", "A, B, C, D", {"site": "A", "location": "B", "rack": "C, D"}),
        (
            "{site}, {location}, {rack}",
            "1100 Congress Ave, Austin, TX 78701 (blue cabinet on the left)",
            {"site": "1100 Congress Ave", "location": "Austin", "rack": "TX 78701 (blue cabinet on the left)"},
        ),
        ("{site} - {rack}", "NYC - R12", {"site": "NYC", "rack": "R12"}),
        ("{site} - {rack}", "NYC-R12", None),
        ("DC {site}", "dc AMS1", {"site": "AMS1"}),
        ("{site} [{rack}]", "city [45.8, 20.1]", {"site": "city", "rack": "45.8, 20.1"}),
        ("{site} (.*)", "NYC abc", None),
        ("<site> {site}", "<site> x", {"site": "x"}),
        ("{site}, {rack}", "NYC, ", None),
        ("{site}", "", None),
    ],
)
def test_location_patterns(pattern: str, location: str, groups: dict[str, str] | None) -> None:
    rules = Rules.from_options({"sites": [{"location_pattern": pattern}]}, None)
    found = first_match(rules.sites, Subject(DeviceRecord(1, "h", location=location), "h", frozenset(), ""))
    assert (found[1] if found else None) == groups


def test_optional_groups_and_alternatives() -> None:
    rules = Rules.from_options({"sites": [{"location_regex": ["^x(?P<site>.)", r"^(?P<site>[^-]+)(-(?P<rack>.*))?$"]}]}, None)

    def groups(location: str) -> dict[str, str] | None:
        found = first_match(rules.sites, Subject(DeviceRecord(1, "h", location=location), "h", frozenset(), ""))
        return found[1] if found else None

    assert groups("NYC-R12") == {"site": "NYC", "rack": "R12"}
    assert groups("NYC-") == {"site": "NYC"}
    assert groups("NYC") == {"site": "NYC"}
    assert groups("") is None


@pytest.mark.parametrize("name", LISTS)
def test_unknown_keys_are_named(name: str) -> None:
    with pytest.raises(OptionError) as caught:
        Rules.from_options({name: [TARGETS[name], {**TARGETS[name], "hardwear": "x"}]}, None)
    assert str(caught.value) == f"rules.{name}[1]: has an unknown key (got 'hardwear'). Did you mean 'hardware' or 'hardware_regex'?"


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("key", ["location", "os", "type", "hardware", "device_group"])
@pytest.mark.parametrize("value", [None, True, [], {}, [None], [["a"]], {"a": 1}])
def test_wrong_types_of_texts(name: str, key: str, value: object) -> None:
    # A null would else make the rule hold for every device.
    with pytest.raises(OptionError) as caught:
        Rules.from_options({name: [{**TARGETS[name], key: value}]}, None)
    assert str(caught.value).startswith(f"rules.{name}[0].{key}: must ")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("key", ["location_regex", "hardware_regex", "name_regex", "hostname_regex"])
@pytest.mark.parametrize("value", ["(", None, "", [], ["a", "("], True, "a{99999999999999999999}"])
def test_wrong_patterns(name: str, key: str, value: object) -> None:
    with pytest.raises(OptionError) as caught:
        Rules.from_options({name: [{**TARGETS[name], key: value}]}, None)
    assert str(caught.value).startswith(f"rules.{name}[0].{key}: ")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"site": []}, "rules: has an unknown key (got 'site'). Did you mean 'sites'?"),
        ({"nonsense": []}, "Known are device_types, import_as, manufacturers, platforms, roles, sites, tenants."),
        ({"roles": {"role": "A"}}, "rules.roles: must be a list of rules"),
        ({"roles": ["A"]}, "rules.roles[0]: must be a dictionary (got 'A')"),
        ({"roles": [{}]}, "rules.roles[0]: names no role"),
        ({"roles": [{"role": None}]}, "rules.roles[0]: names no role"),
        ({"roles": [{"role": " "}]}, "rules.roles[0].role: must be a text that is not empty (got ' ')"),
        ({"roles": [{"role": "A", "device_group": ""}]}, "rules.roles[0].device_group: must be a text"),
        ({"platforms": [{"role": "A"}]}, "rules.platforms[0]: has an unknown key (got 'role')"),
        ({"sites": [{"location": "x"}]}, "rules.sites[0]: names no site"),
        ({"sites": [{"location_regex": "(?P<rack>.)"}]}, "rules.sites[0]: names no site"),
        ({"sites": [{"location_regex": "(?P<site>.)(?P<room>.)"}]}, "has the unknown named group 'room'"),
        ({"sites": [{"hardware_regex": "(?P<site>.)"}]}, "rules.sites[0].hardware_regex: has the unknown named group 'site'"),
        ({"sites": [{"location_pattern": "{room}"}]}, "has the unknown placeholder {room}"),
        ({"sites": [{"location_pattern": "{site} {site}"}]}, "has the placeholder {site} twice"),
        ({"sites": [{"location_pattern": "{rack}"}]}, "has no placeholder {site}"),
        ({"sites": [{"location_pattern": "{site}, {rack"}]}, "has a brace without its partner"),
        ({"sites": [{"location_pattern": None}]}, "rules.sites[0].location_pattern: must be a text"),
        ({"device_types": [{"hardware": "x"}]}, "rules.device_types[0]: names no device type"),
        ({"device_types": [{"hardware_regex": "(?P<model>.)"}]}, "Named groups here are device_type."),
        ({"roles": [{"role": "A", "name_regex": "(?P<role>.)"}]}, "Named groups have no meaning here."),
        ({"import_as": [{"os": "x"}]}, "rules.import_as[0].import_as: must be one of device, virtual_machine"),
        ({"import_as": [{"import_as": "vm"}]}, "rules.import_as[0].import_as: must be one of"),
        ({"import_as": [{"import_as": "device", "cluster": "c"}]}, "rules.import_as[0].cluster: is for virtual machines only"),
    ],
)
def test_wrong_rules(rules: dict[str, t.Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Rules.from_options(rules, None)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["x"], "overrides[0]: must be a dictionary"),
        ([{"role": "A"}], "overrides[0].device_id: must be a LibreNMS device id (got None)"),
        ([{"device_id": 0}], "overrides[0].device_id: must be a LibreNMS device id (got 0)"),
        ([{"device_id": True}], "overrides[0].device_id: must be"),
        ([{"device_id": "sw1"}], "overrides[0].device_id: must be"),
        ([{"device_id": 1}, {"device_id": "1"}], "overrides[1].device_id: stands in overrides[0] already"),
        ([{"device_id": 1, "roles": "A"}], "overrides[0]: has an unknown key (got 'roles'). Did you mean 'role'?"),
        ([{"device_id": 1, "path": "A"}], "overrides[0]: has an unknown key (got 'path')"),
        ([{"device_id": 1, "rack": ["R1"]}], "overrides[0].rack: must be a text"),
        ([{"device_id": 1, "import_as": "vm"}], "overrides[0].import_as: must be one of"),
    ],
)
def test_wrong_overrides(overrides: list[t.Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Rules.from_options(None, overrides)
    assert message in str(caught.value)


def test_overrides() -> None:
    rules = Rules.from_options(None, [{"device_id": "42", "rack": 12, "role": None, "import_as": "virtual_machine"}])
    override = rules.overrides[42]
    assert (override.rack, override.role, override.import_as) == ("12", "", ObjectKind.VIRTUAL_MACHINE)


def test_device_groups_that_must_be_known() -> None:
    rules = Rules.from_options(
        {"roles": [{"device_group": ["A", "b"], "role": "x"}], "sites": [{"device_group": "C", "site": "y"}, {"site": "z"}]}, None
    )
    assert set(rules.device_groups) == {"a", "b", "c"}
    assert not Rules.from_options(None, None).device_groups


def test_every_wrong_rule_and_override_is_told_at_once() -> None:
    rules = {
        "sites": [{"location_regex": "(", "site": "A"}, {"location": "x"}],
        "roles": [{"typ": "network", "role": "Switch"}, {"type": "network", "role": "Switch"}],
        "rolls": [],
    }
    overrides: list[dict[str, t.Any]] = [{"device_id": 0}, {"device_id": 3, "sit": "A"}, {"device_id": 4}, {"device_id": 4}]
    with pytest.raises(OptionError) as caught:
        Rules.from_options(rules, overrides)
    message = str(caught.value)
    assert message.startswith("7 options are wrong")
    paths = ["rolls", "rules.sites[0].location_regex", "rules.sites[1]", "rules.roles[0]", "overrides[0]", "overrides[1]", "overrides[3]"]
    assert all(path in message for path in paths), message


def test_a_device_is_ignored_by_its_override_or_the_first_rule() -> None:
    rules = [{"os": "drac", "import_as": "ignore"}, {"type": "server", "import_as": "virtual_machine"}]
    overrides = [{"device_id": 2, "import_as": "device"}, {"device_id": 3, "import_as": "ignore"}]
    matcher = Matcher.checked(Rules.from_options({"import_as": rules}, overrides), Catalog())
    devices = [DeviceRecord(number, "host", os=os, type="server") for number, os in ((1, "drac"), (2, "drac"), (3, "linux"), (4, "linux"))]
    ignored = [device.device_id for device in devices if matcher.ignores(Subject(device, "host", frozenset(), ""))]
    assert ignored == [1, 3]
    with pytest.raises(OptionError, match="virtual machines only"):
        Rules.from_options({"import_as": [{"os": "drac", "import_as": "ignore", "cluster": "x"}]}, None)
    with pytest.raises(OptionError, match="must be one of device, virtual_machine, ignore"):
        Rules.from_options({"import_as": [{"os": "drac", "import_as": "ignored"}]}, None)


def test_a_device_group_is_named_with_its_rule() -> None:
    given = {
        "roles": [{"type": "network", "role": "A"}, {"device_group": "Access", "role": "B"}],
        "sites": [{"device_group": ["x", "y"], "site": "S"}],
    }
    groups = Rules.from_options(given, None).device_groups
    assert groups == {"access": "rules.roles[1].device_group", "x": "rules.sites[0].device_group", "y": "rules.sites[0].device_group"}
