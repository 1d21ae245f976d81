# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for AWX's API on the loopback interface: what a set-up writes, with AWX's own rules; it runs no jobs.

with AwxServer({"https://git.example.net/netbox.git": Path("awx")}) as awx:
    set_up(awx.url, awx.token)
    job = awx.store.launch(template_id, {"existing": "link"})
"""

from __future__ import annotations

import collections.abc as c
import http.server
import json
import secrets
import socketserver
import threading
import typing as t
import urllib.parse
from pathlib import Path

from .awx_store import API, Store
from .awx_types import KINDS, Refused, Row

_PAGE = 25


class AwxServer:
    """C(writes) holds the method and path of every request that was to change something."""

    def __init__(self, projects: c.Mapping[str, Path]) -> None:
        self.store = Store(projects)
        self.token = secrets.token_hex(16)
        self.writes: list[str] = []
        handler = type("Handler", (_Handler,), {"awx": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> t.Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: c.Mapping[str, str], body: Row) -> tuple[int, t.Any]:
        """Status and content. Raises C(Refused)."""
        parts = path.removeprefix(f"{API}/").strip("/").split("/")
        if parts[0] not in (*KINDS, "unified_job_templates") or not path.startswith(f"{API}/"):
            raise Refused({"detail": "The requested resource could not be found."}, 404)
        match method, parts:
            case "GET", [kind]:
                return 200, self._page(path, query, self.store.search(kind, query))
            case "POST", [kind]:
                return 201, self.store.shown(kind, self.store.create(kind, body))
            case _, [kind, number]:
                return self._one(method, kind, int(number), body)
            case _, [kind, number, "survey_spec"]:
                return self._survey(method, kind, int(number), body)
            case "POST", ["workflow_job_template_nodes", number, "create_approval_template"]:
                return 201, self.store.shown("workflow_approval_templates", self.store.add_approval(int(number), body))
            case "POST", [kind, number, name] if name in KINDS[kind].lists:
                self.store.link(kind, int(number), name, body)
                return 204, None
            case "GET", [kind, number, name] if name in KINDS[kind].lists:
                where = KINDS[kind].lists[name]
                ids = self.store.links.get((kind, int(number), name), [])
                return 200, self._page(path, query, [self.store.shown(where, self.store.find(where, linked)) for linked in ids])
        raise Refused({"detail": f'Method "{method}" not allowed.'}, 405)

    def _one(self, method: str, kind: str, number: int, body: Row) -> tuple[int, t.Any]:
        match method:
            case "GET":
                return 200, self.store.shown(kind, self.store.find(kind, number))
            case "PATCH":
                return 200, self.store.shown(kind, self.store.change(kind, number, body))
            case "DELETE":
                self.store.remove(kind, number)
                return 204, None
        raise Refused({"detail": f'Method "{method}" not allowed.'}, 405)

    def _survey(self, method: str, kind: str, number: int, body: Row) -> tuple[int, t.Any]:
        if method == "POST":
            self.store.set_survey(kind, number, body)
        return 200, self.store.surveys.get((kind, number), {}) if method == "GET" else {}

    @staticmethod
    def _page(path: str, query: c.Mapping[str, str], rows: list[Row]) -> Row:
        page, size = int(query.get("page", 1)), int(query.get("page_size", _PAGE))
        more = page * size < len(rows)
        following = f"{path}?{urllib.parse.urlencode({**query, 'page': page + 1})}" if more else None
        return {"count": len(rows), "next": following, "previous": None, "results": rows[(page - 1) * size : page * size]}


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


class _Handler(http.server.BaseHTTPRequestHandler):
    awx: AwxServer
    lock = threading.Lock()

    def _handle(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        try:
            if self.headers.get("Authorization") != f"Bearer {self.awx.token}":
                raise Refused({"detail": "Authentication credentials were not provided."}, 401)
            with self.lock:
                if self.command != "GET":
                    self.awx.writes.append(f"{self.command} {address.path}")
                query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
                status, answer = self.awx.answer(self.command, address.path, query, json.loads(content) if content else {})
        except Refused as refused:
            status, answer = refused.status, refused.body
        self._send(status, answer)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def _send(self, status: int, answer: t.Any) -> None:
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: t.Any) -> None:  # noqa: A002
        pass
