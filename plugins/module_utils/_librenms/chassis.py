# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which devices are stacks, by the inventories that LibreNMS has of them: some at a time, each from the cache where it is there."""

from __future__ import annotations

import collections.abc as c
import concurrent.futures
import threading
import typing as t

from .._cache.files import CacheKey, CacheScope, FileCache
from .._engine.records import DeviceRecord, InventoryRow, Member, Stacking, StackStatus, shape
from .._engine.stacks.detect import could_be_stack, detect
from .._exceptions import AccessDenied, AnswerLost, ApiError, ConnectionFailed

# So many devices in a row without an answer, and the others are not waited for.
FAILURES_IN_A_ROW: t.Final = 10

_SHAPE: t.Final = shape(Stacking, Member)

Inventory: t.TypeAlias = c.Callable[[int], tuple[InventoryRow, ...]]


class ChassisReader:
    """:param inventory: reads all rows of one device, by its device_id. Raises ApiError."""

    def __init__(self, inventory: Inventory, cache: FileCache, scope: CacheScope, workers: int) -> None:
        self._inventory = inventory
        self._cache = cache
        self._scope = scope
        self._workers = workers

    def read(self, records: c.Iterable[DeviceRecord], *, on_done: t.Callable[[int, int], None] | None = None) -> dict[int, Stacking]:
        """Whether each device is a stack, by device_id. One request for each device that could be one, none for the others.

        A device whose inventory cannot be read is C(unknown), with the reason. So is one whose inventory is empty; that is kept only
        where another inventory is not, because LibreNMS also answers with an empty one when its database refuses a query.

        :param on_done: told how many of how many inventories are there, in the caller's thread
        :raises AccessDenied: the token is not valid
        """
        records = tuple(records)
        candidates = [record for record in records if could_be_stack(record)]
        results = {record.device_id: detect(record, ()) for record in records}
        failures = _FailuresInARow(FAILURES_IN_A_ROW)
        silent: dict[CacheKey, Stacking] = {}
        pool = concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="librenms-inventory")
        try:
            futures = {pool.submit(self._one, record, failures, silent): record.device_id for record in candidates}
            for done, future in enumerate(concurrent.futures.as_completed(futures), start=1):
                results[futures[future]] = future.result()
                if on_done is not None:
                    on_done(done, len(futures))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        if any(results[record.device_id].status is not StackStatus.UNKNOWN for record in candidates):
            for question, chassis in silent.items():
                self._cache.put(question, chassis, encode=Stacking.to_json)
        return results

    def _one(self, record: DeviceRecord, failures: _FailuresInARow, silent: c.MutableMapping[CacheKey, Stacking]) -> Stacking:
        """:param silent: gets what was just read and cannot tell"""
        if failures.are_too_many:
            return _unread("The inventory was not read: LibreNMS did not answer for other devices.")
        request = "\n".join((_SHAPE, f"/inventory/{record.device_id}/all", record.type, record.os, record.hardware, record.serial))
        question = self._scope.key("virtual_chassis", request, {"device_id": record.device_id})
        try:
            answer = self._cache.get_or_fetch(
                question,
                lambda: detect(record, self._inventory(record.device_id)),
                encode=Stacking.to_json,
                decode=Stacking.from_json,
                keep=lambda chassis: chassis.status is not StackStatus.UNKNOWN,
            )
        except AccessDenied as error:
            if error.status == 401:
                raise
            return _unread(str(error))
        except ApiError as error:
            failures.count(isinstance(error, (ConnectionFailed, AnswerLost)))
            return _unread(str(error))
        failures.count(False)
        if answer.value.status is StackStatus.UNKNOWN and not answer.hit:
            silent[question] = answer.value
        return answer.value


def _unread(reason: str) -> Stacking:
    return Stacking(StackStatus.UNKNOWN, reason=reason, read_failed=True)


class _FailuresInARow:
    """Shared by the workers, so that a server that went away is not asked for each of thousands of devices."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._number = 0

    def count(self, has_failed: bool) -> None:
        with self._lock:
            self._number = self._number + 1 if has_failed else 0

    @property
    def are_too_many(self) -> bool:
        with self._lock:
            return self._number >= self._limit
