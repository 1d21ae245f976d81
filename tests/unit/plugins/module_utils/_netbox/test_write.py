# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List writes that NetBox refuses in part, denies, deadlocks, or whose answer is lost: every object gets its own outcome."""

from __future__ import annotations

import collections.abc as c
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate, WriteOutcome
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import (
    AccessDenied,
    AnswerLost,
    ApiError,
    ConnectionFailed,
    Stopped,
    StopReason,
    UnusableAnswer,
)
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.doubt import Doubt, doubt_of
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.write import MAX_BODY, BulkWriter, Item, NetBoxSender

Json = dict[str, t.Any]
DEVICE = Target.DEVICE
TAKEN_TEXT = "Device name must be unique per site and tenant."


class Server:
    """A NetBox for one kind of object: all-or-nothing lists, with faults by request number.

    :param bad: what is wrong with an object, by its name (POST) or id (PATCH)
    :param faults: by the number of the write, what is raised; ``done`` first does what was asked
    """

    def __init__(
        self,
        bad: c.Mapping[t.Any, str] | None = None,
        faults: c.Mapping[int, ApiError | Exception] | None = None,
        *,
        done: bool = False,
        indexed: bool = True,
        status: int = 400,
    ) -> None:
        self.bad = bad or {}
        self.faults = dict(faults or {})
        self.done = done
        self.indexed = indexed
        self.status = status
        self.rows: list[Json] = []
        self.sent: list[int] = []
        self.looks: list[tuple[str, list[t.Any]]] = []
        self.look_errors: list[Exception] = []

    # What the bulk writer needs of a client.
    def url(self, path: str) -> str:
        return f"https://netbox/api/{path}/"

    def read_by(self, _path: str, _operation: str, name: str, values: c.Iterable[t.Any], **_filters: t.Any) -> list[Json]:
        wanted = list(values)
        self.looks.append((name, wanted))
        if self.look_errors:
            raise self.look_errors.pop(0)
        # NetBox ignores filters that it does not know: everything comes back.
        return [dict(row) for row in self.rows]

    def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
        self.sent.append(len(bodies))
        fault = self.faults.get(len(self.sent))
        if fault is not None and not self.done:
            raise fault
        wrong = [(index, self.bad[self._name(body)]) for index, body in enumerate(bodies) if self._name(body) in self.bad]
        if wrong:
            raise self._refusal(bodies, wrong, method)
        rows = [self._write(target, body) for body in bodies]
        if fault is not None:
            raise fault
        return rows

    @staticmethod
    def _name(body: Json) -> t.Any:
        return body.get("id", body.get("name"))

    def _refusal(self, bodies: list[Json], wrong: list[tuple[int, str]], method: str) -> ApiError:
        kind = AccessDenied if self.status == 403 else ApiError
        if not self.indexed:
            body: Json = {"detail": "You do not have permission to perform this action."} if self.status == 403 else {"name": [wrong[0][1]]}
            return kind("writing", method="POST", status=self.status, body=body, server_message=body.get("detail"))
        errors = [
            {("index" if method == "post" else "id"): (index if method == "post" else bodies[index]["id"]), "errors": {"__all__": [text]}}
            for index, text in wrong
        ]
        body = {"detail": f"{len(wrong)} of {len(bodies)} objects could not be created.", "errors": errors}
        return kind("writing", method="POST", status=self.status, body=body, server_message=body["detail"])

    def _write(self, _target: Target, body: Json) -> Json:
        if "id" in body:
            row = next(row for row in self.rows if row["id"] == body["id"])
            row |= {name: self._stored(value) for name, value in body.items() if name != "id"}
        else:
            row = {"id": 100 + len(self.rows), "site": None, "tenant": None, "custom_fields": {}}
            row |= {name: self._stored(value) for name, value in body.items()}
            self.rows.append(row)
        return dict(row)

    @staticmethod
    def _stored(value: t.Any) -> t.Any:
        return {"id": value, "name": "nested"} if isinstance(value, int) else value


def device(number: int, **fields: t.Any) -> Item:
    body = {"name": f"d{number}", "site": 1, "custom_fields": {"librenms_id": {"default": number}}}
    return Item(f"device:{number}", body | fields)


def member(number: int) -> Item:
    return Item(f"member:1:{number}", {"name": f"m{number}", "site": 1, "virtual_chassis": 5, "vc_position": number, "status": "active"})


def writer(server: Server, pauses: list[float] | None = None) -> BulkWriter:
    return BulkWriter(t.cast(t.Any, server), server.send, sleep=(pauses if pauses is not None else []).append)


def create(server: Server, items: c.Sequence[Item], target: Target = DEVICE) -> dict[str, WriteOutcome]:
    outcomes = writer(server).create(target, items)
    assert list(outcomes) == [item.key for item in items] or set(outcomes) == {item.key for item in items}
    return outcomes


def fates(outcomes: c.Mapping[str, WriteOutcome]) -> dict[str, str]:
    return {key.rpartition(":")[2]: outcome.fate.value for key, outcome in sorted(outcomes.items())}


def lost() -> AnswerLost:
    return AnswerLost("creating", method="POST", reason="no answer in time")


def test_one_list() -> None:
    server = Server()
    outcomes = create(server, [device(1), device(2)])
    assert outcomes == {"device:1": WriteOutcome(Fate.DONE, 100), "device:2": WriteOutcome(Fate.DONE, 101)}
    assert server.sent == [2] and server.looks == []


def test_nothing_is_sent_for_nothing() -> None:
    server = Server()
    assert writer(server).create(DEVICE, []) == {} == writer(server).change(DEVICE, [])
    assert server.sent == []


@pytest.mark.parametrize("status", [400, 403])
def test_the_bad_ones_are_dropped_and_the_rest_sent_again(status: int) -> None:
    server = Server({"d2": "Related object not found.", "d5": "Bad."}, status=status)
    outcomes = create(server, [device(number) for number in range(1, 7)])
    assert server.sent == [6, 4]
    assert fates(outcomes) == {"1": "done", "2": "refused", "3": "done", "4": "done", "5": "refused", "6": "done"}
    assert outcomes["device:2"].message == "Related object not found." and outcomes["device:5"].message == "Bad."
    assert [row["name"] for row in server.rows] == ["d1", "d3", "d4", "d6"]


def test_all_bad() -> None:
    server = Server({"d1": "Bad.", "d2": "Bad."})
    assert fates(create(server, [device(1), device(2)])) == {"1": "refused", "2": "refused"}
    assert server.sent == [2]


def test_changes_are_named_by_id() -> None:
    server = Server({7: "Bad."})
    server.rows = [{"id": number} for number in (6, 7, 8)]
    items = [Item(f"device:{number}", {"id": number, "serial": "S"}) for number in (6, 7, 8)]
    outcomes = writer(server).change(DEVICE, items)
    assert server.sent == [3, 2]
    assert outcomes["device:7"] == WriteOutcome(Fate.REFUSED, message="Bad.")
    assert (outcomes["device:6"], outcomes["device:8"]) == (WriteOutcome(Fate.DONE, 6), WriteOutcome(Fate.DONE, 8))


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        (TAKEN_TEXT, Fate.TAKEN),
        ("Device with this Virtual chassis and VC position already exists.", Fate.TAKEN),
        ("The fields site, name must make a unique set.", Fate.TAKEN),
        ("Virtual machine name must be unique per cluster and tenant.", Fate.TAKEN),
        ("This field is required.", Fate.REFUSED),
    ],
)
@pytest.mark.parametrize("indexed", [True, False])
def test_taken_is_not_refused(text: str, fate: Fate, indexed: bool) -> None:
    outcomes = create(Server({"d1": text}, indexed=indexed), [device(1)])
    assert outcomes["device:1"].fate is fate and text in outcomes["device:1"].message


def test_fields_are_named_in_the_message() -> None:
    error = {"role": ["This field is required."], "__all__": ["Wrong."], "custom_fields": {"x": "No such field."}}
    body = {"errors": [{"index": 0, "errors": error}]}
    server = Server(faults={1: ApiError("writing", status=400, body=body)})
    assert create(server, [device(1)])["device:1"].message == "role: This field is required.; Wrong.; custom_fields: x: No such field."


@pytest.mark.parametrize(("status", "sent"), [(400, [8, 4, 4, 2, 1, 1, 2]), (403, [8, 1, 3, 4, 2, 1, 1, 2])])
def test_without_an_index_the_culprit_is_found_by_halving(status: int, sent: list[int]) -> None:
    # NetBox before 4.7 shows the first object's error and not which it was.
    server = Server({"d6": "This field is required."}, indexed=False, status=status)
    outcomes = create(server, [device(number) for number in range(1, 9)])
    assert fates(outcomes) == {str(number): "refused" if number == 6 else "done" for number in range(1, 9)}
    assert server.sent == sent
    assert len(server.rows) == 7


@given(st.integers(1, 40), st.sets(st.integers(1, 40)), st.booleans(), st.sampled_from([400, 403]))
def test_whatever_is_bad_the_rest_is_written_once(count: int, bad: set[int], indexed: bool, status: int) -> None:
    server = Server({f"d{number}": "Bad." for number in bad}, indexed=indexed, status=status)
    outcomes = create(server, [device(number) for number in range(1, count + 1)])
    expected = [number for number in range(1, count + 1) if number not in bad]
    assert [row["name"] for row in server.rows] == [f"d{number}" for number in expected]
    assert {key for key, outcome in outcomes.items() if outcome.fate is Fate.DONE} == {f"device:{number}" for number in expected}


def interface(number: int, of: int) -> Item:
    return Item(f"interface:{number}", {"name": f"e{number}", "device": of, "type": "other"})


def test_interfaces_that_are_all_denied_are_not_tried_one_by_one() -> None:
    server = Server({f"e{number}": "-" for number in range(1, 101)}, indexed=False, status=403)
    outcomes = create(server, [interface(number, 7) for number in range(1, 101)], Target.INTERFACE)
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.REFUSED}
    assert server.sent == [100, 1, 1, 1, 1, 1]


def test_devices_are_tried_one_by_one_because_a_constraint_may_go_by_their_names() -> None:
    server = Server({f"d{number}": "-" for number in range(1, 101) if number != 60}, indexed=False, status=403)
    outcomes = create(server, [device(number) for number in range(1, 101)])
    assert [key for key, outcome in outcomes.items() if outcome.fate is Fate.DONE] == ["device:60"]
    assert server.sent[:61] == [100, *[1] * 60] and sum(server.sent[61:]) < 500


def of_role(number: int, role: int, **fields: t.Any) -> Item:
    return device(number, role=role, device_type=number % 3 + 1, **fields)


def denying(items: c.Iterable[Item], roles: c.Container[int], **options: t.Any) -> Server:
    """A NetBox before 4.7 whose token may only make devices of these roles."""
    return Server({item.body["name"]: "-" for item in items if item.body["role"] not in roles}, indexed=False, status=403, **options)


def test_the_permitted_ones_are_found_after_many_that_are_not() -> None:
    items = [of_role(number, 1 if number <= 6 else 2) for number in range(1, 11)]
    server = denying(items, {2})
    outcomes = create(server, items)
    assert [row["name"] for row in server.rows] == ["d7", "d10", "d8", "d9"]
    assert {key for key, outcome in outcomes.items() if outcome.fate is Fate.REFUSED} == {f"device:{number}" for number in range(1, 7)}


@given(st.lists(st.integers(1, 8), min_size=1, max_size=60), st.sets(st.integers(1, 8)))
def test_whatever_a_constraint_on_a_field_permits_is_written(roles: list[int], permitted: set[int]) -> None:
    items = [of_role(number, role) for number, role in enumerate(roles)]
    server = denying(items, permitted)
    outcomes = create(server, items)
    wanted = {item.key for item in items if item.body["role"] in permitted}
    assert {key for key, outcome in outcomes.items() if outcome.fate is Fate.DONE} == wanted
    assert len(server.rows) == len(wanted)


def test_what_was_learnt_holds_for_the_lists_that_follow() -> None:
    items = [interface(number, 1) for number in range(10)]
    server = Server({item.body["name"]: "-" for item in items}, indexed=False, status=403)
    both = writer(server)
    both.create(Target.INTERFACE, items)
    sent = len(server.sent)
    later = [interface(number, 1) for number in range(10, 20)] + [interface(99, 2)]
    outcomes = both.create(Target.INTERFACE, later)
    assert server.sent[sent:] == [1]
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.REFUSED, Fate.DONE}
    assert outcomes["interface:10"].message == outcomes["interface:13"].message != ""


def test_one_that_passed_keeps_its_kind_from_being_given_up() -> None:
    items = [interface(number, 1) for number in range(12)]
    server = Server({item.body["name"]: "-" for item in items[1:9]}, indexed=False, status=403)
    create(server, items, Target.INTERFACE)
    assert [row["name"] for row in server.rows] == ["e0", "e9", "e10", "e11"]


@pytest.mark.parametrize(
    "said",
    [{"role": ["Object not found."]}, {"__all__": ["Missing required custom field 'owner'."]}],
    ids=["one field", "custom field"],
)
def test_one_reason_that_refuses_every_device_is_not_asked_for_one_by_one(said: Json) -> None:
    server = Server()

    def send(_target: Target, _method: str, bodies: list[Json]) -> t.Any:
        server.sent.append(len(bodies))
        raise ApiError("writing", status=400, body=said)

    items = [device(number, role=7) for number in range(116)]
    outcomes = BulkWriter(t.cast(t.Any, server), send, sleep=lambda _seconds: None).create(DEVICE, items)
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.REFUSED} and len(outcomes) == 116
    assert len(server.sent) < 20


@pytest.mark.parametrize("changed", [[1], [1, 3], []])
def test_changes_that_netbox_passes_over_are_refused(changed: list[int]) -> None:
    """NetBox before 4.7 answers 200 and leaves out what the token may not change."""
    server = Server()
    server.rows = [{"id": number, "serial": "", "custom_fields": {}} for number in (1, 2, 3)]

    def send(target: Target, method: str, bodies: list[Json]) -> t.Any:
        return server.send(target, method, [body for body in bodies if body["id"] in changed])

    items = [Item(f"member:1:{number}", {"id": number, "serial": f"S{number}"}) for number in (1, 2, 3)]
    outcomes = BulkWriter(t.cast(t.Any, server), send, sleep=lambda _seconds: None).change(DEVICE, items)
    done = {key for key, outcome in outcomes.items() if outcome.fate is Fate.DONE}
    assert done == {item.key for item in items if item.body["id"] in changed}
    refused = [outcome for outcome in outcomes.values() if outcome.fate is not Fate.DONE]
    assert all(outcome.fate is Fate.REFUSED and "may not change it" in outcome.message for outcome in refused)
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("writing", status=403, server_message="Invalid v1 token", body={"detail": "Invalid v1 token"}),
        AccessDenied("writing", status=401),
        ConnectionFailed("writing", reason="refused the connection"),
        ApiError("writing", status=429),
        ApiError("writing", status=503, body={"detail": "RQ worker process not running."}),
        ApiError("writing", status=500, body={"error": "cannot execute INSERT", "exception": "InternalError"}),
        UnusableAnswer("writing", status=404, reason="the answer is a web page, not JSON"),
    ],
)
def test_what_concerns_all_is_not_halved(error: ApiError) -> None:
    server = Server(faults=dict.fromkeys(range(1, 20), error))
    outcomes = create(server, [device(number) for number in range(1, 9)])
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.REFUSED} and server.sent == [8] and server.looks == []
    assert all(outcome.message == str(error) for outcome in outcomes.values())


def test_a_server_error_of_one_object_is_found() -> None:
    error = ApiError("writing", status=500, body={"error": "value too long", "exception": "DataError"})
    server = Server(faults={1: error, 2: error, 3: error})
    outcomes = create(server, [device(number) for number in range(1, 5)])
    assert server.sent == [4, 2, 1, 1, 2] and fates(outcomes)["1"] == "refused" and len(server.rows) == 3


DEADLOCK = ApiError("writing", status=500, body={"error": "deadlock detected\nDETAIL: ...", "exception": "OperationalError"})


def test_a_deadlock_is_tried_again() -> None:
    server = Server(faults={1: DEADLOCK, 2: DEADLOCK})
    pauses: list[float] = []
    outcomes = writer(server, pauses).create(DEVICE, [device(1), device(2)])
    assert server.sent == [2, 2, 2] and set(fates(outcomes).values()) == {"done"}
    assert pauses == sorted(pauses) and len(pauses) == 2


def test_a_deadlock_without_end_is_given_up() -> None:
    server = Server(faults=dict.fromkeys(range(1, 50), DEADLOCK))
    outcomes = create(server, [device(1), device(2)])
    assert server.sent == [2] * 5 and {outcome.fate for outcome in outcomes.values()} == {Fate.REFUSED}


# Lost answers.


@pytest.mark.parametrize("build", [device, member])
def test_a_lost_answer_of_a_write_that_was_done(build: c.Callable[[int], Item]) -> None:
    server = Server(faults={1: lost()}, done=True)
    outcomes = create(server, [build(1), build(2)])
    assert server.sent == [2] and len(server.rows) == 2
    assert [outcome.object_id for outcome in outcomes.values()] == [100, 101]
    assert server.looks[0][0] == "name__ie"


def test_a_write_that_ends_after_its_client_gave_up() -> None:
    server = Server(faults={1: lost()})
    pauses: list[float] = []
    late = Server()

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if sum(pauses) > 3 and not server.rows:
            late.send(DEVICE, "post", [device(1).body, device(2).body])
            server.rows = late.rows

    outcomes = BulkWriter(t.cast(t.Any, server), server.send, sleep=sleep).create(DEVICE, [device(1), device(2)])
    assert set(fates(outcomes).values()) == {"done"} and server.sent == [2] and len(server.looks) == 3


def test_what_was_not_done_is_sent_once_more() -> None:
    server = Server(faults={1: lost()})
    outcomes = create(server, [device(1), device(2)])
    assert server.sent == [2, 2] and len(server.rows) == 2
    assert set(fates(outcomes).values()) == {"done"}


def test_sent_again_and_refused_in_part() -> None:
    server = Server({"d2": TAKEN_TEXT}, faults={1: lost()})
    outcomes = create(server, [device(1), device(2), device(3)])
    assert server.sent == [3, 3, 2]
    assert fates(outcomes) == {"1": "done", "2": "taken", "3": "done"}


def test_lost_twice_is_lost() -> None:
    server = Server(faults={1: lost(), 2: lost()})
    outcomes = create(server, [device(1), device(2)])
    assert server.sent == [2, 2] and set(fates(outcomes).values()) == {"lost"}
    assert "no answer in time" in outcomes["device:1"].message


def test_lost_twice_and_done_the_second_time() -> None:
    server = Server(faults={2: lost()}, done=True)
    server.faults[1] = lost()
    server.done = False
    send = server.send

    def second_is_done(target: Target, method: str, bodies: list[Json]) -> t.Any:
        server.done = len(server.sent) == 1
        return send(target, method, bodies)

    outcomes = BulkWriter(t.cast(t.Any, server), second_is_done, sleep=lambda _seconds: None).create(DEVICE, [device(1)])
    assert set(fates(outcomes).values()) == {"done"} and len(server.rows) == 1


def test_somebody_elses_object_of_that_name_is_not_ours() -> None:
    server = Server({"d1": TAKEN_TEXT}, faults={1: lost()})
    server.rows = [{"id": 5, "name": "D1", "site": {"id": 1}, "tenant": None, "custom_fields": {"librenms_id": {"default": 99}}}]
    outcomes = create(server, [device(1), device(2)])
    assert fates(outcomes) == {"1": "taken", "2": "done"}


def test_an_object_of_that_name_in_another_site_is_none() -> None:
    server = Server(faults={1: lost()})
    server.rows = [{"id": 5, "name": "d1", "site": {"id": 2}, "tenant": None, "custom_fields": {"librenms_id": {"default": 1}}}]
    assert create(server, [device(1)])["device:1"].object_id == 101
    assert server.sent == [1, 1]


@pytest.mark.parametrize(
    ("target", "body", "row"),
    [
        (Target.VIRTUAL_CHASSIS, {"name": "sw1", "domain": "librenms-1"}, {"name": "sw1", "domain": "librenms-1"}),
        (Target.TAG, {"name": "New", "slug": "new"}, {"name": "New", "slug": "new"}),
        (Target.PLATFORM, {"name": "Junos", "slug": "junos"}, {"name": "Junos", "slug": "junos"}),
        (
            Target.VIRTUAL_MACHINE,
            {"name": "vm1", "cluster": 4, "custom_fields": {"librenms_id": {"default": 1}}},
            {"name": "VM1", "cluster": {"id": 4}, "site": {"id": 1}, "custom_fields": {"librenms_id": {"default": 1}, "x": None}},
        ),
        (
            Target.VIRTUAL_MACHINE,
            {"name": "vm1", "site": 1, "custom_fields": {"librenms_id": {"default": 1}}},
            {"name": "vm1", "cluster": None, "site": {"id": 1}, "custom_fields": {"librenms_id": {"default": 1}}},
        ),
        (
            DEVICE,
            {"name": "m2", "site": 1, "status": "active", "serial": "S", "virtual_chassis": 5, "vc_position": 2, "tags": [{"slug": "a"}]},
            {
                "name": "m2",
                "site": {"id": 1},
                "status": {"value": "active", "label": "Active"},
                "serial": "S",
                "virtual_chassis": {"id": 5},
                "vc_position": 2,
                "tags": [],
            },
        ),
    ],
)
def test_what_was_written_is_recognised(target: Target, body: Json, row: Json) -> None:
    server = Server(faults={1: lost()})
    server.rows = [{"id": 9, **row}]
    outcomes = writer(server).create(target, [Item("x", body)])
    assert outcomes == {"x": WriteOutcome(Fate.DONE, 9)} and server.sent == [1]


@pytest.mark.parametrize(("stored", "sent"), [("S", [1]), ("", [1, 1])])
def test_a_lost_change(stored: str, sent: list[int]) -> None:
    server = Server(faults={1: lost()})
    server.rows = [{"id": 6, "serial": stored, "status": {"value": "active"}}]
    outcomes = writer(server).change(DEVICE, [Item("x", {"id": 6, "serial": "S", "status": "active"})])
    assert outcomes == {"x": WriteOutcome(Fate.DONE, 6)} and server.sent == sent
    assert server.looks[0] == ("id", [6])


@pytest.mark.parametrize(("stored", "sent"), [(["dcim.device", "dcim.interface", "dcim.site"], [1]), (["dcim.device"], [1, 1])])
def test_a_lost_extension_of_a_custom_field(stored: list[str], sent: list[int]) -> None:
    server = Server(faults={1: lost()})
    server.rows = [{"id": 6, "object_types": stored}]
    item = Item("x", {"id": 6, "object_types": ["dcim.device", "dcim.interface"]})
    assert writer(server).change(Target.CUSTOM_FIELD, [item]) == {"x": WriteOutcome(Fate.DONE, 6)}
    assert server.sent == sent


def test_looking_fails_as_well() -> None:
    server = Server(faults={1: lost()}, done=True)
    server.look_errors = [lost(), ConnectionFailed("reading"), ApiError("reading", status=503)]
    assert set(fates(create(server, [device(1), device(2)])).values()) == {"done"}
    assert server.sent == [2] and len(server.looks) == 4


@pytest.mark.parametrize("status", [None, 200, 500])
def test_a_web_page_for_an_answer_is_looked_up_once(status: int | None) -> None:
    error = UnusableAnswer("writing", status=status, reason="the answer is a web page, not JSON")
    server = Server(faults={1: error}, done=True)
    assert set(fates(create(server, [device(1), device(2)])).values()) == {"done"}
    server = Server(faults={1: error})
    outcomes = create(server, [device(1), device(2)])
    # Not sent blindly: virtual chassis and virtual machines without cluster could be there twice.
    assert set(fates(outcomes).values()) == {"lost"} and server.sent == [2] and len(server.looks) == 1


def chassis(number: int) -> Item:
    return Item(f"virtual_chassis:{number}", {"name": f"sw{number}", "domain": f"librenms-{number}"})


def later(server: Server, seconds: float, *items: Item) -> c.Callable[[float], None]:
    """A sleep in which NetBox does what a proxy had given up, once so many seconds have passed."""
    passed: list[float] = []

    def sleep(pause: float) -> None:
        passed.append(pause)
        if sum(passed) > seconds and not server.rows:
            late = Server()
            late.send(Target.VIRTUAL_CHASSIS, "post", [item.body for item in items])
            server.rows = late.rows

    return sleep


@pytest.mark.parametrize(
    "error",
    [
        UnusableAnswer("writing", status=524, reason="the answer is a web page, not JSON"),
        UnusableAnswer("writing", status=408, reason="the answer is a web page, not JSON"),
        ApiError("writing", status=503, body={"message": "upstream"}),
        ApiError("writing", status=504, body={"message": "upstream"}),
    ],
    ids=["524", "408", "JSON 503", "JSON 504"],
)
def test_what_nothing_guards_is_looked_for_as_long_as_a_lost_answer(error: ApiError) -> None:
    """NetBox takes any number of virtual chassis of one name: one that a slow NetBox makes late must not be made twice."""
    server = Server(faults={1: error})
    items = [chassis(1), chassis(2)]
    sleep = later(server, 8, *items)
    outcomes = BulkWriter(t.cast(t.Any, server), server.send, sleep=sleep).create(Target.VIRTUAL_CHASSIS, items)
    assert server.sent == [2] and set(fates(outcomes).values()) == {"done"}


QUEUE_DOWN = {"error": "Error 111 connecting to 127.0.0.1:6379", "exception": "ConnectionError", "netbox_version": "4.7.3"}


def test_an_error_of_netbox_behind_its_transaction_is_looked_up() -> None:
    error = ApiError("writing", status=500, body=QUEUE_DOWN)
    server = Server(faults={1: error}, done=True)
    outcomes = create(server, [device(1), device(2)])
    assert server.sent == [2] and set(fates(outcomes).values()) == {"done"}


def test_an_error_of_netbox_before_it_is_taken_apart() -> None:
    error = ApiError("writing", status=500, body={"error": "a validator's own", "exception": "ZeroDivisionError"})
    server = Server(faults={1: error, 2: error, 3: error})
    outcomes = create(server, [device(number) for number in range(1, 5)])
    assert server.sent == [4, 2, 1, 1, 2] and fates(outcomes)["1"] == "refused" and len(server.rows) == 3


def test_where_the_look_fails_nothing_is_sent_again() -> None:
    server = Server(faults={1: ApiError("writing", status=500, body=QUEUE_DOWN)}, done=True)
    server.look_errors = [ApiError("reading", status=500)]
    assert set(fates(create(server, [device(1), device(2)])).values()) == {"lost"} and server.sent == [2]


def test_a_race_that_was_lost_inside_netbox() -> None:
    error = ApiError("writing", status=500, body={"error": "duplicate key value", "exception": "IntegrityError"})
    server = Server(faults={1: error, 2: error})
    assert fates(create(server, [device(1), device(2)])) == {"1": "taken", "2": "done"}


def test_rows_in_another_order() -> None:
    server = Server()
    send = server.send
    reversing = BulkWriter(t.cast(t.Any, server), lambda *call: send(*call)[::-1], sleep=lambda _seconds: None)
    outcomes = reversing.create(DEVICE, [device(1), device(2), device(3)])
    assert [outcome.object_id for outcome in outcomes.values()] == [100, 101, 102]


@pytest.mark.parametrize(
    ("error", "doubt"),
    [
        (AnswerLost("writing"), Doubt.LOST),
        (UnusableAnswer("writing"), Doubt.LOST),
        (UnusableAnswer("writing", status=202), Doubt.ANSWERED),
        (UnusableAnswer("writing", status=404), Doubt.NONE),
        (UnusableAnswer("writing", status=408), Doubt.ANSWERED),
        (UnusableAnswer("writing", status=502), Doubt.ANSWERED),
        (AccessDenied("writing", status=403), Doubt.NONE),
        (ConnectionFailed("writing"), Doubt.NONE),
        (ApiError("writing", status=400, body={}), Doubt.NONE),
        (ApiError("writing", status=429, body={}), Doubt.NONE),
        (ApiError("writing", status=500, body={"exception": "IntegrityError"}), Doubt.NONE),
        (ApiError("writing", status=500, body={"exception": "ConnectionError"}), Doubt.ENDED),
        (ApiError("writing", status=503, body={"detail": "Unable to process request: RQ worker process not running."}), Doubt.NONE),
        (ApiError("writing", status=503, body=None), Doubt.ANSWERED),
    ],
)
def test_what_an_answer_proves(error: ApiError, doubt: Doubt) -> None:
    assert doubt_of(error) is doubt


@pytest.mark.parametrize("rows", [None, {}, [], [{"id": 1}], [{"id": 1}, {}], "x"])
def test_an_answer_that_does_not_list_what_was_written(rows: t.Any) -> None:
    server = Server()
    outcomes = BulkWriter(t.cast(t.Any, server), lambda *_call: rows, sleep=lambda _seconds: None).create(DEVICE, [device(1), device(2)])
    assert set(fates(outcomes).values()) == {"lost"} and "does not list what was written" in outcomes["device:1"].message


# Stopped in between.


def test_a_stop_keeps_what_was_done() -> None:
    server = Server({"d4": "Bad."}, indexed=False, faults={3: Stopped(StopReason.CANCELLED)})
    outcomes: dict[str, WriteOutcome] = {}
    with pytest.raises(Stopped):
        writer(server).create(DEVICE, [device(number) for number in range(1, 5)], outcomes)
    assert fates(outcomes) == {"1": "done", "2": "done"}


def test_a_stop_while_looking_leaves_it_in_doubt() -> None:
    server = Server(faults={1: lost()})
    server.look_errors = [Stopped(StopReason.CANCELLED)]
    outcomes: dict[str, WriteOutcome] = {}
    with pytest.raises(Stopped):
        writer(server).create(DEVICE, [device(1)], outcomes)
    assert fates(outcomes) == {"1": "lost"}


# Shared objects.


def test_a_platform_that_somebody_made_meanwhile_is_found() -> None:
    server = Server({"Junos": "platform with this slug already exists."})
    server.rows = [{"id": 44, "name": "Junos", "slug": "junos"}]
    items = [Item("platform:junos", {"name": "Junos", "slug": "junos"}), Item("platform:eos", {"name": "EOS", "slug": "eos"})]
    outcomes = writer(server).create(Target.PLATFORM, items)
    assert outcomes["platform:junos"].fate is Fate.TAKEN and outcomes["platform:junos"].object_id == 44
    assert "already exists" in outcomes["platform:junos"].message and outcomes["platform:eos"].fate is Fate.DONE


def test_one_that_cannot_be_found_stays_taken() -> None:
    server = Server({"Junos": "platform with this name already exists."})
    assert writer(server).create(Target.PLATFORM, [Item("p", {"name": "Junos", "slug": "junos"})])["p"].object_id is None
    server.look_errors = [ConnectionFailed("reading")]
    assert writer(server).create(Target.PLATFORM, [Item("p", {"name": "Junos", "slug": "junos"})])["p"].fate is Fate.TAKEN


# Sizes.


def test_a_body_over_the_limit_is_split() -> None:
    server = Server()
    sizes: list[int] = []
    send = server.send

    def measured(target: Target, method: str, bodies: list[Json]) -> t.Any:
        sizes.append(len(json.dumps([{**body, "changelog_message": "m" * 200} for body in bodies])))
        return send(target, method, bodies)

    items = [device(number, comments="ü" * 1000) for number in range(1, 801)]
    outcomes = BulkWriter(t.cast(t.Any, server), measured).create(DEVICE, items)
    assert len(outcomes) == 800 and sum(sizes) > 2 * MAX_BODY
    assert all(size <= MAX_BODY for size in sizes) and len(sizes) == 4


def test_one_object_over_the_limit_is_left_to_netbox() -> None:
    server = Server()
    assert fates(create(server, [device(1, comments="x" * (MAX_BODY + 1))])) == {"1": "done"}


class FakeClient:
    """Keeps what pynetbox would be given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, t.Any]] = []
        self.operation = ""

    def request(self, path: str) -> t.Any:
        client = self

        class Request:
            def post(self, data: t.Any) -> t.Any:
                client.sent.append((path, "post", data))
                return data

            def patch(self, data: t.Any) -> t.Any:
                client.sent.append((path, "patch", data))
                return data

        return Request()

    def call(self, function: c.Callable[[], t.Any], operation: str) -> t.Any:
        self.operation = operation
        return function()


def test_every_object_carries_the_changelog_message() -> None:
    client = FakeClient()
    bodies = [{"name": "a"}, {"name": "b"}]
    NetBoxSender(t.cast(t.Any, client), "job 1").send(DEVICE, "post", bodies)
    assert client.sent == [
        (DEVICE, "post", [{"name": "a", "changelog_message": "job 1"}, {"name": "b", "changelog_message": "job 1"}]),
    ]
    assert bodies == [{"name": "a"}, {"name": "b"}]
    assert client.operation == "creating 2 objects (dcim/devices) in NetBox"


def test_a_long_changelog_message_is_cut() -> None:
    client = FakeClient()
    NetBoxSender(t.cast(t.Any, client), "x" * 300).send(DEVICE, "patch", [{"id": 1}])
    (_path, method, data) = client.sent[0]
    assert method == "patch" and data[0]["changelog_message"] == "x" * 200
    assert client.operation.startswith("changing 1 ")
