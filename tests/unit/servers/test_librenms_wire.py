# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated LibreNMS says to any call: access, envelopes, the form of its JSON, unknown routes."""

from __future__ import annotations

import base64
import json
import typing as t

import pytest

from ansible_collections.netsot.librenms.tests.servers.librenms_model import ApiUser, SimDevice, SimGroup, SimWorld, UserRole
from ansible_collections.netsot.librenms.tests.servers.librenms_render import list_answer, list_item, php_json
from ansible_collections.netsot.librenms.tests.servers.librenms_routes import Api, Request, Response

TOKEN = "t0ken"
USERS = {
    TOKEN: ApiUser(),
    "admin": ApiUser(UserRole.ADMIN),
    "limited": ApiUser(UserRole.USER, frozenset({2})),
    "disabled": ApiUser(token_disabled=True),
}
GROUPS = (
    SimGroup(1, "Core", "The core", members=(1, 2)),
    SimGroup(2, "Rules", type="dynamic", rules={"condition": "AND", "rules": []}, members=(2,)),
    SimGroup(3, "Empty"),
    SimGroup(4, "2024", members=(1,)),
    SimGroup(5, "a/b", members=(1,)),
)


def api(version: str = "26.7.0", devices: t.Sequence[SimDevice] | None = None, groups: t.Sequence[SimGroup] = GROUPS) -> Api:
    world = SimWorld(
        devices
        if devices is not None
        else (
            SimDevice(1, "sw1.example.net", "sw1", location="Zürich/West", ip="192.0.2.1"),
            SimDevice(2, "sw2.example.net", "sw2", location="ams1", ip="192.0.2.2"),
        ),
        groups,
    )
    return Api(world, USERS, version)


def ask(target: Api, path: str, query: str = "", token: str | None = TOKEN, method: str = "GET") -> Response:
    return target.handle(Request(method, path, query, {} if token is None else {"x-auth-token": token}))


def data(response: Response) -> dict[str, t.Any]:
    loaded = json.loads(response.body)
    assert isinstance(loaded, dict)
    return loaded


BASIC = base64.b64encode(b"anyone:t0ken").decode()


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"x-auth-token": TOKEN}, "", 200),
        ({}, "api_token=t0ken", 200),
        ({"authorization": "Bearer t0ken"}, "", 200),
        ({"authorization": f"Basic {BASIC}"}, "", 200),
        ({"authorization": "Basic ???"}, "", 401),
        ({"x-auth-token": "wrong"}, "", 401),
        ({"x-auth-token": "disabled"}, "", 401),
        ({}, "", 401),
    ],
)
def test_token_is_taken_from_each_place_of_the_framework(headers: dict[str, str], query: str, status: int) -> None:
    response = api().handle(Request("GET", "/api/v0/system", query, headers))
    assert response.status == status


@pytest.mark.parametrize("path", ["/api/v0/devices", "/api/v0/nothing", "/api/v0", "/api/v0/system"])
def test_unauthenticated_answer_is_compact_and_has_no_status_key(path: str) -> None:
    response = ask(api(), path, token="wrong")
    assert (response.status, response.body, response.content_type) == (401, b'{"message":"Unauthenticated."}', "application/json")


@pytest.mark.parametrize(("path", "method"), [("/api/v0/nothing", "GET"), ("/api/other", "GET"), ("/api/v0/system", "POST")])
def test_unknown_route_or_method(path: str, method: str) -> None:
    response = ask(api(), path, method=method)
    assert response.status == 404
    assert data(response) == {"status": "error", "message": "This API route doesn't exist."}


def test_route_that_only_the_real_one_has_is_not_denied() -> None:
    assert ask(api(), "/api/v0/devices/1/vlans").status == 501
    assert ask(api(), "/api/v0/devices", method="POST").status == 501


def test_outside_of_the_api_is_the_web_interface() -> None:
    redirect = ask(api(), "/devices", token=None)
    assert (redirect.status, dict(redirect.headers)["Location"]) == (302, "/login")
    page = ask(api(), "/login", token=None)
    assert (page.status, page.content_type) == (200, "text/html; charset=UTF-8")
    assert page.body.startswith(b"<!DOCTYPE html>")


def test_json_is_that_of_php() -> None:
    assert php_json({"a": "x/y é\n", "b": [], "c": {}, "d": 52.0, "e": 1.5, "f": None}) == (
        b'{\n    "a": "x\\/y \\u00e9\\n",\n    "b": [],\n    "c": {},\n    "d": 52,\n    "e": 1.5,\n    "f": null\n}'
    )
    assert php_json({"a": "x/y"}, escape_slashes=False) == b'{\n    "a": "x/y"\n}'


@pytest.mark.parametrize("rows", [[], [{"a": "x/y", "b": 30.0}], [{"a": 'q"\n', "b": None}, {"a": "é", "b": 0.61}]])
def test_fast_lists_are_written_as_the_encoder_would(rows: list[dict[str, t.Any]]) -> None:
    quick = list_answer("devices", [list_item(row) for row in rows])
    assert quick == php_json({"status": "ok", "devices": rows, "count": len(rows)})


def test_envelope_of_a_list_and_its_order() -> None:
    response = ask(api(), "/api/v0/devices")
    assert list(data(response)) == ["status", "devices", "count"]
    assert data(response)["count"] == 2
    assert b'    "status": "ok",\n    "devices": [\n        {\n            "device_id": 1,' in response.body
    assert b'"location": "Z\\u00fcrich\\/West"' in response.body


@pytest.mark.parametrize(("version", "status"), [("25.12.0", 404), ("26.1.0", 200), ("26.7.0", 200)])
def test_ping_since_26_1(version: str, status: int) -> None:
    response = ask(api(version), "/api/v0/ping")
    assert response.status == status
    if status == 200:
        assert data(response) == {"message": "pong"}


def test_system_tells_the_version_to_anyone_with_a_token() -> None:
    response = data(ask(api("25.6.0"), "/api/v0/system", token="limited"))
    assert response["count"] == 1
    assert response["system"][0]["local_ver"] == "25.6.0"
    assert {"local_ver", "local_sha", "db_schema", "php_ver", "rrdtool_ver", "netsnmp_ver"} <= set(response["system"][0])


def test_root_names_routes_without_an_envelope() -> None:
    response = data(ask(api(), "/api/v0/"))
    assert "status" not in response
    assert response["list_devices"].endswith("/api/v0/devices")


# Rights of the role "user"


@pytest.mark.parametrize("path", ["/devicegroups", "/devicegroups/Core", "/resources/locations"])
def test_limited_user_may_not_read_groups_and_locations(path: str) -> None:
    response = ask(api(), f"/api/v0{path}", token="limited")
    assert response.status == 403
    assert response.body == b'{\n    "message": "This action is unauthorized."\n}'


@pytest.mark.parametrize(
    "path", ["/devices/1", "/devices/nobody", "/inventory/1", "/inventory/nobody", "/inventory/1/all", "/devices/1/groups"]
)
def test_limited_user_is_refused_other_devices(path: str) -> None:
    response = ask(api(), f"/api/v0{path}", token="limited")
    assert response.status == 403
    assert data(response) == {"status": "error", "message": "Insufficient permissions to access this device"}


def test_limited_user_sees_its_devices_only() -> None:
    assert [row["device_id"] for row in data(ask(api(), "/api/v0/devices", token="limited"))["devices"]] == [2]
    assert ask(api(), "/api/v0/devices/2", token="limited").status == 200
    assert ask(api(), "/api/v0/inventory/2/all", token="limited").status == 200


# Groups and locations


def test_groups() -> None:
    response = data(ask(api(), "/api/v0/devicegroups"))
    assert list(response) == ["status", "groups", "message", "count"]
    assert (response["message"], response["count"]) == ("Found 5 device groups", 5)
    by_name = {group["name"]: group for group in response["groups"]}
    assert by_name["Core"] == {"id": 1, "name": "Core", "desc": "The core", "type": "static", "rules": None, "pattern": None}
    assert by_name["Rules"]["rules"] == {"condition": "AND", "rules": []}


def test_no_groups_at_all_is_a_404() -> None:
    response = ask(api(groups=()), "/api/v0/devicegroups")
    assert (response.status, data(response)["message"]) == (404, "No device groups found")


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("Core", 200, [1, 2]),
        ("c%C3%B3re", 200, [1, 2]),
        ("1", 200, [1, 2]),
        ("Empty", 404, "No devices found in group Empty"),
        ("Nobody", 404, "Device group not found"),
        # A name of digits is taken for an id; a slash in a name is one of the path.
        ("2024", 404, "Device group not found"),
        ("a%2Fb", 404, "This API route doesn't exist."),
    ],
)
def test_members_of_a_group(name: str, status: int, answer: object) -> None:
    response = ask(api(), f"/api/v0/devicegroups/{name}")
    assert response.status == status
    if status == 200:
        assert list(data(response)) == ["status", "devices", "count"]
        assert [row["device_id"] for row in data(response)["devices"]] == answer
        assert list(data(response)["devices"][0]) == ["device_id"]
    elif status == 404:
        assert data(response)["message"] == answer


def test_full_members_are_models_without_a_location() -> None:
    device = data(ask(api(), "/api/v0/devicegroups/Core", "full=1"))["devices"][0]
    assert device["status"] is True
    assert device["ignore"] is False
    assert not {"location", "lat", "lng"} & set(device)
    assert device["community"] == "s3cr3t-community-1"


def test_groups_of_a_device() -> None:
    assert [group["id"] for group in data(ask(api(), "/api/v0/devices/2/groups"))["groups"]] == [1, 2]
    unknown = ask(api(), "/api/v0/devices/9/groups")
    assert (unknown.status, data(unknown)["message"]) == (404, "Device not found")
    none = ask(api(groups=()), "/api/v0/devices/2/groups")
    assert (none.status, data(none)["message"]) == (404, "No device groups found")


@pytest.mark.parametrize(("version", "lat"), [("25.4.0", 41.5), ("25.5.0", "41.50000000")])
def test_locations(version: str, lat: object) -> None:
    response = data(ask(api(version), "/api/v0/resources/locations"))
    assert list(response) == ["status", "locations", "count"]
    assert response["locations"][0] == {
        "id": 1,
        "location": "Zürich/West",
        "lat": lat,
        "lng": 2.25 if version == "25.4.0" else "2.25000000",
        "timestamp": "2026-07-01 10:00:00",
        "fixed_coordinates": 1,
    }


def test_no_locations_is_a_404() -> None:
    response = ask(api(devices=()), "/api/v0/resources/locations")
    assert (response.status, data(response)["message"]) == (404, "Locations do not exist")
