# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a library of device types: the first time, from the cache, and a hardware text that is looked for in it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import yaml
from figures import Report, finish, step
from paths import installed_root

sys.path.insert(0, str(installed_root()))

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import Catalog
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.definitions import LibraryType
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.hardware import hardware_index
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.library import with_library
from ansible_collections.netsot.librenms.plugins.module_utils._library.index import INDEX_LIFE, read_library

# Interfaces of a type: what one of the community's library has on the average.
INTERFACES = 24


def _write(folder: Path, types: int) -> None:
    for number in range(types):
        maker = f"Maker {number % 100}"
        content = {
            "manufacturer": maker,
            "model": f"Series {number % 7} X{number:05d}-{INTERFACES}T",
            "slug": f"x{number:05d}",
            "part_number": f"PN-{number:05d}-A",
            "u_height": 1,
            "interfaces": [{"name": f"GigabitEthernet1/0/{port}", "type": "1000base-t"} for port in range(1, INTERFACES + 1)],
            "power-ports": [{"name": "PSU0", "type": "iec-60320-c14", "maximum_draw": 500}],
        }
        path = folder / maker / f"{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content), encoding="utf-8")


def measure(types: int) -> Report:
    report = Report("library", f"Library: {types:,} device types of {INTERFACES} interfaces")
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "library"
        step(f"writing {types:,} files")
        _write(folder, types)
        found: tuple[LibraryType, ...] = ()
        for name in ("first index", "index from the cache"):
            begun = time.monotonic()
            cache = FileCache(str(Path(directory) / "cache"), INDEX_LIFE)
            found = read_library([str(folder)], cache, step)
            report.add(f"{name}", time.monotonic() - begun, "s")
        report.add("device types that are missing", types - len(found), limit=0)
        begun = time.monotonic()
        catalog = with_library(Catalog(), found)
        matched = hardware_index(catalog.library).find(f"Maker {(types - 1) % 100} PN-{types - 1:05d}-A Switch")
        report.add("first hardware text that is looked for", time.monotonic() - begun, "s")
        report.add("device types that it fails to mean", 1 - len(matched), limit=0)
    report.notes.append("PyYAML has libyaml" if hasattr(yaml, "CSafeLoader") else "PyYAML has no libyaml: reading takes ten times as long")
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--types", type=int, default=5000, help="device types (5000)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    sys.exit(finish(measure(options.types), options.json))
