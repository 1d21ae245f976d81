# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept in Ansible's inventory cache, and what of it is used again."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    AddressRecord,
    DevicePorts,
    DeviceRecord,
    DeviceStatus,
    Member,
    PortRecord,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_options import InventoryOptions
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_source import Source, source_digest

PARAMS = {
    "librenms_url": "https://librenms.example.net",
    "librenms_token": "s3cr3t-token",
    "librenms_validate_certs": True,
    "librenms_ca_path": None,
    "librenms_timeout": 60,
    "librenms_workers": 8,
    "filters": {"os": ["iosxe"]},
    "exclude": {},
    "all_devices": False,
    "include_disabled": False,
    "use_sysname": True,
    "strip_domain": False,
    "host_address": "ip",
    "vars_prefix": "librenms_",
    "network_os": {},
    "group_by": [],
    "virtual_chassis": False,
    "strict_fetch": True,
    "ports": False,
}
SOURCE = Source(
    (DeviceRecord(1, "h1", location_id=4, status=DeviceStatus.DOWN), DeviceRecord(2, "h2", "{{ x }}", parent_id=1)),
    {1: Stacking(StackStatus.STACK, (Member(1, "S", is_master=True), Member(2)), "why"), 2: Stacking(StackStatus.SINGLE)},
    {"__ansible_vault": frozenset({2, 1}), "Ünï": frozenset()},
    1700000000.5,
    {
        1: DevicePorts((PortRecord(5, 1, 1, "{{ x }}", mac="001122334455"),), (AddressRecord(5, "10.0.0.1", None),)),
        2: DevicePorts(unread="gone"),
    },
)


def _plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and _plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return type(value) in (str, int, float, bool, type(None))


def test_what_is_cached_is_plain_json_and_comes_back_the_same() -> None:
    data = SOURCE.to_json("d")
    assert _plain(data)
    assert Source.from_json(json.loads(json.dumps(data)), "d") == SOURCE


def test_no_remote_text_is_a_key() -> None:
    """Cache plugins give keys such as __ansible_vault a meaning."""
    assert "__ansible_vault" in json.dumps(SOURCE.to_json("d")) and '"__ansible_vault":' not in json.dumps(SOURCE.to_json("d"))


def _without(name: str) -> dict[str, t.Any]:
    return {key: value for key, value in SOURCE.to_json("d").items() if key != name}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"all": {"hosts": ["a"]}},
        *(_without(name) for name in SOURCE.to_json("d")),
        {**SOURCE.to_json("d"), "format": 0},
        {**SOURCE.to_json("d"), "digest": "other"},
        {**SOURCE.to_json("d"), "devices": [{"device_id": 1}]},
        {**SOURCE.to_json("d"), "devices": [{**SOURCE.devices[0].to_json(), "secret": "x"}]},
        {**SOURCE.to_json("d"), "devices": [{**SOURCE.devices[0].to_json(), "ip": None}]},
        {**SOURCE.to_json("d"), "devices": [{**SOURCE.devices[0].to_json(), "device_id": "1"}]},
        {**SOURCE.to_json("d"), "virtual_chassis": [{"device_id": 1}]},
        {
            **SOURCE.to_json("d"),
            "virtual_chassis": [{"device_id": 1, "status": "stack", "members": [{"position": "1"}], "reason": "", "read_failed": False}],
        },
        {**SOURCE.to_json("d"), "device_groups": {"a": [1]}},
        {**SOURCE.to_json("d"), "fetched_at": None},
    ],
)
def test_what_is_damaged_or_foreign_is_not_used(data: object) -> None:
    assert Source.from_json(data, "d") is None


def test_the_digest_differs_with_the_question_only() -> None:
    def digest(**changes: t.Any) -> str:
        return source_digest(InventoryOptions.from_options({**PARAMS, **changes}))

    same = digest()
    assert digest(host_address="hostname", vars_prefix="x_", use_sysname=False, group_by=["os"], librenms_timeout=5) == same
    assert digest(librenms_url="https://librenms.example.net/api/v0/") == same
    others = [
        digest(librenms_url="https://other.example.net"),
        digest(librenms_token="another"),
        digest(filters={"os": ["junos"]}),
        digest(include_disabled=True),
        digest(virtual_chassis="groups"),
        digest(group_by=["device_group"]),
    ]
    assert len({same, *others}) == 7
    assert digest(virtual_chassis="members") == digest(virtual_chassis="groups")
    assert "s3cr3t" not in same


def test_unread_inventories_are_an_error_that_names_one() -> None:
    assert str(SOURCE.unread()) == "The ports of 1 of 2 devices could not be read. Device 2: gone"
    whole = dataclasses.replace(SOURCE, ports={})
    assert whole.unread() is None
    failed = Stacking(StackStatus.UNKNOWN, reason="LibreNMS said 500.", read_failed=True)
    source = dataclasses.replace(SOURCE, stacking={1: SOURCE.stacking[1], 2: failed})
    assert str(source.unread()) == "Whether 1 of 2 devices are stacks could not be read. Device 2: LibreNMS said 500."
    cannot_tell = dataclasses.replace(whole, stacking={2: Stacking(StackStatus.UNKNOWN, reason="no rows")})
    assert cannot_tell.unread() is None
