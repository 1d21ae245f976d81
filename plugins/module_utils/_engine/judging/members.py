# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Judging the members of a stack: their names, serials and types, and the devices that NetBox has for them."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..links import chassis_domain
from ..matching.conditions import Subject
from ..matching.matcher import Matcher
from ..matching.resolved import CREATED, Resolved
from ..naming import MAX_NAME_LENGTH, MemberNaming
from ..records import Member, Stacking
from ..serials import MAX_SERIAL_LENGTH, identity, is_sane
from ..text import is_placeholder, key, printable
from .collisions import Contested
from .existing import ExistingObject, ExistingObjects
from .identity import Identity, other_link


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
class Stack:
    """A stack and what its members are judged against.

    :param own: the object of NetBox that the LibreNMS device itself is
    :param contested: what another linked device of the selection claims too
    """

    subject: Subject
    identity: Identity
    stacking: Stacking
    master_type: Resolved | None
    own: ExistingObject | None
    contested: Contested
    matcher: Matcher
    existing: ExistingObjects
    member_naming: MemberNaming
    live_ids: c.Container[int]

    @property
    def own_chassis(self) -> frozenset[int]:
        """The ids of the virtual chassis in NetBox that are this stack's."""
        domain = chassis_domain(self.identity.server_key, self.identity.device_id)
        ids = {item.id for item in self.existing.chassis_with_domain(domain)}
        if self.own and self.own.virtual_chassis_id is not None:
            ids.add(self.own.virtual_chassis_id)
        return frozenset(ids)


def assess_members(stack: Stack) -> tuple[tuple[AssessedMember, ...], list[Issue], list[Issue]]:
    """The members in their order, what blocks them, and warnings."""
    issues: list[Issue] = []
    warnings: list[Issue] = []
    members = []
    holders: dict[str, Member] = {}
    for member in sorted(stack.stacking.members, key=lambda item: not item.is_master):
        holders.setdefault(identity(member.serial), member)
    for member in stack.stacking.members:
        name = stack.member_naming.name(stack.subject.name, member) if stack.subject.name else ""
        serial, serial_issue = _member_serial(member, holders[identity(member.serial)])
        device_type, type_issue, type_warning = (stack.master_type, None, None)
        if not member.is_master:
            device_type, type_issue, type_warning = _member_type(stack, member)
        existing, conflict = _existing_member(stack, member, serial)
        if existing is None and conflict is None and identity(serial) in stack.contested.serials:
            # Nobody can say whether it is to be created or stands in NetBox, without its serial, as the other device.
            conflict = dataclasses.replace(contested_issue(serial, f"Member {member.position}'s"), field=_field(member))
        if existing is None and conflict is None and not member.is_master:
            conflict = _name_of_another(stack, member, name)
        issues += filter(None, (type_issue, conflict))
        warnings += filter(None, (serial_issue, type_warning))
        members.append(
            AssessedMember(
                member=member, name=name, serial=serial, device_type=device_type, existing=existing, conflict=conflict is not None
            )
        )
    issues += _member_name_issues(stack, members)
    if stack.stacking.master is None:
        message = "The inventory does not tell which member is the master."
        issues.append(Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, "Import it by hand."))
    return tuple(members), issues, warnings


def _member_serial(member: Member, holder: Member) -> tuple[str, Issue | None]:
    """:param holder: the member that keeps the serial where several have it"""
    serial, issue = checked_serial(member.serial, f"Member {member.position}'s")
    if serial and holder is not member:
        message = f"Member {member.position} has the same serial {printable(serial)!r} as another; none is set."
        return "", Issue(IssueCode.SERIAL_IGNORED, _field(member), message, "Set it by hand.", value=serial)
    return serial, issue


def _member_type(stack: Stack, member: Member) -> tuple[Resolved | None, Issue | None, Issue | None]:
    """The device type of a member that is not the master, what blocks it, and a warning."""
    if is_placeholder(member.model):
        master_type = stack.master_type
        device_type = dataclasses.replace(master_type, by="member" if master_type.by != CREATED else CREATED) if master_type else None
        message = f"The inventory names no model for member {member.position}, so it gets the master's device type."
        warning = Issue(IssueCode.MEMBER_TYPE_ASSUMED, _field(member), message, "Correct it in NetBox if it is another.")
        return device_type, None, warning
    device_type, issue = stack.matcher.device_type(dataclasses.replace(stack.subject, hardware=member.model))
    if issue:
        message = f"Member {member.position}: {issue.message}"
        issue = dataclasses.replace(issue, field=f"{_field(member)}.device_type", message=message)
    return device_type, issue, None


def _field(member: Member) -> str:
    return f"virtual_chassis.members[{member.position}]"


def _member_name_issues(stack: Stack, members: c.Sequence[AssessedMember]) -> list[Issue]:
    issues = []
    names = collections.Counter(key(member.name) for member in members if member.name)
    for member in members:
        if names[key(member.name)] > 1:
            message = f"vc_member_name_pattern gives the name {printable(member.name)!r} to several members."
            issues.append(Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, "Use {position} in the pattern."))
            break
    too_long = [member.name for member in members if not member.member.is_master and len(member.name) > MAX_NAME_LENGTH]
    if too_long and len(max(stack.identity.names, key=len, default="")) <= MAX_NAME_LENGTH:
        message = f"The member name {printable(too_long[0])!r} has {len(too_long[0])} characters, NetBox holds {MAX_NAME_LENGTH}."
        issues.append(Issue(IssueCode.NAME_TOO_LONG, "virtual_chassis", message, "Set strip_domain, or a shorter name in overrides."))
    return issues


def _existing_member(stack: Stack, member: Member, serial: str) -> tuple[ExistingObject | None, Issue | None]:
    """The device of NetBox with a member's serial, if it is not the stack's own, and what keeps it from being that member."""
    found = stack.existing.with_serial(serial) if serial else []
    if stack.own in found or (stack.own is None and member.is_master):
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
    linked = other_link(device, stack.identity)
    if device.virtual_chassis_id is not None and device.virtual_chassis_id in stack.own_chassis:
        return device, None
    if linked is not None and linked in stack.live_ids:
        message = f"{shown}, which is LibreNMS device {linked}."
        hint = "A member that LibreNMS also knows by itself: delete that device in LibreNMS, and its librenms_id in NetBox."
        return device, Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, field, message, hint, value=serial)
    if device.virtual_chassis_id is not None:
        chassis = stack.existing.chassis(device.virtual_chassis_id)
        message = f"{shown}, in the virtual chassis {printable(chassis.name if chassis else '')!r}."
        hint = "If that is this stack, link its master; if not, take the device out of it in NetBox."
        return device, Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, field, message, hint, value=serial)
    return device, None


def _name_of_another(stack: Stack, member: Member, name: str) -> Issue | None:
    """NetBox refuses a new member whose name another device has."""
    if key(name) in stack.contested.names:
        message = f"Member {member.position} would be called {printable(name)!r} like a member of another device of this selection."
        hint = "Give one of the two another name, in LibreNMS or in overrides."
        return Issue(IssueCode.NAME_TAKEN, _field(member), message, hint, value=name)
    place = stack.own or stack.identity
    for item in stack.existing.named(name) if name else ():
        if item is stack.own or item.kind is not ObjectKind.DEVICE or item.virtual_chassis_id in stack.own_chassis:
            continue
        if (item.site_id, item.tenant_id) == (place.site_id, place.tenant_id):
            field = _field(member)
            message = f"Member {member.position} would be called {printable(name)!r} like another device of NetBox (id {item.id})."
            hint = "If that is the member, write its serial there; if not, rename it, or choose another vc_member_name_pattern."
            return Issue(IssueCode.NAME_TAKEN, field, message, hint, value=name)
    return None


def checked_serial(text: str, whose: str) -> tuple[str, Issue | None]:
    """The serial that may be written, ``""`` when none may, and why."""
    serial = text.strip()
    if len(serial) > MAX_SERIAL_LENGTH:
        message = f"{whose} serial {printable(serial, 80)!r} has {len(serial)} characters, NetBox holds {MAX_SERIAL_LENGTH}; none is set."
        return "", Issue(IssueCode.SERIAL_TOO_LONG, "serial", message, "Set it by hand if it is one.", value=serial)
    if serial and not is_sane(serial):
        message = f"{whose} serial {printable(serial)!r} identifies nothing; none is set."
        return "", Issue(IssueCode.SERIAL_IGNORED, "serial", message, value=serial)
    return serial, None


def contested_issue(serial: str, whose: str) -> Issue:
    """What is said of a serial that several linked devices of the selection have."""
    message = f"{whose} serial {printable(serial)!r} is also that of another device of this selection; none is set."
    hint = "One box may stand in LibreNMS twice: delete one of them there."
    return Issue(IssueCode.SERIAL_CONFLICT, "serial", message, hint, value=serial)
