# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sequences of imports, edits in NetBox and changes in LibreNMS: after each import nothing is doubled and nothing is left to do."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from unit.support.netbox_model import C9200, CORE, LON, NYC, NetBoxModel, Refused, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import Links
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Stacking

NAMES = st.sampled_from(["sw1", "SW1", "sw2", "sw3"])
SERIALS = st.sampled_from(["", "N/A", *(f"FOC2222000{number}" for number in range(1, 6))])
LOCATIONS = st.sampled_from(["NYC", "London"])


class Imports(RuleBasedStateMachine):
    """LibreNMS's devices and a NetBox that people edit, with an import now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.netbox = NetBoxModel()
        self.devices: dict[int, DeviceRecord] = {}
        self.chassis: dict[int, Stacking] = {}
        self.next_id = 1
        # What a person has set, by object and field.
        self.edits: dict[tuple[tuple[ObjectKind, int], str], t.Any] = {}

    @initialize(number=st.integers(0, 2), names=st.lists(NAMES, min_size=2, max_size=2), serials=st.lists(SERIALS, min_size=2, max_size=2))
    def fill(self, number: int, names: list[str], serials: list[str]) -> None:
        for name, serial in zip(names[:number], serials, strict=False):
            try:
                self.netbox.add(name=name, serial=serial)
            except Refused:
                continue

    # LibreNMS

    @precondition(lambda self: len(self.devices) < 4)
    @rule(name=NAMES, serial=SERIALS, location=LOCATIONS)
    def add(self, name: str, serial: str, location: str) -> None:
        self.devices[self.next_id] = record(self.next_id, name, serial=serial, location=location)
        self.next_id += 1

    @precondition(lambda self: self.devices)
    @rule(data=st.data(), name=NAMES, location=LOCATIONS)
    def rename_and_move(self, data: st.DataObject, name: str, location: str) -> None:
        device_id = data.draw(st.sampled_from(sorted(self.devices)))
        self.devices[device_id] = dataclasses.replace(self.devices[device_id], sysname=name, location=location)

    @precondition(lambda self: self.devices)
    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        """Deleted and added again: LibreNMS gives it a new id."""
        device_id = data.draw(st.sampled_from(sorted(self.devices)))
        self.devices[self.next_id] = dataclasses.replace(self.devices.pop(device_id), device_id=self.next_id)
        if device_id in self.chassis:
            self.chassis[self.next_id] = self.chassis.pop(device_id)
        self.next_id += 1

    @precondition(lambda self: self.devices)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        device_id = data.draw(st.sampled_from(sorted(self.devices)))
        del self.devices[device_id]
        self.chassis.pop(device_id, None)

    @precondition(lambda self: self.devices)
    @rule(data=st.data(), serials=st.lists(SERIALS, min_size=2, max_size=3))
    def stack_up(self, data: st.DataObject, serials: list[str]) -> None:
        """A device becomes a stack, or another one than before."""
        device_id = data.draw(st.sampled_from(sorted(self.devices)))
        self.chassis[device_id] = stack(*(unit(position, serial) for position, serial in enumerate(serials, 1)), master=1)

    # NetBox

    @precondition(lambda self: self.netbox.objects)
    @rule(
        data=st.data(),
        edit=st.sampled_from(
            [("name", "renamed"), ("site", LON), ("site", NYC), ("role", CORE), ("device_type", C9200), ("status", "planned")]
        ),
    )
    def edit(self, data: st.DataObject, edit: tuple[str, t.Any]) -> None:
        key = data.draw(st.sampled_from(sorted(self.netbox.objects)))
        try:
            self.netbox.edit(*key, **dict([edit]))
        except Refused:
            return
        self.edits[key, edit[0]] = edit[1]

    # The import

    @precondition(lambda self: self.devices)
    @rule(existing=st.sampled_from(OnExisting), data=st.data())
    def run_import(self, existing: OnExisting, data: st.DataObject) -> None:
        options = ImportOptions(existing=existing)
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.devices)), min_size=1, unique=True).map(sorted))
        devices = [self.devices[device_id] for device_id in chosen]
        before = copy.deepcopy(self.netbox)
        plan = self.netbox.plan(devices, options, frozenset(self.devices), chassis=self.chassis)
        self.netbox.apply(plan)
        again = self.netbox.plan(devices, options, frozenset(self.devices), chassis=self.chassis)
        assert [(write.key, write.changes) for write in again.writes()] == []
        assert self.netbox.new_problems(before) == []
        assert set(before.objects) <= set(self.netbox.objects)
        for planned in plan.devices:
            if planned.action is Action.CREATE:
                assert planned.assessment.existing is None

    @invariant()
    def one_object_for_each_device(self) -> None:
        links = [Links.parse(row.get(LINK_FIELD)).by_key.get("default") for row in self.netbox.objects.values()]
        known = [link for link in links if link is not None]
        assert len(known) == len(set(known))

    @invariant()
    def edits_stay(self) -> None:
        """The default policies fill gaps and overwrite nothing."""
        for (key, field), value in self.edits.items():
            assert self.netbox.objects[key][field] == value


Imports.TestCase.settings = hypothesis.settings(max_examples=150, stateful_step_count=15, deadline=None)
TestImports = Imports.TestCase
