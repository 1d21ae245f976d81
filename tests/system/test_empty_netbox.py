# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A NetBox without a single object, filled from LibreNMS, the ten rules of ``empty_vars.yml`` and a small library; and one that is
half filled, which teaches the rules for the rest."""

from __future__ import annotations

import collections
import dataclasses
from pathlib import Path

import yaml
from servers.device_types import write_library
from servers.librenms_demo import demo_devices
from servers.librenms_model import SimDevice
from system.support.harness import RULES
from system.support.inprocess import run_search
from system.support.lab import Json, Lab, links_of

SETTINGS = Path(__file__).parents[1] / "servers" / "empty_vars.yml"


def test_an_empty_netbox_is_filled_in_one_run(lab: Lab, tmp_path: Path) -> None:
    """The preview says all that the run does, and another run has nothing to do."""
    lab.netbox.server.reset("empty")
    for device in demo_devices():
        lab.librenms.world.put(device)
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    del settings["detect_virtual_chassis"]
    tags = settings.pop("device_tags")
    result = lab.prove(**settings, tags=tags, device_type_library=[str(write_library(tmp_path / "library"))])
    summary = result["summary"]
    assert summary["failed"] == 0, [item for item in result["results"] if item["action"] == "fail"]
    assert summary["created"] > 20 and summary["virtual_chassis_created"] > 0 and summary["virtual_machines_created"] > 0
    headers = collections.Counter(part["after_header"] for part in result["diff"] if not part["before"])
    kinds = ("site", "rack", "manufacturer", "device type", "role", "platform", "cluster type", "tag")
    for kind in kinds:
        of_kind = [header for header in headers if header.startswith(f"{kind} ")]
        assert of_kind, kind
        assert kind == "rack" or max(headers[header] for header in of_kind) == 1
    assert {row["interface_template_count"] for row in lab.netbox.all("dcim/device-types")} > {0}


# What people, or rules, have made of a device.
PLACED = ("site", "location", "rack", "device_type", "role", "platform", "cluster")


def twin_of(device: SimDevice, device_id: int) -> SimDevice:
    """Another device of the same kind in the same place: only its number differs, in its names and address."""
    name, *domain = str(device.sysName).split(".", 1)
    label = ".".join([f"{name}9", *domain])
    serial = f"TWIN{device_id}X" if device.serial else device.serial
    return dataclasses.replace(device, device_id=device_id, hostname=label, sysName=label, serial=serial, ip=f"10.99.{device_id % 250}.9")


def test_a_half_filled_netbox_teaches_its_rules(lab: Lab, tmp_path: Path) -> None:
    """It is filled by rules; then these are gone, and those that it teaches make of new devices what it has of their like."""
    lab.netbox.server.reset("world")
    devices = {device.device_id: device for device in demo_devices()}
    for device in devices.values():
        lab.librenms.world.put(device)
    common: Json = {"strip_domain": True, "ports": "none"}
    assert lab.run(rules=RULES, existing="link", **common)["summary"]["created"] > 30
    rows = [row for row in (*lab.rows(), *lab.machines()) if not row.get("virtual_chassis")]
    known = {number: row for row in rows for _key, number in links_of(row) if number in devices}
    path = tmp_path / "learned.yml"
    learning = {"rules": {}, "learn_rules": True, "suggested_rules_path": str(path), "strip_domain": True}
    found = run_search(lab.options(**learning))
    text = path.read_text(encoding="utf-8")
    assert text.endswith(found["suggested_rules"]) and "17 of 18 devices in NetBox; '{{ 7*7 }}' (device_id 150) is 'Switch'" in text
    rules = yaml.safe_load(text)["rules"]
    twins = {number: twin_of(devices[number], next(lab.ids)) for number in known}
    assert len(twins) > 40
    for twin in twins.values():
        lab.librenms.world.put(twin)
    result = lab.prove(rules=rules, **common, filters={"device_ids": [twin.device_id for twin in twins.values()]}, all_devices=False)
    made = {number: row for row in (*lab.rows(), *lab.machines()) for _key, number in links_of(row)}
    assert [item["issues"] for item in result["results"] if item["action"] != "create"] == []
    # What people have left empty says nothing.
    pairs = [
        (devices[number].sysName, name, _named(known[number], name), _named(made[twins[number].device_id], name))
        for number in known
        for name in PLACED
    ]
    differing = {(device, name) for device, name, before, after in pairs if before not in (None, after)}
    # The one that the comment names; and of a location like "LDN-R07", which is learned as a whole, no part is a rack.
    whole = {
        (devices[number].sysName, "rack") for number, row in known.items() if row.get("rack") and "-R" in str(devices[number].location)
    }
    assert differing == {("{{ 7*7 }}", "role"), *whole}
    # A search that is told nothing has the rules that its devices lack, and no other.
    one = next(twin for twin in twins.values() if twin.os == "ciscosb")
    again = run_search(lab.options(filters={"device_ids": [one.device_id]}, all_devices=False, rules={}))
    roles = yaml.safe_load(again["suggested_rules"])["rules"]["roles"]
    assert roles == [{"os": "ciscosb", "type": "network", "role": "Access Switch"}]
    # An import is taught by the devices that it finds in NetBox, too.
    new = twin_of(one, next(lab.ids))
    lab.librenms.world.put(new)
    blocked = lab.run(filters={"device_ids": [one.device_id, new.device_id]}, all_devices=False, rules={}, check=True, **common)
    assert blocked["summary"]["blocked"] == 1
    assert yaml.safe_load(blocked["suggested_rules"])["rules"]["roles"] == roles


def _named(row: Json, field: str) -> str | None:
    return row[field]["display"] if row.get(field) else None
