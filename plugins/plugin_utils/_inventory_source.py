# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What an inventory is made from: the devices, stacks and groups of LibreNMS, read from it or kept in Ansible's cache."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import time
import typing as t

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import CacheScope, FileCache, iso_time
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    AddressRecord,
    DevicePorts,
    DeviceRecord,
    PortRecord,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.unread import silent_inventories, unread_inventories
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._http.session import RequestStats
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.client import LABEL, LibreNMSClient
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.url import base_url

from ._inventory_options import InventoryOptions

# Raised whenever the meaning of what is cached changes.
FORMAT: t.Final = 2
# A network may change so that nothing of it is left. For so long it is taken for a fault of LibreNMS.
EVIDENCE_SECONDS: t.Final = 86400.0

Json = dict[str, t.Any]


class PartsUnread(CollectionError):
    """LibreNMS gave the devices, but not all inventories that tell which of them are stacks, or not all ports.

    :ivar otherwise: a sentence on what the devices are then, where the source does not fail
    """

    def __init__(self, message: str, otherwise: str) -> None:
        super().__init__(message)
        self.otherwise = otherwise


@dataclasses.dataclass(frozen=True)
class Source:
    """What LibreNMS said.

    :param devices: by device_id
    :param stacking: by device_id; empty when nobody asked about stacks
    :param device_groups: the ids of the selected devices of each device group, by its name; empty when nobody asked
    :param fetched_at: seconds since 1970
    :param ports: by device_id; empty when nobody asked
    """

    devices: tuple[DeviceRecord, ...]
    stacking: c.Mapping[int, Stacking]
    device_groups: c.Mapping[str, frozenset[int]]
    fetched_at: float
    ports: c.Mapping[int, DevicePorts] = dataclasses.field(default_factory=dict)

    def unread(self) -> PartsUnread | None:
        """The error for inventories or ports that could not be read, None when all could."""
        if message := unread_inventories(self.devices, self.stacking):
            return PartsUnread(message, "Those devices are taken for no stacks.")
        without = {device_id: ports.unread for device_id, ports in self.ports.items() if ports.unread}
        if not without:
            return None
        first = min(without)
        message = f"The ports of {len(without)} of {len(self.devices)} devices could not be read. Device {first}: {without[first]}"
        return PartsUnread(message, "Those devices have no interfaces here.")

    def silence(self) -> str:
        """The sentence on inventories that all came back empty; ``""`` where one did not, or nobody asked."""
        return silent_inventories(self.devices, self.stacking)

    def to_json(self, digest: str) -> Json:
        """For Ansible's cache: plain JSON types, nothing secret. No remote text is a key, so no cache plugin can misread one."""
        return {
            "format": FORMAT,
            "digest": digest,
            "fetched_at": self.fetched_at,
            "devices": [device.to_json() for device in self.devices],
            "virtual_chassis": [{"device_id": device_id, **stacking.to_json()} for device_id, stacking in sorted(self.stacking.items())],
            "device_groups": [{"name": name, "device_ids": sorted(ids)} for name, ids in sorted(self.device_groups.items())],
            "ports": [_ports_json(device_id, ports) for device_id, ports in sorted(self.ports.items())],
        }

    @classmethod
    def from_json(cls, data: object, digest: str) -> Source | None:
        """The reverse of :meth:`to_json`. None for what is damaged, foreign or the answer to another question."""
        try:
            return cls._from_json(t.cast("Json", data), digest)
        except (TypeError, ValueError, KeyError, AttributeError):
            return None

    @classmethod
    def _from_json(cls, data: Json, digest: str) -> Source:
        if data["format"] != FORMAT or data["digest"] != digest:
            raise ValueError("another format, or the answer to another question")
        return cls(
            tuple(map(DeviceRecord.from_json, data["devices"])),
            {int(chassis["device_id"]): Stacking.from_json(chassis) for chassis in data["virtual_chassis"]},
            {str(group["name"]): frozenset(map(int, group["device_ids"])) for group in data["device_groups"]},
            float(data["fetched_at"]),
            {int(row["device_id"]): _ports(row) for row in data["ports"]},
        )


def _ports_json(device_id: int, ports: DevicePorts) -> Json:
    return {
        "device_id": device_id,
        "ports": [port.to_row() for port in ports.ports],
        "addresses": [address.to_row() for address in ports.addresses],
        "unread": ports.unread,
    }


def _ports(data: Json) -> DevicePorts:
    ports = tuple(map(PortRecord.from_row, data["ports"]))
    return DevicePorts(ports, tuple(map(AddressRecord.from_row, data["addresses"])), str(data["unread"]))


def source_digest(options: InventoryOptions) -> str:
    """Of all that makes two questions different; the token goes in as a hash of hashes. Raises OptionError for an unusable URL."""
    connection = options.connection
    scope = CacheScope.of(base_url(connection.url), connection.token, connection.verify)
    return scope.key(
        "inventory", f"{options.selection.cache_text()} {options.wants_chassis} {options.wants_device_groups} {options.ports}"
    ).digest


@dataclasses.dataclass(frozen=True)
class Reading:
    """A source as just read, what that cost, sentences on filters that matched nothing, and whether LibreNMS showed no device at all."""

    source: Source
    requests: int
    seconds: float
    notes: tuple[str, ...] = ()
    is_void: bool = False

    def unlike(self, older: Source) -> CollectionError | None:
        """The error for an emptiness that an older answer speaks against; None where it does not, or is too old to."""
        if self.source.fetched_at - older.fetched_at > EVIDENCE_SECONDS:
            return None
        when = iso_time(older.fetched_at)
        if self.is_void and older.devices:
            return CollectionError(f"LibreNMS shows no device at all, and had {len(older.devices)} of this inventory at {when}.")
        stacks = sum(stacking.status is StackStatus.STACK for stacking in older.stacking.values())
        if stacks and (silence := self.source.silence()):
            return PartsUnread(f"{silence} {stacks} were stacks at {when}.", "Those devices are taken for no stacks.")
        return None


def read_source(options: InventoryOptions) -> Reading:
    """Asks LibreNMS. Raises CollectionError for what keeps it from giving the devices or groups.

    Inventories and ports that could not be read are for :meth:`Source.unread`.
    """
    connection, stats, begun = options.connection, RequestStats(), time.monotonic()
    client = LibreNMSClient(
        connection.url,
        connection.token,
        verify=connection.verify,
        timeout=connection.timeout,
        workers=options.workers,
        # Ansible's own inventory cache is used instead.
        cache=FileCache(ttl=0),
        stats=stats,
    )
    try:
        selected = client.select(options.selection)
        devices = selected.records
        stacking = client.virtual_chassis(devices) if options.wants_chassis else {}
        groups = client.device_groups() if options.wants_device_groups else {}
        ports = client.ports([device.device_id for device in devices]).devices if options.ports else {}
    finally:
        client.close()
    known = frozenset(device.device_id for device in devices)
    members = {name: ids & known for name, ids in groups.items() if ids & known}
    counts = stats.of(LABEL)
    source = Source(devices, stacking, members, time.time(), ports)
    return Reading(source, counts.reads + counts.retries, time.monotonic() - begun, selected.notes, selected.is_void)
