# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""From assessments to a plan: reads the fields that are compared."""

from __future__ import annotations

import collections.abc as c

from .._engine.custom_fields import InitialValues
from .._engine.judging.assessment import Assessment, State
from .._engine.judging.existing import ExistingObject, ExistingObjects
from .._engine.kinds import ObjectKind
from .._engine.links import LinkField
from .._engine.matching.catalog import Catalog
from .._engine.planning.options import ImportOptions, OnExisting
from .._engine.planning.plan import Fields, Plan
from .._engine.planning.planner import make_plan
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_fields


def plan_of(
    client: NetBoxClient,
    assessments: c.Sequence[Assessment],
    policy: ImportOptions,
    catalog: Catalog,
    existing: ExistingObjects,
    link_field: LinkField,
    initial: InitialValues,
    read: c.Mapping[tuple[ObjectKind, int], Fields] | None = None,
) -> Plan:
    """The plan, without what ports need.

    :param read: the fields of objects of which they are known already
    """
    known = [item.existing for item in assessments if item.state is State.EXISTING and item.existing]
    relevant = [item for item in known if policy.existing is OnExisting.UPDATE or item.virtual_chassis_id is not None]
    wanted = [*relevant, *_members(assessments, policy, existing)]
    fields = {**(read or {}), **read_fields(client, [item for item in wanted if not read or (item.kind, item.id) not in read])}
    return make_plan(assessments, policy, catalog, existing, link_field, fields, initial)


def _members(assessments: c.Iterable[Assessment], policy: ImportOptions, existing: ExistingObjects) -> list[ExistingObject]:
    """The members of stacks that follow their device under C(existing: update)."""
    if policy.existing is not OnExisting.UPDATE or not policy.virtual_chassis:
        return []
    stacks = [item for item in assessments if item.state is not State.BLOCKED and item.members]
    ids = {item.existing.virtual_chassis_id for item in stacks if item.existing}
    inside = [member for number in sorted(ids - {None}, key=str) if number is not None for member in existing.members(number)]
    return [*inside, *(member.existing for item in stacks for member in item.members if member.existing and not member.conflict)]
