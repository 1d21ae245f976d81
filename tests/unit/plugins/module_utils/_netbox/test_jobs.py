# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List writes as jobs of NetBox, with a scripted NetBox."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import (
    AccessDenied,
    AnswerLost,
    ApiError,
    CollectionError,
    ConnectionFailed,
    UnusableAnswer,
)
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.jobs import JobSender, check_jobs

Json = dict[str, t.Any]


class Request:
    def __init__(self, netbox: NetBox, filters: Json) -> None:
        self._netbox = netbox
        self._filters = filters

    def post(self, data: list[Json]) -> t.Any:
        return self._netbox.write("post", self._filters, data)

    def patch(self, data: list[Json]) -> t.Any:
        return self._netbox.write("patch", self._filters, data)


class NetBox:
    """Answers writes with what the test says, and shows a job in one state after the other."""

    def __init__(self, answer: t.Any, *jobs: Json) -> None:
        self.root = "http://netbox.example.net"
        self.timeout = 1.0
        self.version: tuple[int, ...] = (4, 7, 3)
        self.has_workers = True
        self.written: list[tuple[str, Json, list[Json]]] = []
        self.reads = 0
        self._answer = answer
        self._jobs = list(jobs)
        self.denied = False

    def url(self, path: str) -> str:
        return f"{self.root}/api/{path}/"

    def request(self, path: str, **filters: t.Any) -> Request:
        return Request(self, filters)

    def call(self, function: t.Callable[[], t.Any], operation: str) -> t.Any:
        return function()

    def write(self, method: str, filters: Json, data: list[Json]) -> t.Any:
        self.written.append((method, filters, data))
        return self._answer

    def get(self, path: str, operation: str) -> Json:
        self.reads += 1
        return self._jobs.pop(0) if len(self._jobs) > 1 else self._jobs[0]

    def count(self, path: str, operation: str) -> int:
        if self.denied:
            raise AccessDenied(operation, status=403)
        return 0


def job(status: str, data: t.Any = None, error: str = "") -> Json:
    return {"id": 7, "status": {"value": status}, "data": data, "error": error}


ACCEPTED = {"job": {"id": 7, "status": "pending"}}
BODIES = [{"name": "a"}, {"name": "b"}]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def send(netbox: NetBox, method: str = "post") -> t.Any:
    clock = Clock()
    sender = JobSender(t.cast("t.Any", netbox), t.cast("t.Any", netbox), "m" * 300, sleep=clock.sleep, clock=clock)
    return sender.send(Target.DEVICE, method, BODIES)


def test_the_jobs_answer_is_the_answer() -> None:
    rows = [{"id": 1}, {"id": 2}]
    netbox = NetBox(ACCEPTED, job("pending"), job("running"), job("completed", {"status_code": 201, "data": rows}))
    assert send(netbox) == rows
    assert netbox.reads == 3
    method, filters, data = netbox.written[0]
    assert (method, filters) == ("post", {"background": "true"})
    assert [body["name"] for body in data] == ["a", "b"]
    assert {len(body["changelog_message"]) for body in data} == {200}


def test_refused_objects_keep_their_body() -> None:
    body = {"detail": "1 of 2 objects could not be created.", "errors": [{"index": 1, "errors": {"name": ["no"]}}]}
    netbox = NetBox(ACCEPTED, job("failed", {"status_code": 400, "data": body}, "1 of 2"))
    with pytest.raises(ApiError) as caught:
        send(netbox, "patch")
    assert caught.value.status == 400
    assert caught.value.body == body
    assert netbox.written[0][0] == "patch"


def test_no_permission_within_the_job() -> None:
    netbox = NetBox(ACCEPTED, job("failed", {"status_code": 403, "data": {"detail": "no"}}))
    with pytest.raises(AccessDenied):
        send(netbox)


def test_a_job_that_broke_off_has_written_nothing() -> None:
    netbox = NetBox(ACCEPTED, job("errored", None, "deadlock detected"))
    with pytest.raises(ApiError) as caught:
        send(netbox)
    assert not isinstance(caught.value, AnswerLost)
    assert caught.value.status == 500
    assert caught.value.body == {"error": "deadlock detected"}


def test_a_job_that_never_ends_is_a_lost_answer() -> None:
    with pytest.raises(AnswerLost, match="worker"):
        send(NetBox(ACCEPTED, job("pending")))


def test_a_job_that_cannot_be_watched_is_a_lost_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    netbox = NetBox(ACCEPTED, job("pending"))

    def refuse(path: str, operation: str) -> list[Json]:
        raise ConnectionFailed(operation)

    monkeypatch.setattr(netbox, "get", refuse)
    with pytest.raises(AnswerLost):
        send(netbox)


def test_a_netbox_that_writes_directly() -> None:
    rows = [{"id": 1}, {"id": 2}]
    assert send(NetBox(rows)) == rows


def test_an_answer_without_job() -> None:
    with pytest.raises(UnusableAnswer):
        send(NetBox({"detail": "?"}))


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"version": (4, 6, 8)}, ["4.7", "4.6.8"]),
        ({"has_workers": False}, ["worker", "netbox_jobs"]),
        ({"denied": True}, ["core.view_job"]),
    ],
)
def test_what_it_needs_is_told_in_one_sentence(change: Json, parts: list[str]) -> None:
    netbox = NetBox(ACCEPTED)
    check_jobs(t.cast("t.Any", netbox))
    vars(netbox).update(change)
    with pytest.raises(CollectionError) as caught:
        check_jobs(t.cast("t.Any", netbox))
    text = str(caught.value)
    assert all(part in text for part in (*parts, "nothing was written")), text
