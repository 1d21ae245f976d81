# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How LibreNMS writes its answers: PHP's JSON, and the rows of each endpoint by version.

The same device looks different in the list (a row of SQL) and on its own (a model of the framework); both change with
the version. Everything here follows LibreNMS's own code, not its documentation, where they differ.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import json
import re
import typing as t

from .librenms_model import SECRET_MARK, EntRow, SimDevice, SimLocation, Version

Row = dict[str, t.Any]

INSERTED = "2023-04-11 09:12:44"
POLLED = "2026-07-01 10:00:00"
_ENT_COLUMNS = tuple(field.name for field in dataclasses.fields(EntRow))
# Columns that were never null before 24.7.0.
_OLD_TEXT = (
    "entPhysicalDescr",
    "entPhysicalClass",
    "entPhysicalName",
    "entPhysicalModelName",
    "entPhysicalSerialNum",
    "entPhysicalMfgName",
)


def php_json(value: object, *, pretty: bool = True, escape_slashes: bool = True) -> bytes:
    """``json_encode`` of PHP: four spaces, ``\\/``, ``\\u00e9``, and 52.0 written as 52."""
    value = _whole_numbers(value)
    text = json.dumps(value, indent=4) if pretty else json.dumps(value, separators=(",", ":"))
    # A slash stands nowhere but inside the strings of a JSON text.
    return (text.replace("/", "\\/") if escape_slashes else text).encode("ascii")


def _whole_numbers(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole_numbers(item) for item in value]
    return value


def list_item(row: Row) -> bytes:
    """A flat row as one element of a pretty-printed list, as :func:`php_json` would write it.

    Written without the slow indenting encoder: lists of 20,000 devices are made of these.
    """
    text = json.dumps({key: _whole_numbers(value) for key, value in row.items()}, separators=(",\n            ", ": "))
    return ("        {\n            " + text[1:-1] + "\n        }").replace("/", "\\/").encode("ascii")


def list_answer(name: str, items: c.Sequence[bytes]) -> bytes:
    """``{"status": "ok", "<name>": [...], "count": N}`` from elements made by :func:`list_item`."""
    inner = b"[\n" + b",\n".join(items) + b"\n    ]" if items else b"[]"
    return b'{\n    "status": "ok",\n    "%b": %b,\n    "count": %d\n}' % (name.encode("ascii"), inner, len(items))


def _timestamp(text: str) -> str:
    """The framework's form of a database time."""
    return text.replace(" ", "T") + ".000000Z"


def _coordinate(value: float | None, version: Version) -> str | float | None:
    return f"{value:.8f}" if value is not None and version >= (25, 5, 0) else value


def _columns(device: SimDevice, location: SimLocation | None, version: Version) -> Row:
    """The columns of the devices table in its order, as SQL gives them."""
    row: Row = {
        "device_id": device.device_id,
        "inserted": INSERTED,
        "hostname": device.hostname,
        "sysName": device.sysName,
        "display": device.display,
        "ip": device.ip,
        "overwrite_ip": device.overwrite_ip,
        "community": f"{SECRET_MARK}community-{device.device_id}",
        "authlevel": "authPriv",
        "authname": f"{SECRET_MARK}authname-{device.device_id}",
        "authpass": f"{SECRET_MARK}authpass-{device.device_id}",
        "authalgo": "SHA",
        "cryptopass": f"{SECRET_MARK}cryptopass-{device.device_id}",
        "cryptoalgo": "AES",
        "snmpver": "v2c",
        "port": 161,
        "transport": "udp",
        "timeout": None,
        "retries": None,
        "snmp_disable": device.snmp_disable,
        "bgpLocalAs": None,
        "sysObjectID": device.sysObjectID,
        "sysDescr": device.sysDescr,
        "sysContact": device.sysContact,
        "version": device.version,
        "hardware": device.hardware,
        "features": device.features,
        "location_id": None if location is None else location.id,
        "os": device.os,
        "status": device.status,
        "status_reason": device.status_reason,
        "ignore": device.ignore,
        "disabled": device.disabled,
        "uptime": device.uptime,
        "agent_uptime": 0,
        "last_polled": POLLED,
        "last_poll_attempted": None,
        "last_polled_timetaken": 12.4,
        "last_discovered_timetaken": 30.0,
        "last_discovered": POLLED,
        "last_ping": POLLED,
        "last_ping_timetaken": 0.61,
        "purpose": device.purpose,
        "type": device.type,
        "serial": device.serial,
        "icon": device.icon,
        "poller_group": 0,
        "override_sysLocation": 0,
        "notes": device.notes,
        "port_association_mode": 1,
        "max_depth": 0,
        "disable_notify": 0,
    }
    if version >= (24, 2, 0):
        row["ignore_status"] = 0
    if version >= (25, 12, 0):
        row["mtu_status"] = 0
    if version >= (26, 5, 0):
        row["display"] = rendered_display(device)
        row["display_template"] = device.display
    if version >= (26, 6, 0):
        row["snmpEngineID"] = None
    return row


def rendered_display(device: SimDevice) -> str:
    """The display name with its template filled in, as LibreNMS gives it since 26.5.0."""
    values = {"hostname": device.hostname, "sysName": device.sysName or "", "ip": device.ip or ""}
    return re.sub(r"{{ *\$(\w+) *}}", lambda match: values.get(match[1], ""), device.display or "{{ $hostname }}")


def list_row(
    device: SimDevice, location: SimLocation | None, version: Version, hostname_of: c.Callable[[int], str | None] = lambda _: None
) -> Row:
    """A device as ``GET /devices`` gives it. ``hostname_of`` names the devices it depends on."""
    row = _columns(device, location, version)
    parents = device.dependency_parents
    row["dependency_parent_id"] = ",".join(str(parent) for parent in parents) or None
    row["dependency_parent_hostname"] = ",".join(hostname_of(parent) or "" for parent in parents) or None
    row["location"] = None if location is None else location.location
    row["lat"] = None if location is None else _coordinate(location.lat, version)
    row["lng"] = None if location is None else _coordinate(location.lng, version)
    row["ip"] = device.ip or ""
    if device.parent_id is not None:
        row["parent_id"] = device.parent_id
    return row


def port_overlay(device: SimDevice) -> Row:
    """The columns of a port, which ``type=ipv4`` and ``ipv6`` lay over those of its device, with the port's own flags."""
    return {
        "port_id": device.device_id * 10 + 1,
        "device_id": device.device_id,
        "ifDescr": "Vlan1",
        "ifName": "Vl1",
        "ifAlias": "management",
        "ifIndex": 1,
        "ifOperStatus": "up",
        "ifAdminStatus": "up",
        "ifType": "propVirtual",
        "ignore": 0,
        "disabled": 0,
        "deleted": 0,
    }


def model_row(device: SimDevice, location: SimLocation | None, version: Version) -> Row:
    """A device as ``GET /devices/:x`` gives it."""
    row = model_columns(device, location, version)
    if version >= (26, 5, 0):
        row["location"] = None if location is None else location_object(location)
        row["lat"] = row["lng"] = None
    elif version < (26, 4, 0):
        row["location"] = None if location is None else location.location
        row["lat"] = None if location is None else location.lat
        row["lng"] = None if location is None else location.lng
    if device.parent_id is not None:
        row["parent_id"] = device.parent_id
    return row


def model_columns(device: SimDevice, location: SimLocation | None, version: Version) -> Row:
    """A device as ``GET /devicegroups/:x?full=1`` gives it: the framework's types, and nothing of its location but the id."""
    row = _columns(device, location, version)
    row["status"] = bool(device.status)
    if version >= (25, 9, 0):
        for flag in ("ignore", "disabled", "ignore_status", "snmp_disable", "disable_notify", "override_sysLocation", "mtu_status"):
            if flag in row:
                row[flag] = bool(row[flag])
    for moment in ("inserted", "last_polled", "last_discovered", "last_ping"):
        row[moment] = _timestamp(row[moment])
    row["icon"] = f"images/os/{device.icon or 'generic.svg'}"
    return row


def location_object(location: SimLocation) -> Row:
    """What 26.5.0 and later put in place of the location's name in one device."""
    return {
        "id": location.id,
        "location": location.location,
        "lat": location.lat,
        "lng": location.lng,
        "timestamp": _timestamp(POLLED),
        "fixed_coordinates": location.lat is not None,
    }


def location_row(location: SimLocation, version: Version) -> Row:
    """A location as ``GET /resources/locations`` gives it."""
    return {
        "id": location.id,
        "location": location.location,
        "lat": _coordinate(location.lat, version),
        "lng": _coordinate(location.lng, version),
        "timestamp": POLLED,
        "fixed_coordinates": int(location.lat is not None),
    }


def inventory_row(device_id: int, number: int, row: EntRow, version: Version) -> Row:
    """An entPhysical row as both inventory endpoints give it; ``number`` counts the rows of the device from 0."""
    columns: Row = {name: getattr(row, name) for name in _ENT_COLUMNS}
    if version < (26, 4, 0):
        del columns["entPhysicalMfgDate"]
    if version < (24, 7, 0):
        columns |= {name: "" for name in _OLD_TEXT if columns[name] is None}
    return {"entPhysical_id": device_id * 1000 + number, "device_id": device_id, **columns}
