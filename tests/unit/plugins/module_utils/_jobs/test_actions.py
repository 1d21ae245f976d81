# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.actions import (
    JobActionError,
    JobFilter,
    cancel_job,
    job_fields,
    list_jobs,
    remove_job,
)
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.process import ProcessIdentity
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import Counts, JobKind, JobRecord, JobStatus, Phase, now
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore

START = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: pathlib.Path) -> JobStore:
    store = JobStore(str(tmp_path))
    store.prepare()
    return store


def put(store: JobStore, job_id: str = "one", **changes: t.Any) -> JobRecord:
    record = JobRecord(
        id=job_id,
        kind=JobKind.IMPORT,
        user="netops",
        process=ProcessIdentity.current(),
        check_mode=False,
        status=JobStatus.COMPLETED,
        started_at=START,
        updated_at=START + dt.timedelta(seconds=9),
        ended_at=START + dt.timedelta(seconds=10),
    )
    record = dataclasses.replace(record, **changes)
    store.write(record)
    return record


def put_running(store: JobStore, **changes: t.Any) -> JobRecord:
    return put(store, **{"status": JobStatus.RUNNING, "ended_at": None} | changes)


LOST: dict[str, t.Any] = {
    "status": JobStatus.RUNNING,
    "ended_at": None,
    "process": dataclasses.replace(ProcessIdentity.current(), started=0),
}


# Listing


def test_fields_are_what_the_module_documents(store: JobStore) -> None:
    record = put(store, progress=Counts(Phase.WRITING, 5, 9, 1), log=("a", "b", "c"), summary={"created": 5}, parameters={"x": 1})
    fields = job_fields(record, now())
    assert fields | {"host": "", "pid": 0} == {
        "id": "one",
        "kind": "import",
        "status": "completed",
        "user": "netops",
        "host": "",
        "pid": 0,
        "check_mode": False,
        "started_at": "2026-11-23T10:00:00.000Z",
        "updated_at": "2026-11-23T10:00:09.000Z",
        "ended_at": "2026-11-23T10:00:10.000Z",
        "duration": 10.0,
        "progress": {"phase": "writing", "done": 5, "total": 9, "failed": 1},
        "summary": {"created": 5},
        "error": "",
        "parameters": {"x": 1},
        "log": ["a", "b", "c"],
    }
    assert job_fields(record, now(), 2)["log"] == ["b", "c"]
    assert job_fields(record, now(), 0)["log"] == []
    assert job_fields(record, now(), 9)["log"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (JobFilter(), ["lost", "running", "search", "one"]),
        (JobFilter(kind=JobKind.SEARCH), ["search"]),
        (JobFilter(kind=JobKind.IMPORT), ["lost", "running", "one"]),
        (JobFilter(status=frozenset({JobStatus.RUNNING})), ["running"]),
        (JobFilter(status=frozenset({JobStatus.LOST, JobStatus.COMPLETED})), ["lost", "one"]),
        (JobFilter(user="other"), ["search"]),
        (JobFilter(job_id="one"), ["one"]),
        (JobFilter(job_id="one", user="other"), []),
        (JobFilter(job_id="nobody"), []),
    ],
)
def test_filters(store: JobStore, wanted: JobFilter, ids: list[str]) -> None:
    put(store)
    put(store, "search", kind=JobKind.SEARCH, status=JobStatus.FAILED, user="other", started_at=START + dt.timedelta(minutes=1))
    put_running(store, job_id="running", started_at=START + dt.timedelta(minutes=2))
    put(store, "lost", **LOST | {"started_at": START + dt.timedelta(minutes=3)})
    found = list_jobs(store, wanted, limit=0, log_lines=0)
    assert [job["id"] for job in found.jobs] == ids
    assert found.total == len(ids)


def test_limit_keeps_the_newest_and_counts_all(store: JobStore) -> None:
    for number in range(5):
        put(store, f"job{number}", started_at=START + dt.timedelta(minutes=number))
    found = list_jobs(store, JobFilter(), limit=2, log_lines=0)
    assert [job["id"] for job in found.jobs] == ["job4", "job3"]
    assert found.total == 5


def test_damaged_records_are_warned_of(store: JobStore) -> None:
    put(store)
    store.record_path("bad").write_text("{")
    found = list_jobs(store, JobFilter(), limit=0, log_lines=0)
    assert [job["id"] for job in found.jobs] == ["one"]
    assert len(found.warnings) == 1


def test_unusable_id_is_an_error(store: JobStore) -> None:
    with pytest.raises(OptionError):
        list_jobs(store, JobFilter(job_id="../one"), limit=0, log_lines=0)


# Cancelling


class Meanwhile:
    """Stands in for sleeping: something happens at the given nap, and time goes by."""

    def __init__(self, at: int = 10**9, action: t.Callable[[], object] = lambda: None) -> None:
        self.naps = 0
        self.time = 0.0
        self._at = at
        self._action = action

    def sleep(self, seconds: float) -> None:
        self.naps += 1
        self.time += seconds
        if self.naps == self._at:
            self._action()

    def clock(self) -> float:
        return self.time

    def arguments(self) -> dict[str, t.Any]:
        return {"sleep": self.sleep, "clock": self.clock}


def test_cancel_waits_until_the_job_has_ended(store: JobStore) -> None:
    put_running(store)
    meanwhile = Meanwhile(3, lambda: put(store, status=JobStatus.CANCELLED))
    outcome = cancel_job(store, "one", wait=60, **meanwhile.arguments())
    assert meanwhile.naps == 3
    assert outcome.changed
    assert outcome.job is not None
    assert outcome.job["status"] == "cancelled"
    assert (outcome.before, outcome.after) == ({"status": "running"}, {"status": "cancelled"})
    assert outcome.warnings == ()
    assert not store.cancel_requested("one")


def test_cancel_without_waiting_only_asks(store: JobStore) -> None:
    put_running(store)
    meanwhile = Meanwhile()
    outcome = cancel_job(store, "one", wait=0, **meanwhile.arguments())
    assert outcome.changed
    assert meanwhile.naps == 0
    assert store.cancel_requested("one")
    again = cancel_job(store, "one", wait=0, **meanwhile.arguments())
    assert not again.changed
    assert again.before == again.after


def test_cancel_that_is_not_obeyed_in_time_fails_and_stays_in_force(store: JobStore) -> None:
    put_running(store)
    with pytest.raises(JobActionError, match="still runs after 5 seconds") as caught:
        cancel_job(store, "one", wait=5, **Meanwhile().arguments())
    assert caught.value.changed
    assert caught.value.job is not None
    assert store.cancel_requested("one")


def test_job_that_completes_first_was_not_cancelled(store: JobStore) -> None:
    put_running(store)
    outcome = cancel_job(store, "one", wait=60, **Meanwhile(1, lambda: put(store)).arguments())
    assert not outcome.changed
    assert outcome.after == {"status": "completed"}
    assert "before it saw the request" in outcome.warnings[0]
    assert not store.cancel_requested("one")


def test_job_that_dies_while_waited_for_ends_the_wait(store: JobStore) -> None:
    put_running(store)
    meanwhile = Meanwhile(1, lambda: put(store, **LOST))
    outcome = cancel_job(store, "one", wait=60, **meanwhile.arguments())
    assert meanwhile.naps == 1
    assert outcome.after == {"status": "lost"}


def test_record_that_is_removed_while_waited_for_ends_the_wait(store: JobStore) -> None:
    put_running(store)
    outcome = cancel_job(store, "one", wait=60, **Meanwhile(1, lambda: store.remove("one")).arguments())
    assert outcome.changed


@pytest.mark.parametrize("changes", [{"status": status} for status in JobStatus if status not in ("running", "lost")] + [LOST])
def test_cancelling_an_ended_or_lost_job_changes_nothing(store: JobStore, changes: dict[str, t.Any]) -> None:
    put(store, **changes)
    outcome = cancel_job(store, "one", wait=60, **Meanwhile().arguments())
    assert not outcome.changed
    assert outcome.before == outcome.after
    assert not store.cancel_requested("one")


def test_cancel_in_check_mode_only_says_so(store: JobStore) -> None:
    put_running(store)
    outcome = cancel_job(store, "one", wait=60, check_mode=True, **Meanwhile().arguments())
    assert outcome.changed
    assert outcome.after == {"status": "cancelled"}
    assert not store.cancel_requested("one")
    store.request_cancel("one")
    assert not cancel_job(store, "one", wait=60, check_mode=True, **Meanwhile().arguments()).changed


def test_cancel_of_an_unknown_job_is_an_error(store: JobStore) -> None:
    with pytest.raises(JobActionError, match="There is no job one in "):
        cancel_job(store, "one", wait=0)


# Removing


def test_remove(store: JobStore) -> None:
    put(store)
    store.request_cancel("one")
    preview = remove_job(store, "one", check_mode=True)
    assert store.read("one") is not None
    outcome = remove_job(store, "one")
    assert outcome == preview
    assert outcome.changed
    assert outcome.before == {"id": "one", "kind": "import", "status": "completed", "started_at": "2026-11-23T10:00:00.000Z"}
    assert outcome.after == {}
    assert store.read("one") is None
    assert not store.cancel_requested("one")
    assert not remove_job(store, "one").changed


def test_lost_and_damaged_jobs_can_be_removed(store: JobStore) -> None:
    put(store, **LOST)
    assert remove_job(store, "one").before["status"] == "lost"
    store.record_path("bad").write_text("{")
    outcome = remove_job(store, "bad")
    assert outcome.changed
    assert len(outcome.warnings) == 1
    assert not store.record_path("bad").exists()


@pytest.mark.parametrize("check_mode", [False, True])
def test_running_job_cannot_be_removed(store: JobStore, check_mode: bool) -> None:
    put_running(store)
    with pytest.raises(JobActionError, match="Cancel it first"):
        remove_job(store, "one", check_mode=check_mode)
    assert store.read("one") is not None
