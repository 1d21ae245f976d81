# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites, locations and roles that NetBox lacks: planned once, for devices that are written, and found by the next import."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from unit.support.netbox_model import NYC, NetBoxModel, around, judge, record

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

Json = dict[str, t.Any]
ALL = ImportOptions(create_missing=frozenset({"sites", "locations", "roles"}))
COMMA = {"sites": [{"location_pattern": "{site}, {location}, {rack}"}]}


def made(plan: Plan, target: Target) -> list[Json]:
    return [{change.field: change.after for change in write.changes} for write in plan.setup if write.target is target]


def settled(netbox: NetBoxModel, devices: list[DeviceRecord], options: ImportOptions = ALL, **rules: t.Any) -> Plan:
    """The plan of an import that is carried out, and after which another has nothing to do."""
    plan = netbox.plan(devices, options, **rules)
    netbox.apply(plan)
    assert not netbox.plan(devices, options, **rules).changed
    return plan


def placed(netbox: NetBoxModel, name: str) -> tuple[str, str | None]:
    """The names of the site and location of a device."""
    row = netbox.device(name)
    catalog = netbox.catalog()
    location = catalog.locations[row["site"]].by_id[row["location"]].name if row.get("location") else None
    return catalog.sites.by_id[row["site"]].name, location


def test_a_site_is_made_once_by_the_name_of_the_first() -> None:
    netbox = NetBoxModel()
    plan = settled(netbox, [record(1, "a", location="Oslo 1"), record(2, "b", location="OSLO 1"), record(3, "c", location="oslo-1")])
    assert made(plan, Target.SITE) == [{"name": "Oslo 1", "slug": "oslo-1"}]
    assert [planned.action for planned in plan.devices] == [Action.CREATE] * 3
    assert {placed(netbox, name) for name in "abc"} == {("Oslo 1", None)}
    assert all(planned.assessment.match.site.by == "create_missing" for planned in plan.devices if planned.assessment.match.site)


def test_new_sites_of_one_slug_get_two() -> None:
    plan = settled(NetBoxModel(), [record(1, "a", location="Oslo+"), record(2, "b", location="Oslo++")])
    slugs = {site["name"]: site["slug"] for site in made(plan, Target.SITE)}
    assert slugs.keys() == {"Oslo+", "Oslo++"}
    assert slugs["Oslo+"] == "oslo" and slugs["Oslo++"].startswith("oslo-")


def test_a_location_of_a_new_site_and_one_of_a_known_one() -> None:
    netbox = NetBoxModel()
    texts = ["Oslo, Hall A, R1", "Oslo, Hall A, R2", "NYC, Hall B, R9", "NYC, Hall A, R13"]
    plan = settled(netbox, [record(number, f"sw{number}", location=text) for number, text in enumerate(texts, 1)], rules=COMMA)
    assert sorted(write.target for write in plan.setup) == [Target.LOCATION, Target.LOCATION, Target.SITE]
    # What refers to another comes behind it.
    assert [write.name for write in plan.setup].index("Oslo") < [write.name for write in plan.setup].index("Hall A")
    assert sorted(made(plan, Target.LOCATION), key=str) == [
        {"name": "Hall A", "slug": "hall-a", "site": "Oslo"},
        {"name": "Hall B", "slug": "hall-b", "site": "NYC"},
    ]
    assert [placed(netbox, f"sw{number}") for number in range(1, 5)] == [("Oslo", "Hall A")] * 2 + [("NYC", "Hall B"), ("NYC", "Hall A")]
    # Racks are not made: the device says so.
    assert {issue.code for issue in plan.devices[0].warnings} == {IssueCode.RACK_NOT_FOUND}


def test_coordinates_where_devices_agree_on_them() -> None:
    here, there = {"latitude": 59.9, "longitude": 10.7}, {"latitude": 60.0, "longitude": 10.7}
    devices = [
        record(1, "a", location="Oslo", **here),
        record(2, "b", location="Oslo"),
        record(3, "c", location="Bergen", **here),
        record(4, "d", location="Bergen", **there),
    ]
    sites = {site["name"]: site for site in made(settled(NetBoxModel(), devices), Target.SITE)}
    assert sites["Oslo"] == {"name": "Oslo", "slug": "oslo", **here}
    assert sites["Bergen"] == {"name": "Bergen", "slug": "bergen"}


@pytest.mark.parametrize("location", ["", "N/A", "Oslo\nHall", "x" * 101])
def test_a_text_that_is_no_name_makes_no_site(location: str) -> None:
    plan = NetBoxModel().plan(record(location=location), ALL)
    assert plan.devices[0].action is Action.BLOCKED and not plan.changed
    assert [issue.code for issue in plan.devices[0].issues] == [IssueCode.SITE_NOT_FOUND]


def test_nothing_is_made_for_a_blocked_device() -> None:
    rules = {**COMMA, "roles": [{"name_regex": ".", "role": "Brand new"}]}
    plan = NetBoxModel().plan(record(location="Oslo, Hall A, R1", hardware="?"), ALL, rules=rules)
    assert [issue.code for issue in plan.devices[0].issues] == [IssueCode.DEVICE_TYPE_NOT_FOUND]
    assert plan.setup == () and not plan.changed


def test_nothing_is_made_that_is_not_listed() -> None:
    plan = NetBoxModel().plan(record(location="Oslo, Hall A, R1"), ImportOptions(), rules=COMMA)
    assert [issue.code for issue in plan.devices[0].issues] == [IssueCode.SITE_NOT_FOUND]
    plan = NetBoxModel().plan(record(location="NYC, Hall B, R1"), ImportOptions(create_missing=frozenset({"sites"})), rules=COMMA)
    assert plan.devices[0].action is Action.CREATE
    assert IssueCode.LOCATION_NOT_FOUND in {issue.code for issue in plan.devices[0].warnings}
    assert [write.target for write in plan.setup] == []


def test_two_of_one_name_in_a_new_site() -> None:
    """NetBox would refuse the second of them."""
    plan = NetBoxModel().plan([record(1, "sw1", location="Oslo"), record(2, "sw1", location="oslo")], ALL)
    for planned in plan.devices:
        assert [issue.code for issue in planned.issues] == [IssueCode.DUPLICATE_IN_SELECTION]
    assert not plan.changed


def test_a_device_of_that_name_in_another_site_is_another() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1")
    settled(netbox, [record(1, "sw1", location="Oslo")])
    assert netbox.names == ["sw1", "sw1"]


def test_roles_that_rules_name() -> None:
    rules = {
        "roles": [{"name_regex": "^fw", "role": "Fire Wall"}, {"type": "unused", "role": "Unused"}, {"type": "network", "role": "switch"}]
    }
    netbox = NetBoxModel()
    plan = settled(netbox, [record(1, "fw1"), record(2, "fw2"), record(3, "sw3")], rules=rules)
    assert made(plan, Target.ROLE) == [{"name": "Fire Wall", "slug": "fire-wall"}]
    assert {netbox.device(name)["role"] for name in ("fw1", "fw2")} == set(netbox.made[Target.ROLE])
    with pytest.raises(OptionError, match=r"rules.roles\[0\].role: does not exist in NetBox"):
        around(rules=rules)


def test_sites_and_roles_that_rules_and_overrides_name() -> None:
    overrides = [{"device_id": 1, "site": "Oslo", "role": "Edge", "location": "Hall A"}]
    netbox = NetBoxModel()
    devices = [record(1, "a", location=""), record(2, "b", location="osl1")]
    settled(netbox, devices, overrides=overrides, rules={"sites": [{"location": "osl1", "site": "OSLO"}]})
    assert [row["name"] for row in netbox.made[Target.SITE].values()] == ["OSLO"]
    assert [row["name"] for row in netbox.made[Target.ROLE].values()] == ["Edge"]
    assert placed(netbox, "a") == ("OSLO", "Hall A") and placed(netbox, "b") == ("OSLO", None)


def test_an_existing_device_moves_to_a_new_site() -> None:
    netbox = NetBoxModel()
    number = netbox.add(name="sw1", librenms_id={"default": 1})
    options = dataclasses.replace(
        ImportOptions.from_options(
            server_key="default",
            existing="update",
            update_fields={"site": "always", "location": "always"},
            virtual_chassis=True,
            vc_member_name_pattern="-M{position}",
            vc_rename_master=True,
            tags=None,
            status_map=None,
            create_missing=["sites", "locations"],
        )
    )
    plan = settled(netbox, [record(1, "sw1", location="Oslo, Hall A, R1")], options, rules=COMMA)
    assert [write.target for write in plan.writes()] == [Target.SITE, Target.LOCATION, Target.DEVICE]
    assert placed(netbox, "sw1") == ("Oslo", "Hall A") and netbox.device("sw1")["id"] == number
    # By default a site is not changed, and then none is made.
    netbox = NetBoxModel()
    netbox.add(name="sw1", librenms_id={"default": 1})
    plan = netbox.plan(
        record(1, "sw1", location="Oslo"), dataclasses.replace(options, update_fields=ImportOptions().update_fields), rules=COMMA
    )
    assert not [write for write in plan.setup if write.target is Target.SITE]


def test_stopped_at_any_write_the_next_run_completes_it() -> None:
    devices = [record(1, "a", location="Oslo, Hall A, R1"), record(2, "b", location="NYC, Hall B, R1")]
    whole = NetBoxModel()
    count = whole.apply(whole.plan(devices, ALL, rules=COMMA))
    for stop in range(count):
        netbox = NetBoxModel()
        netbox.apply(netbox.plan(devices, ALL, rules=COMMA), stop_after=stop)
        settled(netbox, devices, rules=COMMA)
        assert [placed(netbox, name) for name in "ab"] == [("Oslo", "Hall A"), ("NYC", "Hall B")]
        assert len(netbox.made[Target.SITE]) == 1 and len(netbox.made[Target.LOCATION]) == 2


def test_no_id_of_a_stand_in_leaves_the_plan() -> None:
    netbox = NetBoxModel()
    plan = netbox.plan(record(location="Oslo, Hall A, R1"), ALL, rules={**COMMA, "roles": [{"os": "iosxe", "role": "New"}]})

    def numbers(write: Write) -> list[int]:
        return [change.value for change in write.changes if isinstance(change.value, int)]

    assert all(number > 0 for write in plan.writes() for number in numbers(write))
    match = plan.devices[0].assessment.match
    assert [found.id for found in (match.site, match.location, match.role) if found] == [None, None, None]
    (assessment,) = judge(record(location="NYC"), around())
    assert assessment.match.site is not None and assessment.match.site.local_id == NYC
