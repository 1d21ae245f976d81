# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures searches, imports, ports, plans, a large NetBox, the inventory and the index of a library: a table, and a JSON file.

``make bench`` runs it, ``make bench ARGS="--only search"`` a part of it. It ends with 1 when something that is counted, or
memory, is over its budget; times are only told, because they depend on the machine. ``docs/performance.md`` explains the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))

from paths import CHECKOUT, cache_dir

TESTS = CHECKOUT / "tests"
PARTS = TESTS / "bench"
# Each a program in a process of its own, so that none sees another's memory.
SUBJECTS = {
    "search": "search.py",
    "import": "imports.py",
    "ports": "ports.py",
    "plan": "plan.py",
    "large": "large.py",
    "inventory": "inventory.py",
    "library": "library.py",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the collection.", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", type=_subjects, default=tuple(SUBJECTS), metavar="A,B", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--devices", type=int, default=1000, help="LibreNMS devices of search and import")
    parser.add_argument("--sample", type=int, default=20, help="devices to import by one task each, 0 for none")
    parser.add_argument("--port-devices", type=int, default=100, help="LibreNMS devices of ports, with 48 ports each")
    parser.add_argument("--plan-devices", type=int, default=20_000, help="LibreNMS devices of plan")
    parser.add_argument("--large-devices", type=int, default=20_000, help="devices that the NetBox of large has")
    parser.add_argument("--types", type=int, default=5000, help="device types of library")
    parser.add_argument("--hosts", type=int, default=5000, help="hosts of inventory")
    parser.add_argument("--json", type=Path, default=cache_dir() / "bench.json", help="where the figures go")
    return parser.parse_args()


def _subjects(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    if unknown := [name for name in chosen if name not in SUBJECTS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(SUBJECTS)}")
    return chosen


def _sizes(subject: str, options: argparse.Namespace) -> list[str]:
    sizes = {
        "search": ["--devices", options.devices],
        "import": ["--devices", options.devices, "--sample", options.sample],
        "ports": ["--devices", options.port_devices],
        "plan": ["--devices", options.plan_devices],
        "large": ["--devices", options.large_devices],
        "inventory": ["--hosts", options.hosts],
        "library": ["--types", options.types],
    }
    return [str(word) for word in sizes[subject]]


def run() -> int:
    options = _arguments()
    figures: dict[str, object] = {"processors": os.cpu_count()}
    failed = []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS / "tools")))}
    with tempfile.TemporaryDirectory() as directory:
        for subject in options.only:
            print(f"\n{subject}", flush=True)
            output = Path(directory) / f"{subject}.json"
            command = [sys.executable, str(PARTS / SUBJECTS[subject]), *_sizes(subject, options), "--json", str(output)]
            code = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False).returncode
            if code:
                failed.append(subject)
            figures[subject] = json.loads(output.read_text(encoding="utf-8")) if output.exists() else None
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"\nFigures: {options.json}")
    if failed:
        print(f"Over budget, or failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run())
