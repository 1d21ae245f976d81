# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How devices are cut into list writes, and how a plan is carried out, on a stand-in for the bulk writer."""

from __future__ import annotations

import collections.abc as c
import contextlib
import dataclasses
import threading
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.support.netbox_model import C9200, C9300, MX480, NetBoxModel, record, stack, unit
from unit.support.port_plans import ports_plan

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import LINKED_TYPES, LinkField
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate, WriteOutcome
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Change, Plan, PlannedDevice, Ref, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.setup import with_link_field
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import ExistingInterface
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DevicePorts, PortLink, PortRecord, Stacking
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, Stopped, StopReason
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import NullJob
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import batches as _batches
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.apply import Applied, ApplyOptions, apply
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.batches import INTERFACE_WEIGHT, Bundle, Pace, in_type_order, without
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.write import Item

Json = dict[str, t.Any]
HARDWARE = {C9300: "C9300-48P", C9200: "C9200L-24T", MX480: "MX480"}


class FakeWriter:
    """Does every list write, unless told otherwise, and keeps what was asked for."""

    def __init__(
        self,
        answer: c.Callable[[Target, str, Item], WriteOutcome | None] | None = None,
        stop_at: int | None = None,
        *,
        types: bool = False,
    ) -> None:
        self._types = types
        self.calls: list[tuple[Target, str, list[Item]]] = []
        self._answer = answer
        self._stop_at = stop_at
        self._lock = threading.Lock()
        self._next_id = 1000

    def create(self, target: Target, items: c.Sequence[Item], outcomes: dict[str, WriteOutcome]) -> dict[str, WriteOutcome]:
        return self._do(target, "create", items, outcomes)

    def change(self, target: Target, items: c.Sequence[Item], outcomes: dict[str, WriteOutcome]) -> dict[str, WriteOutcome]:
        return self._do(target, "change", items, outcomes)

    def has_object_types(self, _field_id: int | None, _wanted: c.Collection[str]) -> bool:
        return self._types

    def _do(self, target: Target, what: str, items: c.Sequence[Item], outcomes: dict[str, WriteOutcome]) -> dict[str, WriteOutcome]:
        with self._lock:
            if self._stop_at is not None and len(self.calls) >= self._stop_at:
                raise Stopped(StopReason.CANCELLED)
            self.calls.append((target, what, list(items)))
            for item in items:
                told = self._answer(target, what, item) if self._answer else None
                self._next_id += 1
                outcomes[item.key] = told or WriteOutcome(Fate.DONE, item.body.get("id", self._next_id), left_out=item.left_out)
        return outcomes

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        return [(target.value.rpartition("/")[2], what, len(items)) for target, what, items in self.calls]


class Watcher(NullJob):
    def __init__(self) -> None:
        self.total: int | None = None
        self.done = self.failed = 0

    def phase(self, phase: t.Any, total: int | None = None) -> None:
        self.total = total

    def advance(self, done: int = 1, failed: int = 0) -> None:
        self.done += done
        self.failed += failed


def planned(
    count: int, stacks: int = 0, types: c.Sequence[int] = (C9300,), options: ImportOptions | None = None, netbox: NetBoxModel | None = None
) -> Plan:
    """New devices, the first of which are stacks of three."""
    devices = [record(number, f"sw{number}", hardware=HARDWARE[types[number % len(types)]], os="") for number in range(1, count + 1)]
    chassis: dict[int, Stacking] = {number: stack(unit(1, ""), unit(2, ""), unit(3, "")) for number in range(1, stacks + 1)}
    for number, found in chassis.items():
        model = HARDWARE[types[number % len(types)]]
        chassis[number] = stack(*(unit(member.position, "", model) for member in found.members))
    return (netbox or NetBoxModel()).plan(devices, options or ImportOptions(), chassis=chassis)


def run(plan: Plan, writer: FakeWriter, interfaces: dict[int, int] | None = None, **options: t.Any) -> tuple[Applied, Watcher]:
    watcher = Watcher()
    defaults: Json = {"workers": 1}
    applied = apply(plan, t.cast(t.Any, writer), ApplyOptions(**(defaults | options)), watcher, interfaces or {})
    return applied, watcher


def refuse(*keys: str, fate: Fate = Fate.REFUSED) -> c.Callable[[Target, str, Item], WriteOutcome | None]:
    return lambda _target, _what, item: WriteOutcome(fate, message="no") if item.key in keys else None


# How many requests.


@pytest.mark.parametrize(("count", "size", "lists"), [(1, 10, 1), (10, 10, 1), (11, 10, 2), (35, 10, 4), (3, 1, 3)])
@pytest.mark.parametrize("workers", [1, 2])
def test_list_writes_for_new_devices(count: int, size: int, lists: int, workers: int) -> None:
    writer = FakeWriter()
    applied, watcher = run(planned(count), writer, batch_size=size, workers=workers)
    assert sorted(kind[:2] for kind in writer.kinds) == [("devices", "create")] * lists
    assert sum(kind[2] for kind in writer.kinds) == count
    assert all(outcome.fate is Fate.DONE for outcome in applied.outcomes.by_key.values())
    assert (watcher.total, watcher.done, watcher.failed) == (count, count, 0)


def test_three_more_list_writes_for_stacks() -> None:
    writer = FakeWriter()
    run(planned(20, stacks=5), writer, batch_size=20)
    assert writer.kinds == [
        ("virtual-chassis", "create", 5),
        ("devices", "create", 20),
        ("devices", "create", 10),
        ("virtual-chassis", "change", 5),
    ]


def test_virtual_machines_come_in_lists_of_their_own() -> None:
    rules = {"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "prod-vmware"}]}
    devices = [record(number, f"x{number}", os="linux" if number % 2 else "") for number in range(1, 9)]
    writer = FakeWriter()
    run(NetBoxModel().plan(devices, ImportOptions(), rules=rules), writer, batch_size=100, workers=2)
    assert writer.kinds == [("devices", "create", 4), ("virtual-machines", "create", 4)]


def test_changes_come_in_lists_too() -> None:
    netbox = NetBoxModel()
    for number in range(1, 26):
        netbox.add(name=f"sw{number}", platform=31)
    writer = FakeWriter()
    run(planned(30, options=ImportOptions(existing=OnExisting.LINK), netbox=netbox), writer, batch_size=10)
    assert writer.kinds == [("devices", "create", 5), *[("devices", "change", 10)] * 2, ("devices", "change", 5)]
    bodies = [item.body for target, what, items in writer.calls if what == "change" for item in items]
    assert all(set(body) == {"id", "custom_fields"} for body in bodies)


def test_setup_comes_first() -> None:
    netbox = NetBoxModel(link_field=LinkField())
    options = ImportOptions(tags=("New",), create_missing=frozenset({"tags", "platforms"}))
    devices = [record(1, "a", os="junos"), record(2, "b", os="eos")]
    writer = FakeWriter()
    run(netbox.plan(devices, options), writer)
    assert writer.kinds == [("custom-fields", "create", 1), ("tags", "create", 1), ("platforms", "create", 2), ("devices", "create", 2)]
    platforms = {item.key: 1000 + number for number, item in enumerate(writer.calls[2][2], 3)}
    assert {item.body["platform"] for item in writer.calls[3][2]} == set(platforms.values())
    assert writer.calls[3][2][0].body["custom_fields"] == {"librenms_id": {"default": 1}}


def test_nothing_to_do_asks_nothing() -> None:
    writer = FakeWriter()
    run(Plan(), writer)
    assert writer.calls == []


# Which lists.


def units_of(plan: Plan, interfaces: dict[int, int] | None = None) -> list[Bundle]:
    return [_batches.bundle(device, interfaces or {}) for device in plan.devices]


def test_weights() -> None:
    one, three = units_of(planned(2, stacks=1), {C9300: 48})[::-1]
    each = 1 + 48 * INTERFACE_WEIGHT
    assert one.weight == pytest.approx(each) and three.weight == pytest.approx(3 * each)
    assert one.types == three.types == {C9300}


def test_in_flight_no_two_lists_share_a_type() -> None:
    lists = Pace(2, 120).cut(in_type_order(units_of(planned(12, types=(C9300, C9200, MX480)))))
    assert [len({kind for item in entry for kind in item.types}) for entry in lists] == [1] * 6
    units = [item for entry in lists for item in entry]
    first = Pace(2, 120).next_list(units, ())
    second = Pace(2, 120).next_list(without(units, first), {kind for item in first for kind in item.types})
    assert second and not {kind for item in first for kind in item.types} & {kind for item in second for kind in item.types}
    assert Pace(2, 120).next_list(units, {C9300, C9200, MX480}) == []


class WatchfulWriter(FakeWriter):
    """Holds the first lists back until there are as many at once as there may be, and notes what was in flight together."""

    def __init__(self, together: int) -> None:
        super().__init__()
        self._barrier = threading.Barrier(together)
        self.in_flight: list[set[t.Any]] = []
        self.shared = False
        self.most = 0

    def create(self, target: Target, items: c.Sequence[Item], outcomes: dict[str, WriteOutcome]) -> dict[str, WriteOutcome]:
        types = {item.body.get("device_type") for item in items}
        with self._lock:
            self.shared = self.shared or any(types & other for other in self.in_flight)
            self.in_flight.append(types)
            self.most = max(self.most, len(self.in_flight))
        with contextlib.suppress(threading.BrokenBarrierError):
            self._barrier.wait(timeout=10)
        super().create(target, items, outcomes)
        with self._lock:
            self.in_flight.remove(types)
        return outcomes


def test_lists_of_different_types_run_side_by_side() -> None:
    writer = WatchfulWriter(2)
    run(planned(8, types=(C9300, C9200)), writer, batch_size=4, workers=2)
    assert writer.most == 2 and not writer.shared and len(writer.calls) == 2


def test_lists_of_one_type_follow_each_other() -> None:
    writer = WatchfulWriter(1)
    run(planned(8), writer, batch_size=2, workers=4)
    assert writer.most == 1 and len(writer.calls) == 4


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 25),
    st.integers(0, 10),
    st.lists(st.sampled_from([C9300, C9200, MX480]), min_size=1, max_size=3, unique=True),
    st.one_of(st.none(), st.integers(1, 7)),
    st.integers(1, 3),
)
def test_every_write_once_and_stacks_never_split(count: int, stacks: int, types: list[int], size: int | None, workers: int) -> None:
    plan = planned(count, min(stacks, count), types)
    writer = FakeWriter()
    applied, _watcher = run(plan, writer, {C9300: 200}, batch_size=size, workers=workers)
    sent = [item.key for _target, _what, items in writer.calls for item in items]
    assert sorted(sent) == sorted(write.key for write in plan.writes())
    assert set(applied.outcomes.by_key) == set(sent)
    for _target, what, items in writer.calls:
        members: dict[str, int] = {}
        for item in items:
            if item.key.startswith("member:"):
                owner = item.key.split(":")[1]
                members[owner] = members.get(owner, 0) + 1
        assert set(members.values()) <= {2}
        if size is not None and what == "create":
            assert sum(not item.key.startswith("member:") for item in items) <= size


# The pace.


def learn(pace: Pace, seconds_each: float) -> Pace:
    for _number in range(20):
        pace.learn(10, 10 * seconds_each)
    return pace


@pytest.mark.parametrize(
    ("timeout", "seconds_each", "size"),
    [(120.0, 0.05, 100), (120.0, 0.5, 10), (120.0, 0.01, 500), (120.0, 0.001, 1000), (6.0, 0.05, 40), (120.0, 60.0, 1)],
)
def test_the_list_follows_the_servers_speed(timeout: float, seconds_each: float, size: int) -> None:
    units = units_of(planned(1)) * 1500
    lists = learn(Pace(None, timeout), seconds_each).cut(units)
    assert len(lists[0]) == pytest.approx(size, rel=0.02)
    assert sum(map(len, lists)) == 1500


def test_devices_with_many_interfaces_make_short_lists() -> None:
    units = units_of(planned(1), {C9300: 48}) * 50
    assert len(Pace(None, 120).cut(units)[0]) == pytest.approx(100 / (1 + 48 * INTERFACE_WEIGHT), abs=1)


def test_a_fixed_size_does_not_learn() -> None:
    assert [len(entry) for entry in learn(Pace(7, 120), 60).cut(units_of(planned(1)) * 20)] == [7, 7, 6]


def test_nothing_is_learnt_from_nothing() -> None:
    pace = Pace(None, 120)
    pace.learn(0, 50)
    assert len(pace.cut(units_of(planned(1)) * 200)[0]) == 100


def test_the_pace_of_stacks_counts_all_their_members(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[float] = []
    monkeypatch.setattr(Pace, "learn", lambda _self, weight, _seconds: learnt.append(weight))
    run(planned(4, stacks=2), FakeWriter(), batch_size=10)
    assert learnt == [4, 4]


# What fails.


def test_one_refused_device_leaves_the_others() -> None:
    writer = FakeWriter(refuse("device:2"))
    applied, watcher = run(planned(4, stacks=2), writer, batch_size=10)
    assert applied.outcomes.by_key["device:2"].fate is Fate.REFUSED
    # Its stack stays as it is, without members and master, for the next run.
    assert writer.kinds == [
        ("virtual-chassis", "create", 2),
        ("devices", "create", 4),
        ("devices", "create", 2),
        ("virtual-chassis", "change", 1),
    ]
    assert (watcher.done, watcher.failed) == (4, 1)


def test_a_refused_chassis_keeps_its_devices_back() -> None:
    writer = FakeWriter(refuse("virtual_chassis:1"))
    applied, watcher = run(planned(2, stacks=1), writer, batch_size=10)
    assert applied.outcomes.by_key["device:1"].fate is Fate.SKIPPED and "virtual_chassis:1" in applied.outcomes.by_key["device:1"].message
    assert applied.outcomes.by_key["device:2"].fate is Fate.DONE
    assert writer.kinds == [("virtual-chassis", "create", 1), ("devices", "create", 1)]
    assert watcher.failed == 1


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.LOST, Fate.TAKEN])
def test_a_stack_without_all_its_members_gets_no_master(fate: Fate) -> None:
    # By that the next run knows that it is to be completed.
    writer = FakeWriter(refuse("member:1:3", fate=fate))
    applied, _watcher = run(planned(1, stacks=1), writer, batch_size=10)
    assert "master:1" not in applied.outcomes.by_key
    assert applied.outcomes.of(plan_write(planned(1, stacks=1).devices[0], "master:1")).fate is Fate.NOT_PROCESSED


def plan_write(device: PlannedDevice, key: str) -> t.Any:
    return next(write for write in device.writes() if write.key == key)


def test_a_refused_platform_costs_no_device() -> None:
    options = ImportOptions(create_missing=frozenset({"platforms"}))
    plan = NetBoxModel().plan([record(1, "a", os="junos"), record(2, "b", os="iosxe")], options)
    writer = FakeWriter(refuse("platform:junos:1"))
    applied, _watcher = run(plan, writer)
    assert applied.outcomes.by_key["device:1"].fate is Fate.DONE and applied.outcomes.by_key["device:2"].fate is Fate.DONE
    sent = {item.key: item for _target, _what, items in writer.calls for item in items}
    assert "platform" not in sent["device:1"].body and "platform" in sent["device:2"].body
    assert [left.field for left in sent["device:1"].left_out] == ["platform"]


def test_a_platform_that_somebody_else_made_serves_as_well() -> None:
    options = ImportOptions(create_missing=frozenset({"platforms"}))
    plan = NetBoxModel().plan(record(1, "a", os="junos"), options)
    writer = FakeWriter(lambda target, _what, _item: WriteOutcome(Fate.TAKEN, 77) if target is Target.PLATFORM else None)
    applied, _watcher = run(plan, writer)
    assert applied.outcomes.by_key["device:1"].fate is Fate.DONE
    assert writer.calls[1][2][0].body["platform"] == 77


@pytest.mark.parametrize(("fate", "fails"), [(Fate.REFUSED, True), (Fate.LOST, True), (Fate.TAKEN, False), (Fate.DONE, False)])
def test_without_the_custom_field_nothing_is_imported(fate: Fate, fails: bool) -> None:
    plan = planned(3, netbox=NetBoxModel(link_field=LinkField()))
    writer = FakeWriter(lambda target, _what, _item: WriteOutcome(fate, None, "no right") if target is Target.CUSTOM_FIELD else None)
    if fails:
        with pytest.raises(CollectionError, match=r"librenms_id could not be set up in NetBox, so nothing was imported: no right"):
            run(plan, writer)
        assert len(writer.calls) == 1
    else:
        run(plan, writer)
        assert len(writer.calls) == 2


@pytest.mark.parametrize(
    ("fate", "has_types", "is_linked"),
    [(Fate.DONE, False, True), (Fate.REFUSED, True, False), (Fate.LOST, True, False), (Fate.TAKEN, True, True), (Fate.TAKEN, False, False)],
)
@pytest.mark.parametrize("only_ports", [True, False])
def test_a_custom_field_without_interfaces_costs_their_links_only(fate: Fate, has_types: bool, is_linked: bool, only_ports: bool) -> None:
    if not only_ports and fate in (Fate.REFUSED, Fate.LOST):
        return
    plan = planned(2)
    link = Change("librenms_id", {"default": 5}, None, {"default": 5})
    new = (Change("device", Ref("device:1"), None, "sw1"), Change("name", "eth0", None, "eth0"), link)
    ports = (
        Write("interface:1", Target.INTERFACE, "sw1 eth0", new, owner=1),
        Write("interface:2", Target.INTERFACE, "sw1 eth1", (link,), object_id=77, owner=1),
    )
    first = dataclasses.replace(plan.devices[0], own_writes=(*plan.devices[0].own_writes, *ports))
    field = LinkField(9, LINKED_TYPES) if only_ports else LinkField()
    plan = with_link_field(Plan((), (first, *plan.devices[1:])), field)
    writer = FakeWriter(
        lambda target, _what, _item: WriteOutcome(fate, 9, "no right") if target is Target.CUSTOM_FIELD else None, types=has_types
    )
    applied, watcher = run(plan, writer, stop_on_error=True)
    assert not applied.stopped_on_error and watcher.failed == 0
    bodies = [item.body for target, _what, items in writer.calls for item in items if target is Target.INTERFACE]
    assert [("custom_fields" in body) for body in bodies] == ([True, True] if is_linked else [False])
    assert (applied.plan == plan) is is_linked
    assert all(map(applied.outcomes.is_done, (write for device in applied.plan.devices for write in device.writes())))


MAC_PORT = PortRecord(1, 7, 1, "eth0", "eth0", alias="to room 1", mac="001122334455")


def port_plan(alias: str = "to room 1") -> Plan:
    known = DevicePorts((dataclasses.replace(MAC_PORT, alias=alias),))
    return ports_plan(ExistingInterface(8, "eth0"), known=known, links=False)


@pytest.mark.parametrize(("fate", "is_sent"), [(Fate.REFUSED, True), (Fate.LOST, False), (Fate.TAKEN, False)])
def test_a_refused_mac_address_costs_nothing_else_of_an_interface(fate: Fate, is_sent: bool) -> None:
    """What may be there by now is looked for first."""
    writer = FakeWriter(refuse("mac:7:1", fate=fate))
    applied, _watcher = run(port_plan(), writer)
    sent = [item.body for target, what, items in writer.calls for item in items if target is Target.INTERFACE and what == "change"]
    assert sent == ([{"id": 8, "description": "to room 1"}] if is_sent else [])
    outcome = applied.outcomes.by_key["interface:7:1"]
    assert outcome.fate is (Fate.DONE if is_sent else Fate.SKIPPED)
    assert [left.field for left in outcome.left_out] == (["primary_mac_address"] if is_sent else [])


@pytest.mark.parametrize("fate", [Fate.TAKEN, Fate.LOST, Fate.REFUSED])
def test_what_waits_for_an_interface_that_may_be_there_is_not_made_without_it(fate: Fate) -> None:
    """A subinterface of a part of an aggregate that another import was quicker with."""
    ports = (
        PortRecord(1, 7, 1, "ae0", "ae0", type="ieee8023adLag"),
        PortRecord(2, 7, 2, "xe-0/0/0", "xe-0/0/0", type="ethernetCsmacd"),
        PortRecord(3, 7, 3, "xe-0/0/0.0", "xe-0/0/0.0", type="propVirtual"),
    )
    writer = FakeWriter(refuse("interface:7:1", fate=fate))
    plan = ports_plan(known=DevicePorts(ports), links=False, port_links={7: (PortLink(1, 2),)})
    applied, _watcher = run(plan, writer)
    fates = [applied.outcomes.by_key[f"interface:7:{number}"].fate for number in (2, 3)]
    assert fates == ([Fate.DONE, Fate.DONE] if fate is Fate.REFUSED else [Fate.SKIPPED, Fate.SKIPPED])
    sent = {item.body["name"]: item.body for _target, what, items in writer.calls for item in items if what == "create"}
    assert "parent" in sent.get("xe-0/0/0.0", {"parent": 0}) and "lag" not in sent.get("xe-0/0/0", {})


def test_nothing_is_sent_of_an_interface_that_was_to_get_a_mac_address_only() -> None:
    writer = FakeWriter(refuse("mac:7:1"))
    applied, _watcher = run(port_plan(alias=""), writer)
    assert [target for target, _what, _items in writer.calls] == [Target.MAC_ADDRESS]
    assert applied.outcomes.by_key["interface:7:1"].fate is Fate.SKIPPED


def test_stop_on_error_ends_after_the_list_in_flight() -> None:
    writer = FakeWriter(refuse("device:5"))
    applied, _watcher = run(planned(20), writer, batch_size=4, stop_on_error=True)
    assert applied.stopped_on_error and applied.stop_reason is None
    assert writer.kinds == [("devices", "create", 4)] * 2
    assert len(applied.outcomes.by_key) == 8


def test_stop_on_error_before_the_first_device() -> None:
    options = ImportOptions(create_missing=frozenset({"platforms"}))
    plan = NetBoxModel().plan([record(1, "a", os="junos"), record(2, "b")], options)
    applied, _watcher = run(plan, FakeWriter(refuse("platform:junos:1")), stop_on_error=True)
    assert applied.stopped_on_error and set(applied.outcomes.by_key) == {"platform:junos:1"}


def test_continue_on_error_does_all() -> None:
    writer = FakeWriter(refuse("device:5"))
    applied, _watcher = run(planned(20), writer, batch_size=4)
    assert not applied.stopped_on_error and len(writer.calls) == 5 and len(applied.outcomes.by_key) == 20


def test_an_error_of_the_program_is_not_hidden() -> None:
    def broken(_target: Target, _what: str, item: Item) -> WriteOutcome | None:
        if item.key == "device:2":
            raise ZeroDivisionError("text that may hold anything")
        return None

    applied, _watcher = run(planned(3), FakeWriter(broken), batch_size=1)
    assert isinstance(applied.error, ZeroDivisionError)
    fates = {key: outcome.fate for key, outcome in applied.outcomes.by_key.items()}
    # What was done before it is told, what was in flight is not known, and nothing more is sent.
    assert fates == {"device:1": Fate.DONE, "device:2": Fate.LOST}
    assert "not known" in applied.outcomes.by_key["device:2"].message
    assert "may hold" not in applied.outcomes.by_key["device:2"].message


# Where it is stopped.


@pytest.mark.parametrize("stop_at", range(9))
@pytest.mark.parametrize("workers", [1, 2])
def test_stopped_at_any_write(stop_at: int, workers: int) -> None:
    netbox = NetBoxModel(link_field=LinkField())
    plan = planned(4, stacks=2, netbox=netbox)
    writer = FakeWriter(stop_at=stop_at)
    applied, _watcher = run(plan, writer, batch_size=2, workers=workers)
    total = 1 + 4 + 1
    assert len(writer.calls) == min(stop_at, total)
    assert applied.stop_reason == (StopReason.CANCELLED if stop_at < total else None)
    # What was done is told, and nothing else.
    done = {item.key for _target, _what, items in writer.calls for item in items}
    assert {key for key, outcome in applied.outcomes.by_key.items() if outcome.fate is Fate.DONE} == done
    for write in plan.writes():
        assert applied.outcomes.of(write).fate is (Fate.DONE if write.key in done else Fate.NOT_PROCESSED)


def test_what_was_done_before_a_stop_inside_a_list_is_kept() -> None:
    class HalfWriter(FakeWriter):
        def create(self, target: Target, items: c.Sequence[Item], outcomes: dict[str, WriteOutcome]) -> dict[str, WriteOutcome]:
            super().create(target, items[:2], outcomes)
            raise Stopped(StopReason.TIMED_OUT)

    applied, watcher = run(planned(5), HalfWriter(), batch_size=5)
    assert applied.stop_reason is StopReason.TIMED_OUT and len(applied.outcomes.by_key) == 2
    assert watcher.failed == 0


def test_moves_come_before_what_takes_their_positions() -> None:
    netbox = NetBoxModel()
    serials = ["FOC11110001", "FOC22220002", "FOC99990009"]
    options = ImportOptions(existing=OnExisting.UPDATE)
    chassis = {1: stack(unit(1, serials[0]), unit(2, serials[1]))}
    netbox.apply(netbox.plan(record(serial=serials[0]), options, chassis=chassis))
    row = next(row for (kind, _id), row in netbox.objects.items() if kind is ObjectKind.DEVICE and row["name"] == "sw1-M2")
    row["name"] = "renamed"
    chassis = {1: stack(unit(1, serials[0]), unit(2, serials[2]), unit(3, serials[1]))}
    writer = FakeWriter()
    run(netbox.plan(record(serial=serials[0]), options, chassis=chassis), writer)
    assert [items[0].key for _target, _what, items in writer.calls] == ["move:1:3", "member:1:2", "settle:1:3"]
