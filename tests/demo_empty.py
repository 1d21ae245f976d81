# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty NetBox is filled from nothing but LibreNMS, ten rules and a small library of device types; a second run changes nothing.

``make demo-empty`` runs it, on the NetBox of ``make demo``, which it empties first. It ends with 1 when the preview is not what the
import does, or the second import changes anything.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from demo import Demo, say, title, variables
from servers.device_types import write_library
from servers.librenms_simulator import DetachedSimulator
from servers.netbox_paths import ServerError
from servers.netbox_server import NetBoxServer

SETTINGS = Path(__file__).resolve().parent / "servers" / "empty_vars.yml"
KINDS = (
    "dcim/sites",
    "dcim/locations",
    "dcim/racks",
    "dcim/manufacturers",
    "dcim/device-types",
    "dcim/device-roles",
    "dcim/platforms",
    "dcim/devices",
    "dcim/interfaces",
    "dcim/virtual-chassis",
    "virtualization/clusters",
    "virtualization/virtual-machines",
)
COUNTED = ("selected", "created", "updated", "linked", "blocked", "failed")


def run() -> int:
    """The exit code."""
    begun = time.monotonic()
    title("Servers: a simulated LibreNMS, and a real NetBox without a single object")
    simulator = DetachedSimulator()
    simulator.start("demo")
    server = NetBoxServer(say=say)
    server.start()
    server.reset("empty")
    say(f"The settings, with ten rules: {os.path.relpath(SETTINGS)}")
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        library = write_library(work / "library")
        demo = Demo(os.environ | variables(simulator, server), work, SETTINGS)
        arguments = ("-e", f'{{"device_type_library": ["{library}"]}}', "-e", "librenms_background=false")
        title("Preview: the import in check mode; nothing is written")
        preview = demo.imported(*arguments, "--check")
        before = sum(server.count(kind) for kind in KINDS)
        title("Import")
        first = demo.imported(*arguments)
        title("The same once more")
        second = demo.imported(*arguments)
    title("Done")
    for kind in KINDS:
        say(f"{server.count(kind):5d}  {kind}")
    exact = before == 0 and all(preview[name] == first[name] for name in COUNTED)
    settled = not any(second[name] for name in ("created", "updated", "linked", "failed"))
    say(f"\nThe preview wrote nothing and said what the import did: {'yes' if exact else 'NO'}")
    say(f"The second import changed nothing: {'yes' if settled else 'NO'}")
    netbox = server.status()
    say(f"\nLook at it:  {netbox['url']}/dcim/devices/?sort=name   (login {netbox['user']}, password {netbox['password']})")
    say(f"({time.monotonic() - begun:.0f} s)")
    return 0 if exact and settled and first["created"] and not first["failed"] else 1


if __name__ == "__main__":
    try:
        sys.exit(run())
    except ServerError as error:
        sys.exit(f"demo-empty: {error}")
