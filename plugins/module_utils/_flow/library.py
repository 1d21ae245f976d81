# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The library of device types of one run: which there are, and what those are made with that are needed."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from .._cache.files import FileCache
from .._engine.judging.assessment import Assessment, State
from .._engine.kinds import Stage, Target
from .._engine.matching.catalog import Catalog
from .._engine.matching.definitions import LibraryType
from .._library.index import INDEX_LIFE, read_definition, read_library
from .._netbox.client import NetBoxClient, related
from .run import Run

_TEMPLATES = tuple(target for target in Target if target.row.stage is Stage.TEMPLATE)


def library_types(run: Run) -> tuple[LibraryType, ...]:
    """The device types of the option C(device_type_library)."""
    options = run.options
    cache = FileCache(options.cache_dir, INDEX_LIFE, clear=options.clear_cache, warn=run.warn, checkpoint=run.job.checkpoint)
    types = read_library(options.matching.library, cache, run.warn)
    run.job.log(f"{len(types)} device types in the library")
    return types


def with_definitions(client: NetBoxClient, catalog: Catalog, assessments: c.Iterable[Assessment]) -> Catalog:
    """The catalog with what the new device types are made with that devices need."""
    needed = {
        found.stand_in
        for item in assessments
        if item.state is not State.BLOCKED
        for found in (item.match.device_type, *(member.device_type for member in item.members))
        if found is not None and found.stand_in is not None
    }
    types = [item for item in catalog.library.objects if item.id in needed and item.id not in catalog.definitions]
    made = _made(client, [item.unfinished for item in types if item.unfinished is not None])
    definitions = dict(catalog.definitions)
    for item in types:
        definitions[item.id] = dataclasses.replace(read_definition(item.path), made=made.get(item.unfinished or 0, {}))
    return dataclasses.replace(catalog, definitions=definitions)


def _made(client: NetBoxClient, types: c.Collection[int]) -> dict[int, dict[tuple[Target, str], int]]:
    """The components that device types have, by the ids of the types."""
    found: dict[int, dict[tuple[Target, str], int]] = collections.defaultdict(dict)
    for target in _TEMPLATES if types else ():
        operation = f"reading the {target.row.plural} from NetBox"
        for row in client.read_by(target, operation, "device_type_id", sorted(types), fields="id,name,device_type"):
            device_type = related(row, "device_type")
            if device_type is not None and device_type in types:
                found[device_type][target, str(row.get("name"))] = int(row["id"])
    return found
