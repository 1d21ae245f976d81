# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address that LibreNMS polls, on its interface, as the primary one: of devices, stacks and virtual machines."""

from __future__ import annotations

import typing as t

import pytest
from servers.librenms_model import SimDevice, SimPort
from system.support.harness import Json
from system.support.kills import kill_everywhere
from system.support.lab import Lab, by_id, codes, new_stack, only

UPDATE: Json = {"existing": "update"}


def polled(lab: Lab, device: SimDevice, name: str = "Vl1", mask: int = 24, **fields: t.Any) -> SimDevice:
    """The device with a port that has the polled address, and one without any."""
    long = {"Vl1": "Vlan1", "Gi1/0/1": "GigabitEthernet1/0/1", "Gi2/0/1": "GigabitEthernet2/0/1"}.get(name, name)
    port = SimPort(7, name, long, long, addresses=(f"{device.ip}/{mask}",), **fields)
    other = SimPort(1, "Gi1/0/9", "GigabitEthernet1/0/9", "uplink")
    return lab.librenms.world.change(device.device_id, ports=lambda: (other, port))


def interfaces(lab: Lab, name: str) -> dict[str, Json]:
    return {row["name"]: row for row in lab.netbox.all("dcim/interfaces", device=name)}


def addresses(lab: Lab, host: str) -> list[Json]:
    return lab.netbox.all("ipam/ip-addresses", address=host)


def test_a_device_gets_its_primary_address(lab: Lab) -> None:
    device = polled(lab, lab.device("ups"), "mgmt", ifType="ethernetCsmacd", ifMtu=0, ifSpeed=4294967295)
    result = lab.prove()
    item = only(result)
    assert item["warnings"] == []
    assert item["primary_ip"] == {"address": f"{device.ip}/24", "interface": "mgmt", "is_primary": True, "action": "set"}
    assert [entry["action"] for entry in item["interfaces"] + item["addresses"]] == ["create", "create"]
    counts = [result["summary"][name] for name in ("interfaces_created", "addresses_created", "primary_ips_set")]
    assert counts == [1, 1, 1]
    row = lab.row(str(device.sysName))
    assert row["primary_ip4"]["address"] == f"{device.ip}/24"
    made = interfaces(lab, row["name"])["mgmt"]
    # An alias that is the name again, a speed and an MTU that stand for none are left out.
    assert (made["description"], made["speed"], made["mtu"], made["type"]["value"], made["enabled"]) == ("", None, None, "other", True)


def test_a_virtual_machine_too(lab: Lab) -> None:
    device = polled(lab, lab.device("vm-linux"), "eth0")
    lab.prove()
    (row,) = lab.machines(name=device.sysName)
    assert row["primary_ip4"]["address"] == f"{device.ip}/24"


@pytest.mark.parametrize("template", ["GigabitEthernet1/0/1", "Gi1/0/1", "Gi{vc_position:1}/0/1"])
def test_the_interface_of_a_template_is_found(lab: Lab, template: str) -> None:
    device = polled(lab, lab.device("cbs350"), "Gi1/0/1")
    device_type = lab.netbox.one("dcim/device-types", id=_type_of(lab, device))
    made = lab.netbox.add("dcim/interface-templates", device_type=device_type["id"], name=template, type="1000base-t")
    try:
        item = only(lab.prove())
        name = template.replace("{vc_position:1}", "1")
        assert [(entry["action"], set(entry["changes"])) for entry in item["interfaces"]] == [("update", {"librenms_id"})]
        assert item["primary_ip"]["interface"] == name
        assert len([entry for entry in interfaces(lab, item["name"]) if entry.endswith("1/0/1")]) == 1
        assert lab.row(item["name"])["primary_ip4"]["address"] == f"{device.ip}/24"
    finally:
        lab.netbox.remove("dcim/interface-templates", made["id"])


def _type_of(lab: Lab, device: SimDevice) -> int:
    """The device type that the import would choose, from a preview with ports left out."""
    item = only(lab.run(check=True, ports="none"))
    assert item["device_id"] == device.device_id
    name = item["changes"]["device_type"]["after"]
    return lab.netbox.id_of("dcim/device-types", model=name)


def test_a_stack_has_it_on_the_master_or_the_member_in_the_ports_name(lab: Lab) -> None:
    first, _serials = new_stack(lab, 2)
    second, _serials = new_stack(lab, 2)
    polled(lab, first, "Vl1")
    polled(lab, second, "Gi2/0/1")
    result = lab.prove()
    assert all(item["warnings"] == [] for item in result["results"])
    on_master, on_member = lab.stack(str(first.sysName)), lab.stack(str(second.sysName))
    assert on_master[1]["primary_ip4"]["address"] == f"{first.ip}/24"
    assert "Vl1" in interfaces(lab, on_master[1]["name"])
    assert on_member[1]["primary_ip4"]["address"] == f"{second.ip}/24"
    assert "Gi2/0/1" in interfaces(lab, on_member[2]["name"]) and "Gi2/0/1" not in interfaces(lab, on_member[1]["name"])


def test_no_port_of_a_member_that_is_not_there(lab: Lab) -> None:
    device, _serials = new_stack(lab, 2)
    polled(lab, lab.librenms.world.get(device.device_id) or device, "Gi4/0/1")
    item = only(lab.prove())
    assert codes(item, "warnings") == {"primary_ip_unknown"}
    assert item["primary_ip"] is None and addresses(lab, str(device.ip)) == []


def test_an_address_of_another_device_is_a_conflict(lab: Lab) -> None:
    holder = lab.netbox.add_device("address holder")
    port = lab.netbox.add("dcim/interfaces", device=holder["id"], name="eth9", type="other")
    device = polled(lab, lab.device("ups"))
    taken = lab.netbox.add(
        "ipam/ip-addresses", address=f"{device.ip}/32", assigned_object_type="dcim.interface", assigned_object_id=port["id"]
    )
    item = only(lab.prove())
    (warning,) = item["warnings"]
    assert warning["code"] == "address_conflict" and "address holder" in warning["message"] and "eth9" in warning["message"]
    assert item["action"] == "create" and item["primary_ip"] is None
    (row,) = addresses(lab, str(device.ip))
    assert (row["id"], row["assigned_object_id"]) == (taken["id"], port["id"])


def test_an_address_without_an_interface_is_assigned(lab: Lab) -> None:
    first, second = (polled(lab, lab.device("ups")) for _number in range(2))
    free = lab.netbox.add("ipam/ip-addresses", address=f"{first.ip}/16")
    lab.netbox.add("ipam/ip-addresses", address=f"{second.ip}/16", status="reserved")
    items = by_id(lab.prove())
    assert items[first.device_id]["primary_ip"]["address"] == f"{first.ip}/16"
    assert addresses(lab, str(first.ip))[0]["id"] == free["id"]
    assert codes(items[second.device_id], "warnings") == {"address_conflict"}


def test_vrfs(lab: Lab) -> None:
    vrf = lab.netbox.add("ipam/vrfs", name=f"Management {next(lab.ids)}")
    device = polled(lab, lab.device("ups"), ifVrf=9)
    lab.librenms.world.change(device.device_id, vrfs=((9, "Mgmt-intf"),))
    # The same host in the global table is another address.
    lab.netbox.add("ipam/ip-addresses", address=f"{device.ip}/24")
    lab.prove(vrfs=[{"name": "mgmt-INTF", "vrf": vrf["name"]}])
    row = lab.row(str(device.sysName))
    (found,) = [item for item in addresses(lab, str(device.ip)) if item["vrf"]]
    assert (row["primary_ip4"]["id"], found["vrf"]["id"]) == (found["id"], vrf["id"])


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        ((), "no port of this device"),
        ((SimPort(1, "a"), SimPort(2, "a", addresses=("{ip}/24",))), "several ports called"),
        ((SimPort(1, "x" * 65, addresses=("{ip}/24",)),), "no name that NetBox can hold"),
        ((SimPort(1, "gone", deleted=1, addresses=("{ip}/24",)),), "no port of this device"),
    ],
)
def test_what_is_not_known_is_told(lab: Lab, ports: tuple[SimPort, ...], said: str) -> None:
    device = lab.device("ups")
    fixed = tuple(
        SimPort(item.ifIndex, item.ifName, deleted=item.deleted, addresses=tuple(text.format(ip=device.ip) for text in item.addresses))
        for item in ports
    )
    lab.librenms.world.change(device.device_id, ports=lambda: fixed)
    item = only(lab.prove())
    (warning,) = item["warnings"]
    assert warning["code"] == "primary_ip_unknown" and said in warning["message"]
    assert item["action"] == "create" and addresses(lab, str(device.ip)) == []


def test_ports_that_could_not_be_read_cost_no_device(lab: Lab) -> None:
    device = polled(lab, lab.device("ups"))
    lab.librenms.faults.add(kind="status", status=500, path=f"/devices/{device.device_id}/ports", count=50)
    item = only(lab.run())
    lab.librenms.faults.clear()
    assert item["action"] == "create" and codes(item, "warnings") == {"primary_ip_unknown"}
    assert addresses(lab, str(device.ip)) == []
    # The next run completes what nobody has touched since.
    again = only(lab.run())
    assert again["action"] == "update" and again["primary_ip"]["action"] == "set"
    lab.assert_settled()


def test_an_interface_that_only_an_option_names(lab: Lab) -> None:
    device = lab.device("ups")
    item = only(lab.prove(management_interface="oob0"))
    assert item["primary_ip"] == {"address": f"{device.ip}/32", "interface": "oob0", "is_primary": True, "action": "set"}


@pytest.mark.parametrize(("policy", "primary", "count"), [("never", "old", 1), ("if_empty", "old", 0), ("always", "new", 1)])
def test_update_by_policy(lab: Lab, policy: str, primary: str, count: int) -> None:
    device = polled(lab, lab.device("ups"))
    lab.run()
    old = f"{device.ip}/24"
    host = f"10.200.{device.device_id % 200}.7"
    lab.librenms.world.change(device.device_id, ip=host)
    polled(lab, lab.librenms.world.get(device.device_id) or device)
    lab.prove(primary_ip=policy, **UPDATE)
    assert lab.row(str(device.sysName))["primary_ip4"]["address"] == (old if primary == "old" else f"{host}/24")
    assert len(addresses(lab, host)) == (count if policy != "never" else 0)


def test_without_ports(lab: Lab) -> None:
    device = polled(lab, lab.device("ups"))
    lab.librenms.requests.reset()
    item = only(lab.prove(ports="none"))
    assert item["primary_ip"] is None and item["warnings"] == [] and addresses(lab, str(device.ip)) == []
    assert not [route for route in lab.librenms.requests.by_route() if "ports" in route]


def test_killed_at_every_write(lab: Lab) -> None:
    polled(lab, lab.device("ups"))
    polled(lab, lab.device("vm-linux"), "eth0")
    device, _serials = new_stack(lab, 2)
    polled(lab, device, "Gi2/0/1")
    kill_everywhere(lab, lambda: None, {})
