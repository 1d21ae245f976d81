# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which inventory rows stand for the units of a stack.

ENTITY-MIB has a class ``stack`` for a stack and ``chassis`` for what is in it, but vendors use both as they like, so
there is one finder for each shape they produce. A finder returns None where its shape is absent or is not convincing;
the shapes and their sources are described in docs/virtual_chassis.md.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ..records import DeviceRecord, InventoryRow
from ..text import key
from .numbers import Unit, number_in_text, port_number
from .tree import (
    CHASSIS,
    CONTAINER,
    MODULE,
    PORT,
    STACK,
    InventoryTree,
    own_model,
    own_serial,
    part_number_in_descr,
    physical_class,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Two or more units in the order of their index. ``anchors`` are rows of the whole stack that may repeat its master's serial."""

    units: tuple[Unit, ...]
    how: str
    anchors: tuple[InventoryRow, ...] = ()


Finder = t.Callable[[DeviceRecord, InventoryTree], "Finding | None"]

# A box of its own on the end of a cable (a fabric extender, a satellite), or a part that an agent calls a chassis.
_NO_UNIT = re.compile(r"\bfex(?:\b|-?\d)|fabric extender|nexus ?2\d{3}|\bline ?card\b|\b(?:lpu|sfu|subrack|satellite)\b", re.IGNORECASE)
_BASE_NAME = re.compile(r"base(?: (?:board|chassis|module|unit))?", re.IGNORECASE)
_BASE_WORD = re.compile(r"\bbase\b", re.IGNORECASE)
_MEMBER_NAME = re.compile(r"\b(?:member|unit|switch)\b", re.IGNORECASE)
# The names under which stackable switches list themselves side by side.
_UNIT_NAME = re.compile(r"(?:chassis|switch|unit|member|stack[ _-]?(?:unit|member))[ :_-]?\d{1,3}(?: chassis)?", re.IGNORECASE)

# Operating systems of stackable switches whose stacks have no row of their own, as LibreNMS names them. Two chassis at
# the top of any other inventory are shelves, sensor units or remote ends unless their names say otherwise.
_SIDE_BY_SIDE = frozenset(
    {
        "aos",
        "aos6",
        "aos7",
        "arubaos-cx",
        "awplus",
        "boss",
        "comware",
        "dnos",
        "ftos",
        "ios",
        "iosxe",
        "powerconnect",
        "procurve",
        "ruijie",
        "vrp",
        "xos",
    }
)
# Optical transport, access and line systems: several chassis are shelves of one node there, whatever they are called.
_SHELF_SYSTEMS = re.compile(r"adva|calix|ciena|coriant|ekinops|fsp|infinera|iqnos|nokia-1830|packetlight|smartax|transmode|zx(?!r)")


def _unit(tree: InventoryTree, row: InventoryRow, *, below: tuple[InventoryRow, ...] | None = None) -> Unit:
    """The unit with its serial and model, from the row below it that carries them where its own has none."""
    serial, model = own_serial(row), own_model(row)
    if not serial:
        plate = _name_plate(tree, row)
        if plate is not None:
            serial, model = own_serial(plate), model or own_model(plate)
    elif not model:
        model = next((own_model(child) for child in tree.children(row) if own_model(child) and key(own_serial(child)) == key(serial)), "")
    return Unit(row, serial, model or part_number_in_descr(row), tree.below(row) if below is None else below)


def _is_base(row: InventoryRow) -> bool:
    # Transceivers are called "1000 Base-SX", but they are no containers.
    matches = _BASE_WORD.search if physical_class(row) == CONTAINER else _BASE_NAME.fullmatch
    return any(matches(text.strip()) for text in (row.name, row.descr))


def _name_plate(tree: InventoryTree, row: InventoryRow) -> InventoryRow | None:
    """The row just below a unit that has the unit's serial: a container, which has none of its own, or what is called its base.

    Modules, power supplies and cables below a unit have serials too, so where it is not clear there is none.
    """
    children = tree.children(row)
    bases = [child for child in children if _is_base(child)]
    inside = [
        grandchild for base in bases for grandchild in tree.children(base) if physical_class(grandchild) in {MODULE, CHASSIS, CONTAINER, ""}
    ]
    containers = [child for child in children if physical_class(child) == CONTAINER]
    for candidates in (bases, inside, containers):
        carrying = [candidate for candidate in candidates if own_serial(candidate)]
        if len({key(own_serial(candidate)) for candidate in carrying}) == 1:
            return carrying[0]
    return None


# What a unit consists of: a chassis inside one of these is no unit.
_PARTS = frozenset({CHASSIS, MODULE, PORT, "powersupply", "fan", "sensor", "cpu"})


def _has_parts(unit: Unit) -> bool:
    return any(physical_class(row) in {PORT, MODULE} for row in unit.below)


def present(units: t.Sequence[Unit]) -> list[Unit]:
    """The units that are there, without the empty places that some agents list for every possible number.

    A unit shows itself by a serial on it or in it, or by its ports and modules. Where none does (a root level or a
    partial walk) by its model, else by its name; a description alone is repeated in empty places.
    """
    shown = [unit for unit in units if unit.serial or _has_parts(unit) or any(own_serial(row) for row in unit.below)]
    return shown or [unit for unit in units if unit.model and own_model(unit.row)] or [unit for unit in units if unit.row.name.strip()]


def _without_repetition(units: t.Sequence[Unit]) -> tuple[Unit, ...]:
    """Rows with one serial are one unit, unless their names number them; then the serial is everyone's and nobody's."""
    groups: dict[str, list[Unit]] = collections.defaultdict(list)
    for unit in units:
        groups[key(unit.serial) or f"\0{unit.row.index}"].append(unit)
    kept: list[Unit] = []
    for group in groups.values():
        numbers = {number_in_text(unit.row.name) if unit.number is None else unit.number for unit in group}
        if len(group) == 1:
            kept += group
        elif None not in numbers and len(numbers) == len(group):
            kept += [dataclasses.replace(unit, serial="") for unit in group]
        else:
            kept.append(min(group, key=lambda unit: (not unit.model, not unit.below, unit.row.index)))
    return tuple(sorted(kept, key=lambda unit: unit.row.index))


def _finding(units: t.Iterable[Unit], how: str, anchors: t.Iterable[InventoryRow] = ()) -> Finding | None:
    settled = _without_repetition(sorted(units, key=lambda unit: unit.row.index))
    return Finding(settled, how, tuple(anchors)) if len(settled) > 1 else None


def _is_no_unit(row: InventoryRow) -> bool:
    return any(_NO_UNIT.search(text) for text in (row.name, row.descr, row.model))


def chassis_below_stack(device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """A row of class stack with chassis in it (Cisco StackWise and StackWise Virtual, Small Business, Eltex, Dell, IRF).

    A partial walk loses the containment: then the chassis at the top are taken, as long as there is a stack row.
    """
    stacks = tree.of_class(STACK)
    if not stacks or _SHELF_SYSTEMS.match(key(device.os)):
        return None
    contained: list[Unit] = []
    at_top: list[Unit] = []
    for row in tree.of_class(CHASSIS):
        path = tree.ancestors(row)
        if path is None or _is_no_unit(row):
            continue
        classes = [physical_class(above) for above in path]
        if not path:
            at_top.append(_unit(tree, row))
        elif STACK in classes and not _PARTS.intersection(classes):
            nested = path[0] if classes[0] != STACK or classes.count(STACK) > 1 else None
            contained.append(dataclasses.replace(_unit(tree, row), holder=nested))
    units = present(contained or at_top)
    return _finding(units, "chassis in a row of class stack" if contained else "chassis beside a row of class stack", stacks)


def stacks_below_stack(device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """Rows of class stack in a row of class stack (Allied Telesis VCStack). Access systems nest such rows too, without serials."""
    if _SHELF_SYSTEMS.match(key(device.os)):
        return None
    stacks = tree.of_class(STACK)
    units = []
    roots = []
    for row in stacks:
        path = tree.ancestors(row)
        if path is not None and len(path) == 1 and physical_class(path[0]) == STACK:
            unit = _unit(tree, row)
            if unit.serial or (_has_parts(unit) and _MEMBER_NAME.search(f"{row.name} {row.descr}")):
                units.append(unit)
        elif path == ():
            roots.append(row)
    return _finding(present(units), "members of class stack in a row of class stack", roots)


def chassis_side_by_side(device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """Chassis at the top and no stack row (OmniSwitch, Huawei CSS, Ruijie VSU, ArubaOS-Switch).

    So do shelves, sensor units and remote ends look: the units must have serials of their own, and either the
    operating system be one whose stacks look so, or their names be those of switches in a stack.
    """
    system = key(device.os)
    if tree.of_class(STACK) or _SHELF_SYSTEMS.match(system):
        return None
    tops = [row for row in tree.of_class(CHASSIS) if tree.ancestors(row) == () and not _is_no_unit(row)]
    units = present([_unit(tree, row) for row in tops])
    if system in _SIDE_BY_SIDE:
        # A Huawei frame or a Ruijie switch may have no serial of its own; its model or its boards show that it is there.
        # Boards are not enough beside units with serials: an absent remote end lists its ports all the same.
        serials = any(unit.serial for unit in units)
        units = [unit for unit in units if unit.serial or own_model(unit.row) or (not serials and _has_parts(unit))]
    elif not all(unit.serial and _UNIT_NAME.fullmatch(unit.row.name.strip()) for unit in units):
        return None
    return _finding(units, "chassis side by side at the top of the inventory")


# "FPC: EX4300-48MP @ 2/*/*", the form LibreNMS gives to a row of Juniper's jnxContentsTable
_FPC = re.compile(r"FPC:\s*(?P<model>\S.*?)\s*@\s*(?P<number>\d{1,3})/\*/\*", re.IGNORECASE)
_IN_FPC = re.compile(r"@\s*(\d{1,3})/\d")
_FIXED_SWITCH = re.compile(r"(?:EX[234]\d{3}|QFX3[56]\d\d|QFX5[12]\d\d)\b", re.IGNORECASE)
_MODULAR = re.compile(r"(?:EX(?:62|82|92)\d\d|QFX5700|QFX5K|QFX1\d{4}|MX|MPC|DPC|MIC|PTX|ACX|SRX|T\d{3,4}|FPC)", re.IGNORECASE)
# Member numbers end at 31 (QFX fabric); Junos Fusion numbers its satellites above.
_LAST_JUNIPER_MEMBER = 31


def juniper_fpcs(device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """The FPC rows of an EX or QFX virtual chassis. In a modular switch or router they are line cards."""
    virtual = "virtual chassis" in key(device.hardware)
    parts: dict[int, list[InventoryRow]] = collections.defaultdict(list)
    for row in tree.rows:
        if found := _IN_FPC.search(row.descr):
            parts[int(found[1])].append(row)
    units: dict[int, Unit] = {}
    for row in tree.rows:
        match = _FPC.fullmatch(row.descr.strip())
        if not match or int(match["number"]) > _LAST_JUNIPER_MEMBER:
            continue
        number, model, serial = int(match["number"]), match["model"].split(",")[0].strip(), own_serial(row)
        fixed = bool(_FIXED_SWITCH.match(model)) or (virtual and not _MODULAR.match(model))
        if fixed and (serial or parts[number]) and (number not in units or (serial and not units[number].serial)):
            units[number] = Unit(row, serial, model, tuple(parts[number]), number=number)
    tops = [row for row in tree.of_class(CHASSIS) if tree.ancestors(row) == ()]
    return _finding(units.values(), "FPC rows that are switches of a Juniper virtual chassis", tops)


_HUAWEI_ANY_BOARD = re.compile(r"\w+\s+Board\s*\d{1,3}", re.IGNORECASE)
_HUAWEI_BOARD = re.compile(r"MPU\s*Board\s*(\d{1,3})", re.IGNORECASE)


def huawei_boards(_device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """The "MPU Board n" rows of a Huawei iStack, all in its one chassis.

    A modular chassis has such boards as well: there they have no ports but the management port, and other boards sit
    beside them.
    """
    tops = [row for row in tree.of_class(CHASSIS) if tree.ancestors(row) == ()]
    if len(tops) != 1:
        return None
    units = []
    for slot in tree.children(tops[0]):
        for row in tree.children(slot) if physical_class(slot) == CONTAINER else ():
            match = _HUAWEI_BOARD.fullmatch(row.name.strip())
            if physical_class(row) != MODULE:
                continue
            if match is None:
                if _HUAWEI_ANY_BOARD.fullmatch(row.name.strip()):
                    return None
                continue
            unit = _unit(tree, row)
            if port_number(unit.below) == int(match[1]):
                # A description such as "Assembling Components,S5720-56C-PWR-EI-AC,S5720-56C-PWR-EI-AC,..." has the model second.
                words = [word.strip() for word in row.descr.split(",")]
                model = unit.model or (words[1] if len(words) > 2 else "")
                units.append(dataclasses.replace(unit, model=model, number=int(match[1])))
    return _finding(units, "main boards with ports of their own in one Huawei chassis", tops)


# ArubaOS-CX: all that belongs to member n has the indexes n*100000 to n*100000+99999, its chassis row n*100000+1001.
_CX_STEP = 100_000
_CX_CHASSIS = 1_001
_CX_BOARDS_AND_PORTS = 10_000
_CX_LAST_MEMBER = 10


def aruba_cx_indexes(device: DeviceRecord, tree: InventoryTree) -> Finding | None:
    """The members of an ArubaOS-CX VSF stack by their index, which tells them when the walk lost classes and containment."""
    if key(device.os) != "arubaos-cx":
        return None
    groups: dict[int, list[InventoryRow]] = collections.defaultdict(list)
    plates: dict[int, InventoryRow] = {}
    anchors = []
    for row in tree.rows:
        number, place = divmod(row.index, _CX_STEP)
        if not 1 <= number <= _CX_LAST_MEMBER:
            if physical_class(row) == STACK or key(row.name) == STACK:
                anchors.append(row)
        elif place == _CX_CHASSIS and physical_class(row) in {CHASSIS, ""}:
            plates[number] = row
        else:
            groups[number].append(row)
    units = [dataclasses.replace(_unit(tree, row, below=tuple(groups[number])), number=number) for number, row in plates.items()]
    shown = [unit for unit in units if unit.serial or any(part.index % _CX_STEP >= _CX_BOARDS_AND_PORTS for part in unit.below)]
    return _finding(shown or [unit for unit in units if unit.row.name.strip()], "ArubaOS-CX index ranges of a VSF stack", anchors)


FINDERS: tuple[Finder, ...] = (
    aruba_cx_indexes,
    juniper_fpcs,
    chassis_below_stack,
    stacks_below_stack,
    huawei_boards,
    chassis_side_by_side,
)
