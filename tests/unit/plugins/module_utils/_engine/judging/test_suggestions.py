# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import itertools
import re
import typing as t

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.suggestions import MAX_ENTRIES, PLACEHOLDER, suggested_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Index, Site
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.resolved import Resolved
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules, first_match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord

IDS = itertools.count(1)
FIELDS = {
    IssueCode.SITE_NOT_FOUND: ("sites", "site"),
    IssueCode.DEVICE_TYPE_NOT_FOUND: ("device_types", "device_type"),
    IssueCode.PLATFORM_NOT_FOUND: ("platforms", "platform"),
    IssueCode.ROLE_NOT_SET: ("roles", "role"),
}


def assessed(*issues: Issue, warnings: tuple[Issue, ...] = (), **device: t.Any) -> Assessment:
    record = DeviceRecord(next(IDS), "host", **device)
    return Assessment(record, "host", State.BLOCKED, Match(ObjectKind.DEVICE), issues=issues, warnings=warnings)


def unmatched(code: IssueCode, value: str, *suggestions: str, **device: t.Any) -> Assessment:
    issue = Issue(code, FIELDS[code][1], "message", "hint", suggestions, value)
    if code is IssueCode.PLATFORM_NOT_FOUND:
        return assessed(warnings=(issue,), **device)
    return assessed(issue, **device)


def rules_of(text: str) -> dict[str, list[dict[str, str]]]:
    """The rules, those too that a person has to complete."""
    document = yaml.safe_load(text.replace("    # - {", "    - {"))
    assert list(document) == ["rules"]
    assert all(rule in document["rules"][name] for name, rules in ready_of(text).items() for rule in rules)
    return document["rules"]


def ready_of(text: str) -> dict[str, list[dict[str, str]]]:
    """The rules that work as the text is pasted."""
    rules = yaml.safe_load(text)["rules"]
    Rules.from_options(rules, None)
    assert PLACEHOLDER not in str(rules)
    return {name: items for name, items in rules.items() if items}


def test_nothing_unmatched_suggests_nothing() -> None:
    assert suggested_rules([]) == ""
    assert suggested_rules([assessed(Issue(IssueCode.NAME_MISSING, "name", "message", value="x"), location="ams1")]) == ""


def test_each_kind_becomes_a_rule_that_serves_the_device() -> None:
    text = suggested_rules(
        [
            unmatched(IssueCode.SITE_NOT_FOUND, "ams1", "AMS1 NTT", "AMS2", location="ams1"),
            unmatched(IssueCode.SITE_NOT_FOUND, "paris dc-2", "Paris DC2", "Paris DC1", location="paris dc-2"),
            unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, "C9300-48UXM", hardware="C9300-48UXM"),
            unmatched(IssueCode.PLATFORM_NOT_FOUND, "iosxe", "Cisco IOS-XE", "IOS-XE", os="iosxe"),
            unmatched(IssueCode.ROLE_NOT_SET, "panos", os="panos", type="firewall"),
        ]
    )

    assert rules_of(text) == {
        "sites": [{"location": "ams1", "site": PLACEHOLDER}, {"location": "paris dc-2", "site": "Paris DC2"}],
        "device_types": [{"hardware": "C9300-48UXM", "device_type": PLACEHOLDER}],
        "platforms": [{"os": "iosxe", "platform": "IOS-XE"}],
        "roles": [{"type": "firewall", "role": PLACEHOLDER}],
    }
    assert '    # 1 device; near: "AMS1 NTT", "AMS2"\n    # - {location: "ams1", site: "CHANGE ME"}\n' in text
    assert ready_of(text) == {
        "sites": [{"location": "paris dc-2", "site": "Paris DC2"}],
        "platforms": [{"os": "iosxe", "platform": "IOS-XE"}],
    }


def test_several_locations_of_one_form_are_one_pattern() -> None:
    sites = Index([Site(1, "NYC", "nyc"), Site(2, "Paris DC2", "par")])
    places = ["NYC, Suite 400, R12", "par, Suite 1, R1", "NYC, R7", "Paris DC2, Rack 12", "NYC, Hall B", "Rome, Hall A", "Rome, R1"]
    text = suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, place, location=place) for place in [*places, places[0]]], sites)

    assert ready_of(text) == {"sites": [{"location_pattern": "{site}, {location}, {rack}"}, {"location_pattern": "{site}, {rack}"}]}
    assert "    # 3 devices in 2 locations\n" in text
    assert {rule.get("location") for rule in rules_of(text)["sites"]} == {None, "NYC, Hall B", "Rome, Hall A", "Rome, R1"}
    assert first_match(
        Rules.from_options(ready_of(text), None).sites, Subject(DeviceRecord(1, "h", location=places[0]), "h", frozenset(), "")
    )


def test_virtual_hardware_becomes_a_virtual_machine() -> None:
    devices = [
        ("VMware Virtual Platform", "linux"),
        ("VMware Virtual Platform", "windows"),
        ("VMware ESXi 8", "vmware-esxi"),
        ("R640", "linux"),
    ]
    text = suggested_rules([unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, hw, hardware=hw, os=os) for hw, os in devices])

    assert ready_of(text) == {"import_as": [{"hardware": "VMware Virtual Platform", "import_as": "virtual_machine"}]}
    assert {rule["hardware"] for rule in rules_of(text)["device_types"]} == {"VMware ESXi 8", "R640"}


def test_one_condition_serves_a_role_where_it_can() -> None:
    known = dataclasses.replace(assessed(os="junos", type="network"), match=Match(ObjectKind.DEVICE, role=Resolved(1, "Switch", "rule")))
    lacking = [
        unmatched(IssueCode.ROLE_NOT_SET, os, os=os, type=kind) for os, kind in (("ios", "network"), ("apc", "power"), ("eaton", "power"))
    ]
    text = suggested_rules([known, *lacking])

    assert rules_of(text)["roles"] == [
        {"type": "power", "role": PLACEHOLDER},
        {"os": "ios", "type": "network", "role": PLACEHOLDER},
    ]
    assert ready_of(text) == {}


def test_only_lists_with_rules_are_written() -> None:
    assert list(rules_of(suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, "ams1")]))) == ["sites"]


def test_the_most_frequent_comes_first_and_is_counted() -> None:
    frequencies = {"b": 2, "a": 2, "rare": 1, "frequent": 3}
    text = suggested_rules(
        [unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, model) for model, count in frequencies.items() for _ in range(count)]
    )

    assert [rule["hardware"] for rule in rules_of(text)["device_types"]] == ["frequent", "a", "b", "rare"]
    assert [line.strip() for line in text.splitlines() if re.fullmatch(r" *# \d+ devices?", line)] == [
        "# 3 devices",
        "# 2 devices",
        "# 2 devices",
        "# 1 device",
    ]


def test_spellings_that_rules_take_for_one_are_one_rule() -> None:
    text = suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, value) for value in ("AMS1", "ams1", " ams1 ")])

    assert rules_of(text)["sites"] == [{"location": "ams1", "site": PLACEHOLDER}]
    assert "# 3 devices" in text


def test_members_of_one_stack_count_once() -> None:
    issues = [
        Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, f"virtual_chassis.members[{number}].device_type", "message", value=model)
        for number, model in enumerate(("C9300-24P", "C9300-24P", "C9300-48P"), 1)
    ]
    text = suggested_rules([assessed(*issues)])

    assert [rule["hardware"] for rule in rules_of(text)["device_types"]] == ["C9300-24P", "C9300-48P"]
    assert text.count("# 1 device\n") == 2


def test_unknown_hardware_is_told_apart_by_the_operating_system() -> None:
    text = suggested_rules(
        [
            unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, "", os="ping"),
            unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, "n/a", os="apc"),
            unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, ""),
        ]
    )

    assert rules_of(text)["device_types"] == [
        {"hardware": "", "device_type": PLACEHOLDER},
        {"hardware": "", "os": "ping", "device_type": PLACEHOLDER},
        {"hardware": "n/a", "os": "apc", "device_type": PLACEHOLDER},
    ]


def test_a_missing_location_is_better_set_in_librenms() -> None:
    text = suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, " ", "AMS1")])

    assert rules_of(text)["sites"] == [{"location": "", "site": PLACEHOLDER}]
    assert "# 1 device; better set the location in LibreNMS" in text


@pytest.mark.parametrize(
    ("device", "conditions"),
    [({"os": "ios"}, {"os": "ios"}), ({"type": "network"}, {"type": "network"}), ({}, {"os": "", "type": ""})],
)
def test_a_role_rule_has_the_conditions_that_the_device_has(device: dict[str, str], conditions: dict[str, str]) -> None:
    text = suggested_rules([unmatched(IssueCode.ROLE_NOT_SET, device.get("os", ""), **device)])

    assert rules_of(text)["roles"] == [{**conditions, "role": PLACEHOLDER}]


def test_a_long_list_is_cut_and_says_so() -> None:
    text = suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, f"place {number:03}") for number in range(MAX_ENTRIES + 7)])

    assert len(rules_of(text)["sites"]) == MAX_ENTRIES
    assert text.endswith("    # 7 more left out: search again with these rules to see them.\n")


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "a {% raw %}", "{# gone #}", "{{{%{#"])
def test_what_a_device_says_never_becomes_a_template(hostile: str) -> None:
    text = suggested_rules(
        [
            unmatched(IssueCode.SITE_NOT_FOUND, hostile, hostile, location=hostile),
            unmatched(IssueCode.DEVICE_TYPE_NOT_FOUND, hostile, hardware=hostile),
            unmatched(IssueCode.PLATFORM_NOT_FOUND, hostile, os=hostile),
        ]
    )
    rules = rules_of(text)

    assert list(rules) == ["sites", "device_types"]
    assert rules["sites"][0]["site"] == PLACEHOLDER
    assert ready_of(text) == {}
    assert not any(
        marker in value for rule in (*rules["sites"], *rules["device_types"]) for value in rule.values() for marker in ("{{", "{%", "{#")
    )
    parsed = Rules.from_options(rules, None)
    device = DeviceRecord(1, "host", location=hostile, hardware=hostile)
    assert first_match(parsed.sites, Subject(device, "host", frozenset(), hostile))
    assert first_match(parsed.device_types, Subject(device, "host", frozenset(), hostile))
    other = dataclasses.replace(device, location="elsewhere")
    assert not first_match(parsed.sites, Subject(other, "host", frozenset(), ""))


def test_a_number_is_a_locations_name_and_not_its_id() -> None:
    rules = Rules.from_options(rules_of(suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, "42", location="42")])), None)

    named = DeviceRecord(1, "host", location="42", location_id=7)
    other = DeviceRecord(2, "host", location="ams1", location_id=42)
    assert first_match(rules.sites, Subject(named, "host", frozenset(), ""))
    assert not first_match(rules.sites, Subject(other, "host", frozenset(), ""))


def test_half_a_character_is_left_out() -> None:
    text = suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, "a\ud800"), unmatched(IssueCode.SITE_NOT_FOUND, "b", "\udc00", "B1")])

    assert rules_of(text)["sites"] == [{"location": "b", "site": PLACEHOLDER}]
    assert "# 1 more left out" in text
    assert suggested_rules([unmatched(IssueCode.SITE_NOT_FOUND, "\ud800")]) == ""


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "yes",
        "~",
        "- a",
        "a: b",
        "#x",
        "'\"\\",
        "!unsafe x",
        "&a *b",
        "a\r\nb",
        "\u2028\x85\ufeff",
        "\U0001f600",
        "\x00\x1b",
        "{a}, [b]",
        "%x",
        "@y",
        "`",
    ]
)


@given(st.sampled_from(sorted(FIELDS)), TEXTS, st.lists(TEXTS, max_size=3))
def test_any_text_gives_yaml_whose_rules_serve_the_device(code: IssueCode, value: str, suggestions: list[str]) -> None:
    """Also with the C parser, which Ansible uses and which is stricter."""
    field = {"site": "location", "device_type": "hardware", "platform": "os", "role": "os"}[FIELDS[code][1]]
    assessment = unmatched(code, value, *suggestions, **{field: value})
    text = suggested_rules([assessment])
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    assert (yaml.load(text, loader) or {}).get("rules") == (yaml.safe_load(text)["rules"] if text else None)
    if not text:
        assert (code is IssueCode.PLATFORM_NOT_FOUND and not value.strip()) or (
            field == "os" and any(mark in value for mark in ("{{", "{%", "{#"))
        )
        return
    assert all(line.startswith((" ", "#", "rules:")) for line in text.split("\n") if line)
    rules, target = FIELDS[code]
    (rule,) = rules_of(text)[rules]
    wanted = [name for name in suggestions if name.strip()]
    assert rule[target] in (PLACEHOLDER, *wanted)
    parsed = Rules.from_options(rules_of(text), None)
    assert first_match(getattr(parsed, rules), Subject(assessment.device, "host", frozenset(), assessment.device.hardware))
