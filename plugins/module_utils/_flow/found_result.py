# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a search that does not assess returns, in plain JSON types."""

from __future__ import annotations

import collections
import collections.abc as c

from .._engine.records import DeviceRecord, Stacking, StackStatus
from .._engine.states import State
from .reasons import reason_counts
from .shapes import Json, device_json, stacking_json


def found_json(device: DeviceRecord, name: str, stacking: Stacking | None) -> Json:
    """One device of a search that does not assess."""
    return {
        **device_json(device),
        "name": name or None,
        "import_as": None,
        "state": None,
        "netbox": None,
        "match": None,
        "issues": [],
        "warnings": [],
        "virtual_chassis": stacking_json(stacking),
        "primary_ip": None,
        "ports": None,
        "drift": None,
    }


def chassis_counts(chassis: c.Iterable[Stacking]) -> Json:
    """How many devices are stacks, and of how many nobody can tell."""
    counts = collections.Counter(item.status for item in chassis)
    return {"stacks": counts[StackStatus.STACK], "virtual_chassis_unknown": counts[StackStatus.UNKNOWN]}


def empty_summary() -> Json:
    """The counts of a search that has assessed nothing."""
    return {
        "selected": 0,
        **{state.value: 0 for state in State},
        "virtual_machines": 0,
        **chassis_counts(()),
        "drift": {},
        "drifted": 0,
        **reason_counts(()),
    }
