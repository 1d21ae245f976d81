# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Inventories that LibreNMS did not give, or in which there is nothing: each is one sentence for a warning."""

from __future__ import annotations

import collections.abc as c

from ..records import DeviceRecord, Stacking, StackStatus
from .detect import could_be_stack


def silent_inventories(devices: c.Iterable[DeviceRecord], chassis: c.Mapping[int, Stacking]) -> str:
    """The sentence on inventories of which not one has anything in it; ``""`` where one has, or only one device could be a stack."""
    asked = [chassis[device.device_id] for device in devices if device.device_id in chassis and could_be_stack(device)]
    if len(asked) < 2 or any(item.status is not StackStatus.UNKNOWN or item.read_failed for item in asked):
        return ""
    return (
        f"LibreNMS has no inventory of any of the {len(asked)} devices that could be stacks, so none of them is known as one. "
        "It also answers so when its database refuses a query. Nothing of that is cached."
    )


def unread_inventories(devices: c.Sized, chassis: c.Mapping[int, Stacking]) -> str:
    """The sentence on inventories that could not be read; ``""`` where all could."""
    failed = {device_id: item.reason for device_id, item in chassis.items() if item.read_failed}
    if not failed:
        return ""
    first = min(failed)
    return f"Whether {len(failed)} of {len(devices)} devices are stacks could not be read. Device {first}: {failed[first]}"
