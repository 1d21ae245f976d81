# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import into the real NetBox, beside what NetBox itself needs for the same requests and beside one task a device.

The floor is a plain client that sends exactly the bodies of the import, in the same order and lists: once one list
after the other, and once with as many at a time as the import had.
"""

from __future__ import annotations

import json
import sys

from figures import Report, argument_parser, finish, step
from module_process import Json, ModuleRun, Write, run_module
from one_by_one import Unavailable, measure_tasks
from plain_client import most_at_once, replay, without_devices
from plan import LISTS, import_arguments
from search import STACK_SHARE, could_be_stacks
from servers.librenms_devices import generate
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer

# Of the floor's time, and of the whole time.
MOST_TIME = 1.1
MOST_CPU = 0.1
# Devices that NetBox's own code makes in one process.
ORM_DEVICES = 200
_OF_STACKS = ("virtual_chassis", "vc_position")


def measure(devices: int, sample: int) -> Report:
    stacks = round(devices * STACK_SHARE)
    report = Report("import", f"Import: {devices:,} devices, {stacks:,} of them stacks, into a NetBox without devices")
    world = generate(devices, stack_share=STACK_SHARE)
    with NetBoxServer(say=step) as netbox, LibreNMSSimulator(world) as librenms:
        _warm_up(netbox, librenms)
        without_devices(netbox)
        step("import")
        run = run_module("netbox_device_import", import_arguments(librenms, netbox))
        _describe(report, run, could_be_stacks(world))
        client = without_devices(netbox)
        step("floor, lists side by side as the import sent them")
        beside = replay(client, run.writes, side_by_side=True)
        client = without_devices(netbox)
        step("floor, one list after the other")
        alone = replay(client, run.writes, side_by_side=False)
        _compare(report, run, beside, alone)
        step("NetBox's own code in one process")
        _beside_orm(report, run, _orm_seconds(netbox, run))
        if sample:
            step(f"one task a device, for {sample} devices")
            _one_by_one(report, netbox, run, sample)
    return report


def _warm_up(netbox: NetBoxServer, librenms: LibreNMSSimulator) -> None:
    """A small import, so that none of the timed ones is the first to write."""
    step("warming NetBox up")
    without_devices(netbox)
    ids = [device.device_id for device in librenms.world.devices()[:20]]
    arguments = import_arguments(librenms, netbox) | {"all_devices": False, "filters": {"device_ids": ids}}
    run_module("netbox_device_import", arguments)


def _created(run: ModuleRun) -> list[Json]:
    """The bodies of the devices, members of stacks and virtual machines that were created."""
    kinds = ("dcim/devices", "virtualization/virtual-machines")
    return [body for write in run.writes if write.method == "post" and write.target in kinds for body in write.bodies]


def _objects(run: ModuleRun) -> int:
    return len(_created(run))


def _describe(report: Report, run: ModuleRun, candidates: int) -> None:
    summary, stats = run.result["summary"], run.stats
    writing = stats["seconds"]["writing"]
    objects = _objects(run)
    lists = [len(write.bodies) for write in run.writes if write.method == "post" and write.target == "dcim/devices"]
    report.add("devices not created", summary["selected"] - summary["created"], f"of {summary['selected']:,}", limit=0)
    report.add("objects created (with members of stacks)", objects)
    report.add("virtual chassis", summary["virtual_chassis_created"])
    report.add("requests to LibreNMS", stats["librenms_requests"], limit=LISTS + candidates)
    report.add("reads from NetBox", stats["netbox_reads"])
    report.add("list writes to NetBox", stats["netbox_writes"])
    report.add("  of them creating devices", len(lists))
    report.add("  devices in the largest", max(lists, default=0))
    report.add("  at once, at most", most_at_once(run.writes))
    report.add("time", run.seconds, "s")
    report.add("  of it writing", writing, "s")
    report.add("writing, each object", 1000 * writing / max(1, objects), "ms")
    report.add("own CPU time", run.cpu, "s")
    report.add("own CPU time / time", run.cpu / run.seconds, "times", aim=MOST_CPU)
    report.add("peak memory", run.peak / 1e6, "MB")


def _compare(report: Report, run: ModuleRun, beside: float, alone: float) -> None:
    writing = run.stats["seconds"]["writing"]
    report.add("floor, lists side by side", beside, "s")
    report.add("floor, one list after the other", alone, "s")
    report.add("writing / floor side by side", writing / beside, "times", aim=MOST_TIME)
    report.add("time / floor side by side", run.seconds / beside, "times", aim=MOST_TIME)
    report.add("writing / floor one after the other", writing / alone, "times", aim=MOST_TIME)
    report.add("time / floor one after the other", run.seconds / alone, "times", aim=MOST_TIME)


def _orm_seconds(netbox: NetBoxServer, run: ModuleRun) -> float:
    """Seconds for an object of the import, outside its virtual chassis, when NetBox's own code makes it."""
    replay(without_devices(netbox), _prepared(run), side_by_side=False)
    bodies = [{name: value for name, value in body.items() if name not in _OF_STACKS} for body in _created(run)]
    return netbox.orm_seconds(bodies[:: max(1, len(bodies) // ORM_DEVICES)])


def _prepared(run: ModuleRun) -> list[Write]:
    """The writes for what all devices need."""
    return [write for write in run.writes if write.target in ("extras/custom-fields", "extras/tags")]


def _beside_orm(report: Report, run: ModuleRun, seconds: float) -> None:
    """What an import writes for each device, beside NetBox's own code that makes the same devices."""
    objects = max(1, _objects(run))
    sent = sum(len(json.dumps(body)) for write in run.writes for body in write.bodies)
    each = 1000 * run.stats["seconds"]["writing"] / objects
    report.add("list writes, each object", len(run.writes) / objects)
    report.add("bytes sent, each object", sent / objects)
    report.add("NetBox's own code in one process, each device", 1000 * seconds, "ms")
    report.add("writing, each object / NetBox's own code", each / (1000 * seconds), "times", aim=1.0)


def _one_by_one(report: Report, netbox: NetBoxServer, run: ModuleRun, sample: int) -> None:
    client = without_devices(netbox)
    try:
        replay(client, _prepared(run), side_by_side=False)
        tasks = measure_tasks(netbox, client, run.writes, sample)
    except Unavailable as reason:
        report.notes.append(f"One task a device was not measured: {reason}")
        return
    each = run.seconds / max(1, _objects(run))
    report.add(f"one task a device (netbox.netbox {tasks.version}, {tasks.devices} devices), each", 1000 * tasks.seconds, "ms")
    report.add("import, each object", 1000 * each, "ms")
    report.add("one task a device / import", tasks.seconds / each, "times")


if __name__ == "__main__":
    parser = argument_parser(__doc__, 1000)
    parser.add_argument("--sample", type=int, default=20, help="devices to create by one task each, 0 for none (20)")
    options = parser.parse_args()
    sys.exit(finish(measure(options.devices, options.sample), options.json))
