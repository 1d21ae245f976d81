# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Few devices and some hundred into a NetBox that has many: what is read there, and how long a preview takes."""

from __future__ import annotations

import sys

from figures import Report, argument_parser, finish, step
from module_process import run_module
from plain_client import without_devices
from plan import import_arguments
from search import STACK_SHARE, could_be_stacks
from servers.librenms_devices import generate
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer

FEW = 5
SOME = 263
# Seconds that an import of few devices may read from NetBox, and that the preview of some hundred may take as a whole.
READING = 1.0
PREVIEW = 3.0


def measure(devices: int) -> Report:
    report = Report("large", f"Into a NetBox of {devices:,} devices")
    world = generate(SOME, stack_share=STACK_SHARE)
    ids = [device.device_id for device in world]
    with NetBoxServer(say=step) as netbox, LibreNMSSimulator(world) as librenms:
        without_devices(netbox)
        # The custom field, before there are links.
        arguments = import_arguments(librenms, netbox) | {"all_devices": False}
        run_module("netbox_device_import", arguments | {"filters": {"device_ids": ids[:1]}})
        step(f"{devices:,} devices into NetBox")
        netbox.add_devices(devices)
        for selected, check in ((ids, True), (ids[1 : FEW + 1], False)):
            what = f"preview of {len(selected)}" if check else f"import of {len(selected)}"
            step(what)
            run = run_module("netbox_device_import", arguments | {"filters": {"device_ids": selected}}, check=check)
            summary, seconds = run.result["summary"], run.stats["seconds"]
            report.add(f"{what}: created", summary["created"])
            report.add(f"{what}: requests to LibreNMS", run.stats["librenms_requests"], limit=len(selected) + could_be_stacks(world))
            report.add(f"{what}: reads from NetBox", run.stats["netbox_reads"])
            report.add(f"{what}: reading from NetBox", seconds["reading"], "s", aim=None if check else READING)
            report.add(f"{what}: time", run.seconds, "s", aim=PREVIEW if check else None)
            report.add(f"{what}: own CPU time", run.cpu, "s")
            report.add(f"{what}: peak memory", run.peak / 1e6, "MB")
    return report


if __name__ == "__main__":
    options = argument_parser(__doc__, 20_000).parse_args()
    sys.exit(finish(measure(options.devices), options.json))
