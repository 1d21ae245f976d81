# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference data of ``world.py`` as plain data, for the script that puts them into NetBox."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import types
import typing as t

from .netbox_paths import ServerError

COLLECTIONS = (
    "SITES",
    "MANUFACTURERS",
    "DEVICE_TYPES",
    "ROLES",
    "PLATFORMS",
    "CLUSTER_TYPES",
    "CLUSTERS",
    "TENANTS",
    "EXISTING_DEVICES",
)


def world_data(world: types.ModuleType | types.SimpleNamespace) -> dict[str, list[dict[str, t.Any]]]:
    """Return the module's tuples of dataclasses as lists of dictionaries, under lower-case names.

    Raises ServerError when the module lacks one of them: a seed with a part missing is not that world.
    """
    try:
        return {name.lower(): [dataclasses.asdict(item) for item in getattr(world, name)] for name in COLLECTIONS}
    except AttributeError as error:
        raise ServerError(f"world.py is not as expected: {error}") from error


def load_world() -> dict[str, list[dict[str, t.Any]]]:
    """Read the world of this checkout."""
    return world_data(importlib.import_module(".world", __package__))


def digest(*parts: t.Any) -> str:
    """Return a short hash of plain data; the same data give the same hash in every process."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
