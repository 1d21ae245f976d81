# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Job records on disk: one private JSON file for each search or import.

A record is written only by the job it describes. Everybody else reads it, drops a sentinel beside it (cancel), or removes it.
Files below ``<state_dir>/jobs`` (mode 0700, files 0600): ``<id>.json`` the record, ``<id>.cancel`` the sentinel, ``.lock``.
"""

from __future__ import annotations

import collections.abc as c
import contextlib
import dataclasses
import datetime as dt
import enum
import fcntl
import json
import os
import pathlib
import re
import stat
import tempfile
import typing as t

from .._exceptions import CollectionError, OptionError
from .process import Liveness, ProcessIdentity, liveness

JSON = t.Any

STATE_DIR_VARIABLE = "NETSOT_LIBRENMS_STATE_DIR"
KEEP_DAYS = 30
KEEP_ENDED = 200
# A process that cannot be seen from here counts as alive until its record has not moved for so long. A running job renews its
# record before every request, and no request with its retries takes that long.
SILENCE_SECONDS = 15 * 60

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RECORD_SUFFIX = ".json"
_CANCEL_SUFFIX = ".cancel"
_TEMPORARY_PREFIX = ".new-"
_MAX_RECORD_BYTES = 1_000_000
_LOST = "The process of this job is gone without having ended it: it was killed, or its machine was restarted."


class JobKind(enum.StrEnum):
    SEARCH = "search"
    IMPORT = "import"


class JobStatus(enum.StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    # Found, never written: the record says running and its process is gone.
    LOST = "lost"


class Phase(enum.StrEnum):
    """What a job is doing; the values are what people see."""

    LISTING = "listing"
    INVENTORIES = "inventories"
    READING = "reading"
    ASSESSING = "assessing"
    WRITING = "writing"


class JobStoreError(CollectionError):
    """The directory of the job records, or one record, cannot be used."""


class DamagedRecordError(JobStoreError):
    """A file is not a job record that this version can read."""


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """How far the current phase is. ``failed`` is a part of ``done``; ``total`` is None as long as it is not known."""

    phase: Phase | None = None
    done: int = 0
    total: int | None = None
    failed: int = 0

    def to_json(self) -> dict[str, JSON]:
        return {"phase": self.phase.value if self.phase else None, "done": self.done, "total": self.total, "failed": self.failed}


@dataclasses.dataclass(frozen=True, slots=True)
class JobRecord:
    """What is kept of one job. No field holds a secret. ``log`` is oldest first."""

    id: str
    kind: JobKind
    user: str
    process: ProcessIdentity
    check_mode: bool
    status: JobStatus
    started_at: dt.datetime
    updated_at: dt.datetime
    ended_at: dt.datetime | None = None
    parameters: c.Mapping[str, JSON] = dataclasses.field(default_factory=dict)
    progress: Counts = Counts()
    log: tuple[str, ...] = ()
    summary: c.Mapping[str, JSON] = dataclasses.field(default_factory=dict)
    error: str = ""

    @property
    def running(self) -> bool:
        return self.status is JobStatus.RUNNING

    def duration(self, now: dt.datetime) -> float:
        """Seconds from the start to the end; to the last sign of life for a lost job, to ``now`` for a running one."""
        end = now if self.running else self.ended_at or self.updated_at
        return round(max(0.0, (end - self.started_at).total_seconds()), 1)

    def to_json(self) -> dict[str, JSON]:
        """Plain JSON types, as stored."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "user": self.user,
            "host": self.process.host,
            "process": {
                "pid": self.process.pid,
                "started": self.process.started,
                "boot_id": self.process.boot_id,
                "namespace": self.process.namespace,
            },
            "check_mode": self.check_mode,
            "status": self.status.value,
            "started_at": format_time(self.started_at),
            "updated_at": format_time(self.updated_at),
            "ended_at": format_time(self.ended_at) if self.ended_at else None,
            "parameters": dict(self.parameters),
            "progress": self.progress.to_json(),
            "log": list(self.log),
            "summary": dict(self.summary),
            "error": self.error,
        }

    @classmethod
    def from_json(cls, data: JSON) -> JobRecord:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        process, progress = data["process"], data["progress"]
        return cls(
            id=valid_job_id(data["id"]),
            kind=JobKind(data["kind"]),
            user=_typed(data["user"], str),
            process=ProcessIdentity(
                host=_typed(data["host"], str),
                pid=_typed(process["pid"], int),
                started=_optional(process["started"], int),
                boot_id=_typed(process["boot_id"], str),
                namespace=_typed(process["namespace"], str),
            ),
            check_mode=_typed(data["check_mode"], bool),
            status=JobStatus(data["status"]),
            started_at=parse_time(data["started_at"]),
            updated_at=parse_time(data["updated_at"]),
            ended_at=None if data["ended_at"] is None else parse_time(data["ended_at"]),
            parameters=_typed(data["parameters"], dict),
            progress=Counts(
                phase=None if progress["phase"] is None else Phase(progress["phase"]),
                done=_typed(progress["done"], int),
                total=_optional(progress["total"], int),
                failed=_typed(progress["failed"], int),
            ),
            log=tuple(_typed(line, str) for line in _typed(data["log"], list)),
            summary=_typed(data["summary"], dict),
            error=_typed(data["error"], str),
        )


_T = t.TypeVar("_T")


def _typed(value: JSON, wanted: type[_T]) -> _T:
    # bool is an int to isinstance, and no count.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is not {wanted.__name__}")
    return value


def _optional(value: JSON, wanted: type[_T]) -> _T | None:
    return None if value is None else _typed(value, wanted)


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """The readable records, newest first, and a sentence for each file that is none."""

    records: tuple[JobRecord, ...]
    warnings: tuple[str, ...]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def format_time(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with milliseconds, such as ``2026-11-23T10:00:00.123Z``."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> dt.datetime:
    """The reverse of :func:`format_time`. Raises TypeError or ValueError."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment


def valid_job_id(job_id: object) -> str:
    """The id itself when it is one. Raises OptionError: an id becomes a file name, so it is letters, digits and ``. _ -`` only."""
    if not isinstance(job_id, str) or not _ID.fullmatch(job_id):
        raise OptionError(
            "job_id",
            job_id,
            "not a usable id of a job",
            "Use up to 100 letters, digits, dots, underscores and hyphens; the first one a letter or a digit.",
        )
    return job_id


def resolve_state_dir(state_dir: str | None, environ: c.Mapping[str, str] | None = None) -> pathlib.Path:
    """The directory that holds the collection's state.

    The option, else E(NETSOT_LIBRENMS_STATE_DIR), else C(netsot.librenms) in E(XDG_STATE_HOME) or in C(~/.local/state).
    """
    environ = os.environ if environ is None else environ
    chosen = state_dir or environ.get(STATE_DIR_VARIABLE)
    if chosen:
        return pathlib.Path(os.path.expandvars(chosen)).expanduser()
    base = pathlib.Path(environ.get("XDG_STATE_HOME", ""))
    # The XDG base directory specification: a relative path is invalid and to be ignored.
    if not base.is_absolute():
        base = pathlib.Path(environ.get("HOME") or pathlib.Path.home(), ".local", "state")
    return base / "netsot.librenms"


class JobStore:
    """The records of one state directory. Creates nothing until :meth:`prepare`."""

    def __init__(self, state_dir: str | None = None, environ: c.Mapping[str, str] | None = None) -> None:
        self.directory = resolve_state_dir(state_dir, environ) / "jobs"
        self._here = ProcessIdentity.current()

    def record_path(self, job_id: str) -> pathlib.Path:
        return self.directory / (valid_job_id(job_id) + _RECORD_SUFFIX)

    def _cancel_path(self, job_id: str) -> pathlib.Path:
        return self.directory / (valid_job_id(job_id) + _CANCEL_SUFFIX)

    # Reading

    def read(self, job_id: str) -> JobRecord | None:
        """One record with its status as it is found now; None when there is none. Raises JobStoreError."""
        path = self.record_path(job_id)
        try:
            record = _read_record(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(f"The record of job {job_id} cannot be read", path, error) from error
        return self._as_found(record)

    def listing(self) -> Listing:
        """Every record, with one read for each. Raises JobStoreError when the directory cannot be read."""
        records: list[JobRecord] = []
        warnings: list[str] = []
        for path in self._record_paths():
            try:
                records.append(self._as_found(_read_record(path)))
            except FileNotFoundError:
                continue
            except DamagedRecordError as error:
                warnings.append(str(error))
            except OSError as error:
                warnings.append(str(self._unusable("A job record cannot be read", path, error)))
        records.sort(key=lambda record: (record.started_at, record.id), reverse=True)
        return Listing(tuple(records), tuple(warnings))

    def _record_paths(self) -> list[pathlib.Path]:
        try:
            names = [path.name for path in self.directory.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable("The job records cannot be read", self.directory, error) from error
        return [
            self.directory / name for name in names if name.endswith(_RECORD_SUFFIX) and _ID.fullmatch(name.removesuffix(_RECORD_SUFFIX))
        ]

    def _as_found(self, record: JobRecord) -> JobRecord:
        if not record.running:
            return record
        found = liveness(record.process, self._here)
        silence = (now() - record.updated_at).total_seconds()
        if found is Liveness.ALIVE or (found is Liveness.UNKNOWN and silence <= SILENCE_SECONDS):
            return record
        return dataclasses.replace(record, status=JobStatus.LOST, error=record.error or _LOST)

    def _unusable(self, what: str, path: pathlib.Path, error: OSError) -> JobStoreError:
        hint = ""
        if isinstance(error, PermissionError):
            hint = (
                " Job records are private to the user who started the job: ask as that user, or set state_dir to a directory of your own."
            )
        return JobStoreError(f"{what} ({path}): {error.strerror or error}.{hint}")

    # Writing

    def prepare(self) -> None:
        """Make the private directory. Raises JobStoreError when it cannot be made, or belongs to somebody else."""
        try:
            self.directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.directory.mkdir(exist_ok=True, mode=0o700)
            info = self.directory.lstat()
            if not stat.S_ISDIR(info.st_mode):
                raise NotADirectoryError(20, "It is not a directory", str(self.directory))
            if os.geteuid() not in (0, info.st_uid):
                raise PermissionError(13, "It belongs to another user", str(self.directory))
            if info.st_mode & 0o077 and info.st_uid == os.geteuid():
                self.directory.chmod(0o700)
        except OSError as error:
            raise self._unusable("The directory of the job records cannot be used", self.directory, error) from error

    @contextlib.contextmanager
    def locked(self) -> c.Iterator[None]:
        """Keep other starting, pruning and removing processes out. Without a lock where the file system has none."""
        descriptor = os.open(self.directory / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def write(self, record: JobRecord) -> None:
        """Replace the record atomically. Raises OSError."""
        text = json.dumps(record.to_json(), separators=(",", ":"))
        descriptor, temporary = tempfile.mkstemp(dir=self.directory, prefix=_TEMPORARY_PREFIX)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
            pathlib.Path(temporary).replace(self.record_path(record.id))
        except BaseException:
            with contextlib.suppress(OSError):
                pathlib.Path(temporary).unlink()
            raise

    def claim(self, record: JobRecord) -> None:
        """Write the first record of a new job. It replaces an ended job of the same id. Raises OptionError when that one runs."""
        with self.locked():
            try:
                other = self.read(record.id)
            except DamagedRecordError:
                other = None
            if other is not None and other.running:
                raise OptionError(
                    "job_id",
                    record.id,
                    f"a job of this id runs since {format_time(other.started_at)} (process {other.process.pid} on {other.process.host})",
                    "Use another id, leave job_id out to get a new one, or cancel that job first.",
                )
            self.clear_cancel(record.id)
            self.write(record)

    def remove(self, job_id: str) -> None:
        """Remove a record and its sentinel, if there are any. Raises JobStoreError."""
        for path in (self.record_path(job_id), self._cancel_path(job_id)):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise self._unusable(f"Job {job_id} cannot be removed", path, error) from error

    def prune(self) -> None:
        """Remove ended and lost jobs that are too old or too many, and leftovers of killed processes. Errors are no matter."""
        with self.locked(), contextlib.suppress(JobStoreError, OSError):
            ended = [record for record in self.listing().records if not record.running]
            oldest = now() - dt.timedelta(days=KEEP_DAYS)
            for number, record in enumerate(ended):
                if number >= KEEP_ENDED or record.updated_at < oldest:
                    self.remove(record.id)
            self._remove_leftovers((now() - dt.timedelta(days=1)).timestamp())

    def _remove_leftovers(self, oldest: float) -> None:
        """Remove what outlived its purpose: sentinels without a record, and half-written records."""
        for path in self.directory.iterdir():
            orphan = path.name.endswith(_CANCEL_SUFFIX) and not self.record_path(path.name.removesuffix(_CANCEL_SUFFIX)).exists()
            if orphan or path.name.startswith(_TEMPORARY_PREFIX):
                with contextlib.suppress(OSError):
                    if path.lstat().st_mtime < oldest:
                        path.unlink()

    # Cancelling

    def request_cancel(self, job_id: str) -> None:
        """Drop the sentinel that the running job looks for. Raises JobStoreError."""
        path = self._cancel_path(job_id)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        except OSError as error:
            raise self._unusable(f"Job {job_id} cannot be cancelled", path, error) from error

    def cancel_requested(self, job_id: str) -> bool:
        return os.path.lexists(self._cancel_path(job_id))

    def clear_cancel(self, job_id: str) -> None:
        with contextlib.suppress(OSError):
            self._cancel_path(job_id).unlink(missing_ok=True)


def _read_record(path: pathlib.Path) -> JobRecord:
    """Read one file. Raises OSError, or DamagedRecordError when it is no record."""
    # Not blocking, so that a pipe put there cannot hang a listing; no links, as the directory may have been tampered with.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise DamagedRecordError(f"{path} is not a file and was skipped.")
        content = file.read(_MAX_RECORD_BYTES)
    try:
        record = JobRecord.from_json(json.loads(content))
    except (CollectionError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedRecordError(f"{path} is not a readable job record ({type(error).__name__}) and was skipped.") from error
    if record.id != path.name.removesuffix(_RECORD_SUFFIX):
        raise DamagedRecordError(f"{path} is the record of another job, {record.id}, and was skipped.")
    return record
