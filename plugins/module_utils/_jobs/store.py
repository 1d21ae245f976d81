# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Job records on disk: one private JSON file for each search or import.

A record is written only by the job it describes. Everybody else reads it, drops a sentinel beside it (cancel), or removes it.
Files below ``<state_dir>/jobs`` (mode 0700, files 0600): ``<id>.json`` the record, ``<id>.cancel`` the sentinel,
``<id>.journal`` what it wrote, ``.lock``, and the mark of :mod:`.._cache.own_directory`, without which nothing is changed there.
"""

from __future__ import annotations

import collections.abc as c
import contextlib
import dataclasses
import datetime as dt
import fcntl
import json
import os
import pathlib
import stat

from .._cache.own_directory import MARK, AnotherUsers, IsOurs, NotOurs, check, expanded, take
from .._exceptions import CollectionError, OptionError
from .private_file import TEMPORARY_PREFIX, replace_private
from .process import Liveness, ProcessIdentity, liveness
from .record import JobRecord, JobStatus, format_time, is_job_id, now, valid_job_id

STATE_DIR_VARIABLE = "NETSOT_LIBRENMS_STATE_DIR"
KEEP_DAYS = 30
KEEP_ENDED = 200
# A process that cannot be seen from here counts as alive until its record has not moved for so long. A running job renews its
# record before every request, and no request with its retries takes that long.
SILENCE_SECONDS = 15 * 60

_RECORD_SUFFIX = ".json"
_CANCEL_SUFFIX = ".cancel"
_JOURNAL_SUFFIX = ".journal"
# 20,000 devices with their ports take about 100 MB.
_MAX_JOURNAL_BYTES = 1_000_000_000
_LOCK_NAME = ".lock"
_MAX_RECORD_BYTES = 1_000_000
_PRIVATE = "Job records are private to the user who started the job: ask as that user, or set state_dir to a directory of your own."
_LOST = "The process of this job is gone without having ended it: it was killed, or its machine was restarted."


class JobStoreError(CollectionError):
    """The directory of the job records, or one record, cannot be used."""


class DamagedRecordError(JobStoreError):
    """A file is not a job record that this version can read."""


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """The readable records, newest first, and a sentence for each file that is none."""

    records: tuple[JobRecord, ...]
    warnings: tuple[str, ...]


def resolve_state_dir(state_dir: str | None, environ: c.Mapping[str, str] | None = None) -> pathlib.Path:
    """The directory that holds the collection's state.

    The option, else E(NETSOT_LIBRENMS_STATE_DIR), else C(netsot.librenms) in E(XDG_STATE_HOME) or in C(~/.local/state).
    Raises OptionError for the home directory of a user that does not exist.
    """
    environ = os.environ if environ is None else environ
    chosen = state_dir or environ.get(STATE_DIR_VARIABLE)
    if chosen:
        return pathlib.Path(expanded("state_dir", os.path.expandvars(chosen)))
    base = pathlib.Path(environ.get("XDG_STATE_HOME", ""))
    # The XDG base directory specification: a relative path is invalid and to be ignored.
    if not base.is_absolute():
        base = pathlib.Path(environ.get("HOME") or expanded("state_dir", "~"), ".local", "state")
    return base / "netsot.librenms"


def _are_ours(names: c.Collection[str]) -> bool:
    """The lock is the first file that a job makes there; without it the names of the others prove nothing."""
    return _LOCK_NAME in names and all(map(_may_be_ours, names))


def _may_be_ours(name: str) -> bool:
    stem, suffix = os.path.splitext(name)
    is_of_a_job = suffix in (_RECORD_SUFFIX, _CANCEL_SUFFIX, _JOURNAL_SUFFIX) and is_job_id(stem)
    return is_of_a_job or name in (MARK, _LOCK_NAME) or name.startswith(TEMPORARY_PREFIX)


class JobStore:
    """The records of one state directory. Creates nothing until :meth:`prepare`."""

    def __init__(self, state_dir: str | None = None, environ: c.Mapping[str, str] | None = None) -> None:
        self.directory = resolve_state_dir(state_dir, environ) / "jobs"
        self._here = ProcessIdentity.current()

    def record_path(self, job_id: str) -> pathlib.Path:
        return self.directory / (valid_job_id(job_id) + _RECORD_SUFFIX)

    def _cancel_path(self, job_id: str) -> pathlib.Path:
        return self.directory / (valid_job_id(job_id) + _CANCEL_SUFFIX)

    def journal_path(self, job_id: str) -> pathlib.Path:
        return self.directory / (valid_job_id(job_id) + _JOURNAL_SUFFIX)

    # Reading

    def journal_content(self, job_id: str) -> bytes | None:
        """The file of a job's journal; None when there is none. Raises JobStoreError."""
        path = self.journal_path(job_id)
        try:
            with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                return file.read(_MAX_JOURNAL_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(f"The journal of job {job_id} cannot be read", path, error) from error

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
        return [self.directory / name for name in names if name.endswith(_RECORD_SUFFIX) and is_job_id(name.removesuffix(_RECORD_SUFFIX))]

    def _as_found(self, record: JobRecord) -> JobRecord:
        if not record.running:
            return record
        found = liveness(record.process, self._here)
        silence = (now() - record.updated_at).total_seconds()
        if found is Liveness.ALIVE or (found is Liveness.UNKNOWN and silence <= SILENCE_SECONDS):
            return record
        return dataclasses.replace(record, status=JobStatus.LOST, error=record.error or _LOST)

    def _unusable(self, what: str, path: pathlib.Path, error: OSError) -> JobStoreError:
        hint = f" {_PRIVATE}" if isinstance(error, PermissionError) else ""
        return JobStoreError(f"{what} ({path}): {error.strerror or error}.{hint}")

    # Writing

    def prepare(self) -> None:
        """Make the private directory. Raises JobStoreError when it cannot be made, or is not ours."""
        self._prove(take)

    def _prove(self, proof: c.Callable[[str, IsOurs], None]) -> None:
        try:
            proof(os.path.abspath(self.directory), _are_ours)
        except NotOurs as error:
            hint = _PRIVATE if isinstance(error, AnotherUsers) else "Set state_dir to a directory of your own."
            raise JobStoreError(f"The directory of the job records cannot be used ({self.directory}): {error}. {hint}") from None
        except OSError as error:
            if proof is check and isinstance(error, FileNotFoundError):
                # Then there is nothing to change.
                return
            raise self._unusable("The directory of the job records cannot be used", self.directory, error) from error

    @contextlib.contextmanager
    def locked(self) -> c.Iterator[None]:
        """Keep other starting, pruning and removing processes out. Without a lock where the file system has none."""
        descriptor = os.open(self.directory / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def write(self, record: JobRecord) -> None:
        """Replace the record atomically. Raises OSError."""
        text = json.dumps(record.to_json(), separators=(",", ":"))
        replace_private(self.record_path(record.id), text)

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
            self.journal_path(record.id).unlink(missing_ok=True)
            self.write(record)

    def remove(self, job_id: str) -> None:
        """Remove a record, its sentinel and its journal, if there are any. Raises JobStoreError, also where the directory is not ours."""
        self._prove(check)
        for path in (self.record_path(job_id), self._cancel_path(job_id), self.journal_path(job_id)):
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
        """Remove what outlived its purpose: sentinels and journals without a record, and half-written records."""
        for path in self.directory.iterdir():
            orphan = path.suffix in (_CANCEL_SUFFIX, _JOURNAL_SUFFIX) and not self.record_path(path.stem).exists()
            if orphan or path.name.startswith(TEMPORARY_PREFIX):
                with contextlib.suppress(OSError):
                    if path.lstat().st_mtime < oldest:
                        path.unlink()

    # Cancelling

    def request_cancel(self, job_id: str) -> None:
        """Drop the sentinel that the running job looks for. Raises JobStoreError, also where the directory is not ours."""
        self._prove(check)
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
