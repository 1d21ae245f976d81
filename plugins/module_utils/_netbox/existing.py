# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading the devices, virtual machines and virtual chassis that NetBox has, in the cheapest way.

For a few wanted devices a handful of targeted queries, for many one full read: by GraphQL where it is on and answers,
else by REST. Filters only narrow what is read; the index that the objects go into compares every key itself.
"""

from __future__ import annotations

import collections.abc as c
import functools

from .._engine.judging.existing import ExistingObject, ExistingObjects
from .._engine.judging.identity import Identity
from .._engine.kinds import ObjectKind, Target
from .client import PAGE_SIZE, Extent, NetBoxClient
from .existing_rows import GRAPHQL_FIELDS, REST_FIELDS, from_graphql, from_rest, paged, read_chassis
from .graphql import GraphQLUnavailable, graphql
from .side_by_side import READERS, side_by_side
from .targeted import GRAPHQL_KEY, TARGETED_AT_ONCE, read_targeted

# Seconds, measured on NetBox 4.7 with 20,000 devices: a page of 1,000 objects by GraphQL, of which several are under way; and a round
# of targeted queries, with what each of them costs for each such page, as PostgreSQL compares every object with all their keys.
# Only their proportions matter.
_GRAPHQL_PAGE = 0.11
_TARGETED = 0.3
_TARGETED_PAGE = 0.02


def read_existing(client: NetBoxClient, wanted: c.Sequence[Identity]) -> ExistingObjects:
    """Everything of NetBox that decides about the identity of the wanted devices.

    Raises AccessDenied when the token may not view devices, virtual machines or virtual chassis: what it cannot see it
    would create a second time.
    """
    extents = _extents(client)
    pages = sum(_pages(extents[kind.target]) for kind in ObjectKind)
    key_fits = all(GRAPHQL_KEY.fullmatch(identity.server_key) for identity in wanted)
    queries = -(-len(wanted) // TARGETED_AT_ONCE)
    if pages and key_fits and _TARGETED + _TARGETED_PAGE * pages * queries < _GRAPHQL_PAGE * pages:
        try:
            return read_targeted(client, wanted)
        except GraphQLUnavailable:
            pass
    return _whole(client, extents)


def read_more(client: NetBoxClient, wanted: c.Sequence[Identity], known: ExistingObjects) -> ExistingObjects:
    """With what further keys of some devices find, where only what a few devices need was read before."""
    if not wanted or known.complete:
        return known
    try:
        return known.merged(read_targeted(client, wanted, known))
    except GraphQLUnavailable:
        return read_whole(client)


def _extents(client: NetBoxClient) -> dict[Target, Extent]:
    """How much there is of everything: this proves that the token may view it."""
    targets = (*(kind.target for kind in ObjectKind), Target.VIRTUAL_CHASSIS)
    operations = {target: f"counting the {target.row.plural} of NetBox" for target in targets}
    extents = side_by_side(functools.partial(client.extent, target, operation) for target, operation in operations.items())
    return dict(zip(targets, extents, strict=True))


def _pages(extent: Extent) -> int:
    return -(-extent.count // PAGE_SIZE)


def _whole(client: NetBoxClient, extents: c.Mapping[Target, Extent]) -> ExistingObjects:
    objects = [item for kind in ObjectKind if extents[kind.target].count for item in _all(client, kind, extents[kind.target])]
    # Also those that were made since they were counted.
    has_chassis = extents[Target.VIRTUAL_CHASSIS].count or any(item.virtual_chassis_id is not None for item in objects)
    return ExistingObjects(objects, read_chassis(client) if has_chassis else ())


def read_whole(client: NetBoxClient) -> ExistingObjects:
    """All devices, virtual machines and virtual chassis."""
    return _whole(client, _extents(client))


def _all(client: NetBoxClient, kind: ObjectKind, extent: Extent) -> list[ExistingObject]:
    try:
        objects = _all_by_graphql(client, kind, extent)
    except GraphQLUnavailable:
        objects = []
    # GraphQL shows an empty list where it may not show anything; REST has counted.
    if len(objects) >= extent.count:
        return objects
    rows = client.read(kind.target, f"reading the {kind.target.row.plural} from NetBox", fields=REST_FIELDS[kind])
    return [from_rest(client, kind, row) for row in rows]


def _all_by_graphql(client: NetBoxClient, kind: ObjectKind, extent: Extent) -> list[ExistingObject]:
    """All of them; where there are many, several stretches of ids at a time. The ids only tell where to begin, never what there is."""
    query = f"query($start:Int!){{rows:{kind.graphql_list}(pagination:{{start:$start,limit:{PAGE_SIZE}}}){{{GRAPHQL_FIELDS[kind]}}}}}"

    def ask(start: int) -> list[ExistingObject]:
        return from_graphql(kind, graphql(client, query, {"start": start}).get("rows"))

    parts = max(1, min(READERS, _pages(extent)))
    starts = [extent.last_id * part // parts for part in range(parts)]
    stretches = zip(starts, (*starts[1:], None), strict=True)
    found = side_by_side(functools.partial(paged, ask, start, end) for start, end in stretches)
    return [item for objects in found for item in objects]
