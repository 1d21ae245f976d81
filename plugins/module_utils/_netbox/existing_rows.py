# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Devices, virtual machines and virtual chassis as rows of NetBox's two ways of reading them, and what an import knows them by."""

from __future__ import annotations

import collections.abc as c
import datetime
import ipaddress

from .._engine.fields import LINK_FIELD
from .._engine.judging.existing import ExistingChassis, ExistingObject
from .._engine.kinds import ObjectKind
from .._exceptions import UnusableAnswer
from .client import Json, NetBoxClient, related
from .graphql import GraphQLUnavailable

# primary_ip costs NetBox a query per device, primary_ip4 and primary_ip6 do not.
_COMMON = "id,name,serial,site,tenant,custom_fields,primary_ip4,primary_ip6,created,last_updated"
REST_FIELDS = {
    ObjectKind.DEVICE: f"{_COMMON},virtual_chassis,vc_position",
    ObjectKind.VIRTUAL_MACHINE: f"{_COMMON},cluster",
}
_GRAPHQL_COMMON = "id name serial custom_field_data site{id} tenant{id} primary_ip4{address} primary_ip6{address} created last_updated"
GRAPHQL_FIELDS = {
    ObjectKind.DEVICE: f"{_GRAPHQL_COMMON} virtual_chassis{{id}} vc_position",
    ObjectKind.VIRTUAL_MACHINE: f"{_GRAPHQL_COMMON} cluster{{id}}",
}

# Seconds between the two times of one save at most; less than any two requests are apart.
_ONE_SAVE = 0.01


def paged(ask: c.Callable[[int], list[ExistingObject]], start: int = 0, end: int | None = None) -> list[ExistingObject]:
    """All pages, each from the id after the last one's, as far as before an end. Raises GraphQLUnavailable where that is not understood."""
    objects: dict[int, ExistingObject] = {}
    while (end is None or start < end) and (page := ask(start)):
        if any(item.id < start or item.id in objects for item in page):
            # The same page would come for ever.
            raise GraphQLUnavailable
        objects |= {item.id: item for item in page if end is None or item.id < end}
        # A short page is no proof of the end: the server may have a smaller page size than asked for.
        start = max(item.id for item in page) + 1
    return list(objects.values())


def from_graphql(kind: ObjectKind, rows: object) -> list[ExistingObject]:
    """The rows of a GraphQL answer. Raises GraphQLUnavailable for what are none."""
    if not isinstance(rows, list):
        raise GraphQLUnavailable
    try:
        return [_row_of_graphql(kind, row) for row in rows]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise GraphQLUnavailable from None


def read_chassis(client: NetBoxClient) -> list[ExistingChassis]:
    columns = "id,name,domain,master,member_count"
    rows = client.read("dcim/virtual-chassis", "reading the virtual chassis from NetBox", fields=columns)
    return [
        ExistingChassis(row["id"], row.get("name") or "", row.get("domain") or "", related(row, "master"), row.get("member_count"))
        for row in rows
    ]


def host_of(address: str) -> str:
    """``10.0.0.1/24`` without its mask, in the form that Python gives addresses."""
    try:
        return str(ipaddress.ip_interface(address).ip)
    except ValueError:
        return ""


def from_rest(client: NetBoxClient, kind: ObjectKind, row: Json) -> ExistingObject:
    try:
        return _object(kind, row, (row.get("custom_fields") or {}).get(LINK_FIELD))
    except (TypeError, ValueError, KeyError, AttributeError):
        operation = f"reading the {kind.target.row.plural} from NetBox"
        raise UnusableAnswer(operation, url=client.url(kind.target), reason=f"row {row['id']} is no {kind.target.row.word}") from None


def _row_of_graphql(kind: ObjectKind, row: Json) -> ExistingObject:
    return _object(kind, row, (row.get("custom_field_data") or {}).get(LINK_FIELD))


def _object(kind: ObjectKind, row: Json, link: object) -> ExistingObject:
    addresses = (host_of(str(row[family]["address"])) for family in ("primary_ip4", "primary_ip6") if row.get(family))
    return ExistingObject(
        kind=kind,
        id=int(row["id"]),
        name=row.get("name") or "",
        serial=row.get("serial") or "",
        site_id=related(row, "site"),
        tenant_id=related(row, "tenant"),
        cluster_id=related(row, "cluster"),
        librenms_id=link,
        primary_ips=tuple(filter(None, addresses)),
        virtual_chassis_id=related(row, "virtual_chassis"),
        vc_position=row.get("vc_position"),
        untouched=_is_untouched(row),
    )


def _is_untouched(row: Json) -> bool:
    """Whether an object is as it was created. NetBox takes both times in one save, a moment apart."""
    try:
        created, updated = (datetime.datetime.fromisoformat(str(row.get(name))) for name in ("created", "last_updated"))
        return abs((updated - created).total_seconds()) < _ONE_SAVE
    except (ValueError, TypeError):
        return False
