# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The path of a plan file: whether a plan can be written there."""

from __future__ import annotations

import os

from .._exceptions import OptionError
from .._report.place import check_place


def check_plan_path(path: str) -> None:
    """Raises OptionError for a plan that could not be written there."""
    if os.path.splitext(path)[1].lower() != ".json":
        raise OptionError("save_plan", path, "must end with .json", "A page of the same name that ends with .html is written beside it.")
    check_place("save_plan", path)
