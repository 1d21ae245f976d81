# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which interfaces and addresses the ports of a device become: names, kinds, homes, aggregates and parents, before NetBox is looked at."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import re

from ..judging.existing import ExistingObjects
from ..planning.plan import PlannedDevice
from ..records import DevicePorts, PortLink, PortRecord
from ..text import printable
from .existing import ExistingVrf
from .names import MAX_INTERFACE_NAME, canonical
from .options import PortOptions
from .primary import Home, VrfNames, home_of, name_counts, vrf_of
from .types import InterfaceKind, interface_kind, is_aggregate
from .values import Address, prefix_length, takes_host, usable_address

_SUBINTERFACE = re.compile(r"(.*\d)\.\d+")
# NetBox takes these into no LAG.
_NOT_IN_LAG = frozenset({"virtual", "bridge", "lag"})


@dataclasses.dataclass(frozen=True, slots=True)
class InterfaceWish:
    """One port's interface.

    :ivar lag: the port_id of the aggregate that it is part of
    :ivar parent: the port_id of the port that it is a subinterface of
    :ivar addresses: each with the length of its mask
    """

    port: PortRecord
    name: str
    home: Home
    kind: InterfaceKind
    vrf: ExistingVrf | None = None
    lag: int | None = None
    parent: int | None = None
    addresses: tuple[tuple[Address, int], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PortsWish:
    """All interfaces of a device, aggregates and parents before what they hold; and which ports are left out, and why.

    :ivar left_out_ids: the port_ids of those; a port that a rule ignores is not among them
    """

    interfaces: tuple[InterfaceWish, ...] = ()
    left_out: tuple[str, ...] = ()
    left_out_ids: frozenset[int] = frozenset()


def has_aggregates(known: DevicePorts, options: PortOptions) -> bool:
    """Whether the layers of the ports are worth asking for."""
    return any(is_aggregate(port, options.name_field.of(port)) for port in known.ports)


def wanted_ports(
    device: PlannedDevice,
    known: DevicePorts,
    links: c.Iterable[PortLink],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> PortsWish:
    """What is wanted for a device. Two ports of one name are told, not merged: either of them may be the interface."""
    left_out: dict[int, str] = {}
    count = name_counts(known.ports, options)
    wishes: dict[int, InterfaceWish] = {}
    for port in known.ports:
        name = options.name_field.of(port)
        kind = interface_kind(options.rules, port, name) if name else None
        if name and kind is None:
            continue
        found = _placed(device, port, name, count, options, vrfs, existing)
        if isinstance(found, str):
            left_out[port.port_id] = found
        elif kind is not None:
            home, vrf = found
            wishes[port.port_id] = InterfaceWish(port=port, name=name, home=home, kind=kind, vrf=vrf)
    addresses: dict[int, dict[Address, int]] = collections.defaultdict(dict)
    for record in known.addresses:
        address, wish = usable_address(record.address), wishes.get(record.port_id)
        if address is not None and wish is not None:
            length = prefix_length(record, wish.port)
            if takes_host(address, length):
                addresses[record.port_id].setdefault(address, length)
    lags, parents = _lags(wishes, links), _parents(wishes)
    full = [
        dataclasses.replace(wish, lag=lags.get(number), parent=parents.get(number), addresses=tuple(addresses[number].items()))
        for number, wish in wishes.items()
    ]
    ordered = sorted(full, key=lambda wish: _depth(wish, parents))
    return PortsWish(tuple(ordered), tuple(left_out.values()), frozenset(left_out))


def _placed(
    device: PlannedDevice,
    port: PortRecord,
    name: str,
    count: c.Mapping[str, int],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> tuple[Home, ExistingVrf | None] | str:
    """Where a port belongs, or why it is left out."""
    shown = printable(name)
    if not name:
        return f"the port with the ifIndex {port.if_index} has no name"
    if len(name) > MAX_INTERFACE_NAME:
        return f"{shown[:MAX_INTERFACE_NAME]}... is longer than the {MAX_INTERFACE_NAME} characters that NetBox holds"
    if count[canonical(name)] > 1:
        return f"{shown} is the name of several ports"
    home = home_of(device, name, existing)
    if home is None:
        return f"{shown} belongs to a member of the stack that is not imported"
    vrf = vrf_of(port, options, vrfs)
    if isinstance(vrf, str):
        return f"the VRF of {shown} is not known ({vrf})"
    return home, vrf


def _lags(wishes: c.Mapping[int, InterfaceWish], links: c.Iterable[PortLink]) -> dict[int, int]:
    """The aggregate of each port that is in exactly one. Which side of a link it is follows from what the ports are."""
    found: dict[int, set[int]] = collections.defaultdict(set)
    for link in links:
        for member, aggregate in ((link.one, link.other), (link.other, link.one)):
            inner, outer = wishes.get(member), wishes.get(aggregate)
            if inner and outer and outer.kind.type == "lag" and inner.kind.type not in _NOT_IN_LAG:
                found[member].add(aggregate)
    return {member: next(iter(aggregates)) for member, aggregates in found.items() if len(aggregates) == 1}


def _parents(wishes: c.Mapping[int, InterfaceWish]) -> dict[int, int]:
    """The port of each subinterface: C(Gi0/1.100) is one of C(Gi0/1). NetBox takes a parent only for virtual interfaces."""
    by_name = {canonical(wish.name): number for number, wish in wishes.items()}
    found = {}
    for number, wish in wishes.items():
        match = _SUBINTERFACE.fullmatch(wish.name)
        parent = by_name.get(canonical(match[1])) if match and wish.kind.type == "virtual" else None
        if parent is not None:
            found[number] = parent
    return found


def _depth(wish: InterfaceWish, parents: c.Mapping[int, int]) -> int:
    """How many interfaces have to be there before: 0, 1 for part of an aggregate, 2 for a subinterface."""
    return 2 if wish.port.port_id in parents else 1 if wish.lag is not None else 0
