# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The options of the inventory plugin as typed records, checked before anything is read."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import typing as t

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import did_you_mean, near
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.connection import Connection, positive

# C(ansible_network_os) by LibreNMS operating system: where a collection has a connection plugin of that name.
NETWORK_OS: t.Final[c.Mapping[str, str]] = {
    "arista_eos": "arista.eos.eos",
    "arubaos-cx": "arubanetworks.aoscx.aoscx",
    "asa": "cisco.asa.asa",
    "ciscosb": "community.ciscosmb.ciscosmb",
    "dell-os10": "dellemc.os10.os10",
    "fortigate": "fortinet.fortios.fortios",
    "ios": "cisco.ios.ios",
    "iosxe": "cisco.ios.ios",
    "iosxr": "cisco.iosxr.iosxr",
    "junos": "junipernetworks.junos.junos",
    "nxos": "cisco.nxos.nxos",
    "panos": "paloaltonetworks.panos.panos",
    "routeros": "community.routeros.routeros",
    "srlinux": "nokia.srlinux.srlinux",
    "vyos": "vyos.vyos.vyos",
}


class ChassisMode(enum.StrEnum):
    OFF = "false"
    GROUPS = "groups"
    MEMBERS = "members"


class GroupBy(enum.StrEnum):
    LOCATION = "location"
    OS = "os"
    TYPE = "type"
    HARDWARE = "hardware"
    STATUS = "status"
    DEVICE_GROUP = "device_group"


class AddressKind(enum.Enum):
    # The address LibreNMS polls, and without one the hostname.
    POLLED = enum.auto()
    HOSTNAME = enum.auto()
    TEMPLATE = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True)
class InventoryOptions:
    """What one inventory source says."""

    connection: Connection
    workers: int
    selection: Selection
    naming: Naming
    address: AddressKind
    address_template: str
    vars_prefix: str
    network_os: c.Mapping[str, str]
    group_by: tuple[GroupBy, ...]
    virtual_chassis: ChassisMode
    strict_fetch: bool
    ports: bool = False

    @classmethod
    def from_options(cls, params: c.Mapping[str, t.Any]) -> InventoryOptions:
        """Raises OptionError for the first option that is wrong."""
        address, template = _address(params["host_address"])
        return cls(
            connection=Connection.from_options("librenms", params),
            workers=positive("librenms_workers", params["librenms_workers"]),
            selection=_selection(params),
            naming=Naming(params["use_sysname"], params["strip_domain"]),
            address=address,
            address_template=template,
            vars_prefix=_prefix(params["vars_prefix"]),
            network_os=_network_os(params["network_os"]),
            group_by=tuple(dict.fromkeys(map(GroupBy, params["group_by"]))),
            virtual_chassis=_chassis_mode(params["virtual_chassis"]),
            strict_fetch=params["strict_fetch"],
            ports=params["ports"],
        )

    @property
    def wants_chassis(self) -> bool:
        return self.virtual_chassis is not ChassisMode.OFF

    @property
    def wants_device_groups(self) -> bool:
        return GroupBy.DEVICE_GROUP in self.group_by


def _selection(params: c.Mapping[str, t.Any]) -> Selection:
    selection = Selection.from_options(
        params["filters"], include_disabled=params["include_disabled"], all_devices=params["all_devices"], exclude=params["exclude"]
    )
    if selection.wants_sites:
        option = "filters.site" if selection.site else "exclude.site"
        raise OptionError(option, "", "needs NetBox, which an inventory does not ask", "Use the location.")
    return selection


def check_names(given: c.Iterable[str], known: c.Collection[str]) -> None:
    """Raises OptionError for an option that there is none of, which Ansible itself lets pass."""
    for name in given:
        if name not in known:
            hint = did_you_mean(near(str(name), known))
            raise OptionError(str(name), "a value", "there is no such option", hint)


def _address(given: str) -> tuple[AddressKind, str]:
    if "{{" in given or "{%" in given:
        return AddressKind.TEMPLATE, given
    match given.strip().lower():
        case "ip":
            return AddressKind.POLLED, ""
        case "hostname":
            return AddressKind.HOSTNAME, ""
    raise OptionError(
        "host_address", given, "must be ip, hostname or a template", 'A template is such as "{{ librenms_sysname }}.example.net".'
    )


def _prefix(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", given):
        raise OptionError("vars_prefix", given, "must begin the name of a variable: letters, digits and underscores, no digit first")
    if given.lower().startswith("ansible"):
        # Else LibreNMS could set variables that decide how Ansible works.
        raise OptionError("vars_prefix", given, "variables with this beginning are Ansible's own")
    return given


def _network_os(given: c.Mapping[str, object]) -> dict[str, str]:
    """The built-in map with the user's entries put over it; an empty one takes an entry away."""
    for name, value in given.items():
        if value and not isinstance(value, str):
            raise OptionError(f"network_os.{name}", value, "must be a text", "It is such as cisco.ios.ios.")
    merged = {**NETWORK_OS, **{str(name): str(value) if value else "" for name, value in given.items()}}
    return {name: value for name, value in merged.items() if value}


def _chassis_mode(given: object) -> ChassisMode:
    if given is None or given is False:
        return ChassisMode.OFF
    try:
        return ChassisMode(str(given).strip().lower())
    except ValueError:
        raise OptionError("virtual_chassis", given, "must be false, groups or members") from None
