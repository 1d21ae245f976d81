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

from ..fields import Policy
from ..issues import Issue, IssueCode
from ..judging.existing import ExistingObject, ExistingObjects
from ..kinds import ObjectKind, Stage, Target
from ..planning.options import ImportOptions, OnExisting
from ..planning.outcomes import Fate, Round
from ..planning.plan import Action, Change, MadeRef, Plan, PlannedDevice, PlannedPrimary, Ref, Write
from ..records import DevicePorts
from ..text import printable
from . import values
from .existing import ExistingAddress, ExistingPorts, Match, Owner, find_name, made_name
from .options import PortOptions, Ports
from .primary import Home, PrimaryWish, VrfNames, unknown, wish

# How NetBox names the two kinds of interface in an address, by the kind of their owner.
_ASSIGNED = {ObjectKind.DEVICE: "dcim.interface", ObjectKind.VIRTUAL_MACHINE: "virtualization.vminterface"}

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
        address = values.usable_address(device.assessment.device.ip)
        current = _primary_of(existing, address.version if address else 4)
        return not current or (ports.primary_ip is Policy.ALWAYS and (address is None or current != address.compressed))
    return is_interrupted(device, options)


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


def wishes(
    devices: c.Iterable[PlannedDevice],
    known: c.Mapping[int, DevicePorts],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> dict[int, PrimaryWish | Issue | None]:
    """What is wanted for each device, by its LibreNMS id."""
    missing = DevicePorts(unread="LibreNMS was not asked for them.")
    return {device.device_id: wish(device, known.get(device.device_id, missing), options, vrfs, existing) for device in devices}


def with_ports(
    plan: Plan, wanted: Wishes, found: ExistingPorts, existing: ExistingObjects, options: ImportOptions, ports: PortOptions
) -> Plan:
    """The plan with the writes that the wishes need."""
    hosts: dict[tuple[str, int | None], list[str]] = collections.defaultdict(list)
    for device in plan.devices:
        item = wanted.get(device.device_id)
        if isinstance(item, PrimaryWish):
            hosts[item.host, item.vrf.id if item.vrf else None].append(device.name)
    devices = []
    for device in plan.devices:
        item = wanted.get(device.device_id)
        planned = device
        if isinstance(item, PrimaryWish):
            same = hosts[item.host, item.vrf.id if item.vrf else None]
            if len(same) > 1:
                planned = _doubled(device, item, [name for name in same if name != device.name])
            else:
                planned = _PrimaryPlanner(device, item, found, existing, ports).planned()
        elif isinstance(item, Issue):
            planned = _warned(device, item)
        if options.existing is not OnExisting.UPDATE and device.assessment.existing is not None:
            # What the policy leaves as it is, is not told of in every run.
            planned = dataclasses.replace(planned, warnings=device.warnings)
        devices.append(planned)
    return dataclasses.replace(plan, devices=tuple(devices))


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
        self, device: PlannedDevice, item: PrimaryWish, found: ExistingPorts, existing: ExistingObjects, options: PortOptions
    ) -> None:
        self._device = device
        self._wish = item
        self._found = found
        self._existing = existing
        self._options = options

    def planned(self) -> PlannedDevice:
        item = self._wish
        vrf_id = item.vrf.id if item.vrf else None
        same = [address for address in self._found.addresses.get(item.host, ()) if address.vrf_id == vrf_id]
        if len(same) > 1:
            holders = "; ".join(address.holder for address in same)
            return _warned(self._device, _conflict(f"{item.host} is not written: NetBox has it several times ({holders})."))
        if same and same[0].assigned and not self._is_ours(same[0]):
            hint = "Remove it there, or put it on this device, if it is this device's."
            return _warned(self._device, _conflict(f"{item.host} is not written: NetBox has it on {same[0].holder}.", hint))
        if same and not same[0].assigned and (same[0].role or same[0].status != "active"):
            said = f"without an interface, as {same[0].role or same[0].status}"
            return _warned(self._device, _conflict(f"{item.host} is not written: NetBox has it {said}.", "Assign it by hand."))
        if same and same[0].assigned:
            return self._with_primary([], same[0].id, same[0].address, same[0].interface_name)
        return self._on_interface(same[0] if same else None)

    def _is_ours(self, address: ExistingAddress) -> bool:
        """Whether an address sits on the device, or on a member of its stack."""
        owners = {self._wish.home.owner}
        own = self._device.assessment.existing
        if own is not None:
            owners |= {_owner(own)}
            if own.virtual_chassis_id is not None:
                owners |= set(map(_owner, self._existing.members(own.virtual_chassis_id)))
        members = self._device.stack.members if self._device.stack else ()
        owners |= {_owner(member.existing) for member in members if member.existing}
        return address.owner is not None and address.owner in owners

    def _on_interface(self, address: ExistingAddress | None) -> PlannedDevice:
        """The address has no interface yet, or is not in NetBox yet."""
        item = self._wish
        interface = self._interface()
        if isinstance(interface, Issue):
            return _warned(self._device, interface)
        value, name, writes = interface
        assigned = [
            Change("assigned_object_type", _ASSIGNED[item.home.kind], None, _ASSIGNED[item.home.kind]),
            Change("assigned_object_id", value, None, f"{item.home.name} {name}"),
        ]
        key = f"address:{self._device.device_id}"
        if address is not None:
            write = Write(key, Target.IP_ADDRESS, address.address, tuple(assigned), address.id, self._device.device_id)
            return self._with_primary([*writes, write], address.id, address.address, name)
        changes = [Change("address", item.text, None, item.text), Change("status", "active", None, "active")]
        if item.vrf:
            changes.append(Change("vrf", item.vrf.id, None, item.vrf.name))
        write = Write(key, Target.IP_ADDRESS, item.text, (*changes, *assigned), owner=self._device.device_id)
        return self._with_primary([*writes, write], Ref(key), item.text, name)

    def _interface(self) -> tuple[int | Ref, str, list[Write]] | Issue:
        """The interface as a write refers to it, its name in NetBox, and what makes it."""
        item = self._wish
        home = item.home
        existing = self._found.interfaces.get(home.owner, ()) if home.owner else ()
        templates = self._found.templates.get(home.device_type, ()) if home.device_type is not None else ()
        made = [made_name(template, home.position) for template in templates]
        found = find_name(item.name, [interface.name for interface in existing] or made)
        if found is Match.SEVERAL:
            return unknown(f"No primary address is set: several interfaces of {home.name!r} in NetBox may be {printable(item.name)!r}.")
        if isinstance(found, str):
            known = next((interface.id for interface in existing if interface.name == found), None)
            if known is not None:
                return known, found, []
            if isinstance(home.id, Ref):
                return MadeRef(f"interface:{home.id.key}:{found}", home.id, found), found, []
        write = self._new_interface(home)
        return Ref(write.key), item.name, [write]

    def _new_interface(self, home: Home) -> Write:
        item = self._wish
        is_device = home.kind is ObjectKind.DEVICE
        changes = [
            Change("device" if is_device else "virtual_machine", home.id, None, home.name),
            Change("name", item.name, None, item.name),
        ]
        if is_device:
            changes.append(Change("type", item.kind.type, None, item.kind.type))
            if item.kind.mgmt_only:
                changes.append(Change("mgmt_only", True, None, True))
        if item.port is not None:
            rate = values.speed(item.port) if is_device else None
            filled = {
                "enabled": values.enabled(item.port),
                "description": values.description(item.port),
                "mtu": values.mtu(item.port),
                "speed": rate,
            }
            changes += [Change(field, value, None, value) for field, value in filled.items() if value not in (None, "")]
        if item.vrf:
            changes.append(Change("vrf", item.vrf.id, None, item.vrf.name))
        target = Target.INTERFACE if is_device else Target.VM_INTERFACE
        return Write(
            f"interface:{self._device.device_id}", target, f"{home.name} {item.name}", tuple(changes), owner=self._device.device_id
        )

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
                Write(f"primary:{device.device_id}", target, device.name, (change,), object_id, device.device_id, Stage.PRIMARY),
            ]
        own_writes = tuple(sorted((*device.own_writes, *writes), key=lambda write: write.stage))
        action = Action.UPDATE if writes and device.action in (Action.NONE, Action.SKIP, Action.LINK) else device.action
        primary = PlannedPrimary(text, interface, sets or before == self._wish.host)
        return dataclasses.replace(device, own_writes=own_writes, action=action, primary=primary, warnings=(*device.warnings, *warnings))

    def _other_primary(self) -> str:
        """Another member of the stack whose primary address it is: NetBox takes one only once, and fails with 500 otherwise."""
        own = self._device.assessment.existing
        if own is None or own.virtual_chassis_id is None:
            return ""
        members = self._existing.members(own.virtual_chassis_id)
        return next((item.name for item in members if item.id != own.id and self._wish.host in item.primary_ips), "")


def _owner(item: ExistingObject) -> Owner:
    return Owner(item.kind, item.id)
