# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A search that does not assess: the devices that LibreNMS has, and which of them are stacks. NetBox is not asked."""

from __future__ import annotations

from .._engine.records import Stacking
from .._engine.stacks.unread import unread_inventories
from .._librenms.client import Selected
from .found_result import chassis_counts, empty_summary, found_json
from .options import SearchOptions
from .run import Run
from .shapes import Json


class Finding:
    """What is known so far, so that a search that is stopped returns it.

    :ivar selected: what LibreNMS has; None as long as it has not answered
    :ivar stacking: by device id; empty where nobody asks for it
    """

    def __init__(self, run: Run, options: SearchOptions) -> None:
        self.run = run
        self.options = options
        self.selected: Selected | None = None
        self.stacking: dict[int, Stacking] = {}

    def go(self) -> None:
        """Finds it. Raises CollectionError, and Stopped."""
        self.selected = self.run.select()
        devices = self.selected.records
        if self.options.detect_virtual_chassis:
            self.stacking = self.run.stacking(devices)
            if note := unread_inventories(devices, self.stacking):
                self.run.warn(note)

    def devices(self) -> list[Json]:
        """What is known of each."""
        naming = self.options.common.naming
        devices = self.selected.records if self.selected else ()
        return [found_json(device, naming.name(device), self.stacking.get(device.device_id)) for device in devices]

    def summary(self) -> Json:
        """How many there are."""
        selected = len(self.selected.records) if self.selected else 0
        return empty_summary() | {"selected": selected} | chassis_counts(self.stacking.values())

    def result(self) -> Json:
        """What is known."""
        return {
            "devices": self.devices(),
            "vanished": None,
            "summary": self.summary() | {"vanished": None, "ignored": self.run.ignored},
            "cache": self.selected.cache.to_json() if self.selected else None,
            "choices": None,
            "suggested_rules": "",
        }
