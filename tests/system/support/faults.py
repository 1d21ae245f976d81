# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: what a server or a proxy may answer, when, how often, and to what."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import itertools
import json
import threading
import typing as t

from system.support.proxy import Answer, Forward, Handler, Proxy, always, gateway_timeout, lose_answer, lose_request

_HTML = "text/html"
_PAGE = b"<html><head><title>Something between</title></head><body>Nothing to see here.</body></html>"
# Seconds that NetBox is late with a write of which the answer was given already.
LATE = 0.4


class Server(enum.Enum):
    NETBOX = "netbox"
    LIBRENMS = "librenms"


class Operation(enum.StrEnum):
    SEARCH = "search"
    CHECK = "check"
    IMPORT = "import"
    UPDATE = "update"


def _json(status: int, body: t.Any) -> Handler:
    return always(status, json.dumps(body).encode())


def _page(status: int) -> Handler:
    return always(status, _PAGE, _HTML)


def done(status: int, body: bytes = _PAGE, content_type: str = _HTML) -> Handler:
    """The server acts, and something else answers."""

    def handler(forward: Forward) -> Answer:
        forward()
        return Answer(status, body, content_type)

    return handler


def late(status: int) -> Handler:
    """The answer comes before the server acts."""

    def handler(forward: Forward) -> Answer:
        threading.Timer(LATE, forward).start()
        return Answer(status, _PAGE, _HTML)

    return handler


def cut(forward: Forward) -> Answer:
    answer = forward()
    return dataclasses.replace(answer, body=answer.body[: len(answer.body) // 2])


def last_row_missing(forward: Forward) -> Answer:
    """A list that says how long it is and shows less."""
    answer = forward()
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    rows = next((value for value in body.values() if isinstance(value, list)), None) if isinstance(body, dict) else body
    if not isinstance(rows, list) or not rows:
        return answer
    del rows[-1]
    return dataclasses.replace(answer, body=json.dumps(body).encode())


def _empty(forward: Forward) -> Answer:
    """200 and no rows, as LibreNMS answers when its database refuses a query."""
    answer = forward()
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    if not isinstance(body, dict):
        return answer
    emptied = {name: [] if isinstance(value, list) else value for name, value in body.items()}
    return Answer(200, json.dumps(emptied | ({"count": 0} if "count" in body else {})).encode())


# Of any request.
ANYWHERE: t.Final[dict[str, Handler]] = {
    "reset": lose_request,
    "answer lost": lose_answer,
    "404 page": _page(404),
    "429 page": _page(429),
    "500 page": _page(500),
    "502 page": _page(502),
    "503 page": _page(503),
    "504 page, done": gateway_timeout,
    "403 json": _json(403, {"detail": "You do not have permission to perform this action."}),
    "500 json": _json(500, {"error": "connection already closed", "exception": "OperationalError", "message": "Server Error"}),
    "200 page": _page(200),
    "200 empty body": always(200, b""),
    "200 null": always(200, b"null"),
    "200 foreign json": always(200, b'["another", "service"]'),
    "200 deep json": always(200, b"[" * 200_000),
    "204": always(204, b""),
    "cut json": cut,
    "redirect": always(302, b""),
}
# Of a write that happens all the same, or later.
WRITES: t.Final[dict[str, Handler]] = {
    **{f"{status} page, done": done(status) for status in (200, 408, 500, 503, 524)},
    "500 json, done": done(500, b'{"error": "Error 111 connecting to redis", "exception": "ConnectionError"}', "application/json"),
    "503 json, done": done(503, b'{"message": "upstream unavailable"}', "application/json"),
    "202 without a job, done": done(202, b"{}", "application/json"),
    "last row missing": last_row_missing,
    **{f"{status} page, done later": late(status) for status in (500, 503, 504, 524)},
}
# Of a list that is read.
LISTS: t.Final[dict[str, Handler]] = {"last row missing": last_row_missing}
EMPTY: t.Final[dict[str, Handler]] = {"200 empty list": _empty}

# Where a request goes, by the name of the moment: method and path.
NETBOX_READS: t.Final = {
    "status": ("GET", "status"),
    "custom fields": ("GET", "extras/custom-fields"),
    "sites": ("GET", "dcim/sites"),
    "device types": ("GET", "dcim/device-types"),
    "devices": ("GET", "dcim/devices"),
    "devices by GraphQL": ("POST", "graphql"),
    "virtual chassis": ("GET", "dcim/virtual-chassis"),
    "addresses": ("GET", "ipam/ip-addresses"),
    "rights": ("OPTIONS", "dcim/devices"),
}
LIBRENMS_READS: t.Final = {"device list": ("GET", "v0/devices"), "inventories": ("GET", "v0/inventory/*"), "ports": ("GET", "v0/ports*")}
# LibreNMS does not count ports.
LIBRENMS_COUNTED: t.Final = {moment: LIBRENMS_READS[moment] for moment in ("device list", "inventories")}
# The most writes that the imports here send.
MOST_WRITES: t.Final = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """``count`` requests of the moment get the fault, None: all from then on. ``write`` is the number of a write, 0 for a read."""

    fault: str
    handler: Handler
    moment: str
    operation: Operation
    server: Server = Server.NETBOX
    method: str = ""
    path: str = ""
    write: int = 0
    count: int | None = 1

    @property
    def name(self) -> str:
        return f"{self.operation}-{self.moment}-{self.fault}-{'once' if self.count else 'for ever'}"

    def arm(self, proxies: c.Mapping[Server, Proxy]) -> None:
        proxy = proxies[self.server]
        if self.write:
            proxy.on_write(self.write, self.handler, count=self.count)
        else:
            proxy.on(self.handler, method=self.method, path=self.path, count=self.count)


# Of which a server or a proxy may not tire.
_LASTING: t.Final = ("reset", "503 page", "403 json", "500 json", "503 page, done", "503 page, done later")


def _reads(server: Server, moments: c.Mapping[str, tuple[str, str]], faults: c.Mapping[str, Handler]) -> c.Iterator[Case]:
    """A read that fails once is asked again or fails as one that always does, so once is tried with the operation that writes."""
    for (moment, (method, path)), (fault, handler) in itertools.product(moments.items(), faults.items()):
        for operation, count in ((Operation.SEARCH, None), (Operation.IMPORT, 1)):
            yield Case(fault, handler, moment, operation, server, method, path, count=count)
        if fault in ("reset", *LISTS, *EMPTY):
            yield Case(fault, handler, moment, Operation.IMPORT, server, method, path, count=None)
            yield Case(fault, handler, moment, Operation.CHECK, server, method, path, count=None)


def _writes() -> c.Iterator[Case]:
    faults = ANYWHERE | WRITES
    for number in range(1, MOST_WRITES + 1):
        for fault, handler in faults.items():
            yield Case(fault, handler, f"write {number}", Operation.IMPORT, write=number)
        for fault in _LASTING:
            yield Case(fault, faults[fault], f"write {number}", Operation.IMPORT, write=number, count=None)
        for fault, handler in WRITES.items():
            yield Case(fault, handler, f"write {number}", Operation.UPDATE, write=number)


def every_case() -> list[Case]:
    return [
        *_reads(Server.NETBOX, NETBOX_READS, ANYWHERE | LISTS),
        *_reads(Server.LIBRENMS, LIBRENMS_READS, ANYWHERE | EMPTY),
        *_reads(Server.LIBRENMS, LIBRENMS_COUNTED, LISTS),
        *_writes(),
    ]


# One for each kind of fault, by name.
FEW: t.Final = (
    "search-status-200 page-for ever",
    "search-device list-200 empty list-for ever",
    "import-device list-last row missing-for ever",
    "search-inventories-200 empty list-for ever",
    "import-sites-last row missing-for ever",
    "import-devices-reset-for ever",
    "import-inventories-cut json-once",
    "import-write 1-500 page, done later-once",
    "import-write 1-500 json, done-once",
    "import-write 2-answer lost-once",
    "import-write 2-503 json, done-once",
    "import-write 3-503 page, done later-for ever",
    "update-write 2-504 page, done later-once",
)


def few_cases() -> list[Case]:
    known = {case.name: case for case in every_case()}
    return [known[name] for name in FEW]
