# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that the import must not write, because it is not clear what they are in the real NetBox."""

from __future__ import annotations

import pytest
from system.support.harness import RULES, Json
from system.support.inprocess import run_search
from system.support.lab import Lab, by_id, codes, only

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import search_spec
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError

UPDATE: Json = {"existing": "update"}


def test_one_box_twice_in_librenms(lab: Lab) -> None:
    """By its loopback and by its management address: nobody can tell which of the two is meant."""
    first = lab.device()
    second = lab.device(serials=(), serial=first.serial)
    results = by_id(lab.prove(**UPDATE))
    assert {item["action"] for item in results.values()} == {"blocked"}
    assert codes(results[first.device_id]) == codes(results[second.device_id]) == {"duplicate_in_selection"}
    # Nobody may slip through by coming alone, once the other is there.
    assert only(lab.prove(all_devices=False, filters={"device_ids": [first.device_id]}))["action"] == "create"
    result = only(lab.prove(all_devices=False, filters={"device_ids": [second.device_id]}, **UPDATE))
    assert result["action"] == "blocked"
    assert codes(result) == {"serial_conflict"}
    results = by_id(lab.prove(**UPDATE))
    assert {device_id: item["action"] for device_id, item in results.items()} == {first.device_id: "none", second.device_id: "blocked"}


def test_a_management_controller_that_is_ignored(lab: Lab) -> None:
    """A server and its iDRAC share a service tag: they block each other until a rule or an override leaves the controller out."""
    server = lab.device()
    controller = lab.device(serials=(), serial=server.serial, os="drac", sysName=f"idrac-{server.device_id}")
    both = {server.device_id, controller.device_id}
    results = by_id(lab.prove(**UPDATE))
    assert {number: (item["action"], codes(item)) for number, item in results.items()} == {
        number: ("blocked", {"duplicate_in_selection"}) for number in both
    }
    rules: Json = {**RULES, "import_as": [{"os": "drac", "import_as": "ignore"}, *RULES.get("import_as", [])]}
    found = run_search({name: value for name, value in lab.options(rules=rules).items() if name in search_spec()})
    assert [(item["device_id"], item["state"]) for item in found["devices"]] == [(server.device_id, "ready")]
    assert found["summary"]["ignored"] == 1
    result = lab.prove(rules=rules, **UPDATE)
    assert (only(result)["device_id"], only(result)["action"], result["summary"]["ignored"]) == (server.device_id, "create", 1)
    # Also where NetBox has an object of it, which stays as it is.
    row = lab.netbox.add_device(str(controller.sysName), device_type="CBS350-24P-4X")
    result = lab.prove(overrides=[{"device_id": controller.device_id, "import_as": "ignore"}], **UPDATE)
    assert (only(result)["device_id"], only(result)["action"], result["summary"]["ignored"]) == (server.device_id, "none", 1)
    assert lab.netbox.one("dcim/devices", id=row["id"])["last_updated"] == row["last_updated"]


def test_one_name_twice_in_librenms(lab: Lab) -> None:
    first = lab.device(sysName="twice", serials=())
    second = lab.device(sysName="TWICE", serials=())
    assert {item["action"] for item in lab.prove(**UPDATE)["results"]} == {"blocked"}
    only(lab.prove(all_devices=False, filters={"device_ids": [first.device_id]}))
    result = only(lab.prove(all_devices=False, filters={"device_ids": [second.device_id]}, **UPDATE))
    assert result["action"] == "blocked"
    assert codes(result) == {"name_taken"}


def test_serial_and_name_that_disagree(lab: Lab) -> None:
    """The serial is that of one device and the name that of another, or the name fits and the serial is another's."""
    split, replaced = lab.device(), lab.device()
    lab.netbox.add_device("owner-of-the-serial", device_type="CBS350-24P-4X", serial=split.serial)
    lab.netbox.add_device(str(split.sysName), device_type="CBS350-24P-4X")
    lab.netbox.add_device(str(replaced.sysName), device_type="CBS350-24P-4X", serial="FOC1111OLD1")
    results = by_id(lab.prove(**UPDATE))
    assert {item["action"] for item in results.values()} == {"blocked"}
    assert codes(results[split.device_id]) == codes(results[replaced.device_id]) == {"identity_conflict"}


def test_a_linked_device_whose_serial_another_has(lab: Lab) -> None:
    device = lab.device()
    lab.netbox.add_device("linked", device_type="CBS350-24P-4X", custom_fields={"librenms_id": {"default": device.device_id}})
    other = lab.netbox.add_device("owner", device_type="CBS350-24P-4X", serial=device.serial)
    result = only(lab.prove(**UPDATE))
    assert (result["action"], codes(result)) == ("blocked", {"identity_conflict"})
    lab.netbox.remove("dcim/devices", other["id"])
    result = only(lab.prove(**UPDATE))
    assert result["action"] == "update"
    assert result["changes"]["serial"] == {"before": "", "after": device.serial}


def test_two_objects_of_one_key(lab: Lab) -> None:
    """Two devices with one serial, and two with one link."""
    serial, link = lab.device(), lab.device(serials=())
    row: Json = {}
    for number in range(2):
        lab.netbox.add_device(f"same-serial-{number}", device_type="CBS350-24P-4X", serial=serial.serial)
        custom_fields = {"librenms_id": {"default": link.device_id}}
        row = lab.netbox.add_device(f"same-link-{number}", device_type="CBS350-24P-4X", custom_fields=custom_fields)
    before = lab.netbox.changes()
    results = by_id(lab.run(how="targeted", **UPDATE))
    assert lab.netbox.changes() == before
    assert {item["action"] for item in results.values()} == {"blocked"}
    assert codes(results[serial.device_id]) == codes(results[link.device_id]) == {"identity_conflict"}
    lab.netbox.remove("dcim/devices", row["id"])


def test_a_device_and_a_virtual_machine_of_one_name(lab: Lab) -> None:
    device, machine = lab.device(serials=()), lab.device("vm-linux", serials=())
    cluster = lab.netbox.id_of("virtualization/clusters", name="prod-vmware")
    lab.netbox.add("virtualization/virtual-machines", name=device.sysName, cluster=cluster)
    lab.netbox.add_device(str(machine.sysName), device_type="CBS350-24P-4X")
    results = by_id(lab.prove(**UPDATE))
    assert {item["action"] for item in results.values()} == {"blocked"}
    assert codes(results[device.device_id]) == codes(results[machine.device_id]) == {"device_and_vm_conflict"}


def test_both_kinds_of_one_name_in_one_selection(lab: Lab) -> None:
    lab.device(sysName="both", serials=())
    lab.device("vm-linux", sysName="both", serials=())
    results = lab.prove(**UPDATE)["results"]
    assert {item["action"] for item in results} == {"blocked"}
    assert {code for item in results for code in codes(item)} == {"duplicate_in_selection"}


@pytest.mark.parametrize("family", [4, 6])
def test_the_primary_address_of_another_name(lab: Lab, family: int) -> None:
    address = "10.77.0.9" if family == 4 else "2001:db8:77::9"
    device = lab.device(serials=(), ip=address)
    row = lab.netbox.add_device(f"same-address-{family}", device_type="CBS350-24P-4X")
    interface = lab.netbox.all("dcim/interfaces", device_id=row["id"])[0]
    ip = lab.netbox.add(
        "ipam/ip-addresses",
        address=f"{address}/{24 if family == 4 else 64}",
        assigned_object_type="dcim.interface",
        assigned_object_id=interface["id"],
    )
    lab.netbox.change("dcim/devices", row["id"], **{f"primary_ip{family}": ip["id"]})
    result = only(lab.prove(**UPDATE))
    assert (result["action"], codes(result)) == ("blocked", {"possible_duplicate"})
    assert result["netbox"]["id"] == row["id"]
    # As its hint says.
    lab.netbox.change("dcim/devices", row["id"], custom_fields={"librenms_id": {"default": device.device_id}})
    assert only(lab.prove(**UPDATE))["netbox"]["matched_by"] == "librenms_id"


def test_what_netbox_has_no_room_for(lab: Lab) -> None:
    """A name over 64 characters blocks, a serial over 50 is left out; neither spoils the list that the others are in."""
    long_name = lab.device(sysName="n" * 65, serials=())
    long_serial = lab.device(serials=(), serial="TDCM : 44 32 32 30 32 4C 32 30 30 38 - EDFA : 45 32 32 30 32")
    longest = lab.device(sysName="m" * 64, serials=(), serial="S1" * 25)
    results = by_id(lab.prove())
    assert (results[long_name.device_id]["action"], codes(results[long_name.device_id])) == ("blocked", {"name_too_long"})
    assert results[long_serial.device_id]["action"] == "create"
    assert "serial_too_long" in codes(results[long_serial.device_id], "warnings")
    assert lab.row(str(long_serial.sysName))["serial"] == ""
    assert results[longest.device_id]["action"] == "create"
    assert lab.row("m" * 64)["serial"] == "S1" * 25


def test_fail_on_blocked(lab: Lab) -> None:
    lab.device(location="Nowhere at all")
    new = lab.device()
    result = lab.prove(fail_on_blocked=True)
    assert result["failed"]
    assert "1 devices are blocked" in result["msg"]
    assert by_id(result)[new.device_id]["action"] == "create"


# The custom field itself: the last tests, because they take it away from the devices of the others.


def test_the_field_of_another_type_is_one_clear_error(lab: Lab) -> None:
    field = lab.netbox.one("extras/custom-fields", name="librenms_id")
    lab.netbox.remove("extras/custom-fields", field["id"])
    integer = lab.netbox.add("extras/custom-fields", name="librenms_id", type="integer", object_types=["dcim.device"])
    lab.device()
    before = lab.netbox.changes()
    for check in (True, False):
        with pytest.raises(CollectionError, match=r"librenms_id is of the type integer, and must be of the type json"):
            lab.run(check=check)
    assert lab.netbox.changes() == before
    lab.netbox.remove("extras/custom-fields", integer["id"])


def test_the_plugins_field_is_widened_and_kept(lab: Lab) -> None:
    """netbox-librenms-plugin's own field, on more than we need and not on all that we need."""
    types = ["dcim.device", "dcim.interface"]
    field = lab.netbox.add(
        "extras/custom-fields", name="librenms_id", type="json", label="LibreNMS ID (plugin)", required=False, object_types=types
    )
    lab.device()
    result = lab.prove()
    assert only(result)["action"] == "create"
    after = lab.netbox.one("extras/custom-fields", id=field["id"])
    assert sorted(after["object_types"]) == sorted([*types, "virtualization.virtualmachine"])
    assert after["label"] == "LibreNMS ID (plugin)"


def test_a_missing_field_is_made(lab: Lab) -> None:
    lab.netbox.remove("extras/custom-fields", lab.netbox.id_of("extras/custom-fields", name="librenms_id"))
    device, machine = lab.device(), lab.device("vm-linux")
    lab.prove()
    field = lab.netbox.one("extras/custom-fields", name="librenms_id")
    assert field["type"]["value"] == "json"
    assert sorted(field["object_types"]) == ["dcim.device", "virtualization.virtualmachine"]
    assert lab.row(str(device.sysName))["custom_fields"]["librenms_id"] == {"default": device.device_id}
    assert lab.machines(name=machine.sysName)[0]["custom_fields"]["librenms_id"] == {"default": machine.device_id}
