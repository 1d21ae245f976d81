# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own judgement on the invented devices: what the demo expects, and that generated devices are importable.

No NetBox and no sockets: the world is the catalog, and the answers are those of the simulator's routes.
"""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, assess
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.drafts import Drafting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import (
    Catalog,
    Cluster,
    DeviceType,
    Index,
    NetBoxObject,
    Platform,
    Role,
    Site,
    SiteObject,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming, Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.stacks.detect import detect
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import wire
from ansible_collections.netsot.librenms.tests.servers import librenms_demo, world
from ansible_collections.netsot.librenms.tests.servers.librenms_devices import KINDS, LOCATIONS, generate, make_device
from ansible_collections.netsot.librenms.tests.servers.librenms_model import ApiUser, SimDevice, SimWorld
from ansible_collections.netsot.librenms.tests.servers.librenms_routes import Api, Request

VARS: dict[str, t.Any] = yaml.safe_load((Path(world.__file__).parent / "demo_vars.yml").read_text())


def catalog() -> Catalog:
    """The world as NetBox's reference data, with ids in the order of its tuples."""
    sites = {site.name: number for number, site in enumerate(world.SITES, start=1)}
    locations: dict[int, Index[SiteObject]] = {}
    racks: dict[int, Index[SiteObject]] = {}
    for site in world.SITES:
        site_id = sites[site.name]
        ids = {name: site_id * 100 + number for number, name in enumerate(site.locations)}
        locations[site_id] = Index(SiteObject(number, name, name.lower().replace(" ", "-"), site_id) for name, number in ids.items())
        racks[site_id] = Index(
            SiteObject(site_id * 100 + number, name, "", site_id, ids.get(site.location_of_rack(name) or ""))
            for number, name in enumerate(site.racks)
        )
    return Catalog(
        sites=Index(Site(sites[site.name], site.name, site.slug) for site in world.SITES),
        device_types=Index(
            DeviceType(number, item.model, item.slug, item.part_number, item.manufacturer, item.interfaces)
            for number, item in enumerate(world.DEVICE_TYPES, start=1)
        ),
        roles=Index(Role(number, item.name, item.slug, item.vm_role) for number, item in enumerate(world.ROLES, start=1)),
        platforms=Index(Platform(number, item.name, item.slug) for number, item in enumerate(world.PLATFORMS, start=1)),
        clusters=Index(Cluster(number, item.name, "", sites.get(item.site or "")) for number, item in enumerate(world.CLUSTERS, start=1)),
        tenants=Index(NetBoxObject(number, item.name, item.slug) for number, item in enumerate(world.TENANTS, start=1)),
        locations=locations,
        racks=racks,
    )


def existing() -> ExistingObjects:
    sites = {site.name: number for number, site in enumerate(world.SITES, start=1)}
    return ExistingObjects(
        ExistingObject(
            ObjectKind.DEVICE,
            number,
            device.name,
            device.serial,
            sites[device.site],
            librenms_id=None if device.librenms_id is None else {"default": device.librenms_id},
        )
        for number, device in enumerate(world.EXISTING_DEVICES, start=1)
    )


def assessed(devices: t.Sequence[SimDevice]) -> dict[int, Assessment]:
    """The assessment of each device with the demo's variables, by device_id."""
    api = Api(SimWorld(devices), {"t": ApiUser()}, "26.7.0")

    def rows(path: str, name: str) -> list[dict[str, t.Any]]:
        answer = json.loads(api.handle(Request("GET", f"/api/v0/{path}", "", {"x-auth-token": "t"})).body)
        return t.cast("list[dict[str, t.Any]]", answer[name])

    records = [wire.device_record(row) for row in rows("devices", "devices")]
    chassis = {
        record.device_id: detect(record, [wire.inventory_row(row) for row in rows(f"inventory/{record.device_id}/all", "inventory")])
        for record in records
    }
    drafting = Drafting(
        Matcher.checked(Rules.from_options(VARS["rules"], VARS["overrides"]), catalog()),
        "default",
        Naming(VARS["use_sysname"], VARS["strip_domain"]),
        MemberNaming.from_options(VARS["vc_member_name_pattern"], True),
    )
    judged = assess(drafting.drafts(records, chassis), existing(), drafting, {record.device_id for record in records})
    return {item.device.device_id: item for item in judged}


@functools.cache
def demo() -> dict[int, Assessment]:
    return assessed(librenms_demo.demo_devices())


@pytest.mark.parametrize("device_id", librenms_demo.EXPECTED)
def test_demo_device_is_judged_as_expected(device_id: int) -> None:
    expected = librenms_demo.EXPECTED[device_id]
    found = demo()[device_id]
    codes = {str(issue.code) for issue in (*found.issues, *found.warnings)}
    assert str(found.state) == expected.state, found.issues
    assert set(expected.codes) <= codes
    assert str(found.import_as) == expected.import_as
    assert (
        tuple(member.position for member in found.virtual_chassis.members) == expected.stack
        if found.virtual_chassis
        else not expected.stack
    )
    if expected.matched_by:
        assert (str(found.matched_by), found.existing and found.existing.name) == (expected.matched_by, expected.existing_name)


def test_generated_devices_are_all_ready() -> None:
    devices = generate(400, seed=3, name_prefix="gen-")
    judged = assessed(devices).values()
    assert [(item.device.hardware, item.issues) for item in judged if item.state != "ready"] == []
    stacks = [item for item in judged if item.members]
    assert len(stacks) == 40
    assert {member.member.position for item in stacks for member in item.members} == {0, 1, 2, 3}
    assert sum(item.import_as == "virtual_machine" for item in judged) == 20


def test_rules_find_the_device_type_of_every_kind() -> None:
    kinds = dict(enumerate(KINDS.values(), start=2000))
    devices = [
        make_device(kind, number, f"{kind.code}-{number}", "ams1", [f"SER{number}U{unit}" for unit in range(len(kind.members) or 1)])
        for number, kind in kinds.items()
    ]
    judged = assessed(devices)
    found = {number: item.match.device_type.name if item.match.device_type else "" for number, item in judged.items()}
    assert found == {number: kind.device_type for number, kind in kinds.items()}
    assert {str(item.state) for item in judged.values()} == {"ready"}


PLACES = {
    "NYC, Suite 400, R11": ["NYC", "Suite 400", "R11"],
    "NYC, Suite 400, R12": ["NYC", "Suite 400", "R12"],
    "NYC, Suite 410, R21": ["NYC", "Suite 410", "R21"],
    "LDN-R01": ["LDN", "R01"],
    "LDN-R07": ["LDN", "R07"],
}


def test_rules_find_site_location_and_rack_of_every_location() -> None:
    devices = [make_device(KINDS["ups"], number, f"ups-{number}", text) for number, (text, _site) in enumerate(LOCATIONS, start=2000)]
    judged = assessed(devices)
    for device, (text, site) in zip(devices, LOCATIONS, strict=True):
        match = judged[device.device_id].match
        assert [part.name for part in (match.site, match.location, match.rack) if part] == PLACES.get(text, [site])
        assert judged[device.device_id].warnings == ()
