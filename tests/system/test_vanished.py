# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import does about devices that LibreNMS has no more, on the real NetBox."""

from __future__ import annotations

import typing as t

import pytest
from servers.librenms_model import SimDevice
from system.support.harness import Json
from system.support.lab import Lab, by_id, codes, new_stack
from system.test_undo import undo

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError


class Gone:
    """A device, a stack and a virtual machine that are about to leave a LibreNMS with seven others; its server key is its own."""

    def __init__(self, lab: Lab, mode: str) -> None:
        self.lab = lab
        key = f"vanished-{next(lab.ids)}"
        self.options: Json = {"server_key": key, "server_key_new": True, "vanished": mode, "vanished_after": "2", "vanished_limit": 30}
        self.options |= {"vanished_tag": key, "create_missing": ["tags"]}
        self.device, (self.stack, _serials), self.machine = lab.device(), new_stack(lab, 2), lab.device("vm-linux")
        self.there = [lab.device("ups") for _number in range(7)]
        assert self.run()["summary"]["created"] == 10
        for device in self.all:
            lab.librenms.world.remove(device.device_id)

    @property
    def all(self) -> tuple[SimDevice, ...]:
        return (self.device, self.stack, self.machine)

    def run(self, **options: t.Any) -> Json:
        return self.lab.run(**{**self.options, **options})

    def of(self, result: Json) -> list[Json]:
        """The results of the three."""
        results = by_id(result)
        return [results[device.device_id] for device in self.all]

    def rows(self) -> list[Json]:
        """The objects of the three, the stack's other member included."""
        members = self.lab.stack(str(self.stack.sysName))
        (machine,) = self.lab.machines(name=str(self.machine.sysName))
        return [self.lab.row(str(self.device.sysName)), members[1], members[2], machine]

    def marks(self) -> set[str]:
        if self.options["vanished"] == "status":
            return {row["status"]["value"] for row in self.rows()}
        return {",".join(tag["name"] for tag in row["tags"]) for row in self.rows()}


@pytest.mark.parametrize("mode", ["status", "tag"])
def test_what_has_vanished_is_marked_and_is_back_as_it_was(lab: Lab, mode: str) -> None:
    gone = Gone(lab, mode)
    plain, marked = ({"active"}, {"offline"}) if mode == "status" else ({""}, {gone.options["vanished_tag"]})
    before = lab.netbox.changes()
    assert "vanished" not in {code for item in gone.run(vanished=None)["results"] for code in codes(item, "warnings")}
    report = gone.run(vanished="report")
    assert (report["summary"]["vanished"], report["summary"]["selected"]) == (3, 7)
    # Runs in check mode do not count, and neither does one that is only to report.
    for check in (True, True, False):
        waiting = gone.run(check=check)
        assert [item["action"] for item in gone.of(waiting)] == ["none"] * 3
        assert all("vanished_after is 2" in str(item["warnings"]) for item in gone.of(waiting))
    assert lab.netbox.changes() == before and gone.marks() == plain
    done = lab.prove(**gone.options)
    assert [item["action"] for item in gone.of(done)] == ["update"] * 3
    assert (done["summary"]["vanished"], done["summary"]["vanished_marked"], done["summary"]["updated"]) == (3, 3, 0)
    assert gone.marks() == marked

    # An undo, or a person, is not overruled.
    undo(lab, done["job"]["id"])
    assert gone.marks() == plain
    lab.assert_settled(**gone.options)
    for device in gone.all:
        lab.librenms.world.put(device)
    assert gone.run()["summary"]["vanished"] == 0
    for device in gone.all:
        lab.librenms.world.remove(device.device_id)

    # By a plan, and undisturbed.
    gone.run()
    plan = str(lab.directory / "vanished.json")
    planned = gone.run(check=True, save_plan=plan)
    applied = lab.run(apply_plan=plan)
    assert [item["changes"] for item in gone.of(planned)] == [item["changes"] for item in gone.of(applied)]
    assert applied["summary"]["vanished_marked"] == 3 and gone.marks() == marked
    assert lab.run(apply_plan=plan)["stats"]["netbox_writes"] == 0
    lab.assert_settled(**gone.options)
    for device in gone.all:
        lab.librenms.world.put(device)
    back = lab.prove(**gone.options)
    assert [item["action"] for item in gone.of(back)] == ["update"] * 3
    assert gone.marks() == plain


def test_nothing_is_concluded_from_an_answer_in_doubt(lab: Lab) -> None:
    gone = Gone(lab, "status")
    faults, path = lab.librenms.faults, f"/devices/{gone.device.device_id}"
    before = lab.netbox.changes()

    def left_alone(said: str, **options: t.Any) -> None:
        lab.warnings.clear()
        result = gone.run(vanished_after="1", **options)
        assert result["summary"]["vanished"] is None
        assert said in str(lab.warnings)
        faults.clear()
        assert lab.netbox.changes() == before

    for status in (401, 403, 404, 500, 503):
        faults.add("status", status=status, path=path, count=None)
        left_alone("cannot be told")
    for kind in ("empty_list", "html", "cut_json", "foreign_json", "reset"):
        faults.add(kind, path=path, count=None)
        left_alone("cannot be told")
    # It denies a device that it has just shown.
    known = max(device.device_id for device in gone.there)
    faults.add("status", status=404, message=f"Device {known} does not exist", path=f"/devices/{known}", count=None)
    left_alone("said not to exist")
    # A user who may see the others only.
    token = lab.librenms.add_token("user", [device.device_id for device in gone.there])
    left_alone("cannot be told", librenms_token=token)
    # A selection.
    left_alone("nothing can have vanished", all_devices=False, filters={"type": ["power"]})
    # No device at all.
    for device in gone.there:
        lab.librenms.world.remove(device.device_id)
    lab.warnings.clear()
    assert gone.run(vanished_after="1")["summary"]["vanished"] is None
    assert lab.netbox.changes() == before
    for device in gone.there:
        lab.librenms.world.put(device)

    # Too many at once.
    lab.warnings.clear()
    held = gone.run(vanished_after="1", vanished_limit=29)
    assert held["summary"]["vanished"] == 3 and lab.netbox.changes() == before
    assert "3 of 10 linked devices (30 %) are missing, more than vanished_limit (29 %)" in str(lab.warnings)
    # And then it goes: none of those counted.
    assert gone.run(vanished_after="2")["summary"]["vanished_marked"] == 0
    assert gone.run(vanished_after="2")["summary"]["vanished_marked"] == 3


def test_a_tag_that_netbox_lacks_is_refused(lab: Lab) -> None:
    lab.device("ups")
    before = lab.netbox.changes()
    for check in (True, False):
        with pytest.raises(OptionError, match=r"vanished_tag.*no-such-mark"):
            lab.run(check=check, vanished="tag", vanished_after="1", vanished_tag="no-such-mark")
    assert lab.netbox.changes() == before
