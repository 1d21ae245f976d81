# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What several devices need before they can be written: the custom field, tags, and all that they refer to and NetBox lacks."""

from __future__ import annotations

import collections.abc as c

from ..fields import LINK_FIELD
from ..kinds import Target
from ..links import LINKED_TYPES, LinkField
from ..matching.catalog import Catalog
from .new_objects import NewObjects, new_objects
from .plan import Change, PlannedDevice, Ref, Write, named_write

# Kinds stand in the order in which they refer to each other.
_ORDER = {target: number for number, target in enumerate(Target)}


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
    new = new_objects(catalog)
    for write in (write for device in devices for write in device.writes()):
        for change in write.changes:
            if isinstance(change.value, Ref) and change.value.key in new and change.value.key not in setup:
                setup |= {creation.key: creation for creation in _with_parents(new[change.value.key](), new)}
            if change.field == "tags":
                for slug, name in tags.items():
                    if not catalog.tags.find(slug, "slug").objects:
                        setup.setdefault(f"tag:{slug}", named_write(f"tag:{slug}", Target.TAG, name, slug))
    return sorted(setup.values(), key=lambda write: (write.stage, _ORDER[write.target], write.key))


def _with_parents(writes: c.Sequence[Write], new: NewObjects) -> c.Iterator[Write]:
    own = {write.key for write in writes}
    for parent in dict.fromkeys(ref.key for write in writes for ref in write.refs if ref.key not in own):
        yield from _with_parents(new[parent](), new)
    yield from writes
