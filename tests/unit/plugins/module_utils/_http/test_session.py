# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP layer against a small server on the loopback interface."""

from __future__ import annotations

import collections.abc as c
import contextlib
import email.utils
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
import typing as t
import warnings

import certifi
import pytest
import requests
from unit.support.scripted_server import Reply, Scripted

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

TOKEN = "token-that-nobody-may-see"

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def server() -> c.Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.close()


@pytest.fixture
def other_server() -> c.Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.close()


def session(stats: _http.RequestStats | None = None, checkpoint: t.Callable[[], None] | None = None, **settings: t.Any) -> requests.Session:
    settings.setdefault("headers", {"X-Auth-Token": TOKEN})
    settings.setdefault("timeout", 5)
    settings.setdefault("label", "librenms")
    return _http.new_session(_http.HttpSettings(**settings), stats=stats or _http.RequestStats(), checkpoint=checkpoint)


def ask(call: t.Callable[[], requests.Response], server: str) -> object:
    try:
        response = call()
    except requests.RequestException as error:
        raise _http.api_error(error, "reading things", server=server) from error
    return _http.read_json(response, "reading things", server=server)


def failure_of(call: t.Callable[[], requests.Response], server: str = "librenms") -> ApiError:
    """What an API call that must fail is told the user as."""
    with pytest.raises(ApiError) as caught:
        ask(call, server)
    assert TOKEN not in str(caught.value) + repr(caught.value.failure())
    return caught.value


def test_counts_reads_and_writes_by_label(server: Scripted) -> None:
    stats = _http.RequestStats()
    mine = session(stats)
    mine.get(server.url + "/a")
    mine.post(server.url + "/b", json=[])
    mine.post(server.url + "/c", json=[], headers={_http.READ_MARK: "1"})
    session(stats, label="netbox").delete(server.url + "/d")
    assert stats.of("librenms") == _http.RequestCounts(reads=2, writes=1)
    assert stats.of("netbox") == _http.RequestCounts(writes=1)
    assert (stats.reads, stats.writes, stats.retries) == (2, 2, 0)


def test_counts_of_many_threads_are_exact() -> None:
    stats = _http.RequestStats()

    def count() -> None:
        for _ in range(2000):
            stats.count("x", "reads")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stats.reads == 8000


def test_read_mark_is_not_sent(server: Scripted) -> None:
    session().post(server.url + "/graphql", json={}, headers={_http.READ_MARK: "1"})
    assert _http.READ_MARK.lower() not in server.requests[0][2]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_read_is_retried_until_it_works(server: Scripted, status: int) -> None:
    stats = _http.RequestStats()
    server.replies["/a"] = [Reply(status), Reply(status), Reply()]
    assert _http.read_json(session(stats).get(server.url + "/a"), "reading") == {"ok": True}
    assert stats.of("librenms") == _http.RequestCounts(reads=1, retries=2)


def test_read_is_retried_after_a_lost_connection(server: Scripted) -> None:
    server.replies["/a"] = [Reply(0), Reply()]
    assert session().get(server.url + "/a").ok


def test_marked_post_is_retried_like_a_read(server: Scripted) -> None:
    server.replies["/graphql"] = [Reply(503), Reply(0), Reply()]
    assert session().post(server.url + "/graphql", json={}, headers={_http.READ_MARK: "1"}).ok


def test_retries_end_and_the_last_answer_is_told(server: Scripted) -> None:
    server.replies["/a"] = [Reply(503, b'{"status": "error", "message": "Error connecting to database"}')]
    error = failure_of(lambda: session().get(server.url + "/a"))
    assert len(server.requests) == _http.RETRY_COUNT + 1
    assert error.status == 503
    assert error.server_message == "Error connecting to database"


@pytest.mark.parametrize("reply", [Reply(0), Reply(503), Reply(502), Reply(429, headers={"Retry-After": "0"}), Reply(500)])
def test_write_is_sent_once(server: Scripted, reply: Reply) -> None:
    server.replies["/a"] = [reply, Reply()]
    failure_of(lambda: session().post(server.url + "/a", json={}))
    assert len(server.requests) == 1


def test_write_is_retried_when_the_connection_was_refused() -> None:
    stats = _http.RequestStats()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
        error = failure_of(lambda: session(stats).post(url, json={}))
    assert isinstance(error, ConnectionFailed)
    assert "refused" in str(error) and "librenms_url" in str(error)
    assert stats.of("librenms") == _http.RequestCounts(writes=1, retries=_http.RETRY_COUNT - 1)


def test_server_error_is_not_retried(server: Scripted) -> None:
    server.replies["/a"] = [Reply(500, b'{"message": "Server Error"}'), Reply()]
    assert failure_of(lambda: session().get(server.url + "/a")).server_message == "Server Error"
    assert len(server.requests) == 1


def test_retry_after_is_bounded(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    server.replies["/a"] = [Reply(429, headers={"Retry-After": "86400"})]
    assert session().get(server.url + "/a").status_code == 429
    assert clock[0] == pytest.approx(_http.WAIT_LIMIT)


def test_damaged_retry_after_is_ignored(server: Scripted) -> None:
    server.replies["/a"] = [Reply(429, headers={"Retry-After": "soon"}), Reply()]
    assert session().get(server.url + "/a").ok


def test_checkpoint_stops_before_anything_is_sent(server: Scripted) -> None:
    def stop() -> None:
        raise Stopped(StopReason.CANCELLED)

    stats = _http.RequestStats()
    with pytest.raises(Stopped):
        session(stats, stop).get(server.url + "/a")
    assert server.requests == []
    assert stats.reads == 0


def test_checkpoint_stops_a_wait_for_a_retry(server: Scripted) -> None:
    checks: list[int] = []

    def stop_at_third() -> None:
        checks.append(1)
        if len(checks) == 3:
            raise Stopped(StopReason.TIMED_OUT)

    server.replies["/a"] = [Reply(503, headers={"Retry-After": "30"})]
    with pytest.raises(Stopped):
        session(checkpoint=stop_at_third).get(server.url + "/a")
    assert len(server.requests) == 1


def test_default_timeout_is_applied(server: Scripted) -> None:
    release = threading.Event()
    server.replies["/a"] = [Reply(delay=release)]
    try:
        error = failure_of(lambda: session(timeout=0.2).post(server.url + "/a", json={}))
    finally:
        release.set()
    assert isinstance(error, AnswerLost)
    assert "librenms_timeout" in str(error)


def test_read_time_out_is_retried_once_only(server: Scripted) -> None:
    release = threading.Event()
    server.replies["/a"] = [Reply(delay=release)]
    try:
        error = failure_of(lambda: session(timeout=0.2).get(server.url + "/a"))
    finally:
        release.set()
    assert isinstance(error, AnswerLost)
    assert len(server.requests) == 2


def test_cut_off_body_is_a_lost_answer(server: Scripted) -> None:
    server.replies["/a"] = [Reply(body=b'{"devices": []}', sent=5)]
    assert isinstance(failure_of(lambda: session().get(server.url + "/a")), AnswerLost)


def test_unknown_name_is_worded(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> t.Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure_of(lambda: session().get("http://librenms.invalid/api/v0/devices?query=secret"))
    assert isinstance(error, ConnectionFailed)
    assert "the name librenms.invalid cannot be resolved" in str(error)
    assert error.url == "http://librenms.invalid/api/v0/devices"


def test_a_server_that_waits_for_http_is_asked_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stats = _http.RequestStats()
        error = failure_of(lambda: session(stats, timeout=1).get(f"https://127.0.0.1:{silent.getsockname()[1]}/a"))
    assert isinstance(error, ConnectionFailed)
    assert "if it speaks http, librenms_url must begin with http://" in str(error)
    assert stats.retries == 0


def test_a_sentence_of_the_server_ends_once() -> None:
    assert str(ApiError("reading things", server_message="Invalid token.", hint="Check it.")) == (
        "Reading things failed: the server said: Invalid token. Check it."
    )


def test_the_clock_of_a_server(server: Scripted) -> None:
    stats = _http.RequestStats()
    assert stats.seconds_ahead("librenms") is None
    stats.note_date("librenms", "no date")
    assert stats.seconds_ahead("librenms") is None
    stats.note_date("librenms", email.utils.formatdate(time.time() + 3600, usegmt=True))
    assert 3500 < (stats.seconds_ahead("librenms") or 0) < 3700


def test_plain_http_server_asked_with_https(server: Scripted) -> None:
    stats = _http.RequestStats()
    error = failure_of(lambda: session(stats).get(f"https://127.0.0.1:{server.port}/a"))
    assert isinstance(error, ConnectionFailed)
    assert "127.0.0.1 answers without TLS there. If it is a port for http, librenms_url must begin with http://." in str(error)
    assert stats.retries == 0


@pytest.mark.parametrize("status", [401, 403])
def test_access_denied(server: Scripted, status: int) -> None:
    server.replies["/a"] = [Reply(status, b'{"message":"Unauthenticated."}')]
    error = failure_of(lambda: session().get(server.url + "/a"))
    assert isinstance(error, AccessDenied)
    assert error.server_message == "Unauthenticated."
    assert "librenms_token" in error.hint


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(body=b"<!DOCTYPE html><html>Login</html>", headers={"Content-Type": "text/html"}), "web page"),
        (Reply(404, b"<html>404</html>", {"Content-Type": "text/html"}), "web page"),
        (Reply(body=b'{"status": "ok", "devices": [{"dev'), "cut off"),
        (Reply(body=b""), "empty"),
        (Reply(body=b"pong", headers={"Content-Type": "text/plain"}), "text/plain"),
        (Reply(body=b"[" * 1_000_000), "nested too deeply"),
        (Reply(body=b'{"a": "\xff\xfe\xfa"}'), "damaged"),
    ],
)
def test_answer_that_is_no_json(server: Scripted, reply: Reply, words: str) -> None:
    server.replies["/a"] = [reply]
    error = failure_of(lambda: session().get(server.url + "/a?api_token=x"))
    assert isinstance(error, UnusableAnswer)
    assert words in str(error)
    assert "librenms_url" in error.hint
    assert "?" not in error.url


@pytest.mark.parametrize("status", [502, 504])
def test_write_behind_a_failing_proxy_may_have_happened(server: Scripted, status: int) -> None:
    server.replies["/a"] = [Reply(status, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})]
    assert isinstance(failure_of(lambda: session().post(server.url + "/a", json=[])), AnswerLost)


def test_field_errors_of_netbox_are_told_and_kept(server: Scripted) -> None:
    body = {"name": ["This field may not be blank."]}
    server.replies["/a"] = [Reply(400, json.dumps(body).encode())]
    error = failure_of(lambda: session().post(server.url + "/a", json={}), server="netbox")
    assert type(error) is ApiError
    assert error.body == body
    assert "This field may not be blank." in str(error)


def test_message_is_short_one_line_and_without_the_token(server: Scripted) -> None:
    text = f"bad\x1b[31m\r\ntoken {TOKEN} " + "x" * 5000
    server.replies["/a"] = [Reply(400, json.dumps({"message": text}).encode())]
    error = failure_of(lambda: session().get(server.url + "/a"))
    assert error.server_message is not None
    assert error.server_message.startswith("bad [31m token ******** xxx")
    assert len(error.server_message) <= 300


def test_token_does_not_follow_to_another_host(server: Scripted, other_server: Scripted) -> None:
    target = f"http://localhost:{other_server.port}/b"
    server.replies["/a"] = [Reply(302, headers={"Location": target})]
    other_server.replies["/b"] = [Reply(401, b'{"message":"Unauthenticated."}')]
    error = failure_of(lambda: session(headers={"X-Auth-Token": TOKEN, "Authorization": f"Token {TOKEN}"}).get(server.url + "/a"))
    headers = other_server.requests[0][2]
    assert "x-auth-token" not in headers and "authorization" not in headers
    assert f"redirected to {target}" in str(error)


def test_redirect_on_the_same_host_keeps_the_token(server: Scripted) -> None:
    server.replies["/a"] = [Reply(301, headers={"Location": "/b"})]
    assert session().get(server.url + "/a").ok
    assert server.requests[1][1:] and server.requests[1][2]["x-auth-token"] == TOKEN


def test_post_does_not_follow_a_redirect(server: Scripted) -> None:
    server.replies["/a"] = [Reply(301, headers={"Location": "/b?x=1"})]
    server.replies["/b"] = [Reply(body=b'{"devices": []}')]
    error = failure_of(lambda: session().post(server.url + "/a", json={}))
    assert error.status == 301 and "/b" in str(error)
    assert len(server.requests) == 1


def test_redirect_loop(server: Scripted) -> None:
    server.replies["/a"] = [Reply(302, headers={"Location": "/a"})]
    assert isinstance(failure_of(lambda: session().get(server.url + "/a")), UnusableAnswer)


def test_netrc_does_not_replace_the_token(server: Scripted, tmp_path: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.replies["/a"] = [Reply(302, headers={"Location": "/b"})]
    session(headers={"Authorization": f"Token {TOKEN}"}).get(server.url + "/a")
    assert [headers["authorization"] for _method, _path, headers in server.requests] == [f"Token {TOKEN}"] * 2


def test_proxy_of_the_environment_is_used(other_server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", other_server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    session().get("http://librenms.invalid/a")
    assert other_server.requests[0][1] == "http://librenms.invalid/a"


def test_cookies_are_not_kept(server: Scripted) -> None:
    server.replies["/a"] = [Reply(headers={"Set-Cookie": "laravel_session=1; Path=/"})]
    mine = session()
    mine.get(server.url + "/a")
    mine.get(server.url + "/a")
    assert "cookie" not in server.requests[1][2]


@pytest.mark.parametrize("end", ["\n", "\r\nX: y", "€", "\x00"])
@pytest.mark.parametrize("name", ["X-Auth-Token", "Authorization"])
def test_token_that_no_header_can_carry(server: Scripted, name: str, end: str) -> None:
    error = failure_of(lambda: session(headers={name: TOKEN + end}).get(server.url + "/a"))
    assert "librenms_token" in str(error)
    assert server.requests == []


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(_http.HttpSettings(headers={"X-Auth-Token": TOKEN}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:pass@nms.example:8443/x/api?api_token=1#f", "https://nms.example:8443/x/api"),
        ("http://[::1", ""),
        (None, ""),
    ],
)
def test_public_url(url: str | None, expected: str) -> None:
    assert _http.public_url(url) == expected


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run([*command, "-keyout", path, "-out", path.with_suffix(".crt"), *subject], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return str(path)


@pytest.fixture
def tls_server(certificate: str) -> c.Iterator[Scripted]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    scripted = Scripted(context)
    yield scripted
    scripted.close()


def test_unknown_certificate_is_refused_with_a_hint(tls_server: Scripted) -> None:
    stats = _http.RequestStats()
    error = failure_of(lambda: session(stats).post(tls_server.url + "/a", json={}))
    assert isinstance(error, ConnectionFailed)
    assert "certificate" in str(error) and "librenms_ca_path" in str(error)
    assert stats.retries == 0 and tls_server.requests == []


def test_certificate_is_accepted_with_its_authority_whatever_the_environment_says(
    tls_server: Scripted, certificate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    assert session(verify=certificate).get(tls_server.url + "/a").ok


def test_no_verification_is_silent_for_this_host_only(tls_server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with contextlib.suppress(AttributeError):
            _http._unverified_hosts.clear()
        assert session(verify=False).get(tls_server.url + "/a").ok
        assert seen == []
        requests.get(f"https://localhost:{tls_server.port}/a", verify=False, timeout=5)
        assert len(seen) == 1


def test_missing_authority_file_is_an_error_of_that_option(tmp_path: t.Any) -> None:
    with pytest.raises(OptionError, match=r"librenms_ca_path.*no such file"):
        session(verify=str(tmp_path / "absent.pem"))


def test_authority_file_without_certificates(tls_server: Scripted, tmp_path: t.Any) -> None:
    (tmp_path / "empty.pem").write_text("nothing\n")
    error = failure_of(lambda: session(verify=str(tmp_path / "empty.pem")).get(tls_server.url + "/a"))
    assert "librenms_ca_path" in str(error)


def test_no_requests_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "REQUESTS_IMPORT_ERROR", ImportError("No module named 'requests'"))
    with pytest.raises(ImportError):
        session()
