# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The writes of which interfaces and addresses are made."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ..fields import LINK_FIELD, Policy
from ..issues import Issue
from ..kinds import ObjectKind, Target
from ..links import link_by_policy
from ..planning.plan import Action, Change, MadeRef, PlannedDevice, Ref, Write
from ..records import PortRecord
from . import values
from .existing import ExistingAddress, ExistingInterface, ExistingPorts, ExistingVrf, Match, Names, interfaces_of
from .primary import Home
from .types import InterfaceKind


@dataclasses.dataclass(frozen=True, slots=True)
class PlacedAddress:
    """An address that is, or will be, on an interface of the device: as a write refers to it, with its mask."""

    value: int | Ref
    text: str
    interface: str


def made_ref(device: Ref, name: str) -> MadeRef:
    """The interface of this name that NetBox makes of a template together with the device."""
    return MadeRef(f"interface:{device.key}:{name}", device, name)


class KnownInterfaces:
    """The interfaces that objects have in NetBox or get of their types' templates, listed once for each object."""

    def __init__(self, found: ExistingPorts) -> None:
        self._found = found
        self._of: dict[Home, dict[str, ExistingInterface]] = {}

    def of(self, home: Home) -> c.Mapping[str, ExistingInterface]:
        """Those of an object, by their names."""
        if home not in self._of:
            listed = interfaces_of(self._found, home.owner, home.device_type, home.position)
            self._of[home] = {interface.name: interface for interface in reversed(listed)}
        return self._of[home]

    def find(self, home: Home, name: str) -> tuple[ExistingInterface, int | Ref] | Match:
        """The interface of this name, or of another spelling of it, and how a write refers to it."""
        found = Names(self.of(home)).find(name)
        return found if isinstance(found, Match) else self.refer(home, found)

    def refer(self, home: Home, name: str) -> tuple[ExistingInterface, int | Ref]:
        """The interface of exactly this name, and how a write refers to it."""
        interface = self.of(home)[name]
        return interface, interface.id if interface.id is not None else made_ref(t.cast("Ref", home.id), name)


def new_interface(home: Home, name: str, kind: InterfaceKind, vrf: ExistingVrf | None) -> tuple[Change, ...]:
    """What every new interface has."""
    is_device = home.kind is ObjectKind.DEVICE
    changes = [
        Change(home.kind.owner_field, home.id, None, home.name),
        Change("name", name, None, name),
    ]
    if is_device:
        changes.append(Change("type", kind.type, None, kind.type))
        if kind.mgmt_only:
            changes.append(Change("mgmt_only", True, None, True))
    if vrf:
        changes.append(Change("vrf", vrf.id, None, vrf.name))
    return tuple(changes)


def port_values(port: PortRecord, kind: ObjectKind) -> dict[str, t.Any]:
    """What LibreNMS knows of a port, without what only stands in for a value."""
    known = {
        "enabled": values.enabled(port),
        "description": values.description(port),
        "mtu": values.mtu(port),
        "speed": values.speed(port) if kind is ObjectKind.DEVICE else None,
    }
    return {field: value for field, value in known.items() if value not in (None, "")}


def port_changes(port: PortRecord, kind: ObjectKind) -> tuple[Change, ...]:
    return tuple(Change(field, value, None, value) for field, value in port_values(port, kind).items())


@dataclasses.dataclass(frozen=True, slots=True)
class Linking:
    """How interfaces are linked to the ports that they are.

    :ivar writes: the custom field takes interfaces, or can be made to
    :ivar policy: for interfaces that NetBox has, or makes of a template
    """

    server_key: str
    policy: Policy
    writes: bool = True

    def changes(self, interface: ExistingInterface | None, port_id: int) -> tuple[Change, ...]:
        """What links an interface; ``interface`` is None for a new one."""
        if not self.writes:
            return ()
        before = interface.librenms_id if interface else None
        link = link_by_policy(before, self.server_key, port_id, self.policy if interface else Policy.ALWAYS)
        return () if link is None else (Change(LINK_FIELD, link, before, link),)


def address_write(
    key: str,
    device_id: int,
    text: str,
    vrf: ExistingVrf | None,
    address: ExistingAddress | None,
    home: Home,
    interface: int | Ref,
    name: str,
) -> Write:
    """Puts an address on an interface: the one that NetBox has without an interface, else a new one."""
    assigned = (
        Change("assigned_object_type", home.kind.port.row.model, None, home.kind.port.row.model),
        Change("assigned_object_id", interface, None, f"{home.name} {name}"),
    )
    if address is not None:
        return Write(key, Target.IP_ADDRESS, address.address, assigned, object_id=address.id, owner=device_id)
    changes = [Change("address", text, None, text), Change("status", "active", None, "active")]
    if vrf:
        changes.append(Change("vrf", vrf.id, None, vrf.name))
    return Write(key, Target.IP_ADDRESS, text, (*changes, *assigned), owner=device_id)


def with_writes(device: PlannedDevice, writes: c.Iterable[Write], warnings: c.Iterable[Issue] = ()) -> PlannedDevice:
    """The device with more of its own writes, in the order of the stages."""
    more = tuple(writes)
    own_writes = tuple(sorted((*device.own_writes, *more), key=lambda write: write.stage))
    action = Action.UPDATE if more and device.action in (Action.NONE, Action.SKIP, Action.LINK) else device.action
    return dataclasses.replace(device, own_writes=own_writes, action=action, warnings=(*device.warnings, *warnings))
