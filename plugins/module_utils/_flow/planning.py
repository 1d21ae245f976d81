# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is read for a plan of assessed devices: the fields of the objects that it may change."""

from __future__ import annotations

import collections.abc as c

from .._engine.custom_fields import TARGETS, InitialValues
from .._engine.judging.assessment import Assessment, State
from .._engine.judging.existing import ExistingObject, ExistingObjects
from .._engine.planning.initial_values import AllFields
from .._engine.planning.options import ImportOptions, OnExisting
from .._netbox.client import NetBoxClient
from .._netbox.object_fields import read_fields


def read_known_fields(
    client: NetBoxClient,
    assessments: c.Sequence[Assessment],
    policy: ImportOptions,
    existing: ExistingObjects,
    initial: InitialValues,
    read: AllFields | None = None,
) -> AllFields:
    """The fields of the objects that an import may change, with the custom fields that NetBox requires.

    :param read: the fields of objects of which they are known already
    """
    known = [item.existing for item in assessments if item.state is State.EXISTING and item.existing]
    relevant = [item for item in known if item.virtual_chassis_id is not None or _may_change(item, policy)]
    return read_fields(client, [*relevant, *_members(assessments, policy, existing)], required_fields(initial), read)


def required_fields(initial: InitialValues) -> frozenset[str]:
    """The custom fields without which NetBox refuses any change."""
    return frozenset(name for target in TARGETS for name in initial.required(target.row.model))


def _may_change(item: ExistingObject, policy: ImportOptions) -> bool:
    """Whether an object that is no member of a stack may be changed."""
    if policy.existing is OnExisting.LINK:
        return policy.server_key not in item.links.by_key
    return policy.existing is OnExisting.UPDATE


def _members(assessments: c.Iterable[Assessment], policy: ImportOptions, existing: ExistingObjects) -> list[ExistingObject]:
    """The members of stacks that follow their device under C(existing: update)."""
    if policy.existing is not OnExisting.UPDATE or not policy.virtual_chassis:
        return []
    stacks = [item for item in assessments if item.state is not State.BLOCKED and item.members]
    ids = {item.existing.virtual_chassis_id for item in stacks if item.existing}
    inside = [member for number in sorted(ids - {None}, key=str) if number is not None for member in existing.members(number)]
    return [*inside, *(member.existing for item in stacks for member in item.members if member.existing and not member.conflict)]
