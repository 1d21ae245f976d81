# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is remembered from one import to the next of devices that LibreNMS has no more."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..judging.existing import ExistingObject
from ..kinds import ObjectKind
from .initial_values import object_of
from .outcomes import Round
from .plan import Plan, Write
from .saved_plan import existing_in
from .vanished_options import OnVanished, VanishedOptions

_DAY = 24 * 60 * 60


@dataclasses.dataclass(frozen=True, slots=True)
class Absence:
    """A device that LibreNMS did not have in the last runs that could tell.

    :ivar since: the first of them, in seconds since 1970
    """

    since: int
    runs: int

    def is_long(self, options: VanishedOptions, moment: int) -> bool:
        """Whether it is long enough for something to be done."""
        if options.runs:
            return self.runs >= options.runs
        return moment - self.since >= options.days * _DAY


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """What an import has done to an object of a device that is gone.

    :ivar status: what it held before, where its status was changed
    :ivar done: false as long as it is not known whether it was written. Otherwise what people make of it stays
    """

    mode: OnVanished
    status: str | None = None
    done: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Memory:
    """Of one NetBox, one LibreNMS and its server key.

    :ivar absences: by LibreNMS device id
    :ivar marks: by :func:`mark_key`
    """

    absences: c.Mapping[int, Absence] = dataclasses.field(default_factory=dict)
    marks: c.Mapping[str, Mark] = dataclasses.field(default_factory=dict)

    def with_gone(self, device_ids: c.Iterable[int], moment: int) -> Memory:
        """One more run in which these, and no others, are gone."""
        absences = {}
        for number in device_ids:
            before = self.absences.get(number)
            absences[number] = Absence(before.since, before.runs + 1) if before else Absence(moment, 1)
        return dataclasses.replace(self, absences=absences)

    def begun(self, plan: Plan) -> Memory:
        """What has to be known should the run be killed while it writes the plan."""
        marks = dict(self.marks)
        for device in plan.devices:
            for write in device.writes() if device.vanished else ():
                if (key := _key_of(write)) is not None:
                    former = next((str(change.before) for change in write.changes if change.field == "status"), None)
                    marks[key] = Mark(OnVanished.STATUS if former is not None else OnVanished.TAG, former)
        return dataclasses.replace(self, marks=marks)

    def settled(self, done: Round) -> Memory:
        """What is left to know when the plan is written: of what was marked that it is, of what is back nothing."""
        marks = dict(self.marks)
        for device in done.plan.devices:
            writes = list(device.writes())
            if device.vanished:
                keys = [key for write in writes if done.outcomes.is_done(write) and (key := _key_of(write)) is not None]
                marks |= {key: dataclasses.replace(marks[key], done=True) for key in keys if key in marks}
            elif all(map(done.outcomes.is_done, writes)) and not device.issues:
                for key in (*(mark_key(item.kind, item.id) for item in existing_in(device)), *map(_key_of, writes)):
                    marks.pop(key or "", None)
        return dataclasses.replace(self, marks=marks)

    def mark_of(self, item: ExistingObject) -> Mark | None:
        return self.marks.get(mark_key(item.kind, item.id))


def mark_key(kind: ObjectKind, object_id: int) -> str:
    return f"{kind.target.value}:{object_id}"


def _key_of(write: Write) -> str | None:
    found = object_of(write)
    return mark_key(*found) if found else None
