# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file cache: what hits, what misses, who may read it, and several processes at once."""

from __future__ import annotations

import collections.abc as c
import errno
import fcntl
import json
import multiprocessing
import os
import pathlib
import re
import stat
import tempfile
import threading
import time
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._cache import files as _cache
from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import (
    CacheFacts,
    CacheKey,
    CacheScope,
    FileCache,
    cache_directory,
)
from ansible_collections.netsot.librenms.plugins.module_utils._cache.lock import file_lock
from ansible_collections.netsot.librenms.plugins.module_utils._cache.own_directory import MARK
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ApiError, OptionError, Stopped, StopReason

TOKEN = "s3cr3t-token"
SCOPE = CacheScope.of("https://nms.example/api/v0", TOKEN, verify=True)
KEY = SCOPE.key("search", "a", {"filters": {"location": ["AMS1"]}})


class Clock:
    def __init__(self) -> None:
        # Before the machine's own time, from which the locks have theirs: a lock that is held is none left over.
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """What is fetched from, and how often."""

    def __init__(self, *values: t.Any) -> None:
        self.values = list(values) or [[1, 2]]
        self.count = 0

    def __call__(self) -> t.Any:
        self.count += 1
        return self.values[min(self.count, len(self.values)) - 1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """Where the files are, below the cache_dir of all caches here."""
    return tmp_path / "cache" / "netsot.librenms"


def files(directory: pathlib.Path) -> list[pathlib.Path]:
    """All but the mark."""
    return [path for path in directory.iterdir() if path.name != MARK]


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def new(directory: pathlib.Path, clock: Clock, warnings: list[str]) -> c.Callable[..., FileCache]:
    """Makes the cache of another run."""

    def make(ttl: float = 300, **options: t.Any) -> FileCache:
        return FileCache(str(options.pop("directory", directory.parent)), ttl, clock=clock, warn=warnings.append, **options)

    return make


Maker: t.TypeAlias = c.Callable[..., FileCache]


def entry_file(directory: pathlib.Path, key: CacheKey = KEY) -> pathlib.Path:
    return directory / f"{key.digest}.json"


def test_second_run_hits_until_the_time_is_over(new: Maker, clock: Clock) -> None:
    server = Server(["old"], ["new"])
    first = new().get_or_fetch(KEY, server)
    assert (first.value, first.facts) == (["old"], CacheFacts(hit=False, fetched_at=clock.now, expires_at=clock.now + 300))
    clock.now += 299
    second = new().get_or_fetch(KEY, server)
    assert (second.value, second.hit, second.fetched_at, second.expires_at) == (["old"], True, first.fetched_at, first.expires_at)
    clock.now += 1
    third = new().get_or_fetch(KEY, server)
    assert (third.value, third.hit) == (["new"], False)


def test_facts_as_a_result() -> None:
    facts = CacheFacts(hit=True, fetched_at=1_800_000_000.9, expires_at=1_800_000_300.0)
    assert facts.to_json() == {"hit": True, "fetched_at": "2027-01-15T08:00:00Z", "expires_at": "2027-01-15T08:05:00Z"}


def test_second_read_in_one_run_reads_no_file(new: Maker, directory: pathlib.Path, clock: Clock) -> None:
    cache, server = new(), Server()
    cache.get_or_fetch(KEY, server)
    entry_file(directory).unlink()
    assert cache.get_or_fetch(KEY, server).hit
    assert server.count == 1
    clock.now += 300
    assert not cache.get_or_fetch(KEY, server).hit


def test_memory_does_not_prolong_a_files_life(new: Maker, clock: Clock) -> None:
    server = Server()
    new().get_or_fetch(KEY, server)
    clock.now += 200
    cache = new()
    assert cache.get_or_fetch(KEY, server).hit
    clock.now += 150
    assert not cache.get_or_fetch(KEY, server).hit


def test_works_without_cachetools(new: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cache, "CACHETOOLS_IMPORT_ERROR", ImportError())
    cache, server = new(), Server()
    cache.get_or_fetch(KEY, server)
    assert cache.get_or_fetch(KEY, server).hit
    assert server.count == 1


def test_shorter_life_of_the_reader_counts(new: Maker, clock: Clock) -> None:
    server = Server()
    new(300).get_or_fetch(KEY, server)
    clock.now += 60
    assert not new(50).get_or_fetch(KEY, server).hit


def test_zero_is_off(new: Maker, directory: pathlib.Path) -> None:
    cache, server = new(0), Server()
    answers = [cache.get_or_fetch(KEY, server) for _ in range(2)]
    assert [answer.hit for answer in answers] == [False, False]
    assert answers[0].expires_at == answers[0].fetched_at
    assert server.count == 2
    assert not directory.exists()


def test_zero_does_not_use_what_others_keep(new: Maker) -> None:
    server = Server()
    new().get_or_fetch(KEY, server)
    assert not new(0).get_or_fetch(KEY, server).hit


def test_clear_reads_afresh_once_and_replaces(new: Maker, clock: Clock) -> None:
    server = Server(["old"], ["new"])
    new().get_or_fetch(KEY, server)
    clock.now += 1
    clearing = new(clear=True)
    assert [clearing.get_or_fetch(KEY, server).value for _ in range(2)] == [["new"], ["new"]]
    assert new().get_or_fetch(KEY, server).value == ["new"]
    assert server.count == 2


def test_an_error_is_not_kept(new: Maker, directory: pathlib.Path) -> None:
    def broken() -> t.Any:
        raise ApiError("reading")

    with pytest.raises(ApiError):
        new().get_or_fetch(KEY, broken)
    assert files(directory) == []
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]


def test_an_answer_that_is_not_wanted_is_given_and_not_kept(new: Maker, directory: pathlib.Path, clock: Clock) -> None:
    cache, server = new(), Server()
    for _ in range(2):
        answer = cache.get_or_fetch(KEY, server, keep=lambda value: not value)
        assert (answer.value, answer.hit, answer.expires_at) == ([1, 2], False, clock.now)
    assert server.count == 2 and files(directory) == []
    cache.put(KEY, [3])
    assert cache.get_or_fetch(KEY, server).value == [3]
    assert new().get_or_fetch(KEY, server, keep=lambda _value: False).value == [3]


def test_known_count(new: Maker, directory: pathlib.Path, clock: Clock) -> None:
    assert new().known_count(KEY) is None
    fetched_at = clock.now
    new().get_or_fetch(KEY, Server(), count=len)
    clock.now += 10
    # Also of what a run is not to use.
    assert new(clear=True).known_count(KEY) == (2, fetched_at)
    assert new(0).known_count(KEY) is None
    clock.now += 290
    assert new().known_count(KEY) is None


def test_codec_and_count(new: Maker) -> None:
    options: dict[str, t.Any] = {"encode": sorted, "decode": frozenset, "count": len}
    for hit in (False, True):
        answer = new().get_or_fetch(KEY, lambda: frozenset({3, 1}), **options)
        assert (answer.value, answer.hit) == ({1, 3}, hit)
    assert new().entries()[0].count == 2


@pytest.mark.parametrize(
    "other",
    [
        CacheScope.of("https://other.example/api/v0", TOKEN, verify=True).key("search", "a"),
        CacheScope.of("https://nms.example/api/v0", TOKEN + "2", verify=True).key("search", "a"),
        CacheScope.of("https://nms.example/api/v0", TOKEN, verify=False).key("search", "a"),
        CacheScope.of("https://nms.example/api/v0", TOKEN, verify="/etc/ca.pem").key("search", "a"),
        CacheScope.of("https://nms.example/api/v0", TOKEN, verify="True").key("search", "a"),
        SCOPE.key("search", "b"),
        SCOPE.key("system", "a"),
        SCOPE.key("searcha", ""),
    ],
)
def test_another_question_is_another_entry(new: Maker, other: CacheKey) -> None:
    new().get_or_fetch(KEY, Server(["mine"]))
    assert new().get_or_fetch(other, Server(["other"])).value == ["other"]
    assert new().get_or_fetch(KEY, Server()).value == ["mine"]


def test_another_format_is_another_entry(new: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    new().get_or_fetch(KEY, Server())
    monkeypatch.setattr(_cache, "FORMAT", _cache.FORMAT + 1)
    assert SCOPE.key("search", "a").digest != KEY.digest
    assert not new().get_or_fetch(KEY, Server()).hit
    assert new().entries()


def test_nothing_secret_is_written(new: Maker, directory: pathlib.Path) -> None:
    scope = CacheScope.of(f"https://user:{TOKEN}@nms.example/api/v0?x={TOKEN}", TOKEN, verify=True)
    new().get_or_fetch(scope.key("search", "a"), Server())
    (path,) = files(directory)
    assert TOKEN not in path.name + path.read_text()
    assert new().entries()[0].url == "https://nms.example/api/v0"


def test_modes(new: Maker, directory: pathlib.Path) -> None:
    before = os.umask(0)
    try:
        new().get_or_fetch(KEY, Server())
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()] == [0o600, 0o600]


def test_directory_open_to_others_is_closed(new: Maker, directory: pathlib.Path, warnings: list[str]) -> None:
    new().get_or_fetch(KEY, Server())
    directory.chmod(0o755)
    new().get_or_fetch(KEY, Server())
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert warnings == []


def test_directory_that_stays_open_is_refused(new: Maker, directory: pathlib.Path, warnings: list[str], monkeypatch: t.Any) -> None:
    directory.mkdir(parents=True)
    (directory / MARK).write_text("")
    directory.chmod(0o777)
    monkeypatch.setattr(os, "chmod", lambda *args, **kwargs: None)
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert files(directory) == []
    assert len(warnings) == 1
    assert "others may read it" in warnings[0]
    assert "cache_dir" in warnings[0]


def test_directory_of_another_user_is_refused(new: Maker, directory: pathlib.Path, warnings: list[str], monkeypatch: t.Any) -> None:
    directory.mkdir(mode=0o700, parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: directory.stat().st_uid + 1)
    cache, server = new(), Server()
    for key in (KEY, KEY, SCOPE.key("search", "b")):
        cache.get_or_fetch(key, server)
    # Within the run the memory still helps.
    assert server.count == 2
    assert list(directory.iterdir()) == []
    assert len(warnings) == 1
    assert "another user" in warnings[0]
    assert new().entries() == ()


def test_directory_that_is_a_file(new: Maker, directory: pathlib.Path, warnings: list[str]) -> None:
    directory.parent.mkdir()
    directory.write_text("")
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert len(warnings) == 1


def test_no_home_directory(clock: Clock, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_directory() == ""
    cache = FileCache("", clock=clock, warn=warnings.append)
    assert cache.get_or_fetch(KEY, Server()).value == [1, 2]
    assert cache.entries() == ()
    assert "home" in warnings[0]


def test_default_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_directory() == str(tmp_path / ".cache" / "netsot.librenms")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert FileCache().directory == str(tmp_path / "xdg" / "netsot.librenms")


def test_home_of_a_user_that_does_not_exist() -> None:
    with pytest.raises(OptionError, match=r"cache_dir: .*no such user.*~nosuchuser/x"):
        FileCache("~nosuchuser/x")


# What may stand in a directory that somebody names, and what looks most like a file of ours.
FOREIGN = [".tmp-draft", f"{'a' * 64}.json", f"{'b' * 64}.lock", "notes.txt"]


def test_files_beside_ours_are_left_alone(new: Maker, directory: pathlib.Path, warnings: list[str]) -> None:
    """As with ``cache_dir: /tmp``."""
    shared = directory.parent
    shared.mkdir()
    shared.chmod(0o1777)
    for name in FOREIGN:
        (shared / name).write_text("")
        os.utime(shared / name, (0, 0))
    assert [new().get_or_fetch(KEY, Server()).hit for _ in range(2)] == [False, True]
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert sorted(path.name for path in shared.iterdir()) == sorted([*FOREIGN, directory.name])
    assert warnings == []


@pytest.mark.parametrize("mode", [0o700, 0o755])
@pytest.mark.parametrize("name", ["notes.txt", f"{'a' * 64}.json"])
def test_directory_of_something_else_is_refused_and_left_alone(
    new: Maker, directory: pathlib.Path, warnings: list[str], mode: int, name: str
) -> None:
    directory.mkdir(parents=True)
    for path in (directory / name, directory / "other"):
        path.write_text("")
        os.utime(path, (0, 0))
    directory.chmod(mode)
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert stat.S_IMODE(directory.stat().st_mode) == mode
    assert sorted(path.name for path in directory.iterdir()) == sorted([name, "other"])
    assert len(warnings) == 1 and MARK in warnings[0] and "cache_dir" in warnings[0]


@pytest.mark.parametrize("entry", ["link", "directory"])
def test_a_mark_that_is_no_file_is_none(new: Maker, directory: pathlib.Path, warnings: list[str], entry: str) -> None:
    directory.mkdir(mode=0o700, parents=True)
    if entry == "link":
        (directory / MARK).symlink_to("/etc/passwd")
    else:
        (directory / MARK).mkdir()
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert [path.name for path in directory.iterdir()] == [MARK]
    assert MARK in warnings[0]


def test_directory_that_is_a_link_is_refused(new: Maker, directory: pathlib.Path, warnings: list[str], tmp_path: pathlib.Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    directory.parent.mkdir()
    directory.symlink_to(tmp_path / "real")
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert list((tmp_path / "real").iterdir()) == []
    assert "no directory" in warnings[0]


def test_directory_of_an_older_version_is_taken_over(new: Maker, directory: pathlib.Path, warnings: list[str]) -> None:
    """Private, and with nothing in it but what this collection writes."""
    new().get_or_fetch(KEY, Server())
    (directory / MARK).unlink()
    assert new().entries()
    assert new().get_or_fetch(KEY, Server()).hit
    assert (directory / MARK).exists()
    assert warnings == []


@pytest.mark.parametrize("call", ["mkstemp", "replace", "utime"])
@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EROFS])
def test_disk_that_cannot_be_written(
    new: Maker, directory: pathlib.Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch, call: str, problem: int
) -> None:
    def fail(*args: object, **kwargs: object) -> t.Any:
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr(tempfile if call == "mkstemp" else os, call, fail)
    cache = new()
    assert [cache.get_or_fetch(SCOPE.key("search", name), Server()).value for name in "ab"] == [[1, 2], [1, 2]]
    assert len(warnings) == 1
    assert os.strerror(problem) in warnings[0]
    assert files(directory) == []


def test_no_lock_to_be_had(new: Maker, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert len(warnings) == 1
    assert "No locks available" in warnings[0]
    assert new().get_or_fetch(KEY, Server()).hit


def cut(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"[1,2]", b"[1,3]"))


def other_format(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 0'))


def bad_header(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"fetched_at": ', b'"fetched_at": null, "x": '))


def no_date(path: pathlib.Path) -> None:
    path.write_bytes(re.sub(rb'"expires_at": [0-9.]+', b'"expires_at": Infinity', path.read_bytes()))


def no_number(path: pathlib.Path) -> None:
    path.write_bytes(re.sub(rb'"fetched_at": [0-9.]+', b'"fetched_at": NaN', path.read_bytes()))


def link(path: pathlib.Path) -> None:
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def pipe(path: pathlib.Path) -> None:
    path.unlink()
    os.mkfifo(path)


def directory_instead(path: pathlib.Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        flip,
        other_format,
        bad_header,
        link,
        pipe,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x00\xff" * 99),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"[1]\n[2]"),
        no_date,
        no_number,
        lambda path: path.unlink(),
    ],
)
def test_damaged_file_is_a_miss_and_is_replaced(new: Maker, directory: pathlib.Path, damage: c.Callable[[pathlib.Path], object]) -> None:
    new().get_or_fetch(KEY, Server())
    damage(entry_file(directory))
    server = Server(["fresh"])
    assert new().get_or_fetch(KEY, server).value == ["fresh"]
    assert new().get_or_fetch(KEY, server).hit


def test_file_that_cannot_be_replaced_is_a_miss(new: Maker, directory: pathlib.Path, warnings: list[str]) -> None:
    new().get_or_fetch(KEY, Server())
    directory_instead(entry_file(directory))
    assert new().get_or_fetch(KEY, Server()).value == [1, 2]
    assert len(warnings) == 1


def test_file_of_another_entry_is_a_miss(new: Maker, directory: pathlib.Path) -> None:
    other = SCOPE.key("search", "b")
    new().get_or_fetch(KEY, Server())
    entry_file(directory).rename(entry_file(directory, other))
    assert not new().get_or_fetch(other, Server()).hit


def test_value_that_cannot_be_decoded_is_a_miss(new: Maker) -> None:
    new().get_or_fetch(KEY, Server(["text"]))
    answer = new().get_or_fetch(KEY, lambda: [1], decode=lambda values: [int(value) for value in values])
    assert (answer.value, answer.hit) == ([1], False)


def test_entry_from_the_future_is_a_miss(new: Maker, clock: Clock) -> None:
    new().get_or_fetch(KEY, Server())
    clock.now -= 10
    assert not new().get_or_fetch(KEY, Server()).hit


def test_expired_files_and_leftovers_are_removed(new: Maker, directory: pathlib.Path, clock: Clock) -> None:
    new().get_or_fetch(KEY, Server())
    leftovers = [directory / ".tmp-abc", directory / f"{'0' * 64}.lock"]
    others = [directory / "notes.txt", directory / "sub"]
    for path in leftovers:
        path.write_text("")
        os.utime(path, (clock.now, clock.now))
    others[0].write_text("")
    others[1].mkdir()
    os.utime(others[0], (0, 0))
    clock.now += 301
    other = SCOPE.key("search", "b")
    new().get_or_fetch(other, Server())
    assert not entry_file(directory).exists()
    assert all(path.exists() for path in leftovers)
    clock.now += 3600
    new().get_or_fetch(other, Server())
    assert sorted(files(directory)) == sorted([*others, entry_file(directory, other)])


def test_entries_newest_first_without_expired_and_damaged_ones(new: Maker, directory: pathlib.Path, clock: Clock) -> None:
    keys = [SCOPE.key("search", str(number), {"filters": {"os": [str(number)]}}) for number in range(4)]
    for key in keys:
        new(100).get_or_fetch(key, Server(), count=len)
        clock.now += 40
    cut_header = entry_file(directory, keys[3])
    cut_header.write_bytes(b'{"format": 1')
    (directory / "notes.json").write_text("{}")
    entries = new().entries()
    assert [entry.about for entry in entries] == [{"filters": {"os": ["2"]}}]
    assert [(entry.kind, entry.count, entry.expires_at - entry.fetched_at) for entry in entries] == [("search", 2, 100)]
    clock.now -= 60
    new(100).get_or_fetch(SCOPE.key("roles", ""), Server())
    assert [entry.kind for entry in new().entries()] == ["roles", "search", "search"]


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e300", "253402300800"])
def test_entries_with_a_time_that_is_no_date_are_not_listed(new: Maker, directory: pathlib.Path, number: str) -> None:
    new().get_or_fetch(KEY, Server())
    path = entry_file(directory)
    path.write_bytes(re.sub(rb'"expires_at": [0-9.]+', f'"expires_at": {number}'.encode(), path.read_bytes()))
    assert new().entries() == ()


def test_entries_of_no_directory(new: Maker, directory: pathlib.Path) -> None:
    assert new().entries() == ()
    assert not directory.exists()


def test_threads_fetch_once(new: Maker) -> None:
    cache, server, all_there = new(), Server(), threading.Barrier(6)
    answers: list[t.Any] = []

    def run() -> None:
        all_there.wait(10)
        answers.append(cache.get_or_fetch(KEY, server))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert server.count == 1
    assert sorted(answer.hit for answer in answers) == [False] + [True] * 5


def fetch_in_process(directory: str, log: str, all_there: t.Any) -> None:
    def fetch() -> list[int]:
        with open(log, "a", encoding="ascii") as file:
            file.write("fetch\n")
        time.sleep(0.2)
        return [1]

    all_there.wait(30)
    FileCache(directory).get_or_fetch(KEY, fetch)


def hold_and_wait(directory: str, holds: t.Any) -> None:
    def fetch() -> list[int]:
        holds.set()
        time.sleep(600)
        return []

    FileCache(directory).get_or_fetch(KEY, fetch)


def test_processes_fetch_once(directory: pathlib.Path, tmp_path: pathlib.Path) -> None:
    context = multiprocessing.get_context("spawn")
    all_there = context.Barrier(3)
    log = tmp_path / "log"
    processes = [context.Process(target=fetch_in_process, args=(str(directory.parent), str(log), all_there)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert log.read_text() == "fetch\n"
    assert [path.suffix for path in files(directory)] == [".json"]


def test_killed_writer_blocks_nobody(directory: pathlib.Path) -> None:
    context = multiprocessing.get_context("spawn")
    holds = context.Event()
    process = context.Process(target=hold_and_wait, args=(str(directory.parent), holds))
    process.start()
    assert holds.wait(60)
    process.kill()
    process.join(60)
    assert FileCache(str(directory.parent)).get_or_fetch(KEY, Server()).value == [1, 2]


def test_waiting_can_be_cancelled(directory: pathlib.Path) -> None:
    def stop() -> None:
        raise Stopped(StopReason.CANCELLED)

    directory.mkdir(mode=0o700, parents=True)
    with file_lock(str(directory / f"{KEY.digest}.lock")), pytest.raises(Stopped):
        FileCache(str(directory.parent), checkpoint=stop).get_or_fetch(KEY, Server())


def test_lock_is_not_waited_for_forever(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "lock")
    with file_lock(path) as first, file_lock(path, longest_wait=0) as second:
        assert (first, second) == (True, False)
    with file_lock(path) as again:
        assert again


def test_lock_does_not_follow_a_link(tmp_path: pathlib.Path) -> None:
    (tmp_path / "target").write_text("")
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic"), file_lock(str(tmp_path / "lock")):
        pass


def test_file_is_replaced_as_a_whole(new: Maker, directory: pathlib.Path) -> None:
    """A reader that opened the old file reads the old value to its end."""
    new().get_or_fetch(KEY, Server(["old"]))
    with entry_file(directory).open("rb") as reader:
        reader.readline()
        new(clear=True).get_or_fetch(KEY, Server(["new"]))
        assert json.loads(reader.read()) == ["old"]
