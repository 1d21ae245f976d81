# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The import: from options to a plan, and from the plan to NetBox. In check mode it ends with the plan."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.judging.settling import LearnedRules
from .._engine.matching.catalog import Index
from .._engine.planning.outcomes import Outcomes, Round, refused_components
from .._engine.planning.plan import Plan
from .._engine.planning.saved_plan import SavedPlan
from .._engine.records import DeviceRecord
from .._exceptions import CollectionError, Stopped, StopReason
from .._jobs.job import JobKind, JobStatus, Phase
from .._netbox.client import NetBoxClient
from .._netbox.jobs import check_jobs
from .._report.report import write_report
from .._report.rules_file import write_rules
from .applying import Applying
from .import_options import ImportRunOptions
from .import_result import ImportReport
from .netbox import connected
from .plan_making import Planning
from .refused_reads import complete_refusals
from .result_detail import left_out, with_detail
from .rights import check_rights, check_token_writes, possible_writes
from .rounds import Again, Rounds
from .run import Run, Warn
from .shapes import Json
from .vanishing import Remembering


def import_devices(options: ImportRunOptions, *, check_mode: bool, parameters: c.Mapping[str, t.Any], warn: Warn) -> Json:
    """Runs an import and returns the task's result; C(failed) in it says whether the task fails.

    Raises CollectionError for what makes it fail as a whole, before anything was written. Whatever happens after the first write
    is told in the result, with what was written until then.
    """
    with Run(JobKind.IMPORT, options.common, check_mode=check_mode, parameters=parameters, warn=warn) as run:
        importing = _Import(run, options, check_mode)
        try:
            importing.go()
        except Stopped as exc:
            importing.stop_reason = exc.reason
        except Exception as exc:
            if not importing.has_written:
                raise
            importing.broken_off_by = exc
        result = importing.result()
        run.job.finish(_status(importing.stop_reason, bool(result.get("failed"))), result["summary"], str(result.get("msg", "")))
        result |= {"stats": run.stats_json(), "job": run.job.result()}
        if options.common.report_path:
            write_report(options.common.report_path, "import", result | {"about": run.about()}, warn)
        if options.common.suggested_rules_path:
            write_rules(options.common.suggested_rules_path, result["suggested_rules"], warn)
        shown = with_detail(result["results"], options.common.result_detail)
        if shown and len(shown) < len(result["results"]):
            warn(left_out(len(result["results"]) - len(shown), "results"))
        result["results"] = shown
        return result


def _status(stop_reason: StopReason | None, failed: bool) -> JobStatus:
    if stop_reason is not None:
        return JobStatus(stop_reason.value)
    return JobStatus.FAILED if failed else JobStatus.COMPLETED


class _Import:
    """What is known so far, so that an import that is stopped returns it."""

    def __init__(self, run: Run, options: ImportRunOptions, check_mode: bool) -> None:
        self._run = run
        self._options = options
        self._check_mode = check_mode
        self._devices: tuple[DeviceRecord, ...] = ()
        self._planning: Planning | None = None
        self._learned = LearnedRules()
        self._plan: Plan | None = None
        self._rounds: Rounds | None = None
        self._root = ""
        self.stop_reason: StopReason | None = None
        self.broken_off_by: Exception | None = None

    @property
    def has_written(self) -> bool:
        return self._rounds is not None and self._rounds.has_written

    def go(self) -> None:
        client = connected(self._run)
        with complete_refusals(client):
            self._go(client)

    def _go(self, client: NetBoxClient) -> None:
        run, options = self._run, self._options
        writes = possible_writes(
            virtual_chassis=options.policy.virtual_chassis, ports=options.ports.ports, create_missing=options.policy.create_missing
        )
        may_write = check_token_writes(run, client, writes, check_mode=self._check_mode)
        if options.netbox_jobs:
            check_jobs(client)
        self._root = client.root
        if options.plan_files.saved is not None:
            self._apply_saved(client, options.plan_files.saved)
            return
        planning = self._planning = Planning(run, client, options.policy, options.ports, options.vanished)
        plan = planning.first()
        self._learned = planning.learned()
        self._plan = planning.save(options.plan_files.save, plan) if options.plan_files.save else plan
        if may_write:
            self._check_rights(client, self._plan)
        if not self._check_mode:
            rounds = self._rounds = Rounds(run, client, options, planning.interfaces)
            remembering = planning.vanishing.remembering
            self._write(rounds, self._plan, lambda device_ids: planning.again(device_ids, rounds.combined()), remembering)

    def _check_rights(self, client: NetBoxClient, plan: Plan) -> None:
        with self._run.phase(Phase.READING):
            check_rights(self._run, client, plan, self._options, check_mode=self._check_mode)

    def _write(self, rounds: Rounds, plan: Plan, again: Again, vanished: Remembering) -> None:
        vanished.begin(plan)
        try:
            rounds.write(plan, again)
        finally:
            self.stop_reason = rounds.stop_reason
            vanished.end(rounds.combined())
            for text in refused_components(rounds.combined()):
                self._run.warn(text)

    def _apply_saved(self, client: NetBoxClient, saved: SavedPlan) -> None:
        """What is left of a plan that was made before."""
        run, wanted = self._run, self._options.plan_files.wanted
        self._devices = tuple(device.assessment.device for device in saved.plan.devices if device.device_id in wanted)
        applying = Applying(client, saved, wanted)
        with run.phase(Phase.READING, len(self._devices)):
            plan = self._plan = applying.current()
        self._check_rights(client, plan)
        if not self._check_mode:
            self._rounds = Rounds(run, client, self._options, saved.interfaces, applying.guard)
            self._write(self._rounds, plan, applying.current, Remembering.of_plan(run, saved, client))

    def result(self) -> Json:
        done = self._done()
        ended_early = self.stop_reason is not None or self.broken_off_by is not None
        report = ImportReport(done.plan, done.outcomes, self._root, stopped=ended_early)
        summary = report.summary() | {"ignored": self._run.ignored}
        if self._planning is not None and not self._planning.vanishing.is_told:
            summary["vanished"] = None
        if self._plan is None:
            selected = len(self._planning.devices if self._planning else self._devices)
            summary |= {"selected": selected, "not_processed": selected}
        return {
            "results": report.results(),
            "summary": summary,
            "changed": report.changed or self._run.creates_branch,
            "netbox_branch": self._branch(),
            "diff": report.diff(),
            "suggested_rules": report.suggested_rules(self._planning.sites if self._planning else Index(), self._learned),
            **self._ending(summary["failed"], summary["blocked"]),
        }

    def _branch(self) -> Json | None:
        """The branch of NetBox that all of it is in; None for main. Its id is None where check mode does not create it."""
        name, branch = self._run.netbox.branch, self._run.branch
        if not name:
            return None
        return {"name": name, "id": branch.id if branch else None, "created": self._run.creates_branch}

    def _done(self) -> Round:
        """The plan, and what became of it: in check mode everything is done."""
        if self._rounds is not None:
            return self._rounds.combined()
        plan = self._plan or Plan()
        complete = self._check_mode and self.stop_reason is None
        return Round(plan, Outcomes.all_done(plan) if complete else Outcomes())

    def _ending(self, failed: int, blocked: int) -> Json:
        reasons = []
        if failed:
            reasons.append(f"{failed} devices could not be imported; their issues tell why")
        if blocked and self._options.fail_on_blocked:
            reasons.append(f"{blocked} devices are blocked, and fail_on_blocked is set")
        if self.stop_reason is StopReason.CANCELLED:
            reasons.append("the job was cancelled before its end")
        if self.stop_reason is StopReason.TIMED_OUT:
            reasons.append("the deadline passed before the end")
        if isinstance(self.broken_off_by, CollectionError):
            reasons.append(f"the import broke off after it had begun to write. {str(self.broken_off_by).removesuffix('.')}")
        elif self.broken_off_by is not None:
            reasons.append(f"an unexpected error ended the import after it had begun to write ({type(self.broken_off_by).__name__})")
        ending: Json = {
            "cancelled": self.stop_reason is StopReason.CANCELLED,
            "timed_out": self.stop_reason is StopReason.TIMED_OUT,
            "failed": bool(reasons),
        }
        if isinstance(self.broken_off_by, CollectionError):
            ending["failure"] = self.broken_off_by.failure()
        if reasons:
            text = "; ".join(reasons)
            ending["msg"] = f"{text[0].upper()}{text[1:]}."
        return ending
