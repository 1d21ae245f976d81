# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which MAC addresses of interfaces are read, and how addresses are looked up."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import Owner
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.primary import Home
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import ports

Json = dict[str, t.Any]
OWNER = Owner(ObjectKind.DEVICE, 5)
NEW, OLD = "AA:00:00:00:00:01", "AA:00:00:00:00:02"


class NetBox:
    """A NetBox whose device 5 has two interfaces, the first of which has a primary MAC address beside another one."""

    def __init__(self, addresses: int = 0) -> None:
        self.reads: list[str] = []
        self._addresses = addresses

    def read_by(self, path: str, _operation: str, name: str, values: t.Sequence[t.Any], **_filters: t.Any) -> list[Json]:
        self.reads.append(f"{path} {name} {len(list(values))}")
        if path == Target.INTERFACE:
            own = {"device": {"id": 5}}
            return [{"id": 1, "name": "eth0", "mac_address": OLD, **own}, {"id": 2, "name": "eth1", "mac_address": None, **own}]
        if path == Target.MAC_ADDRESS:
            model = {"assigned_object_type": "dcim.interface"}
            rows = [(10, OLD, 1), (11, NEW, 1), (12, NEW, 2)]
            return [{"id": number, "mac_address": mac, "assigned_object_id": of, **model} for number, mac, of in rows if of in values]
        return []

    def read(self, path: str, _operation: str, **_filters: t.Any) -> list[Json]:
        self.reads.append(f"{path} all")
        return []

    def count(self, path: str, _operation: str) -> int:
        self.reads.append(f"{path} count")
        return self._addresses


@pytest.mark.parametrize(("all_macs", "of_first"), [(False, {}), (True, {OLD: 10, NEW: 11})])
def test_assigned_mac_addresses(all_macs: bool, of_first: dict[str, int]) -> None:
    """What is assigned already and may become the primary one must not be created again: two imports would seem to have made it."""
    home = t.cast("Home", types.SimpleNamespace(owner=OWNER))
    found = ports._all_interfaces(t.cast("t.Any", NetBox()), [home], whole=True, all_macs=all_macs)[OWNER]
    assert [dict(interface.macs) for interface in found] == [of_first, {NEW: 12}]


@pytest.mark.parametrize(
    ("hosts", "addresses", "reads"),
    [
        (100, 0, ["ipam/ip-addresses address 100"]),
        (1000, 0, ["ipam/ip-addresses count", "ipam/ip-addresses all", "ipam/ip-addresses id 0"]),
        (1000, 2000, ["ipam/ip-addresses count", "ipam/ip-addresses all", "ipam/ip-addresses id 0"]),
        (1000, 20_000, ["ipam/ip-addresses count", "ipam/ip-addresses address 1000"]),
    ],
)
def test_addresses_are_looked_up_in_the_way_that_takes_fewer_requests(hosts: int, addresses: int, reads: list[str]) -> None:
    netbox = NetBox(addresses)
    wanted = [f"10.0.{number // 250}.{number % 250 + 1}" for number in range(hosts)]
    assert ports.read_addresses(t.cast("t.Any", netbox), wanted) == {}
    assert netbox.reads == reads
