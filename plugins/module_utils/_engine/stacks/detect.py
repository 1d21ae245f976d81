# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Whether a device is a stack (NetBox: virtual chassis), and who its members are, from its entPhysical rows."""

from __future__ import annotations

import re
import typing as t

from ..records import DeviceRecord, InventoryRow, Member, Stacking, StackStatus
from ..text import key, printable
from .numbers import Numbering, Unit, number_units
from .tree import CHASSIS, InventoryTree, own_model, own_serial
from .units import FINDERS, Finding

# LibreNMS device types of which no kind is stacked. Users may invent types: those are not ruled out.
_TYPES_THAT_DO_NOT_STACK = frozenset(
    {
        "appliance",
        "camera",
        "collaboration",
        "encoder",
        "environment",
        "management",
        "power",
        "printer",
        "proxy",
        "sensor",
        "server",
        "storage",
        "timing",
        "workstation",
    }
)
_SYSTEMS_THAT_DO_NOT_STACK = re.compile(
    r"ping|drac|dell-cmc|hpe-ilo|ilo|supermicro-bmc|vmware.*|esxi|proxmox|windows|xcp-ng|truenas|freenas"
)

_MASTER_HINT = re.compile(r"\b(?:master|active|conductor|commander|primary)\b", re.IGNORECASE)


def could_be_stack(device: DeviceRecord) -> bool:
    """Whether reading the device's inventory can show a stack. False only for what is certainly none."""
    return _why_not(device) == ""


def _why_not(device: DeviceRecord) -> str:
    if device.parent_id is not None:
        return "A virtual machine is not stacked."
    if key(device.type) in _TYPES_THAT_DO_NOT_STACK:
        return f"Devices of type {key(device.type)} are not stacked."
    if _SYSTEMS_THAT_DO_NOT_STACK.fullmatch(key(device.os)):
        return f"Devices with the operating system {key(device.os)} are not stacked."
    return ""


def detect(device: DeviceRecord, rows: t.Sequence[InventoryRow]) -> Stacking:
    """What the device's whole inventory (``/inventory/:id/all``) says.

    ``stack`` with two or more members sorted by position and exactly one master, ``single``, or ``unknown`` when there
    are no rows to tell from. Never raises, whatever the rows hold.
    """
    if why_not := _why_not(device):
        return Stacking(StackStatus.SINGLE, reason=why_not)
    tree = InventoryTree(rows)
    if tree.says_nothing:
        return Stacking(StackStatus.UNKNOWN, reason="LibreNMS has no inventory of this device, so it cannot tell whether it is a stack.")
    for finder in FINDERS:
        finding = finder(device, tree)
        if finding is not None:
            return _stack(device, finding)
    chassis = tree.of_class(CHASSIS)
    seen = {0: "no chassis", 1: "one chassis"}.get(len(chassis), f"{len(chassis)} chassis rows that are not units of a stack")
    model = printable(own_model(chassis[0])) if len(chassis) == 1 else ""
    maker = printable(chassis[0].manufacturer) if len(chassis) == 1 else ""
    return Stacking(StackStatus.SINGLE, reason=f"The inventory has {seen}.", model=model, manufacturer=maker)


def _stack(device: DeviceRecord, finding: Finding) -> Stacking:
    numbering = number_units(finding.units)
    master = _master(device, finding, numbering)
    members = [
        Member(position, unit.serial, unit.model, printable(unit.row.name), unit is master)
        for position, unit in zip(numbering.positions, finding.units, strict=True)
    ]
    return Stacking(
        StackStatus.STACK,
        tuple(sorted(members, key=lambda member: member.position)),
        f"{len(members)} {finding.how}, numbered by {numbering.source}.",
        manufacturer=printable(master.row.manufacturer),
    )


def _master(device: DeviceRecord, finding: Finding, numbering: Numbering) -> Unit:
    """The unit that answers for the stack: the first of these that points at exactly one of them.

    The device's serial; the serial that the stack's own row repeats; the unit that contains the part whose serial
    LibreNMS took for the device's (on StackWise Virtual a line card's); a word for it in a name; the one model that is
    the device's hardware in a stack of several models. Else the lowest number.
    """
    serial = key(device.serial)
    anchors = {key(own_serial(row)) for row in finding.anchors} - {""}
    hardware = key(device.hardware)
    pointers: tuple[t.Callable[[Unit], bool], ...] = (
        lambda unit: bool(serial) and key(unit.serial) == serial,
        lambda unit: key(unit.serial) in anchors,
        lambda unit: bool(serial) and any(key(own_serial(row)) == serial for row in unit.below),
        lambda unit: bool(_MASTER_HINT.search(f"{unit.row.name} {unit.row.descr}")),
        lambda unit: bool(hardware) and key(unit.model) == hardware,
    )
    for points_at in pointers:
        found = [unit for unit in finding.units if points_at(unit)]
        if len(found) == 1:
            return found[0]
    return min(zip(numbering.positions, finding.units, strict=True), key=lambda numbered: numbered[0])[1]
