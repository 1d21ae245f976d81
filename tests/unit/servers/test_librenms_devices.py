# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world and the devices invented for it: unique, complete, the same each time."""

from __future__ import annotations

import ipaddress
import re

from ansible_collections.netsot.librenms.tests.servers import librenms_routes, world
from ansible_collections.netsot.librenms.tests.servers.librenms_demo import EXPECTED, demo_devices
from ansible_collections.netsot.librenms.tests.servers.librenms_devices import KINDS, LOCATIONS, SITE_CODES, generate, make_device
from ansible_collections.netsot.librenms.tests.servers.librenms_model import SECRET_MARK, ApiUser, SimDevice, SimWorld

MODELS = {item.model for item in world.DEVICE_TYPES}


# The world


def test_names_of_the_world_are_unique_and_refer_to_each_other() -> None:
    for items in (world.SITES, world.MANUFACTURERS, world.ROLES, world.PLATFORMS, world.CLUSTER_TYPES, world.TENANTS):
        assert len({item.name for item in items}) == len({item.slug for item in items}) == len(items)
    assert len({item.slug for item in world.DEVICE_TYPES}) == len(world.DEVICE_TYPES)
    assert {item.manufacturer for item in world.DEVICE_TYPES} == {item.name for item in world.MANUFACTURERS}
    assert {item.type for item in world.CLUSTERS} <= {item.name for item in world.CLUSTER_TYPES}
    sites = {item.name for item in world.SITES}
    for device in world.EXISTING_DEVICES:
        assert device.site in sites
        assert device.device_type in MODELS
        assert device.role in {role.name for role in world.ROLES}
    for site in world.SITES:
        assert {rack for rack, _location in site.rack_locations} <= set(site.racks)
        assert {location for _rack, location in site.rack_locations} <= set(site.locations)


def test_rack_stands_in_a_location_or_in_none() -> None:
    nyc = next(site for site in world.SITES if site.name == "NYC")
    assert nyc.location_of_rack("R12") == "Suite 400"
    assert world.SITES[0].location_of_rack("A01") is None


# Generated devices


def test_each_device_has_an_address_that_netbox_takes_for_a_host() -> None:
    """An interface's address is neither the network's own one nor the broadcast's."""
    addresses = [ipaddress.ip_interface(f"{make_device(KINDS['ups'], number, 'a', None).ip}/24") for number in range(1, 70_000)]
    assert len(set(addresses)) == len(addresses)
    assert not [item for item in addresses if item.ip in (item.network.network_address, item.network.broadcast_address)]


def test_generated_devices_are_the_same_for_the_same_arguments() -> None:
    def plain(devices: list[SimDevice]) -> list[tuple[object, ...]]:
        return [(device.device_id, device.hostname, device.serial, device.location, len(device.inventory())) for device in devices]

    assert plain(generate(60, 7)) == plain(generate(60, 7))
    assert plain(generate(60, 7)) != plain(generate(60, 8))


def test_generated_devices_are_unique_and_of_the_shares_asked_for() -> None:
    devices = generate(1000, stack_share=0.1, vm_share=0.05, first_id=500, name_prefix="load-")
    assert len(devices) == 1000
    for field in ("device_id", "hostname", "sysName", "ip"):
        assert len({getattr(device, field) for device in devices}) == 1000
    serials = [device.serial for device in devices if device.serial]
    assert len(set(serials)) == len(serials) > 850
    assert devices[0].device_id >= 500
    assert devices[-1].device_id > 1500
    stacks = [device for device in devices if "-stk-" in device.hostname or device.hardware == "C9400-LC-48U"]
    machines = [device for device in devices if re.search("-v(m|fw)-", device.hostname)]
    assert (len(stacks), len(machines)) == (100, 50)
    assert len({device.hardware for device in devices}) >= 25
    assert {device.location for device in devices} == {location for location, _site in LOCATIONS}


def test_generated_serials_of_stack_members_are_unique() -> None:
    seen: set[str] = set()
    for device in generate(300, stack_share=1, vm_share=0):
        own = {row.entPhysicalSerialNum for row in device.inventory() if row.entPhysicalClass == "chassis" and row.entPhysicalSerialNum}
        assert not own & seen
        seen |= {serial for serial in own if serial}


# The demo


def test_demo_has_an_expectation_for_every_device() -> None:
    devices = demo_devices()
    assert [device.device_id for device in devices] == sorted(EXPECTED)
    states = [expected.state for expected in EXPECTED.values()]
    assert states.count("ready") > len(states) / 2
    assert states.count("blocked") > 10
    assert len({code for expected in EXPECTED.values() for code in expected.codes}) > 10


def test_demo_s_stack_has_a_member_that_stands_in_the_world() -> None:
    stack = next(device for device in demo_devices() if device.device_id == 30)
    member = next(device for device in world.EXISTING_DEVICES if device.name == "nyc-stk-01-unit2")
    assert member.serial in {row.entPhysicalSerialNum for row in stack.inventory()}


def test_site_codes_name_every_site() -> None:
    assert set(SITE_CODES) == {site.name for site in world.SITES}


def test_secrets_are_in_what_librenms_says_of_each_device() -> None:
    target = librenms_routes.Api(SimWorld(demo_devices()), {"t": ApiUser()}, "26.7.0")
    answer = target.handle(librenms_routes.Request("GET", "/api/v0/devices", "", {"x-auth-token": "t"}))
    assert answer.body.count(SECRET_MARK.encode()) == 4 * len(demo_devices())
