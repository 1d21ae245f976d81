# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What stands in the journal of a job: for each list write what is about to be sent, and after it what NetBox has made of it."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import json
import typing as t

from ..fields import LINK_FIELD
from ..kinds import ObjectKind, Target, plain
from .plan_codec import decode, encode
from .undo import Key, LoggedChange

Body = c.Mapping[str, t.Any]

# Raised with every change that makes older journals mean something else.
FORMAT_VERSION = 1
_ACTIONS = {"post": "create", "patch": "update", "delete": "delete"}


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """The first entry.

    :ivar message: what NetBox's change log says of each write of the job
    :ivar branch: the branch of NetBox that it writes to, by its name; empty for main
    """

    format_version: int
    job: str
    kind: str
    started_at: str
    netbox: str
    message: str
    branch: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Begun:
    """A list write that is about to be sent.

    :ivar before: the objects as they are, with the fields that change, and their link and virtual chassis; none for what is created,
        or was created by the same job
    """

    number: int
    target: Target
    method: str
    bodies: tuple[Body, ...]
    before: tuple[Body, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """An object as a write has left it."""

    id: int
    name: str
    last_updated: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """The answer to a list write; ``done`` is empty where it was refused, and for what was removed the bodies say it all."""

    number: int
    done: tuple[Left, ...] = ()
    refused: bool = False


Entry: t.TypeAlias = "Header | Begun | Ended"
_KINDS: c.Mapping[str, type[Entry]] = {"header": Header, "begun": Begun, "ended": Ended}


class BadJournal(ValueError):
    """A text is no journal; the message is fit for a user."""


def line_of(entry: Entry) -> str:
    """One line of JSON."""
    name = next(name for name, kind in _KINDS.items() if isinstance(entry, kind))
    return json.dumps({name: encode(entry)}, separators=(",", ":")) + "\n"


@dataclasses.dataclass(frozen=True, slots=True)
class JournalRead:
    """What a journal says.

    :ivar changes: what was done, in the form of NetBox's change log
    :ivar versions: ``last_updated`` of the objects as the job has left them
    :ivar in_doubt: whether there is a write without an answer
    """

    header: Header
    changes: tuple[LoggedChange, ...]
    versions: c.Mapping[Key, str]
    in_doubt: bool


def read_journal(text: str) -> JournalRead:
    """Raises BadJournal. A last line that a kill has cut short does not count."""
    entries = []
    for line in text.split("\n")[:-1]:
        try:
            ((name, data),) = json.loads(line).items()
            entries.append(decode(_KINDS[name], data))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise BadJournal("has a line that cannot be read") from None
    if not entries or not isinstance(entries[0], Header):
        raise BadJournal("has no beginning")
    header = entries[0]
    if header.format_version != FORMAT_VERSION:
        raise BadJournal(f"is of format {header.format_version}, and this release reads format {FORMAT_VERSION}")
    ends = {entry.number: entry for entry in entries if isinstance(entry, Ended)}
    changes: list[LoggedChange] = []
    versions: dict[Key, str] = {}
    in_doubt = False
    for entry in entries:
        if not isinstance(entry, Begun):
            continue
        ended = ends.get(entry.number)
        in_doubt = in_doubt or ended is None
        if ended is not None and not ended.refused:
            changes += _changes(header, entry, ended, len(changes))
            versions |= {(entry.target, item.id): item.last_updated for item in ended.done if item.last_updated}
    return JournalRead(header, tuple(changes), versions, in_doubt)


def _changes(header: Header, begun: Begun, ended: Ended, number: int) -> c.Iterator[LoggedChange]:
    before = {item["id"]: item for item in begun.before}
    names = {item.id: item.name for item in ended.done}
    # The rows that NetBox answers with are in the order of the bodies, but those of changes name their objects.
    ids = [item.id for item in ended.done] if begun.method == "post" else [body["id"] for body in begun.bodies]
    for offset, (object_id, body) in enumerate(zip(ids, begun.bodies, strict=True)):
        yield LoggedChange(
            id=number + offset,
            action=_ACTIONS[begun.method],
            model=begun.target.row.model,
            object_id=object_id,
            name=names.get(object_id, ""),
            user="",
            time="",
            request_id="",
            message=header.message,
            before=before.get(object_id),
            after=body,
        )


def context_fields(target: Target) -> tuple[str, ...]:
    """What :func:`fields_before` needs to tell which LibreNMS device an object is."""
    if target is Target.DEVICE:
        return ("custom_fields", "virtual_chassis")
    return ("custom_fields",) if ObjectKind.of(target) else ()


def fields_before(target: Target, row: Body, body: Body) -> dict[str, t.Any]:
    """What an object's row says of the fields that a body changes, in the form in which they can be sent again; and which device it is."""
    found: dict[str, t.Any] = {"id": row["id"]}
    link = (row.get("custom_fields") or {}).get(LINK_FIELD) if ObjectKind.of(target) else None
    if target is Target.DEVICE:
        found["virtual_chassis"] = plain(row.get("virtual_chassis"))
    for name, value in body.items():
        if name == "id":
            continue
        has = row.get(name)
        if name == "custom_fields":
            found[name] = {field: (has or {}).get(field) for field in value}
        elif name == "tags":
            found[name] = [tag["name"] for tag in has or ()]
        else:
            found[name] = plain(has)
    if link is not None:
        found["custom_fields"] = {LINK_FIELD: link, **found.get("custom_fields", {})}
    return found
