# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready, blocked or existing; what several devices of one selection have to do with each other; stacks."""

from __future__ import annotations

import typing as t

import pytest
from unit.support.netbox_model import C9200, C9300, NYC, around, device, judge, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import (
    Assessment,
    State,
    doubtful_links,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingChassis, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Stacking, StackStatus

S1, S2, S3 = "FOC11110001", "FOC22220002", "FOC33330003"
READY, BLOCKED, EXISTING = State.READY, State.BLOCKED, State.EXISTING
Json = dict[str, t.Any]


def codes(assessment: Assessment) -> list[str]:
    return [issue.code.value for issue in assessment.issues]


def warned(assessment: Assessment) -> list[str]:
    return [issue.code.value for issue in assessment.warnings]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # One box by its loopback and its management address.
        (record(1, serial=S1, hostname="10.0.0.1"), record(2, serial=S1, hostname="10.9.0.1"), (BLOCKED, BLOCKED)),
        (record(1, hostname="10.0.0.1"), record(2, hostname="10.9.0.1"), (BLOCKED, BLOCKED)),
        (record(1, "a", serial=S1), record(2, "b", serial=S1.lower()), (BLOCKED, BLOCKED)),
        (record(1, "Sw1"), record(2, "sw1"), (BLOCKED, BLOCKED)),
        (record(1, "a"), record(2, "b"), (READY, READY)),
        (record(1), record(2, location="London"), (READY, READY)),
        # Many share what is no serial.
        (record(1, "a", serial="0000000000"), record(2, "b", serial="0000000000"), (READY, READY)),
    ],
)
def test_duplicates_in_the_selection(first: DeviceRecord, second: DeviceRecord, expected: tuple[State, State]) -> None:
    found = judge([first, second], around())
    assert tuple(item.state for item in found) == expected
    for assessment, other in zip(found, reversed(found), strict=True):
        assert codes(assessment) == (["duplicate_in_selection"] if assessment.state is BLOCKED else [])
        assert all(f"(device_id {other.device.device_id})" in issue.message for issue in assessment.issues)


@pytest.mark.parametrize(
    "there", [device(librenms_id={"default": 2}), device(librenms_id={"default": 2}, serial=S1), device(librenms_id=2)]
)
def test_the_linked_one_of_duplicates_stays(there: t.Any) -> None:
    found = judge([record(1, serial=S1), record(2, serial=S1), record(3, serial=S1)], around([there]))
    assert [item.state for item in found] == [BLOCKED, EXISTING, BLOCKED]
    assert "duplicate_in_selection" in codes(found[0])


def test_two_that_claim_one_object_are_blocked() -> None:
    by_name, by_serial = record(1), record(2, "other", serial=S1)
    found = judge([by_name, by_serial], around([device(serial=S1)]))
    assert [codes(item) for item in found] == [["duplicate_in_selection"]] * 2
    assert "the same object of NetBox" in found[0].issues[0].message
    assert found[0].existing is found[1].existing is not None


@pytest.mark.parametrize(
    ("existing", "records"),
    [
        # Its name stands in another tenant, at a device that is the other one by its serial.
        ([device(100, "sw2", serial=S1, tenant_id=51)], [record(1, "sw1", serial=S1), record(2, "sw2")]),
        # What has the name of the one has the serial of the other, so that nothing has its name but by mistake.
        (
            [device(100, "a", serial=S1), device(101, "b", serial=S2)],
            [record(1, "c", serial=S2), record(2, "b", serial=S1)],
        ),
        # The same in a row of three.
        (
            [device(100, "a", serial=S1), device(101, "b", serial=S2), device(102, "c", serial=S3)],
            [record(1, "c", serial=S2), record(2, "b", serial=S1), record(3, "d", serial=S3)],
        ),
    ],
)
def test_an_object_that_another_of_the_selection_is_beyond_doubt_is_no_suspect(existing: list[t.Any], records: list[DeviceRecord]) -> None:
    for given in (records, records[::-1]):
        assert [codes(item) for item in judge(given, around(existing))] == [[]] * len(records)


def test_an_object_that_two_others_claim_stays_a_suspect() -> None:
    existing = [device(100, "sw2", serial=S1, tenant_id=51)]
    found = judge([record(1, "sw1", serial=S1), record(2, "sw2"), record(3, "sw3", serial=S1)], around(existing))
    assert [codes(item) for item in found] == [["duplicate_in_selection"], ["possible_duplicate"], ["duplicate_in_selection"]]


def test_a_doubt_claims_nothing() -> None:
    surroundings = around([device(primary_ips=("10.0.0.9",))])
    by_name, doubtful = judge([record(1), record(2, "other", ip="10.0.0.9")], surroundings)
    assert (by_name.state, doubtful.state) == (EXISTING, BLOCKED)
    assert codes(doubtful) == ["possible_duplicate"]


def test_an_added_again_device_and_its_old_entry() -> None:
    # Both are in LibreNMS: the old one keeps the link, the new one has to go.
    old, new = judge([record(7, serial=S1), record(8, serial=S1)], around([device(serial=S1, librenms_id={"default": 7})]))
    assert (old.state, new.state) == (EXISTING, BLOCKED)
    assert set(codes(new)) == {"serial_conflict", "duplicate_in_selection"}


def test_a_device_and_a_virtual_machine_of_one_name() -> None:
    rules = {"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "prod-vmware"}]}
    found = judge([record(1), record(2, os="linux")], around(rules=rules))
    assert [codes(item) for item in found] == [["duplicate_in_selection"]] * 2
    found = judge([record(1), record(2, os="linux", location="London")], around(rules=rules))
    assert [item.state for item in found] == [READY, READY]


def test_virtual_machines_of_one_name_in_two_clusters() -> None:
    rules = {
        "import_as": [
            {"os": "a", "import_as": "virtual_machine", "cluster": "prod-vmware"},
            {"os": "b", "import_as": "virtual_machine", "cluster": "edge-kvm"},
        ]
    }
    found = judge([record(1, os="a"), record(2, os="b")], around(rules=rules))
    assert [item.state for item in found] == [READY, READY]
    found = judge([record(1, os="a"), record(2, os="a")], around(rules=rules))
    assert [item.state for item in found] == [BLOCKED, BLOCKED]


def test_a_member_that_is_selected_by_itself() -> None:
    chassis = {1: stack(unit(1, S1), unit(2, S2))}
    found = judge([record(1, serial=S1), record(2, "alone", serial=S2)], around(chassis=chassis))
    assert [codes(item) for item in found] == [["duplicate_in_selection"]] * 2
    found = judge([record(1, serial=S1), record(2, "sw1-M2")], around(chassis=chassis))
    assert [codes(item) for item in found] == [["duplicate_in_selection"]] * 2


def test_what_an_existing_device_lacks_is_a_warning() -> None:
    known = judge(record(hardware="?", location="NYC"), around([device()], {"roles": []}))[0]
    assert known.state is EXISTING and codes(known) == []
    assert warned(known) == ["device_type_not_found", "role_not_set"]
    unknown = judge(record(hardware="?"), around([], {"roles": []}))[0]
    assert unknown.state is BLOCKED and codes(unknown) == ["device_type_not_found", "role_not_set"]


def test_a_doubt_and_shortcomings_all_block() -> None:
    assessment = judge(record(hardware="?", ip="10.0.0.1"), around([device(name="x", primary_ips=("10.0.0.1",))]))[0]
    assert codes(assessment) == ["possible_duplicate", "device_type_not_found"]
    assert assessment.existing is not None and assessment.existing.id == 100 and assessment.matched_by == "primary_ip"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sysname": "n/a", "hostname": "---"}, "name_missing"),
        ({"sysname": "x" * 65}, "name_too_long"),
    ],
)
def test_names_that_netbox_cannot_hold(fields: Json, code: str) -> None:
    assessment = judge(record(**fields), around())[0]
    assert codes(assessment) == [code]
    assert judge(record(**fields), around([device(librenms_id={"default": 1})]))[0].state is EXISTING


def test_long_names_of_members() -> None:
    name = "x" * 62
    chassis = {1: stack(unit(1, S1), unit(12, S2))}
    assert codes(judge(record(1, name), around(chassis={}))[0]) == []
    assert codes(judge(record(1, name), around(chassis=chassis))[0]) == ["name_too_long"]
    plain = MemberNaming(rename_master=False)
    assert codes(judge(record(1, name), around(chassis=chassis, member_naming=plain))[0]) == ["name_too_long"]
    assert codes(judge(record(1, name[:60]), around(chassis=chassis))[0]) == []


@pytest.mark.parametrize(
    ("serial", "written", "warnings"),
    [
        (f" {S1} ", S1, []),
        ("", "", []),
        ("N/A", "", ["serial_ignored"]),
        ("x1" * 26, "", ["serial_too_long"]),
        ("x1" * 25, "x1" * 25, []),
    ],
)
def test_serials_that_are_written(serial: str, written: str, warnings: list[str]) -> None:
    assessment = judge(record(serial=serial), around())[0]
    assert (assessment.serial, warned(assessment)) == (written, warnings)
    assert assessment.state is READY


def test_a_stacks_serial_is_its_masters() -> None:
    chassis = {1: stack(unit(1, S1), unit(2, S2), master=2)}
    assert judge(record(serial="JAE214600ZR"), around(chassis=chassis))[0].serial == S2
    unknown = {1: stack(unit(1, ""), unit(2, S2))}
    assert judge(record(serial=S3), around(chassis=unknown))[0].serial == S3


def test_a_stacks_type_is_its_masters() -> None:
    chassis = {1: stack(unit(1, S1, "C9200L-24T"), unit(2, S2))}
    assessment = judge(record(hardware="c92xxL Stack"), around(chassis=chassis))[0]
    assert assessment.state is READY
    assert assessment.match.device_type is not None and assessment.match.device_type.id == C9200
    assert [member.device_type.id for member in assessment.members if member.device_type] == [C9200, C9300]


def test_a_member_without_model_gets_the_masters_type() -> None:
    assessment = judge(record(), around(chassis={1: stack(unit(1, S1, ""), unit(2, S2, "-"))}))[0]
    assert assessment.state is READY and warned(assessment) == ["member_type_assumed"]
    assert [(member.device_type.id, member.device_type.by) for member in assessment.members if member.device_type] == [
        (C9300, "part_number"),
        (C9300, "member"),
    ]


def test_a_member_of_an_unknown_type_blocks() -> None:
    assessment = judge(record(), around(chassis={1: stack(unit(1, S1), unit(2, S2, "NEW-1"))}))[0]
    assert codes(assessment) == ["device_type_not_found"]
    assert assessment.issues[0].field == "virtual_chassis.members[2].device_type"
    assert assessment.issues[0].message.startswith("Member 2: ")


def test_member_rules_see_the_members_hardware() -> None:
    rules = {"device_types": [{"hardware": "NEW-1", "device_type": "C9200L-24T"}]}
    assessment = judge(record(), around(rules=rules, chassis={1: stack(unit(1, S1), unit(2, S2, "NEW-1"))}))[0]
    assert assessment.state is READY
    assert assessment.members[1].device_type is not None and assessment.members[1].device_type.id == C9200


def test_members_without_serials_and_a_pattern_of_serials() -> None:
    naming = MemberNaming.from_options("-{serial}", True)
    chassis = {1: stack(unit(1), unit(2))}
    assessment = judge(record(), around(chassis=chassis, member_naming=naming))[0]
    assert "virtual_chassis_conflict" in codes(assessment)


@pytest.mark.parametrize(
    ("chassis", "state", "issues", "warnings"),
    [
        (Stacking(StackStatus.SINGLE), READY, [], []),
        (Stacking(StackStatus.UNKNOWN, reason="no rows"), READY, [], ["virtual_chassis_unknown"]),
        (Stacking(StackStatus.UNKNOWN, reason="HTTP 500", read_failed=True), BLOCKED, ["virtual_chassis_unknown"], []),
    ],
)
def test_no_stack(chassis: Stacking, state: State, issues: list[str], warnings: list[str]) -> None:
    assessment = judge(record(), around(chassis={1: chassis}))[0]
    assert (assessment.state, codes(assessment), warned(assessment)) == (state, issues, warnings)
    known = judge(record(), around([device()], chassis={1: chassis}))[0]
    assert (known.state, warned(known)) == (EXISTING, issues + warnings)


def test_a_virtual_machine_is_no_stack() -> None:
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "prod-vmware"}]}
    assessment = judge(record(serial=S1), around(rules=rules, chassis={1: stack(unit(1, S1), unit(2, S2))}))[0]
    assert assessment.members == () and assessment.virtual_chassis is None and assessment.state is READY
    (draft,) = around(rules=rules, chassis={1: stack(unit(1, S1), unit(2, S2))}).drafts([record()])
    identity = draft.identity
    assert not identity.stack and identity.member_serials == ()


def test_what_a_stack_is_looked_for_by() -> None:
    (draft,) = around(chassis={1: stack(unit(1, S1), unit(2, S2))}).drafts([record(ip="10.0.0.1", serial=S1)])
    identity = draft.identity
    assert identity.names == ("sw1", "sw1-M1") and identity.member_names == ("sw1-M1", "sw1-M2")
    assert identity.serials == (S1,) and identity.member_serials == (S1, S2)
    assert identity.addresses == ("10.0.0.1",) and identity.site_id == NYC and identity.stack


def test_links_in_doubt() -> None:
    existing = [
        device(100, "x", serial=S1, librenms_id={"default": 7}),
        device(101, librenms_id={"default": 8, "other": 80}),
        device(102, "y", serial=S2, librenms_id=9),
        device(103, tenant_id=51, librenms_id={"default": 10}),
        device(104, "unrelated", librenms_id={"default": 11}),
        device(105, "z", librenms_id={"default": 1}),
    ]
    chassis = {1: stack(unit(1, S1), unit(2, S2))}
    view = around(existing, chassis=chassis)
    assert doubtful_links(view.drafts([record(serial=S1)]), view.existing) == {7, 8, 9, 10}


def test_members_inside_the_own_chassis_are_no_conflict() -> None:
    members = [
        device(100, "sw1-M1", serial=S1, virtual_chassis_id=9, vc_position=1, librenms_id={"default": 1}),
        device(101, "sw1-M2", serial=S2, virtual_chassis_id=9, vc_position=2, librenms_id={"default": 7}),
    ]
    existing = ExistingObjects(members, [ExistingChassis(9, "sw1", "", 100)])
    assessment = judge(record(serial=S1), around(existing, chassis={1: stack(unit(1, S1), unit(2, S2))}), {7})[0]
    assert (assessment.state, warned(assessment)) == (EXISTING, [])


def test_a_serial_of_two_linked_devices_is_written_to_neither() -> None:
    existing = [device(100, "a", librenms_id={"default": 1}), device(101, "b", librenms_id={"default": 2})]
    found = judge([record(1, "a", serial=S1), record(2, "b", serial=S1)], around(existing))
    assert [(item.state, item.serial, warned(item)) for item in found] == [(EXISTING, "", ["serial_conflict"])] * 2


def test_a_member_that_may_be_another_linked_device_is_not_created() -> None:
    existing = [device(100, "sw1", serial=S1, librenms_id={"default": 1}), device(101, "b", librenms_id={"default": 2})]
    chassis = {1: stack(unit(1, S1), unit(2, S2))}
    first, second = judge([record(1, serial=S1), record(2, "b", serial=S2)], around(existing, chassis=chassis))
    assert (first.state, warned(first)) == (EXISTING, ["serial_conflict"])
    assert [member.conflict for member in first.members] == [False, True]
    assert second.serial == ""


def test_members_of_one_serial() -> None:
    assessment = judge(record(serial=S1), around(chassis={1: stack(unit(1, S1), unit(2, S2), unit(3, S2), unit(4, S1), master=4)}))[0]
    assert [member.serial for member in assessment.members] == ["", S2, "", S1]
    assert warned(assessment) == ["serial_ignored"] * 2


def test_a_serial_that_is_another_members_is_not_the_masters() -> None:
    assessment = judge(record(serial=S2), around(chassis={1: stack(unit(1), unit(2, S2))}))[0]
    assert (assessment.serial, assessment.state) == ("", READY)
