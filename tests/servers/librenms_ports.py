# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports and addresses of the simulated LibreNMS: the rows as its tables hold them, and the ports of generated devices."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import ipaddress

from .librenms_model import SimDevice, SimPort, Version

Row = dict[str, object]

_NOT_COLUMNS = ("addresses", "lower")
# More columns of the table than tests set. There is no ifHighSpeed.
_MORE = {"ifVlan": "", "ifTrunk": None, "ifDuplex": "fullDuplex", "ifConnectorPresent": "true", "portName": None, "ifInOctets": 0}
_COLUMNS = ("port_id", "device_id", *(field.name for field in dataclasses.fields(SimPort) if field.name not in _NOT_COLUMNS), *_MORE)
_STATUSES = ("up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown", None)


def port_id(device: SimDevice, port: SimPort) -> int:
    return port.port_id if port.port_id is not None else device.device_id * 1000 + port.ifIndex


def port_rows(device: SimDevice) -> list[Row]:
    """All ports of a device, also deleted ones, by ifIndex; with the port's addresses."""
    rows = []
    for port in sorted(device.ports(), key=lambda item: item.ifIndex):
        row: Row = {field.name: getattr(port, field.name) for field in dataclasses.fields(port)}
        rows.append(row | _MORE | {"port_id": port_id(device, port), "device_id": device.device_id})
    return rows


def unknown_columns(columns: c.Iterable[str]) -> str:
    """The names that are no columns, as LibreNMS lists them."""
    return ", ".join(name for name in map(str.strip, columns) if name not in _COLUMNS)


def is_known_status(row: Row) -> bool:
    return row["ifAdminStatus"] in _STATUSES and row["ifOperStatus"] in _STATUSES


def column(row: Row, name: str, version: Version) -> object:
    """The value of a column as a version gives it."""
    if name in ("ifAdminStatus", "ifOperStatus") and version >= (26, 5, 1) and row[name] not in _STATUSES:
        return None
    return row[name]


def address_rows(ports: c.Sequence[Row]) -> list[Row]:
    """The rows of both address tables: IPv4 first, then IPv6; no row names its device."""
    four: list[Row] = []
    six: list[Row] = []
    for port in ports:
        for text in port["addresses"] if isinstance(port["addresses"], tuple) else ():
            interface = ipaddress.ip_interface(text)
            number = len(four) + len(six) + 1
            if interface.version == 4:
                four.append(
                    {
                        "ipv4_address_id": number,
                        "ipv4_address": str(interface.ip),
                        "ipv4_prefixlen": interface.network.prefixlen,
                        "ipv4_network_id": str(number),
                        "port_id": port["port_id"],
                        "context_name": "",
                    }
                )
            else:
                six.append(
                    {
                        "ipv6_address_id": number,
                        "ipv6_address": interface.ip.exploded,
                        "ipv6_compressed": interface.ip.compressed,
                        "ipv6_prefixlen": interface.network.prefixlen,
                        "ipv6_origin": "manual",
                        "ipv6_network_id": str(number),
                        "port_id": port["port_id"],
                        "context_name": "",
                    }
                )
    return four + six


def link_rows(device: SimDevice, version: Version) -> list[Row]:
    """The rows of C(port_stack); the member of a LAG is the high one. Before 24.8 the columns have other names."""
    high, low = ("high_port_id", "low_port_id") if version >= (24, 8, 0) else ("port_id_high", "port_id_low")
    by_index = {port.ifIndex: port for port in device.ports() if not port.deleted}
    rows: list[Row] = []
    for port in by_index.values():
        lower = by_index.get(port.lower) if port.lower is not None else None
        if lower is None:
            continue
        row: Row = {"device_id": device.device_id, high: port_id(device, port), low: port_id(device, lower), "ifStackStatus": "active"}
        if version >= (24, 8, 0):
            row |= {"id": len(rows) + 1, "high_ifIndex": port.ifIndex, "low_ifIndex": lower.ifIndex}
        rows.append(row)
    return rows


def vrf_rows(device: SimDevice) -> list[Row]:
    return [
        {
            "vrf_id": number,
            "vrf_oid": str(number),
            "vrf_name": name,
            "bgpLocalAs": None,
            "mplsVpnVrfRouteDistinguisher": None,
            "mplsVpnVrfDescription": "",
            "ifIndices": "",
            "device_id": device.device_id,
        }
        for number, name in device.vrfs
    ]
