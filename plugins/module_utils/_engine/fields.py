# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The fields of NetBox that an import knows: one line for each, and no other list of them.

From here follow the default policies and the keys of ``update_fields``, the columns that are read of objects, what is
compared and updated, what the members of a stack share, the match part of a result, the columns of a report, and the keys of
``overrides``. Code that has to do something of its own for a field is checked against this table when it is imported.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum

from .kinds import ObjectKind, Target

LINK_FIELD = "librenms_id"


class Policy(enum.StrEnum):
    """What an import may do to a field of an object that exists: a value of ``update_fields``."""

    NEVER = "never"
    IF_EMPTY = "if_empty"
    ALWAYS = "always"


class Holds(enum.Enum):
    """What a field holds."""

    TEXT = "text"
    CHOICE = "choice"
    # The id of another object.
    REFERENCE = "reference"
    TAGS = "tags"
    # The custom field librenms_id.
    LINK = "link"


_DEVICE = frozenset({ObjectKind.DEVICE})
_MACHINE = frozenset({ObjectKind.VIRTUAL_MACHINE})
_BOTH = _DEVICE | _MACHINE


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field.

    :ivar kinds: the objects that have it
    :ivar default: the policy where ``update_fields`` does not name it. What people edit in NetBox stays: the link is the
        collection's own, a missing serial or platform is a gap
    :ivar shared: the members of a stack have it from the device; otherwise it is one member's own
    :ivar cleared_by: the field whose new value leaves nothing of this one's
    :ivar names_within: NetBox's names are unique in it: a change of it can make a name taken
    :ivar override: the option ``overrides`` has a key for it
    :ivar optional: the objects that NetBox takes without it
    :ivar listing: what NetBox calls the end point of the objects it refers to, by the catalog's name; "" for no reference
    """

    name: str
    holds: Holds
    kinds: frozenset[ObjectKind]
    default: Policy = Policy.NEVER
    shared: bool = False
    cleared_by: str = ""
    names_within: bool = False
    override: bool = False
    listing: str = ""
    optional: frozenset[ObjectKind] = frozenset()

    @property
    def is_reference(self) -> bool:
        return self.holds is Holds.REFERENCE


_TABLE = (
    Field("name", Holds.TEXT, _BOTH, names_within=True, override=True),
    Field("device_type", Holds.REFERENCE, _DEVICE, override=True, listing="device_types"),
    Field("cluster", Holds.REFERENCE, _MACHINE, names_within=True, override=True, listing="clusters"),
    Field("site", Holds.REFERENCE, _BOTH, shared=True, names_within=True, override=True, listing="sites", optional=_MACHINE),
    Field("location", Holds.REFERENCE, _DEVICE, shared=True, cleared_by="site", override=True, listing="locations", optional=_DEVICE),
    Field("rack", Holds.REFERENCE, _DEVICE, shared=True, cleared_by="site", override=True, listing="racks", optional=_DEVICE),
    Field("role", Holds.REFERENCE, _BOTH, shared=True, override=True, listing="roles", optional=_MACHINE),
    Field("status", Holds.CHOICE, _BOTH, shared=True, optional=_BOTH),
    Field("serial", Holds.TEXT, _BOTH, default=Policy.IF_EMPTY, optional=_BOTH),
    Field("platform", Holds.REFERENCE, _BOTH, default=Policy.IF_EMPTY, shared=True, override=True, listing="platforms", optional=_BOTH),
    Field("tenant", Holds.REFERENCE, _BOTH, shared=True, names_within=True, override=True, listing="tenants", optional=_BOTH),
    Field("tags", Holds.TAGS, _BOTH, shared=True, optional=_BOTH),
    Field(LINK_FIELD, Holds.LINK, _BOTH, default=Policy.ALWAYS),
)

FIELDS: c.Mapping[str, Field] = {field.name: field for field in _TABLE}

DEFAULT_POLICIES: c.Mapping[str, Policy] = {field.name: field.default for field in _TABLE}

# The fields of interfaces, but for the link, which has one policy for all kinds of objects. A type that a device type's template
# gave, and a state that somebody set, stay.
INTERFACE_POLICIES: c.Mapping[str, Policy] = {
    "description": Policy.IF_EMPTY,
    "enabled": Policy.NEVER,
    "mtu": Policy.IF_EMPTY,
    "speed": Policy.IF_EMPTY,
    "mac_address": Policy.IF_EMPTY,
    "type": Policy.NEVER,
    "lag": Policy.IF_EMPTY,
}

# What ``update_fields`` may name, and its value where it does not.
ALL_POLICIES: c.Mapping[str, Policy] = {**DEFAULT_POLICIES, **INTERFACE_POLICIES}

# What a result's match part, a report and a catalog tell of: in the order in which people look for it.
MATCHED = ("site", "location", "rack", "device_type", "platform", "role", "tenant", "cluster")
OVERRIDABLE = tuple(field.name for field in _TABLE if field.override)
# What is a device's own also where it is a member of a stack.
OF_ONE_MEMBER = frozenset(field.name for field in _TABLE if not field.shared and ObjectKind.DEVICE in field.kinds) - {LINK_FIELD}
NAMES_WITHIN = tuple(field.name for field in _TABLE if field.names_within)


def fields_of(kind: ObjectKind) -> tuple[Field, ...]:
    """The fields that an object of this kind has, in the order in which they are written."""
    return tuple(field for field in _TABLE if kind in field.kinds)


def shared_fields(kind: ObjectKind = ObjectKind.DEVICE) -> tuple[Field, ...]:
    """What the members of a stack have from the device that the stack is."""
    return tuple(field for field in fields_of(kind) if field.shared)


def cleared_with(name: str) -> tuple[str, ...]:
    """The fields of which a new value of this one leaves nothing."""
    return tuple(field.name for field in _TABLE if field.cleared_by == name)


# Fields that NetBox names in a refusal although another is sent which does not go with them.
_INSTEAD: c.Mapping[str, tuple[str, ...]] = {
    "cluster": ("site",),
    "rack": ("location", "site"),
    "location": ("rack", "site"),
    "face": ("rack", "location", "site"),
    "position": ("rack", "location", "site"),
    "platform": ("device_type",),
    "device_type": ("platform",),
}


def to_leave_out(refused: str, target: Target, sent: c.Collection[str], *, creates: bool) -> tuple[str, ...]:
    """The fields without which an object may be sent again after NetBox has refused one of its fields; () when it cannot.

    A new object needs those that are not optional. A change may leave out any but the link; of an interface the link, too.
    """
    kind = ObjectKind.of(target)
    if kind is None:
        return (refused,) if target.is_port and refused in sent and is_optional_of_port(refused, creates=creates) else ()
    for name in (refused, *_INSTEAD.get(refused, ())):
        field = FIELDS.get(name)
        if field is None or name not in sent or field.holds is Holds.LINK:
            continue
        needed = kind not in field.optional or (name == "site" and "cluster" not in sent)
        if not (creates and needed):
            return (name, *(other for other in cleared_with(name) if other in sent))
    return ()


# What an interface can do without, because a later import adds it. "custom_fields" holds nothing but the link to the port.
_OPTIONAL_OF_PORTS = frozenset({*INTERFACE_POLICIES, "primary_mac_address", "custom_fields"})


def is_optional_of_port(name: str, *, creates: bool) -> bool:
    """Whether an interface may be sent again without a field after NetBox has refused it."""
    return name in _OPTIONAL_OF_PORTS and not (creates and name == "type")


def must_cover(what: str, given: c.Iterable[str], wanted: c.Iterable[str]) -> None:
    """Raises TypeError, when code is imported, where a list of fields of its own lacks one of the table or has one too many."""
    given_names, wanted_names = set(given), set(wanted)
    if given_names != wanted_names:
        raise TypeError(f"{what} and the table of fields differ in {', '.join(sorted(given_names ^ wanted_names))}")


must_cover("MATCHED", MATCHED, (field.name for field in _TABLE if field.is_reference))
must_cover("listing", (field.name for field in _TABLE if field.listing), MATCHED)
