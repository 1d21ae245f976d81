# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Whether an address may be written: none is moved, none is doubled."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..judging.existing import ExistingObject, ExistingObjects
from ..planning.plan import PlannedDevice
from .existing import ExistingAddress, Owner


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is not written, as the end of a sentence, and what can be done."""

    why: str
    hint: str = ""


def judge(found: c.Iterable[ExistingAddress], vrf_id: int | None, owners: c.Container[Owner]) -> ExistingAddress | Refusal | None:
    """What is to be done about a host's address in a VRF.

    The one in NetBox, which is on an object of ``owners`` or can be put on one; None for one that is to be made. NetBox compares
    addresses without their masks, so the mask does not matter here.

    :param found: all that NetBox has of that host
    """
    same = [address for address in found if address.vrf_id == vrf_id]
    if not same:
        return None
    if len(same) > 1:
        return Refusal(f"NetBox has it several times ({'; '.join(address.holder for address in same)})")
    (address,) = same
    if address.assigned and address.owner not in owners:
        return Refusal(f"NetBox has it on {address.holder}", "Remove it there, or put it on this device, if it is this device's.")
    if not address.assigned and (address.role or address.status != "active"):
        return Refusal(f"NetBox has it without an interface, as {address.role or address.status}", "Assign it by hand.")
    return address


def owners_of(device: PlannedDevice, existing: ExistingObjects) -> set[Owner]:
    """The objects in NetBox that the device is: itself, and the members of its stack."""
    owners: set[Owner] = set()
    own = device.assessment.existing
    if own is not None:
        owners |= {owner(own)}
        if own.virtual_chassis_id is not None:
            owners |= set(map(owner, existing.members(own.virtual_chassis_id)))
    members = device.stack.members if device.stack else ()
    return owners | {owner(member.existing) for member in members if member.existing}


def owner(item: ExistingObject) -> Owner:
    return Owner(item.kind, item.id)
