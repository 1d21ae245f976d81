# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What the devices that NetBox has teach a search or an import."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.fields import MATCHED
from .._engine.judging.assessment import Assessment
from .._engine.judging.learning import Lesson, certain, learned_rules
from .._engine.judging.settling import LearnedRules
from .._engine.judging.suggestions import lacks_rules
from .._engine.matching.catalog import Catalog
from .._engine.planning.initial_values import AllFields
from .._netbox.client import NetBoxClient
from .._netbox.object_fields import read_fields


@dataclasses.dataclass(frozen=True, slots=True)
class Lessons:
    """What the selected devices teach.

    :ivar fields: what was read for it, by kind and id of the objects
    """

    lessons: tuple[Lesson, ...] = ()
    fields: AllFields = dataclasses.field(default_factory=dict)

    def learned(self, catalog: Catalog, *, whole: bool) -> LearnedRules:
        """The rules.

        :param whole: all are wanted, not only those which serve a device that lacks something
        """
        return LearnedRules(learned_rules(self.lessons, catalog), catalog.sites, whole=whole)


def read_lessons(
    client: NetBoxClient,
    assessments: c.Sequence[Assessment],
    shown: c.Iterable[Assessment],
    *,
    whole: bool,
    known_fields: AllFields | None = None,
) -> Lessons:
    """Nothing is read where no device lacks a rule, unless all rules are wanted.

    :param shown: the devices for which rules are suggested
    :param known_fields: what was read of objects before
    """
    known = [(item, existing) for item in assessments if (existing := certain(item))]
    if not known or not (whole or lacks_rules(shown)):
        return Lessons()
    fields = read_fields(client, [existing for _item, existing in known], known=known_fields)
    lessons = []
    for item, existing in known:
        # An object may be deleted meanwhile.
        states = fields.get((existing.kind, existing.id), {})
        lessons.append(Lesson(item, existing, {name: states[name].value for name in MATCHED if name in states and states[name].value}))
    return Lessons(tuple(lessons), fields)
