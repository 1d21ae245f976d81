# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Devices that LibreNMS has no more: finding them, and what an import does about them and about those that are back."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import time

from .._engine.custom_fields import InitialValues
from .._engine.judging.assessment import Assessment
from .._engine.judging.existing import ExistingObject, ExistingObjects
from .._engine.kinds import ObjectKind
from .._engine.matching.catalog import Catalog
from .._engine.planning.options import ImportOptions
from .._engine.planning.outcomes import Round
from .._engine.planning.plan import Plan
from .._engine.planning.planner import acceptable
from .._engine.planning.saved_plan import SavedPlan, existing_in
from .._engine.planning.setup import setup_for
from .._engine.planning.tags import WantedTags, check_tag
from .._engine.planning.vanished import Gone, Vanished, VanishedPlanner, all_gone
from .._engine.planning.vanished_memory import Memory, mark_key
from .._engine.planning.vanished_options import OnVanished, VanishedOptions
from .._exceptions import ApiError
from .._jobs.job import Phase
from .._jobs.record import format_time
from .._jobs.vanished_file import VanishedFile
from .._librenms.url import base_url
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_whole
from .._netbox.object_fields import read_fields, read_tagged
from .planning import required_fields
from .run import Run


def read_vanished(
    run: Run, existing: ExistingObjects, seen: c.Collection[int], assessments: c.Iterable[Assessment]
) -> tuple[Vanished, ...] | None:
    """What NetBox links to devices that LibreNMS does not have; None where that cannot be told.

    LibreNMS is asked for each of them by its id, and has to say that it does not exist: a device that a list leaves out, or that the
    token may not see, may still be there. An empty list of devices says nothing. An object that one of the selected devices is has
    not vanished, whatever its link says.

    :param existing: all that NetBox has
    :param seen: the ids of the selected devices
    :param assessments: of the selected devices
    """
    if not run.options.selection.is_everything or not seen:
        return None
    doubtful = {number: items for number, items in _linked(run, existing, assessments).items() if number not in seen}
    with run.phase(Phase.READING):
        try:
            gone = run.librenms.gone([number for number, items in doubtful.items() if items], known=max(seen))
        except ApiError as error:
            run.warn(f"Which devices have vanished from LibreNMS cannot be told. {error}")
            return None
    return tuple(Vanished(number, item) for number, items in sorted(doubtful.items()) if number in gone for item in items)


def _linked(run: Run, existing: ExistingObjects, assessments: c.Iterable[Assessment]) -> dict[int, list[ExistingObject]]:
    """The objects that are linked to this LibreNMS and that none of the assessed devices is, by LibreNMS device id."""
    claimed = {(item.kind, item.id) for assessment in assessments for item in existing_in(assessment)}
    linked = existing.all_linked(run.options.server_key)
    return {number: [item for item in items if (item.kind, item.id) not in claimed] for number, items in linked.items()}


class Remembering:
    """What is remembered of them while a plan is written; nothing is where nothing is marked.

    :param file: None where nothing is to be remembered, as in check mode
    """

    def __init__(self, file: VanishedFile | None, memory: Memory) -> None:
        self._file = file
        self.memory = memory

    @classmethod
    def of_plan(cls, run: Run, saved: SavedPlan, client: NetBoxClient) -> Remembering:
        """For a plan that was made before."""
        if not any(device.vanished for device in saved.plan.devices):
            return cls(None, Memory())
        file = VanishedFile(run.options.state_dir, (client.place, saved.librenms, saved.server_key))
        return cls(file, file.read())

    def keep(self, memory: Memory) -> None:
        if self._file is not None and memory != self.memory:
            self._file.write(memory)
        self.memory = memory

    def begin(self, plan: Plan) -> None:
        self.keep(self.memory.begun(plan))

    def end(self, done: Round) -> None:
        self.keep(self.memory.settled(done))


@dataclasses.dataclass(frozen=True, slots=True)
class _Looked:
    """What one look into LibreNMS found, or that it cannot be told (None), and for which devices something is to be done."""

    ids: frozenset[int] | None
    due: frozenset[int] = frozenset()
    held: str = ""


class Vanishing:
    """Of one import.

    :param options: None where nobody asks for it
    """

    def __init__(self, run: Run, client: NetBoxClient, policy: ImportOptions, options: VanishedOptions | None) -> None:
        self._run = run
        self._client = client
        self._policy = policy
        self._options = options
        self._looked: _Looked | None = None
        self.remembering = Remembering(None, Memory())
        if options is not None and options.marks and run.options.librenms is not None:
            parts = (client.place, base_url(run.options.librenms.url), run.options.server_key)
            file = VanishedFile(run.options.state_dir, parts)
            self.remembering = Remembering(None if run.check_mode else file, file.read())

    @property
    def wants_tags(self) -> bool:
        """Whether NetBox's tags have to be known."""
        return self._options is not None and self._options.marks

    @property
    def is_told(self) -> bool:
        """Whether it is known which devices have vanished."""
        return self._looked is not None and self._looked.ids is not None

    def check(self, catalog: Catalog) -> None:
        """Raises OptionError for a tag that NetBox lacks and the import may not create."""
        if self._options is not None and self._options.mode is OnVanished.TAG:
            check_tag("vanished_tag", self._options.tag, self._policy, catalog)

    def added(
        self,
        plan: Plan,
        existing: ExistingObjects,
        catalog: Catalog,
        initial: InitialValues,
        assessments: c.Sequence[Assessment],
        seen: c.Collection[int],
    ) -> Plan:
        """The plan with what is done about devices that have vanished, and about those that are back."""
        if self._options is None:
            return plan
        is_everything = self._run.options.selection.is_everything
        whole = read_whole(self._client) if is_everything and not existing.complete else existing
        gone = self._gone(whole, assessments, seen, self._options)
        return self._planned(plan, gone, whole, catalog, initial)

    def back(self, plan: Plan, existing: ExistingObjects, catalog: Catalog, initial: InitialValues) -> Plan:
        """The plan of another look at some devices, with what is done about those that are back."""
        return self._planned(plan, (), existing, catalog, initial)

    def _planned(self, plan: Plan, gone: c.Sequence[Gone], existing: ExistingObjects, catalog: Catalog, initial: InitialValues) -> Plan:
        options = self._options
        if options is None:
            return plan
        marked = self._marked(plan, existing, catalog) if options.marks else []
        fields = read_fields(self._client, [*marked, *(item for each in gone for item in each.objects)], required_fields(initial))
        tags = WantedTags.of(dataclasses.replace(self._policy, tags=(options.tag,)), catalog)
        memory, statuses = self.remembering.memory, frozenset(self._policy.status_map.values())
        planner = VanishedPlanner(options, memory, fields, {kind: tags.for_kind(kind) for kind in ObjectKind}, statuses)
        devices = [planner.back(device, existing) for device in plan.devices]
        devices += [planner.gone(item, self._why_not(item, options)) for item in gone]
        planned = tuple(acceptable(device, catalog, fields, initial) for device in devices)
        vanished = [device for device in planned if device.vanished]
        setup = {write.key: write for write in (*plan.setup, *setup_for(vanished, catalog, tags.names))}
        return Plan(tuple(sorted(setup.values(), key=lambda write: write.stage)), planned)

    def _gone(
        self, existing: ExistingObjects, assessments: c.Sequence[Assessment], seen: c.Collection[int], options: VanishedOptions
    ) -> list[Gone]:
        """What has vanished, by one look into LibreNMS, and by NetBox as it is at this moment."""
        if self._looked is None:
            found = read_vanished(self._run, existing, seen, assessments)
            if found is None:
                self._looked = _Looked(None)
                if options.marks and not self._run.options.selection.is_everything:
                    self._run.warn("vanished: nothing can have vanished from a selection. Set all_devices to true, without filters.")
                return []
            gone = all_gone(found, existing)
            self._looked = self._judged(gone, existing, options)
            return gone
        ids = self._looked.ids or frozenset()
        linked = _linked(self._run, existing, assessments)
        return all_gone((Vanished(number, item) for number in ids for item in linked.get(number, ())), existing)

    def _judged(self, gone: c.Sequence[Gone], existing: ExistingObjects, options: VanishedOptions) -> _Looked:
        """Above the limit nothing is done, and nothing is counted either: then the answer itself is in doubt."""
        ids = frozenset(item.device_id for item in gone)
        if not options.marks:
            return _Looked(ids)
        memory, total = self.remembering.memory, len(existing.all_linked(self._run.options.server_key))
        fresh = [item for item in gone if not any((mark := memory.mark_of(each)) and mark.done for each in item.objects)]
        if len(fresh) * 100 > options.limit * total:
            share = f"{len(fresh)} of {total} linked devices ({len(fresh) * 100 / total:.0f} %)"
            held = f"{share} are missing, more than vanished_limit ({options.limit} %), so nothing is done."
            self._run.warn(f"vanished: {held} See whether LibreNMS shows all its devices; if it does, raise vanished_limit for one run.")
            return _Looked(ids, held=held)
        moment = int(time.time())
        memory = memory.with_gone(sorted(ids), moment)
        self.remembering.keep(memory)
        return _Looked(ids, frozenset(number for number, absence in memory.absences.items() if absence.is_long(options, moment)))

    def _why_not(self, gone: Gone, options: VanishedOptions) -> str:
        looked = self._looked
        if not options.marks or looked is None:
            return "Nothing is done about it (vanished: report)."
        if gone.is_shared:
            return "It is linked to another LibreNMS, too, so nothing is done about it."
        if looked.held or gone.device_id in looked.due:
            return looked.held
        absence = self.remembering.memory.absences[gone.device_id]
        so_far = f"in run {absence.runs}" if options.runs else f"since {format_time(dt.datetime.fromtimestamp(absence.since, dt.UTC))}"
        return f"It is missing {so_far}; vanished_after is {options.after}."

    def _marked(self, plan: Plan, existing: ExistingObjects, catalog: Catalog) -> list[ExistingObject]:
        """Those objects of selected devices that may bear a mark."""
        options = self._options
        tags = catalog.tags.find(options.tag).objects if options else ()
        marked = set(self.remembering.memory.marks)
        if tags:
            marked |= {mark_key(kind, number) for kind, number in read_tagged(self._client, tags[0].slug)}
        if not marked:
            return []
        own = [device.assessment.existing for device in plan.devices if device.assessment.existing]
        members = (member for item in own if item.virtual_chassis_id for member in existing.members(item.virtual_chassis_id))
        return [item for item in (*own, *members) if mark_key(item.kind, item.id) in marked]
