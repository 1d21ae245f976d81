# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What several devices need before they can be written: the custom field, tags, platforms, sites, locations, roles."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..._exceptions import OptionError
from ..fields import LINK_FIELD
from ..kinds import Target
from ..links import LINKED_TYPES, LinkField
from ..matching.catalog import Catalog, Index, NetBoxObject, Site, SiteObject, T
from ..matching.missing import free_slug
from ..matching.resolved import write_key
from .options import ImportOptions
from .plan import Change, PlannedDevice, Ref, Write


def check_tags(options: ImportOptions, catalog: Catalog) -> None:
    """Raises OptionError for a tag that NetBox lacks and the import may not create."""
    for number, tag in enumerate(options.tags):
        if "tags" not in options.create_missing and not catalog.tags.find(tag).objects:
            hint = catalog.tags.did_you_mean(tag, "Create it, or add tags to create_missing.")
            raise OptionError(f"tags[{number}]", tag, "does not exist in NetBox", hint)


def wanted_tags(options: ImportOptions, catalog: Catalog) -> dict[str, str]:
    """The names of the wanted tags by their slugs."""
    tags: dict[str, str] = {}
    for tag in options.tags:
        found = catalog.tags.find(tag).objects
        if found:
            tags.setdefault(found[0].slug, found[0].name)
        else:
            tags.setdefault(free_slug(tag, catalog.tags), tag)
    return tags


def link_field_writes(field: LinkField) -> list[Write]:
    """What makes the custom field ready for devices and virtual machines."""
    if field.id is None:
        changes = (
            Change("name", LINK_FIELD, None, LINK_FIELD),
            Change("label", "LibreNMS ID", None, "LibreNMS ID"),
            Change("type", "json", None, "json"),
            Change("object_types", list(LINKED_TYPES), None, list(LINKED_TYPES)),
        )
        return [Write(f"custom_field:{LINK_FIELD}", Target.CUSTOM_FIELD, LINK_FIELD, changes)]
    missing = [name for name in LINKED_TYPES if name not in field.object_types]
    if missing:
        types = [*field.object_types, *missing]
        change = Change("object_types", types, list(field.object_types), types)
        return [Write(f"custom_field:{LINK_FIELD}", Target.CUSTOM_FIELD, LINK_FIELD, (change,), object_id=field.id)]
    return []


def setup_for(devices: c.Iterable[PlannedDevice], catalog: Catalog, tags: c.Mapping[str, str]) -> list[Write]:
    """Objects that planned writes refer to and NetBox lacks; those that refer to others come last.

    :param tags: the names of the wanted tags by their slugs
    """
    setup: dict[str, Write] = {}
    new = _creations(catalog)
    slugs: set[str] = set()
    for write in (write for device in devices for write in device.writes()):
        for change in write.changes:
            if isinstance(change.value, Ref) and change.value.key in new:
                for creation in _with_parents(new[change.value.key], new):
                    setup[creation.key] = creation
            elif change.field == "platform" and isinstance(change.value, Ref) and change.value.key not in setup:
                slug = free_slug(str(change.after), catalog.platforms, slugs)
                slugs.add(slug)
                setup[change.value.key] = _named(change.value.key, Target.PLATFORM, str(change.after), slug)
            if change.field == "tags":
                for slug, name in tags.items():
                    if not catalog.tags.find(slug, "slug").objects:
                        setup.setdefault(f"tag:{slug}", _named(f"tag:{slug}", Target.TAG, name, slug))
    return sorted(setup.values(), key=lambda write: (bool(write.refs), write.key))


def _with_parents(write: Write, new: c.Mapping[str, Write]) -> c.Iterator[Write]:
    for ref in write.refs:
        yield from _with_parents(new[ref.key], new)
    yield write


def _creations(catalog: Catalog) -> dict[str, Write]:
    """What would create each object that has a stand-in in the catalog, by the keys of the writes."""
    creations = [*map(_new_site, _stand_ins(catalog.sites)), *map(_new_role, _stand_ins(catalog.roles))]
    for locations in catalog.locations.values():
        creations += [_new_location(location, catalog) for location in _stand_ins(locations)]
    return {write.key: write for write in creations}


def _stand_ins(index: Index[T]) -> list[T]:
    return [item for item in index.objects if item.id < 0]


def _new_site(site: Site) -> Write:
    write = _named(write_key("site", site.name, site.id), Target.SITE, site.name, site.slug)
    if site.coordinates is None:
        return write
    place = zip(("latitude", "longitude"), site.coordinates, strict=True)
    return dataclasses.replace(write, changes=(*write.changes, *(Change(name, value, None, value) for name, value in place)))


def _new_role(role: NetBoxObject) -> Write:
    return _named(write_key("role", role.name, role.id), Target.ROLE, role.name, role.slug)


def _new_location(location: SiteObject, catalog: Catalog) -> Write:
    write = _named(write_key("location", location.name, location.id), Target.LOCATION, location.name, location.slug)
    site = catalog.sites.by_id[location.site_id or 0]
    value = site.id if site.id > 0 else Ref(write_key("site", site.name, site.id))
    return dataclasses.replace(write, changes=(*write.changes, Change("site", value, None, site.name)))


def _named(name_of_write: str, target: Target, name: str, slug: str) -> Write:
    return Write(name_of_write, target, name, (Change("name", name, None, name), Change("slug", slug, None, slug)))
