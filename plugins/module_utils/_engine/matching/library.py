# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The device types of a library beside those of NetBox."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..text import key
from .catalog import Catalog, DeviceType, Index, NetBoxObject
from .definitions import LibraryType
from .makers import COMPANY_WORDS, words
from .missing import with_manufacturers


def with_library(catalog: Catalog, types: c.Iterable[LibraryType]) -> Catalog:
    """The catalog with the device types of a library; of two that NetBox takes for one the first counts.

    A type of the library that NetBox has under the same manufacturer and model stands for NetBox's own: the library may know the part
    number that is missing there. One whose slug another model has is left out.
    """
    several = list(types)
    makers = _makers(catalog, several)
    catalog = with_manufacturers(catalog, [name for name in dict.fromkeys(item.manufacturer for item in several) if name not in makers])
    by_model = {(item.manufacturer_id, key(item.name)): item for item in catalog.device_types.objects}
    by_slug = {(item.manufacturer_id, item.slug): item for item in catalog.device_types.objects}
    seen: set[tuple[int, str]] = set()
    entries: list[DeviceType] = []
    for number, item in enumerate(several, 1):
        maker = makers.get(item.manufacturer) or catalog.manufacturers.find(item.manufacturer).one
        if maker is None:
            continue
        identities = {(maker.id, key(item.model)), (maker.id, f"slug {item.slug}")}
        if identities & seen:
            continue
        seen |= identities
        known = by_model.get((maker.id, key(item.model)))
        same_slug = by_slug.get((maker.id, item.slug))
        if same_slug is not known and same_slug is not None:
            continue
        if known is not None:
            entries.append(dataclasses.replace(known, part_number=item.part_number or known.part_number))
            continue
        entries.append(
            DeviceType(
                id=-number,
                name=item.model,
                slug=item.slug,
                part_number=item.part_number,
                manufacturer=maker.name,
                interfaces=item.interfaces,
                manufacturer_id=maker.id,
                path=item.path,
                unfinished=catalog.unfinished.get((maker.id, key(item.model))),
            )
        )
    return dataclasses.replace(catalog, library=Index(entries))


def _makers(catalog: Catalog, types: c.Iterable[LibraryType]) -> dict[str, NetBoxObject]:
    """NetBox's manufacturers of the library's, by the name in the library: by name, slug, or without legal form and the word networks."""
    short: dict[tuple[str, ...], list[NetBoxObject]] = {}
    for maker in catalog.manufacturers.objects:
        short.setdefault(_short(maker.name), []).append(maker)
    found = {}
    for name in dict.fromkeys(item.manufacturer for item in types):
        alike = short.get(_short(name), [])
        known = catalog.manufacturers.find(name).one or (alike[0] if len(alike) == 1 else None)
        if known is not None:
            found[name] = known
    return found


def _short(name: str) -> tuple[str, ...]:
    return tuple(word for word in words(name) if word not in COMPANY_WORDS and word not in ("networks", "systems", "technologies"))
