# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Judging whether each selected device can be imported.

One pure function for search and import, so that the preview is the import's view.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..matching.matcher import Match
from ..naming import MAX_NAME_LENGTH
from ..records import DeviceRecord, Stacking, StackStatus
from ..serials import identity, is_sane
from ..states import State
from ..text import printable
from .collisions import Claimant, Contested, collisions, contested, sole_claims
from .drafts import Draft, Drafting
from .existing import ExistingObject, ExistingObjects
from .identity import Identified, MatchedBy, Others, identify, links_in_doubt
from .members import AssessedMember, Stack, assess_members, checked_serial, contested_issue

__all__ = ["AssessedMember", "Assessment", "State", "assess", "doubtful_links"]


@dataclasses.dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement on one device. ``issues`` block; ``serial`` is what may be written, ``""`` when none."""

    device: DeviceRecord
    name: str
    state: State
    match: Match
    existing: ExistingObject | None = None
    matched_by: MatchedBy | None = None
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
    serial: str = ""
    virtual_chassis: Stacking | None = None
    members: tuple[AssessedMember, ...] = ()

    @property
    def import_as(self) -> ObjectKind:
        return self.match.import_as

    @property
    def master(self) -> AssessedMember | None:
        return next((member for member in self.members if member.member.is_master), None)


def doubtful_links(drafts: c.Iterable[Draft], existing: ExistingObjects) -> frozenset[int]:
    """LibreNMS ids that the assessment must know to be alive or gone, see :func:`.identity.links_in_doubt`."""
    return frozenset[int]().union(*(links_in_doubt(draft.identity, existing) for draft in drafts))


def assess(
    drafts: c.Sequence[Draft], existing: ExistingObjects, drafting: Drafting, live_ids: c.Container[int] = ()
) -> tuple[Assessment, ...]:
    """Judges all devices of one selection, in their order.

    :param existing: what NetBox has
    :param live_ids: of the ids from :func:`doubtful_links`, those which LibreNMS still has
    """
    claimants = _claimants(drafts, existing, live_ids)
    colliding = collisions(claimants)
    claimed_twice = contested(claimants)
    return tuple(
        _judge(
            draft,
            claimant.found,
            colliding.get(draft.device_id, ()),
            _Against(claimed_twice.get(draft.device_id, Contested()), drafting, existing, live_ids),
        )
        for draft, claimant in zip(drafts, claimants, strict=True)
    )


def _claimants(drafts: c.Sequence[Draft], existing: ExistingObjects, live_ids: c.Container[int]) -> list[Claimant]:
    """What each device is, also by what the others of the selection are.

    An object that is one device beyond doubt is no suspect for another: the run links it, and the next run would see no doubt.
    """
    claimants = [Claimant(draft.identity, identify(draft.identity, existing, Others(live_ids)), draft.shown) for draft in drafts]
    claimed: dict[tuple[ObjectKind, int], int] = {}
    while any(claimant.found.issues for claimant in claimants) and (more := sole_claims(claimants)).keys() != claimed.keys():
        claimed, others = more, Others(live_ids, more)
        claimants = [
            dataclasses.replace(claimant, found=identify(claimant.identity, existing, others)) if claimant.found.issues else claimant
            for claimant in claimants
        ]
    return claimants


@dataclasses.dataclass(frozen=True, slots=True)
class _Against:
    """What a draft is judged against."""

    claimed_twice: Contested
    drafting: Drafting
    existing: ExistingObjects
    live_ids: c.Container[int]


def _judge(draft: Draft, found: Identified, collisions: tuple[Issue, ...], against: _Against) -> Assessment:
    name_issues = _name_issues(draft)
    serial, serial_warnings = _writable_serial(draft, against.claimed_twice.serials)
    members: tuple[AssessedMember, ...] = ()
    member_issues: list[Issue] = []
    member_warnings: list[Issue] = []
    if draft.stacking and draft.is_stack:
        stack = Stack(
            subject=draft.subject,
            identity=draft.identity,
            stacking=draft.stacking,
            master_type=draft.matched.match.device_type,
            own=found.existing,
            contested=against.claimed_twice,
            matcher=against.drafting.matcher,
            existing=against.existing,
            member_naming=against.drafting.member_naming,
            live_ids=against.live_ids,
        )
        members, member_issues, member_warnings = assess_members(stack)
    chassis_issues, chassis_warnings = _chassis_unknown(draft)
    blocking = [*found.issues, *collisions]
    shortcomings = [*draft.matched.issues, *name_issues, *member_issues, *chassis_issues]
    warnings = [*found.warnings, *draft.matched.warnings, *serial_warnings, *member_warnings, *chassis_warnings]
    if found.existing and not blocking:
        # It stands in NetBox already: what would be missing to create it is worth knowing, but keeps nothing back.
        state = State.EXISTING
        warnings += shortcomings
    else:
        blocking += shortcomings
        state = State.BLOCKED if blocking else State.READY
    return Assessment(
        device=draft.device,
        name=draft.subject.name,
        state=state,
        match=draft.matched.match,
        existing=found.existing,
        matched_by=found.matched_by,
        issues=tuple(blocking),
        warnings=tuple(warnings),
        serial=serial,
        virtual_chassis=draft.stacking,
        members=members,
    )


def _name_issues(draft: Draft) -> list[Issue]:
    name = draft.subject.name
    if not name:
        device = draft.subject.device
        given = f"{printable(device.sysname)!r}, {printable(device.hostname)!r}"
        message = f"LibreNMS has neither a sysName nor a hostname that can be a name ({given})."
        return [Issue(IssueCode.NAME_MISSING, "name", message, "Set one in LibreNMS, or the name in overrides.", value=device.hostname)]
    longest = max(draft.identity.names, key=len, default=name)
    if len(longest) > MAX_NAME_LENGTH:
        message = f"The name {printable(longest)!r} has {len(longest)} characters, NetBox holds {MAX_NAME_LENGTH}."
        return [Issue(IssueCode.NAME_TOO_LONG, "name", message, "Set strip_domain, or a shorter name in overrides.", value=longest)]
    return []


def _writable_serial(draft: Draft, contested: frozenset[str]) -> tuple[str, list[Issue]]:
    """The device's own serial; a stack's is the master's, because LibreNMS may hold a line card's or another member's."""
    master = draft.master
    text = draft.subject.device.serial
    if master and is_sane(master.serial):
        text = master.serial
    elif identity(text) in {identity(serial) for serial in draft.identity.member_serials}:
        text = ""
    serial, issue = checked_serial(text, "Its")
    if serial and identity(serial) in contested:
        return "", [contested_issue(serial, "Its")]
    return serial, [issue] if issue else []


def _chassis_unknown(draft: Draft) -> tuple[list[Issue], list[Issue]]:
    stacking = draft.stacking
    if stacking is None or stacking.status is not StackStatus.UNKNOWN:
        return [], []
    if stacking.read_failed:
        message = f"Whether it is a stack could not be read from LibreNMS: {stacking.reason}"
        hint = "Run again, or switch off the detection of stacks if it is none."
        return [Issue(IssueCode.VIRTUAL_CHASSIS_UNKNOWN, "virtual_chassis", message, hint)], []
    message = f"Whether it is a stack cannot be told: {stacking.reason}"
    hint = "If it is one, add its other members in NetBox by hand."
    return [], [Issue(IssueCode.VIRTUAL_CHASSIS_UNKNOWN, "virtual_chassis", message, hint)]
