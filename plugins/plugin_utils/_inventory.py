# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""From what LibreNMS said to hosts, their variables and groups. Pure functions: nothing here reads or writes."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming, is_ip_address
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports import values
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DevicePorts,
    DeviceRecord,
    Member,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import printable

from ._inventory_names import SHOWN, chassis_groups, host_names, is_host
from ._inventory_options import AddressKind, ChassisMode, GroupBy, InventoryOptions
from ._inventory_source import Source
from ._untrusted import harmless, untrusted

# The parent of the group of each stack, and the group of the hosts that are members of one.
CHASSIS_GROUP: t.Final = "virtual_chassis"
MEMBERS_GROUP: t.Final = "virtual_chassis_members"

Variables = dict[str, t.Any]


@dataclasses.dataclass(frozen=True, slots=True)
class HostEntry:
    """One host with its own variables and the groups it is in."""

    name: str
    variables: c.Mapping[str, t.Any]
    groups: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Hosts:
    """A whole inventory. ``subgroups`` are pairs of a group and one that is in it."""

    entries: tuple[HostEntry, ...]
    subgroups: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def clashes(self) -> frozenset[str]:
        """Names that are those of a host and of a group, which Ansible would mix up."""
        groups = {group for entry in self.entries for group in entry.groups}
        groups.update(group for pair in self.subgroups for group in pair)
        return frozenset(entry.name for entry in self.entries) & groups


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What building hosts needs of Ansible.

    :param sanitize: makes a name fit for a group
    :param render: evaluates a template of the user with the variables of a host
    :param reserved: names that no host may have
    """

    sanitize: c.Callable[[str], str]
    render: c.Callable[[str, c.Mapping[str, t.Any]], str]
    reserved: frozenset[str] = frozenset()


def build_hosts(source: Source, options: InventoryOptions, around: Surroundings) -> Hosts:
    """The hosts, in the order of device ids; a stack's members follow its own host."""
    names = host_names(source.devices, options.naming, around.reserved)
    stacks = {
        device.device_id: names.by_id[device.device_id]
        for device in source.devices
        if options.wants_chassis and _is_stack(source.stacking.get(device.device_id))
    }
    stack_groups = chassis_groups(stacks, around.sanitize).by_id
    groups_of = _groups_by_device(source)
    taken = {*names.by_id.values(), *around.reserved}
    entries: list[HostEntry] = []
    unusable: dict[str, str] = {}
    for device in source.devices:
        subject = _Subject(
            device=device,
            host=names.by_id[device.device_id],
            stacking=source.stacking.get(device.device_id) if options.wants_chassis else None,
            device_groups=tuple(groups_of.get(device.device_id, ())),
            stack_group=stack_groups.get(device.device_id),
            ports=source.ports.get(device.device_id),
        )
        entries += _entries(subject, options, around, taken, unusable)
    subgroups = tuple((CHASSIS_GROUP, group) for group in stack_groups.values())
    return Hosts(tuple(entries), subgroups, (*names.warnings, *left_out("ansible_host", unusable)))


def left_out(variable: str, values: c.Mapping[str, str]) -> list[str]:
    """A sentence on hosts without a connection variable, as what LibreNMS gave for it is not to be handed to a program.

    :param values: what was given, by host
    """
    if not values:
        return []
    shown = [f"{printable(host, 80)} ({printable(value, 80)!r})" for host, value in list(values.items())[:SHOWN]]
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return [f"{variable} is left out where it would be no address or host name, or would begin with a hyphen: {', '.join(shown)}{more}."]


@dataclasses.dataclass(frozen=True, slots=True)
class _Subject:
    device: DeviceRecord
    host: str
    stacking: Stacking | None
    device_groups: tuple[str, ...]
    stack_group: str | None
    ports: DevicePorts | None = None


def _entries(
    subject: _Subject, options: InventoryOptions, around: Surroundings, taken: set[str], unusable: dict[str, str]
) -> c.Iterator[HostEntry]:
    """The host of a device, and those of its members where they are wanted. Adds their names to ``taken``."""
    variables = _variables(subject, options)
    connection: Variables = {}
    if address := _connection_address(subject, options, variables, around):
        if is_host(address):
            connection["ansible_host"] = untrusted(_address(address))
        else:
            unusable[subject.host] = address
    if network_os := options.network_os.get(subject.device.os):
        connection["ansible_network_os"] = harmless(network_os)
    groups = (subject.stack_group,) if subject.stack_group else ()
    yield _entry(subject.host, {**connection, **variables}, options, around, groups)
    if options.virtual_chassis is ChassisMode.MEMBERS and subject.stack_group and subject.stacking:
        for member in subject.stacking.members:
            own = untrusted(_prefixed(options.vars_prefix, _member_variables(member, subject)))
            name = _member_name(member, subject, taken)
            taken.add(name)
            yield _entry(name, {**connection, **variables, **own}, options, around, (*groups, MEMBERS_GROUP))


def _entry(name: str, variables: Variables, options: InventoryOptions, around: Surroundings, groups: tuple[str, ...]) -> HostEntry:
    values = ((kind, value) for kind in options.group_by for value in _values(kind, variables, options.vars_prefix))
    ready_made = (around.sanitize(f"{kind}_{value}") for kind, value in values)
    return HostEntry(name, variables, tuple(dict.fromkeys((*ready_made, *groups))))


def _values(kind: GroupBy, variables: c.Mapping[str, t.Any], prefix: str) -> c.Sequence[str]:
    """What a host is grouped by; nothing where LibreNMS has no value."""
    if kind is GroupBy.DEVICE_GROUP:
        return t.cast("list[str]", variables[f"{prefix}device_groups"])
    value = variables[f"{prefix}{kind.value}"]
    return [value] if value else []


def _variables(subject: _Subject, options: InventoryOptions) -> Variables:
    """Named fields only, so that nothing LibreNMS may send one day becomes a variable by itself."""
    device = subject.device
    variables = {
        "device_id": device.device_id,
        "name": options.naming.name(device),
        "hostname": device.hostname,
        "sysname": device.sysname,
        "ip": _address(device.ip),
        "os": device.os,
        "version": device.version,
        "hardware": device.hardware,
        "serial": device.serial,
        "type": device.type,
        "location": device.location,
        "location_id": device.location_id,
        "latitude": device.latitude,
        "longitude": device.longitude,
        "status": harmless(device.status.value),
        "disabled": device.disabled,
        "ignored": device.ignored,
        "parent_id": device.parent_id,
        "virtual_chassis": _stacking_variable(subject.stacking),
    }
    if options.wants_device_groups:
        variables["device_groups"] = list(subject.device_groups)
    if options.ports:
        variables["interfaces"] = _interfaces(subject.ports)
    return t.cast("Variables", untrusted(_prefixed(options.vars_prefix, variables)))


def _interfaces(known: DevicePorts | None) -> list[Variables] | None:
    """The ports by ifIndex with their addresses, without what only stands in for a value; None where they could not be read."""
    if known is None or known.unread:
        return None
    addresses: dict[int, list[str]] = {}
    by_id = {port.port_id: port for port in known.ports}
    for record in known.addresses:
        length = values.prefix_length(record, by_id[record.port_id])
        addresses.setdefault(record.port_id, []).append(f"{record.address}/{length}")
    return [
        {
            "name": port.name or port.descr,
            "description": values.description(port),
            "type": port.type,
            "enabled": values.enabled(port),
            "mtu": values.mtu(port),
            "speed": values.speed(port),
            "mac_address": values.mac(port),
            "addresses": addresses.get(port.port_id, []),
        }
        for port in known.ports
    ]


def _stacking_variable(stacking: Stacking | None) -> Variables | None:
    """As a search returns it, less what only a judgement knows."""
    if stacking is None:
        return None
    return {
        "status": harmless(stacking.status.value),
        "reason": stacking.reason or None,
        "master_position": stacking.master.position if stacking.master else None,
        "members": [dataclasses.asdict(member) for member in stacking.members],
    }


def _member_variables(member: Member, subject: _Subject) -> Variables:
    """What differs from the variables of the stack's own host. A member that says nothing of its model may be any of the stack's."""
    return {
        "serial": member.serial,
        "hardware": member.model,
        "member_position": member.position,
        "member_name": member.name,
        "is_master": member.is_master,
        "stack_host": subject.host,
    }


def _prefixed(prefix: str, variables: Variables) -> Variables:
    return {f"{prefix}{name}": value for name, value in variables.items()}


def _connection_address(subject: _Subject, options: InventoryOptions, variables: Variables, around: Surroundings) -> str:
    """Where Ansible itself would reach the device, unchecked; the same for all members of a stack."""
    device = subject.device
    if options.address is AddressKind.TEMPLATE:
        return around.render(options.address_template, {"inventory_hostname": subject.host, **variables}).strip()
    if options.address is AddressKind.HOSTNAME:
        return device.hostname or device.ip
    return device.ip or device.hostname


def _address(text: str) -> str:
    # Anything may stand behind the percent sign of an IPv6 address with a zone.
    return harmless(text) if is_ip_address(text) and "%" not in text else text


def _member_name(member: Member, subject: _Subject, taken: c.Container[str]) -> str:
    """As the import would call the member; the device id comes in where another host has that name."""
    naming = MemberNaming()
    bases = (subject.host, f"{subject.host}-{subject.device.device_id}", f"librenms-{subject.device.device_id}")
    names = [naming.name(base, member) for base in bases]
    free = next((name for name in names if name not in taken), None)
    while free is None:
        names = [naming.name(name, member) for name in names]
        free = next((name for name in names if name not in taken), None)
    return free


def _is_stack(stacking: Stacking | None) -> bool:
    return stacking is not None and stacking.status is StackStatus.STACK


def _groups_by_device(source: Source) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = {}
    for name, ids in sorted(source.device_groups.items()):
        for device_id in ids:
            groups.setdefault(device_id, []).append(name)
    return groups
