# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that NetBox's own devices teach."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from unit.support.netbox_model import (
    AMS,
    C9300,
    CATALOG,
    CORE,
    EDGE,
    IOS_XE,
    MX480,
    NYC,
    PROD,
    ROUTER,
    SWITCH,
    around,
    device,
    judge,
    machine,
    record,
)

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.identity import MatchedBy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.learning import Lesson, certain, learned_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.settling import LearnedRules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.suggestions import suggested_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Cluster, Index
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules

Json = dict[str, t.Any]
COMMON = {"os": "iosxe", "type": "network"}


def lesson(device_id: int, name: str, ids: dict[str, int], **fields: t.Any) -> Lesson:
    """A device that is linked, with what it refers to in NetBox."""
    known = device(1000 + device_id, name, librenms_id={"default": device_id})
    (assessment,) = judge(record(device_id, name, **fields), around([known]), live={device_id})
    existing = certain(assessment)
    assert existing is not None
    return Lesson(assessment, existing, ids)


def virtual(device_id: int, cluster: int, **fields: t.Any) -> Lesson:
    taught = lesson(device_id, f"vm{device_id}", {"cluster": cluster}, **fields)
    return dataclasses.replace(taught, existing=machine(1000 + device_id, f"vm{device_id}"))


def taught(*lessons: Lesson) -> list[tuple[str, Json, str]]:
    rules = learned_rules(lessons, CATALOG)
    return [
        (
            rule.rules,
            {**dict(rule.conditions), "->": dict(rule.targets).get(rule.rules.removesuffix("s"), "")},
            f"{rule.devices} of {rule.of}",
        )
        for rule in rules
    ]


def file_of(lessons: t.Sequence[Lesson], assessments: t.Sequence[Assessment] = (), *, whole: bool = True) -> tuple[str, Json]:
    text = suggested_rules(assessments, CATALOG.sites, LearnedRules(learned_rules(lessons, CATALOG), CATALOG.sites, whole=whole))
    rules = yaml.safe_load(text)["rules"] if text else {}
    rules = {name: items for name, items in rules.items() if items}
    Rules.from_options(rules, None)
    return text, rules


def test_only_what_is_certain_teaches() -> None:
    (by_name,) = judge(record(1, "sw1", serial="S1"), around([device(1, "sw1")]))
    assert by_name.matched_by is MatchedBy.NAME and certain(by_name) is None
    (by_serial,) = judge(record(1, "sw1", serial="FOC1234X0AB"), around([device(1, "other", serial="FOC1234X0AB")]))
    assert certain(by_serial) is by_serial.existing is not None
    assert certain(judge(record(1, "sw1"), around())[0]) is None
    contradicting = [device(1, "sw1", librenms_id={"default": 1}), device(2, "sw2", serial="FOC1234X0AB")]
    (doubtful,) = judge(record(1, "sw1", serial="FOC1234X0AB"), around(contradicting), live={1})
    assert doubtful.matched_by is MatchedBy.LIBRENMS_ID and certain(doubtful) is None


def test_location_hardware_and_system() -> None:
    ids = {"site": AMS, "device_type": MX480, "platform": IOS_XE}
    several = [lesson(number, f"x{number}", ids, location="ams one", hardware="Router X1", os="ios") for number in (1, 2, 3)]
    odd = lesson(4, "odd", {"site": NYC, "device_type": MX480}, location="AMS ONE", hardware="router x1", os="ios")
    assert taught(*several, odd) == [
        ("sites", {"location": "ams one", "->": "AMS1 NTT"}, "3 of 4"),
        ("device_types", {"hardware": "Router X1", "->": "MX480"}, "4 of 4"),
        ("platforms", {"os": "ios", "->": "Cisco IOS-XE"}, "3 of 3"),
    ]
    assert learned_rules([*several, odd], CATALOG)[0].others == ("'odd' (device_id 4) is 'NYC'",)
    text, rules = file_of([*several, odd])
    assert "    # 3 of 4 devices in NetBox; 'odd' (device_id 4) is 'NYC'\n" in text
    assert rules["sites"] == [{"location": "ams one", "site": "AMS1 NTT"}]


def test_a_doubtful_rule_is_a_comment() -> None:
    """Where devices disagree, hardware once is enough, and where a text names no model."""
    lessons = [lesson(1, "a", {"site": AMS, "device_type": MX480}, location="x", hardware="ASR9K Series")]
    lessons += [lesson(number, "b", {"site": NYC, "device_type": C9300}, location="x", hardware="Z100") for number in (2, 3, 4)]
    lessons += [lesson(5, "c", {"site": AMS, "device_type": MX480}, location="x", hardware="Z100")]
    text, rules = file_of(lessons)
    assert rules == {}
    assert '    # - {location: "x", site: "NYC"}\n' in text and "# 3 of 5 devices in NetBox; 'a' (device_id 1) is 'AMS1 NTT'; 'c'" in text
    assert '    # - {hardware: "Z100", device_type: "Catalyst 9300-48P"}\n' in text
    assert '    # 1 of 1 device in NetBox\n    # - {hardware: "ASR9K Series", device_type: "MX480"}\n' in text


def test_locations_of_several_parts_are_a_pattern() -> None:
    places = ["NYC, Suite 400, R12", "NYC, Hall A, R13", "london, Hall 1, R1"]
    lessons = [lesson(number, "a", {"site": NYC if "NYC" in place else 3}, location=place) for number, place in enumerate(places, 1)]
    lessons.append(lesson(9, "odd", {"site": AMS}, location="NYC, Depot, R1"))
    _text, rules = file_of(lessons)
    assert rules["sites"] == [{"location": "NYC, Depot, R1", "site": "AMS1 NTT"}, {"location_pattern": "{site}, {location}, {rack}"}]
    found = [judge(record(1, location=place), around(rules=rules))[0].match for place in ("NYC, Suite 400, R12", "NYC, Depot, R1")]
    assert [(match.site and match.site.name, match.rack and match.rack.name) for match in found] == [("NYC", "R12"), ("AMS1 NTT", None)]


def test_what_is_found_without_a_rule_needs_none() -> None:
    assert taught(lesson(1, "a", {"site": NYC, "device_type": C9300, "platform": IOS_XE})) == []
    # It would find another than people have set.
    assert [item[0] for item in taught(lesson(1, "a", {"site": AMS, "device_type": MX480}))] == ["sites", "device_types"]


def test_what_says_nothing_teaches_nothing() -> None:
    assert taught(lesson(1, "a", {"site": 999, "role": 999}, location="x")) == []
    assert taught(lesson(1, "a", {"site": AMS, "device_type": MX480, "platform": IOS_XE}, location="n/a", hardware="", os="")) == []


def test_virtual_machines() -> None:
    lessons = [virtual(number, PROD, hardware="VMware7,1") for number in (1, 2)]
    lessons += [virtual(number, cluster, hardware="KVM") for number, cluster in ((3, PROD), (4, EDGE))]
    lessons += [virtual(5, PROD, hardware="Mixed 1"), lesson(6, "iron", {}, hardware="Mixed 1"), lesson(7, "sw", {}, hardware="C9300-48P")]
    text, rules = file_of(lessons)
    assert rules == {
        "import_as": [
            {"hardware": "KVM", "import_as": "virtual_machine"},
            {"hardware": "VMware7,1", "import_as": "virtual_machine", "cluster": "prod-vmware"},
        ]
    }
    assert '# - {hardware: "Mixed 1"' in text
    # A device of such hardware lacks no device type.
    blocked = judge([record(8, "new", hardware="KVM"), record(9, "other", hardware="VMware Virtual Platform")], around())
    _text, rules = file_of(lessons, blocked, whole=False)
    assert rules == {
        "import_as": [
            {"hardware": "KVM", "import_as": "virtual_machine"},
            {"hardware": "VMware Virtual Platform", "import_as": "virtual_machine"},
        ]
    }


def test_roles_by_name_then_hardware_then_system() -> None:
    switches = [lesson(number, f"sw-acc-{number}", {"role": SWITCH}) for number in range(1, 6)]
    cores = [lesson(number, f"ams1-core{number}", {"role": CORE}) for number in (6, 7)]
    routers = [lesson(number, name, {"role": ROUTER}, hardware="MX480") for number, name in ((8, "jupiter"), (9, "saturn"))]
    odd = lesson(10, "odd", {"role": CORE}, hardware="C9300-48P")
    rules = taught(*switches, *cores, *routers, odd)
    assert rules == [
        ("roles", {**COMMON, "name_regex": r"(^|[-_.])core\d*([-_.]|$)", "->": "Core"}, "2 of 2"),
        ("roles", {**COMMON, "hardware": "MX480", "->": "Router"}, "2 of 2"),
        ("roles", {**COMMON, "->": "Switch"}, "5 of 6"),
    ]


def test_names_of_the_most_where_the_system_alone_tells_too_little() -> None:
    cores = [lesson(number, f"core-{number}", {"role": CORE}) for number in (1, 2)]
    text, rules = file_of([*cores, lesson(3, "stk-1", {"role": SWITCH})])
    assert rules["roles"] == [{**COMMON, "name_regex": r"(^|[-_.])core\d*([-_.]|$)", "role": "Core"}]
    assert '    # - {os: "iosxe", type: "network", role: "Core"}\n' in text


def test_a_place_is_no_kind() -> None:
    """Two words that the same devices have: the one in their location says where they are, the other what."""
    cores = [lesson(number, f"rotterdam-sp-{number}", {"role": CORE}, location="Rotterdam 1") for number in (1, 2)]
    switches = [lesson(number, f"utrecht-ac-{number}", {"role": SWITCH}) for number in (3, 4, 5)]
    ((_rules, conditions, _count), *_rest) = taught(*cores, *switches)
    assert conditions["name_regex"] == r"(^|[-_.])sp\d*([-_.]|$)"
    # Without a location the one that the role is called like.
    cores = [lesson(number, f"somewhere-core-{number}", {"role": CORE}) for number in (1, 2)]
    assert "core" in taught(*cores, *switches)[0][1]["name_regex"]


def test_a_name_that_others_have_too_tells_no_role() -> None:
    lessons = [lesson(number, f"core-{number}", {"role": CORE}) for number in (1, 2)]
    lessons += [lesson(number, f"x{number}-core", {"role": SWITCH}) for number in (3, 4, 5)]
    (rule,) = learned_rules(lessons, CATALOG)
    assert dict(rule.conditions) == COMMON and not rule.sure


def test_only_rules_that_a_device_lacks() -> None:
    lessons = [lesson(number, f"x{number}", {"site": AMS, "role": CORE, "platform": IOS_XE}, location="ams one") for number in (1, 2)]
    lessons += [lesson(3, "y", {"site": NYC, "role": ROUTER, "platform": IOS_XE}, location="elsewhere", os="junos")]
    blocked = judge([record(8, "norole", location="ams one"), record(9, "norole9", location="nowhere")], around())
    text, rules = file_of(lessons, blocked, whole=False)
    assert rules == {"sites": [{"location": "ams one", "site": "AMS1 NTT"}], "roles": [{**COMMON, "role": "Core"}]}
    assert '# - {location: "nowhere", site: "CHANGE ME"}' in text and "junos" not in text
    # With the rules they are as the devices of NetBox.
    placed, unplaced = judge([record(8, "new", location="ams one"), record(9, "new9", location="nowhere")], around(rules=rules))
    assert placed.match.site and placed.match.site.name == "AMS1 NTT" and placed.match.role and placed.match.role.name == "Core"
    assert [issue.code for issue in unplaced.issues] == ["site_not_found"]
    assert file_of([], blocked, whole=False)[1] == {}


def test_a_doubtful_rule_stands_once() -> None:
    lessons = [lesson(number, "a", {"site": site}, location="x") for number, site in ((1, AMS), (2, NYC))]
    text, rules = file_of(lessons, judge(record(8, "new", location="X"), around()), whole=False)
    assert rules == {} and text.count("location:") == 1 and "1 of 2 devices in NetBox; 'a' (device_id 2) is 'NYC'" in text


def test_the_type_alone_gives_no_role_where_devices_of_it_have_several() -> None:
    lessons = [lesson(1, "a", {"role": CORE}, os="ios"), lesson(2, "b", {"role": SWITCH}, os="junos")]
    blocked = judge(record(8, "norole", os="vrp"), around())
    text, _rules = file_of(lessons, blocked)
    assert '# - {os: "vrp", type: "network", role: "CHANGE ME"}' in text


def test_ambiguous_hardware_is_settled() -> None:
    blocked = judge(record(8, "new", hardware="EX-1"), around())
    assert [issue.code for issue in blocked[0].issues] == ["device_type_ambiguous"]
    taught_by = lesson(1, "a", {"device_type": 14}, hardware="EX-1")
    _text, rules = file_of([taught_by], blocked, whole=False)
    assert rules == {"device_types": [{"hardware": "EX-1", "device_type": "juniper-ex-1"}]}
    assert judge(record(8, "new", hardware="EX-1"), around(rules=rules))[0].match.device_type.id == 14  # type: ignore[union-attr]


def test_remote_text_is_no_template() -> None:
    lessons = [lesson(number, "{{ 1 }}", {"site": AMS}, location="dc {{ 1 }}", os="{% x %}") for number in (1, 2)]
    lessons.append(lesson(3, "{{ 2 }}", {"site": NYC, "cluster": PROD}, location="dc {{ 1 }}"))
    lessons.append(lesson(4, "evil\n- {}", {"site": NYC}, location="dc {{ 1 }}"))
    lessons += [lesson(number, "c", {"site": AMS}, location="dc {{ 1 }}") for number in range(5, 12)]
    text, rules = file_of(lessons)
    assert [rule.pop("site") for rule in rules["sites"]] == ["AMS1 NTT"] and "location_regex" in rules["sites"][0]
    assert not any(start in line for line in text.splitlines() if not line.lstrip().startswith("#") for start in ("{{", "{%", "{#"))


def test_a_target_that_would_be_a_template_is_left_out() -> None:
    catalog = dataclasses.replace(CATALOG, clusters=Index([Cluster(PROD, "{{ evil }}")]))
    learned = LearnedRules(learned_rules([virtual(1, PROD, hardware="KVM"), virtual(2, PROD, hardware="KVM")], catalog), whole=True)
    assert suggested_rules([], learned=learned) == ""


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    st.lists(
        st.tuples(_TEXT, _TEXT, _TEXT, _TEXT, _TEXT, st.sampled_from([AMS, NYC]), st.sampled_from([SWITCH, CORE])), min_size=1, max_size=6
    )
)
def test_whatever_devices_say_the_file_is_one(rows: list[tuple[str, str, str, str, str, int, int]]) -> None:
    """Any texts: the file loads, and a run against the same NetBox accepts its rules."""
    lessons = []
    for number, (name, location, hardware, os, kind, site, role) in enumerate(rows, 1):
        fields = {"location": location, "hardware": hardware, "os": os, "type": kind}
        lessons.append(lesson(number, name or "x", {"site": site, "role": role, "device_type": MX480, "platform": IOS_XE}, **fields))
    _text, rules = file_of(lessons)
    around(rules=rules)


@pytest.mark.parametrize("name", ["a", "12-34", "x", "-"])
def test_names_without_words(name: str) -> None:
    assert taught(lesson(1, name, {"role": CORE})) == [("roles", {**COMMON, "->": "Core"}, "1 of 1")]
