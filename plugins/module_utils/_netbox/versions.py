# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The versions of the objects that a plan relies on: NetBox's ``last_updated``, which changes with every edit.

An object's ETag is made of it, so that a list write can carry the versions that it is meant for (``If-Match``, NetBox 4.6).
"""

from __future__ import annotations

import collections
import collections.abc as c
import threading
import typing as t

from .._engine.fields import FIELDS
from .._engine.kinds import ASSIGNABLE, Target
from .._engine.planning.plan import Plan, Write
from .._engine.planning.saved_plan import Version, existing_in
from .catalog import REFERENCE
from .client import Json, NetBoxClient

FIRST_WITH_ETAGS = (4, 6)
# Tags of one request: gunicorn and nginx take 8 kB of a header, and 200 have been seen to pass.
TAGS_AT_MOST = 150

Key = tuple[str, int]

# The fields by which objects name others, but for reference data.
NAMED = {
    "device": Target.DEVICE,
    "master": Target.DEVICE,
    "virtual_machine": Target.VIRTUAL_MACHINE,
    "virtual_chassis": Target.VIRTUAL_CHASSIS,
    "primary_ip4": Target.IP_ADDRESS,
    "primary_ip6": Target.IP_ADDRESS,
    "primary_mac_address": Target.MAC_ADDRESS,
    "vrf": "ipam/vrfs",
}
_OF_ONE_KIND = ("lag", "parent")


def relied_on(plan: Plan) -> dict[Key, None]:
    """The objects of NetBox that the plan's writes change or refer to, and those that its devices are."""
    found: dict[Key, None] = {}
    for device in plan.devices:
        if next(device.writes(), None) is None:
            continue
        for item in existing_in(device):
            found[item.kind.target.value, item.id] = None
        if device.stack and device.stack.chassis_id is not None:
            found[Target.VIRTUAL_CHASSIS.value, device.stack.chassis_id] = None
    for write in plan.writes():
        if isinstance(write.object_id, int):
            found[write.target.value, write.object_id] = None
        for change in write.changes:
            path = _referred(write, change.field)
            if path and isinstance(change.value, int):
                found[path, change.value] = None
    return found


def _referred(write: Write, name: str) -> str | None:
    """The end point of the kind of object that a field names by its id; None for any other field."""
    if name == "assigned_object_id":
        return ASSIGNABLE.get(str(write.value("assigned_object_type")))
    field = FIELDS.get(name)
    return REFERENCE[field.listing][0] if field and field.listing else write.target if name in _OF_ONE_KIND else NAMED.get(name)


def read_versions(client: NetBoxClient, keys: c.Iterable[Key]) -> dict[Key, Version]:
    """The objects as they are now; one that is gone, or that the token may not see, is left out. Raises ApiError."""
    by_path: dict[str, list[int]] = collections.defaultdict(list)
    for path, object_id in keys:
        by_path[path].append(object_id)
    found = {}
    for path, ids in by_path.items():
        operation = f"reading the versions of {path} from NetBox"
        for row in client.read_by(path, operation, "id", sorted(ids), fields="id,display,last_updated"):
            found[path, row["id"]] = Version(path, row["id"], str(row.get("display") or ""), row.get("last_updated"))
    return found


class Guard:
    """The versions that list changes are meant for. It follows what the run itself writes."""

    def __init__(self, versions: c.Iterable[Version]) -> None:
        self._lock = threading.Lock()
        self._versions: dict[Key, str | None] = {}
        self.know(versions)

    def know(self, versions: c.Iterable[Version]) -> None:
        with self._lock:
            self._versions |= {(item.path, item.id): item.last_updated for item in versions}

    def header(self, target: Target, bodies: c.Sequence[Json]) -> str | None:
        """The value of ``If-Match`` for changes of some objects; None where not all their versions are known."""
        with self._lock:
            versions = [self._versions.get((target.value, body["id"])) for body in bodies]
        if len(versions) > TAGS_AT_MOST or not all(versions):
            return None
        return ", ".join(f'W/"{etag_of(version)}"' for version in versions if version)

    def learn(self, target: Target, rows: object) -> None:
        """What NetBox says of objects that were written."""
        if not isinstance(rows, list):
            return
        with self._lock:
            for row in rows:
                if isinstance(row, dict) and isinstance(row.get("id"), int) and isinstance(row.get("last_updated"), str):
                    self._versions[target.value, row["id"]] = row["last_updated"]


def etag_of(last_updated: t.Any) -> str:
    """``2026-11-23T10:00:00.5Z`` as NetBox's ETag holds it."""
    text = str(last_updated)
    return f"{text[:-1]}+00:00" if text.endswith("Z") else text
