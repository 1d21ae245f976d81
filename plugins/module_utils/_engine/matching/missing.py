# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Stand-ins for objects that NetBox lacks and the import may create.

A stand-in stands in the catalog with a negative id, so that devices are matched with it and judged in its place like with
any other. What is matched with it has no id, see :class:`.resolved.Resolved`, and no stand-in's id is ever sent to NetBox.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import itertools

from ..text import digest, is_placeholder, key, slugify
from .catalog import Catalog, Cluster, DeviceType, Index, NetBoxObject, Platform, Role, Site, SiteObject, T
from .rules import Rules

# What NetBox holds of the name of a site, location, rack, role and so on.
MAX_NAME = 100

# The description of a device type while its components are made.
UNFINISHED = "netsot.librenms has not finished this device type; an import with the library completes it"

Coordinates = tuple[float, float]


def can_be_name(text: str) -> bool:
    """Whether an object may be called so: a text that says something, of one line that NetBox holds."""
    return not is_placeholder(text) and text.strip().isprintable() and len(text.strip()) <= MAX_NAME


def free_slug(name: str, index: Index[T], taken: c.Container[str] = ()) -> str:
    """A slug for a new object: "C++" and "C#" cannot both be "c"."""
    slug = slugify(name)
    if slug in taken or index.find(slug, "slug").objects:
        return f"{slug[:90]}-{digest(name)}"
    return slug


def with_named(catalog: Catalog, rules: Rules, creatable: c.Container[str]) -> Catalog:
    """The catalog with what rules and overrides name."""
    overrides = rules.overrides.values()
    if "roles" in creatable:
        names = [*(rule.target for rule in rules.roles), *(override.role for override in overrides)]
        catalog = dataclasses.replace(catalog, roles=_extended(catalog.roles, names, Role))
    if "sites" in creatable:
        names = [*(rule.target for rule in rules.sites), *(override.site for override in overrides)]
        catalog = with_sites(catalog, names)
    if "platforms" in creatable:
        names = [*(rule.target for rule in rules.platforms), *(override.platform for override in overrides)]
        catalog = with_platforms(catalog, names)
    if "manufacturers" in creatable:
        catalog = with_manufacturers(catalog, [rule.target for rule in rules.manufacturers])
    return _with_clusters(catalog, rules) if "clusters" in creatable else catalog


def _with_clusters(catalog: Catalog, rules: Rules) -> Catalog:
    """With the clusters whose type is known: a rule names it, or NetBox has one only."""
    types = _extended(catalog.cluster_types, [rule.cluster_type for rule in rules.import_as], NetBoxObject)
    only = catalog.cluster_types.objects[0].id if len(catalog.cluster_types) == 1 else None
    wanted = [(rule.cluster, rule.cluster_type) for rule in rules.import_as]
    wanted += [(override.cluster, "") for override in rules.overrides.values()]
    type_of: dict[str, int] = {}
    for name, kind in wanted:
        found = types.find(kind).one if kind else None
        type_id = found.id if found else only
        if type_id is not None:
            type_of.setdefault(key(name), type_id)

    def make(number: int, name: str, _slug: str) -> Cluster:
        return Cluster(number, name, type_id=type_of[key(name)])

    clusters = _extended(catalog.clusters, [name for name, _kind in wanted if key(name) in type_of], make)
    return dataclasses.replace(catalog, cluster_types=types, clusters=clusters)


def with_platforms(catalog: Catalog, names: c.Iterable[str]) -> Catalog:
    return dataclasses.replace(catalog, platforms=_extended(catalog.platforms, names, Platform))


def with_manufacturers(catalog: Catalog, names: c.Iterable[str]) -> Catalog:
    return dataclasses.replace(catalog, manufacturers=_extended(catalog.manufacturers, names, NetBoxObject))


def with_bare_types(catalog: Catalog, wanted: c.Iterable[tuple[str, str]]) -> Catalog:
    """The catalog with device types that have no components.

    :param wanted: names of manufacturers that the catalog has, and models
    """
    types = dict(catalog.bare_types)
    last = min((item.id for item in catalog.new_types()), default=0)
    for maker_name, model in wanted:
        maker = catalog.manufacturers.find(maker_name).one
        identity = (key(maker_name), key(model))
        if maker is None or identity in types or not can_be_name(model):
            continue
        last -= 1
        of_maker = [
            item for item in (*catalog.device_types.objects, *catalog.new_types(), *types.values()) if item.manufacturer_id == maker.id
        ]
        slug = free_slug(model, Index(of_maker))
        types[identity] = DeviceType(last, model.strip(), slug, manufacturer=maker.name, manufacturer_id=maker.id)
    return dataclasses.replace(catalog, bare_types=types)


def with_sites(catalog: Catalog, names: c.Iterable[str]) -> Catalog:
    return dataclasses.replace(catalog, sites=_extended(catalog.sites, names, Site))


def with_coordinates(catalog: Catalog, known: c.Mapping[int, frozenset[Coordinates]]) -> Catalog:
    """The catalog with the places of new sites.

    :param known: all coordinates that LibreNMS has for devices of a stand-in; a site gets them where they agree
    """
    sites = []
    for site in catalog.sites.objects:
        places = known.get(site.id, frozenset()) if site.id < 0 else frozenset()
        sites.append(dataclasses.replace(site, coordinates=next(iter(places))) if len(places) == 1 else site)
    return dataclasses.replace(catalog, sites=Index(sites))


def with_locations(catalog: Catalog, wanted: c.Iterable[tuple[int, str]]) -> Catalog:
    """The catalog with the locations that it lacks.

    :param wanted: ids of sites, or of their stand-ins, and names of locations
    """
    names: dict[int, list[str]] = {}
    for site_id, name in wanted:
        names.setdefault(site_id, []).append(name)
    locations = dict(catalog.locations)
    last = min((number for index in locations.values() for number in index.by_id), default=0)
    for site_id, several in names.items():

        def make(number: int, name: str, slug: str, site_id: int = site_id) -> SiteObject:
            return SiteObject(number, name, slug, site_id)

        locations[site_id] = _extended(locations.get(site_id, Index[SiteObject]()), several, make, last)
        last = min((last, *locations[site_id].by_id))
    return dataclasses.replace(catalog, locations=locations)


def with_racks(catalog: Catalog, wanted: c.Iterable[tuple[int, str, str]]) -> Catalog:
    """The catalog with the racks that it lacks. A rack of a location that is not known, or not the only one of that name, is not made.

    :param wanted: ids of sites, or of their stand-ins, names of locations (``""`` for none) and of racks
    """
    racks = dict(catalog.racks)
    last = min((number for index in racks.values() for number in index.by_id), default=0)
    # Where one device names the location of a rack and another does not, both mean that one.
    for site_id, location_name, name in sorted(set(wanted), key=lambda item: (not item[1], item)):
        location = catalog.locations.get(site_id, Index[SiteObject]()).find(location_name).one if location_name else None
        known = racks.get(site_id, Index[SiteObject]())
        if (location_name and location is None) or not can_be_name(name):
            continue
        if racks_called(known, name, location.id if location else None):
            continue
        last = min(last, 0) - 1
        rack = SiteObject(last, name.strip(), "", site_id, location.id if location else None)
        racks[site_id] = Index((*known.objects, rack))
    return dataclasses.replace(catalog, racks=racks)


def racks_called(racks: Index[SiteObject], name: str, location_id: int | None) -> tuple[SiteObject, ...]:
    """The racks of a site that a name means: those of the location, where one is given, and a lone one that is in none."""
    found = racks.find(name).objects
    if location_id is None:
        return found
    if len(found) > 1:
        return tuple(item for item in found if item.location_id == location_id)
    return tuple(item for item in found if item.location_id in (None, location_id))


def _extended(index: Index[T], names: c.Iterable[str], make: c.Callable[[int, str, str], T], last: int = 0) -> Index[T]:
    """The index with a stand-in for each name that it does not know, also not as a slug: the next import would find that.

    :param last: no stand-in has this id or one between it and 0
    """
    numbers = itertools.count(min((last, 0, *index.by_id)) - 1, -1)
    added: list[T] = []
    slugs: set[str] = set()
    known: set[str] = set()
    for name in names:
        if not can_be_name(name) or key(name) in known or index.find(name).objects:
            continue
        slug = free_slug(name, index, slugs)
        slugs.add(slug)
        known |= {key(name), slug}
        added.append(make(next(numbers), name.strip(), slug))
    return Index((*index.objects, *added)) if added else index
