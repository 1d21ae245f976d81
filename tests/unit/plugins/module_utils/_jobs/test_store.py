# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import pathlib
import stat
import threading
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._cache.own_directory import MARK
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.process import ProcessIdentity
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import (
    Counts,
    JobKind,
    JobRecord,
    JobStatus,
    Phase,
    format_time,
    now,
    parse_time,
    valid_job_id,
)
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import (
    DamagedRecordError,
    JobStore,
    JobStoreError,
    resolve_state_dir,
)

ELSEWHERE = ProcessIdentity(host="elsewhere", pid=7, started=1, boot_id="other", namespace="pid:[7]")


def make_record(job_id: str = "one", **changes: t.Any) -> JobRecord:
    moment = now()
    record = JobRecord(
        id=job_id,
        kind=JobKind.IMPORT,
        user="netops",
        process=ProcessIdentity.current(),
        check_mode=False,
        status=JobStatus.COMPLETED,
        started_at=moment,
        updated_at=moment,
        ended_at=moment,
    )
    return dataclasses.replace(record, **changes)


@pytest.fixture
def store(tmp_path: pathlib.Path) -> JobStore:
    store = JobStore(str(tmp_path / "state"))
    store.prepare()
    return store


# Where


@pytest.mark.parametrize(
    ("option", "environ", "wanted"),
    [
        ("/a", {"NETSOT_LIBRENMS_STATE_DIR": "/b"}, "/a"),
        (None, {"NETSOT_LIBRENMS_STATE_DIR": "/b", "XDG_STATE_HOME": "/c"}, "/b"),
        (None, {"XDG_STATE_HOME": "/c", "HOME": "/h"}, "/c/netsot.librenms"),
        (None, {"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/netsot.librenms"),
        (None, {"HOME": "/h"}, "/h/.local/state/netsot.librenms"),
        ("", {"HOME": "/h"}, "/h/.local/state/netsot.librenms"),
    ],
)
def test_state_dir(option: str | None, environ: dict[str, str], wanted: str) -> None:
    assert resolve_state_dir(option, environ) == pathlib.Path(wanted)


def test_state_dir_expands_home() -> None:
    assert resolve_state_dir("~/jobs", {}) == pathlib.Path.home() / "jobs"


def test_directory_and_files_are_private(tmp_path: pathlib.Path) -> None:
    old = os.umask(0)
    try:
        store = JobStore(str(tmp_path / "state"))
        store.prepare()
        store.claim(make_record())
        store.request_cancel("one")
    finally:
        os.umask(old)
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.directory.iterdir()} == {0o600}


def test_opened_up_directory_is_closed_again(store: JobStore) -> None:
    store.directory.chmod(0o755)
    store.prepare()
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_directory_that_is_a_link_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "jobs").symlink_to(tmp_path / "real")
    with pytest.raises(JobStoreError, match="cannot be used"):
        JobStore(str(tmp_path)).prepare()


def test_directory_of_another_user_is_refused(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: store.directory.stat().st_uid + 1)
    with pytest.raises(JobStoreError, match=r"belongs to another user.*state_dir"):
        store.prepare()


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777])
@pytest.mark.parametrize("other", ["notes.txt", "two.json"], ids=["another name", "names as ours"])
def test_directory_of_something_else_is_refused_and_left_alone(tmp_path: pathlib.Path, mode: int, other: str) -> None:
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    names = {".new-draft", "one.cancel", "one.json", other}
    for name in names:
        (jobs / name).write_text("{}")
        os.utime(jobs / name, (0, 0))
    jobs.chmod(mode)
    store = JobStore(str(tmp_path))
    for change in (store.prepare, lambda: store.remove("one"), lambda: store.request_cancel("one")):
        with pytest.raises(JobStoreError, match=rf"{MARK}.*state_dir"):
            change()
    assert stat.S_IMODE(jobs.stat().st_mode) == mode
    assert {path.name for path in jobs.iterdir()} == names


def test_files_beside_ours_are_left_alone(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / ".new-draft").write_text("")
    os.utime(tmp_path / ".new-draft", (0, 0))
    store = JobStore(str(tmp_path))
    store.prepare()
    store.prune()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    assert {path.name for path in tmp_path.iterdir()} == {".new-draft", "jobs"}


def test_directory_of_an_older_version_is_taken_over(store: JobStore) -> None:
    """Private, and with nothing in it but what this collection writes."""
    store.claim(make_record())
    (store.directory / MARK).unlink()
    store.prepare()
    assert (store.directory / MARK).exists()
    assert store.read("one") is not None


def test_nothing_is_made_by_removing(tmp_path: pathlib.Path) -> None:
    JobStore(str(tmp_path / "absent")).remove("one")
    assert not (tmp_path / "absent").exists()


def test_home_of_a_user_that_does_not_exist() -> None:
    with pytest.raises(OptionError, match=r"state_dir: .*no such user.*~nosuchuser/x"):
        JobStore("~nosuchuser/x")


# Ids


@pytest.mark.parametrize("job_id", ["a", "nightly-import", "2026.11_x", "9" * 100])
def test_usable_ids(job_id: str) -> None:
    assert valid_job_id(job_id) == job_id


@pytest.mark.parametrize("job_id", ["", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\n", "ä", "9" * 101, 7, None])
def test_unusable_ids(job_id: object) -> None:
    with pytest.raises(OptionError, match=r"^job_id:"):
        valid_job_id(job_id)


# Times


def test_times_round_trip() -> None:
    moment = dt.datetime(2026, 11, 23, 11, 0, 0, 123000, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert format_time(moment) == "2026-11-23T10:00:00.123Z"
    assert parse_time(format_time(moment)) == moment


def test_duration() -> None:
    start = parse_time("2026-11-23T10:00:00Z")
    record = make_record(started_at=start, updated_at=start + dt.timedelta(seconds=5), ended_at=start + dt.timedelta(seconds=4))
    later = start + dt.timedelta(seconds=60)
    assert record.duration(later) == 4
    assert dataclasses.replace(record, status=JobStatus.RUNNING, ended_at=None).duration(later) == 60
    assert dataclasses.replace(record, status=JobStatus.LOST, ended_at=None).duration(later) == 5


# Records


def test_record_round_trips(store: JobStore) -> None:
    record = make_record(
        process=ELSEWHERE,
        check_mode=True,
        parameters={"filters": {"os": ["ios", "ünï"]}},
        progress=Counts(Phase.WRITING, 120, 400, 3),
        log=("2026-11-23T10:00:00.000Z a line",),
        summary={"created": 3},
        error="no",
        started_at=parse_time("2026-11-23T10:00:00.123Z"),
        updated_at=parse_time("2026-11-23T10:00:01.123Z"),
        ended_at=parse_time("2026-11-23T10:00:02.123Z"),
    )
    store.write(record)
    assert store.read("one") == record


def test_absent_record(store: JobStore, tmp_path: pathlib.Path) -> None:
    assert store.read("one") is None
    assert JobStore(str(tmp_path / "nowhere")).read("one") is None
    assert JobStore(str(tmp_path / "nowhere")).listing().records == ()


def _changed(**changes: t.Any) -> bytes:
    return json.dumps(make_record().to_json() | changes).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        _changed(id="another"),
        _changed(id="../one"),
        _changed(status="unheard of"),
        _changed(started_at="2026-11-23T10:00:00"),
        _changed(started_at=7),
        _changed(log="text"),
        _changed(log=[1]),
        _changed(check_mode="yes"),
        _changed(progress={"phase": "writing", "done": True, "total": None, "failed": 0}),
        _changed(process=None),
        _changed(updated_at="9999-12-31T23:59:59-01:00"),
        _changed(started_at="0001-01-01T00:00:00+01:00"),
        _changed(log=["x" * 2_000_000]),
    ],
    ids=range(20),
)
def test_damaged_record_is_skipped_with_a_warning(store: JobStore, content: bytes) -> None:
    store.write(make_record("good"))
    (store.directory / "one.json").write_bytes(content)
    listing = store.listing()
    assert [record.id for record in listing.records] == ["good"]
    assert len(listing.warnings) == 1
    assert "one.json" in listing.warnings[0]
    with pytest.raises(DamagedRecordError):
        store.read("one")


def test_links_and_pipes_are_not_read(store: JobStore, tmp_path: pathlib.Path) -> None:
    store.write(make_record("one"))
    (store.directory / "one.json").rename(tmp_path / "one.json")
    (store.directory / "one.json").symlink_to(tmp_path / "one.json")
    os.mkfifo(store.directory / "two.json")
    listing = store.listing()
    assert listing.records == ()
    assert len(listing.warnings) == 2


def test_other_files_are_no_records(store: JobStore) -> None:
    for name in (".new-xyz", "notes.txt", ".lock", "-x.json", ".json", "one.cancel"):
        (store.directory / name).write_text("{}")
    listing = store.listing()
    assert listing.records == ()
    assert listing.warnings == ()


def test_failed_write_leaves_the_old_record_and_no_rest(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(make_record())

    def fail(_self: pathlib.Path, _target: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "replace", fail)
        with pytest.raises(OSError, match="No space left"):
            store.write(make_record(user="other"))
    record = store.read("one")
    assert record is not None
    assert record.user == "netops"
    assert {path.name for path in store.directory.iterdir()} == {MARK, "one.json"}


def test_listing_is_newest_first(store: JobStore) -> None:
    for number in (2, 3, 1):
        store.write(make_record(f"job{number}", started_at=parse_time(f"2026-11-2{number}T10:00:00Z")))
    assert [record.id for record in store.listing().records] == ["job3", "job2", "job1"]


def test_listing_opens_each_record_once(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1000):
        store.write(make_record(f"job{number}", log=("2026-11-23T10:00:00.000Z a line",) * 20))
    opened: list[object] = []
    real = os.open

    def count(path: t.Any, *args: t.Any, **kwargs: t.Any) -> int:
        opened.append(path)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", count)
    assert len(store.listing().records) == 1000
    assert len(opened) == len(set(opened)) == 1000


# Lost


def test_running_process_elsewhere_is_lost_after_a_long_silence(store: JobStore) -> None:
    silent = make_record(status=JobStatus.RUNNING, ended_at=None, process=ELSEWHERE)
    store.write(silent)
    record = store.read("one")
    assert record is not None
    assert record.running
    store.write(dataclasses.replace(silent, updated_at=now() - dt.timedelta(minutes=16), progress=Counts(Phase.WRITING, 5, 9)))
    record = store.read("one")
    assert record is not None
    assert record.status is JobStatus.LOST
    assert record.progress == Counts(Phase.WRITING, 5, 9)
    assert "gone" in record.error
    # Found, not written.
    assert json.loads(store.record_path("one").read_text())["status"] == "running"


def test_running_process_here_is_never_lost_by_silence(store: JobStore) -> None:
    store.write(make_record(status=JobStatus.RUNNING, ended_at=None, updated_at=now() - dt.timedelta(days=60)))
    record = store.read("one")
    assert record is not None
    assert record.running


# Claiming


def test_running_job_keeps_its_id(store: JobStore) -> None:
    store.claim(make_record(status=JobStatus.RUNNING, ended_at=None))
    with pytest.raises(OptionError, match=r"job_id: a job of this id runs since 20.* \(process \d+ on .*Use another id"):
        store.claim(make_record())


@pytest.mark.parametrize(
    "old",
    [
        make_record(),
        make_record(status=JobStatus.RUNNING, ended_at=None, process=dataclasses.replace(ProcessIdentity.current(), started=0)),
    ],
    ids=["ended", "lost"],
)
def test_ended_and_lost_jobs_are_replaced(store: JobStore, old: JobRecord) -> None:
    store.write(old)
    store.request_cancel("one")
    store.claim(make_record(user="new", status=JobStatus.RUNNING, ended_at=None))
    record = store.read("one")
    assert record is not None
    assert record.user == "new"
    # The request was for the job before.
    assert not store.cancel_requested("one")


def test_damaged_record_is_replaced(store: JobStore) -> None:
    store.record_path("one").write_text("{")
    store.claim(make_record())
    assert store.read("one") is not None


def test_claim_waits_for_one_that_is_under_way(store: JobStore) -> None:
    outcomes: list[object] = []

    def claim() -> None:
        try:
            outcomes.append(store.claim(make_record()))
        except OptionError as error:
            outcomes.append(error)

    thread = threading.Thread(target=claim)
    with store.locked():
        thread.start()
        thread.join(0.5)
        assert outcomes == []
        store.write(make_record(status=JobStatus.RUNNING, ended_at=None))
    thread.join(60)
    assert isinstance(outcomes[0], OptionError)


# Retention


def test_old_jobs_are_pruned_and_running_ones_never(store: JobStore) -> None:
    old = now() - dt.timedelta(days=31)
    gone = dataclasses.replace(ProcessIdentity.current(), started=0)
    store.write(make_record("old", updated_at=old))
    store.request_cancel("old")
    store.write(make_record("recent", updated_at=now() - dt.timedelta(days=29)))
    store.write(make_record("old-lost", status=JobStatus.RUNNING, ended_at=None, updated_at=old, process=gone))
    store.write(make_record("old-running", status=JobStatus.RUNNING, ended_at=None, updated_at=old))
    store.record_path("damaged").write_text("{")
    store.prune()
    assert {record.id for record in store.listing().records} == {"recent", "old-running"}
    assert not store.cancel_requested("old")
    assert store.record_path("damaged").exists()


def test_only_so_many_ended_jobs_are_kept(store: JobStore) -> None:
    start = now()
    for number in range(205):
        store.write(make_record(f"job{number:03}", started_at=start - dt.timedelta(minutes=number)))
    for number in range(3):
        store.write(make_record(f"running{number}", status=JobStatus.RUNNING, ended_at=None, started_at=start - dt.timedelta(days=1)))
    store.prune()
    ids = {record.id for record in store.listing().records}
    assert len(ids) == 203
    assert {"job000", "job199", "running0", "running1", "running2"} <= ids
    assert "job200" not in ids


def test_leftovers_of_killed_processes_are_removed(store: JobStore) -> None:
    store.write(make_record("kept", status=JobStatus.RUNNING, ended_at=None))
    store.request_cancel("kept")
    store.request_cancel("orphan")
    (store.directory / ".new-old").write_text("")
    (store.directory / ".new-fresh").write_text("")
    two_days_ago = now().timestamp() - 2 * 86400
    for name in ("kept.cancel", "orphan.cancel", ".new-old"):
        os.utime(store.directory / name, (two_days_ago, two_days_ago))
    store.prune()
    assert {path.name for path in store.directory.iterdir()} == {MARK, ".lock", "kept.json", "kept.cancel", ".new-fresh"}
