# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import's main job on the real NetBox: preview, import, second run."""

from __future__ import annotations

import collections

from servers.librenms_demo import demo_devices
from servers.librenms_devices import generate
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import DEMO_VARS, RULES, Ansible, NetBoxApi, actions, without_ids

OPTIONS = {"all_devices": True, "rules": RULES, "batch_size": "50"}


def test_200_mixed_devices(ansible: Ansible, librenms: LibreNMSSimulator, empty_netbox: NetBoxApi) -> None:
    for device in demo_devices():
        librenms.world.remove(device.device_id)
    generated = generate(200, 7, stack_share=0.1, vm_share=0.05)
    for device in generated:
        librenms.world.put(device)
    before = empty_netbox.changes()

    preview = ansible.import_devices(OPTIONS, check=True, arguments="--diff")
    assert empty_netbox.changes() == before
    assert preview["stats"]["netbox_writes"] == 0
    assert preview["changed"]
    assert preview["summary"]["created"] == 200, preview["summary"]

    done = ansible.import_devices(OPTIONS, arguments="--diff")
    assert without_ids(done["results"]) == without_ids(preview["results"])
    assert done["summary"] == preview["summary"]
    assert done["diff"] == preview["diff"]
    summary = done["summary"]
    assert summary["virtual_chassis_created"] == 20
    devices = 200 - summary["virtual_machines_created"]
    # The custom field, the lists of devices and of virtual machines, and three more a list of devices for its stacks.
    lists = -(-devices // 50)
    assert done["stats"]["netbox_writes"] <= 1 + lists * 4 + -(-summary["virtual_machines_created"] // 50)

    rows = empty_netbox.all("dcim/devices")
    machines = empty_netbox.all("virtualization/virtual-machines")
    assert len(rows) == devices + summary["members_created"]
    assert len(machines) == summary["virtual_machines_created"]
    fields = (row["custom_fields"]["librenms_id"] for row in (*rows, *machines))
    links = collections.Counter(field["default"] for field in fields if field)
    assert links == collections.Counter(device.device_id for device in generated)
    for chassis in empty_netbox.all("dcim/virtual-chassis"):
        assert chassis["master"], chassis["name"]
        assert chassis["member_count"] > 1

    after = empty_netbox.changes()
    second = ansible.import_devices(OPTIONS)
    assert not second["changed"]
    assert second["stats"]["netbox_writes"] == 0
    assert empty_netbox.changes() == after
    assert set(actions(second).values()) == {"skip"}


def test_demo_devices_in_check_mode_equal_the_run(ansible: Ansible, netbox: NetBoxApi) -> None:
    options = {"all_devices": True, "rules": RULES, "overrides": DEMO_VARS["overrides"], "strip_domain": True, "existing": "update"}
    options |= {"tags": ["librenms", "new tag"], "create_missing": ["tags", "platforms"]}
    before = netbox.changes()
    preview = ansible.import_devices(options, check=True, arguments="--diff")
    assert netbox.changes() == before
    done = ansible.import_devices(options, arguments="--diff")
    assert done["summary"]["failed"] == 0, [item for item in done["results"] if item["action"] == "fail"]
    assert without_ids(done["results"]) == without_ids(preview["results"])
    assert done["diff"] == preview["diff"]
    assert done["stats"]["netbox_writes"] > 0
    after = netbox.changes()
    second = ansible.import_devices(options)
    assert not second["changed"], [item for item in second["results"] if item["changes"]]
    assert second["stats"]["netbox_writes"] == 0
    assert netbox.changes() == after


def test_search_says_what_the_import_does(ansible: Ansible, netbox: NetBoxApi) -> None:
    common = {"all_devices": True, "rules": RULES, "overrides": DEMO_VARS["overrides"], "strip_domain": True}
    before = netbox.changes()
    found = ansible.search({**common, "detect_virtual_chassis": True})
    # What is linked and has no address gets one, whatever existing says.
    imported = ansible.import_devices({**common, "ports": "none"}, check=True)
    assert netbox.changes() == before
    expected = {"ready": "create", "blocked": "blocked", "existing": "skip"}
    assert {item["device_id"]: expected[item["state"]] for item in found["devices"]} == actions(imported)
    by_id = {item["device_id"]: item for item in imported["results"]}
    for device in found["devices"]:
        assert device["issues"] == by_id[device["device_id"]]["issues"]
