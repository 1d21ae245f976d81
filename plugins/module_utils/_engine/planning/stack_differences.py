# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How a virtual chassis of NetBox differs from the stack that LibreNMS has, in what an import leaves alone."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..issues import Issue, IssueCode
from ..judging.assessment import Assessment
from ..judging.existing import ExistingChassis, ExistingObject, ExistingObjects
from ..judging.members import AssessedMember
from ..records import Member, StackStatus
from ..text import key, printable
from .initial_values import AllFields

# The numbers that units of a stack have: what a member's name may say.
_NUMBERS = range(33)


def conflict(message: str) -> Issue:
    hint = "Compare the stack with NetBox; the import removes and replaces no member."
    return Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, hint)


def a_stack_in_netbox_only(assessment: Assessment, existing: ExistingObjects, server_key: str) -> tuple[Issue, ...]:
    """What is said of a device that is a stack in NetBox and none in LibreNMS."""
    own, stacking = assessment.existing, assessment.virtual_chassis
    if own is None or own.virtual_chassis_id is None or stacking is None or stacking.status is not StackStatus.SINGLE:
        return ()
    # A member that LibreNMS has as a device of its own is no unit of this one.
    others = [item for item in existing.members(own.virtual_chassis_id) if item.id != own.id and server_key not in item.links.by_key]
    if not others:
        return ()
    shown = ", ".join(f"{printable(item.name)!r} at position {item.vc_position}" for item in others)
    return (conflict(f"The inventory says that it is no stack; NetBox has {shown} in its virtual chassis."),)


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """A virtual chassis beside the stack.

    :ivar current: the members that NetBox has
    :ivar devices: NetBox's device for a member of the stack, by the member's position
    :ivar fields: of NetBox's devices, as far as they are known
    """

    chassis: ExistingChassis
    current: c.Sequence[ExistingObject]
    members: c.Sequence[AssessedMember]
    devices: c.Mapping[int, ExistingObject]
    fields: AllFields

    def additional(self) -> c.Iterator[str]:
        """Members that only NetBox has."""
        known = {item.id for item in self.devices.values()}
        for item in self.current:
            if item.id not in known:
                yield f"NetBox has the member {printable(item.name)!r} at position {item.vc_position}, which the inventory does not have."

    def lacking(self) -> c.Iterator[str]:
        """Members that NetBox does not have."""
        for member in self.members:
            if member.member.position not in self.devices:
                serial, position = member.serial, member.member.position
                yield f"NetBox lacks the member at position {position} (serial {serial!r}). It is added with existing: update."

    def master(self) -> c.Iterator[str]:
        """Another master: a stack elects anew with every restart, so the one that NetBox has is kept."""
        master = next((member.member for member in self.members if member.member.is_master), None)
        holder = next((item for item in self.current if item.id == self.chassis.master_id), None)
        if master is None or holder is None:
            return
        device = self.devices.get(master.position)
        if device is None or device.id != holder.id:
            at = f"{printable(device.name)!r} at position {master.position}" if device else f"the member at position {master.position}"
            yield f"The master is {printable(holder.name)!r} in NetBox, where it stays, and {at} in the inventory."

    def names(self, name_of: c.Callable[[Member], str]) -> c.Iterator[str]:
        """Members whose name says another position than theirs, as after a unit was put in between.

        :param name_of: what the import would call a member
        """
        wrong = []
        for member in self.members:
            device = self.devices.get(member.member.position)
            if device is None or key(device.name) == key(name_of(member.member)):
                continue
            if key(device.name) in {key(name_of(dataclasses.replace(member.member, position=number))) for number in _NUMBERS}:
                wrong.append(f"{printable(device.name)!r} is at position {member.member.position}")
        if wrong:
            yield f"Members keep names that say another position than theirs: {', '.join(wrong)}."

    def device_types(self) -> c.Iterator[str]:
        """Members of another type than the inventory says."""
        for member in self.members:
            wanted, device = member.device_type, self.devices.get(member.member.position)
            if wanted is None or wanted.id is None or wanted.by == "member" or device is None or member.member.is_master:
                continue
            state = self.fields.get((device.kind, device.id), {}).get("device_type")
            if state is not None and state.value not in (None, wanted.id):
                yield f"{printable(device.name)!r} is a {state.shown!r} in NetBox and a {wanted.name!r} in the inventory."
