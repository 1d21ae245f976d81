# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every import into every small NetBox: nothing doubled, nothing overwritten, a second run idle, a broken one completed."""

from __future__ import annotations

import copy
import typing as t

import hypothesis
from hypothesis import strategies as st
from unit.support.netbox_model import C9200, C9300, HALL, LON, NYC, PROD, RACK_IN_HALL, NetBoxModel, Refused, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import DEFAULT_POLICIES, Policy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import LINKED_TYPES, LinkField
from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Stacking

Json = dict[str, t.Any]
NAMES = st.sampled_from(["sw1", "SW1", "sw2", "sw1-M1", "sw1-M2", "sw2-M2", "x"])
SERIALS = st.sampled_from(["", "N/A", *(f"FOC1111000{number}" for number in range(1, 6))])
LINKS = st.sampled_from(
    [None, None, 1, "2", {"default": 1}, {"default": 2}, {"default": 3}, {"default": 9}, {"other": 1}, {"default": {"id": 2}}]
)
SITES = st.sampled_from([NYC, NYC, LON])

RECORDS = st.lists(
    st.builds(
        record,
        device_id=st.integers(1, 4),
        name=NAMES,
        serial=SERIALS,
        ip=st.sampled_from(["", "10.0.0.1", "10.0.0.2"]),
        hardware=st.sampled_from(["C9300-48P", "C9300-48P", "VMware", "?"]),
        os=st.sampled_from(["iosxe", "junos", ""]),
        location=st.sampled_from(
            ["NYC", "NYC", "London", "NYC, Suite 400, R12", "NYC, Hall A, R14", "NYC, Hall B, R14", "Oslo", "oslo, Hall B, R1"]
        ),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda item: item.device_id,
)


@st.composite
def stacks(draw: st.DrawFn) -> Stacking:
    positions = draw(st.lists(st.integers(0, 4), min_size=2, max_size=3, unique=True))
    members = [unit(position, draw(SERIALS), draw(st.sampled_from(["C9300-48P", "", "NEW"]))) for position in sorted(positions)]
    return stack(*members, master=draw(st.sampled_from(positions)))


@st.composite
def netboxes(draw: st.DrawFn) -> NetBoxModel:
    """A NetBox that people have filled, also with mistakes."""
    netbox = NetBoxModel()
    if draw(st.booleans()):
        netbox.link_field = draw(st.sampled_from([LinkField(), LinkField(1, LINKED_TYPES[:1])]))
    chassis = [
        netbox.add_chassis("c", draw(st.sampled_from(["", "librenms-1", "librenms-2"]))) for _number in range(draw(st.integers(0, 2)))
    ]
    for _number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from([ObjectKind.DEVICE, ObjectKind.DEVICE, ObjectKind.VIRTUAL_MACHINE]))
        fields: Json = {
            "name": draw(NAMES),
            "serial": draw(SERIALS),
            "site": draw(SITES),
            "librenms_id": draw(LINKS),
            "primary_ips": draw(st.sampled_from([(), (), ("10.0.0.1",)])),
            "tenant": draw(st.sampled_from([None, None, 51])),
        }
        if kind is ObjectKind.VIRTUAL_MACHINE:
            fields["cluster"] = draw(st.sampled_from([None, PROD]))
        else:
            fields["device_type"] = draw(st.sampled_from([C9300, C9200]))
            place = draw(st.sampled_from([{}, {"location": HALL}, {"location": HALL, "rack": RACK_IN_HALL}]))
            fields |= place if fields["site"] == NYC else {}
            if draw(st.booleans()) and chassis:
                fields |= {"virtual_chassis": draw(st.sampled_from(chassis)), "vc_position": draw(st.integers(0, 4))}
        try:
            number = netbox.add(kind, **fields)
        except Refused:
            continue
        if fields.get("virtual_chassis") and draw(st.booleans()):
            netbox.chassis[fields["virtual_chassis"]]["master"] = number
    return netbox


OPTIONS = st.builds(
    ImportOptions,
    existing=st.sampled_from(OnExisting),
    update_fields=st.one_of(
        st.just(DEFAULT_POLICIES),
        # Two devices may want one name by "always", which NetBox refuses in the run.
        st.fixed_dictionaries({name: st.sampled_from(Policy) for name in DEFAULT_POLICIES if name not in ("name", "librenms_id")}).map(
            lambda given: {**DEFAULT_POLICIES, **given}
        ),
    ),
    member_naming=st.sampled_from([MemberNaming(), MemberNaming(rename_master=False), MemberNaming(" [{serial}]")]),
    tags=st.sampled_from([(), ("LibreNMS", "New")]),
    create_missing=st.sampled_from(
        [frozenset({"tags"}), frozenset({"tags", "platforms"}), frozenset({"tags", "sites", "locations", "roles", "platforms"})]
    ),
)
RULES: Json = {
    "sites": [{"location_pattern": "{site}, {location}, {rack}"}],
    "import_as": [{"hardware": "VMware", "import_as": "virtual_machine", "cluster": "prod-vmware"}],
}


def apply(netbox: NetBoxModel, plan: Plan, stop_after: int | None = None) -> None:
    """Two that move to one place in one run are NetBox's to refuse."""
    try:
        netbox.apply(plan, stop_after)
    except Refused as refused:
        moves = sum(
            change.field in ("site", "cluster", "tenant") for write in plan.writes() if not write.creates for change in write.changes
        )
        if "must be unique" not in str(refused) or moves < 1 or len(plan.devices) < 2:
            raise
        hypothesis.reject()


class Import:
    """The same import, as often as wanted."""

    def __init__(self, data: st.DataObject) -> None:
        self.netbox = data.draw(netboxes())
        self.devices: list[DeviceRecord] = data.draw(RECORDS)
        self.options: ImportOptions = data.draw(OPTIONS)
        self.chassis = {device.device_id: data.draw(stacks()) for device in self.devices if data.draw(st.booleans())}
        self.live = data.draw(st.frozensets(st.sampled_from([2, 3, 4, 9])))

    @property
    def changes_identities(self) -> bool:
        """Whether the policy may give up a serial or place, by which others are found: then things settle in the run after."""
        policies = self.options.update_fields
        return policies["serial"] is Policy.ALWAYS or any(policies[field] is not Policy.NEVER for field in ("site", "tenant", "cluster"))

    def plan(self) -> Plan:
        return self.netbox.plan(self.devices, self.options, self.live, chassis=self.chassis, rules=RULES)


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(st.data())
def test_a_second_run_is_idle(data: st.DataObject) -> None:
    run = Import(data)
    before = copy.deepcopy(run.netbox)
    plan = run.plan()
    apply(run.netbox, plan)
    again = run.plan()
    if run.changes_identities and any(planned.action is Action.BLOCKED for planned in plan.devices):
        apply(run.netbox, again)
        again = run.plan()
    assert [(write.key, write.changes) for write in again.writes()] == []
    assert run.netbox.new_problems(before) == []
    # What NetBox takes in a list: no object twice, no key twice.
    keys = [write.key for write in plan.writes()]
    assert len(keys) == len(set(keys))
    for planned in plan.devices:
        if planned.action in (Action.BLOCKED, Action.SKIP, Action.NONE):
            assert next(planned.writes(), None) is None
        else:
            assert next(planned.writes(), None) is not None
    _nothing_overwritten(before, run)


def _nothing_overwritten(before: NetBoxModel, run: Import) -> None:
    for key, row in before.objects.items():
        now = run.netbox.objects[key]
        for field, value in row.items():
            if field in ("virtual_chassis", "vc_position"):
                if run.options.existing is not OnExisting.UPDATE and value is not None:
                    assert now[field] == value
            elif field == "librenms_id":
                others = {name: link for name, link in value.items() if name != "default"} if isinstance(value, dict) else {}
                assert others.items() <= (now[field] or {}).items() if others else True
            elif field in ("location", "rack") and now["site"] != row["site"]:
                assert run.options.update_fields["site"] is Policy.ALWAYS
            elif field != "primary_ips" and now[field] != value:
                policy = run.options.update_fields[field]
                assert run.options.existing is OnExisting.UPDATE
                assert policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and not value) or (field == "location" and not value)


@hypothesis.settings(max_examples=80, deadline=None)
@hypothesis.given(st.data())
def test_a_broken_off_run_is_completed(data: st.DataObject) -> None:
    run = Import(data)
    hypothesis.assume(not run.changes_identities)
    before = copy.deepcopy(run.netbox)
    plan = run.plan()
    undisturbed = copy.deepcopy(run.netbox)
    apply(undisturbed, plan)
    total = len(list(plan.writes()))
    apply(run.netbox, plan, stop_after=data.draw(st.integers(0, total)))
    apply(run.netbox, run.plan())
    assert not run.plan().changed
    assert run.netbox.new_problems(before) == []
    assert run.netbox.names == undisturbed.names


@hypothesis.settings(max_examples=80, deadline=None)
@hypothesis.given(st.data())
def test_the_order_of_devices_changes_nothing(data: st.DataObject) -> None:
    run = Import(data)
    there = {planned.device_id: (planned.action, planned.assessment.state) for planned in run.plan().devices}
    run.devices.reverse()
    back = {planned.device_id: (planned.action, planned.assessment.state) for planned in run.plan().devices}
    assert there == back
