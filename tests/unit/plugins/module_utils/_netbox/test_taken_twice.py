# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that NetBox takes twice from two imports at once: never do both stay, and nothing is removed that this run has not made."""

from __future__ import annotations

import collections.abc as c
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AccessDenied, AnswerLost, ApiError
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.write import BulkWriter, Item

Json = dict[str, t.Any]


class Server:
    """A NetBox that takes everything. ``meanwhile`` happens before the look of that number, with the rows."""

    def __init__(self, own_id: int, meanwhile: c.Mapping[int, c.Callable[[list[Json]], object]]) -> None:
        self.next_id = own_id
        self.meanwhile = meanwhile
        self.rows: list[Json] = []
        self.looks = 0
        self.removed: list[int] = []
        self.denied = False
        self.lost = False

    def send(self, _target: Target, _method: str, bodies: list[Json]) -> list[Json]:
        made = [{**body, "id": self.next_id + number} for number, body in enumerate(bodies)]
        self.rows += made
        if self.lost:
            raise AnswerLost("creating", method="POST", reason="no answer in time")
        return made

    def read_by(self, *_arguments: object, **_filters: object) -> list[Json]:
        self.looks += 1
        self.meanwhile.get(self.looks, lambda _rows: None)(self.rows)
        return list(self.rows)

    def url(self, path: str) -> str:
        return path

    def delete(self, target: Target, operation: str, data: list[Json]) -> None:
        object_ids = [row["id"] for row in data]
        if not set(object_ids) <= {row["id"] for row in self.rows}:
            raise ApiError("removing", method="DELETE", status=400)
        for object_id in object_ids:
            self.remove(target, object_id, operation)

    def remove(self, _target: Target, object_id: int, _operation: str) -> None:
        if self.denied:
            raise AccessDenied("removing", method="DELETE", status=403, server_message="You do not have permission.")
        self.removed.append(object_id)
        self.rows[:] = [row for row in self.rows if row["id"] != object_id]


def address(**fields: t.Any) -> Json:
    return {"address": "192.0.2.1/24", "vrf": None, "assigned_object_type": "dcim.interface", "assigned_object_id": 7, **fields}


def machine(**fields: t.Any) -> Json:
    return {"name": "vm1", "site": 1, "custom_fields": {"librenms_id": {"default": 1}}, **fields}


def fate(server: Server, target: Target, body: Json) -> tuple[Fate, str]:
    writer = BulkWriter(t.cast(t.Any, server), server.send, sleep=lambda _seconds: None)
    outcome = writer.create(target, [Item("one", body)])["one"]
    return outcome.fate, outcome.message


def others(row: Json) -> c.Callable[[list[Json]], None]:
    return lambda rows: rows.append(row)


def goes(object_id: int) -> c.Callable[[list[Json]], None]:
    return lambda rows: rows.remove(next(row for row in rows if row["id"] == object_id))


def test_alone() -> None:
    server = Server(10, {})
    assert fate(server, Target.IP_ADDRESS, address())[0] is Fate.DONE
    assert server.looks == 1 and server.removed == []


@pytest.mark.parametrize(("target", "body"), [(Target.IP_ADDRESS, address()), (Target.VIRTUAL_MACHINE, machine())])
def test_the_higher_withdraws(target: Target, body: Json) -> None:
    server = Server(10, {1: others({**body, "id": 9})})
    assert fate(server, target, body)[0] is Fate.TAKEN
    assert server.removed == [10] and [row["id"] for row in server.rows] == [9]


def test_the_lower_waits_for_the_other_to_withdraw() -> None:
    server = Server(10, {1: others(address(id=11)), 3: goes(11)})
    assert fate(server, Target.IP_ADDRESS, address())[0] is Fate.DONE
    assert server.removed == []


def test_the_lower_withdraws_when_the_other_stays() -> None:
    """The other could not see it, or was killed."""
    server = Server(10, {1: others(address(id=11))})
    assert fate(server, Target.IP_ADDRESS, address())[0] is Fate.TAKEN
    assert server.removed == [10]


@pytest.mark.parametrize(("target", "body"), [(Target.RACK, {"name": "R1", "site": 1}), (Target.CLUSTER, {"name": "prod", "type": 1})])
def test_what_others_refer_to_is_the_one_that_stays(target: Target, body: Json) -> None:
    server = Server(10, {1: others({**body, "id": 9})})
    writer = BulkWriter(t.cast(t.Any, server), server.send, sleep=lambda _seconds: None)
    outcome = writer.create(target, [Item("one", body)])["one"]
    assert (outcome.fate, outcome.object_id) == (Fate.TAKEN, 9) and server.removed == [10]


def test_one_that_is_gone_already_keeps_no_other() -> None:
    """NetBox removes a list only as a whole."""
    bodies = [address(address=f"192.0.2.{number}/24") for number in (1, 2)]
    server = Server(10, {1: lambda rows: rows.extend([{**bodies[0], "id": 8}, {**bodies[1], "id": 9}])})
    real = server.read_by

    def read_by(*arguments: object, **filters: object) -> list[Json]:
        found = real(*arguments, **filters)
        server.rows[:] = [row for row in server.rows if row["id"] != 10]
        return found

    t.cast(t.Any, server).read_by = read_by
    writer = BulkWriter(t.cast(t.Any, server), server.send, sleep=lambda _seconds: None)
    outcomes = writer.create(Target.IP_ADDRESS, [Item(str(number), body) for number, body in enumerate(bodies)])
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.TAKEN}
    assert server.removed == [10, 11]


@pytest.mark.parametrize(
    ("target", "body", "other"),
    [
        (Target.IP_ADDRESS, address(), address(id=9, vrf=3)),
        (Target.VIRTUAL_MACHINE, machine(), machine(id=9, site=2)),
        (Target.VIRTUAL_MACHINE, machine(), machine(id=9, tenant=2)),
        (Target.RACK, {"name": "R1", "site": 1}, {"id": 9, "name": "R1", "site": 2}),
    ],
    ids=["VRF", "site", "tenant", "rack"],
)
def test_another_place_is_another_object(target: Target, body: Json, other: Json) -> None:
    server = Server(10, {1: others(other)})
    assert fate(server, target, body)[0] is Fate.DONE and server.removed == []


@pytest.mark.parametrize(
    ("target", "body"),
    [(Target.VIRTUAL_MACHINE, machine(cluster=4)), (Target.DEVICE, machine()), (Target.RACK, {"name": "R1", "site": 1, "location": 2})],
)
def test_what_netbox_takes_once_is_not_looked_for(target: Target, body: Json) -> None:
    server = Server(10, {})
    assert fate(server, target, body)[0] is Fate.DONE and server.looks == 0


def test_without_the_right_to_remove_it_is_told() -> None:
    server = Server(10, {1: others(address(id=9))})
    server.denied = True
    found, message = fate(server, Target.IP_ADDRESS, address())
    assert found is Fate.TAKEN and "NetBox has it twice now: remove one (id 10)" in message and "permission" in message


def test_what_may_be_somebody_elses_is_not_removed() -> None:
    """The answer was lost, so nobody knows which of the two this run has made."""
    server = Server(10, {1: others(address(id=9))})
    server.lost = True
    assert fate(server, Target.IP_ADDRESS, address())[0] is Fate.DONE
    assert server.removed == []


def test_a_look_that_fails_changes_nothing() -> None:
    server = Server(10, {})

    def fail(_rows: list[Json]) -> None:
        raise ApiError("looking", method="GET", status=500)

    server.meanwhile = {1: fail}
    assert fate(server, Target.IP_ADDRESS, address())[0] is Fate.DONE and server.removed == []
