# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of the demo: a small network with everything that makes an import interesting.

Most can be imported with the rules of ``demo_vars.yml``. The others are there for a reason, which `EXPECTED` names.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from . import librenms_inventory as shapes
from .librenms_devices import KINDS, make_device, serial_number
from .librenms_inventory import Unit
from .librenms_model import Ports, SimDevice, no_ports, ports_of


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """What a search with ``demo_vars.yml`` has to say of a device, against a NetBox filled from ``world``.

    ``codes`` stand among its issues or warnings. ``matched_by`` and ``existing_name`` are for a device that is in NetBox.
    ``stack`` are the positions of a stack's members.
    """

    state: str = "ready"
    codes: tuple[str, ...] = ()
    matched_by: str = ""
    existing_name: str = ""
    stack: tuple[int, ...] = ()
    import_as: str = "device"


@dataclasses.dataclass(frozen=True, slots=True)
class _Entry:
    device: SimDevice
    expected: Expectation


READY = Expectation()
VM = Expectation(import_as="virtual_machine")
BY_NAME = "name"


def _blocked(*codes: str) -> Expectation:
    return Expectation("blocked", codes)


def _existing(matched_by: str, name: str) -> Expectation:
    return Expectation("existing", (), matched_by, name)


def _add(
    entries: list[_Entry],
    device_id: int,
    kind_name: str,
    name: str,
    location: str | None,
    expected: Expectation = READY,
    *,
    serials: tuple[str, ...] | None = None,
    **changes: t.Any,
) -> None:
    """One device of a kind; ``changes`` are fields that differ from what the kind gives it."""
    kind = KINDS[kind_name]
    if serials is None:
        count = (len(kind.members) or 1) if kind.serial_prefix else 0
        serials = tuple(serial_number(kind.serial_prefix, device_id, unit) for unit in range(count))
    device = dataclasses.replace(make_device(kind, device_id, name, location, serials), **changes)
    entries.append(_Entry(dataclasses.replace(device, ports=_management_port(device)), expected))


def _management_port(device: SimDevice) -> Ports:
    """The port that has the address by which LibreNMS polls the device; a device that is only pinged has none."""
    if not device.ip or device.os == "ping":
        return no_ports
    name = "eth0" if device.os == "linux" else "Management0"
    return ports_of([{"ifIndex": 1, "ifName": name, "ifDescr": name, "addresses": [f"{device.ip}/24"]}])


def _entries() -> list[_Entry]:
    entries: list[_Entry] = []
    add = functools.partial(_add, entries)
    _ordinary(add)
    _stacks(add)
    _virtual_machines(add)
    _already_in_netbox(add)
    _blocked_ones(add)
    _states(add)
    _odd_texts(add)
    return entries


Adder: t.TypeAlias = t.Callable[..., None]


def _ordinary(add: Adder) -> None:
    """One of nearly every kind, at every site."""
    add(1, "mx480", "ams1-rtr-02", "ams1")
    add(2, "asr1001", "nyc-rtr-01", "NYC, Suite 400, R11")
    add(3, "nexus", "ams1-core-01", "ams1")
    add(4, "arista", "par-core-01", "Paris DC2")
    add(5, "qfx5120", "fra2-core-01", "fra2")
    add(6, "ex4600", "vie-core-01", "Vienna HQ")
    add(8, "c9500", "ldn-core-01", "LDN-R01")
    add(9, "c9300", "nyc-acc-01", "NYC, Suite 400, R12")
    add(10, "c9300-24t", "nyc-acc-02", "NYC, Suite 410, R21")
    add(11, "c9300-uxm", "ldn-acc-01", "LDN-R07")
    add(12, "c9200l", "par-acc-01", "Paris DC2")
    add(13, "c9200l-48", "lsvg-acc-01", "LSVG")
    add(14, "2960x", "vie-acc-01", "Vienna HQ")
    add(15, "aruba-cx", "zrh-acc-01", "Zürich West")
    add(16, "comware", "zrh-acc-02", "Zürich West")
    add(18, "pa5220", "nyc-fw-01", "NYC, Suite 400, R12")
    add(19, "fg60f", "lsvg-fw-01", "LSVG")
    add(20, "ups", "ams1-ups-01", "ams1")
    add(21, "r250", "par-srv-01", "Paris DC2")
    add(22, "r640", "fra2-srv-01", "fra2")
    add(23, "wlc", "vie-wlc-01", "Vienna HQ")
    # The same short name in two places: two devices, as their sites differ.
    add(24, "asr1001", "rtr1", "LDN-R01", hostname="rtr1.london.uk", sysName="rtr1.london.uk")
    add(25, "asr1001", "rtr1", "NYC, Suite 400, R11", hostname="rtr1.nyc.us", sysName="rtr1.nyc.us")
    # An address for a hostname, the name from sysName.
    add(26, "c9300", "par-acc-02", "Paris DC2", hostname="10.0.0.26")


def _stacks(add: Adder) -> None:
    """A stack of every vendor, and what looks like one."""
    nyc = ("FOC2405L0M1", "FOC2405L0M2", "FOC2405L0M3")
    # Its second unit stands in NetBox already, as a device of its own.
    add(30, "c9300-stack", "nyc-stk-01", "NYC, Suite 400, R12", Expectation(stack=(1, 2, 3)), serials=nyc)
    add(31, "2960x-stack", "ldn-stk-01", "LDN-R07", Expectation(stack=(1, 2, 3)))
    add(32, "svl", "ams1-core-02", "ams1", Expectation(stack=(1, 2)))
    add(33, "cbs350-stack", "lsvg-stk-01", "LSVG", Expectation(stack=(1, 2)))
    # Its hardware text names no model: only the inventory does.
    add(34, "ex4300-vc", "vie-stk-01", "Vienna HQ", Expectation(stack=(0, 1)), hardware="Juniper Virtual Chassis Switch")
    add(35, "s5720-stack", "fra2-stk-01", "fra2", Expectation(stack=(0, 1, 2)))
    add(36, "os6860-stack", "zrh-stk-01", "Zürich West", Expectation(stack=(1, 2, 3)))
    # A stack row above one unit, and placeholders for three more: single switches.
    add(37, "cbs350", "par-acc-03", "Paris DC2")
    # Nothing in its entPhysical table: nobody can tell.
    add(38, "c9300", "par-acc-04", "Paris DC2", Expectation(codes=("virtual_chassis_unknown",)), inventory=lambda: ())
    # Member 1 was taken out: the remaining one of two says it is number 2.
    lone = serial_number("FOC", 39)
    rows = functools.partial(shapes.catalyst, (Unit(2, "C9300-48P", lone),))
    add(39, "c9300", "par-acc-05", "Paris DC2", serials=(lone,), inventory=rows)


def _virtual_machines(add: Adder) -> None:
    # The hypervisor's platform is not in NetBox.
    add(40, "r640", "ams1-srv-01", "ams1", Expectation(codes=("platform_not_found",)), os="vmware-esxi", version="8.0.2")
    add(41, "vm-linux", "ams1-vm-01", "ams1", VM, parent_id=40)
    add(42, "vm-windows", "ams1-vm-02", "ams1", VM, parent_id=40)
    add(43, "vm-fortigate", "nyc-vfw-01", "NYC, Suite 400, R11", VM)
    add(44, "vm-panos", "par-vfw-01", "Paris DC2", VM)
    add(45, "vm-linux", "vie-vm-01", "Vienna HQ", VM, hardware="Standard PC (i440FX + PIIX, 1996)")
    # A virtual machine needs a site or a cluster: this one has a site, the next one neither.
    add(46, "vm-linux", "par-vm-01", "Paris DC2", VM, hardware="BIG-IP Virtual Edition")
    neither = Expectation("blocked", ("cluster_not_set",), import_as="virtual_machine")
    add(47, "vm-linux", "unk-vm-01", "Unknown", neither, hardware="BIG-IP Virtual Edition")


def _already_in_netbox(add: Adder) -> None:
    """These stand in ``world.EXISTING_DEVICES``."""
    add(101, "mx480", "ams1-rtr-01", "ams1", _existing("librenms_id", "ams1-rtr-01"), serials=("JN11C0DE0AFA",))
    add(102, "c9200l", "par-acc-10", "Paris DC2", _existing("librenms_id", "par-acc-09"))
    add(103, "fg600e", "ams1-fw-01", "ams1", _existing("serial", "ams1-fw-01"), serials=("FG6H1E5819900123",))
    add(104, "c9300", "nyc-acc-05", "NYC, Suite 400, R12", _existing("serial", "nyc-old-switch-5"), serials=("FOC2401X0AA",))
    add(105, "r250", "par-srv-02", "Paris DC2", _existing(BY_NAME, "PAR-SRV-02"), serials=(), serial=None)
    add(106, "ups", "vie-ups-01", "Vienna HQ", _existing(BY_NAME, "vie-ups-01"), serials=(), serial="")
    # Its id is that of fra2-acc-01, its serial number that of fra2-acc-02.
    add(107, "c9300", "fra2-acc-02", "fra2", _blocked("identity_conflict"), serials=("FOC2401X0C8",))


def _blocked_ones(add: Adder) -> None:
    add(120, "c9300", "unk-acc-01", "Unknown", _blocked("site_not_found"))
    add(121, "c9200l", "unk-acc-02", None, _blocked("site_not_found"))
    add(122, "comware", "unk-acc-03", "1100 Congress Ave, Austin, TX 78701 (blue cabinet on the left)", _blocked("site_not_found"))
    add(123, "c9300", "par-acc-20", "Paris DC2", _blocked("device_type_not_found"), hardware="XR-9000 Prototype")
    add(
        124, "comware", "par-acc-21", "Paris DC2", _blocked("device_type_not_found"), hardware=None, inventory=lambda: shapes.single("", "")
    )
    add(125, "comware", "zrh-acc-20", "Zürich West", _blocked("device_type_ambiguous"), hardware="2530-24G", os="procurve")
    add(126, "r640", "fra2-mon-01", "fra2", _blocked("role_not_set"), type="appliance")
    add(127, "c9300", "ldn-acc-20", "LDN-R07", _blocked("duplicate_in_selection"), hostname="ldn-acc-20.example.net")
    add(128, "c9300", "ldn-acc-20", "LDN-R01", _blocked("duplicate_in_selection"), hostname="10.0.0.128")
    # One box twice: by its name, and by the address of its loopback.
    twice = ("JAD2233TW1CE",)
    add(129, "c9200l", "vie-acc-20", "Vienna HQ", _blocked("duplicate_in_selection"), serials=twice)
    add(130, "c9200l", "vie-acc-21", "Vienna HQ", _blocked("duplicate_in_selection"), serials=twice, hostname="192.0.2.130")
    add(131, "c9300", "nameless", "Paris DC2", _blocked("name_missing"), hostname="---", sysName="n/a")
    add(132, "c9300", f"par-acc-{'x' * 70}", "Paris DC2", _blocked("name_too_long"))
    long_serial = "TDCM : 44 32 32 30 32 4C 32 30 30 38 00 00 00 00 00 00 - EDFA : 45 32 32"
    add(133, "comware", "par-acc-22", "Paris DC2", Expectation(codes=("serial_too_long",)), serials=(), serial=long_serial)
    add(134, "c9300", "ldn-acc-21", "LDN-R99", Expectation(codes=("rack_not_found",)))
    add(135, "comware", "par-acc-23", "Paris DC2", Expectation(codes=("serial_ignored",)), serials=(), serial="N/A")
    add(136, "comware", "par-acc-24", "Paris DC2", Expectation(codes=("serial_ignored",)), serials=(), serial="N/A")


def _states(add: Adder) -> None:
    """Down, ignored, disabled, only pinged."""
    add(140, "c9300", "vie-acc-30", "Vienna HQ", status=0, status_reason="icmp", uptime=0)
    add(141, "c9200l", "vie-acc-31", "Vienna HQ", status=0, status_reason="snmp")
    add(142, "fg60f", "zrh-fw-30", "Zürich West", ignore=1)
    # Left out unless include_disabled is set.
    add(143, "c9300", "zrh-acc-30", "Zürich West", disabled=1)
    add(144, "c9300", "zrh-acc-31", "Zürich West", disabled=1, ignore=1, status=0, status_reason="snmp")
    nothing: dict[str, t.Any] = dict.fromkeys(("sysName", "version", "hardware", "serial", "sysObjectID", "sysDescr", "sysContact", "icon"))
    pinged = nothing | {"os": "ping", "type": "", "snmp_disable": 1, "uptime": None, "inventory": lambda: ()}
    add(145, "c9300", "par-cam-01", "Paris DC2", _blocked("device_type_not_found", "role_not_set"), **pinged)


def _odd_texts(add: Adder) -> None:
    """Texts that a careless program runs, breaks or loses. The first ones can be imported as they are."""
    add(150, "c9300", "par-acc-40", "Paris DC2", sysName="{{ 7*7 }}", version="{{ lookup('pipe', 'id') }}")
    add(
        151,
        "c9300",
        "par-acc-41",
        "Paris DC2",
        version="{% raw %}17.9",
        sysDescr="{# gone #}\r\n\x1b[31mred\x07",
        notes="a: !unsafe 'b'\n- c",
    )
    add(152, "fg60f", "édge-fw-42", "Zürich West", hostname="edge-fw-42.example.net")
    # All digits: LibreNMS takes such a hostname for an id.
    add(153, "c9300", "vie-acc-43", "Vienna HQ", hostname="92132", sysName="vie-acc-43")
    add(154, "c9300", "par-acc-44", "{% raw %}Paris", _blocked("site_not_found"))
    add(155, "c9300", "par-acc-45", "Paris DC2", _blocked("device_type_not_found"), hardware="C9300-48P\n{{ 7*7 }}\x07")
    add(156, "c9300", "par-acc-46", "Paris DC2", hostname="../../par-acc-46", display="{{ $sysName }}")


EXPECTED: dict[int, Expectation] = {entry.device.device_id: entry.expected for entry in _entries()}


def demo_devices() -> list[SimDevice]:
    """The devices, in the order of their ids."""
    return [entry.device for entry in _entries()]
