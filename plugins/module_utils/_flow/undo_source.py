# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a run of an import did: from its journal, or without one from NetBox's change log."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.planning.journal import JournalRead
from .._engine.planning.undo import Key, LoggedChange
from .._exceptions import CollectionError, OptionError
from .._jobs.job import JobKind
from .._jobs.journal import journal_of
from .._jobs.store import JobStore, JobStoreError
from .._netbox.branches import Branches
from .._netbox.change_log import ChangeLog
from .._netbox.client import NetBoxClient
from .messages import import_message, started_at_of, undo_message
from .run import Warn


@dataclasses.dataclass(frozen=True, slots=True)
class Deeds:
    """What a run did.

    :ivar message: what the change log says of it, and ``undo_message`` of what undid it
    :ivar versions: ``last_updated`` of the objects as it has left them, where that is known
    """

    message: str
    undo_message: str
    changes: tuple[LoggedChange, ...]
    versions: c.Mapping[Key, str] = dataclasses.field(default_factory=dict)

    def is_ours(self, message: str) -> bool:
        return message == self.message or message.startswith(self.undo_message)


def read_deeds(client: NetBoxClient, store: JobStore, job_id: str, branch: str, warn: Warn) -> Deeds:
    """What the last run of a job did.

    :param branch: the branch of NetBox that the client is in, by its name; empty for main
    :raises OptionError: the job is no import, or wrote to another NetBox or another branch
    :raises CollectionError: it runs, or nobody knows what it did
    """
    record = store.read(job_id)
    if record is not None and record.running:
        raise CollectionError(f"The job {job_id!r} is running; nothing was undone. Cancel it first, or wait for its end.")
    if record is not None and record.kind is not JobKind.IMPORT:
        raise OptionError("job_id", job_id, f"is a job of the kind {record.kind}", "Only an import can be undone.")
    log = ChangeLog(client)
    try:
        journal = journal_of(store, job_id)
    except JobStoreError as error:
        warn(f"{error} What the job did is read from NetBox's change log.")
        journal = None
    return _by_journal(client, log, journal, branch) if journal else _by_change_log(log, job_id, warn)


def _by_journal(client: NetBoxClient, log: ChangeLog, journal: JournalRead, branch: str) -> Deeds:
    header = journal.header
    if header.kind != JobKind.IMPORT:
        raise OptionError("job_id", header.job, f"is a job of the kind {header.kind}", "Only an import can be undone.")
    if header.netbox != client.root:
        raise OptionError("netbox_url", client.root, f"is not the NetBox that job {header.job} wrote to, {header.netbox}")
    # What was merged is in main, and in branches that are made after that.
    if header.branch and header.branch != branch and Branches(client).is_apart(header.branch):
        reason = f"is not the branch that job {header.job} wrote to, {header.branch!r}"
        raise OptionError("netbox_branch", branch or None, reason, "Name that one.")
    changes = journal.changes
    if journal.in_doubt:
        # Of a write without an answer only NetBox knows whether it happened; so it does of all others of the same object.
        logged = [change for change in log.of_message(header.message, full=True) if change.message == header.message]
        known = {change.key for change in logged}
        changes = (*(change for change in changes if change.key not in known), *logged)
    return Deeds(header.message, undo_message(header.job, header.started_at), changes, journal.versions)


def _by_change_log(log: ChangeLog, job_id: str, warn: Warn) -> Deeds:
    runs: dict[str, list[LoggedChange]] = {}
    for change in log.of_message(import_message(job_id), full=True):
        started_at = started_at_of(change.message, job_id)
        if started_at is not None:
            runs.setdefault(started_at, []).append(change)
    if not runs:
        raise CollectionError(
            f"There is no journal of the job {job_id!r}, and NetBox's change log has nothing of it that the token of netbox_token may see, "
            "so nothing was undone. Check job_id, state_dir, the permission core.view_objectchange, and how long NetBox keeps its log "
            "(CHANGELOG_RETENTION)."
        )
    started_at = max(runs)
    if len(runs) > 1:
        warn(f"NetBox's change log has {len(runs)} runs of the job {job_id}; only the last one, which began at {started_at}, is undone.")
    return Deeds(import_message(job_id, started_at), undo_message(job_id, started_at), tuple(runs[started_at]))
