# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import threading
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._jobs.process import ProcessIdentity
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import Counts, JobKind, JobRecord, JobStatus, Phase
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore, JobStoreError
from ansible_collections.netsot.librenms.plugins.plugin_utils import _progress
from ansible_collections.netsot.librenms.plugins.plugin_utils._progress import ProgressLines, Watch, link_async, read_async

START = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def make_record(seconds: float = 0, **changes: t.Any) -> JobRecord:
    """A running job as it was recorded so many seconds after its start."""
    counts = Counts(**changes)
    return JobRecord(
        id="one",
        kind=JobKind.IMPORT,
        user="netops",
        process=ProcessIdentity(host="here", pid=1),
        check_mode=False,
        status=JobStatus.RUNNING,
        started_at=START,
        updated_at=at(seconds),
        progress=counts,
    )


def test_lines_of_a_whole_run() -> None:
    lines = ProgressLines("localhost")
    seen = [
        lines.line(make_record(0), at(0)),
        lines.line(make_record(1, phase=Phase.LISTING), at(1)),
        lines.line(make_record(4, phase=Phase.LISTING, done=50), at(4)),
        lines.line(make_record(8, phase=Phase.WRITING, total=400), at(8)),
        lines.line(make_record(28, phase=Phase.WRITING, total=400, done=100, failed=3), at(28)),
        lines.line(make_record(88, phase=Phase.WRITING, total=400, done=400, failed=3), at(88)),
    ]
    assert seen == [
        None,
        "[localhost] import: listing, 1 s",
        "[localhost] import: listing 50, 4 s",
        "[localhost] import: writing 0/400, 8 s",
        "[localhost] import: writing 100/400, 3 failed, 28 s, about 1 min 0 s left",
        "[localhost] import: writing 400/400, 3 failed, 1 min 28 s",
    ]


def test_no_line_when_nothing_moved() -> None:
    lines = ProgressLines("localhost")
    record = make_record(1, phase=Phase.READING, total=10, done=1)
    assert lines.line(record, at(1)) is not None
    assert lines.line(dataclasses.replace(record, updated_at=at(40)), at(100)) is None


def test_at_most_one_line_in_the_interval() -> None:
    lines = ProgressLines("localhost", interval=2)
    shown = [
        tenths / 10
        for tenths in range(200)
        if lines.line(make_record(tenths / 10, phase=Phase.READING, total=1000, done=tenths), at(tenths / 10))
    ]
    assert shown == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]


def test_what_was_held_back_is_shown_when_the_interval_is_over() -> None:
    lines = ProgressLines("localhost", interval=2)
    lines.line(make_record(1, phase=Phase.READING, total=10, done=1), at(1))
    record = make_record(2, phase=Phase.READING, total=10, done=9)
    assert lines.line(record, at(2)) is None
    assert lines.line(record, at(3)) == "[localhost] import: reading 9/10, 3 s, about 0 s left"


@pytest.mark.parametrize("status", [status for status in JobStatus if status is not JobStatus.RUNNING])
def test_no_line_for_a_job_that_does_not_run(status: JobStatus) -> None:
    record = dataclasses.replace(make_record(1, phase=Phase.READING), status=status)
    assert ProgressLines("localhost").line(record, at(1)) is None


def test_estimate_counts_from_where_the_phase_was_first_seen() -> None:
    lines = ProgressLines("localhost")
    # Half of it came from a cache in no time.
    assert lines.line(make_record(10, phase=Phase.INVENTORIES, total=200, done=100), at(10)) == (
        "[localhost] import: inventories 100/200, 10 s"
    )
    assert lines.line(make_record(20, phase=Phase.INVENTORIES, total=200, done=110), at(20)) == (
        "[localhost] import: inventories 110/200, 20 s, about 1 min 30 s left"
    )
    # A new phase has no rate yet.
    assert lines.line(make_record(30, phase=Phase.WRITING, total=200), at(30)) == "[localhost] import: writing 0/200, 30 s"
    # The same phase once more, as for the next batch.
    assert lines.line(make_record(3600, phase=Phase.WRITING, total=200, done=100), at(3600)) == (
        "[localhost] import: writing 100/200, 1 h 0 min, about 59 min 30 s left"
    )


class Sequence:
    """Reads one state after the other, then the last one again and again."""

    def __init__(self, *states: JobRecord | Exception | None) -> None:
        self._states = list(states)
        self.exhausted = threading.Event()

    def __call__(self) -> JobRecord | None:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if len(self._states) == 1:
            self.exhausted.set()
        if isinstance(state, Exception):
            raise state
        return state


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "READ_INTERVAL", 0.001)


@pytest.mark.usefixtures("fast")
def test_watch_shows_lines_and_ends_with_the_block() -> None:
    shown: list[str] = []
    states = Sequence(None, None, make_record(1, phase=Phase.LISTING), make_record(2, phase=Phase.READING, total=3), None)
    with Watch(states, shown.append, ProgressLines("localhost", interval=0)) as watch:
        assert states.exhausted.wait(30)
    assert [line.partition(",")[0] for line in shown] == ["[localhost] import: listing", "[localhost] import: reading 0/3"]
    assert not watch._thread.is_alive()


@pytest.mark.usefixtures("fast")
def test_watch_ignores_the_record_of_an_earlier_run() -> None:
    shown: list[str] = []
    old = make_record(1, phase=Phase.WRITING, done=7)
    new = dataclasses.replace(make_record(1, phase=Phase.LISTING), started_at=at(100))
    states = Sequence(old, old, old, new, None)
    with Watch(states, shown.append, ProgressLines("localhost", interval=0)):
        assert states.exhausted.wait(30)
    assert len(shown) == 1
    assert "listing" in shown[0]


@pytest.mark.usefixtures("fast")
def test_watch_survives_trouble_with_reading_and_showing() -> None:
    shown: list[str] = []

    def show(line: str) -> None:
        shown.append(line)
        if len(shown) == 1:
            raise BrokenPipeError(32, "Broken pipe")

    trouble = [JobStoreError("no"), PermissionError(13, "no")]
    states = Sequence(None, *trouble, make_record(1, phase=Phase.LISTING), *trouble, make_record(2, phase=Phase.READING), None)
    with Watch(states, show, ProgressLines("localhost", interval=0)):
        assert states.exhausted.wait(30)
    assert len(shown) == 2


@pytest.mark.usefixtures("fast")
def test_watch_ends_when_the_module_fails() -> None:
    watch = Watch(lambda: None, lambda _line: None, ProgressLines("localhost"))
    with pytest.raises(RuntimeError), watch:
        raise RuntimeError
    assert not watch._thread.is_alive()


# Asynchronous tasks


@pytest.fixture
def local_tmp(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    path = tmp_path / "local_tmp"
    path.mkdir()
    monkeypatch.setattr(_progress.constants, "DEFAULT_LOCAL_TMP", str(path))
    return path


@pytest.mark.usefixtures("local_tmp")
def test_async_task_leads_to_its_record(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path / "state"))
    store.prepare()
    link_async("j123.456", store.record_path("one"))
    assert read_async("j123.456") is None
    store.write(dataclasses.replace(make_record(1, phase=Phase.LISTING), process=ProcessIdentity.current()))
    record = read_async("j123.456")
    assert record is not None
    assert record.running
    assert read_async("j999.456") is None


def test_strange_async_ids_do_nothing(local_tmp: pathlib.Path) -> None:
    for async_id in ("../x", "j1", "", None, 7, "j1.2/../3"):
        link_async(async_id, pathlib.Path("/nowhere"))
        assert read_async(async_id) is None
    assert list(local_tmp.iterdir()) == []


@pytest.mark.parametrize(
    ("callback", "stream"), [("default", "out"), ("ansible.posix.json", "err"), ("ansible.posix.jsonl", "err"), ("json", "err")]
)
def test_lines_do_not_spoil_output_for_programs(
    callback: str, stream: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_progress.constants, "DEFAULT_STDOUT_CALLBACK", callback)
    _progress.show_line("[localhost] import: writing 1/2")
    captured = capsys.readouterr()
    assert ("writing 1/2" in captured.out) is (stream == "out")
    assert ("writing 1/2" in captured.err) is (stream == "err")
