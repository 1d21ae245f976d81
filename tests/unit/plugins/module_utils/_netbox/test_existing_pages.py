# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading all devices by several stretches of ids at a time: each object once, whatever its id is and however long pages are."""

from __future__ import annotations

import typing as t
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import existing
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.client import Extent, NetBoxClient

CLIENT = t.cast("NetBoxClient", None)


def read(ids: t.Collection[int], extent: Extent, *, asked: int = 10, shown: int = 10) -> list[int]:
    """:param asked: objects that a page is asked for, ``shown``: that NetBox puts into one at most"""

    def graphql(_client: object, _query: str, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        rows = [{"id": number, "name": f"d{number}"} for number in sorted(ids) if number >= variables["start"]]
        return {"rows": rows[:shown]}

    with mock.patch.multiple(existing, graphql=graphql, PAGE_SIZE=asked):
        return [item.id for item in existing._all_by_graphql(CLIENT, ObjectKind.DEVICE, extent)]


@given(
    st.sets(st.integers(min_value=1, max_value=400), max_size=120),
    st.integers(min_value=1, max_value=10),
    st.integers(min_value=-60, max_value=60),
    st.integers(min_value=-60, max_value=60),
)
def test_each_object_once(ids: set[int], shown: int, more: int, later: int) -> None:
    """Also where objects came or went since they were counted."""
    extent = Extent(max(0, len(ids) + more), max(0, max(ids, default=0) + later))
    found = read(ids, extent, shown=shown)
    assert sorted(found) == sorted(ids)


def test_a_server_that_knows_no_start_is_left_to_rest() -> None:
    def graphql(_client: object, _query: str, _variables: object) -> dict[str, t.Any]:
        return {"rows": [{"id": 7, "name": "always the same"}]}

    with mock.patch.object(existing, "graphql", graphql), pytest.raises(existing.GraphQLUnavailable):
        existing._all_by_graphql(CLIENT, ObjectKind.DEVICE, Extent(1, 7))
