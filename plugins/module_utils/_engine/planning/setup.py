# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What several devices need before they can be written: the custom field, tags, and all that they refer to and NetBox lacks."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..fields import LINK_FIELD
from ..kinds import Stage, Target
from ..links import LINKED_PORT_TYPES, LINKED_TYPES, LinkField
from ..matching.catalog import Catalog
from .new_objects import NewObjects, new_objects
from .plan import Action, Change, Plan, PlannedDevice, Ref, Write, named_write

# Kinds stand in the order in which they refer to each other.
_ORDER = {target: number for number, target in enumerate(Target)}


# The write that extends the custom field to interfaces only. Without it all else is written, and interfaces have no links.
PORT_LINKS = f"custom_field:{LINK_FIELD}:interfaces"


def with_link_field(plan: Plan, field: LinkField) -> Plan:
    """The plan with what makes the custom field ready for the links in it."""
    linked = {write.target.row.model for write in plan.writes() if any(change.field == LINK_FIELD for change in write.changes)}
    others = (write for write in plan.setup if write.stage is not Stage.CUSTOM_FIELD)
    setup = (*_link_field_writes(field, linked), *others)
    return dataclasses.replace(plan, setup=tuple(sorted(setup, key=lambda write: write.stage)))


def _link_field_writes(field: LinkField, linked: c.Set[str]) -> list[Write]:
    """What makes the custom field ready for kinds of objects: devices and virtual machines come together, and so do their interfaces."""
    wanted = [name for types in (LINKED_TYPES, LINKED_PORT_TYPES) if not linked.isdisjoint(types) for name in types]
    missing = [name for name in wanted if name not in field.object_types]
    if not missing:
        return []
    key = PORT_LINKS if set(missing) <= set(LINKED_PORT_TYPES) else f"custom_field:{LINK_FIELD}"
    types = [*field.object_types, *missing]
    change = Change("object_types", types, None if field.id is None else list(field.object_types), types)
    if field.id is not None:
        return [Write(key, Target.CUSTOM_FIELD, LINK_FIELD, (change,), object_id=field.id)]
    changes = (
        Change("name", LINK_FIELD, None, LINK_FIELD),
        Change("label", "LibreNMS ID", None, "LibreNMS ID"),
        Change("type", "json", None, "json"),
        change,
    )
    return [Write(key, Target.CUSTOM_FIELD, LINK_FIELD, changes)]


def unlinked(why: str) -> str:
    """What is told once where interfaces are imported without their links."""
    return f"NetBox's custom field {LINK_FIELD} is not extended to interfaces, which are imported without links to their ports. {why}"


def without_port_links(plan: Plan) -> Plan:
    """The plan for a NetBox whose custom field does not take interfaces: they are written without their links."""
    return dataclasses.replace(plan, devices=tuple(map(_without_port_links, plan.devices)))


def _without_port_links(device: PlannedDevice) -> PlannedDevice:
    left = device.with_each_write(_without_port_link)
    is_nothing = left.action is Action.UPDATE and next(left.writes(), None) is None
    return dataclasses.replace(left, action=Action.NONE) if is_nothing else left


def _without_port_link(write: Write) -> Write | None:
    if write.is_port_link:
        return None
    if write.target.row.model not in LINKED_PORT_TYPES:
        return write
    return dataclasses.replace(write, changes=tuple(change for change in write.changes if change.field != LINK_FIELD))


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
