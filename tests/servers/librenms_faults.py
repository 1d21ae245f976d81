# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that can be ordered of the LibreNMS simulator, and its record of what it was asked."""

from __future__ import annotations

import collections
import dataclasses
import enum
import threading
import typing as t
import urllib.parse


class FaultKind(enum.StrEnum):
    # An error of LibreNMS itself (401, 403, 500, 503) in its own words, of a proxy (502, 504, 429) as an HTML page.
    STATUS = "status"
    # 200 with a web page, as from a proxy's login or a wrong URL.
    HTML = "html"
    # The length of the whole body is announced, half of it comes, and the connection ends.
    TRUNCATED = "truncated"
    # A well-formed answer whose JSON stops in the middle.
    CUT_JSON = "cut_json"
    # The connection is reset before any answer.
    RESET = "reset"
    # The right answer, late.
    DELAY = "delay"
    # A statement the database refused: LibreNMS answers 200 with an empty list.
    EMPTY_LIST = "empty_list"
    # 200 with JSON that is not the envelope of this API.
    FOREIGN_JSON = "foreign_json"


@dataclasses.dataclass(slots=True)
class Fault:
    """What the next ``count`` requests get (None: all from now on) after ``skip`` others have passed.

    ``path`` is a prefix behind ``/api/v0``, such as ``/devices`` or ``/inventory/12``; empty for every path.
    ``seconds`` is for ``delay``; ``status``, ``retry_after`` (the header's text) and ``message`` are for ``status``.
    """

    kind: FaultKind
    path: str = ""
    method: str = ""
    count: int | None = 1
    skip: int = 0
    status: int = 500
    retry_after: str | None = None
    message: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)

    def concerns(self, method: str, path: str) -> bool:
        if self.method and self.method != method:
            return False
        return not self.path or path == self.path or path.startswith((self.path.rstrip("/") + "/", self.path + "?"))


class FaultPlan:
    """The faults still to come, in the order they were ordered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: FaultKind | str, **details: t.Any) -> None:
        """Order a fault. Raises ValueError or TypeError for what :class:`Fault` does not know."""
        with self._lock:
            self._faults.append(Fault(FaultKind(kind), **details))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault this request gets, which is then used up."""
        with self._lock:
            for fault in self._faults:
                if not fault.concerns(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count < 1:
                        self._faults.remove(fault)
                return fault
        return None

    def pending(self) -> list[dict[str, t.Any]]:
        with self._lock:
            return [dataclasses.asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordedRequest:
    """``path`` is the part behind ``/api/v0``; the token is never kept. ``status`` 0: no answer was given."""

    method: str
    path: str
    query: str
    status: int

    @property
    def params(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True))

    @property
    def route(self) -> str:
        """Method and path, with ids and names replaced: ``GET /inventory/:x/all``."""
        parts = self.path.strip("/").split("/")
        if len(parts) > 1 and parts[0] in ("devices", "inventory", "devicegroups"):
            parts[1] = ":x"
        return f"{self.method} /{'/'.join(parts)}"


class RequestLog:
    """Every request of the API since the last :meth:`reset`, and how many were under way at once at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[RecordedRequest] = []
        self._in_flight = 0
        self.most_at_once = 0

    def begin(self) -> None:
        with self._lock:
            self._in_flight += 1
            self.most_at_once = max(self.most_at_once, self._in_flight)

    def end(self, request: RecordedRequest) -> None:
        with self._lock:
            self._in_flight -= 1
            self._requests.append(request)

    def all(self) -> list[RecordedRequest]:
        with self._lock:
            return list(self._requests)

    def by_route(self) -> dict[str, int]:
        """How often each route was asked for, such as ``{"GET /devices": 1, "GET /inventory/:x/all": 20}``."""
        return dict(collections.Counter(request.route for request in self.all()))

    def __len__(self) -> int:
        return len(self._requests)

    def reset(self) -> None:
        with self._lock:
            self._requests.clear()
            self.most_at_once = self._in_flight
