# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Bulk writes to NetBox: all-or-nothing lists, taken apart until every object has its own answer.

NetBox refuses a list as a whole and names the bad objects by index (POST) or id (PATCH) since 4.7, older releases only
show the first one's error. A write whose answer was lost is looked up before anything is sent again.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import json
import time
import typing as t

from ._engine.plan import Target
from ._engine.planner import LINK_FIELD
from ._exceptions import AccessDenied, AnswerLost, ApiError, UnusableAnswer
from ._netbox import Json, NetBoxClient

# Bytes; Django's DATA_UPLOAD_MAX_MEMORY_SIZE in NetBox is 2.5 MiB.
MAX_BODY = 2_000_000
# Seconds between looks for a write whose answer was lost: NetBox finishes a list that its client gave up.
_LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_DEADLOCK_RETRIES = 5

# Fields that identify an object of a list write, to find it after its answer was lost.
_LOOKUP_FILTER: c.Mapping[Target, str] = {
    Target.DEVICE: "name__ie",
    Target.VIRTUAL_MACHINE: "name__ie",
    Target.VIRTUAL_CHASSIS: "domain",
    Target.CUSTOM_FIELD: "name",
    Target.TAG: "slug",
    Target.PLATFORM: "slug",
}


class Fate(enum.StrEnum):
    """What became of one write."""

    DONE = "done"
    REFUSED = "refused"
    # NetBox has such an object already: somebody was quicker.
    TAKEN = "taken"
    # Sent, and nobody knows.
    LOST = "lost"
    # Not sent, because what it depends on failed.
    SKIPPED = "skipped"
    NOT_PROCESSED = "not_processed"


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """``object_id`` is set when done; ``message`` is NetBox's own, or why it was not sent."""

    fate: Fate
    object_id: int | None = None
    message: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One object of a list: its key in the plan and the body that is sent (with ``id`` for a change)."""

    key: str
    body: Json


Send = c.Callable[[Target, str, list[Json]], t.Any]


class BulkWriter:
    """Writes lists of objects of one kind.

    :param send: does one list write and returns NetBox's rows, or raises ApiError; a :meth:`NetBoxSender.send`
    """

    def __init__(self, client: NetBoxClient, send: Send, *, sleep: c.Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._send = send
        self._sleep = sleep

    def create(self, target: Target, items: c.Sequence[Item]) -> dict[str, Outcome]:
        """Creates the objects; each has an outcome. Raises Stopped before a request, with nothing in doubt."""
        return self._write(target, "post", list(items))

    def change(self, target: Target, items: c.Sequence[Item]) -> dict[str, Outcome]:
        """Changes the objects; the bodies hold ``id`` and the fields that change."""
        return self._write(target, "patch", list(items))

    def _write(self, target: Target, method: str, items: list[Item]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        while items:
            if len(items) > 1 and len(json.dumps([item.body for item in items])) > MAX_BODY:
                return outcomes | self._halves(target, method, items)
            try:
                rows = self._attempt(target, method, items)
            except AnswerLost as exc:
                return outcomes | self._look_up(target, method, items, exc)
            except ApiError as exc:
                refused = _refused(exc, items)
                if refused:
                    outcomes |= refused
                    items = [item for item in items if item.key not in refused]
                elif len(items) == 1 or _concerns_all(exc):
                    return outcomes | {item.key: _outcome(exc, _message(exc)) for item in items}
                else:
                    return outcomes | self._halves(target, method, items)
            else:
                return outcomes | rows
        return outcomes

    def _halves(self, target: Target, method: str, items: list[Item]) -> dict[str, Outcome]:
        middle = len(items) // 2
        return self._write(target, method, items[:middle]) | self._write(target, method, items[middle:])

    def _attempt(self, target: Target, method: str, items: list[Item]) -> dict[str, Outcome]:
        """One list write, repeated only while NetBox says that a deadlock undid all of it."""
        for number in range(_DEADLOCK_RETRIES):
            try:
                return self._rows(target, self._send(target, method, [item.body for item in items]), items)
            except ApiError as exc:
                if not _is_deadlock(exc) or number == _DEADLOCK_RETRIES - 1:
                    raise
                self._sleep(0.2 * 2**number)
        return {}

    def _rows(self, target: Target, rows: object, items: list[Item]) -> dict[str, Outcome]:
        operation = f"writing {target} to NetBox"
        if not isinstance(rows, list) or len(rows) != len(items) or not all(isinstance(row, dict) and "id" in row for row in rows):
            raise UnusableAnswer(operation, method="POST", url=self._client.url(target), reason="the answer does not list what was written")
        return {item.key: Outcome(Fate.DONE, int(row["id"])) for item, row in zip(items, rows, strict=True)}

    def _look_up(self, target: Target, method: str, items: list[Item], lost: AnswerLost) -> dict[str, Outcome]:
        """Finds out whether a list write happened. What did not is sent once more, then given up."""
        for attempt in range(2):
            for pause in _LOOKS:
                self._sleep(pause)
                found = self._find(target, items) if method == "post" else self._changed(target, items)
                # A list is written as a whole, so one of its objects proves it.
                if any(outcome.fate is Fate.DONE for outcome in found.values()):
                    rest = {item.key: Outcome(Fate.LOST, message=str(lost)) for item in items if item.key not in found}
                    return found | rest
            if attempt == 0:
                try:
                    return self._attempt(target, method, items)
                except AnswerLost as exc:
                    lost = exc
                except ApiError as exc:
                    return _refused(exc, items) or {item.key: _outcome(exc, _message(exc)) for item in items}
        return {item.key: Outcome(Fate.LOST, message=str(lost)) for item in items}

    def _find(self, target: Target, items: list[Item]) -> dict[str, Outcome]:
        lookup = _LOOKUP_FILTER[target]
        field = lookup.partition("__")[0]
        operation = f"looking for what was written to {target} of NetBox"
        rows = self._client.read_by(target, operation, lookup, (item.body[field] for item in items))
        known = {_natural_key(target, row): row for row in rows}
        found = {}
        for item in items:
            row = known.get(_natural_key(target, item.body))
            if row is not None:
                found[item.key] = Outcome(Fate.DONE if _holds(row, item.body) else Fate.TAKEN, int(row["id"]))
        return found

    def _changed(self, target: Target, items: list[Item]) -> dict[str, Outcome]:
        operation = f"looking for what was changed in {target} of NetBox"
        rows = {row["id"]: row for row in self._client.read_by(target, operation, "id", (item.body["id"] for item in items))}
        ids = ((item, rows.get(item.body["id"])) for item in items)
        return {item.key: Outcome(Fate.DONE, int(row["id"])) for item, row in ids if row is not None and _holds(row, item.body)}


class NetBoxSender:
    """Sends one list write and waits for its answer."""

    def __init__(self, client: NetBoxClient, changelog_message: str) -> None:
        self._client = client
        # Longer messages make NetBox fail with 500.
        self._message = changelog_message[:200]

    def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
        """Returns the rows. Raises ApiError whose ``body`` is NetBox's answer."""
        operation = f"{'creating' if method == 'post' else 'changing'} {len(bodies)} objects ({target}) in NetBox"
        data = [{**body, "changelog_message": self._message} for body in bodies]
        request = self._client.request(target)
        function = request.post if method == "post" else request.patch
        return self._client.call(lambda: function(data), operation)


def _refused(error: ApiError, items: list[Item]) -> dict[str, Outcome]:
    """The outcome of each object that the error names; empty when it names none of them, or all without telling why."""
    entries = error.body.get("errors") if isinstance(error.body, dict) else None
    if not isinstance(entries, list):
        return {}
    by_id = {item.body["id"]: item for item in items if "id" in item.body}
    refused = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return {}
        index = entry.get("index")
        item = items[index] if isinstance(index, int) and 0 <= index < len(items) else by_id.get(entry.get("id"))
        if item is None:
            return {}
        refused[item.key] = _outcome(error, _flat(entry.get("errors")))
    return refused


def _outcome(error: ApiError, message: str) -> Outcome:
    taken = error.status == 400 and any(text in message for text in ("must be unique", "already exists", "must make a unique set"))
    return Outcome(Fate.TAKEN if taken else Fate.REFUSED, message=message)


def _message(error: ApiError) -> str:
    """NetBox's own words for one object, else the whole sentence."""
    if error.status == 400 and isinstance(error.body, dict) and "detail" not in error.body:
        return _flat(error.body)
    return str(error)


def _flat(errors: object) -> str:
    """``{"role": ["This field is required."]}`` as one line."""
    if isinstance(errors, dict):
        parts = (_flat(value) if name in ("__all__", "non_field_errors") else f"{name}: {_flat(value)}" for name, value in errors.items())
        return "; ".join(parts)
    if isinstance(errors, list):
        return " ".join(_flat(item) for item in errors)
    return str(errors)


def _is_deadlock(error: ApiError) -> bool:
    return error.status == 500 and isinstance(error.body, dict) and "deadlock detected" in str(error.body.get("error"))


def _concerns_all(error: ApiError) -> bool:
    """Whether a smaller list would fare no better."""
    if isinstance(error, AccessDenied) or error.status is None or error.status in (404, 405, 415, 429, 503):
        return True
    return error.status >= 500 and isinstance(error.body, dict) and error.body.get("exception") in ("OperationalError", "InternalError")


def _plain(value: object) -> object:
    """The form in which a sent value and NetBox's nested answer compare."""
    if isinstance(value, dict):
        for name in ("id", "value", "slug"):
            if name in value:
                return value[name]
    return value


def _natural_key(target: Target, row: c.Mapping[str, t.Any]) -> tuple[object, ...]:
    if target is Target.DEVICE:
        return (str(row.get("name")).casefold(), _plain(row.get("site")), _plain(row.get("tenant")))
    if target is Target.VIRTUAL_MACHINE:
        place = _plain(row.get("cluster")) or _plain(row.get("site"))
        return (str(row.get("name")).casefold(), place, _plain(row.get("tenant")))
    return (row.get(_LOOKUP_FILTER[target]),)


def _holds(row: Json, body: Json) -> bool:
    """Whether an object of NetBox is what a body asked for, by its link or, where it has none, its plain fields."""
    link = (body.get("custom_fields") or {}).get(LINK_FIELD)
    if link is not None:
        return bool((row.get("custom_fields") or {}).get(LINK_FIELD) == link)
    fields = (name for name in body if name not in ("tags", "object_types", "id", "name"))
    return all(_plain(row.get(name)) == _plain(body[name]) for name in fields)
