# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of NetBox is read as a whole or not at all, and only from NetBox."""

from __future__ import annotations

import collections.abc as c
import contextlib
import http.server
import json
import threading
import typing as t
import urllib.parse

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AccessDenied, OptionError, UnusableAnswer
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.client import NetBoxClient
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.paging import CameShort, Page, read_whole
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.url import netbox_root

Json = dict[str, t.Any]
Interfere = c.Callable[["Lists", Json], object]


class Lists:
    """A NetBox that has one list, with a page size of its own. ``interfere`` changes an answer before it is sent."""

    def __init__(self) -> None:
        self.ids = list(range(1, 11))
        self.page_size = 3
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.hosts: set[str] = set()
        self.interfere: Interfere = lambda _lists, answer: answer
        self.status = 200
        lists = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urllib.parse.urlsplit(self.path)
                query = urllib.parse.parse_qs(parts.query)
                lists.asked.append((parts.path, query))
                body = json.dumps(lists.interfere(lists, lists.page(query))).encode()
                self.send_response(lists.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def page(self, query: dict[str, list[str]]) -> Json:
        after = int(query.get("id__gt", ["0"])[0])
        found = [number for number in self.ids if number > after]
        rows = found[: min(self.page_size, int(query["limit"][0]))]
        # As NetBox behind a proxy without X-Forwarded-Proto writes it, and worse.
        return {"count": len(found), "next": "http://127.0.0.2:9/api/x/?offset=3", "results": [{"id": number} for number in rows]}


@pytest.fixture
def lists() -> c.Iterator[Lists]:
    lists = Lists()
    yield lists
    lists.server.shutdown()
    lists.server.server_close()


def read(lists: Lists) -> list[int]:
    client = NetBoxClient(lists.url, "nbt_ABCDEFGHIJKL.secret", timeout=5)
    return [row["id"] for row in client.read("dcim/sites", "reading the sites")]


def test_all_pages_whatever_the_page_size_and_only_at_netbox_url(lists: Lists) -> None:
    assert read(lists) == lists.ids
    assert len(lists.asked) == 4
    assert {path for path, _query in lists.asked} == {"/api/dcim/sites/"}
    lists.page_size = 1000
    assert read(lists) == lists.ids
    assert len(lists.asked) == 5


def test_an_object_deleted_between_two_pages_hides_no_other(lists: Lists) -> None:
    def delete(lists: Lists, answer: Json) -> Json:
        if len(lists.asked) == 1:
            lists.ids.remove(1)
        return answer

    lists.interfere = delete
    assert read(lists)[-9:] == list(range(2, 11))


def test_an_early_end_is_no_end(lists: Lists) -> None:
    lists.interfere = lambda _lists, answer: {**answer, "next": None}
    assert read(lists) == lists.ids


@pytest.mark.parametrize("change", [{"results": []}, {"results": [], "count": 0}])
def test_a_page_that_comes_empty_once_is_read_again(lists: Lists, change: Json) -> None:
    lists.interfere = lambda lists, answer: {**answer, **change} if len(lists.asked) == 2 else answer
    assert read(lists) == lists.ids


@pytest.mark.parametrize("change", [{"results": []}, {"results": [], "count": 0}, {"results": [{"id": 1}], "count": 7}])
def test_a_page_that_stays_empty_is_an_error(lists: Lists, change: Json) -> None:
    lists.interfere = lambda lists, answer: {**answer, **change} if "id__gt" in lists.asked[-1][1] else answer
    with pytest.raises(UnusableAnswer, match="counted 10 objects") as caught:
        read(lists)
    assert f"{lists.url}/api/dcim/sites/" in str(caught.value)


@pytest.mark.parametrize("answer", [None, [], {}, {"count": 1}, {"count": 1, "results": None}, {"count": None, "results": []}])
def test_what_is_no_list(lists: Lists, answer: object) -> None:
    lists.interfere = lambda _lists, _answer: answer
    with pytest.raises(UnusableAnswer):
        read(lists)


@pytest.mark.parametrize("row", [None, 1, [], {}, {"id": "1"}])
def test_rows_that_are_no_objects(lists: Lists, row: object) -> None:
    lists.interfere = lambda _lists, _answer: {"count": 1, "results": [row]}
    with pytest.raises(UnusableAnswer):
        read(lists)


def test_a_new_token_on_an_old_netbox(lists: Lists) -> None:
    lists.status = 403
    lists.interfere = lambda _lists, _answer: {"detail": "Invalid token"}
    lists.page_size = 0

    with pytest.raises(AccessDenied) as caught:
        NetBoxClient(lists.url, "nbt_ABCDEFGHIJKL.secret", timeout=5).count("status", "x")
    assert "4.5" not in str(caught.value)


# NetBox 4.4 does not read the keyword of such a token, so it says what it says to nobody.
@pytest.mark.parametrize("detail", ["Invalid token", "Authentication credentials were not provided."])
def test_the_status_says_what_a_new_token_needs(lists: Lists, monkeypatch: pytest.MonkeyPatch, detail: str) -> None:
    lists.status = 403
    lists.interfere = lambda _lists, _answer: {"detail": detail}
    monkeypatch.setattr(lists, "page", lambda _query: {})
    with pytest.raises(AccessDenied, match=r"needs NetBox 4\.5"):
        NetBoxClient(lists.url, "nbt_ABCDEFGHIJKL.secret", timeout=5).connect()
    with pytest.raises(AccessDenied) as caught:
        NetBoxClient(lists.url, "0123456789abcdef", timeout=5).connect()
    assert "4.5" not in str(caught.value) and "Check netbox_token." in str(caught.value)


@pytest.mark.parametrize(("version", "is_known"), [("4.4.10", False), ("4.5.0", True), ("4.7.3", True)])
def test_a_status_that_everybody_may_see_is_no_proof_of_a_new_token(
    lists: Lists, monkeypatch: pytest.MonkeyPatch, version: str, is_known: bool
) -> None:
    lists.interfere = lambda _lists, _answer: {"netbox-version": version}
    monkeypatch.setattr(lists, "page", lambda _query: {})
    NetBoxClient(lists.url, "0123456789abcdef", timeout=5).connect()
    client = NetBoxClient(lists.url, "nbt_ABCDEFGHIJKL.secret", timeout=5)
    with contextlib.nullcontext() if is_known else pytest.raises(OptionError, match=rf"netbox_token: .* NetBox 4\.5 .*{version}"):
        client.connect()


def test_a_filter_that_is_not_understood() -> None:
    with pytest.raises(CameShort):
        read_whole(lambda _after: Page(({"id": 1},), 2))


@pytest.mark.parametrize("url", ["http://user:PASSW@host", "http://host/?q=1", "http://a..b", "http://[::1", "host", "http://h:1/PASSW@x"])
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        netbox_root(url)
    assert "PASSW" not in str(caught.value)


def test_urls_that_are_taken() -> None:
    assert netbox_root(" https://netbox.example.net/sub/api/ ") == "https://netbox.example.net/sub"
    assert netbox_root("http://[::1]:8000") == "http://[::1]:8000"
