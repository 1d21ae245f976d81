# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import writes into the real NetBox, and what it leaves as people made it."""

from __future__ import annotations

import pytest
from servers.librenms_model import SimDevice
from system.support.harness import RULES, Json
from system.support.inprocess import How
from system.support.lab import Lab, by_id, codes, new_stack, only

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

UPDATE: Json = {"existing": "update"}
EVERYTHING = ("name", "site", "location", "rack", "role", "device_type", "platform", "serial", "status", "tenant", "tags", "librenms_id")


def edited(lab: Lab, device: SimDevice) -> Json:
    """A device of NetBox, linked, in which a person has changed whatever there is."""
    netbox = lab.netbox
    site = netbox.id_of("dcim/sites", name="Vienna HQ")
    netbox.add("extras/tags", name=f"by hand {device.device_id}", slug=f"by-hand-{device.device_id}")
    return netbox.add(
        "dcim/devices",
        name=f"edited-{device.device_id}",
        site=site,
        location=netbox.id_of("dcim/locations", name="Server room"),
        rack=netbox.id_of("dcim/racks", name="V1"),
        role=netbox.id_of("dcim/device-roles", name="Core"),
        device_type=netbox.id_of("dcim/device-types", model="Smart-UPS 1000"),
        platform=netbox.id_of("dcim/platforms", name="Linux"),
        tenant=netbox.id_of("tenancy/tenants", name="Lab"),
        serial="BYHAND0001",
        status="staged",
        comments="ours",
        tags=[{"slug": f"by-hand-{device.device_id}"}],
        custom_fields={"librenms_id": {"default": device.device_id, "other": device.device_id}},
    )


def test_every_field_of_a_new_device(lab: Lab) -> None:
    tagged = {"tags": ["librenms", "Zwei Wörter"], "create_missing": ["tags", "platforms"]}
    device = lab.device("cbs350", "NYC, Suite 400, R12", os="brandnewos", version="1.2")
    down = lab.device("ups", status=0)
    overrides = [{"device_id": down.device_id, "tenant": "Lab", "role": "Core", "platform": "Linux"}]
    lab.prove(**tagged, overrides=overrides)
    row = lab.row(str(device.sysName))
    shown = {name: row[name]["name"] for name in ("site", "location", "rack", "role", "platform")}
    assert shown == {"site": "NYC", "location": "Suite 400", "rack": "R12", "role": "Access Switch", "platform": "brandnewos"}
    assert (row["status"]["value"], row["serial"], row["device_type"]["model"]) == ("active", device.serial, "CBS350-24P-4X")
    assert sorted(tag["slug"] for tag in row["tags"]) == ["librenms", "zwei-worter"]
    assert row["comments"] == ""
    # Not answering is not decommissioned.
    row = lab.row(str(down.sysName))
    assert (row["status"]["value"], row["tenant"]["name"], row["role"]["name"], row["platform"]["name"]) == (
        "offline",
        "Lab",
        "Core",
        "Linux",
    )


def test_the_change_log_names_the_job(lab: Lab) -> None:
    device, _serials = new_stack(lab, 2)
    result = lab.prove()
    changes = lab.netbox.all("core/object-changes", request_id=None, changed_object_type="dcim.device", ordering="-time")
    messages = {change["message"] for change in changes if str(change["object_repr"]).startswith(str(device.sysName))}
    assert messages == {f"netsot.librenms import, job {result['job']['id']}, {result['job']['started_at']}"}


def test_status_by_the_state_in_librenms(lab: Lab) -> None:
    up, down = lab.device("ups"), lab.device("ups", status=0)
    disabled = lab.device("ups", disabled=1)
    lab.run(status_map={"up": "planned", "disabled": "inventory"}, include_disabled=True)
    statuses = [lab.row(str(device.sysName))["status"]["value"] for device in (up, down, disabled)]
    assert statuses == ["planned", "offline", "inventory"]
    # Later changes of the state are no news to NetBox, unless they are asked for.
    lab.librenms.world.change(up.device_id, status=0)
    assert not lab.prove(include_disabled=True, **UPDATE)["changed"]
    options = {"include_disabled": True, "update_fields": {"status": "always"}, **UPDATE}
    results = by_id(lab.prove(**options))
    assert results[up.device_id]["changes"] == {"status": {"before": "planned", "after": "offline"}}
    assert results[down.device_id]["action"] == "none"


@pytest.mark.parametrize("existing", ["skip", "link", "update"])
def test_what_people_edited_stays(lab: Lab, existing: str) -> None:
    device = lab.device("cbs350")
    before = edited(lab, device)
    result = only(lab.prove(existing=existing, tags=["late tag"], create_missing=["tags"]))
    assert result["action"] == ("skip" if existing == "skip" else "none")
    assert lab.netbox.one("dcim/devices", id=before["id"])["last_updated"] == before["last_updated"]


def test_gaps_are_filled(lab: Lab) -> None:
    device = lab.device("cbs350", "NYC, Suite 400, R12")
    row = lab.netbox.add_device(str(device.sysName), site="NYC", device_type="CBS350-24P-4X", role="Core")
    changes = only(lab.prove(**UPDATE))["changes"]
    assert set(changes) == {"librenms_id", "serial", "platform"}
    options = {"update_fields": dict.fromkeys(("location", "rack", "tenant", "role"), "if_empty"), **UPDATE}
    changes = only(lab.prove(**options))["changes"]
    assert changes == {"location": {"before": None, "after": "Suite 400"}, "rack": {"before": None, "after": "R12"}}
    after = lab.netbox.one("dcim/devices", id=row["id"])
    assert (after["role"]["name"], after["rack"]["name"]) == ("Core", "R12")


@pytest.mark.parametrize("how", ["auto", "rest"])
def test_everything_is_overwritten_when_that_is_wanted(lab: Lab, how: How) -> None:
    device = lab.device("cbs350", "NYC, Suite 400, R12")
    before = edited(lab, device)
    options: Json = {
        "update_fields": dict.fromkeys(EVERYTHING, "always"),
        "overrides": [{"device_id": device.device_id, "tenant": "Network Operations"}],
        "tags": [f"added {device.device_id}"],
        "create_missing": ["tags"],
        **UPDATE,
    }
    result = only(lab.prove(**options) if how == "auto" else lab.run(how=how, **options))
    assert set(result["changes"]) == set(EVERYTHING) - {"librenms_id"}
    after = lab.netbox.one("dcim/devices", id=before["id"])
    assert (after["name"], after["serial"], after["status"]["value"]) == (device.sysName, device.serial, "active")
    shown = {name: after[name]["name"] for name in ("site", "location", "rack", "role", "platform", "tenant")}
    assert shown == {
        "site": "NYC",
        "location": "Suite 400",
        "rack": "R12",
        "role": "Access Switch",
        "platform": "Cisco Small Business",
        "tenant": "Network Operations",
    }
    assert after["device_type"]["model"] == "CBS350-24P-4X"
    # Tags are added, never taken away, and so are the links of other servers kept.
    assert sorted(tag["name"] for tag in after["tags"]) == [f"added {device.device_id}", f"by hand {device.device_id}"]
    assert after["custom_fields"]["librenms_id"] == {"default": device.device_id, "other": device.device_id}
    assert after["comments"] == "ours"


def test_a_new_site_takes_location_and_rack_along(lab: Lab) -> None:
    """NetBox refuses a device in one site with the rack of another."""
    device = lab.device("ups")
    row = edited(lab, device)
    result = only(lab.prove(update_fields={"site": "always"}, **UPDATE))
    assert result["changes"] == {
        "site": {"before": "Vienna HQ", "after": "Paris DC2"},
        "location": {"before": "Server room", "after": None},
        "rack": {"before": "V1", "after": None},
    }
    after = lab.netbox.one("dcim/devices", id=row["id"])
    assert (after["site"]["name"], after["location"], after["rack"]) == ("Paris DC2", None, None)


def test_the_link_can_be_left_alone(lab: Lab) -> None:
    device = lab.device("ups")
    lab.netbox.add_device(str(device.sysName), device_type="Smart-UPS 1000", role="Power", serial=device.serial)
    result = only(lab.prove(existing="link", update_fields={"librenms_id": "never"}))
    assert result["action"] == "none"
    assert lab.row(str(device.sysName))["custom_fields"]["librenms_id"] is None


def test_virtual_machines(lab: Lab) -> None:
    by_cluster, by_site = (
        lab.device("vm-linux"),
        lab.device("vm-linux", hardware="BIG-IP Virtual Edition", os="f5", location="Vienna HQ", serials=()),
    )
    in_site_cluster = lab.device("vm-linux", hardware="KVM", location="Vienna HQ")
    lab.run()
    rows = {row["name"]: row for row in lab.machines()}
    assert rows[by_cluster.sysName]["cluster"]["name"] == "prod-vmware"
    assert (rows[by_site.sysName]["cluster"], rows[by_site.sysName]["site"]["name"]) == (None, "Vienna HQ")
    assert rows[in_site_cluster.sysName]["cluster"]["name"] == "lab-kvm"
    lab.netbox.change("virtualization/virtual-machines", rows[by_cluster.sysName]["id"], role=None, platform=None, status="staged")
    result = by_id(lab.prove(update_fields={"role": "if_empty", "status": "always"}, **UPDATE))[by_cluster.device_id]
    assert set(result["changes"]) == {"role", "platform", "status"}


def test_missing_tags_and_platforms(lab: Lab) -> None:
    device = lab.device("ups", os="unknownos")
    before = lab.netbox.changes()
    for check in (True, False):
        with pytest.raises(OptionError, match=r"tags\[0\].*nowhere"):
            lab.run(check=check, tags=["nowhere"])
    assert lab.netbox.changes() == before
    result = only(lab.prove())
    assert "platform_not_found" in codes(result, "warnings")
    assert lab.row(str(device.sysName))["platform"] is None
    rules = {**RULES, "platforms": [*RULES["platforms"], {"os": "unknownos", "platform": "Unknown OS 5"}]}
    for check in (True, False):
        with pytest.raises(OptionError, match=r"platform.*Unknown OS 5"):
            lab.run(check=check, rules=rules)
    result = lab.prove(rules=rules, create_missing=["platforms"], **UPDATE)
    assert only(result)["changes"]["platform"] == {"before": None, "after": "Unknown OS 5"}
    assert any(part["after_header"] == "platform Unknown OS 5" for part in result["diff"])
    assert lab.row(str(device.sysName))["platform"]["name"] == "Unknown OS 5"


def test_nothing_is_made_for_devices_that_are_not_written(lab: Lab) -> None:
    """No tag, platform or field for a selection of which everything is blocked or there."""
    lab.device("ups")
    lab.run()
    lab.device("ups", location="Nowhere", os="ghostos")
    before = lab.netbox.changes()
    result = lab.prove(tags=["ghost tag"], create_missing=["tags", "platforms"])
    assert not result["changed"]
    assert lab.netbox.changes() == before


def test_only_what_netbox_does_not_have(lab: Lab) -> None:
    lab.device("ups")
    lab.run()
    new = lab.device("ups")
    result = lab.prove(exclude_existing=True)
    assert result["summary"]["created"] == 1
    assert [item["device_id"] for item in result["results"]] == [new.device_id]
