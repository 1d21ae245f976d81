# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What the option ``create_missing`` may list."""

from __future__ import annotations

import collections.abc as c

from .._exceptions import OptionError

CREATABLE = ("sites", "locations", "racks", "manufacturers", "device_types", "roles", "platforms", "clusters", "tags")


def checked_creatable(given: c.Sequence[str]) -> frozenset[str]:
    """Raises OptionError for what the import cannot create."""
    for what in given:
        if what not in CREATABLE:
            raise OptionError("create_missing", what, f"must be among {', '.join(CREATABLE)}")
    return frozenset(given)
