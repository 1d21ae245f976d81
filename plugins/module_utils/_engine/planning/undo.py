# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What takes the writes of a job back: every object that it created or changed, with what would undo that."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import enum
import typing as t

from ..fields import LINK_FIELD
from ..kinds import ASSIGNABLE, ObjectKind, Target
from ..links import LINKED_TYPES, Links

Json = c.Mapping[str, t.Any]
Key = tuple[Target, int]

_TARGETS = {target.row.model: target for target in Target}


@dataclasses.dataclass(frozen=True, slots=True)
class LoggedChange:
    """A write of one object, as NetBox's change log or a job's journal has it.

    ``before`` and ``after`` hold ids and plain values: all columns from the change log, the written fields from a journal; None
    for a creation and a deletion, or where not read.

    :ivar id: ascending in time
    """

    id: int
    action: str
    model: str
    object_id: int
    name: str
    user: str
    time: str
    request_id: str
    message: str
    before: Json | None = None
    after: Json | None = None

    @property
    def key(self) -> Key | None:
        """None for a kind that no import writes."""
        target = _TARGETS.get(self.model)
        return (target, self.object_id) if target else None


class UndoAction(enum.StrEnum):
    REMOVE = "remove"
    PUT_BACK = "put_back"
    # Somebody has touched it, or others use it.
    LEFT = "left"
    # Nothing is left to undo.
    GONE = "gone"
    FAIL = "fail"


@dataclasses.dataclass(frozen=True, slots=True)
class UndoItem:
    """One object.

    :ivar fields: (as it is, as it was) by the names of NetBox's API
    :ivar refers: the objects that it was written to refer to, and ``tags`` the names or slugs of its tags; of a tag its own
    :ivar owner: the object that it belongs to, and goes with
    :ivar by: who keeps it, and ``at`` since when
    """

    target: Target
    id: int
    name: str
    action: UndoAction
    fields: c.Mapping[str, tuple[t.Any, t.Any]] = dataclasses.field(default_factory=dict)
    refers: frozenset[Key] = frozenset()
    tags: frozenset[str] = frozenset()
    owner: Key | None = None
    reason: str = ""
    by: str = ""
    at: str = ""

    @property
    def key(self) -> Key:
        return self.target, self.id

    @property
    def is_active(self) -> bool:
        return self.action in (UndoAction.REMOVE, UndoAction.PUT_BACK)

    def left(self, reason: str, by: str = "", at: str = "") -> UndoItem:
        return dataclasses.replace(self, action=UndoAction.LEFT, reason=reason, by=by, at=at)

    def left_by(self, reason: str, change: LoggedChange) -> UndoItem:
        return self.left(reason, change.user, change.time)


def first_items(changes: c.Iterable[LoggedChange]) -> dict[Key, UndoItem]:
    """Every object that the job created or changed, with what would take that back."""
    by_key: dict[Key, list[LoggedChange]] = collections.defaultdict(list)
    for change in sorted(changes, key=lambda change: change.id):
        if change.key is not None:
            by_key[change.key].append(change)
    return {key: _item(key, found) for key, found in by_key.items()}


def _item(key: Key, changes: c.Sequence[LoggedChange]) -> UndoItem:
    first, last = changes[0], changes[-1]
    fields: dict[str, tuple[t.Any, t.Any]] = {}
    written: dict[str, t.Any] = {}
    for change in changes:
        written |= change.after or {}
        for name, (now, before) in changed_fields(change.before or {}, change.after or {}).items():
            fields[name] = _joined(fields[name], (now, before)) if name in fields else (now, before)
    fields = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    action = UndoAction.PUT_BACK if fields else UndoAction.GONE
    if last.action == "delete":
        action = UndoAction.GONE
    elif first.action == "create":
        action = UndoAction.REMOVE
    return UndoItem(
        *key,
        last.name or first.name,
        action,
        fields={} if action is UndoAction.REMOVE else fields,
        refers=frozenset(_referred(written)),
        tags=frozenset(_tags(key[0], written)),
        owner=_owner(written),
    )


def _joined(first: tuple[t.Any, t.Any], second: tuple[t.Any, t.Any]) -> tuple[t.Any, t.Any]:
    """Two changes of one field as one."""
    if isinstance(first[1], dict) and isinstance(second[1], dict):
        return {**first[0], **second[0]}, {**second[1], **first[1]}
    return second[0], first[1]


def changed_fields(before: Json, after: Json) -> dict[str, tuple[t.Any, t.Any]]:
    """What differs, as (after, before)."""
    names = [
        name
        for name in before
        if not name.startswith("_") and not name.endswith("_count") and name not in ("id", "created", "last_updated") and name in after
    ]
    fields = {name: (after[name], before[name]) for name in names if after[name] != before[name]}
    if "custom_fields" in fields:
        new, old = fields["custom_fields"][0] or {}, fields["custom_fields"][1] or {}
        changed = [name for name in new if old.get(name) != new.get(name)]
        fields["custom_fields"] = ({name: new.get(name) for name in changed}, {name: old.get(name) for name in changed})
    return fields


def _tags(target: Target, written: Json) -> c.Iterator[str]:
    if target is Target.TAG:
        yield from (str(written[name]) for name in ("name", "slug") if name in written)
    for tag in written.get("tags") or ():
        yield str(tag.get("slug") if isinstance(tag, dict) else tag)


_REFERENCES: c.Mapping[str, Target] = {
    "site": Target.SITE,
    "location": Target.LOCATION,
    "rack": Target.RACK,
    "role": Target.ROLE,
    "platform": Target.PLATFORM,
    "manufacturer": Target.MANUFACTURER,
    "device_type": Target.DEVICE_TYPE,
    "cluster": Target.CLUSTER,
    # Of an interface it is a text.
    "type": Target.CLUSTER_TYPE,
    "virtual_chassis": Target.VIRTUAL_CHASSIS,
    "device": Target.DEVICE,
    "virtual_machine": Target.VIRTUAL_MACHINE,
}


def _referred(written: Json) -> c.Iterator[Key]:
    for name, target in _REFERENCES.items():
        if isinstance(written.get(name), int):
            yield target, written[name]


def uses(item: UndoItem, shared: UndoItem, counter: str) -> bool:
    """Whether an object is one of those that a counter of NetBox counts for a shared one, such as C(device_count) of a site."""
    if shared.target is Target.TAG:
        return item.key != shared.key and bool(item.tags & shared.tags)
    word = item.target.row.word.replace(" ", "")
    return shared.key in item.refers and counter.replace("_", "") == f"{word}count"


def _owner(written: Json) -> Key | None:
    """The object that one belongs to, and goes with."""
    for kind in ObjectKind:
        if isinstance(written.get(kind.owner_field), int):
            return kind.target, written[kind.owner_field]
    port = ASSIGNABLE.get(str(written.get("assigned_object_type")))
    return (port, written["assigned_object_id"]) if port and isinstance(written.get("assigned_object_id"), int) else None


_EMPTY_TEXTS = ("serial", "description", "comments", "face", "domain")


def body_of(item: UndoItem) -> dict[str, t.Any]:
    """What puts an object's fields back."""
    body: dict[str, t.Any] = {"id": item.id}
    for name, (_now, before) in item.fields.items():
        if name == "tags":
            body[name] = [{"name": tag} for tag in before or ()]
        else:
            # NetBox takes no null for a choice or a text, and shows an empty choice as one.
            body[name] = "" if before is None and name in _EMPTY_TEXTS else before
    return body


def of_devices(
    changes: c.Sequence[LoggedChange], device_ids: c.Collection[int], owners: c.Mapping[Key, Key] | None = None
) -> list[LoggedChange]:
    """The changes that belong to LibreNMS devices: their objects, their stacks with all members, and what is assigned to those.

    :param owners: what objects belong to, where the changes do not tell
    """
    above = {change.key: owner for change in changes if change.key and (owner := _owner(change.after or {}))} | dict(owners or {})
    wanted = {change.key for change in changes if _linked(change) & set(device_ids)}
    chassis = {number for change in changes if change.key in wanted for number in _chassis_of(change)}
    wanted |= {(Target.VIRTUAL_CHASSIS, number) for number in chassis}
    wanted |= {change.key for change in changes if change.model == Target.DEVICE.row.model and _chassis_of(change) & chassis}
    return [change for change in changes if change.key and not wanted.isdisjoint((change.key, *ancestors(change.key, above)))]


def ancestors(key: Key, owners: c.Mapping[Key, Key]) -> c.Iterator[Key]:
    """What an object belongs to, and what that belongs to."""
    while key in owners:
        key = owners[key]
        yield key


def _linked(change: LoggedChange) -> set[int]:
    """The LibreNMS devices that an object was or is linked to; interfaces are linked to ports."""
    if change.model not in LINKED_TYPES:
        return set()
    found: set[int] = set()
    for side in (change.before, change.after):
        links = Links.parse(((side or {}).get("custom_fields") or {}).get(LINK_FIELD))
        found |= {number for number in (*links.by_key.values(), links.legacy) if number is not None}
    return found


def _chassis_of(change: LoggedChange) -> set[int]:
    sides = ((side or {}).get("virtual_chassis") for side in (change.before, change.after))
    return {number for number in sides if isinstance(number, int)}


def last_touch(changes: c.Iterable[LoggedChange], neutral: c.Container[str], since: int) -> LoggedChange | None:
    """The last change by anybody else since that row.

    :param neutral: the requests of the job itself and of what undid it
    """
    others = [change for change in changes if change.id > since and change.request_id not in neutral]
    return max(others, key=lambda change: change.id, default=None)
