# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path of the LibreNMS simulator, for tests that run in another process. JSON in, JSON out, no token.

GET, DELETE  /__control__/requests        what was asked: count, by_route, most_at_once, requests; forget it
GET, POST, DELETE /__control__/faults     order a fault: {"kind": "status", "status": 503, "path": "/devices", "count": 2}
GET, POST    /__control__/devices         all devices; add or replace one: {"device_id": 7, "hostname": "a", ...}
GET, PATCH, DELETE /__control__/devices/7 change fields, also device_id, inventory (entPhysical rows as the API has them), ports
GET, PATCH   /__control__/settings        {"version": "25.6.0", "latency": 0.1}
POST         /__control__/tokens          {"role": "user", "devices": [1, 2]} gives {"token": "..."}
"""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .librenms_model import SimDevice, ports_of, rows_of

if t.TYPE_CHECKING:
    from .librenms_server import LibreNMSSimulator

PREFIX = "/__control__"


def handle(simulator: LibreNMSSimulator, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and JSON body of a control request. What is wrong with a request is said with a 400."""
    try:
        data = json.loads(body) if body else {}
        answer = _dispatch(simulator, method, path.strip("/").split("/"), data)
    except (ValueError, TypeError, KeyError) as error:
        return 400, json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
    if answer is None:
        return 404, json.dumps({"error": f"no control path {method} {path}"}).encode()
    return 200, json.dumps(answer).encode()


def _dispatch(simulator: LibreNMSSimulator, method: str, parts: list[str], data: dict[str, t.Any]) -> object:
    match method, parts:
        case "GET", ["requests"]:
            log = simulator.requests
            requests = [dataclasses.asdict(request) for request in log.all()]
            return {"count": len(requests), "by_route": log.by_route(), "most_at_once": log.most_at_once, "requests": requests}
        case "DELETE", ["requests"]:
            simulator.requests.reset()
        case "GET", ["faults"]:
            return {"faults": simulator.faults.pending()}
        case "POST", ["faults"]:
            simulator.faults.add(**data)
        case "DELETE", ["faults"]:
            simulator.faults.clear()
        case "GET", ["devices"]:
            return {"devices": [describe(device) for device in simulator.world.devices()]}
        case "POST", ["devices"]:
            device = SimDevice(**_fields(data))
            simulator.world.put(device)
            return describe(device)
        case "GET", ["devices", number]:
            found = simulator.world.get(int(number))
            return None if found is None else describe(found)
        case "PATCH", ["devices", number]:
            return describe(simulator.world.change(int(number), **_fields(data)))
        case "DELETE", ["devices", number]:
            simulator.world.remove(int(number))
        case "GET", ["settings"]:
            return _settings(simulator)
        case "PATCH", ["settings"]:
            simulator.version = str(data.get("version", simulator.version))
            simulator.latency = float(data.get("latency", simulator.latency))
            return _settings(simulator)
        case "POST", ["tokens"]:
            return {"token": simulator.add_token(data["role"], data.get("devices", ()), disabled=bool(data.get("disabled", False)))}
        case _:
            return None
    return {}


def _settings(simulator: LibreNMSSimulator) -> dict[str, t.Any]:
    return {"version": simulator.version, "latency": simulator.latency, "devices": len(simulator.world.devices())}


def _fields(data: dict[str, t.Any]) -> dict[str, t.Any]:
    """Fields of a device out of JSON."""
    fields = dict(data)
    if "inventory" in fields:
        fields["inventory"] = rows_of(fields["inventory"])
    if "ports" in fields:
        fields["ports"] = ports_of(fields["ports"])
    if "vrfs" in fields:
        fields["vrfs"] = tuple((number, name) for number, name in fields["vrfs"])
    for name in ("dependency_parents", "arp"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return fields


def describe(device: SimDevice) -> dict[str, t.Any]:
    """A device as JSON, without its inventory and ports."""
    names = (field.name for field in dataclasses.fields(device))
    return {name: getattr(device, name) for name in names if name not in ("inventory", "ports")}
