# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading only what a few devices need of NetBox: what their keys find, and the virtual chassis that it belongs to."""

from __future__ import annotations

import collections.abc as c
import functools
import re

from .._engine.fields import LINK_FIELD
from .._engine.judging.existing import ExistingChassis, ExistingObject, ExistingObjects
from .._engine.judging.identity import Identity
from .._engine.kinds import ObjectKind
from .client import PAGE_SIZE, Json, NetBoxClient
from .existing_rows import GRAPHQL_FIELDS, REST_FIELDS, from_graphql, from_rest, host_of, paged, read_chassis
from .graphql import GraphQLUnavailable, graphql
from .side_by_side import side_by_side

# Devices that one query looks for.
TARGETED_AT_ONCE = 200

# Segments of a JSON path in NetBox's GraphQL filters.
GRAPHQL_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


Found = ExistingObject | ExistingChassis


def read_targeted(client: NetBoxClient, wanted: c.Sequence[Identity], known: ExistingObjects | None = None) -> ExistingObjects:
    """What the keys of some devices find, and the other members of its virtual chassis.

    :param known: what was found before for the same devices; then their addresses and the virtual chassis are not read again
    :raises GraphQLUnavailable: all of NetBox has to be read
    """
    reads: list[c.Callable[[], c.Sequence[Found]]] = [
        functools.partial(_by_keys, client, wanted[start : start + TARGETED_AT_ONCE], kind)
        for start in range(0, len(wanted), TARGETED_AT_ONCE)
        for kind in ObjectKind
    ]
    if known is None:
        addresses = sorted({address for identity in wanted for address in identity.addresses})
        reads += [functools.partial(_by_addresses, client, addresses), functools.partial(read_chassis, client)]
    found = [item for items in side_by_side(reads) for item in items]
    objects = {(item.kind, item.id): item for item in found if isinstance(item, ExistingObject)}
    chassis = {item.id: item for item in (found if known is None else known.all_chassis) if isinstance(item, ExistingChassis)}
    chassis_ids = {item.virtual_chassis_id for item in objects.values() if item.virtual_chassis_id is not None}
    if not chassis_ids <= chassis.keys():
        # Made since they were read.
        chassis = {item.id: item for item in read_chassis(client)}
    wanted_chassis = chassis_ids | {item.id for item in chassis.values() if _is_domain_of(item, wanted)}
    operation = "reading the members of virtual chassis from NetBox"
    fields = REST_FIELDS[ObjectKind.DEVICE]
    rows = client.read_by("dcim/devices", operation, "virtual_chassis_id", sorted(wanted_chassis), fields=fields)
    members = (from_rest(client, ObjectKind.DEVICE, row) for row in rows)
    objects |= {(item.kind, item.id): item for item in members if item.virtual_chassis_id in wanted_chassis}
    return ExistingObjects(objects.values(), chassis.values(), complete=False)


def _is_domain_of(chassis: ExistingChassis, wanted: c.Sequence[Identity]) -> bool:
    ids = {identity.device_id for identity in wanted}
    number = chassis.domain.rpartition("-")[2]
    return number.isascii() and number.isdecimal() and int(number) in ids


def _by_keys(client: NetBoxClient, wanted: c.Sequence[Identity], kind: ObjectKind) -> list[ExistingObject]:
    """By link, serial and name, in one GraphQL request (NetBox allows ten aliases in one)."""
    server_keys = sorted({identity.server_key for identity in wanted})
    lookups = {
        "names": _alternatives(name for identity in wanted for name in (*identity.names, *identity.member_names)),
        "serials": _alternatives(text for identity in wanted for text in (*identity.serials, *identity.member_serials)),
        "ids": _alternatives(str(identity.device_id) for identity in wanted),
    }
    variables: Json = {name: text for name, text in lookups.items() if text}
    declared = ",".join(f"${name}:String!" for name in variables)
    paths = [LINK_FIELD, *(path for key in server_keys for path in (f"{LINK_FIELD}__{key}", f"{LINK_FIELD}__{key}__id"))]
    filters = ["{name:{i_regex:$names}}"] if "names" in variables else []
    filters += ["{serial:{i_regex:$serials}}"] if "serials" in variables else []
    # An expression, because it finds an id that is stored as a number and one that is stored as a text.
    filters += [f'{{custom_field_data:{{path:"{path}",lookup:{{string_lookup:{{regex:$ids}}}}}}}}' for path in paths]
    parts = [f"q{number}:{kind.graphql_list}(filters:{text}){{{GRAPHQL_FIELDS[kind]}}}" for number, text in enumerate(filters)]
    data = graphql(client, f"query({declared}){{{' '.join(parts)}}}", variables)
    found = {text: from_graphql(kind, data.get(f"q{number}")) for number, text in enumerate(filters)}
    longest = max(map(len, found.values()))
    if longest >= PAGE_SIZE:
        # The keys are no good for narrowing here.
        raise GraphQLUnavailable
    objects: list[ExistingObject] = []
    for text, items in found.items():
        # NetBox cuts every list at the page size of its configuration and does not say so. A list that is shorter than the longest
        # page this run has seen cannot be cut; any other is read again by pages.
        objects += items if len(items) < client.longest_page else _by_pages(client, kind, text, variables)
    client.longest_page = max(client.longest_page, longest)
    return objects


def _by_pages(client: NetBoxClient, kind: ObjectKind, text: str, variables: Json) -> list[ExistingObject]:
    """All that one filter finds, until a page is empty."""
    used = {name: value for name, value in variables.items() if f"${name}" in text}
    declared = ",".join(["$start:Int!", *(f"${name}:String!" for name in used)])
    pagination = f"pagination:{{start:$start,limit:{PAGE_SIZE}}}"
    query = f"query({declared}){{rows:{kind.graphql_list}(filters:{text},{pagination}){{{GRAPHQL_FIELDS[kind]}}}}}"
    return paged(lambda start: from_graphql(kind, graphql(client, query, {"start": start, **used}).get("rows")))


def _alternatives(texts: c.Iterable[str]) -> str:
    """A regular expression of PostgreSQL for any of the texts as a whole, whatever their blanks are; "" for none."""
    unique = sorted({" ".join(text.split()) for text in texts if text.strip()})
    escaped = ("".join(_escaped(char) for char in text) for text in unique)
    return rf"^\s*({'|'.join(escaped)})\s*$" if unique else ""


def _escaped(char: str) -> str:
    if char.isspace():
        return r"\s+"
    if char.isalnum():
        return char
    return f"\\{char}" if char.isascii() else "."


def _by_addresses(client: NetBoxClient, addresses: c.Sequence[str]) -> list[ExistingObject]:
    operation = "looking up IP addresses in NetBox"
    rows = client.read_by("ipam/ip-addresses", operation, "address", addresses, fields="id,address")
    known = set(addresses)
    ids = [row["id"] for row in rows if host_of(str(row.get("address"))) in known]
    objects = []
    for kind in ObjectKind:
        for family in ("primary_ip4_id", "primary_ip6_id"):
            wanted = [row["id"] for row in rows if row["id"] in ids and (":" in str(row["address"])) == (family == "primary_ip6_id")]
            found = client.read_by(kind.target, operation, family, wanted, fields=REST_FIELDS[kind])
            objects += [item for item in (from_rest(client, kind, row) for row in found) if known.intersection(item.primary_ips)]
    return objects
