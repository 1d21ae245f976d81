# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The LibreNMS client against the simulated LibreNMS."""

from __future__ import annotations

import collections.abc as c
import contextlib
import multiprocessing
import pathlib
import threading
import typing as t

import memory
import pytest
import requests

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, InventoryRow, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import (
    AccessDenied,
    AnswerLost,
    ApiError,
    ConnectionFailed,
    OptionError,
    Stopped,
    StopReason,
    UnusableAnswer,
)
from ansible_collections.netsot.librenms.plugins.module_utils._http import session as _http
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import chassis as _chassis
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import client as _librenms
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.client import LibreNMSClient
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.url import base_url
from ansible_collections.netsot.librenms.tests.servers.librenms_devices import generate
from ansible_collections.netsot.librenms.tests.servers.librenms_model import SECRET_MARK, EntRow, SimDevice, SimGroup, rows_of
from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator

pytestmark = pytest.mark.usefixtures("quick")


def stack_rows(device_id: int, units: int = 2) -> list[EntRow]:
    members = (
        EntRow(
            unit * 1000,
            "Cisco Catalyst 9300 Series Switch",
            "chassis",
            f"Switch {unit}",
            entPhysicalModelName="C9300-48P",
            entPhysicalSerialNum=f"FOC{device_id:04}{unit}",
            entPhysicalContainedIn=1,
            entPhysicalParentRelPos=unit - 1,
        )
        for unit in range(1, units + 1)
    )
    return [EntRow(1, "c93xx Stack", "stack", "c93xx Stack"), *members]


def switch(device_id: int, units: int = 0, **fields: t.Any) -> SimDevice:
    rows = tuple(stack_rows(device_id, units)) if units else ()
    defaults: dict[str, t.Any] = {
        "sysName": f"sw-{device_id}",
        "os": "iosxe",
        "version": "17.9.4",
        "hardware": "C9300-48P",
        "serial": f"FOC{device_id:04}1",
        "location": "AMS1",
    }
    return SimDevice(device_id, f"sw-{device_id}.example.net", **(defaults | fields), inventory=lambda: rows)


DEVICES = [
    switch(1, 2),
    switch(2, 1, location="AMS2", os="nxos", hardware="N9K"),
    switch(3, location="Zürich", status=0),
    switch(4, disabled=1, location="AMS1"),
    switch(5, ignore=1, status=0, location="LON"),
    SimDevice(6, "10.0.0.6", None, os="linux", type="server", location=None, hardware=None, serial=None, version=None),
    switch(7, 3, location="3", serial="%_"),
]
GROUPS = [SimGroup(1, "Core", members=(1, 2, 4)), SimGroup(2, "Empty"), SimGroup(3, "a/b c", members=(5,)), SimGroup(8, "2", members=(7,))]


@pytest.fixture
def librenms() -> c.Iterator[LibreNMSSimulator]:
    with LibreNMSSimulator(DEVICES, groups=GROUPS) as simulator:
        yield simulator


Maker: t.TypeAlias = c.Callable[..., LibreNMSClient]


@pytest.fixture
def new(librenms: LibreNMSSimulator, tmp_path: pathlib.Path) -> c.Iterator[Maker]:
    """Makes the client of another run; all share one cache directory."""
    clients = []

    def make(*, ttl: float = 300, clear: bool = False, **options: t.Any) -> LibreNMSClient:
        cache = FileCache(str(tmp_path / "cache"), ttl, clear=clear)
        defaults: dict[str, t.Any] = {"stats": _http.RequestStats(), "timeout": 10}
        url, token = options.pop("url", librenms.url), options.pop("token", librenms.token)
        clients.append(LibreNMSClient(url, token, cache=cache, **(defaults | options)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def kept(tmp_path: pathlib.Path) -> list[pathlib.Path]:
    """The files of the cache directory that all clients share."""
    return list((tmp_path / "cache").glob("*/*.json"))


def selection(*, include_disabled: bool = False, **filters: t.Any) -> Selection:
    return Selection.from_options(filters, include_disabled=include_disabled, all_devices=True)


def ids(client: LibreNMSClient, **filters: t.Any) -> list[int]:
    return [record.device_id for record in client.select(selection(**filters)).records]


@pytest.mark.parametrize("version", ["24.1.0", "25.5.0", "25.6.0", "26.4.0", "26.7.0"])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [1, 2, 3, 5, 6, 7]),
        ({"include_disabled": True}, [1, 2, 3, 4, 5, 6, 7]),
        ({"location": "ams1"}, [1]),
        ({"location": ["ams1", "LON"]}, [1, 5]),
        ({"location": "ams*"}, [1, 2]),
        ({"location": ["*s1", "l*n"]}, [1, 5]),
        ({"location": ["AMS1", "AMS2", "LON", "Zürich", "3"]}, [1, 2, 3, 5, 7]),
        ({"location": 3}, [3, 7]),
        ({"location": "zÜrich"}, [3]),
        ({"type": "server"}, [6]),
        ({"type": ["server", "network"], "location": "AMS2"}, [2]),
        ({"os": "ios"}, [1, 3, 5, 7]),
        ({"os": ["=nxos", "=LINUX"]}, [2, 6]),
        ({"hostname": "sw-1"}, [1]),
        ({"hostname": "10.0.0.6"}, [6]),
        ({"sysname": "=SW-2"}, [2]),
        ({"sysname": "sw"}, [1, 2, 3, 5, 7]),
        ({"hardware": ["C9300", "N9K"]}, [1, 2, 3, 5, 7]),
        ({"version": "17.9"}, [1, 2, 3, 5, 7]),
        ({"serial": "foc00021"}, [2]),
        ({"serial": "%"}, [7]),
        ({"serial": "_"}, [7]),
        ({"status": "down"}, [3, 5]),
        ({"status": "up", "location": ["AMS1", "AMS2"]}, [1, 2]),
        ({"device_ids": [7, 1, 99]}, [1, 7]),
        ({"device_ids": [1, 4], "include_disabled": True}, [1, 4]),
        ({"device_ids": list(range(1, 30))}, [1, 2, 3, 5, 6, 7]),
        ({"device_group": "core"}, [1, 2]),
        ({"device_group": 1}, [1, 2]),
        ({"device_group": ["a/b c", "Core"], "status": "down"}, [5]),
        ({"device_group": "empty"}, []),
        ({"device_group": "2"}, [7]),
    ],
)
def test_selection(librenms: LibreNMSSimulator, new: Maker, version: str, filters: dict[str, t.Any], expected: list[int]) -> None:
    librenms.version = version
    assert ids(new(), **filters) == expected
    listed = [request for request in librenms.requests.all() if request.path == "/devices"]
    assert len(listed) <= 4


def test_one_call_for_one_filter(librenms: LibreNMSSimulator, new: Maker) -> None:
    stats = _http.RequestStats()
    client = new(stats=stats)
    client.select(selection(location="AMS1", os="iosxe"))
    assert [(request.path, request.params) for request in librenms.requests.all()] == [("/devices", {"type": "location", "query": "AMS1"})]
    assert stats.of("librenms") == _http.RequestCounts(reads=1)


def test_known_version_chooses_a_narrower_filter(librenms: LibreNMSSimulator, new: Maker) -> None:
    client = new()
    assert client.version() == (26, 7, 0)
    assert ids(client, serial="FOC00021", type="network") == [2]
    assert librenms.requests.all()[-1].params == {"type": "serial", "query": "FOC00021"}


def test_record(new: Maker) -> None:
    (record,) = new().select(selection(device_ids=1)).records
    assert record == DeviceRecord(
        device_id=1,
        hostname="sw-1.example.net",
        sysname="sw-1",
        ip=record.ip,
        os="iosxe",
        version="17.9.4",
        hardware="C9300-48P",
        serial="FOC00011",
        type="network",
        location="AMS1",
        location_id=1,
        latitude=41.5,
        longitude=2.25,
    )


def test_no_secret_in_results_and_cache(new: Maker, tmp_path: pathlib.Path, librenms: LibreNMSSimulator) -> None:
    selected = new().select(selection())
    new().virtual_chassis(selected.records)
    text = repr(selected) + "".join(path.read_text() for path in kept(tmp_path))
    assert "sw-1.example.net" in text
    assert SECRET_MARK not in text
    assert librenms.token not in text


@pytest.mark.parametrize("url", ["", "/", "/api/v0", "/api/v0/", "/api", "//"])
@pytest.mark.parametrize("base", ["", "/librenms"])
def test_forms_of_the_url(tmp_path: pathlib.Path, base: str, url: str) -> None:
    with LibreNMSSimulator(DEVICES, base_path=base) as simulator:
        client = LibreNMSClient(simulator.url + url, simulator.token, cache=FileCache(str(tmp_path)), stats=_http.RequestStats())
        assert client.url == f"{simulator.url}/api/v0"
        assert ids(client, device_ids=1) == [1]
        client.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nms.example",
        "ftp://nms.example",
        "https://",
        "https://u:s3cr3t@nms.example",
        "https://nms.example?x=s3cr3t",
        "http://[::1",
        "//a/b",
    ],
)
def test_unusable_url(url: str) -> None:
    with pytest.raises(OptionError, match="librenms_url") as caught:
        base_url(url)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "s3cr3t two", "s3cr3t\n", "s3cr3t€"])
def test_unusable_token(new: Maker, token: str) -> None:
    with pytest.raises(OptionError, match="librenms_token") as caught:
        new(token=token)
    assert "s3cr3t" not in str(caught.value)


def test_unknown_group_has_near_names(new: Maker) -> None:
    with pytest.raises(OptionError, match=r"filters\.device_group.*Near names: Core") as caught:
        new().select(selection(device_group="Cores"))
    assert caught.value.option == "filters.device_group"


def test_no_groups_at_all(librenms: LibreNMSSimulator, new: Maker) -> None:
    with LibreNMSSimulator(DEVICES, groups=[]) as bare, pytest.raises(OptionError, match="none at all"):
        new(url=bare.url, token=bare.token).select(selection(device_group="Core"))


@pytest.mark.parametrize("filters", [{"location": "AMS11"}, {"location": ["AMS1", "AMS11"]}, {"location": 77}, {"location": "AMS"}])
def test_unknown_location_has_near_names(new: Maker, filters: dict[str, t.Any]) -> None:
    with pytest.raises(OptionError, match=r"filters\.location: LibreNMS has no such location") as caught:
        new().select(selection(**filters))
    if filters["location"] != 77:
        assert "AMS1" in str(caught.value)


def test_known_location_without_a_match_is_no_error(new: Maker) -> None:
    assert ids(new(), location="AMS1", os="linux") == []


def test_filters_that_match_nothing_are_told_also_from_the_cache(new: Maker, librenms: LibreNMSSimulator) -> None:
    for _run in range(2):
        assert new().select(selection(os="=nx-os")).notes == ("filters.os: no device of LibreNMS has 'nx-os'. Near: 'nxos'.",)
    # The narrow question, and the whole list for what is near; the second time nothing.
    assert [request.path for request in librenms.requests.all()].count("/devices") == 2
    assert new().select(selection(os="=nxos")).notes == ()


def test_unknown_and_disabled_ids_are_told(new: Maker) -> None:
    assert new().select(selection(device_ids=[1, 4, 99])).notes == (
        "filters.device_ids: LibreNMS has no device 99.",
        "filters.device_ids: 4 disabled in LibreNMS, and not selected without include_disabled.",
    )


def test_excluded_devices(new: Maker) -> None:
    chosen = Selection.from_options({"type": ["network"]}, exclude={"device_group": ["core"], "location": ["AMS*"]})
    assert [record.device_id for record in new().select(chosen).records] == [3, 5, 7]


def test_locations_are_read_only_where_needed(librenms: LibreNMSSimulator, new: Maker) -> None:
    ids(new(), location="AMS1")
    assert librenms.requests.by_route() == {"GET /devices": 1}
    ids(new(), location="AMS1", os="linux")
    assert librenms.requests.by_route() == {"GET /devices": 2, "GET /resources/locations": 1}


@pytest.mark.parametrize(("location", "expected"), [("AMS1", [1]), (["AMS1", "LON"], [1, 5]), ("3", [3, 7]), ("Nowhere", [])])
def test_token_without_right_to_the_locations(librenms: LibreNMSSimulator, new: Maker, location: object, expected: list[int]) -> None:
    token = librenms.add_token("user", [1, 3, 5, 7])
    assert ids(new(token=token), location=location) == expected


def test_token_without_right_to_the_groups(librenms: LibreNMSSimulator, new: Maker) -> None:
    with pytest.raises(AccessDenied, match="device groups"):
        new(token=librenms.add_token("user", [1])).select(selection(device_group="Core"))


def test_group_members(new: Maker, librenms: LibreNMSSimulator) -> None:
    client = new()
    assert client.group_members(["Core", "Empty", "1"]) == {"Core": {1, 2, 4}, "Empty": set(), "1": {1, 2, 4}}
    assert client.select(selection(device_group=["CORE"])).group_members == {"CORE": {1, 2, 4}}
    librenms.requests.reset()
    again = new()
    assert again.select(selection(device_group=["core"])).group_members == {"core": {1, 2, 4}}
    assert again.group_members(["Empty"]) == {"Empty": set()}
    assert len(librenms.requests) == 0
    with pytest.raises(OptionError, match=r"rules\.roles\[0\]\.device_group"):
        again.group_members(["Nope"], option="rules.roles[0].device_group")


def test_second_search_asks_nothing(new: Maker, librenms: LibreNMSSimulator) -> None:
    first = new().select(selection(location="AMS1"))
    assert not first.cache.hit
    librenms.requests.reset()
    second = new().select(selection(location=["ams1"]))
    assert second.records == first.records
    assert second.cache.hit
    assert (second.cache.fetched_at, second.cache.expires_at) == (first.cache.fetched_at, first.cache.expires_at)
    assert len(librenms.requests) == 0
    assert not new(clear=True).select(selection(location="AMS1")).cache.hit
    assert not new(ttl=0).select(selection(location="AMS1")).cache.hit
    assert len(librenms.requests) == 2


def test_another_token_or_filter_does_not_hit(new: Maker, librenms: LibreNMSSimulator) -> None:
    ids(new(), type="network")
    assert ids(new(token=librenms.add_token("user", [2])), type="network") == [2]
    assert not new().select(selection(type="network", include_disabled=True)).cache.hit
    assert not new(url=librenms.url.replace("127.0.0.1", "localhost")).select(selection(type="network")).cache.hit


FAULTS: list[tuple[dict[str, t.Any], type[ApiError]]] = [
    ({"kind": "status", "status": 401}, AccessDenied),
    ({"kind": "status", "status": 403}, AccessDenied),
    ({"kind": "status", "status": 500}, ApiError),
    ({"kind": "status", "status": 503, "message": "Error connecting to database"}, ApiError),
    ({"kind": "status", "status": 502}, AnswerLost),
    ({"kind": "status", "status": 429}, UnusableAnswer),
    ({"kind": "html"}, UnusableAnswer),
    ({"kind": "cut_json"}, UnusableAnswer),
    ({"kind": "truncated"}, AnswerLost),
    ({"kind": "reset"}, AnswerLost),
    ({"kind": "foreign_json"}, UnusableAnswer),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
def test_failed_answer_is_an_error_and_not_cached(
    librenms: LibreNMSSimulator, new: Maker, fault: dict[str, t.Any], kind: type[ApiError], tmp_path: pathlib.Path
) -> None:
    librenms.faults.add(**fault, count=None)
    with pytest.raises(ApiError) as caught:
        new().select(selection(type="network"))
    assert type(caught.value) is kind
    assert "Reading the device list from LibreNMS failed" in str(caught.value)
    assert librenms.token not in str(caught.value)
    assert kept(tmp_path) == []
    librenms.faults.clear()
    assert not new().select(selection(type="network")).cache.hit


def test_read_is_repeated_after_a_passing_fault(librenms: LibreNMSSimulator, new: Maker) -> None:
    librenms.faults.add("status", status=503, count=1)
    librenms.faults.add("reset", count=1)
    assert ids(new(), device_ids=1) == [1]


def test_wrong_token(new: Maker) -> None:
    with pytest.raises(AccessDenied, match=r"Unauthenticated.*librenms_token"):
        new(token="wrong").select(selection())


def test_wrong_url(librenms: LibreNMSSimulator, new: Maker) -> None:
    with pytest.raises(ApiError, match="librenms_url"):
        new(url=librenms.url + "/elsewhere").select(selection())


def test_server_that_is_not_there(librenms: LibreNMSSimulator, new: Maker) -> None:
    client = new()
    librenms.stop()
    with pytest.raises(ConnectionFailed, match="refused"):
        client.select(selection())


@pytest.mark.parametrize(
    "body",
    [
        b'{"status": "ok", "devices": {"1": {}}}',
        b'{"status": "ok", "devices": [{"hostname": "a", "community": "s3cr3t"}]}',
        b'{"status": "ok", "devices": [{"device_id": 0, "hostname": "a", "community": "s3cr3t"}]}',
        b'{"status": "ok", "devices": [1]}',
        b'{"status": "ok", "devices": [{"a": 1}]}',
        b'{"status": "ok"}',
        b"[]",
        b"null",
    ],
)
def test_answer_of_another_shape(new: Maker, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    client = new()
    answer = requests.Response()
    answer.status_code, answer._content, answer.url = 200, body, "http://127.0.0.1/api/v0/devices"
    monkeypatch.setattr(client._session, "get", lambda *args, **kwargs: answer)
    with pytest.raises(UnusableAnswer) as caught:
        client.select(selection())
    assert "s3cr3t" not in str(caught.value)


def test_error_in_a_successful_answer(new: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    client = new()
    answer = requests.Response()
    answer.status_code, answer._content = 200, b'{"status": "error", "message": "No\\ncolumn"}'
    monkeypatch.setattr(client._session, "get", lambda *args, **kwargs: answer)
    with pytest.raises(ApiError, match="the server said: No column"):
        client.select(selection())


def test_version_that_is_not_told(librenms: LibreNMSSimulator, new: Maker) -> None:
    librenms.faults.add("status", status=404, path="/system")
    client = new()
    assert client.version() is None
    assert client.version() == (26, 7, 0)
    with pytest.raises(AccessDenied):
        new(token="wrong").version()


@pytest.mark.parametrize(("count", "is_whole"), [(2, False), (0, False), (1, True), (None, True), ("2", True)])
def test_a_list_that_is_shorter_than_its_count(new: Maker, monkeypatch: pytest.MonkeyPatch, count: object, is_whole: bool) -> None:
    """Some lists of LibreNMS have no count, which is no fault."""
    body = {"status": "ok", "inventory": [{"device_id": 1, "entPhysicalIndex": 5}], **({} if count is None else {"count": count})}
    monkeypatch.setattr(_librenms, "read_json", lambda *_args, **_kwargs: body)
    with contextlib.nullcontext() if is_whole else pytest.raises(UnusableAnswer, match=f"counts {count} rows and shows 1"):
        assert [row.index for row in new().inventory(1)] == [5]


def test_inventory(new: Maker, librenms: LibreNMSSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    client = new()
    rows = client.inventory(1)
    assert len(rows) == 3
    assert rows[1] == InventoryRow(
        index=1000,
        contained_in=1,
        parent_rel_pos=0,
        physical_class="chassis",
        name="Switch 1",
        descr="Cisco Catalyst 9300 Series Switch",
        model="C9300-48P",
        serial="FOC00011",
    )
    assert client.inventory(6) == ()
    raw = [{"device_id": 1, "entPhysicalIndex": 5}, {"device_id": 2, "entPhysicalIndex": 6}, {"device_id": "1", "entPhysicalIndex": 7}]
    monkeypatch.setattr(client, "_rows", lambda *args: raw)
    assert [row.index for row in client.inventory(1)] == [5, 7]


def test_virtual_chassis(new: Maker, librenms: LibreNMSSimulator) -> None:
    client = new(workers=4)
    records = client.select(selection()).records
    librenms.requests.reset()
    progress: list[tuple[int, int]] = []
    found = client.virtual_chassis(records, on_done=lambda done, total: progress.append((done, total)))
    assert {number: len(chassis.members) for number, chassis in found.items()} == {1: 2, 2: 0, 3: 0, 5: 0, 6: 0, 7: 3}
    assert found[2].status is StackStatus.SINGLE
    assert found[6].status is StackStatus.SINGLE
    assert found[3].status is StackStatus.UNKNOWN
    # The server is not asked for.
    assert librenms.requests.by_route() == {"GET /inventory/:x/all": 5}
    assert progress == [(number, 5) for number in range(1, 6)]
    librenms.requests.reset()
    assert new().virtual_chassis(records) == found
    assert len(librenms.requests) == 0


def test_workers_read_at_the_same_time(new: Maker, librenms: LibreNMSSimulator) -> None:
    client = new(workers=3)
    records = client.select(selection()).records
    librenms.latency = 0.1
    client.virtual_chassis(records)
    assert 1 < librenms.requests.most_at_once <= 3


def test_inventory_that_cannot_be_read_is_unknown_and_asked_for_again(new: Maker, librenms: LibreNMSSimulator) -> None:
    records = new().select(selection(device_ids=[1, 7])).records
    librenms.faults.add("status", status=500, path="/inventory/1")
    found = new().virtual_chassis(records)
    assert found[1].status is StackStatus.UNKNOWN
    assert "HTTP 500" in found[1].reason
    assert found[7].status is StackStatus.STACK
    assert new().virtual_chassis(records)[1].status is StackStatus.STACK


def test_no_right_to_one_inventory_is_unknown(new: Maker, librenms: LibreNMSSimulator) -> None:
    records = new().select(selection(device_ids=[1, 7])).records
    found = new(token=librenms.add_token("user", [7])).virtual_chassis(records)
    assert found[1].status is StackStatus.UNKNOWN
    assert found[7].status is StackStatus.STACK


def test_invalid_token_is_one_error(new: Maker) -> None:
    records = new().select(selection()).records
    with pytest.raises(AccessDenied):
        new(token="wrong").virtual_chassis(records)


def test_server_that_goes_away_is_not_asked_for_every_device(
    librenms: LibreNMSSimulator, new: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_chassis, "FAILURES_IN_A_ROW", 2)
    stats = _http.RequestStats()
    client = new(workers=1, stats=stats)
    records = client.select(selection()).records
    librenms.stop()
    found = client.virtual_chassis(records)
    assert {number for number, chassis in found.items() if chassis.status is StackStatus.UNKNOWN} == {1, 2, 3, 5, 7}
    assert stats.reads == 1 + 2
    assert sum("refused" in chassis.reason for chassis in found.values()) == 2


def test_stop_ends_the_reading_of_inventories(new: Maker, librenms: LibreNMSSimulator) -> None:
    records = new().select(selection()).records
    librenms.requests.reset()
    calls = threading.Semaphore(2)

    def checkpoint() -> None:
        if not calls.acquire(blocking=False):
            raise Stopped(StopReason.CANCELLED)

    with pytest.raises(Stopped):
        new(workers=1, checkpoint=checkpoint).virtual_chassis(records)
    assert len(librenms.requests) == 2


def test_odd_texts_survive_the_cache(new: Maker, librenms: LibreNMSSimulator) -> None:
    librenms.world.change(1, sysName="{{ lookup('x') }}\n\x1b[31m\x00", notes="x", inventory=rows_of([]))
    first = new().select(selection(device_ids=1)).records
    assert first[0].sysname == "{{ lookup('x') }}\n\x1b[31m\x00"
    assert new().select(selection(device_ids=1)).records == first


def select_all(url: str, token: str, directory: str, answers: t.Any) -> None:
    client = LibreNMSClient(url, token, cache=FileCache(directory), stats=_http.RequestStats(), timeout=120)
    records = client.select(selection()).records
    answers.put((len(records), memory.peak()))


def test_memory_for_a_large_network(tmp_path: pathlib.Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    with LibreNMSSimulator(generate(20_000)) as simulator:
        process = context.Process(target=select_all, args=(simulator.url, simulator.token, str(tmp_path / "cache"), answers))
        process.start()
        count, peak = answers.get(timeout=200)
        process.join(60)
    assert count > 19_000
    assert peak < 300 * 2**20


def test_an_entry_of_other_record_fields_is_not_used(new: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    new().select(selection(type="network"))
    assert new().select(selection(type="network")).cache.hit
    monkeypatch.setattr(_librenms, "shape", lambda *records: "device_id,hostname,a_field_of_another_release")
    assert not new().select(selection(type="network")).cache.hit


# What LibreNMS answers when its database refuses a query: 200 and an empty list.


@pytest.mark.parametrize(
    ("filters", "proof"),
    [
        ({"device_group": "Large"}, r"the device group 'Large' has 25 members"),
        ({"device_group": "Large", "status": "down"}, r"the device group 'Large' has 25 members"),
        ({"device_ids": list(range(1, 30))}, r"29 devices were asked for by their ids"),
    ],
)
def test_empty_list_of_what_cannot_be_empty_is_an_error(
    librenms: LibreNMSSimulator, new: Maker, tmp_path: pathlib.Path, filters: dict[str, t.Any], proof: str
) -> None:
    for number in range(10, 35):
        librenms.world.put(switch(number))
    librenms.world.put_group(SimGroup(9, "Large", members=tuple(range(10, 35))))
    librenms.faults.add("empty_list", path="/devices", count=None)
    with pytest.raises(UnusableAnswer, match=rf"empty list, but {proof}"):
        new().select(selection(**filters))
    assert not [path for path in kept(tmp_path) if b'"kind": "search"' in path.read_bytes()]
    librenms.faults.clear()
    assert not new().select(selection(**filters)).cache.hit


@pytest.mark.parametrize("filters", [{"device_ids": 1}, {"device_ids": [1, 2]}])
def test_a_device_that_the_list_lacks_is_looked_for_itself(librenms: LibreNMSSimulator, new: Maker, filters: dict[str, t.Any]) -> None:
    librenms.faults.add("empty_list", path="/devices")
    with pytest.raises(UnusableAnswer, match=r"device 1 in LibreNMS.*it is there, but the device list lacks it"):
        new().select(selection(**filters))


def test_a_device_of_which_nothing_can_be_told(librenms: LibreNMSSimulator, new: Maker, tmp_path: pathlib.Path) -> None:
    librenms.faults.add("empty_list", path="/devices", count=None)
    with pytest.raises(UnusableAnswer, match="the answer is an empty list"):
        new().select(selection(device_ids=1))
    assert kept(tmp_path) == []


def test_a_device_that_is_not_there_is_proved_and_kept(librenms: LibreNMSSimulator, new: Maker) -> None:
    assert new().select(selection(device_ids=99)).notes == ("filters.device_ids: LibreNMS has no device 99.",)
    assert librenms.requests.by_route() == {"GET /devices": 1, "GET /devices/:x": 1}
    assert new().select(selection(device_ids=99)).cache.hit


def test_a_device_that_the_user_may_not_see_is_none(librenms: LibreNMSSimulator, new: Maker) -> None:
    assert ids(new(token=librenms.add_token("user", [7])), device_ids=[1, 7]) == [7]


@pytest.mark.parametrize(
    "filters", [{}, {"os": "=iosxe"}, {"location": "AMS1"}, {"type": "network"}, {"status": "down"}, {"hostname": "sw-1"}]
)
def test_no_device_at_all_is_told_and_not_kept(
    librenms: LibreNMSSimulator, new: Maker, tmp_path: pathlib.Path, filters: dict[str, t.Any]
) -> None:
    librenms.faults.add("empty_list", path="/devices", count=None)
    selected = new().select(selection(**filters))
    assert selected.is_void and not selected.records
    assert selected.notes == ("LibreNMS has no device that the user of librenms_token may see.",)
    assert selected.cache.expires_at == selected.cache.fetched_at
    assert kept(tmp_path) == []
    librenms.faults.clear()
    assert new().select(selection(**filters)).records


@pytest.mark.parametrize("filters", [{"os": "=iosxe"}, {"type": "network"}, {"status": "down"}, {"hostname": "sw-"}, {"location": "LON"}])
def test_an_empty_answer_to_a_filter_gives_way_to_the_whole_list(
    librenms: LibreNMSSimulator, new: Maker, filters: dict[str, t.Any]
) -> None:
    wanted = ids(new(), **filters)
    assert wanted
    librenms.faults.add("empty_list", path="/devices", count=2 if "status" in filters else 1)
    assert ids(new(clear=True), **filters) == wanted


def test_what_was_there_a_minute_ago_cannot_be_gone(librenms: LibreNMSSimulator, new: Maker) -> None:
    new().select(selection())
    librenms.faults.add("empty_list", path="/devices", count=None)
    with pytest.raises(UnusableAnswer, match=r"empty list, but there were 6 devices at 20.*Z"):
        new(clear=True).select(selection())
    # The answer that is not old yet is still there.
    assert new().select(selection()).cache.hit


@pytest.mark.parametrize(("path", "filters"), [("/devicegroups", {"device_group": "Core"}), ("/devicegroups/1", {"device_group": "Core"})])
def test_empty_list_where_librenms_says_404_for_none(
    librenms: LibreNMSSimulator, new: Maker, tmp_path: pathlib.Path, path: str, filters: dict[str, t.Any]
) -> None:
    librenms.faults.add("empty_list", path=path, count=None)
    with pytest.raises(UnusableAnswer, match="says 404 when there is nothing"):
        new().select(selection(**filters))
    assert kept(tmp_path) == []


def test_inventories_that_are_all_empty_are_not_kept(librenms: LibreNMSSimulator, new: Maker) -> None:
    records = new().select(selection()).records
    librenms.faults.add("empty_list", path="/inventory", count=None)
    for _run in range(2):
        librenms.requests.reset()
        found = new().virtual_chassis(records)
        assert {number for number, chassis in found.items() if chassis.status is StackStatus.UNKNOWN} == {1, 2, 3, 5, 7}
        assert librenms.requests.by_route() == {"GET /inventory/:x/all": 5}
    librenms.faults.clear()
    assert new().virtual_chassis(records)[1].status is StackStatus.STACK


def test_an_inventory_that_fails_proves_nothing_of_the_empty_ones(librenms: LibreNMSSimulator, new: Maker) -> None:
    records = new().select(selection(device_ids=[1, 7])).records
    librenms.faults.add("status", path="/inventory/1", status=500)
    librenms.faults.add("empty_list", path="/inventory/7")
    found = new().virtual_chassis(records)
    assert found[1].read_failed and not found[7].read_failed
    assert new().virtual_chassis(records)[7].status is StackStatus.STACK
