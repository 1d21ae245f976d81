# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which serial numbers may identify a device."""

from __future__ import annotations

import re

from .text import is_placeholder, key

# dcim.Device.serial of NetBox.
MAX_SERIAL_LENGTH = 50

_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}")
_ZEROS = re.compile(r"[a-z]{0,3}0{6,}")
_COUNTING = "01234567890123456789"


def is_sane(serial: str) -> bool:
    """Whether a serial can tell one device from all others.

    Not one: nothing, a placeholder, a text without any digit, fewer than four characters, one character repeated, a
    count such as ``123456789``, zeros behind a maker's prefix, a date, a MAC address, or a template in angle brackets.
    """
    text = key(serial)
    return not (
        len(text) < 4
        or is_placeholder(text)
        or not any(char.isdigit() for char in text if char.isascii())
        or len(set(text) - set(" -.#:")) <= 1
        or text in _COUNTING
        or _ZEROS.fullmatch(text)
        or _DATE.fullmatch(text)
        or _MAC.fullmatch(text)
        or (text.startswith("<") and text.endswith(">"))
    )


def identity(serial: str) -> str:
    """The form in which sane serials are compared, ``""`` for one that identifies nothing."""
    return " ".join(key(serial).split()) if is_sane(serial) else ""
