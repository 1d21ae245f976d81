# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object of NetBox a port of a stack belongs to."""

from __future__ import annotations

import typing as t

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import (
    Action,
    PlannedDevice,
    PlannedMember,
    PlannedStack,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.primary import home_of
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Member

CHASSIS = 9


def in_netbox(position: int, link: object = None) -> ExistingObject:
    """The member at a position; its id is a hundred more."""
    return ExistingObject(
        ObjectKind.DEVICE, 100 + position, f"sw-{position}", librenms_id=link, virtual_chassis_id=CHASSIS, vc_position=position
    )


def planned(own: ExistingObject, stack: PlannedStack | None = None) -> PlannedDevice:
    record = DeviceRecord(7, "sw", os="ios")
    return PlannedDevice(Assessment(record, "sw", State.EXISTING, Match(ObjectKind.DEVICE), existing=own), Action.NONE, stack=stack)


def home(device: PlannedDevice, name: str, existing: t.Iterable[ExistingObject] = ()) -> object:
    found = home_of(device, name, ExistingObjects(existing))
    return found.id if found else None


POSITIONS = st.sets(st.integers(min_value=1, max_value=9), min_size=1)
NUMBERED = ("Gi{}/0/1", "GigabitEthernet{}/0/1", "Te{}/1/4", "Gi{}/0/1.100", "{}/1/1")
SHARED = ("Port-channel1", "Po1", "Vlan2", "Loopback0", "Gi0/1", "mgmt0", "Tunnel1")


@given(POSITIONS, st.data())
def test_a_port_goes_to_the_member_in_its_name(positions: set[int], data: st.DataObject) -> None:
    """Of a stack that LibreNMS knows: to no other one, to none where that member is missing, and without a number to the own one."""
    first = min(positions)
    members = tuple(
        PlannedMember(Member(position, "", "", ""), f"sw-{position}", Action.NONE, in_netbox(position)) for position in positions - {first}
    )
    device = planned(in_netbox(first), PlannedStack(Member(first, "", "", ""), chassis_id=CHASSIS, members=members))
    number = data.draw(st.integers(min_value=1, max_value=10))
    name = data.draw(st.sampled_from(NUMBERED)).format(number)
    assert home(device, name) == (100 + number if number in positions else None)
    assert home(device, data.draw(st.sampled_from(SHARED))) == 100 + first


@pytest.mark.parametrize(("name", "expected"), [("Gi2/0/1", 102), ("Gi1/0/1", 101), ("Vlan2", 101), ("Gi0/0/0", 101), ("Gi5/0/1", None)])
def test_a_virtual_chassis_of_which_librenms_was_not_asked(name: str, expected: int | None) -> None:
    device = planned(in_netbox(1, {"default": 7}))
    assert home(device, name, [in_netbox(1, {"default": 7}), in_netbox(2)]) == expected


@pytest.mark.parametrize("link", [{"default": 8}, {"other": 8}, 8, "8", {"default": {"id": 8}}])
def test_members_that_are_devices_of_their_own_keep_their_ports(link: object) -> None:
    """Two switches that a person has put into one virtual chassis, and each of which LibreNMS polls, both call a port Gi1/0/1."""
    device = planned(in_netbox(2, {"default": 7}))
    members = [in_netbox(1, link), in_netbox(2, {"default": 7})]
    assert home(device, "Gi1/0/1", members) == 102
    assert home(device, "Gi2/0/1", members) == 102
