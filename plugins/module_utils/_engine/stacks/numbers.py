# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which number each unit of a stack has.

Agents number the same unit in several places that need not agree (the name ``2``, the relative position 1, the index
2001), so one scheme is taken for all units of a stack: the first in :data:`SCHEMES` that gives every one a number of
its own between 0 and 255. Mixing two schemes within one stack makes members collide.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ..records import InventoryRow
from ..text import key
from .tree import PORT, own_model, physical_class

# dcim.Device.vc_position of NetBox.
MAX_POSITION = 255


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A row that stands for one unit, and what is known of it.

    :param row: the unit's own row
    :param below: the rows that belong to the unit
    :param holder: the row that stands between the unit and its stack, where there is one
    :param number: the unit's number where its shape tells it in a way of its own
    """

    row: InventoryRow
    serial: str = ""
    model: str = ""
    below: tuple[InventoryRow, ...] = ()
    holder: InventoryRow | None = None
    number: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Numbering:
    """``positions`` in the order of the units; ``source`` completes the sentence "numbered by ..."."""

    positions: tuple[int, ...]
    source: str


# Such as: Switch 2, Switch 2 Chassis, CBS350-24P-4X Stack Unit 2, CHASSIS-2, switch2, Stack Member 3.
_WORD_AND_NUMBER = re.compile(r"(?:switch|unit|member|chassis|stack|slot|board)[\s#:._-]*(\d{1,3})(?![\w./-])")
_TRAILING_NUMBER = re.compile(r"(.*?[^\d])(\d{1,3})")
# Such as: GigabitEthernet2/0/1, gi2/0/1, Te 0/47, 2/1/1, port1.0.1, 2:13; not FastEthernet0, which belongs to no unit.
_PORT_NUMBER = re.compile(r"(?:[A-Za-z][A-Za-z-]*\s?)?(\d{1,3})(?:[/:]\d+)+|[A-Za-z]+(\d{1,3})(?:\.\d+){2}")
_MANAGEMENT_PORT = re.compile(r"m-|meth|mgmt|management|oob", re.IGNORECASE)
_INDEX_STEPS = (1_000_000, 100_000, 10_000, 1_000)
# OmniSwitch: the entPhysicalIndex of chassis n is this plus n.
_OMNISWITCH_BASES = (568, 208)
_OMNISWITCH_LARGEST = 8


def number_in_text(text: str) -> int | None:
    """The unit number that a name states: a word for a unit with a number behind it, or a bare number."""
    plain = key(text)
    if plain.isascii() and plain.isdigit() and len(plain) <= 3:
        return int(plain)
    found = _WORD_AND_NUMBER.findall(plain)
    return int(found[-1]) if found else None


def _by_shape(units: t.Sequence[Unit]) -> list[int | None]:
    return [unit.number for unit in units]


def _by_name(units: t.Sequence[Unit]) -> list[int | None]:
    return [number_in_text(unit.row.name) for unit in units]


def _by_end_of_name(units: t.Sequence[Unit]) -> list[int | None]:
    """``stack.1``, ``sw-core1``: only where the names differ in nothing else and are not the models."""
    names = [key(unit.row.name) for unit in units]
    models = {key(text) for unit in units for text in (own_model(unit.row), unit.model, unit.row.descr)}
    matches = [_TRAILING_NUMBER.fullmatch(name) for name in names]
    if any(name in models for name in names) or len({match and match[1] for match in matches}) != 1:
        return [None] * len(units)
    return [int(match[2]) if match else None for match in matches]


def _by_descr(units: t.Sequence[Unit]) -> list[int | None]:
    return [number_in_text(unit.row.descr) for unit in units]


def _by_ports(units: t.Sequence[Unit]) -> list[int | None]:
    return [port_number(unit.below) for unit in units]


def port_number(below: t.Iterable[InventoryRow]) -> int | None:
    """The first number in the names of the ports when (nearly) all agree: on a stack that is the unit's number."""
    found: collections.Counter[int] = collections.Counter()
    for row in below:
        match = _PORT_NUMBER.match(row.name.strip()) if physical_class(row) == PORT else None
        if match and not _MANAGEMENT_PORT.match(row.name.strip()):
            found[int(match[1] or match[2])] += 1
    if not found:
        return None
    number, count = found.most_common(1)[0]
    return number if count >= 0.9 * found.total() else None


def _by_index(units: t.Sequence[Unit]) -> list[int | None]:
    """Indexes n*1000+1, n*100000+1001 and the like, the remainder being the same for all."""
    indexes = [unit.row.index for unit in units]
    for step in _INDEX_STEPS:
        if len({index % step for index in indexes}) == 1 and all(index >= step for index in indexes):
            return [index // step for index in indexes]
    for base in _OMNISWITCH_BASES:
        if all(base < index <= base + _OMNISWITCH_LARGEST for index in indexes):
            return [index - base for index in indexes]
    return [None] * len(units)


def _by_relative_position(units: t.Sequence[Unit]) -> list[int | None]:
    return [unit.row.parent_rel_pos for unit in units]


_Scheme = t.Callable[[t.Sequence[Unit]], list[int | None]]
# Names come first: they are what the vendor shows to people. The index goes before the relative position, which
# counts from 0 on some platforms whose units are numbered from 1.
SCHEMES: tuple[tuple[str, _Scheme], ...] = (
    ("their slot or index range", _by_shape),
    ("their names", _by_name),
    ("the end of their names", _by_end_of_name),
    ("their port names", _by_ports),
    ("their descriptions", _by_descr),
    ("their index", _by_index),
    ("their relative position", _by_relative_position),
)


def number_units(units: t.Sequence[Unit]) -> Numbering:
    """Numbers for all units by one scheme, else 1 to n in the order of their index. ``units`` are sorted by index."""
    views: list[t.Sequence[Unit]] = [units]
    holders = [unit.holder for unit in units if unit.holder is not None]
    if len({holder.index for holder in holders}) == len(units):
        views.append([dataclasses.replace(unit, row=holder) for unit, holder in zip(units, holders, strict=True)])
    for view in views:
        for source, scheme in SCHEMES:
            positions = tuple(number for number in scheme(view) if number is not None and 0 <= number <= MAX_POSITION)
            if len(set(positions)) == len(units):
                return Numbering(positions, source)
    return Numbering(tuple(range(1, len(units) + 1)), "the order of the inventory, because nothing in it numbers them")
