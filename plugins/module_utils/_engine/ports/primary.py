# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which address is a device's primary one, on which of its ports, and in which member of its stack that port sits."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from ..issues import Issue, IssueCode
from ..judging.existing import ExistingObjects
from ..kinds import ObjectKind
from ..planning.plan import PlannedDevice, Ref, Write
from ..records import AddressRecord, DevicePorts, PortRecord
from ..text import printable
from .existing import ExistingVrf, Owner, Place, place
from .names import MAX_INTERFACE_NAME, canonical, member_position
from .options import PortOptions
from .types import InterfaceKind, interface_kind
from .values import Address, prefix_length, takes_host, usable_address


@dataclasses.dataclass(frozen=True, slots=True)
class Home:
    """The object that has, or gets, the interface.

    :ivar id: its id, or the Ref of the write that creates it
    :ivar device_type: of one that is created, whose templates make interfaces
    :ivar position: in a virtual chassis, of one that is created
    """

    kind: ObjectKind
    id: int | Ref
    name: str
    device_type: int | Ref | None = None
    position: int | None = None

    @property
    def owner(self) -> Owner | None:
        return Owner(self.kind, self.id) if isinstance(self.id, int) else None


@dataclasses.dataclass(frozen=True, slots=True)
class PrimaryWish:
    """The address that a device is to have, and on which interface.

    :ivar port: None for an interface that only the option C(management_interface) names
    """

    address: Address
    length: int
    name: str
    home: Home
    kind: InterfaceKind
    port: PortRecord | None = None
    vrf: ExistingVrf | None = None

    @property
    def host(self) -> str:
        return self.address.compressed

    @property
    def text(self) -> str:
        return f"{self.host}/{self.length}"

    @property
    def place(self) -> Place:
        return place(self.host, self.vrf)


@dataclasses.dataclass(frozen=True, slots=True)
class VrfNames:
    """How LibreNMS's VRFs become NetBox's.

    :ivar names: by LibreNMS's id
    :ivar targets: NetBox's by the path of the rule
    :ivar unread: why LibreNMS did not give the names
    """

    names: c.Mapping[int, str] = dataclasses.field(default_factory=dict)
    targets: c.Mapping[str, ExistingVrf] = dataclasses.field(default_factory=dict)
    unread: str = ""


def unknown(message: str, hint: str = "") -> Issue:
    return Issue(IssueCode.PRIMARY_IP_UNKNOWN, "primary_ip", message, hint)


def wish(
    device: PlannedDevice, known: DevicePorts, options: PortOptions, vrfs: VrfNames, existing: ExistingObjects
) -> PrimaryWish | Issue | None:
    """What is wanted for a device, or why nothing is; None where a rule says to ignore the port."""
    ip = device.assessment.device.ip
    address = usable_address(ip)
    if address is None:
        said = f"{printable(ip)!r} is no address that another host reaches" if ip else "LibreNMS does not know the address it polls"
        return unknown(f"No primary address is set: {said}.")
    if known.unread:
        return unknown(f"No primary address is set, because the ports are not known. {known.unread}", "Run again when LibreNMS answers.")
    by_id = {port.port_id: port for port in known.ports}
    found = [(item, by_id[item.port_id]) for item in known.addresses if usable_address(item.address) == address and item.port_id in by_id]
    if len({port.port_id for _item, port in found}) > 1:
        names = ", ".join(sorted(printable(options.name_field.of(port)) for _item, port in found))
        return unknown(f"No primary address is set: LibreNMS has {address} on several ports ({names}).")
    if not found:
        return _without_port(device, address, options)
    return _on_port(device, address, found[0], known.ports, options, vrfs, existing)


def _without_port(device: PlannedDevice, address: Address, options: PortOptions) -> PrimaryWish | Issue:
    if not options.management_interface:
        return unknown(
            f"No primary address is set: LibreNMS has no port of this device with {address}.",
            "The option management_interface names an interface that is to have it.",
        )
    kind = InterfaceKind("other")
    return PrimaryWish(address=address, length=address.max_prefixlen, name=options.management_interface, home=_own(device), kind=kind)


def _on_port(
    device: PlannedDevice,
    address: Address,
    found: tuple[AddressRecord, PortRecord],
    ports: c.Iterable[PortRecord],
    options: PortOptions,
    vrfs: VrfNames,
    existing: ExistingObjects,
) -> PrimaryWish | Issue | None:
    record, port = found
    name = options.name_field.of(port)
    shown = printable(name)
    if not name or len(name) > MAX_INTERFACE_NAME:
        return unknown(f"No primary address is set: the port with {address} has no name that NetBox can hold ({shown!r}).")
    kind = interface_kind(options.rules, port, name)
    if kind is None:
        return None
    if name_counts(ports, options)[canonical(name)] > 1:
        return unknown(
            f"No primary address is set: LibreNMS has several ports called {shown!r} on this device, and one of them has {address}.",
            "The option interface_name chooses another name of ports, and a rule of interface_rules with ignore leaves one out.",
        )
    length = prefix_length(record, port)
    if not takes_host(address, length):
        return unknown(f"No primary address is set: {address} is the network's own or its broadcast address with the mask /{length}.")
    home = home_of(device, name, existing)
    if home is None:
        return unknown(f"No primary address is set: the port {shown!r} belongs to a member of the stack that is not imported.")
    vrf = vrf_of(port, options, vrfs)
    if isinstance(vrf, str):
        return unknown(f"No primary address is set, because the VRF of the port {shown!r} is not known. {vrf}")
    return PrimaryWish(address=address, length=length, name=name, home=home, kind=kind, port=port, vrf=vrf)


def name_counts(ports: c.Iterable[PortRecord], options: PortOptions) -> collections.Counter[str]:
    """How many ports of a device have a name, by its canonical form, without those that a rule ignores."""
    named = ((port, options.name_field.of(port)) for port in ports)
    return collections.Counter(canonical(name) for port, name in named if interface_kind(options.rules, port, name) is not None)


def vrf_of(port: PortRecord, options: PortOptions, vrfs: VrfNames) -> ExistingVrf | str | None:
    """NetBox's VRF of a port: the global table where no rule names one; a text that says why it cannot be told."""
    if not port.vrf_id or not options.vrfs:
        return None
    if vrfs.unread:
        return vrfs.unread
    name = vrfs.names.get(port.vrf_id)
    if name is None:
        return f"LibreNMS has no VRF with the id {port.vrf_id}."
    rule = next((rule for rule in options.vrfs if rule.holds(name)), None)
    return vrfs.targets[rule.path] if rule else None


def _own(device: PlannedDevice) -> Home:
    """The object that the LibreNMS device itself is: of a stack its master, unless another member has become that since."""
    existing = device.assessment.existing
    if existing is not None:
        return Home(existing.kind, existing.id, device.name)
    own = device.own
    if own is None:
        raise ValueError("a device that is neither in NetBox nor created has no interfaces")
    return _created(device.assessment.import_as, own, device.name, own.value("vc_position"))


def _created(kind: ObjectKind, write: Write, name: str, position: int | None) -> Home:
    device_type = write.value("device_type")
    return Home(kind, Ref(write.key), name, device_type if isinstance(device_type, (int, Ref)) else None, position)


def home_of(device: PlannedDevice, name: str, existing: ExistingObjects) -> Home | None:
    """Where a port of this name sits; None when its member of the stack is not, and will not be, in NetBox.

    Where no member has the number 0 a port with it is one that the stack has once, such as C(M-GigabitEthernet0/0/0) for management.
    """
    stack = device.stack
    position = member_position(name, device.assessment.device.os)
    if position is not None and stack is None:
        return _in_chassis(device, position, existing)
    if stack is None or position is None or (stack.own_member and stack.own_member.position == position):
        return _own(device)
    member = next((item for item in stack.members if item.member.position == position), None)
    if member is None:
        return _own(device) if position == 0 else None
    if member.existing is not None:
        return Home(member.existing.kind, member.existing.id, member.name)
    made = member.creation
    if made is None:
        return None
    return _created(ObjectKind.DEVICE, made, member.name, position)


def _in_chassis(device: PlannedDevice, position: int, existing: ExistingObjects) -> Home | None:
    """The member at a position of the virtual chassis in NetBox, where LibreNMS was not asked for the stack."""
    own = device.assessment.existing
    if own is None or own.virtual_chassis_id is None or own.vc_position == position:
        return _own(device)
    member = next((item for item in existing.members(own.virtual_chassis_id) if item.vc_position == position), None)
    if member is None:
        return _own(device) if position == 0 else None
    linked = {*member.links.by_key.values(), member.links.legacy} - {None, device.device_id}
    # LibreNMS polls that member by itself, so that its ports are told of it and these are not.
    return _own(device) if linked else Home(member.kind, member.id, member.name)
