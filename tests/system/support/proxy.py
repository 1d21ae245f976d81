# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on loopback between the collection and NetBox that counts requests and interferes with chosen ones."""

from __future__ import annotations

import collections
import collections.abc as c
import contextlib
import dataclasses
import functools
import http.client
import http.server
import json
import socket
import socketserver
import threading
import typing as t
import urllib.parse


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json"


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """One request. ``path`` begins behind ``/api/`` and has no query; ``status`` and ``size`` are the answer's, 0 for none."""

    method: str
    path: str
    query: str
    body: bytes
    line_length: int
    status: int = 0
    size: int = 0

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS") and self.path != "graphql"

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True, slots=True)
class Forward:
    """Hands a request on to NetBox when it is called."""

    seen: Seen
    send: c.Callable[[str | None], Answer]

    def __call__(self, query: str | None = None) -> Answer:
        """:param query: in place of the request's own"""
        return self.send(query)


# What happens to a request: it may forward it, and gives the answer that the client gets, None for a lost connection.
Handler = c.Callable[[Forward], Answer | None]


def lose_answer(forward: Forward) -> None:
    """NetBox acts, and nobody hears of it."""
    forward()


def lose_request(_forward: Forward) -> None:
    """The connection ends before NetBox has the request."""


def gateway_timeout(forward: Forward) -> Answer:
    """NetBox acts, and the proxy before it was too impatient."""
    forward()
    return Answer(504, b"<html><head><title>504 Gateway Time-out</title></head></html>", "text/html")


def always(status: int, body: bytes, content_type: str = "application/json") -> Handler:
    """An answer that NetBox knows nothing of."""
    return lambda _forward: Answer(status, body, content_type)


def ignoring_filters(forward: Forward) -> Answer:
    """As NetBox does with filters that it does not know: everything is the answer, page by page."""
    paging = ("limit", "ordering", "id__gt", "fields")
    kept = [part for part in forward.seen.query.split("&") if part.partition("=")[0] in paging]
    return forward("&".join(kept))


def deadlock(_forward: Forward) -> Answer:
    """What NetBox says when PostgreSQL ended a transaction: nothing of it was saved."""
    error = {"error": 'deadlock detected\nDETAIL: Process 7 waits; relation "dcim_devicetype"', "exception": "OperationalError"}
    return Answer(500, json.dumps(error).encode())


@dataclasses.dataclass(slots=True)
class _Rule:
    handler: Handler
    matches: c.Callable[[Seen], bool]
    skip: int
    count: int | None


class Proxy:
    """Use it as a context manager. ``requests`` holds what came through, in the order of the answers."""

    def __init__(self, upstream: str) -> None:
        parts = urllib.parse.urlsplit(upstream)
        self.upstream = (parts.hostname or "", parts.port or 80)
        self.requests: list[Seen] = []
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> t.Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def on(self, handler: Handler, *, method: str = "", path: str = "", skip: int = 0, count: int | None = 1) -> None:
        """Has a handler deal with the next ``count`` requests (None: all) of a method and path, after ``skip`` others of them.

        :param path: ``inventory/*`` for all that begin so
        """
        self._rules.append(_Rule(handler, lambda seen: method in ("", seen.method) and _is_at(seen, path), skip, count))

    def on_write(self, number: int, handler: Handler, *, count: int | None = 1) -> None:
        """Has a handler deal with the write of that number, counted from 1, and ``count`` in all (None: all that follow)."""
        self._rules.append(_Rule(handler, lambda seen: seen.writes, number - 1, count))

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
            self.requests.clear()

    @property
    def writes(self) -> list[Seen]:
        return [seen for seen in self.requests if seen.writes]

    @property
    def reads(self) -> list[Seen]:
        return [seen for seen in self.requests if not seen.writes]

    def counts(self) -> collections.Counter[str]:
        """``GET dcim/devices`` and how often."""
        return collections.Counter(f"{seen.method} {seen.path}" for seen in self.requests)

    def handle(self, seen: Seen, forward: Forward) -> Answer | None:
        with self._lock:
            handler = self._handler(seen)
        answer = handler(forward) if handler else forward()
        with self._lock:
            self.requests.append(dataclasses.replace(seen, status=answer.status, size=len(answer.body)) if answer else seen)
        return answer

    def _handler(self, seen: Seen) -> Handler | None:
        for rule in self._rules:
            if not rule.matches(seen):
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            if rule.count is None:
                return rule.handler
            if rule.count > 0:
                rule.count -= 1
                return rule.handler
        return None


def _is_at(seen: Seen, path: str) -> bool:
    return path in ("", seen.path) or (path.endswith("*") and seen.path.startswith(path[:-1]))


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Connection)

    def server_bind(self) -> None:
        """Bind, without looking up the host's name as HTTPServer does: that can take seconds."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A client that went away is nothing to report."""


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *_: object) -> None:
        """Requests are counted; standard error stays quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urllib.parse.urlsplit(self.path)
        path = parts.path.removeprefix("/api/").strip("/")
        seen = Seen(self.command, path, parts.query, body, len(self.requestline))
        answer = self.server.proxy.handle(seen, Forward(seen, functools.partial(self._forward, parts, body)))
        if answer is None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _forward(self, parts: urllib.parse.SplitResult, body: bytes, query: str | None) -> Answer:
        address = parts.path + (f"?{wanted}" if (wanted := parts.query if query is None else query) else "")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
        connection = http.client.HTTPConnection(*self.server.proxy.upstream, timeout=120)
        try:
            connection.request(self.command, address, body or None, {**headers, "Connection": "close"})
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.getheader("Content-Type", "text/plain"))
        finally:
            connection.close()
