# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NetBox's reference data is read several kinds at a time."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ConnectionFailed
from ansible_collections.netsot.librenms.plugins.module_utils._flow.reference import ReferenceReader
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.side_by_side import READERS


class Meeting:
    """A NetBox that answers only when so many are asking at the same time."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties, timeout=20)

    def reference(self, kind: str) -> list[dict[str, t.Any]]:
        self._barrier.wait()
        return [{"id": 1, "name": kind}]

    def places(self, kind: str, site_ids: list[int]) -> list[dict[str, t.Any]]:
        self._barrier.wait()
        return [{"id": site_id, "name": kind} for site_id in site_ids]


class Broken:
    """A NetBox that fails for some kinds."""

    def reference(self, kind: str) -> list[dict[str, t.Any]]:
        if kind != "sites":
            raise ConnectionFailed(f"reading the {kind}", url="http://netbox", reason="gone")
        return []


def reader(client: t.Any) -> ReferenceReader:
    return ReferenceReader(t.cast("t.Any", None), client, cached=False)


def test_several_kinds_are_in_flight() -> None:
    kinds = ["sites", "device_types", "roles", "platforms"]
    assert len(kinds) == READERS
    rows = reader(Meeting(READERS)).rows(kinds)
    assert {kind: found[0]["name"] for kind, found in rows.items()} == dict(zip(kinds, kinds, strict=True))
    places = reader(Meeting(2)).places([3, 2, 3])
    assert {kind: [row["id"] for row in found] for kind, found in places.items()} == {"locations": [2, 3], "racks": [2, 3]}


def test_the_first_failure_is_told() -> None:
    with pytest.raises(ConnectionFailed, match="Reading the roles"):
        reader(Broken()).rows(["sites", "roles", "platforms"])
