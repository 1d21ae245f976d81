# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What makes the objects that have a stand-in in the catalog: one write for each, and for a device type those of its components."""

from __future__ import annotations

import collections.abc as c
import functools

from ..kinds import Stage, Target
from ..matching.catalog import Catalog, Cluster, DeviceType, Index, NetBoxObject, Site, SiteObject, T
from ..matching.definitions import Component, Definition
from ..matching.missing import UNFINISHED
from ..matching.resolved import write_key
from .plan import Change, Ref, Write, named_write

# The writes that make an object, by the key of the one that others refer to.
NewObjects = c.Mapping[str, c.Callable[[], list[Write]]]


def new_objects(catalog: Catalog) -> NewObjects:
    """The writes of all objects with a stand-in; they are made when they are asked for, because a library has thousands."""
    makes: dict[str, c.Callable[[], list[Write]]] = {}

    def add(field: str, index: Index[T], make: c.Callable[[str, T], list[Write]]) -> None:
        for item in index.objects:
            if item.id < 0:
                key = write_key(field, item.name, item.id)
                makes[key] = functools.partial(make, key, item)

    def plain(target: Target) -> c.Callable[[str, NetBoxObject], list[Write]]:
        return lambda key, item: [named_write(key, target, item.name, item.slug)]

    add("site", catalog.sites, _site)
    add("role", catalog.roles, plain(Target.ROLE))
    add("platform", catalog.platforms, plain(Target.PLATFORM))
    add("manufacturer", catalog.manufacturers, plain(Target.MANUFACTURER))
    add("cluster_type", catalog.cluster_types, plain(Target.CLUSTER_TYPE))
    add("cluster", catalog.clusters, functools.partial(_cluster, catalog))
    for locations in catalog.locations.values():
        add("location", locations, functools.partial(_location, catalog))
    for racks in catalog.racks.values():
        add("rack", racks, functools.partial(_rack, catalog))
    for device_type in catalog.new_types():
        key = device_type_key(device_type)
        makes[key] = functools.partial(_device_type, catalog, key, device_type)
    return makes


def device_type_key(device_type: DeviceType) -> str:
    """What the write is called after which devices of a new type may be made."""
    return write_key("device_type", device_type.name, device_type.id)


def _to(field: str, kind: str, item: NetBoxObject) -> Change:
    """A field that refers to an object, also one that is made."""
    return Change(field, item.id if item.id > 0 else Ref(write_key(kind, item.name, item.id)), None, item.name)


def _site(key: str, site: Site) -> list[Write]:
    place = zip(("latitude", "longitude"), site.coordinates or (), strict=False)
    return [named_write(key, Target.SITE, site.name, site.slug, *(Change(name, value, None, value) for name, value in place))]


def _location(catalog: Catalog, key: str, location: SiteObject) -> list[Write]:
    site = catalog.sites.by_id[location.site_id or 0]
    return [named_write(key, Target.LOCATION, location.name, location.slug, _to("site", "site", site))]


def _rack(catalog: Catalog, key: str, rack: SiteObject) -> list[Write]:
    changes = [Change("name", rack.name, None, rack.name), _to("site", "site", catalog.sites.by_id[rack.site_id or 0])]
    if rack.location_id is not None:
        changes.append(_to("location", "location", catalog.locations[rack.site_id or 0].by_id[rack.location_id]))
    return [Write(key, Target.RACK, rack.name, tuple(changes))]


def _cluster(catalog: Catalog, key: str, cluster: Cluster) -> list[Write]:
    kind = _to("type", "cluster_type", catalog.cluster_types.by_id[cluster.type_id or 0])
    return [Write(key, Target.CLUSTER, cluster.name, (Change("name", cluster.name, None, cluster.name), kind))]


def _device_type(catalog: Catalog, key: str, device_type: DeviceType) -> list[Write]:
    """The type, its components, and what takes away the mark of a type that is not finished.

    The mark stands in the description while components may be missing, so that an import which is ended in between leaves a type
    that no other takes for a whole one, and that the next one completes.
    """
    definition = catalog.definitions.get(device_type.id, Definition())
    maker = _to("manufacturer", "manufacturer", catalog.manufacturers.by_id[device_type.manufacturer_id or 0])
    texts = [("model", device_type.name), ("slug", device_type.slug), ("part_number", device_type.part_number)]
    changes = [maker, *(Change(name, text, None, text) for name, text in texts if text)]
    is_whole = not definition.components and device_type.unfinished is None
    values = dict(definition.values) | ({} if is_whole else {"description": UNFINISHED})
    changes += [Change(name, value, None, value) for name, value in values.items()]
    if is_whole:
        return [Write(key, Target.DEVICE_TYPE, device_type.name, tuple(changes))]
    beginning = Write(f"{key}:new", Target.DEVICE_TYPE, device_type.name, tuple(changes))
    number: int | Ref = Ref(beginning.key) if device_type.unfinished is None else device_type.unfinished
    components = [item for item in definition.components if (item.target, item.name) not in definition.made]
    parts = [_component(key, number, device_type, definition, item, maker) for item in components]
    ready = Change("description", definition.description, UNFINISHED, definition.description)
    end = Write(key, Target.DEVICE_TYPE, device_type.name, (ready,), object_id=number, at=Stage.TYPE_READY)
    return [*([beginning] if device_type.unfinished is None else []), *parts, end]


def _component(key: str, number: int | Ref, device_type: DeviceType, definition: Definition, component: Component, maker: Change) -> Write:
    changes = [Change("device_type", number, None, device_type.name), Change("name", component.name, None, component.name)]
    changes += [Change(name, value, None, value) for name, value in component.values]
    if component.of_maker:
        changes.append(maker)
    if component.on:
        made = definition.made.get((component.on_target, component.on))
        on = made if made is not None else Ref(_component_key(key, component.on_target, component.on))
        if component.target is Target.POWER_OUTLET_TEMPLATE:
            changes.append(Change("power_port", on, None, component.on))
        else:
            # NetBox 4.5 and later take a list, earlier releases the two fields; each ignores what it does not know.
            position = component.on_position
            mapping = [{"position": 1, "rear_port": on, "rear_port_position": position}]
            changes += [Change("rear_port", on, None, component.on), Change("rear_port_position", position, None, position)]
            changes.append(Change("rear_ports", mapping, None, [f"{component.on}:{position}"]))
    name = f"{device_type.name} {component.name}"
    return Write(_component_key(key, component.target, component.name), component.target, name, tuple(changes))


def _component_key(key: str, target: Target, name: str) -> str:
    return f"{key}:{target.value}:{name}"
