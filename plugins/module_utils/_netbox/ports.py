# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading the interfaces, templates, addresses and VRFs of NetBox that the wishes of devices are compared with."""

from __future__ import annotations

import collections
import collections.abc as c

from .._engine.fields import LINK_FIELD
from .._engine.kinds import ObjectKind, Target, plain
from .._engine.planning.plan import Ref
from .._engine.ports.existing import ExistingAddress, ExistingInterface, ExistingPorts, ExistingVrf, Owner, Template
from .._engine.ports.names import canonical, spellings
from .._engine.ports.primary import Home, PrimaryWish
from .._engine.ports.wanted import PortsWish
from .client import PAGE_SIZE, Json, NetBoxClient, chunks, related
from .existing_rows import host_of

# So many different names are asked for one by one; for more, all interfaces of the devices are read.
_NAMES_AT_MOST = 8
_ADDRESS_FIELDS = "id,address,vrf,status,role,assigned_object_type,assigned_object_id,assigned_object"


def read_vrfs(client: NetBoxClient) -> tuple[ExistingVrf, ...]:
    """All VRFs."""
    rows = client.read("ipam/vrfs", "reading the VRFs from NetBox", fields="id,name,rd")
    return tuple(ExistingVrf(int(row["id"]), str(row.get("name") or ""), str(row.get("rd") or "")) for row in rows)


def read_ports(
    client: NetBoxClient,
    wishes: c.Collection[PrimaryWish],
    every: c.Collection[PortsWish] = (),
    *,
    linked: bool = False,
    all_macs: bool = False,
) -> ExistingPorts:
    """What NetBox has for the wishes: in a few reads, whatever their number.

    :param every: with C(ports: all), what is wanted of all ports
    :param linked: interfaces may be linked to ports, whatever their names are by now
    :param all_macs: another MAC address may take the place of the primary one
    """
    interfaces = [item for wish in every for item in wish.interfaces]
    homes = [*(wish.home for wish in wishes), *(item.home for item in interfaces)]
    hosts = {wish.host for wish in wishes} | {address.compressed for item in interfaces for address, _length in item.addresses}
    found = _all_interfaces(client, homes, whole=bool(every), all_macs=all_macs) if every or linked else _interfaces(client, wishes)
    return ExistingPorts(found, read_addresses(client, sorted(hosts)), _templates(client, homes))


def _interfaces(client: NetBoxClient, wishes: c.Iterable[PrimaryWish]) -> dict[Owner, tuple[ExistingInterface, ...]]:
    """Of objects that exist: those whose names may be the wanted ones, or all."""
    found: dict[Owner, dict[int, ExistingInterface]] = collections.defaultdict(dict)
    for kind in ObjectKind:
        groups: dict[str, set[int]] = collections.defaultdict(set)
        words: dict[str, tuple[str, ...]] = {}
        for item in wishes:
            if item.home.kind is kind and isinstance(item.home.id, int):
                groups[canonical(item.name)].add(item.home.id)
                words[canonical(item.name)] = spellings(item.name)
        operation = f"reading the interfaces of {kind.target.row.plural} from NetBox"
        wanted = [(list(words[name]), ids) for name, ids in groups.items()]
        for owner_id, row in _named_interfaces(client, kind, operation, wanted):
            found[Owner(kind, owner_id)][row["id"]] = ExistingInterface(int(row["id"]), str(row.get("name") or ""))
    return {owner: tuple(interfaces.values()) for owner, interfaces in found.items()}


def made_interfaces(
    client: NetBoxClient, wanted: c.Iterable[tuple[int, str]], kind: ObjectKind = ObjectKind.DEVICE
) -> dict[tuple[int, str], int]:
    """The ids of interfaces that NetBox has by now, by the id of the object that has them and their name. Raises ApiError."""
    by_name: dict[str, set[int]] = collections.defaultdict(set)
    for device_id, name in wanted:
        by_name[name].add(device_id)
    operation = "looking for interfaces by their names in NetBox"
    rows = _named_interfaces(client, kind, operation, [([name], ids) for name, ids in by_name.items()])
    return {(device_id, str(row.get("name"))): int(row["id"]) for device_id, row in rows}


def _named_interfaces(
    client: NetBoxClient, kind: ObjectKind, operation: str, wanted: c.Sequence[tuple[list[str], set[int]]]
) -> c.Iterator[tuple[int, Json]]:
    """The interfaces that have one of the names, whatever its case, with the ids of their owners; more, where there are many names.

    :param wanted: spellings of a name, and the ids of the objects of which one has it
    """
    owner_field = kind.owner_field
    reads: list[tuple[set[int], Json]] = [(ids, {"name__ie": names}) for names, ids in wanted]
    if len(reads) > _NAMES_AT_MOST:
        reads = [(set().union(*(ids for _names, ids in wanted)), {})]
    for ids, filters in reads:
        for row in client.read_by(kind.port, operation, f"{owner_field}_id", sorted(ids), fields=f"id,name,{owner_field}", **filters):
            owner_id = related(row, owner_field)
            if owner_id is not None and owner_id in ids:
                yield owner_id, row


def _all_interfaces(
    client: NetBoxClient, homes: c.Iterable[Home], *, whole: bool, all_macs: bool
) -> dict[Owner, tuple[ExistingInterface, ...]]:
    """All interfaces of the objects that exist, with their links: NetBox does not filter by these.

    :param whole: with the fields that an import of all ports may change
    """
    found: dict[Owner, list[ExistingInterface]] = collections.defaultdict(list)
    owners = {home.owner for home in homes if home.owner is not None}
    for kind in ObjectKind:
        owner_field = kind.owner_field
        ids = {owner.id for owner in owners if owner.kind is kind}
        operation = f"reading the interfaces of {kind.target.row.plural} from NetBox"
        fields = f"id,name,{owner_field},custom_fields"
        if whole:
            fields += ",enabled,description,mtu,mac_address"
        if whole and kind is ObjectKind.DEVICE:
            fields += ",type,speed,lag"
        rows = client.read_by(kind.port, operation, f"{owner_field}_id", sorted(ids), fields=fields)
        rows = [row for row in rows if related(row, owner_field) in ids]
        macs = _assigned_macs(client, kind, [row["id"] for row in rows if all_macs or not row.get("mac_address")]) if whole else {}
        for row in rows:
            found[Owner(kind, row[owner_field]["id"])].append(_interface(row, macs.get(row["id"], {})))
    return {owner: tuple(interfaces) for owner, interfaces in found.items()}


def _interface(row: Json, macs: c.Mapping[str, int]) -> ExistingInterface:
    return ExistingInterface(
        id=int(row["id"]),
        name=str(row.get("name") or ""),
        type=_choice(row, "type"),
        enabled=bool(row.get("enabled", True)),
        description=str(row.get("description") or ""),
        mtu=row.get("mtu"),
        speed=row.get("speed"),
        lag_id=related(row, "lag"),
        mac=str(row.get("mac_address") or "").upper(),
        macs=macs,
        librenms_id=(row.get("custom_fields") or {}).get(LINK_FIELD),
    )


def _assigned_macs(client: NetBoxClient, kind: ObjectKind, interfaces: c.Collection[int]) -> dict[int, dict[str, int]]:
    """The MAC addresses that are assigned to interfaces."""
    found: dict[int, dict[str, int]] = collections.defaultdict(dict)
    for row in read_macs(client, kind, interfaces):
        found[row["assigned_object_id"]].setdefault(str(row["mac_address"]).upper(), int(row["id"]))
    return found


def read_macs(client: NetBoxClient, kind: ObjectKind, interfaces: c.Collection[int]) -> list[Json]:
    """The MAC addresses of interfaces. Raises ApiError."""
    wanted = set(interfaces)
    fields = "id,mac_address,assigned_object_type,assigned_object_id"
    rows = client.read_by(Target.MAC_ADDRESS, "looking up MAC addresses in NetBox", kind.mac_filter, sorted(wanted), fields=fields)
    model = kind.port.row.model
    return [row for row in rows if row.get("assigned_object_type") == model and row.get("assigned_object_id") in wanted]


def _templates(client: NetBoxClient, homes: c.Iterable[Home]) -> dict[int | Ref, tuple[Template, ...]]:
    """The templates of the device types of new devices."""
    types = sorted({home.device_type for home in homes if home.owner is None and isinstance(home.device_type, int)})
    operation = "reading the interface templates from NetBox"
    rows = client.read_by("dcim/interface-templates", operation, "device_type_id", types, fields="id,name,type,enabled,device_type")
    found: dict[int, list[Template]] = collections.defaultdict(list)
    for row in rows:
        device_type = related(row, "device_type")
        if device_type is not None and device_type in types:
            found[device_type].append(Template(str(row.get("name") or ""), _choice(row, "type"), bool(row.get("enabled", True))))
    return {device_type: tuple(templates) for device_type, templates in found.items()}


def read_addresses(client: NetBoxClient, hosts: c.Sequence[str]) -> dict[str, tuple[ExistingAddress, ...]]:
    """All address objects of the wanted hosts, whatever their masks and VRFs are."""
    wanted = set(hosts)
    operation = "looking up IP addresses in NetBox"
    name, values = _address_filter(client, operation, hosts)
    rows = client.read_by(Target.IP_ADDRESS, operation, name, values, fields=_ADDRESS_FIELDS)
    found: dict[str, list[ExistingAddress]] = collections.defaultdict(list)
    for row in rows:
        if (host := host_of(str(row.get("address")))) in wanted:
            found[host].append(_address(row))
    return {host: tuple(addresses) for host, addresses in found.items()}


def _address_filter(client: NetBoxClient, operation: str, hosts: c.Sequence[str]) -> tuple[str, c.Sequence[object]]:
    """The filter that finds the addresses of the hosts: by the hosts or, where NetBox has few addresses beside them, by ids.

    A request takes some hundred hosts, so that of thousands it is cheaper to look through the addresses of all.
    """
    requests = sum(1 for _chunk in chunks("address", hosts))
    # Half of them, because those that are found are read once more, by their ids.
    if requests > 1 and -(-client.count(Target.IP_ADDRESS, operation) // PAGE_SIZE) <= requests // 2:
        wanted = set(hosts)
        rows = client.read(Target.IP_ADDRESS, operation, fields="id,address")
        return "id", sorted(row["id"] for row in rows if host_of(str(row.get("address"))) in wanted)
    return "address", hosts


def _address(row: Json) -> ExistingAddress:
    interface = row.get("assigned_object") or {}
    owner: Owner | None = None
    holder = ""
    for kind in ObjectKind:
        parent = interface.get(kind.owner_field)
        if isinstance(parent, dict) and parent.get("id") is not None:
            owner = Owner(kind, int(parent["id"]))
            holder = f"{kind.target.row.word} {parent.get('name') or parent['id']!s}, interface {interface.get('name')}"
    assigned = row.get("assigned_object_id") is not None
    if assigned and owner is None:
        holder = f"{row.get('assigned_object_type')} {interface.get('name') or row['assigned_object_id']}"
    return ExistingAddress(
        id=int(row["id"]),
        address=str(row["address"]),
        vrf_id=related(row, "vrf"),
        status=_choice(row, "status"),
        role=_choice(row, "role"),
        assigned=assigned,
        owner=owner,
        interface_name=str(interface.get("name") or ""),
        holder=holder or f"address {row['address']} (id {row['id']})",
    )


def _choice(row: Json, name: str) -> str:
    return str(plain(row.get(name)) or "")
