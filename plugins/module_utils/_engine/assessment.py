# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Judging whether each selected device can be imported.

One pure function for search and import, so that the preview is the import's view.
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import enum
import ipaddress

from .collisions import Claimant, collisions
from .existing import ExistingObject, ExistingObjects, ObjectKind, chassis_domain
from .identity import Identified, Identity, MatchedBy, identify, links_in_doubt, other_link
from .issues import Issue, IssueCode
from .matching import Match, Matched, Matcher, Resolved, SiteMatch
from .naming import MAX_NAME_LENGTH, MemberNaming, Naming, is_ip_address
from .records import ChassisStatus, DeviceRecord, Member, VirtualChassis
from .rules import ImportAs, Subject
from .serials import MAX_SERIAL_LENGTH, identity, is_sane
from .text import is_placeholder, key, printable


class State(enum.StrEnum):
    READY = "ready"
    BLOCKED = "blocked"
    EXISTING = "existing"


@dataclasses.dataclass(frozen=True, slots=True)
class AssessedMember:
    """A stack member, the name and type it gets, and the device of NetBox that has its serial.

    With ``conflict`` neither that device nor a new one may become the member.
    """

    member: Member
    name: str
    # "" for a serial that identifies nothing or does not fit.
    serial: str
    device_type: Resolved | None
    existing: ExistingObject | None = None
    conflict: bool = False


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
    colliding = collisions(Claimant(draft.identity, identified, draft.shown) for draft, identified in pairs)
    return tuple(_judge(draft, identified, colliding.get(draft.identity.device_id, ()), around, live_ids) for draft, identified in pairs)


def _draft(device: DeviceRecord, around: Surroundings) -> _Draft:
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


def _judge(draft: _Draft, found: Identified, collisions: tuple[Issue, ...], around: Surroundings, live_ids: c.Container[int]) -> Assessment:
    device = draft.subject.device
    name_issues = _name_issues(draft)
    serial, serial_warnings = _writable_serial(draft)
    members, member_issues, member_warnings = _members(draft, found.existing, around, live_ids)
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


def _checked_serial(text: str, whose: str) -> tuple[str, Issue | None]:
    serial = text.strip()
    if len(serial) > MAX_SERIAL_LENGTH:
        message = f"{whose} serial {printable(serial, 80)!r} has {len(serial)} characters, NetBox holds {MAX_SERIAL_LENGTH}; none is set."
        return "", Issue(IssueCode.SERIAL_TOO_LONG, "serial", message, "Set it by hand if it is one.", value=serial)
    if serial and not is_sane(serial):
        message = f"{whose} serial {printable(serial)!r} identifies nothing; none is set."
        return "", Issue(IssueCode.SERIAL_IGNORED, "serial", message, value=serial)
    return serial, None


def _writable_serial(draft: _Draft) -> tuple[str, list[Issue]]:
    """The device's own serial; a stack's is the master's, because LibreNMS may hold a line card's or another member's."""
    master = draft.master
    text = draft.subject.device.serial
    if master and is_sane(master.serial):
        text = master.serial
    elif identity(text) in {identity(serial) for serial in draft.identity.member_serials}:
        text = ""
    serial, issue = _checked_serial(text, "Its")
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


def _members(
    draft: _Draft, own: ExistingObject | None, around: Surroundings, live_ids: c.Container[int]
) -> tuple[tuple[AssessedMember, ...], list[Issue], list[Issue]]:
    chassis = draft.chassis
    if chassis is None or chassis.status is not ChassisStatus.STACK:
        return (), [], []
    issues: list[Issue] = []
    warnings: list[Issue] = []
    members = []
    master_type = draft.matched.match.device_type
    domain = chassis_domain(around.server_key, draft.subject.device.device_id)
    own_chassis = {item.id for item in around.existing.chassis_with_domain(domain)}
    if own and own.virtual_chassis_id is not None:
        own_chassis.add(own.virtual_chassis_id)
    holders: dict[str, Member] = {}
    for member in sorted(chassis.members, key=lambda item: not item.is_master):
        holders.setdefault(identity(member.serial), member)
    for member in chassis.members:
        name = around.member_naming.name(draft.subject.name, member) if draft.subject.name else ""
        serial, serial_issue = _member_serial(member, holders[identity(member.serial)])
        device_type, type_issue, type_warning = (master_type, None, None)
        if not member.is_master:
            device_type, type_issue, type_warning = _member_type(draft, member, around.matcher)
        existing, conflict = _existing_member(draft, member, serial, own, around.existing, own_chassis, live_ids)
        if existing is None and conflict is None and not member.is_master:
            conflict = _name_of_another(draft, member, name, own, around.existing, own_chassis)
        issues += filter(None, (type_issue, conflict))
        warnings += filter(None, (serial_issue, type_warning))
        members.append(AssessedMember(member, name, serial, device_type, existing, conflict is not None))
    issues += _member_name_issues(draft, members)
    if chassis.master is None:
        message = "The inventory does not tell which member is the master."
        issues.append(Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, "Import it by hand."))
    return tuple(members), issues, warnings


def _member_serial(member: Member, holder: Member) -> tuple[str, Issue | None]:
    """:param holder: the member that keeps the serial where several have it"""
    serial, issue = _checked_serial(member.serial, f"Member {member.position}'s")
    if serial and holder is not member:
        message = f"Member {member.position} has the same serial {printable(serial)!r} as another; none is set."
        return "", Issue(IssueCode.SERIAL_IGNORED, _field(member), message, "Set it by hand.", value=serial)
    return serial, issue


def _member_type(draft: _Draft, member: Member, matcher: Matcher) -> tuple[Resolved | None, Issue | None, Issue | None]:
    """The device type of a member that is not the master, what blocks it, and a warning."""
    if is_placeholder(member.model):
        master_type = draft.matched.match.device_type
        device_type = Resolved(master_type.id, master_type.name, "member") if master_type else None
        message = f"The inventory names no model for member {member.position}, so it gets the master's device type."
        warning = Issue(IssueCode.MEMBER_TYPE_ASSUMED, _field(member), message, "Correct it in NetBox if it is another.")
        return device_type, None, warning
    device_type, issue = matcher.device_type(dataclasses.replace(draft.subject, hardware=member.model))
    if issue:
        message = f"Member {member.position}: {issue.message}"
        issue = dataclasses.replace(issue, field=f"{_field(member)}.device_type", message=message)
    return device_type, issue, None


def _field(member: Member) -> str:
    return f"virtual_chassis.members[{member.position}]"


def _member_name_issues(draft: _Draft, members: c.Sequence[AssessedMember]) -> list[Issue]:
    issues = []
    names = collections.Counter(key(member.name) for member in members if member.name)
    for member in members:
        if names[key(member.name)] > 1:
            message = f"vc_member_name_pattern gives the name {printable(member.name)!r} to several members."
            issues.append(Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, "Use {position} in the pattern."))
            break
    too_long = [member.name for member in members if not member.member.is_master and len(member.name) > MAX_NAME_LENGTH]
    if too_long and len(max(draft.identity.names, key=len, default="")) <= MAX_NAME_LENGTH:
        message = f"The member name {printable(too_long[0])!r} has {len(too_long[0])} characters, NetBox holds {MAX_NAME_LENGTH}."
        issues.append(Issue(IssueCode.NAME_TOO_LONG, "virtual_chassis", message, "Set strip_domain, or a shorter name in overrides."))
    return issues


def _existing_member(
    draft: _Draft,
    member: Member,
    serial: str,
    own: ExistingObject | None,
    existing: ExistingObjects,
    own_chassis: c.Container[int],
    live_ids: c.Container[int],
) -> tuple[ExistingObject | None, Issue | None]:
    """The device of NetBox with a member's serial, if it is not the stack's own, and what keeps it from being that member."""
    found = existing.with_serial(serial) if serial else []
    if own in found or (own is None and member.is_master):
        # What speaks against these was said when the device itself was identified.
        return None, None
    field = _field(member)
    if len(found) > 1:
        message = f"{len(found)} objects of NetBox have the serial {serial!r} of member {member.position}."
        hint = "Correct the serials in NetBox."
        return None, Issue(IssueCode.IDENTITY_CONFLICT, field, message, hint, value=serial)
    if not found:
        return None, None
    device = found[0]
    if device.kind is not ObjectKind.DEVICE:
        message = f"The virtual machine {printable(device.name)!r} of NetBox has the serial {serial!r} of member {member.position}."
        return None, Issue(IssueCode.DEVICE_AND_VM_CONFLICT, field, message, "Correct the serial in NetBox.", value=serial)
    shown = f"Member {member.position} (serial {serial!r}) is {printable(device.name)!r} in NetBox"
    linked = other_link(device, draft.identity)
    if device.virtual_chassis_id is not None and device.virtual_chassis_id in own_chassis:
        return device, None
    if linked is not None and linked in live_ids:
        message = f"{shown}, which is LibreNMS device {linked}."
        hint = "A member that LibreNMS also knows by itself: delete that device in LibreNMS, and its librenms_id in NetBox."
        return device, Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, field, message, hint, value=serial)
    if device.virtual_chassis_id is not None:
        chassis = existing.chassis(device.virtual_chassis_id)
        message = f"{shown}, in the virtual chassis {printable(chassis.name if chassis else '')!r}."
        hint = "If that is this stack, link its master; if not, take the device out of it in NetBox."
        return device, Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, field, message, hint, value=serial)
    return device, None


def _name_of_another(
    draft: _Draft,
    member: Member,
    name: str,
    own: ExistingObject | None,
    existing: ExistingObjects,
    own_chassis: c.Container[int],
) -> Issue | None:
    """NetBox refuses a new member whose name another device has."""
    place = own or draft.identity
    for item in existing.named(name) if name else ():
        if item is own or item.kind is not ObjectKind.DEVICE or item.virtual_chassis_id in own_chassis:
            continue
        if (item.site_id, item.tenant_id) == (place.site_id, place.tenant_id):
            field = _field(member)
            message = f"Member {member.position} would be called {printable(name)!r} like another device of NetBox (id {item.id})."
            hint = "If that is the member, write its serial there; if not, rename it, or choose another vc_member_name_pattern."
            return Issue(IssueCode.NAME_TAKEN, field, message, hint, value=name)
    return None
