# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object of the real NetBox a LibreNMS device is taken for."""

from __future__ import annotations

import typing as t

import pytest
from system.support.harness import Json
from system.support.lab import Lab, by_id, codes, only

LINK: Json = {"existing": "link"}


def test_a_new_device_and_a_new_virtual_machine(lab: Lab) -> None:
    device = lab.device()
    machine = lab.device("vm-linux")
    assert {item["action"] for item in lab.prove()["results"]} == {"create"}
    row = lab.row(str(device.sysName))
    assert row["serial"] == device.serial
    assert row["custom_fields"]["librenms_id"] == {"default": device.device_id}
    row = lab.machines(name=machine.sysName)[0]
    assert row["custom_fields"]["librenms_id"] == {"default": machine.device_id}
    assert row["cluster"]["name"] == "prod-vmware"


def test_one_name_in_two_sites_is_two_devices(lab: Lab) -> None:
    paris = lab.device(sysName="switch1")
    vienna = lab.device(location="Vienna HQ", sysName="switch1")
    by_hand = lab.netbox.add_device("Switch1", site="Vienna HQ", device_type="CBS350-24P-4X")
    results = by_id(lab.prove(**LINK))
    assert results[paris.device_id]["action"] == "create"
    assert results[vienna.device_id]["action"] == "link"
    assert results[vienna.device_id]["netbox"]["id"] == by_hand["id"]
    assert results[vienna.device_id]["netbox"]["matched_by"] == "name"
    assert len(lab.rows(name__ie="switch1")) == 2


def test_a_name_in_other_case_is_the_same_device(lab: Lab) -> None:
    device = lab.device(sysName="dist-paris-7")
    lab.netbox.add_device("DIST-Paris-7", device_type="CBS350-24P-4X")
    assert only(lab.prove())["action"] == "skip"
    assert only(lab.prove(**LINK))["action"] == "link"
    row = lab.netbox.one("dcim/devices", name__ie="dist-paris-7")
    assert row["name"] == "DIST-Paris-7"
    assert row["custom_fields"]["librenms_id"] == {"default": device.device_id}


def test_what_was_renamed_and_moved_in_netbox_is_found_by_its_link(lab: Lab) -> None:
    device, machine = lab.device(), lab.device("vm-linux")
    lab.run()
    row = lab.row(str(device.sysName))
    lab.netbox.change("dcim/devices", row["id"], name="renamed-by-hand", site=lab.netbox.id_of("dcim/sites", name="Vienna HQ"), serial="")
    vm = lab.machines(name=machine.sysName)[0]
    lab.netbox.change("virtualization/virtual-machines", vm["id"], name="vm-renamed", site=None)
    results = by_id(lab.prove(**LINK))
    assert results[device.device_id]["netbox"]["id"] == row["id"]
    assert results[machine.device_id]["netbox"]["id"] == vm["id"]
    assert {(item["action"], item["netbox"]["matched_by"]) for item in results.values()} == {("none", "librenms_id")}


def test_renamed_and_moved_in_librenms(lab: Lab) -> None:
    device = lab.device()
    lab.run()
    lab.librenms.world.change(
        device.device_id, sysName="renamed-in-librenms", hostname="renamed-in-librenms.example.net", location="Vienna HQ"
    )
    result = only(lab.prove(existing="update"))
    assert (result["action"], result["netbox"]["name"]) == ("none", device.sysName)
    result = only(lab.prove(existing="update", update_fields={"name": "always", "site": "always"}))
    assert result["action"] == "update"
    assert result["changes"]["name"] == {"before": device.sysName, "after": "renamed-in-librenms"}
    assert result["changes"]["site"] == {"before": "Paris DC2", "after": "Vienna HQ"}
    assert lab.row("renamed-in-librenms")["site"]["name"] == "Vienna HQ"


@pytest.mark.parametrize("serial", [True, False], ids=["by serial", "by name"])
def test_deleted_and_added_again_in_librenms(lab: Lab, serial: bool) -> None:
    device = lab.device(serials=None if serial else ())
    lab.run()
    new_id = device.device_id + 100_000
    lab.librenms.world.change(device.device_id, device_id=new_id, **({"sysName": f"renamed-{new_id}"} if serial else {}))
    assert only(lab.prove())["action"] == "skip"
    result = only(lab.prove(**LINK))
    assert (result["action"], result["netbox"]["matched_by"]) == ("link", "serial" if serial else "name")
    assert result["changes"] == {"librenms_id": {"before": {"default": device.device_id}, "after": {"default": new_id}}}
    assert lab.row(str(device.sysName))["custom_fields"]["librenms_id"] == {"default": new_id}


def test_the_same_id_on_a_second_server_is_another_device(lab: Lab) -> None:
    device = lab.device()
    lab.run()
    other = lab.librenms.world.change(device.device_id, sysName="other-server", hostname="other", serial="FOC9876OTHR", inventory=tuple)
    result = only(lab.prove(server_key="second", **LINK))
    assert result["action"] == "create"
    assert lab.row("other-server")["custom_fields"]["librenms_id"] == {"second": other.device_id}
    assert lab.row(str(device.sysName))["custom_fields"]["librenms_id"] == {"default": device.device_id}


@pytest.mark.parametrize("server_key", ["second", "lon-dc.2_b"])
def test_one_box_in_two_librenms_has_two_links(lab: Lab, server_key: str) -> None:
    device = lab.device()
    lab.run()
    there = lab.librenms.world.change(device.device_id, device_id=device.device_id + 200_000)
    result = only(lab.prove(server_key=server_key, **LINK))
    assert (result["action"], result["netbox"]["matched_by"]) == ("link", "serial")
    links = lab.row(str(device.sysName))["custom_fields"]["librenms_id"]
    assert links == {"default": device.device_id, server_key: there.device_id}
    result = only(lab.prove(server_key=server_key, **LINK))
    assert (result["action"], result["netbox"]["matched_by"]) == ("none", "librenms_id")


def test_every_stored_form_of_the_link(lab: Lab) -> None:
    """As netbox-librenms-plugin stores it, and as it did before: the numbers are brought into the newest form, the rest is kept."""
    devices = [lab.device(serials=()) for _number in range(6)]
    number, text, detailed, quoted, both, foreign = (device.device_id for device in devices)
    forms: dict[int, t.Any] = {
        number: number,
        text: str(text),
        detailed: {"default": {"id": detailed, "synced": "yes"}, "elsewhere": 5},
        quoted: {"default": str(quoted)},
        both: {"default": {"id": str(both)}},
        foreign: {"elsewhere": foreign},
    }
    for device in devices:
        stored = {"librenms_id": forms[device.device_id]}
        lab.netbox.add_device(f"other-name-{device.device_id}", device_type="CBS350-24P-4X", custom_fields=stored)
    results = by_id(lab.prove(**LINK))
    assert {device_id: item["action"] for device_id, item in results.items()} == {
        number: "link",
        text: "link",
        detailed: "none",
        quoted: "link",
        both: "link",
        foreign: "create",
    }
    now = {device_id: lab.row(f"other-name-{device_id}")["custom_fields"]["librenms_id"] for device_id in forms}
    rewritten = {number: {"default": number}, text: {"default": text}, quoted: {"default": quoted}, both: {"default": {"id": both}}}
    assert now == forms | rewritten


def test_bogus_serials_identify_nothing(lab: Lab) -> None:
    bogus = ["N/A", "Not Specified", "0000000000", "123456789", "FFFFFFFFFFFF", "00:11:22:33:44:55", "CN000000000000000000000", "1"]
    devices = [lab.device(serials=(), serial=serial) for serial in bogus for _twice in range(2)]
    by_hand = lab.netbox.add_device("with-bogus-serial", device_type="CBS350-24P-4X", serial="N/A")
    results = by_id(lab.prove(existing="update"))
    assert {item["action"] for item in results.values()} == {"create"}
    for device in devices:
        assert "serial_ignored" in codes(results[device.device_id], "warnings")
        assert lab.row(str(device.sysName))["serial"] == ""
    assert lab.netbox.one("dcim/devices", id=by_hand["id"])["custom_fields"]["librenms_id"] is None


def test_awkward_serials_and_names_survive(lab: Lab) -> None:
    """Texts of real devices that look-ups stumble over."""
    serials = ["YD17190028  A", "1874830543.", "CN-0K804N-75162-2CH-0081-A03", "System:315646 Product:246152313", "a&b=c+d%20(e)*[f]|g\\h1"]
    names = ["sw (1) [a]", "sw.+*?^$|\\1", "свитч-7", "sw'\"1;--", "Straße-1", "sw & co = 1%20"]
    with_serial = [lab.device(serials=(), serial=serial) for serial in serials]
    with_name = [lab.device(serials=(), sysName=name) for name in names]
    results = by_id(lab.prove(**LINK))
    assert {item["action"] for item in results.values()} == {"create"}
    rows = {row["id"]: row for row in lab.rows()}
    assert [rows[results[device.device_id]["netbox"]["id"]]["serial"] for device in with_serial] == serials
    assert [rows[results[device.device_id]["netbox"]["id"]]["name"] for device in with_name] == names
    # Without the links it is the serials and names that have to find them.
    for row in rows.values():
        if row["custom_fields"]["librenms_id"] and row["id"] in {item["netbox"]["id"] for item in results.values()}:
            lab.netbox.change("dcim/devices", row["id"], custom_fields={"librenms_id": None})
    again = by_id(lab.prove(**LINK))
    assert {item["action"] for item in again.values()} == {"link"}
    assert {device_id: item["netbox"]["id"] for device_id, item in again.items()} == {
        device_id: item["netbox"]["id"] for device_id, item in results.items()
    }
    assert {again[device.device_id]["netbox"]["matched_by"] for device in with_serial} == {"serial"}


def test_virtual_machines_by_name_in_their_cluster(lab: Lab) -> None:
    machine = lab.device("vm-linux", serials=(), sysName="vm-by-name")
    cluster = lab.netbox.id_of("virtualization/clusters", name="prod-vmware")
    row = lab.netbox.add("virtualization/virtual-machines", name="VM-by-name", cluster=cluster, status="active")
    result = only(lab.prove(**LINK))
    assert (result["action"], result["netbox"]["id"], result["netbox"]["type"]) == ("link", row["id"], "virtual_machine")
    assert lab.machines(id=row["id"])[0]["custom_fields"]["librenms_id"] == {"default": machine.device_id}


def test_the_tenant_is_part_of_the_name(lab: Lab) -> None:
    """A device of the same name and another tenant is another device; one without a tenant may be the same."""
    tenants = {name: lab.netbox.id_of("tenancy/tenants", name=name) for name in ("Lab", "Network Operations")}
    first, second, third = (lab.device(location="Zürich West", serials=()) for _number in range(3))
    lab.netbox.add_device(str(first.sysName), site="Zürich West", device_type="CBS350-24P-4X", tenant=tenants["Network Operations"])
    lab.netbox.add_device(str(second.sysName), site="Zürich West", device_type="CBS350-24P-4X")
    lab.netbox.add_device(str(third.sysName), site="Zürich West", device_type="CBS350-24P-4X", tenant=tenants["Lab"])
    results = by_id(lab.prove(**LINK))
    assert {device_id: item["action"] for device_id, item in results.items()} == {
        first.device_id: "create",
        second.device_id: "blocked",
        third.device_id: "link",
    }
    assert codes(results[second.device_id]) == {"possible_duplicate"}
