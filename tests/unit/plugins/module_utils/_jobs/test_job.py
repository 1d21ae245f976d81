# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import signal
import threading
import time
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ApiError, OptionError, Stopped, StopReason
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import (
    Job,
    JobKind,
    JobStatus,
    NullJob,
    Phase,
    Progress,
)
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import JobRecord
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore


class Clock:
    """Stands still unless told otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(tmp_path: pathlib.Path, clock: Clock) -> t.Callable[..., Job]:
    def start(**options: t.Any) -> Job:
        wanted: dict[str, t.Any] = {"kind": JobKind.IMPORT, "state_dir": str(tmp_path), "job_id": "one", "clock": clock} | options
        return Job.open(**wanted)

    return start


def stored(tmp_path: pathlib.Path, job_id: str = "one") -> JobRecord:
    record = JobStore(str(tmp_path)).read(job_id)
    assert record is not None
    return record


# Opening


def test_new_job_is_recorded_at_once(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    job = start(check_mode=True, user="netops")
    record = stored(tmp_path)
    assert job.warnings == []
    assert (record.id, record.kind, record.status, record.user, record.check_mode) == ("one", "import", "running", "netops", True)
    assert record.process.pid == os.getpid()
    assert record.progress.phase is None


def test_id_is_made_up_when_not_given(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    first, second = start(job_id=None), start(job_id=None)
    assert first.id != second.id
    assert stored(tmp_path, first.id).id == first.id


def test_bad_id_and_second_job_of_one_id(start: t.Callable[..., Job]) -> None:
    with pytest.raises(OptionError, match="job_id"):
        start(job_id="../x")
    start()
    with pytest.raises(OptionError, match="a job of this id runs since"):
        start()


def test_id_of_an_ended_job_can_be_used_again(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    with start() as job:
        job.finish(JobStatus.FAILED, {"failed": 3})
    start()
    record = stored(tmp_path)
    assert record.status is JobStatus.RUNNING
    assert record.summary == {}


@pytest.mark.parametrize("deadline", [0, -1])
def test_deadline_must_be_in_the_future(start: t.Callable[..., Job], deadline: float) -> None:
    with pytest.raises(OptionError, match="deadline"):
        start(deadline=deadline)


def test_without_a_usable_directory_the_run_goes_on(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    with Job.open(JobKind.SEARCH, state_dir=str(tmp_path / "file"), job_id="one") as job:
        assert len(job.warnings) == 1
        assert "without a record" in job.warnings[0]
        job.phase(Phase.LISTING)
        job.advance()
        job.log("text")
        job.checkpoint()
        job.finish(JobStatus.COMPLETED, {})
    assert job.result()["record"] is None
    assert job.result()["status"] == "completed"


def test_disk_that_fills_up_is_one_warning(start: t.Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    job = start()

    def fail(_self: JobStore, _record: JobRecord) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(JobStore, "write", fail)
    job.phase(Phase.LISTING)
    job.phase(Phase.READING)
    job.finish(JobStatus.COMPLETED)
    assert len(job.warnings) == 1
    assert "No space left" in job.warnings[0]


def test_old_records_are_pruned_at_the_start(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    with start(job_id="old") as job:
        job.finish(JobStatus.COMPLETED)
    text = store.record_path("old").read_text()
    store.record_path("old").write_text(text.replace(stored(tmp_path, "old").updated_at.strftime("%Y-"), "2020-"))
    start(job_id="new")
    assert [record.id for record in store.listing().records] == ["new"]


# Secrets


def test_secrets_never_reach_the_record(start: t.Callable[..., Job]) -> None:
    job = start(
        parameters={
            "librenms_token": "tok-1",
            "netbox": {"api_key": "key-1", "url": "https://user:pw-1@netbox"},
            "list": [{"password": "pass-1"}, "has s3cr3t in it"],
            "librenms_url": "https://librenms",
            "unset": None,
            "check": False,
        },
        secrets=["s3cr3t", ""],
    )
    job.log("server said s3cr3t at https://user:pw-1@netbox/api")
    job.finish(JobStatus.FAILED, {"note": "s3cr3t", "snmp_community": "public-1"}, error="denied s3cr3t")
    path = job.result()["record"]
    text = pathlib.Path(path).read_text()
    for secret in ("tok-1", "key-1", "pw-1", "pass-1", "s3cr3t", "public-1"):
        assert secret not in text
    assert json.loads(text)["parameters"] == {
        "netbox": {"url": "https://netbox"},
        "list": [{}, "has ******** in it"],
        "librenms_url": "https://librenms",
        "check": False,
    }


def test_long_parameters_are_only_counted(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    start(parameters={"overrides": [{"device_id": number} for number in range(1000)], "note": "x" * 10_000, "filters": {"os": ["ios"]}})
    parameters = stored(tmp_path).parameters
    assert parameters["overrides"] == "(1000 entries, too long to be kept)"
    assert len(parameters["note"]) == 300
    assert parameters["filters"] == {"os": ["ios"]}


# Progress and log


def test_progress_is_counted(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    job = start()
    job.phase(Phase.READING, 10)
    job.advance()
    job.advance(3, failed=1)
    job.finish(JobStatus.COMPLETED)
    assert stored(tmp_path).progress.to_json() == {"phase": "reading", "done": 4, "total": 10, "failed": 1}
    job.set_progress(9, 2)
    job.phase(Phase.WRITING)
    assert stored(tmp_path).progress.to_json() == {"phase": "writing", "done": 0, "total": None, "failed": 0}


def test_new_phase_is_written_at_once_and_the_rest_now_and_then(
    start: t.Callable[..., Job], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start()
    written: list[int] = []
    monkeypatch.setattr(JobStore, "write", lambda _self, record: written.append(record.progress.done))
    job.phase(Phase.READING, 10_000)
    assert written == [0]
    for number in range(10_000):
        clock.now = 1000 + number / 1000
        job.advance()
        job.log("line")
    # Ten seconds, at most one write each 0.3 s.
    assert 30 <= len(written) <= 35
    assert written == sorted(written)


def test_what_was_held_back_is_written_at_the_next_checkpoint(start: t.Callable[..., Job], clock: Clock, tmp_path: pathlib.Path) -> None:
    job = start()
    job.phase(Phase.READING, 5)
    job.advance(2)
    assert stored(tmp_path).progress.done == 0
    clock.now += 1
    job.checkpoint()
    assert stored(tmp_path).progress.done == 2


def test_waiting_job_renews_its_record(start: t.Callable[..., Job], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start()
    written: list[JobRecord] = []
    monkeypatch.setattr(JobStore, "write", lambda _self, record: written.append(record))
    clock.now += 29
    job.checkpoint()
    assert written == []
    clock.now += 2
    job.checkpoint()
    assert len(written) == 1


def test_log_keeps_the_last_lines_without_control_characters(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    job = start()
    for number in range(150):
        job.log(f"line {number}\x1b[31m\r\nsecond\u202e\tpart")
    job.finish(JobStatus.COMPLETED)
    log = stored(tmp_path).log
    assert len(log) == 100
    assert log[0].endswith("Z line 50 [31m second part")
    assert log[-1].endswith("Z line 149 [31m second part")


def test_threads_lose_no_count(start: t.Callable[..., Job]) -> None:
    job = start(clock=time.monotonic)
    job.phase(Phase.INVENTORIES, 4000)

    def work(_number: int) -> None:
        for _ in range(500):
            job.checkpoint()
            job.advance()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    job.finish(JobStatus.COMPLETED)
    assert json.loads(pathlib.Path(job.result()["record"]).read_text())["progress"]["done"] == 4000


# Stopping


@pytest.mark.parametrize("phase", [Phase.LISTING, Phase.INVENTORIES, Phase.READING, Phase.ASSESSING, Phase.WRITING])
def test_cancelled_in_each_phase(start: t.Callable[..., Job], clock: Clock, tmp_path: pathlib.Path, phase: Phase) -> None:
    def run() -> None:
        with start() as job:
            job.phase(phase, 3)
            job.checkpoint()
            JobStore(str(tmp_path)).request_cancel("one")
            clock.now += 1
            job.checkpoint()

    with pytest.raises(Stopped):
        run()
    record = stored(tmp_path)
    assert record.status is JobStatus.CANCELLED
    assert record.progress.phase is phase
    assert not JobStore(str(tmp_path)).cancel_requested("one")


def test_sentinel_is_looked_for_now_and_then(start: t.Callable[..., Job], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start()
    looks: list[str] = []
    monkeypatch.setattr(JobStore, "cancel_requested", lambda _self, job_id: looks.append(job_id))
    for number in range(1000):
        clock.now = 1000 + number / 1000
        job.checkpoint()
    assert 4 <= len(looks) <= 6


def test_deadline(start: t.Callable[..., Job], clock: Clock, tmp_path: pathlib.Path) -> None:
    job = start(deadline=30)
    clock.now += 29.9
    job.checkpoint()
    clock.now += 0.1
    with pytest.raises(Stopped, match="deadline") as stopped, job:
        job.checkpoint()
    assert stopped.value.reason is StopReason.TIMED_OUT
    assert stored(tmp_path).status is JobStatus.TIMED_OUT


def test_reason_stays_once_found(start: t.Callable[..., Job], clock: Clock, tmp_path: pathlib.Path) -> None:
    job = start(deadline=30)
    JobStore(str(tmp_path)).request_cancel("one")
    assert job.stop_reason is StopReason.CANCELLED
    JobStore(str(tmp_path)).clear_cancel("one")
    clock.now += 60
    for _ in range(2):
        with pytest.raises(Stopped) as stopped:
            job.checkpoint()
        assert stopped.value.reason is StopReason.CANCELLED


def test_sigterm_stops_and_the_old_handler_comes_back(start: t.Callable[..., Job]) -> None:
    received: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    try:
        with start() as job:
            job.checkpoint()
            os.kill(os.getpid(), signal.SIGTERM)
            with pytest.raises(Stopped):
                job.checkpoint()
        assert received == []
        os.kill(os.getpid(), signal.SIGTERM)
        assert received == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, previous)


def test_job_in_another_thread_leaves_signals_alone(start: t.Callable[..., Job]) -> None:
    handlers: list[object] = []

    def work() -> None:
        with start():
            handlers.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [before]


# Ending


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (Stopped(StopReason.CANCELLED), "cancelled", "The job was cancelled."),
        (Stopped(StopReason.TIMED_OUT), "timed_out", "The deadline of the job has passed."),
        (
            ApiError("reading devices", status=500, url="http://u:p@x"),
            "failed",
            "Reading devices failed (GET http://x): HTTP 500.",
        ),
        (RuntimeError("has token abc"), "failed", "An unexpected error ended the job (RuntimeError)."),
        (KeyboardInterrupt(), "failed", "The job was interrupted from the keyboard."),
        (SystemExit(1), "failed", "The task failed."),
        (SystemExit(0), "completed", ""),
        (None, "completed", ""),
    ],
    ids=repr,
)
def test_leaving_ends_the_job(
    start: t.Callable[..., Job], tmp_path: pathlib.Path, error: BaseException | None, status: str, text: str
) -> None:
    def run() -> None:
        with start():
            if error is not None:
                raise error

    if error is None:
        run()
    else:
        with pytest.raises(type(error)):
            run()
    record = stored(tmp_path)
    assert (record.status.value, record.error) == (status, text)
    assert record.ended_at is not None


def test_what_was_finished_stays(start: t.Callable[..., Job], tmp_path: pathlib.Path) -> None:
    def run() -> None:
        with start() as job:
            job.finish(JobStatus.CANCELLED, {"created": 2, "not_processed": 5})
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        run()
    record = stored(tmp_path)
    assert record.status is JobStatus.CANCELLED
    assert record.summary == {"created": 2, "not_processed": 5}


@pytest.mark.parametrize("status", [JobStatus.RUNNING, JobStatus.LOST])
def test_no_job_ends_as_running_or_lost(start: t.Callable[..., Job], status: JobStatus) -> None:
    with pytest.raises(ValueError, match="cannot end"):
        start().finish(status)


def test_result(start: t.Callable[..., Job], clock: Clock, tmp_path: pathlib.Path) -> None:
    job = start()
    clock.now += 3.25
    running = job.result()
    assert (running["status"], running["ended_at"], running["duration"]) == ("running", None, 3.2)
    job.finish(JobStatus.COMPLETED)
    clock.now += 100
    result = job.result()
    assert result == json.loads(json.dumps(result))
    assert set(result) == {"id", "kind", "status", "check_mode", "started_at", "ended_at", "duration", "record"}
    assert (result["status"], result["duration"]) == ("completed", 3.2)
    assert result["record"] == str(tmp_path / "jobs" / "one.json")


def test_null_job_can_stand_in_everywhere() -> None:
    progress: Progress
    with NullJob() as job:
        progress = job
        progress.phase(Phase.LISTING, 3)
        progress.advance(2, failed=1)
        progress.log("text")
        progress.checkpoint()
        job.set_progress(1, 0)
        job.finish(JobStatus.COMPLETED, {})
    assert job.result() == {}
    names = {name for name in vars(Job) if not name.startswith("_") and name != "open"}
    assert names <= set(dir(NullJob))
