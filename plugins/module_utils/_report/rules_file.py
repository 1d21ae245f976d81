# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Writing suggested rules to a file that the next run reads."""

from __future__ import annotations

import collections.abc as c

from .._exceptions import OptionError
from .place import check_place, replacing

# By this first line a file is known to hold suggestions, and nobody's work.
FIRST_LINE = "# Rules that netsot.librenms suggests; each run that writes to this file replaces it."


def check_rules_path(path: str | None) -> None:
    """Raises OptionError for a file that could not be written, or that holds something else."""
    if not path:
        return
    check_place("suggested_rules_path", path)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            begin = file.read(len(FIRST_LINE) + 1).rstrip("\n")
    except FileNotFoundError:
        return
    except OSError as exc:
        raise OptionError("suggested_rules_path", path, f"cannot be read: {exc.strerror}") from None
    if begin.strip() and begin != FIRST_LINE:
        hint = "Name another file; copy from it what you keep."
        raise OptionError("suggested_rules_path", path, "holds something else than suggested rules, and would be replaced", hint)


def write_rules(path: str, rules: str, warn: c.Callable[[str], None]) -> None:
    """Writes the rules, also where there are none: what stood there before is no longer true. Never raises."""
    try:
        with replacing(path) as file:
            file.write(f"{FIRST_LINE}\n{rules or '# There is nothing to suggest.' + chr(10)}")
    except OSError as exc:
        warn(f"The suggested rules could not be written to {path}: {exc}. The results of the task are complete.")
