# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Limits on one answer while it arrives: its size, its time, and a look at the checkpoint between two pieces of it.

A time-out of requests is one for each read from the socket, so an answer that drips never meets it.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import http.client
import io
import math
import threading
import time
import typing as t

URLLIB3_IMPORT_ERROR: ImportError | None = None
try:
    import urllib3
    import urllib3.connection
    import urllib3.connectionpool
except ImportError as import_error:
    URLLIB3_IMPORT_ERROR = import_error

# Bytes of one answer, as it comes and unpacked. A LibreNMS device has some 3 kB, a page of NetBox's devices 2 MB.
ANSWER_LIMIT = 256 * 1024 * 1024
# How many times the time-out of one read the whole answer may take.
PATIENCE = 5
_SECONDS_BETWEEN_CHECKS = 0.25


class AnswerTooLarge(Exception):
    """The answer is longer than :data:`ANSWER_LIMIT`, packed or unpacked."""


@dataclasses.dataclass(slots=True)
class Watch:
    """One answer that arrives.

    :param patience: seconds for the whole of it
    :param checkpoint: may raise; None for a write, which is not left alone in flight
    """

    patience: float
    checkpoint: c.Callable[[], None] | None = None
    received: int = 0
    _until: float = math.inf
    _next_check: float = 0.0

    def begin(self) -> None:
        """From here on it is awaited."""
        now = time.monotonic()
        self._until = now + self.patience
        # It was looked at just before.
        self._next_check = now + _SECONDS_BETWEEN_CHECKS
        self.received = 0

    def look(self) -> None:
        """Raises TimeoutError, which urllib3 takes for a time-out of its own, or what the checkpoint raises."""
        now = time.monotonic()
        if self.checkpoint is not None and now >= self._next_check:
            self._next_check = now + _SECONDS_BETWEEN_CHECKS
            self.checkpoint()
        if now > self._until:
            raise TimeoutError("the answer was not complete in time")

    def count(self, size: int) -> None:
        self.received += size
        if self.received > ANSWER_LIMIT:
            raise AnswerTooLarge


_watching = threading.local()


def watch(watch: Watch | None) -> None:
    """What this thread receives from here on is looked at by this watch; None ends it."""
    _watching.watch = watch


def watch_again() -> None:
    """The request of this thread is sent once more, so its answer has all the time again."""
    current: Watch | None = getattr(_watching, "watch", None)
    if current is not None:
        current.begin()


class _WatchedReader(io.RawIOBase):
    """What a socket gives, with a look before each read from it."""

    def __init__(self, raw: t.Any) -> None:
        super().__init__()
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        current: Watch | None = getattr(_watching, "watch", None)
        if current is not None:
            current.look()
        size: int | None = self._raw.readinto(buffer)
        if current is not None and size:
            current.count(size)
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            super().close()


class _WatchedSocket:
    """Only what http.client asks of a socket that it reads from."""

    def __init__(self, sock: t.Any) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_WatchedReader(self._sock.makefile("rb", buffering=0)))


class _WatchedResponse(http.client.HTTPResponse):
    def __init__(self, sock: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(t.cast(t.Any, _WatchedSocket(sock)), *args, **kwargs)


def watch_connections(manager: t.Any) -> None:
    """Makes a pool manager of urllib3 (or a proxy manager) read all answers under the watch of the thread that asks."""
    manager.pool_classes_by_scheme = _POOLS


_POOLS: dict[str, type] = {}

if URLLIB3_IMPORT_ERROR is None:

    class _HTTPConnection(urllib3.connection.HTTPConnection):
        response_class = _WatchedResponse

    class _HTTPSConnection(urllib3.connection.HTTPSConnection):
        response_class = _WatchedResponse

    class _HTTPPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = _HTTPConnection

    class _HTTPSPool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = _HTTPSConnection

    _POOLS |= {"http": _HTTPPool, "https": _HTTPSPool}
