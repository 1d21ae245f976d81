# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How much of a result is returned: the option ``result_detail``."""

from __future__ import annotations

import json

from .shapes import Json

# Characters of JSON. AWX drops results over 700,000; the rest of a result has to fit beside the devices.
BRIEF_BUDGET = 550_000
_SHORTEST = ("device_id", "name", "state", "action")
_GOES_WELL = ("ready", "existing", "create", "update", "link", "none", "skip")
# What a device that needs no reader says of itself with result_detail=brief.
_BRIEF = ("device_id", "hostname", "name", "import_as", "state", "action", "netbox")
_QUIET = ("ready", "existing", "none", "skip")


def with_detail(devices: list[Json], detail: str) -> list[Json]:
    """The devices of a search or the results of an import as the option ``result_detail`` wants them."""
    if detail == "summary":
        return []
    if detail == "full":
        return devices
    return _within_budget([_brief(device) for device in devices])


def _brief(device: Json) -> Json:
    if device.get("action", device.get("state")) in _QUIET and not device.get("drift"):
        return {name: device[name] for name in _BRIEF if name in device}
    return {name: value for name, value in device.items() if name not in ("match", "interfaces", "addresses")}


def _within_budget(devices: list[Json]) -> list[Json]:
    """Cut in steps until they fit: the detail of what goes well, then that of all, at last devices that need nobody."""
    for cut in (None, _cut_quiet, _cut_all):
        if cut is not None:
            devices = [cut(device) for device in devices]
        if _size(devices) <= BRIEF_BUDGET:
            return devices
    loud = [device for device in devices if device.get("action", device.get("state")) not in _GOES_WELL]
    rest = BRIEF_BUDGET - _size(loud)
    if rest < 0:
        # Nothing is left but to stop somewhere; the summary has the counts.
        return _first(loud, BRIEF_BUDGET)
    return [*loud, *_first([device for device in devices if device.get("action", device.get("state")) in _GOES_WELL], rest)]


def left_out(number: int, key: str) -> str:
    """The sentence on devices that did not fit."""
    return (
        f"result_detail=brief keeps {key} below {BRIEF_BUDGET:,} characters, so {number} of the devices are left out of it. "
        "The summary counts all of them, and report_path writes all of them to a file."
    )


def _first(devices: list[Json], budget: int) -> list[Json]:
    kept = []
    for device in devices:
        budget -= _size(device) + 2
        if budget < 0:
            break
        kept.append(device)
    return kept


def _size(value: object) -> int:
    return len(json.dumps(value))


def _cut_quiet(device: Json) -> Json:
    well = device.get("action", device.get("state")) in _GOES_WELL
    return {name: device[name] for name in _SHORTEST if name in device} if well else device


def _cut_all(device: Json) -> Json:
    shortest = {name: device[name] for name in _SHORTEST if name in device}
    if device.get("issues"):
        shortest["issues"] = [{name: str(issue[name])[:120] for name in ("code", "message")} for issue in device["issues"][:3]]
    return shortest
