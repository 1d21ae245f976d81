# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How NetBox differs from LibreNMS: what an import would write into objects that exist if it might change every field."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ..fields import ALL_POLICIES, FIELDS, Holds, Policy
from ..judging.assessment import State
from ..kinds import Stage
from .options import ImportOptions, OnExisting
from .plan import Change, PlannedDevice, Write

# What the collection adds to an object, of which LibreNMS knows nothing.
_OWN_MARKS = (Holds.TAGS, Holds.LINK)


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One thing of which LibreNMS and NetBox say different things.

    :ivar field: the field; of an object that NetBox lacks what it is: C(member), C(interface), C(ip_address), C(mac_address)
    :ivar object: the member, interface or address that it is about; "" for the device itself
    :ivar librenms: what LibreNMS makes of it, for people
    :ivar netbox: what NetBox has, for people; None for nothing
    """

    field: str
    object: str
    librenms: t.Any
    netbox: t.Any


def comparing(server_key: str) -> ImportOptions:
    """The policy of an import that may change whatever LibreNMS knows."""
    marks = {name for name, field in FIELDS.items() if field.holds in _OWN_MARKS}
    return ImportOptions(
        server_key=server_key,
        existing=OnExisting.UPDATE,
        update_fields={name: Policy.NEVER if name in marks else Policy.ALWAYS for name in ALL_POLICIES},
    )


def differences(device: PlannedDevice) -> tuple[Difference, ...]:
    """What is different of a device that NetBox has; nothing of any other.

    :param device: planned with the policy of :func:`comparing`
    """
    if device.assessment.state is not State.EXISTING:
        return ()
    return tuple(item for write in device.writes() for item in _of_write(device, write))


def _of_write(device: PlannedDevice, write: Write) -> c.Iterator[Difference]:
    if write.creates:
        yield Difference(_kind(write), write.name, write.name, None)
        return
    for change in write.changes:
        if not _is_the_naming_of_members(device, change):
            yield Difference(change.field, _about(device, write), change.after, change.before)


def _kind(write: Write) -> str:
    return "member" if write.stage is Stage.MEMBER else write.target.row.word.casefold().replace(" ", "_")


def _about(device: PlannedDevice, write: Write) -> str:
    own = device.assessment.existing
    return "" if own is not None and write.object_id == own.id and write.target is own.kind.target else write.name


def _is_the_naming_of_members(device: PlannedDevice, change: Change) -> bool:
    """Whether a name differs only in what an import's options add to it for a member of a stack."""
    is_member = device.stack is not None and device.stack.own_member is not None
    name = device.assessment.name.casefold()
    return change.field == "name" and is_member and bool(name) and str(change.before).casefold().startswith(name)
