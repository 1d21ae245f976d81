# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``GET /devices`` of the simulated LibreNMS: its filter, its order, its rows."""

from __future__ import annotations

import json
import typing as t
import urllib.parse

import pytest

from ansible_collections.netsot.librenms.tests.servers.librenms_model import ApiUser, SimDevice, SimWorld
from ansible_collections.netsot.librenms.tests.servers.librenms_routes import Api, Request

DEVICES = (
    SimDevice(
        1, "core1.example.net", "core1", os="iosxe", version="17.9", hardware="C9300-48P", serial="FOC1", location="ams1", ip="192.0.2.1"
    ),
    SimDevice(2, "Édge.example.net", "edge", os="IOS", hardware="100% C9300", serial="", location="ams_1", display="Edge {{ $sysName }}"),
    SimDevice(3, "10.0.0.3", None, os="linux", type="server", location=None, status=0, status_reason="icmp", serial=None, features="K9"),
    SimDevice(4, "ignored", "ignored", ignore=1, location="AMS1 ", ip="2001:db8::4", arp=("001122334455",)),
    SimDevice(5, "disabled", "disabled", disabled=1, type="power"),
    SimDevice(12, "both", "both", disabled=1, ignore=1, status=0, dependency_parents=(1, 3)),
)
EVERY = [1, 2, 3, 4, 5, 12]


def listed(query: str = "", version: str = "26.7.0", devices: t.Sequence[SimDevice] = DEVICES) -> list[dict[str, t.Any]]:
    response = Api(SimWorld(devices), {"t": ApiUser()}, version).handle(Request("GET", "/api/v0/devices", query, {"x-auth-token": "t"}))
    assert response.status == 200
    answer = json.loads(response.body)
    assert answer["count"] == len(answer["devices"])
    return t.cast("list[dict[str, t.Any]]", answer["devices"])


def found(kind: str | None, text: str | None = None, version: str = "26.7.0") -> list[int]:
    params = {name: value for name, value in (("type", kind), ("query", text)) if value is not None}
    return sorted(row["device_id"] for row in listed(urllib.parse.urlencode(params), version))


@pytest.mark.parametrize(
    ("kind", "text", "ids"),
    [
        (None, None, EVERY),
        ("", "x", EVERY),
        ("all", "x", EVERY),
        ("active", None, [1, 2, 3]),
        ("ignored", None, [4]),
        ("up", None, [1, 2]),
        ("down", None, [3]),
        ("disabled", None, [5, 12]),
        # The whole text, without regard to case, accents, blanks at the end.
        ("os", "iosxe", [1]),
        ("os", "ios", [2]),
        ("os", "ios%", []),
        ("os", "LÍNUX  ", [3]),
        ("os", "", []),
        ("type", "server", [3]),
        ("sysName", "CORE1", [1]),
        ("sysName", "core", []),
        ("sysname", "core1", EVERY),
        # Numbers, as MySQL reads them.
        ("device_id", "12", [12]),
        ("device_id", "12abc", [12]),
        ("device_id", "1", [1]),
        ("device_id", "abc", []),
        ("device_id", "", []),
        ("location_id", "1", [1]),
        # A part of the text; wildcards are alive.
        ("hostname", "EDGE", [2]),
        ("hostname", "e_ample", [1, 2]),
        ("hostname", "%", EVERY),
        ("hostname", "", EVERY),
        ("display", "sysname", [2]),
        ("display", "", [2]),
        ("location", "ams1", [1, 4]),
        ("location", "ams_1", [2]),
        ("location", "s_1", [2]),
        ("location", "ams_", [1, 2, 4]),
        ("location", "", [1, 2, 4]),
        ("serial", "foc", [1]),
        ("serial", "", [1, 2]),
        ("version", "17", [1]),
        ("hardware", "c9300", [1, 2]),
        ("hardware", "100\\%", [2]),
        ("features", "k9", [3]),
        ("mac", "001122334455", [4]),
        ("ipv4", "192.0.2.1", [1]),
        ("ipv4", "192.0.2", []),
        ("ipv6", "2001:db8::4", [4]),
        # What it does not know selects everything.
        ("nonsense", "x", EVERY),
        ("OS", "linux", EVERY),
        ("status", "1", EVERY),
    ],
)
def test_type(kind: str | None, text: str | None, ids: list[int]) -> None:
    assert found(kind, text) == ids


@pytest.mark.parametrize("kind", ["serial", "version", "hardware", "features"])
def test_filters_of_25_6_select_everything_before(kind: str) -> None:
    assert found(kind, "no such text", "25.5.0") == EVERY
    assert found(kind, "no such text", "25.6.0") == []


def test_values_are_trimmed() -> None:
    assert [row["device_id"] for row in listed("type=%20os%20&query=%20linux%20")] == [3]


@pytest.mark.parametrize(
    ("order", "version", "ids"),
    [
        ("", "26.7.0", [3, 12, 1, 5, 2, 4]),
        ("device_id desc", "26.7.0", [12, 5, 4, 3, 2, 1]),
        ("device_id ASC", "26.7.0", [1, 2, 3, 4, 5, 12]),
        # Not of the form of a column: the hostname, before 24.4.0 a statement that the database refuses.
        ("device_id; x", "26.7.0", [3, 12, 1, 5, 2, 4]),
        ("device_id; x", "24.3.0", []),
        ("no_such_column", "26.7.0", []),
    ],
)
def test_order_and_its_sql_error(order: str, version: str, ids: list[int]) -> None:
    assert [row["device_id"] for row in listed(urllib.parse.urlencode({"order": order}), version)] == ids


def test_order_takes_a_column_in_any_case() -> None:
    assert [row["sysName"] for row in listed("order=SYSNAME")][:3] == [None, "both", "core1"]


def test_devices_of_equal_hostnames_show_as_one() -> None:
    same = (SimDevice(7, "Same", location="b"), SimDevice(3, "säme", location="a"), SimDevice(9, "other"))
    assert sorted(row["device_id"] for row in listed(devices=same)) == [3, 9]
    # The filter comes before the grouping.
    assert [row["device_id"] for row in listed("type=location&query=b", devices=same)] == [7]


def test_nothing_found_is_an_empty_list() -> None:
    assert listed("type=os&query=none") == []


def test_row_has_numbers_for_flags_and_an_empty_text_for_no_address() -> None:
    row = next(row for row in listed() if row["device_id"] == 3)
    assert [row[name] for name in ("status", "ignore", "disabled", "snmp_disable", "disable_notify")] == [0, 0, 0, 0, 0]
    assert (row["status_reason"], row["ip"], row["sysName"], row["serial"], row["location"], row["location_id"]) == (
        "icmp",
        "",
        None,
        None,
        None,
        None,
    )
    assert row["inserted"] == "2023-04-11 09:12:44"
    assert "parent_id" not in row


def test_row_names_its_location() -> None:
    row = next(row for row in listed() if row["device_id"] == 1)
    assert (row["location_id"], row["location"], row["lat"], row["lng"]) == (1, "ams1", "41.50000000", "2.25000000")


def test_row_of_a_guest_names_its_host_and_dependencies_are_text() -> None:
    guest = SimDevice(20, "guest", parent_id=3)
    assert listed(devices=(guest,))[0]["parent_id"] == 3
    row = next(row for row in listed() if row["device_id"] == 12)
    assert (row["dependency_parent_id"], row["dependency_parent_hostname"]) == ("1,3", "core1.example.net,10.0.0.3")


def test_every_row_has_its_secrets() -> None:
    for row in listed():
        secrets = [row[name] for name in ("community", "authname", "authpass", "cryptopass")]
        assert secrets == [f"s3cr3t-{name}-{row['device_id']}" for name in ("community", "authname", "authpass", "cryptopass")]


def test_address_filters_lay_the_port_over_the_device() -> None:
    ignored = next(row for row in listed() if row["device_id"] == 4)
    by_address = listed("type=ipv6&query=2001:db8::4")[0]
    assert (ignored["ignore"], by_address["ignore"]) == (1, 0)
    assert by_address["ifName"] == "Vl1"


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("24.1.0", set(), {"ignore_status", "mtu_status", "display_template", "snmpEngineID"}),
        ("24.2.0", {"ignore_status"}, {"mtu_status"}),
        ("25.12.0", {"mtu_status"}, {"display_template"}),
        ("26.5.0", {"display_template"}, {"snmpEngineID"}),
        ("26.6.0", {"snmpEngineID"}, set()),
    ],
)
def test_columns_by_version(version: str, present: set[str], absent: set[str]) -> None:
    columns = set(listed(version=version)[0])
    assert present <= columns
    assert not absent & columns


@pytest.mark.parametrize(("version", "lat"), [("24.1.0", 41.5), ("25.4.0", 41.5), ("25.5.0", "41.50000000")])
def test_coordinates_are_text_since_25_5(version: str, lat: object) -> None:
    assert listed("type=device_id&query=1", version)[0]["lat"] == lat


def test_display_is_rendered_since_26_5() -> None:
    old = listed("type=device_id&query=2", "26.4.1")[0]
    new = listed("type=device_id&query=2", "26.5.0")[0]
    unnamed = listed("type=device_id&query=1", "26.5.0")[0]
    assert old["display"] == "Edge {{ $sysName }}"
    assert (new["display"], new["display_template"]) == ("Edge edge", "Edge {{ $sysName }}")
    assert (unnamed["display"], unnamed["display_template"]) == ("core1.example.net", None)


def test_change_shows_in_the_next_answer() -> None:
    world = SimWorld(DEVICES)
    target = Api(world, {"t": ApiUser()}, "26.7.0")

    def serial() -> object:
        response = target.handle(Request("GET", "/api/v0/devices", "type=device_id&query=1", {"x-auth-token": "t"}))
        return json.loads(response.body)["devices"][0]["serial"]

    assert serial() == "FOC1"
    world.change(1, serial="FOC2")
    assert serial() == "FOC2"
    target.version_text = "24.1.0"
    assert serial() == "FOC2"
