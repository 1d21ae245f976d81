# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The NetBox client: reference data, as typed records, on pynetbox.

Every answer to a look-up is checked again by its reader, because NetBox ignores filters that it does not know.
"""

from __future__ import annotations

import collections.abc as c
import re
import typing as t
import urllib.parse

from .._engine.fields import LINK_FIELD
from .._engine.kinds import Target
from .._engine.links import LinkField
from .._exceptions import AccessDenied, CollectionError, OptionError, UnusableAnswer
from .._http.session import HttpSettings, RequestStats, api_error, new_session
from .catalog import REFERENCE

PYNETBOX_IMPORT_ERROR: ImportError | None = None
try:
    import pynetbox
    import requests
    from pynetbox.core.query import Request
except ImportError as import_error:
    PYNETBOX_IMPORT_ERROR = import_error

Json = dict[str, t.Any]

# NetBox's MAX_PAGE_SIZE; a larger limit is cut to it.
PAGE_SIZE = 1000
# Values of one filter in one URL: gunicorn and nginx refuse request lines over 4 kB.
MAX_QUERY_LENGTH = 3000
OLDEST_VERSION = (4, 4)


def netbox_root(url: str) -> str:
    """The URL of NetBox without ``/api`` and trailing slashes. Raises OptionError for what is no URL."""
    text = url.strip()
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OptionError("netbox_url", url, "must be a URL that begins with https:// or http://")
    if parts.query or parts.fragment:
        raise OptionError("netbox_url", url, "must not have a query or fragment")
    return re.sub(r"(?:/+api)?/*$", "", text)


def authorization(token: str) -> str:
    """Version 2 tokens begin with ``nbt_`` and need another keyword than version 1 tokens."""
    return f"Bearer {token}" if token.startswith("nbt_") else f"Token {token}"


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
        # The token stands in the session's headers: older pynetbox does not know version 2 tokens.
        self._api = pynetbox.api(self.root)
        self._api.http_session = self.session
        self.version: tuple[int, ...] = ()
        self.has_workers = False

    def close(self) -> None:
        self.session.close()

    def connect(self) -> None:
        """Proves URL, token and version. Raises ApiError, or CollectionError for a NetBox that is too old."""
        operation = "reading the status of NetBox"
        status = self.call(self._api.status, operation)
        if not isinstance(status, dict) or "netbox-version" not in status:
            raise UnusableAnswer(operation, url=f"{self.root}/api/status/", reason="this is not NetBox's status", hint="Check netbox_url.")
        text = str(status["netbox-version"])
        self.version = tuple(int(number) for number in re.findall(r"\d+", text)[:3])
        self.has_workers = bool(status.get("rq-workers-running"))
        if self.version < OLDEST_VERSION:
            oldest = ".".join(map(str, OLDEST_VERSION))
            raise CollectionError(f"{self.root} runs NetBox {text}; this collection needs NetBox {oldest} or newer.")

    def call(self, function: c.Callable[[], t.Any], operation: str) -> t.Any:
        """Runs a call of pynetbox or requests and raises what goes wrong as ApiError."""
        try:
            return function()
        except (pynetbox.RequestError, pynetbox.ContentError, pynetbox.AllocationError) as exc:
            error = api_error(exc.req, operation, server="netbox")
        except requests.RequestException as exc:
            error = api_error(exc, operation, server="netbox")
        if isinstance(error, AccessDenied):
            error = _denied(error)
        raise error from None

    def url(self, path: str) -> str:
        return f"{self.root}/api/{path}/"

    def request(self, path: str, **filters: t.Any) -> Request:
        """pynetbox's request on one end point; it follows the pages of a list."""
        return Request(base=self.url(path), http_session=self.session, filters=filters, limit=PAGE_SIZE)

    def read(self, path: str, operation: str, **filters: t.Any) -> list[Json]:
        """All objects of a list, as plain dictionaries."""
        rows = self.call(lambda: list(self.request(path, **filters).get()), operation)
        if not all(isinstance(row, dict) and "id" in row for row in rows):
            raise UnusableAnswer(operation, url=self.url(path), reason="this is no list of NetBox objects", hint="Check netbox_url.")
        return t.cast("list[Json]", rows)

    def read_by(self, path: str, operation: str, name: str, values: c.Iterable[object], **filters: t.Any) -> list[Json]:
        """All objects for the alternatives of one filter, in as few requests as URLs of 4 kB allow; each object once."""
        rows: dict[int, Json] = {}
        for chunk in chunks(name, values):
            for row in self.read(path, operation, **{name: chunk}, **filters):
                rows[row["id"]] = row
        return list(rows.values())

    def count(self, path: str, operation: str) -> int:
        """How many objects the token may see. Raises AccessDenied when it may see none by right."""

        def ask() -> t.Any:
            response = self.session.get(self.url(path), params={"limit": "1", "fields": "id"})
            if not response.ok:
                raise pynetbox.RequestError(response)
            return response.json()

        answer = self.call(ask, operation)
        if not isinstance(answer, dict) or not isinstance(answer.get("count"), int):
            raise UnusableAnswer(operation, url=self.url(path), reason="this is no list of NetBox objects", hint="Check netbox_url.")
        return int(answer["count"])

    def options(self, target: Target) -> Json:
        """What the token may do with a kind of object: ``{"POST": {field: {...}}, "PUT": {...}}``."""
        operation = f"asking NetBox what the token may do with {target}"

        def ask() -> t.Any:
            response = self.session.options(self.url(target))
            if not response.ok:
                raise pynetbox.RequestError(response)
            return response.json()

        answer = self.call(ask, operation)
        return dict(answer.get("actions") or {}) if isinstance(answer, dict) else {}

    def reference(self, kind: str) -> list[Json]:
        """The rows of one kind of reference data, with the fields that :func:`catalog` needs."""
        path, fields = REFERENCE[kind]
        return self.read(path, f"reading the {kind.replace('_', ' ')} from NetBox", fields=fields)

    def places(self, kind: str, site_ids: c.Iterable[int]) -> list[Json]:
        """The rows of the locations or racks (one of :data:`.catalog.PLACES`) of some sites."""
        path, fields = REFERENCE[kind]
        wanted = sorted(set(site_ids))
        rows = self.read_by(path, f"reading the {kind} from NetBox", "site_id", wanted, fields=fields)
        return [row for row in rows if (row.get("site") or {}).get("id") in wanted]

    def remove_empty_chassis(self, chassis_id: int) -> None:
        """Removes a virtual chassis, unless it has members by now. Raises ApiError."""
        path = Target.VIRTUAL_CHASSIS.value
        operation = "removing a virtual chassis without members from NetBox"
        rows = self.read(path, operation, id=chassis_id, fields="id,master,member_count")
        if [row["id"] for row in rows if not row["master"] and row["member_count"] == 0] == [chassis_id]:
            self.call(lambda: Request(base=self.url(path), http_session=self.session, key=chassis_id).delete(), operation)

    def link_field(self) -> LinkField:
        """The custom field that holds LibreNMS ids. Raises CollectionError when it has another type than JSON."""
        rows = self.read("extras/custom-fields", "reading the custom fields from NetBox", name=LINK_FIELD)
        row = next((row for row in rows if row.get("name") == LINK_FIELD), None)
        if row is None:
            return LinkField()
        kind = row.get("type")
        kind = kind.get("value") if isinstance(kind, dict) else kind
        if kind != "json":
            raise CollectionError(
                f"NetBox's custom field {LINK_FIELD} is of the type {kind}, and must be of the type json. "
                "Rename the field there, or change its type after saving its values; netbox-librenms-plugin uses json too."
            )
        return LinkField(int(row["id"]), tuple(row.get("object_types") or ()))


def _denied(error: AccessDenied) -> AccessDenied:
    """NetBox answers 403 to a wrong token, with its reason, and never 401."""
    hint = error.hint
    if error.status == 401:
        hint = "NetBox does not answer so: check netbox_url."
    elif "token" in (error.server_message or "").lower():
        hint = "Check netbox_token."
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
