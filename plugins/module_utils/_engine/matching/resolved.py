# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A NetBox object that a device refers to."""

from __future__ import annotations

import dataclasses

from .catalog import Found, T


@dataclasses.dataclass(frozen=True, slots=True)
class Resolved:
    """A NetBox object that a device refers to, and what led there.

    ``by`` is ``override``, ``rule``, ``part_number``, ``model``, ``normalised``, ``inventory``, ``name``, ``slug``, ``member`` (a
    stack member's type taken from the master), ``rack`` (the location of the rack) or ``create_missing``; ``id`` is None for an
    object that the import will create.
    """

    id: int | None
    name: str
    by: str


def resolved(found: Found[T], by: str) -> Resolved | None:
    """The one object that was found; None where there is none or several."""
    return Resolved(found.one.id, found.one.name, by) if found.one else None
