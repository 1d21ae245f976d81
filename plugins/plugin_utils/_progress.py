# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Shows how far a job is, for the action plugins and the callback: reads job records, decides nothing."""

from __future__ import annotations

import collections.abc as c
import contextlib
import datetime as dt
import os
import pathlib
import re
import threading
import typing as t
import uuid

from ansible import constants
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars, merge_hash

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import Counts, JobRecord, now, valid_job_id
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore
from ansible_collections.netsot.librenms.plugins.module_utils._report.table import DETAILS
from ansible_collections.netsot.librenms.plugins.plugin_utils._answer import SHOWN_LATER, show_line, shown_result
from ansible_collections.netsot.librenms.plugins.plugin_utils._group_defaults import OwnOptionsAction
from ansible_collections.netsot.librenms.plugins.plugin_utils._variables import misspelt

# Seconds between two lines, and between two reads of the record.
LINE_INTERVAL = 2.0
READ_INTERVAL = 0.5

# It shows the lines of background tasks itself, where it is enabled.
PROGRESS_CALLBACK = "netsot.librenms.job_progress"

_ASYNC_ID = re.compile(r"j?[0-9]{1,20}\.[0-9]{1,20}")


class ProgressLines:
    """Turns the successive states of one job's record into lines: none unless it moved, and not too often.

    :param host: the host that the task runs for
    :param interval: seconds of the job's own time between two lines
    """

    def __init__(self, host: str, interval: float = LINE_INTERVAL) -> None:
        self._host = host
        self._interval = dt.timedelta(seconds=interval)
        self._shown: Counts | None = None
        self._shown_at = dt.datetime.min.replace(tzinfo=dt.UTC)
        # Where the current phase was first seen; the rate is counted from there.
        self._first: JobRecord | None = None

    def line(self, record: JobRecord, moment: dt.datetime) -> str | None:
        """The line to show now (``moment``), None for none."""
        counts = record.progress
        if not record.running or counts.phase is None:
            return None
        if self._first is None or self._first.progress.phase is not counts.phase or self._first.progress.done > counts.done:
            self._first = record
        if counts == self._shown or moment - self._shown_at < self._interval:
            return None
        self._shown, self._shown_at = counts, moment
        parts = [counts.phase.value]
        if counts.total is not None:
            parts[0] += f" {counts.done}/{counts.total}"
        elif counts.done:
            parts[0] += f" {counts.done}"
        if counts.failed:
            parts.append(f"{counts.failed} failed")
        parts.append(_duration_text(record.duration(moment)))
        left = _seconds_left(self._first, record)
        if left is not None:
            parts.append(f"about {_duration_text(left)} left")
        return f"[{self._host}] {record.kind.value}: {', '.join(parts)}"


def _seconds_left(first: JobRecord, record: JobRecord) -> float | None:
    """Estimate of the rest of the phase from its rate so far; None while there is no rate."""
    counts = record.progress
    done = counts.done - first.progress.done
    seconds = (record.updated_at - first.updated_at).total_seconds()
    if counts.total is None or done <= 0 or seconds <= 0 or counts.done >= counts.total:
        return None
    return (counts.total - counts.done) * seconds / done


def _duration_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


class Watch:
    """Shows a job's progress from a thread of its own while the block runs. Trouble with reading or showing means no lines.

    :param read: reads the record; None when there is none (yet)
    :param show: shows one line
    """

    def __init__(self, read: c.Callable[[], JobRecord | None], show: c.Callable[[str], None], lines: ProgressLines) -> None:
        self._read = read
        self._show = show
        self._lines = lines
        self._stop = threading.Event()
        self._before: JobRecord | None = None
        self._thread = threading.Thread(target=self._run, name="netsot.librenms progress", daemon=True)

    def __enter__(self) -> t.Self:
        self.start()
        return self

    def start(self) -> None:
        """From here on to the end of this process, or of the block."""
        # What is there already belongs to an earlier run of the same id.
        self._before = self._current()
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        # A file system that hangs must not keep the task from ending.
        self._thread.join(timeout=5)

    def _current(self) -> JobRecord | None:
        with contextlib.suppress(CollectionError, OSError):
            return self._read()
        return None

    def _run(self) -> None:
        while not self._stop.wait(READ_INTERVAL):
            record = self._current()
            if record is None or (self._before is not None and _same_run(record, self._before)):
                continue
            line = self._lines.line(record, now())
            if line is not None:
                with contextlib.suppress(OSError, ValueError):
                    self._show(line)


def _same_run(one: JobRecord, other: JobRecord) -> bool:
    return (one.started_at, one.process) == (other.started_at, other.process)


class ProgressAction(OwnOptionsAction):
    """Runs the module of the task's name once and shows its job's progress beside it."""

    # The option that names the module's own job record.
    record_option = "job_id"

    def _run_module(self, result: dict[str, t.Any], arguments: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        if not arguments.get(self.record_option):
            arguments[self.record_option] = str(uuid.uuid4())
        store = self._store(arguments)
        if (task_vars or {}).get(SHOWN_LATER):
            # The shipped playbooks, whose variables nobody else checks.
            for sentence in misspelt(load_extra_vars(self._loader)):
                Display().warning(sentence)
        if self._task.async_val:
            if store is not None and self._task.poll and PROGRESS_CALLBACK not in constants.CALLBACKS_ENABLED:
                # Ansible polls in this process, which ends with the task.
                self._watch(store, arguments, task_vars).start()
            module_result = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val)
            if store is not None:
                link_async(module_result.get("ansible_job_id"), store.record_path(str(arguments[self.record_option])))
            return t.cast("dict[str, t.Any]", merge_hash(result, module_result))
        with contextlib.ExitStack() as stack:
            if store is not None:
                stack.enter_context(self._watch(store, arguments, task_vars))
            result = merge_hash(result, self._execute_module(module_args=arguments, task_vars=task_vars))
        if not self._task.no_log:
            result = shown_result(result, self._table_detail(task_vars or {}), check_mode=bool(self._task.check_mode))
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _watch(self, store: JobStore, arguments: c.Mapping[str, t.Any], task_vars: c.Mapping[str, t.Any] | None) -> Watch:
        job_id = str(arguments[self.record_option])
        return Watch(lambda: store.read(job_id), show_line, ProgressLines((task_vars or {}).get("inventory_hostname", "localhost")))

    def _table_detail(self, task_vars: c.Mapping[str, t.Any]) -> str:
        """What the variable ``librenms_table`` asks for; the shipped playbooks show the table in a task of its own."""
        if task_vars.get(SHOWN_LATER):
            return "none"
        detail = str(self._templar.template(task_vars.get("librenms_table") or "short"))
        if detail not in DETAILS:
            Display().warning(f"librenms_table: {detail!r} is none of {', '.join(DETAILS)}; the short table is shown.")
            return "short"
        return detail

    def _store(self, arguments: c.Mapping[str, t.Any]) -> JobStore | None:
        """Where the module will keep its record, None when it cannot be seen from here or must not be shown."""
        if self._task.no_log or self._connection.transport != "local":
            return None
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        try:
            valid_job_id(str(arguments[self.record_option]))
            return JobStore(arguments.get("state_dir"), {**os.environ, **{key: str(value) for key, value in environment.items()}})
        except CollectionError:
            # The module will say so.
            return None


def link_async(async_id: object, record: pathlib.Path) -> None:
    """Note which job an asynchronous task runs: while Ansible polls it, callbacks are told nothing but Ansible's own id of the task.

    The note is in the temporary directory of this run of Ansible, which all its processes share and which goes with it.
    """
    if isinstance(async_id, str) and _ASYNC_ID.fullmatch(async_id):
        with contextlib.suppress(OSError):
            _async_link(async_id).symlink_to(record)


def read_async(async_id: object) -> JobRecord | None:
    """The record of the job that an asynchronous task of this run of Ansible runs, None when it is not known."""
    if not isinstance(async_id, str) or not _ASYNC_ID.fullmatch(async_id):
        return None
    with contextlib.suppress(CollectionError, OSError):
        record = _async_link(async_id).readlink()
        return JobStore(str(record.parent.parent)).read(record.name.removesuffix(record.suffix))
    return None


def _async_link(async_id: str) -> pathlib.Path:
    return pathlib.Path(constants.DEFAULT_LOCAL_TMP, f"netsot.librenms-{async_id}")
