# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is known of LibreNMS devices, as typed records of named fields.

Text is ``""`` where LibreNMS has null or an empty string. No field holds a secret, so a record may be cached,
logged and returned.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

_Record = t.TypeVar("_Record", "DeviceRecord", "Member")


def _typed(record: _Record) -> _Record:
    """The record if each field has its type, which a cache that somebody has edited does not keep. Raises TypeError."""
    for name, kind in _TYPES[type(record)].items():
        if not isinstance(getattr(record, name), kind):
            raise TypeError(f"{name} is no {kind}")
    return record


class DeviceStatus(enum.StrEnum):
    UP = "up"
    DOWN = "down"


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One LibreNMS device. The types are the same in every LibreNMS version and for every end point."""

    device_id: int
    hostname: str
    sysname: str = ""
    ip: str = ""
    os: str = ""
    version: str = ""
    hardware: str = ""
    serial: str = ""
    type: str = ""
    location: str = ""
    location_id: int | None = None
    status: DeviceStatus = DeviceStatus.UP
    disabled: bool = False
    ignored: bool = False
    # LibreNMS's device_id of the hypervisor this virtual machine runs on.
    parent_id: int | None = None
    # Of the location, in degrees with six decimals; None where LibreNMS has none.
    latitude: float | None = None
    longitude: float | None = None

    @property
    def coordinates(self) -> tuple[float, float] | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    def to_json(self) -> dict[str, t.Any]:
        """Plain JSON types, for the cache."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)} | {"status": self.status.value}

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> DeviceRecord:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        return _typed(cls(**{**data, "status": DeviceStatus(data["status"])}))


@dataclasses.dataclass(frozen=True, slots=True)
class InventoryRow:
    """One entPhysical row. Absent columns and nulls are ``""``, ``0`` (contained_in) or ``-1`` (parent_rel_pos)."""

    index: int
    contained_in: int = 0
    parent_rel_pos: int = -1
    physical_class: str = ""
    name: str = ""
    descr: str = ""
    model: str = ""
    serial: str = ""
    vendor_type: str = ""
    manufacturer: str = ""


def shape(*records: type) -> str:
    """The names of the fields of records: part of a cache key, so that an old entry never fills a new field with nothing."""
    return ";".join(",".join(field.name for field in dataclasses.fields(record)) for record in records)


class StackStatus(enum.StrEnum):
    STACK = "stack"
    SINGLE = "single"
    # The inventory cannot tell (no rows), or it could not be read.
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One unit of a stack. ``position`` is the vendor's own number, 0 to 255."""

    position: int
    serial: str = ""
    model: str = ""
    name: str = ""
    is_master: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Stacking:
    """What an inventory says about stacking. ``members`` is empty unless the status is ``stack``, and sorted by position."""

    status: StackStatus
    members: tuple[Member, ...] = ()
    # Why the status is unknown, or how the stack was recognised.
    reason: str = ""
    # True when LibreNMS did not give the inventory, as opposed to an inventory that cannot tell.
    read_failed: bool = False
    # The model of the only chassis, "" for a stack and where the inventory names none.
    model: str = ""
    # The maker of the only chassis or of the master, "" where the inventory names none.
    manufacturer: str = ""

    @property
    def master(self) -> Member | None:
        return next((member for member in self.members if member.is_master), None)

    def to_json(self) -> dict[str, t.Any]:
        """Plain JSON types, for the cache."""
        return {
            "status": self.status.value,
            "members": [dataclasses.asdict(member) for member in self.members],
            "reason": self.reason,
            "read_failed": self.read_failed,
            "model": self.model,
            "manufacturer": self.manufacturer,
        }

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> Stacking:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(
            status=StackStatus(data["status"]),
            members=tuple(_typed(Member(**member)) for member in data["members"]),
            reason=data["reason"],
            read_failed=data["read_failed"],
            model=data["model"],
            manufacturer=data["manufacturer"],
        )


@dataclasses.dataclass(frozen=True, slots=True)
class PortRecord:
    """One port of a device, as LibreNMS has it: raw values, also those that only stand in for one.

    ``speed`` is in bit/s. ``mac`` are 12 hexadecimal digits or ``""``. ``vrf_id`` is LibreNMS's id of the VRF, 0 for none.
    LibreNMS fills an empty ``name`` and ``alias`` with ``descr``, and leaves ports out that its configuration ignores:
    a port that is not here may well exist.
    """

    port_id: int
    device_id: int
    if_index: int = 0
    name: str = ""
    descr: str = ""
    alias: str = ""
    type: str = ""
    speed: int | None = None
    mtu: int | None = None
    mac: str = ""
    admin_status: str = ""
    vrf_id: int = 0

    def to_row(self) -> list[t.Any]:
        """Plain JSON, for the cache: the values in the order of the fields. A dictionary for each of 100,000 ports is too much."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def from_row(cls, row: t.Sequence[t.Any]) -> PortRecord:
        """The reverse of :meth:`to_row`. Raises TypeError or ValueError for anything else."""
        return _from_row(cls, row)


@dataclasses.dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address of a port: compressed text without its mask, and the length of the mask, None where LibreNMS has none."""

    port_id: int
    address: str
    prefix_length: int | None = None

    def to_row(self) -> list[t.Any]:
        """Plain JSON, for the cache."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def from_row(cls, row: t.Sequence[t.Any]) -> AddressRecord:
        """The reverse of :meth:`to_row`. Raises TypeError or ValueError for anything else."""
        return _from_row(cls, row)


@dataclasses.dataclass(frozen=True, slots=True)
class PortLink:
    """Two ports of one device of which one is a layer of the other. Which is which is not to be told from the sides."""

    one: int
    other: int


@dataclasses.dataclass(frozen=True, slots=True)
class DevicePorts:
    """The ports of one device with their addresses. ``unread`` says why LibreNMS did not give them; then there is nothing else."""

    ports: tuple[PortRecord, ...] = ()
    addresses: tuple[AddressRecord, ...] = ()
    unread: str = ""


_Row = t.TypeVar("_Row", PortRecord, AddressRecord)


def _from_row(cls: type[_Row], row: t.Sequence[t.Any]) -> _Row:
    if len(row) != len(cls.__slots__):
        raise ValueError("a row of another form")
    record = cls(*row)
    if not all(isinstance(value, int) for value in row[: 2 if cls is PortRecord else 1]):
        raise TypeError("an id that is no number")
    return record


_TYPES: t.Mapping[type, t.Mapping[str, t.Any]] = {record: t.get_type_hints(record) for record in (DeviceRecord, Member)}
