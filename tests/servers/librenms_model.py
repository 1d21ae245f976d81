# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the LibreNMS simulator holds: devices, inventories, groups, locations, users.

Field names are LibreNMS's own column names, so that a row can be compared with its schema.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import threading
import typing as t

# Every secret the simulator plants begins with this; no output of the collection may contain it.
SECRET_MARK = "s3cr3t-"

Version: t.TypeAlias = tuple[int, int, int]
NEWEST = "26.7.0"


def parse_version(text: str) -> Version:
    """``26.7.0`` as ``(26, 7, 0)``. Raises ValueError for anything else."""
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
    if match is None:
        raise ValueError(f"a LibreNMS version has the form 26.7.0, not {text!r}")
    return int(match[1]), int(match[2]), int(match[3])


@dataclasses.dataclass(frozen=True, slots=True)
class EntRow:
    """One entPhysical row, less the two ids. None is what an agent did not give, ``""`` what it gave empty."""

    entPhysicalIndex: int
    entPhysicalDescr: str | None = None
    entPhysicalClass: str | None = None
    entPhysicalName: str | None = None
    entPhysicalHardwareRev: str | None = None
    entPhysicalFirmwareRev: str | None = None
    entPhysicalSoftwareRev: str | None = None
    entPhysicalAlias: str | None = None
    entPhysicalAssetID: str | None = None
    entPhysicalIsFRU: str | None = None
    entPhysicalModelName: str | None = None
    entPhysicalVendorType: str | None = None
    entPhysicalSerialNum: str | None = None
    entPhysicalContainedIn: int = 0
    entPhysicalParentRelPos: int = -1
    entPhysicalMfgName: str | None = None
    entPhysicalMfgDate: str | None = None
    ifIndex: int | None = None


Inventory: t.TypeAlias = c.Callable[[], tuple[EntRow, ...]]


def no_rows() -> tuple[EntRow, ...]:
    """The inventory of a device that has no entPhysical table."""
    return ()


def rows_of(rows: c.Sequence[t.Mapping[str, t.Any]]) -> Inventory:
    """The inventory made of rows as the API gives them. Raises TypeError for an unknown column."""
    fixed = tuple(EntRow(**row) for row in rows)
    return lambda: fixed


@dataclasses.dataclass(frozen=True, slots=True)
class SimPort:
    """One port. ``addresses`` are written ``10.0.0.1/24``; ``port_id`` None counts from the device's id.

    ``lower`` names the ifIndex of the port that LibreNMS calls the lower one, such as a LAG.
    """

    ifIndex: int
    ifName: str | None = None
    ifDescr: str | None = None
    ifAlias: str | None = None
    ifType: str | None = "ethernetCsmacd"
    ifSpeed: int | None = 1_000_000_000
    ifMtu: int | None = 1500
    ifPhysAddress: str | None = None
    ifAdminStatus: str | None = "up"
    ifOperStatus: str | None = "up"
    ifVrf: int = 0
    ignore: int = 0
    disabled: int = 0
    deleted: int = 0
    addresses: tuple[str, ...] = ()
    lower: int | None = None
    port_id: int | None = None


Ports: t.TypeAlias = c.Callable[[], tuple[SimPort, ...]]


def no_ports() -> tuple[SimPort, ...]:
    """The ports of a device that is only pinged."""
    return ()


def ports_of(ports: c.Sequence[t.Mapping[str, t.Any]]) -> Ports:
    """The ports made of the fields of :class:`SimPort`. Raises TypeError for an unknown one."""
    fixed = tuple(SimPort(**{**port, "addresses": tuple(port.get("addresses", ()))}) for port in ports)
    return lambda: fixed


@dataclasses.dataclass(frozen=True, slots=True)
class SimDevice:
    """One device. ``location`` is the name in the locations table; ``inventory`` and ``ports`` are called when they are asked for.

    ``vrfs`` maps LibreNMS's id of a VRF, which ports have as ifVrf, to its name.
    """

    device_id: int
    hostname: str
    sysName: str | None = None
    display: str | None = None
    ip: str | None = None
    overwrite_ip: str | None = None
    os: str | None = "generic"
    version: str | None = None
    hardware: str | None = None
    features: str | None = None
    serial: str | None = None
    type: str = "network"
    location: str | None = None
    sysObjectID: str | None = None
    sysDescr: str | None = None
    sysContact: str | None = None
    icon: str | None = None
    purpose: str | None = None
    notes: str | None = None
    status: int = 1
    status_reason: str = ""
    ignore: int = 0
    disabled: int = 0
    snmp_disable: int = 0
    uptime: int | None = 8_640_000
    # The hypervisor it runs on; LibreNMS adds the key for virtual machines only.
    parent_id: int | None = None
    dependency_parents: tuple[int, ...] = ()
    # Hardware addresses in its ARP table: 12 hexadecimal digits.
    arp: tuple[str, ...] = ()
    inventory: Inventory = no_rows
    ports: Ports = no_ports
    vrfs: tuple[tuple[int, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class SimLocation:
    id: int
    location: str
    lat: float | None = None
    lng: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class SimGroup:
    """A device group. ``rules`` is an object for a dynamic group, None for a static one."""

    id: int
    name: str
    desc: str = ""
    type: str = "static"
    rules: dict[str, t.Any] | None = None
    pattern: str | None = None
    members: tuple[int, ...] = ()


class UserRole(enum.StrEnum):
    ADMIN = "admin"
    GLOBAL_READ = "global-read"
    USER = "user"


@dataclasses.dataclass(frozen=True, slots=True)
class ApiUser:
    """Who a token belongs to. ``devices`` are the ids permitted to the role ``user``; the others see all."""

    role: UserRole = UserRole.GLOBAL_READ
    devices: frozenset[int] = frozenset()
    token_disabled: bool = False

    def may_see(self, device_id: int) -> bool:
        return self.role is not UserRole.USER or device_id in self.devices


class SimWorld:
    """All that LibreNMS knows. Safe to be changed by one thread while others read.

    ``generation`` grows with every change, for those who keep something derived.
    """

    def __init__(self, devices: c.Iterable[SimDevice] = (), groups: c.Iterable[SimGroup] = ()) -> None:
        self._lock = threading.RLock()
        self._devices: dict[int, SimDevice] = {}
        self._locations: dict[str, SimLocation] = {}
        self._groups: dict[int, SimGroup] = {}
        self.generation = 0
        for device in devices:
            self.put(device)
        for group in groups:
            self.put_group(group)

    def devices(self) -> list[SimDevice]:
        with self._lock:
            return list(self._devices.values())

    def get(self, device_id: int) -> SimDevice | None:
        return self._devices.get(device_id)

    def put(self, device: SimDevice) -> None:
        """Add a device, or replace the one with its id. Its location is made when it is new."""
        with self._lock:
            self._devices[device.device_id] = device
            if device.location is not None and device.location not in self._locations:
                number = len(self._locations) + 1
                # Not every location of a LibreNMS has coordinates.
                lat, lng = (None, None) if number % 4 == 0 else (40.0 + number * 1.5, number * 2.25)
                self._locations[device.location] = SimLocation(number, device.location, lat, lng)
            self.generation += 1

    def change(self, device_id: int, /, **changes: t.Any) -> SimDevice:
        """Set fields of a device, also its ``device_id`` (as when it was deleted and added again).

        Raises KeyError for an unknown device and TypeError for an unknown field.
        """
        with self._lock:
            new = dataclasses.replace(self._devices[device_id], **changes)
            if new.device_id != device_id:
                del self._devices[device_id]
            self.put(new)
            return new

    def remove(self, device_id: int) -> None:
        """Raises KeyError for an unknown device."""
        with self._lock:
            del self._devices[device_id]
            self.generation += 1

    def location(self, name: str | None) -> SimLocation | None:
        return None if name is None else self._locations.get(name)

    def locations(self) -> list[SimLocation]:
        with self._lock:
            return list(self._locations.values())

    def groups(self) -> list[SimGroup]:
        with self._lock:
            return list(self._groups.values())

    def put_group(self, group: SimGroup) -> None:
        with self._lock:
            self._groups[group.id] = group
            self.generation += 1
