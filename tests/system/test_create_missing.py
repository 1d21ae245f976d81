# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import creates in the real NetBox because devices need it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from system.support.harness import RULES
from system.support.inprocess import run_search
from system.support.kills import kill_everywhere
from system.support.lab import Json, Lab, only

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError


def test_sites_locations_and_roles(lab: Lab) -> None:
    netbox = lab.netbox
    rules = {**RULES, "roles": [{"name_regex": "^dev-ups", "role": "Power Supply"}, *RULES["roles"]]}
    creating = {"rules": rules, "create_missing": ["sites", "locations", "roles"]}
    devices = [lab.device("cbs350", f"Reykjavík 1, Hall {hall}, R1") for hall in "AAB"]
    devices += [lab.device("cbs350", "NYC, Hall of fame, R12"), lab.device("ups", "REYKJAVÍK 1")]
    for check in (True, False):
        with pytest.raises(OptionError, match=r"rules\.roles\[0\]\.role.*Power Supply"):
            lab.run(check=check, rules=rules)
    result = lab.prove(**creating)
    assert result["summary"]["created"] == 5, result["results"]
    headers = [part["after_header"] for part in result["diff"]]
    assert headers.count("site Reykjavík 1") == 1 and headers.count("role Power Supply") == 1
    assert sorted(header for header in headers if header.startswith("location ")) == [
        "location Hall A",
        "location Hall B",
        "location Hall of fame",
    ]
    site = netbox.one("dcim/sites", name="Reykjavík 1")
    assert (site["slug"], site["device_count"]) == ("reykjavik-1", 4)
    assert netbox.one("dcim/device-roles", name="Power Supply")["slug"] == "power-supply"
    rows = [lab.row(str(device.sysName)) for device in devices]
    assert [(row["site"]["name"], row["location"] and row["location"]["name"]) for row in rows] == [
        ("Reykjavík 1", "Hall A"),
        ("Reykjavík 1", "Hall A"),
        ("Reykjavík 1", "Hall B"),
        ("NYC", "Hall of fame"),
        ("Reykjavík 1", None),
    ]
    assert rows[-1]["role"]["name"] == "Power Supply"


def test_a_device_that_is_blocked_brings_no_site(lab: Lab) -> None:
    lab.device("cbs350", "Atlantis, Hall A, R1", hardware="nothing that NetBox has")
    before = lab.netbox.changes()
    result = lab.prove(create_missing=["sites", "locations", "roles"])
    assert only(result)["action"] == "blocked" and not result["changed"]
    assert lab.netbox.changes() == before


MX: Json = {
    "manufacturer": "Acme Rockets",
    "model": "Rocket MX-77",
    "slug": "acme-rockets-rocket-mx-77",
    "part_number": "MX-77-BASE",
    "u_height": 2,
    "is_full_depth": False,
    "weight": 7.5,
    "weight_unit": "kg",
    "description": "Flies",
    "comments": "Made for tests.",
    "console-ports": [{"name": "Console", "type": "rj-45"}],
    "console-server-ports": [{"name": "Line 1", "type": "rj-45"}],
    "power-ports": [{"name": "PSU0", "type": "iec-60320-c14", "maximum_draw": 500, "allocated_draw": 100}],
    "power-outlets": [{"name": "Outlet 1", "type": "iec-60320-c13", "power_port": "PSU0", "feed_leg": "A"}],
    "interfaces": [
        *({"name": f"GigabitEthernet1/0/{port}", "type": "1000base-t"} for port in range(1, 5)),
        {"name": "mgmt0", "type": "1000base-t", "mgmt_only": True},
    ],
    "rear-ports": [{"name": "Rear", "type": "lc", "positions": 2}],
    "front-ports": [
        {"name": "Front 1", "type": "lc", "rear_port": "Rear"},
        {"name": "Front 2", "type": "lc", "rear_port": "Rear", "rear_port_position": 2},
    ],
    "module-bays": [{"name": "Bay 0", "position": "0"}],
    "inventory-items": [{"name": "Fan", "manufacturer": "Acme Rockets", "part_id": "FAN-1"}],
}
COUNTS = {
    "console-port": 1,
    "console-server-port": 1,
    "power-port": 1,
    "power-outlet": 1,
    "interface": 5,
    "rear-port": 1,
    "front-port": 2,
    "module-bay": 1,
    "inventory-item": 1,
}
EVERYTHING = ["sites", "locations", "racks", "manufacturers", "device_types", "roles", "platforms", "clusters", "tags"]


def library(directory: Path, **fields: t.Any) -> list[str]:
    """A library with one type of each kind of component, a type for devices in it, and a broken file."""
    folder = directory / "library"
    (folder / "device-types" / "Acme").mkdir(parents=True, exist_ok=True)
    chassis = {"manufacturer": "Acme Rockets", "model": "Hangar 9", "slug": "hangar-9", "subdevice_role": "parent"}
    files = {"mx-77": MX | fields, "hangar": chassis | {"device-bays": [{"name": "Slot 1"}]}}
    for name, content in files.items():
        (folder / "device-types" / "Acme" / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "device-types" / "Acme" / "broken.yaml").write_text("model: [\n", encoding="utf-8")
    return [str(folder)]


def templates(lab: Lab, type_id: int) -> dict[str, list[Json]]:
    kinds = (*COUNTS, "device-bay")
    return {kind: lab.netbox.all(f"dcim/{kind}-templates", device_type_id=type_id) for kind in kinds}


def test_everything_that_a_device_needs(lab: Lab) -> None:
    """From a library, rules and LibreNMS's own words: in check mode as in the run, with all ports, and once only."""
    netbox = lab.netbox
    rules = {
        **RULES,
        "roles": [{"role": "Rocket Role"}],
        "import_as": [{"hardware": "Cloud 9", "import_as": "virtual_machine", "cluster": "cloud-nine", "cluster_type": "Cumulus"}],
        "manufacturers": [{"hardware_regex": "^Anvil", "manufacturer": "Anvil Works"}],
    }
    creating = {"rules": rules, "create_missing": EVERYTHING, "device_type_library": library(lab.directory), "ports": "all"}
    devices = [lab.device("cbs350", f"Tromsø 1, Hall {hall}, R1", hardware="Acme MX-77-BASE Router", os="acmeos") for hall in "AAB"]
    devices += [lab.device("cbs350", "Tromsø 1, Hall B, R2", hardware="Hangar 9", os="acmeos")]
    devices += [lab.device("cbs350", "Tromsø 1, Hall B, R2", hardware="Anvil 3", os="anvilos")]
    lab.device("cbs350", "Tromsø 1, Hall B, R3", hardware="Cloud 9", os="acmeos")
    found = run_search(lab.options(rules=rules, create_missing=EVERYTHING, device_type_library=creating["device_type_library"]))
    assert {item["state"] for item in found["devices"]} == {"ready"}, found["devices"]
    result = lab.prove(**creating)
    assert result["summary"]["created"] == 6, result["results"]
    assert any("broken.yaml is no YAML (line" in text for text in lab.warnings)
    headers = [part["after_header"] for part in result["diff"]]
    for header in (
        "manufacturer Acme Rockets",
        "manufacturer Anvil Works",
        "device type Anvil 3",
        "platform acmeos",
        "cluster cloud-nine",
        "cluster type Cumulus",
        "interface template Rocket MX-77 mgmt0",
        "rack R2",
    ):
        assert headers.count(header) == 1, header
    assert headers.count("rack R1") == 2
    rocket = netbox.one("dcim/device-types", slug="acme-rockets-rocket-mx-77")
    assert (rocket["model"], rocket["part_number"], rocket["u_height"], rocket["description"]) == (
        "Rocket MX-77",
        "MX-77-BASE",
        2.0,
        "Flies",
    )
    made = templates(lab, rocket["id"])
    assert {kind: len(rows) for kind, rows in made.items() if rows} == COUNTS
    assert made["power-outlet"][0]["power_port"]["name"] == "PSU0"
    assert made["inventory-item"][0]["manufacturer"]["name"] == "Acme Rockets"
    mappings = {row["name"]: [(item["rear_port"], item["rear_port_position"]) for item in row["rear_ports"]] for row in made["front-port"]}
    rear = made["rear-port"][0]["id"]
    assert mappings == {"Front 1": [(rear, 1)], "Front 2": [(rear, 2)]}
    assert len(templates(lab, netbox.one("dcim/device-types", slug="hangar-9")["id"])["device-bay"]) == 1
    rows = [lab.row(str(device.sysName)) for device in devices]
    assert [(row["location"]["name"], row["rack"]["name"], row["platform"]["name"]) for row in rows] == [
        ("Hall A", "R1", "acmeos"),
        ("Hall A", "R1", "acmeos"),
        ("Hall B", "R1", "acmeos"),
        ("Hall B", "R2", "acmeos"),
        ("Hall B", "R2", "anvilos"),
    ]
    assert {row["rack"]["id"] for row in rows[:2]} != {rows[2]["rack"]["id"]}
    # What the templates make is not made a second time by the ports.
    names = [row["name"] for row in netbox.all("dcim/interfaces", device_id=rows[0]["id"])]
    assert len(names) == len(set(names)) and "mgmt0" in names


def test_killed_amid_a_device_type(lab: Lab) -> None:
    """Wherever among the writes of a device type it is killed, the next run makes the rest, and then the devices."""
    lab.device("cbs350", "Tromsø 1, Hall A, R1", hardware="MX-77-BASE", os="acmeos")
    options = {"device_type_library": library(lab.directory), "create_missing": EVERYTHING, "ports": "none"}
    kill_everywhere(lab, lambda: None, options)
