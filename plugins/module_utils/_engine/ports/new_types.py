# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The interfaces that devices get of types which are made in the same run."""

from __future__ import annotations

from ..kinds import Target
from ..matching.catalog import Catalog
from ..planning.new_objects import device_type_key
from ..planning.plan import Ref
from .existing import Template


def new_templates(catalog: Catalog) -> dict[int | Ref, tuple[Template, ...]]:
    """The interface templates of new device types, by what devices of them refer to."""
    found: dict[int | Ref, tuple[Template, ...]] = {}
    for item in catalog.new_types():
        definition = catalog.definitions.get(item.id)
        if definition is not None:
            components = [part for part in definition.components if part.target is Target.INTERFACE_TEMPLATE]
            values = ((part.name, dict(part.values)) for part in components)
            templates = (Template(name, str(known.get("type", "")), bool(known.get("enabled", True))) for name, known in values)
            found[Ref(device_type_key(item))] = tuple(templates)
    return found
