# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading ports and addresses from LibreNMS: of the whole installation at once, or device by device.

LibreNMS's lists of all ports and of all addresses take no filter: they always hold the whole installation, some 30 ports
(15 kB) a device. So they are worth it only for a selection that is no small part of it; see :meth:`PortReader.read`.
"""

from __future__ import annotations

import collections
import collections.abc as c
import concurrent.futures
import dataclasses
import enum
import typing as t

from .._cache.files import CacheScope, FileCache
from .._engine.records import AddressRecord, DevicePorts, PortLink, PortRecord, shape
from .._exceptions import AccessDenied, AnswerLost, ApiError, ConnectionFailed, UnusableAnswer
from . import wire
from .chassis import FAILURES_IN_A_ROW
from .listing import Rows

# A request for one device costs LibreNMS about as much as the ports behind so many addresses in the list of all ports.
ADDRESSES_A_REQUEST: t.Final = 16

_PORTS = "reading the ports of all devices from LibreNMS"
_ADDRESSES = "reading the addresses of all devices from LibreNMS"
_QUERY = {"columns": ",".join(wire.PORT_COLUMNS)}

_Record = t.TypeVar("_Record", PortRecord, AddressRecord)


class HowRead(enum.StrEnum):
    """Which way ports were read."""

    NOTHING = "nothing"
    # Two requests for the whole installation.
    BULK = "bulk"
    # One request for all addresses, one for the ports of each device.
    PER_DEVICE = "per_device"


@dataclasses.dataclass(frozen=True)
class PortsRead:
    """The ports of each device that was asked for, by device_id, and which way they were read."""

    devices: c.Mapping[int, DevicePorts]
    how: HowRead


class PortReader:
    """Asks one LibreNMS server for ports.

    :param rows: reads the list of a name from a path; raises :class:`~._exceptions.ApiError`
    :param unusable: the error for a path, an operation and what is wrong with the answer
    :param workers: devices read at the same time
    """

    def __init__(
        self,
        rows: Rows,
        unusable: t.Callable[[str, str, str], UnusableAnswer],
        cache: FileCache,
        scope: CacheScope,
        workers: int,
    ) -> None:
        self._rows = rows
        self._unusable = unusable
        self._cache = cache
        self._scope = scope
        self._workers = workers

    def read(self, device_ids: c.Collection[int], *, on_done: t.Callable[[int, int], None] | None = None) -> PortsRead:
        """The ports and addresses of devices.

        As few devices as are read at the same time are asked for one by one, two requests each. For more, all addresses are
        read first (one request); their number tells how large the installation is, and so whether one request for all ports
        or one for each device is the lesser load. A token without the right to all addresses gets them device by device.

        What could not be read is ``unread`` with the reason, never without ports.

        :param on_done: told how many of how many devices are there, in the caller's thread
        :raises AccessDenied: the token is not valid
        """
        wanted = sorted(set(device_ids))
        if not wanted:
            return PortsRead({}, HowRead.NOTHING)
        addresses: c.Mapping[int, c.Sequence[AddressRecord]] | None = None
        if len(wanted) > self._workers:
            try:
                everything = self._all_addresses()
                addresses = _by_port(everything)
                if len(wanted) * ADDRESSES_A_REQUEST >= len(everything):
                    return PortsRead(self._bulk(wanted, addresses), HowRead.BULK)
            except AccessDenied as error:
                if error.status == 401:
                    raise
            except (ConnectionFailed, AnswerLost) as error:
                return PortsRead({device_id: DevicePorts(unread=str(error)) for device_id in wanted}, HowRead.BULK)
            except ApiError:
                # A list of everything may be more than LibreNMS's memory limit; a device's own is not.
                pass
        return PortsRead(self._each(wanted, addresses, on_done), HowRead.PER_DEVICE)

    def links(self, device_ids: c.Collection[int]) -> dict[int, tuple[PortLink, ...]]:
        """Which ports are layers of which. A device of which LibreNMS does not tell is left out.

        :raises AccessDenied: the token is not valid
        """
        with concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="librenms-links") as pool:
            every = zip(device_ids, pool.map(self._links_of, device_ids), strict=True)
            return {device_id: links for device_id, links in every if links is not None}

    def vrfs(self) -> dict[int, str]:
        """The name of every VRF by its id.

        :raises ApiError: LibreNMS does not give them
        """
        operation = "reading the VRFs from LibreNMS"

        def fetch() -> dict[int, str]:
            try:
                return dict(map(wire.vrf, self._rows("/routing/vrf", "vrfs", operation, none_is_404=True)))
            except (ValueError, AttributeError):
                raise self._unusable("/routing/vrf", operation, "a VRF has no id") from None

        key = self._scope.key("vrfs", "/routing/vrf")
        answer = self._cache.get_or_fetch(
            key, fetch, encode=lambda vrfs: list(vrfs.items()), decode=lambda rows: {int(number): str(name) for number, name in rows}
        )
        return answer.value

    def _links_of(self, device_id: int) -> tuple[PortLink, ...] | None:
        operation = f"reading the layers of the ports of device {device_id} from LibreNMS"
        try:
            rows = self._rows(f"/devices/{device_id}/port_stack", "mappings", operation)
        except AccessDenied as error:
            if error.status == 401:
                raise
            return None
        except ApiError:
            return None
        return tuple(filter(None, (wire.port_link(row) for row in rows if isinstance(row, dict))))

    def _all_addresses(self) -> list[AddressRecord]:
        return self._records("/resources/ip/addresses", "ip_addresses", _ADDRESSES, AddressRecord, wire.address_or_dict)

    def _bulk(self, wanted: c.Sequence[int], addresses: c.Mapping[int, c.Sequence[AddressRecord]]) -> dict[int, DevicePorts]:
        by_device: dict[int, list[PortRecord]] = {device_id: [] for device_id in wanted}
        for port in self._records("/ports", "ports", _PORTS, PortRecord, wire.port_or_dict, params=_QUERY):
            if port.device_id in by_device:
                by_device[port.device_id].append(port)
        return {device_id: _joined(ports, addresses) for device_id, ports in by_device.items()}

    def _each(
        self,
        wanted: c.Sequence[int],
        addresses: c.Mapping[int, c.Sequence[AddressRecord]] | None,
        on_done: t.Callable[[int, int], None] | None,
    ) -> dict[int, DevicePorts]:
        found: dict[int, DevicePorts] = {}
        failures = 0
        pool = concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="librenms-ports")
        try:
            # A few more than there are workers are in the queue, so that a server that went away is not asked for thousands.
            for start in range(0, len(wanted), self._workers * 4):
                some = wanted[start : start + self._workers * 4]
                if failures >= FAILURES_IN_A_ROW:
                    reason = "The ports were not read: LibreNMS did not answer for other devices."
                    found.update((device_id, DevicePorts(unread=reason)) for device_id in some)
                    continue
                futures = {pool.submit(self._of_device, device_id, addresses): device_id for device_id in some}
                for future in concurrent.futures.as_completed(futures):
                    ports, is_lost = future.result()
                    failures = failures + 1 if is_lost else 0
                    found[futures[future]] = ports
                    if on_done is not None:
                        on_done(len(found), len(wanted))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return found

    def _of_device(self, device_id: int, addresses: c.Mapping[int, c.Sequence[AddressRecord]] | None) -> tuple[DevicePorts, bool]:
        """The ports of one device, and whether LibreNMS did not answer at all."""
        path = f"/devices/{device_id}"
        try:
            operation = f"reading the ports of device {device_id} from LibreNMS"
            ports = self._records(f"{path}/ports", "ports", operation, PortRecord, wire.port_or_dict, params=_QUERY)
            # LibreNMS takes some unknown devices for "all devices".
            ports = [port for port in ports if port.device_id == device_id]
            if addresses is None and ports:
                operation = f"reading the addresses of device {device_id} from LibreNMS"
                addresses = _by_port(self._records(f"{path}/ip", "addresses", operation, AddressRecord, wire.address_or_dict))
            return _joined(ports, addresses or {}), False
        except AccessDenied as error:
            if error.status == 401:
                raise
            return DevicePorts(unread=str(error)), False
        except ApiError as error:
            return DevicePorts(unread=str(error)), isinstance(error, (ConnectionFailed, AnswerLost))

    def _records(
        self,
        path: str,
        name: str,
        operation: str,
        kind: type[_Record],
        hook: t.Callable[[dict[str, t.Any]], t.Any],
        *,
        params: c.Mapping[str, str] | None = None,
    ) -> list[_Record]:
        """The records of a list, from the cache or from LibreNMS; each is made while the JSON is read."""

        def fetch() -> list[_Record]:
            rows = [row for row in self._rows(path, name, operation, params=params, object_hook=hook, none_is_404=True) if row is not None]
            for row in rows:
                if not isinstance(row, kind):
                    reason = row.reason if isinstance(row, wire.Unusable) else "the list holds something of another kind"
                    raise self._unusable(path, operation, reason)
            return rows

        return self._cache.get_or_fetch(
            self._scope.key("ports", "\n".join((shape(kind), path, *(params or {}).values()))),
            fetch,
            encode=lambda records: [record.to_row() for record in records],
            decode=lambda rows: [kind.from_row(row) for row in rows],
            count=len,
        ).value


def _by_port(addresses: c.Iterable[AddressRecord]) -> dict[int, list[AddressRecord]]:
    found: dict[int, list[AddressRecord]] = collections.defaultdict(list)
    for address in addresses:
        found[address.port_id].append(address)
    return found


def _joined(ports: c.Iterable[PortRecord], addresses: c.Mapping[int, c.Sequence[AddressRecord]]) -> DevicePorts:
    """Ports by ifIndex with the addresses of exactly these ports: LibreNMS keeps those of deleted ports in its list."""
    in_order = sorted(ports, key=lambda port: (port.if_index, port.port_id))
    return DevicePorts(tuple(in_order), tuple(address for port in in_order for address in addresses.get(port.port_id, ())))
