# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Writing the results of a task to a file that people and programs read."""

from __future__ import annotations

import collections.abc as c
import typing as t


def check_report_path(path: str | None) -> None:
    return None


def write_report(path: str, kind: str, result: c.Mapping[str, t.Any], warn: c.Callable[[str], None]) -> None:
    return None
