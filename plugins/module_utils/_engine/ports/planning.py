# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Adding to a plan what its devices' ports need: interfaces, addresses and the primary address.

plan -> :func:`candidates` -> ports of LibreNMS -> :func:`wishes` -> :class:`.existing.ExistingPorts` of NetBox -> :func:`with_ports`
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import ipaddress

from ..fields import LINK_FIELD, Policy
from ..issues import Issue, IssueCode
from ..judging.existing import ExistingObject, ExistingObjects
from ..kinds import Stage
from ..planning.options import ImportOptions, OnExisting
from ..planning.outcomes import Fate, Round
from ..planning.plan import Action, Change, Plan, PlannedDevice, PlannedPrimary, Ref, Write
from ..records import DevicePorts, PortLink
from ..text import printable
from . import values
from .addresses import Refusal, judge, owners_of
from .existing import ExistingAddress, ExistingPorts, Match, Place
from .matching import HINT, Matched, PortMatches, Unclear
from .options import PortOptions, Ports
from .ports_planner import PortsPlanner, shared_addresses
from .primary import Home, PrimaryWish, VrfNames, unknown, wish
from .wanted import PortsWish, wanted_ports
from .writes import KnownInterfaces, Linking, PlacedAddress, address_write, new_interface, port_changes, with_writes

Wishes = c.Mapping[int, "PrimaryWish | Issue | None"]


def candidates(plan: Plan, options: ImportOptions, ports: PortOptions) -> list[PlannedDevice]:
    """The devices whose ports matter: those that are created, those whose policy asks for it, and interrupted imports.

    A linked object without any primary address that nobody has touched since it was created is what a killed import leaves; it is
    completed whatever C(existing) says.
    """
    if ports.ports is Ports.NONE:
        return []
    return [device for device in plan.devices if device.action is not Action.BLOCKED and _is_candidate(device, options, ports)]


def _is_candidate(device: PlannedDevice, options: ImportOptions, ports: PortOptions) -> bool:
    existing = device.assessment.existing
    if existing is None:
        return device.own is not None
    if existing.kind is not device.assessment.import_as:
        return False
    if options.existing is OnExisting.UPDATE:
        return ports.ports is Ports.ALL or _may_set_primary(device, ports)
    return is_interrupted(device, options)


def _may_set_primary(device: PlannedDevice, ports: PortOptions) -> bool:
    """Whether the policy allows of a new primary address: also where that is not known yet."""
    existing = device.assessment.existing
    if existing is None:
        return True
    address = values.usable_address(device.assessment.device.ip)
    current = _primary_of(existing, address.version if address else 4)
    return not current or (ports.primary_ip is Policy.ALWAYS and (address is None or current != address.compressed))


def is_interrupted(device: PlannedDevice, options: ImportOptions) -> bool:
    """Whether an object in NetBox looks as an import leaves it that was killed before it came to addresses."""
    existing = device.assessment.existing
    if existing is None or existing.primary_ips or not existing.untouched:
        return False
    return existing.links.by_key.get(options.server_key) == device.device_id


def made_by_others(before: Round) -> frozenset[int]:
    """The devices which, or whose interfaces, somebody else has made while this import was at it, by LibreNMS device id.

    NetBox takes one device and one interface of a name, but any number of equal addresses whose requests meet. So whoever makes
    the interface makes the address too, and what another import leaves undone because it is killed, the next run completes.
    """
    stages = (Stage.OWN, Stage.INTERFACE)
    return frozenset(
        device.device_id
        for device in before.plan.devices
        if any(before.outcomes.of(write).fate is Fate.TAKEN for write in device.own_writes if write.creates and write.stage in stages)
    )


def created_before(before: Round) -> frozenset[int]:
    """The devices that earlier rounds have created, by LibreNMS device id."""
    made = (device for device in before.plan.devices if device.own is not None and device.own.creates)
    return frozenset(device.device_id for device in made if device.own and before.outcomes.is_done(device.own))


def wishes(
    devices: c.Iterable[PlannedDevice],
    known: c.Mapping[int, DevicePorts],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> dict[int, PrimaryWish | Issue | None]:
    """What is wanted as the primary address of each device that may get one, by its LibreNMS id."""
    missing = DevicePorts(unread="LibreNMS was not asked for them.")
    relevant = [device for device in devices if _may_set_primary(device, options)]
    return {device.device_id: wish(device, known.get(device.device_id, missing), options, vrfs, existing) for device in relevant}


def port_wishes(
    devices: c.Iterable[PlannedDevice],
    known: c.Mapping[int, DevicePorts],
    links: c.Mapping[int, c.Sequence[PortLink]],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> dict[int, PortsWish]:
    """What is wanted of all ports of each device, by its LibreNMS id; of one whose ports could not be read nothing."""
    ids = ((device, known.get(device.device_id)) for device in devices)
    return {
        device.device_id: wanted_ports(device, ports, links.get(device.device_id, ()), options, vrfs, existing)
        for device, ports in ids
        if ports is not None and not ports.unread
    }


def with_ports(
    plan: Plan,
    wanted: Wishes,
    every: c.Mapping[int, PortsWish],
    found: ExistingPorts,
    existing: ExistingObjects,
    options: ImportOptions,
    ports: PortOptions,
    created: c.Container[int] = frozenset(),
    *,
    links: bool = True,
) -> Plan:
    """The plan with the writes that the wishes need.

    :param every: what is wanted of all ports, and written with C(ports: all)
    :param links: interfaces are linked to their ports
    :param created: the devices that an earlier round of this import has created, by LibreNMS device id
    """
    polled = _polled(plan, wanted)
    doubled = shared_addresses(every)
    known = KnownInterfaces(found)
    linking = Linking(options.server_key, options.update_fields[LINK_FIELD], links)
    devices = []
    for device in plan.devices:
        item = wanted.get(device.device_id)
        planned = device
        placed: dict[Place, PlacedAddress] = {}
        wish = every.get(device.device_id, PortsWish())
        matches = PortMatches(wish, known, options.server_key)
        if ports.ports is Ports.ALL and device.device_id in every:
            own = item.place if isinstance(item, PrimaryWish) else None
            planner = PortsPlanner(device, wish, own, found, existing, matches, linking, options.update_fields)
            planned, placed = planner.planned(doubled)
        if isinstance(item, PrimaryWish):
            primary = _PrimaryPlanner(planned, item, found, existing, ports, known, matches, linking)
            if len(polled[item.place]) > 1:
                planned = _doubled(planned, item, [name for name in polled[item.place] if name != device.name])
            elif item.place in placed:
                planned = primary.on(placed[item.place])
            else:
                planned = primary.planned()
        elif isinstance(item, Issue):
            planned = _warned(planned, item)
        is_old = device.assessment.existing is not None and device.device_id not in created
        if options.existing is not OnExisting.UPDATE and is_old:
            # What the policy leaves as it is, is not told of in every run.
            planned = dataclasses.replace(planned, warnings=device.warnings)
        devices.append(planned)
    return dataclasses.replace(plan, devices=tuple(devices))


def _polled(plan: Plan, wanted: Wishes) -> dict[Place, list[str]]:
    """The names of the devices that LibreNMS polls at an address."""
    polled: dict[Place, list[str]] = collections.defaultdict(list)
    for device in plan.devices:
        item = wanted.get(device.device_id)
        if isinstance(item, PrimaryWish):
            polled[item.place].append(device.name)
    return polled


def _warned(device: PlannedDevice, issue: Issue) -> PlannedDevice:
    return dataclasses.replace(device, warnings=(*device.warnings, issue))


def _doubled(device: PlannedDevice, item: PrimaryWish, others: c.Sequence[str]) -> PlannedDevice:
    names = ", ".join(map(printable, others))
    return _warned(device, _conflict(f"{item.host} is not written: LibreNMS polls {names} at the same address."))


def _conflict(message: str, hint: str = "") -> Issue:
    return Issue(IssueCode.ADDRESS_CONFLICT, "primary_ip", message, hint)


def _primary_of(existing: ExistingObject, family: int) -> str:
    return next((host for host in existing.primary_ips if ipaddress.ip_address(host).version == family), "")


class _PrimaryPlanner:
    """What one device needs for its primary address."""

    def __init__(
        self,
        device: PlannedDevice,
        item: PrimaryWish,
        found: ExistingPorts,
        existing: ExistingObjects,
        options: PortOptions,
        known: KnownInterfaces,
        matches: PortMatches,
        linking: Linking,
    ) -> None:
        self._device = device
        self._wish = item
        self._found = found
        self._existing = existing
        self._options = options
        self._known = known
        self._matches = matches
        self._linking = linking

    def on(self, placed: PlacedAddress) -> PlannedDevice:
        """With the primary address on an address that the plan has already."""
        return self._with_primary([], placed.value, placed.text, placed.interface)

    def planned(self) -> PlannedDevice:
        item = self._wish
        vrf_id = item.vrf.id if item.vrf else None
        address = judge(self._found.addresses.get(item.host, ()), vrf_id, owners_of(self._device, self._existing))
        if isinstance(address, Refusal):
            return _warned(self._device, _conflict(f"{item.host} is not written: {address.why}.", address.hint))
        if address is not None and address.assigned:
            return self._with_primary([], address.id, address.address, address.interface_name)
        return self._on_interface(address)

    def _on_interface(self, address: ExistingAddress | None) -> PlannedDevice:
        """The address has no interface yet, or is not in NetBox yet."""
        item = self._wish
        interface = self._interface()
        if isinstance(interface, Issue):
            return _warned(self._device, interface)
        value, name, writes = interface
        key = f"address:{self._device.device_id}"
        write = address_write(key, self._device.device_id, item.text, item.vrf, address, item.home, value, name)
        return self._with_primary([*writes, write], address.id if address else Ref(key), write.name, name)

    def _interface(self) -> tuple[int | Ref, str, list[Write]] | Issue:
        """The interface as a write refers to it, its name in NetBox, and what makes it."""
        item = self._wish
        home = item.home
        found = self._matches.find(home, item.port.port_id) if item.port else self._named()
        if isinstance(found, Unclear):
            said = f"{found.why} (interfaces of {printable(home.name)!r} in NetBox)"
            return unknown(f"No primary address is set: {said}.", HINT)
        key, device_id = f"interface:{self._device.device_id}", self._device.device_id
        if found is None:
            write = Write(key, home.kind.port, f"{home.name} {item.name}", self._new(home), owner=device_id)
            return Ref(write.key), item.name, [write]
        name = found.interface.name
        changes = self._linking.changes(found.interface, item.port.port_id) if item.port else ()
        write = Write(key, home.kind.port, f"{home.name} {name}", changes, object_id=found.value, owner=device_id)
        return found.value, name, [write] if changes else []

    def _named(self) -> Matched | Unclear | None:
        """The interface that only an option names."""
        name = self._wish.name
        found = self._known.find(self._wish.home, name)
        if isinstance(found, Match):
            return Unclear(f"several interfaces may be {printable(name)}") if found is Match.SEVERAL else None
        return Matched(*found)

    def _new(self, home: Home) -> tuple[Change, ...]:
        item = self._wish
        of_port = (*port_changes(item.port, home.kind), *self._linking.changes(None, item.port.port_id)) if item.port else ()
        return (*new_interface(home, item.name, item.kind, item.vrf), *of_port)

    def _with_primary(self, writes: list[Write], address: int | Ref, text: str, interface: str) -> PlannedDevice:
        """The device with these writes and, where the policy wants it, its new primary address."""
        device = self._device
        family = self._wish.address.version
        own = device.assessment.existing
        before = _primary_of(own, family) if own else ""
        warnings: tuple[Issue, ...] = ()
        sets = self._options.primary_ip is not Policy.NEVER and before != self._wish.host
        if before and self._options.primary_ip is Policy.IF_EMPTY:
            sets = False
        if sets and (holder := self._other_primary()):
            message = f"{self._wish.host} is not made the primary address: in NetBox it is that of {printable(holder)!r}."
            warnings = (Issue(IssueCode.PRIMARY_IP_CONFLICT, "primary_ip", message),)
            sets = False
        if sets:
            target = own.kind.target if own else device.assessment.import_as.target
            own_write = device.own
            object_id: int | Ref | None = own.id if own else Ref(own_write.key) if own_write else None
            change = Change(f"primary_ip{family}", address, before or None, text)
            writes = [
                *writes,
                Write(
                    f"primary:{device.device_id}",
                    target,
                    device.name,
                    (change,),
                    object_id=object_id,
                    owner=device.device_id,
                    at=Stage.PRIMARY,
                ),
            ]
        primary = PlannedPrimary(text, interface, sets or before == self._wish.host)
        return dataclasses.replace(with_writes(device, writes, warnings), primary=primary)

    def _other_primary(self) -> str:
        """Another member of the stack whose primary address it is: NetBox takes one only once, and fails with 500 otherwise."""
        own = self._device.assessment.existing
        if own is None or own.virtual_chassis_id is None:
            return ""
        members = self._existing.members(own.virtual_chassis_id)
        return next((item.name for item in members if item.id != own.id and self._wish.host in item.primary_ips), "")
