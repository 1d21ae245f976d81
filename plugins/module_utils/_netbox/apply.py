# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Carrying out a plan, in bulk. Nothing is decided here: what is written, and in which order, stands in the plan."""

from __future__ import annotations

import collections.abc as c
import concurrent.futures
import dataclasses
import threading
import time
import typing as t

from .._engine.planning.plan import Action, Plan, PlannedDevice, Ref, Target, Write
from .._engine.planning.planner import LINK_FIELD
from .._exceptions import CollectionError, Stopped, StopReason
from .._jobs.job import Phase, Progress
from .batches import Pace, Unit, in_type_order, unit, weight, without
from .write import BulkWriter, Fate, Item, Outcome

_FAILED = (Fate.REFUSED, Fate.LOST, Fate.SKIPPED)


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out. ``batch_size`` None adapts to NetBox's speed."""

    batch_size: int | None = None
    workers: int = 2
    stop_on_error: bool = False
    timeout: float = 120.0


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """What became of each write, by its key; a write that is absent was not reached."""

    outcomes: c.Mapping[str, Outcome]
    stop_reason: StopReason | None = None
    stopped_on_error: bool = False

    def of(self, write: Write) -> Outcome:
        return self.outcomes.get(write.key, Outcome(Fate.NOT_PROCESSED, message="The run ended before it."))


def apply(plan: Plan, writer: BulkWriter, options: ApplyOptions, progress: Progress, interfaces: c.Mapping[int, int]) -> Applied:
    """Writes everything that the plan names.

    :param interfaces: interface templates by id of the device type
    :raises CollectionError: the custom field could not be made, without which nothing else can be written
    """
    return _Applier(writer, options, progress, interfaces).apply(plan)


class _Applier:
    def __init__(self, writer: BulkWriter, options: ApplyOptions, progress: Progress, interfaces: c.Mapping[int, int]) -> None:
        self._writer = writer
        self._options = options
        self._progress = progress
        self._interfaces = interfaces
        self._pace = Pace(options.batch_size, options.timeout)
        self._outcomes: dict[str, Outcome] = {}
        self._lock = threading.Lock()
        self._stop_reason: StopReason | None = None
        self._failed = False

    def apply(self, plan: Plan) -> Applied:
        units = [unit(device, self._interfaces) for device in plan.devices if next(device.writes(), None) is not None]
        self._progress.phase(Phase.WRITING, len(units))
        try:
            self._setup(plan.setup)
        except Stopped as stopped:
            self._stop_reason = stopped.reason
        else:
            created = [item for item in units if item.planned.action is Action.CREATE]
            for target in (Target.DEVICE, Target.VIRTUAL_MACHINE):
                self._run(in_type_order(item for item in created if item.planned.device and item.planned.device.target is target))
            self._run(without(units, created))
        return Applied(dict(self._outcomes), self._stop_reason, self._failed and self._options.stop_on_error)

    def _setup(self, writes: c.Sequence[Write]) -> None:
        for target in (Target.CUSTOM_FIELD, Target.TAG, Target.PLATFORM):
            self._write([write for write in writes if write.target is target])
        for write in writes:
            outcome = self._outcomes[write.key]
            self._failed = self._failed or outcome.fate in _FAILED
            if write.target is Target.CUSTOM_FIELD and outcome.fate not in (Fate.DONE, Fate.TAKEN):
                raise CollectionError(
                    f"The custom field {LINK_FIELD} could not be set up in NetBox, so nothing was imported: {outcome.message}"
                )

    @property
    def _ends(self) -> bool:
        return self._stop_reason is not None or (self._failed and self._options.stop_on_error)

    def _run(self, units: list[Unit]) -> None:
        """Writes all units: several lists at a time, as long as they share no device type."""
        busy: dict[concurrent.futures.Future[None], list[Unit]] = {}
        with concurrent.futures.ThreadPoolExecutor(max(1, self._options.workers)) as pool:
            while busy or (units and not self._ends):
                while units and len(busy) < self._options.workers and not self._ends:
                    types = {item for taken in busy.values() for entry in taken for item in entry.types}
                    chosen = self._pace.next_list(units, types)
                    if not chosen:
                        break
                    units = without(units, chosen)
                    busy[pool.submit(self._list, chosen)] = chosen
                done, _rest = concurrent.futures.wait(busy, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    del busy[future]
                    future.result()

    def _list(self, units: list[Unit]) -> None:
        """One list of devices and what belongs to them: a request for each kind of write that occurs."""
        devices = [item.planned for item in units]
        try:
            self._write([device.chassis for device in devices if device.chassis])
            self._write([write for device in devices for write in device.moves])
            self._timed([device.device for device in devices if device.device])
            whole = [device for device in devices if device.device is None or self._is_done(device.device)]
            self._timed([member.write for device in whole for member in device.members if member.write])
            # Also where the device itself failed: nothing is left at a position that was to be passed through.
            self._write([write for device in devices for write in device.settling])
            # A stack without master is one that the next import completes.
            self._write([device.finish for device in devices if device.finish and self._is_complete(device)])
        except Stopped as stopped:
            with self._lock:
                self._stop_reason = self._stop_reason or stopped.reason
        failed = sum(self._has_failed(device) for device in devices)
        with self._lock:
            self._failed = self._failed or failed > 0
        self._progress.advance(len(devices), failed)

    def _timed(self, writes: c.Sequence[Write]) -> None:
        """Writes of one stage, from whose creations the pace is learnt."""
        begun = time.monotonic()
        self._write(writes)
        created = [write for write in writes if write.creates]
        if created and len(created) == len(writes):
            self._pace.learn(sum(weight(write, self._interfaces) for write in created), time.monotonic() - begun)

    def _is_done(self, write: Write) -> bool:
        return write.key in self._outcomes and self._outcomes[write.key].fate is Fate.DONE

    def _is_complete(self, device: PlannedDevice) -> bool:
        return all(self._is_done(write) for write in device.writes() if write is not device.finish)

    def _has_failed(self, device: PlannedDevice) -> bool:
        outcomes = (self._outcomes.get(write.key) for write in device.writes())
        return any(outcome is not None and outcome.fate in _FAILED for outcome in outcomes)

    def _write(self, writes: c.Sequence[Write]) -> None:
        """Writes of one stage: one list to create and one to change, for each kind of object."""
        for target in Target:
            for creates in (True, False):
                items = [item for write in writes if write.target is target and write.creates is creates and (item := self._item(write))]
                if not items:
                    continue
                outcomes: dict[str, Outcome] = {}
                try:
                    (self._writer.create if creates else self._writer.change)(target, items, outcomes)
                finally:
                    # Also what was done before the run was stopped.
                    with self._lock:
                        self._outcomes |= outcomes

    def _item(self, write: Write) -> Item | None:
        """The body of a write; None, with an outcome, when an object that it refers to is not there."""
        missing = [ref.key for ref in write.refs if self._resolved(ref) is None]
        if missing:
            with self._lock:
                self._outcomes[write.key] = Outcome(
                    Fate.SKIPPED, message=f"Not sent, because {' and '.join(missing)} could not be written."
                )
            return None
        body: dict[str, t.Any] = {}
        for change in write.changes:
            value = self._resolved(change.value) if isinstance(change.value, Ref) else change.value
            if change.field == LINK_FIELD:
                body["custom_fields"] = {LINK_FIELD: value}
            else:
                body[change.field] = value
        if write.object_id is not None:
            body["id"] = self._resolved(write.object_id) if isinstance(write.object_id, Ref) else write.object_id
        return Item(write.key, body)

    def _resolved(self, ref: Ref) -> int | None:
        outcome = self._outcomes.get(ref.key)
        return outcome.object_id if outcome else None
