# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox's reference data: from the cache for a preview, afresh for an import."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import functools

from .._cache.files import CacheScope
from .._netbox.catalog import PLACES
from .._netbox.client import Json, NetBoxClient
from .._netbox.side_by_side import side_by_side
from .run import Run

Rows = dict[str, list[Json]]


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceReader:
    """Reads rows by kind, as :func:`.catalog.catalog` takes them; several kinds at a time."""

    run: Run
    client: NetBoxClient
    cached: bool

    def rows(self, kinds: c.Iterable[str]) -> Rows:
        def read(kind: str) -> list[Json]:
            return self._read(kind, {"kind": kind}, functools.partial(self.client.reference, kind))

        return _of_kinds(read, kinds)

    def places(self, site_ids: c.Iterable[int]) -> Rows:
        """Locations and racks of some sites."""
        wanted = sorted(set(site_ids))
        numbers = ",".join(map(str, wanted))

        def read(kind: str) -> list[Json]:
            about = {"kind": kind, "sites": len(wanted)}
            return self._read(f"{kind}:{numbers}", about, functools.partial(self.client.places, kind, wanted))

        return _of_kinds(read, PLACES)

    def _read(self, request: str, about: c.Mapping[str, object], read: c.Callable[[], list[Json]]) -> list[Json]:
        if not self.cached:
            return read()
        connection = self.run.netbox
        scope = CacheScope.of(connection.url, connection.token, connection.verify)
        # A branch has other rows than main.
        request = f"{self.client.branch}/{request}" if self.client.branch else request
        return self.run.cache.get_or_fetch(scope.key("netbox", request, about), read, count=len).value


def _of_kinds(read: c.Callable[[str], list[Json]], kinds: c.Iterable[str]) -> Rows:
    names = tuple(kinds)
    return dict(zip(names, side_by_side(functools.partial(read, kind) for kind in names), strict=True))
