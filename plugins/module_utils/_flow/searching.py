# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The search: from options to a result. It reads only."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._exceptions import Stopped, StopReason
from .._jobs.job import JobKind, JobStatus
from .._report.rules_file import write_rules
from .finding import Finding
from .options import SearchOptions
from .result_detail import left_out, with_detail
from .run import Run, Warn
from .shapes import Json

_ENDINGS = {
    StopReason.CANCELLED: "The job was cancelled before its end, so the answer is not complete.",
    StopReason.TIMED_OUT: "The deadline passed before the end, so the answer is not complete.",
}


def search(options: SearchOptions, *, check_mode: bool, parameters: c.Mapping[str, t.Any], warn: Warn) -> Json:
    """Runs a search and returns the task's result. Raises CollectionError for what makes it fail as a whole."""
    with Run(JobKind.SEARCH, options.common, check_mode=check_mode, parameters=parameters, warn=warn) as run:
        searching = _search(run, options)
        stopped = None
        try:
            searching.go()
        except Stopped as exc:
            stopped = exc.reason
        result = searching.result()
        status = JobStatus.COMPLETED
        if stopped is not None:
            status = JobStatus(stopped.value)
            result |= {"failed": True, "msg": _ENDINGS[stopped]}
        result["summary"]["not_processed"] = 0 if stopped is None else result["summary"]["selected"]
        run.job.finish(status, result["summary"], str(result.get("msg", "")))
        result |= {
            "changed": False,
            "cancelled": status is JobStatus.CANCELLED,
            "timed_out": status is JobStatus.TIMED_OUT,
            "stats": run.stats_json(),
            "job": run.job.result(),
        }
        if options.common.report_path:
            # Late, because most searches write none, and the formats are much code.
            from .._report.report import write_report

            write_report(options.common.report_path, "search", result | {"about": run.about()}, warn)
        if options.common.suggested_rules_path:
            write_rules(options.common.suggested_rules_path, result["suggested_rules"], warn)
        shown = with_detail(result["devices"], options.common.result_detail)
        if shown and len(shown) < len(result["devices"]):
            warn(left_out(len(result["devices"]) - len(shown), "devices"))
        result["devices"] = shown
        return result


def _search(run: Run, options: SearchOptions) -> Finding:
    if not options.assess:
        return Finding(run, options)
    # Late, because it is most of the code, which a target has to compile at every task: what speaks to NetBox and what judges.
    from .assessing import Assessing

    return Assessing(run, options)
