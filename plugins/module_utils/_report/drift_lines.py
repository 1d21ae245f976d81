# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How NetBox differs from LibreNMS, as lines of text for a terminal."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.text import printable

Json = c.Mapping[str, t.Any]

MOST_LINES = 50
_LONGEST = 60


def drift_lines(result: Json, devices: c.Sequence[Json]) -> list[str]:
    """Counts by field, then each difference, then what has vanished; none for a result that tells of no difference."""
    summary = result["summary"]
    lines: list[str] = []
    if summary.get("drifted"):
        counts = ", ".join(f"{count} x {_text(field)}" for field, count in summary["drift"].items())
        lines.append(f"Different in LibreNMS and NetBox, {summary['drifted']} devices: {counts}")
        told = [f"  {_text(device.get('name'))}: {_difference(item)}" for device in devices for item in device.get("drift") or ()]
        lines += _short(told)
    if vanished := result.get("vanished"):
        lines.append(f"In NetBox, and no more in LibreNMS: {len(vanished)}")
        lines += _short([_vanished(item) for item in vanished])
    return lines


def _short(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], f"  ... and {rest} more (report_path writes all)"]


def _difference(item: Json) -> str:
    about = " ".join(_text(item[name]) for name in ("object", "field") if item.get(name))
    return f"{about}: LibreNMS {_text(item.get('librenms'))}, NetBox {_text(item.get('netbox'))}"


def _vanished(item: Json) -> str:
    netbox = item.get("netbox") or {}
    kind = str(netbox.get("type")).replace("_", " ")
    return f"  {kind} {_text(netbox.get('name'))} (id {_text(netbox.get('id'))}), LibreNMS device {_text(item.get('device_id'))}"


def _text(value: object) -> str:
    return "nothing" if value in (None, "", []) else printable(str(value), _LONGEST)
