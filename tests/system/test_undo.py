# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports that are taken back, on the real NetBox."""

from __future__ import annotations

import stat
import time
import typing as t

import pytest
from system.support.harness import RULES, Ansible, Json
from system.support.lab import Lab, assert_same, new_stack
from system.test_all_ports import with_ports
from system.test_plans import few_ports

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import undo_spec
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.undoing import UndoOptions, undo_import
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.client import NetBoxClient

IMPORT: Json = {
    "tags": ["to be undone"],
    "create_missing": ["tags", "platforms", "sites", "locations", "roles"],
    "existing": "update",
    "ports": "all",
    "rules": {**RULES, "roles": [{"name_regex": "^dev-ups", "role": "Power Supply"}, *RULES["roles"]]},
}
# Tables that an import writes, or may have an effect on.
TABLES = (
    *("dcim/devices", "dcim/virtual-chassis", "dcim/interfaces", "dcim/mac-addresses", "dcim/platforms", "dcim/device-types"),
    *("dcim/sites", "dcim/locations", "dcim/device-roles", "dcim/manufacturers", "extras/tags", "extras/custom-fields"),
    *("extras/journal-entries", "ipam/ip-addresses", "virtualization/virtual-machines", "virtualization/interfaces"),
    "virtualization/clusters",
)


def undo(lab: Lab, job_id: str, *, check: bool = False, elsewhere: bool = False, **options: t.Any) -> Json:
    """:param elsewhere: on a host that has no journal of the import"""
    given = {"netbox_url": lab.netbox.url, "netbox_token": lab.netbox.tokens["admin_v2"], "job_id": job_id}
    given |= {"state_dir": str(lab.directory / ("elsewhere" if elsewhere else "state")), **options}
    params = {name: given.get(name, details.get("default")) for name, details in undo_spec().items()}
    return undo_import(UndoOptions.from_options(params), check_mode=check, parameters={}, warn=lab.warnings.append)


def everything(lab: Lab) -> Json:
    """All objects with all their fields, but for when they were last changed."""
    return {path: {row["id"]: {**row, "last_updated": None} for row in lab.netbox.all(path)} for path in TABLES}


def actions(result: Json) -> dict[tuple[str, int], str]:
    return {(item["object"], item["id"]): item["action"] for item in result["objects"]}


def kept(result: Json) -> list[Json]:
    """What was not taken back."""
    return [item for item in result["objects"] if item["action"] in ("left", "fail", "not_processed")]


def mixed(lab: Lab) -> None:
    """Devices, stacks and virtual machines, new and known, with ports, at sites and with roles that NetBox lacks."""
    number = next(lab.ids)
    with_ports(lab, lab.device("cbs350", f"Site {number}, Hall A, R1", os=f"os{number}"), few_ports)
    with_ports(lab, new_stack(lab, 3)[0], few_ports)
    lab.device("ups")
    with_ports(lab, lab.device("vm-linux"), few_ports)
    gap = with_ports(lab, lab.device("cbs350", "NYC, Suite 400, R12", os=f"os{number}"), few_ports)
    row = lab.netbox.add_device(str(gap.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
    lab.netbox.add("dcim/interfaces", device=row["id"], name="Gi1/0/1", type="1000base-t")
    # A stack whose master NetBox has already, by itself.
    stack, serials = new_stack(lab, 2)
    lab.netbox.add_device(str(stack.sysName), site="Paris DC2", device_type="Catalyst 2960X-24PS-L", role="Core", serial=serials[0])


def test_the_playbook_undoes(lab: Lab, ansible: Ansible) -> None:
    device = lab.device("ups")
    job_id = lab.run()["job"]["id"]
    extra = {"job_id": job_id, "state_dir": str(lab.directory / "state")}
    preview = ansible.play("netsot.librenms.undo", extra=extra | {"librenms_poll": 1}, check=True, arguments="--diff")
    assert preview.status == "successful", preview.stdout
    assert lab.row(str(device.sysName))
    done = ansible.play("netsot.librenms.undo", extra=extra | {"librenms_background": False, "undo_job_id": "undo-by-playbook"})
    assert done.status == "successful", done.stdout
    (told,), (shown,) = preview.tasks("Show what happened"), done.tasks("Show what happened")
    assert told["msg"] == shown["msg"] and any(str(device.sysName) in str(line) for line in shown["msg"])
    assert lab.rows(name=str(device.sysName)) == []
    record = ansible.module("librenms_job_info", {"kind": "undo", "job_id": "undo-by-playbook", "state_dir": extra["state_dir"]}).result()
    assert [job["status"] for job in record["jobs"]] == ["completed"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["by the journal", "by the change log"])
def test_an_import_is_undone_as_a_whole(lab: Lab, elsewhere: bool) -> None:
    lab.run()
    mixed(lab)
    before = everything(lab)
    done = lab.run(**IMPORT)
    assert done["summary"]["failed"] == 0 and done["summary"]["virtual_chassis_created"] == 2
    assert done["summary"]["blocked"] == 0 and done["summary"]["virtual_machines_created"] == 1, done["results"]
    job_id = done["job"]["id"]
    journal = lab.directory / "state" / "jobs" / f"{job_id}.journal"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert not any(secret in journal.read_text() for secret in (lab.librenms.token, *lab.netbox.tokens.values()))
    count = lab.netbox.changes()
    preview = undo(lab, job_id, check=True, elsewhere=elsewhere)
    assert lab.netbox.changes() == count and preview["stats"]["netbox_writes"] == 0
    undone = undo(lab, job_id, elsewhere=elsewhere)
    assert not kept(undone)
    assert_same(preview["objects"], undone["objects"])
    assert (preview["summary"], preview["diff"], preview["changed"]) == (undone["summary"], undone["diff"], True)
    assert_same(before, everything(lab))
    assert undone["job"]["kind"] == "undo" and undone["job"]["status"] == "completed"
    count = lab.netbox.changes()
    again = undo(lab, job_id, elsewhere=elsewhere)
    assert not again["changed"] and again["stats"]["netbox_writes"] == 0
    assert lab.netbox.changes() == count


def test_what_others_touched_stays(lab: Lab) -> None:
    netbox = lab.netbox
    lab.run()
    devices = [with_ports(lab, lab.device("cbs350", "NYC"), few_ports) for _number in range(7)]
    gap = lab.device("cbs350", "NYC")
    row = netbox.add_device(str(gap.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
    stack, _serials = new_stack(lab, 2)
    job_id = lab.run(**IMPORT)["job"]["id"]
    edited, with_interface, with_address, with_journal, with_cable, other, plain = (lab.row(str(device.sysName)) for device in devices)
    netbox.change("dcim/devices", edited["id"], comments="ours now")
    netbox.add("dcim/interfaces", device=with_interface["id"], name="by hand", type="virtual")
    port = netbox.one("dcim/interfaces", device_id=with_address["id"], name="Vl1")
    netbox.add("ipam/ip-addresses", address="192.0.2.77/24", assigned_object_type="dcim.interface", assigned_object_id=port["id"])
    netbox.add("extras/journal-entries", assigned_object_type="dcim.device", assigned_object_id=with_journal["id"], comments="seen")
    ends = [netbox.one("dcim/interfaces", device_id=with_cable["id"], name="Gi1/0/1")]
    ends.append(netbox.add("dcim/interfaces", device=row["id"], name="by cable", type="1000base-t"))
    sides = [[{"object_type": "dcim.interface", "object_id": end["id"]}] for end in ends]
    netbox.add("dcim/cables", a_terminations=sides[0], b_terminations=sides[1])
    netbox.change("dcim/devices", row["id"], comments="ours too")
    members = lab.stack(str(stack.sysName))
    netbox.change("dcim/devices", members[2]["id"], asset_tag=f"A{stack.device_id}")
    left = [item["id"] for item in (edited, with_interface, with_address, with_journal, with_cable, row, *members.values())]

    # Some devices first, then all of it.
    part = undo(lab, job_id, device_ids=[devices[5].device_id])
    assert actions(part)["dcim/devices", other["id"]] == "remove"
    assert {item["action"] for item in part["objects"]} == {"remove"} and len(part["objects"]) == 7, part["objects"]
    preview = undo(lab, job_id, check=True)
    undone = undo(lab, job_id)
    assert_same(preview["objects"], undone["objects"])
    result = actions(undone)
    assert [result["dcim/devices", number] for number in left] == ["left"] * len(left), undone["objects"]
    assert result["dcim/devices", plain["id"]] == "remove" and result["dcim/devices", other["id"]] == "gone"
    by = {item["id"]: (item["by"], bool(item["at"])) for item in undone["objects"] if item["object"] == "dcim/devices"}
    assert [by[number] for number in left[:4]] == [("admin", True)] * 4
    for number in left:
        assert netbox.one("dcim/devices", id=number)["id"] == number
    assert result["dcim/virtual-chassis", members[2]["virtual_chassis"]["id"]] == "left"
    assert [item["action"] for item in undone["objects"] if item["object"] == "extras/tags"] == ["left"]
    # What belongs to a device stays and goes with it.
    assert netbox.all("ipam/ip-addresses", address=f"{devices[0].ip}/24")
    assert not netbox.all("ipam/ip-addresses", address=f"{devices[6].ip}/24")
    assert lab.rows(name=str(devices[6].sysName)) == []


def test_an_undo_that_is_killed_at_any_write_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    lab.run()
    mixed(lab)
    before = everything(lab)
    job_id = lab.run(**IMPORT)["job"]["id"]
    # As a kill leaves it: nobody has noted what became of the last writes, and the last line has no end.
    journal = lab.directory / "state" / "jobs" / f"{job_id}.journal"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"ended"' not in line or lines.index(line) < len(lines) // 2) + '{"ended":{"num')
    real = {name: getattr(NetBoxClient, name) for name in ("patch", "delete")}
    kills = 0

    def killing(name: str) -> t.Any:
        def write(self: NetBoxClient, *args: t.Any) -> t.Any:
            nonlocal kills
            real[name](self, *args)
            kills += 1
            # The write has happened, and nobody was told.
            raise Killed

        return write

    for name in real:
        monkeypatch.setattr(NetBoxClient, name, killing(name))
    for _number in range(40):
        try:
            undo(lab, job_id)
            break
        except Killed:
            continue
    assert kills > 8
    monkeypatch.undo()
    last = undo(lab, job_id)
    assert not kept(last) and not last["changed"]
    assert_same(before, everything(lab))


def test_an_undo_ends_at_its_deadline_and_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    device = lab.device("ups")
    job_id = lab.run()["job"]["id"]
    read_by = NetBoxClient.read_by

    def slow(self: NetBoxClient, *args: t.Any, **filters: t.Any) -> list[Json]:
        time.sleep(0.6)
        return read_by(self, *args, **filters)

    monkeypatch.setattr(NetBoxClient, "read_by", slow)
    late = undo(lab, job_id, deadline=1)
    assert late["timed_out"] and late["failed"] and late["job"]["status"] == "timed_out"
    assert lab.row(str(device.sysName))
    monkeypatch.undo()
    assert not kept(undo(lab, job_id))
    assert lab.rows(name=str(device.sysName)) == []


def test_what_cannot_be_undone(lab: Lab) -> None:
    lab.device("ups")
    done = lab.run()
    job_id = done["job"]["id"]
    with pytest.raises(CollectionError, match="no journal of the job 'no-such-job'"):
        undo(lab, "no-such-job")
    with pytest.raises(OptionError, match="device_ids"):
        undo(lab, job_id, device_ids=[1])
    with pytest.raises(OptionError, match="deadline"):
        undo(lab, job_id, deadline=0)
    with pytest.raises(OptionError, match="is not the NetBox that job"):
        undo(lab, job_id, netbox_url=lab.netbox.url.replace("127.0.0.1", "localhost"))
    # A token that may see everything and remove nothing.
    refused = undo(lab, job_id, netbox_token=lab.netbox.tokens["limited"])
    assert refused["failed"] and not refused["changed"] and refused["summary"]["fail"] > 0
    assert undo(lab, job_id)["summary"]["remove"] > 0
