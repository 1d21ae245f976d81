# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The running job: progress, log, cancellation, deadline, and its record on disk."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import json
import os
import pathlib
import pwd
import re
import signal
import threading
import time
import types
import typing as t
import uuid

from .._engine.text import printable
from .._exceptions import CollectionError, OptionError, Stopped, StopReason
from .process import ProcessIdentity
from .record import JSON, Counts, JobKind, JobRecord, JobStatus, Phase, format_time, now, valid_job_id
from .store import JobStore, JobStoreError

__all__ = ["JSON", "Job", "JobKind", "JobStatus", "NullJob", "Phase", "Progress"]

LOG_LINES = 100
LOG_LINE_LENGTH = 300
# Seconds between two writes of the record, and between two looks for the sentinel.
WRITE_INTERVAL = 0.3
CANCEL_INTERVAL = 0.2
# A job that waits long shows that it lives by renewing its record at its next checkpoint.
RENEW_INTERVAL = 30.0
# The JSON of one parameter may be so long (a list of overrides has no limit); a listing reads every record.
PARAMETER_LENGTH = 4000

_SECRET_KEY = re.compile(r"token|passw|secret|communit|credential|authorization|api_?key|private_?key", re.IGNORECASE)
_URL_USER = re.compile(r"(?<=://)[^/@\s]+@")
_HIDDEN = "********"


class Progress(t.Protocol):
    """What clients and flows tell a job, and ask of it. Every method may be called from any thread."""

    def phase(self, phase: Phase, total: int | None = None) -> None:
        """A new phase begins with nothing done; ``total`` None when it is not known yet."""

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """``done`` more were dealt with, of which ``failed`` did not succeed."""

    def log(self, text: str) -> None:
        """Keep one line for people."""

    def checkpoint(self) -> None:
        """Called before every request. Raises Stopped when the job has to end."""


class NullJob:
    """A job that nobody watches: for the inventory plugin and for tests."""

    id = ""
    warnings: c.Sequence[str] = ()
    stop_reason: StopReason | None = None
    kind = ""
    started_at = ""
    journal_path: pathlib.Path | None = None

    @property
    def parameters(self) -> c.Mapping[str, JSON]:
        return {}

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def phase(self, phase: Phase, total: int | None = None) -> None:
        return None

    def advance(self, done: int = 1, failed: int = 0) -> None:
        return None

    def set_progress(self, done: int, failed: int = 0) -> None:
        return None

    def log(self, text: str) -> None:
        return None

    def checkpoint(self) -> None:
        return None

    def finish(self, status: JobStatus, summary: c.Mapping[str, JSON] | None = None, error: str = "") -> None:
        return None

    def result(self) -> dict[str, JSON]:
        return {}


class Job:
    """One search or import while it runs. Use it as a context manager: leaving it ends the job in every case.

    :ivar id: the job's id
    :ivar warnings: sentences for the user, such as that no record could be kept
    """

    def __init__(
        self,
        store: JobStore | None,
        record: JobRecord,
        *,
        deadline: float | None = None,
        secrets: c.Sequence[str] = (),
        clock: c.Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = record.id
        self.warnings: list[str] = []
        self._store = store
        self._record = record
        self._secrets = tuple(secret for secret in secrets if secret)
        self._clock = clock
        self._started = self._written = clock()
        self._ended: float | None = None
        self._deadline = None if deadline is None else self._started + deadline
        self._lock = threading.RLock()
        self._counts = record.progress
        self._log: collections.deque[str] = collections.deque(record.log, maxlen=LOG_LINES)
        self._changed = False
        self._looked = float("-inf")
        self._terminated = False
        self._stop_reason: StopReason | None = None
        self._previous_handler: t.Any = None

    @classmethod
    def open(
        cls,
        kind: JobKind,
        *,
        state_dir: str | None = None,
        job_id: str | None = None,
        parameters: c.Mapping[str, JSON] | None = None,
        check_mode: bool = False,
        deadline: float | None = None,
        user: str | None = None,
        secrets: c.Sequence[str] = (),
        clock: c.Callable[[], float] = time.monotonic,
    ) -> Job:
        """Start a job and its record; old records are removed by the way.

        A state directory that cannot be written to is a warning, and the run goes on without a record, also with an explicit
        ``job_id``: the action plugins always give one, and a nightly import must not fail for its own book-keeping.

        :param job_id: letters, digits and ``. _ -``, at most 100; None for a new one. An ended job of the same id is replaced.
        :param parameters: the options of the run for later reading; secrets are left out
        :param deadline: seconds from now after which :meth:`checkpoint` stops the job
        :param secrets: texts that are replaced wherever they would get into the record
        :raises OptionError: the id is not usable or a running job has it, or the deadline is not above zero
        """
        if deadline is not None and deadline <= 0:
            raise OptionError("deadline", deadline, "must be more than 0 seconds")
        moment = now()
        secrets = tuple(secret for secret in secrets if secret)
        record = JobRecord(
            id=valid_job_id(job_id) if job_id is not None else str(uuid.uuid4()),
            kind=kind,
            user=user or _current_user(),
            process=ProcessIdentity.current(),
            check_mode=check_mode,
            status=JobStatus.RUNNING,
            started_at=moment,
            updated_at=moment,
            parameters=_safe_parameters(parameters or {}, secrets),
        )
        store = JobStore(state_dir)
        problem = ""
        try:
            store.prepare()
            store.prune()
            store.claim(record)
        except JobStoreError as error:
            problem = str(error)
        except OSError as error:
            problem = f"The record of the job cannot be written ({store.directory}): {error.strerror or error}."
        job = cls(None if problem else store, record, deadline=deadline, secrets=secrets, clock=clock)
        if problem:
            job.warnings.append(f"{problem} The job runs without a record, so it can be neither watched nor cancelled by its id.")
        return job

    @property
    def parameters(self) -> c.Mapping[str, JSON]:
        """The options of the run as the record has them, without secrets."""
        return self._record.parameters

    @property
    def started_at(self) -> str:
        """ISO 8601 in UTC."""
        return format_time(self._record.started_at)

    @property
    def kind(self) -> str:
        return self._record.kind.value

    @property
    def journal_path(self) -> pathlib.Path | None:
        """Where the journal of its writes belongs; None where no record is kept."""
        return self._store.journal_path(self.id) if self._store else None

    # Progress

    def phase(self, phase: Phase, total: int | None = None) -> None:
        """A new phase begins with nothing done; ``total`` None when it is not known yet."""
        with self._lock:
            # People wait for the total, too, and the first request of the phase may take long.
            new = (phase, total) != (self._counts.phase, self._counts.total)
            self._move(Counts(phase=phase, total=total), force=new)

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """``done`` more were dealt with, of which ``failed`` did not succeed."""
        with self._lock:
            self.set_progress(self._counts.done + done, self._counts.failed + failed)

    def set_progress(self, done: int, failed: int = 0) -> None:
        """``done`` of the phase were dealt with so far, of which ``failed`` did not succeed."""
        with self._lock:
            self._move(Counts(phase=self._counts.phase, done=done, total=self._counts.total, failed=failed))

    def log(self, text: str) -> None:
        """Keep one line; only the last 100 are kept. Control characters and secrets are taken out."""
        with self._lock:
            self._log.append(f"{format_time(now())} {printable(_redacted_text(text, self._secrets), LOG_LINE_LENGTH)}")
            self._changed = True
            self._write_when_due()

    def _move(self, counts: Counts, force: bool = False) -> None:
        self._counts = counts
        self._changed = True
        if force:
            self._write()
        else:
            self._write_when_due()

    # Stopping

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the job has to end, None while it may go on. Once set it stays."""
        with self._lock:
            if self._stop_reason is None:
                self._stop_reason = self._look_for_stop()
            return self._stop_reason

    def checkpoint(self) -> None:
        """Called before every request. Raises Stopped when the job has to end: cancelled, SIGTERM, or past its deadline."""
        with self._lock:
            reason = self.stop_reason
            self._write_when_due()
        if reason is not None:
            raise Stopped(reason)

    def _look_for_stop(self) -> StopReason | None:
        if self._terminated:
            return StopReason.CANCELLED
        moment = self._clock()
        if self._store is not None and moment - self._looked >= CANCEL_INTERVAL:
            self._looked = moment
            if self._store.cancel_requested(self.id):
                return StopReason.CANCELLED
        if self._deadline is not None and moment >= self._deadline:
            return StopReason.TIMED_OUT
        return None

    def _on_sigterm(self, _number: int, _frame: types.FrameType | None) -> None:
        # No lock and no write: this runs between any two instructions of the main thread, which may hold the lock.
        self._terminated = True

    # The end

    def finish(self, status: JobStatus, summary: c.Mapping[str, JSON] | None = None, error: str = "") -> None:
        """End the job. ``summary`` is the counts a person wants to see later: plain JSON types, small."""
        if status in (JobStatus.RUNNING, JobStatus.LOST):
            raise ValueError(f"a job cannot end as {status}")
        with self._lock:
            moment = now()
            self._ended = self._clock()
            self._replace(
                status=status,
                ended_at=moment,
                summary=_redacted(dict(summary or {}), self._secrets),
                error=printable(_redacted_text(error, self._secrets), 1000),
            )
            self._write()
            if self._store is not None:
                self._store.clear_cancel(self.id)

    def result(self) -> dict[str, JSON]:
        """The C(job) part of a module's result, of plain JSON types.

        ``id``, ``kind``, ``status``, ``check_mode``, ``started_at``, ``ended_at`` (None while it runs), ``duration`` in seconds,
        ``record`` (the path of the record, None when none is kept).
        """
        with self._lock:
            record = self._record
            return {
                "id": self.id,
                "kind": record.kind.value,
                "status": record.status.value,
                "check_mode": record.check_mode,
                "started_at": format_time(record.started_at),
                "ended_at": format_time(record.ended_at) if record.ended_at else None,
                "duration": round((self._clock() if self._ended is None else self._ended) - self._started, 1),
                "record": str(self._store.record_path(self.id)) if self._store else None,
            }

    def __enter__(self) -> t.Self:
        if threading.current_thread() is threading.main_thread():
            self._previous_handler = signal.signal(signal.SIGTERM, self._on_sigterm)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        try:
            if self._ended is None:
                status, text = _ending(error)
                self.finish(status, error=text)
        finally:
            if self._previous_handler is not None:
                signal.signal(signal.SIGTERM, self._previous_handler)
                self._previous_handler = None

    # The record

    def _replace(self, **changes: t.Any) -> None:
        self._record = dataclasses.replace(self._record, **changes)

    def _write_when_due(self) -> None:
        age = self._clock() - self._written
        if age >= (WRITE_INTERVAL if self._changed else RENEW_INTERVAL):
            self._write()

    def _write(self) -> None:
        if self._store is None:
            return
        self._replace(updated_at=now(), progress=self._counts, log=tuple(self._log))
        self._written = self._clock()
        self._changed = False
        try:
            self._store.write(self._record)
        except OSError as error:
            text = f"The record of the job could not be written ({self._store.directory}): {error.strerror or error}."
            if text not in self.warnings:
                self.warnings.append(text)


def _ending(error: BaseException | None) -> tuple[JobStatus, str]:
    """How a job ends that was left by this exception (None: by none) without having been finished."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return JobStatus.COMPLETED, ""
    if isinstance(error, Stopped):
        return JobStatus(error.reason.value), str(error)
    if isinstance(error, CollectionError):
        return JobStatus.FAILED, str(error)
    if isinstance(error, KeyboardInterrupt):
        return JobStatus.FAILED, "The job was interrupted from the keyboard."
    if isinstance(error, SystemExit):
        return JobStatus.FAILED, "The task failed."
    # The text of an unforeseen error may quote anything, a secret as well.
    return JobStatus.FAILED, f"An unexpected error ended the job ({type(error).__name__})."


def _safe_parameters(parameters: c.Mapping[str, JSON], secrets: c.Sequence[str]) -> dict[str, JSON]:
    """The options worth keeping: no secrets, no unset ones, and a note in place of what is very long."""
    safe: dict[str, JSON] = {}
    for key, value in _redacted(dict(parameters), secrets).items():
        if value is None:
            continue
        if len(json.dumps(value, default=str)) <= PARAMETER_LENGTH:
            safe[key] = value
        else:
            safe[key] = (
                f"({len(value)} entries, too long to be kept)"
                if isinstance(value, (dict, list))
                else printable(str(value), LOG_LINE_LENGTH)
            )
    return safe


def _redacted(value: JSON, secrets: c.Sequence[str]) -> JSON:
    """A copy of plain JSON types without the keys and texts that are secrets."""
    if isinstance(value, c.Mapping):
        return {str(key): _redacted(item, secrets) for key, item in value.items() if not _SECRET_KEY.search(str(key))}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redacted(item, secrets) for item in value]
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return _redacted_text(str(value), secrets)


def _redacted_text(text: str, secrets: c.Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return _URL_USER.sub("", text)


def _current_user() -> str:
    """The name of the user this process runs as; containers often run as a number without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
