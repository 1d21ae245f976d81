# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device types of ``world.py`` as a library: a folder of YAML files in the form of the community's."""

from __future__ import annotations

from pathlib import Path

import yaml

from .world import DEVICE_TYPES


def write_library(folder: Path) -> Path:
    """Writes a file for each device type, below a folder for its manufacturer, and returns the library's folder."""
    for kind in DEVICE_TYPES:
        content = {
            "manufacturer": kind.manufacturer,
            "model": kind.model,
            "slug": kind.slug,
            "part_number": kind.part_number,
            "u_height": kind.u_height,
            "interfaces": [{"name": f"GigabitEthernet1/0/{port}", "type": "1000base-t"} for port in range(1, kind.interfaces + 1)],
            "console-ports": [{"name": "Console", "type": "rj-45"}],
            "power-ports": [{"name": "PSU0", "type": "iec-60320-c14"}],
        }
        path = folder / "device-types" / kind.manufacturer / f"{kind.slug}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder
