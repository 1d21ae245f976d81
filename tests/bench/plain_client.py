# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain client of NetBox: nothing but requests. It prepares the test NetBox, and is the floor that an import is held against."""

from __future__ import annotations

import collections
import collections.abc as c
import concurrent.futures
import threading
import time
import typing as t

import requests
from module_process import Json, Write
from servers.netbox_server import NetBoxServer

# What a body refers to by an id that another write of the same import gave: field, and the kind of object it means.
_REFERENCES = {
    "virtual_chassis": "dcim/virtual-chassis",
    "master": "dcim/devices",
    "device": "dcim/devices",
    "assigned_object_id": "dcim/interfaces",
    "primary_mac_address": "dcim/mac-addresses",
    "primary_ip4": "ipam/ip-addresses",
}


class PlainClient:
    """Usable by several threads; each gets a connection of its own."""

    def __init__(self, server: NetBoxServer) -> None:
        self._root = f"{server.url}/api"
        self._token = server.tokens["admin_v1"]
        self._local = threading.local()

    def call(self, method: str, path: str, body: object = None, **query: t.Any) -> t.Any:
        """The decoded answer. Raises RuntimeError for an error status."""
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = f"Token {self._token}"
        response = session.request(method, f"{self._root}/{path}/", json=body, params=query, timeout=600)
        if not response.ok:
            raise RuntimeError(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else None

    def rows(self, path: str, **query: t.Any) -> list[Json]:
        return t.cast("list[Json]", self.call("GET", path, limit=1000, **query)["results"])


def without_devices(server: NetBoxServer) -> PlainClient:
    """Resets NetBox to its reference data, takes the few devices in it away, and returns a client.

    NetBox's workers import much of themselves at their first requests of a kind; that happens here, before anything is timed.
    """
    server.reset("world")
    client = PlainClient(server)
    client.call("DELETE", "dcim/devices", [{"id": row["id"]} for row in client.rows("dcim/devices", fields="id")])
    for _ in range(4):
        for path in ("dcim/devices", "virtualization/virtual-machines", "dcim/virtual-chassis", "dcim/sites", "dcim/device-types"):
            client.call("GET", path, limit=1)
    return client


def replay(client: PlainClient, writes: c.Sequence[Write], *, side_by_side: bool) -> float:
    """Sends what an import has sent, without any of its thinking; returns the seconds.

    :param side_by_side: as the import had it: a list is sent as soon as those have been answered that had been before;
        otherwise one after the other
    """
    ordered = sorted(writes, key=lambda write: write.begun)
    ids: dict[str, dict[int, int]] = collections.defaultdict(dict)
    ended = [threading.Event() for _ in ordered]

    def send(number: int) -> None:
        write = ordered[number]
        for event, other in zip(ended, ordered, strict=True):
            if other.ended <= write.begun:
                event.wait()
        try:
            rows = client.call(write.method.upper(), write.target, [_translated(write, body, ids) for body in write.bodies])
            ids[write.target].update(zip(write.ids, (row["id"] for row in rows), strict=True))
        finally:
            ended[number].set()

    begun = time.monotonic()
    at_once = most_at_once(ordered) if side_by_side else 1
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for future in [pool.submit(send, number) for number in range(len(ordered))]:
            future.result()
    return time.monotonic() - begun


def _translated(write: Write, body: Json, ids: c.Mapping[str, c.Mapping[int, int]]) -> Json:
    """A body with the ids that the objects have this time."""
    changed = dict(body)
    for field, target in (("id", write.target), *_REFERENCES.items()):
        if isinstance(body.get(field), int):
            changed[field] = ids[target].get(body[field], body[field])
    return changed | {"changelog_message": "netsot.librenms import, job 00000000-0000"}


def most_at_once(writes: c.Sequence[Write]) -> int:
    """How many of the writes were under way at the same time."""
    return max((sum(other.begun <= write.begun < other.ended for other in writes) for write in writes), default=1)
