# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which writes of a plan NetBox has already, exactly as they are planned."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.kinds import Stage, Target, plain
from .._engine.planning.plan import MadeRef, Write
from .apply import body_of
from .client import Json, NetBoxClient
from .ports import made_interfaces
from .versions import NAMED


def in_place(client: NetBoxClient, writes: c.Iterable[Write]) -> dict[str, int]:
    """The ids of the objects of the writes that are done, by the writes' keys. Raises ApiError.

    Of several changes of one object, as many are done as together, the last one of each field, are what the object holds.
    """
    found: dict[str, int] = {}
    writes = list(writes)
    for stage in Stage:
        found |= _made(client, (write for write in writes if write.stage is stage), found)
        for target in Target:
            here = [write for write in writes if write.stage is stage and write.target is target and not isinstance(write.object_id, int)]
            bodies = {write.key: body for write in here if (body := _body(write, found)) is not None}
            found |= _created(client, target, {write.key: bodies[write.key] for write in here if write.creates and write.key in bodies})
            found |= _changed(client, target, {write.key: bodies[write.key] for write in here if not write.creates and write.key in bodies})
    for target in Target:
        by_object: dict[int, list[Write]] = {}
        for write in sorted((write for write in writes if write.target is target), key=lambda write: write.stage):
            if isinstance(write.object_id, int):
                by_object.setdefault(write.object_id, []).append(write)
        found |= _changed_so_far(client, target, by_object, found)
    return found


def _changed_so_far(
    client: NetBoxClient, target: Target, by_object: c.Mapping[int, c.Sequence[Write]], found: c.Mapping[str, int]
) -> dict[str, int]:
    """Of the changes of each object, those that are done."""
    rows = _rows(client, target, by_object)
    done: dict[str, int] = {}
    for object_id, changes in by_object.items():
        whole: Json = {}
        for number, write in enumerate(changes, start=1):
            if object_id not in rows or (body := _body(write, found)) is None:
                break
            whole |= body
            if holds(rows[object_id], whole):
                done |= {item.key: object_id for item in changes[:number]}
    return done


def _made(client: NetBoxClient, writes: c.Iterable[Write], found: c.Mapping[str, int]) -> dict[str, int]:
    """The interfaces that NetBox has made together with devices that are there."""
    refs = {ref for write in writes for ref in write.refs if isinstance(ref, MadeRef) and ref.key not in found and ref.device.key in found}
    if not refs:
        return {}
    made = made_interfaces(client, ((found[ref.device.key], ref.name) for ref in refs))
    places = {ref.key: (found[ref.device.key], ref.name) for ref in refs}
    return {key: made[place] for key, place in places.items() if place in made}


def _body(write: Write, found: c.Mapping[str, int]) -> Json | None:
    if any(ref.key not in found for ref in write.refs):
        return None
    return body_of(write, lambda ref: found[ref.key])


def _created(client: NetBoxClient, target: Target, bodies: c.Mapping[str, Json]) -> dict[str, int]:
    row_of = target.row
    operation = f"looking for what is in {target} of NetBox already"
    values = dict.fromkeys(plain(body.get(row_of.lookup_field)) for body in bodies.values())
    rows: dict[tuple[object, ...], list[Json]] = {}
    for row in client.read_by(target, operation, row_of.lookup, _there(client, row_of.lookup_field, values)):
        rows.setdefault(row_of.natural_key(row), []).append(row)
    found = {}
    for key, body in bodies.items():
        fitting = [row for row in rows.get(row_of.natural_key(body), ()) if holds(row, body)]
        if len(fitting) == 1:
            found[key] = int(fitting[0]["id"])
    return found


def _there(client: NetBoxClient, field: str, values: c.Iterable[object]) -> c.Iterable[object]:
    """The values without the ids of objects that are gone: NetBox refuses to list what belongs to them."""
    owner = NAMED.get(field)
    return [row["id"] for row in client.read_by(owner, f"reading {owner} from NetBox", "id", values, fields="id")] if owner else values


def _changed(client: NetBoxClient, target: Target, bodies: c.Mapping[str, Json]) -> dict[str, int]:
    rows = _rows(client, target, dict.fromkeys(body["id"] for body in bodies.values()))
    return {key: int(body["id"]) for key, body in bodies.items() if body["id"] in rows and holds(rows[body["id"]], body)}


def _rows(client: NetBoxClient, target: Target, ids: c.Iterable[int]) -> dict[int, Json]:
    return {row["id"]: row for row in client.read_by(target, f"looking for what is in {target} of NetBox already", "id", ids)}


def holds(row: Json, body: Json) -> bool:
    """Whether an object is in all its fields what a body asks for."""
    return all(_same(row.get(name), value) for name, value in body.items() if name != "id")


def _same(has: t.Any, wanted: t.Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(has, list) and _set_of(has) == _set_of(wanted)
    if isinstance(wanted, dict) and isinstance(has, dict) and "slug" not in wanted:
        return all(name in has and has[name] == value for name, value in wanted.items())
    if isinstance(wanted, str) and isinstance(has, str):
        # NetBox cuts blanks off.
        return has == wanted.strip()
    return plain(has) == plain(wanted)


def _set_of(items: c.Iterable[t.Any]) -> set[str]:
    return {str(item.get("slug") or item.get("id") if isinstance(item, dict) else item) for item in items}
