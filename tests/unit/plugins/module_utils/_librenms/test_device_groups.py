# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All device groups at once, as the inventory needs them."""

from __future__ import annotations

import contextlib
import sys

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ApiError
from ansible_collections.netsot.librenms.plugins.module_utils._http.session import RequestStats
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.client import LibreNMSClient

if sys.version_info < (3, 12):
    pytest.skip("the simulator needs Python 3.12", allow_module_level=True)

from ansible_collections.netsot.librenms.tests.servers.librenms_devices import generate
from ansible_collections.netsot.librenms.tests.servers.librenms_model import SimGroup
from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator


def _client(simulator: LibreNMSSimulator) -> contextlib.closing[LibreNMSClient]:
    return contextlib.closing(LibreNMSClient(simulator.url, simulator.token, cache=FileCache(ttl=0), stats=RequestStats()))


def test_device_groups() -> None:
    groups = [SimGroup(1, "Core", members=(1000, 1001)), SimGroup(2, "Empty"), SimGroup(7, "2", members=(1001,))]
    with LibreNMSSimulator(generate(3), groups=groups) as simulator, _client(simulator) as client:
        assert client.device_groups() == {"Core": {1000, 1001}, "Empty": frozenset(), "2": {1001}}
        assert simulator.requests.by_route() == {"GET /devicegroups": 1, "GET /devicegroups/:x": 3}


def test_no_groups_at_all() -> None:
    with LibreNMSSimulator(generate(3), groups=[]) as simulator, _client(simulator) as client:
        assert client.device_groups() == {}


def test_one_group_that_cannot_be_read_is_an_error() -> None:
    groups = [SimGroup(1, "Core", members=(1000,)), SimGroup(2, "Edge", members=(1001,))]
    with LibreNMSSimulator(generate(3), groups=groups) as simulator, _client(simulator) as client:
        simulator.faults.add("status", status=500, path="/devicegroups/2")
        with pytest.raises(ApiError, match="Edge"):
            client.device_groups()


def test_an_inventory_that_could_not_be_read_says_so() -> None:
    (device,) = [device for device in generate(200) if device.hardware == "C9300-24T"][:1]
    with LibreNMSSimulator([device]) as simulator, _client(simulator) as client:
        simulator.faults.add("status", status=500, path="/inventory", count=None)
        records = client.select(Selection.from_options({}, all_devices=True)).records
        (chassis,) = client.virtual_chassis(records).values()
        assert chassis.read_failed


def test_a_group_of_a_rule_is_found_as_one_of_a_filter_is() -> None:
    rules = Rules.from_options({"roles": [{"device_group": "Straße 7", "role": "Switch"}]}, None)
    groups = [SimGroup(1, "Straße 7", members=(1000,))]
    with LibreNMSSimulator(generate(3), groups=groups) as simulator, _client(simulator) as client:
        assert client.group_members(rules.device_groups) == {name: frozenset({1000}) for name in rules.device_groups}
