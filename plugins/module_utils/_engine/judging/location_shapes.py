# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The form of locations whose first part is a site of NetBox."""

from __future__ import annotations

import re

from ..matching.catalog import Index, Site

# Between the parts of a location, the surest first.
_SEPARATORS = (", ", " / ", " - ", "; ", ",", "/")
_RACK = re.compile(r"(?:rack|cabinet|r)[ _-]?\d+\w*", re.IGNORECASE)


def location_shape(location: str, sites: Index[Site]) -> tuple[str, Site] | None:
    """The C(location_pattern) of a location of two or three parts whose first is a site, and that site."""
    for separator in _SEPARATORS:
        parts = [part.strip() for part in location.split(separator)]
        if len(parts) in (2, 3) and all(parts) and (site := sites.find(parts[0]).one):
            last = "{rack}" if len(parts) == 3 or _RACK.fullmatch(parts[-1]) else "{location}"
            return separator.join(["{site}", *(["{location}"] if len(parts) == 3 else []), last]), site
    return None
