# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The import: from options to a plan, and from the plan to NetBox. In check mode it ends with the plan."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from .._engine.judging.assessment import State, Surroundings
from .._engine.planning.plan import Action, Plan, PlannedDevice, Target, Write
from .._engine.planning.planner import LinkField, check_tags, make_plan
from .._engine.records import DeviceRecord
from .._exceptions import ApiError, CollectionError, OptionError, Stopped, StopReason
from .._jobs.job import JobKind, JobStatus, Phase
from .._netbox.apply import Applied, apply
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_fields
from .._netbox.jobs import JobSender, check_jobs
from .._netbox.write import BulkWriter, Fate, NetBoxSender, Outcome
from .._report.report import write_report
from .options import ImportRunOptions
from .reading import Reading, judge, needs_chassis, read_surroundings, with_chassis, with_existing
from .results import ImportReport, Json, with_detail
from .run import Run, Warn

# How often devices are looked at again because somebody else was quicker, or an answer was lost.
_ROUNDS = 3

_PERMISSIONS = {
    Target.DEVICE: "dcim.{}_device",
    Target.VIRTUAL_MACHINE: "virtualization.{}_virtualmachine",
    Target.VIRTUAL_CHASSIS: "dcim.{}_virtualchassis",
    Target.CUSTOM_FIELD: "extras.{}_customfield",
    Target.TAG: "extras.{}_tag",
    Target.PLATFORM: "dcim.{}_platform",
}


def import_devices(options: ImportRunOptions, *, check_mode: bool, parameters: c.Mapping[str, t.Any], warn: Warn) -> Json:
    """Runs an import and returns the task's result; C(failed) in it says whether the task fails.

    Raises CollectionError for what makes it fail as a whole, before anything was written.
    """
    with Run(JobKind.IMPORT, options.common, check_mode=check_mode, parameters=parameters, warn=warn) as run:
        importing = _Import(run, options, check_mode)
        try:
            importing.go()
        except Stopped as exc:
            importing.stop_reason = exc.reason
        result = importing.result()
        run.job.finish(_status(importing.stop_reason, bool(result.get("failed"))), result["summary"], str(result.get("msg", "")))
        result |= {"stats": run.stats_json(), "job": run.job.result()}
        if options.common.report_path:
            write_report(options.common.report_path, "import", result, warn)
        result["results"] = with_detail(result["results"], options.common.result_detail)
        return result


def _status(stop_reason: StopReason | None, failed: bool) -> JobStatus:
    if stop_reason is not None:
        return JobStatus(stop_reason.value)
    return JobStatus.FAILED if failed else JobStatus.COMPLETED


class _Import:
    def __init__(self, run: Run, options: ImportRunOptions, check_mode: bool) -> None:
        self._run = run
        self._options = options
        self._check_mode = check_mode
        self._devices: tuple[DeviceRecord, ...] = ()
        self._plan: Plan | None = None
        self._applied: Applied | None = None
        self._root = ""
        self._link_field = LinkField()
        self.stop_reason: StopReason | None = None

    def go(self) -> None:
        run, options = self._run, self._options
        client = run.connect_netbox()
        if options.netbox_jobs:
            check_jobs(client)
        self._root = client.root
        self._link_field = client.link_field()
        self._devices = run.select().records
        with run.phase(Phase.READING, len(self._devices)):
            reading = Reading(cached=False, tags=bool(options.policy.tags), create_platforms="platforms" in options.policy.create_missing)
            around = read_surroundings(run, client, self._devices, options.policy.member_naming, reading)
            check_tags(options.policy, around.matcher.catalog)
            around = with_existing(client, self._devices, around)
        plan = self._planned(client, self._devices, around, chassis_known=False)
        self._plan = plan
        self._check_rights(client, plan)
        if not self._check_mode:
            self._write(client, plan, around)

    def _planned(self, client: NetBoxClient, devices: c.Sequence[DeviceRecord], around: Surroundings, *, chassis_known: bool) -> Plan:
        run, policy = self._run, self._options.policy
        wanted = [device for device in devices if needs_chassis(device, around, policy)]
        if wanted and not chassis_known:
            chassis = run.chassis(wanted)
            with run.phase(Phase.READING, len(devices)):
                around = with_chassis(client, devices, around, chassis)
        with run.phase(Phase.ASSESSING, len(devices)):
            assessments = judge(run, devices, around)
            # One that somebody else has made meanwhile was selected, so its result has to say what became of it.
            if self._options.common.exclude_existing and not chassis_known:
                assessments = tuple(item for item in assessments if item.state is not State.EXISTING)
            known = [item.existing for item in assessments if item.state is State.EXISTING and item.existing]
            relevant = [item for item in known if policy.existing.value == "update" or item.virtual_chassis_id is not None]
            fields = read_fields(client, relevant)
            plan = make_plan(assessments, policy, around.matcher.catalog, around.existing, self._link_field, fields)
            run.job.set_progress(len(devices))
        return plan

    def _check_rights(self, client: NetBoxClient, plan: Plan) -> None:
        """Before the first write, where NetBox can tell: one sentence for the first right that is missing."""
        with self._run.phase(Phase.READING):
            for target in Target:
                writes = [write for write in plan.writes() if write.target is target]
                if not writes:
                    continue
                actions = client.options(target)
                for method, verb, needed in (
                    ("POST", "add", any(write.creates for write in writes)),
                    ("PUT", "change", any(not write.creates for write in writes)),
                ):
                    if needed and method not in actions:
                        text = (
                            f"The token of netbox_token lacks the permission {_PERMISSIONS[target].format(verb)} ({verb} {target}) "
                            "in NetBox, or it is read-only; nothing was written."
                        )
                        if not self._check_mode:
                            raise CollectionError(text)
                        self._run.warn(f"{text} The import would fail.")
                self._check_status(target, actions)

    def _check_status(self, target: Target, actions: Json) -> None:
        choices = (actions.get("POST") or {}).get("status", {}).get("choices")
        if not choices or target not in (Target.DEVICE, Target.VIRTUAL_MACHINE):
            return
        known = [str(choice.get("value")) for choice in choices]
        for state, status in self._options.policy.status_map.items():
            if status not in known:
                raise OptionError(f"status_map.{state}", status, f"is no status of NetBox's {target}", f"It has {', '.join(known)}.")

    def _write(self, client: NetBoxClient, plan: Plan, around: Surroundings) -> None:
        run, options = self._run, self._options
        message = f"netsot.librenms import, job {run.job.id}"
        send = NetBoxSender(client, message).send
        if options.netbox_jobs:
            send = JobSender(client, run.netbox_client(stoppable=False), message).send
        writer = BulkWriter(client, send)
        interfaces = {item.id: item.interfaces for item in around.matcher.catalog.device_types.objects}
        pending = plan
        for _round in range(_ROUNDS):
            with run.phase(Phase.WRITING):
                applied = apply(pending, writer, options.apply, run.job, interfaces)
            self._merge(pending, applied)
            self.stop_reason = applied.stop_reason
            again = [device for device in pending.devices if _is_open(device, applied)]
            if not again or applied.stop_reason is not None or applied.stopped_on_error:
                return
            run.job.log(f"{len(again)} devices are looked at again: NetBox has them already, or an answer was lost")
            pending = self._looked_at_again(client, again, around)
            self._remove_doubled(client, again, applied, pending)
            if not pending.devices:
                return

    def _looked_at_again(self, client: NetBoxClient, devices: c.Sequence[PlannedDevice], around: Surroundings) -> Plan:
        records = [device.assessment.device for device in devices]
        around = with_existing(client, records, around)
        chassis = {
            device.device_id: device.assessment.virtual_chassis for device in devices if device.assessment.virtual_chassis is not None
        }
        around = with_chassis(client, records, around, chassis)
        self._link_field = client.link_field()
        return self._planned(client, records, around, chassis_known=True)

    def _remove_doubled(self, client: NetBoxClient, devices: c.Iterable[PlannedDevice], applied: Applied, newer: Plan) -> None:
        """Removes the virtual chassis that this run has just made for devices which somebody else put into another one meanwhile.

        NetBox takes any number of them with one name. One that has members is never removed.
        """
        now = {device.device_id: device.assessment.existing for device in newer.devices}
        for device in devices:
            made = applied.of(device.chassis).object_id if device.chassis else None
            own = now.get(device.device_id)
            if made is None or own is None or own.virtual_chassis_id in (None, made):
                continue
            try:
                client.remove_empty_chassis(made)
            except ApiError as exc:
                self._run.warn(f"The virtual chassis {device.chassis_name!r} (id {made}) has no members and could not be removed. {exc}")

    def _merge(self, plan: Plan, applied: Applied) -> None:
        """The newest plan and outcome of each device. What a lost answer had done already stays this run's doing."""
        if self._plan is None or self._applied is None:
            self._applied = applied
            return
        newer = {device.device_id: device for device in plan.devices}
        outcomes = dict(self._applied.outcomes)
        devices = []
        for old in self._plan.devices:
            new = newer.get(old.device_id)
            if new is None:
                devices.append(old)
            elif old.device and new.assessment.existing and _was_done(old.device, outcomes, new):
                for write in old.writes():
                    if write.key in outcomes:
                        outcomes[write.key] = Outcome(Fate.DONE, outcomes[write.key].object_id)
                outcomes[old.device.key] = Outcome(Fate.DONE, new.assessment.existing.id)
                devices.append(old)
            else:
                for write in old.writes():
                    outcomes.pop(write.key, None)
                devices.append(new)
        self._plan = dataclasses.replace(self._plan, devices=tuple(devices))
        # A tag that was made before is found to be there by the next round.
        done = {key: outcome for key, outcome in outcomes.items() if outcome.fate is Fate.DONE or key not in applied.outcomes}
        self._applied = dataclasses.replace(applied, outcomes={**applied.outcomes, **done})

    def result(self) -> Json:
        if self._plan is None:
            summary = ImportReport(Plan(), None, "").summary() | {"selected": len(self._devices), "not_processed": len(self._devices)}
            return {"results": [], "summary": summary, "changed": False, "diff": [], **self._ending(0, 0)}
        report = ImportReport(self._plan, self._applied_or_nothing(), self._root)
        summary = report.summary()
        return {
            "results": report.results(),
            "summary": summary,
            "changed": report.changed,
            "diff": report.diff(),
            **self._ending(summary["failed"], summary["blocked"]),
        }

    def _applied_or_nothing(self) -> Applied | None:
        """In check mode None: then the plan itself is the answer."""
        if self._check_mode and self.stop_reason is None:
            return None
        return self._applied or Applied({}, self.stop_reason)

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
        ending: Json = {
            "cancelled": self.stop_reason is StopReason.CANCELLED,
            "timed_out": self.stop_reason is StopReason.TIMED_OUT,
            "failed": bool(reasons),
        }
        if reasons:
            text = "; ".join(reasons)
            ending["msg"] = f"{text[0].upper()}{text[1:]}."
        return ending


def _was_done(write: Write, outcomes: c.Mapping[str, Outcome], again: PlannedDevice) -> bool:
    """Whether another look has found in place what a write without answer was to do."""
    return outcomes[write.key].fate is Fate.LOST and again.action in (Action.SKIP, Action.NONE)


def _is_open(device: PlannedDevice, applied: Applied) -> bool:
    """Whether another look is worth it: NetBox has the object by now, or nobody knows."""
    fates = [applied.of(write).fate for write in device.writes()]
    return Fate.TAKEN in fates or Fate.LOST in fates
