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

from .._engine.custom_fields import CUSTOM
from .._engine.fields import FIELDS, LINK_FIELD, Holds, is_optional_of_port
from .._engine.kinds import Needs, ObjectKind, Stage, Target
from .._engine.links import LINKED_PORT_TYPES
from .._engine.planning.outcomes import Fate, LeftOut, Outcomes, WriteOutcome, is_forgone
from .._engine.planning.plan import Action, MadeRef, Plan, PlannedDevice, Ref, Write
from .._engine.planning.setup import PORT_LINKS, without_port_links
from .._exceptions import ApiError, CollectionError, Stopped, StopReason
from .._jobs.job import Phase, Progress
from .batches import LIST_SIZE, Bundle, Pace, bundle, in_type_order, weight, without
from .write import BulkWriter, Item

_FAILED = (Fate.REFUSED, Fate.LOST, Fate.SKIPPED)
_SETUP = tuple(stage for stage in Stage if stage.setup)
_STAGES = tuple(stage for stage in Stage if not stage.setup)


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out. ``batch_size`` None adapts to NetBox's speed."""

    batch_size: int | None = None
    workers: int = 2
    stop_on_error: bool = False
    timeout: float = 120.0


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """What became of the writes, and why the run ended before it came to all of them.

    :ivar plan: what was carried out: without the links of interfaces where NetBox does not take them
    :ivar error: what broke it off; the writes in flight are in doubt then
    """

    outcomes: Outcomes
    plan: Plan
    stop_reason: StopReason | None = None
    stopped_on_error: bool = False
    error: Exception | None = None


def apply(plan: Plan, writer: BulkWriter, options: ApplyOptions, progress: Progress, interfaces: c.Mapping[t.Any, int]) -> Applied:
    """Writes everything that the plan names.

    :param interfaces: interface templates by the device type's id, or by the Ref of one that is made
    :raises CollectionError: the custom field could not be made, without which nothing else can be written
    """
    return _Applier(writer, options, progress, interfaces).apply(plan)


class _Applier:
    def __init__(self, writer: BulkWriter, options: ApplyOptions, progress: Progress, interfaces: c.Mapping[t.Any, int]) -> None:
        self._writer = writer
        self._options = options
        self._progress = progress
        self._interfaces = interfaces
        self._pace = Pace(options.batch_size, options.timeout)
        self._outcomes: dict[str, WriteOutcome] = {}
        # The ids of what MadeRefs stand for, by their keys.
        self._made: dict[str, int] = {}
        self._lock = threading.Lock()
        self._stop_reason: StopReason | None = None
        self._failed = False
        self._error: Exception | None = None

    def apply(self, plan: Plan) -> Applied:
        self._progress.phase(Phase.WRITING, sum(next(device.writes(), None) is not None for device in plan.devices))
        try:
            self._setup(plan.setup)
            plan = self._linkable(plan)
        except Stopped as stopped:
            self._stop_reason = stopped.reason
        else:
            bundles = [bundle(device, self._interfaces) for device in plan.devices if next(device.writes(), None) is not None]
            created = [item for item in bundles if item.planned.action is Action.CREATE and item.planned.own]
            for kind in ObjectKind:
                self._run(in_type_order(item for item in created if item.planned.own and item.planned.own.target is kind.target))
            self._run(without(bundles, created))
        on_error = self._failed and self._options.stop_on_error
        return Applied(Outcomes(dict(self._outcomes)), plan, self._stop_reason, on_error, self._error)

    def _linkable(self, plan: Plan) -> Plan:
        """The plan without the links of interfaces, where the custom field could not be made ready for them."""
        write = next((write for write in plan.setup if write.stage is Stage.CUSTOM_FIELD), None)
        types = (write.value("object_types") or ()) if write else ()
        if write is None or set(LINKED_PORT_TYPES).isdisjoint(types):
            return plan
        outcome = self._outcomes[write.key]
        # Another import may have made it meanwhile, without ports.
        is_ready = outcome.fate is Fate.DONE or (outcome.fate is Fate.TAKEN and self._writer.has_object_types(outcome.object_id, types))
        return plan if is_ready else without_port_links(plan)

    def _setup(self, writes: c.Sequence[Write]) -> None:
        for stage in _SETUP:
            here = [write for write in writes if write.stage is stage and not write.removes]
            self._write([write for write in here if self._may_follow(write, writes)])
        self._remove([write for write in writes if write.removes])
        for write in writes:
            if write.removes:
                # Nothing depends on it.
                continue
            outcome = self._outcomes[write.key]
            if write.key == PORT_LINKS:
                continue
            self._failed = self._failed or outcome.fate in _FAILED
            if write.stage is Stage.CUSTOM_FIELD and outcome.fate not in (Fate.DONE, Fate.TAKEN):
                raise CollectionError(
                    f"The custom field {LINK_FIELD} could not be set up in NetBox, so nothing was imported: {outcome.message}"
                )

    def _remove(self, writes: c.Iterable[Write]) -> None:
        for write in writes:
            outcome = self._writer.remove(write)
            with self._lock:
                self._outcomes[write.key] = outcome

    def _may_follow(self, write: Write, writes: c.Iterable[Write]) -> bool:
        """Whether a type is ready: what NetBox refuses is left out, what nobody knows of is looked for by the next run."""
        if write.stage is not Stage.TYPE_READY:
            return True
        parts = (item for item in writes if item.stage is Stage.TEMPLATE and item.value("device_type") == write.object_id)
        lost = [part.name for part in parts if self._outcomes[part.key].fate is Fate.LOST]
        if lost:
            self._outcomes[write.key] = WriteOutcome(Fate.SKIPPED, message=f"Not sent, because it is not known whether {lost[0]} was made.")
        return not lost

    @property
    def _ends(self) -> bool:
        return self._stop_reason is not None or self._error is not None or (self._failed and self._options.stop_on_error)

    def _run(self, bundles: list[Bundle]) -> None:
        """Writes all bundles: several lists at a time, as long as they share no device type."""
        busy: dict[concurrent.futures.Future[None], list[Bundle]] = {}
        with concurrent.futures.ThreadPoolExecutor(max(1, self._options.workers)) as pool:
            while busy or (bundles and not self._ends):
                while bundles and len(busy) < self._options.workers and not self._ends:
                    types = {item for taken in busy.values() for entry in taken for item in entry.types}
                    chosen = self._pace.next_list(bundles, types)
                    if not chosen:
                        break
                    bundles = without(bundles, chosen)
                    busy[pool.submit(self._list, chosen)] = chosen
                done, _rest = concurrent.futures.wait(busy, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    del busy[future]
                    if (error := future.exception()) is not None:
                        if not isinstance(error, Exception):
                            raise error
                        # The lists that are in flight end as they would, and what was written is told.
                        self._error = self._error or error

    def _list(self, bundles: list[Bundle]) -> None:
        """One list of devices and what belongs to them: a request for each stage and kind of write that occurs."""
        devices = [item.planned for item in bundles]
        by_stage: dict[Stage, list[tuple[PlannedDevice, Write]]] = {stage: [] for stage in _STAGES}
        for device in devices:
            for write in device.writes():
                by_stage[write.stage].append((device, write))
        try:
            for stage, pairs in by_stage.items():
                writes = [write for device, write in pairs if self._is_ready(stage, device)]
                self._find_made(writes)
                self._timed(writes)
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
        created = [write for write in writes if write.creates and ObjectKind.of(write.target)]
        if created and len(created) == len(writes):
            self._pace.learn(sum(weight(write, self._interfaces) for write in created), time.monotonic() - begun)

    def _is_done(self, write: Write) -> bool:
        return write.key in self._outcomes and self._outcomes[write.key].fate is Fate.DONE

    def _is_ready(self, stage: Stage, device: PlannedDevice) -> bool:
        """Whether what the device's writes of a stage need is done."""
        if stage.needs is Needs.OWN:
            return device.own is None or self._is_done(device.own)
        if stage.needs is Needs.EARLIER:
            return all(self._is_done(write) for write in device.writes() if write.stage < stage)
        return True

    def _has_failed(self, device: PlannedDevice) -> bool:
        outcomes = ((write, self._outcomes.get(write.key)) for write in device.writes())
        return any(outcome and outcome.fate in _FAILED and not is_forgone(write, outcome) for write, outcome in outcomes)

    def _write(self, writes: c.Sequence[Write]) -> None:
        """Writes of one stage: one list to create and one to change, for each kind of object."""
        for target in Target:
            for creates in (True, False):
                items = [item for write in writes if write.target is target and write.creates is creates and (item := self._item(write))]
                size = len(items) if ObjectKind.of(target) else LIST_SIZE
                for start in range(0, len(items), size or 1):
                    self._write_list(target, items[start : start + size], creates=creates)

    def _write_list(self, target: Target, items: list[Item], *, creates: bool) -> None:
        outcomes: dict[str, WriteOutcome] = {}
        try:
            (self._writer.create if creates else self._writer.change)(target, items, outcomes)
        except Stopped:
            raise
        except Exception as error:
            message = f"It is not known whether it was written: {_shown(error)}"
            outcomes |= {item.key: WriteOutcome(Fate.LOST, message=message) for item in items if item.key not in outcomes}
            raise
        finally:
            # Also what was done before the run was stopped.
            with self._lock:
                self._outcomes |= outcomes

    def _item(self, write: Write) -> Item | None:
        """The body of a write; None, with an outcome, when an object that it refers to is not there."""
        lost = self._without_optional(write)
        missing = [ref.key for ref in write.refs if self._resolved(ref) is None and ref.key not in lost]
        if missing:
            with self._lock:
                self._outcomes[write.key] = WriteOutcome(
                    Fate.SKIPPED, message=f"Not sent, because {' and '.join(missing)} could not be written."
                )
            return None
        body = body_of(write, self._resolved, lost)
        return Item(write.key, body, tuple(lost.values()))

    def _without_optional(self, write: Write) -> dict[str, LeftOut]:
        """What a write is sent without, by the key of the write that should have made it: an optional field costs no object."""
        lost: dict[str, LeftOut] = {}
        for change in write.changes:
            if not isinstance(change.value, Ref) or self._resolved(change.value) is not None:
                continue
            outcome = self._outcomes.get(change.value.key)
            if self._is_optional(write, change.field, outcome):
                why = outcome.message if outcome and outcome.message else "the run ended before it"
                # Interfaces are told together, so what each of them lacks is not named.
                what = "it" if write.target.is_port else repr(change.after)
                lost[change.value.key] = LeftOut(change.field, f"{what} could not be created: {why}")
        # A change of an interface of which nothing is left is none.
        return {} if ObjectKind.of(write.target) is None and len(lost) == len(write.changes) else lost

    def _is_optional(self, write: Write, name: str, outcome: WriteOutcome | None) -> bool:
        """Whether a write is sent without a field.

        :param outcome: of what the field refers to
        """
        kind = ObjectKind.of(write.target)
        if kind is not None:
            return name in FIELDS and (kind in FIELDS[name].optional or not write.creates)
        if not write.target.is_port or not is_optional_of_port(name, creates=write.creates):
            return False
        # What may be there by now, and what waits for that, is looked for by the next round.
        return outcome is not None and outcome.fate is Fate.REFUSED

    def _find_made(self, writes: c.Iterable[Write]) -> None:
        """Finds the interfaces which the writes refer to, and which NetBox has made together with their devices."""
        refs = {ref: self._resolved(ref.device) for write in writes for ref in write.refs if isinstance(ref, MadeRef)}
        wanted = {ref: device_id for ref, device_id in refs.items() if device_id is not None and ref.key not in self._made}
        if not wanted:
            return
        try:
            found = self._writer.made_interfaces((device_id, ref.name) for ref, device_id in wanted.items())
        except ApiError:
            # Then what refers to them is not sent, and the next run completes it.
            return
        with self._lock:
            self._made |= {ref.key: found[device_id, ref.name] for ref, device_id in wanted.items() if (device_id, ref.name) in found}

    def _resolved(self, ref: Ref) -> int | None:
        if isinstance(ref, MadeRef):
            return self._made.get(ref.key)
        outcome = self._outcomes.get(ref.key)
        return outcome.object_id if outcome else None


def _sent(value: t.Any, resolved: c.Callable[[Ref], int | None]) -> t.Any:
    """A value with ids in the places of references."""
    if isinstance(value, Ref):
        return resolved(value)
    if isinstance(value, list):
        return [_sent(item, resolved) for item in value]
    return {name: _sent(item, resolved) for name, item in value.items()} if isinstance(value, dict) else value


def body_of(write: Write, resolved: c.Callable[[Ref], int | None], lost: c.Container[str] = ()) -> dict[str, t.Any]:
    """What is sent for a write.

    :param resolved: the id of the object that a reference stands for
    :param lost: keys of references whose fields are left out
    """
    body: dict[str, t.Any] = {}
    for change in write.changes:
        if isinstance(change.value, Ref) and change.value.key in lost:
            continue
        value = _sent(change.value, resolved)
        if change.field in FIELDS and FIELDS[change.field].holds is Holds.LINK:
            body.setdefault("custom_fields", {})[change.field] = value
        elif change.field.startswith(CUSTOM):
            body.setdefault("custom_fields", {})[change.field.removeprefix(CUSTOM)] = value
        else:
            body[change.field] = value
    if write.object_id is not None:
        body["id"] = resolved(write.object_id) if isinstance(write.object_id, Ref) else write.object_id
    if not write.creates and "rack" in body and body["rack"] is None:
        # NetBox refuses a face or position without a rack.
        body |= {"face": "", "position": None}
    return body


def _shown(error: Exception) -> str:
    # The text of an unforeseen error may quote anything, a secret as well.
    return str(error) if isinstance(error, CollectionError) else f"an unexpected error ({type(error).__name__})."
