# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading ports and addresses from the simulated LibreNMS."""

from __future__ import annotations

import collections.abc as c
import multiprocessing
import pathlib
import typing as t

import memory
import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import AddressRecord, PortLink, PortRecord
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AccessDenied, ApiError
from ansible_collections.netsot.librenms.plugins.module_utils._http import session as _http
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import wire
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.client import LibreNMSClient
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.ports import HowRead
from ansible_collections.netsot.librenms.tests.servers.librenms_model import SimDevice, SimPort
from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator

ODD = (
    SimPort(1, "Gi1/0/1", "GigabitEthernet1/0/1", "uplink", ifPhysAddress="0011223344aa", addresses=("10.0.0.1/24", "2001:db8::1/64")),
    SimPort(2, None, None, None, None, None, None, ifAdminStatus=None, ifVrf=7, lower=1),
    SimPort(3, "gone", deleted=1, addresses=("10.9.9.9/24",)),
    SimPort(4, "Gi1/0/4", "Gi1/0/4", "Gi1/0/4", ifAdminStatus="7"),
)


def device(device_id: int, *ports: SimPort, **fields: t.Any) -> SimDevice:
    return SimDevice(device_id, f"sw-{device_id}", ip=f"10.1.0.{device_id}", ports=lambda: ports, **fields)


def simple(device_id: int) -> SimDevice:
    return device(device_id, SimPort(1, "Vlan1", addresses=(f"10.1.0.{device_id}/24",)))


DEVICES = [device(1, *ODD, vrfs=((7, "mgmt"),)), device(2), *(simple(number) for number in range(3, 20))]


@pytest.fixture
def librenms() -> c.Iterator[LibreNMSSimulator]:
    with LibreNMSSimulator(DEVICES) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "BACKOFF_FACTOR", 0.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


Maker: t.TypeAlias = c.Callable[..., LibreNMSClient]


@pytest.fixture
def new(librenms: LibreNMSSimulator, tmp_path: pathlib.Path) -> c.Iterator[Maker]:
    clients = []

    def make(ttl: float = 300, **options: t.Any) -> LibreNMSClient:
        cache = FileCache(str(tmp_path / "cache"), ttl)
        defaults: dict[str, t.Any] = {"stats": _http.RequestStats(), "timeout": 10, "token": librenms.token, "workers": 4}
        clients.append(LibreNMSClient(librenms.url, cache=cache, **(defaults | options)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize("version", ["24.1.0", "24.8.0", "25.4.0", "26.4.0", "26.5.1", "26.7.0"])
@pytest.mark.parametrize("many", [False, True])
def test_both_ways_give_the_same(librenms: LibreNMSSimulator, new: Maker, version: str, many: bool) -> None:
    librenms.version = version
    read = new().ports(range(1, 20) if many else (1, 2, 3))
    assert read.how is (HowRead.BULK if many else HowRead.PER_DEVICE)
    assert librenms.requests.by_route() == (
        {"GET /resources/ip/addresses": 1, "GET /ports": 1} if many else {"GET /devices/:x/ports": 3, "GET /devices/:x/ip": 2}
    )
    status = "7" if version < "26.5.1" else ""
    assert read.devices[1].ports == (
        PortRecord(
            1001,
            1,
            1,
            "Gi1/0/1",
            "GigabitEthernet1/0/1",
            "uplink",
            "ethernetCsmacd",
            1_000_000_000,
            1500,
            "0011223344aa",
            "up",
        ),
        PortRecord(1002, 1, 2, vrf_id=7),
        PortRecord(1004, 1, 4, "Gi1/0/4", "Gi1/0/4", "Gi1/0/4", "ethernetCsmacd", 1_000_000_000, 1500, "", status),
    )
    # None of the address of the deleted port, which the list of all addresses holds.
    assert read.devices[1].addresses == (AddressRecord(1001, "10.0.0.1", 24), AddressRecord(1001, "2001:db8::1", 64))
    assert read.devices[2].ports == () and read.devices[2].unread == ""
    assert read.devices[3].addresses == (AddressRecord(3001, "10.1.0.3", 24),)


def test_a_small_part_of_a_large_installation(librenms: LibreNMSSimulator, new: Maker) -> None:
    for number in range(20, 200):
        librenms.world.put(simple(number))
    read = new().ports(range(1, 8))
    assert read.how is HowRead.PER_DEVICE
    assert librenms.requests.by_route() == {"GET /resources/ip/addresses": 1, "GET /devices/:x/ports": 7}
    assert read.devices[7].addresses == (AddressRecord(7001, "10.1.0.7", 24),)


def test_a_user_without_the_right_to_all_addresses(librenms: LibreNMSSimulator, new: Maker) -> None:
    read = new(token=librenms.add_token("user", range(1, 20))).ports(range(1, 20))
    assert read.how is HowRead.PER_DEVICE
    assert all(item.unread == "" for item in read.devices.values())
    assert read.devices[3].addresses == (AddressRecord(3001, "10.1.0.3", 24),)


def test_a_second_read_comes_from_the_cache(librenms: LibreNMSSimulator, new: Maker) -> None:
    for wanted in (range(1, 20), range(1, 3)):
        first = new().ports(wanted)
        librenms.requests.reset()
        assert new().ports(wanted).devices == first.devices
        assert librenms.requests.by_route() == {}


@pytest.mark.parametrize("path", ["/devices/3/ports", "/devices/3/ip"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "status", "status": 404}, {"kind": "html"}])
def test_an_error_is_never_no_ports(librenms: LibreNMSSimulator, new: Maker, path: str, fault: dict[str, t.Any]) -> None:
    librenms.faults.add(path=path, count=9, **fault)
    read = new().ports((3, 4))
    assert read.devices[3].unread and not read.devices[3].ports
    assert read.devices[4].ports and not read.devices[4].unread
    # It is not cached either.
    librenms.faults.clear()
    assert new().ports((3,)).devices[3].ports


def test_the_list_of_everything_is_too_much_for_the_server(librenms: LibreNMSSimulator, new: Maker) -> None:
    librenms.faults.add(kind="status", status=500, path="/ports", count=9)
    read = new().ports(range(1, 20))
    assert read.how is HowRead.PER_DEVICE
    assert read.devices[3].addresses == (AddressRecord(3001, "10.1.0.3", 24),)


def test_a_wrong_token_fails(new: Maker) -> None:
    for wanted in (range(1, 20), (1,)):
        with pytest.raises(AccessDenied):
            new(token="wrong").ports(wanted)


def test_a_server_that_went_away_is_not_asked_for_all(new: Maker, librenms: LibreNMSSimulator) -> None:
    client = new(workers=1)
    librenms.faults.add(kind="reset", path="/resources/ip/addresses", count=9)
    read = client.ports(range(1, 20))
    assert all(item.unread for item in read.devices.values())
    assert set(librenms.requests.by_route()) == {"GET /resources/ip/addresses"}


@pytest.mark.parametrize("version", ["24.1.0", "26.7.0"])
def test_layers_and_vrfs(librenms: LibreNMSSimulator, new: Maker, version: str) -> None:
    librenms.version = version
    assert new().port_links((1, 2, 99)) == {1: (PortLink(1002, 1001),), 2: (), 99: ()}
    assert new().vrfs() == {7: "mgmt"}
    librenms.world.remove(1)
    assert new(ttl=0).vrfs() == {}
    librenms.faults.add(kind="status", status=500, path="/routing/vrf", count=9)
    with pytest.raises(ApiError):
        new(ttl=0).vrfs()


@pytest.mark.parametrize("row", [{"port_id": None, "device_id": 1}, {"port_id": 0, "device_id": 1}, {"port_id": 5, "device_id": "x"}])
def test_a_port_without_an_id_is_unusable(row: dict[str, t.Any]) -> None:
    assert isinstance(wire.port_or_dict(row), wire.Unusable)


@pytest.mark.parametrize(
    ("row", "record"),
    [
        ({"port_id": 1, "ipv4_address": "10.0.0.1", "ipv4_prefixlen": 24}, AddressRecord(1, "10.0.0.1", 24)),
        ({"port_id": "1", "ipv4_address": "10.0.0.1", "ipv4_prefixlen": "33"}, AddressRecord(1, "10.0.0.1")),
        ({"port_id": 1, "ipv4_address": "", "ipv4_prefixlen": 24}, None),
        (
            {"port_id": 1, "ipv6_address": "2001:0db8:0000:0000:0000:0000:0000:0001", "ipv6_prefixlen": 0},
            AddressRecord(1, "2001:db8::1", 0),
        ),
        ({"port_id": 1, "ipv6_address": "fe80::1%2", "ipv6_prefixlen": 64}, AddressRecord(1, "fe80::1%2", 64)),
    ],
)
def test_rows_of_addresses(row: dict[str, t.Any], record: AddressRecord | None) -> None:
    assert wire.address_or_dict(row) == record


def _peak(url: str, token: str, directory: str, queue: t.Any) -> None:
    cache = FileCache(directory, 300)
    client = LibreNMSClient(url, token, cache=cache, stats=_http.RequestStats(), timeout=120)
    read = client.ports(range(1, 2001))
    queue.put((sum(len(item.ports) for item in read.devices.values()), memory.peak()))


def test_memory_for_100000_ports(tmp_path: pathlib.Path) -> None:
    """Written to the cache as well, in a process of its own, whose Python and libraries count too."""
    ports = tuple(
        SimPort(number, f"Gi1/0/{number}", f"GigabitEthernet1/0/{number}", f"port to room {number}", ifPhysAddress="0011223344aa")
        for number in range(1, 51)
    )
    many = [
        SimDevice(number, f"sw-{number}", ports=lambda: (*ports[:49], SimPort(50, "Vlan1", addresses=("10.0.0.1/24",))))
        for number in range(1, 2001)
    ]
    with LibreNMSSimulator(many) as simulator:
        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        process = context.Process(target=_peak, args=(simulator.url, simulator.token, str(tmp_path / "cache"), queue))
        process.start()
        count, peak = queue.get(timeout=300)
        process.join(30)
    assert count == 100_000
    assert peak < 300 * 2**20
