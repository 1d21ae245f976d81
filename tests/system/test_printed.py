# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed works: every command, playbook and example that a person may copy, run as it stands there.

Only what nobody has is put in its place: the servers' addresses, tokens and a directory for reports. What would write runs in check mode.
The inventories of ``docs/examples`` are run by ``test_inventory.py``.
"""

from __future__ import annotations

import collections.abc as c
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from servers.librenms_demo import demo_devices
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer
from system.support.harness import RULES, NetBoxApi, servers_environment
from system.support.printed import COLLECTION, Printed, commands, files, plays, tasks

MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (COLLECTION / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
# What changes this machine, or needs the network.
OUTSIDE = ("ansible-galaxy ", "cd ", "export ", "git clone ", "pip install ")
# What needs a program or server of its own is run by ``tests/awx``, ``test_events.py`` and ``test_branches.py``.
ELSEWHERE = ("ansible-playbook netsot.librenms.awx_setup ", "ansible-rulebook ")
BRANCHES = "docs/branches.md"
RUN = [
    item
    for item in {item.text: item for item in commands()}.values()
    if item.text.startswith("ansible") and not item.text.startswith((*OUTSIDE, *ELSEWHERE)) and item.source != BRANCHES
]
JOB = "nightly-import"
# The one that the pages undo, and the devices of it that they name.
UNDONE = "import-20261125T020000000000"
UNDONE_DEVICES = [1, 2]


class Shop:
    """A directory with the files that the pages name, where commands are run as a person would."""

    def __init__(self, directory: Path, librenms: LibreNMSSimulator, netbox: NetBoxServer) -> None:
        self.directory = directory
        self._places = {
            "https://librenms.example.net": librenms.url,
            "https://netbox.example.net": netbox.url,
            "/var/lib/reports": str(directory),
            "/var/lib/plans": str(directory),
        }
        self._environment = (
            os.environ
            | servers_environment(librenms, netbox)
            | {
                "HOME": str(directory),
                # Ansible itself thinks of two directories where HOME is not the account's.
                "ANSIBLE_ASYNC_DIR": str(directory / "async"),
                "NETSOT_LIBRENMS_CACHE_DIR": str(directory / "cache"),
                "NETSOT_LIBRENMS_STATE_DIR": str(directory / "state"),
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            }
        )
        for path in (COLLECTION / "docs" / "examples").glob("*.yml"):
            shutil.copy(path, directory)
        for name, text in files().items():
            self.write(name, text)
        self.write("site.yml", "- {hosts: all, gather_facts: false, tasks: [{ansible.builtin.debug: {var: librenms_device_id}}]}")
        self.write(
            "vars.yml", yaml.safe_dump({"rules": RULES, "librenms_token": librenms.token, "netbox_token": netbox.tokens["admin_v2"]})
        )
        self.write("later.yml", next(item.text for item in plays() if "async_status" in item.text))

    def write(self, name: str, text: str) -> None:
        for printed, here in self._places.items():
            text = text.replace(printed, here)
        (self.directory / name).write_text(text, encoding="utf-8")

    def run(self, command: str, *, write: bool = False) -> str:
        """:param write: not in check mode"""
        for printed, here in self._places.items():
            command = command.replace(printed, here)
        writes = re.search(r"device_import|apply_plan|librenms\.undo|import_inventory_hosts|play\.yml|tasks\.yml", command)
        if writes and not write and "--check" not in command:
            command += " --check"
        done = subprocess.run(
            command,
            shell=True,
            executable="/bin/bash",
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # This one is to fail where there is something to tell.
        expected = (0, 2) if "fail_on_drift" in command else (0,)
        assert done.returncode in expected, f"$ {command}\n{done.stdout[-4000:]}"
        assert "DEPRECAT" not in done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, netbox_server: NetBoxServer, world: NetBoxApi) -> c.Iterator[Shop]:
    with LibreNMSSimulator(demo_devices()) as librenms:
        shop = Shop(tmp_path_factory.mktemp("printed"), librenms, netbox_server)
        selected = json.dumps({"filters": {"device_ids": UNDONE_DEVICES}, "librenms_background": False})
        shop.run(f"ansible-playbook netsot.librenms.device_import -e @settings.yml -e job_id={UNDONE} -e '{selected}'", write=True)
        # The job that the pages speak of.
        shop.run(f"ansible-playbook netsot.librenms.device_import -e @settings.yml -e job_id={JOB} -e librenms_background=false")
        # The plan that they speak of.
        shop.run("ansible-playbook netsot.librenms.device_import -e @settings.yml -e save_plan=/var/lib/plans/import.json --check")
        before = world.changes()
        yield shop
        assert world.changes() == before


def test_every_command_is_known() -> None:
    """A command that this file does not run is one of another program."""
    found = commands()
    assert len(RUN) > 12
    unknown = [item for item in found if not item.text.startswith(("ansible", "make ", *OUTSIDE))]
    assert not unknown
    targets = {item.text.split()[1] for item in found if item.text.startswith("make ")}
    assert targets and targets <= MAKE_TARGETS


@pytest.mark.parametrize("printed", RUN, ids=lambda item: item.text[:70])
def test_a_command(shop: Shop, printed: Printed) -> None:
    assert shop.run(printed.text)


@pytest.mark.parametrize("printed", [item for item in plays() if "async_status" not in item.text], ids=lambda item: item.source)
def test_a_playbook(shop: Shop, printed: Printed) -> None:
    shop.write("play.yml", printed.text)
    shop.run("ansible-playbook play.yml -e @vars.yml")


def test_the_table_of_jobs_tells_what_came_of_them(shop: Shop) -> None:
    assert re.search(
        rf"{JOB} +import +completed .* \d+ created", shop.run("ansible-playbook netsot.librenms.jobs -e librenms_job_limit=100")
    )


def test_the_examples_of_the_modules(shop: Shop) -> None:
    """All in one run: a play for each block."""
    blocks = tasks()
    assert {item.source.rpartition("/")[2] for item in blocks} >= {
        "netbox_device_import.py",
        "librenms_device_search.py",
        "librenms_job.py",
    }
    printed = [
        {
            "name": item.source,
            "hosts": "localhost",
            "gather_facts": False,
            "vars_files": ["vars.yml"],
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": yaml.safe_load(item.text),
        }
        for item in blocks
    ]
    shop.write("tasks.yml", yaml.safe_dump(printed, sort_keys=False))
    shop.run("ansible-playbook tasks.yml")
