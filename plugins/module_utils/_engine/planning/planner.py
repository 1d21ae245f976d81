# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Making the plan from assessments and the import's policy."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..custom_fields import InitialValues
from ..fields import LINK_FIELD, Policy, shared_fields
from ..issues import Issue
from ..judging.assessment import Assessment, State
from ..judging.existing import ExistingObject, ExistingObjects
from ..kinds import ObjectKind, Stage, Target
from ..links import LinkField, link_by_policy
from ..matching.catalog import Catalog
from ..text import printable
from .initial_values import AllFields, with_initial_values
from .options import ImportOptions, OnExisting
from .plan import Action, Change, Fields, FieldState, Plan, PlannedDevice, PlannedMember, PlannedStack, Write
from .setup import setup_for, with_link_field
from .stack_planner import StackPlan, plan_stack
from .tags import WantedTags, tags_change
from .twins import extra_chassis, removals, told
from .unwritable import unless_unwritable
from .updates import Updates
from .wanted import EMPTY, Wanted


def make_plan(
    assessments: c.Sequence[Assessment],
    options: ImportOptions,
    catalog: Catalog,
    existing: ExistingObjects,
    link_field: LinkField,
    fields: AllFields,
    initial: InitialValues | None = None,
) -> Plan:
    """Plans the import of all devices, in their order.

    :param fields: of the existing objects that may be updated
    :param initial: what new objects get in their custom fields
    """
    planner = _Planner(options, catalog, existing, fields)
    devices = tuple(acceptable(planner.device(assessment), catalog, fields, initial or InitialValues()) for assessment in assessments)
    setup = [*setup_for(devices, catalog, planner.tags.names), *planner.removals]
    return with_link_field(Plan(tuple(setup), devices), link_field)


def acceptable(device: PlannedDevice, catalog: Catalog, fields: AllFields, initial: InitialValues) -> PlannedDevice:
    """The device with what NetBox requires beside what is planned, or blocked where it would refuse that."""
    return unless_unwritable(with_initial_values(device, initial, fields), catalog, fields)


class _Planner:
    def __init__(
        self,
        options: ImportOptions,
        catalog: Catalog,
        existing: ExistingObjects,
        fields: AllFields,
    ) -> None:
        self._options = options
        self._catalog = catalog
        self._existing = existing
        self._fields = fields
        self.tags = WantedTags.of(options, catalog)
        self.removals: list[Write] = []

    def device(self, assessment: Assessment) -> PlannedDevice:
        planned = self._device(assessment)
        if planned.action is not Action.BLOCKED and self._may_tag(planned):
            planned = dataclasses.replace(planned, warnings=(*planned.warnings, *self.tags.left_out(assessment.import_as)))
        if planned.action is Action.BLOCKED or not self._options.virtual_chassis:
            return planned
        extra = extra_chassis(assessment, self._existing, self._options.server_key)
        self.removals += removals(extra, assessment.device.device_id)
        return dataclasses.replace(planned, warnings=(*planned.warnings, *told(extra))) if extra else planned

    def _device(self, assessment: Assessment) -> PlannedDevice:
        if assessment.state is State.BLOCKED:
            return PlannedDevice(assessment, Action.BLOCKED, assessment.issues, assessment.warnings)
        own = assessment.existing
        stack = StackPlan()
        if self._options.virtual_chassis:
            own_fields = self._fields_after(assessment, own) if own else {}
            stack = self._with_tags(plan_stack(assessment, self._options, self._existing, own_fields, self._catalog, self._fields))
        return self._known(assessment, own, stack) if own else self._create(assessment, stack)

    def _fields_after(self, assessment: Assessment, own: ExistingObject) -> Fields:
        """The fields of an object once its own updates are written: what new members of its stack are to be like."""
        fields = self._fields.get((own.kind, own.id), {})
        if self._options.existing is not OnExisting.UPDATE or assessment.import_as is not own.kind:
            return fields
        changes, _warnings = self._updates(assessment, own, StackPlan())
        return {**fields, **{change.field: FieldState(change.value, change.after) for change in changes}}

    def _may_tag(self, planned: PlannedDevice) -> bool:
        """Whether an object of the device would get tags that it does not have."""
        if any(write.creates and ObjectKind.of(write.target) for write in planned.writes()):
            return True
        return self._options.existing is OnExisting.UPDATE and self._options.update_fields["tags"] is not Policy.NEVER

    def _with_tags(self, plan: StackPlan) -> StackPlan:
        """New members get the tags that new devices get."""
        tags = self.tags.for_kind(ObjectKind.DEVICE)
        if not tags or plan.stack is None:
            return plan
        members = tuple(self._tagged(member, tags_change(tags)) for member in plan.stack.members)
        return dataclasses.replace(plan, stack=dataclasses.replace(plan.stack, members=members))

    def _tagged(self, member: PlannedMember, change: Change) -> PlannedMember:
        writes = (dataclasses.replace(write, changes=(*write.changes, change)) if write.creates else write for write in member.writes)
        return dataclasses.replace(member, writes=tuple(writes))

    def _wanted(self, assessment: Assessment, stack: StackPlan) -> Wanted:
        return Wanted(assessment, stack, self._options, self._catalog, self.tags.for_kind(assessment.import_as))

    def _create(self, assessment: Assessment, stack: StackPlan) -> PlannedDevice:
        if self._options.existing is OnExisting.UPDATE:
            stack = self._with_members_alike(assessment, stack)
        wanted = self._wanted(assessment, stack)
        changes = (change for change in wanted.changes() if change.value not in EMPTY)
        device_id = assessment.device.device_id
        write = Write(
            f"device:{device_id}",
            assessment.import_as.target,
            wanted.name,
            (*changes, *stack.own_changes),
            owner=device_id,
        )
        return self._planned(assessment, Action.CREATE, stack, write)

    def _known(self, assessment: Assessment, own: ExistingObject, stack: StackPlan) -> PlannedDevice:
        device_id = assessment.device.device_id
        changes: list[Change] = []
        warnings: list[Issue] = []
        if self._options.existing is not OnExisting.SKIP:
            changes = self._link(assessment, own)
        if self._options.existing is OnExisting.UPDATE and assessment.import_as is own.kind:
            updates, warnings = self._updates(assessment, own, stack)
            changes += updates
            stack = self._with_members_alike(assessment, stack)
        changes += stack.own_changes
        write = (
            Write(f"device:{device_id}", own.kind.target, own.name, tuple(changes), object_id=own.id, owner=device_id) if changes else None
        )
        planned = self._planned(assessment, Action.NONE, stack, write)
        if next(planned.writes(), None) is not None:
            only_link = [write] == list(planned.writes()) and [change.field for change in changes] == [LINK_FIELD]
            action = Action.LINK if only_link and self._options.existing is OnExisting.LINK else Action.UPDATE
        else:
            action = Action.SKIP if self._options.existing is OnExisting.SKIP else Action.NONE
        return dataclasses.replace(planned, action=action, warnings=(*planned.warnings, *warnings))

    def _with_members_alike(self, assessment: Assessment, plan: StackPlan) -> StackPlan:
        """The members that NetBox has follow the device in what they share, under the same policy."""
        if plan.stack is None or plan.own_member is None:
            return plan
        warnings: list[Issue] = []
        members = []
        for member in plan.stack.members:
            follows, said = self._alike(assessment, plan.stack, member)
            members.append(follows)
            warnings += said
        stack = dataclasses.replace(plan.stack, members=tuple(members))
        return dataclasses.replace(plan, stack=stack, warnings=(*plan.warnings, *warnings))

    def _alike(self, assessment: Assessment, stack: PlannedStack, member: PlannedMember) -> tuple[PlannedMember, list[Issue]]:
        device = member.existing
        joins = any(write.value("virtual_chassis") is not None for write in member.writes)
        if device is None or not (joins or (stack.chassis_id is not None and device.virtual_chassis_id == stack.chassis_id)):
            return member, []
        fields = self._fields.get((device.kind, device.id), {})
        shared = frozenset(field.name for field in shared_fields())
        updates = Updates(device, fields, self._options.update_fields, self._catalog, self._existing)
        changes, said = updates.changes(self._wanted(assessment, StackPlan()), shared)
        warnings = [dataclasses.replace(item, message=f"{printable(device.name)}: {item.message}") for item in said]
        if not changes:
            return member, warnings
        device_id = assessment.device.device_id
        first = member.writes[0] if member.writes else None
        write = first or Write(
            f"member:{device_id}:{member.member.position}",
            Target.DEVICE,
            device.name,
            (),
            object_id=device.id,
            owner=device_id,
            at=Stage.MEMBER,
        )
        write = dataclasses.replace(write, changes=(*write.changes, *changes))
        return dataclasses.replace(member, action=Action.UPDATE, writes=(write, *member.writes[1:])), warnings

    def _planned(self, assessment: Assessment, action: Action, stack: StackPlan, write: Write | None) -> PlannedDevice:
        own_writes = (*stack.writes, *([write] if write else []))
        return PlannedDevice(
            assessment,
            action,
            warnings=(*assessment.warnings, *stack.warnings),
            own_writes=tuple(sorted(own_writes, key=lambda item: item.stage)),
            stack=stack.stack,
        )

    def _link(self, assessment: Assessment, own: ExistingObject) -> list[Change]:
        server_key = self._options.server_key
        link = link_by_policy(own.librenms_id, server_key, assessment.device.device_id, self._options.update_fields[LINK_FIELD])
        return [] if link is None else [Change(LINK_FIELD, link, own.librenms_id, link)]

    def _updates(self, assessment: Assessment, own: ExistingObject, stack: StackPlan) -> tuple[list[Change], list[Issue]]:
        """What the policy changes in an object that exists, but for its link."""
        fields = self._fields.get((own.kind, own.id), {})
        updates = Updates(own, fields, self._options.update_fields, self._catalog, self._existing)
        return updates.changes(self._wanted(assessment, stack))
