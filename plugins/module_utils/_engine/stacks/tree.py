# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The containment tree of a device's entPhysical rows, and what a single row says about itself.

Agents leave columns out, repeat indexes, point at rows that do not exist and, rarely, in circles: nothing here may fail
or loop for that, and the order of the rows means nothing.
"""

from __future__ import annotations

import functools
import re
import typing as t

from ..records import InventoryRow
from ..serials import is_sane
from ..text import is_placeholder, key

STACK = "stack"
CHASSIS = "chassis"
CONTAINER = "container"
MODULE = "module"
PORT = "port"

_MAC_TEXT = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
# Three or more dotted numbers: a firmware version, such as a disk enclosure's.
_VERSION_TEXT = re.compile(r"(?:^|[^0-9a-z])v?\d+(?:\.\d+){2,}")
# One word of capitals, digits and dashes with a letter and a digit: what a maker prints on a unit.
_PART_NUMBER = re.compile(r"(?=[^\s]*[A-Za-z])(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9+/_-]{3,}")


def physical_class(row: InventoryRow) -> str:
    return key(row.physical_class)


def own_serial(row: InventoryRow) -> str:
    """The row's serial, ``""`` when it has none or a text that identifies nothing (``NA``, a MAC address, a version)."""
    serial = " ".join(row.serial.split())
    text = key(serial)
    if not is_sane(serial) or _MAC_TEXT.search(text) or _VERSION_TEXT.search(text):
        return ""
    return serial


def own_model(row: InventoryRow) -> str:
    """The row's model, ``""`` for none or a stand-in."""
    model = " ".join(row.model.split())
    return "" if is_placeholder(model) or key(model) in {"builtin", "built-in"} else model


def part_number_in_descr(row: InventoryRow) -> str:
    """The description when it is nothing but a part number, as some agents that leave the model column out have it."""
    descr = row.descr.strip()
    return descr if _PART_NUMBER.fullmatch(descr) else ""


def is_blank(row: InventoryRow) -> bool:
    return not any(text.strip() for text in (row.physical_class, row.name, row.descr, row.model, row.serial))


class InventoryTree:
    """The rows by containment. Of rows that share an index the one that says most is kept."""

    def __init__(self, rows: t.Iterable[InventoryRow]) -> None:
        self._by_index: dict[int, InventoryRow] = {}
        for row in rows:
            known = self._by_index.get(row.index)
            if known is None or _weight(row) > _weight(known):
                self._by_index[row.index] = row
        self.rows: tuple[InventoryRow, ...] = tuple(row for _index, row in sorted(self._by_index.items()))
        self._children: dict[int, list[InventoryRow]] = {}
        for row in self.rows:
            self._children.setdefault(row.contained_in, []).append(row)

    def of_class(self, wanted: str) -> tuple[InventoryRow, ...]:
        return tuple(row for row in self.rows if physical_class(row) == wanted)

    def parent(self, row: InventoryRow) -> InventoryRow | None:
        """The row it is contained in; None at the top, and for a row that names itself or one that does not exist."""
        return None if row.contained_in == row.index else self._by_index.get(row.contained_in)

    def children(self, row: InventoryRow) -> tuple[InventoryRow, ...]:
        return tuple(child for child in self._children.get(row.index, ()) if child.index != row.index)

    def ancestors(self, row: InventoryRow) -> tuple[InventoryRow, ...] | None:
        """From the parent upwards; None when the way up runs in a circle."""
        seen = {row.index}
        path: list[InventoryRow] = []
        above = self.parent(row)
        while above is not None:
            if above.index in seen:
                return None
            seen.add(above.index)
            path.append(above)
            above = self.parent(above)
        return tuple(path)

    def below(self, row: InventoryRow) -> tuple[InventoryRow, ...]:
        """Every row contained in it, at any depth, itself left out."""
        seen = {row.index}
        found: list[InventoryRow] = []
        waiting = [row]
        while waiting:
            for child in self.children(waiting.pop()):
                if child.index not in seen:
                    seen.add(child.index)
                    found.append(child)
                    waiting.append(child)
        return tuple(found)

    @functools.cached_property
    def says_nothing(self) -> bool:
        return all(is_blank(row) for row in self.rows)


def _weight(row: InventoryRow) -> tuple[object, ...]:
    texts = (own_serial(row), row.model, row.physical_class, row.name, row.descr, row.serial, row.vendor_type, row.manufacturer)
    # The texts themselves come last so that the choice never depends on the order of the rows.
    return (tuple(bool(text.strip()) for text in texts), row.contained_in != 0, row.parent_rel_pos, row.contained_in, texts)
