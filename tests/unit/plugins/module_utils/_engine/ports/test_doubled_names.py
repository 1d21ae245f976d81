# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of one device whose names are one and the same, or two spellings of it: none of them becomes an interface."""

from __future__ import annotations

import collections
import typing as t

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, PlannedDevice
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.names import canonical
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.options import PortOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.primary import PrimaryWish, VrfNames, wish
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.types import interface_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.wanted import PortsWish, wanted_ports
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import AddressRecord, DevicePorts, DeviceRecord, PortRecord

HOST = "10.0.0.1"
IGNORING = PortOptions(rules=interface_rules([{"if_type": "other", "ignore": True}]))
PAIRS = [("eth0", "eth0"), ("Gi0/1", "GigabitEthernet0/1"), ("Po1", "port-channel1")]


def device() -> PlannedDevice:
    existing = ExistingObject(ObjectKind.DEVICE, 5, "sw1")
    assessment = Assessment(DeviceRecord(7, "sw1", ip=HOST), "sw1", State.EXISTING, Match(ObjectKind.DEVICE), existing=existing)
    return PlannedDevice(assessment, Action.NONE)


def known(*names: str) -> DevicePorts:
    """Ports of these names. The first is an Ethernet port with the polled address, the others are of another type."""
    ports = [PortRecord(n, 7, n, name, name, type="other" if n > 1 else "ethernetCsmacd") for n, name in enumerate(names, 1)]
    return DevicePorts(tuple(ports), (AddressRecord(1, HOST, 24),))


def primary(ports: DevicePorts, options: PortOptions) -> PrimaryWish | Issue | None:
    return wish(device(), ports, options, VrfNames(), ExistingObjects())


def every(ports: DevicePorts, options: PortOptions) -> PortsWish:
    return wanted_ports(device(), ports, (), options, VrfNames(), ExistingObjects())


@pytest.mark.parametrize("names", PAIRS)
def test_none_of_two_becomes_an_interface(names: tuple[str, str]) -> None:
    found = primary(known(*names), PortOptions())
    assert isinstance(found, Issue) and found.code is IssueCode.PRIMARY_IP_UNKNOWN and "several ports" in found.message
    left_out = tuple(f"{name} is the name of several ports" for name in names)
    assert every(known(*names), PortOptions()) == PortsWish(left_out=left_out, left_out_ids=frozenset({1, 2}))


@pytest.mark.parametrize("names", PAIRS)
def test_a_rule_that_ignores_one_leaves_the_other(names: tuple[str, str]) -> None:
    found = primary(known(*names), IGNORING)
    assert isinstance(found, PrimaryWish) and found.name == names[0]
    wanted = every(known(*names), IGNORING)
    assert [item.name for item in wanted.interfaces] == [names[0]] and wanted.left_out == ()


def test_a_port_that_a_rule_ignores_gives_no_address() -> None:
    rules: list[dict[str, t.Any]] = [{"name_regex": "^eth0$", "ignore": True}]
    assert primary(known("eth0", "eth0"), PortOptions(rules=interface_rules(rules))) is None


@given(st.lists(st.sampled_from(["Gi1", "gi1", "GigabitEthernet1", "Te1", "te 1", "eth1", "Eth1", "Po1", "Port-channel1", "Vlan1"])))
def test_two_interfaces_never_meet(names: list[str]) -> None:
    count = collections.Counter(map(canonical, names))
    found = every(known(*names), PortOptions())
    assert sorted(item.name for item in found.interfaces) == sorted(name for name in names if count[canonical(name)] == 1)
    assert len(found.interfaces) + len(found.left_out) == len(names)
