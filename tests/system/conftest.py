# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that the system tests run against: a simulated LibreNMS in this process and a real NetBox."""

from __future__ import annotations

import collections.abc as c
from pathlib import Path

import pytest
from servers.librenms_demo import demo_devices
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer
from system.support.harness import Ansible, NetBoxApi, servers_environment
from system.support.lab import Lab
from system.support.proxy import Proxy


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=1, help="of random sequences")
    parser.addoption(
        "--all-moments", action="store_true", help="what happens at several moments of an import is tried at all of them, many times"
    )


@pytest.fixture(scope="session")
def netbox_server(worker_id: str) -> c.Iterator[NetBoxServer]:
    """The NetBox of this pytest process: processes side by side have one each."""
    with NetBoxServer(instance="" if worker_id in ("master", "gw0") else worker_id) as server:
        yield server


@pytest.fixture
def netbox(netbox_server: NetBoxServer) -> NetBoxApi:
    """The NetBox with the reference data and the existing devices of ``servers/world.py``, put back before each test."""
    netbox_server.reset("world")
    return NetBoxApi(netbox_server)


@pytest.fixture(scope="module")
def world(netbox_server: NetBoxServer) -> NetBoxApi:
    """The same, put back before the first test of a file only: for tests whose devices no other test has.

    A file whose tests need more in NetBox defines a fixture of the same name, which takes this one and adds to it.
    """
    netbox_server.reset("world")
    return NetBoxApi(netbox_server)


@pytest.fixture
def empty_netbox(netbox: NetBoxApi) -> NetBoxApi:
    """The NetBox with reference data but without any device, and without the custom field."""
    for device in netbox.all("dcim/devices"):
        netbox.remove("dcim/devices", device["id"])
    for field in netbox.all("extras/custom-fields", name="librenms_id"):
        netbox.remove("extras/custom-fields", field["id"])
    return netbox


@pytest.fixture
def librenms() -> c.Iterator[LibreNMSSimulator]:
    """A LibreNMS with the devices of the demo."""
    with LibreNMSSimulator(demo_devices()) as simulator:
        yield simulator


@pytest.fixture
def lab(request: pytest.FixtureRequest, librenms: LibreNMSSimulator, world: NetBoxApi, tmp_path: Path) -> Lab:
    """A LibreNMS without devices, the NetBox of the file, and imports between them."""
    return Lab(librenms, world, tmp_path, all_moments=request.config.getoption("--all-moments"))


@pytest.fixture
def proxy(world: NetBoxApi) -> c.Iterator[Proxy]:
    """A proxy in front of the NetBox of the file, which counts requests and can lose some."""
    with Proxy(world.url) as proxy:
        yield proxy


@pytest.fixture
def ansible(tmp_path: Path, librenms: LibreNMSSimulator, netbox_server: NetBoxServer) -> Ansible:
    """ansible-playbook with the environment that points to both servers."""
    return Ansible(tmp_path / "ansible", servers_environment(librenms, netbox_server))
