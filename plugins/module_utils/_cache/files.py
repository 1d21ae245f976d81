# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Answers that are kept for some minutes, in private files shared by all processes of one user.

A file holds one line about the entry and one line with its value, both JSON. It is replaced as a whole, so a reader
sees the old one or the new one. Whatever goes wrong with a file means only that the answer is fetched again.
"""

from __future__ import annotations

import collections.abc as c
import contextlib
import dataclasses
import datetime
import errno
import hashlib
import json
import math
import os
import re
import stat
import tempfile
import threading
import time
import typing as t

from .._http.shown import public_url
from .lock import file_lock
from .own_directory import MARK, NotOurs, check_private, expanded, take

CACHETOOLS_IMPORT_ERROR: ImportError | None = None
try:
    import cachetools
except ImportError as import_error:
    CACHETOOLS_IMPORT_ERROR = import_error

# Raised whenever the meaning of stored values changes; entries of another format are not used.
FORMAT: t.Final = 1
MEMORY_ENTRIES: t.Final = 50_000

_ENTRY_NAME = re.compile(r"[0-9a-f]{64}\.json")
_LEFTOVER_NAME = re.compile(r"\.tmp-.*|[0-9a-f]{64}\.lock")
_LEFTOVER_SECONDS = 3600.0

T = t.TypeVar("T")
Clock: t.TypeAlias = t.Callable[[], float]


@dataclasses.dataclass(frozen=True)
class CacheKey:
    """What was asked, of whom and as whom.

    :param kind: what kind of answer, such as ``search``
    :param url: the server's, fit to be shown
    :param digest: of all that makes two questions different
    :param about: what a list of the cache shows of the question; plain JSON types, no secrets
    """

    kind: str
    url: str
    digest: str
    about: c.Mapping[str, object] = dataclasses.field(default_factory=dict, compare=False)


@dataclasses.dataclass(frozen=True)
class CacheScope:
    """One server as seen by one user. The token goes into the digest only."""

    url: str
    digest: str

    @classmethod
    def of(cls, url: str, token: str, verify: bool | str) -> CacheScope:
        return cls(public_url(url), _digest(url, _digest(token), repr(verify)))

    def key(self, kind: str, request: str, about: c.Mapping[str, object] | None = None) -> CacheKey:
        """The key of one exact request of this kind."""
        return CacheKey(kind, self.url, _digest(str(FORMAT), self.digest, kind, request), about or {})


@dataclasses.dataclass(frozen=True)
class CacheFacts:
    """Where an answer came from: the C(cache) of a result. Times are seconds since 1970."""

    hit: bool
    fetched_at: float
    expires_at: float

    def to_json(self) -> dict[str, t.Any]:
        """For a result: times as text in UTC."""
        return {"hit": self.hit, "fetched_at": iso_time(self.fetched_at), "expires_at": iso_time(self.expires_at)}


@dataclasses.dataclass(frozen=True)
class CachedAnswer(t.Generic[T]):
    """An answer with when it was fetched and until when it may be used, in seconds since 1970.

    :param hit: it came from the cache
    :param expires_at: equal to fetched_at when nothing is kept
    """

    value: T
    hit: bool
    fetched_at: float
    expires_at: float

    @property
    def facts(self) -> CacheFacts:
        return CacheFacts(self.hit, self.fetched_at, self.expires_at)


@dataclasses.dataclass(frozen=True)
class CacheEntry:
    """One entry as listed. Times are seconds since 1970; ``count`` is the number of things in it, None when not countable."""

    kind: str
    url: str
    about: c.Mapping[str, object]
    count: int | None
    fetched_at: float
    expires_at: float


# The directory of our own, below that of the option or that of the user's caches.
OWN_NAME: t.Final = "netsot.librenms"


def cache_directory(option: str = "") -> str:
    """Where files are kept; empty when there is no home directory to have one in.

    :param option: ``cache_dir``; empty for the caches of the user who runs this
    :raises OptionError: it names the home directory of a user that does not exist
    """
    if option:
        return os.path.join(os.path.abspath(expanded("cache_dir", option)), OWN_NAME)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, OWN_NAME) if os.path.isabs(base) else ""


def iso_time(seconds: float) -> str:
    """Seconds since 1970 as ``2026-01-31T12:00:00Z``."""
    return _date(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(math.floor(seconds), datetime.UTC)


class FileCache:
    """A cache for one run. Several threads and processes may use one directory at once.

    :param directory: the option ``cache_dir``: the files are in a directory of our own below it, see :func:`cache_directory`. One
        that is not the user's, or does not bear the mark of :mod:`.own_directory`, is not used
    :param ttl: seconds that an answer may be used after it was fetched; 0 switches everything off
    :param clear: use nothing that was fetched before this object was made
    :param warn: told once of each problem; none of them stops a run
    :param checkpoint: called while another process is waited for; may raise
    """

    def __init__(
        self,
        directory: str = "",
        ttl: float = 300,
        *,
        clear: bool = False,
        warn: t.Callable[[str], None] | None = None,
        clock: Clock = time.time,
        checkpoint: t.Callable[[], None] | None = None,
    ) -> None:
        self._directory = cache_directory(directory)
        self._ttl = max(0.0, float(ttl))
        self._clock = clock
        self._not_before = clock() if clear else -math.inf
        self._warn = warn
        self._warned: set[str] = set()
        self._checkpoint = checkpoint
        self._mutex = threading.Lock()
        # None: not looked at yet.
        self._usable: bool | None = None if self._ttl else False
        self._memory: c.MutableMapping[str, CachedAnswer[t.Any]] | None = None
        if self._ttl and CACHETOOLS_IMPORT_ERROR is None:
            self._memory = cachetools.TLRUCache(MEMORY_ENTRIES, ttu=lambda _key, answer, _now: answer.expires_at, timer=clock)

    @property
    def directory(self) -> str:
        return self._directory

    def get_or_fetch(
        self,
        key: CacheKey,
        fetch: t.Callable[[], T],
        *,
        encode: t.Callable[[T], object] | None = None,
        decode: t.Callable[[t.Any], T] | None = None,
        count: t.Callable[[T], int] | None = None,
        keep: t.Callable[[T], bool] | None = None,
    ) -> CachedAnswer[T]:
        """The kept answer, or a fetched one. Of several that ask for the same at once, one fetches.

        A fetch must not ask this cache for the same key. What it raises is passed on and not kept. The value is shared
        between callers, so nobody may change it.

        :param encode: from the value to plain JSON types; needed when it is anything else
        :param decode: the reverse; a TypeError, ValueError, KeyError or AttributeError means that the file is damaged
        :param keep: whether a fetched answer may be used again; it is returned in any case
        """
        if not self._ttl:
            return self._fetched(fetch(), 0.0)
        if (answer := self._remembered(key)) is not None:
            return t.cast("CachedAnswer[T]", answer)
        if not self._is_usable():
            fresh = self._fetched(fetch(), self._ttl)
            return self._remember(key, fresh) if keep is None or keep(fresh.value) else _passing(fresh)
        if (kept := self._load(key, decode)) is not None:
            return self._remember(key, kept)
        with self._lock(key):
            # Whoever held the lock before may have fetched it.
            found = t.cast("CachedAnswer[T] | None", self._remembered(key)) or self._load(key, decode)
            if found is not None:
                return self._remember(key, found)
            fresh = self._fetched(fetch(), self._ttl)
            if keep is not None and not keep(fresh.value):
                return _passing(fresh)
            self._store(key, fresh, encode, count)
            return self._remember(key, fresh)

    def put(self, key: CacheKey, value: T, *, encode: t.Callable[[T], object] | None = None) -> None:
        """Keeps an answer that its fetch did not want kept, and of which more is known by now."""
        if self._ttl:
            answer = self._fetched(value, self._ttl)
            if self._is_usable():
                self._store(key, answer, encode, None)
            self._remember(key, answer)

    def known_count(self, key: CacheKey) -> tuple[int, float] | None:
        """How much an answer holds that is not old yet, whether this run may use it or not, and when it was fetched.

        Evidence against an answer that says there is nothing.
        """
        if not self._ttl or not self._is_usable():
            return None
        with contextlib.suppress(*_DAMAGE), self._opened(key) as file:
            entry = _entry(json.loads(file.readline()))
            if entry.count is not None and entry.fetched_at <= self._clock() < entry.expires_at:
                return entry.count, entry.fetched_at
        return None

    def entries(self) -> tuple[CacheEntry, ...]:
        """What can still be used, newest first. Reads only; an absent or foreign directory has no entries."""
        if not self._directory or _why_refused(check_private, self._directory):
            return ()
        now = self._clock()
        entries = []
        for name in _names(self._directory):
            if _ENTRY_NAME.fullmatch(name):
                with contextlib.suppress(*_DAMAGE), open(os.path.join(self._directory, name), "rb") as file:
                    entry = _entry(json.loads(file.readline()))
                    if entry.fetched_at <= now < entry.expires_at:
                        entries.append(entry)
        return tuple(sorted(entries, key=lambda entry: -entry.fetched_at))

    def _fetched(self, value: T, ttl: float) -> CachedAnswer[T]:
        now = self._clock()
        return CachedAnswer(value, hit=False, fetched_at=now, expires_at=now + ttl)

    def _remembered(self, key: CacheKey) -> CachedAnswer[t.Any] | None:
        if self._memory is None:
            return None
        with self._mutex:
            return self._memory.get(key.digest)

    def _remember(self, key: CacheKey, answer: CachedAnswer[T]) -> CachedAnswer[T]:
        if self._memory is not None:
            with self._mutex:
                self._memory[key.digest] = answer if answer.hit else dataclasses.replace(answer, hit=True)
        return answer

    def _path(self, key: CacheKey, suffix: str) -> str:
        return os.path.join(self._directory, f"{key.digest}.{suffix}")

    @contextlib.contextmanager
    def _opened(self, key: CacheKey) -> c.Iterator[t.BinaryIO]:
        """The file of an entry. Raises OSError where there is none of ours."""
        # No symbolic link, so that nobody's other file is read; never waits, should it be a pipe.
        descriptor = os.open(self._path(key, "json"), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                raise PermissionError(errno.EPERM, "no file of this user")
            yield file

    def _load(self, key: CacheKey, decode: t.Callable[[t.Any], T] | None) -> CachedAnswer[T] | None:
        try:
            with self._opened(key) as file:
                entry = _entry(header := json.loads(file.readline()))
                expires_at = min(entry.expires_at, entry.fetched_at + self._ttl)
                is_fresh = self._not_before <= entry.fetched_at <= self._clock() < expires_at
                if not is_fresh or header["digest"] != key.digest:
                    return None
                body = file.read()
            if hashlib.sha256(body).hexdigest() != header["sha256"]:
                return None
            value = json.loads(body)
            return CachedAnswer(decode(value) if decode else value, hit=True, fetched_at=entry.fetched_at, expires_at=expires_at)
        except _DAMAGE:
            return None

    def _store(
        self,
        key: CacheKey,
        answer: CachedAnswer[T],
        encode: t.Callable[[T], object] | None,
        count: t.Callable[[T], int] | None,
    ) -> None:
        body = json.dumps(encode(answer.value) if encode else answer.value, separators=(",", ":")).encode("ascii")
        header = {
            "format": FORMAT,
            "kind": key.kind,
            "url": key.url,
            "about": dict(key.about),
            "count": count(answer.value) if count else None,
            "fetched_at": answer.fetched_at,
            "expires_at": answer.expires_at,
            "digest": key.digest,
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        try:
            # mkstemp makes the file with mode 0600.
            descriptor, path = tempfile.mkstemp(prefix=".tmp-", dir=self._directory)
            try:
                with open(descriptor, "wb") as file:
                    file.write(json.dumps(header).encode("ascii") + b"\n" + body)
                # So that expired files are found without being read.
                os.utime(path, (answer.expires_at, answer.expires_at))
                os.replace(path, self._path(key, "json"))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(path)
                raise
        except OSError as error:
            self._tell(f"The answers of this run are not cached: writing below {self._directory} failed ({error.strerror}).")

    @contextlib.contextmanager
    def _lock(self, key: CacheKey) -> c.Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(file_lock(self._path(key, "lock"), checkpoint=self._checkpoint))
            except OSError as error:
                self._tell(
                    f"Two runs at once may read the same from the server: locking below {self._directory} failed ({error.strerror})."
                )
            yield

    def _is_usable(self) -> bool:
        with self._mutex:
            if self._usable is not None:
                return self._usable
            problem = _why_refused(_take, self._directory) if self._directory else "there is no home directory"
            self._usable = not problem
        if problem:
            self._tell(
                f"Nothing is cached: {self._directory or 'no directory'} is not used because {problem}. Name another with cache_dir."
            )
        else:
            self._remove_expired()
        return not problem

    def _remove_expired(self) -> None:
        now = self._clock()
        for name in _names(self._directory):
            limit = 0.0 if _ENTRY_NAME.fullmatch(name) else _LEFTOVER_SECONDS if _LEFTOVER_NAME.fullmatch(name) else math.inf
            path = os.path.join(self._directory, name)
            with contextlib.suppress(OSError):
                if limit < math.inf and os.lstat(path).st_mtime + limit < now:
                    os.unlink(path)

    def _tell(self, problem: str) -> None:
        with self._mutex:
            is_new = problem not in self._warned
            self._warned.add(problem)
        if is_new and self._warn is not None:
            self._warn(problem)


# What a missing, damaged, foreign or unreadable file may raise; RecursionError comes from deeply nested JSON, OverflowError from a
# time that is no date.
_DAMAGE: t.Final = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def _passing(answer: CachedAnswer[T]) -> CachedAnswer[T]:
    """An answer that nothing is kept of."""
    return dataclasses.replace(answer, expires_at=answer.fetched_at)


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _entry(header: c.Mapping[str, t.Any]) -> CacheEntry:
    if header["format"] != FORMAT:
        raise ValueError("another format")
    kind, url, about, count = header["kind"], header["url"], header["about"], header["count"]
    if not isinstance(kind, str) or not isinstance(url, str) or not isinstance(about, dict) or not isinstance(count, (int, type(None))):
        raise TypeError("damaged header")
    fetched_at, expires_at = float(header["fetched_at"]), float(header["expires_at"])
    # They have to be dates that can be shown: OverflowError and ValueError are those of the platform for what are none.
    _date(fetched_at)
    _date(expires_at)
    return CacheEntry(kind=kind, url=url, about=about, count=count, fetched_at=fetched_at, expires_at=expires_at)


def _are_ours(names: c.Iterable[str]) -> bool:
    return all(name == MARK or _ENTRY_NAME.fullmatch(name) or _LEFTOVER_NAME.fullmatch(name) for name in names)


def _take(directory: str) -> None:
    take(directory, _are_ours)


def _why_refused(prove: t.Callable[[str], None], directory: str) -> str:
    """Why a directory is not fit for private files, empty when it is."""
    try:
        prove(directory)
    except NotOurs as error:
        return str(error)
    except OSError as error:
        return f"of this: {error.strerror}"
    return ""
