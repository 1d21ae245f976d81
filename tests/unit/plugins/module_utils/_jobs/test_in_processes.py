# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs in processes of their own: signals, kills, two at once, another user."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._jobs.actions import JobActionError, cancel_job, remove_job
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import JobRecord, JobStatus
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore

# Every test waits for events; this only bounds how long a failing one takes.
PATIENCE = 60

JOB = """
import json, sys, time
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import Stopped
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, JobStatus, Phase
options = json.loads(sys.argv[1])
with Job.open(JobKind.IMPORT, **options) as job:
    job.phase(Phase.WRITING, 1000)
    print("running", flush=True)
    done = 0
    try:
        while True:
            job.checkpoint()
            time.sleep(0.02)
            job.advance()
            done += 1
    except Stopped as stopped:
        job.finish(JobStatus(stopped.reason.value), {"updated": done, "not_processed": 1000 - done})
print(json.dumps(job.result()), flush=True)
"""


@contextlib.contextmanager
def running_job(tmp_path: pathlib.Path, **options: t.Any) -> t.Iterator[subprocess.Popen[str]]:
    arguments = json.dumps({"state_dir": str(tmp_path), "job_id": "one"} | options)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, "-c", JOB, arguments], stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "running\n"
            yield process
        finally:
            process.kill()


def record_of(store: JobStore) -> JobRecord:
    record = store.read("one")
    assert record is not None
    return record


def wait_for(condition: t.Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_sigterm_ends_in_good_order(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    with running_job(tmp_path) as process:
        wait_for(lambda: record_of(store).progress.done > 0)
        process.send_signal(signal.SIGTERM)
        output, _errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert json.loads(output)["status"] == "cancelled"
    record = record_of(store)
    assert record.status is JobStatus.CANCELLED
    assert record.summary["updated"] == record.progress.done > 0
    assert record.summary["updated"] + record.summary["not_processed"] == 1000


def test_deadline_ends_in_good_order(tmp_path: pathlib.Path) -> None:
    with running_job(tmp_path, deadline=0.2) as process:
        output, _errors = process.communicate(timeout=PATIENCE)
    assert json.loads(output)["status"] == "timed_out"
    assert record_of(JobStore(str(tmp_path))).status is JobStatus.TIMED_OUT


def test_cancelled_from_another_process(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    with running_job(tmp_path) as process:
        outcome = cancel_job(store, "one", wait=PATIENCE)
        process.communicate(timeout=PATIENCE)
    assert outcome.changed
    assert outcome.job is not None
    assert outcome.job["status"] == "cancelled"
    assert not store.cancel_requested("one")
    again = cancel_job(store, "one", wait=PATIENCE)
    assert not again.changed


def test_killed_job_is_lost_and_can_be_removed(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    with running_job(tmp_path) as process:
        wait_for(lambda: record_of(store).progress.done > 0)
        assert record_of(store).running
        with pytest.raises(JobActionError, match="Cancel it first"):
            remove_job(store, "one")
        process.kill()
        process.wait()
        record = record_of(store)
        assert record.status is JobStatus.LOST
        # What the record last knew.
        assert record.progress.done > 0
        assert not cancel_job(store, "one", wait=PATIENCE).changed
        assert not store.cancel_requested("one")
        assert remove_job(store, "one").changed
    assert store.read("one") is None


def test_of_many_starts_at_once_one_gets_the_id(tmp_path: pathlib.Path) -> None:
    script = (
        "import sys\n"
        "from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "Job.open(JobKind.IMPORT, job_id='one', state_dir=sys.argv[1])\n"
        "print('won', flush=True); sys.stdin.readline()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    pipes: dict[str, t.Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], text=True, env=environment, **pipes))
            for _ in range(5)
        ]
        for process in processes:
            assert process.stdout is not None and process.stdin is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        # Each either wins and waits, or ends with an error.
        answers = [process.stdout.readline() for process in processes if process.stdout is not None]
        assert sorted(answers) == ["", "", "", "", "won\n"]
        errors = [process.communicate(input="\n", timeout=PATIENCE)[1] for process in processes]
    assert sum("a job of this id runs since" in text for text in errors) == 4


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_records_of_another_user_are_neither_read_nor_cancelled() -> None:
    collections = next(path for path in sys.path if pathlib.Path(path, "ansible_collections/netsot/librenms").is_dir())
    script = (
        "import os, sys\n"
        "from ansible_collections.netsot.librenms.plugins.module_utils._jobs import actions, job as jobs, store as stores\n"
        "store = stores.JobStore(sys.argv[1])\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for action in (lambda: store.listing(), lambda: actions.cancel_job(store, 'one', wait=0),\n"
        "               lambda: actions.remove_job(store, 'one')):\n"
        "    try:\n"
        "        action()\n"
        "    except stores.JobStoreError as error:\n"
        "        print(error)\n"
        "job = jobs.Job.open(jobs.JobKind.SEARCH, state_dir=sys.argv[1], job_id='mine')\n"
        "print(job.warnings[0])\n"
    )
    directory = tempfile.mkdtemp()
    try:
        pathlib.Path(directory).chmod(0o755)
        with running_job(pathlib.Path(directory)):
            answer = subprocess.run(
                [sys.executable, "-c", script, directory],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
                env={**os.environ, "PYTHONPATH": collections},
            )
            assert record_of(JobStore(directory)).running
            assert not JobStore(directory).cancel_requested("one")
    finally:
        shutil.rmtree(directory)
    assert answer.stderr == ""
    lines = answer.stdout.splitlines()
    assert len(lines) == 4
    assert all("Permission denied" in line or "belongs to another user" in line for line in lines)
    assert all("private to the user who started the job" in line for line in lines)
