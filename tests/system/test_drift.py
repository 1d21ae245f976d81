# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a search tells of how NetBox differs from LibreNMS, and of devices that LibreNMS has no more."""

from __future__ import annotations

import typing as t

import pytest
from servers.librenms_model import SimDevice
from system.support.harness import RULES, Ansible
from system.support.inprocess import Json, run_search
from system.support.lab import Lab, new_stack, only
from system.test_all_ports import with_ports
from system.test_ports import polled

DRIFT = "netsot.librenms.drift"


def look(lab: Lab, **options: t.Any) -> Json:
    return run_search(lab.options(**({"detect_virtual_chassis": True} | options)), warn=lab.warnings.append)


def found(result: Json, device: SimDevice) -> Json:
    (item,) = [item for item in result["devices"] if item["device_id"] == device.device_id]
    return t.cast("Json", item)


def drift(result: Json, device: SimDevice) -> list[tuple[t.Any, ...]]:
    return [(item["object"], item["field"], item["librenms"], item["netbox"]) for item in found(result, device)["drift"]]


def test_what_people_changed(lab: Lab) -> None:
    """A list written by hand: of a device with its ports, of a stack's master, of a member that somebody deleted."""
    device = with_ports(lab, lab.device())
    stack, _serials = new_stack(lab, 2)
    quiet = lab.device()
    lab.run(ports="all")
    same = look(lab, ports="all")
    assert (same["summary"]["drift"], same["summary"]["drifted"]) == ({}, 0)

    row, members = lab.row(str(device.sysName)), lab.stack(str(stack.sysName))
    interface = lab.netbox.one("dcim/interfaces", device_id=row["id"], name="Gi1/0/1")
    lab.netbox.change("dcim/devices", row["id"], serial="BYHAND1", status="planned")
    lab.netbox.change("dcim/devices", members[1]["id"], name="renamed")
    lab.netbox.change("dcim/interfaces", interface["id"], description="by hand", mtu=None)
    lab.netbox.remove("dcim/devices", members[2]["id"])
    before = lab.netbox.changes()
    result = look(lab, ports="all")
    assert drift(result, quiet) == []
    assert sorted(drift(result, device), key=str) == sorted(
        [
            (None, "serial", device.serial, "BYHAND1"),
            (None, "status", "active", "planned"),
            (f"{row['name']} Gi1/0/1", "description", "uplink", "by hand"),
            (f"{row['name']} Gi1/0/1", "mtu", 1500, None),
        ],
        key=str,
    )
    of_stack = drift(result, stack)
    assert [item for item in of_stack if item[0] is None] == [(None, "name", members[1]["name"], "renamed")]
    assert (members[2]["name"], "member", members[2]["name"], None) in of_stack
    assert result["summary"]["drifted"] == 2
    assert result["summary"]["drift"]["serial"] == 1
    assert lab.netbox.changes() == before

    unasked = look(lab, drift=False)
    assert {item["drift"] for item in unasked["devices"]} == {None}
    assert (unasked["vanished"], unasked["summary"]["drift"]) == (None, {})
    brief = look(lab, result_detail="brief")
    assert "drift" in found(brief, device) and "drift" not in found(brief, quiet)


@pytest.mark.parametrize("existing", [False, True])
def test_the_primary_address_that_a_search_shows_is_what_the_import_sets(lab: Lab, existing: bool) -> None:
    device = with_ports(lab, lab.device())
    if existing:
        lab.run(ports="none")
    shown = found(look(lab, ports="primary"), device)
    done = only(lab.run(existing="update"))["primary_ip"]
    assert (done["action"], shown["primary_ip"]) == ("set", {"address": done["address"], "interface": done["interface"]})
    assert shown["ports"] == 11
    unasked = found(look(lab), device)
    assert (unasked["primary_ip"], unasked["ports"]) == (None, None)
    lab.librenms.world.change(device.device_id, ip="10.99.99.99")
    assert "primary_ip_unknown" in {issue["code"] for issue in found(look(lab, ports="primary"), device)["warnings"]}


def test_options_of_ports_mean_the_same_in_a_search_and_an_import(lab: Lab) -> None:
    """A search shows the primary address by the options of the import, and finds no difference to what that made with them."""
    vrf = lab.netbox.add("ipam/vrfs", name=f"Management {next(lab.ids)}")
    device = polled(lab, lab.device("ups"), "net 1", ifVrf=9)
    lab.librenms.world.change(device.device_id, vrfs=((9, "Mgmt-intf"),))
    lonely = lab.device("ups")
    options: Json = {
        "ports": "all",
        "interface_name": "ifDescr",
        "interface_rules": [{"name_regex": "^GigabitEthernet", "ignore": True}, {"name_regex": "^net", "type": "10gbase-t"}],
        "vrfs": [{"name": "mgmt-INTF", "vrf": vrf["name"]}],
        "management_interface": "oob0",
    }
    result = look(lab, **options)
    assert found(result, device)["primary_ip"] == {"address": f"{device.ip}/24", "interface": "net 1"}
    assert found(result, lonely)["primary_ip"] == {"address": f"{lonely.ip}/32", "interface": "oob0"}
    assert (found(result, device)["ports"], found(result, lonely)["ports"]) == (2, 0)
    lab.prove(**options)
    row = lab.row(str(device.sysName))
    (interface,) = [item for item in lab.netbox.all("dcim/interfaces", device_id=row["id"]) if item["name"] == "net 1"]
    assert interface["type"]["value"] == "10gbase-t"
    assert look(lab, **options)["summary"]["drifted"] == 0
    # By other names, types and tables NetBox lacks what LibreNMS has.
    plain = drift(look(lab, ports="all"), device)
    assert {"Gi1/0/9"} <= {str(item[0]).split()[-1] for item in plain}


def test_only_what_librenms_denies_has_vanished(lab: Lab) -> None:
    """A filter, a disabled device, an error or an empty list make nothing vanish."""
    gone, disabled, there = lab.device(), lab.device(), lab.device()
    lab.run()
    row = lab.row(str(gone.sysName))
    lab.librenms.world.remove(gone.device_id)
    lab.librenms.world.change(disabled.device_id, disabled=True)
    result = look(lab)
    vanished = {item["device_id"]: item["netbox"] for item in result["vanished"]}
    assert (vanished[gone.device_id]["id"], vanished[gone.device_id]["type"]) == (row["id"], "device")
    assert not {disabled.device_id, there.device_id} & vanished.keys()
    assert result["summary"]["vanished"] == len(result["vanished"])

    narrowed = look(lab, all_devices=False, filters={"hostname": [there.hostname]})
    assert (narrowed["vanished"], narrowed["summary"]["vanished"]) == (None, None)
    for device in (disabled, there):
        lab.librenms.world.remove(device.device_id)
    assert look(lab)["vanished"] is None


def test_the_playbook_for_every_night(ansible: Ansible, lab: Lab) -> None:
    device = lab.device()
    lab.run()
    settings = {"rules": RULES, "filters": {"device_ids": [device.device_id]}, "librenms_background": False, "cache_timeout": 0}
    quiet = ansible.play(DRIFT, extra={**settings, "fail_on_drift": True})
    assert quiet.status == "successful", quiet.stdout
    lab.netbox.change("dcim/devices", lab.row(str(device.sysName))["id"], serial="BYHAND2")
    told = ansible.play(DRIFT, extra=settings)
    assert told.status == "successful", told.stdout
    assert f"LibreNMS {device.serial}, NetBox BYHAND2" in told.stdout
    failed = ansible.play(DRIFT, extra={**settings, "fail_on_drift": True})
    assert failed.status == "failed"
    assert "1 devices differ between LibreNMS and NetBox" in failed.stdout
