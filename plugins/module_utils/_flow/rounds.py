# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Writing a plan, and looking again at the devices of which somebody else was quicker or an answer was lost."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import time
import typing as t

from .._engine.issues import IssueCode
from .._engine.kinds import Stage
from .._engine.planning.outcomes import Fate, Outcomes, Round, WriteOutcome, as_written, combine, is_open
from .._engine.planning.plan import Plan, PlannedDevice, Write
from .._engine.planning.setup import unlinked
from .._exceptions import ApiError, StopReason
from .._jobs.job import Phase
from .._jobs.journal import open_journal
from .._netbox.apply import Applied, apply
from .._netbox.client import NetBoxClient
from .._netbox.jobs import JobSender
from .._netbox.journaled import JournaledSender
from .._netbox.versions import TAGS_AT_MOST, Guard
from .._netbox.write import BulkWriter, NetBoxSender
from .import_options import ImportRunOptions
from .messages import import_message
from .netbox import client_of
from .run import Run

# How often devices are written and looked at again because somebody else was quicker, or an answer was lost. Each stage may be such a
# moment: the device, its interface, its address.
MAX_ROUNDS = 6

# Seconds between looks at devices of which NetBox has two objects. Imports that made them at the same moment withdraw one within so long.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)

_DENIED = frozenset({Fate.REFUSED, Fate.SKIPPED})

Again = c.Callable[[frozenset[int]], Plan]


class Rounds:
    """The rounds of one import.

    :param interfaces: interface templates by the device type's id, or by the Ref of one that is made
    """

    def __init__(
        self,
        run: Run,
        client: NetBoxClient,
        options: ImportRunOptions,
        interfaces: c.Mapping[t.Any, int],
        guard: Guard | None = None,
        *,
        sleep: c.Callable[[float], None] = time.sleep,
    ) -> None:
        """:param guard: the versions that changes are meant for, where they are meant for some"""
        self._guard = guard
        self._run = run
        self._client = client
        self._options = options
        self._interfaces = interfaces
        self._sleep = sleep
        self._rounds: list[Round] = []
        self._is_unlinked_told = False
        self.stop_reason: StopReason | None = None

    @property
    def has_written(self) -> bool:
        """Whether anything was written, or may have been."""
        fates = (outcome.fate for item in self._rounds for outcome in item.outcomes.by_key.values())
        return any(fate in (Fate.DONE, Fate.LOST) for fate in fates)

    def combined(self) -> Round:
        """What all rounds together did."""
        return combine(self._rounds)

    def write(self, plan: Plan, again: Again) -> None:
        """Writes the plan.

        :param again: looks again at devices, by their LibreNMS device ids, and plans what is left to do
        """
        self._write(plan, again)
        if self.stop_reason is None:
            self._rounds = [self._without_unused(item) for item in self._rounds]

    def _write(self, plan: Plan, again: Again) -> None:
        writer = self._writer()
        pending = plan
        for _number in range(MAX_ROUNDS):
            with self._run.phase(Phase.WRITING):
                applied = apply(pending, writer, self._options.apply, self._run.job, self._interfaces)
            self._tell_unlinked(pending, applied)
            pending = applied.plan
            self._rounds.append(Round(as_written(pending, applied.outcomes), applied.outcomes))
            self.stop_reason = applied.stop_reason
            self._tell_unremoved(pending, applied.outcomes)
            if applied.error is not None:
                raise applied.error
            if applied.stop_reason is not None or applied.stopped_on_error:
                return
            still = [device for device in pending.devices if is_open(device, applied.outcomes)]
            if still:
                self._run.job.log(f"{len(still)} devices are looked at again: NetBox has them already, or an answer was lost")
                pending = self._settled(still, again)
                self._remove_doubled(still, applied.outcomes, pending)
            else:
                pending = self._undone(again)
            if not pending.devices:
                return

    def _settled(self, devices: c.Iterable[PlannedDevice], again: Again) -> Plan:
        """What is left to do for devices that were open, when other imports have withdrawn what they made of them at the same moment."""
        device_ids = frozenset(device.device_id for device in devices)
        plan = again(device_ids)
        for pause in _PAUSES:
            if not any(_in_conflict(device) for device in plan.devices):
                break
            self._sleep(pause)
            plan = again(device_ids)
        return plan

    def _undone(self, again: Again) -> Plan:
        """What is left to do for devices that this run has looked at again, when all that it wrote of them is done.

        NetBox saves the whole of an object: another import that has read it before this run changed it, and changes another field
        of it then, takes the change back. The primary address also goes with an address that another import withdraws.
        """
        met = {device.device_id for item in self._rounds[1:] for device in item.plan.devices}
        done = self.combined() if met else Round(Plan(), Outcomes())
        device_ids = frozenset(
            device.device_id for device in done.plan.devices if device.device_id in met and all(map(done.outcomes.is_done, device.writes()))
        )
        if not device_ids:
            return Plan()
        try:
            plan = again(device_ids)
        except ApiError as error:
            self._run.warn(f"Whether other imports have taken back what this one wrote could not be looked at. {error}")
            return Plan()
        left = tuple(device for device in plan.devices if next(device.writes(), None) is not None)
        return dataclasses.replace(plan, devices=left) if left else Plan()

    def _writer(self) -> BulkWriter:
        job = self._run.job
        message = import_message(job.id, job.started_at)
        send = NetBoxSender(self._client, message, self._guard).send
        if self._options.netbox_jobs:
            send = JobSender(self._client, client_of(self._run, stoppable=False), message).send
        journal = open_journal(job, self._client.root, message, self._run.warn, self._run.branch.name if self._run.branch else "")
        self._run.at_end(journal.close)
        send = JournaledSender(self._client, send, journal).send
        return BulkWriter(self._client, send, most_changes=TAGS_AT_MOST if self._guard else None)

    def _remove_doubled(self, devices: c.Iterable[PlannedDevice], outcomes: Outcomes, newer: Plan) -> None:
        """Removes the virtual chassis that this run has just made for devices which somebody else put into another one meanwhile.

        NetBox takes any number of them with one name. One that has members is never removed.
        """
        now = {device.device_id: device.assessment.existing for device in newer.devices}
        for device in devices:
            making = device.at(Stage.VIRTUAL_CHASSIS)
            made = outcomes.of(making).object_id if making else None
            own = now.get(device.device_id)
            if making is None or made is None or own is None or own.virtual_chassis_id in (None, made):
                continue
            self._remove_empty(making, made)

    def _without_unused(self, item: Round) -> Round:
        """Removes the virtual chassis that this run has made and into which NetBox let nothing be put."""
        outcomes = dict(item.outcomes.by_key)
        for device in item.plan.devices:
            making = device.at(Stage.VIRTUAL_CHASSIS)
            made = item.outcomes.of(making) if making else None
            if making is None or made is None or made.fate is not Fate.DONE or made.object_id is None:
                continue
            inside = {item.outcomes.of(write).fate for write in device.writes() if write.value("virtual_chassis") is not None}
            # What was not sent waited for what was refused.
            if inside & _DENIED and inside <= {*_DENIED, Fate.NOT_PROCESSED} and self._remove_empty(making, made.object_id):
                message = "It was removed again, because NetBox let nothing be put into it."
                outcomes[making.key] = WriteOutcome(Fate.SKIPPED, message=message)
        return dataclasses.replace(item, outcomes=Outcomes(outcomes))

    def _remove_empty(self, making: Write, chassis_id: int) -> bool:
        try:
            return self._client.remove_empty_chassis(chassis_id)
        except ApiError as exc:
            self._run.warn(f"The virtual chassis {making.name!r} (id {chassis_id}) has no members and could not be removed. {exc}")
            return False

    def _tell_unlinked(self, plan: Plan, applied: Applied) -> None:
        """That the custom field could not be extended to interfaces; once."""
        if applied.plan is plan or self._is_unlinked_told:
            return
        self._is_unlinked_told = True
        fields = (write for write in plan.setup if write.stage is Stage.CUSTOM_FIELD)
        self._run.warn(unlinked(" ".join(applied.outcomes.of(write).message for write in fields)))

    def _tell_unremoved(self, plan: Plan, outcomes: Outcomes) -> None:
        for write in plan.setup:
            if write.removes and (outcome := outcomes.of(write)).fate is Fate.REFUSED:
                text = f"The virtual chassis {write.name!r} (id {write.object_id}) has no members and could not be removed."
                self._run.warn(f"{text} {outcome.message}")


def _in_conflict(device: PlannedDevice) -> bool:
    """Whether NetBox has several objects that the device may be."""
    return any(issue.code is IssueCode.IDENTITY_CONFLICT for issue in device.issues)
