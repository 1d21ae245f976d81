# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Writing a plan, and looking again at the devices of which somebody else was quicker or an answer was lost."""

from __future__ import annotations

import collections.abc as c

from .._engine.kinds import Stage
from .._engine.planning.outcomes import Fate, Outcomes, Round, as_written, combine, is_open
from .._engine.planning.plan import Plan, PlannedDevice
from .._exceptions import ApiError, StopReason
from .._jobs.job import Phase
from .._netbox.apply import apply
from .._netbox.client import NetBoxClient
from .._netbox.jobs import JobSender
from .._netbox.write import BulkWriter, NetBoxSender
from .options import ImportRunOptions
from .run import Run

# How often devices are looked at again because somebody else was quicker, or an answer was lost.
MAX_ROUNDS = 3

Again = c.Callable[[frozenset[int]], Plan]


class Rounds:
    """The rounds of one import.

    :param interfaces: interface templates by id of the device type
    """

    def __init__(self, run: Run, client: NetBoxClient, options: ImportRunOptions, interfaces: c.Mapping[int, int]) -> None:
        self._run = run
        self._client = client
        self._options = options
        self._interfaces = interfaces
        self._rounds: list[Round] = []
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
        writer = self._writer()
        pending = plan
        for _number in range(MAX_ROUNDS):
            with self._run.phase(Phase.WRITING):
                applied = apply(pending, writer, self._options.apply, self._run.job, self._interfaces)
            self._rounds.append(Round(as_written(pending, applied.outcomes), applied.outcomes))
            self.stop_reason = applied.stop_reason
            if applied.error is not None:
                raise applied.error
            still = [device for device in pending.devices if is_open(device, applied.outcomes)]
            if not still or applied.stop_reason is not None or applied.stopped_on_error:
                return
            self._run.job.log(f"{len(still)} devices are looked at again: NetBox has them already, or an answer was lost")
            pending = again(frozenset(device.device_id for device in still))
            self._remove_doubled(still, applied.outcomes, pending)
            if not pending.devices:
                return

    def _writer(self) -> BulkWriter:
        message = f"netsot.librenms import, job {self._run.job.id}"
        send = NetBoxSender(self._client, message).send
        if self._options.netbox_jobs:
            send = JobSender(self._client, self._run.netbox_client(stoppable=False), message).send
        return BulkWriter(self._client, send)

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
            try:
                self._client.remove_empty_chassis(made)
            except ApiError as exc:
                text = f"The virtual chassis {making.name!r} (id {made}) has no members and could not be removed. {exc}"
                self._run.warn(text)
