# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""From what LibreNMS sends to typed records, for every version and shape of its answers.

A device on the wire carries SNMP communities and passwords. They are dropped while the JSON is read: only the named
fields of a record survive.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import ipaddress
import re
import sys
import typing as t

from .._engine.records import AddressRecord, DeviceRecord, DeviceStatus, InventoryRow, PortLink, PortRecord
from .._engine.selection import Location, Version

# The columns of a port that are asked for. All exist since 24.1; one that does not makes LibreNMS refuse the request.
PORT_COLUMNS: t.Final = (
    "port_id",
    "device_id",
    "ifIndex",
    "ifName",
    "ifDescr",
    "ifAlias",
    "ifType",
    "ifSpeed",
    "ifMtu",
    "ifPhysAddress",
    "ifAdminStatus",
    "ifVrf",
    "deleted",
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?")


@dataclasses.dataclass(frozen=True)
class Unusable:
    """Stands for an object that is no usable device. Says why, and holds nothing of it."""

    reason: str


def device_or_dict(raw: dict[str, t.Any]) -> DeviceRecord | Unusable | dict[str, t.Any]:
    """An C(object_hook) for reading device lists: each device becomes a record at once, other objects stay as they are."""
    if "device_id" not in raw and "hostname" not in raw:
        return raw
    try:
        return device_record(raw)
    except ValueError as error:
        return Unusable(str(error))


def device_record(raw: c.Mapping[str, object]) -> DeviceRecord:
    """A device of the list, of a group or of the single-device end point.

    :raises ValueError: there is no usable device_id; the text holds nothing of the device
    """
    device_id = number(raw.get("device_id"))
    if device_id is None or device_id < 1:
        raise ValueError("a device has no usable device_id")
    # One string, NULL, absent (26.4) or, from GET /devices/:id since 26.5, an object of its own.
    place = raw.get("location")
    location, location_id = (place.get("location"), place.get("id")) if isinstance(place, c.Mapping) else (place, None)
    parent_id = number(raw.get("parent_id"))
    latitude, longitude = _coordinates(place if isinstance(place, c.Mapping) else raw)
    return DeviceRecord(
        device_id=device_id,
        hostname=text(raw.get("hostname")),
        sysname=text(raw.get("sysName")),
        ip=text(raw.get("ip")),
        os=text(raw.get("os")),
        version=text(raw.get("version")),
        hardware=text(raw.get("hardware")),
        serial=text(raw.get("serial")),
        type=text(raw.get("type")),
        location=text(location),
        location_id=number(raw.get("location_id")) or number(location_id) or None,
        status=DeviceStatus.UP if flag(raw.get("status")) else DeviceStatus.DOWN,
        disabled=flag(raw.get("disabled")),
        ignored=flag(raw.get("ignore")),
        parent_id=parent_id if parent_id and parent_id > 0 else None,
        latitude=latitude,
        longitude=longitude,
    )


def _coordinates(raw: c.Mapping[str, object]) -> tuple[float, float] | tuple[None, None]:
    """Degrees, which LibreNMS sends as numbers or texts; 0, 0 is what devices say that know none."""
    try:
        latitude, longitude = (round(float(str(raw.get(name))), 6) for name in ("lat", "lng"))
    except (ValueError, OverflowError):
        return None, None
    known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return (latitude, longitude) if known else (None, None)


def inventory_row(raw: c.Mapping[str, object]) -> InventoryRow:
    """One entPhysical row."""
    contained_in = number(raw.get("entPhysicalContainedIn"))
    parent_rel_pos = number(raw.get("entPhysicalParentRelPos"))
    return InventoryRow(
        index=number(raw.get("entPhysicalIndex")) or 0,
        contained_in=0 if contained_in is None else contained_in,
        parent_rel_pos=-1 if parent_rel_pos is None else parent_rel_pos,
        physical_class=text(raw.get("entPhysicalClass")),
        name=text(raw.get("entPhysicalName")),
        descr=text(raw.get("entPhysicalDescr")),
        model=text(raw.get("entPhysicalModelName")),
        serial=text(raw.get("entPhysicalSerialNum")),
        vendor_type=text(raw.get("entPhysicalVendorType")),
        manufacturer=text(raw.get("entPhysicalMfgName")),
    )


def port_or_dict(raw: dict[str, t.Any]) -> PortRecord | Unusable | dict[str, t.Any] | None:
    """An C(object_hook) for reading lists of ports: each becomes a record at once, a deleted one None."""
    if "port_id" not in raw and "device_id" not in raw:
        return raw
    port_id, device_id = number(raw.get("port_id")), number(raw.get("device_id"))
    if port_id is None or port_id < 1 or device_id is None or device_id < 1:
        return Unusable("a port has no usable port_id or device_id")
    if flag(raw.get("deleted")):
        return None
    name = text(raw.get("ifName"))
    descr = _shared(text(raw.get("ifDescr")), name)
    return PortRecord(
        port_id=port_id,
        device_id=device_id,
        if_index=number(raw.get("ifIndex")) or 0,
        name=name,
        descr=descr,
        alias=_shared(_shared(text(raw.get("ifAlias")), descr), name),
        type=sys.intern(text(raw.get("ifType"))),
        speed=number(raw.get("ifSpeed")),
        mtu=number(raw.get("ifMtu")),
        mac=text(raw.get("ifPhysAddress")),
        admin_status=sys.intern(text(raw.get("ifAdminStatus"))),
        vrf_id=number(raw.get("ifVrf")) or 0,
    )


def address_or_dict(raw: dict[str, t.Any]) -> AddressRecord | Unusable | dict[str, t.Any] | None:
    """An C(object_hook) for reading lists of addresses: each becomes a record at once, one that is no address None."""
    family = 4 if "ipv4_address" in raw else 6 if "ipv6_address" in raw else 0
    if not family:
        return raw
    port_id = number(raw.get("port_id"))
    if port_id is None:
        return Unusable("an address has no usable port_id")
    try:
        # IPv6 in its long form: the compressed one is made here, so that no version's spelling matters.
        address = ipaddress.ip_address(text(raw.get(f"ipv{family}_address")))
    except ValueError:
        return None
    prefix_length = number(raw.get(f"ipv{family}_prefixlen"))
    if prefix_length is not None and not 0 <= prefix_length <= address.max_prefixlen:
        prefix_length = None
    return AddressRecord(port_id, address.compressed, prefix_length)


def port_link(raw: c.Mapping[str, object]) -> PortLink | None:
    """One row of C(port_stack), before or since 24.8; None for the end of a stack, where there is no port on the other side."""
    high = number(raw.get("high_port_id", raw.get("port_id_high")))
    low = number(raw.get("low_port_id", raw.get("port_id_low")))
    return PortLink(high, low) if high and low and high != low else None


def vrf(raw: c.Mapping[str, object]) -> tuple[int, str]:
    """The id and the name of a VRF. Raises ValueError when there is no id."""
    vrf_id = number(raw.get("vrf_id"))
    if vrf_id is None:
        raise ValueError("a VRF has no id")
    return vrf_id, text(raw.get("vrf_name"))


def _shared(value: str, other: str) -> str:
    """The other text when both are equal, so that it is kept once: most aliases and descriptions repeat the name."""
    return other if value == other else value


def location(raw: c.Mapping[str, object]) -> Location:
    """One row of the list of locations. Raises ValueError when it has no id."""
    location_id = number(raw.get("id"))
    if location_id is None:
        raise ValueError("a location has no id")
    return Location(location_id, text(raw.get("location")))


def version(local_ver: object) -> Version | None:
    """C(26.7.0) or C(26.8.0-dev.82+abc1234) as numbers, None for anything else."""
    found = _VERSION.match(text(local_ver))
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def text(value: object) -> str:
    """A column as text, without outer blanks; what is no text or number is nothing.

    Control characters stay: what shows the text deals with them. Halves of surrogate pairs, which no file can hold, do not.
    """
    if isinstance(value, str):
        value = value.strip()
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def number(value: object) -> int | None:
    """A whole number that may come as text, None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value)
    return None


def flag(value: object) -> bool:
    """C(0), C("0"), C(false), null and an absent column are no."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "false", "no", "null")
    return isinstance(value, (bool, int, float)) and bool(value)
