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
import enum
import ipaddress

from ..issues import Issue, IssueCode
from ..matching.matcher import Match, Matched, Matcher, SiteMatch
from ..matching.rules import ImportAs, Subject
from ..naming import MAX_NAME_LENGTH, MemberNaming, Naming, is_ip_address
from ..records import ChassisStatus, DeviceRecord, Member, VirtualChassis
from ..serials import identity, is_sane
from ..text import printable
from .collisions import Claimant, Contested, collisions, contested
from .existing import ExistingObject, ExistingObjects, ObjectKind
from .identity import Identified, Identity, MatchedBy, identify, links_in_doubt
from .members import AssessedMember, Stack, assess_members, checked_serial, contested_issue

__all__ = ["AssessedMember", "Assessment", "State", "Surroundings", "assess", "doubtful_links", "identities"]


class State(enum.StrEnum):
    READY = "ready"
    BLOCKED = "blocked"
    EXISTING = "existing"


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
    virtual_chassis: VirtualChassis | None = None
    members: tuple[AssessedMember, ...] = ()

    @property
    def import_as(self) -> ImportAs:
        return self.match.import_as

    @property
    def master(self) -> AssessedMember | None:
        return next((member for member in self.members if member.member.is_master), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What devices are judged against.

    :param group_members: LibreNMS device ids of each device group that rules name, by its comparable name
    :param chassis: what is known of stacking, by LibreNMS device id; a device that is absent was not asked for
    """

    matcher: Matcher
    existing: ExistingObjects
    server_key: str
    naming: Naming
    member_naming: MemberNaming
    group_members: c.Mapping[str, frozenset[int]] = dataclasses.field(default_factory=dict)
    chassis: c.Mapping[int, VirtualChassis] = dataclasses.field(default_factory=dict)
    # What was worked out of each device, because more than one of the functions below needs it.
    drafts: dict[int, _Draft] = dataclasses.field(default_factory=dict, init=False, repr=False, compare=False)

    def subject(self, device: DeviceRecord) -> Subject:
        override = self.matcher.override(device.device_id)
        name = override.name if override and override.name else self.naming.name(device)
        groups = frozenset(group for group, members in self.group_members.items() if device.device_id in members)
        return Subject(device, name, groups, device.hardware)

    def site(self, device: DeviceRecord) -> SiteMatch:
        return self.matcher.site(self.subject(device))


@dataclasses.dataclass(frozen=True, slots=True)
class _Draft:
    """A device between matching and identification."""

    subject: Subject
    matched: Matched
    chassis: VirtualChassis | None
    identity: Identity

    @property
    def master(self) -> Member | None:
        return self.chassis.master if self.chassis else None

    @property
    def device_id(self) -> int:
        return self.subject.device.device_id

    @property
    def shown(self) -> str:
        device = self.subject.device
        return f"{printable(self.subject.name or device.hostname)!r} (device_id {device.device_id})"


def identities(devices: c.Iterable[DeviceRecord], around: Surroundings) -> tuple[Identity, ...]:
    """What each device is to be found by in NetBox."""
    return tuple(_draft(device, around).identity for device in devices)


def doubtful_links(devices: c.Iterable[DeviceRecord], around: Surroundings) -> frozenset[int]:
    """LibreNMS ids that the assessment must know to be alive or gone, see :func:`.identity.links_in_doubt`."""
    ids: set[int] = set()
    for device in devices:
        ids |= links_in_doubt(_draft(device, around).identity, around.existing)
    return frozenset(ids)


def assess(devices: c.Iterable[DeviceRecord], around: Surroundings, live_ids: c.Container[int] = ()) -> tuple[Assessment, ...]:
    """Judges all devices of one selection, in their order."""
    drafts = [_draft(device, around) for device in devices]
    found = [identify(draft.identity, around.existing, live_ids) for draft in drafts]
    pairs = list(zip(drafts, found, strict=True))
    claimants = [Claimant(draft.identity, identified, draft.shown) for draft, identified in pairs]
    colliding = collisions(claimants)
    claimed_twice = contested(claimants)
    return tuple(
        _judge(draft, identified, colliding.get(draft.device_id, ()), claimed_twice.get(draft.device_id, Contested()), around, live_ids)
        for draft, identified in pairs
    )


def _draft(device: DeviceRecord, around: Surroundings) -> _Draft:
    known = around.drafts.get(device.device_id)
    if known is None or known.subject.device is not device:
        known = around.drafts[device.device_id] = _new_draft(device, around)
    return known


def _new_draft(device: DeviceRecord, around: Surroundings) -> _Draft:
    subject = around.subject(device)
    chassis = around.chassis.get(device.device_id)
    stack = chassis if chassis and chassis.status is ChassisStatus.STACK else None
    master = stack.master if stack else None
    matched = around.matcher.match(subject, around.matcher.site(subject), master.model if master else "")
    match = matched.match
    if match.import_as is ImportAs.VIRTUAL_MACHINE:
        stack = master = None
    names = [subject.name]
    if subject.name and master:
        names.append(around.member_naming.name(subject.name, master))
    serials = tuple(dict.fromkeys(filter(is_sane, (device.serial, *((master.serial,) if master else ())))))
    members = stack.members if stack else ()
    member_serials = tuple(filter(is_sane, (member.serial for member in members)))
    member_names = tuple(around.member_naming.name(subject.name, member) for member in members) if subject.name else ()
    # NetBox's answers are compared in the form that Python gives addresses.
    addresses = tuple(dict.fromkeys(str(ipaddress.ip_address(text)) for text in (device.ip, device.hostname) if is_ip_address(text)))
    wanted = Identity(
        device.device_id,
        around.server_key,
        ObjectKind.VIRTUAL_MACHINE if match.import_as is ImportAs.VIRTUAL_MACHINE else ObjectKind.DEVICE,
        tuple(filter(None, dict.fromkeys(names))),
        serials,
        member_serials,
        match.site.id if match.site else None,
        match.tenant.id if match.tenant else None,
        match.cluster.id if match.cluster else None,
        addresses,
        member_names,
        stack=stack is not None,
    )
    return _Draft(subject, matched, chassis if match.import_as is ImportAs.DEVICE else None, wanted)


def _judge(
    draft: _Draft,
    found: Identified,
    collisions: tuple[Issue, ...],
    claimed_twice: Contested,
    around: Surroundings,
    live_ids: c.Container[int],
) -> Assessment:
    device = draft.subject.device
    name_issues = _name_issues(draft)
    serial, serial_warnings = _writable_serial(draft, claimed_twice.serials)
    members: tuple[AssessedMember, ...] = ()
    member_issues: list[Issue] = []
    member_warnings: list[Issue] = []
    if draft.chassis and draft.chassis.status is ChassisStatus.STACK:
        stack = Stack(
            draft.subject,
            draft.identity,
            draft.chassis,
            draft.matched.match.device_type,
            found.existing,
            claimed_twice,
            around.matcher,
            around.existing,
            around.member_naming,
            live_ids,
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
        device=device,
        name=draft.subject.name,
        state=state,
        match=draft.matched.match,
        existing=found.existing,
        matched_by=found.matched_by,
        issues=tuple(blocking),
        warnings=tuple(warnings),
        serial=serial,
        virtual_chassis=draft.chassis,
        members=members,
    )


def _name_issues(draft: _Draft) -> list[Issue]:
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


def _writable_serial(draft: _Draft, contested: frozenset[str]) -> tuple[str, list[Issue]]:
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


def _chassis_unknown(draft: _Draft) -> tuple[list[Issue], list[Issue]]:
    chassis = draft.chassis
    if chassis is None or chassis.status is not ChassisStatus.UNKNOWN:
        return [], []
    if chassis.read_failed:
        message = f"Whether it is a stack could not be read from LibreNMS: {chassis.reason}"
        hint = "Run again, or switch off the detection of stacks if it is none."
        return [Issue(IssueCode.VIRTUAL_CHASSIS_UNKNOWN, "virtual_chassis", message, hint)], []
    message = f"Whether it is a stack cannot be told: {chassis.reason}"
    hint = "If it is one, add its other members in NetBox by hand."
    return [], [Issue(IssueCode.VIRTUAL_CHASSIS_UNKNOWN, "virtual_chassis", message, hint)]
