# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Writing the results of a task to a file that people and programs read."""

from __future__ import annotations

import collections.abc as c
import json
import typing as t

from .csv_file import write_csv
from .html_file import write_html
from .place import replacing
from .report_path import ENDINGS, ending

# What a JSON report holds of a result, where the result has it; the diff would only say the devices' changes again.
_JSON_KEYS = (
    "about",
    "summary",
    "changed",
    "failed",
    "msg",
    "cancelled",
    "timed_out",
    "cache",
    "stats",
    "job",
    "choices",
    "suggested_rules",
    "devices",
    "results",
)


def write_report(path: str, kind: t.Literal["search", "import"], result: c.Mapping[str, t.Any], warn: c.Callable[[str], None]) -> None:
    """Writes the result in the format of the path's ending; the file is complete or as it was before.

    Never raises for a report that cannot be written: the work that it is about is done by then.
    """
    try:
        with replacing(path) as file:
            _WRITERS[ending(path)](file, kind, result)
    # A result that a writer cannot digest must no more turn an import that is done into a failure than a full disk.
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as exc:
        warn(f"The report {path} could not be written: {str(exc) or type(exc).__name__}. The results of the task are complete.")


def _write_json(file: t.TextIO, kind: str, result: c.Mapping[str, t.Any]) -> None:
    report = {"kind": kind} | {name: result[name] for name in _JSON_KEYS if name in result}
    json.dump(report, file, indent=2, ensure_ascii=False)
    file.write("\n")


_Writer: t.TypeAlias = c.Callable[[t.TextIO, str, c.Mapping[str, t.Any]], None]
_WRITERS: c.Mapping[str, _Writer] = dict(zip(ENDINGS, (_write_json, write_csv, write_html), strict=True))
