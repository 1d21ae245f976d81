# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading the interfaces, templates, addresses and VRFs of NetBox that the wishes of devices are compared with."""

from __future__ import annotations

import collections
import collections.abc as c
import ipaddress

from .._engine.kinds import ObjectKind, Target
from .._engine.ports.existing import ExistingAddress, ExistingInterface, ExistingPorts, ExistingVrf, Owner
from .._engine.ports.names import canonical, spellings
from .._engine.ports.primary import PrimaryWish
from .client import Json, NetBoxClient

# So many different names are asked for one by one; for more, all interfaces of the devices are read.
_NAMES_AT_MOST = 8
_ADDRESS_FIELDS = "id,address,vrf,status,role,assigned_object_type,assigned_object_id,assigned_object"
_PATHS = {ObjectKind.DEVICE: (Target.INTERFACE, "device"), ObjectKind.VIRTUAL_MACHINE: (Target.VM_INTERFACE, "virtual_machine")}


def read_vrfs(client: NetBoxClient) -> tuple[ExistingVrf, ...]:
    """All VRFs."""
    rows = client.read("ipam/vrfs", "reading the VRFs from NetBox", fields="id,name,rd")
    return tuple(ExistingVrf(int(row["id"]), str(row.get("name") or ""), str(row.get("rd") or "")) for row in rows)


def read_ports(client: NetBoxClient, wishes: c.Collection[PrimaryWish]) -> ExistingPorts:
    """What NetBox has for the wishes: in a few reads, whatever their number."""
    return ExistingPorts(_interfaces(client, wishes), _addresses(client, wishes), _templates(client, wishes))


def _interfaces(client: NetBoxClient, wishes: c.Iterable[PrimaryWish]) -> dict[Owner, tuple[ExistingInterface, ...]]:
    """Of objects that exist: those whose names may be the wanted ones, or all."""
    found: dict[Owner, dict[int, ExistingInterface]] = collections.defaultdict(dict)
    for kind, (path, owner_field) in _PATHS.items():
        groups: dict[str, set[int]] = collections.defaultdict(set)
        words: dict[str, tuple[str, ...]] = {}
        for item in wishes:
            if item.home.kind is kind and isinstance(item.home.id, int):
                groups[canonical(item.name)].add(item.home.id)
                words[canonical(item.name)] = spellings(item.name)
        reads: list[tuple[set[int], Json]] = [(ids, {"name__ie": list(words[name])}) for name, ids in groups.items()]
        if len(reads) > _NAMES_AT_MOST:
            reads = [(set().union(*groups.values()), {})]
        for ids, filters in reads:
            operation = f"reading the interfaces of {kind.target.row.plural} from NetBox"
            rows = client.read_by(path, operation, f"{owner_field}_id", sorted(ids), fields=f"id,name,{owner_field}", **filters)
            for row in rows:
                owner_id = (row.get(owner_field) or {}).get("id")
                if owner_id in ids:
                    found[Owner(kind, owner_id)][row["id"]] = ExistingInterface(int(row["id"]), str(row.get("name") or ""))
    return {owner: tuple(interfaces.values()) for owner, interfaces in found.items()}


def _templates(client: NetBoxClient, wishes: c.Iterable[PrimaryWish]) -> dict[int, tuple[str, ...]]:
    """The names of the templates of the device types of new devices."""
    types = sorted({item.home.device_type for item in wishes if item.home.owner is None and item.home.device_type is not None})
    operation = "reading the interface templates from NetBox"
    rows = client.read_by("dcim/interface-templates", operation, "device_type_id", types, fields="id,name,device_type")
    found: dict[int, list[str]] = collections.defaultdict(list)
    for row in rows:
        device_type = (row.get("device_type") or {}).get("id")
        if device_type in types:
            found[device_type].append(str(row.get("name") or ""))
    return {device_type: tuple(names) for device_type, names in found.items()}


def _addresses(client: NetBoxClient, wishes: c.Iterable[PrimaryWish]) -> dict[str, tuple[ExistingAddress, ...]]:
    """All address objects of the wanted hosts, whatever their masks and VRFs are."""
    hosts = sorted({item.host for item in wishes})
    rows = client.read_by("ipam/ip-addresses", "looking up IP addresses in NetBox", "address", hosts, fields=_ADDRESS_FIELDS)
    found: dict[str, list[ExistingAddress]] = collections.defaultdict(list)
    for row in rows:
        try:
            host = ipaddress.ip_interface(str(row.get("address"))).ip.compressed
        except ValueError:
            continue
        if host in hosts:
            found[host].append(_address(row))
    return {host: tuple(addresses) for host, addresses in found.items()}


def _address(row: Json) -> ExistingAddress:
    interface = row.get("assigned_object") or {}
    owner: Owner | None = None
    holder = ""
    for kind, (_path, owner_field) in _PATHS.items():
        parent = interface.get(owner_field)
        if isinstance(parent, dict) and parent.get("id") is not None:
            owner = Owner(kind, int(parent["id"]))
            holder = f"{kind.target.row.word} {parent.get('name') or parent['id']!s}, interface {interface.get('name')}"
    assigned = row.get("assigned_object_id") is not None
    if assigned and owner is None:
        holder = f"{row.get('assigned_object_type')} {interface.get('name') or row['assigned_object_id']}"
    return ExistingAddress(
        int(row["id"]),
        str(row["address"]),
        (row.get("vrf") or {}).get("id"),
        _value(row.get("status")),
        _value(row.get("role")),
        assigned,
        owner,
        str(interface.get("name") or ""),
        holder or f"address {row['address']} (id {row['id']})",
    )


def _value(choice: object) -> str:
    return str((choice.get("value") if isinstance(choice, dict) else choice) or "")
