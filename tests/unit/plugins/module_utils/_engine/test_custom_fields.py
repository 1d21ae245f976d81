# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom fields of new objects: defaults, fixed values, and what NetBox requires."""

from __future__ import annotations

import random
import typing as t

import pytest
from unit.support.netbox_model import NetBoxModel, device, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.custom_fields import CustomField, InitialValues, check_custom_fields
from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingChassis, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.initial_values import with_initial_values
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, FieldState
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

DEVICES = frozenset({"dcim.device"})
LIFECYCLE = CustomField("lifecycle", "text", DEVICES, required=True, default="in-service")
OWNER = CustomField("owner", "text", DEVICES, required=True)


def test_defaults_and_fixed_values() -> None:
    values = InitialValues((LIFECYCLE, OWNER, CustomField("other", "text", frozenset({"dcim.site"}), default="x")), {"owner": "noc"})
    assert values.of("dcim.device") == {"lifecycle": "in-service", "owner": "noc"}
    assert values.of("dcim.virtualchassis") == {}
    assert values.lacking("dcim.device") == ()
    assert InitialValues((LIFECYCLE, OWNER)).lacking("dcim.device") == ("owner",)


def test_every_new_object_gets_them() -> None:
    chassis = {1: stack(unit(1, "FOC22220001"), unit(2, "FOC22220002"), master=1)}
    plan = NetBoxModel().plan([record(1, "sw1", serial="FOC22220001")], ImportOptions(), chassis=chassis)
    planned = with_initial_values(plan.devices[0], InitialValues((LIFECYCLE,)), {})
    created = {write.key: write.value("custom_fields.lifecycle") for write in planned.writes() if write.creates}
    assert created == {"virtual_chassis:1": None, "device:1": "in-service", "member:1:2": "in-service"}


def test_a_required_field_without_value_blocks() -> None:
    plan = NetBoxModel().plan([record(1, "sw1")], ImportOptions())
    planned = with_initial_values(plan.devices[0], InitialValues((OWNER,)), {})
    assert planned.action is Action.BLOCKED
    assert [issue.code for issue in planned.issues] == [IssueCode.CUSTOM_FIELD_REQUIRED]
    assert next(planned.writes(), None) is None


def test_a_required_field_that_an_object_lacks() -> None:
    """NetBox refuses any change of it: it is filled where a value is known, and blocks else; what has one keeps it."""
    netbox = NetBoxModel()
    empty, filled = netbox.add(name="sw1", serial="FOC22220001"), netbox.add(name="sw2", serial="FOC22220002")
    fields = {
        (ObjectKind.DEVICE, empty): {"custom_fields.owner": FieldState(None, None)},
        (ObjectKind.DEVICE, filled): {"custom_fields.owner": FieldState("dev", "dev")},
    }
    devices = netbox.plan(
        [record(1, "sw1", serial="FOC22220001"), record(2, "sw2", serial="FOC22220002")], ImportOptions(existing=OnExisting.LINK)
    ).devices
    lacking = [with_initial_values(planned, InitialValues((OWNER,)), fields) for planned in devices]
    assert [planned.action for planned in lacking] == [Action.BLOCKED, Action.LINK]
    assert [issue.code for issue in lacking[0].issues] == [IssueCode.CUSTOM_FIELD_REQUIRED]
    given = [with_initial_values(planned, InitialValues((OWNER,), {"owner": "noc"}), fields) for planned in devices]
    assert [planned.own.value("custom_fields.owner") for planned in given if planned.own] == ["noc", None]
    assert [with_initial_values(planned, InitialValues((OWNER,), {"owner": "noc"}), fields) for planned in given] == given
    # What is not changed is not filled either.
    alone = netbox.plan([record(1, "sw1", serial="FOC22220001")], ImportOptions()).devices[0]
    assert with_initial_values(alone, InitialValues((OWNER,)), fields) == alone


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ({"type": "text", "regex": "^[a-z]+$"}, "abc", "ABC"),
        ({"type": "text"}, "abc", 5),
        ({"type": "integer", "minimum": 1, "maximum": 5}, 5, 6),
        ({"type": "integer"}, 5, True),
        ({"type": "decimal"}, 5.5, "5.5"),
        ({"type": "boolean"}, False, "no"),
        ({"type": "date"}, "2026-01-31", "31.1.2026"),
        ({"type": "datetime"}, "2026-01-31T08:00:00", "soon"),
        ({"type": "select", "choices": frozenset({"a", "b"})}, "a", "c"),
        ({"type": "multiselect", "choices": frozenset({"a", "b"})}, ["a", "b"], ["c"]),
        ({"type": "object"}, 5, "five"),
        ({"type": "multiobject"}, [5], 5),
    ],
)
def test_values_are_checked(field: dict[str, t.Any], good: t.Any, bad: t.Any) -> None:
    fields = [CustomField("x", models=DEVICES, **field)]
    check_custom_fields({"x": good}, fields, DEVICES)
    with pytest.raises(OptionError, match=r"custom_fields\.x: "):
        check_custom_fields({"x": bad}, fields, DEVICES)


@pytest.mark.parametrize("name", ["librenms_id", "nope", "of_sites"])
def test_names_are_checked(name: str) -> None:
    fields = [CustomField("librenms_id", "json", DEVICES), CustomField("of_sites", "text", frozenset({"dcim.site"}))]
    with pytest.raises(OptionError, match=name):
        check_custom_fields({name: "x"}, fields, DEVICES)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_makes_no_difference(seed: int) -> None:
    rows = [device(number, f"sw{number % 2}", serial=f"FOC2222000{number % 3}", virtual_chassis_id=1) for number in range(100, 112)]
    chassis = [ExistingChassis(number, "stack", "librenms-1") for number in (1, 2, 3)]
    wanted = ExistingObjects(rows, chassis)
    shuffled = random.Random(seed)
    some, others = shuffled.sample(rows, len(rows)), shuffled.sample(chassis, len(chassis))
    for existing in (ExistingObjects(some, others), ExistingObjects(some[5:], others[1:]).merged(ExistingObjects(some[:5], others[:1]))):
        for number in range(3):
            assert existing.named(f"sw{number}") == wanted.named(f"sw{number}")
            assert existing.with_serial(f"FOC2222000{number}") == wanted.with_serial(f"FOC2222000{number}")
        assert existing.members(1) == wanted.members(1)
        assert existing.chassis_with_domain("librenms-1") == wanted.chassis_with_domain("librenms-1")
