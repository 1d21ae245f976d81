# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of equipment the simulated LibreNMS knows, and a generator of any number of devices of them.

A kind says what LibreNMS would report of such a box and which device type of ``world`` it is. With the rules of
``demo_vars.yml`` every generated device can be imported.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import functools
import random

from . import librenms_inventory as shapes
from .librenms_inventory import Rows, Unit
from .librenms_model import SimDevice, SimGroup


class Form(enum.Enum):
    SINGLE = "single"
    STACK = "stack"
    VM = "virtual machine"


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One kind of equipment.

    ``hardware``, ``os``, ``type``, ``version`` are what LibreNMS reports; ``code`` goes into names (``acc``, ``rtr``);
    ``device_type`` is the model in ``world`` ("" for a virtual machine); ``members`` are the models of a stack's units;
    ``shape`` makes the inventory from the units.
    """

    hardware: str
    os: str
    type: str
    version: str
    code: str
    device_type: str
    serial_prefix: str
    form: Form = Form.SINGLE
    members: tuple[str, ...] = ()
    first_number: int = 1
    shape: c.Callable[[tuple[Unit, ...]], Rows] | None = None
    icon: str = "generic.svg"
    descr: str = ""
    object_id: str = ".1.3.6.1.4.1.9.1.1"


def _single(maker: str = "", ports: int = 4) -> c.Callable[[tuple[Unit, ...]], Rows]:
    return lambda units: shapes.single(units[0].model, units[0].serial, maker=maker, ports=ports)


def _virtual_stack(units: tuple[Unit, ...]) -> Rows:
    cards = tuple(Unit(unit.number, "C9400-LC-48U", line_card_serial(unit.serial)) for unit in units)
    return shapes.stackwise_virtual(units, cards)


def line_card_serial(chassis_serial: str) -> str:
    """The serial number of the line card in slot 1 of a chassis."""
    return f"JAE{chassis_serial[3:]}"


IOSXE = "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.4a, RELEASE SOFTWARE (fc3)\r\nCompiled Fri"
JUNOS = "Juniper Networks, Inc. Ethernet Switch, kernel JUNOS 21.4R3-S5.4, Build date: 2023-08-09"

# Name: kind. The names are for the demo's list.
KINDS: dict[str, Kind] = {
    "c9300": Kind(
        "C9300-48P", "iosxe", "network", "17.9.4a", "acc", "C9300-48P", "FOC", shape=shapes.catalyst, icon="cisco.svg", descr=IOSXE
    ),
    "c9300-24t": Kind(
        "C9300-24T", "iosxe", "network", "17.9.4a", "acc", "C9300-24T", "FCW", shape=shapes.catalyst, icon="cisco.svg", descr=IOSXE
    ),
    "c9300-uxm": Kind(
        "C9300-48UXM",
        "iosxe",
        "network",
        "17.6.5",
        "dist",
        "Catalyst 9300-48UXM",
        "FOC",
        shape=shapes.catalyst,
        icon="cisco.svg",
        descr=IOSXE,
    ),
    "c9200l": Kind(
        "C9200L-24P-4G", "iosxe", "network", "17.9.4a", "acc", "C9200L-24P-4G", "JAD", shape=shapes.catalyst, icon="cisco.svg", descr=IOSXE
    ),
    "c9200l-48": Kind(
        "C9200L-48P-4X", "iosxe", "network", "17.12.2", "acc", "C9200L-48P-4X", "JAE", shape=shapes.catalyst, icon="cisco.svg", descr=IOSXE
    ),
    "c9500": Kind(
        "C9500-48Y4C", "iosxe", "network", "17.12.4", "core", "C9500-48Y4C", "CAT", shape=_single("Cisco"), icon="cisco.svg", descr=IOSXE
    ),
    "2960x": Kind(
        "WS-C2960X-24PS-L",
        "ios",
        "network",
        "15.2(7)E7",
        "acc",
        "Catalyst 2960X-24PS-L",
        "FCW",
        shape=shapes.catalyst_2960x,
        icon="cisco.svg",
        descr="Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E7, RELEASE SOFTWARE (fc2)",
    ),
    "nexus": Kind(
        "N9K-C93180YC-EX",
        "nxos",
        "network",
        "9.3(10)",
        "core",
        "Nexus 93180YC-EX",
        "FDO",
        shape=lambda units: shapes.nexus(units[0].model, units[0].serial),
        icon="cisco.svg",
    ),
    "asr1001": Kind("ASR1001-X", "iosxe", "network", "17.3.6", "rtr", "ASR1001-X", "FXS", shape=_single("Cisco Systems"), icon="cisco.svg"),
    "cbs350": Kind(
        "CBS350-24P-4X V01", "ciscosb", "network", "3.2.0.84", "acc", "CBS350-24P-4X", "DNI", shape=shapes.small_business, icon="cisco.svg"
    ),
    "wlc": Kind(
        "AIR-CT3504-K9", "ciscowlc", "wireless", "8.10.185.0", "wlc", "AIR-CT3504-K9", "FCL", shape=_single("Cisco"), icon="cisco.svg"
    ),
    "mx480": Kind(
        "Juniper MX480 Internet Backbone Router",
        "junos",
        "network",
        "21.4R3-S5.4",
        "rtr",
        "MX480",
        "JN1",
        shape=lambda units: shapes.juniper_router(units[0].model, units[0].serial),
        icon="junos.svg",
    ),
    "ex4300": Kind(
        "Juniper EX4300-48MP Ethernet Switch",
        "junos",
        "network",
        "21.4R3-S5.4",
        "acc",
        "EX4300-48MP",
        "XR3",
        first_number=0,
        shape=shapes.juniper,
        icon="junos.svg",
        descr=JUNOS,
    ),
    "ex4600": Kind(
        "Juniper EX4600-40F Switch",
        "junos",
        "network",
        "20.4R3",
        "core",
        "EX4600-40F",
        "TC3",
        first_number=0,
        shape=shapes.juniper,
        descr=JUNOS,
    ),
    "qfx5120": Kind(
        "Juniper QFX5120-48Y Switch",
        "junos",
        "network",
        "21.2R3",
        "core",
        "QFX5120-48Y",
        "XH3",
        first_number=0,
        shape=shapes.juniper,
        descr=JUNOS,
    ),
    "arista": Kind(
        "DCS-7280SR-48C6", "arista_eos", "network", "4.29.2F", "core", "DCS-7280SR-48C6", "JPE", shape=_single("Arista Networks")
    ),
    "aruba-cx": Kind(
        "6300M 48-port 1GbE Class 4 PoE and 4-port SFP56 Switch",
        "arubaos-cx",
        "network",
        "FL.10.13.1000",
        "acc",
        "6300M-48G-CL4-PoE",
        "SG2",
        shape=shapes.aruba_cx,
    ),
    "comware": Kind(
        "HPE 5130-24G-4SFP+ EI Switch Software Version 7.1.070",
        "comware",
        "network",
        "7.1.070",
        "acc",
        "5130-24G-4SFP+ EI",
        "CN7",
        shape=_single("HPE"),
    ),
    "s5720": Kind(
        "S5720-36C-EI-AC", "vrp", "network", "5.170 (V200R019C10)", "acc", "S5720-36C-EI-AC", "210", first_number=0, shape=shapes.huawei
    ),
    "os6860": Kind("OS6860E-P48", "aos7", "network", "8.7.277.R01", "acc", "OS6860E-P48", "W45", shape=shapes.omniswitch),
    "fg600e": Kind(
        "FGT_600E", "fortigate", "firewall", "v7.2.8,build1639 (GA)", "fw", "FortiGate 600E", "FG6H1E", shape=_single("Fortinet")
    ),
    "fg60f": Kind(
        "FortiGate 60F", "fortigate", "firewall", "v7.2.8,build1639 (GA)", "fw", "FortiGate 60F", "FGT60F", shape=_single("Fortinet")
    ),
    "pa5220": Kind("PA-5220", "panos", "firewall", "10.2.7", "fw", "PA-5220", "0130", shape=_single("Palo Alto Networks")),
    "ups": Kind("Smart-UPS 1000 UPS 08.3 / MCU 14.0 (18 - 10)", "apc", "power", "v7.1.2", "ups", "Smart-UPS 1000", "AS1", icon="apc.svg"),
    "r250": Kind("Dell Inc. PowerEdge R250", "linux", "server", "6.1.0-18-amd64", "srv", "PowerEdge R250", "7DL", icon="debian.svg"),
    "r640": Kind(
        "Dell Inc. PowerEdge R640", "windows", "server", "Server 2022 21H2 (NT 6.3)", "srv", "PowerEdge R640", "5DL", icon="windows.svg"
    ),
    # Stacks.
    "c9300-stack": Kind(
        "C9300-48P",
        "iosxe",
        "network",
        "17.9.4a",
        "stk",
        "C9300-48P",
        "FOC",
        Form.STACK,
        ("C9300-48P", "C9300-48P", "C9300-24T"),
        shape=shapes.catalyst,
        icon="cisco.svg",
        descr=IOSXE,
    ),
    "2960x-stack": Kind(
        "WS-C2960X-48FPS-L",
        "ios",
        "network",
        "15.2(7)E7",
        "stk",
        "Catalyst 2960X-48FPS-L",
        "FCW",
        Form.STACK,
        ("WS-C2960X-48FPS-L", "WS-C2960X-24PS-L", "WS-C2960X-48FPS-L"),
        shape=shapes.catalyst_2960x,
        icon="cisco.svg",
    ),
    "svl": Kind(
        "C9400-LC-48U",
        "iosxe",
        "network",
        "17.12.4",
        "core",
        "C9404R",
        "FJL",
        Form.STACK,
        ("C9404R", "C9404R"),
        shape=_virtual_stack,
        icon="cisco.svg",
        descr=IOSXE,
    ),
    "cbs350-stack": Kind(
        "CBS350-24P-4X V01",
        "ciscosb",
        "network",
        "3.2.0.84",
        "stk",
        "CBS350-24P-4X",
        "FOC",
        Form.STACK,
        ("CBS350-24P-4X", "CBS350-24P-4X"),
        shape=shapes.small_business,
        icon="cisco.svg",
    ),
    "ex4300-vc": Kind(
        "Juniper EX4300-48MP Ethernet Switch",
        "junos",
        "network",
        "21.4R3-S5.4",
        "stk",
        "EX4300-48MP",
        "XR3",
        Form.STACK,
        ("EX4300-48MP", "EX4300-48MP"),
        first_number=0,
        shape=shapes.juniper,
        icon="junos.svg",
        descr=JUNOS,
    ),
    "s5720-stack": Kind(
        "S5720-36C-EI-AC",
        "vrp",
        "network",
        "5.170 (V200R019C10)",
        "stk",
        "S5720-36C-EI-AC",
        "210",
        Form.STACK,
        ("S5720-36C-EI-AC", "S5720-36C-EI-AC", "S5720-36C-EI-AC"),
        first_number=0,
        shape=shapes.huawei,
    ),
    "os6860-stack": Kind(
        "OS6860E-U28",
        "aos7",
        "network",
        "8.7.277.R01",
        "stk",
        "OS6860E-U28",
        "U22",
        Form.STACK,
        ("OS6860E-U28", "OS6860E-P48", "OS6860E-P48"),
        shape=shapes.omniswitch,
    ),
    # Virtual machines.
    "vm-linux": Kind("VMware, Inc. VMware Virtual Platform", "linux", "server", "6.1.0-18-amd64", "vm", "", "", Form.VM, icon="debian.svg"),
    "vm-windows": Kind("VMware, Inc. VMware Virtual Platform", "windows", "server", "Server 2022 21H2 (NT 6.3)", "vm", "", "", Form.VM),
    "vm-fortigate": Kind("FortiGate VM", "fortigate", "firewall", "v7.2.8,build1639 (GA)", "vfw", "", "FGVM", Form.VM),
    "vm-panos": Kind("PA-VM", "panos", "firewall", "10.2.7", "vfw", "", "0070", Form.VM),
}

# (what LibreNMS calls the location, the site in ``world`` it means, how the demo's rules get there)
LOCATIONS: tuple[tuple[str, str], ...] = (
    ("ams1", "AMS1 NTT"),
    ("NYC, Suite 400, R11", "NYC"),
    ("NYC, Suite 400, R12", "NYC"),
    ("NYC, Suite 410, R21", "NYC"),
    ("LDN-R01", "LDN"),
    ("LDN-R07", "LDN"),
    ("Paris DC2", "Paris DC2"),
    ("fra2", "Frankfurt 2"),
    ("LSVG", "Las Vegas"),
    ("Zürich West", "Zürich West"),
    ("Vienna HQ", "Vienna HQ"),
)
SITE_CODES = {
    "AMS1 NTT": "ams1",
    "NYC": "nyc",
    "LDN": "ldn",
    "Paris DC2": "par",
    "Frankfurt 2": "fra2",
    "Las Vegas": "lsvg",
    "Zürich West": "zrh",
    "Vienna HQ": "vie",
}


def stack_units(kind: Kind, serials: c.Sequence[str]) -> tuple[Unit, ...]:
    """The units of a device of this kind, numbered as its vendor does; a lone device is a stack of one."""
    models = kind.members or (_inventory_model(kind),)
    return tuple(
        Unit(number, model, serial) for number, (model, serial) in enumerate(zip(models, serials, strict=True), start=kind.first_number)
    )


def _inventory_model(kind: Kind) -> str:
    """Inventories name a part number where the hardware text is one, else the model."""
    if kind.hardware in ("C9300-48UXM", "WS-C2960X-24PS-L", "N9K-C93180YC-EX"):
        return kind.hardware
    return {"6300M-48G-CL4-PoE": "JL661A", "FortiGate 600E": "FGT_600E", "FortiGate 60F": "FGT_60F"}.get(kind.device_type, kind.device_type)


def _management_address(device_id: int) -> str:
    """An address of the device's own that a /24 has for its hosts: neither the network's own one nor the broadcast's."""
    network, host = divmod(device_id - 1, 254)
    return f"10.{network // 256 % 256}.{network % 256}.{host + 1}"


def make_device(kind: Kind, device_id: int, name: str, location: str | None, serials: c.Sequence[str] = ()) -> SimDevice:
    """A device of a kind. ``serials``: one for each unit of a stack, one or none for the others."""
    shape = kind.shape
    units = stack_units(kind, serials) if serials and shape is not None else ()
    device = SimDevice(
        device_id=device_id,
        hostname=f"{name.lower()}.example.net",
        sysName=name.lower(),
        ip=_management_address(device_id),
        os=kind.os,
        version=kind.version,
        hardware=kind.hardware,
        serial=_reported_serial(kind, serials),
        type=kind.type,
        location=location,
        sysObjectID=kind.object_id,
        sysDescr=kind.descr or f"{kind.hardware} {kind.version}",
        sysContact="noc@example.net",
        icon=kind.icon,
        uptime=86_400 * (device_id % 700 + 1),
    )
    if shape is not None and units:
        device = dataclasses.replace(device, inventory=functools.partial(shape, units))
    return device


def _reported_serial(kind: Kind, serials: c.Sequence[str]) -> str | None:
    """What LibreNMS keeps as the device's serial: the master's, except where it reads another row or none."""
    if not serials:
        return None
    if kind is KINDS["svl"]:
        return line_card_serial(serials[0])
    if kind.form is Form.STACK and kind.os in ("vrp", "aos7"):
        return None
    return serials[0]


def serial_number(prefix: str, number: int, unit: int = 0) -> str:
    """A serial number that no other ``(number, unit)`` has, of the length usual for the vendors."""
    digits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    value, text = number * 16 + unit + 34**5, ""
    while value:
        value, rest = divmod(value, len(digits))
        text = digits[rest] + text
    return f"{prefix}{text.rjust(8, '2')}"


def generate(
    count: int, seed: int = 1, *, stack_share: float = 0.1, vm_share: float = 0.05, first_id: int = 1000, name_prefix: str = ""
) -> list[SimDevice]:
    """``count`` devices, the same for the same arguments, all importable with the rules of ``demo_vars.yml``.

    ``stack_share`` and ``vm_share`` are the exact shares (rounded) of stacks and virtual machines. Names, addresses and
    serial numbers are unique; ids ascend with gaps, as in a LibreNMS of some age. Ids below 1000 are those of the demo
    and of the devices that stand in NetBox already (``world.EXISTING_DEVICES``).
    """
    dice = random.Random(seed)
    stacks, machines = round(count * stack_share), round(count * vm_share)
    forms = [Form.STACK] * stacks + [Form.VM] * machines + [Form.SINGLE] * (count - stacks - machines)
    dice.shuffle(forms)
    choices = {form: [kind for kind in KINDS.values() if kind.form is form] for form in Form}
    devices = []
    device_id = first_id - 1
    for number, form in enumerate(forms, start=1):
        device_id += 2 if dice.random() < 0.1 else 1
        kind = choices[form][dice.randrange(len(choices[form]))]
        location, site = LOCATIONS[dice.randrange(len(LOCATIONS))]
        serials = (
            tuple(serial_number(kind.serial_prefix, device_id, unit) for unit in range(len(kind.members) or 1))
            if kind.serial_prefix
            else ()
        )
        name = f"{name_prefix}{SITE_CODES[site]}-{kind.code}-{number:05d}"
        devices.append(make_device(kind, device_id, name, location, serials))
    return devices


def default_groups(devices: c.Iterable[SimDevice]) -> list[SimGroup]:
    """The device groups of a LibreNMS with these devices: by place, by kind, one of them empty, one named by digits."""
    listed = list(devices)

    def ids(*texts: str) -> tuple[int, ...]:
        return tuple(device.device_id for device in listed if any(text in (device.sysName or "") for text in texts))

    by_type = {"condition": "AND", "rules": [{"id": "devices.type", "field": "devices.type", "operator": "equal", "value": "firewall"}]}
    firewalls = tuple(device.device_id for device in listed if device.type == "firewall")
    return [
        SimGroup(1, "Access switches", "Switches users are plugged into", members=ids("-acc-", "-stk-")),
        SimGroup(2, "NYC / all", "Everything in New York", members=ids("nyc-")),
        SimGroup(3, "Firewalls", "", "dynamic", by_type, None, firewalls),
        SimGroup(4, "Empty", "Nothing yet"),
        SimGroup(7, "2024", "A name of digits: the API takes it for an id", members=ids("par-")),
    ]
