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
from .catalog import Catalog, Index, Role, Site, SiteObject, T
from .rules import Rules

# What NetBox holds of the name of a site, location or role.
MAX_NAME = 100

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
    """The catalog with the roles and sites that rules and overrides name."""
    overrides = rules.overrides.values()
    if "roles" in creatable:
        names = [*(rule.target for rule in rules.roles), *(override.role for override in overrides)]
        catalog = dataclasses.replace(catalog, roles=_extended(catalog.roles, names, Role))
    if "sites" in creatable:
        names = [*(rule.target for rule in rules.sites), *(override.site for override in overrides)]
        catalog = with_sites(catalog, names)
    return catalog


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
