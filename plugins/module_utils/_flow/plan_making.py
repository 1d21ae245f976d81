# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Making a plan: what is read for it, from LibreNMS and from NetBox, and the plan of it. Nothing is written to NetBox."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from .._engine.custom_fields import TARGETS, InitialValues, check_custom_fields
from .._engine.judging.assessment import Assessment, State, assess
from .._engine.judging.existing import ExistingObjects
from .._engine.judging.identity import Identity
from .._engine.judging.settling import LearnedRules
from .._engine.links import LinkField
from .._engine.matching.catalog import Index, Site
from .._engine.planning.initial_values import AllFields
from .._engine.planning.new_objects import device_type_key
from .._engine.planning.options import ImportOptions
from .._engine.planning.outcomes import Round
from .._engine.planning.plan import Plan, PlannedDevice, Ref
from .._engine.planning.planner import acceptable, make_plan
from .._engine.planning.saved_plan import SavedPlan, Version
from .._engine.planning.tags import check_tags
from .._engine.planning.vanished_options import VanishedOptions
from .._engine.ports.new_types import new_templates
from .._engine.ports.options import PortOptions
from .._engine.records import DeviceRecord
from .._jobs.job import Phase
from .._jobs.record import format_time, now
from .._librenms.client import Selected
from .._librenms.url import base_url
from .._netbox.client import NetBoxClient
from .._netbox.custom_fields import CustomFields
from .._netbox.versions import Key, read_versions, relied_on
from .lessons import read_lessons
from .library import with_definitions
from .plan_file import write_plan
from .planning import read_known_fields
from .ports import PortsFlow
from .reading import Drafts, References, needs_chassis, read_drafts, read_existing_of, read_live, with_members
from .run import Run
from .server_key import check_server_key
from .vanishing import Vanishing


class Planning:
    """The plan of one import; again for devices that somebody else was writing, too, and to be saved.

    :ivar devices: those that were selected
    """

    def __init__(
        self, run: Run, client: NetBoxClient, policy: ImportOptions, ports: PortOptions, vanished: VanishedOptions | None = None
    ) -> None:
        """:param vanished: None where it does not matter which devices have vanished"""
        self._run = run
        self._client = client
        self._policy = policy
        self.devices: tuple[DeviceRecord, ...] = ()
        self._source: c.Mapping[str, t.Any] = {}
        self._drafts: Drafts | None = None
        self._ports = PortsFlow(run, client, policy, ports)
        self.vanishing = Vanishing(run, client, policy, vanished)
        self._seen: frozenset[int] = frozenset()
        self._link_field = LinkField()
        self._initial = InitialValues()
        self._live: frozenset[int] = frozenset()
        # Of the first plan.
        self._assessments: tuple[Assessment, ...] = ()
        self._fields: AllFields = {}

    def first(self, selected: Selected | None = None) -> Plan:
        """:param selected: where LibreNMS was asked for the devices already

        Raises OptionError for options that do not fit NetBox, and ApiError.
        """
        run, client, policy = self._run, self._client, self._policy
        custom_fields = CustomFields(client)
        self._link_field = custom_fields.link_field()
        self._initial = _initial_values(custom_fields, policy)
        selected = selected or run.select()
        self.devices = selected.records
        self._seen = frozenset(device.device_id for device in self.devices)
        self._source = selected.cache.to_json()
        with run.phase(Phase.READING, len(self.devices)):
            wanted = References(cached=False, tags=bool(policy.tags) or self.vanishing.wants_tags)
            drafts = read_drafts(run, client, selected, policy.member_naming, wanted)
            self.devices = tuple(draft.device for draft in drafts.drafts)
            check_tags(policy, drafts.drafting.matcher.catalog)
            self.vanishing.check(drafts.drafting.matcher.catalog)
            self._ports.check_vrfs()
            existing = read_existing_of(client, drafts.drafts)
            check_server_key(run, client, drafts.drafts, existing)
        self._drafts, existing = self._with_stacks(drafts, existing)
        return self._planned(self._drafts, existing)

    def again(self, device_ids: frozenset[int], before: Round) -> Plan:
        """:param before: what earlier rounds of this import did"""
        return self._afresh(self._made.of(device_ids), before)

    @property
    def interfaces(self) -> c.Mapping[int | Ref, int]:
        """How many interfaces a device gets with its type, by the type's id, or by the Ref of one that is made."""
        catalog = self._made.drafting.matcher.catalog
        counts: dict[int | Ref, int] = {item.id: item.interfaces for item in catalog.device_types.objects}
        counts.update((Ref(device_type_key(item)), item.interfaces) for item in catalog.new_types())
        return counts

    def learned(self) -> LearnedRules:
        """What the selected devices that NetBox has teach those that lack a rule. Raises ApiError."""
        with self._run.phase(Phase.READING, len(self._assessments)):
            lessons = read_lessons(self._client, self._assessments, self._assessments, whole=False, known_fields=self._fields)
        return lessons.learned(self._made.drafting.matcher.catalog, whole=False)

    @property
    def sites(self) -> Index[Site]:
        """NetBox's sites; none as long as nothing is planned."""
        return self._drafts.drafting.matcher.catalog.sites if self._drafts else Index()

    def save(self, path: str, plan: Plan) -> Plan:
        """Writes the plan file, and returns the plan in it: made of what is no older than the versions that it relies on."""
        drafts, policy = self._made, self._policy
        versions: dict[Key, Version] = {}
        while relied_on(plan).keys() - versions.keys():
            versions = read_versions(self._client, relied_on(plan))
            plan = self._afresh(drafts)
        run, written = self._run, {device.device_id for device in plan.devices if next(device.writes(), None) is not None}
        kinds = {write.value("device_type") for write in plan.writes()}
        saved = SavedPlan(
            created_at=format_time(now()),
            job=run.job.id,
            librenms=base_url(run.options.librenms.url) if run.options.librenms else "",
            netbox=self._client.root,
            server_key=run.options.server_key,
            source=self._source,
            options=run.job.parameters,
            relies_on=tuple(sorted((versions[key] for key in relied_on(plan)), key=lambda item: (item.path, item.id))),
            identities=(
                *(draft.identity for draft in drafts.drafts if draft.device_id in written),
                *(_by_its_link(device, policy.server_key) for device in plan.devices if device.vanished and device.device_id in written),
            ),
            live=tuple(sorted(self._live)),
            interfaces={number: count for number, count in self.interfaces.items() if isinstance(number, int) and number in kinds},
            plan=plan,
        )
        write_plan(path, saved)
        run.job.log(f"the plan was written to {path}")
        return plan

    @property
    def _made(self) -> Drafts:
        if self._drafts is None:
            raise RuntimeError("nothing is planned yet")
        return self._drafts

    def _with_stacks(self, drafts: Drafts, existing: ExistingObjects) -> tuple[Drafts, ExistingObjects]:
        """Adds what is known of stacking, for the devices that the import would not leave as they are."""
        wanted = [draft.device for draft in drafts.drafts if needs_chassis(draft, existing, self._policy)]
        if not wanted:
            return drafts, existing
        drafts = drafts.stacked(self._run.stacking(wanted))
        with self._run.phase(Phase.READING, len(drafts.drafts)):
            return drafts, with_members(self._client, drafts.drafts, existing)

    def _afresh(self, drafts: Drafts, before: Round | None = None) -> Plan:
        """The plan by what NetBox has at this moment."""
        existing = read_existing_of(self._client, drafts.drafts)
        self._link_field = CustomFields(self._client).link_field()
        return self._planned(drafts, existing, before)

    def _planned(self, drafts: Drafts, existing: ExistingObjects, before: Round | None = None) -> Plan:
        run, policy, client = self._run, self._policy, self._client
        with run.phase(Phase.ASSESSING, len(drafts.drafts)):
            live = self._live = read_live(run, drafts.drafts, existing)
            assessments = assess(drafts.drafts, existing, drafts.drafting, live)
            self._assessments = self._assessments or assessments
            judged = assessments
            # One that somebody else has made meanwhile was selected, so its result has to say what became of it.
            if run.options.exclude_existing and before is None:
                assessments = tuple(item for item in assessments if item.state is not State.EXISTING)
            catalog = with_definitions(client, drafts.drafting.matcher.catalog, assessments)
            fields = read_known_fields(client, assessments, policy, existing, self._initial)
            self._fields = self._fields or fields
            plan = make_plan(assessments, policy, catalog, existing, self._link_field, fields, self._initial)
            run.job.set_progress(len(drafts.drafts))
        plan = self._ports.added(plan, existing, new_templates(catalog), self._link_field, before)
        # Ports may be all that is to be written of a device.
        plan = dataclasses.replace(plan, devices=tuple(acceptable(device, catalog, fields, self._initial) for device in plan.devices))
        if before is not None:
            return self.vanishing.back(plan, existing, catalog, self._initial)
        return self.vanishing.added(plan, existing, catalog, self._initial, judged, self._seen)


def _by_its_link(device: PlannedDevice, server_key: str) -> Identity:
    return Identity(device.device_id, server_key, device.assessment.import_as)


def _initial_values(custom_fields: CustomFields, policy: ImportOptions) -> InitialValues:
    """What new objects get in their custom fields. Raises OptionError for a value that NetBox would refuse."""
    fields = custom_fields.all(policy.custom_fields)
    check_custom_fields(policy.custom_fields, fields, [target.row.model for target in TARGETS])
    return InitialValues(fields, policy.custom_fields)
