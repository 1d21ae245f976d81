# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A search with stack detection in a LibreNMS that answers slowly: requests, time with eight workers and one, and from the cache."""

from __future__ import annotations

import collections.abc as c
import sys
import tempfile

from figures import Report, argument_parser, finish, step
from module_process import ModuleRun, run_module
from servers.librenms_devices import generate
from servers.librenms_model import SimDevice
from servers.librenms_server import LibreNMSSimulator

# Seconds before every answer.
LATENCY = 0.02
STACK_SHARE = 0.1
WORKERS = 8

_LIST = "GET /devices"
_INVENTORY = "GET /inventory/:x/all"


def measure(devices: int) -> Report:
    world = generate(devices, stack_share=STACK_SHARE)
    report = Report("search", f"Search: {devices:,} devices, every answer of LibreNMS {LATENCY * 1000:.0f} ms late")
    with LibreNMSSimulator(world, latency=LATENCY) as librenms, tempfile.TemporaryDirectory() as directory:

        def search(cache: str, workers: int) -> ModuleRun:
            librenms.requests.reset()
            arguments = {
                "librenms_url": librenms.url,
                "librenms_token": librenms.token,
                "librenms_workers": workers,
                "all_devices": True,
                "detect_virtual_chassis": True,
                "cache_dir": f"{directory}/{cache}",
            }
            return run_module("librenms_device_search", arguments)

        step(f"with {WORKERS} workers")
        found = search("first", WORKERS)
        routes, most = librenms.requests.by_route(), librenms.requests.most_at_once
        step("the same again")
        again = search("first", WORKERS)
        asked_again = len(librenms.requests)
        step("with 1 worker")
        alone = search("alone", 1)
    stacks = round(devices * STACK_SHARE)
    report.add("devices found", found.result["summary"]["selected"])
    report.add("stacks not found", stacks - found.result["summary"]["stacks"], f"of {stacks}", limit=0)
    report.add("requests: device list", routes.pop(_LIST, 0), limit=1)
    report.add("requests: inventories", routes.pop(_INVENTORY, 0), limit=could_be_stacks(world))
    report.add("requests: others", sum(routes.values()), limit=0)
    report.add("requests at once", most, limit=WORKERS)
    report.add(f"time, {WORKERS} workers", found.seconds, "s")
    report.add("time, 1 worker", alone.seconds, "s")
    report.add(f"1 worker / {WORKERS} workers", alone.seconds / found.seconds, "times")
    report.add("own CPU time", found.cpu, "s")
    report.add("peak memory", found.peak / 1e6, "MB")
    report.add("second search: requests", asked_again, limit=0)
    report.add("second search: time", again.seconds, "s")
    return report


def could_be_stacks(world: c.Iterable[SimDevice]) -> int:
    """How many devices a search may read the inventory of: not those that are never stacked."""
    return sum(device.type not in ("server", "power", "printer") for device in world)


if __name__ == "__main__":
    options = argument_parser(__doc__, 1000).parse_args()
    sys.exit(finish(measure(options.devices), options.json))
