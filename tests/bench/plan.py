# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import of a large LibreNMS in check mode, into a NetBox without devices: memory, time and requests."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from figures import Report, argument_parser, finish, step
from module_process import run_module
from plain_client import without_devices
from search import STACK_SHARE, could_be_stacks
from servers.librenms_devices import generate
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer

# DESIGN section 9, for 20,000 devices.
MEMORY = 400.0
# Of LibreNMS: all devices, ports and addresses.
LISTS = 3
SETTINGS = Path(__file__).parents[1] / "servers" / "demo_vars.yml"
SHARED_WITH_DEMO = ("rules", "create_missing")


def import_arguments(librenms: LibreNMSSimulator, netbox: NetBoxServer) -> dict[str, object]:
    """The arguments of an import of everything that LibreNMS has."""
    demo = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    return {
        **{name: demo[name] for name in SHARED_WITH_DEMO},
        "librenms_url": librenms.url,
        "librenms_token": librenms.token,
        "netbox_url": netbox.url,
        "netbox_token": netbox.tokens["admin_v2"],
        "all_devices": True,
        "tags": demo["device_tags"],
    }


def measure(devices: int, *, blocked: bool) -> Report:
    """:param blocked: without any rules, so that most devices are blocked for several reasons, with suggestions"""
    title = f"Plan: {devices:,} devices in check mode"
    report = Report("plan", title)
    world = generate(devices, stack_share=STACK_SHARE)
    with NetBoxServer(say=step) as netbox, LibreNMSSimulator(world) as librenms:
        without_devices(netbox)
        arguments = import_arguments(librenms, netbox)
        for rules in (True, False) if blocked else (True,):
            kind = "" if rules else "without rules: "
            step(f"{kind}planning {devices:,} devices")
            run = run_module("netbox_device_import", arguments if rules else arguments | {"rules": {}}, check=True)
            summary = run.result["summary"]
            report.add(f"{kind}devices to be created", summary["created"])
            report.add(f"{kind}devices blocked", summary["blocked"])
            report.add(f"{kind}peak memory", run.peak / 1e6, "MB", limit=MEMORY)
            report.add(f"{kind}time", run.seconds, "s")
            report.add(f"{kind}own CPU time", run.cpu, "s")
            for phase, seconds in run.stats["seconds"].items():
                report.add(f"{kind}time of phase {phase}", seconds, "s")
            report.add(f"{kind}requests to LibreNMS", run.stats["librenms_requests"], limit=LISTS + could_be_stacks(world))
            report.add(f"{kind}reads from NetBox", run.stats["netbox_reads"])
            report.add(f"{kind}writes to NetBox", run.stats["netbox_writes"], limit=0)
    return report


if __name__ == "__main__":
    parser = argument_parser(__doc__, 20_000)
    parser.add_argument("--blocked", action="store_true", help="also without rules, so that most devices are blocked")
    options = parser.parse_args()
    sys.exit(finish(measure(options.devices, blocked=options.blocked), options.json))
