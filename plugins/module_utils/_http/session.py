# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The one way this collection speaks HTTP: a requests session with time-outs, careful retries, counters and typed errors.

Reads (GET, HEAD, OPTIONS, and POST requests marked with :data:`READ_MARK`) are retried on connection errors and on
429, 502, 503 and 504. Writes are retried only where the connection was never made, so the server cannot have acted.
"""

from __future__ import annotations

import collections
import collections.abc as c
import contextlib
import dataclasses
import email.utils
import functools
import http.cookiejar
import os
import re
import threading
import time
import typing as t
import urllib.parse
import warnings

from .._exceptions import CollectionError, OptionError
from . import bounds
from .answers import SECRET_HEADERS, api_error, read_json
from .failures import in_handshake
from .shown import public_url, shown

REQUESTS_IMPORT_ERROR: ImportError | None = None
try:
    import requests
    import requests.auth
    import urllib3
    import urllib3.exceptions
    from requests.adapters import BaseAdapter, HTTPAdapter
    from urllib3.util.retry import Retry
except ImportError as import_error:
    REQUESTS_IMPORT_ERROR = import_error

__all__ = (
    "READ_MARK",
    "REQUESTS_IMPORT_ERROR",
    "HttpSettings",
    "RequestCounts",
    "RequestStats",
    "api_error",
    "new_session",
    "public_url",
    "read_json",
    "shown",
)

# Set as a header of a POST that only reads (GraphQL): it is counted and retried as a read. Never sent.
READ_MARK: t.Final = "X-Netsot-Read"

READ_METHODS: t.Final = frozenset({"GET", "HEAD", "OPTIONS"})
RETRY_STATUSES: t.Final = frozenset({429, 502, 503, 504})
RETRY_COUNT: t.Final = 3
# Seconds: 0 before the first retry, then 1, 2, 4 ...
BACKOFF_FACTOR: t.Final = 0.5
# Seconds that a server's Retry-After may ask for, and that all retries of one request may wait together.
RETRY_AFTER_LIMIT: t.Final = 30.0
WAIT_LIMIT: t.Final = 60.0
# A host that does not even accept the connection is given up sooner than one that is busy with an answer.
CONNECT_TIMEOUT_LIMIT: t.Final = 15.0

_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")
_SECONDS_BETWEEN_CHECKS = 0.25

Checkpoint: t.TypeAlias = t.Callable[[], None]


@dataclasses.dataclass(frozen=True)
class HttpSettings:
    """How to reach one server.

    :param verify: check the certificate; a path names the file or directory of the certificate authorities
    :param timeout: seconds to wait for an answer (for each read from the connection; for all of it :data:`.bounds.PATIENCE` times that)
    :param headers: sent with every request; may hold the token, so it is never shown
    :param pool_size: connections kept open, as many as there are workers
    :param label: under which name :class:`RequestStats` counts, such as ``librenms``
    """

    verify: bool | str = True
    timeout: float = 60.0
    headers: c.Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    pool_size: int = 8
    label: str = ""


@dataclasses.dataclass(frozen=True)
class RequestCounts:
    """Requests as the caller made them, and how often one had to be sent again."""

    reads: int = 0
    writes: int = 0
    retries: int = 0


class RequestStats:
    """Counts requests, and notes what the servers take for the time; safe to share between threads and sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: collections.Counter[tuple[str, str]] = collections.Counter()
        self._ahead: dict[str, float] = {}

    def count(self, label: str, kind: t.Literal["reads", "writes", "retries"]) -> None:
        with self._lock:
            self._counts[label, kind] += 1

    def of(self, label: str) -> RequestCounts:
        """The counts of one label (one server)."""
        with self._lock:
            return RequestCounts(self._counts[label, "reads"], self._counts[label, "writes"], self._counts[label, "retries"])

    def note_date(self, label: str, date: str | None) -> None:
        """:param date: of an answer that has just come, as HTTP writes it"""
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            self._ahead[label] = email.utils.parsedate_to_datetime(date or "").timestamp() - time.time()

    def seconds_ahead(self, label: str) -> float | None:
        """By how much the clock of a server is ahead of this machine's, to a second; None when no answer told."""
        return self._ahead.get(label)

    @property
    def reads(self) -> int:
        return self._sum("reads")

    @property
    def writes(self) -> int:
        return self._sum("writes")

    @property
    def retries(self) -> int:
        return self._sum("retries")

    def _sum(self, kind: str) -> int:
        with self._lock:
            return sum(number for (_label, counted), number in self._counts.items() if counted == kind)


def _no_check() -> None:
    pass


if REQUESTS_IMPORT_ERROR is None:

    class _CarefulRetry(Retry):
        """urllib3's retries with a limit on all waiting together, and a look at the checkpoint while waiting."""

        checkpoint: Checkpoint = staticmethod(_no_check)
        on_retry: t.Callable[[], None] = staticmethod(_no_check)
        waited = 0.0

        @classmethod
        def build(cls, *, is_read: bool, checkpoint: Checkpoint, on_retry: t.Callable[[], None]) -> _CarefulRetry:
            retry = cls(
                total=RETRY_COUNT,
                connect=RETRY_COUNT - 1,
                # False: raise at once. A request that may have reached the server is repeated only when it reads.
                read=RETRY_COUNT if is_read else False,
                # A failed TLS handshake will fail again.
                other=0,
                redirect=False,
                status=RETRY_COUNT if is_read else 0,
                allowed_methods=None if is_read else READ_METHODS,
                status_forcelist=RETRY_STATUSES if is_read else (),
                backoff_factor=BACKOFF_FACTOR,
                # The last answer itself says more than "too many 503".
                raise_on_status=False,
                respect_retry_after_header=is_read,
            )
            retry.checkpoint = checkpoint
            retry.on_retry = on_retry
            return retry

        def new(self, **kw: t.Any) -> t.Any:
            fresh = super().new(**kw)
            fresh.checkpoint = self.checkpoint
            fresh.on_retry = self.on_retry
            fresh.waited = self.waited
            return fresh

        def increment(
            self,
            method: str | None = None,
            url: str | None = None,
            response: t.Any = None,
            error: Exception | None = None,
            _pool: t.Any = None,
            _stacktrace: t.Any = None,
        ) -> t.Any:
            if isinstance(error, urllib3.exceptions.ReadTimeoutError) and (self.history or in_handshake(error)):
                # One more try is worth it after a time-out; more would make the user wait for minutes.
                raise error
            return super().increment(method, url, response, error, _pool, _stacktrace)

        def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
            # urllib3 adds 413 when there is a Retry-After; only our own list is wanted.
            return status_code in self.status_forcelist and super().is_retry(method, status_code, has_retry_after)

        def sleep(self, response: t.Any = None) -> None:
            self.on_retry()
            wait = self.get_backoff_time()
            if response is not None and self.respect_retry_after_header:
                with contextlib.suppress(urllib3.exceptions.InvalidHeader):
                    wait = max(wait, min(self.get_retry_after(response) or 0.0, RETRY_AFTER_LIMIT))
            wait = min(wait, WAIT_LIMIT - self.waited)
            self.waited += wait
            until = time.monotonic() + wait
            self.checkpoint()
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(left, _SECONDS_BETWEEN_CHECKS))
                self.checkpoint()
            bounds.watch_again()

    class _Adapter(HTTPAdapter):
        """The adapter of requests, with answers that are watched while they arrive."""

        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            bounds.watch_connections(self.poolmanager)

        def proxy_manager_for(self, proxy: t.Any, **kwargs: t.Any) -> t.Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            bounds.watch_connections(manager)
            return manager

    class _Transport(BaseAdapter):
        """Checks, counts and sends. Reads and writes have adapters of their own because they are retried differently."""

        def __init__(self, settings: HttpSettings, stats: RequestStats, checkpoint: Checkpoint) -> None:
            super().__init__()
            self._settings = settings
            self._stats = stats
            self._checkpoint = checkpoint
            self._reads = self._adapter(is_read=True)
            self._writes = self._adapter(is_read=False)

        def _adapter(self, *, is_read: bool) -> HTTPAdapter:
            size = max(1, self._settings.pool_size)
            retry = _CarefulRetry.build(is_read=is_read, checkpoint=self._checkpoint, on_retry=self._count_retry)
            return _Adapter(pool_connections=4, pool_maxsize=size, max_retries=retry)

        def _count_retry(self) -> None:
            self._stats.count(self._settings.label, "retries")

        def send(
            self,
            request: requests.PreparedRequest,
            stream: bool = False,
            timeout: t.Any = None,
            verify: bool | str = True,
            cert: t.Any = None,
            proxies: t.Any = None,
        ) -> requests.Response:
            self._checkpoint()
            for name in SECRET_HEADERS:
                if not _HEADER_TEXT.fullmatch(request.headers.get(name, "")):
                    # What http.client raises instead would show the token.
                    raise requests.exceptions.InvalidHeader("the token has characters that a header cannot carry", request=request)
            marked = request.headers.pop(READ_MARK, None) is not None
            is_read = marked or request.method in READ_METHODS
            self._stats.count(self._settings.label, "reads" if is_read else "writes")
            if timeout is None:
                timeout = (min(self._settings.timeout, CONNECT_TIMEOUT_LIMIT), self._settings.timeout)
            if verify is False:
                _expect_unverified(request.url or "")
            adapter = self._reads if is_read else self._writes
            # A write that is in flight is waited for, whatever becomes of the run.
            watch = bounds.Watch(checkpoint=self._checkpoint if is_read else None, patience=bounds.PATIENCE * self._settings.timeout)
            bounds.watch(watch)
            watch.begin()
            try:
                response = adapter.send(request, stream=True, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
                self._stats.note_date(self._settings.label, response.headers.get("Date"))
                # Here, so that whatever goes wrong with the answer itself is this request's.
                response.iter_content = functools.partial(_bounded, response.iter_content)  # type: ignore[method-assign]
                _read_whole(response)
            finally:
                bounds.watch(None)
            return response

        def close(self) -> None:
            self._reads.close()
            self._writes.close()

    def _read_whole(response: requests.Response) -> bytes:
        """The answer's body, which the response keeps."""
        return response.content or b""

    def _bounded(read: t.Callable[..., t.Iterator[bytes]], *args: t.Any, **kwargs: t.Any) -> t.Iterator[bytes]:
        """The pieces of an answer, unpacked, as long as they are not too many: a small packed one may be a huge one."""
        size = 0
        for piece in read(*args, **kwargs):
            size += len(piece)
            if size > bounds.ANSWER_LIMIT:
                raise bounds.AnswerTooLarge
            yield piece

    class _NoNetrc(requests.auth.AuthBase):
        """Being there keeps requests from looking into ~/.netrc, which would replace our own Authorization header."""

        def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
            return r

    class _Session(requests.Session):
        """A session whose credentials and TLS settings the environment cannot change; proxies of the environment are used."""

        def request(self, method: t.Any, url: t.Any, *args: t.Any, **kwargs: t.Any) -> requests.Response:
            """Raises RequestException for whatever goes wrong, with the request; what is no exception of requests is its cause."""
            asked = requests.PreparedRequest()
            asked.method, asked.url = str(method), str(url)
            try:
                return super().request(method, url, *args, **kwargs)
            except CollectionError:
                raise
            except requests.RequestException as error:
                error.request = error.request or asked
                raise
            except Exception as error:
                raise requests.RequestException(request=asked) from error

        def get_redirect_target(self, resp: requests.Response) -> str | None:
            # A followed POST would become a GET, and its answer would look like success.
            if resp.request.method not in READ_METHODS:
                return None
            return super().get_redirect_target(resp)

        def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
            must_strip: t.Callable[[str, str], bool] = self.should_strip_auth
            if must_strip(response.request.url or "", prepared_request.url or ""):
                for name in SECRET_HEADERS:
                    prepared_request.headers.pop(name, None)

        def merge_environment_settings(self, url: t.Any, proxies: t.Any, stream: t.Any, verify: t.Any, cert: t.Any) -> t.Any:
            # requests lets REQUESTS_CA_BUNDLE win over a session's verify; what the user wrote in the play must win.
            if verify is None and self.verify is not True:
                verify = self.verify
            return super().merge_environment_settings(url, proxies, stream, verify, cert)


def new_session(settings: HttpSettings, *, stats: RequestStats, checkpoint: Checkpoint | None = None) -> requests.Session:
    """A session for one server, usable by several threads at once.

    :param checkpoint: called before every request (also before a retry and a redirect); may raise
        :class:`~._exceptions.Stopped`, then nothing is sent
    :raises ImportError: requests is not installed
    :raises OptionError: the file or directory of the certificate authorities does not exist
    """
    if REQUESTS_IMPORT_ERROR is not None:
        raise REQUESTS_IMPORT_ERROR
    if isinstance(settings.verify, str) and not os.path.exists(settings.verify):
        raise OptionError(f"{settings.label}_ca_path".lstrip("_"), settings.verify, "there is no such file or directory")
    session = _Session()
    transport = _Transport(settings, stats, checkpoint or _no_check)
    session.mount("https://", transport)
    session.mount("http://", transport)
    session.auth = _NoNetrc()
    session.verify = settings.verify
    session.max_redirects = 5
    # A token is the only identity: a session cookie that a server hands out must not add another.
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "User-Agent": "netsot.librenms"})
    session.headers.update(settings.headers)
    return session


_unverified_hosts: set[str] = set()
_unverified_lock = threading.Lock()


def _expect_unverified(url: str) -> None:
    """The user asked for no verification of this host, so urllib3 need not warn about this one; others still warn."""
    host = urllib.parse.urlsplit(url).hostname or ""
    with _unverified_lock:
        if host not in _unverified_hosts:
            _unverified_hosts.add(host)
            message = re.escape(f"Unverified HTTPS request is being made to host '{host}'")
            warnings.filterwarnings("ignore", message=message, category=urllib3.exceptions.InsecureRequestWarning)
