# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of LibreNMS as far as it is simulated: a request in, an answer out, no sockets.

Simulated: ``devices``, ``devices/:x``, ``devices/:x/groups``, ``devicegroups``, ``devicegroups/:x``, ``inventory/:x``,
``inventory/:x/all``, ``ports``, ``devices/:x/ports``, ``devices/:x/ip``, ``devices/:x/port_stack``, ``resources/ip/addresses``,
``routing/vrf``, ``resources/locations``, ``system``, ``ping`` and the root. What LibreNMS has beyond that answers
501 here, so that nobody takes its absence for LibreNMS's word.
"""

from __future__ import annotations

import base64
import binascii
import collections.abc as c
import dataclasses
import typing as t
import urllib.parse

from . import librenms_ports as ports
from . import librenms_query as queries
from . import librenms_render as render
from .librenms_model import ApiUser, SimDevice, SimGroup, SimLocation, SimWorld, UserRole, Version, parse_version

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
API_ROOT = "/api/v0"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """``path`` as it was sent, without the sub-directory of the installation; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def api_path(self) -> str:
        """The part behind ``/api/v0``."""
        return self.path.removeprefix(API_ROOT)

    @property
    def params(self) -> dict[str, str | None]:
        """As the framework hands them on: the last of equal names, trimmed, null for an empty one."""
        pairs = urllib.parse.parse_qsl(self.query, keep_blank_values=True)
        return {name: value.strip() or None for name, value in pairs}


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """``list_name`` is the name of the list in the envelope where there is one."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    list_name: str = ""


def success(name: str, value: object, *, message: str = "", count: bool = True) -> Response:
    """The envelope of success: status, the value, a message unless it is empty, a count where the value is a plain list."""
    envelope: dict[str, object] = {"status": "ok", name: value}
    if message:
        envelope["message"] = message
    if count and isinstance(value, list):
        envelope["count"] = len(value)
    return Response(200, render.php_json(envelope), list_name=name)


def failure(status: int, message: str) -> Response:
    """The envelope of LibreNMS's own errors."""
    return Response(status, render.php_json({"status": "error", "message": message}))


def framework_error(status: int, message: str, *, pretty: bool = True) -> Response:
    """An error of the framework: no ``status`` key, slashes as they are."""
    return Response(status, render.php_json({"message": message}, pretty=pretty, escape_slashes=False))


UNAUTHENTICATED = framework_error(401, "Unauthenticated.", pretty=False)
UNAUTHORIZED = framework_error(403, "This action is unauthorized.")
SERVER_ERROR = framework_error(500, "Server Error")
NO_ROUTE = failure(404, "This API route doesn't exist.")
NOT_PERMITTED = failure(403, "Insufficient permissions to access this device")
LOGIN_PAGE = b"<!DOCTYPE html>\n<html><head><title>LibreNMS</title></head><body><form action='/login'></form></body></html>\n"
_NOT_SIMULATED = Response(501, b"This route of LibreNMS is not simulated.\n", "text/plain")
# First segments of routes that LibreNMS has and this simulator has not.
_OTHER_ROUTES = frozenset(
    ("alerts", "bgp", "bills", "device", "devicegroups", "devices", "health", "location", "logs", "oxidized", "poller_group", "pollers")
) | frozenset(("port_groups", "ports", "resources", "routing", "rules", "services", "wireless"))


class Api:
    """The routes over a world of devices. ``users`` maps tokens to the users they belong to."""

    def __init__(self, world: SimWorld, users: t.Mapping[str, ApiUser], version: str, base_path: str = "") -> None:
        self.base_path = base_path
        self.world = world
        self.users = users
        self.version_text = version
        self._items: dict[int, tuple[SimDevice, Version, bytes]] = {}

    @property
    def version(self) -> Version:
        return parse_version(self.version_text)

    def handle(self, request: Request) -> Response:
        """The answer to any request."""
        if request.path != "/api" and not request.path.startswith("/api/"):
            if request.path == "/login":
                return Response(200, LOGIN_PAGE, HTML)
            location = f"{self.base_path}/login"
            body = f"<!DOCTYPE html><html><body>Redirecting to {location}</body></html>".encode()
            return Response(302, body, HTML, (("Location", location),))
        user = self.users.get(_token(request) or "")
        if user is None or user.token_disabled:
            return UNAUTHENTICATED
        if not request.path.startswith(API_ROOT):
            return NO_ROUTE
        # The framework decodes the path before it looks for a route, so an encoded slash separates as well.
        path = urllib.parse.unquote(request.api_path).strip("/")
        return self._route(path.split("/") if path else [], request, user)

    def _route(self, parts: list[str], request: Request, user: ApiUser) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _NOT_SIMULATED if parts and parts[0] in _OTHER_ROUTES else NO_ROUTE
        match parts:
            case []:
                return self._index()
            case ["ping"] if self.version >= (26, 1, 0):
                return Response(200, render.php_json({"message": "pong"}))
            case ["system"]:
                return self._system()
            case ["devices"]:
                return self._list_devices(request.params, user)
            case ["devices", name]:
                return self._get_device(name, user)
            case ["devices", name, "groups"]:
                return self._groups_of_device(name, user)
            case ["ports"]:
                return self._all_ports(request.params, user)
            case ["devices", name, "ports" | "ip" | "port_stack" as what]:
                return self._of_ports(name, what, request.params, user)
            case ["inventory", name]:
                return self._inventory(name, request.params, user)
            case ["inventory", name, "all"]:
                return self._inventory_all(name, user)
            case ["devicegroups" | "resources", *_] if user.role is UserRole.USER:
                return UNAUTHORIZED
            case ["devicegroups"]:
                return self._list_groups(self.world.groups())
            case ["devicegroups", _, _]:
                return NO_ROUTE
            case ["devicegroups", name]:
                return self._get_group(name, full=bool(request.params.get("full")))
            case ["resources", "locations"]:
                return self._locations()
            case ["resources", "ip", "addresses", *family] if len(family) < 2:
                return self._all_addresses(family[0] if family else "")
            case ["routing", "vrf"]:
                return self._vrfs(user)
        return _NOT_SIMULATED if parts[0] in _OTHER_ROUTES else NO_ROUTE

    def _index(self) -> Response:
        routes = {
            "list_devices": "devices",
            "list_devicegroups": "devicegroups",
            "list_locations": "resources/locations",
            "server_info": "system",
        }
        return Response(200, render.php_json({name: f"http://localhost{API_ROOT}/{path}" for name, path in routes.items()}))

    def _system(self) -> Response:
        facts = {
            "local_ver": self.version_text,
            "local_sha": "0" * 40,
            "local_date": "1784534400",
            "local_branch": "master",
            "db_schema": "2026_07_01_000000_simulated (400)",
            "php_ver": "8.3.6",
            "python_ver": "3.12.3",
            "database_ver": "MariaDB 10.11.8",
            "rrdtool_ver": "1.7.2",
            "netsnmp_ver": "5.9.4.pre2",
        }
        return success("system", [facts])

    # Devices

    def _list_devices(self, params: t.Mapping[str, str | None], user: ApiUser) -> Response:
        kind, query = params.get("type"), params.get("query")
        test = queries.device_test(kind, query, self.world, self.version)
        order = queries.order_of(params.get("order"), self.version)
        if order is None:
            return sql_error("devices")
        chosen = [device for device in self.world.devices() if user.may_see(device.device_id) and test(device)]
        chosen = queries.first_of_each_hostname(chosen)
        key = self._order_key(order[0])
        if key is None:
            return sql_error("devices")
        chosen.sort(key=key, reverse=order[1])
        if kind in ("ipv4", "ipv6"):
            items = [render.list_item(self._list_row(device) | render.port_overlay(device)) for device in chosen]
        else:
            items = [self._item(device) for device in chosen]
        return Response(200, render.list_answer("devices", items), list_name="devices")

    def _order_key(self, column: str) -> c.Callable[[SimDevice], tuple[int, float, str]] | None:
        """How to sort by a column, whose name may be written in any case; None when there is no such column."""
        if column == "hostname":
            return lambda device: queries.sort_key(device.hostname)
        names = {name.lower(): name for name in render.list_row(SimDevice(0, ""), SimLocation(0, ""), self.version)}
        name = names.get(column.lower())
        return None if name is None else lambda device: queries.sort_key(self._list_row(device)[name])

    def _list_row(self, device: SimDevice) -> render.Row:
        return render.list_row(device, self.world.location(device.location), self.version, self._hostname)

    def _hostname(self, device_id: int) -> str | None:
        device = self.world.get(device_id)
        return None if device is None else device.hostname

    def _item(self, device: SimDevice) -> bytes:
        """The device's element of the list, written once: a list of 20,000 devices is 40 MB of text."""
        known = self._items.get(device.device_id)
        if known is not None and known[0] is device and known[1] == self.version and not device.dependency_parents:
            return known[2]
        item = render.list_item(self._list_row(device))
        self._items[device.device_id] = (device, self.version, item)
        return item

    def _find(self, name: str) -> SimDevice | None:
        """The device of a path: all digits are an id, anything else a hostname."""
        if name.isascii() and name.isdigit():
            return self.world.get(int(name))
        return next((device for device in self.world.devices() if queries.equals(device.hostname, name)), None)

    def _get_device(self, name: str, user: ApiUser) -> Response:
        device = self._find(name)
        if _is_refused(device, user):
            return NOT_PERMITTED
        if device is None:
            return failure(404, f"Device {name} does not exist")
        if device.parent_id is not None and self.version >= (26, 5, 0):
            return SERVER_ERROR
        return success("devices", [render.model_row(device, self.world.location(device.location), self.version)])

    # Groups and locations

    def _list_groups(self, groups: c.Iterable[SimGroup]) -> Response:
        rows = [
            {"id": group.id, "name": group.name, "desc": group.desc, "type": group.type, "rules": group.rules, "pattern": group.pattern}
            for group in sorted(groups, key=lambda group: queries.fold(group.name))
        ]
        if not rows:
            return failure(404, "No device groups found")
        return success("groups", rows, message=f"Found {len(rows)} device groups")

    def _groups_of_device(self, name: str, user: ApiUser) -> Response:
        device = self._find(name)
        if _is_refused(device, user):
            return NOT_PERMITTED
        if device is None:
            return failure(404, "Device not found")
        return self._list_groups(group for group in self.world.groups() if device.device_id in group.members)

    def _get_group(self, name: str, *, full: bool) -> Response:
        digits = name.isascii() and name.isdigit()
        group = next(
            (group for group in self.world.groups() if (group.id == int(name) if digits else queries.equals(group.name, name))),
            None,
        )
        if group is None:
            return failure(404, "Device group not found")
        devices = [device for number in group.members if (device := self.world.get(number)) is not None]
        if not devices:
            return failure(404, f"No devices found in group {name}")
        if full:
            return success(
                "devices", [render.model_columns(device, self.world.location(device.location), self.version) for device in devices]
            )
        return success("devices", [{"device_id": device.device_id} for device in devices])

    def _locations(self) -> Response:
        rows = [render.location_row(location, self.version) for location in self.world.locations()]
        return success("locations", rows) if rows else failure(404, "Locations do not exist")

    # Inventory

    def _inventory(self, name: str, params: t.Mapping[str, str | None], user: ApiUser) -> Response:
        device = self._find(name)
        if _is_refused(device, user):
            return NOT_PERMITTED
        if device is None and not name.isdigit():
            return failure(400, "Invalid device provided")
        rows = self._rows(device)
        wanted = params.get("entPhysicalClass")
        if wanted is not None:
            rows = [row for row in rows if queries.equals(row["entPhysicalClass"], wanted)]
        # Without a parent, or with 0, the root is meant, also when a class is given.
        parent = queries.as_number(params.get("entPhysicalContainedIn")) or 0
        return _rows_answer([row for row in rows if row["entPhysicalContainedIn"] == parent])

    def _inventory_all(self, name: str, user: ApiUser) -> Response:
        device = self._find(name)
        if _is_refused(device, user):
            return NOT_PERMITTED
        return _rows_answer(self._rows(device))

    def _rows(self, device: SimDevice | None) -> list[render.Row]:
        rows = () if device is None else device.inventory()
        return [render.inventory_row(device.device_id, number, row, self.version) for number, row in enumerate(rows) if device is not None]

    # Ports

    def _all_ports(self, params: t.Mapping[str, str | None], user: ApiUser) -> Response:
        columns = (params.get("columns") or "port_id,ifName").split(",")
        if unknown := ports.unknown_columns(columns):
            return failure(400, f"Invalid columns: {unknown}")
        visible = [device for device in self.world.devices() if user.may_see(device.device_id)]
        return self._ports_answer([row for device in visible for row in ports.port_rows(device)], columns)

    def _ports_answer(self, rows: c.Iterable[render.Row], columns: c.Sequence[str]) -> Response:
        rows = [row for row in rows if not row["deleted"]]
        if self.version == (26, 5, 0) and not all(ports.is_known_status(row) for row in rows):
            # For one version a status outside of the list was an exception.
            return SERVER_ERROR
        items = [render.list_item({name: ports.column(row, name, self.version) for name in map(str.strip, columns)}) for row in rows]
        body = render.list_answer("ports", items).rsplit(b",", 1)[0] + b"\n}" if items else render.php_json({"status": "ok", "ports": []})
        return Response(200, body, list_name="ports")

    def _of_ports(self, name: str, what: str, params: t.Mapping[str, str | None], user: ApiUser) -> Response:
        device = self._find(name)
        if what != "ports" and _is_refused(device, user):
            return NOT_PERMITTED
        rows = ports.port_rows(device) if device is not None and user.may_see(device.device_id) else []
        match what:
            case "ports":
                columns = (params.get("columns") or "ifName").split(",")
                if unknown := ports.unknown_columns(columns):
                    return failure(400, f"Invalid columns: {unknown}")
                rows = [row for row in rows if not row["deleted"]]
                return self._ports_answer(rows, columns) if rows else failure(404, "No ports found")
            case "port_stack":
                return success("mappings", ports.link_rows(device, self.version) if device else [])
        found = ports.address_rows([row for row in rows if not row["deleted"]])
        number = device.device_id if device else ""
        return success("addresses", found) if found else failure(404, f"Device {number} does not have any IP addresses")

    def _all_addresses(self, family: str) -> Response:
        """All of them, also those of deleted ports, whoever asks."""
        if family and (self.version < (25, 4, 0) or family not in ("ipv4", "ipv6")):
            return NO_ROUTE
        rows = ports.address_rows([row for device in self.world.devices() for row in ports.port_rows(device)])
        rows = [row for row in rows if not family or f"{family}_address" in row]
        if not rows:
            return failure(404, "IP addresses do not exist")
        return Response(200, render.list_answer("ip_addresses", [render.list_item(row) for row in rows]), list_name="ip_addresses")

    def _vrfs(self, user: ApiUser) -> Response:
        rows = [row for device in self.world.devices() if user.may_see(device.device_id) for row in ports.vrf_rows(device)]
        return success("vrfs", rows) if rows else failure(404, "VRFs do not exist")


def _rows_answer(rows: list[render.Row]) -> Response:
    return Response(200, render.list_answer("inventory", [render.list_item(row) for row in rows]), list_name="inventory")


def sql_error(name: str) -> Response:
    """What a statement the database refuses looks like: the error is logged, and the list is empty."""
    return Response(200, render.list_answer(name, []), list_name=name)


def _is_refused(device: SimDevice | None, user: ApiUser) -> bool:
    """A limited user is refused what it may not see, and what does not exist in the same words."""
    return user.role is UserRole.USER and (device is None or not user.may_see(device.device_id))


def _token(request: Request) -> str | None:
    """The token, from any of the places the framework looks at."""
    header = request.headers.get("x-auth-token")
    if header:
        return header
    in_query = request.params.get("api_token")
    if in_query:
        return in_query
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None
