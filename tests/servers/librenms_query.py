# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one filter of ``GET /devices``: what each ``type`` compares, and how MySQL compares it.

Text is compared as the collation utf8mb4_unicode_ci does: without regard to case and accents.
"""

from __future__ import annotations

import collections.abc as c
import functools
import re
import unicodedata

from .librenms_model import SimDevice, SimWorld, Version

Test = c.Callable[[SimDevice], bool]

_EXACT = ("os", "type", "sysName")
_PART = ("hostname", "display", "location")
_PART_SINCE_25_6 = ("serial", "version", "hardware", "features")


@functools.lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """What two texts that the collation takes for equal have in common."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def equals(value: str | None, query: str | None) -> bool:
    """``value = query``: null equals nothing, blanks at the end do not count."""
    return value is not None and query is not None and fold(value).rstrip(" ") == fold(query).rstrip(" ")


def like(query: str | None) -> c.Callable[[str | None], bool]:
    """``value LIKE '%query%'`` with the wildcards of the query alive. No query matches all but null."""
    pattern = ""
    text = iter(fold(query or ""))
    for char in text:
        if char == "\\":
            pattern += re.escape(next(text, "\\"))
        else:
            pattern += {"%": ".*", "_": "."}.get(char) or re.escape(char)
    search = re.compile(pattern, re.DOTALL).search
    return lambda value: value is not None and search(fold(value)) is not None


def as_number(query: str | None) -> float | None:
    """What MySQL makes of a text that is compared with a number: its leading number, or 0. None stays None (null)."""
    if query is None:
        return None
    match = re.match(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", query)
    return float(match[1]) if match else 0.0


def device_test(kind: str | None, query: str | None, world: SimWorld, version: Version) -> Test:
    """The condition of one ``type`` and ``query``. A ``type`` that the version does not know selects every device."""
    states: dict[str | None, Test] = {
        "active": lambda device: not device.ignore and not device.disabled,
        "ignored": lambda device: bool(device.ignore) and not device.disabled,
        "up": lambda device: bool(device.status) and not device.ignore and not device.disabled,
        "down": lambda device: not device.status and not device.ignore and not device.disabled,
        "disabled": lambda device: bool(device.disabled),
    }
    if kind in states:
        return states[kind]
    if kind in _EXACT:
        return lambda device: equals(getattr(device, str(kind)), query)
    if kind in _PART or (kind in _PART_SINCE_25_6 and version >= (25, 6, 0)):
        matches = like(query)
        return lambda device: matches(getattr(device, str(kind)))
    number = as_number(query)
    if kind == "device_id":
        return lambda device: device.device_id == number
    if kind == "location_id":
        return lambda device: (location := world.location(device.location)) is not None and location.id == number
    if kind == "mac":
        return lambda device: any(equals(mac, query) for mac in device.arp)
    if kind in ("ipv4", "ipv6"):
        return lambda device: equals(device.ip, query) and (":" in (device.ip or "")) == (kind == "ipv6")
    return lambda device: True


def first_of_each_hostname(devices: c.Iterable[SimDevice]) -> list[SimDevice]:
    """``GROUP BY hostname``: of hostnames that are equal under the collation one device is left."""
    chosen: dict[str, SimDevice] = {}
    for device in sorted(devices, key=lambda device: device.device_id):
        chosen.setdefault(fold(device.hostname).rstrip(" "), device)
    return list(chosen.values())


def order_of(order: str | None, version: Version) -> tuple[str, bool] | None:
    """``(column, descending)`` of the parameter ``order``; None where the database would refuse the statement.

    Since 24.4.0 what does not look like a column falls back to the hostname; before, it went into the statement as it was.
    """
    if order is None:
        return "hostname", False
    match = re.fullmatch(r"([a-z_]+)(?: (desc|asc))?", order, re.IGNORECASE)
    if match is None:
        return ("hostname", False) if version >= (24, 4, 0) else None
    return match[1].lower(), (match[2] or "").lower() == "desc"


def sort_key(value: object) -> tuple[int, float, str]:
    """Null first, numbers by size, text by the collation."""
    if value is None:
        return 0, 0, ""
    return (1, float(value), "") if isinstance(value, (int, float)) else (1, 0, fold(str(value)))
