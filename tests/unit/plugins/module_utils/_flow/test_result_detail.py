# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a result is returned."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.netsot.librenms.plugins.module_utils._flow.result_detail import BRIEF_BUDGET, with_detail

Json = dict[str, t.Any]


def device(number: int, action: str) -> Json:
    issues = [{"code": "site_not_found", "field": "site", "message": "No site. " * 9, "hint": "Add a rule. " * 9, "suggestions": ["x"] * 5}]
    return {
        "device_id": number,
        "hostname": f"switch-{number}.example.net",
        "name": f"switch-{number}",
        "import_as": "device",
        "action": action,
        "netbox": {"id": number, "url": f"https://netbox.example.net/dcim/devices/{number}/", "name": f"switch-{number}"},
        "changes": {name: {"before": None, "after": "a text of some length"} for name in "abcdefghij"},
        "issues": issues if action == "blocked" else [],
        "warnings": [],
        "virtual_chassis": None,
    }


def size(devices: list[Json]) -> int:
    return len(json.dumps(devices))


def test_five_thousand_devices_fit() -> None:
    devices = [device(number, "create" if number % 5 else "blocked") for number in range(5000)]
    brief = with_detail(devices, "brief")
    assert size(devices) > 3 * BRIEF_BUDGET
    assert size(brief) <= BRIEF_BUDGET
    assert [item["device_id"] for item in brief] == list(range(5000))
    blocked = [item for item in brief if item["action"] == "blocked"]
    assert all(item["issues"][0]["code"] == "site_not_found" for item in blocked)


def test_a_short_list_keeps_its_detail() -> None:
    devices = [device(1, "create"), device(2, "blocked")]
    assert with_detail(devices, "brief") == devices


def test_what_needs_a_person_stays_longest() -> None:
    devices = [device(number, "create" if number % 50 else "blocked") for number in range(30_000)]
    brief = with_detail(devices, "brief")
    assert size(brief) <= BRIEF_BUDGET + 2
    assert sum(item["action"] == "blocked" for item in brief) == 600
    everything = with_detail([device(number, "blocked") for number in range(30_000)], "brief")
    assert size(everything) <= BRIEF_BUDGET + 2
