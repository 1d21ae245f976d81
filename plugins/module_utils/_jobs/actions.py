# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Job records as users see them, and what users may do with them: shared by the job modules."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import time

from .._exceptions import CollectionError
from .record import JSON, JobKind, JobRecord, JobStatus, format_time, now
from .store import DamagedRecordError, JobStore

# Seconds between two looks at a job that was asked to stop.
_LOOK_INTERVAL = 0.5


class JobActionError(CollectionError):
    """What was asked cannot be done with this job.

    :ivar changed: whether something was done all the same
    """

    def __init__(self, text: str, *, changed: bool = False, job: dict[str, JSON] | None = None) -> None:
        self.changed = changed
        self.job = job
        super().__init__(text)


@dataclasses.dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list. Empty values match everything."""

    job_id: str | None = None
    kind: JobKind | None = None
    status: frozenset[JobStatus] = frozenset()
    user: str | None = None

    def matches(self, record: JobRecord) -> bool:
        return (
            (self.kind is None or record.kind is self.kind)
            and (not self.status or record.status in self.status)
            and (not self.user or record.user == self.user)
        )


@dataclasses.dataclass(frozen=True, slots=True)
class JobList:
    """``jobs`` are plain JSON, newest first, at most as many as asked for; ``total`` is how many there are."""

    jobs: tuple[dict[str, JSON], ...]
    total: int
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ActionResult:
    """``before`` and ``after`` are the parts for a diff; ``job`` is None when there is none (any more)."""

    changed: bool
    job: dict[str, JSON] | None
    before: dict[str, JSON]
    after: dict[str, JSON]
    warnings: tuple[str, ...] = ()


def job_fields(record: JobRecord, moment: dt.datetime, log_lines: int | None = None) -> dict[str, JSON]:
    """One job of plain JSON types; ``log_lines`` limits its log to the last so many."""
    log = list(record.log)
    if log_lines is not None:
        log = log[len(log) - min(log_lines, len(log)) :]
    return {
        "id": record.id,
        "kind": record.kind.value,
        "status": record.status.value,
        "user": record.user,
        "host": record.process.host,
        "pid": record.process.pid,
        "check_mode": record.check_mode,
        "started_at": format_time(record.started_at),
        "updated_at": format_time(record.updated_at),
        "ended_at": format_time(record.ended_at) if record.ended_at else None,
        "duration": record.duration(moment),
        "progress": record.progress.to_json(),
        "summary": dict(record.summary),
        "error": record.error,
        "parameters": dict(record.parameters),
        "log": log,
    }


def list_jobs(store: JobStore, wanted: JobFilter, *, limit: int, log_lines: int) -> JobList:
    """The jobs that match, newest first; ``limit`` 0 for all. Raises JobStoreError or OptionError."""
    warnings: tuple[str, ...] = ()
    if wanted.job_id is not None:
        record = store.read(wanted.job_id)
        records: tuple[JobRecord, ...] = () if record is None else (record,)
    else:
        listing = store.listing()
        records, warnings = listing.records, listing.warnings
    matching = [record for record in records if wanted.matches(record)]
    moment = now()
    shown = matching[:limit] if limit else matching
    return JobList(tuple(job_fields(record, moment, log_lines) for record in shown), len(matching), warnings)


def cancel_job(
    store: JobStore,
    job_id: str,
    *,
    wait: float,
    check_mode: bool = False,
    sleep: c.Callable[[float], None] = time.sleep,
    clock: c.Callable[[], float] = time.monotonic,
) -> ActionResult:
    """Ask a job to stop, and wait up to ``wait`` seconds until it has (0: do not wait).

    :raises JobActionError: there is no such job, or it has not stopped in time
    :raises JobStoreError: its record cannot be read, or the request cannot be left beside it
    """
    record = store.read(job_id)
    if record is None:
        raise JobActionError(f"There is no job {job_id} in {store.directory}.")
    before = {"status": record.status.value}
    if not record.running:
        return ActionResult(changed=False, job=job_fields(record, now()), before=before, after=before)
    cancelled = {"status": JobStatus.CANCELLED.value}
    asked_before = store.cancel_requested(job_id)
    if check_mode:
        return ActionResult(not asked_before, job_fields(record, now()), before, before if asked_before else cancelled)
    if not asked_before:
        store.request_cancel(job_id)
    end = clock() + wait
    while record.running and clock() < end:
        sleep(_LOOK_INTERVAL)
        # A record that somebody removes meanwhile was an ended one.
        record = store.read(job_id) or dataclasses.replace(record, status=JobStatus.CANCELLED)
    job = job_fields(record, now())
    if record.running:
        if not wait:
            return ActionResult(not asked_before, job, before, before if asked_before else cancelled)
        raise JobActionError(
            f"Job {job_id} was asked to stop and still runs after {wait:g} seconds: it ends when its request in flight is answered. "
            "Wait longer (wait_timeout), or look at it later with netsot.librenms.librenms_job_info.",
            changed=not asked_before,
            job=job,
        )
    store.clear_cancel(job_id)
    stopped = record.status is JobStatus.CANCELLED
    warnings = () if stopped else (f"Job {job_id} ended as {record.status.value} before it saw the request to stop.",)
    return ActionResult(stopped and not asked_before, job, before, {"status": record.status.value}, warnings)


def remove_job(store: JobStore, job_id: str, *, check_mode: bool = False) -> ActionResult:
    """Remove the record of a job that has ended, or that is lost or damaged.

    :raises JobActionError: the job runs
    :raises JobStoreError: the record cannot be read or removed
    """
    before: dict[str, JSON]
    warnings: tuple[str, ...] = ()
    try:
        record = store.read(job_id)
    except DamagedRecordError:
        before = {"id": job_id}
        warnings = (f"The record of job {job_id} was damaged.",)
    else:
        if record is None:
            return ActionResult(changed=False, job=None, before={}, after={})
        if record.running:
            raise JobActionError(
                f"Job {job_id} is running. Cancel it first (state: cancelled), then remove it.", job=job_fields(record, now())
            )
        before = {"id": job_id, "kind": record.kind.value, "status": record.status.value, "started_at": format_time(record.started_at)}
    if not check_mode:
        store.remove(job_id)
    return ActionResult(changed=True, job=None, before=before, after={}, warnings=warnings)
