# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The journal of a job on disk, beside its record: appended before and after each write, so that it survives a kill."""

from __future__ import annotations

import collections.abc as c
import itertools
import os
import pathlib
import threading

from .._engine.kinds import Target
from .._engine.planning.journal import FORMAT_VERSION, Begun, Body, Ended, Entry, Header, JournalRead, Left, line_of, read_journal
from .job import Job, NullJob
from .store import JobStore, JobStoreError


class Journal:
    """The journal of one job. Every method may be called from any thread.

    A journal that cannot be written is told once, and the job goes on: NetBox's change log holds the same.
    """

    def __init__(self, path: pathlib.Path | None, header: Header, tell: c.Callable[[str], None]) -> None:
        """:param path: None for none; a journal of an earlier job of the same id is replaced"""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._tell = tell
        self._path = path
        self._descriptor: int | None = None
        # The objects that the job itself has created.
        self._made: set[tuple[Target, int]] = set()
        if path is not None:
            try:
                path.unlink(missing_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
                self._descriptor = os.open(path, flags, 0o600)
            except OSError as error:
                self._lost(error)
        self._append(header)

    def begin(self, target: Target, method: str, bodies: c.Sequence[Body], before: c.Sequence[Body] = ()) -> int:
        """A write is about to be sent; returns its number."""
        with self._lock:
            number = next(self._numbers)
        self._append(Begun(number, target, method, tuple(bodies), tuple(before)))
        return number

    def end(self, number: int, target: Target, method: str, done: c.Sequence[Left]) -> None:
        """It was done."""
        if method == "post":
            with self._lock:
                self._made |= {(target, item.id) for item in done}
        self._append(Ended(number, tuple(done)))

    def refused(self, number: int) -> None:
        """Nothing of it was done."""
        self._append(Ended(number, refused=True))

    def is_own(self, target: Target, object_id: int) -> bool:
        """Whether the job itself has created an object."""
        with self._lock:
            return (target, object_id) in self._made

    def close(self) -> None:
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _append(self, entry: Entry) -> None:
        with self._lock:
            if self._descriptor is None:
                return
            content = line_of(entry).encode()
            try:
                while content:
                    content = content[os.write(self._descriptor, content) :]
            except OSError as error:
                os.close(self._descriptor)
                self._descriptor = None
                self._lost(error)

    def _lost(self, error: OSError) -> None:
        self._tell(
            f"The journal of the job cannot be written ({self._path}): {error.strerror or error}. "
            "The job goes on; it can be undone by NetBox's change log only."
        )


def open_journal(job: Job | NullJob, netbox: str, message: str, tell: c.Callable[[str], None], branch: str = "") -> Journal:
    """A new journal, for the writes of a job to a NetBox, or a branch of it.

    :param message: what the change log says of them
    :param tell: gets a sentence when it cannot be written
    """
    header = Header(
        format_version=FORMAT_VERSION,
        job=job.id,
        kind=job.kind,
        started_at=job.started_at,
        netbox=netbox,
        message=message,
        branch=branch,
    )
    return Journal(job.journal_path, header, tell)


def journal_of(store: JobStore, job_id: str) -> JournalRead | None:
    """What the journal of a job says; None when there is none. Raises JobStoreError."""
    content = store.journal_content(job_id)
    if content is None:
        return None
    try:
        return read_journal(content.decode())
    except ValueError as error:
        raise JobStoreError(f"The journal of job {job_id} cannot be read ({store.journal_path(job_id)}): it {error}.") from error
