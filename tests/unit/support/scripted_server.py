# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small HTTP server on the loopback interface that answers as a test tells it."""

from __future__ import annotations

import collections
import http.server
import socket
import ssl
import threading
import typing as t


class Reply(t.NamedTuple):
    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: dict[str, str] = {}  # noqa: RUF012
    # Bytes of the body that are really sent; None for all.
    sent: int | None = None
    delay: threading.Event | None = None


class Scripted:
    """Answers each path with its queue of replies, the last one for ever."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.replies: dict[str, list[Reply]] = collections.defaultdict(lambda: [Reply()])
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        scripted = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                scripted.requests.append((self.command, self.path, {key.lower(): value for key, value in self.headers.items()}))
                queue = scripted.replies[self.path.partition("?")[0]]
                reply = queue.pop(0) if len(queue) > 1 else queue[0]
                if reply.delay is not None:
                    reply.delay.wait(10)
                if reply.status == 0:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(reply.status)
                for key, value in ({"Content-Type": "application/json"} | reply.headers).items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.sent is None:
                    self.wfile.write(reply.body)
                else:
                    self.wfile.write(reply.body[: reply.sent])
                    self.close_connection = True

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                # Clients that hang up are part of these tests.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "http" if context is None else "https"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
