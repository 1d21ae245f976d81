# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A search with stack detection in a LibreNMS that answers slowly: requests, time with eight workers and one, and from the cache."""

from __future__ import annotations

import collections.abc as c
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from figures import Report, argument_parser, finish, step
from module_process import ModuleRun, run_module
from servers.librenms_devices import generate
from servers.librenms_model import SimDevice
from servers.librenms_server import LibreNMSSimulator

# Seconds before every answer.
LATENCY = 0.02
STACK_SHARE = 0.1
WORKERS = 8

PLAYBOOKS = 3
_NOTHING: dict[str, object] = {"ansible.builtin.debug": {"msg": "nothing"}}
_PING: dict[str, object] = {"ansible.builtin.ping": {}}

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
        step("as a playbook")
        task = _cached_task(librenms, f"{directory}/first", directory)
        empty, ping, cached = (_least(directory, item) for item in (_NOTHING, _PING, task))
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
    report.add("playbook with nothing but a debug task: CPU time", empty, "s")
    report.add("playbook with ansible.builtin.ping: CPU time", ping, "s")
    report.add("playbook with the second search: CPU time", cached, "s")
    return report


def _cached_task(librenms: LibreNMSSimulator, cache: str, directory: str) -> dict[str, object]:
    arguments = {"librenms_url": librenms.url, "librenms_token": librenms.token, "all_devices": True, "detect_virtual_chassis": True}
    arguments |= {"cache_dir": cache, "state_dir": f"{directory}/state", "result_detail": "brief"}
    return {"netsot.librenms.librenms_device_search": arguments}


def _least(directory: str, task: dict[str, object]) -> float:
    """CPU seconds of a playbook of one task, the least of several runs. Python keeps what the first one compiles, as it does for users."""
    playbook = Path(directory) / "playbook.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)]
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": f"{directory}/compiled"}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds = []
    for _number in range(PLAYBOOKS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, env=kept)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def could_be_stacks(world: c.Iterable[SimDevice]) -> int:
    """How many devices a search may read the inventory of: not those that are never stacked."""
    return sum(device.type not in ("server", "power", "printer") for device in world)


if __name__ == "__main__":
    options = argument_parser(__doc__, 1000).parse_args()
    sys.exit(finish(measure(options.devices), options.json))
