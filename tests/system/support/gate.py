# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate in front of a test server: lets requests pass, or keeps one waiting, so that a test knows where a run stands."""

from __future__ import annotations

import collections.abc as c
import contextlib
import http.client
import http.server
import threading
import typing as t
import urllib.parse

# Nothing is waited for by time; this only bounds how long a failing test takes.
PATIENCE = 120
_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")

# Method, and path with its query.
Wanted = c.Callable[[str, str], bool]


class Hold:
    """The first request of a kind is kept from its server until :meth:`release`; the others of that kind wait with it."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._arrived = threading.Event()
        self._released = threading.Event()
        self.request = ""

    def stop(self, method: str, path: str) -> None:
        if not self._released.is_set() and self._wanted(method, path):
            self.request = self.request or f"{method} {path}"
            self._arrived.set()
            self._released.wait(PATIENCE)

    def arrives(self, seconds: float = PATIENCE) -> bool:
        """Wait until such a request has come; whether one has."""
        return self._arrived.wait(seconds)

    def release(self) -> None:
        self._released.set()


class Gate:
    """Forwards everything to the server at ``target``, except what a hold keeps. Use it as a context manager."""

    def __init__(self, target: str) -> None:
        self._holds: list[Hold] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(target, self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self, method: str, path: str) -> None:
        for hold in tuple(self._holds):
            hold.stop(method, path)

    def add(self, hold: Hold) -> None:
        self._holds.append(hold)

    def remove(self, hold: Hold) -> None:
        self._holds.remove(hold)

    def __enter__(self) -> t.Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def held(wanted: Wanted, *gates: Gate) -> c.Iterator[Hold]:
    """Keep the first request that is ``wanted`` waiting, at whichever of the gates it comes, at the longest until the block ends."""
    hold = Hold(wanted)
    for gate in gates:
        gate.add(hold)
    try:
        yield hold
    finally:
        hold.release()
        for gate in gates:
            gate.remove(hold)


def _handler(target: str, gate: Gate) -> type[http.server.BaseHTTPRequestHandler]:
    address = urllib.parse.urlsplit(target).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: t.Any) -> None:
            return None

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            gate.stop(self.command, self.path)
            connection = http.client.HTTPConnection(address, timeout=PATIENCE)
            try:
                # The Host stays that of the gate, so that the server's links to further pages lead through it, too.
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                # The client was killed while it waited, or the server closes.
                self.close_connection = True
            finally:
                connection.close()

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward

    return Handler
