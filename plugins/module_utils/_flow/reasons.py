# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Counts of findings by code and value, the same in the summaries of a search and an import."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from .._engine.issues import Issue
from .shapes import Json

# Values that are listed of one code.
MOST_VALUES = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Findings:
    """What was found about one device.

    :ivar known: whether it is in NetBox and not blocked; its warnings hold back nothing, so they are counted apart
    """

    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    known: bool = False


def reason_counts(devices: c.Sequence[Findings]) -> Json:
    """Devices by code, and for each code the values that it is about, most frequent first.

    A device counts once for a code, and for the first of the code's values, so the values of a code never add up to more than its count.
    """
    issues = [item.issues for item in devices]
    warnings = [item.warnings for item in devices if not item.known]
    return {
        "issues": _codes(issues),
        "warnings": _codes(warnings),
        "existing_warnings": _codes(item.warnings for item in devices if item.known),
        "values": _values(issues),
        "warning_values": _values(warnings),
    }


def _codes(lists: c.Iterable[c.Iterable[Issue]]) -> Json:
    counts = collections.Counter(code for issues in lists for code in {issue.code for issue in issues})
    return {code.value: count for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _values(lists: c.Iterable[c.Iterable[Issue]]) -> Json:
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for issues in lists:
        first: dict[str, str] = {}
        for issue in issues:
            if issue.value:
                first.setdefault(issue.code.value, issue.value)
        for code, value in first.items():
            counts[code][value] += 1
    return {
        code: [
            {"value": value, "devices": -count}
            for count, value in sorted((-count, value) for value, count in counter.items())[:MOST_VALUES]
        ]
        for code, counter in sorted(counts.items())
    }
