# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory this process has taken."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    try:
        # ru_maxrss may also hold what the parent had when it started this process.
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        found = None
    unit = 1 if sys.platform == "darwin" else 1024
    return int(found[1]) * 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
