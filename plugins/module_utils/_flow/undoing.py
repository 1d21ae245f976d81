# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Taking back what an import has created and changed in NetBox, as far as nobody has touched it since."""

from __future__ import annotations

import collections
import collections.abc as c
import contextlib
import dataclasses
import typing as t

from .._engine.kinds import ObjectKind, Target
from .._engine.planning.undo import Key, UndoAction, UndoItem, ancestors, body_of
from .._exceptions import ApiError, CollectionError, Stopped, StopReason
from .._http.session import RequestStats
from .._jobs.job import Job, JobKind, JobStatus, Phase
from .._jobs.journal import Journal, open_journal
from .._jobs.record import valid_job_id
from .._jobs.store import JobStore
from .._netbox.client import NetBoxClient, related
from .._netbox.doubt import Doubt, doubt_of
from .._netbox.journaled import left
from .._netbox.said import concerns_all
from .._netbox.versions import FIRST_WITH_ETAGS, TAGS_AT_MOST, Guard
from .._netbox.write import CHANGELOG_LIMIT
from .connection import Connection, positive
from .netbox import enter_branch, netbox_client
from .run import Warn
from .shapes import Json
from .undo_look import look
from .undo_source import Deeds, read_deeds

Params = c.Mapping[str, t.Any]

# What devices and virtual machines are and have, from what refers to what is referred to.
_OBJECTS = tuple(target for target in reversed(Target) if not target.row.shared and target is not Target.VIRTUAL_CHASSIS)
# NetBox removes a device with all its interfaces, one by one.
_REMOVED_AT_ONCE = 20
# NetBox's own limit of a position in a virtual chassis is 255.
_LAST_POSITIONS = range(255, 0, -1)


@dataclasses.dataclass(frozen=True, slots=True)
class UndoOptions:
    """What is undone: all of the import ``job_id``, or what it did for some LibreNMS devices."""

    netbox: Connection
    job_id: str
    undo_id: str | None
    device_ids: frozenset[int]
    state_dir: str | None
    deadline: float | None

    @classmethod
    def from_options(cls, params: Params) -> UndoOptions:
        """Raises OptionError."""
        if params["deadline"] is not None:
            positive("deadline", params["deadline"])
        return cls(
            netbox=Connection.from_options("netbox", params),
            job_id=valid_job_id(params["job_id"]),
            undo_id=params["undo_job_id"],
            device_ids=frozenset(params["device_ids"] or ()),
            state_dir=params["state_dir"],
            deadline=params["deadline"],
        )


def undo_import(options: UndoOptions, *, check_mode: bool, parameters: Params, warn: Warn) -> Json:
    """Undoes an import and returns the task's result. Raises CollectionError when nothing could be found out."""
    stats = RequestStats()
    job = Job.open(
        JobKind.UNDO,
        state_dir=options.state_dir,
        job_id=options.undo_id,
        parameters=parameters,
        check_mode=check_mode,
        deadline=options.deadline,
        secrets=[options.netbox.token],
    )
    with job, contextlib.ExitStack() as stack:
        for text in job.warnings:
            warn(text)
        client = netbox_client(options.netbox, stats, job.checkpoint)
        stack.callback(client.close)
        client.connect()
        enter_branch(client, options.netbox, warn, check_mode=check_mode)
        branch = options.netbox.branch or ""
        deeds = read_deeds(client, JobStore(options.state_dir), options.job_id, branch, warn)
        undo = _Undo(client, options, job, deeds)
        stopped: StopReason | None = None
        broken_off_by: CollectionError | None = None
        try:
            undo.look()
            if not check_mode:
                journal = open_journal(job, client.root, deeds.undo_message, warn, branch)
                stack.callback(journal.close)
                undo.write(journal)
        except Stopped as exc:
            stopped = exc.reason
        except CollectionError as exc:
            if not undo.has_written:
                raise
            broken_off_by = exc
        result = undo.result(stopped, broken_off_by, check_mode=check_mode)
        failed = bool(result.get("failed"))
        status = JobStatus(stopped.value) if stopped else JobStatus.FAILED if failed else JobStatus.COMPLETED
        job.finish(status, result["summary"], str(result.get("msg", "")))
        counted = stats.of("netbox")
        return {**result, "stats": {"netbox_reads": counted.reads, "netbox_writes": counted.writes}, "job": job.result()}


class _Undo:
    def __init__(self, client: NetBoxClient, options: UndoOptions, job: Job, deeds: Deeds) -> None:
        self._client = client
        self._options = options
        self._job = job
        self._journal: Journal | None = None
        self._deeds = deeds
        self._guard = Guard(())
        self._items: dict[Key, UndoItem] = {}
        self._done: dict[Key, UndoItem] = {}
        # Of the objects to deal with, for the progress.
        self._total = 0
        self.has_written = False

    def look(self) -> None:
        """Decides about every object of the job; what this run has dealt with stays as it is."""
        self._job.phase(Phase.READING)
        found = look(self._client, self._deeds, self._options.device_ids, self._guard, self._done)
        self._items = {**self._items, **found} | self._done

    def write(self, journal: Journal) -> None:
        """Takes back what can be, from what refers to what is referred to."""
        self._journal = journal
        self._total = len(self._active(UndoAction.REMOVE)) + len(self._active(UndoAction.PUT_BACK))
        wrote = False
        # A master cannot go before its virtual chassis has another or none, and that not before interfaces are aggregated across it.
        for step in (self._free_masters, self._remove_objects, self._put_back_objects, self._remove_chassis, self._remove_shared):
            if wrote:
                # What was written has changed other objects too; what people do meanwhile still counts.
                self.look()
            wrote = step()

    def _active(self, action: UndoAction, *targets: Target) -> list[UndoItem]:
        """What is still to be done."""
        return [
            item
            for key, item in self._items.items()
            if item.action is action and key not in self._done and (not targets or key[0] in targets)
        ]

    def _free_masters(self) -> bool:
        target = Target.VIRTUAL_CHASSIS
        wrote = self._put_back(target, self._active(UndoAction.PUT_BACK, target))
        going = {item.id: item for item in self._active(UndoAction.REMOVE, target)}
        operation = "reading the masters of virtual chassis from NetBox"
        rows = self._client.read_by(target, operation, "id", sorted(going), fields="id,master")
        mastered = [going[row["id"]] for row in rows if row["id"] in going and row.get("master")]
        return self._meanwhile(mastered, {item.id: {"master": None} for item in mastered}) or wrote

    def _remove_objects(self) -> bool:
        items = self._active(UndoAction.REMOVE, *_OBJECTS)
        owners = {item.key: item.owner for item in items if item.owner}
        keys = {item.key for item in items}
        carried = [item for item in items if not keys.isdisjoint(ancestors(item.key, owners))]
        going_with = {item.key for item in carried}
        wrote = False
        for target in _OBJECTS:
            wrote = self._remove(target, [item for item in items if item.target is target and item.key not in going_with]) or wrote
        for item in carried:
            # An interface goes with its device, and an address with its interface.
            owner = next(self._done[key] for key in ancestors(item.key, owners) if key in self._done and key not in going_with)
            stays = f"It belongs to the {owner.target.row.word} {owner.name!r}, which stays."
            self._done[item.key] = item if owner.action is UndoAction.REMOVE else item.left(stays)
        return wrote

    def _put_back_objects(self) -> bool:
        moved = [item for item in self._active(UndoAction.PUT_BACK, Target.DEVICE) if None not in item.fields.get("vc_position", (None,))]
        wrote = self._meanwhile(moved, self._free_positions(moved)) if len(moved) > 1 else False
        for target in (Target.DEVICE, *(target for target in reversed(Target) if target is not Target.DEVICE)):
            wrote = self._put_back(target, self._active(UndoAction.PUT_BACK, target)) or wrote
        return wrote

    def _free_positions(self, items: c.Sequence[UndoItem]) -> dict[int, Json]:
        """Where members are while they exchange their positions, by their ids."""
        operation = "reading the positions of members from NetBox"
        rows = self._client.read_by(Target.DEVICE, operation, "id", sorted(item.id for item in items), fields="id,virtual_chassis")
        chassis = {number for row in rows if (number := related(row, "virtual_chassis")) is not None}
        members = self._client.read_by(Target.DEVICE, operation, "virtual_chassis_id", sorted(chassis), fields="id,vc_position")
        used = {row.get("vc_position") for row in members} | {position for item in items for position in item.fields["vc_position"]}
        spare = (position for position in _LAST_POSITIONS if position not in used)
        return {item.id: {"vc_position": position} for item, position in zip(items, spare, strict=False)}

    def _remove_chassis(self) -> bool:
        return self._remove(Target.VIRTUAL_CHASSIS, self._active(UndoAction.REMOVE, Target.VIRTUAL_CHASSIS))

    def _remove_shared(self) -> bool:
        wrote = False
        for target in reversed(Target):
            if target.row.shared:
                wrote = self._remove(target, self._active(UndoAction.REMOVE, target)) or wrote
        return wrote

    def _put_back(self, target: Target, items: list[UndoItem]) -> bool:
        self._in_lists(items, lambda some: self._send(target, "patch", [body_of(item) for item in some]))
        return bool(items)

    def _meanwhile(self, items: list[UndoItem], fields: c.Mapping[int, Json]) -> bool:
        """A change on the way, for objects of one kind that are dealt with later; it has a message of its own."""
        self._in_lists(
            items,
            lambda some: self._send(some[0].target, "patch", [{"id": item.id, **fields[item.id]} for item in some], " (on the way)"),
            done=False,
        )
        return bool(items)

    def _remove(self, target: Target, items: list[UndoItem]) -> bool:
        size = _REMOVED_AT_ONCE if ObjectKind.of(target) else TAGS_AT_MOST
        self._in_lists(items, lambda some: self._send(target, "delete", [{"id": item.id} for item in some]), size=size)
        return bool(items)

    def _send(self, target: Target, method: str, bodies: list[Json], note: str = "") -> None:
        header = self._guard.header(target, bodies) if self._client.version >= FIRST_WITH_ETAGS else None
        headers = {"If-Match": header} if header else {}
        message = f"{self._deeds.undo_message}{note}"[:CHANGELOG_LIMIT]
        data = [{**body, "changelog_message": message} for body in bodies]
        journal = self._journal
        if journal is None:
            raise RuntimeError("nothing is written without a journal")
        number = journal.begin(target, method, bodies, [self._as_it_is(target, body) for body in bodies] if method == "patch" else ())
        rows: object = ()
        try:
            if method == "delete":
                self._client.delete(target, f"removing {len(bodies)} objects ({target}) from NetBox", data, headers)
            else:
                rows = self._client.patch(target, f"putting {len(bodies)} objects ({target}) back in NetBox", data, headers)
                self._guard.learn(target, rows)
        except ApiError as error:
            if doubt_of(error) is Doubt.NONE:
                journal.refused(number)
            else:
                self.has_written = True
            raise
        self.has_written = True
        journal.end(number, target, method, [left(row) for row in rows] if isinstance(rows, list) else ())

    def _as_it_is(self, target: Target, body: Json) -> Json:
        return {"id": body["id"], **{name: now for name, (now, _was) in self._items[target, body["id"]].fields.items()}}

    def _in_lists(
        self, items: list[UndoItem], send: c.Callable[[list[UndoItem]], None], *, done: bool = True, size: int = TAGS_AT_MOST
    ) -> None:
        """Raises ApiError for what concerns all objects, and Stopped.

        :param done: whether the objects are dealt with then
        """
        pending = [items[start : start + size] for start in range(0, len(items), size)]
        if pending:
            self._job.phase(Phase.WRITING, self._total)
            self._job.set_progress(len(self._done))
        while pending:
            some = pending.pop(0)
            try:
                send(some)
            except ApiError as error:
                if concerns_all(error) or doubt_of(error) is not Doubt.NONE:
                    raise
                if len(some) > 1:
                    middle = len(some) // 2
                    pending[:0] = [some[:middle], some[middle:]]
                    continue
                self._done[some[0].key] = _refused(some[0], error)
            else:
                self._done |= {item.key: item for item in some} if done else {}
            self._job.set_progress(len(self._done))

    def result(self, stopped: StopReason | None, broken_off_by: CollectionError | None, *, check_mode: bool) -> Json:
        """In check mode what would be done counts as done."""
        items = {**self._items, **self._done}
        objects = [_object_json(item, pending=not check_mode and key not in self._done) for key, item in items.items()]
        counts = collections.Counter(item["action"] for item in objects)
        summary = {name.value: counts[name.value] for name in UndoAction} | {"not_processed": counts["not_processed"]}
        result: Json = {
            "objects": objects,
            "summary": summary,
            "changed": bool(counts[UndoAction.REMOVE] + counts[UndoAction.PUT_BACK]),
            "diff": [_diff(item) for item in objects if item["action"] in (UndoAction.REMOVE, UndoAction.PUT_BACK)],
            "cancelled": stopped is StopReason.CANCELLED,
            "timed_out": stopped is StopReason.TIMED_OUT,
        }
        if broken_off_by is not None:
            result |= {"failed": True, "msg": f"The undo broke off; run it again to complete it. {broken_off_by}"}
        elif counts[UndoAction.FAIL]:
            result |= {"failed": True, "msg": f"{counts[UndoAction.FAIL]} objects could not be undone; their reasons tell why."}
        elif stopped is not None:
            result |= {"failed": True, "msg": "The undo ended before its end; run it again to complete it."}
        return result


def _refused(item: UndoItem, error: ApiError) -> UndoItem:
    if error.status == 412:
        return item.left("It was edited in the moment before.")
    if error.status == 409:
        return item.left(f"Other objects depend on it: {error.server_message}")
    return dataclasses.replace(item, action=UndoAction.FAIL, reason=str(error))


def _object_json(item: UndoItem, *, pending: bool) -> Json:
    return {
        "object": item.target.value,
        "id": item.id,
        "name": item.name,
        "action": "not_processed" if pending and item.is_active else item.action.value,
        "changes": {name: {"before": now, "after": before} for name, (now, before) in item.fields.items()},
        "reason": item.reason,
        "by": item.by or None,
        "at": item.at or None,
    }


def _diff(item: Json) -> Json:
    title = f"{item['object']} {item['name']} (id {item['id']})"
    if item["action"] == UndoAction.REMOVE:
        return {"before_header": title, "after_header": title, "before": f"{item['name']}\n", "after": ""}
    before, after = ("".join(f"{name}: {change[side]}\n" for name, change in item["changes"].items()) for side in ("before", "after"))
    return {"before_header": title, "after_header": title, "before": before, "after": after}
