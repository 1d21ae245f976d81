# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is kept of one search or import: the record of a job, as data and as JSON."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import enum
import re
import typing as t

from .._exceptions import OptionError
from .process import ProcessIdentity

JSON = t.Any

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class JobKind(enum.StrEnum):
    SEARCH = "search"
    IMPORT = "import"
    UNDO = "undo"


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
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is no date in UTC") from None


def is_job_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def valid_job_id(job_id: object) -> str:
    """The id itself when it is one. Raises OptionError: an id becomes a file name, so it is letters, digits and ``. _ -`` only."""
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise OptionError(
            "job_id",
            job_id,
            "not a usable id of a job",
            "Use up to 100 letters, digits, dots, underscores and hyphens; the first one a letter or a digit.",
        )
    return job_id


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
