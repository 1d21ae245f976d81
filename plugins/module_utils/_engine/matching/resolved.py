# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A NetBox object that a device refers to."""

from __future__ import annotations

import dataclasses

from ..text import key
from .catalog import Found, T

# What an object that the import will create is matched by.
CREATED = "create_missing"


@dataclasses.dataclass(frozen=True, slots=True)
class Resolved:
    """A NetBox object that a device refers to, and what led there.

    ``by`` is ``override``, ``rule``, ``part_number``, ``model``, ``normalised``, ``inventory``, ``name``, ``slug``, ``member`` (a
    stack member's type taken from the master), ``rack`` (the location of the rack) or ``create_missing``; ``id`` is None for an
    object that the import will create.

    :ivar stand_in: the negative id that such an object has in the catalog, where it stands there
    """

    id: int | None
    name: str
    by: str
    stand_in: int | None = None

    @property
    def local_id(self) -> int | None:
        """By which it is found in the catalog. Not to be sent to NetBox."""
        return self.id if self.id is not None else self.stand_in


def resolved(found: Found[T], by: str) -> Resolved | None:
    """The one object that was found; None where there is none or several."""
    if found.one is None:
        return None
    if found.one.id < 0:
        return Resolved(None, found.one.name, CREATED, found.one.id)
    return Resolved(found.one.id, found.one.name, by)


def write_key(field: str, name: str, stand_in: int | None) -> str:
    """What the write that creates an object is called in the plan."""
    return f"{field}:{key(name)}" if stand_in is None else f"{field}:{key(name)}:{-stand_in}"
