# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading what the fields of devices and virtual machines hold, to compare it with what an import would write."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.custom_fields import CUSTOM
from .._engine.fields import Field, Holds, fields_of
from .._engine.judging.existing import ExistingObject
from .._engine.kinds import ObjectKind
from .._engine.planning.initial_values import AllFields
from .._engine.planning.plan import Fields, FieldState
from .client import NetBoxClient


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
