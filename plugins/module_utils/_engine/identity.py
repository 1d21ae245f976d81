# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which object of NetBox a LibreNMS device is.

The order of the keys, and that keys which disagree block, are rule 1 of the collection's design: the link in the custom
field ``librenms_id``, a sane serial, the name within site and tenant; the primary IP address only raises a doubt.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum

from .existing import ExistingObject, ExistingObjects, ObjectKind
from .issues import Issue, IssueCode
from .serials import identity
from .text import printable


class MatchedBy(enum.StrEnum):
    LIBRENMS_ID = "librenms_id"
    SERIAL = "serial"
    NAME = "name"
    PRIMARY_IP = "primary_ip"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """What is known of one LibreNMS device to find it by.

    :param names: the name it gets, and the one it gets as master of a stack
    :param serials: its own serial and that of the stack's master
    :param member_serials: the serials of all members of its stack
    :param site_id: None when the site is not known: then names are not compared
    :param cluster_id: of a virtual machine
    """

    device_id: int
    server_key: str
    kind: ObjectKind
    names: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    member_serials: tuple[str, ...] = ()
    site_id: int | None = None
    tenant_id: int | None = None
    cluster_id: int | None = None
    addresses: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Identified:
    """The object found, by which key, and what speaks against it. With issues the object is a suspect only."""

    existing: ExistingObject | None = None
    matched_by: MatchedBy | None = None
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidates:
    linked: list[ExistingObject]
    by_serial: list[ExistingObject]
    by_name: list[ExistingObject]


def links_in_doubt(wanted: Identity, existing: ExistingObjects) -> frozenset[int]:
    """LibreNMS device ids that NetBox has for objects which look like the wanted device.

    Whether LibreNMS still has them decides between a device that was added again and one box that stands there twice.
    """
    found = _candidates(wanted, existing)
    members = (item for serial in wanted.member_serials for item in existing.with_serial(serial))
    ids = (other_link(item, wanted) for item in (*found.by_serial, *found.by_name, *members))
    return frozenset(device_id for device_id in ids if device_id is not None)


def identify(wanted: Identity, existing: ExistingObjects, live_ids: c.Container[int]) -> Identified:
    """Finds the object that a device is, or tells why that cannot be said.

    :param live_ids: of the ids from :func:`links_in_doubt`, those which LibreNMS still has
    """
    found = _candidates(wanted, existing)
    if len(found.linked) > 1:
        return _conflict(wanted, "librenms_id", f"{_shown(*found.linked)} are all linked to LibreNMS device {wanted.device_id}")
    if found.linked:
        return _by_link(wanted, found, existing, live_ids)
    if len(found.by_serial) > 1:
        return _conflict(wanted, "serial", f"{_shown(*found.by_serial)} all have its serial")
    if found.by_serial:
        return _by_serial(wanted, found, live_ids)
    if len(found.by_name) > 1:
        return _conflict(wanted, "name", f"{_shown(*found.by_name)} all have its name")
    if found.by_name:
        return _by_name(wanted, found.by_name[0], existing, live_ids)
    return _suspects(wanted, existing)


def _candidates(wanted: Identity, existing: ExistingObjects) -> _Candidates:
    linked = list(existing.linked(wanted.server_key, wanted.device_id))
    by_serial = _unique(item for serial in wanted.serials for item in existing.with_serial(serial) if item.kind is wanted.kind)
    by_name = _unique(item for name in wanted.names for item in existing.named(name) if _same_place(item, wanted))
    return _Candidates(linked, _one_chassis(by_serial, existing), _one_chassis(by_name, existing))


def _unique(items: c.Iterable[ExistingObject]) -> list[ExistingObject]:
    return list({(item.kind, item.id): item for item in items}.values())


def _one_chassis(items: list[ExistingObject], existing: ExistingObjects) -> list[ExistingObject]:
    """Members of one virtual chassis are one device to LibreNMS, and NetBox's master stands for them."""
    chassis_ids = {item.virtual_chassis_id for item in items}
    if len(items) == 0 or len(chassis_ids) > 1 or None in chassis_ids:
        return items
    chassis = existing.chassis(chassis_ids.pop())
    master = existing.get(ObjectKind.DEVICE, chassis.master_id) if chassis and chassis.master_id is not None else None
    if master is not None:
        return [master]
    return items


def _same_place(item: ExistingObject, wanted: Identity) -> bool:
    """Whether NetBox would call the name taken: unique, without case, in site and tenant, or in cluster and tenant."""
    if item.kind is not wanted.kind or item.tenant_id != wanted.tenant_id:
        return False
    if wanted.kind is ObjectKind.VIRTUAL_MACHINE and (wanted.cluster_id is not None or item.cluster_id is not None):
        return item.cluster_id == wanted.cluster_id
    return wanted.site_id is not None and item.site_id == wanted.site_id


def other_link(item: ExistingObject, wanted: Identity) -> int | None:
    """The LibreNMS device id of this server, not the wanted one, that an object is linked to."""
    links = item.links
    linked = links.by_key.get(wanted.server_key, links.legacy)
    return linked if linked != wanted.device_id else None


def _is_other(item: ExistingObject, wanted: Identity, live_ids: c.Container[int]) -> bool:
    """Whether an object is known to be another LibreNMS device that still exists."""
    other = other_link(item, wanted)
    return other is not None and other in live_ids


def _apart(items: list[ExistingObject], own: ExistingObject) -> list[ExistingObject]:
    """The items that are neither the object itself nor members of its virtual chassis."""
    return [
        item
        for item in items
        if (item.kind, item.id) != (own.kind, own.id)
        and (item.virtual_chassis_id is None or item.virtual_chassis_id != own.virtual_chassis_id)
    ]


def _by_link(wanted: Identity, found: _Candidates, existing: ExistingObjects, live_ids: c.Container[int]) -> Identified:
    own = found.linked[0]
    if others := _apart(found.by_serial, own):
        return _conflict(wanted, "serial", f"{_shown(own)} is linked to it, but {_shown(*others)} has its serial", own, MatchedBy.LIBRENMS_ID)
    unlinked = [item for item in _apart(found.by_name, own) if not _is_other(item, wanted, live_ids)]
    if unlinked:
        return _conflict(wanted, "name", f"{_shown(own)} is linked to it, but {_shown(*unlinked)} has its name", own, MatchedBy.LIBRENMS_ID)
    legacy = wanted.server_key not in own.links.by_key
    if legacy and _serials_differ(wanted, own, existing):
        what = f"{_shown(own)} is linked to an id {wanted.device_id} of an unnamed server and has another serial ({own.serial!r})"
        return _conflict(wanted, "librenms_id", what, own, MatchedBy.LIBRENMS_ID)
    warnings = []
    if own.kind is not wanted.kind:
        message = f"It is imported as {wanted.kind}, but {_shown(own)} is linked to it."
        hint = "Correct rules.import_as, or the object in NetBox."
        warnings.append(Issue(IssueCode.DEVICE_AND_VM_CONFLICT, "import_as", message, hint))
    elif _serials_differ(wanted, own, existing):
        message = f"{_shown(own)} has the serial {own.serial!r}, LibreNMS says {', '.join(map(repr, filter(None, wanted.serials)))}."
        hint = "If the hardware was replaced, correct the serial in NetBox, or set update_fields.serial to always."
        warnings.append(Issue(IssueCode.SERIAL_CONFLICT, "serial", message, hint, value=own.serial))
    return Identified(own, MatchedBy.LIBRENMS_ID, warnings=tuple(warnings))


def _by_serial(wanted: Identity, found: _Candidates, live_ids: c.Container[int]) -> Identified:
    own = found.by_serial[0]
    if _is_other(own, wanted, live_ids):
        message = f"Its serial {own.serial!r} belongs to {_shown(own)}, which is LibreNMS device {other_link(own, wanted)}."
        hint = "One box may stand in LibreNMS twice, say by two addresses: delete one of them there."
        issue = Issue(IssueCode.SERIAL_CONFLICT, "serial", message, hint, value=own.serial)
        return Identified(own, MatchedBy.SERIAL, (issue,))
    others = [item for item in _apart(found.by_name, own) if not _is_other(item, wanted, live_ids)]
    if others:
        return _conflict(wanted, "name", f"{_shown(own)} has its serial, but {_shown(*others)} has its name", own, MatchedBy.SERIAL)
    return Identified(own, MatchedBy.SERIAL)


def _by_name(wanted: Identity, own: ExistingObject, existing: ExistingObjects, live_ids: c.Container[int]) -> Identified:
    if _is_other(own, wanted, live_ids):
        message = f"Its name is taken by {_shown(own)}, which is LibreNMS device {other_link(own, wanted)}."
        hint = "Give one of the two another name, in LibreNMS or in overrides."
        return Identified(own, MatchedBy.NAME, (Issue(IssueCode.NAME_TAKEN, "name", message, hint, value=own.name),))
    if _serials_differ(wanted, own, existing):
        what = f"{_shown(own)} has its name, but the serial {own.serial!r}"
        return _conflict(wanted, "serial", what, own, MatchedBy.NAME)
    return Identified(own, MatchedBy.NAME)


def _serials_differ(wanted: Identity, own: ExistingObject, existing: ExistingObjects) -> bool:
    """Whether both sides name sane serials and none is the same, over all members of a stack."""
    stored = {identity(own.serial)}
    if own.virtual_chassis_id is not None:
        stored |= {identity(item.serial) for item in existing.members(own.virtual_chassis_id)}
    known = {identity(serial) for serial in (*wanted.serials, *wanted.member_serials)}
    stored.discard("")
    known.discard("")
    return bool(stored and known and identity(own.serial) and not stored & known)


def _suspects(wanted: Identity, existing: ExistingObjects) -> Identified:
    """Objects that may be the same device although no key says so."""
    named = _unique(item for name in wanted.names for item in existing.named(name))
    for item in named:
        if item.kind is not wanted.kind and (item.site_id is None or wanted.site_id is None or item.site_id == wanted.site_id):
            message = f"{_shown(item)} has its name, and it is imported as {wanted.kind}."
            hint = "Correct rules.import_as, or rename one of them."
            return Identified(None, None, (Issue(IssueCode.DEVICE_AND_VM_CONFLICT, "import_as", message, hint, value=item.name),))
    for item in named:
        same_site = wanted.site_id is not None and item.site_id == wanted.site_id
        if item.kind is wanted.kind and same_site and item.tenant_id != wanted.tenant_id and None in (item.tenant_id, wanted.tenant_id):
            message = f"{_shown(item)} has its name in its site, but another tenant."
            hint = "If they are one, give the device that tenant by rules.tenants; if not, rename one of them."
            return Identified(item, MatchedBy.NAME, (Issue(IssueCode.POSSIBLE_DUPLICATE, "tenant", message, hint, value=item.name),))
    for address in wanted.addresses:
        holders = existing.with_primary_ip(address)
        if holders:
            message = f"{_shown(*holders)} has its address {address} as primary IP address."
            hint = "If they are one, write the LibreNMS id into librenms_id there; if not, correct the address."
            issue = Issue(IssueCode.POSSIBLE_DUPLICATE, "primary_ip", message, hint, value=address)
            return Identified(holders[0], MatchedBy.PRIMARY_IP, (issue,))
    return Identified()


def _shown(*items: ExistingObject) -> str:
    kind = {ObjectKind.DEVICE: "device", ObjectKind.VIRTUAL_MACHINE: "virtual machine"}
    return ", ".join(f"{kind[item.kind]} {printable(item.name) or 'without name'!r} (id {item.id})" for item in items)


def _conflict(
    wanted: Identity, field: str, what: str, existing: ExistingObject | None = None, matched_by: MatchedBy | None = None
) -> Identified:
    hint = "Make NetBox say one thing: correct the link, serial or name there, then run again."
    issue = Issue(IssueCode.IDENTITY_CONFLICT, field, f"It is not clear which object of NetBox this is: {what}.", hint)
    return Identified(existing, matched_by, (issue,))
