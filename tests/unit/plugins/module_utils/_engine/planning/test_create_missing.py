# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites, racks, device types and so on that NetBox lacks: planned once, for devices that are written, and found by the next import."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from unit.support.netbox_model import IOS_XE, MX480, NYC, TEMPLATES, NetBoxModel, around, judge, record

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Index, NetBoxObject, Platform
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.definitions import parse
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.library import with_library
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Member, Stacking, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

Json = dict[str, t.Any]
ALL = ImportOptions(create_missing=frozenset({"sites", "locations", "roles"}))
COMMA = {"sites": [{"location_pattern": "{site}, {location}, {rack}"}]}


def made(plan: Plan, target: Target) -> list[Json]:
    return [{change.field: change.after for change in write.changes} for write in plan.setup if write.target is target]


def settled(netbox: NetBoxModel, devices: list[DeviceRecord] | DeviceRecord, options: ImportOptions = ALL, **rules: t.Any) -> Plan:
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
    # Racks are not in the list: the device says so.
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


def test_racks_within_the_location_that_the_rules_name() -> None:
    netbox = NetBoxModel()
    options = ImportOptions(create_missing=frozenset({"sites", "locations", "racks"}))
    texts = ["Oslo, Hall A, R1", "Oslo, Hall B, R1", "OSLO, hall a, r1", "NYC, Suite 400, R12", "NYC, Suite 400, R99", "NYC, Hall Z, R13"]
    plan = settled(netbox, [record(number, f"sw{number}", location=text) for number, text in enumerate(texts, 1)], options, rules=COMMA)
    assert sorted(made(plan, Target.RACK), key=str) == [
        {"name": "R1", "site": "Oslo", "location": "Hall A"},
        {"name": "R1", "site": "Oslo", "location": "Hall B"},
        {"name": "R13", "site": "NYC", "location": "Hall Z"},
        {"name": "R99", "site": "NYC", "location": "Suite 400"},
    ]
    assert not [issue for planned in plan.devices for issue in planned.warnings]
    rows = netbox.made[Target.RACK]
    assert [rows[netbox.device(f"sw{number}")["rack"]]["name"] for number in (1, 2, 3)] == ["R1"] * 3
    assert netbox.device("sw1")["rack"] == netbox.device("sw3")["rack"] != netbox.device("sw2")["rack"]


def test_no_rack_without_the_location_it_is_in() -> None:
    options = ImportOptions(create_missing=frozenset({"racks"}))
    plan = settled(NetBoxModel(), record(location="NYC, Hall Z, R99"), options, rules=COMMA)
    assert {issue.code for issue in plan.devices[0].warnings} == {IssueCode.LOCATION_NOT_FOUND, IssueCode.RACK_NOT_FOUND}
    assert made(plan, Target.RACK) == []
    rules = {"sites": [{"location_pattern": "{site}/{rack}"}]}
    plan = settled(NetBoxModel(), record(location="NYC/R99"), options, rules=rules)
    assert made(plan, Target.RACK) == [{"name": "R99", "site": "NYC"}]


def machines(cluster_type: str = "") -> Json:
    rule = {"hardware": "VMware", "import_as": "virtual_machine", "cluster": "new-vmware"}
    return {"import_as": [rule | ({"cluster_type": cluster_type} if cluster_type else {})]}


def test_clusters_that_rules_name_with_their_type() -> None:
    netbox = NetBoxModel()
    options = ImportOptions(create_missing=frozenset({"clusters"}))
    devices = [record(1, "vm1", hardware="VMware"), record(2, "vm2", hardware="VMware")]
    plan = settled(netbox, devices, options, rules=machines("VMware vSphere"))
    assert made(plan, Target.CLUSTER_TYPE) == [{"name": "VMware vSphere", "slug": "vmware-vsphere"}]
    assert made(plan, Target.CLUSTER) == [{"name": "new-vmware", "type": "VMware vSphere"}]
    twins = NetBoxModel().plan([record(1, "vm1", hardware="VMware"), record(2, "VM1", hardware="VMware")], options, rules=machines("V"))
    assert [planned.action for planned in twins.devices] == [Action.BLOCKED] * 2


def test_a_cluster_needs_its_type() -> None:
    options = ImportOptions(create_missing=frozenset({"clusters"}))
    with pytest.raises(OptionError, match=r"import_as\[0\].cluster: does not exist in NetBox.*Name its cluster_type"):
        NetBoxModel().plan(record(), options, rules=machines())
    only = NetBoxModel(cluster_types=(NetBoxObject(95, "KVM", "kvm"),))
    plan = settled(only, record(hardware="VMware"), options, rules=machines())
    assert made(plan, Target.CLUSTER) == [{"name": "new-vmware", "type": "KVM"}] and made(plan, Target.CLUSTER_TYPE) == []
    with pytest.raises(OptionError, match=r"cluster_type: does not exist"):
        around(rules=machines("Nope"))


def test_bare_types_where_a_rule_names_the_manufacturer() -> None:
    netbox = NetBoxModel()
    options = ImportOptions(create_missing=frozenset({"device_types", "manufacturers"}))
    rules = {"manufacturers": [{"os": "acme", "manufacturer": "Acme"}, {"hardware_regex": "^Nexus", "manufacturer": "cisco"}]}
    devices = [
        record(1, "a", os="acme", hardware="Roadrunner 3000+"),
        record(2, "b", os="acme", hardware="ROADRUNNER 3000+"),
        record(3, "c", os="acme", hardware="Roadrunner 3000"),
        record(4, "d", os="nxos", hardware="Nexus C3064PQ"),
        record(5, "e", os="other", hardware="Roadrunner 3000+"),
        record(6, "f", os="acme", hardware="Roadrunner Series"),
        record(7, "g", os="acme", hardware=""),
    ]
    plan = settled(netbox, devices[:4], options, rules=rules)
    types = made(plan, Target.DEVICE_TYPE)
    assert {(item["manufacturer"], item["model"]) for item in types} == {
        ("Acme", "Roadrunner 3000+"),
        ("Acme", "Roadrunner 3000"),
        ("Cisco", "Nexus C3064PQ"),
    }
    assert made(plan, Target.MANUFACTURER) == [{"name": "Acme", "slug": "acme"}]
    assert len({item["slug"] for item in types}) == 3
    blocked = NetBoxModel().plan(devices[4:], options, rules=rules)
    assert [planned.issues[0].code for planned in blocked.devices] == [IssueCode.DEVICE_TYPE_NOT_FOUND] * 3 and not blocked.changed
    with pytest.raises(OptionError, match=r"rules.manufacturers\[0\].manufacturer: does not exist"):
        NetBoxModel().plan(devices, ImportOptions(create_missing=frozenset({"device_types"})), rules=rules)


def test_the_maker_and_the_model_that_the_inventory_names() -> None:
    netbox = NetBoxModel()
    options = ImportOptions(create_missing=frozenset({"device_types", "manufacturers"}))
    rules = {"manufacturers": [{"mfg_name": "Acme Inc.", "manufacturer": "Acme"}]}
    devices = [
        record(1, "a", os="x", hardware="Big Chassis"),
        record(2, "b", os="x", hardware="Anvil 9"),
        record(3, "c", os="x", hardware=""),
    ]
    single = Stacking(StackStatus.SINGLE, model="Rocket-77", manufacturer="ACME Inc.")
    units = (Member(1, "S1", "Unit-100", "1", True), Member(2, "S2", "Unit-200", "2"))
    chassis = {1: single, 2: single, 3: Stacking(StackStatus.STACK, units, manufacturer="Acme Inc.")}
    plan = settled(netbox, devices, options, rules=rules, chassis=chassis)
    assert {item["model"] for item in made(plan, Target.DEVICE_TYPE)} == {"Rocket-77", "Anvil 9", "Unit-100", "Unit-200"}


def library_of(*files: Json) -> Json:
    """The arguments of a model with a library."""
    parsed = [parse(file) for file in files]
    types = [dataclasses.replace(item[0], path=f"{number}.yaml") for number, item in enumerate(parsed)]
    return {"library": types, "definitions": {item.path: found[1] for item, found in zip(types, parsed, strict=True)}}


MX204: Json = {
    "manufacturer": "Juniper",
    "model": "MX204",
    "slug": "juniper-mx204",
    "part_number": "MX204-BASE",
    "u_height": 1,
    "description": "A router",
    "interfaces": [{"name": f"et-0/0/{port}", "type": "100gbase-x-qsfp28"} for port in range(4)],
    "power-ports": [{"name": "PSU0", "type": "iec-60320-c14", "maximum_draw": 500}],
    "power-outlets": [{"name": "Out", "power_port": "PSU0"}],
    "rear-ports": [{"name": "R", "type": "lc", "positions": 2}],
    "front-ports": [
        {"name": "F1", "type": "lc", "rear_port": "R"},
        {"name": "F2", "type": "lc", "rear_port": "R", "rear_port_position": 2},
    ],
    "module-bays": [{"name": "Bay 0", "position": "0"}],
    "inventory-items": [{"name": "Fan", "manufacturer": "Juniper"}],
}
TYPES = ImportOptions(create_missing=frozenset({"device_types"}))


def test_a_type_of_the_library_with_all_its_components() -> None:
    netbox = NetBoxModel(**library_of(MX204))
    devices = [record(number, f"r{number}", os="junos", hardware="Juniper MX204 Edge Router") for number in (1, 2)]
    plan = settled(netbox, devices, TYPES)
    # NetBox has the manufacturer by another name, so it gets no second one.
    assert made(plan, Target.MANUFACTURER) == []
    (row,) = netbox.made[Target.DEVICE_TYPE].values()
    assert (row["model"], row["slug"], row["part_number"], row["u_height"], row["manufacturer"]) == (
        "MX204",
        "juniper-mx204",
        "MX204-BASE",
        1,
        92,
    )
    assert row["description"] == "A router"
    assert [len(netbox.made.get(target, {})) for target in TEMPLATES] == [0, 0, 1, 1, 4, 1, 2, 1, 0, 1]
    (rear,) = netbox.made[Target.REAR_PORT_TEMPLATE]
    second = next(row for row in netbox.made[Target.FRONT_PORT_TEMPLATE].values() if row["name"] == "F2")
    assert second["rear_ports"] == [{"position": 1, "rear_port": rear, "rear_port_position": 2}]
    assert all(
        planned.assessment.match.device_type.by == "create_missing" for planned in plan.devices if planned.assessment.match.device_type
    )
    assert [netbox.device("r1")["device_type"]] == list(netbox.made[Target.DEVICE_TYPE])


def test_netbox_is_looked_at_before_the_library() -> None:
    own = MX204 | {"model": "MX480-AC", "slug": "mx480-ac", "part_number": "MX480"}
    plan = settled(NetBoxModel(**library_of(own)), record(os="junos", hardware="MX480"), TYPES)
    assert plan.setup == ()
    assert plan.devices[0].assessment.match.device_type and plan.devices[0].assessment.match.device_type.id == MX480


def test_the_library_tells_the_part_number_of_a_type_that_netbox_has() -> None:
    netbox = NetBoxModel(**library_of(MX204, MX204 | {"part_number": "MX-X"}))
    settled(netbox, record(1, "a", os="junos", hardware="MX204"), TYPES)
    for row in netbox.made[Target.DEVICE_TYPE].values():
        row["part_number"] = ""
    plan = settled(netbox, record(2, "b", os="junos", hardware="MX204-BASE"), TYPES)
    assert not made(plan, Target.DEVICE_TYPE)
    assert netbox.device("a")["device_type"] == netbox.device("b")["device_type"]


def test_a_type_is_made_from_the_library_for_no_blocked_device() -> None:
    plan = NetBoxModel(**library_of(MX204)).plan(record(os="junos", hardware="MX204", location="Atlantis"), TYPES)
    assert plan.devices[0].action is Action.BLOCKED and plan.setup == ()


def test_a_run_that_was_ended_amid_a_device_type_is_completed() -> None:
    new_maker = MX204 | {"manufacturer": "Acme", "inventory-items": [{"name": "Fan", "manufacturer": "Acme"}]}
    device = record(os="junos-like", hardware="MX204")
    whole = NetBoxModel(**library_of(new_maker))
    count = whole.apply(whole.plan(device, TYPES))
    for stop in range(count):
        netbox = NetBoxModel(**library_of(new_maker))
        netbox.apply(netbox.plan(device, TYPES), stop_after=stop)
        settled(netbox, device, TYPES)
        assert [len(netbox.made.get(target, {})) for target in TEMPLATES] == [0, 0, 1, 1, 4, 1, 2, 1, 0, 1]
        assert [row["description"] for row in netbox.made[Target.DEVICE_TYPE].values()] == ["A router"]
        assert len(netbox.made[Target.MANUFACTURER]) == 1


def test_a_platform_of_another_maker_does_not_go_with_a_new_type() -> None:
    netbox = NetBoxModel(**library_of(MX204 | {"manufacturer": "Acme"}))
    catalog = netbox.catalog()
    limited = Index([Platform(IOS_XE, "Cisco IOS-XE", "iosxe", 91)])
    view = around(catalog=dataclasses.replace(with_library(catalog, netbox.library), platforms=limited), creatable=TYPES.create_missing)
    (assessment,) = judge(record(os="iosxe", hardware="MX204-BASE"), view)
    assert assessment.match.platform is None and {issue.code for issue in assessment.warnings} == {IssueCode.PLATFORM_NOT_FOUND}
