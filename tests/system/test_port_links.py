# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The link of an interface to its port: it is written, found again, kept by others and taken back."""

from __future__ import annotations

import typing as t

import pytest
from servers.librenms_model import SimDevice, SimPort
from servers.librenms_ports import port_id
from system.support.harness import Json
from system.support.inprocess import run_search
from system.support.lab import Lab, assert_same, codes, new_stack, only
from system.support.proxy import Answer, Forward, Proxy
from system.test_all_ports import with_ports
from system.test_plans import Plans
from system.test_undo import everything, kept, undo

ALL: Json = {"ports": "all", "existing": "update"}
BOTH = ["dcim.device", "virtualization.virtualmachine"]
EVERY = [*BOTH, "dcim.interface", "virtualization.vminterface"]


def links(lab: Lab, name: str, path: str = "dcim/interfaces", owner: str = "device") -> dict[str, t.Any]:
    """The link of each interface of an object, by the interface's name."""
    return {row["name"]: row["custom_fields"].get("librenms_id") for row in lab.netbox.all(path, **{owner: name})}


def of(device: SimDevice, index: int) -> Json:
    return {"default": port_id(device, SimPort(index, ""))}


def two_ports(sim: SimDevice) -> tuple[SimPort, ...]:
    return SimPort(1, "eth0", addresses=(f"{sim.ip}/24",)), SimPort(2, "eth1", "eth1", "uplink")


def field_for(lab: Lab, *types: str) -> int:
    """The custom field as an earlier version has made it."""
    row = lab.netbox.one("extras/custom-fields", name="librenms_id")
    lab.netbox.change("extras/custom-fields", row["id"], object_types=list(types))
    return int(row["id"])


def test_new_interfaces_of_devices_and_machines(lab: Lab) -> None:
    device, machine = with_ports(lab, lab.device("ups"), two_ports), with_ports(lab, lab.device("vm-linux"), two_ports)
    result = lab.prove(ports="all")
    assert links(lab, str(device.sysName)) == {"eth0": of(device, 1), "eth1": of(device, 2)}
    found = links(lab, str(machine.sysName), "virtualization/interfaces", "virtual_machine")
    assert found == {"eth0": of(machine, 1), "eth1": of(machine, 2)}
    made = result["results"][0]["interfaces"][0]
    assert made["action"] == "create" and made["changes"]["librenms_id"] == {"before": None, "after": of(device, 1)}


def test_the_interface_of_the_primary_address_only(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.prove()
    assert links(lab, str(device.sysName)) == {"eth0": of(device, 1)}


def test_interfaces_of_templates_in_lists(lab: Lab, proxy: Proxy) -> None:
    device = lab.device("cbs350")
    with_ports(lab, device, lambda sim: (SimPort(1, "Gi0/1", addresses=(f"{sim.ip}/24",)), SimPort(2, "Gi0/2"), SimPort(3, "Gi0/9")))
    lab.run(netbox_url=proxy.url, ports="all")
    found = links(lab, str(device.sysName))
    assert found == {"GigabitEthernet0/1": of(device, 1), "GigabitEthernet0/2": of(device, 2), "Gi0/9": of(device, 3)}
    changes = [seen for seen in proxy.writes if seen.method == "PATCH" and seen.path == "dcim/interfaces"]
    assert [len(seen.json) for seen in changes] == [2]
    lab.assert_settled(ports="all")


def test_members_of_a_stack_have_their_own(lab: Lab) -> None:
    stack, _serials = new_stack(lab, 2)
    device = with_ports(
        lab, stack, lambda sim: (SimPort(1, "Gi1/0/1"), SimPort(2, "Gi2/0/1"), SimPort(3, "Vl1", addresses=(f"{sim.ip}/24",)))
    )
    lab.prove(**ALL)
    members = lab.stack(str(device.sysName))
    assert links(lab, members[1]["name"])["Gi1/0/1"] == of(device, 1)
    assert links(lab, members[2]["name"])["Gi2/0/1"] == of(device, 2)


def test_a_renamed_port_keeps_its_interface(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(**ALL)
    name = str(device.sysName)
    before = {row["id"]: row["name"] for row in lab.netbox.all("dcim/interfaces", device=name)}
    with_ports(lab, device, lambda sim: (SimPort(1, "wan0", addresses=(f"{sim.ip}/24",)), SimPort(2, "wan1", "wan1", "uplink", ifMtu=9000)))
    item = only(lab.prove(**ALL, update_fields={"mtu": "always"}))
    assert {row["id"]: row["name"] for row in lab.netbox.all("dcim/interfaces", device=name)} == before
    assert [(entry["name"], entry["action"]) for entry in item["interfaces"]] == [(f"{name} eth1", "update")]
    (warning,) = item["warnings"]
    assert warning["code"] == "port_link_differs" and "eth0 is wan0" in warning["message"]


def test_a_renamed_port_of_the_primary_address(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run()
    row = lab.row(str(device.sysName))
    lab.netbox.remove("ipam/ip-addresses", row["primary_ip4"]["id"])
    with_ports(lab, device, lambda sim: (SimPort(1, "wan0", addresses=(f"{sim.ip}/24",)),))
    item = only(lab.prove(existing="update"))
    assert item["primary_ip"] == {"address": f"{device.ip}/24", "interface": "eth0", "is_primary": True, "action": "set"}
    assert links(lab, row["name"]) == {"eth0": of(device, 1)}


def test_known_interfaces_are_filled_and_others_links_are_kept(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(ports="none")
    row = lab.row(str(device.sysName))
    stale = {"default": 9, "other": {"id": 5, "by": "hand"}}
    lab.netbox.add("dcim/interfaces", device=row["id"], name="eth0", type="other", custom_fields={"librenms_id": {"other": 8}})
    lab.netbox.add("dcim/interfaces", device=row["id"], name="eth1", type="other", custom_fields={"librenms_id": stale})
    lab.prove(**ALL, update_fields={"librenms_id": "never"})
    assert links(lab, row["name"]) == {"eth0": {"other": 8}, "eth1": stale}
    lab.prove(**ALL, update_fields={"librenms_id": "if_empty"})
    assert links(lab, row["name"]) == {"eth0": {"other": 8, **of(device, 1)}, "eth1": stale}
    lab.prove(**ALL)
    assert links(lab, row["name"])["eth1"] == {**stale, **of(device, 2)}


def test_what_is_not_clear_is_told_and_left(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(**ALL)
    name = str(device.sysName)
    # The first port was renamed, and a new one has its old name.
    with_ports(
        lab, device, lambda sim: (SimPort(1, "wan0", addresses=(f"{sim.ip}/24",)), SimPort(2, "eth1"), SimPort(3, "eth0", "eth0", "new"))
    )
    item = only(lab.prove(**ALL))
    assert codes(item, "warnings") == {"port_left_out"} and item["interfaces"] == []
    assert links(lab, name) == {"eth0": of(device, 1), "eth1": of(device, 2)}
    # One link on two interfaces.
    rows = {row["name"]: row["id"] for row in lab.netbox.all("dcim/interfaces", device=name)}
    lab.netbox.change("dcim/interfaces", rows["eth1"], custom_fields={"librenms_id": of(device, 1)})
    with_ports(lab, device, lambda sim: (SimPort(1, "wan0", addresses=(f"{sim.ip}/24",)),))
    item = only(lab.prove(**ALL))
    assert codes(item, "warnings") == {"port_left_out"} and "eth0 and eth1 are all linked to wan0" in str(item["warnings"])
    assert set(links(lab, name)) == {"eth0", "eth1"}


def test_where_ports_are_numbered_anew_the_names_decide(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(**ALL)
    with_ports(lab, device, lambda sim: (SimPort(2, "eth0", addresses=(f"{sim.ip}/24",)), SimPort(1, "eth1", "eth1", "uplink")))
    assert only(lab.prove(**ALL))["warnings"] == []
    assert links(lab, str(device.sysName)) == {"eth0": of(device, 2), "eth1": of(device, 1)}


def test_the_field_of_an_earlier_version_is_extended(lab: Lab) -> None:
    number = field_for(lab, *BOTH, "dcim.site")
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        lab.prove(ports="none")
        assert set(lab.netbox.one("extras/custom-fields", id=number)["object_types"]) == {*BOTH, "dcim.site"}
        lab.prove(**ALL)
        assert set(lab.netbox.one("extras/custom-fields", id=number)["object_types"]) == {*EVERY, "dcim.site"}
        assert links(lab, str(device.sysName)) == {"eth0": of(device, 1), "eth1": of(device, 2)}
    finally:
        field_for(lab, *EVERY)


def test_the_field_is_made_for_interfaces_too(lab: Lab) -> None:
    lab.netbox.remove("extras/custom-fields", lab.netbox.id_of("extras/custom-fields", name="librenms_id"))
    try:
        lab.device("ups")
        device = with_ports(lab, lab.device("ups"), two_ports)
        lab.prove()
        assert set(lab.netbox.one("extras/custom-fields", name="librenms_id")["object_types"]) == set(EVERY)
        assert links(lab, str(device.sysName)) == {"eth0": of(device, 1)}
    finally:
        lab.netbox.server.reset("world")


@pytest.mark.parametrize("status", [400, 403])
def test_a_field_that_is_not_extended_costs_only_the_links(lab: Lab, proxy: Proxy, status: int) -> None:
    field_for(lab, *BOTH)
    refusal = Answer(status, b'{"detail": "not this one"}')
    proxy.on_write(1, lambda _forward: refusal)
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        result = lab.run(netbox_url=proxy.url, ports="all")
        assert result["summary"]["failed"] == 0 and only(result)["warnings"] == []
        told = [text for text in lab.warnings if "not extended to interfaces" in text]
        assert len(told) == 1 and "not this one" in told[0]
        assert set(links(lab, str(device.sysName)).values()) == {None}
        # The next run completes it.
        lab.prove(**ALL)
        assert links(lab, str(device.sysName)) == {"eth0": of(device, 1), "eth1": of(device, 2)}
    finally:
        field_for(lab, *EVERY)


@pytest.mark.parametrize("types", [BOTH, EVERY])
def test_a_field_that_somebody_else_makes_meanwhile(lab: Lab, proxy: Proxy, types: list[str]) -> None:
    lab.netbox.remove("extras/custom-fields", lab.netbox.id_of("extras/custom-fields", name="librenms_id"))

    def quicker(forward: Forward) -> Answer:
        lab.netbox.add("extras/custom-fields", name="librenms_id", type="json", object_types=types)
        return forward()

    proxy.on_write(1, quicker)
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        result = lab.run(netbox_url=proxy.url, ports="all")
        assert result["summary"]["failed"] == 0 and only(result)["action"] == "create", result
        found, wanted = links(lab, str(device.sysName)), {"eth0": of(device, 1), "eth1": of(device, 2)}
        assert (found == wanted) is (types == EVERY) and set(found) == set(wanted)
        lab.prove(**ALL)
        assert links(lab, str(device.sysName)) == wanted
    finally:
        lab.netbox.server.reset("world")


def test_a_token_that_may_not_extend_the_field(lab: Lab) -> None:
    field_for(lab, *BOTH)
    user = lab.netbox.id_of("users/users", username="test-limited")
    types = ["dcim.interface", "dcim.macaddress", "ipam.ipaddress"]
    wider = lab.netbox.add("users/permissions", name="ports", actions=["add", "change"], object_types=types, users=[user])
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        lab.prove(ports="all", netbox_token=lab.netbox.tokens["limited"])
        assert any("extras.change_customfield" in text for text in lab.warnings)
        assert set(links(lab, str(device.sysName)).values()) == {None}
    finally:
        lab.netbox.remove("users/permissions", wider["id"])
        field_for(lab, *EVERY)


def test_a_link_that_netbox_refuses_costs_nothing_else(lab: Lab, proxy: Proxy) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(ports="all")
    row = lab.row(str(device.sysName))
    for port in lab.netbox.all("dcim/interfaces", device=row["name"]):
        lab.netbox.change("dcim/interfaces", port["id"], custom_fields={"librenms_id": None})
    proxy.on_write(1, lambda _forward: Answer(400, b'{"custom_fields": ["Missing required custom field"]}'))
    proxy.on_write(2, lambda _forward: Answer(400, b'{"custom_fields": ["Missing required custom field"]}'))
    item = only(lab.run(netbox_url=proxy.url, **ALL))
    assert item["action"] != "fail" and item["issues"] == []
    assert codes(item, "warnings") == {"field_refused"}
    lab.prove(**ALL)
    assert set(map(str, links(lab, row["name"]).values())) == {str(of(device, 1)), str(of(device, 2))}


def test_an_undo_takes_links_back(lab: Lab) -> None:
    device = with_ports(lab, lab.device("ups"), two_ports)
    other = with_ports(lab, lab.device("ups"), two_ports)
    lab.run(ports="none")
    row = lab.row(str(device.sysName))
    lab.netbox.add("dcim/interfaces", device=row["id"], name="eth0", type="other", custom_fields={"librenms_id": {"other": 8}})
    lab.netbox.add("dcim/interfaces", device=row["id"], name="eth1", type="other", description="uplink")
    before = everything(lab)
    job_id = lab.run(**ALL)["job"]["id"]
    assert links(lab, row["name"]) == {"eth0": {"other": 8, **of(device, 1)}, "eth1": of(device, 2)}
    undone = undo(lab, job_id, device_ids=[device.device_id])
    assert not kept(undone) and set(links(lab, str(other.sysName))) == {"eth0", "eth1"}
    undone = undo(lab, job_id)
    assert not kept(undone)
    assert_same(before, everything(lab))


def test_a_saved_plan_carries_links(lab: Lab) -> None:
    device = with_ports(lab, lab.device("cbs350"), lambda sim: (SimPort(1, "Gi0/1", addresses=(f"{sim.ip}/24",)), SimPort(2, "eth9")))
    gap = with_ports(lab, lab.device("ups"), two_ports)
    row = lab.netbox.add_device(str(gap.sysName), device_type="Smart-UPS 1000")
    lab.netbox.add("dcim/interfaces", device=row["id"], name="eth0", type="other")
    plans = Plans(lab)
    plans.save()
    plans.prove()
    found = links(lab, str(device.sysName))
    assert (found["GigabitEthernet0/1"], found["eth9"]) == (of(device, 1), of(device, 2))
    assert links(lab, row["name"]) == {"eth0": of(gap, 1), "eth1": of(gap, 2)}


def test_a_saved_plan_extends_the_field(lab: Lab) -> None:
    field_for(lab, *BOTH)
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        plans = Plans(lab)
        plans.save()
        plans.prove()
        assert links(lab, str(device.sysName)) == {"eth0": of(device, 1), "eth1": of(device, 2)}
    finally:
        field_for(lab, *EVERY)


def test_a_search_tells_nothing_of_the_field(lab: Lab) -> None:
    field_for(lab, *BOTH)
    try:
        device = with_ports(lab, lab.device("ups"), two_ports)
        lab.run(ports="none")
        options = lab.options(ports="all", drift=True, netbox_token=lab.netbox.tokens["view_only"])
        found = run_search(options, warn=lab.warnings.append)
        assert not [text for text in lab.warnings if "librenms_id" in text]
        fields = {item["field"] for item in found["devices"][0]["drift"]}
        assert "librenms_id" not in fields and "interface" in fields, device
    finally:
        field_for(lab, *EVERY)
