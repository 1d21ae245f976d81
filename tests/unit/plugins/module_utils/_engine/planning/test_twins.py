# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual chassis of one domain that stand in NetBox more than once: the empty ones are told and removed, never anything else."""

from __future__ import annotations

import dataclasses

import pytest
from unit.support.netbox_model import NetBoxModel, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan

S1, S2 = "FOC11110001", "FOC22220002"
DOMAIN = "librenms-1"


def plan(netbox: NetBoxModel, existing: str = "skip", *, virtual_chassis: bool = True, stacked: bool = True) -> Plan:
    options = dataclasses.replace(ImportOptions(), existing=OnExisting(existing), virtual_chassis=virtual_chassis)
    chassis = {1: stack(unit(1, S1), unit(2, S2))} if stacked else {}
    return netbox.plan(record(serial=S1), options, chassis=chassis)


def imported() -> NetBoxModel:
    netbox = NetBoxModel()
    netbox.apply(plan(netbox))
    assert len(netbox.chassis) == 1
    return netbox


def removed(made: Plan) -> list[object]:
    return [write.object_id for write in made.writes() if write.removes]


def told(made: Plan) -> list[str]:
    return [issue.message for issue in made.devices[0].warnings if issue.code is IssueCode.VIRTUAL_CHASSIS_CONFLICT]


@pytest.mark.parametrize("existing", list(OnExisting))
@pytest.mark.parametrize("stacked", [True, False], ids=["inventory read", "inventory not read"])
def test_empty_twins_of_a_finished_stack_are_told_and_removed(existing: str, stacked: bool) -> None:
    netbox = imported()
    kept = next(iter(netbox.chassis))
    twins = [netbox.add_chassis("sw1", DOMAIN) for _number in range(2)]
    made = plan(netbox, existing, stacked=stacked)
    assert removed(made) == twins
    assert all("without members" in text and "It is removed." in text for text in told(made)) and len(told(made)) == 2
    assert made.devices[0].action in (Action.NONE, Action.SKIP)
    netbox.apply(made)
    assert list(netbox.chassis) == [kept] and netbox.problems() == []
    assert list(plan(netbox, existing).writes()) == [] and told(plan(netbox, existing)) == []


def test_of_twins_without_members_one_is_used() -> None:
    """Both are what an import left that was broken off."""
    netbox = NetBoxModel()
    first, second = (netbox.add_chassis("sw1", DOMAIN) for _number in range(2))
    made = plan(netbox)
    assert removed(made) == [second]
    netbox.apply(made)
    assert list(netbox.chassis) == [first] and netbox.chassis[first]["master"] is not None
    assert list(plan(netbox).writes()) == []


def test_the_twin_with_members_is_kept() -> None:
    netbox = imported()
    kept = next(iter(netbox.chassis))
    # Lower numbers do not count against members.
    netbox.chassis = {0: {"name": "sw1", "domain": DOMAIN, "master": None}, **netbox.chassis}
    assert removed(plan(netbox)) == [0]
    netbox.chassis[kept]["master"] = None
    assert removed(plan(netbox)) == [0]


@pytest.mark.parametrize("domain", ["", "librenms-2", "librenms-11", "mine"])
def test_what_is_not_of_this_devices_domain_is_left(domain: str) -> None:
    netbox = imported()
    netbox.add_chassis("sw1", domain)
    assert list(plan(netbox).writes()) == [] and told(plan(netbox)) == []


def test_one_with_a_member_or_master_is_left() -> None:
    netbox = imported()
    other = netbox.add(ObjectKind.DEVICE, name="other", virtual_chassis=netbox.add_chassis("sw1", DOMAIN), vc_position=1)
    netbox.chassis[netbox.add_chassis("sw1", DOMAIN)]["master"] = other
    assert removed(plan(netbox)) == []


def test_the_only_one_is_left_where_the_device_is_none() -> None:
    """Nothing says that it is in the way."""
    netbox = NetBoxModel()
    netbox.add_chassis("sw1", DOMAIN)
    assert removed(plan(netbox, stacked=False)) == []


def test_without_virtual_chassis_nothing_is_looked_at() -> None:
    netbox = imported()
    netbox.add_chassis("sw1", DOMAIN)
    assert list(plan(netbox, virtual_chassis=False).writes()) == []
