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

    def to_json(self) -> dict[str, t.Any]:
        """Plain JSON types, for the cache."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)} | {"status": self.status.value}

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> DeviceRecord:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(**{**data, "status": DeviceStatus(data["status"])})


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


class ChassisStatus(enum.StrEnum):
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
class VirtualChassis:
    """What an inventory says about stacking. ``members`` is empty unless the status is ``stack``, and sorted by position."""

    status: ChassisStatus
    members: tuple[Member, ...] = ()
    # Why the status is unknown, or how the stack was recognised.
    reason: str = ""
    # True when LibreNMS did not give the inventory, as opposed to an inventory that cannot tell.
    read_failed: bool = False

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
        }

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> VirtualChassis:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(
            status=ChassisStatus(data["status"]),
            members=tuple(Member(**member) for member in data["members"]),
            reason=data["reason"],
            read_failed=data["read_failed"],
        )
