# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Branches of NetBox's branching plugin: all that a client asks and writes can go into one, for a review before it is merged."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import secrets
import time
import typing as t

from .._engine.text import near, quoted
from .._exceptions import ApiError, CollectionError, OptionError, UnusableAnswer
from .client import Json, NetBoxClient

PLUGIN = "netbox_branching"
_OPTION = "netbox_branch"
_PATH = "plugins/branching/branches"
# Seconds between two looks at a branch that is being made.
_PAUSE = 1.0
# How many times netbox_timeout that may take: NetBox copies its tables for it, and other jobs may stand before it.
_PATIENCE = 5


class Status(enum.StrEnum):
    """Of a branch, as the plugin names it. What is not listed cannot be used."""

    NEW = "new"
    PROVISIONING = "provisioning"
    SYNCING = "syncing"
    MIGRATING = "migrating"
    READY = "ready"


_SOON = frozenset({Status.NEW, Status.PROVISIONING, Status.SYNCING, Status.MIGRATING})
# Nothing of such a branch can be looked at any more.
_ENDED = frozenset({"merged", "archived"})
_WHAT_TO_DO = {
    "merged": "Its changes are in main: leave out netbox_branch, or name a new branch.",
    "archived": "Name a new branch.",
    "pending-migrations": "Have NetBox migrate it first.",
    "failed": "Look at the branch's job in NetBox, or name a new branch.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Branch:
    """A branch that is ready.

    :ivar created: by this run
    """

    id: int
    name: str
    schema_id: str
    created: bool = False


class Branches:
    """The branches of one NetBox, and the way into one."""

    def __init__(
        self,
        client: NetBoxClient,
        *,
        sleep: c.Callable[[float], None] = time.sleep,
        clock: c.Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._clock = clock

    def enter(self, name: str, *, create: bool, check_mode: bool) -> Branch | None:
        """From now on the client reads and writes in the branch. None, and it stays in main, for one that check mode does not create.

        Raises OptionError for a branch that is not there or cannot be used, ApiError where NetBox could not be asked.
        """
        if PLUGIN not in self._client.plugins:
            hint = "Install it there, or leave netbox_branch out."
            raise OptionError(_OPTION, name, f"needs the plugin {PLUGIN}, and {self._client.root} has none", hint)
        rows = self._client.read(_PATH, "reading the branches of NetBox")
        row = next((item for item in rows if item.get("name") == name), None)
        created = False
        if row is None:
            if not create:
                raise OptionError(_OPTION, name, "is no branch of NetBox", _instead(name, rows))
            if check_mode:
                return None
            row, created = self._create(name)
        row = self._ready(row, name)
        branch = Branch(row["id"], name, str(row.get("schema_id") or ""), created)
        self._check_header(branch)
        self._client.branch = branch.schema_id
        return branch

    def is_apart(self, name: str) -> bool:
        """Whether NetBox has a branch of this name whose changes are not in main. Raises ApiError."""
        if PLUGIN not in self._client.plugins:
            return False
        rows = self._client.read(_PATH, "reading the branches of NetBox")
        return any(row.get("name") == name and _status(row) not in _ENDED for row in rows)

    def _create(self, name: str) -> tuple[Json, bool]:
        """The branch, and whether this run has created it."""
        operation = f"creating the branch {name!r} in NetBox"
        if not self._client.has_workers:
            raise CollectionError(
                f"netbox_branch_create needs a background worker, and {self._client.root} has none running (netbox-rq); "
                "nothing was written. Start it."
            )
        request = self._client.request(_PATH)
        try:
            row = self._client.call(lambda: request.post({"name": name}), operation)
            return self._checked(row, operation), True
        except ApiError as error:
            # Another run may have made it at this moment, or the answer was lost: names are unique.
            rows = self._client.read(_PATH, operation)
            row = next((item for item in rows if item.get("name") == name), None)
            if row is None:
                raise
            return row, error.status is None

    def _ready(self, row: Json, name: str) -> Json:
        until = self._clock() + _PATIENCE * self._client.timeout
        while (status := _status(row)) in _SOON:
            if self._clock() > until:
                hint = "Look at NetBox's list of jobs, and whether its worker runs."
                raise OptionError(_OPTION, name, f"is a branch that has not become ready: it is {status}", hint)
            self._sleep(_PAUSE)
            operation = f"waiting for the branch {name!r} of NetBox"
            row = self._checked(self._client.get(f"{_PATH}/{row['id']}", operation), operation)
        if status != Status.READY:
            hint = _WHAT_TO_DO.get(status, "Wait until it is ready.")
            raise OptionError(_OPTION, name, f"is a branch that cannot be used: it is {status}", hint)
        return row

    def _checked(self, row: t.Any, operation: str) -> Json:
        if not isinstance(row, dict) or not isinstance(row.get("id"), int):
            raise UnusableAnswer(operation, url=self._client.url(_PATH), reason="this is no branch")
        return row

    def _check_header(self, branch: Branch) -> None:
        """A proxy that took the header away would have everything written into main: NetBox has to refuse a branch that is not there."""
        if not branch.schema_id.isalnum():
            raise OptionError(_OPTION, branch.name, "is a branch without an identifier")
        nobody = f"no{secrets.token_hex(6)}"
        path, operation = "extras/tags", "asking NetBox whether it heeds the branch that a request names"
        try:
            self._client.get_in_branch(path, operation, nobody)
        except ApiError as error:
            if error.status == 400:
                return
            raise
        hint = "Look at what stands before NetBox: the header X-NetBox-Branch has to reach it."
        raise UnusableAnswer(operation, url=self._client.url(path), reason="it does not", hint=hint)


def _status(row: Json) -> str:
    status = row.get("status")
    return str(status.get("value") if isinstance(status, dict) else status)


def _instead(name: str, rows: c.Iterable[Json]) -> str:
    names = sorted(str(row["name"]) for row in rows if row.get("name"))
    found = near(name, names)
    text = f"Near: {quoted(found)}. " if found else ""
    return f"{text}Create it in NetBox, or have an import do it with netbox_branch_create."
