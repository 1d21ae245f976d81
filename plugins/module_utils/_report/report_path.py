# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The path of a report: its ending decides about the format.

Apart from what writes the formats, so that a run without a report does not load that.
"""

from __future__ import annotations

import os

from .._exceptions import OptionError
from .place import check_place

ENDINGS = (".json", ".csv", ".html")


def check_report_path(path: str | None) -> None:
    """Raises OptionError for a report that could not be written, before any work is done for it."""
    if not path:
        return
    if ending(path) not in ENDINGS:
        raise OptionError("report_path", path, f"must end with {', '.join(ENDINGS)}", "The ending decides about the format.")
    check_place("report_path", path)


def ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()
