# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans that are saved, read, and carried out later, on the real NetBox."""

from __future__ import annotations

import dataclasses
import json
import stat
import typing as t
from pathlib import Path

import pytest
from servers.librenms_model import SimDevice, SimPort
from system.support.harness import Json, without_ids
from system.support.inprocess import run_import
from system.support.kills import kill_plan_everywhere
from system.support.lab import STACK_TYPE, Lab, assert_same, by_id, codes, new_stack, stack_by_hand, stack_of
from system.test_all_ports import with_ports

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import search_spec
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.saved_plan import SavedPlan
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow import importing
from ansible_collections.netsot.librenms.plugins.module_utils._flow.options import SearchOptions
from ansible_collections.netsot.librenms.plugins.module_utils._flow.searching import search

OPTIONS: Json = {
    "tags": ["from a plan"],
    "create_missing": ["tags", "platforms", "sites", "locations", "roles"],
    "existing": "update",
    "ports": "all",
}


class Plans:
    """A plan of a lab's devices, and runs that carry it out without LibreNMS."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.path = lab.directory / "plan.json"

    def save(self, *, check: bool = True) -> Json:
        return self.lab.run(check=check, save_plan=str(self.path), **OPTIONS)

    def apply(self, *, check: bool = False, path: Path | None = None, token: str = "admin_v1", **options: t.Any) -> Json:
        """As another user on another host would: with another token, without LibreNMS, and with nothing but the file."""
        netbox = self.lab.netbox
        state = {"state_dir": str(self.lab.directory / "elsewhere"), "cache_dir": str(self.lab.directory / "cache elsewhere")}
        given = {"netbox_url": netbox.url, "netbox_token": netbox.tokens[token], "apply_plan": str(path or self.path), **state}
        return run_import({**given, **options}, check=check, warn=self.lab.warnings.append)

    def prove(self, **options: t.Any) -> Json:
        """Check mode writes nothing and says what the run then does; carried out twice, the second run writes nothing."""
        before = self.lab.netbox.changes()
        preview = self.apply(check=True, **options)
        assert self.lab.netbox.changes() == before
        done = self.apply(**options)
        for name in ("results", "diff", "summary", "changed"):
            assert_same(without_ids(preview[name]), without_ids(done[name]))
        assert done["stats"]["librenms_requests"] == 0
        after = self.lab.netbox.changes()
        again = self.apply(**options)
        assert again["stats"]["netbox_writes"] == 0, again["results"]
        assert not again["changed"]
        assert self.lab.netbox.changes() == after
        return done


def mixed(lab: Lab) -> tuple[SimDevice, SimDevice, SimDevice, SimDevice]:
    """Of all kinds, with ports and addresses.

    A new device with a new platform at a new site, a new stack, one that NetBox has without serial and link, one that is as it
    shall be.
    """
    number = next(lab.ids)
    new = lab.device("cbs350", f"Site {number}, Hall A, R1", os=f"os{number}")
    stack, _serials = new_stack(lab, 3)
    gap = lab.device("cbs350", "NYC, Suite 400, R12")
    lab.netbox.add_device(str(gap.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
    there = lab.device("ups")
    lab.run(filters={"device_ids": [there.device_id]}, all_devices=False, **OPTIONS)
    return with_ports(lab, new, few_ports), with_ports(lab, stack, few_ports), with_ports(lab, gap, few_ports), there


def few_ports(device: SimDevice) -> tuple[SimPort, ...]:
    return (
        SimPort(1, "Gi1/0/1", "GigabitEthernet1/0/1", "uplink", ifPhysAddress=f"00112233{device.device_id:04x}", lower=60),
        SimPort(2, "Gi1/0/1.100", "GigabitEthernet1/0/1.100", "", ifType="l2vlan"),
        SimPort(60, "Po1", "Port-channel1", "", ifType="propVirtual"),
        SimPort(61, "Vl1", "Vlan1", "", ifType="propVirtual", addresses=(f"{device.ip}/24",)),
    )


def test_a_plan_is_carried_out_exactly(lab: Lab) -> None:
    new, stack, gap, there = mixed(lab)
    plans = Plans(lab)
    before = lab.netbox.changes()
    planned = plans.save()
    assert lab.netbox.changes() == before
    assert {by_id(planned)[item.device_id]["action"] for item in (new, stack)} == {"create"}
    for path in (plans.path, plans.path.with_suffix(".html")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text()
        assert all(str(item.sysName) in text for item in (new, stack, gap, there))
        assert not any(secret in text for secret in (lab.librenms.token, *lab.netbox.tokens.values()))
    # LibreNMS has other devices by then.
    for item in (new, stack, gap):
        lab.librenms.world.remove(item.device_id)
    done = plans.prove()
    assert_same(without_ids(planned["results"]), without_ids(done["results"]))
    assert_same(planned["diff"], done["diff"])
    assert lab.row(str(new.sysName))["platform"]["name"] == new.os
    assert lab.row(str(new.sysName))["site"]["name"] == str(new.location).partition(",")[0]
    members = lab.stack(str(stack.sysName))
    assert len(members) == 3
    for item, row in ((new, lab.row(str(new.sysName))), (stack, members[1]), (gap, lab.row(str(gap.sysName)))):
        assert row["primary_ip4"]["address"] == f"{item.ip}/24"
    assert (done["summary"]["addresses_created"], done["summary"]["mac_addresses_created"]) == (3, 3)
    assert by_id(done)[gap.device_id]["action"] == "update"
    assert lab.row(str(gap.sysName))["serial"] == gap.serial


def test_only_what_changed_is_blocked(lab: Lab) -> None:
    netbox = lab.netbox
    new, stack, gap, _there = mixed(lab)
    named, serial, member = lab.device("cbs350"), lab.device("cbs350"), new_stack(lab, 2)
    address, other_site = with_ports(lab, lab.device("cbs350"), few_ports), lab.device("cbs350", "Kyoto")
    edited, port, removed = (with_ports(lab, lab.device("cbs350", "NYC"), few_ports) for _number in range(3))
    rows = [netbox.add_device(str(item.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core") for item in (edited, port, removed)]
    site = netbox.add("dcim/sites", name="Kyoto", slug="kyoto")
    plans = Plans(lab)
    plans.save()
    netbox.change("dcim/devices", rows[0]["id"], comments="touched")
    netbox.add("dcim/interfaces", device=rows[1]["id"], name="Vl1", type="virtual")
    netbox.remove("dcim/devices", rows[2]["id"])
    netbox.change("dcim/sites", site["id"], description="touched")
    netbox.add("ipam/ip-addresses", address=f"{address.ip}/32")
    netbox.add_device(str(named.sysName).upper(), site="Paris DC2", device_type="CBS350-24P-4X", role="Core")
    netbox.add_device(f"other {serial.device_id}", site="NYC", device_type="CBS350-24P-4X", role="Core", serial=serial.serial)
    netbox.add_device(f"other {member[0].device_id}", site="NYC", device_type="CBS350-24P-4X", role="Core", serial=member[1][1])
    done = plans.prove()
    results = by_id(done)
    for item in (edited, port, removed, named, serial, member[0], address, other_site):
        assert (results[item.device_id]["action"], codes(results[item.device_id])) == ("blocked", {"plan_outdated"}), item
    assert [results[item.device_id]["action"] for item in (new, stack, gap)] == ["create", "create", "update"]
    assert "touched" not in str(results[edited.device_id]["issues"]) and str(rows[0]["id"]) in str(results[edited.device_id]["issues"])
    assert netbox.one("dcim/devices", id=rows[0]["id"])["serial"] == ""


def test_a_plan_of_a_search(lab: Lab) -> None:
    device = with_ports(lab, lab.device("cbs350"), few_ports)
    plans = Plans(lab)
    given = lab.options(save_plan=str(plans.path))
    params = {name: given.get(name, details.get("default")) for name, details in search_spec().items()}
    before = lab.netbox.changes()
    found = search(SearchOptions.from_options(params), check_mode=False, parameters={}, warn=lab.warnings.append)
    assert lab.netbox.changes() == before and found["stats"]["netbox_writes"] == 0
    assert plans.prove()["summary"]["created"] == 1
    assert lab.row(str(device.sysName))["primary_ip4"]["address"] == f"{device.ip}/24"
    with pytest.raises(OptionError, match=r"save_plan.*needs assess"):
        SearchOptions.from_options({**params, "assess": False})


def test_an_edit_between_the_look_and_the_write_is_refused_by_netbox(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    netbox = lab.netbox
    rows = {}
    for _number in range(3):
        device = lab.device("cbs350", "NYC")
        rows[device.device_id] = netbox.add_device(str(device.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
    plans = Plans(lab)
    plans.save()
    touched = min(rows)
    real = importing.check_rights

    def edit_first(*args: object, **named: object) -> None:
        real(*args, **named)  # type: ignore[arg-type]
        netbox.change("dcim/devices", rows[touched]["id"], comments="in between")

    monkeypatch.setattr(importing, "check_rights", edit_first)
    results = by_id(plans.apply())
    assert {number: results[number]["action"] for number in rows} == {
        number: "blocked" if number == touched else "update" for number in rows
    }
    assert codes(results[touched]) == {"plan_outdated"}
    assert netbox.one("dcim/devices", id=rows[touched]["id"])["serial"] == ""


def test_a_plan_that_is_killed_at_its_writes_is_carried_out_again(lab: Lab) -> None:
    """New devices, a virtual machine and stacks, a device that turns out to be a stack, one whose members swapped and that grew."""
    new, stack, machine = lab.device("cbs350", os="killedos"), new_stack(lab, 2)[0], lab.device("vm-linux")
    becomes, becomes_serials = new_stack(lab, 2)
    swapped, serials = new_stack(lab, 3)
    stack_of(lab, [(1, serials[0]), (2, serials[2]), (3, serials[1]), (4, f"{serials[0]}N")], device=swapped)
    gap = lab.device("cbs350", "NYC, Suite 400, R12")
    for device in (new, stack, machine, becomes, gap):
        with_ports(lab, device, few_ports)

    def prepare() -> None:
        add = lab.netbox.add_device
        add(str(gap.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
        add(str(becomes.sysName), device_type=STACK_TYPE, serial=becomes_serials[0])
        stack_by_hand(lab, "swapped", serials)

    kill_plan_everywhere(lab, prepare, OPTIONS)


def test_a_part_of_a_plan(lab: Lab) -> None:
    one, other = lab.device("cbs350", os="planned1"), lab.device("cbs350", os="planned2")
    plans = Plans(lab)
    plans.save()
    assert plans.prove(only_device_ids=[one.device_id])["summary"]["created"] == 1
    assert lab.netbox.all("dcim/platforms", name="planned2") == []
    assert lab.rows(name=str(other.sysName)) == []
    assert by_id(plans.prove(except_device_ids=[one.device_id]))[other.device_id]["action"] == "create"
    with pytest.raises(OptionError, match="only_device_ids: are not in the plan"):
        plans.apply(only_device_ids=[1])


def test_what_is_refused(lab: Lab) -> None:
    lab.device("cbs350")
    plans = Plans(lab)
    before = lab.netbox.changes()
    plans.save()
    text = plans.path.read_text()
    data = json.loads(text)

    def refused(content: str, **options: t.Any) -> str:
        other = lab.directory / "other.json"
        other.write_text(content)
        with pytest.raises(OptionError) as caught:
            plans.apply(path=other, **options)
        return str(caught.value)

    assert "was changed" in refused(json.dumps({**data, "server_key": "other"}))
    assert "no plan of this collection" in refused("{}")
    assert "cannot be read as a plan" in refused(text[:-20])
    assert "format 99" in refused(json.dumps({**data, "format_version": 99}))
    old = SavedPlan.from_text(text)
    assert "plan_max_age" in refused(dataclasses.replace(old, created_at="2020-01-01T00:00:00Z").to_text())
    assert "is not the NetBox of the plan" in refused(text, netbox_url="http://127.0.0.1:9")
    assert "is not the LibreNMS of the plan" in refused(text, librenms_url="http://127.0.0.1:9")
    assert "needs apply_plan" in _error(lab, only_device_ids=[1])
    assert "must end with .json" in _error(lab, save_plan=str(lab.directory / "plan.txt"))
    assert "cannot go with apply_plan" in _error(lab, save_plan=str(plans.path), apply_plan=str(plans.path))
    assert lab.netbox.changes() == before


def _error(lab: Lab, **options: t.Any) -> str:
    with pytest.raises(OptionError) as caught:
        lab.run(**options)
    return str(caught.value)
