# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated LibreNMS on its socket: connections, faults, the request log, the control path."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import socket
import time
import typing as t

import pytest

from ansible_collections.netsot.librenms.tests.servers.librenms_demo import demo_devices
from ansible_collections.netsot.librenms.tests.servers.librenms_faults import Fault, FaultKind, RecordedRequest
from ansible_collections.netsot.librenms.tests.servers.librenms_model import UserRole
from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def librenms() -> t.Iterator[LibreNMSSimulator]:
    with LibreNMSSimulator(demo_devices()) as simulator:
        yield simulator


def call(simulator: LibreNMSSimulator, path: str, method: str = "GET", body: object = None, token: str | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, body=text, headers={"X-Auth-Token": token or simulator.token})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def control(simulator: LibreNMSSimulator, path: str, method: str = "GET", body: object = None) -> dict[str, t.Any]:
    status, _headers, answer = call(simulator, f"/__control__{path}", method, body)
    assert status == 200, answer
    return t.cast("dict[str, t.Any]", json.loads(answer))


def test_answers_come_in_chunks_over_one_connection(librenms: LibreNMSSimulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", librenms.port, timeout=30)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/api/v0/devices", headers={"X-Auth-Token": librenms.token})
        response = connection.getresponse()
        assert response.getheader("Transfer-Encoding") == "chunked"
        assert response.getheader("Content-Type") == "application/json"
        assert json.loads(response.read())["count"] == len(demo_devices())
        assert connection.sock is first
    connection.close()


def test_head_has_no_body(librenms: LibreNMSSimulator) -> None:
    assert call(librenms, "/api/v0/devices", "HEAD")[0::2] == (200, b"")


def test_redirect_to_the_login_page(librenms: LibreNMSSimulator) -> None:
    status, headers, _body = call(librenms, "/wrong/api/v0/devices")
    assert (status, headers["location"]) == (302, "/login")
    assert headers["content-type"].startswith("text/html")


def test_subdirectory() -> None:
    with LibreNMSSimulator(demo_devices(), base_path="/nms/") as librenms:
        assert librenms.url.endswith("/nms")
        assert call(librenms, "/nms/api/v0/system")[0] == 200
        assert call(librenms, "/api/v0/system")[0] == 404
        assert call(librenms, "/nms/devices")[1]["location"] == "/nms/login"


@pytest.mark.parametrize(
    ("status", "content_type", "text"),
    [
        (401, "application/json", b'{"message":"Unauthenticated."}'),
        (403, "application/json", b"This action is unauthorized."),
        (500, "application/json", b'"message": "Server Error"'),
        (503, "application/json", b"Service Unavailable"),
        (502, "text/html; charset=UTF-8", b"<h1>502 Bad Gateway</h1>"),
        (504, "text/html; charset=UTF-8", b"<h1>504 Gateway Timeout</h1>"),
        (429, "text/html; charset=UTF-8", b"<h1>429 Too Many Requests</h1>"),
    ],
)
def test_status_fault_lasts_as_long_as_it_was_ordered(librenms: LibreNMSSimulator, status: int, content_type: str, text: bytes) -> None:
    librenms.faults.add("status", status=status, count=2, retry_after="7")
    for _ in range(2):
        got, headers, body = call(librenms, "/api/v0/devices")
        assert (got, headers["content-type"], headers["retry-after"]) == (status, content_type, "7")
        assert text in body
    assert call(librenms, "/api/v0/devices")[0] == 200


def test_status_fault_with_the_server_s_own_message(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("status", status=503, message="Error connecting to database: gone")
    status, _headers, body = call(librenms, "/api/v0/devices")
    assert (status, json.loads(body)) == (503, {"status": "error", "message": "Error connecting to database: gone"})


def test_html_and_foreign_json(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("html")
    status, headers, body = call(librenms, "/api/v0/devices")
    assert (status, headers["content-type"], body[:6]) == (200, "text/html; charset=UTF-8", b"<html>")
    librenms.faults.add("foreign_json")
    assert json.loads(call(librenms, "/api/v0/devices")[2]) == ["another", "service"]


def test_truncated_body(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("truncated")
    with pytest.raises(http.client.IncompleteRead):
        call(librenms, "/api/v0/devices")


def test_cut_json(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("cut_json")
    status, _headers, body = call(librenms, "/api/v0/devices")
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_reset(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("reset")
    with pytest.raises(ConnectionResetError):
        call(librenms, "/api/v0/devices")
    assert librenms.requests.all()[-1].status == 0
    assert call(librenms, "/api/v0/devices")[0] == 200


def test_empty_list_of_a_refused_statement(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("empty_list", count=None)
    assert json.loads(call(librenms, "/api/v0/devices")[2]) == {"status": "ok", "devices": [], "count": 0}
    assert json.loads(call(librenms, "/api/v0/inventory/30/all")[2]) == {"status": "ok", "inventory": [], "count": 0}


def test_delay_and_latency_come_before_the_right_answer(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("delay", seconds=0.2)
    started = time.monotonic()
    assert call(librenms, "/api/v0/system")[0] == 200
    assert time.monotonic() - started >= 0.2
    librenms.latency = 0.1
    started = time.monotonic()
    assert call(librenms, "/api/v0/system")[0] == 200
    assert time.monotonic() - started >= 0.1


def test_stop_does_not_wait_for_a_delayed_answer() -> None:
    simulator = LibreNMSSimulator().start()
    simulator.faults.add("delay", seconds=3600)
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=30) as connection:
        connection.sendall(b"GET /api/v0/system HTTP/1.1\r\nHost: x\r\n\r\n")
        while simulator.faults.pending():
            time.sleep(0.01)
        simulator.stop()
        # The connection ends, with the answer or without it.
        while connection.recv(65536):
            continue


@pytest.mark.parametrize(
    ("fault", "path", "hit"),
    [
        ({}, "/devices", True),
        ({"path": "/devices"}, "/devices", True),
        ({"path": "/devices"}, "/devices/7", True),
        ({"path": "/devices"}, "/devicegroups", False),
        ({"path": "/inventory/7"}, "/inventory/77/all", False),
        ({"path": "/inventory/7"}, "/inventory/7/all", True),
        ({"method": "POST"}, "/devices", False),
    ],
)
def test_which_requests_a_fault_concerns(fault: dict[str, str], path: str, hit: bool) -> None:
    assert Fault(FaultKind.RESET, **fault).concerns("GET", path) is hit  # type: ignore[arg-type]


def test_faults_can_be_skipped_into_and_cleared(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("status", status=500, skip=1, path="/devices")
    assert [call(librenms, path)[0] for path in ("/api/v0/devices", "/api/v0/system", "/api/v0/devices", "/api/v0/devices")] == [
        200,
        200,
        500,
        200,
    ]
    librenms.faults.add("html", count=None)
    librenms.faults.clear()
    assert call(librenms, "/api/v0/system")[1]["content-type"] == "application/json"
    with pytest.raises(ValueError, match="no such fault"):
        librenms.faults.add("no such fault")


def test_requests_are_counted_without_tokens(librenms: LibreNMSSimulator) -> None:
    call(librenms, "/api/v0/devices?type=os&query=iosxe")
    call(librenms, "/api/v0/inventory/30/all")
    call(librenms, "/api/v0/inventory/31/all")
    call(librenms, "/api/v0/devices", token="wrong")
    log = librenms.requests
    assert log.by_route() == {"GET /devices": 2, "GET /inventory/:x/all": 2}
    assert log.all()[0] == RecordedRequest("GET", "/devices", "type=os&query=iosxe", 200)
    assert log.all()[0].params == {"type": "os", "query": "iosxe"}
    assert log.all()[-1].status == 401
    log.reset()
    assert len(log) == 0


def test_requests_at_once_are_counted(librenms: LibreNMSSimulator) -> None:
    librenms.faults.add("delay", seconds=3600, count=3)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(call, librenms, "/api/v0/system") for _ in range(3)]
        while librenms.faults.pending():
            time.sleep(0.01)
        assert librenms.requests.most_at_once == 3
        librenms.stopping.set()
        assert [answer.result()[0] for answer in waiting] == [200, 200, 200]


def test_token_of_another_role(librenms: LibreNMSSimulator) -> None:
    token = librenms.add_token(UserRole.USER, [30])
    assert json.loads(call(librenms, "/api/v0/devices", token=token)[2])["count"] == 1
    assert call(librenms, "/api/v0/devicegroups", token=token)[0] == 403
    assert call(librenms, "/api/v0/devices", token=librenms.add_token("admin", disabled=True))[0] == 401


# The control path


def test_control_of_requests_and_faults(librenms: LibreNMSSimulator) -> None:
    control(librenms, "/faults", "POST", {"kind": "status", "status": 503, "path": "/devices"})
    assert [fault["status"] for fault in control(librenms, "/faults")["faults"]] == [503]
    assert call(librenms, "/api/v0/devices")[0] == 503
    answer = control(librenms, "/requests")
    assert (answer["count"], answer["by_route"], answer["most_at_once"]) == (1, {"GET /devices": 1}, 1)
    assert answer["requests"] == [{"method": "GET", "path": "/devices", "query": "", "status": 503}]
    control(librenms, "/requests", "DELETE")
    assert control(librenms, "/requests")["count"] == 0
    control(librenms, "/faults", "POST", {"kind": "html", "count": None})
    control(librenms, "/faults", "DELETE")
    assert control(librenms, "/faults") == {"faults": []}


def test_control_of_devices(librenms: LibreNMSSimulator) -> None:
    new = control(librenms, "/devices", "POST", {"device_id": 900, "hostname": "new.example.net", "location": "Oslo"})
    assert (new["device_id"], new["status"]) == (900, 1)
    rows = [{"entPhysicalIndex": 1, "entPhysicalClass": "chassis", "entPhysicalSerialNum": "S"}]
    control(librenms, "/devices/900", "PATCH", {"serial": "S", "inventory": rows, "arp": ["001122334455"]})
    assert control(librenms, "/devices/900")["arp"] == ["001122334455"]
    assert json.loads(call(librenms, "/api/v0/inventory/900/all")[2])["inventory"][0]["entPhysicalSerialNum"] == "S"
    # Deleted and added again: the same device under another id.
    control(librenms, "/devices/900", "PATCH", {"device_id": 901})
    listed = json.loads(call(librenms, "/api/v0/devices?type=location&query=Oslo")[2])["devices"]
    assert [(row["device_id"], row["serial"]) for row in listed] == [(901, "S")]
    control(librenms, "/devices/901", "DELETE")
    assert call(librenms, "/api/v0/devices/901")[0] == 404
    assert len(control(librenms, "/devices")["devices"]) == len(demo_devices())


def test_control_of_settings_and_tokens(librenms: LibreNMSSimulator) -> None:
    assert control(librenms, "/settings", "PATCH", {"version": "25.5.0"})["version"] == "25.5.0"
    assert json.loads(call(librenms, "/api/v0/system")[2])["system"][0]["local_ver"] == "25.5.0"
    token = control(librenms, "/tokens", "POST", {"role": "user", "devices": [30]})["token"]
    assert json.loads(call(librenms, "/api/v0/devices", token=token)[2])["count"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/devices/4711", None, 404),
        ("PATCH", "/devices/4711", {"serial": "x"}, 400),
        ("PATCH", "/devices/30", {"no_such_field": "x"}, 400),
        ("POST", "/faults", {"kind": "nonsense"}, 400),
        ("PATCH", "/settings", {"version": "latest"}, 400),
    ],
)
def test_control_says_what_is_wrong(librenms: LibreNMSSimulator, method: str, path: str, body: object, status: int) -> None:
    got, _headers, answer = call(librenms, f"/__control__{path}", method, body)
    assert got == status
    assert "error" in json.loads(answer)
