# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The import: from options to a plan, and from the plan to NetBox. In check mode it ends with the plan."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.custom_fields import TARGETS, InitialValues, check_custom_fields
from .._engine.judging.assessment import State, assess
from .._engine.judging.existing import ExistingObjects
from .._engine.links import LinkField
from .._engine.matching.catalog import Index, Site
from .._engine.planning.options import ImportOptions
from .._engine.planning.outcomes import Outcomes, Round
from .._engine.planning.plan import Plan
from .._engine.planning.setup import check_tags
from .._engine.records import DeviceRecord
from .._exceptions import CollectionError, Stopped, StopReason
from .._jobs.job import JobKind, JobStatus, Phase
from .._netbox.client import NetBoxClient
from .._netbox.custom_fields import CustomFields
from .._netbox.jobs import check_jobs
from .._report.report import write_report
from .._report.rules_file import write_rules
from .import_result import ImportReport
from .options import ImportRunOptions
from .planning import plan_of
from .ports import PortsFlow
from .reading import Drafts, References, needs_chassis, read_drafts, read_existing_of, read_live, with_members
from .rights import check_rights, check_token_writes, complete_refusals, possible_writes
from .rounds import Rounds
from .run import Run, Warn
from .server_key import check_server_key
from .shapes import Json, left_out, with_detail


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


def _initial_values(custom_fields: CustomFields, policy: ImportOptions) -> InitialValues:
    """What new objects get in their custom fields. Raises OptionError for a value that NetBox would refuse."""
    fields = custom_fields.all(policy.custom_fields)
    check_custom_fields(policy.custom_fields, fields, [target.row.model for target in TARGETS])
    return InitialValues(fields, policy.custom_fields)


class _Import:
    """What is known so far, so that an import that is stopped returns it."""

    def __init__(self, run: Run, options: ImportRunOptions, check_mode: bool) -> None:
        self._run = run
        self._options = options
        self._check_mode = check_mode
        self._devices: tuple[DeviceRecord, ...] = ()
        self._plan: Plan | None = None
        self._rounds: Rounds | None = None
        self._root = ""
        self._sites: Index[Site] = Index()
        self._ports: PortsFlow | None = None
        self._link_field = LinkField()
        self._initial = InitialValues()
        self.stop_reason: StopReason | None = None
        self.broken_off_by: Exception | None = None

    @property
    def has_written(self) -> bool:
        return self._rounds is not None and self._rounds.has_written

    def go(self) -> None:
        client = self._run.connect_netbox()
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
        custom_fields = CustomFields(client)
        self._link_field = custom_fields.link_field()
        self._initial = _initial_values(custom_fields, options.policy)
        selected = run.select()
        self._devices = selected.records
        with run.phase(Phase.READING, len(self._devices)):
            policy = options.policy
            wanted = References(cached=False, tags=bool(policy.tags), creatable=policy.create_missing)
            drafts = read_drafts(run, client, selected, policy.member_naming, wanted)
            self._devices = tuple(draft.device for draft in drafts.drafts)
            check_tags(policy, drafts.drafting.matcher.catalog)
            self._sites = drafts.drafting.matcher.catalog.sites
            self._ports = PortsFlow(run, client, policy, options.ports)
            self._ports.check_vrfs()
            existing = read_existing_of(client, drafts.drafts)
            check_server_key(run, client, drafts.drafts, existing)
        drafts, existing = self._with_stacks(client, drafts, existing)
        self._plan = self._planned(client, drafts, existing)
        if may_write:
            with run.phase(Phase.READING):
                check_rights(run, client, self._plan, policy, check_mode=self._check_mode)
        if not self._check_mode:
            interfaces = {item.id: item.interfaces for item in drafts.drafting.matcher.catalog.device_types.objects}
            self._rounds = Rounds(run, client, options, interfaces)
            try:
                self._rounds.write(self._plan, lambda device_ids: self._looked_at_again(client, drafts.of(device_ids)))
            finally:
                self.stop_reason = self._rounds.stop_reason

    def _with_stacks(self, client: NetBoxClient, drafts: Drafts, existing: ExistingObjects) -> tuple[Drafts, ExistingObjects]:
        """Adds what is known of stacking, for the devices that the import would not leave as they are."""
        wanted = [draft.device for draft in drafts.drafts if needs_chassis(draft, existing, self._options.policy)]
        if not wanted:
            return drafts, existing
        drafts = drafts.stacked(self._run.stacking(wanted))
        with self._run.phase(Phase.READING, len(drafts.drafts)):
            return drafts, with_members(client, drafts.drafts, existing)

    def _looked_at_again(self, client: NetBoxClient, drafts: Drafts) -> Plan:
        existing = with_members(client, drafts.drafts, read_existing_of(client, drafts.drafts))
        self._link_field = CustomFields(client).link_field()
        return self._planned(client, drafts, existing, again=True)

    def _planned(self, client: NetBoxClient, drafts: Drafts, existing: ExistingObjects, *, again: bool = False) -> Plan:
        run, policy = self._run, self._options.policy
        with run.phase(Phase.ASSESSING, len(drafts.drafts)):
            live = read_live(run, drafts.drafts, existing)
            assessments = assess(drafts.drafts, existing, drafts.drafting, live)
            # One that somebody else has made meanwhile was selected, so its result has to say what became of it.
            if self._options.common.exclude_existing and not again:
                assessments = tuple(item for item in assessments if item.state is not State.EXISTING)
            catalog = drafts.drafting.matcher.catalog
            plan = plan_of(client, assessments, policy, catalog, existing, self._link_field, self._initial)
            run.job.set_progress(len(drafts.drafts))
        return self._ports.added(plan, existing, self._rounds.combined() if self._rounds else None) if self._ports else plan

    def result(self) -> Json:
        done = self._done()
        ended_early = self.stop_reason is not None or self.broken_off_by is not None
        report = ImportReport(done.plan, done.outcomes, self._root, stopped=ended_early)
        summary = report.summary() | {"ignored": self._run.ignored}
        if self._plan is None:
            summary |= {"selected": len(self._devices), "not_processed": len(self._devices)}
        return {
            "results": report.results(),
            "summary": summary,
            "changed": report.changed,
            "diff": report.diff(),
            "suggested_rules": report.suggested_rules(self._sites),
            **self._ending(summary["failed"], summary["blocked"]),
        }

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
