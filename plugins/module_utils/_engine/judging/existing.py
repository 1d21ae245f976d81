# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The devices and virtual machines that NetBox has, and how to find one of them."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import typing as t

from ..kinds import ObjectKind
from ..links import Links
from ..serials import identity
from ..text import key


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingObject:
    """A device or virtual machine of NetBox. ``librenms_id`` is the custom field as it is stored."""

    kind: ObjectKind
    id: int
    name: str
    serial: str = ""
    site_id: int | None = None
    tenant_id: int | None = None
    cluster_id: int | None = None
    librenms_id: t.Any = None
    primary_ips: tuple[str, ...] = ()
    virtual_chassis_id: int | None = None
    vc_position: int | None = None
    # Never changed since it was created.
    untouched: bool = False

    @property
    def links(self) -> Links:
        return Links.parse(self.librenms_id)


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingChassis:
    """A virtual chassis of NetBox.

    :ivar member_count: by NetBox's own count, also of members that the token may not see; None when that is not known
    """

    id: int
    name: str
    domain: str = ""
    master_id: int | None = None
    member_count: int | None = None

    @property
    def is_empty(self) -> bool:
        return self.member_count == 0 and self.master_id is None


class ExistingObjects:
    """What NetBox has, indexed by every key of the identity chain.

    :param complete: all that NetBox has; otherwise only what was found for some devices
    """

    def __init__(
        self, objects: c.Iterable[ExistingObject] = (), chassis: c.Iterable[ExistingChassis] = (), *, complete: bool = True
    ) -> None:
        self.complete = complete
        self._by_id: dict[tuple[ObjectKind, int], ExistingObject] = {}
        self._links: dict[tuple[str, int], list[ExistingObject]] = collections.defaultdict(list)
        self._server_keys: set[str] = set()
        self._legacy: dict[int, list[ExistingObject]] = collections.defaultdict(list)
        self._serials: dict[str, list[ExistingObject]] = collections.defaultdict(list)
        self._names: dict[str, list[ExistingObject]] = collections.defaultdict(list)
        self._ips: dict[str, list[ExistingObject]] = collections.defaultdict(list)
        self._members: dict[int, list[ExistingObject]] = collections.defaultdict(list)
        # In one order, whatever the order of NetBox's rows: it decides which of several a message names.
        for item in sorted(objects, key=lambda item: (item.kind, item.id)):
            self._add(item)
        self._chassis = {item.id: item for item in sorted(chassis, key=lambda item: item.id)}
        self._domains: dict[str, list[ExistingChassis]] = collections.defaultdict(list)
        for chassis_item in self._chassis.values():
            if chassis_item.domain:
                self._domains[chassis_item.domain].append(chassis_item)

    def _add(self, item: ExistingObject) -> None:
        if (item.kind, item.id) in self._by_id:
            return
        self._by_id[item.kind, item.id] = item
        links = item.links
        for server_key, device_id in links.by_key.items():
            self._links[server_key, device_id].append(item)
            self._server_keys.add(server_key)
        if links.legacy is not None:
            self._legacy[links.legacy].append(item)
        if serial := identity(item.serial):
            self._serials[serial].append(item)
        if item.name:
            self._names[key(item.name)].append(item)
        for address in item.primary_ips:
            self._ips[address].append(item)
        if item.virtual_chassis_id is not None:
            self._members[item.virtual_chassis_id].append(item)

    def __len__(self) -> int:
        return len(self._by_id)

    def merged(self, other: ExistingObjects) -> ExistingObjects:
        """Both together."""
        objects = (*self._by_id.values(), *other._by_id.values())
        chassis = {**self._chassis, **other._chassis}
        return ExistingObjects(objects, chassis.values(), complete=self.complete or other.complete)

    def get(self, kind: ObjectKind, object_id: int) -> ExistingObject | None:
        return self._by_id.get((kind, object_id))

    def linked(self, server_key: str, device_id: int) -> list[ExistingObject]:
        """Objects with this link, or, when there is none, those whose link is of the form without a server key."""
        return self._links.get((server_key, device_id)) or self._legacy.get(device_id, [])

    def all_linked(self, server_key: str) -> dict[int, list[ExistingObject]]:
        """Every object that is linked under this key, by the LibreNMS device id; links without a key may be another server's."""
        return {device_id: items for (linked_key, device_id), items in self._links.items() if linked_key == server_key}

    def linked_elsewhere(self, server_key: str, device_id: int) -> list[tuple[str, ExistingObject]]:
        """Objects that other server keys link to a device of this id, with these keys, and this one to none."""
        found = ((other, item) for other in self._server_keys if other != server_key for item in self._links.get((other, device_id), ()))
        return [(other, item) for other, item in found if server_key not in item.links.by_key]

    def count_linked(self, server_key: str) -> int:
        """How many objects have a link of this server key, or one without any key."""
        links = (item.links for item in self._by_id.values())
        return sum(server_key in link.by_key or link.legacy is not None for link in links)

    def with_serial(self, serial: str) -> list[ExistingObject]:
        """Objects with this serial; none for a serial that identifies nothing."""
        return self._serials.get(identity(serial), [])

    def named(self, name: str) -> list[ExistingObject]:
        return self._names.get(key(name), [])

    def with_primary_ip(self, address: str) -> list[ExistingObject]:
        return self._ips.get(address, [])

    @property
    def all_chassis(self) -> tuple[ExistingChassis, ...]:
        return tuple(self._chassis.values())

    def chassis(self, chassis_id: int | None) -> ExistingChassis | None:
        return self._chassis.get(chassis_id) if chassis_id is not None else None

    def chassis_with_domain(self, domain: str) -> list[ExistingChassis]:
        return self._domains.get(domain, [])

    def members(self, chassis_id: int) -> list[ExistingObject]:
        return self._members.get(chassis_id, [])
