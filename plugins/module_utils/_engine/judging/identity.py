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

from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..serials import identity
from ..text import key, printable
from .existing import ExistingObject, ExistingObjects


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
    :param member_names: the names that all members of its stack get
    :param stack: it is known to be a stack, whether or not its members have serials
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
    member_names: tuple[str, ...] = ()
    stack: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Identified:
    """The object found, by which key, and what speaks against it. With issues the object is a suspect only."""

    existing: ExistingObject | None = None
    matched_by: MatchedBy | None = None
    issues: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Others:
    """What tells that an object of NetBox is another LibreNMS device.

    :param live_ids: of the ids from :func:`links_in_doubt`, those which LibreNMS still has
    :param claimed: the device of the selection that an object is beyond doubt and that will be linked to it, by kind and id
    """

    live_ids: c.Container[int]
    claimed: c.Mapping[tuple[ObjectKind, int], int] = dataclasses.field(default_factory=dict)


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
    alike = (*found.by_serial, *found.by_name, *members, *_owners_of_members(wanted, existing), *_elsewhere(wanted, existing))
    ids = (other_link(item, wanted) for item in alike)
    return frozenset(device_id for device_id in ids if device_id is not None)


def identify(wanted: Identity, existing: ExistingObjects, others: Others) -> Identified:
    """Finds the object that a device is, or tells why that cannot be said.

    :param others: which objects are known to be other LibreNMS devices
    """
    found = _candidates(wanted, existing)
    if len(found.linked) > 1:
        return _conflict("librenms_id", f"{_shown(*found.linked)} are all linked to LibreNMS device {wanted.device_id}")
    if found.linked:
        return _by_link(wanted, found, existing, others)
    if other_kind := _of_other_kind(wanted, _with_serials(wanted, existing), MatchedBy.SERIAL):
        return other_kind
    by_serial = found.by_serial or _owners_of_members(wanted, existing)
    if len(by_serial) > 1:
        return _conflict("serial", f"{_shown(*by_serial)} all have its serial")
    if by_serial:
        return _by_serial(wanted, by_serial[0], found.by_name, others)
    if len(found.by_name) > 1:
        return _conflict("name", f"{_shown(*found.by_name)} all have its name")
    if found.by_name:
        return _by_name(wanted, found.by_name[0], existing, others)
    return _suspects(wanted, existing, others)


def _candidates(wanted: Identity, existing: ExistingObjects) -> _Candidates:
    linked = _unique(existing.linked(wanted.server_key, wanted.device_id))
    if len(linked) > 1:
        # Of the members of one virtual chassis the master is meant, if it is linked itself.
        linked = [item for item in _one_chassis(linked, wanted, existing) if item in linked] or linked
    by_serial = [item for item in _with_serials(wanted, existing) if item.kind is wanted.kind]
    by_name = _unique(item for name in wanted.names for item in existing.named(name) if _same_place(item, wanted))
    return _Candidates(linked, _one_chassis(by_serial, wanted, existing), _one_chassis(by_name, wanted, existing))


def _with_serials(wanted: Identity, existing: ExistingObjects) -> list[ExistingObject]:
    return _unique(item for serial in wanted.serials for item in existing.with_serial(serial))


def _unique(items: c.Iterable[ExistingObject]) -> list[ExistingObject]:
    return list({(item.kind, item.id): item for item in items}.values())


def _one_chassis(items: list[ExistingObject], wanted: Identity, existing: ExistingObjects) -> list[ExistingObject]:
    """Members of one virtual chassis are one device to LibreNMS, and NetBox's master stands for them.

    A single member stays what it is, unless the master is known to be of the same stack: LibreNMS may know the member alone.
    """
    chassis_ids = {item.virtual_chassis_id for item in items}
    if len(chassis_ids) != 1:
        return items
    master = _master(chassis_ids.pop(), existing)
    return [master] if master is not None and (len(items) > 1 or _stands_for(master, wanted)) else items


def _master(chassis_id: int | None, existing: ExistingObjects) -> ExistingObject | None:
    chassis = existing.chassis(chassis_id)
    return existing.get(ObjectKind.DEVICE, chassis.master_id) if chassis and chassis.master_id is not None else None


def _stands_for(master: ExistingObject, wanted: Identity) -> bool:
    """Whether the master of a virtual chassis is of the wanted stack: by serial, where both sides have any."""
    serial, members = identity(master.serial), _identities(wanted.member_serials)
    if serial and members:
        return serial in members
    return wanted.stack or key(master.name) in {key(name) for name in wanted.names}


def _owners_of_members(wanted: Identity, existing: ExistingObjects) -> list[ExistingObject]:
    """The masters of the virtual chassis that NetBox has for members of the wanted stack, where no serial speaks against it."""
    if not wanted.stack:
        return []
    members = (item for serial in wanted.member_serials for item in existing.with_serial(serial) if item.kind is wanted.kind)
    masters = (_master(item.virtual_chassis_id, existing) for item in members)
    return _unique(item for item in masters if item is not None and _stands_for(item, wanted))


def _identities(serials: c.Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(identity, serials)))


def _same_place(item: ExistingObject, wanted: Identity) -> bool:
    """Whether a name means one object: unique, without case, in site and tenant, or in cluster and tenant."""
    return item.kind is wanted.kind and item.tenant_id == wanted.tenant_id and _same_spot(item, wanted)


def _same_spot(item: ExistingObject, wanted: Identity) -> bool:
    if wanted.kind is ObjectKind.VIRTUAL_MACHINE and None not in (item.cluster_id, wanted.cluster_id):
        return item.cluster_id == wanted.cluster_id
    return wanted.site_id is not None and item.site_id == wanted.site_id


def _elsewhere(wanted: Identity, existing: ExistingObjects) -> list[ExistingObject]:
    """Objects of the wanted name that could be the wanted one, but for a tenant, cluster or site that one side may lack."""
    named = _unique(item for name in wanted.names for item in existing.named(name) if item.kind is wanted.kind)
    return [item for item in named if not _same_place(item, wanted) and (_other_tenant(item, wanted) or _other_cluster(item, wanted))]


def _other_tenant(item: ExistingObject, wanted: Identity) -> bool:
    return item.tenant_id != wanted.tenant_id and None in (item.tenant_id, wanted.tenant_id) and _same_spot(item, wanted)


def _other_cluster(item: ExistingObject, wanted: Identity) -> bool:
    if wanted.kind is not ObjectKind.VIRTUAL_MACHINE or item.tenant_id != wanted.tenant_id:
        return False
    if None not in (item.site_id, wanted.site_id):
        return item.site_id == wanted.site_id
    return (item.cluster_id is None) != (wanted.cluster_id is None)


def other_link(item: ExistingObject, wanted: Identity) -> int | None:
    """The LibreNMS device id of this server, not the wanted one, that an object is linked to."""
    links = item.links
    linked = links.by_key.get(wanted.server_key, links.legacy)
    return linked if linked != wanted.device_id else None


def _is_other(item: ExistingObject, wanted: Identity, others: Others) -> bool:
    """Whether an object is known to be another LibreNMS device that still exists."""
    return _other(item, wanted, others) is not None


def _other(item: ExistingObject, wanted: Identity, others: Others) -> int | None:
    """The other LibreNMS device that an object is known to be."""
    linked = other_link(item, wanted)
    if linked is not None and linked in others.live_ids:
        return linked
    claimant = others.claimed.get((item.kind, item.id))
    return claimant if claimant != wanted.device_id else None


def _apart(items: list[ExistingObject], own: ExistingObject, wanted: Identity) -> list[ExistingObject]:
    """The items that are neither the object itself nor other members of its stack."""
    members = _identities(wanted.member_serials)
    fellows = members if identity(own.serial) in members else frozenset()
    return [
        item
        for item in items
        if (item.kind, item.id) != (own.kind, own.id)
        and (item.virtual_chassis_id is None or item.virtual_chassis_id != own.virtual_chassis_id)
        and identity(item.serial) not in fellows
    ]


def _by_link(wanted: Identity, found: _Candidates, existing: ExistingObjects, others: Others) -> Identified:
    own = found.linked[0]
    if apart := _apart(_with_serials(wanted, existing), own, wanted):
        return _conflict("serial", f"{_shown(own)} is linked to it, but {_shown(*apart)} has its serial", own, MatchedBy.LIBRENMS_ID)
    unlinked = [item for item in _apart(found.by_name, own, wanted) if not _is_other(item, wanted, others)]
    if unlinked:
        return _conflict("name", f"{_shown(own)} is linked to it, but {_shown(*unlinked)} has its name", own, MatchedBy.LIBRENMS_ID)
    legacy = wanted.server_key not in own.links.by_key
    if legacy and _serials_differ(wanted, own, existing):
        what = f"{_shown(own)} is linked to an id {wanted.device_id} of an unnamed server and has another serial ({own.serial!r})"
        return _conflict("librenms_id", what, own, MatchedBy.LIBRENMS_ID)
    warnings = []
    if own.kind is not wanted.kind:
        message = f"It is imported as {wanted.kind.replace('_', ' ')}, but {_shown(own)} is linked to it."
        hint = "Correct rules.import_as, or the object in NetBox."
        warnings.append(Issue(IssueCode.DEVICE_AND_VM_CONFLICT, "import_as", message, hint))
    elif _serials_differ(wanted, own, existing):
        message = f"{_shown(own)} has the serial {own.serial!r}, LibreNMS says {', '.join(map(repr, filter(None, wanted.serials)))}."
        hint = "If the hardware was replaced, correct the serial in NetBox, or set update_fields.serial to always."
        warnings.append(Issue(IssueCode.SERIAL_CONFLICT, "serial", message, hint, value=own.serial))
    return Identified(own, MatchedBy.LIBRENMS_ID, warnings=tuple(warnings))


def _by_serial(wanted: Identity, own: ExistingObject, by_name: list[ExistingObject], others: Others) -> Identified:
    if (other := _other(own, wanted, others)) is not None:
        message = f"Its serial belongs to {_shown(own)}, which is LibreNMS device {other}."
        hint = "One box may stand in LibreNMS twice, say by two addresses: delete one of them there."
        issue = Issue(IssueCode.SERIAL_CONFLICT, "serial", message, hint, value=own.serial)
        return Identified(own, MatchedBy.SERIAL, (issue,))
    apart = [item for item in _apart(by_name, own, wanted) if not _is_other(item, wanted, others)]
    if apart:
        return _conflict("name", f"{_shown(own)} has its serial, but {_shown(*apart)} has its name", own, MatchedBy.SERIAL)
    return Identified(own, MatchedBy.SERIAL)


def _by_name(wanted: Identity, own: ExistingObject, existing: ExistingObjects, others: Others) -> Identified:
    if (other := _other(own, wanted, others)) is not None:
        message = f"Its name is taken by {_shown(own)}, which is LibreNMS device {other}."
        hint = "Give one of the two another name, in LibreNMS or in overrides."
        return Identified(own, MatchedBy.NAME, (Issue(IssueCode.NAME_TAKEN, "name", message, hint, value=own.name),))
    if _serials_differ(wanted, own, existing):
        what = f"{_shown(own)} has its name, but the serial {own.serial!r}"
        return _conflict("serial", what, own, MatchedBy.NAME)
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


def _suspects(wanted: Identity, existing: ExistingObjects, others: Others) -> Identified:
    """Objects that may be the same device although no key says so."""
    named = (item for name in wanted.names for item in existing.named(name) if _same_site_or_unknown(item, wanted))
    if other_kind := _of_other_kind(wanted, named, MatchedBy.NAME):
        return other_kind
    for item in _elsewhere(wanted, existing):
        if not _is_other(item, wanted, others):
            lacking = "tenant" if item.tenant_id != wanted.tenant_id else "cluster"
            message = f"{_shown(item)} has its name in its place, but another {lacking} or none."
            hint = f"If they are one, give both the same {lacking}, by rules or in NetBox; if not, rename one of them."
            return Identified(item, MatchedBy.NAME, (Issue(IssueCode.POSSIBLE_DUPLICATE, lacking, message, hint, value=item.name),))
    for address in wanted.addresses:
        holders = existing.with_primary_ip(address)
        if holders:
            message = f"{_shown(*holders)} has its address {address} as primary IP address."
            hint = "If they are one, write the LibreNMS id into librenms_id there; if not, correct the address."
            issue = Issue(IssueCode.POSSIBLE_DUPLICATE, "primary_ip", message, hint, value=address)
            return Identified(holders[0], MatchedBy.PRIMARY_IP, (issue,))
    return Identified()


def _of_other_kind(wanted: Identity, items: c.Iterable[ExistingObject], matched_by: MatchedBy) -> Identified | None:
    """A device where a virtual machine is wanted, or the reverse."""
    item = next((item for item in items if item.kind is not wanted.kind), None)
    if item is None:
        return None
    message = f"{_shown(item)} has its {matched_by}, and it is imported as {wanted.kind.replace('_', ' ')}."
    hint = "Correct rules.import_as, or the object in NetBox."
    issue = Issue(IssueCode.DEVICE_AND_VM_CONFLICT, "import_as", message, hint, value=item.name)
    return Identified(item, matched_by, (issue,))


def _same_site_or_unknown(item: ExistingObject, wanted: Identity) -> bool:
    return None in (item.site_id, wanted.site_id) or item.site_id == wanted.site_id


def _shown(*items: ExistingObject) -> str:
    return ", ".join(f"{item.kind.word} {printable(item.name) or 'without name'!r} (id {item.id})" for item in items)


def _conflict(field: str, what: str, existing: ExistingObject | None = None, matched_by: MatchedBy | None = None) -> Identified:
    hint = "Make NetBox say one thing: correct the link, serial or name there, then run again."
    issue = Issue(IssueCode.IDENTITY_CONFLICT, field, f"It is not clear which object of NetBox this is: {what}.", hint)
    return Identified(existing, matched_by, (issue,))
