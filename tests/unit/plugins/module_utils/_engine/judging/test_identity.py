# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object of NetBox a device is: the identity chain, and what blocks it."""

from __future__ import annotations

import typing as t

import pytest
from unit.support.netbox_model import (
    ACME,
    AMS,
    EDGE,
    GLOBEX,
    LON,
    NYC,
    PROD,
    around,
    device,
    judge,
    machine,
    record,
    stack,
    unit,
)

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import (
    ExistingChassis,
    ExistingObject,
    ExistingObjects,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import Links, chassis_domain, linked_value
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import Stacking

S1, S2, S3, S9 = "FOC11110001", "FOC22220002", "FOC33330003", "FOC99990009"
EXISTING, READY, BLOCKED = State.EXISTING, State.READY, State.BLOCKED
Json = dict[str, t.Any]

# (what NetBox has, what LibreNMS says, other live LibreNMS ids) -> (state, id in NetBox, matched by, issue codes, warning codes)
CHAIN: dict[str, tuple[list[ExistingObject], Json, set[int], tuple[State, int | None, str | None, list[str], list[str]]]] = {
    "an empty NetBox": ([], {}, set(), (READY, None, None, [], [])),
    "another device": ([device(name="other")], {}, set(), (READY, None, None, [], [])),
    # The link, in its stored forms.
    "linked": ([device(name="x", librenms_id={"default": 1})], {}, set(), (EXISTING, 100, "librenms_id", [], [])),
    "linked by a text": ([device(name="x", librenms_id={"default": "1"})], {}, set(), (EXISTING, 100, "librenms_id", [], [])),
    "linked by the plugin's object": (
        [device(name="x", librenms_id={"default": {"id": 1, "oob": {"id": 9, "type": "drac"}}})],
        {},
        set(),
        (EXISTING, 100, "librenms_id", [], []),
    ),
    "linked by a number": ([device(name="x", librenms_id=1)], {}, set(), (EXISTING, 100, "librenms_id", [], [])),
    "linked by a numeric text": ([device(name="x", librenms_id=" 1 ")], {}, set(), (EXISTING, 100, "librenms_id", [], [])),
    "the own link before the old form": (
        [device(100, "x", librenms_id={"default": 1}), device(101, "y", librenms_id=1)],
        {},
        set(),
        (EXISTING, 100, "librenms_id", [], []),
    ),
    "nonsense in the field": (
        [device(name="x", librenms_id=value) for value in (True, "one", [1], {"default": None})],
        {},
        set(),
        (READY, None, None, [], []),
    ),
    "an unnamed server's id and another serial": (
        [device(name="x", serial=S2, librenms_id=1)],
        {"serial": S1},
        set(),
        (BLOCKED, 100, "librenms_id", ["identity_conflict"], []),
    ),
    "linked on another server": ([device(name="x", librenms_id={"other": 1})], {}, set(), (READY, None, None, [], [])),
    "linked on another server, of the same name": (
        [device(librenms_id={"other": 7})],
        {},
        {7},
        (EXISTING, 100, "name", [], []),
    ),
    "two linked": (
        [device(100, "x", librenms_id={"default": 1}), device(101, "y", librenms_id={"default": 1})],
        {},
        set(),
        (BLOCKED, None, None, ["identity_conflict"], []),
    ),
    "a device and a virtual machine linked": (
        [device(100, "x", librenms_id={"default": 1}), machine(500, "y", librenms_id={"default": 1})],
        {},
        set(),
        (BLOCKED, None, None, ["identity_conflict"], []),
    ),
    "renamed and moved in NetBox": (
        [device(name="renamed", site_id=LON, tenant_id=ACME, librenms_id={"default": 1})],
        {"serial": S1},
        set(),
        (EXISTING, 100, "librenms_id", [], []),
    ),
    "linked, hardware replaced": (
        [device(serial=S2, librenms_id={"default": 1})],
        {"serial": S1},
        set(),
        (EXISTING, 100, "librenms_id", [], ["serial_conflict"]),
    ),
    "linked, and the serial is another's": (
        [device(100, "x", librenms_id={"default": 1}), device(101, "y", serial=S1)],
        {"serial": S1},
        set(),
        (BLOCKED, 100, "librenms_id", ["identity_conflict"], []),
    ),
    "linked, and the name is another's": (
        [device(100, "x", librenms_id={"default": 1}), device(101)],
        {},
        set(),
        (BLOCKED, 100, "librenms_id", ["identity_conflict"], []),
    ),
    "linked, and the name is a known other device's": (
        [device(100, "x", librenms_id={"default": 1}), device(101, librenms_id={"default": 2})],
        {},
        {2},
        (EXISTING, 100, "librenms_id", [], []),
    ),
    "linked to a virtual machine": (
        [machine(500, "x", librenms_id={"default": 1})],
        {},
        set(),
        (EXISTING, 500, "librenms_id", [], ["device_and_vm_conflict"]),
    ),
    # Serials.
    "by serial, renamed": ([device(name="x", serial=S1.lower())], {"serial": S1}, set(), (EXISTING, 100, "serial", [], [])),
    "by serial, in another site": ([device(site_id=LON, serial=S1)], {"serial": S1}, set(), (EXISTING, 100, "serial", [], [])),
    "by serial, added again under a new id": (
        [device(serial=S1, librenms_id={"default": 7})],
        {"serial": S1},
        set(),
        (EXISTING, 100, "serial", [], []),
    ),
    "a serial that another LibreNMS device has": (
        [device(name="x", serial=S1, librenms_id={"default": 7})],
        {"serial": S1},
        {7},
        (BLOCKED, 100, "serial", ["serial_conflict"], []),
    ),
    "the old form of another LibreNMS device's link": (
        [device(name="x", serial=S1, librenms_id=7)],
        {"serial": S1},
        {7},
        (BLOCKED, 100, "serial", ["serial_conflict"], []),
    ),
    "two of one serial": (
        [device(100, "x", serial=S1), device(101, "y", serial=S1)],
        {"serial": S1},
        set(),
        (BLOCKED, None, None, ["identity_conflict"], []),
    ),
    "two of one serial, and one has the name": (
        [device(100, serial=S1), device(101, "y", serial=S1)],
        {"serial": S1},
        set(),
        (BLOCKED, None, None, ["identity_conflict"], []),
    ),
    "the serial of one, the name of another": (
        [device(100, "x", serial=S1), device(101)],
        {"serial": S1},
        set(),
        (BLOCKED, 100, "serial", ["identity_conflict"], []),
    ),
    "the serial of one, the name of a known other": (
        [device(100, "x", serial=S1), device(101, librenms_id={"default": 7})],
        {"serial": S1},
        {7},
        (EXISTING, 100, "serial", [], []),
    ),
    "the serial of a virtual machine": (
        [machine(500, "x", serial=S1)],
        {"serial": S1},
        set(),
        (BLOCKED, 500, "serial", ["device_and_vm_conflict"], []),
    ),
    "a bogus serial of many": (
        [device(100, "x", serial="0000000000"), device(101, "y", serial="0000000000")],
        {"serial": "0000000000"},
        set(),
        (READY, None, None, [], ["serial_ignored"]),
    ),
    # Names.
    "by name": ([device()], {}, set(), (EXISTING, 100, "name", [], [])),
    "by name, in other case": ([device(name="SW1")], {"name": "Sw1"}, set(), (EXISTING, 100, "name", [], [])),
    "by name, with one serial known": ([device()], {"serial": S1}, set(), (EXISTING, 100, "name", [], [])),
    "by name, with a bogus serial": ([device(serial="N/A")], {"serial": S1}, set(), (EXISTING, 100, "name", [], [])),
    "the same name in two sites": ([device(site_id=LON), device(101, site_id=AMS)], {}, set(), (READY, None, None, [], [])),
    "the name, but another serial": (
        [device(serial=S2)],
        {"serial": S1},
        set(),
        (BLOCKED, 100, "name", ["identity_conflict"], []),
    ),
    "the name of a LibreNMS device that is gone": (
        [device(librenms_id={"default": 7})],
        {},
        set(),
        (EXISTING, 100, "name", [], []),
    ),
    "the name of another LibreNMS device": (
        [device(librenms_id={"default": 7})],
        {},
        {7},
        (BLOCKED, 100, "name", ["name_taken"], []),
    ),
    "the name in a tenant": (
        [device(tenant_id=ACME)],
        {},
        set(),
        (BLOCKED, 100, "name", ["possible_duplicate"], []),
    ),
    "the name in a tenant, known to be another device": (
        [device(tenant_id=ACME, librenms_id={"default": 7})],
        {},
        {7},
        (READY, None, None, [], []),
    ),
    "the name of a virtual machine": (
        [machine(500, "sw1", site_id=NYC)],
        {},
        set(),
        (BLOCKED, 500, "name", ["device_and_vm_conflict"], []),
    ),
    "the name of a virtual machine without site": (
        [machine(500, "sw1", cluster_id=PROD)],
        {},
        set(),
        (BLOCKED, 500, "name", ["device_and_vm_conflict"], []),
    ),
    "the name of a virtual machine in another site": (
        [machine(500, "sw1", site_id=LON)],
        {},
        set(),
        (READY, None, None, [], []),
    ),
    # The primary address raises a doubt and no more.
    "the primary address": (
        [device(name="x", primary_ips=("10.0.0.1",))],
        {"ip": "10.0.0.1"},
        set(),
        (BLOCKED, 100, "primary_ip", ["possible_duplicate"], []),
    ),
    "the primary address of a virtual machine": (
        [machine(500, "x", primary_ips=("10.0.0.1",))],
        {"ip": "10.0.0.1"},
        set(),
        (BLOCKED, 500, "primary_ip", ["possible_duplicate"], []),
    ),
    "the primary address as host name": (
        [device(name="x", primary_ips=("10.0.0.1",))],
        {"hostname": "10.0.0.1"},
        set(),
        (BLOCKED, 100, "primary_ip", ["possible_duplicate"], []),
    ),
    "the primary address, written in another way": (
        [device(name="x", primary_ips=("2001:db8::a",))],
        {"ip": "2001:0DB8:0::A"},
        set(),
        (BLOCKED, 100, "primary_ip", ["possible_duplicate"], []),
    ),
    "the primary address of what has the name": (
        [device(primary_ips=("10.0.0.1",))],
        {"ip": "10.0.0.1"},
        set(),
        (EXISTING, 100, "name", [], []),
    ),
}


def verdict(assessment: Assessment) -> tuple[State, int | None, str | None, list[str], list[str]]:
    return (
        assessment.state,
        assessment.existing.id if assessment.existing else None,
        assessment.matched_by.value if assessment.matched_by else None,
        [issue.code.value for issue in assessment.issues],
        [issue.code.value for issue in assessment.warnings],
    )


@pytest.mark.parametrize("case", CHAIN)
def test_the_chain(case: str) -> None:
    existing, fields, live, expected = CHAIN[case]
    assessment = judge(record(**fields), around(existing), live)[0]
    assert verdict(assessment) == expected
    assert all(issue.message and issue.hint for issue in assessment.issues)


@pytest.mark.parametrize(
    ("tenant_there", "tenant_here", "expected"),
    [
        (None, None, (EXISTING, "name")),
        (ACME, "Acme", (EXISTING, "name")),
        (ACME, "Globex", (READY, None)),
        (ACME, None, (BLOCKED, "name")),
        (None, "Acme", (BLOCKED, "name")),
    ],
)
def test_names_within_tenants(tenant_there: int | None, tenant_here: str | None, expected: tuple[State, str | None]) -> None:
    rules = {"tenants": [{"tenant": tenant_here}]} if tenant_here else {}
    assessment = judge(record(), around([device(tenant_id=tenant_there)], rules))[0]
    assert (assessment.state, assessment.matched_by) == expected


def test_names_in_both_tenants() -> None:
    existing = [device(100, tenant_id=ACME), device(101, tenant_id=GLOBEX)]
    assessment = judge(record(), around(existing, {"tenants": [{"tenant": "Globex"}]}))[0]
    assert verdict(assessment)[:3] == (EXISTING, 101, "name")


def test_same_id_on_a_second_server() -> None:
    here = device(name="x", librenms_id={"default": 1})
    assessment = judge(record(), around([here], server_key="branch"))[0]
    assert verdict(assessment) == (READY, None, None, [], [])
    both = device(name="x", librenms_id={"default": 5, "branch": 1})
    assert verdict(judge(record(), around([both], server_key="branch"))[0])[:3] == (EXISTING, 100, "librenms_id")
    # By name or serial it is the same box, seen by both servers.
    assert verdict(judge(record(), around([device(librenms_id={"default": 1})], server_key="branch"))[0])[:3] == (EXISTING, 100, "name")


VM_RULES: Json = {"import_as": [{"os": "linux", "import_as": "virtual_machine"}]}


def vm_rules(cluster: str | None) -> Json:
    return {"import_as": [{"os": "linux", "import_as": "virtual_machine", **({"cluster": cluster} if cluster else {})}]}


@pytest.mark.parametrize(
    ("there", "cluster", "location", "expected"),
    [
        ({"cluster_id": PROD}, "prod-vmware", "NYC", (EXISTING, "name")),
        ({"cluster_id": PROD, "site_id": LON}, "prod-vmware", "NYC", (EXISTING, "name")),
        ({"cluster_id": EDGE}, "prod-vmware", "NYC", (READY, None)),
        # Moved to another cluster of the site, or two: NetBox allows both.
        ({"cluster_id": EDGE, "site_id": NYC}, "prod-vmware", "NYC", (BLOCKED, "name")),
        ({"site_id": NYC}, None, "NYC", (EXISTING, "name")),
        ({"site_id": LON}, None, "NYC", (READY, None)),
        ({"cluster_id": EDGE, "site_id": NYC}, None, "NYC", (EXISTING, "name")),
        ({"site_id": NYC}, "prod-vmware", "NYC", (EXISTING, "name")),
        ({"site_id": NYC}, "prod-vmware", "nowhere", (BLOCKED, "name")),
        ({"cluster_id": PROD}, None, "NYC", (BLOCKED, "name")),
    ],
)
def test_virtual_machines_by_name(there: Json, cluster: str | None, location: str, expected: tuple[State, str | None]) -> None:
    surroundings = around([machine(500, "VM1", **there)], vm_rules(cluster))
    assessment = judge(record(1, "vm1", os="linux", location=location), surroundings)[0]
    assert (assessment.state, assessment.matched_by) == expected


def test_a_virtual_machine_where_netbox_has_a_device() -> None:
    surroundings = around([device(name="vm1", serial=S1)], VM_RULES)
    by_name = judge(record(1, "vm1", os="linux"), surroundings)[0]
    assert verdict(by_name)[:4] == (BLOCKED, 100, "name", ["device_and_vm_conflict"])
    by_serial = judge(record(1, "other", os="linux", serial=S1), surroundings)[0]
    assert verdict(by_serial)[:4] == (BLOCKED, 100, "serial", ["device_and_vm_conflict"])


# Stacks: members as candidates.
TWO = stack(unit(1, S1), unit(2, S2))


def judged_stack(
    existing: list[ExistingObject],
    chassis: Stacking | None = TWO,
    netbox_chassis: list[ExistingChassis] | None = None,
    live: set[int] | None = None,
    **fields: t.Any,
) -> Assessment:
    view = around(ExistingObjects(existing, netbox_chassis or []), chassis={1: chassis} if chassis else {})
    return judge(record(**{"serial": S1, **fields}), view, live or set())[0]


def in_chassis(object_id: int, name: str, position: int, serial: str = "", **fields: t.Any) -> ExistingObject:
    return device(object_id, name, serial=serial, virtual_chassis_id=9, vc_position=position, **fields)


NINE = [ExistingChassis(9, "sw1", "", 100)]


def test_a_new_stack_is_ready() -> None:
    assessment = judged_stack([])
    assert verdict(assessment) == (READY, None, None, [], [])
    assert [member.name for member in assessment.members] == ["sw1-M1", "sw1-M2"]


def test_the_stack_is_found_by_its_masters_name() -> None:
    assert verdict(judged_stack([device(name="SW1-m1")]))[:3] == (EXISTING, 100, "name")


def test_members_of_one_chassis_are_one_device() -> None:
    members = [in_chassis(100, "sw1", 1), in_chassis(101, "sw1-M1", 2)]
    assert verdict(judged_stack(members, netbox_chassis=NINE))[:3] == (EXISTING, 100, "name")


def test_after_a_failover_netboxs_master_stands_for_the_stack() -> None:
    members = [in_chassis(100, "sw1-M1", 1, S1), in_chassis(101, "sw1-M2", 2, S2)]
    failed_over = stack(unit(1, S1), unit(2, S2), master=2)
    assessment = judged_stack(members, failed_over, NINE, serial=S2)
    assert verdict(assessment) == (EXISTING, 100, "serial", [], [])


def test_a_line_cards_serial_does_not_hide_the_stack() -> None:
    assert verdict(judged_stack([device(name="x", serial=S1)], serial="JAE214600ZR"))[:3] == (EXISTING, 100, "serial")


def test_the_stack_is_found_by_a_member_when_the_master_has_no_serial() -> None:
    members = [in_chassis(100, "renamed-1", 1), in_chassis(101, "renamed-2", 2, S2)]
    assert verdict(judged_stack(members, netbox_chassis=NINE))[:3] == (EXISTING, 100, "serial")


def test_a_member_in_the_chassis_of_others_blocks() -> None:
    members = [in_chassis(100, "other-1", 1, S9), in_chassis(101, "other-2", 2, S2)]
    assert verdict(judged_stack(members, netbox_chassis=NINE)) == (BLOCKED, None, None, ["virtual_chassis_conflict"], [])


def test_a_single_device_with_a_members_serial_is_that_member() -> None:
    members = [in_chassis(100, "core", 1, S1), in_chassis(101, "core-2", 2, S2)]
    assert verdict(judged_stack(members, None, NINE, serial=S2, name="sw9"))[:3] == (EXISTING, 101, "serial")


def test_a_single_device_with_a_members_name_is_that_member() -> None:
    members = [in_chassis(100, "core", 1), in_chassis(101, "core-2", 2)]
    assert verdict(judged_stack(members, None, NINE, serial="", name="core-2"))[:3] == (EXISTING, 101, "name")


def test_a_member_that_stands_alone_is_adopted() -> None:
    assessment = judged_stack([device(101, "spare", serial=S2)])
    assert verdict(assessment) == (READY, None, None, [], [])
    assert [member.existing.id if member.existing else None for member in assessment.members] == [None, 101]


def test_a_member_that_librenms_knows_by_itself_blocks() -> None:
    there = device(101, "spare", serial=S2, librenms_id={"default": 7})
    assessment = judged_stack([there], live={7})
    assert verdict(assessment)[3] == ["virtual_chassis_conflict"] and assessment.members[1].conflict
    assert judged_stack([there]).state is READY


def test_a_member_serial_of_two_devices_blocks() -> None:
    assessment = judged_stack([device(101, "a", serial=S2), device(102, "b", serial=S2)])
    assert verdict(assessment)[3] == ["identity_conflict"] and assessment.members[1].conflict


def test_a_member_name_of_another_device_blocks() -> None:
    assessment = judged_stack([device(101, "SW1-m2")])
    assert verdict(assessment)[3] == ["name_taken"] and assessment.members[1].conflict
    assert judged_stack([device(101, "sw1-M2", site_id=LON)]).state is READY
    # That device is the member by its serial.
    assert judged_stack([device(101, "sw1-M2", serial=S2)]).state is READY


def test_members_that_stand_alone_are_no_conflict_for_their_stack() -> None:
    failed_over = stack(unit(1, S1), unit(2, S2), master=2)
    linked = [device(100, "sw1", serial=S1, librenms_id={"default": 1}), device(101, "sw1-2", serial=S2)]
    assessment = judged_stack(linked, failed_over, serial=S2)
    assert verdict(assessment) == (EXISTING, 100, "librenms_id", [], [])
    assert [member.existing.id if member.existing else None for member in assessment.members] == [None, 101]
    unlinked = [device(100, "sw1", serial=S1), device(101, "sw1-2", serial=S2)]
    assert verdict(judged_stack(unlinked, failed_over, serial=S2))[:4] == (EXISTING, 101, "serial", [])


def test_no_serial_warning_when_any_member_fits() -> None:
    there = [in_chassis(100, "sw1", 1, S9, librenms_id={"default": 1}), in_chassis(101, "sw1-M2", 2, S2)]
    assert verdict(judged_stack(there, netbox_chassis=NINE)) == (EXISTING, 100, "librenms_id", [], [])
    there = [in_chassis(100, "sw1", 1, S9, librenms_id={"default": 1})]
    assert verdict(judged_stack(there, netbox_chassis=NINE))[4] == ["serial_conflict"]


def test_two_linked_members_of_one_chassis_are_one_device() -> None:
    there = [in_chassis(100, "a", 1, librenms_id={"default": 1}), in_chassis(101, "b", 2, librenms_id={"default": 1})]
    assert verdict(judged_stack(there, netbox_chassis=NINE))[:3] == (EXISTING, 100, "librenms_id")


@pytest.mark.parametrize(
    ("value", "by_key", "legacy"),
    [
        (None, {}, None),
        (42, {}, 42),
        ("42", {}, 42),
        ("²", {}, None),
        (True, {}, None),
        (4.0, {}, None),
        ({}, {}, None),
        ({"a": 1, "b": "2", "c": {"id": 3}, "d": {}, "e": None, "f": False}, {"a": 1, "b": 2, "c": 3}, None),
    ],
)
def test_forms_of_the_link(value: object, by_key: dict[str, int], legacy: int | None) -> None:
    assert Links.parse(value) == Links(by_key, legacy)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {"default": 1}),
        (7, {"default": 1}),
        ({"other": 3}, {"other": 3, "default": 1}),
        ({"default": 7, "other": {"id": 3}}, {"default": 1, "other": {"id": 3}}),
        ({"default": {"id": 7, "oob": {"id": 99}}}, {"default": {"id": 1, "oob": {"id": 99}}}),
    ],
)
def test_a_new_link_keeps_what_else_is_there(value: object, expected: Json) -> None:
    before = repr(value)
    assert linked_value(value, "default", 1) == expected
    assert repr(value) == before


def test_domains_are_short_and_of_one_server() -> None:
    assert chassis_domain("default", 17) == "librenms-17"
    assert chassis_domain("prod", 17) == "prod-17"
    assert chassis_domain("librenms", 17) != chassis_domain("default", 17)
    long = [chassis_domain("a-very-long-key-of-a-server-in-town-" + end, 123456) for end in "ab"]
    assert all(len(domain) == 30 and domain.endswith("-123456") for domain in long) and long[0] != long[1]


def test_kinds_are_told_apart_by_id() -> None:
    existing = ExistingObjects([device(5, "a"), machine(5, "b")])
    assert len(existing) == 2
    found = existing.get(ObjectKind.VIRTUAL_MACHINE, 5)
    assert found is not None and found.name == "b"
