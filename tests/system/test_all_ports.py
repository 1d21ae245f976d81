# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every port and address of devices, with C(ports: all)."""

from __future__ import annotations

import typing as t

from servers.librenms_model import SimDevice, SimPort
from system.support.harness import Json
from system.support.kills import kill_everywhere
from system.support.lab import Lab, by_id, codes, new_stack, only
from system.test_ports import addresses, interfaces

ALL: Json = {"ports": "all"}


def switch_ports(device: SimDevice) -> tuple[SimPort, ...]:
    """What a switch of two units has, with the oddities of LibreNMS."""
    return (
        SimPort(1, "Gi1/0/1", "GigabitEthernet1/0/1", "uplink", ifPhysAddress="001122334455", lower=60),
        SimPort(2, "Gi2/0/1", "GigabitEthernet2/0/1", "GigabitEthernet2/0/1", ifPhysAddress="000000000000", lower=60, ifAdminStatus="down"),
        SimPort(3, "Gi1/0/2", "GigabitEthernet1/0/2", "Gi1/0/2", ifMtu=0, ifSpeed=4294967295),
        SimPort(4, "Gi1/0/2.100", "GigabitEthernet1/0/2.100", "", ifType="l2vlan", addresses=("10.77.1.1/24",)),
        SimPort(5, "Gi3/0/1", "GigabitEthernet3/0/1", ""),
        SimPort(6, "twice", "twice", ""),
        SimPort(7, "twice", "twice", ""),
        SimPort(8, "x" * 65, "x" * 65, ""),
        SimPort(9, "gone", "gone", "", deleted=1, addresses=("10.77.9.9/24",)),
        SimPort(60, "Po1", "Port-channel1", "", ifType="propVirtual", ifSpeed=2_000_000_000),
        SimPort(
            61, "Vl1", "Vlan1", "", ifType="propVirtual", addresses=(f"{device.ip}/24", "fe80::1/64", f"2001:db8:{device.device_id}::1/64")
        ),
        SimPort(62, "Lo0", "Loopback0", "", ifType="softwareLoopback", addresses=("127.0.0.1/8",)),
    )


def with_ports(lab: Lab, device: SimDevice, ports: t.Callable[[SimDevice], tuple[SimPort, ...]] = switch_ports) -> SimDevice:
    fixed = ports(lab.librenms.world.get(device.device_id) or device)
    return lab.librenms.world.change(device.device_id, ports=lambda: fixed)


def test_a_stack_with_all_its_ports(lab: Lab) -> None:
    device = with_ports(lab, new_stack(lab, 2)[0])
    # Both units' types have a template with the long name of a port, and one that LibreNMS does not know.
    result = lab.prove(**ALL)
    item = only(result)
    members = lab.stack(str(device.sysName))
    first, second = (interfaces(lab, members[number]["name"]) for number in (1, 2))
    assert {"Gi1/0/2.100", "Po1", "Vl1", "Lo0"} <= set(first) and "Gi2/0/1" in second
    assert not {"Gi2/0/1", "Gi3/0/1", "twice", "x" * 65, "gone"} & set(first)
    port, aggregate = first["Gi1/0/1"], first["Po1"]
    assert (port["description"], port["mac_address"], port["speed"], port["mtu"]) == ("uplink", "00:11:22:33:44:55", 1_000_000, 1500)
    assert (port["lag"]["id"], second["Gi2/0/1"]["lag"]["id"], aggregate["type"]["value"]) == (aggregate["id"], aggregate["id"], "lag")
    other = second["Gi2/0/1"]
    assert (other["description"], other["mac_address"], other["enabled"]) == ("", None, False)
    assert (first["Gi1/0/2"]["mtu"], first["Gi1/0/2"]["speed"]) == (None, None)
    below = first["Gi1/0/2.100"]
    assert (below["parent"]["id"], below["type"]["value"]) == (first["Gi1/0/2"]["id"], "virtual")
    assert {row["address"] for row in lab.netbox.all("ipam/ip-addresses", interface_id=first["Vl1"]["id"])} == {
        f"{device.ip}/24",
        f"2001:db8:{device.device_id}::1/64",
    }
    assert members[1]["primary_ip4"]["address"] == f"{device.ip}/24"
    assert addresses(lab, "127.0.0.1") == addresses(lab, "10.77.9.9") == []
    (warning,) = item["warnings"]
    assert warning["code"] == "port_left_out"
    assert all(text in warning["message"] for text in ("Gi3/0/1", "twice is the name of several ports", "64 characters"))
    assert result["summary"]["interfaces_created"] == len(item["interfaces"]) == 7
    assert result["summary"]["addresses_created"] == 3 and result["summary"]["mac_addresses_created"] == 1


def test_names_and_kinds_by_options(lab: Lab) -> None:
    device = with_ports(
        lab,
        lab.device("ups"),
        lambda sim: (
            SimPort(1, "1", "net 1", addresses=(f"{sim.ip}/24",)),
            SimPort(2, "2", "oob 2", ifSpeed=100_000_000),
            SimPort(3, "3", "skip 3", addresses=("10.78.3.3/24",)),
        ),
    )
    rules = [{"name_regex": "^skip", "ignore": True}, {"name_regex": "^oob", "max_speed": 100, "type": "10gbase-t", "mgmt_only": True}]
    lab.prove(**ALL, interface_name="ifDescr", interface_rules=rules)
    found = interfaces(lab, str(device.sysName))
    assert {"net 1", "oob 2"} <= set(found) and not {"1", "2", "3", "skip 3"} & set(found)
    assert (found["oob 2"]["type"]["value"], found["oob 2"]["mgmt_only"]) == ("10gbase-t", True)
    assert not found["net 1"]["mgmt_only"] and addresses(lab, "10.78.3.3") == []


def test_the_interfaces_of_templates_are_filled(lab: Lab) -> None:
    device = lab.device("cbs350")

    def ports(sim: SimDevice) -> tuple[SimPort, ...]:
        names = [SimPort(n, f"Gi1/0/{n}", f"GigabitEthernet1/0/{n}", f"to {n}", ifPhysAddress=f"0011223344{n:02x}") for n in range(1, 12)]
        return (*names, SimPort(20, "Vl1", "Vlan1", ifType="propVirtual", addresses=(f"{sim.ip}/24",)))

    with_ports(lab, device, ports)
    item = only(lab.run(check=True, ports="none"))
    device_type = lab.netbox.id_of("dcim/device-types", model=item["changes"]["device_type"]["after"])
    templates = [
        lab.netbox.add("dcim/interface-templates", device_type=device_type, name=f"GigabitEthernet1/0/{n}", type="1000base-x-sfp")
        for n in range(1, 12)
    ]
    try:
        result = lab.prove(**ALL)
        found = interfaces(lab, only(result)["name"])
        assert result["summary"]["interfaces_created"] == 1 and "Gi1/0/1" not in found
        for n in range(1, 12):
            row = found[f"GigabitEthernet1/0/{n}"]
            assert (row["description"], row["mac_address"]) == (f"to {n}", f"00:11:22:33:44:{n:02X}")
            assert row["type"]["value"] == "1000base-x-sfp"
        assert lab.row(str(device.sysName))["primary_ip4"]["address"] == f"{device.ip}/24"
    finally:
        for template in templates:
            lab.netbox.remove("dcim/interface-templates", template["id"])


def test_requests_do_not_grow_with_the_devices(lab: Lab) -> None:
    """LibreNMS is asked for the devices, for all ports and for all addresses; NetBox for all its few addresses."""

    def asked(more: int) -> tuple[int, int]:
        for _number in range(more):
            with_ports(
                lab, lab.device("ups"), lambda sim: (SimPort(1, "eth0", "eth0", addresses=(f"{sim.ip}/24",)), SimPort(2, "eth1", "eth1"))
            )
        planned = lab.run(check=True, how="rest", **ALL)
        assert planned["stats"]["ports_read"] == "bulk" and planned["summary"]["interfaces_created"] == 2 * planned["summary"]["created"]
        return planned["stats"]["librenms_requests"], planned["stats"]["netbox_reads"]

    few, many = asked(30), asked(470)
    assert few[0] == many[0] == 3
    assert many[1] - few[1] <= 1


def test_a_machine_with_all_its_ports(lab: Lab) -> None:
    device = lab.device("vm-linux")
    with_ports(
        lab,
        device,
        lambda sim: (
            SimPort(1, "lo", "lo", ifType="softwareLoopback", addresses=("127.0.0.1/8",)),
            SimPort(2, "eth0", "eth0", "to the world", ifPhysAddress="525400aabbcc", addresses=(f"{sim.ip}/24", "10.78.0.1/24")),
        ),
    )
    item = only(lab.prove(**ALL))
    rows = {row["name"]: row for row in lab.netbox.all("virtualization/interfaces", virtual_machine=item["name"])}
    assert (rows["eth0"]["mac_address"], rows["eth0"]["description"], rows["eth0"]["mtu"]) == ("52:54:00:AA:BB:CC", "to the world", 1500)
    assert set(rows) == {"lo", "eth0"}
    assert len(lab.netbox.all("ipam/ip-addresses", vminterface_id=rows["eth0"]["id"])) == 2


def test_updates_by_policy_and_conflicts(lab: Lab) -> None:
    device, other = lab.device("ups"), lab.device("ups")
    shared = "10.79.0.1/24"

    def ports(alias: str) -> t.Callable[[SimDevice], tuple[SimPort, ...]]:
        return lambda sim: (SimPort(1, "eth0", "eth0", alias, ifMtu=9000, addresses=(f"{sim.ip}/24", shared)), SimPort(2, "eth1", "eth1"))

    with_ports(lab, device, ports("old"))
    with_ports(lab, other, ports("old"))
    items = by_id(lab.prove(**ALL))
    for item in items.values():
        assert codes(item, "warnings") == {"address_conflict"} and "10.79.0.1" in str(item["warnings"])
        assert item["primary_ip"]["action"] == "set"
    assert addresses(lab, "10.79.0.1") == []
    name = items[device.device_id]["name"]
    eth0 = interfaces(lab, name)["eth0"]
    lab.netbox.change("dcim/interfaces", eth0["id"], mtu=None, type="1000base-t")
    with_ports(lab, device, ports("new"))
    lab.prove(**ALL, existing="update")
    row = interfaces(lab, name)["eth0"]
    # A gap is filled; what is there, and a type that somebody chose, stays.
    assert (row["description"], row["mtu"], row["type"]["value"]) == ("old", 9000, "1000base-t")
    lab.prove(**ALL, existing="update", update_fields={"description": "always"})
    assert interfaces(lab, name)["eth0"]["description"] == "new"
    assert "skip" in {item["action"] for item in lab.run(**ALL)["results"]}


def test_killed_at_every_write_of_all_ports(lab: Lab) -> None:
    with_ports(lab, new_stack(lab, 2)[0])
    with_ports(lab, lab.device("vm-linux"), lambda sim: (SimPort(2, "eth0", ifPhysAddress="525400aabbcc", addresses=(f"{sim.ip}/24",)),))
    kill_everywhere(lab, lambda: None, ALL)
