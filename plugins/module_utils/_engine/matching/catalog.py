# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox's reference data: what devices refer to, findable by name, slug and part number."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import functools
import typing as t

from ..text import did_you_mean, key, near
from .definitions import Definition


@dataclasses.dataclass(frozen=True, slots=True)
class NetBoxObject:
    """An object of NetBox that devices refer to. ``slug`` is ``""`` for kinds without one."""

    id: int
    name: str
    slug: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Site(NetBoxObject):
    """``coordinates`` are latitude and longitude in degrees, of a site that the import may create."""

    coordinates: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Role(NetBoxObject):
    vm_role: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceType(NetBoxObject):
    """``name`` is NetBox's model. ``interfaces`` counts the interface templates that NetBox copies to each device.

    :ivar path: the file of a type of a library
    :ivar unfinished: NetBox's id of a type of which an import that was ended has not made all
    """

    part_number: str = ""
    manufacturer: str = ""
    interfaces: int = 0
    manufacturer_id: int | None = None
    path: str = ""
    unfinished: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Platform(NetBoxObject):
    """``manufacturer_id`` is set when it is for device types of one manufacturer only."""

    manufacturer_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster(NetBoxObject):
    """``site_id`` is set when the cluster's scope is a site or a location of it, ``type_id`` for a cluster that the import may create."""

    site_id: int | None = None
    type_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Tag(NetBoxObject):
    """``models`` are the kinds of objects that it is limited to, as ``app.model``; none for a tag of all kinds."""

    models: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class SiteObject(NetBoxObject):
    """A location or a rack of a site; ``location_id`` is a rack's."""

    site_id: int | None = None
    location_id: int | None = None


T = t.TypeVar("T", bound=NetBoxObject)


@dataclasses.dataclass(frozen=True, slots=True)
class Found(t.Generic[T]):
    """What a text stands for: no object, one, or several that it cannot tell apart. ``by`` names what matched."""

    objects: tuple[T, ...] = ()
    by: str = ""

    @property
    def one(self) -> T | None:
        return self.objects[0] if len(self.objects) == 1 else None


class Index(t.Generic[T]):
    """Objects of one kind. Texts are compared without case; the same text with the same case wins over other case."""

    def __init__(self, objects: c.Iterable[T] = ()) -> None:
        self.objects: tuple[T, ...] = tuple(sorted(objects, key=lambda item: (item.name, item.id)))
        self._names: dict[str, list[T]] = {}
        self._slugs: dict[str, list[T]] = {}
        self._part_numbers: dict[str, list[T]] = {}
        self._near: dict[str, tuple[str, ...]] = {}
        self.by_id: dict[int, T] = {}
        for item in self.objects:
            self.by_id[item.id] = item
            self._names.setdefault(key(item.name), []).append(item)
            if item.slug:
                self._slugs.setdefault(key(item.slug), []).append(item)
            if isinstance(item, DeviceType) and item.part_number:
                self._part_numbers.setdefault(key(item.part_number), []).append(item)

    def __len__(self) -> int:
        return len(self.objects)

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.objects]

    def find(self, text: str, *ways: str) -> Found[T]:
        """The objects that a text names, by the first of the ways that finds any: ``part_number``, ``name``, ``slug``.

        Where slugs count, an exact slug tells objects of one name apart.
        """
        ways = ways or ("name", "slug")
        wanted = key(text)
        if not wanted:
            return Found()
        tables = {"part_number": self._part_numbers, "name": self._names, "slug": self._slugs}
        for way in ways:
            found = tables[way].get(wanted, [])
            if len(found) > 1 and "slug" in ways:
                found = [item for item in found if item.slug == text.strip()] or found
            if len(found) > 1 and way == "name":
                found = [item for item in found if item.name == text.strip()] or found
            if found:
                return Found(tuple(found), way)
        return Found()

    def near(self, text: str) -> tuple[str, ...]:
        """Up to three names of objects whose name or part number resembles a text, best first."""
        # Thousands of devices may share one unknown text, and each asks.
        if text not in self._near:
            names = self._near_names
            self._near[text] = tuple(dict.fromkeys(names[found] for found in near(text, names, 6)))[:3]
        return self._near[text]

    def did_you_mean(self, text: str, otherwise: str) -> str:
        """A hint for a text that means no object: the names near to it, else what stands in ``otherwise``."""
        return did_you_mean(self.near(text)) or otherwise

    @functools.cached_property
    def _near_names(self) -> dict[str, str]:
        """The name for each text that an object may be meant by."""
        names = {item.part_number: item.name for item in self.objects if isinstance(item, DeviceType) and item.part_number}
        return names | {name: name for name in self.names}


@dataclasses.dataclass(frozen=True)
class Catalog:
    """Everything of NetBox that a device may refer to. Racks and locations are read for matched sites only.

    :ivar library: device types of a library. Those that NetBox has, too, have NetBox's id
    :ivar bare_types: device types without components that may be made, by manufacturer and model in comparable form
    :ivar definitions: what the types are made with that are needed, by the negative ids of their stand-ins
    :ivar unfinished: the ids of device types of which an import that was ended has not made all, by the id of the manufacturer and
        the model in comparable form
    """

    sites: Index[Site] = dataclasses.field(default_factory=Index)
    device_types: Index[DeviceType] = dataclasses.field(default_factory=Index)
    roles: Index[Role] = dataclasses.field(default_factory=Index)
    platforms: Index[Platform] = dataclasses.field(default_factory=Index)
    clusters: Index[Cluster] = dataclasses.field(default_factory=Index)
    tenants: Index[NetBoxObject] = dataclasses.field(default_factory=Index)
    tags: Index[Tag] = dataclasses.field(default_factory=Index)
    manufacturers: Index[NetBoxObject] = dataclasses.field(default_factory=Index)
    cluster_types: Index[NetBoxObject] = dataclasses.field(default_factory=Index)
    library: Index[DeviceType] = dataclasses.field(default_factory=Index)
    bare_types: c.Mapping[tuple[str, str], DeviceType] = dataclasses.field(default_factory=dict)
    definitions: c.Mapping[int, Definition] = dataclasses.field(default_factory=dict)
    unfinished: c.Mapping[tuple[int, str], int] = dataclasses.field(default_factory=dict)
    locations: c.Mapping[int, Index[SiteObject]] = dataclasses.field(default_factory=dict)
    racks: c.Mapping[int, Index[SiteObject]] = dataclasses.field(default_factory=dict)

    def new_types(self) -> c.Iterator[DeviceType]:
        """The device types that the import may create."""
        yield from (item for item in self.library.objects if item.id < 0)
        yield from self.bare_types.values()

    def device_type(self, local_id: object) -> DeviceType | None:
        """A device type by its id, or by the negative one of a type that the import may create."""
        if not isinstance(local_id, int):
            return None
        if local_id > 0:
            return self.device_types.by_id.get(local_id)
        return self.library.by_id.get(local_id) or next((item for item in self.bare_types.values() if item.id == local_id), None)

    def platform_fits(self, platform_id: object, device_type_id: object) -> bool:
        """Whether NetBox takes the platform on a device of that type (dcim.Device.clean); what is not known fits.

        :param device_type_id: also the negative id of one that the import may create
        """
        platform = self.platforms.by_id.get(platform_id) if isinstance(platform_id, int) else None
        device_type = self.device_type(device_type_id)
        if platform is None or platform.manufacturer_id is None or device_type is None:
            return True
        return device_type.manufacturer_id in (None, platform.manufacturer_id)

    def cluster_fits(self, cluster_id: object, site_id: object) -> bool:
        """Whether NetBox takes a virtual machine of the cluster in that site (virtualization.VirtualMachine.clean).

        A cluster of a region or a group of sites, or of none, takes any; what is not known fits.
        """
        cluster = self.clusters.by_id.get(cluster_id) if isinstance(cluster_id, int) else None
        return cluster is None or site_id is None or cluster.site_id in (None, site_id)
