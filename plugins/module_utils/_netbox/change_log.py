# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading NetBox's change log: what a job did, and what others did since."""

from __future__ import annotations

import collections.abc as c

from .._engine.planning.undo import LoggedChange
from .._exceptions import AccessDenied, CollectionError
from .client import Json, NetBoxClient, chunks

PATH = "core/object-changes"
_BRIEF = "id,action,changed_object_type,changed_object_id,object_repr,message,request_id,time,user_name"
_FULL = f"{_BRIEF},prechange_data,postchange_data"
_OPERATION = "reading the change log of NetBox"


class ChangeLog:
    """:param client: its token needs the permission core.view_objectchange"""

    def __init__(self, client: NetBoxClient) -> None:
        self._client = client

    def of_message(self, message: str, *, full: bool) -> list[LoggedChange]:
        """All changes whose message begins so, without those that NetBox made along with them."""
        # The filter q looks into names too, and for a part.
        rows = self._read(lambda: self._client.read(PATH, _OPERATION, q=message, fields=_FULL if full else _BRIEF))
        return sorted((_change(row) for row in rows if str(row.get("message")).startswith(message)), key=lambda change: change.id)

    def _read(self, read: c.Callable[[], list[Json]]) -> list[Json]:
        try:
            return read()
        except AccessDenied as error:
            raise CollectionError(f"An undo needs the permission core.view_objectchange; nothing was written. {error}") from error

    def of_objects(self, model: str, ids: c.Collection[int]) -> dict[int, list[LoggedChange]]:
        """The changes of some objects of one kind, by their ids."""
        found: dict[int, list[LoggedChange]] = {}
        wanted = sorted(ids)
        for row in self._read(
            lambda: self._client.read_by(PATH, _OPERATION, "changed_object_id", wanted, changed_object_type=model, fields=_BRIEF)
        ):
            change = _change(row)
            if change.model == model and change.object_id in ids:
                found.setdefault(change.object_id, []).append(change)
        return found

    def of_parts(self, model: str, ids: c.Iterable[int], neutral: c.Container[str]) -> dict[int, list[LoggedChange]]:
        """What others have changed of the parts of some objects (interfaces, addresses, cables ...), by the ids of those.

        :param neutral: requests that do not count
        """
        found: dict[int, list[LoggedChange]] = {}
        for chunk in chunks("related_object_id", sorted(ids)):
            if self._parts(model, chunk, neutral):
                # The answer does not say whose part it is.
                found |= {int(str(number)): changes for number in chunk if (changes := self._parts(model, [number], neutral))}
        return found

    def _parts(self, model: str, ids: c.Sequence[object], neutral: c.Container[str]) -> list[LoggedChange]:
        rows = self._client.read(PATH, _OPERATION, related_object_type=model, related_object_id=ids, fields=_BRIEF)
        return [change for change in map(_change, rows) if change.request_id not in neutral]


def _change(row: Json) -> LoggedChange:
    action = row.get("action")
    return LoggedChange(
        id=row["id"],
        action=str(action.get("value") if isinstance(action, dict) else action),
        model=str(row.get("changed_object_type")),
        object_id=int(row.get("changed_object_id") or 0),
        name=str(row.get("object_repr") or ""),
        user=str(row.get("user_name") or ""),
        time=str(row.get("time") or ""),
        request_id=str(row.get("request_id")),
        message=str(row.get("message") or ""),
        before=row.get("prechange_data"),
        after=row.get("postchange_data"),
    )
