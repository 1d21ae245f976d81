# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The cached searches as a user is shown them."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import time
import typing as t

from .._cache.files import FileCache, iso_time
from .url import SEARCH_KIND, base_url

CACHE_DIR_VARIABLE: t.Final = "NETSOT_LIBRENMS_CACHE_DIR"


@dataclasses.dataclass(frozen=True)
class CachedSearch:
    """One search whose answer can still be used. Times are seconds since 1970, ``age`` and ``expires_in`` seconds."""

    librenms_url: str
    filters: c.Mapping[str, object]
    exclude: c.Mapping[str, object]
    include_disabled: bool
    devices: int
    fetched_at: float
    expires_at: float
    age: int
    expires_in: int

    def to_json(self) -> dict[str, t.Any]:
        """For a result: times as text in UTC."""
        times = {"fetched_at": iso_time(self.fetched_at), "expires_at": iso_time(self.expires_at)}
        return dataclasses.asdict(self) | times


def cached_searches(cache: FileCache, *, librenms_url: str | None = None, now: float | None = None) -> tuple[CachedSearch, ...]:
    """The searches in a cache directory, newest first.

    :param librenms_url: only those of this server, in any form that the option takes
    :raises OptionError: librenms_url is no usable URL
    """
    wanted = base_url(librenms_url) if librenms_url else None
    now = time.time() if now is None else now
    searches = []
    for entry in cache.entries():
        filters = entry.about.get("filters")
        if entry.kind == SEARCH_KIND and isinstance(filters, dict) and wanted in (None, entry.url):
            searches.append(
                CachedSearch(
                    librenms_url=entry.url,
                    filters=filters,
                    exclude=_dictionary(entry.about.get("exclude")),
                    include_disabled=bool(entry.about.get("include_disabled")),
                    devices=entry.count or 0,
                    fetched_at=entry.fetched_at,
                    expires_at=entry.expires_at,
                    age=max(0, int(now - entry.fetched_at)),
                    expires_in=max(0, int(entry.expires_at - now)),
                )
            )
    return tuple(searches)


def _dictionary(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}
