# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side of the LibreNMS simulator, for use inside a test or by the command line.

with LibreNMSSimulator(demo_devices()) as librenms:
    client(librenms.url, librenms.token)
    librenms.faults.add("status", status=503, path="/devices")
    librenms.world.change(17, hostname="renamed.example.net")
    assert librenms.requests.by_route() == {"GET /devices": 2}
"""

from __future__ import annotations

import collections.abc as c
import http.server
import secrets
import socket
import socketserver
import struct
import threading
import typing as t
import urllib.parse

from . import librenms_control as control
from .librenms_devices import default_groups
from .librenms_faults import Fault, FaultKind, FaultPlan, RecordedRequest, RequestLog
from .librenms_model import NEWEST, ApiUser, SimDevice, SimGroup, SimWorld, UserRole, parse_version
from .librenms_routes import (
    HTML,
    JSON,
    SERVER_ERROR,
    UNAUTHENTICATED,
    UNAUTHORIZED,
    Api,
    Request,
    Response,
    failure,
    framework_error,
    sql_error,
)

_CHUNK = 262_144
_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class LibreNMSSimulator:
    """A LibreNMS on a free port of the loopback interface.

    ``world`` (its devices), ``faults``, ``requests``, ``users`` (token to user), ``version`` and ``latency`` (seconds
    before every answer) may be changed while it runs. ``base_path`` is the sub-directory it is installed in; ``listener``
    is a bound and listening socket to be used in place of ``port``.
    """

    def __init__(
        self,
        devices: c.Iterable[SimDevice] = (),
        *,
        groups: c.Iterable[SimGroup] | None = None,
        version: str = NEWEST,
        token: str | None = None,
        port: int = 0,
        listener: socket.socket | None = None,
        base_path: str = "",
        latency: float = 0.0,
    ) -> None:
        parse_version(version)
        listed = list(devices)
        self.world = SimWorld(listed, default_groups(listed) if groups is None else groups)
        self.token = token or secrets.token_hex(16)
        self.users: dict[str, ApiUser] = {self.token: ApiUser()}
        self.base_path = base_path.rstrip("/")
        self.api = Api(self.world, self.users, version, self.base_path)
        self.faults = FaultPlan()
        self.requests = RequestLog()
        self.latency = latency
        self.stopping = threading.Event()
        self._server = _Server(self, port, listener)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What a user gives as ``librenms_url``."""
        return f"http://127.0.0.1:{self.port}{self.base_path}"

    @property
    def control_url(self) -> str:
        return f"{self.url}{control.PREFIX}"

    @property
    def version(self) -> str:
        return self.api.version_text

    @version.setter
    def version(self, value: str) -> None:
        parse_version(value)
        self.api.version_text = value

    def add_token(self, role: UserRole | str, devices: c.Iterable[int] = (), *, disabled: bool = False) -> str:
        """A new token of a user with this role; ``devices`` are the ids permitted to the role ``user``."""
        token = secrets.token_hex(16)
        self.users[token] = ApiUser(UserRole(role), frozenset(devices), disabled)
        return token

    def start(self) -> t.Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Serve in this thread until it is interrupted by an exception, such as one that a signal raises."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._end()

    def stop(self) -> None:
        """End what :meth:`start` began: the server, its open connections, and the answers that wait."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._end()

    def _end(self) -> None:
        self.stopping.set()
        self._server.close_connections()
        self._server.server_close()

    def __enter__(self) -> t.Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, simulator: LibreNMSSimulator, port: int, listener: socket.socket | None) -> None:
        self.simulator = simulator
        self._open: set[socket.socket] = set()
        self._reset: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket = listener
            self.server_address = listener.getsockname()

    def server_bind(self) -> None:
        """Bind, without looking up the host's name as HTTPServer does: that can take seconds."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: t.Any, client_address: t.Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def reset_when_closed(self, connection: socket.socket) -> None:
        """End this connection with a reset in place of an orderly end."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._reset.add(connection)

    def shutdown_request(self, request: t.Any) -> None:
        with self._lock:
            self._open.discard(request)
        if request in self._reset:
            # No shutdown() before: that would send the orderly end first.
            self._reset.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # already gone
                continue

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A client that went away is nothing to report."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = _CHUNK
    server: _Server

    def log_message(self, *args: t.Any) -> None:
        """Requests are in the request log; standard error stays quiet."""

    def _serve(self) -> None:
        simulator = self.server.simulator
        address = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not address.path.startswith(f"{simulator.base_path}/"):
            self._send(Response(404, _PAGE.format("404 Not Found").encode(), HTML))
            return
        inside = address.path.removeprefix(simulator.base_path)
        if inside.startswith(control.PREFIX):
            answer = control.handle(simulator, self.command, inside.removeprefix(control.PREFIX), body)
            self._send(Response(*answer))
            return
        request = Request(self.command, inside, address.query, {name.lower(): value for name, value in self.headers.items()})
        simulator.requests.begin()
        status = 0
        try:
            status = self._answer(simulator, request)
        finally:
            simulator.requests.end(RecordedRequest(request.method, request.api_path, request.query, status))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _answer(self, simulator: LibreNMSSimulator, request: Request) -> int:
        """Answer, as the faults that were ordered will have it. Returns the status, 0 when nothing was sent."""
        if simulator.latency:
            simulator.stopping.wait(simulator.latency)
        fault = simulator.faults.take(request.method, request.api_path)
        kind = None if fault is None else fault.kind
        if kind is FaultKind.RESET:
            self.server.reset_when_closed(self.connection)
            self.close_connection = True
            return 0
        if fault is not None and kind is FaultKind.DELAY:
            simulator.stopping.wait(fault.seconds)
        response = _status_fault(fault) if fault is not None and kind is FaultKind.STATUS else simulator.api.handle(request)
        match kind:
            case FaultKind.HTML:
                response = Response(200, _PAGE.format("Sign in").encode(), HTML)
            case FaultKind.FOREIGN_JSON:
                response = Response(200, b'["another", "service"]')
            case FaultKind.EMPTY_LIST:
                response = sql_error(response.list_name or "devices")
            case FaultKind.CUT_JSON:
                response = Response(response.status, response.body[: len(response.body) // 2], response.content_type)
        self._send(response, truncate=kind is FaultKind.TRUNCATED)
        return response.status

    def _send(self, response: Response, *, truncate: bool = False) -> None:
        body = response.body
        chunked = response.content_type == JSON and self.request_version == "HTTP/1.1" and not truncate
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers:
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        if truncate:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.end_headers()
        if self.command == "HEAD":
            return
        if not chunked:
            self.wfile.write(body)
            return
        for start in range(0, len(body), _CHUNK):
            piece = body[start : start + _CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


def _status_fault(fault: Fault) -> Response:
    """The body that such a status has: LibreNMS's own words, or the page of the proxy before it."""
    extra = () if fault.retry_after is None else (("Retry-After", fault.retry_after),)
    own = {401: UNAUTHENTICATED, 403: UNAUTHORIZED, 500: SERVER_ERROR, 503: framework_error(503, "Service Unavailable")}
    if fault.message:
        return Response(fault.status, failure(fault.status, fault.message).body, JSON, extra)
    if fault.status in own:
        return Response(fault.status, own[fault.status].body, JSON, extra)
    reason = http.HTTPStatus(fault.status).phrase
    return Response(fault.status, _PAGE.format(f"{fault.status} {reason}").encode(), HTML, extra)
