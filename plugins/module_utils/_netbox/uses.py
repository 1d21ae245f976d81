# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What else in NetBox hangs on objects that are to be removed. Every answer is checked: NetBox ignores filters that it does not know.

NetBox answers 400 to a filter by the id of an object that is gone, but for a filter by the ids of the objects that are listed.
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from .._engine.kinds import ASSIGNABLE, ObjectKind, Target
from .._engine.planning.undo import Key
from .client import Json, NetBoxClient, related


@dataclasses.dataclass(frozen=True, slots=True)
class _Inside:
    """A kind of objects that NetBox removes along with what they are in, and does not count.

    :ivar field: names what they are in, by an object or, where ``model`` is given, by its id
    """

    path: str
    filter: str
    field: str
    model: str = ""

    @property
    def fields(self) -> str:
        return f"id,display,{self.field}" + (",scope_type" if self.model else "")

    def holder(self, row: Json) -> int | None:
        if self.model:
            return row.get(self.field) if row.get("scope_type") == self.model else None
        return related(row, self.field) if isinstance(row.get(self.field), dict) else None


def _scoped(model: str) -> tuple[_Inside, ...]:
    return tuple(
        _Inside(path, "scope_id", "scope_id", model) for path in ("virtualization/clusters", "ipam/vlan-groups", "wireless/wireless-lans")
    )


_INSIDE: c.Mapping[Target, tuple[_Inside, ...]] = {
    Target.SITE: (_Inside(Target.LOCATION, "site_id", "site"), *_scoped(Target.SITE.row.model)),
    Target.LOCATION: (_Inside(Target.LOCATION, "parent_id", "parent"), *_scoped(Target.LOCATION.row.model)),
    Target.ROLE: (_Inside(Target.ROLE, "parent_id", "parent"),),
    Target.PLATFORM: (_Inside(Target.PLATFORM, "parent_id", "parent"),),
}
# A rack's height, in units.
_NO_USE = ("unit_count",)


@dataclasses.dataclass(frozen=True, slots=True)
class Child:
    """An object that is in another: the path of its end point, its id and its name."""

    path: str
    id: int
    name: str


def owners_of(client: NetBoxClient, keys: c.Iterable[Key]) -> dict[Key, Key]:
    """What interfaces, IP addresses and MAC addresses belong to, as far as they are there. Raises ApiError."""
    wanted = list(keys)
    found: dict[Key, Key] = {}
    for kind in ObjectKind:
        port, owner = kind.port, kind.owner_field
        ids = sorted(number for target, number in wanted if target is port)
        for row in client.read_by(port, f"reading {port} from NetBox", "id", ids, fields=f"id,{owner}"):
            if (owner_id := related(row, owner)) is not None:
                found[port, row["id"]] = (kind.target, owner_id)
    for target in (Target.IP_ADDRESS, Target.MAC_ADDRESS):
        ids = sorted(number for kind, number in wanted if kind is target)
        fields = "id,assigned_object_type,assigned_object_id"
        for row in client.read_by(target, f"reading {target} from NetBox", "id", ids, fields=fields):
            holder = ASSIGNABLE.get(str(row.get("assigned_object_type")))
            if holder and isinstance(row.get("assigned_object_id"), int):
                found[target, row["id"]] = (holder, row["assigned_object_id"])
    return found


def ports_of(client: NetBoxClient, kind: ObjectKind, ids: c.Collection[int]) -> dict[int, int]:
    """The devices or virtual machines, which are there, that interfaces belong to, by the ids of the interfaces. Raises ApiError."""
    owner = kind.owner_field
    rows = client.read_by(kind.port, "reading interfaces from NetBox", f"{owner}_id", sorted(ids), fields=f"id,{owner}")
    found = {row["id"]: related(row, owner) for row in rows}
    return {number: owner_id for number, owner_id in found.items() if owner_id is not None and owner_id in ids}


def cabled(client: NetBoxClient, ids: c.Collection[int]) -> list[int]:
    """The interfaces of devices that have a cable. Raises ApiError."""
    rows = client.read_by(Target.INTERFACE, "reading cables from NetBox", "id", sorted(ids), cabled="true", fields="id,cable")
    return [row["id"] for row in rows if row.get("cable") and row["id"] in ids]


def journal_of(client: NetBoxClient, target: Target, ids: c.Collection[int]) -> dict[int, int]:
    """The ids of the last journal entries of some objects, by the ids of those. Raises ApiError."""
    model = target.row.model
    fields = "id,assigned_object_type,assigned_object_id"
    operation = "reading journal entries from NetBox"
    rows = client.read_by("extras/journal-entries", operation, "assigned_object_id", sorted(ids), assigned_object_type=model, fields=fields)
    mine = (row for row in rows if row.get("assigned_object_type") == model and row.get("assigned_object_id") in ids)
    return {row["assigned_object_id"]: row["id"] for row in mine}


def makers_of_items(client: NetBoxClient, device_ids: c.Collection[int]) -> dict[int, int]:
    """How many inventory items in devices, which are there, are of a manufacturer, by the ids of those. Raises ApiError.

    NetBox makes them of a device type's templates, together with the device, and removes them with it.
    """
    operation = "reading inventory items from NetBox"
    rows = client.read_by("dcim/inventory-items", operation, "device_id", sorted(device_ids), fields="id,device,manufacturer")
    makers = (related(row, "manufacturer") for row in rows if related(row, "device") in device_ids)
    return dict(collections.Counter(maker for maker in makers if maker is not None))


def services_of(client: NetBoxClient, kind: ObjectKind, ids: c.Collection[int]) -> set[int]:
    """Those of some objects, which are there, that have a service. Raises ApiError."""
    name = kind.owner_field
    rows = client.read_by("ipam/services", "reading services from NetBox", f"{name}_id", sorted(ids))
    # NetBox 4.4 and newer name the parent in one of these ways.
    parents = {row.get("parent_object_id") for row in rows if row.get("parent_object_type") == kind.target.row.model}
    parents |= {related(row, name) for row in rows}
    return {number for number in ids if number in parents}


def children_of(client: NetBoxClient, target: Target, ids: c.Collection[int]) -> dict[int, list[Child]]:
    """The objects within shared ones, which are there, by the ids of those. Raises ApiError."""
    found: dict[int, list[Child]] = {}
    for inside in _INSIDE.get(target, ()):
        filters = {"scope_type": inside.model} if inside.model else {}
        operation = f"reading {inside.path} from NetBox"
        for row in client.read_by(inside.path, operation, inside.filter, sorted(ids), fields=inside.fields, **filters):
            holder = inside.holder(row)
            if holder is not None and holder in ids:
                found.setdefault(holder, []).append(Child(inside.path, row["id"], str(row.get("display") or "")))
    return found


def uses_of(client: NetBoxClient, target: Target, ids: c.Collection[int]) -> dict[int, dict[str, int]]:
    """How many objects refer to shared ones, by NetBox's own names of its counters, those above zero. Raises ApiError."""
    rows = client.read_by(target, f"reading {target} from NetBox", "id", sorted(ids))
    return {row["id"]: {name: value for name, value in row.items() if _is_use(name, value)} for row in rows if row["id"] in ids}


def _is_use(name: str, value: object) -> bool:
    counts = (name.endswith("_count") and name not in _NO_USE) or name == "tagged_items"
    return counts and isinstance(value, int) and not isinstance(value, bool) and value > 0
