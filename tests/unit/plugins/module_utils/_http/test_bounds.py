# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the libraries below a client can raise is one sentence, and no answer is without a limit of size, depth and time."""

from __future__ import annotations

import collections.abc as c
import contextlib
import gc
import gzip
import socket
import sys
import threading
import time
import typing as t

import pytest
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    OptionError,
    Stopped,
    StopReason,
    UnusableAnswer,
)
from ansible_collections.netsot.librenms.plugins.module_utils._http import bounds
from ansible_collections.netsot.librenms.plugins.module_utils._http import session as _http
from ansible_collections.netsot.librenms.plugins.module_utils._http.url import server_url

SECRET = "nbt_ABCDEFGHIJKL.0123456789abcdefghijklmnopqrstuvwxyzABCD"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Raw:
    """Answers every connection with pieces of bytes, a pause before each."""

    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self.pieces = pieces
        self.pause = pause
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for piece in self.pieces:
                time.sleep(self.pause)
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    def close(self) -> None:
        self._listener.close()


Serve = t.Callable[..., Raw]


@pytest.fixture
def serve() -> c.Iterator[Serve]:
    servers: list[Raw] = []

    def start(*pieces: bytes, pause: float = 0.0) -> Raw:
        servers.append(Raw(*pieces, pause=pause))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "BACKOFF_FACTOR", 0.0)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def failure(url: str, method: str = "GET", *, timeout: float = 5, checkpoint: t.Callable[[], None] | None = None) -> ApiError:
    settings = _http.HttpSettings(headers={"Authorization": f"Bearer {SECRET}"}, timeout=timeout, label="netbox")
    client = _http.new_session(settings, stats=_http.RequestStats(), checkpoint=checkpoint)

    def ask() -> None:
        try:
            response = client.request(method, url, json=None if method == "GET" else [])
        except requests.RequestException as error:
            raise _http.api_error(error, "reading things", server="netbox") from None
        _http.read_json(response, "reading things", server="netbox")

    with pytest.raises(ApiError) as caught:
        ask()
    assert str(caught.value).startswith("Reading things failed (")
    assert SECRET not in str(caught.value)
    return caught.value


# Everything that has been seen to come out of requests, urllib3 and the standard library, and what may.
RAISED = [
    urllib3.exceptions.LocationParseError("a..b"),
    urllib3.exceptions.LocationValueError("no host"),
    urllib3.exceptions.HTTPError("any"),
    urllib3.exceptions.HeaderParsingError([], b""),
    ValueError("Invalid IPv6 URL"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
    UnicodeEncodeError("latin-1", "\u20ac", 0, 1, "invalid"),
    UnicodeError("label too long"),
    OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /nowhere"),
    OSError(28, "No space left on device"),
    ConnectionResetError("reset"),
    TimeoutError("late"),
    RecursionError("deep"),
    MemoryError(),
    OverflowError("large"),
    TypeError("None"),
    AttributeError("no such"),
    KeyError("x"),
    RuntimeError("thread"),
    bounds.AnswerTooLarge(),
    requests.exceptions.RequestException("any"),
    requests.exceptions.InvalidURL("any"),
    requests.exceptions.InvalidProxyURL("any"),
    requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
    requests.exceptions.ContentDecodingError("any"),
    requests.exceptions.ChunkedEncodingError("any"),
    requests.exceptions.StreamConsumedError("any"),
    requests.exceptions.RetryError("any"),
    requests.exceptions.InvalidJSONError("any"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("raised", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch, raised: Exception, method: str) -> None:
    if isinstance(raised, requests.RequestException):
        raised.request = None

    def send(*_args: object, **_kwargs: object) -> t.NoReturn:
        raise raised

    monkeypatch.setattr(HTTPAdapter, "send", send)
    error = failure("http://netbox.example.net/api/", method)
    assert "http://netbox.example.net/api/" in str(error)
    assert error.method == method


def test_a_write_of_which_nobody_knows_is_never_taken_for_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    for raised in (ConnectionResetError("reset"), RuntimeError("x"), MemoryError(), bounds.AnswerTooLarge(), TypeError("x")):
        monkeypatch.setattr(HTTPAdapter, "send", lambda *_a, _raised=raised, **_k: (_ for _ in ()).throw(_raised))
        error = failure("http://netbox.example.net/api/", "POST")
        assert isinstance(error, (AnswerLost, UnusableAnswer))
        assert error.status is None


@pytest.mark.parametrize("url", ["http://a..b", f"http://{'a' * 64}.example", "http://[::1", "http://user:PASSW@host", "user:PASSW@host"])
def test_bad_hosts_are_refused_as_an_option(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        server_url("netbox_url", url, "Give another.")
    assert "PASSW" not in str(caught.value) and "netbox_url" in str(caught.value)


@pytest.mark.parametrize("url", ["http:user:PASSW@h", "http://user:12/PASSW@host", "//u:PASSW@h", "http://h/%40PASSW@x?q=PASSW"])
def test_no_spelling_of_a_password_is_shown(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        server_url("netbox_url", url, "Give another.")
    assert "PASSW" not in str(caught.value)


@pytest.mark.parametrize("host", ["a..b", "b" * 64, "[bad", "h:abc", "h:99999", "caf\xe9\xff"])
def test_odd_redirects(serve: Serve, host: str) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: http://{host}/\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    error = failure(serve(answer).url)
    assert isinstance(error, (ConnectionFailed, UnusableAnswer))
    assert "redirect" in str(error) or "URL" in str(error) or "resolved" in str(error)


def test_a_missing_bundle_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    error = failure("https://127.0.0.1:1/")
    assert "REQUESTS_CA_BUNDLE" in error.hint and "netbox_ca_path" in error.hint


def test_settings_of_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://[bad")
    assert "http_proxy" in failure("http://127.0.0.1:1/").hint
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1")
    assert "http://" not in failure("http://127.0.0.1:1/").reason


def test_an_answer_that_is_too_large(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "ANSWER_LIMIT", 1_000_000)
    error = failure(serve(HEAD + b"\r\n", *[b" " * 100_000] * 30).url)
    assert isinstance(error, UnusableAnswer) and "larger than" in error.reason


def test_a_small_answer_that_unpacks_to_a_large_one(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "ANSWER_LIMIT", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    error = failure(serve(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb).url)
    assert isinstance(error, UnusableAnswer) and "larger than" in error.reason


def test_a_packed_answer_of_nothing_without_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "ANSWER_LIMIT", 1_000_000)
    nothing = gzip.compress(b"") * 5000
    error = failure(serve(HEAD + b"Content-Encoding: gzip\r\n\r\n", *[nothing] * 20).url)
    assert isinstance(error, UnusableAnswer) and "larger than" in error.reason


def test_an_answer_that_drips_has_an_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 1)
    begun = time.monotonic()
    server = serve(HEAD + b"Content-Length: 1000\r\n\r\n", *[b" "] * 1000, pause=0.05)
    error = failure(server.url, timeout=1)
    assert isinstance(error, AnswerLost) and "in time" in error.reason
    assert time.monotonic() - begun < 10


def test_a_head_that_drips_has_an_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 1)
    begun = time.monotonic()
    error = failure(serve(HEAD, *[b"X: y\r\n"] * 90, pause=0.1).url, "POST", timeout=1)
    assert isinstance(error, AnswerLost)
    assert time.monotonic() - begun < 8


def test_a_run_that_is_stopped_does_not_wait_for_an_answer_that_drips(serve: Serve) -> None:
    begun = time.monotonic()

    def checkpoint() -> None:
        if time.monotonic() - begun > 0.5:
            raise Stopped(StopReason.TIMED_OUT)

    server = serve(HEAD + b"Content-Length: 1000\r\n\r\n", *[b" "] * 1000, pause=0.05)
    settings = _http.HttpSettings(timeout=5)
    client = _http.new_session(settings, stats=_http.RequestStats(), checkpoint=checkpoint)
    with pytest.raises(Stopped):
        client.get(server.url)
    assert time.monotonic() - begun < 3


def test_a_write_in_flight_is_waited_for_also_when_the_run_is_stopped(serve: Serve) -> None:
    begun = time.monotonic()

    def checkpoint() -> None:
        if time.monotonic() - begun > 0.3:
            raise Stopped(StopReason.CANCELLED)

    server = serve(HEAD + b"Content-Length: 20\r\n\r\n", *[b" "] * 20, pause=0.05)
    client = _http.new_session(_http.HttpSettings(timeout=5), stats=_http.RequestStats(), checkpoint=checkpoint)
    assert client.post(server.url, json=[]).content == b" " * 20


def test_json_that_is_nested_very_deeply(serve: Serve) -> None:
    body = b'{"a":' * 200_000
    assert "nested too deeply" in failure(serve(HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body).url).reason


def test_json_that_is_nested_very_deeply_leaves_finalizers_alone(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be collected is not finalized with what is left of the stack in the middle of the answer."""
    failed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", failed.append)
    body = b'{"a":' * 200_000
    server = serve(HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body)
    response = requests.get(server.url, timeout=5)
    gc.collect()
    Garbage()
    with pytest.raises(UnusableAnswer, match="nested too deeply"):
        _http.read_json(response, "reading things", server="netbox")
    gc.collect()
    assert not failed
    assert gc.isenabled()


class Garbage:
    """Only the collector finds it, and its finalizer needs some room on the stack."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        _down(400)


def _down(steps: int) -> None:
    if steps:
        _down(steps - 1)


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_are_no_json(serve: Serve, constant: bytes) -> None:
    body = b'{"serial": %s}' % constant
    assert isinstance(failure(serve(HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body).url), UnusableAnswer)


@pytest.mark.parametrize("shown", [SECRET, SECRET[:-1], SECRET.partition(".")[2], SECRET.partition(".")[2][3:30]])
def test_no_part_of_a_token_is_shown(serve: Serve, shown: str) -> None:
    body = b'{"detail": "bad %s here"}' % shown.encode()
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    error = failure(serve(answer + body).url)
    assert error.server_message == "bad ******** here"


@pytest.mark.parametrize(
    ("status", "hint"), [(429, "number of requests"), (500, "failed"), (503, "try later"), (404, "netbox_url"), (200, "netbox_url")]
)
def test_a_page_of_a_proxy_gives_the_advice_for_its_status(serve: Serve, status: int, hint: str) -> None:
    page = b"<html>busy</html>"
    answer = b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(page))
    server = serve(answer + page)
    error = failure(server.url)
    assert hint in error.hint and "web page" in error.reason and server.url in str(error)


def test_headers_that_contradict_each_other_are_not_the_tokens_fault(serve: Serve) -> None:
    error = failure(serve(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}").url)
    assert "token" not in str(error) and isinstance(error, UnusableAnswer)


def test_https_spoken_where_http_was_asked(serve: Serve) -> None:
    assert "https://" in failure(serve(b"\x15\x03\x03\x00\x02\x02\x46").url).hint
    page = b"<html>The plain HTTP request was sent to HTTPS port</html>"
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(page)
    assert "https://" in failure(serve(answer + page).url).hint


def test_a_damaged_answer_is_told_with_its_url(serve: Serve) -> None:
    for answer in (b"Content-Length: 10\r\n\r\n{", b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n0123456789"):
        server = serve(HEAD + answer)
        assert server.url in str(failure(server.url))
