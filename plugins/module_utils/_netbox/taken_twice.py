# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Two imports that create the same object at the same moment, where NetBox takes both: one of them withdraws its own.

Each looks after its own list is written, so the later one of the two sees the other's. The ids decide nothing by themselves: NetBox
gives them before others can see the object, so the one with the lower id may be the one that the other could not see. Therefore
the higher withdraws at once, and the lower, when the other is still there after a while, too: never do both stay. Should both have
gone, both look again and one is created anew. Only what this run has created itself, as NetBox's answer said, is removed.

What others refer to, such as a rack, is not looked at again: it is known which one stays, and they refer to that.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.kinds import Target
from .._engine.planning.outcomes import Fate, WriteOutcome
from .._exceptions import ApiError
from .client import Json, NetBoxClient

# Seconds between looks for the other's withdrawal, by the run with the lower id.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Created:
    """What this run has just created."""

    body: Json
    object_id: int


def withdraw(
    client: NetBoxClient, target: Target, created: c.Mapping[str, Created], sleep: c.Callable[[float], None]
) -> dict[str, WriteOutcome]:
    """Removes of the created objects those of which NetBox has another. Returns the outcomes of these, which are to be looked at again.

    :param created: by the keys of their writes
    """
    others = _others(client, target, created)
    yielding = {name: ids for name, ids in others.items() if created[name].object_id > min(ids)}
    waiting = {name: ids for name, ids in others.items() if name not in yielding}
    withdrawn = _removed(client, target, created, yielding)
    for pause in _PAUSES:
        if not waiting:
            break
        sleep(pause)
        waiting = _others(client, target, {name: created[name] for name in waiting})
    return withdrawn | _removed(client, target, created, waiting)


def _others(client: NetBoxClient, target: Target, created: c.Mapping[str, Created]) -> dict[str, list[int]]:
    """The ids of the other objects of the same natural key, by the keys of the writes; none where NetBox cannot be asked."""
    row = target.row
    suspects = {name: row.natural_key(item.body) for name, item in created.items() if row.taken_twice(item.body)}
    if not suspects:
        return {}
    operation = f"looking whether somebody else has created the same {row.plural} in NetBox"
    values = (created[name].body[row.lookup_field] for name in suspects)
    fields = ",".join(("id", *row.natural_key.fields))
    try:
        rows = client.read_by(target, operation, row.lookup, values, fields=fields)
    except ApiError:
        return {}
    ids: dict[tuple[object, ...], list[int]] = {}
    for found in rows:
        ids.setdefault(row.natural_key(found), []).append(int(found["id"]))
    own = {item.object_id for item in created.values()}
    others = {name: [number for number in ids.get(natural_key, ()) if number not in own] for name, natural_key in suspects.items()}
    return {name: numbers for name, numbers in others.items() if numbers}


def _removed(
    client: NetBoxClient, target: Target, created: c.Mapping[str, Created], others: c.Mapping[str, list[int]]
) -> dict[str, WriteOutcome]:
    """Removes what has others.

    :param others: their ids, by the keys of the writes
    """
    if not others:
        return {}
    operation = f"removing {target.row.plural} that NetBox has twice"
    failures: dict[str, ApiError] = {}
    try:
        # Together: somebody waits for it.
        client.delete(target, operation, [{"id": created[name].object_id} for name in sorted(others)])
    except ApiError:
        failures = _removed_singly(client, target, {name: created[name] for name in others}, operation)
    outcomes = {}
    for name, ids in others.items():
        stays = min(ids) if target.row.shared else None
        message = "Somebody else created it at the same moment, so the one that this run had created was removed again."
        if (error := failures.get(name)) is not None:
            number = created[name].object_id
            message = f"Somebody else created it at the same moment, so NetBox has it twice now: remove one (id {number}). {error}"
        outcomes[name] = WriteOutcome(Fate.TAKEN, stays, message)
    return outcomes


def _removed_singly(client: NetBoxClient, target: Target, created: c.Mapping[str, Created], operation: str) -> dict[str, ApiError]:
    """The errors of those that could not be removed."""
    errors: dict[str, ApiError] = {}
    for name, item in sorted(created.items()):
        try:
            client.remove(target, item.object_id, operation)
        except ApiError as error:
            errors[name] = error
    return errors
