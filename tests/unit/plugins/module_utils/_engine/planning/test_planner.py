# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import would write, by policy, and that a second one would write nothing."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from unit.support.netbox_model import (
    ACME,
    AMS,
    C9200,
    C9300,
    CATALOG,
    CORE,
    EDGE,
    HALL,
    IOS_XE,
    LON,
    NYC,
    PROD,
    RACK_IN_HALL,
    RACK_IN_SUITE,
    SUITE,
    SWITCH,
    NetBoxModel,
    record,
)

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import Policy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import LinkField
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog, Index, Platform, Tag
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan, PlannedDevice, Ref, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.tags import check_tags
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceStatus, Stacking, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

Json = dict[str, t.Any]
S1, S2 = "FOC11110001", "FOC22220002"
COMMA = {"sites": [{"location_pattern": "{site}, {location}, {rack}"}]}
VM = {"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "prod-vmware"}]}


def options(**given: t.Any) -> ImportOptions:
    defaults: Json = {
        "server_key": "default",
        "existing": "skip",
        "update_fields": None,
        "virtual_chassis": True,
        "vc_member_name_pattern": "-M{position}",
        "vc_rename_master": True,
        "tags": None,
        "status_map": None,
        "create_missing": None,
    }
    return ImportOptions.from_options(**(defaults | given))


def update(**fields: str) -> ImportOptions:
    return options(existing="update", update_fields=fields)


def body(write: Write | None) -> Json:
    assert write is not None
    return {change.field: change.value for change in write.changes}


def only(plan: Plan) -> PlannedDevice:
    (planned,) = plan.devices
    return planned


def settled(netbox: NetBoxModel, devices: t.Any, given: ImportOptions, **surroundings: t.Any) -> Plan:
    """Applies the plan, and looks that a second one has nothing to do."""
    plan = netbox.plan(devices, given, **surroundings)
    netbox.apply(plan)
    again = netbox.plan(devices, given, **surroundings)
    assert [(write.key, body(write)) for write in again.writes()] == []
    assert not again.changed
    return plan


def test_a_new_device() -> None:
    netbox = NetBoxModel()
    device = record(location="NYC, Suite 400, R12", serial=S1)
    plan = settled(netbox, device, options(tags=["librenms"]), rules={**COMMA, "tenants": [{"tenant": "Acme"}]})
    planned = only(plan)
    assert planned.action is Action.CREATE and plan.setup == () and list(plan.writes()) == [planned.own]
    assert planned.own is not None and planned.own.target is Target.DEVICE and planned.own.owner == 1
    assert body(planned.own) == {
        "name": "sw1",
        "device_type": C9300,
        "site": NYC,
        "location": SUITE,
        "rack": RACK_IN_SUITE,
        "role": SWITCH,
        "status": "active",
        "serial": S1,
        "platform": IOS_XE,
        "tenant": ACME,
        "tags": [{"slug": "librenms"}],
        "librenms_id": {"default": 1},
    }
    assert {change.field: change.after for change in planned.own.changes}["site"] == "NYC"
    assert only(netbox.plan(device, options(), rules=COMMA)).action is Action.SKIP


def test_a_new_device_with_what_it_needs_and_no_more() -> None:
    planned = only(settled(NetBoxModel(), record(os=""), options()))
    assert set(body(planned.own)) == {"name", "device_type", "site", "role", "status", "librenms_id"}


@pytest.mark.parametrize(
    ("fields", "given", "expected"),
    [
        ({}, {}, "active"),
        ({"status": DeviceStatus.DOWN}, {}, "offline"),
        ({"status": DeviceStatus.DOWN, "disabled": True}, {}, "offline"),
        ({"status": DeviceStatus.DOWN}, {"down": "active"}, "active"),
        ({"disabled": True}, {"disabled": "inventory"}, "inventory"),
    ],
)
def test_status(fields: Json, given: dict[str, str], expected: str) -> None:
    planned = only(NetBoxModel().plan(record(**fields), options(status_map=given)))
    assert body(planned.own)["status"] == expected


@pytest.mark.parametrize(
    ("rules", "location", "expected"),
    [
        (VM, "NYC", {"cluster": PROD, "site": NYC}),
        (VM, "nowhere", {"cluster": PROD}),
        ({"import_as": [{"os": "linux", "import_as": "virtual_machine"}]}, "NYC", {"site": NYC}),
        # NetBox refuses a site that is not the cluster's.
        ({"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "edge-kvm"}]}, "NYC", {"cluster": EDGE, "site": NYC}),
        ({"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "edge-kvm"}]}, "London", {"cluster": EDGE}),
    ],
)
def test_a_new_virtual_machine(rules: Json, location: str, expected: Json) -> None:
    netbox = NetBoxModel()
    planned = only(settled(netbox, record(1, "vm1", os="linux", serial=S1, location=location), options(), rules=rules))
    assert planned.own is not None and planned.own.target is Target.VIRTUAL_MACHINE
    assert body(planned.own) == {
        **expected,
        "name": "vm1",
        "role": SWITCH,
        "status": "active",
        "serial": S1,
        "librenms_id": {"default": 1},
    }


def test_blocked_ones_write_nothing() -> None:
    plan = NetBoxModel().plan(record(hardware="?"), options(tags=["librenms"], create_missing=["tags"]))
    assert only(plan).action is Action.BLOCKED and not plan.changed and only(plan).issues


@pytest.mark.parametrize(
    ("existing", "action", "fields"),
    [
        ("skip", Action.SKIP, set()),
        ("link", Action.LINK, {"librenms_id"}),
        ("update", Action.UPDATE, {"librenms_id", "serial", "platform"}),
    ],
)
def test_existing_ones(existing: str, action: Action, fields: set[str]) -> None:
    netbox = NetBoxModel()
    netbox.add(name="SW1", site=NYC, device_type=C9200, role=CORE, status="staged")
    planned = only(settled(netbox, record(serial=S1), options(existing=existing)))
    assert planned.action is action
    assert {change.field for write in planned.writes() for change in write.changes} == fields
    kept = netbox.device("SW1")
    assert (kept["device_type"], kept["role"], kept["status"]) == (C9200, CORE, "staged")


@pytest.mark.parametrize("existing", ["link", "update"])
def test_nothing_to_do(existing: str) -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id={"default": 1})
    assert only(netbox.plan(record(serial=S1), options(existing=existing))).action is Action.NONE


@pytest.mark.parametrize(
    ("stored", "policy", "expected"),
    [
        (None, "always", {"default": 1}),
        ({"other": 5}, "always", {"other": 5, "default": 1}),
        # Deleted in LibreNMS and added again.
        ({"default": 7, "other": 5}, "always", {"default": 1, "other": 5}),
        ({"default": {"id": 7, "oob": {"id": 99}}}, "always", {"default": {"id": 1, "oob": {"id": 99}}}),
        (1, "always", {"default": 1}),
        ("1", "always", {"default": 1}),
        (None, "if_empty", {"default": 1}),
        ({"other": 5}, "if_empty", {"other": 5, "default": 1}),
        ({"default": 7}, "if_empty", None),
        (7, "if_empty", None),
        (None, "never", None),
    ],
)
def test_links(stored: object, policy: str, expected: Json | None) -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id=stored)
    plan = settled(netbox, record(serial=S1), options(existing="link", update_fields={"librenms_id": policy}))
    if expected is None:
        assert not plan.changed
        return
    (change,) = only(plan).own.changes  # type: ignore[union-attr]
    assert (change.before, change.after) == (stored, expected)
    assert netbox.device("sw1")["librenms_id"] == expected


FIELD_CASES: list[tuple[str, object, object]] = [
    ("name", "Sw1", "sw1"),
    ("role", CORE, SWITCH),
    ("device_type", C9200, C9300),
    ("platform", 99, IOS_XE),
    ("serial", S2, S1),
    ("status", "staged", "active"),
    ("tenant", 52, ACME),
    ("location", HALL, SUITE),
]


@pytest.mark.parametrize(
    ("field", "before", "wanted", "filled"),
    # NetBox has no device without a name, role, type or status.
    [(*case, True) for case in FIELD_CASES] + [(*case, False) for case in FIELD_CASES[3:] if case[0] != "status"],
)
@pytest.mark.parametrize("policy", list(Policy))
def test_policies(field: str, before: object, wanted: object, policy: Policy, filled: bool) -> None:
    netbox = NetBoxModel()
    have: Json = {"name": "sw1", "serial": S1, "platform": IOS_XE, "librenms_id": {"default": 1}, "tenant": ACME, "location": SUITE}
    netbox.add(**(have | {field: before if filled else None}))
    rules = {"sites": [{"location_regex": "(?P<site>NYC), (?P<location>.*)"}], "tenants": [{"tenant": "Acme"}]}
    plan = settled(netbox, record(serial=S1, location="NYC, Suite 400"), update(**{field: policy}), rules=rules)
    writes = policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and not filled)
    assert {name: value for write in plan.writes() for name, value in body(write).items()} == ({field: wanted} if writes else {})
    (row,) = netbox.objects.values()
    assert row[field] == (wanted if writes else before if filled else None)


def test_a_serial_in_other_case_is_the_same() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1.lower(), platform=IOS_XE, librenms_id={"default": 1})
    assert not netbox.plan(record(serial=S1), update(serial="always")).changed


def test_what_librenms_does_not_know_is_not_taken_away() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, tenant=ACME, location=HALL, librenms_id={"default": 1})
    always = dict.fromkeys(("serial", "platform", "tenant", "location", "rack", "device_type", "role", "site"), "always")
    assert not netbox.plan(record(os="", hardware="", location="?"), update(**always)).changed


@pytest.mark.parametrize("policy", ["if_empty", "always"])
def test_tags_are_only_added(policy: str) -> None:
    netbox = NetBoxModel(tags={"librenms": "LibreNMS", "hand": "By hand"})
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id={"default": 1}, tags=[{"slug": "hand"}])
    plan = settled(netbox, record(serial=S1), options(existing="update", tags=["LibreNMS"], update_fields={"tags": policy}))
    expected = [{"slug": "hand"}, {"slug": "librenms"}] if policy == "always" else [{"slug": "hand"}]
    assert netbox.device("sw1")["tags"] == expected
    if policy == "always":
        (change,) = only(plan).own.changes  # type: ignore[union-attr]
        assert (change.before, change.after) == (["By hand"], ["By hand", "LibreNMS"])


def test_one_tag_by_two_names() -> None:
    netbox = NetBoxModel()
    plan = settled(netbox, record(), options(tags=["librenms", "LibreNMS", "New", "new"], create_missing=["tags"]))
    assert body(only(plan).own)["tags"] == [{"slug": "librenms"}, {"slug": "new"}]
    assert [write.name for write in plan.setup] == ["New"]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"site": "always"}, {"site": NYC, "location": None, "rack": None}),
        ({"site": "always", "location": "always", "rack": "always"}, {"site": NYC, "location": SUITE, "rack": RACK_IN_SUITE}),
        # The old site's are gone, so these are empty.
        ({"site": "always", "location": "if_empty", "rack": "if_empty"}, {"site": NYC, "location": SUITE, "rack": RACK_IN_SUITE}),
        ({"site": "always", "rack": "always"}, {"site": NYC, "location": None, "rack": RACK_IN_SUITE}),
        ({"site": "always", "location": "always"}, {"site": NYC, "location": SUITE, "rack": None}),
        # The site stays, and the location and rack of another cannot be set.
        ({"location": "always", "rack": "always"}, {}),
    ],
)
def test_a_new_site_takes_location_and_rack_along(policies: dict[str, str], expected: Json) -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id={"default": 1}, site=LON)
    (row,) = netbox.objects.values()
    # Of the old site, which the model does not know.
    row |= {"location": 990, "rack": 991}
    plan = settled(netbox, record(serial=S1, location="NYC, Suite 400, R12"), update(**policies), rules=COMMA)
    assert {name: value for write in plan.writes() for name, value in body(write).items()} == expected


@pytest.mark.parametrize(
    ("there", "policies", "expected", "warnings"),
    [
        # A location that is not the rack's would be refused.
        ({"location": HALL, "rack": RACK_IN_HALL}, {"location": "always"}, {}, ["location_not_found"]),
        ({"location": HALL, "rack": RACK_IN_HALL}, {"rack": "always"}, {}, ["rack_not_found"]),
        (
            {"location": HALL, "rack": RACK_IN_HALL},
            {"location": "always", "rack": "always"},
            {"location": SUITE, "rack": RACK_IN_SUITE},
            [],
        ),
        ({"location": HALL}, {"rack": "if_empty"}, {}, ["rack_not_found"]),
        ({"location": HALL}, {"location": "always", "rack": "if_empty"}, {"location": SUITE, "rack": RACK_IN_SUITE}, []),
        ({}, {"rack": "if_empty"}, {"rack": RACK_IN_SUITE}, []),
        ({"location": SUITE}, {"rack": "if_empty"}, {"rack": RACK_IN_SUITE}, []),
    ],
)
def test_location_and_rack_fit_each_other(there: Json, policies: dict[str, str], expected: Json, warnings: list[str]) -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id={"default": 1}, **there)
    plan = settled(netbox, record(serial=S1, location="NYC, Suite 400, R12"), update(**policies), rules=COMMA)
    assert {name: value for write in plan.writes() for name, value in body(write).items()} == expected
    assert [issue.code.value for issue in only(plan).warnings] == warnings


@pytest.mark.parametrize(
    ("there", "policies", "expected", "warnings"),
    [
        ({"cluster": EDGE, "site": NYC}, {"site": "always"}, {}, ["site_not_found"]),
        ({"cluster": EDGE, "site": NYC}, {"site": "always", "cluster": "always"}, {"cluster": PROD, "site": LON}, []),
        ({"cluster": PROD, "site": NYC}, {"site": "always"}, {"site": LON}, []),
        ({"site": NYC}, {"cluster": "if_empty"}, {"cluster": PROD}, []),
    ],
)
def test_cluster_and_site_fit_each_other(there: Json, policies: dict[str, str], expected: Json, warnings: list[str]) -> None:
    netbox = NetBoxModel()
    netbox.add(ObjectKind.VIRTUAL_MACHINE, name="vm1", librenms_id={"default": 1}, **there)
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "prod-vmware"}]}
    plan = settled(netbox, record(1, "vm1", os="", location="London"), update(**policies), rules=rules)
    assert {name: value for write in plan.writes() for name, value in body(write).items()} == expected
    assert [issue.code.value for issue in only(plan).warnings] == warnings


def test_a_cluster_of_another_site_is_not_set() -> None:
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "edge-kvm"}]}
    netbox = NetBoxModel()
    netbox.add(ObjectKind.VIRTUAL_MACHINE, name="vm1", librenms_id={"default": 1}, site=LON)
    plan = settled(netbox, record(1, "vm1", os=""), update(cluster="always"), rules=rules)
    assert not plan.changed and [issue.code.value for issue in only(plan).warnings] == ["cluster_not_set"]


@pytest.mark.parametrize(("site", "told"), [(None, []), (NYC, []), (LON, ["site_not_found"])])
def test_a_site_beside_a_cluster_of_another_one(site: int | None, told: list[str]) -> None:
    """Told before: NetBox would refuse it, so it is not sent."""
    locations = {None: "nowhere", NYC: "NYC", LON: "London"}
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "edge-kvm"}]}
    planned = only(NetBoxModel().plan(record(1, "vm1", os="", location=locations[site]), options(), rules=rules))
    assert planned.action is Action.CREATE and planned.own is not None
    assert planned.own.value("site") == (None if told else site)
    assert [issue.code.value for issue in planned.warnings] == told


@pytest.mark.parametrize(
    ("kind", "there", "code"),
    [
        (ObjectKind.VIRTUAL_MACHINE, {"cluster": EDGE, "site": LON}, "cluster_not_set"),
        (ObjectKind.VIRTUAL_MACHINE, {"cluster": EDGE, "site": NYC}, None),
        (ObjectKind.VIRTUAL_MACHINE, {"cluster": PROD, "site": LON}, None),
        (ObjectKind.DEVICE, {"platform": IOS_XE, "device_type": C9300}, "platform_not_found"),
        (ObjectKind.DEVICE, {"device_type": C9300}, None),
    ],
)
def test_an_object_that_netbox_takes_no_change_of(kind: ObjectKind, there: Json, code: str | None) -> None:
    """What it refers to has changed since it was saved."""
    netbox = _limited(8)
    number = netbox.add(kind, name="x1", serial=S1, site=NYC)
    netbox.objects[kind, number] |= there
    rules = {"import_as": [{"import_as": "virtual_machine"}]} if kind is ObjectKind.VIRTUAL_MACHINE else {}
    planned = only(netbox.plan(record(1, "x1", serial=S1, os=""), options(existing="link"), rules=rules))
    assert planned.action is (Action.BLOCKED if code else Action.LINK), planned
    assert [issue.code.value for issue in planned.issues] == ([code] if code else [])
    assert (next(planned.writes(), None) is None) == bool(code)


def test_a_virtual_machine_that_librenms_calls_a_device_is_only_linked() -> None:
    netbox = NetBoxModel()
    netbox.add(ObjectKind.VIRTUAL_MACHINE, name="sw1", librenms_id=1)
    always = dict.fromkeys(("name", "serial", "role", "site", "device_type", "platform"), "always")
    plan = settled(netbox, record(1, "sw9", serial=S1), update(**always))
    assert {change.field for write in plan.writes() for change in write.changes} == {"librenms_id"}
    assert all(write.target is Target.VIRTUAL_MACHINE for write in plan.writes())


def test_names_that_do_not_fit_are_not_written() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, platform=IOS_XE, librenms_id={"default": 1})
    assert not netbox.plan(record(serial=S1, sysname="x" * 65), update(name="always")).changed
    assert not netbox.plan(record(serial=S1, sysname="-", hostname="-"), update(name="always")).changed


@pytest.mark.parametrize(
    "chassis",
    [Stacking(StackStatus.UNKNOWN, read_failed=True, reason="HTTP 500"), Stacking(StackStatus.SINGLE), None],
)
def test_a_member_of_a_stack_keeps_its_own_when_the_stack_is_not_known(chassis: Stacking | None) -> None:
    netbox = NetBoxModel()
    nine = netbox.add_chassis("sw1")
    own = netbox.add(name="sw1-M2", librenms_id={"default": 1}, virtual_chassis=nine, vc_position=2, device_type=C9200)
    netbox.chassis[nine]["master"] = own
    always = update(name="always", serial="always", device_type="always", status="always")
    plan = netbox.plan(record(serial=S1, status=DeviceStatus.DOWN), always, chassis={1: chassis} if chassis else {})
    assert {change.field for write in plan.writes() for change in write.changes} == {"platform", "status"}


# What several devices need.


def test_the_custom_field_is_made_first() -> None:
    netbox = NetBoxModel(link_field=LinkField())
    plan = settled(netbox, record(), options())
    (write,) = plan.setup
    assert write.target is Target.CUSTOM_FIELD and write.creates
    assert body(write) == {
        "name": "librenms_id",
        "label": "LibreNMS ID",
        "type": "json",
        "object_types": ["dcim.device", "virtualization.virtualmachine"],
    }
    assert next(plan.writes()) is write


def test_the_custom_field_gets_the_missing_object_type() -> None:
    netbox = NetBoxModel(link_field=LinkField(5, ("dcim.device", "dcim.interface")))
    (write,) = settled(netbox, record(), options()).setup
    assert write.object_id == 5
    assert body(write) == {"object_types": ["dcim.device", "dcim.interface", "virtualization.virtualmachine"]}


def test_no_custom_field_for_nothing() -> None:
    netbox = NetBoxModel(link_field=LinkField())
    netbox.add(name="sw1", serial=S1)
    assert not netbox.plan(record(serial=S1), options()).changed
    # Nothing that is written goes into it.
    plan = netbox.plan(record(serial=S1), options(existing="update", update_fields={"librenms_id": "never"}))
    assert plan.changed and plan.setup == ()


def test_platforms_and_tags_are_created_once() -> None:
    netbox = NetBoxModel()
    devices = [record(1, "a", os="Junos"), record(2, "b", os="junos"), record(3, "c", os="eos"), record(4, "d", os="iosxe")]
    plan = settled(netbox, devices, options(tags=["Nightly Run"], create_missing=["platforms", "tags"]))
    assert [(write.target, body(write)) for write in plan.setup] == [
        (Target.TAG, {"name": "Nightly Run", "slug": "nightly-run"}),
        (Target.PLATFORM, {"name": "eos", "slug": "eos"}),
        (Target.PLATFORM, {"name": "Junos", "slug": "junos"}),
    ]
    assert [isinstance(body(planned.own)["platform"], Ref) for planned in plan.devices] == [True, True, True, False]
    assert all(not planned.warnings for planned in plan.devices)


def test_new_names_that_make_one_slug() -> None:
    netbox = NetBoxModel(tags={"c": "C"})
    plan = settled(
        netbox,
        [record(1, "a", os="x+"), record(2, "b", os="x++"), record(3, "d", os="Система")],
        options(tags=["C++"], create_missing=["platforms", "tags"]),
    )
    assert len({body(write)["slug"] for write in plan.setup}) == len(plan.setup) == 4


def test_a_platform_is_not_created_unless_asked_for() -> None:
    plan = settled(NetBoxModel(), record(os="junos"), options())
    assert "platform" not in body(only(plan).own) and plan.setup == ()
    assert [issue.code.value for issue in only(plan).warnings] == ["platform_not_found"]


def test_a_platform_for_an_existing_device() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    plan = settled(netbox, record(os="junos", serial=S1), options(existing="update", create_missing=["platforms"]))
    assert [write.target for write in plan.writes()] == [Target.PLATFORM, Target.DEVICE]
    assert not netbox.plan(record(os="eos", serial=S1), options(create_missing=["platforms"])).changed


def test_tags_that_do_not_exist() -> None:
    with pytest.raises(OptionError, match=r"tags\[1\]: does not exist in NetBox \(got 'libre'\). Did you mean 'LibreNMS'"):
        check_tags(options(tags=["librenms", "libre"]), CATALOG)
    check_tags(options(tags=["libre"], create_missing=["tags"]), CATALOG)


@pytest.mark.parametrize(
    ("models", "existing", "policy", "tags", "told"),
    [
        ((), "skip", "never", ["both", "some"], []),
        (("dcim.device",), "skip", "never", ["both", "some"], []),
        (("dcim.site",), "skip", "never", ["both"], ["field_refused"]),
        (("virtualization.virtualmachine",), "update", "always", ["both"], ["field_refused"]),
        # Nothing of the tags was to be written.
        (("dcim.site",), "update", "never", [], []),
    ],
)
def test_tags_that_are_limited_to_other_objects(
    models: tuple[str, ...], existing: str, policy: str, tags: list[str], told: list[str]
) -> None:
    """They cost no device and are told before."""

    class Limited(NetBoxModel):
        def catalog(self) -> Catalog:
            limited = Index([Tag(81, "Both", "both"), Tag(82, "Some", "some", frozenset(models))])
            return dataclasses.replace(super().catalog(), tags=limited)

    netbox = Limited()
    netbox.tags = {"both": "Both", "some": "Some"}
    if existing == "update":
        netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    given = options(existing=existing, tags=["both", "some"], update_fields={"tags": policy})
    planned = only(settled(netbox, record(1, "sw1", serial=S1, os=""), given))
    assert [tag["slug"] for write in planned.writes() for tag in write.value("tags") or ()] == tags
    assert [issue.code.value for issue in planned.warnings] == told


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"existing": "replace"}, "existing: must be one of skip, link, update (got 'replace')"),
        ({"server_key": "a__b"}, "server_key: must be letters"),
        ({"server_key": ""}, "server_key: must be letters"),
        ({"update_fields": {"nmae": "always"}}, "update_fields: has an unknown field (got 'nmae'). Did you mean 'name'?"),
        ({"update_fields": {"name": "yes"}}, "update_fields.name: must be one of never, if_empty, always"),
        ({"update_fields": {"name": True}}, "update_fields.name: must be one of"),
        ({"status_map": {"ok": "active"}}, "status_map: has an unknown LibreNMS state (got 'ok')"),
        ({"status_map": {"up": "Active"}}, "status_map.up: must be a status of NetBox"),
        ({"tags": ["a", " "]}, "tags[1]: must be the name or slug of a tag"),
        ({"tags": ["x" * 101]}, "tags[0]: is longer than the 100 characters"),
        (
            {"create_missing": ["planets"]},
            "create_missing: must be among sites, locations, racks, manufacturers, device_types, roles, platforms, clusters, tags (got",
        ),
        ({"vc_member_name_pattern": "-x"}, "vc_member_name_pattern: gives all members"),
    ],
)
def test_wrong_options(given: Json, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        options(**given)
    assert message in str(caught.value)


def test_two_devices_of_one_name_in_two_sites() -> None:
    netbox = NetBoxModel()
    settled(netbox, [record(1), record(2, location="ams1")], options())
    assert {row["site"] for row in netbox.objects.values()} == {NYC, AMS}


@pytest.mark.parametrize(
    ("kind", "other", "policies"),
    [
        (ObjectKind.DEVICE, {"site": NYC}, {"site": "always"}),
        (ObjectKind.VIRTUAL_MACHINE, {"site": NYC, "cluster": PROD}, {"cluster": "if_empty"}),
    ],
)
def test_no_move_to_where_the_name_is_taken(kind: ObjectKind, other: Json, policies: dict[str, str]) -> None:
    netbox = NetBoxModel()
    netbox.add(kind, name="renamed", site=LON, librenms_id={"default": 1})
    netbox.add(kind, name="Renamed", **other)
    rules = {"import_as": [{"import_as": "virtual_machine", "cluster": "prod-vmware"}]} if kind is ObjectKind.VIRTUAL_MACHINE else {}
    plan = settled(netbox, record(1, "sw1", os=""), update(**policies), rules=rules)
    assert not plan.changed and [issue.code.value for issue in only(plan).warnings] == ["name_taken"]


def test_a_name_that_another_device_has_is_not_written() -> None:
    netbox = NetBoxModel()
    netbox.add(name="old", librenms_id={"default": 1})
    netbox.add(name="sw1", librenms_id={"default": 2})
    plan = netbox.plan(record(1, "SW1", os=""), update(name="always"), {2})
    assert not plan.changed and [issue.code.value for issue in only(plan).warnings] == ["name_taken"]
    # Once the other gives it up, in whichever run, it is taken over.
    both = [record(1, "SW1", os=""), record(2, "other", os="")]
    netbox.apply(netbox.plan(both, update(name="always")))
    settled(netbox, both, update(name="always"))
    assert netbox.names == ["SW1", "other"]


def _limited(maker_id: int) -> NetBoxModel:
    """A NetBox whose only platform is for one maker's device types."""

    class Limited(NetBoxModel):
        def catalog(self) -> Catalog:
            found = super().catalog()
            types = (dataclasses.replace(item, manufacturer_id=7) for item in found.device_types.objects)
            platforms = Index([Platform(IOS_XE, "Cisco IOS-XE", "iosxe", maker_id)])
            return dataclasses.replace(found, device_types=Index(types), platforms=platforms)

    return Limited()


@pytest.mark.parametrize(("maker_id", "expected"), [(7, IOS_XE), (8, None)])
def test_a_platform_of_another_maker_costs_no_device(maker_id: int, expected: int | None) -> None:
    netbox = _limited(maker_id)
    (planned,) = netbox.plan(record(), ImportOptions()).devices
    assert planned.action is Action.CREATE and planned.own is not None
    assert planned.own.value("platform") == expected
    assert [issue.code.value for issue in planned.warnings] == ([] if expected else ["platform_not_found"])


def test_a_platform_of_another_maker_is_not_given_to_a_known_device() -> None:
    netbox = _limited(8)
    netbox.add(name="sw1", serial=S1, librenms_id={"default": 1})
    plan = netbox.plan(record(serial=S1), options(existing="update"))
    assert not plan.changed and "platform_not_found" in [issue.code.value for issue in plan.devices[0].warnings]


def test_a_pattern_with_names_in_it_matches_the_whole_text() -> None:
    rules = {"sites": [{"location_regex": r"(?P<site>[A-Z]{3})\d"}]}
    netbox = NetBoxModel()
    (found,) = netbox.plan(record(location="kitchen of nyc1"), ImportOptions(), rules=rules).devices
    assert [issue.code.value for issue in found.issues] == ["site_not_found"]
    (found,) = netbox.plan(record(location="NYC1"), ImportOptions(), rules=rules).devices
    assert found.action is Action.CREATE
