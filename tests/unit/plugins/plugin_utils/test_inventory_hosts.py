# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From devices to hosts, variables and groups."""

from __future__ import annotations

import dataclasses
import re
import typing as t

import pytest
from ansible.utils.unsafe_proxy import AnsibleUnsafe

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    AddressRecord,
    DevicePorts,
    DeviceRecord,
    DeviceStatus,
    Member,
    PortRecord,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._flow.connection import Connection
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory import HostEntry, Hosts, Surroundings, build_hosts
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_names import is_host
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_options import (
    NETWORK_OS,
    AddressKind,
    ChassisMode,
    GroupBy,
    InventoryOptions,
)
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_source import Source

try:
    from ansible.template import is_trusted_as_template as is_trusted
except ImportError:

    def is_trusted(value: object) -> bool:
        """Before ansible-core 2.19 everything is trusted that is not marked; a mark needs a brace."""
        return not isinstance(value, AnsibleUnsafe) and value not in ("host.example.net", "fe80::1%eth0")


OPTIONS = InventoryOptions(
    connection=Connection("http://127.0.0.1", "token", True, 60),
    workers=8,
    selection=Selection(),
    naming=Naming(),
    address=AddressKind.POLLED,
    address_template="",
    vars_prefix="librenms_",
    network_os=NETWORK_OS,
    group_by=(),
    virtual_chassis=ChassisMode.OFF,
    strict_fetch=True,
)
SWITCH = DeviceRecord(
    17,
    "sw17.example.net",
    "sw-17",
    "10.0.0.17",
    "iosxe",
    "17.9.4",
    "C9300-48P",
    "FOC1",
    "network",
    "ams1",
    3,
    DeviceStatus.UP,
)
STACK = Stacking(
    StackStatus.STACK,
    (Member(1, "FOC1", "C9300-48P", "Switch 1", is_master=True), Member(2, "FOC2", "C9300-24T", "Switch 2")),
    "told by the test",
)


def _around(reserved: frozenset[str] = frozenset(), rendered: list[dict[str, t.Any]] | None = None) -> Surroundings:
    def render(template: str, variables: t.Any) -> str:
        if rendered is not None:
            rendered.append(dict(variables))
        return f" {template}.{variables['librenms_sysname']} "

    return Surroundings(lambda name: re.sub(r"\W", "_", name), render, reserved)


def _build(
    *devices: DeviceRecord, chassis: t.Any = None, groups: t.Any = None, around: Surroundings | None = None, **options: t.Any
) -> Hosts:
    source = Source(devices, chassis or {}, groups or {}, 0.0)
    return build_hosts(source, dataclasses.replace(OPTIONS, **options), around or _around())


def _host(hosts: Hosts, name: str) -> HostEntry:
    (entry,) = (entry for entry in hosts.entries if entry.name == name)
    return entry


def test_variables_of_a_host() -> None:
    (entry,) = _build(SWITCH).entries
    assert entry == HostEntry(
        "sw-17",
        {
            "ansible_host": "10.0.0.17",
            "ansible_network_os": "cisco.ios.ios",
            "librenms_device_id": 17,
            "librenms_name": "sw-17",
            "librenms_hostname": "sw17.example.net",
            "librenms_sysname": "sw-17",
            "librenms_ip": "10.0.0.17",
            "librenms_os": "iosxe",
            "librenms_version": "17.9.4",
            "librenms_hardware": "C9300-48P",
            "librenms_serial": "FOC1",
            "librenms_type": "network",
            "librenms_location": "ams1",
            "librenms_location_id": 3,
            "librenms_latitude": None,
            "librenms_longitude": None,
            "librenms_status": "up",
            "librenms_disabled": False,
            "librenms_ignored": False,
            "librenms_parent_id": None,
            "librenms_virtual_chassis": None,
        },
    )


def test_interfaces_of_a_host() -> None:
    port = PortRecord(5, 17, 1, "Vl1", "Vlan1", "{{ x }}", "propVirtual", 4294967295, 1500, "001122334455", "down")
    bare = PortRecord(6, 17, 2, "", "eth1", "eth1", mac="000000000000")
    ports = {
        17: DevicePorts((port, bare), (AddressRecord(5, "10.0.0.17", 24), AddressRecord(5, "2001:db8::1", 0))),
        18: DevicePorts(unread="x"),
    }
    devices = (SWITCH, dataclasses.replace(SWITCH, device_id=18, sysname="other"))
    source = Source(devices, {}, {}, 0.0, ports)
    first, second = build_hosts(source, dataclasses.replace(OPTIONS, ports=True), _around()).entries
    assert first.variables["librenms_interfaces"] == [
        {
            "name": "Vl1",
            "description": "{{ x }}",
            "type": "propVirtual",
            "enabled": False,
            "mtu": 1500,
            "speed": None,
            "mac_address": "00:11:22:33:44:55",
            "addresses": ["10.0.0.17/24", "2001:db8::1/128"],
        },
        {"name": "eth1", "description": "", "type": "", "enabled": True, "mtu": None, "speed": None, "mac_address": "", "addresses": []},
    ]
    assert not is_trusted(first.variables["librenms_interfaces"][0]["description"])
    assert second.variables["librenms_interfaces"] is None


def test_every_field_of_a_record_is_a_variable() -> None:
    (entry,) = _build(SWITCH, vars_prefix="x_").entries
    assert {f"x_{field.name}" for field in dataclasses.fields(DeviceRecord)} <= set(entry.variables)


@pytest.mark.parametrize(
    ("device", "kind", "address"),
    [
        (SWITCH, AddressKind.POLLED, "10.0.0.17"),
        (dataclasses.replace(SWITCH, ip=""), AddressKind.POLLED, "sw17.example.net"),
        (SWITCH, AddressKind.HOSTNAME, "sw17.example.net"),
        (dataclasses.replace(SWITCH, hostname=""), AddressKind.HOSTNAME, "10.0.0.17"),
        (dataclasses.replace(SWITCH, hostname="", ip=""), AddressKind.POLLED, None),
        (SWITCH, AddressKind.TEMPLATE, "tpl.sw-17"),
    ],
)
def test_address(device: DeviceRecord, kind: AddressKind, address: str | None) -> None:
    (entry,) = _build(device, address=kind, address_template="tpl").entries
    assert entry.variables.get("ansible_host") == address


@pytest.mark.parametrize(
    "text",
    [
        "-oProxyCommand=touch x",
        "-1.2.3.4",
        "--",
        "a b",
        "a;b",
        "$(id)",
        "`id`",
        "a|b",
        "a\nb",
        "user@host",
        "fe80::1%-o",
        "fe80::1%{{ 7 * 7 }}",
        "{{ 7 * 7 }}",
        ".",
        "a" * 254,
    ],
)
def test_only_an_address_or_host_name_becomes_ansible_host(text: str) -> None:
    for device in (dataclasses.replace(SWITCH, ip="", hostname=text), dataclasses.replace(SWITCH, ip=text)):
        hosts = _build(device)
        (entry,) = hosts.entries
        assert "ansible_host" not in entry.variables
        assert len(hosts.warnings) == 1 and hosts.warnings[0].startswith("ansible_host is left out")
        assert "sw-17" in hosts.warnings[0]
    hosts = _build(dataclasses.replace(SWITCH, sysname=text), address=AddressKind.TEMPLATE, address_template=text)
    assert all("ansible_host" not in entry.variables for entry in hosts.entries)


@pytest.mark.parametrize("text", ["fe80::1%eth0", "2001:db8::1", "sw_1.example.net", "\u00fcbung.example", "a" * 253])
def test_other_addresses_become_ansible_host(text: str) -> None:
    (entry,) = _build(dataclasses.replace(SWITCH, ip=text)).entries
    assert entry.variables["ansible_host"] == text


@pytest.mark.parametrize("text", ["-oproxycommand=touch ${HOME}/x", "a b;c", "..", "~root", "!all", "-"])
def test_a_host_is_never_called_by_what_a_program_would_take_for_something_else(text: str) -> None:
    hosts = _build(dataclasses.replace(SWITCH, sysname=text, hostname="", ip=""))
    (entry,) = hosts.entries
    assert is_host(entry.name) or entry.name == "librenms-17"
    assert len(hosts.warnings) == 1 or entry.name == "librenms-17"


@pytest.mark.parametrize("zone", ["fe80::1%eth0", "host.example.net"])
def test_only_a_plain_ip_address_is_trusted(zone: str) -> None:
    (entry,) = _build(dataclasses.replace(SWITCH, ip="", hostname=zone)).entries
    assert not is_trusted(entry.variables["ansible_host"])
    (entry,) = _build(dataclasses.replace(SWITCH, ip=zone)).entries
    assert not is_trusted(entry.variables["ansible_host"]) and not is_trusted(entry.variables["librenms_ip"])
    (entry,) = _build(SWITCH).entries
    assert is_trusted(entry.variables["ansible_host"])


def test_a_template_sees_the_variables_of_the_host() -> None:
    seen: list[dict[str, t.Any]] = []
    _build(SWITCH, address=AddressKind.TEMPLATE, address_template="tpl", around=_around(rendered=seen))
    assert seen[0]["librenms_device_id"] == 17 and seen[0]["inventory_hostname"] == "sw-17"


def test_network_os_only_where_there_is_one() -> None:
    (entry,) = _build(dataclasses.replace(SWITCH, os="linux")).entries
    assert "ansible_network_os" not in entry.variables


def test_ready_made_groups() -> None:
    empty = DeviceRecord(18, "h", status=DeviceStatus.DOWN)
    hosts = _build(SWITCH, empty, groups={"NYC / all": frozenset({17}), "Core": frozenset({17, 99})}, group_by=tuple(GroupBy))
    assert set(_host(hosts, "sw-17").groups) == {
        "location_ams1",
        "os_iosxe",
        "type_network",
        "hardware_C9300_48P",
        "status_up",
        "device_group_NYC___all",
        "device_group_Core",
    }
    assert _host(hosts, "sw-17").variables["librenms_device_groups"] == ["Core", "NYC / all"]
    assert _host(hosts, "h").groups == ("status_down",)
    assert _host(hosts, "h").variables["librenms_device_groups"] == []


def test_stacks_as_groups() -> None:
    single = dataclasses.replace(SWITCH, device_id=18, sysname="sw-18")
    chassis = {17: STACK, 18: Stacking(StackStatus.SINGLE, reason="one chassis")}
    hosts = _build(SWITCH, single, chassis=chassis, virtual_chassis=ChassisMode.GROUPS)
    assert [entry.name for entry in hosts.entries] == ["sw-17", "sw-18"]
    assert hosts.subgroups == (("virtual_chassis", "vc_sw_17"),)
    assert _host(hosts, "sw-17").groups == ("vc_sw_17",)
    assert _host(hosts, "sw-17").variables["librenms_virtual_chassis"] == {
        "status": "stack",
        "reason": "told by the test",
        "master_position": 1,
        "members": [
            {"position": 1, "serial": "FOC1", "model": "C9300-48P", "name": "Switch 1", "is_master": True},
            {"position": 2, "serial": "FOC2", "model": "C9300-24T", "name": "Switch 2", "is_master": False},
        ],
    }
    assert _host(hosts, "sw-18").groups == ()
    assert _host(hosts, "sw-18").variables["librenms_virtual_chassis"]["status"] == "single"


def test_members_as_hosts() -> None:
    hosts = _build(SWITCH, chassis={17: STACK}, virtual_chassis=ChassisMode.MEMBERS, group_by=(GroupBy.HARDWARE,))
    assert [entry.name for entry in hosts.entries] == ["sw-17", "sw-17-M1", "sw-17-M2"]
    master, second = _host(hosts, "sw-17-M1").variables, _host(hosts, "sw-17-M2").variables
    assert second["ansible_host"] == "10.0.0.17" and second["librenms_device_id"] == 17
    assert (second["librenms_serial"], second["librenms_hardware"], second["librenms_member_position"]) == ("FOC2", "C9300-24T", 2)
    assert (second["librenms_member_name"], second["librenms_stack_host"]) == ("Switch 2", "sw-17")
    assert (master["librenms_is_master"], second["librenms_is_master"]) == (True, False)
    assert set(_host(hosts, "sw-17-M2").groups) == {"hardware_C9300_24T", "vc_sw_17", "virtual_chassis_members"}
    assert "virtual_chassis_members" not in _host(hosts, "sw-17").groups
    assert "librenms_member_position" not in _host(hosts, "sw-17").variables


def test_a_template_gives_the_members_the_address_of_the_stack() -> None:
    hosts = _build(
        SWITCH, chassis={17: STACK}, virtual_chassis=ChassisMode.MEMBERS, address=AddressKind.TEMPLATE, address_template="serial"
    )
    assert len({entry.variables["ansible_host"] for entry in hosts.entries}) == 1


def test_a_member_does_not_take_the_name_of_another_host() -> None:
    other = dataclasses.replace(SWITCH, device_id=18, sysname="sw-17-M2")
    hosts = _build(SWITCH, other, chassis={17: STACK}, virtual_chassis=ChassisMode.MEMBERS, around=_around(frozenset({"sw-17-M1"})))
    assert [entry.name for entry in hosts.entries] == ["sw-17", "sw-17-17-M1", "sw-17-17-M2", "sw-17-M2"]


def test_detected_stacks_do_not_matter_when_nobody_asked() -> None:
    hosts = _build(SWITCH, chassis={17: STACK})
    assert hosts.subgroups == () and hosts.entries[0].variables["librenms_virtual_chassis"] is None


def test_clashes_of_hosts_and_groups_are_found() -> None:
    assert _build(dataclasses.replace(SWITCH, sysname="os_iosxe"), group_by=(GroupBy.OS,)).clashes() == {"os_iosxe"}
    assert _build(
        SWITCH, dataclasses.replace(SWITCH, device_id=2, sysname="virtual_chassis"), chassis={17: STACK}, virtual_chassis=ChassisMode.GROUPS
    ).clashes() == {"virtual_chassis"}
    assert not _build(SWITCH, group_by=(GroupBy.OS,)).clashes()
