# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From LibreNMS's JSON to records, for every shape that its versions send."""

from __future__ import annotations

import json
import typing as t

import hypothesis
import pytest
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, DeviceStatus, InventoryRow
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import wire

SECRETS = {"community": "s3cr3t", "authname": "s3cr3t", "authpass": "s3cr3t", "cryptopass": "s3cr3t"}


def test_row_of_the_list() -> None:
    raw = {
        **SECRETS,
        "device_id": 17,
        "hostname": "10.1.0.17",
        "sysName": " sw-acc-17 ",
        "ip": "10.1.0.17",
        "os": "iosxe",
        "version": "17.9.4",
        "hardware": "C9300-48P",
        "serial": "FOC1",
        "type": "network",
        "location_id": 5,
        "location": "AMS1",
        "status": 1,
        "ignore": 1,
        "disabled": 0,
        "parent_id": 3,
        "something_new": {"device": 1},
    }
    assert wire.device_record(raw) == DeviceRecord(
        device_id=17,
        hostname="10.1.0.17",
        sysname="sw-acc-17",
        ip="10.1.0.17",
        os="iosxe",
        version="17.9.4",
        hardware="C9300-48P",
        serial="FOC1",
        type="network",
        location="AMS1",
        location_id=5,
        status=DeviceStatus.UP,
        ignored=True,
        parent_id=3,
    )


@pytest.mark.parametrize(
    ("shape", "location", "location_id"),
    [
        ({"location": "AMS1", "location_id": 5}, "AMS1", 5),
        ({"location": None, "location_id": None}, "", None),
        ({}, "", None),
        ({"location_id": "5"}, "", 5),
        ({"location": {"id": 5, "location": "AMS1", "lat": 1.5, "timestamp": "x"}, "location_id": 5}, "AMS1", 5),
        ({"location": {"id": 5, "location": "AMS1"}}, "AMS1", 5),
    ],
)
def test_shapes_of_location(shape: dict[str, t.Any], location: str, location_id: int | None) -> None:
    record = wire.device_record({"device_id": 1, "hostname": "a", **shape})
    assert (record.location, record.location_id) == (location, location_id)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"lat": "41.50000000", "lng": "-2.25000000"}, (41.5, -2.25)),
        ({"lat": 41.5, "lng": 2}, (41.5, 2.0)),
        ({"location": {"location": "AMS1", "lat": "59.9127341", "lng": "10.7461200"}}, (59.912734, 10.74612)),
        ({}, None),
        ({"lat": None, "lng": None}, None),
        ({"lat": 41.5}, None),
        ({"lat": "north", "lng": 2}, None),
        ({"lat": 91, "lng": 2}, None),
        ({"lat": 9, "lng": 181}, None),
        ({"lat": "nan", "lng": 2}, None),
        ({"lat": 0, "lng": "0.0"}, None),
    ],
)
def test_coordinates(shape: dict[str, t.Any], expected: tuple[float, float] | None) -> None:
    record = wire.device_record({"device_id": 1, "hostname": "a", **shape})
    assert record.coordinates == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), (False, False), (None, False)]
)
def test_flags(value: object, expected: bool) -> None:
    record = wire.device_record({"device_id": "1", "hostname": "a", "status": value, "ignore": value, "disabled": value})
    assert (record.status is DeviceStatus.UP, record.ignored, record.disabled) == (expected,) * 3


def test_null_everywhere() -> None:
    names = ("hostname", "sysName", "ip", "os", "version", "hardware", "serial", "type", "location", "location_id", "status", "parent_id")
    record = wire.device_record({"device_id": 9, **dict.fromkeys(names)})
    assert record == DeviceRecord(device_id=9, hostname="", status=DeviceStatus.DOWN)


@pytest.mark.parametrize("device_id", [None, 0, -1, "", "x", True, 1.5, [1], "1 2"])
def test_no_usable_id(device_id: object) -> None:
    found = wire.device_or_dict({"device_id": device_id, "hostname": "a", **SECRETS})
    assert found == wire.Unusable("a device has no usable device_id")
    assert "s3cr3t" not in repr(found)


def test_odd_text_is_kept_and_can_be_written() -> None:
    text = "a{{ 1 }}\n\x1b[31m\x00b\ud800"
    record = wire.device_record({"device_id": 1, "hostname": text})
    assert record.hostname == "a{{ 1 }}\n\x1b[31m\x00b\ufffd"
    record.hostname.encode()


def test_devices_become_records_while_the_answer_is_read() -> None:
    body = {"status": "ok", "devices": [{"device_id": 1, "hostname": "a", "location": {"id": 2, "location": "x"}, **SECRETS}], "count": 1}
    read = json.loads(json.dumps(body), object_hook=wire.device_or_dict)
    assert read["devices"] == [DeviceRecord(device_id=1, hostname="a", location="x", location_id=2, status=DeviceStatus.DOWN)]
    assert "s3cr3t" not in repr(read)


def test_inventory_row() -> None:
    raw = {
        "device_id": 1,
        "entPhysicalIndex": "1001",
        "entPhysicalContainedIn": 1,
        "entPhysicalParentRelPos": None,
        "entPhysicalClass": "chassis",
        "entPhysicalName": " Switch 1",
        "entPhysicalDescr": None,
        "entPhysicalModelName": "C9300",
        "entPhysicalSerialNum": "FOC1 ",
        "entPhysicalVendorType": "cevChassis",
        "entPhysicalMfgName": "Cisco",
    }
    assert wire.inventory_row(raw) == InventoryRow(
        index=1001,
        contained_in=1,
        physical_class="chassis",
        name="Switch 1",
        model="C9300",
        serial="FOC1",
        vendor_type="cevChassis",
        manufacturer="Cisco",
    )
    assert wire.inventory_row({}) == InventoryRow(index=0)
    assert wire.inventory_row({"entPhysicalParentRelPos": 0}).parent_rel_pos == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("26.7.0", (26, 7, 0)), ("26.8.0-dev.82+abc1234", (26, 8, 0)), ("24.1", (24, 1, 0)), (None, None), ("unknown", None), ("", None)],
)
def test_version(text: object, expected: object) -> None:
    assert wire.version(text) == expected


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda values: st.one_of(st.lists(values, max_size=2), st.dictionaries(st.text(max_size=4), values, max_size=2)),
    max_leaves=4,
)
NAMES = ("hostname", "sysName", "ip", "os", "serial", "type", "location", "location_id", "status", "ignore", "disabled", "parent_id")


@hypothesis.given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_json_gives_a_record_that_the_cache_can_hold(raw: dict[str, t.Any]) -> None:
    record = wire.device_record({"device_id": 1, **raw})
    assert DeviceRecord.from_json(json.loads(json.dumps(record.to_json()))) == record
