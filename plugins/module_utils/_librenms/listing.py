# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""LibreNMS's device list, of which an empty one is no proof that there is nothing.

LibreNMS writes into its log when its database refuses a query, and answers 200 with an empty list.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from .._engine.records import DeviceRecord
from .._engine.selection import WHOLE_LIST, DeviceQuery
from .._exceptions import AccessDenied, ApiError, UnusableAnswer
from . import wire

LOG_HINT: t.Final = "LibreNMS answers with an empty list when its database refuses a query: look into its log."

_OPERATION = "reading the device list from LibreNMS"


class Rows(t.Protocol):
    """:meth:`.client.LibreNMSClient._rows`."""

    def __call__(
        self,
        path: str,
        name: str,
        operation: str,
        *,
        params: c.Mapping[str, str] | None = None,
        object_hook: t.Callable[[dict[str, t.Any]], t.Any] | None = None,
        none_is_404: bool = False,
    ) -> list[t.Any]:
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """``devices`` by their device_id. ``is_whole``: they are all that the token may see."""

    devices: c.Mapping[int, DeviceRecord]
    is_whole: bool

    @property
    def is_void(self) -> bool:
        """LibreNMS showed no device at all."""
        return self.is_whole and not self.devices


class DeviceList:
    """:param base: the URL of the API"""

    def __init__(self, rows: Rows, base: str) -> None:
        self._rows = rows
        self._base = base

    def read(self, queries: tuple[DeviceQuery, ...]) -> Listing:
        """What LibreNMS has for some queries. Where all answers are empty the whole list, or the device itself, has to agree.

        :raises UnusableAnswer: a device that was asked for is there, and the list lacks it
        """
        found: dict[int, DeviceRecord] = {}
        for query in queries:
            records = self.devices(query)
            if not records and query.type == "device_id":
                self._check_absent(str(query.query))
            found.update({record.device_id: record for record in records})
        if not found and any(query.type not in (None, "device_id") for query in queries):
            return Listing({record.device_id: record for record in self.all()}, is_whole=True)
        return Listing(found, queries == WHOLE_LIST)

    def all(self) -> list[DeviceRecord]:
        return self.devices(WHOLE_LIST[0])

    def devices(self, query: DeviceQuery) -> list[DeviceRecord]:
        """The answer to one query as it is. Raises UnusableAnswer for what are no devices."""
        records = self._rows("/devices", "devices", _OPERATION, params=query.params, object_hook=wire.device_or_dict)
        for record in records:
            if not isinstance(record, DeviceRecord):
                reason = record.reason if isinstance(record, wire.Unusable) else "the list holds something that is no device"
                raise self.unusable(reason, hint="Check librenms_url.")
        return records

    def unusable(self, reason: str, *, hint: str = LOG_HINT) -> UnusableAnswer:
        return UnusableAnswer(_OPERATION, url=f"{self._base}/devices", status=200, reason=reason, hint=hint)

    def _check_absent(self, device_id: str) -> None:
        """Asks for one device that the list lacked. Raises UnusableAnswer when it is there, ApiError when that cannot be told."""
        try:
            if self.is_gone(device_id):
                return
        except AccessDenied as error:
            # LibreNMS says so to a user who may not see it, whether it is there or not.
            if error.status == 401:
                raise
            return
        raise self._about(device_id, "it is there, but the device list lacks it")

    def is_gone(self, device_id: str) -> bool:
        """Whether LibreNMS says that it has no such device. Raises ApiError where that cannot be told."""
        try:
            rows = self._rows(f"/devices/{device_id}", "devices", f"looking for device {device_id} in LibreNMS")
        except ApiError as error:
            if error.status == 404 and "does not exist" in (error.server_message or ""):
                return True
            raise
        if not rows:
            raise self._about(device_id, "the answer is an empty list")
        return False

    def _about(self, device_id: str, reason: str) -> UnusableAnswer:
        operation, url = f"looking for device {device_id} in LibreNMS", f"{self._base}/devices/{device_id}"
        return UnusableAnswer(operation, url=url, status=200, reason=reason, hint=LOG_HINT)
