# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import with every port, into device types that have templates for them and into types that have none, beside the floor.

The floor sends the very bodies of the import, one list after the other, as the import does here: NetBox then gives the same ids, and
those of the interfaces that it makes of templates need not be looked for.
"""

from __future__ import annotations

import dataclasses
import functools
import sys

from figures import Report, argument_parser, finish, step
from imports import MOST_CPU, MOST_TIME
from module_process import ModuleRun, run_module
from plain_client import PlainClient, replay, without_devices
from plan import import_arguments
from servers.librenms_devices import KINDS, make_device
from servers.librenms_model import SimDevice, SimPort
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer

MODEL = "Bench switch"
LOCATION = "Paris DC2"
# The list of devices, all ports, and all addresses.
LIBRENMS_REQUESTS = 3


def _world(devices: int, ports: int) -> list[SimDevice]:
    found = []
    for number in range(1, devices + 1):
        device = make_device(KINDS["ups"], number, f"bench-{number}", LOCATION)
        rows = tuple(_port(device, index) for index in range(1, ports + 1))
        found.append(dataclasses.replace(device, hardware=MODEL, ports=functools.partial(tuple, rows)))
    return found


def _port(device: SimDevice, index: int) -> SimPort:
    return SimPort(
        ifIndex=index,
        ifName=f"Gi1/0/{index}",
        ifDescr=f"GigabitEthernet1/0/{index}",
        ifAlias=f"to room {index}",
        ifPhysAddress=f"02{device.device_id:06x}{index:04x}",
        addresses=(f"{device.ip}/16",) if index == 1 else (),
    )


def _prepare(netbox: NetBoxServer, templates: int) -> PlainClient:
    """NetBox without devices, and with the type that the ports' devices are of."""
    client = without_devices(netbox)
    maker = client.rows("dcim/manufacturers", fields="id")[0]["id"]
    made = client.call("POST", "dcim/device-types", {"manufacturer": maker, "model": MODEL, "slug": "bench-switch"})
    names = [f"GigabitEthernet1/0/{index}" for index in range(1, templates + 1)]
    if names:
        bodies = [{"device_type": made["id"], "name": name, "type": "1000base-t"} for name in names]
        client.call("POST", "dcim/interface-templates", bodies)
    return client


def measure(devices: int, ports: int) -> Report:
    report = Report("ports", f"Ports: {devices:,} devices with {ports:,} ports each")
    with NetBoxServer(say=step) as netbox, LibreNMSSimulator(_world(devices, ports)) as librenms:
        arguments = import_arguments(librenms, netbox) | {"ports": "all", "netbox_workers": 1}
        few = arguments | {"all_devices": False, "filters": {"device_ids": [1, 2]}}
        for templates, kind in ((ports, "with templates"), (0, "without templates")):
            step(f"{kind}: warming NetBox up")
            _prepare(netbox, templates)
            run_module("netbox_device_import", few)
            _prepare(netbox, templates)
            step(f"{kind}: import")
            run = run_module("netbox_device_import", arguments)
            client = _prepare(netbox, templates)
            step(f"{kind}: floor")
            _describe(report, kind, run, replay(client, run.writes, side_by_side=False))
    return report


def _describe(report: Report, kind: str, run: ModuleRun, floor: float) -> None:
    summary, stats = run.result["summary"], run.stats
    writing = stats["seconds"]["writing"]
    report.add(f"{kind}: devices not created", summary["selected"] - summary["created"], limit=0)
    report.add(f"{kind}: interfaces created", summary["interfaces_created"])
    report.add(f"{kind}: primary addresses missing", summary["selected"] - summary["primary_ips_set"], limit=0)
    report.add(f"{kind}: requests to LibreNMS", stats["librenms_requests"], limit=LIBRENMS_REQUESTS)
    report.add(f"{kind}: reads from NetBox", stats["netbox_reads"])
    report.add(f"{kind}: list writes to NetBox", stats["netbox_writes"])
    report.add(f"{kind}: time", run.seconds, "s")
    report.add(f"{kind}: floor, one list after the other", floor, "s")
    report.add(f"{kind}: writing / floor", writing / floor, "times", aim=MOST_TIME)
    report.add(f"{kind}: own CPU time / time", run.cpu / run.seconds, "times", aim=MOST_CPU)
    report.add(f"{kind}: peak memory", run.peak / 1e6, "MB")


if __name__ == "__main__":
    parser = argument_parser(__doc__, 100)
    parser.add_argument("--ports", type=int, default=48, help="ports of each device (48)")
    options = parser.parse_args()
    sys.exit(finish(measure(options.devices, options.ports), options.json))
