# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into a branch of NetBox, with a NetBox that exists in these tests only."""

from __future__ import annotations

import collections.abc as c
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ApiError, CollectionError, OptionError, UnusableAnswer
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.branches import PLUGIN, Branch, Branches

Json = dict[str, t.Any]


class FakeClient:
    """What Branches uses of a client.

    :ivar statuses: of the branch at each look, the last one for ever
    :ivar heeds: whether the header reaches NetBox
    """

    root = "https://netbox.example.net"
    timeout = 10.0

    def __init__(self, *names: str, statuses: c.Iterable[str] = ("ready",)) -> None:
        self.statuses = list(statuses)
        self.rows = [self._row(number, name) for number, name in enumerate(names, start=1)]
        self.plugins = frozenset({PLUGIN})
        self.has_workers = True
        self.heeds = True
        self.quicker = False
        self.branch = ""
        self.posted: list[Json] = []

    def _row(self, number: int, name: str) -> Json:
        return {"id": number, "name": name, "schema_id": f"abcd{number}", "status": {"value": self.statuses[0]}}

    def url(self, path: str) -> str:
        return f"{self.root}/api/{path}/"

    def read(self, _path: str, _operation: str) -> list[Json]:
        return list(self.rows)

    def get(self, _path: str, _operation: str) -> Json:
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        return {**self.rows[-1], "status": {"value": self.statuses[0]}}

    def get_in_branch(self, _path: str, operation: str, _branch: str) -> Json:
        if self.heeds:
            raise ApiError(operation, status=400)
        return {"results": []}

    def request(self, _path: str) -> FakeClient:
        return self

    def post(self, body: Json) -> Json:
        self.posted.append(body)
        self.rows.append(self._row(len(self.rows) + 1, body["name"]))
        if self.quicker:
            raise ApiError("creating", status=400)
        return self.rows[-1]

    def call(self, function: c.Callable[[], t.Any], _operation: str) -> t.Any:
        return function()


def enter(client: FakeClient, name: str = "review", *, create: bool = False, check_mode: bool = False) -> Branch | None:
    seconds = iter(range(10_000))
    branches = Branches(t.cast("t.Any", client), sleep=lambda _pause: None, clock=lambda: float(next(seconds)))
    return branches.enter(name, create=create, check_mode=check_mode)


def test_a_branch_that_is_ready() -> None:
    client = FakeClient("other", "review")
    assert enter(client) == Branch(2, "review", "abcd2")
    assert client.branch == "abcd2" and client.posted == []


@pytest.mark.parametrize("soon", ["new", "provisioning", "syncing", "migrating"])
def test_it_is_waited_for(soon: str) -> None:
    client = FakeClient("review", statuses=(soon, "provisioning", "ready"))
    assert enter(client) == Branch(1, "review", "abcd1")
    with pytest.raises(OptionError, match=f"has not become ready: it is {soon}"):
        enter(FakeClient("review", statuses=(soon,)))


@pytest.mark.parametrize("status", ["merged", "archived", "failed", "pending-migrations", "merging", "reverting", "something new"])
def test_a_branch_that_cannot_be_used(status: str) -> None:
    client = FakeClient("review", statuses=(status,))
    with pytest.raises(OptionError, match=f"cannot be used: it is {status}"):
        enter(client)
    assert client.branch == ""


def test_it_is_created_when_asked() -> None:
    client = FakeClient(statuses=("new", "ready"))
    with pytest.raises(OptionError, match="is no branch of NetBox"):
        enter(client)
    assert enter(client, create=True, check_mode=True) is None
    assert (client.branch, client.posted) == ("", [])
    assert enter(client, create=True) == Branch(1, "review", "abcd1", created=True)
    assert client.posted == [{"name": "review"}]


def test_another_run_was_quicker() -> None:
    client = FakeClient()
    client.quicker = True
    found = enter(client, create=True)
    assert found == Branch(1, "review", "abcd1", created=False)


def test_names_that_are_near() -> None:
    with pytest.raises(OptionError, match=r"Near: .*week 48"):
        enter(FakeClient("week 48", "other"), "week-48")


def test_without_the_plugin_or_a_worker() -> None:
    client = FakeClient("review")
    client.plugins = frozenset()
    with pytest.raises(OptionError, match="needs the plugin netbox_branching"):
        enter(client)
    client = FakeClient()
    client.has_workers = False
    with pytest.raises(CollectionError, match="needs a background worker"):
        enter(client, create=True)
    assert client.posted == []


def test_a_header_that_does_not_reach_netbox() -> None:
    client = FakeClient("review")
    client.heeds = False
    with pytest.raises(UnusableAnswer, match="X-NetBox-Branch has to reach it"):
        enter(client)
    assert client.branch == ""
