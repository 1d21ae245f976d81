# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What somebody else has put where a saved plan wants to create interfaces and addresses."""

from __future__ import annotations

import collections
import collections.abc as c
import ipaddress

from .._engine.kinds import ObjectKind, Target
from .._engine.planning.plan import PlannedDevice, Write
from .client import NetBoxClient
from .ports import made_interfaces, read_addresses
from .versions import Key

_OWNERS = {Target.INTERFACE: (ObjectKind.DEVICE, "device"), Target.VM_INTERFACE: (ObjectKind.VIRTUAL_MACHINE, "virtual_machine")}


def taken_ports(client: NetBoxClient, devices: c.Iterable[PlannedDevice], there: c.Container[Key]) -> dict[int, list[tuple[Key, str]]]:
    """The objects that stand in the way of the devices, with a sentence for each, by LibreNMS device id. Raises ApiError.

    :param there: the objects that NetBox has; it refuses to list the interfaces of others
    """
    found: dict[int, list[tuple[Key, str]]] = collections.defaultdict(list)
    creations = [(device, write) for device in devices for write in device.writes() if write.creates]
    hosts = {id(write): _host(write) for _device, write in creations if write.target is Target.IP_ADDRESS}
    addresses = read_addresses(client, sorted(set(hosts.values())))
    for device, write in creations:
        for item in addresses.get(hosts.get(id(write), ""), ()):
            if item.vrf_id == write.value("vrf"):
                found[device.device_id].append(
                    ((Target.IP_ADDRESS, item.id), f"The address {item.address} is there by now: {item.holder}.")
                )
    for target, (kind, owner) in _OWNERS.items():
        wanted = [(device, write, write.value(owner)) for device, write in creations if write.target is target]
        places = [(owner_id, str(write.value("name"))) for _device, write, owner_id in wanted if (kind.target.value, owner_id) in there]
        known = made_interfaces(client, places, kind)
        for device, write, owner_id in wanted:
            if (place := (owner_id, str(write.value("name")))) in known:
                key = (target.value, known[place])
                found[device.device_id].append((key, f"The interface {write.name!r} is there by now (id {key[1]})."))
    return found


def _host(write: Write) -> str:
    return ipaddress.ip_interface(str(write.value("address"))).ip.compressed
