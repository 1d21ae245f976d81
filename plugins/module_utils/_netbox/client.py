# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The NetBox client: reference data, as typed records, on pynetbox.

Every answer to a look-up is checked again by its reader, because NetBox ignores filters that it does not know.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import functools
import re
import typing as t
import urllib.parse

from .._engine.kinds import Target
from .._exceptions import AccessDenied, ApiError, CollectionError, OptionError, UnusableAnswer
from .._http.session import HttpSettings, RequestStats, api_error, new_session, read_json
from .catalog import REFERENCE, SCOPE_SITE
from .paging import CameShort, Page, read_whole
from .side_by_side import side_by_side
from .url import netbox_root

PYNETBOX_IMPORT_ERROR: ImportError | None = None
try:
    import pynetbox
    import requests
    from pynetbox.core.query import Request
except ImportError as import_error:
    PYNETBOX_IMPORT_ERROR = import_error

Json = dict[str, t.Any]

# NetBox's own MAX_PAGE_SIZE; it cuts to that of its configuration what asks for more.
PAGE_SIZE = 1000
# Values of one filter in one URL: gunicorn and nginx refuse request lines over 4 kB.
MAX_QUERY_LENGTH = 3000
OLDEST_VERSION = (4, 4)
# How a version 2 token begins, and which NetBox knows them.
_VERSION_2: t.Final = "nbt_"
_VERSION_2_SINCE: t.Final = (4, 5)
# Names the branch that a request is for, to the branching plugin.
_BRANCH_HEADER: t.Final = "X-NetBox-Branch"


def authorization(token: str) -> str:
    """Version 2 tokens begin with ``nbt_`` and need another keyword than version 1 tokens."""
    return f"Bearer {token}" if token.startswith(_VERSION_2) else f"Token {token}"


@dataclasses.dataclass(frozen=True, slots=True)
class Extent:
    """How many objects a list has, and the highest of their ids, 0 for none."""

    count: int
    last_id: int


class NetBoxClient:
    """Reads from one NetBox. Its session counts requests under the label ``netbox``."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        verify: bool | str = True,
        timeout: float = 120.0,
        pool_size: int = 4,
        stats: RequestStats | None = None,
        checkpoint: c.Callable[[], None] | None = None,
    ) -> None:
        if PYNETBOX_IMPORT_ERROR is not None:
            raise PYNETBOX_IMPORT_ERROR
        self.root = netbox_root(url)
        if not token.strip().isascii() or not token.strip().isprintable():
            raise OptionError("netbox_token", "***", "has characters that a token cannot have")
        self.timeout = timeout
        headers = {"Authorization": authorization(token.strip())}
        settings = HttpSettings(verify=verify, timeout=timeout, headers=headers, pool_size=pool_size, label="netbox")
        self.session = new_session(settings, stats=stats or RequestStats(), checkpoint=checkpoint)
        self._is_new_token = token.strip().startswith(_VERSION_2)
        self.version: tuple[int, ...] = ()
        self.has_workers = False
        self.plugins: frozenset[str] = frozenset()
        self._branch = ""
        # Rows of the longest page seen: NetBox's page size is at least this.
        self.longest_page = 0
        self._options: dict[Target, Json] = {}

    def close(self) -> None:
        self.session.close()

    @property
    def branch(self) -> str:
        """The identifier of the branch that everything is read from and written to; empty for main."""
        return self._branch

    @branch.setter
    def branch(self, schema_id: str) -> None:
        self._branch = schema_id
        # Custom fields, jobs and branches themselves are main's also then.
        self.session.headers[_BRANCH_HEADER] = schema_id
        # What the token may do is asked of the branch again.
        self._options.clear()

    @property
    def place(self) -> str:
        """What tells apart the data of two clients: the URL, and the branch where it is one."""
        return f"{self.root}#{self._branch}" if self._branch else self.root

    def connect(self) -> None:
        """Proves URL, token and version. Raises ApiError, or CollectionError for a NetBox that is too old."""
        operation = "reading the status of NetBox"
        try:
            status = self.get("status", operation)
        except AccessDenied as error:
            if self._is_new_token and is_of_token(error):
                hint = f"Check netbox_token; one that begins with {_VERSION_2} needs NetBox 4.5 or newer."
                raise with_hint(error, hint) from None
            raise
        if not isinstance(status, dict) or "netbox-version" not in status:
            raise UnusableAnswer(operation, url=self.url("status"), reason="this is not NetBox's status", hint="Check netbox_url.")
        text = str(status["netbox-version"])
        self.version = tuple(int(number) for number in re.findall(r"\d+", text)[:3])
        self.has_workers = bool(status.get("rq-workers-running"))
        self.plugins = frozenset(status.get("plugins") or ())
        if self.version < OLDEST_VERSION:
            oldest = ".".join(map(str, OLDEST_VERSION))
            raise CollectionError(f"{self.root} runs NetBox {text}; this collection needs NetBox {oldest} or newer.")
        if self._is_new_token and self.version < _VERSION_2_SINCE:
            # It shows its status to everybody where LOGIN_REQUIRED is off, and takes such a token for none at all.
            reason = f"tokens that begin with {_VERSION_2} need NetBox 4.5 or newer, and {self.root} runs NetBox {text}"
            raise OptionError("netbox_token", "***", reason, "Create a version 1 token there.")

    def call(self, function: c.Callable[[], t.Any], operation: str) -> t.Any:
        """Runs a call of pynetbox or requests and raises what goes wrong as ApiError."""
        try:
            return function()
        except (pynetbox.RequestError, pynetbox.ContentError, pynetbox.AllocationError) as exc:
            error = api_error(exc.req, operation, server="netbox")
        except requests.RequestException as exc:
            error = api_error(exc, operation, server="netbox")
        except (RecursionError, MemoryError):
            error = UnusableAnswer(operation, url=self.root, reason="the answer is nested too deeply, or larger than the memory")
        if isinstance(error, AccessDenied):
            error = _denied(error)
        raise error from None

    def get(self, path: str, operation: str, **params: t.Any) -> t.Any:
        """The JSON of one answer, asked at netbox_url whatever links an answer before it held. Raises ApiError."""
        response = self.call(lambda: self.session.get(self.url(path), params=params), operation)
        return self._json(response, operation)

    def get_in_branch(self, path: str, operation: str, branch: str) -> t.Any:
        """The JSON of one answer from a branch. Raises ApiError."""
        params: dict[str, str | int] = {"limit": 1, "fields": "id"}
        headers = {_BRANCH_HEADER: branch}
        response = self.call(lambda: self.session.get(self.url(path), params=params, headers=headers), operation)
        return self._json(response, operation)

    def _json(self, response: requests.Response, operation: str) -> t.Any:
        try:
            return read_json(response, operation, server="netbox")
        except AccessDenied as error:
            raise _denied(error) from None

    def patch(self, path: str, operation: str, data: object, headers: c.Mapping[str, str]) -> t.Any:
        """The JSON of the answer to a change with headers of its own. Raises ApiError."""
        response = self.call(lambda: self.session.patch(self.url(path), json=data, headers=dict(headers)), operation)
        return self._json(response, operation)

    def delete(self, path: str, operation: str, data: object, headers: c.Mapping[str, str] | None = None) -> None:
        """Removes the objects of a list, all or none of them. Raises ApiError, also where one is there no more."""
        response = self.call(lambda: self.session.delete(self.url(path), json=data, headers=dict(headers or {})), operation)
        if response.status_code != 204:
            self._json(response, operation)

    def url(self, path: str) -> str:
        return f"{self.root}/api/{path}/"

    def request(self, path: str, **filters: t.Any) -> Request:
        """pynetbox's request on one end point, for writes; it follows the links of a list to wherever they point."""
        return Request(base=self.url(path), http_session=self.session, filters=filters, limit=PAGE_SIZE)

    def read(self, path: str, operation: str, **filters: t.Any) -> list[Json]:
        """All objects of a list, as plain dictionaries. Raises ApiError, also for a list that NetBox does not show as a whole."""

        def ask(after: int | None) -> Page:
            where = {} if after is None else {"id__gt": after}
            page = self._page(self.get(path, operation, **filters, **where, ordering="id", limit=PAGE_SIZE), path, operation)
            self.longest_page = max(self.longest_page, len(page.rows))
            return page

        try:
            return read_whole(ask)
        except CameShort as error:
            hint = "Look into NetBox's log, and at what stands before it."
            raise UnusableAnswer(operation, url=self.url(path), reason=str(error), hint=hint) from None

    def _page(self, answer: object, path: str, operation: str) -> Page:
        rows, count = (answer.get("results"), answer.get("count")) if isinstance(answer, dict) else (None, None)
        is_list = isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows)
        if not is_list or not isinstance(rows, list) or not isinstance(count, int):
            raise UnusableAnswer(operation, url=self.url(path), reason="this is no list of NetBox objects", hint="Check netbox_url.")
        return Page(tuple(rows), count)

    def read_by(self, path: str, operation: str, name: str, values: c.Iterable[object], **filters: t.Any) -> list[Json]:
        """All objects for the alternatives of one filter, in as few requests as URLs of 4 kB allow; each object once."""
        reads = [functools.partial(self.read, path, operation, **{name: chunk}, **filters) for chunk in chunks(name, values)]
        return list({row["id"]: row for rows in side_by_side(reads) for row in rows}.values())

    def count(self, path: str, operation: str) -> int:
        """How many objects the token may see. Raises AccessDenied when it may see none by right."""
        return self.extent(path, operation).count

    def extent(self, path: str, operation: str) -> Extent:
        """How many objects the token may see, and where they end. Raises AccessDenied when it may see none by right."""
        page = self._page(self.get(path, operation, limit=1, fields="id", ordering="-id"), path, operation)
        return Extent(page.count, max((row["id"] for row in page.rows), default=0))

    def options(self, target: Target) -> Json:
        """What the token may do with a kind of object: ``{"POST": {field: {...}}, "PUT": {...}}``. Asked once."""
        if target not in self._options:
            operation = f"asking NetBox what the token may do with {target}"
            response = self.call(lambda: self.session.options(self.url(target)), operation)
            answer = self._json(response, operation)
            actions = answer.get("actions") if isinstance(answer, dict) else None
            self._options[target] = dict(actions) if isinstance(actions, dict) else {}
        return self._options[target]

    def reference(self, kind: str) -> list[Json]:
        """The rows of one kind of reference data, with the fields that :func:`catalog` needs."""
        path, fields = REFERENCE[kind]
        rows = self.read(path, f"reading the {kind.replace('_', ' ')} from NetBox", fields=fields)
        return self._with_sites(rows) if kind == "clusters" else rows

    def _with_sites(self, clusters: list[Json]) -> list[Json]:
        """The rows of clusters, with the site of the location that is one's scope."""
        wanted = {row["scope_id"] for row in clusters if row.get("scope_type") == "dcim.location"}
        locations = self.read_by("dcim/locations", "reading the locations of clusters from NetBox", "id", sorted(wanted), fields="id,site")
        sites = {row["id"]: related(row, "site") for row in locations}
        return [{**row, SCOPE_SITE: sites.get(row["scope_id"])} if row.get("scope_type") == "dcim.location" else row for row in clusters]

    def places(self, kind: str, site_ids: c.Iterable[int]) -> list[Json]:
        """The rows of the locations or racks (one of :data:`.catalog.PLACES`) of some sites."""
        path, fields = REFERENCE[kind]
        wanted = sorted(set(site_ids))
        rows = self.read_by(path, f"reading the {kind} from NetBox", "site_id", wanted, fields=fields)
        return [row for row in rows if (row.get("site") or {}).get("id") in wanted]

    def remove(self, target: Target, object_id: int, operation: str) -> None:
        """Removes an object; one that is there no more is no error. Raises ApiError."""
        request = Request(base=self.url(target), http_session=self.session, key=object_id)
        try:
            self.call(request.delete, operation)
        except ApiError as error:
            if error.status != 404:
                raise

    def remove_empty_chassis(self, chassis_id: int) -> bool:
        """Removes a virtual chassis, unless it has members by now. Says whether it is there no more. Raises ApiError."""
        target = Target.VIRTUAL_CHASSIS
        operation = "removing a virtual chassis without members from NetBox"
        rows = [row for row in self.read(target, operation, id=chassis_id, fields="id,master,member_count") if row["id"] == chassis_id]
        if any(row["master"] or row["member_count"] != 0 for row in rows):
            return False
        if rows:
            self.remove(target, chassis_id, operation)
        return True


def related(row: Json, name: str) -> int | None:
    """The id of the object that a field of a row refers to; None for none."""
    nested = row.get(name)
    return int(nested["id"]) if nested else None


def _denied(error: AccessDenied) -> AccessDenied:
    """NetBox answers 403 to a wrong token, with its reason, and never 401."""
    hint = error.hint
    if error.status == 401:
        hint = "NetBox does not answer so: check netbox_url."
    elif is_of_token(error):
        hint = "Check netbox_token."
    return with_hint(error, hint)


def is_of_token(error: ApiError) -> bool:
    """Whether NetBox did not take the token, for no token at all when it is of a version that it does not know."""
    said = (error.server_message or "").casefold()
    return "token" in said or "credentials were not provided" in said


def with_hint(error: ApiError, hint: str) -> AccessDenied:
    """The same error with another thing to do."""
    return AccessDenied(
        error.operation,
        method=error.method,
        url=error.url,
        status=error.status,
        server_message=error.server_message,
        hint=hint,
        body=error.body,
    )


def chunks(name: str, values: c.Iterable[object]) -> c.Iterator[list[object]]:
    """Alternatives of one filter, cut so that each URL stays well below 4 kB."""
    chunk: list[object] = []
    length = 0
    for value in values:
        size = len(urllib.parse.urlencode({name: value})) + 1
        if chunk and length + size > MAX_QUERY_LENGTH:
            yield chunk
            chunk, length = [], 0
        chunk.append(value)
        length += size
    if chunk:
        yield chunk
