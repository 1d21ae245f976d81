# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A NetBox without a single object, filled from LibreNMS, the ten rules of ``empty_vars.yml`` and a small library."""

from __future__ import annotations

import collections
from pathlib import Path

import yaml
from servers.device_types import write_library
from servers.librenms_demo import demo_devices
from system.support.lab import Lab

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
