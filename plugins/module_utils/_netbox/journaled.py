# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""List writes that stand in the job's journal, with what the objects were before."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.kinds import Target
from .._engine.planning.journal import Left, context_fields, fields_before
from .._exceptions import ApiError
from .._jobs.journal import Journal
from .client import Json, NetBoxClient
from .doubt import Doubt, doubt_of
from .write import Send, in_order


class JournaledSender:
    """:param send: does the write"""

    def __init__(self, client: NetBoxClient, send: Send, journal: Journal) -> None:
        self._client = client
        self._send = send
        self._journal = journal

    def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
        """As the ``send`` that it was made with."""
        number = self._journal.begin(target, method, bodies, self._before(target, bodies) if method == "patch" else ())
        try:
            rows = self._send(target, method, bodies)
        except ApiError as error:
            if doubt_of(error) is Doubt.NONE:
                self._journal.refused(number)
            raise
        if isinstance(rows, list) and len(rows) == len(bodies) and all(isinstance(row, dict) and "id" in row for row in rows):
            self._journal.end(number, target, method, [left(row) for row in (in_order(target, rows, bodies) if method == "post" else rows)])
        return rows

    def _before(self, target: Target, bodies: c.Sequence[Json]) -> list[Json]:
        """What the objects hold in the fields that change. What the job itself has created is removed as a whole by an undo."""
        foreign = {body["id"]: body for body in bodies if not self._journal.is_own(target, body["id"])}
        fields = ",".join(dict.fromkeys(["id", *context_fields(target), *(name for body in foreign.values() for name in body)]))
        operation = f"reading what is changed in {target} of NetBox"
        rows = self._client.read_by(target, operation, "id", sorted(foreign), fields=fields)
        return [fields_before(target, row, foreign[row["id"]]) for row in rows if row["id"] in foreign]


def left(row: Json) -> Left:
    return Left(int(row["id"]), str(row.get("display") or row.get("name") or ""), row.get("last_updated"))
