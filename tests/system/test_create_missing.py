# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import creates in the real NetBox because devices need it."""

from __future__ import annotations

import pytest
from system.support.harness import RULES
from system.support.lab import Lab, only

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
