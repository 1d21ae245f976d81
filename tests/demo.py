# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from end to end: find devices in LibreNMS, preview, import into a real NetBox, and leave it running to look at.

``make demo`` runs it. The LibreNMS is a simulator, NetBox is the real one; both listen on this machine only. With the argument ``env``
it prints what a shell needs for commands by hand, for ``eval``.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS))

from servers.librenms_simulator import DetachedSimulator
from servers.netbox_paths import ServerError
from servers.netbox_server import NetBoxServer

SETTINGS = TESTS / "servers" / "demo_vars.yml"
# What run.py sets for Ansible itself, which a shell of its own lacks.
FOR_ANSIBLE = ("PATH", "ANSIBLE_HOME", "ANSIBLE_CONFIG", "ANSIBLE_COLLECTIONS_PATH", "no_proxy", "NO_PROXY")
TRY = (
    "ansible-playbook netsot.librenms.check",
    """ansible localhost -m netsot.librenms.librenms_device_search -a '{"filters": {"location": ["Paris DC2"]}}'""",
    f"ansible-playbook netsot.librenms.device_import -e @{os.path.relpath(SETTINGS)} --check --diff",
)


def say(text: str = "") -> None:
    print(text, flush=True)


def title(text: str) -> None:
    say(f"\n--- {text}")


class Demo:
    def __init__(self, environment: dict[str, str], work: Path, settings: Path = SETTINGS) -> None:
        self._environment = environment
        self._work = work
        self._settings = settings

    def play(self, playbook: str, *arguments: str) -> None:
        """Runs a playbook of the collection as a user would; its output is the user's. Raises SystemExit when it fails."""
        command = ["ansible-playbook", f"netsot.librenms.{playbook}", "-e", f"@{self._settings}", *arguments]
        shown = " ".join(word if word != f"@{self._settings}" else f"@{self._settings.name}" for word in command)
        say(f"$ {shown}")
        result = subprocess.run(command, env=self._environment, cwd=self._work, stdin=subprocess.DEVNULL, check=False)
        if result.returncode != 0:
            raise SystemExit(f"The demo ends here: {playbook} failed with {result.returncode}.")

    def imported(self, *arguments: str) -> dict[str, t.Any]:
        """Imports, and returns the summary that the report file holds."""
        report = self._work / "import.json"
        self.play("device_import", "-e", f"report_path={report}", *arguments)
        return t.cast("dict[str, t.Any]", json.loads(report.read_text(encoding="utf-8"))["summary"])


def variables(simulator: DetachedSimulator, server: NetBoxServer) -> dict[str, str]:
    """What leads to the two servers."""
    librenms, netbox = simulator.status(), server.status()
    return {
        "LIBRENMS_URL": librenms["url"],
        "LIBRENMS_TOKEN": librenms["token"],
        "NETBOX_URL": netbox["url"],
        "NETBOX_TOKEN": netbox["tokens"]["admin_v2"],
        "NETSOT_LIBRENMS_CACHE_DIR": str(simulator.data / "demo-cache"),
        "NETSOT_LIBRENMS_STATE_DIR": str(simulator.data / "demo-jobs"),
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }


def print_environment() -> None:
    """Raises SystemExit when the demo does not run."""
    simulator, server = DetachedSimulator(), NetBoxServer(say=lambda _text: None)
    if not (simulator.status()["running"] and server.status()["running"]):
        raise SystemExit("demo: the servers do not run; start them with make demo")
    of_ansible = {name: os.environ[name] for name in FOR_ANSIBLE if name in os.environ}
    for name, value in (variables(simulator, server) | of_ansible).items():
        say(f"export {name}={shlex.quote(value)}")


def run() -> None:
    begun = time.monotonic()
    title("Servers: a simulated LibreNMS, and a real NetBox (installed at the first start)")
    simulator = DetachedSimulator()
    simulator.start("demo")
    librenms = simulator.status()
    server = NetBoxServer(say=say)
    server.start()
    netbox = server.status()
    say(f"LibreNMS: {librenms['url']}   NetBox: {netbox['url']}")
    environment = os.environ | variables(simulator, server)
    report = simulator.data / "demo-preview.html"
    with tempfile.TemporaryDirectory() as directory:
        demo = Demo(environment, Path(directory))
        title("Search: which devices could be imported, and what is missing for the others")
        demo.play("device_search", "-e", "librenms_background=false")
        title("Preview: the import in check mode; nothing is written")
        demo.play("device_import", "--check", "-e", "librenms_background=false", "-e", f"report_path={report}")
        title("Import: in the background, with a poll")
        summary = demo.imported()
    devices, machines = server.count("dcim/devices"), server.count("virtualization/virtual-machines")
    chassis = server.count("dcim/virtual-chassis")
    title("Done")
    written = sum(summary[name] for name in ("created", "updated", "linked"))
    if written:
        say(f"{summary['created']} created, {summary['updated']} updated, {summary['linked']} linked, {summary['blocked']} blocked.")
    else:
        known = summary["unchanged"] + summary["skipped"]
        say(f"Nothing changed: {known} devices are in NetBox already, {summary['blocked']} are blocked.")
    say(f"NetBox has {devices} devices, {machines} virtual machines and {chassis} virtual chassis.")
    say(f"\nLook at them:  {netbox['url']}/dcim/devices/?sort=name   (login {netbox['user']}, password {netbox['password']})")
    say(f"The preview as a page:  {report}")
    say("\nGo on by hand, in a shell in this directory:")
    for command in ('eval "$(make -s demo-env)"', *TRY):
        say(f"  $ {command}")
    say("\nRun it again:  make demo        Stop the servers:  make demo-stop")
    say(f"({time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["env"]:
            print_environment()
        else:
            run()
    except ServerError as error:
        sys.exit(f"demo: {error}")
