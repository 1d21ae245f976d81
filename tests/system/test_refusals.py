# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the real NetBox refuses is known before, or costs an optional field and never a device."""

from __future__ import annotations

import json

import pytest
from system.support.harness import RULES, Json
from system.support.lab import Lab, by_id, codes, new_stack, only
from system.support.proxy import Answer, Forward, Proxy

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, OptionError

DEVICES = ["dcim.device", "virtualization.virtualmachine"]


def test_custom_fields_that_netbox_requires(lab: Lab) -> None:
    """Defaults are sent; without default and value the preview says so, and a value of the option helps.

    NetBox refuses any change of an object that lacks one, too.
    """
    netbox = lab.netbox
    fields = [
        netbox.add("extras/custom-fields", name="lifecycle", type="text", object_types=DEVICES, required=True, default="in-service"),
        netbox.add("extras/custom-fields", name="racked", type="boolean", object_types=DEVICES, default=False),
    ]
    try:
        device, machine = lab.device("ups"), lab.device("vm-linux")
        stacked, serials = new_stack(lab, 2)
        done = lab.prove()
        assert not done["failed"], done
        rows = [*lab.rows(serial=serials), lab.row(str(device.sysName)), *lab.machines(name=machine.sysName)]
        assert len(rows) == 4
        for row in rows:
            assert row["custom_fields"]["lifecycle"] == "in-service"
            assert row["custom_fields"]["racked"] is False
        assert stacked.device_id in by_id(done)

        choices = netbox.add("extras/custom-field-choice-sets", name="owners", extra_choices=[["noc", "NOC"], ["dev", "Dev"]])
        fields.append(
            netbox.add("extras/custom-fields", name="owner", type="select", object_types=DEVICES, required=True, choice_set=choices["id"])
        )
        later = lab.device("ups")
        for check in (True, False):
            item = by_id(lab.run(check=check))[later.device_id]
            assert (item["action"], codes(item)) == ("blocked", {"custom_field_required"})
        with pytest.raises(OptionError, match=r"custom_fields\.owner: must be one of dev, noc \(got 'ops'\)"):
            lab.run(check=True, custom_fields={"owner": "ops"})
        # Those that were made before the field was.
        update: Json = {"existing": "update", "update_fields": {"role": "always", "site": "always"}}
        lab.librenms.world.change(device.device_id, location="Vienna HQ")
        lab.librenms.world.change(machine.device_id, location="Vienna HQ")
        lab.librenms.world.change(stacked.device_id, location="Vienna HQ")
        moved = (device.device_id, stacked.device_id, machine.device_id)
        selected: Json = {"all_devices": False, "filters": {"device_ids": list(moved)}}
        for check in (True, False):
            results = by_id(lab.run(check=check, **selected, **update))
            assert {(item["action"], *codes(item)) for item in results.values()} == {("blocked", "custom_field_required")}
        results = by_id(lab.prove(**selected, **update, custom_fields={"owner": "dev"}))
        assert {item["action"] for item in results.values()} == {"update"}
        assert results[device.device_id]["changes"]["custom_fields.owner"] == {"before": None, "after": "dev"}
        rows = [*lab.rows(serial=serials), lab.row(str(device.sysName)), *lab.machines(name=machine.sysName)]
        assert {row["site"]["name"] for row in rows} == {"Vienna HQ"}
        assert {row["custom_fields"]["lifecycle"] for row in rows} == {"in-service"}
        result = by_id(lab.prove(custom_fields={"owner": "noc", "lifecycle": "spare"}))[later.device_id]
        assert result["action"] == "create"
        row = lab.row(str(later.sysName))
        owner = row["custom_fields"]["owner"]
        assert (owner["value"] if isinstance(owner, dict) else owner) == "noc"
        assert row["custom_fields"]["lifecycle"] == "spare"
    finally:
        for field in fields:
            netbox.remove("extras/custom-fields", field["id"])


def test_an_optional_field_that_netbox_refuses(lab: Lab, proxy: Proxy) -> None:
    """As a validator of its administrator does, which no client can know: the field is left out and told, the others have it."""
    devices = [lab.device("ups", os="linux") for _number in range(3)]
    picky = devices[1]

    def validator(forward: Forward) -> Answer:
        bodies = forward.seen.json
        wrong = [index for index, body in enumerate(bodies) if body.get("name") == picky.sysName and body.get("platform")]
        if not wrong:
            return forward()
        errors = [{"index": index, "errors": {"platform": ["Not on our watch."]}} for index in wrong]
        return Answer(400, json.dumps({"detail": "1 of 3 objects could not be created.", "errors": errors}).encode())

    proxy.on(validator, method="POST", path="dcim/devices", count=None)
    result = lab.run(netbox_url=proxy.url)
    assert not result["failed"], result
    results = by_id(result)
    assert {item["action"] for item in results.values()} == {"create"}
    assert "field_refused" in codes(results[picky.device_id], "warnings")
    assert "platform" not in results[picky.device_id]["changes"]
    assert "Not on our watch." in str(results[picky.device_id]["warnings"])
    assert [bool(lab.row(str(device.sysName))["platform"]) for device in devices] == [True, False, True]
    lab.assert_settled()


def test_a_tag_for_other_objects_costs_no_device(lab: Lab) -> None:
    tag = lab.netbox.add("extras/tags", name="Sites only", slug="sites-only", object_types=["dcim.site"])
    devices = [lab.device("ups") for _number in range(2)]
    try:
        result = lab.prove(tags=["Sites only"])
        assert result["summary"]["created"] == 2
        for device in devices:
            assert "field_refused" in codes(by_id(result)[device.device_id], "warnings")
            assert lab.row(str(device.sysName))["tags"] == []
    finally:
        lab.netbox.remove("extras/tags", tag["id"])


def test_clusters_of_every_scope(lab: Lab) -> None:
    """NetBox takes a virtual machine only in the site of its cluster, also where the cluster's scope is a location of it."""
    netbox = lab.netbox
    paris, vienna = (netbox.id_of("dcim/sites", name=name) for name in ("Paris DC2", "Vienna HQ"))
    hall = netbox.add("dcim/locations", name="Hall 9", slug="hall-9", site=vienna)["id"]
    scopes = {
        "dcim.site": vienna,
        "dcim.location": hall,
        "dcim.region": netbox.add("dcim/regions", name="Far", slug="far")["id"],
        "dcim.sitegroup": netbox.add("dcim/site-groups", name="Others", slug="others")["id"],
    }
    kind = netbox.all("virtualization/cluster-types")[0]["id"]
    rules = []
    machines = {}
    for scope, number in scopes.items():
        netbox.add("virtualization/clusters", name=f"of {scope}", type=kind, scope_type=scope, scope_id=number)
        machines[scope] = lab.device("vm-linux", "Paris DC2")
        rules.append({"name_regex": f"^{machines[scope].sysName}$", "import_as": "virtual_machine", "cluster": f"of {scope}"})
    options: Json = {"rules": {**RULES, "import_as": rules}}
    results = by_id(lab.prove(**options))
    for scope, machine in machines.items():
        item, row = results[machine.device_id], lab.machines(name=machine.sysName)[0]
        within = scope in ("dcim.site", "dcim.location")
        assert ("site_not_found" in codes(item, "warnings")) == within, scope
        assert (row["cluster"]["name"], row["site"]["id"]) == (f"of {scope}", vienna if within else paris)


def test_a_device_that_netbox_takes_no_change_of(lab: Lab) -> None:
    """Its platform was limited to another manufacturer after it had got it."""
    netbox = lab.netbox
    device = lab.device("ups")
    platform = netbox.add("dcim/platforms", name="Anyone's OS", slug="anyones-os")
    row = netbox.add_device(str(device.sysName), device_type="Smart-UPS 1000", role="Power", platform=platform["id"])
    other = netbox.add("dcim/manufacturers", name="Nobody", slug="nobody")
    netbox.change("dcim/platforms", platform["id"], manufacturer=other["id"])
    item = only(lab.prove(existing="link"))
    assert (item["action"], codes(item)) == ("blocked", {"platform_not_found"})
    netbox.change("dcim/devices", row["id"], platform=None)
    assert only(lab.prove(existing="link"))["action"] == "link"


def test_a_new_site_of_a_device_that_is_mounted(lab: Lab) -> None:
    """NetBox refuses a face and a position without a rack: they go with it."""
    netbox = lab.netbox
    device = lab.device("ups")
    lab.run()
    row = lab.row(str(device.sysName))
    vienna = netbox.id_of("dcim/sites", name="Vienna HQ")
    rack = netbox.one("dcim/racks", name="V1")
    location = rack["location"]["id"] if rack["location"] else None
    netbox.change("dcim/devices", row["id"], site=vienna, location=location, rack=rack["id"], face="front", position=10)
    item = only(lab.prove(existing="update", update_fields={"site": "always"}))
    assert (item["action"], item["warnings"]) == ("update", item["warnings"])
    row = lab.row(str(device.sysName))
    assert (row["site"]["name"], row["rack"], row["face"], row["position"]) == ("Paris DC2", None, None, None)


def test_a_link_field_of_another_type(lab: Lab) -> None:
    """Told with advice that NetBox allows: the field can be renamed."""
    netbox = lab.netbox
    for field in netbox.all("extras/custom-fields", name="librenms_id"):
        netbox.remove("extras/custom-fields", field["id"])
    field = netbox.add("extras/custom-fields", name="librenms_id", type="integer", object_types=DEVICES)
    lab.device("ups")
    with pytest.raises(CollectionError, match="rename that one there"):
        lab.run(check=True)
    netbox.change("extras/custom-fields", field["id"], name="librenms_number")
    assert only(lab.run())["action"] == "create"
