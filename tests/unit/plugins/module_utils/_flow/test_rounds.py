# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rounds of an import on a NetBox in memory: what others do meanwhile, lost answers, and ends at every list."""

from __future__ import annotations

import collections.abc as c
import contextlib
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.support.netbox_lists import NetBoxLists
from unit.support.netbox_model import NYC, PROD, Json, NetBoxModel, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD
from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate, Round
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AnswerLost, ApiError, ConnectionFailed, Stopped, StopReason
from ansible_collections.netsot.librenms.plugins.module_utils._flow.rounds import Rounds
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import NullJob
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import write as _write
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.apply import ApplyOptions

STACK = stack(unit(1, "FOC1A"), unit(2, "FOC2A"), unit(3, "FOC3A"))
DEVICES = (record(1, "sw1", serial="FOC1A"), record(2, "sw2", serial="S2"), record(3, "sw3", serial="S3"), record(4, "vm1", os="linux"))
RULES: Json = {"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "prod-vmware"}]}
NAMES = ["sw1-M1", "sw1-M2", "sw1-M3", "sw2", "sw3", "vm1"]


class Run:
    """What writing needs of a :class:`_flow.run.Run`."""

    def __init__(self) -> None:
        self.job = NullJob()
        self.branch = None
        self.warnings: list[str] = []
        self.warn = self.warnings.append

    def at_end(self, callback: c.Callable[[], None]) -> None:
        """Nothing here has to be closed."""

    @contextlib.contextmanager
    def phase(self, *_phase: object) -> t.Iterator[None]:
        yield


class Options:
    """What it needs of the import's options: one list at a time, so that the lists have an order."""

    apply = ApplyOptions(batch_size=2, workers=1)
    netbox_jobs = False


class Import:
    """One import of :data:`DEVICES`."""

    def __init__(self, lists: NetBoxLists, existing: OnExisting = OnExisting.SKIP) -> None:
        self.lists = lists
        self.options = ImportOptions(existing=existing)
        self.looked_again: list[frozenset[int]] = []
        self.rounds = Rounds(t.cast(t.Any, Run()), t.cast(t.Any, lists), t.cast(t.Any, Options()), {}, sleep=lambda _: self.meanwhile())
        self.meanwhile: c.Callable[[], None] = lambda: None

    def plan(self, device_ids: frozenset[int] | None = None) -> Plan:
        devices = [device for device in DEVICES if device_ids is None or device.device_id in device_ids]
        return self.lists.model.plan(devices, self.options, rules=RULES, chassis={1: STACK})

    def go(self) -> Round:
        def again(device_ids: frozenset[int]) -> Plan:
            self.looked_again.append(device_ids)
            return self.plan(device_ids)

        self.rounds.write(self.plan(), again)
        return self.rounds.combined()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_write, "_LOOKS", (0.0, 0.0))


def fates(done: Round) -> set[Fate]:
    return {outcome.fate for outcome in done.outcomes.by_key.values()}


def check_whole(model: NetBoxModel) -> None:
    """What one undisturbed import leaves."""
    assert model.names == NAMES
    assert not model.problems()
    ((chassis_id, chassis),) = model.chassis.items()
    members = {row["name"]: row["vc_position"] for row in model.objects.values() if row.get("virtual_chassis") == chassis_id}
    assert members == {"sw1-M1": 1, "sw1-M2": 2, "sw1-M3": 3}
    assert chassis["master"] == model.device("sw1-M1")["id"]


def check_silent(model: NetBoxModel) -> None:
    lists = NetBoxLists(model)
    done = Import(lists).go()
    assert lists.sent == [] and {device.action for device in done.plan.devices} == {Action.SKIP}


def test_one_round_and_a_second_run_that_sends_nothing() -> None:
    lists = NetBoxLists(NetBoxModel())
    run = Import(lists)
    done = run.go()
    assert fates(done) == {Fate.DONE} and run.looked_again == [] and run.rounds.has_written
    check_whole(lists.model)
    check_silent(lists.model)


def test_a_device_that_somebody_else_creates_meanwhile() -> None:
    lists = NetBoxLists(NetBoxModel())

    def before(number: int) -> None:
        if number == 1:
            lists.model.add(name="sw2", serial="S2", site=NYC)

    lists.before = before
    run = Import(lists)
    done = run.go()
    # Once more when all is written, in case somebody took it back.
    assert run.looked_again == [frozenset({2}), frozenset({2})]
    check_whole(lists.model)
    by_id = {device.device_id: device.action for device in done.plan.devices}
    assert by_id[2] is not Action.CREATE and by_id[3] is Action.CREATE


def test_a_change_that_another_import_takes_back() -> None:
    """NetBox saves whole objects, so one that was read before the link was written is saved without it."""
    lists = NetBoxLists(NetBoxModel())
    taken_back: list[int] = []

    def before(number: int) -> None:
        if number == 1:
            lists.model.add(name="sw2", serial="S2", site=NYC)

    def after(_number: int) -> None:
        row = lists.model.device("sw2")
        if row.get(LINK_FIELD) and not taken_back:
            taken_back.append(row["id"])
            lists.model.edit(ObjectKind.DEVICE, row["id"], **{LINK_FIELD: None})

    lists.before, lists.after = before, after
    run = Import(lists, OnExisting.LINK)
    done = run.go()
    assert taken_back and run.looked_again == [frozenset({2})] * 3
    assert fates(done) == {Fate.DONE} and lists.model.device("sw2")[LINK_FIELD] == {"default": 2}


def test_what_netbox_refuses_is_not_sent_again_for_another_look() -> None:
    lists = NetBoxLists(NetBoxModel())

    def before(number: int) -> None:
        if number == 1:
            lists.model.add(name="sw2", serial="S2", site=NYC)
        if len(lists.sent) and lists.sent[-1][1] == "patch" and lists.sent[-1][0] is Target.DEVICE:
            raise ApiError("writing", method="PATCH", status=400, body={"serial": ["No."]}, server_message="No.")

    lists.before = before
    run = Import(lists, OnExisting.LINK)
    done = run.go()
    assert run.looked_again == [frozenset({2})] and Fate.REFUSED in fates(done)


@pytest.mark.parametrize("withdrawn", [True, False], ids=["withdrawn", "not withdrawn"])
def test_two_others_that_have_made_the_same_virtual_machine(withdrawn: bool) -> None:
    """NetBox takes both, and one of the two imports withdraws its own after a while."""
    lists = NetBoxLists(NetBoxModel())
    made: list[int] = []
    looks: list[int] = []

    def before(_number: int) -> None:
        if lists.sent[-1][0] is Target.VIRTUAL_MACHINE and not made:
            link = {LINK_FIELD: {"default": 4}}
            made.extend(lists.model.add(ObjectKind.VIRTUAL_MACHINE, name="vm1", cluster=cluster, **link) for cluster in (None, PROD))

    def meanwhile() -> None:
        looks.append(1)
        if withdrawn and len(looks) == 2:
            del lists.model.objects[ObjectKind.VIRTUAL_MACHINE, made[0]]

    lists.before = before
    run = Import(lists)
    run.meanwhile = meanwhile
    done = run.go()
    (machine,) = [device for device in done.plan.devices if device.device_id == 4]
    if withdrawn:
        assert machine.issues == () and machine.action is not Action.BLOCKED and len(looks) == 2
        check_whole(lists.model)
    else:
        assert [issue.code for issue in machine.issues] == [IssueCode.IDENTITY_CONFLICT] and len(looks) == 5


@pytest.mark.parametrize("written", [True, False], ids=["written", "not written"])
@pytest.mark.parametrize("number", range(1, 7))
def test_an_answer_that_is_lost(number: int, written: bool) -> None:
    lists = NetBoxLists(NetBoxModel())

    def lose(sent: int) -> None:
        if sent == number:
            raise AnswerLost("writing", method="POST", reason="no answer in time")

    lists.before, lists.after = (lists.before, lose) if written else (lose, lists.after)
    done = Import(lists).go()
    assert len(lists.sent) >= number, "there is no such list"
    assert fates(done) == {Fate.DONE}
    check_whole(lists.model)
    check_silent(lists.model)


@pytest.mark.parametrize("existing", OnExisting)
@pytest.mark.parametrize("number", range(1, 7))
def test_an_end_at_any_list_is_completed_by_the_next_run(number: int, existing: OnExisting) -> None:
    lists = NetBoxLists(NetBoxModel())

    def stop(sent: int) -> None:
        if sent == number:
            raise Stopped(StopReason.CANCELLED)

    lists.before = stop
    run = Import(lists, existing)
    done = run.go()
    assert run.rounds.stop_reason is StopReason.CANCELLED and run.rounds.has_written is (number > 1)
    assert fates(done) <= {Fate.DONE, Fate.LOST, Fate.NOT_PROCESSED}
    Import(NetBoxLists(lists.model), existing).go()
    check_whole(lists.model)
    check_silent(lists.model)


def test_what_was_written_before_netbox_went_away_is_known() -> None:
    lists = NetBoxLists(NetBoxModel())

    def away(sent: int) -> None:
        if sent >= 3:
            raise ConnectionFailed("writing", method="POST", reason="connection refused")

    lists.before = away
    run = Import(lists)
    with contextlib.suppress(ConnectionFailed):
        run.go()
    written = {key for key, outcome in run.rounds.combined().outcomes.by_key.items() if outcome.fate is Fate.DONE}
    assert run.rounds.has_written and len(written) >= 1
    kinds = {(ObjectKind.of(target), count) for target, method, count in lists.sent[:2] if method == "post"}
    assert sum(count for kind, count in kinds if kind) == len(lists.model.objects)


@given(st.integers(1, 8), st.sampled_from(list(OnExisting)))
def test_another_import_in_between(number: int, existing: OnExisting) -> None:
    """A whole second import between two lists of the first."""
    lists = NetBoxLists(NetBoxModel())

    def before(sent: int) -> None:
        if sent == number:
            Import(NetBoxLists(lists.model), existing).go()

    lists.before = before
    Import(lists, existing).go()
    Import(NetBoxLists(lists.model), existing).go()
    check_whole(lists.model)
    check_silent(lists.model)


def test_every_list_of_the_way_is_in_these_tests() -> None:
    lists = NetBoxLists(NetBoxModel())
    Import(lists).go()
    assert len(lists.sent) == 6
    assert {target for target, _method, _count in lists.sent} == {Target.VIRTUAL_CHASSIS, Target.DEVICE, Target.VIRTUAL_MACHINE}
