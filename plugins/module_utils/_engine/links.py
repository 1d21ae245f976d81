# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How NetBox remembers which LibreNMS device an object is, and which port an interface: the custom field ``librenms_id``, and a domain."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import hashlib
import re
import typing as t

from .._exceptions import OptionError
from .fields import Policy
from .kinds import ObjectKind

# dcim.VirtualChassis.domain of NetBox.
MAX_DOMAIN_LENGTH = 30

LINKED_TYPES = tuple(kind.target.row.model for kind in ObjectKind)
# Interfaces have the ids of LibreNMS's ports in it.
LINKED_PORT_TYPES = tuple(kind.port.row.model for kind in ObjectKind)


@dataclasses.dataclass(frozen=True, slots=True)
class Links:
    """What a custom field ``librenms_id`` says: ids of LibreNMS's devices, or ports, by server key, and one without a key.

    Forms (as netbox-librenms-plugin stores them): ``{"<key>": 42}``, ``{"<key>": {"id": 42, ...}}``, ``42``, ``"42"``.
    """

    by_key: c.Mapping[str, int] = dataclasses.field(default_factory=dict)
    legacy: int | None = None

    @classmethod
    def parse(cls, value: object) -> Links:
        if isinstance(value, dict):
            ids = {name: _id(item.get("id") if isinstance(item, dict) else item) for name, item in value.items()}
            return cls({name: number for name, number in ids.items() if number is not None})
        return cls(legacy=_id(value))


def _id(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        return int(value)
    return None


def linked_value(value: object, server_key: str, number: int) -> dict[str, t.Any]:
    """The custom field's value with this link in it; what it holds for other servers, and beside the id, is kept."""
    kept = dict(value) if isinstance(value, dict) else {}
    own = kept.get(server_key)
    kept[server_key] = {**own, "id": number} if isinstance(own, dict) else number
    return kept


def link_by_policy(value: object, server_key: str, number: int, policy: Policy) -> dict[str, t.Any] | None:
    """The value that the custom field of an object gets; None where it stays as it is."""
    link = linked_value(value, server_key, number)
    links = Links.parse(value)
    is_gap = links.by_key.get(server_key, links.legacy) is None
    may = policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and is_gap)
    return link if may and link != value else None


def checked_server_key(server_key: str) -> str:
    """Raises OptionError for a key that cannot be one in NetBox's field: GraphQL separates paths by two underscores."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", server_key) or "__" in server_key:
        raise OptionError("server_key", server_key, "must be letters, digits, '.', '-' and single '_'")
    return server_key


def chassis_domain(server_key: str, device_id: int) -> str:
    """The domain of a virtual chassis that this collection made, by which the next run finds it again.

    At most 30 characters (dcim.VirtualChassis.domain). With the default server key the same as netbox-librenms-plugin's.
    """
    prefix = "librenms" if server_key == "default" else "librenms-key" if server_key == "librenms" else server_key
    suffix = f"-{device_id}"
    if len(prefix) + len(suffix) > MAX_DOMAIN_LENGTH:
        digest = hashlib.sha256(prefix.encode()).hexdigest()[:6]
        prefix = prefix[: MAX_DOMAIN_LENGTH - len(suffix) - len(digest)] + digest
    return prefix + suffix


@dataclasses.dataclass(frozen=True, slots=True)
class LinkField:
    """The custom field ``librenms_id`` as NetBox has it; ``id`` is None when it is missing."""

    id: int | None = None
    object_types: tuple[str, ...] = ()

    @property
    def takes_ports(self) -> bool:
        """Whether interfaces may have links in it."""
        return not set(self.object_types).isdisjoint(LINKED_PORT_TYPES)
