# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What one device needs for all its ports: interfaces, MAC addresses and IP addresses."""

from __future__ import annotations

import collections
import collections.abc as c
import typing as t

from ..fields import INTERFACE_POLICIES, Policy, must_cover
from ..issues import Issue, IssueCode
from ..judging.existing import ExistingObjects
from ..kinds import ObjectKind, Stage, Target
from ..planning.plan import Change, PlannedDevice, Ref, Write
from ..text import printable
from . import values
from .addresses import Refusal, judge, owners_of
from .existing import ExistingInterface, ExistingPorts, Place, place
from .matching import HINT, PortMatches, Unclear
from .wanted import InterfaceWish, PortsWish
from .writes import (
    Linking,
    PlacedAddress,
    address_write,
    new_interface,
    port_changes,
    port_values,
    with_writes,
)

# So many ports or addresses are named in one warning.
_NAMED = 5
_EMPTY = (None, "")


def shared_addresses(wishes: c.Mapping[int, PortsWish]) -> frozenset[Place]:
    """The addresses that several devices have: NetBox takes one of them, and which it is would be chance."""
    count = collections.Counter(
        where
        for wish in wishes.values()
        for where in {place(address.compressed, item.vrf) for item in wish.interfaces for address, _length in item.addresses}
    )
    return frozenset(where for where, number in count.items() if number > 1)


# What an interface of NetBox has in each field that a policy is for; its MAC addresses are objects of their own.
_HELD: c.Mapping[str, c.Callable[[ExistingInterface], t.Any]] = {
    "enabled": lambda interface: interface.enabled,
    "description": lambda interface: interface.description,
    "mtu": lambda interface: interface.mtu,
    "speed": lambda interface: interface.speed,
    "type": lambda interface: interface.type,
    "lag": lambda interface: interface.lag_id,
}
must_cover("the fields of interfaces", (*_HELD, "mac_address"), INTERFACE_POLICIES)


class PortsPlanner:
    """:param polled: where the address is that LibreNMS polls; what is to be said of that is said by what sets the primary address
    :param policies: the import's ``update_fields``
    """

    def __init__(
        self,
        device: PlannedDevice,
        wish: PortsWish,
        polled: Place | None,
        found: ExistingPorts,
        existing: ExistingObjects,
        matches: PortMatches,
        linking: Linking,
        policies: c.Mapping[str, Policy],
    ) -> None:
        self._device = device
        self._wish = wish
        self._polled = polled
        self._found = found
        self._matches = matches
        self._linking = linking
        self._owners = owners_of(device, existing)
        self._policies = policies
        self._writes: list[Write] = []
        self._left_out = list(wish.left_out)
        self._conflicts: list[str] = []
        self._differing: list[str] = []
        self._is_unclear = False
        # The interfaces as writes refer to them, and by their names in NetBox, by port_id.
        self._refs: dict[int, int | Ref] = {}
        self._names: dict[int, str] = {}

    def planned(self, doubled: c.Container[Place]) -> tuple[PlannedDevice, dict[Place, PlacedAddress]]:
        """The device with what its ports need, and where its addresses are.

        :param doubled: addresses that several of the devices have
        """
        for wish in self._wish.interfaces:
            self._interface(wish)
        placed: dict[Place, PlacedAddress] = {}
        for wish in self._wish.interfaces:
            if wish.port.port_id in self._refs:
                self._addresses(wish, doubled, placed)
        warnings = []
        if self._left_out:
            hint = "The options interface_name and interface_rules say how ports are named and which are left out."
            hint = f"{hint} {HINT}" if self._is_unclear else hint
            warnings.append(Issue(IssueCode.PORT_LEFT_OUT, "interfaces", f"Ports are left out: {_listed(self._left_out)}.", hint))
        if self._conflicts:
            message = f"Addresses are not written: {_listed(self._conflicts)}."
            warnings.append(Issue(IssueCode.ADDRESS_CONFLICT, "addresses", message))
        if self._differing:
            message = f"The names of ports and the links of interfaces differ: {_listed(self._differing)}."
            hint = f"Names in NetBox stay as they are. {HINT}"
            warnings.append(Issue(IssueCode.PORT_LINK_DIFFERS, "interfaces", message, hint))
        return with_writes(self._device, self._writes, warnings), placed

    def _interface(self, wish: InterfaceWish) -> None:
        home, port_id = wish.home, wish.port.port_id
        found = self._matches.find(home, port_id)
        if isinstance(found, Unclear):
            self._is_unclear = True
            self._left_out.append(f"{found.why} (interfaces of {printable(home.name)} in NetBox)")
            return
        key = f"interface:{self._device.device_id}:{port_id}"
        stage = Stage.INTERFACE_BELOW if wish.parent is not None else Stage.INTERFACE_PART if wish.lag is not None else Stage.INTERFACE
        if found is None:
            changes = (
                *new_interface(home, wish.name, wish.kind, wish.vrf),
                *port_changes(wish.port, home.kind),
                *(Change(field, value, None, shown) for field, value, shown in self._inside(wish)),
                *self._linking.changes(None, port_id),
            )
            self._add(
                Write(key, home.kind.port, f"{home.name} {wish.name}", changes, object_id=None, owner=self._device.device_id, at=stage)
            )
            self._refs[port_id], self._names[port_id] = Ref(key), wish.name
            if (primary := self._mac(wish, None, Ref(key))) is not None:
                self._add(
                    Write(
                        f"primary_mac:{self._device.device_id}:{port_id}",
                        home.kind.port,
                        f"{home.name} {wish.name}",
                        (primary,),
                        object_id=Ref(key),
                        owner=self._device.device_id,
                        at=Stage.PRIMARY_MAC,
                    )
                )
            return
        interface, value = found.interface, found.value
        name = interface.name
        self._refs[port_id], self._names[port_id] = value, name
        if found.differs:
            self._differing.append(found.differs)
        # NetBox needs nearly as long for one field of an interface as for all of them, so there is one write.
        primary = self._mac(wish, interface, value)
        if primary is not None and isinstance(primary.value, Ref):
            stage = Stage.PRIMARY_MAC
        changes = (*self._changes(wish, interface), *self._linking.changes(interface, port_id), *((primary,) if primary else ()))
        if changes:
            self._add(Write(key, home.kind.port, f"{home.name} {name}", changes, object_id=value, owner=self._device.device_id, at=stage))

    def _add(self, write: Write) -> None:
        self._writes.append(write)

    def _inside(self, wish: InterfaceWish) -> c.Iterator[tuple[str, int | Ref, str]]:
        """The fields that name another interface, with its name."""
        fields = {"parent": wish.parent}
        if wish.home.kind is ObjectKind.DEVICE:
            fields["lag"] = wish.lag
        for field, port_id in fields.items():
            if port_id is not None and port_id in self._refs:
                yield field, self._refs[port_id], self._names[port_id]

    def _changes(self, wish: InterfaceWish, interface: ExistingInterface) -> tuple[Change, ...]:
        """What the policy changes of an interface that is there, or is made of a template."""
        wanted: dict[str, tuple[t.Any, t.Any]] = {field: (value, value) for field, value in port_values(wish.port, wish.home.kind).items()}
        if wish.home.kind is ObjectKind.DEVICE:
            wanted["type"] = (wish.kind.type, wish.kind.type)
            wanted |= {field: (value, shown) for field, value, shown in self._inside(wish) if field == "lag"}
        before = {field: held(interface) for field, held in _HELD.items()}
        return tuple(
            Change(field, value, before[field], shown)
            for field, (value, shown) in wanted.items()
            if value != before[field] and self._may(field, before[field])
        )

    def _may(self, field: str, before: object) -> bool:
        policy = self._policies[field]
        return policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and before in _EMPTY)

    def _mac(self, wish: InterfaceWish, interface: ExistingInterface | None, value: int | Ref) -> Change | None:
        """Plans the MAC address of a port, and gives the change that makes it the interface's primary one; None where there is none to set.

        Before 4.7 NetBox takes a MAC address only as an object of its own; every release takes it so.
        """
        mac = values.mac(wish.port)
        before = interface.mac if interface else ""
        if not mac or mac == before or not self._may("mac_address", before):
            return None
        home, name = wish.home, self._names[wish.port.port_id]
        key = f"mac:{self._device.device_id}:{wish.port.port_id}"
        known = interface.macs.get(mac) if interface else None
        if known is None:
            changes = (
                Change("mac_address", mac, None, mac),
                Change("assigned_object_type", home.kind.port.row.model, None, home.kind.port.row.model),
                Change("assigned_object_id", value, None, f"{home.name} {name}"),
            )
            self._add(Write(key, Target.MAC_ADDRESS, mac, changes, owner=self._device.device_id))
        return Change("primary_mac_address", Ref(key) if known is None else known, before or None, mac)

    def _addresses(self, wish: InterfaceWish, doubled: c.Container[Place], placed: dict[Place, PlacedAddress]) -> None:
        vrf_id = wish.vrf.id if wish.vrf else None
        name = self._names[wish.port.port_id]
        for address, length in wish.addresses:
            host, text = address.compressed, f"{address.compressed}/{length}"
            where = place(host, wish.vrf)
            is_polled = where == self._polled
            if where in placed:
                self._conflicts.append(f"{host} is on several ports")
                continue
            found = judge(self._found.addresses.get(host, ()), vrf_id, self._owners)
            if isinstance(found, Refusal):
                if not is_polled:
                    self._conflicts.append(f"{host} ({found.why})")
            elif found is not None and found.assigned:
                placed[where] = PlacedAddress(found.id, found.address, found.interface_name)
            elif where in doubled and not is_polled:
                self._conflicts.append(f"{host} is on several of the devices")
            else:
                key = f"address:{self._device.device_id}:{wish.port.port_id}:{host}"
                value = self._refs[wish.port.port_id]
                write = address_write(key, self._device.device_id, text, wish.vrf, found, wish.home, value, name)
                self._add(write)
                placed[where] = PlacedAddress(found.id if found else Ref(key), write.name, name)


def _listed(texts: c.Sequence[str]) -> str:
    more = len(texts) - _NAMED
    return "; ".join(texts[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
