# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long ansible-inventory takes with many LibreNMS devices, beside a bare download of the same bytes.

    python tests/bench/inventory.py [--hosts 5000] [--repeat 3] [--json FILE]

Run it where Ansible finds the collection (ANSIBLE_COLLECTIONS_PATH). Each number is the least of the repeats, in seconds.
"""

from __future__ import annotations

import argparse
import collections.abc as c
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import requests
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.librenms_devices import generate
from servers.librenms_server import LibreNMSSimulator

KEYED_GROUPS = [
    {"key": "librenms_os", "prefix": "os"},
    {"key": "librenms_location", "prefix": "location"},
    {"key": "librenms_hardware", "prefix": "hardware"},
]


@dataclasses.dataclass(frozen=True)
class Measured:
    """One line of the table. ``requests`` is what LibreNMS was asked in one run."""

    name: str
    seconds: float
    # Of the command alone; None where it is not a command. Other work on the machine changes it less.
    cpu_seconds: float | None
    requests: int


class Bench:
    def __init__(self, librenms: LibreNMSSimulator, directory: Path, repeat: int) -> None:
        self._librenms = librenms
        self._directory = directory
        self._repeat = repeat

    def measure(self, name: str, run: c.Callable[[], object]) -> Measured:
        times, cpu_times = [], []
        for _ in range(self._repeat):
            self._librenms.requests.reset()
            begun, cpu_begun = time.perf_counter(), _cpu_of_commands()
            run()
            times.append(time.perf_counter() - begun)
            cpu_times.append(_cpu_of_commands() - cpu_begun)
        return Measured(name, min(times), min(cpu_times) or None, len(self._librenms.requests))

    def download(self) -> int:
        """The device list and json.loads, with nothing around it; the number of bytes."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"{self._librenms.url}/api/v0/devices", headers={"X-Auth-Token": self._librenms.token}, timeout=300)
            answer.raise_for_status()
            json.loads(answer.content)
            return len(answer.content)

    def source(self, name: str, **options: t.Any) -> Path:
        path = self._directory / f"{name}.librenms.yml"
        path.write_text(yaml.safe_dump({"plugin": "netsot.librenms.librenms_devices", "all_devices": True, **options}), encoding="utf-8")
        return path

    def list(self, path: Path) -> int:
        """ansible-inventory --list; the number of hosts it shows. Raises CalledProcessError when it fails."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(path), "--list"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "LIBRENMS_URL": self._librenms.url,
                "LIBRENMS_TOKEN": self._librenms.token,
                "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            },
        )
        return len(json.loads(done.stdout)["_meta"]["hostvars"])


def _cpu_of_commands() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(hosts: int, repeat: int) -> list[Measured]:
    """Raises RuntimeError when an inventory does not have all hosts."""
    with LibreNMSSimulator(generate(hosts)) as librenms, tempfile.TemporaryDirectory() as directory:
        bench = Bench(librenms, Path(directory), repeat)
        nothing = Path(directory) / "nothing.ini"
        nothing.write_text("[nobody]\n")
        cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": f"{directory}/cache", "cache_timeout": 3600}
        plain = bench.source("plain")
        keyed = bench.source("keyed", keyed_groups=KEYED_GROUPS)
        ready = bench.source("ready", group_by=["os", "location", "hardware"])
        cached = bench.source("cached", **cache)
        for path in (plain, keyed, ready, cached):
            if (found := bench.list(path)) != hosts:
                raise RuntimeError(f"{path.name} has {found} hosts, not {hosts}")
        return [
            bench.measure("bare download and json.loads", bench.download),
            bench.measure("ansible-inventory --list of nothing", lambda: bench.list(nothing)),
            bench.measure("ansible-inventory --list, no groups", lambda: bench.list(plain)),
            bench.measure("ansible-inventory --list, three keyed groups", lambda: bench.list(keyed)),
            bench.measure("ansible-inventory --list, group_by three", lambda: bench.list(ready)),
            bench.measure("ansible-inventory --list, cached", lambda: bench.list(cached)),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time of the inventory plugin.")
    parser.add_argument("--hosts", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    options = parser.parse_args()
    measured = run(options.hosts, options.repeat)
    print(f"{options.hosts} hosts, least of {options.repeat}:")
    for line in measured:
        cpu = f"{line.cpu_seconds:6.2f} s CPU" if line.cpu_seconds else ""
        print(f"  {line.name:<46} {line.seconds:6.2f} s {cpu:>12}  {line.requests} requests")
    if options.json:
        numbers = {"hosts": options.hosts, "measured": [dataclasses.asdict(line) for line in measured]}
        options.json.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
