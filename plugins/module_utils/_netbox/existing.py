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
import datetime
import functools
import ipaddress
import json
import re
import typing as t

from .._engine.custom_fields import CUSTOM
from .._engine.fields import LINK_FIELD, Field, Holds, fields_of
from .._engine.judging.existing import ExistingChassis, ExistingObject, ExistingObjects
from .._engine.judging.identity import Identity
from .._engine.kinds import ObjectKind, Target
from .._engine.planning.initial_values import AllFields
from .._engine.planning.plan import Fields, FieldState
from .._exceptions import UnusableAnswer
from .._http.session import READ_MARK, api_error
from .client import PAGE_SIZE, Extent, Json, NetBoxClient, related
from .side_by_side import READERS, side_by_side

# primary_ip costs NetBox a query per device, primary_ip4 and primary_ip6 do not.
_COMMON = "id,name,serial,site,tenant,custom_fields,primary_ip4,primary_ip6,created,last_updated"
_REST_FIELDS = {
    ObjectKind.DEVICE: f"{_COMMON},virtual_chassis,vc_position",
    ObjectKind.VIRTUAL_MACHINE: f"{_COMMON},cluster",
}
_GRAPHQL_COMMON = "id name serial custom_field_data site{id} tenant{id} primary_ip4{address} primary_ip6{address} created last_updated"
_GRAPHQL_FIELDS = {
    ObjectKind.DEVICE: f"{_GRAPHQL_COMMON} virtual_chassis{{id}} vc_position",
    ObjectKind.VIRTUAL_MACHINE: f"{_GRAPHQL_COMMON} cluster{{id}}",
}

# Seconds, measured on NetBox 4.7 with 20,000 devices: a page of 1,000 objects by GraphQL, of which several are under way; and a round
# of targeted queries, with what each of them costs for each such page, as PostgreSQL compares every object with all their keys.
# Only their proportions matter.
_GRAPHQL_PAGE = 0.11
_TARGETED = 0.3
_TARGETED_PAGE = 0.02
# Devices that one targeted query looks for.
_TARGETED_AT_ONCE = 200

# Seconds between the two times of one save at most; less than any two requests are apart.
_ONE_SAVE = 0.01

# Segments of a JSON path in NetBox's GraphQL filters.
_GRAPHQL_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


class GraphQLUnavailable(Exception):
    """GraphQL is switched off, or does not understand the query; REST serves instead."""


def read_existing(client: NetBoxClient, wanted: c.Sequence[Identity]) -> ExistingObjects:
    """Everything of NetBox that decides about the identity of the wanted devices.

    Raises AccessDenied when the token may not view devices, virtual machines or virtual chassis: what it cannot see it
    would create a second time.
    """
    extents = _extents(client)
    pages = sum(map(_pages, extents.values()))
    if pages == 0:
        return ExistingObjects(chassis=_chassis(client))
    key_fits = all(_GRAPHQL_KEY.fullmatch(identity.server_key) for identity in wanted)
    queries = -(-len(wanted) // _TARGETED_AT_ONCE)
    if key_fits and _TARGETED + _TARGETED_PAGE * pages * queries < _GRAPHQL_PAGE * pages:
        try:
            return _targeted(client, wanted)
        except GraphQLUnavailable:
            pass
    return _whole(client, extents)


def read_more(client: NetBoxClient, wanted: c.Sequence[Identity]) -> ExistingObjects:
    """What further keys find, where only what a few devices need was read before; by the way that was taken then."""
    try:
        return _targeted(client, wanted)
    except GraphQLUnavailable:
        return read_whole(client)


def _extents(client: NetBoxClient) -> dict[ObjectKind, Extent]:
    # Nothing is done with that of the virtual chassis: it proves that the token may view them.
    targets = (*(kind.target for kind in ObjectKind), Target.VIRTUAL_CHASSIS)
    operations = {target: f"counting the {target.row.plural} of NetBox" for target in targets}
    extents = side_by_side(functools.partial(client.extent, target, operation) for target, operation in operations.items())
    return dict(zip(ObjectKind, extents, strict=False))


def _pages(extent: Extent) -> int:
    return -(-extent.count // PAGE_SIZE)


def _whole(client: NetBoxClient, extents: c.Mapping[ObjectKind, Extent]) -> ExistingObjects:
    objects: list[ExistingObject] = []
    for kind, extent in extents.items():
        if extent.count:
            objects += _all(client, kind, extent)
    return ExistingObjects(objects, _chassis(client))


def read_whole(client: NetBoxClient) -> ExistingObjects:
    """All devices, virtual machines and virtual chassis."""
    return _whole(client, _extents(client))


def read_tagged(client: NetBoxClient, slug: str) -> set[tuple[ObjectKind, int]]:
    """The devices and virtual machines that have a tag which NetBox has."""
    return {
        (kind, row["id"])
        for kind in ObjectKind
        for row in client.read(kind.target, f"reading the tagged {kind.target.row.plural} from NetBox", tag=slug, fields="id")
    }


def read_fields(
    client: NetBoxClient, objects: c.Iterable[ExistingObject], custom: c.Collection[str] = (), known: AllFields | None = None
) -> dict[tuple[ObjectKind, int], Fields]:
    """What the fields of some objects hold now, by kind and id.

    :param custom: the names of custom fields that are read, too, where an object has them
    :param known: what was read before; it is not read again, and returned with the rest
    """
    fields: dict[tuple[ObjectKind, int], Fields] = dict(known or {})
    by_kind: dict[ObjectKind, list[int]] = {}
    for item in objects:
        if (item.kind, item.id) not in fields:
            by_kind.setdefault(item.kind, []).append(item.id)
    for kind, ids in by_kind.items():
        columns = ",".join(["id", *(field.name for field in _read_of(kind)), *(["custom_fields"] if custom else [])])
        for row in client.read_by(kind.target, f"reading the {kind.target.row.plural} from NetBox", "id", sorted(set(ids)), fields=columns):
            states = {field.name: _STATES[field.holds](row.get(field.name)) for field in _read_of(kind)}
            held = row.get("custom_fields") or {}
            states |= {f"{CUSTOM}{name}": FieldState(held[name], held[name]) for name in custom if name in held}
            fields[kind, row["id"]] = states
    return fields


def _read_of(kind: ObjectKind) -> tuple[Field, ...]:
    """The fields that are compared; the link is read with what decides about identity."""
    return tuple(field for field in fields_of(kind) if field.holds is not Holds.LINK)


def _text_state(value: t.Any) -> FieldState:
    return FieldState(value or "", value or "")


def _choice_state(value: t.Any) -> FieldState:
    value = value.get("value") if isinstance(value, dict) else value
    return FieldState(value, value)


def _reference_state(value: t.Any) -> FieldState:
    nested = value or {}
    return FieldState(nested.get("id"), nested.get("model") or nested.get("name"))


def _tags_state(value: t.Any) -> FieldState:
    tags = value or []
    return FieldState([{"slug": tag["slug"]} for tag in tags], sorted(tag["name"] for tag in tags))


_STATES: c.Mapping[Holds, c.Callable[[t.Any], FieldState]] = {
    Holds.TEXT: _text_state,
    Holds.CHOICE: _choice_state,
    Holds.REFERENCE: _reference_state,
    Holds.TAGS: _tags_state,
}


def _all(client: NetBoxClient, kind: ObjectKind, extent: Extent) -> list[ExistingObject]:
    try:
        objects = _all_by_graphql(client, kind, extent)
    except GraphQLUnavailable:
        objects = []
    # GraphQL shows an empty list where it may not show anything; REST has counted.
    if len(objects) >= extent.count:
        return objects
    rows = client.read(kind.target, f"reading the {kind.target.row.plural} from NetBox", fields=_REST_FIELDS[kind])
    return [_from_rest(client, kind, row) for row in rows]


def _all_by_graphql(client: NetBoxClient, kind: ObjectKind, extent: Extent) -> list[ExistingObject]:
    """All of them; where there are many, several stretches of ids at a time. The ids only tell where to begin, never what there is."""
    query = f"query($start:Int!){{rows:{kind.graphql_list}(pagination:{{start:$start,limit:{PAGE_SIZE}}}){{{_GRAPHQL_FIELDS[kind]}}}}}"

    def ask(start: int) -> list[ExistingObject]:
        return _objects(kind, graphql(client, query, {"start": start}).get("rows"))

    parts = max(1, min(READERS, _pages(extent)))
    starts = [extent.last_id * part // parts for part in range(parts)]
    stretches = zip(starts, (*starts[1:], None), strict=True)
    found = side_by_side(functools.partial(_paged, ask, start, end) for start, end in stretches)
    return [item for objects in found for item in objects]


def graphql(client: NetBoxClient, query: str, variables: Json) -> Json:
    """One GraphQL query. Raises GraphQLUnavailable where REST may serve, ApiError where it would fail as well."""
    operation = "reading by GraphQL from NetBox"

    def ask() -> t.Any:
        return client.session.post(f"{client.root}/graphql/", json={"query": query, "variables": variables}, headers={READ_MARK: "1"})

    response = client.call(ask, operation)
    if response.status_code in (401, 403, 429) or response.status_code >= 502:
        raise api_error(response, operation, server="netbox")
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        raise GraphQLUnavailable from None
    if not response.ok or not isinstance(answer, dict) or answer.get("errors") or not isinstance(answer.get("data"), dict):
        raise GraphQLUnavailable
    return t.cast("Json", answer["data"])


def _targeted(client: NetBoxClient, wanted: c.Sequence[Identity]) -> ExistingObjects:
    """Only what the keys of the wanted devices find, with the virtual chassis that it belongs to."""
    objects: dict[tuple[ObjectKind, int], ExistingObject] = {}

    def add(found: c.Iterable[ExistingObject]) -> None:
        objects.update({(item.kind, item.id): item for item in found})

    for start in range(0, len(wanted), _TARGETED_AT_ONCE):
        add(_by_keys(client, wanted[start : start + _TARGETED_AT_ONCE]))
    add(_by_addresses(client, sorted({address for identity in wanted for address in identity.addresses})))
    chassis_ids = {item.virtual_chassis_id for item in objects.values() if item.virtual_chassis_id is not None}
    found_chassis = {item.id: item for item in _chassis(client)}
    wanted_chassis = chassis_ids | {item.id for item in found_chassis.values() if _is_domain_of(item, wanted)}
    operation = "reading the members of virtual chassis from NetBox"
    fields = _REST_FIELDS[ObjectKind.DEVICE]
    rows = client.read_by("dcim/devices", operation, "virtual_chassis_id", sorted(wanted_chassis), fields=fields)
    members = (_from_rest(client, ObjectKind.DEVICE, row) for row in rows)
    add(item for item in members if item.virtual_chassis_id in wanted_chassis)
    return ExistingObjects(objects.values(), found_chassis.values(), complete=False)


def _is_domain_of(chassis: ExistingChassis, wanted: c.Sequence[Identity]) -> bool:
    ids = {identity.device_id for identity in wanted}
    number = chassis.domain.rpartition("-")[2]
    return number.isascii() and number.isdecimal() and int(number) in ids


def _by_keys(client: NetBoxClient, wanted: c.Sequence[Identity]) -> list[ExistingObject]:
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
    objects: list[ExistingObject] = []
    for kind in ObjectKind:
        parts = [f"q{number}:{kind.graphql_list}(filters:{text}){{{_GRAPHQL_FIELDS[kind]}}}" for number, text in enumerate(filters)]
        data = graphql(client, f"query({declared}){{{' '.join(parts)}}}", variables)
        found = {text: _objects(kind, data.get(f"q{number}")) for number, text in enumerate(filters)}
        longest = max(map(len, found.values()))
        if longest >= PAGE_SIZE:
            # The keys are no good for narrowing here.
            raise GraphQLUnavailable
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
    query = f"query({declared}){{rows:{kind.graphql_list}(filters:{text},{pagination}){{{_GRAPHQL_FIELDS[kind]}}}}}"
    return _paged(lambda start: _objects(kind, graphql(client, query, {"start": start, **used}).get("rows")))


def _paged(ask: c.Callable[[int], list[ExistingObject]], start: int = 0, end: int | None = None) -> list[ExistingObject]:
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


def _objects(kind: ObjectKind, rows: object) -> list[ExistingObject]:
    """The rows of a GraphQL answer. Raises GraphQLUnavailable for what are none."""
    if not isinstance(rows, list):
        raise GraphQLUnavailable
    try:
        return [_from_graphql(kind, row) for row in rows]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise GraphQLUnavailable from None


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
    ids = [row["id"] for row in rows if _host(str(row.get("address"))) in known]
    objects = []
    for kind in ObjectKind:
        for family in ("primary_ip4_id", "primary_ip6_id"):
            wanted = [row["id"] for row in rows if row["id"] in ids and (":" in str(row["address"])) == (family == "primary_ip6_id")]
            found = client.read_by(kind.target, operation, family, wanted, fields=_REST_FIELDS[kind])
            objects += [item for item in (_from_rest(client, kind, row) for row in found) if known.intersection(item.primary_ips)]
    return objects


def _chassis(client: NetBoxClient) -> list[ExistingChassis]:
    columns = "id,name,domain,master,member_count"
    rows = client.read("dcim/virtual-chassis", "reading the virtual chassis from NetBox", fields=columns)
    return [
        ExistingChassis(row["id"], row.get("name") or "", row.get("domain") or "", related(row, "master"), row.get("member_count"))
        for row in rows
    ]


def _host(address: str) -> str:
    """``10.0.0.1/24`` without its mask, in the form that Python gives addresses."""
    try:
        return str(ipaddress.ip_interface(address).ip)
    except ValueError:
        return ""


def _from_rest(client: NetBoxClient, kind: ObjectKind, row: Json) -> ExistingObject:
    try:
        return _object(kind, row, (row.get("custom_fields") or {}).get(LINK_FIELD))
    except (TypeError, ValueError, KeyError, AttributeError):
        operation = f"reading the {kind.target.row.plural} from NetBox"
        raise UnusableAnswer(operation, url=client.url(kind.target), reason=f"row {row['id']} is no {kind.target.row.word}") from None


def _from_graphql(kind: ObjectKind, row: Json) -> ExistingObject:
    return _object(kind, row, (row.get("custom_field_data") or {}).get(LINK_FIELD))


def _object(kind: ObjectKind, row: Json, link: object) -> ExistingObject:
    addresses = (_host(str(row[family]["address"])) for family in ("primary_ip4", "primary_ip6") if row.get(family))
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
