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
import contextlib
import dataclasses
import json
import time
import typing as t

from .._engine.fields import LINK_FIELD, to_leave_out
from .._engine.kinds import Target, plain
from .._engine.planning.outcomes import Fate, LeftOut, WriteOutcome
from .._engine.planning.plan import Write
from .._exceptions import AccessDenied, AnswerLost, ApiError, UnusableAnswer
from .client import Json, NetBoxClient
from .custom_fields import has_object_types
from .doubt import Doubt, doubt_of, is_deadlock
from .ports import made_interfaces
from .refusals import ENOUGH, Refusals, denied_alike, kind_of
from .said import Refusal, concerns_all, flat, of_one, outcome_of, refused
from .taken_twice import Created, withdraw
from .versions import FIRST_WITH_ETAGS, Guard

# Bytes; Django's DATA_UPLOAD_MAX_MEMORY_SIZE in NetBox is 2.5 MiB.
MAX_BODY = 2_000_000
# Seconds between looks for a write whose answer was lost: NetBox finishes a list that its client gave up.
_LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_DEADLOCK_TRIES = 5
# Characters; a longer changelog message makes NetBox fail with 500.
CHANGELOG_LIMIT = 200
_MESSAGE_SIZE = CHANGELOG_LIMIT + len('"changelog_message": "", ')


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One object of a list: its key in the plan and the body that is sent (with ``id`` for a change).

    :ivar left_out: what the plan has of it and the body has not
    """

    key: str
    body: Json
    left_out: tuple[LeftOut, ...] = ()


Send = c.Callable[[Target, str, list[Json]], t.Any]
WriteOutcomes = dict[str, WriteOutcome]


class BulkWriter:
    """Writes lists of objects of one kind.

    :param send: does one list write and returns NetBox's rows, or raises ApiError; a :meth:`NetBoxSender.send`
    """

    def __init__(
        self, client: NetBoxClient, send: Send, *, sleep: c.Callable[[float], None] = time.sleep, most_changes: int | None = None
    ) -> None:
        """:param most_changes: objects of one list to change"""
        self._client = client
        self._send = send
        self._sleep = sleep
        self._refusals = Refusals()
        self._most_changes = most_changes

    def create(self, target: Target, items: c.Sequence[Item], outcomes: WriteOutcomes | None = None) -> WriteOutcomes:
        """Creates the objects.

        Raises Stopped between two requests; what was done until then stands in ``outcomes``, and what is in doubt is lost there.

        :param outcomes: is filled while it goes on, and returned; at the end it has one for each object
        """
        writing = _ListWrite(self._client, self._send, self._sleep, self._refusals, target, "post", outcomes)
        result = writing.run(items)
        result |= withdraw(self._client, target, writing.created(items), self._sleep)
        return result

    def remove(self, write: Write) -> WriteOutcome:
        """Removes an object that is still as empty as the plan found it. Raises Stopped before the request."""
        object_id = int(t.cast(int, write.object_id))
        try:
            if self._client.remove_empty_chassis(object_id):
                return WriteOutcome(Fate.DONE, object_id)
            return WriteOutcome(Fate.TAKEN, message="It has members by now.")
        except ApiError as error:
            with contextlib.suppress(ApiError):
                if doubt_of(error) is not Doubt.NONE and not self._client.read(
                    write.target, "looking for it in NetBox", id=object_id, fields="id"
                ):
                    return WriteOutcome(Fate.DONE, object_id)
            return WriteOutcome(Fate.REFUSED, message=str(error))

    def made_interfaces(self, wanted: c.Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
        """See :func:`.ports.made_interfaces`."""
        return made_interfaces(self._client, wanted)

    def has_object_types(self, field_id: int | None, wanted: c.Collection[str]) -> bool:
        """Whether a custom field that somebody else has made is for all these kinds of objects; no where that cannot be told."""
        return field_id is not None and has_object_types(self._client, field_id, wanted)

    def change(self, target: Target, items: c.Sequence[Item], outcomes: WriteOutcomes | None = None) -> WriteOutcomes:
        """Changes the objects; the bodies hold ``id`` and the fields that change. As :meth:`create` in all else."""
        outcomes = {} if outcomes is None else outcomes
        size = self._most_changes or max(1, len(items))
        for start in range(0, len(items), size):
            _ListWrite(self._client, self._send, self._sleep, self._refusals, target, "patch", outcomes).run(items[start : start + size])
        return outcomes


class _ListWrite:
    """One list that is written, taken apart as far as NetBox's answers make it necessary."""

    def __init__(
        self,
        client: NetBoxClient,
        send: Send,
        sleep: c.Callable[[float], None],
        refusals: Refusals,
        target: Target,
        method: str,
        outcomes: WriteOutcomes | None,
    ) -> None:
        self._client = client
        self._send = send
        self._sleep = sleep
        self._refusals = refusals
        self._target = target
        self._method = method
        self._outcomes: WriteOutcomes = {} if outcomes is None else outcomes
        self._left_out: dict[str, tuple[LeftOut, ...]] = {}
        # The ids that NetBox's answers gave; those that were found by a look may be somebody else's.
        self._answered: set[int] = set()

    def created(self, items: c.Iterable[Item]) -> dict[str, Created]:
        """What this run has created for certain."""
        ids = ((item, self._outcomes[item.key].object_id) for item in items if self._outcomes[item.key].fate is Fate.DONE)
        return {item.key: Created(item.body, number) for item, number in ids if number is not None and number in self._answered}

    def run(self, items: c.Sequence[Item]) -> WriteOutcomes:
        self._left_out = {item.key: item.left_out for item in items if item.left_out}
        self._write(list(items))
        if self._method == "post" and self._target.row.shared:
            self._find_taken(items)
        return self._outcomes

    def _write(self, items: list[Item], *, again: bool = False) -> None:
        """:param again: the list was sent before, its answer was lost, and NetBox has none of it"""
        while items := self._worth_sending(items):
            if len(items) > 1 and _size(items) > MAX_BODY:
                return self._halves(items)
            try:
                outcomes = self._attempt(items)
            except ApiError as exc:
                doubt = doubt_of(exc)
                if doubt in (Doubt.LOST, Doubt.ANSWERED):
                    return self._in_doubt(items, exc, again=again)
                if doubt is Doubt.ENDED and self._is_found(items, exc):
                    return None
                if refused := self._refused(exc, items):
                    slimmer = self._slimmer(refused, items)
                    given_up = [item for item in items if item.key in refused and item.key not in slimmer]
                    self._settle({item.key: self._given_up(item, refused[item.key]) for item in given_up})
                    items = [slimmer.get(item.key, item) for item in items if item.key in slimmer or item.key not in refused]
                elif len(items) == 1 and (alone := self._slimmer({items[0].key: of_one(exc)}, items)):
                    items = list(alone.values())
                elif len(items) == 1 or concerns_all(exc):
                    return self._refuse(items, exc)
                elif isinstance(exc, AccessDenied):
                    return self._denied(items)
                else:
                    return self._halves(items)
            else:
                for item in items:
                    self._refusals.note(self._target, self._method, item.body, outcomes[item.key])
                return self._settle(outcomes)
        return None

    def _worth_sending(self, items: list[Item]) -> list[Item]:
        """Those of which the answer is not known from others like them."""
        verdicts = {item.key: self._refusals.verdict(self._target, self._method, item.body) for item in items}
        self._settle({name: verdict for name, verdict in verdicts.items() if verdict is not None})
        return [item for item in items if verdicts[item.key] is None]

    def _refuse(self, items: list[Item], error: ApiError) -> None:
        outcomes = {item.key: outcome_of(error) for item in items}
        if len(items) == 1:
            outcomes[items[0].key] = self._given_up(items[0], of_one(error))
            self._refusals.note(self._target, self._method, items[0].body, outcomes[items[0].key], error)
        self._settle(outcomes)

    def _denied(self, items: list[Item]) -> None:
        """A list that was denied as a whole, for at least one object outside the token's constraints.

        It is cut between kinds of objects, which mostly fare alike. Of one kind single ones are tried until one passes, because they cost
        NetBox less than a list that it undoes.
        """
        kinds: dict[str, list[Item]] = {}
        for item in items:
            kinds.setdefault(kind_of(item.body), []).append(item)
        if len(kinds) > 1:
            parts = list(kinds.values())
            for half in (parts[: len(parts) // 2], parts[len(parts) // 2 :]):
                self._write([item for part in half for item in part])
            return
        left = items
        most = ENOUGH if denied_alike(self._target) else len(items)
        while left and len(items) - len(left) < most and not self._refusals.is_mixed(self._target, self._method, items[0].body):
            self._write(left[:1])
            left = left[1:]
        self._halves(left)

    def _settle(self, outcomes: WriteOutcomes) -> None:
        self._outcomes |= {
            name: dataclasses.replace(outcome, left_out=self._left_out.get(name, ())) if outcome.fate is Fate.DONE else outcome
            for name, outcome in outcomes.items()
        }

    def _refused(self, error: ApiError, items: list[Item]) -> dict[str, Refusal]:
        return {items[place].key: refusal for place, refusal in refused(error, [item.body for item in items]).items()}

    def _slimmer(self, refused: c.Mapping[str, Refusal], items: list[Item]) -> dict[str, Item]:
        """The refused objects that may be sent again without a field: an optional field costs no object."""
        slimmer: dict[str, Item] = {}
        for item in items:
            left_out = self._left_out_of(item, refused[item.key]) if item.key in refused else {}
            body = {name: value for name, value in item.body.items() if name not in left_out}
            if left_out and body.keys() - {"id"}:
                self._left_out[item.key] = (*self._left_out.get(item.key, item.left_out), *left_out.values())
                slimmer[item.key] = Item(item.key, body)
        return slimmer

    def _left_out_of(self, item: Item, refusal: Refusal) -> dict[str, LeftOut]:
        """What has to be left out of a refused object, by the names in its body; empty where that does not help."""
        if refusal.outcome.fate is not Fate.REFUSED:
            return {}
        left_out: dict[str, LeftOut] = {}
        for name, said in refusal.fields.items():
            fields = to_leave_out(name, self._target, item.body.keys(), creates=self._method == "post")
            if not fields:
                return {}
            why = f"NetBox refused it: {flat({name: said})}"
            left_out |= {field: LeftOut(LINK_FIELD if field == "custom_fields" else field, why) for field in fields}
        return left_out

    def _given_up(self, item: Item, refusal: Refusal) -> WriteOutcome:
        """The outcome of an object that is not sent again: of a change of an interface of which nothing is left, what it had."""
        left_out = self._left_out_of(item, refusal)
        is_port_change = self._method == "patch" and self._target.is_port
        if not left_out or not is_port_change or item.body.keys() - left_out.keys() - {"id"}:
            return refusal.outcome
        return dataclasses.replace(refusal.outcome, left_out=(*self._left_out.get(item.key, item.left_out), *left_out.values()))

    def _is_found(self, items: list[Item], error: ApiError) -> bool:
        """Whether a list is there for which NetBox itself answered with an error of its own."""
        try:
            found = self._looked_for(items)
        except ApiError:
            # Nobody knows: it is not sent again blindly.
            self._settle({item.key: WriteOutcome(Fate.LOST, message=str(error)) for item in items})
            return True
        if any(outcome.fate is Fate.DONE for outcome in found.values()):
            self._settle(found)
            return True
        return False

    def _looked_for(self, items: list[Item]) -> WriteOutcomes:
        return self._find(items) if self._method == "post" else self._changed(items)

    def _halves(self, items: list[Item]) -> None:
        middle = len(items) // 2
        self._write(items[:middle])
        self._write(items[middle:])

    def _attempt(self, items: list[Item]) -> WriteOutcomes:
        """One list write, repeated only while NetBox says that a deadlock undid all of it."""
        number = 0
        while True:
            try:
                rows = self._send(self._target, self._method, [item.body for item in items])
            except ApiError as exc:
                number += 1
                if not is_deadlock(exc) or number == _DEADLOCK_TRIES:
                    raise
                self._sleep(0.1 * 2**number)
            else:
                outcomes = self._rows(rows, items)
                self._answered |= {outcome.object_id for outcome in outcomes.values() if outcome.object_id is not None}
                return outcomes

    def _rows(self, rows: object, items: list[Item]) -> WriteOutcomes:
        if self._method == "patch" and (outcomes := self._left_out_rows(rows, items)):
            return outcomes
        if not isinstance(rows, list) or len(rows) != len(items) or not all(isinstance(row, dict) and "id" in row for row in rows):
            operation = f"writing {self._target} to NetBox"
            reason = "the answer does not list what was written"
            raise UnusableAnswer(operation, method=self._method.upper(), url=self._client.url(self._target), reason=reason)
        if self._method == "patch":
            # In whatever order: each change names its object.
            return {item.key: WriteOutcome(Fate.DONE, int(item.body["id"])) for item in items}
        rows = in_order(self._target, rows, [item.body for item in items])
        return {item.key: WriteOutcome(Fate.DONE, int(row["id"])) for item, row in zip(items, rows, strict=True)}

    def _left_out_rows(self, rows: object, items: list[Item]) -> WriteOutcomes:
        """What an answer with fewer rows says: NetBox before 4.7 passes over what the token may not change, and answers 200.

        Empty for an answer of any other kind.
        """
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return {}
        ids = {row.get("id") for row in rows}
        left_out = [item for item in items if item.body["id"] not in ids]
        if not left_out or len(ids) != len(rows) or not ids < {item.body["id"] for item in items}:
            return {}
        try:
            found = self._changed(left_out)
        except ApiError:
            return {}
        message = "NetBox passed over it: the user of netbox_token may not change it, or it is there no more."
        done = {item.key: WriteOutcome(Fate.DONE, int(item.body["id"])) for item in items if item.body["id"] in ids}
        return done | {item.key: found.get(item.key, WriteOutcome(Fate.REFUSED, message=message)) for item in left_out}

    def _in_doubt(self, items: list[Item], lost: ApiError, *, again: bool) -> None:
        """Finds out whether a list write happened. What did not is sent once more, then given up."""
        # Also when the run is stopped meanwhile.
        self._settle({item.key: WriteOutcome(Fate.LOST, message=str(lost)) for item in items})
        # NetBox refuses a second object of a unique kind, so after an answer a late one does no harm there.
        patient = isinstance(lost, AnswerLost) or (self._method == "post" and not self._target.row.unique)
        for pause in _LOOKS if patient else _LOOKS[:1]:
            self._sleep(pause)
            try:
                found = self._looked_for(items)
            except ApiError:
                continue
            # A list is written as a whole, so one of its objects proves it.
            if any(outcome.fate is Fate.DONE for outcome in found.values()):
                return self._settle(found)
        if isinstance(lost, AnswerLost) and not again:
            return self._write(items, again=True)
        return None

    def _find_taken(self, items: c.Sequence[Item]) -> None:
        """The ids of objects that somebody else has created meanwhile, for what refers to them."""
        taken = [item for item in items if self._outcomes[item.key].fate is Fate.TAKEN]
        if not taken:
            return
        try:
            found = self._find(taken)
        except ApiError:
            # Then what refers to them is skipped, and looked at again.
            return
        for name, outcome in found.items():
            self._outcomes[name] = WriteOutcome(Fate.TAKEN, outcome.object_id, self._outcomes[name].message)

    def _find(self, items: list[Item]) -> WriteOutcomes:
        target = self._target
        lookup, field = target.row.lookup, target.row.lookup_field
        operation = f"looking for what was written to {target} of NetBox"
        rows = self._client.read_by(target, operation, lookup, dict.fromkeys(item.body[field] for item in items))
        known = {target.row.natural_key(row): row for row in rows}
        found = {}
        for item in items:
            row = known.get(target.row.natural_key(item.body))
            if row is not None:
                found[item.key] = WriteOutcome(Fate.DONE if _holds(row, item.body) else Fate.TAKEN, int(row["id"]))
        return found

    def _changed(self, items: list[Item]) -> WriteOutcomes:
        operation = f"looking for what was changed in {self._target} of NetBox"
        rows = {row["id"]: row for row in self._client.read_by(self._target, operation, "id", (item.body["id"] for item in items))}
        ids = ((item, rows.get(item.body["id"])) for item in items)
        return {item.key: WriteOutcome(Fate.DONE, int(row["id"])) for item, row in ids if row is not None and _holds(row, item.body)}


def in_order(target: Target, rows: list[Json], bodies: c.Sequence[Json]) -> list[Json]:
    """The rows of what was created, in the order of the bodies; as they are where their natural keys do not tell."""
    natural_key = target.row.natural_key
    by_key = {natural_key(row): row for row in rows}
    keys = [natural_key(body) for body in bodies]
    return [by_key[key] for key in keys] if len(by_key) == len(bodies) and by_key.keys() >= set(keys) else rows


def doing(method: str, target: Target, count: int) -> str:
    """What a list write does, for people."""
    return f"{'creating' if method == 'post' else 'changing'} {count} objects ({target}) in NetBox"


class NetBoxSender:
    """Sends one list write and waits for its answer."""

    def __init__(self, client: NetBoxClient, changelog_message: str, guard: Guard | None = None) -> None:
        """:param guard: the versions that changes are meant for; NetBox refuses them for any other"""
        self._client = client
        self._guard = guard if guard and client.version >= FIRST_WITH_ETAGS else None
        self._message = changelog_message[:CHANGELOG_LIMIT]

    def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
        """Returns the rows. Raises ApiError whose ``body`` is NetBox's answer."""
        operation = doing(method, target, len(bodies))
        data = [{**body, "changelog_message": self._message} for body in bodies]
        request = self._client.request(target)
        header = self._guard.header(target, bodies) if self._guard and method == "patch" else None
        if header:
            rows = self._client.patch(target, operation, data, {"If-Match": header})
        else:
            function = request.post if method == "post" else request.patch
            rows = self._client.call(lambda: function(data), operation)
        if self._guard:
            self._guard.learn(target, rows)
        return rows


def _size(items: c.Iterable[Item]) -> int:
    """Bytes of the body, with the changelog message that is added to each object."""
    return sum(len(json.dumps(item.body)) + _MESSAGE_SIZE for item in items)


def _holds(row: Json, body: Json) -> bool:
    """Whether an object of NetBox is what a body asked for, by its link or, where it has none, its plain fields."""
    link = (body.get("custom_fields") or {}).get(LINK_FIELD)
    if link is not None:
        return bool((row.get("custom_fields") or {}).get(LINK_FIELD) == link)
    if not set(body.get("object_types") or ()) <= set(row.get("object_types") or ()):
        return False
    fields = (name for name in body if name not in ("tags", "object_types", "id", "name", "custom_fields"))
    # NetBox shows an empty choice as null.
    return all((plain(row.get(name)) or None) == (plain(body[name]) or None) for name in fields)
