# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""entPhysical tables in the shapes of the vendors.

Each function invents the rows of one device: what marks it as a stack or as a single unit, with a few ports and power
supplies around it. The conventions (which class, which index, where the member's number stands) are those that
LibreNMS's users see; the serial numbers and the rest are made up.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .librenms_model import EntRow

Rows = tuple[EntRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A member of a stack: its number as the vendor counts, its model and serial number."""

    number: int
    model: str
    serial: str


def _ports(parent: int, first_index: int, names: c.Iterable[str], first_if: int) -> Rows:
    return tuple(
        EntRow(
            first_index + i,
            entPhysicalDescr=name,
            entPhysicalClass="port",
            entPhysicalName=name,
            entPhysicalIsFRU="false",
            entPhysicalContainedIn=parent,
            entPhysicalParentRelPos=i,
            ifIndex=first_if + i,
        )
        for i, name in enumerate(names)
    )


def single(model: str, serial: str, *, maker: str = "", name: str | None = None, ports: int = 4) -> Rows:
    """One chassis at the root, as routers, firewalls and servers have it."""
    chassis = EntRow(
        1,
        entPhysicalDescr=f"{model} Chassis",
        entPhysicalClass="chassis",
        entPhysicalName=name,
        entPhysicalHardwareRev="V02",
        entPhysicalIsFRU="false",
        entPhysicalModelName=model,
        entPhysicalSerialNum=serial,
        entPhysicalParentRelPos=0,
        entPhysicalMfgName=maker or None,
    )
    supply = EntRow(
        2,
        entPhysicalDescr="Power Supply 0",
        entPhysicalClass="powerSupply",
        entPhysicalName="Power Supply 0",
        entPhysicalIsFRU="true",
        entPhysicalSerialNum=f"PS{serial}",
        entPhysicalContainedIn=1,
        entPhysicalParentRelPos=1,
    )
    return (chassis, supply, *_ports(1, 100, (f"Ethernet{n}" for n in range(1, ports + 1)), 1))


def catalyst(units: c.Sequence[Unit], *, stack_name: str = "c93xx Stack", ports: int = 4) -> Rows:
    """Cisco C9200L, C9300. A lone switch has the stack row as well; the stack row repeats the first unit's serial.

    Positions count from 0, names from 1, and the stack cables carry serial numbers of their own, the same on both ends.
    """
    master = units[0]
    rows = [
        EntRow(
            1,
            entPhysicalDescr=stack_name,
            entPhysicalClass="stack",
            entPhysicalName=stack_name,
            entPhysicalHardwareRev="V01",
            entPhysicalIsFRU="false",
            entPhysicalModelName=master.model,
            entPhysicalVendorType="cevC9300FixedSwitchStack",
            entPhysicalSerialNum=master.serial,
            entPhysicalMfgDate="0-0-0,0:0:0.0",
        )
    ]
    for unit in units:
        base = unit.number * 1000
        rows.append(
            EntRow(
                base,
                entPhysicalDescr=unit.model,
                entPhysicalClass="chassis",
                entPhysicalName=f"Switch {unit.number}",
                entPhysicalHardwareRev="V01",
                entPhysicalSoftwareRev="17.09.04a",
                entPhysicalIsFRU="true",
                entPhysicalModelName=unit.model,
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=1,
                entPhysicalParentRelPos=unit.number - 1,
            )
        )
        rows += [
            EntRow(
                base + cable,
                entPhysicalDescr=f"StackPort{unit.number}/{cable}",
                entPhysicalClass="other",
                entPhysicalName=f"StackPort{unit.number}/{cable}",
                entPhysicalIsFRU="false",
                entPhysicalModelName="STACK-T1-50CM",
                entPhysicalSerialNum=f"MOC{master.serial[-6:]}{cable}",
                entPhysicalContainedIn=base,
                entPhysicalParentRelPos=0,
            )
            for cable in (1, 2)
        ]
        rows.append(
            EntRow(
                base + 60,
                entPhysicalDescr=f"Switch {unit.number} - {unit.model} - Fixed Module 0",
                entPhysicalClass="module",
                entPhysicalName=f"Switch {unit.number} Fixed Module 0",
                entPhysicalIsFRU="false",
                entPhysicalContainedIn=base,
                entPhysicalParentRelPos=11,
            )
        )
        rows += _ports(base + 60, base + 62, (f"Gi{unit.number}/0/{n}" for n in range(1, ports + 1)), unit.number * 100)
    return tuple(rows)


def catalyst_2960x(units: c.Sequence[Unit], *, ports: int = 4) -> Rows:
    """Cisco 2960X: the number is the chassis' name; the positions are 0, 2, 3, neither counted from 0 nor from 1."""
    rows = [
        EntRow(
            1,
            entPhysicalDescr="Catalyst C29xx Switch Stack",
            entPhysicalClass="stack",
            entPhysicalName="C29xx Stacking",
            entPhysicalIsFRU="false",
            entPhysicalVendorType="cevC29xxStack",
        )
    ]
    for unit in units:
        base = unit.number * 1000 + 1
        rows.append(
            EntRow(
                base,
                entPhysicalDescr=unit.model,
                entPhysicalClass="chassis",
                entPhysicalName=str(unit.number),
                entPhysicalHardwareRev="V02",
                entPhysicalIsFRU="true",
                entPhysicalModelName=unit.model,
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=1,
                entPhysicalParentRelPos=0 if unit.number == 1 else unit.number,
            )
        )
        label = f"Switch {unit.number} - {unit.model} - Fixed Module 0"
        rows.append(
            EntRow(
                base + 1,
                entPhysicalDescr=label,
                entPhysicalClass="module",
                entPhysicalName=label,
                entPhysicalIsFRU="false",
                entPhysicalContainedIn=base,
                entPhysicalParentRelPos=1,
            )
        )
        rows += _ports(base + 1, base + 9, (f"GigabitEthernet{unit.number}/0/{n}" for n in range(1, ports + 1)), unit.number * 10_000)
    return tuple(rows)


def stackwise_virtual(units: c.Sequence[Unit], cards: c.Sequence[Unit]) -> Rows:
    """Cisco StackWise Virtual: chassis at index 2 and 500.

    Row 1000 is the line card of the first one; LibreNMS takes its model and serial number for those of the device.
    """
    rows = [
        EntRow(
            1,
            entPhysicalDescr="Cisco Catalyst 9400 Series Virtual Stack",
            entPhysicalClass="stack",
            entPhysicalName="Virtual Stack",
            entPhysicalIsFRU="false",
            entPhysicalVendorType="cevC9400VirtualStack",
        )
    ]
    for unit, index in zip(units, (2, 500), strict=True):
        rows.append(
            EntRow(
                index,
                entPhysicalDescr="Cisco Catalyst 9400 Series 4 Slot Chassis",
                entPhysicalClass="chassis",
                entPhysicalName=f"Switch {unit.number} Chassis",
                entPhysicalHardwareRev="V01",
                entPhysicalIsFRU="false",
                entPhysicalModelName=unit.model,
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=1,
                entPhysicalParentRelPos=unit.number,
                entPhysicalMfgName="Cisco Systems Inc",
            )
        )
        rows.append(
            EntRow(
                index + 1,
                entPhysicalDescr="Cisco Catalyst 9400 Series Carrier Card Module Container",
                entPhysicalClass="container",
                entPhysicalName=f"Switch {unit.number} Slot 1",
                entPhysicalIsFRU="false",
                entPhysicalContainedIn=index,
                entPhysicalParentRelPos=1,
            )
        )
    for card, slot in zip(cards, (3, 501), strict=True):
        rows.append(
            EntRow(
                card.number * 1000,
                entPhysicalDescr="Cisco Catalyst 9400 Series 48-Port UPOE 10/100/1000 (RJ-45)",
                entPhysicalClass="module",
                entPhysicalName=f"Switch {card.number} Slot 1 Linecard",
                entPhysicalHardwareRev="V02",
                entPhysicalIsFRU="true",
                entPhysicalModelName=card.model,
                entPhysicalSerialNum=card.serial,
                entPhysicalContainedIn=slot,
                entPhysicalParentRelPos=0,
                entPhysicalMfgName="Cisco Systems Inc",
            )
        )
    return tuple(rows)


def small_business(units: c.Sequence[Unit], *, slots: int = 4) -> Rows:
    """Cisco CBS, SG: a chassis row for every slot of the stack; those of the empty ones say nothing at all."""
    by_number = {unit.number: unit for unit in units}
    rows = [EntRow(128, entPhysicalDescr="Stack", entPhysicalClass="stack", entPhysicalName="Stack", entPhysicalVendorType="zeroDotZero")]
    for slot in range(1, slots + 1):
        index = slot * 67_108_864 + 256
        unit = by_number.get(slot)
        if unit is None:
            empty = EntRow(index, "", "chassis", "", "", "", "", "", "", "true", "", "zeroDotZero", "", 128, slot, "")
            rows.append(empty)
            continue
        rows.append(
            EntRow(
                index,
                entPhysicalDescr=f"{unit.model} 24-Port Gigabit PoE Stackable Managed Switch with 10G Uplinks",
                entPhysicalClass="chassis",
                entPhysicalName=f"{unit.model} Stack Unit {slot}",
                entPhysicalHardwareRev="V01",
                entPhysicalIsFRU="true",
                entPhysicalModelName=unit.model,
                entPhysicalVendorType="cevChassis",
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=128,
                entPhysicalParentRelPos=slot,
                entPhysicalMfgName="Cisco",
            )
        )
        rows += _ports(index, index + 6737, (f"gi{slot}/0/{n}" for n in range(1, 3)), slot * 100)
    return tuple(rows)


def omniswitch(units: c.Sequence[Unit]) -> Rows:
    """ALE AOS 7/8: the chassis stand at the root without a stack row, all at position -1."""
    rows = [
        EntRow(
            unit.number,
            entPhysicalDescr="48 G POE 4 10G",
            entPhysicalClass="module",
            entPhysicalName=f"{unit.number}/SLOT-1",
            entPhysicalModelName=unit.model,
            entPhysicalSerialNum=unit.serial,
            entPhysicalContainedIn=208 + unit.number,
            entPhysicalParentRelPos=1,
            entPhysicalMfgName="Alcatel-Lucent",
        )
        for unit in units
    ]
    rows += [
        EntRow(
            208 + unit.number,
            entPhysicalDescr="Chassis",
            entPhysicalClass="chassis",
            entPhysicalName=f"CHASSIS-{unit.number}",
            entPhysicalHardwareRev="13",
            entPhysicalAlias="N/A",
            entPhysicalModelName=unit.model,
            entPhysicalSerialNum=unit.serial,
            entPhysicalMfgName="Alcatel-Lucent",
        )
        for unit in units
    ]
    rows += [EntRow(449 + 2 * unit.number, entPhysicalName=f"{unit.number}/FANTRAY-1") for unit in units[1:]]
    return tuple(rows)


def juniper(units: c.Sequence[Unit], *, frame_model: str = "EX4300") -> Rows:
    """Juniper EX, QFX: one chassis; members are rows without a class in the FPC slots (container 7), counted from 0.

    The model stands in the description, the model column holds a part number.
    """
    rows = [
        EntRow(
            1,
            entPhysicalDescr="chassis frame",
            entPhysicalClass="chassis",
            entPhysicalModelName=frame_model,
            entPhysicalSerialNum=units[0].serial,
        ),
        *_containers({2: "Power Supply slot", 4: "Fan Tray slot", 7: "FPC slot", 8: "PIC slot", 9: "Routing Engine slot"}),
    ]
    for unit in units:
        base = (unit.number + 1) * 1_000_000
        rows.append(
            EntRow(
                base + 7,
                entPhysicalDescr=f"FPC: {unit.model} @ {unit.number}/*/*",
                entPhysicalHardwareRev="REV 05",
                entPhysicalModelName="650-078100",
                entPhysicalVendorType="FPC",
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=7,
                entPhysicalMfgName="Juniper",
            )
        )
        rows.append(
            EntRow(
                base + 10_002,
                entPhysicalDescr=f"Power Supply 0 @ {unit.number}/0/*",
                entPhysicalClass="powerSupply",
                entPhysicalModelName="740-074873",
                entPhysicalVendorType="Power",
                entPhysicalSerialNum=f"1F{unit.serial[-8:]}",
                entPhysicalContainedIn=2,
                entPhysicalMfgName="Juniper",
            )
        )
        rows.append(
            EntRow(
                base + 10_008,
                entPhysicalDescr=f"PIC: 48x10G @ {unit.number}/0/*",
                entPhysicalModelName="BUILTIN",
                entPhysicalSerialNum="BUILTIN",
                entPhysicalContainedIn=8,
                entPhysicalMfgName="Juniper",
            )
        )
    return tuple(rows)


def _containers(slots: c.Mapping[int, str]) -> Rows:
    return tuple(
        EntRow(index, entPhysicalDescr=descr, entPhysicalClass="container", entPhysicalContainedIn=1) for index, descr in slots.items()
    )


def juniper_router(model: str, serial: str) -> Rows:
    """Juniper MX: the FPC rows of a router are cards, not members; they name no switch and carry no serial number."""
    frame = EntRow(1, entPhysicalDescr="chassis frame", entPhysicalClass="chassis", entPhysicalModelName=model, entPhysicalSerialNum=serial)
    cards = (
        EntRow(
            (slot + 1) * 1_000_000 + 7,
            entPhysicalDescr=f"FPC: MPC Type 2 3D @ {slot}/*/*",
            entPhysicalVendorType="FPC",
            entPhysicalContainedIn=7,
            entPhysicalMfgName="Juniper",
        )
        for slot in range(2)
    )
    return (frame, *_containers({2: "Power Supply slot", 7: "FPC slot"}), *cards)


def huawei(units: c.Sequence[Unit], *, slots: int = 9) -> Rows:
    """Huawei iStack: one chassis, nine board slots whatever is in them, each member an ``MPU Board n`` in its slot.

    Counted from 0. Only the first member has its model in the model column; all have it in the description.
    """
    root = 67_108_867
    by_number = {unit.number: unit for unit in units}
    rows = [
        EntRow(
            root,
            entPhysicalDescr="HUAWEI S5720 Routing Switch",
            entPhysicalClass="chassis",
            entPhysicalName="HUAWEI S5720 Routing Switch",
            entPhysicalModelName="",
            entPhysicalSerialNum="" if len(units) > 1 else units[0].serial,
            entPhysicalParentRelPos=1,
            entPhysicalMfgName="Huawei",
        )
    ]
    for slot in range(slots):
        index = 67_108_869 + slot * 1_048_576
        rows.append(
            EntRow(
                index,
                entPhysicalDescr="Board slot",
                entPhysicalClass="container",
                entPhysicalName=f"Board slot {slot}",
                entPhysicalVendorType="zeroDotZero",
                entPhysicalContainedIn=root,
                entPhysicalParentRelPos=slot,
                entPhysicalMfgName="Huawei",
            )
        )
        unit = by_number.get(slot)
        if unit is None:
            continue
        rows.append(
            EntRow(
                index + 4,
                entPhysicalDescr=f"Assembling Components,{unit.model},{unit.model},S5720 Bundle(28 Ethernet ports,4 10 Gig SFP+)",
                entPhysicalClass="module",
                entPhysicalName=f"MPU Board {slot}",
                entPhysicalHardwareRev="VER.C",
                entPhysicalModelName=unit.model if slot == 0 else "",
                entPhysicalSerialNum=unit.serial,
                entPhysicalContainedIn=index,
                entPhysicalParentRelPos=1,
                entPhysicalMfgName="Huawei",
            )
        )
        rows += _ports(index + 4, index + 294_985, (f"GigabitEthernet{slot}/0/{n}" for n in range(1, 3)), slot * 100 + 5)
    return tuple(rows)


def aruba_cx(units: c.Sequence[Unit]) -> Rows:
    """ArubaOS-CX 6200, 6300: a stack row also for a lone switch; it repeats the conductor's serial number."""
    rows = [
        EntRow(
            1,
            entPhysicalDescr="Aruba 6300 VSF Stack",
            entPhysicalClass="stack",
            entPhysicalName="Stack",
            entPhysicalSerialNum=units[0].serial,
            entPhysicalMfgName="Aruba",
        )
    ]
    rows += [
        EntRow(
            unit.number * 100_000 + 1001,
            entPhysicalDescr=unit.model,
            entPhysicalClass="chassis",
            entPhysicalName="Chassis",
            entPhysicalModelName=unit.model,
            entPhysicalSerialNum=unit.serial,
            entPhysicalContainedIn=1,
            entPhysicalParentRelPos=unit.number,
            entPhysicalMfgName="Aruba",
        )
        for unit in units
    ]
    return tuple(rows)


def nexus(model: str, serial: str) -> Rows:
    """Cisco NX-OS: "Fabric Stack Root" above one chassis, on switches that cannot be stacked."""
    rows = (
        EntRow(
            10,
            entPhysicalDescr="Fabric Stack Root",
            entPhysicalClass="stack",
            entPhysicalName="Fabric Stack Root",
            entPhysicalModelName=model,
            entPhysicalSerialNum=serial,
            entPhysicalMfgName="Cisco Systems, Inc.",
        ),
        EntRow(
            149,
            entPhysicalDescr=model,
            entPhysicalClass="chassis",
            entPhysicalName=model,
            entPhysicalModelName=model,
            entPhysicalSerialNum=serial,
            entPhysicalContainedIn=10,
            entPhysicalParentRelPos=1,
            entPhysicalMfgName="Cisco Systems, Inc.",
        ),
    )
    return rows + _ports(149, 5206, ("Ethernet1/1", "Ethernet1/2"), 436_207_616)
