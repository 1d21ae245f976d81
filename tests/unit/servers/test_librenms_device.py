# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``GET /devices/:x`` of the simulated LibreNMS: the same device in other types, and what changes with the version."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netsot.librenms.tests.servers.librenms_model import ApiUser, SimDevice, SimWorld, parse_version
from ansible_collections.netsot.librenms.tests.servers.librenms_routes import Api, Request, Response

DEVICES = (
    SimDevice(1, "sw1.example.net", "sw1", location="ams1", icon="cisco.svg"),
    SimDevice(2, "92132", "digits", location=None),
    SimDevice(3, "guest", parent_id=1, location="ams1"),
)


def get(name: str, version: str = "26.7.0") -> Response:
    return Api(SimWorld(DEVICES), {"t": ApiUser()}, version).handle(Request("GET", f"/api/v0/devices/{name}", "", {"x-auth-token": "t"}))


def device(name: str, version: str = "26.7.0") -> dict[str, t.Any]:
    response = get(name, version)
    assert response.status == 200
    answer = json.loads(response.body)
    assert list(answer) == ["status", "devices", "count"]
    assert answer["count"] == 1
    return t.cast("dict[str, t.Any]", answer["devices"][0])


@pytest.mark.parametrize(("name", "device_id"), [("1", 1), ("sw1.example.net", 1), ("SW1.Example.Net", 1)])
def test_found_by_id_or_hostname(name: str, device_id: int) -> None:
    assert device(name)["device_id"] == device_id


@pytest.mark.parametrize("name", ["99", "nobody", "92132"])
def test_unknown_device(name: str) -> None:
    """A hostname of digits only is taken for an id, so it is unknown too."""
    response = get(name)
    assert response.status == 404
    assert json.loads(response.body) == {"status": "error", "message": f"Device {name} does not exist"}


@pytest.mark.parametrize(("version", "flag"), [("25.8.0", 0), ("25.9.0", False)])
def test_flags(version: str, flag: object) -> None:
    row = device("1", version)
    assert row["status"] is True
    for name in ("ignore", "disabled", "snmp_disable", "disable_notify", "override_sysLocation", "ignore_status"):
        assert row[name] is flag


def test_times_address_and_icon() -> None:
    row = device("1")
    assert row["inserted"] == "2023-04-11T09:12:44.000000Z"
    assert row["last_poll_attempted"] is None
    assert row["ip"] is None
    assert row["icon"] == "images/os/cisco.svg"
    assert "dependency_parent_id" not in row


@pytest.mark.parametrize("version", ["24.1.0", "25.5.0", "26.3.0"])
def test_location_is_a_name_until_26_3(version: str) -> None:
    row = device("1", version)
    assert (row["location"], row["lat"], row["lng"]) == ("ams1", 41.5, 2.25)


@pytest.mark.parametrize("version", ["26.4.0", "26.4.1"])
def test_location_is_missing_in_26_4(version: str) -> None:
    assert not {"location", "lat", "lng"} & set(device("1", version))


@pytest.mark.parametrize("version", ["26.5.0", "26.7.0"])
def test_location_is_an_object_since_26_5(version: str) -> None:
    row = device("1", version)
    assert row["location"] == {
        "id": 1,
        "location": "ams1",
        "lat": 41.5,
        "lng": 2.25,
        "timestamp": "2026-07-01T10:00:00.000000Z",
        "fixed_coordinates": True,
    }
    assert (row["lat"], row["lng"]) == (None, None)


def test_guest_is_a_server_error_since_26_5() -> None:
    assert device("3", "26.4.0")["parent_id"] == 1
    response = get("3", "26.5.0")
    assert (response.status, json.loads(response.body)) == (500, {"message": "Server Error"})


@pytest.mark.parametrize("text", ["26.7", "v26.7.0", "", "26.7.0-dev"])
def test_version_of_the_simulator_is_checked(text: str) -> None:
    with pytest.raises(ValueError, match="LibreNMS version"):
        parse_version(text)
