# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks as virtual chassis of the real NetBox: made, found again, completed, and never doubled."""

from __future__ import annotations

import typing as t

import pytest
from system.support.harness import Json
from system.support.lab import STACK_TYPE, Lab, by_id, codes, new_stack, only, serials_of, stack_of

UPDATE: Json = {"existing": "update"}
LINK: Json = {"existing": "link"}


def member_actions(result: Json) -> dict[int, str]:
    return {member["position"]: member["action"] for member in result["virtual_chassis"]["members"]}


def alone(lab: Lab, name: str, serial: str, **fields: t.Any) -> Json:
    return lab.netbox.add_device(name, device_type=STACK_TYPE, role="Access Switch", serial=serial, **fields)


def test_a_new_stack(lab: Lab) -> None:
    device = lab.device("2960x-stack")
    result = lab.prove()
    assert result["summary"]["virtual_chassis_created"] == 1
    assert result["summary"]["members_created"] == 2
    name = str(device.sysName)
    members = lab.stack(name)
    assert {position: row["name"] for position, row in members.items()} == {position: f"{name}-M{position}" for position in (1, 2, 3)}
    types = ["Catalyst 2960X-48FPS-L", "Catalyst 2960X-24PS-L", "Catalyst 2960X-48FPS-L"]
    assert [members[position]["device_type"]["model"] for position in (1, 2, 3)] == types
    assert members[1]["serial"] == device.serial
    assert len({row["serial"] for row in members.values()}) == 3
    chassis = lab.netbox.one("dcim/virtual-chassis", name=name)
    assert chassis["domain"] == f"librenms-{device.device_id}"
    assert chassis["master"]["name"] == f"{name}-M1"
    links = [members[position]["custom_fields"]["librenms_id"] for position in (1, 2, 3)]
    assert links == [{"default": device.device_id}, None, None]
    assert {row["site"]["name"] for row in members.values()} == {"Paris DC2"}
    assert {row["role"]["name"] for row in members.values()} == {"Access Switch"}


@pytest.mark.parametrize(
    ("pattern", "rename", "names"),
    [
        ("-SW{position}", False, ["{0}", "{0}-SW2"]),
        (" ({position})", True, ["{0} (1)", "{0} (2)"]),
        ("{master_name}:{serial}", False, ["{0}", "{0}:{2}"]),
    ],
)
def test_names_of_members(lab: Lab, pattern: str, rename: bool, names: list[str]) -> None:
    device, serials = new_stack(lab, 2)
    options = {"vc_member_name_pattern": pattern, "vc_rename_master": rename}
    lab.prove(**options)
    members = lab.stack(str(device.sysName))
    assert [members[position]["name"] for position in (1, 2)] == [name.format(device.sysName, *serials) for name in names]
    assert only(lab.prove(**options, **UPDATE))["action"] == "none"


def test_a_master_that_is_not_the_first_unit(lab: Lab) -> None:
    device, serials = new_stack(lab, master=2)
    lab.prove()
    members = lab.stack(str(device.sysName))
    assert serials_of(members) == dict(enumerate(serials, start=1))
    assert lab.netbox.one("dcim/virtual-chassis", name=device.sysName)["master"]["id"] == members[2]["id"]
    assert members[2]["custom_fields"]["librenms_id"] == {"default": device.device_id}


def test_a_long_server_key_fits_into_the_domain(lab: Lab) -> None:
    device, _serials = new_stack(lab, 2)
    key = "librenms-of-the-northern-region"
    lab.run(server_key=key)
    domain = lab.netbox.one("dcim/virtual-chassis", name=device.sysName)["domain"]
    assert len(domain) <= 30
    assert domain.endswith(f"-{device.device_id}")
    assert only(lab.prove(server_key=key, **UPDATE))["action"] == "none"


def test_stacks_can_be_left_alone(lab: Lab) -> None:
    device, serials = new_stack(lab)
    lab.run(virtual_chassis=False)
    assert lab.row(str(device.sysName))["virtual_chassis"] is None
    # Switched on later, the device that stands there becomes the master.
    result = only(lab.prove(**UPDATE))
    assert result["action"] == "update"
    members = lab.stack(str(device.sysName))
    assert serials_of(members) == dict(enumerate(serials, start=1))
    assert members[1]["name"] == device.sysName


@pytest.mark.parametrize("position", [1, 2])
def test_a_member_that_stands_alone_is_adopted(lab: Lab, position: int) -> None:
    """By its serial: it keeps its name, id and everything else; as the master it is the LibreNMS device itself."""
    device, serials = new_stack(lab)
    row = alone(lab, f"by-hand-{device.device_id}", serials[position - 1], comments="ours")
    result = only(lab.prove(**UPDATE))
    members = lab.stack(str(device.sysName))
    assert serials_of(members) == dict(enumerate(serials, start=1))
    adopted = members[position]
    assert (adopted["id"], adopted["name"], adopted["comments"]) == (row["id"], row["name"], "ours")
    assert result["action"] == ("update" if position == 1 else "create")
    assert member_actions(result)[2] == ("create" if position == 1 else "update")
    assert len(lab.rows(serial=serials)) == 3


def test_a_known_device_is_a_stack_only_when_updates_are_allowed(lab: Lab) -> None:
    device, serials = new_stack(lab)
    row = alone(lab, str(device.sysName), serials[0])
    assert only(lab.prove())["action"] == "skip"
    result = only(lab.prove(**LINK))
    assert result["action"] == "link"
    assert lab.netbox.one("dcim/devices", id=row["id"])["virtual_chassis"] is None
    result = only(lab.prove(**UPDATE))
    assert (result["action"], member_actions(result)) == ("update", {1: "update", 2: "create", 3: "create"})
    assert lab.stack(str(device.sysName))[1]["id"] == row["id"]


@pytest.mark.parametrize("how", ["by link", "by serial", "by a member's serial"])
def test_a_stack_made_by_hand_is_found_and_completed(lab: Lab, how: str) -> None:
    device, serials = new_stack(lab)
    chassis = lab.netbox.add("dcim/virtual-chassis", name=f"hand-{device.device_id}")
    known = {1: serials[0] if how == "by serial" else "", 3: serials[2] if how != "by link" else ""}
    rows = {
        position: alone(lab, f"hand-{device.device_id}-{position}", serial, virtual_chassis=chassis["id"], vc_position=position)
        for position, serial in known.items()
    }
    lab.netbox.change("dcim/virtual-chassis", chassis["id"], master=rows[1]["id"])
    if how == "by link":
        lab.netbox.change("dcim/devices", rows[1]["id"], custom_fields={"librenms_id": {"default": device.device_id}})
    result = only(lab.prove(**UPDATE))
    assert result["netbox"]["id"] == rows[1]["id"]
    members = lab.stack(f"hand-{device.device_id}")
    assert serials_of(members) == dict(enumerate(serials, start=1))
    assert {position: members[position]["id"] for position in (1, 3)} == {position: row["id"] for position, row in rows.items()}
    assert lab.netbox.all("dcim/virtual-chassis", name=device.sysName) == []


def test_a_stack_that_grew_and_one_that_lost_a_member(lab: Lab) -> None:
    grown, grown_serials = new_stack(lab, 2)
    shrunk, shrunk_serials = new_stack(lab, 3)
    lab.run()
    stack_of(lab, [*enumerate(grown_serials, start=1), (3, f"{grown_serials[0]}N")], device=grown)
    stack_of(lab, list(enumerate(shrunk_serials[:2], start=1)), device=shrunk)
    for options in ({}, LINK):
        results = by_id(lab.prove(**options))
        assert not any(item["changes"] for item in results.values())
    results = by_id(lab.prove(**UPDATE))
    assert member_actions(results[grown.device_id]) == {1: "update", 2: "none", 3: "create"}
    assert results[shrunk.device_id]["action"] == "none"
    warnings = [issue["message"] for issue in results[shrunk.device_id]["warnings"] if issue["code"] == "virtual_chassis_conflict"]
    assert any(f"{shrunk.sysName}-M3" in message and "position 3" in message for message in warnings), warnings
    assert serials_of(lab.stack(str(grown.sysName))) == {1: grown_serials[0], 2: grown_serials[1], 3: f"{grown_serials[0]}N"}
    assert serials_of(lab.stack(str(shrunk.sysName))) == dict(enumerate(shrunk_serials, start=1))


@pytest.mark.parametrize("order", [(2, 1, 3), (2, 3, 1), (3, 1, 2)])
def test_members_that_swapped_positions(lab: Lab, order: tuple[int, int, int]) -> None:
    device, serials = new_stack(lab)
    lab.run()
    before = {row["serial"]: row["id"] for row in lab.stack(str(device.sysName)).values()}
    units = [(position, serials[index]) for index, position in enumerate(order)]
    stack_of(lab, units, device=device, serial=serials[0])
    assert only(lab.prove(**LINK))["action"] == "none"
    result = only(lab.prove(**UPDATE))
    assert result["action"] == "update"
    members = lab.stack(str(device.sysName))
    assert serials_of(members) == dict(sorted(units))
    assert {row["serial"]: row["id"] for row in members.values()} == before


@pytest.mark.parametrize("pattern", ["-M{position}", "-{serial}"])
def test_a_unit_put_in_between(lab: Lab, pattern: str) -> None:
    """The second moves to the third place and keeps its name. The new one takes its place, if there is a name for it."""
    device, serials = new_stack(lab, 2)
    options: dict[str, t.Any] = {"vc_member_name_pattern": pattern}
    lab.run(**options)
    new = f"{serials[0]}N"
    stack_of(lab, [(1, serials[0]), (2, new), (3, serials[1])], device=device)
    result = only(lab.prove(**options, **UPDATE))
    assert result["action"] == "update"
    members = serials_of(lab.stack(str(device.sysName)))
    if "serial" in pattern:
        assert members == {1: serials[0], 2: new, 3: serials[1]}
    else:
        assert members == {1: serials[0], 3: serials[1]}
        assert any(f"{device.sysName}-M2" in issue["message"] for issue in result["warnings"])


def test_another_member_became_the_master(lab: Lab) -> None:
    """What NetBox has for the master stays: a stack elects anew with every restart."""
    device, serials = new_stack(lab)
    lab.run()
    stack_of(lab, list(enumerate(serials, start=1)), master=3, device=device)
    for options in (LINK, UPDATE):
        result = only(lab.prove(**options))
        assert result["action"] == "none", result["changes"]
        assert any(f"'{device.sysName}-M3' at position 3 in the inventory" in issue["message"] for issue in result["warnings"])
    assert lab.netbox.one("dcim/virtual-chassis", name=device.sysName)["master"]["name"] == f"{device.sysName}-M1"


def test_a_member_removed_by_hand_comes_back_with_updates_only(lab: Lab) -> None:
    device, serials = new_stack(lab)
    lab.run()
    lab.netbox.remove("dcim/devices", lab.stack(str(device.sysName))[2]["id"])
    assert only(lab.prove())["action"] == "skip"
    result = only(lab.prove(**UPDATE))
    assert member_actions(result)[2] == "create"
    assert serials_of(lab.stack(str(device.sysName))) == dict(enumerate(serials, start=1))


def test_members_that_belong_elsewhere_block(lab: Lab) -> None:
    """A serial of another virtual chassis, one that LibreNMS has as a device of its own, and a name that is taken."""
    foreign, foreign_serials = new_stack(lab, 2)
    chassis = lab.netbox.add("dcim/virtual-chassis", name=f"foreign-{foreign.device_id}")
    rows = [
        alone(lab, f"foreign-{foreign.device_id}-{position}", serial, virtual_chassis=chassis["id"], vc_position=position)
        for position, serial in ((1, f"{foreign_serials[0]}X"), (2, foreign_serials[1]))
    ]
    lab.netbox.change("dcim/virtual-chassis", chassis["id"], master=rows[0]["id"])
    twice, twice_serials = new_stack(lab, 2)
    by_itself = lab.device("2960x", serials=(), serial=twice_serials[1])
    alone(lab, f"itself-{by_itself.device_id}", twice_serials[1], custom_fields={"librenms_id": {"default": by_itself.device_id}})
    named, _serials = new_stack(lab, 2)
    alone(lab, f"{named.sysName}-M2", "FCW0000OTHR")
    results = by_id(lab.prove(**UPDATE))
    for device in (foreign, twice, named):
        assert results[device.device_id]["action"] == "blocked", device
    assert codes(results[foreign.device_id]) == {"virtual_chassis_conflict"}
    assert codes(results[twice.device_id]) >= {"virtual_chassis_conflict"}
    assert codes(results[named.device_id]) == {"name_taken"}
    assert results[by_itself.device_id]["netbox"]["name"] == f"itself-{by_itself.device_id}"


def test_names_are_checked_before_anything_is_written(lab: Lab) -> None:
    device, _serials = new_stack(lab, 2)
    lab.librenms.world.change(device.device_id, sysName="x" * 62)
    result = only(lab.prove())
    assert (result["action"], codes(result)) == ("blocked", {"name_too_long"})
    assert lab.netbox.all("dcim/virtual-chassis", name="x" * 62) == []


def test_an_inventory_that_cannot_be_read_blocks(lab: Lab) -> None:
    """An error is never taken for "no stack"; the next run, when it can be read, imports the whole."""
    device, serials = new_stack(lab, 2)
    lab.librenms.faults.add("status", path=f"/inventory/{device.device_id}", count=None, status=500)
    result = only(lab.prove())
    assert (result["action"], codes(result)) == ("blocked", {"virtual_chassis_unknown"})
    lab.librenms.faults.clear()
    lab.prove()
    assert serials_of(lab.stack(str(device.sysName))) == dict(enumerate(serials, start=1))


def test_edits_by_hand_in_a_stack_stay(lab: Lab) -> None:
    device, serials = new_stack(lab)
    lab.run()
    members = lab.stack(str(device.sysName))
    chassis = lab.netbox.one("dcim/virtual-chassis", name=device.sysName)
    lab.netbox.change("dcim/devices", members[2]["id"], name=f"renamed-{device.device_id}", status="offline")
    lab.netbox.change("dcim/virtual-chassis", chassis["id"], name="renamed-chassis", master=members[2]["id"], domain="ours")
    for options in ({}, LINK, UPDATE):
        assert not only(lab.prove(**options))["changes"]
    after = lab.netbox.one("dcim/virtual-chassis", id=chassis["id"])
    assert (after["name"], after["domain"], after["master"]["id"]) == ("renamed-chassis", "ours", members[2]["id"])
    assert serials_of(lab.stack("renamed-chassis")) == dict(enumerate(serials, start=1))
