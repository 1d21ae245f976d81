# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Virtual chassis that stand in NetBox twice because the answer to a write came late or never.

NetBox takes any number of them with one domain. The domain of this collection shows whose they are, and one without members and
master holds nothing that could be lost.
"""

from __future__ import annotations

import collections.abc as c

from ..issues import Issue, IssueCode
from ..judging.assessment import Assessment
from ..judging.existing import ExistingChassis, ExistingObjects
from ..kinds import ObjectKind, Stage, Target
from ..links import chassis_domain
from ..text import printable
from .plan import Change, Write


def furthest(existing: ExistingObjects, domain: str) -> ExistingChassis | None:
    """Of several virtual chassis of a domain the one that an earlier run got furthest with, by its members."""
    found = existing.chassis_with_domain(domain)
    return max(found, key=lambda item: (len(existing.members(item.id)), item.master_id is not None, -item.id), default=None)


def extra_chassis(assessment: Assessment, existing: ExistingObjects, server_key: str) -> tuple[ExistingChassis, ...]:
    """The empty virtual chassis of a device's domain beside the one that it is in, or that its stack will be put into."""
    domain = chassis_domain(server_key, assessment.device.device_id)
    own = assessment.existing
    if own is not None and own.kind is ObjectKind.DEVICE and own.virtual_chassis_id is not None:
        kept: int | None = own.virtual_chassis_id
    else:
        best = furthest(existing, domain)
        kept = best.id if best else None
    return tuple(
        item for item in existing.chassis_with_domain(domain) if item.id != kept and item.is_empty and not existing.members(item.id)
    )


def removals(extra: c.Iterable[ExistingChassis], device_id: int) -> list[Write]:
    """What removes them for a LibreNMS device. An import that was about to fill one is refused and looks again."""
    return [
        Write(
            f"removal:virtual_chassis:{item.id}",
            Target.VIRTUAL_CHASSIS,
            item.name,
            (Change("name", None, item.name, None), Change("domain", None, item.domain, None)),
            object_id=item.id,
            owner=device_id,
            at=Stage.REMOVAL,
        )
        for item in extra
    ]


def told(extra: c.Iterable[ExistingChassis]) -> list[Issue]:
    """A warning for each."""
    return [
        Issue(
            IssueCode.VIRTUAL_CHASSIS_CONFLICT,
            "virtual_chassis",
            f"NetBox has a second virtual chassis {printable(item.name)!r} (id {item.id}) of the domain {item.domain} without members, "
            "which an import left whose answer got lost. It is removed.",
        )
        for item in extra
    ]
