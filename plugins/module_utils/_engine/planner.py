# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Making the plan from assessments and the import's policy."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._exceptions import OptionError
from .assessment import Assessment, State
from .catalog import Catalog
from .chassis_planner import ChassisPlan, plan_chassis
from .existing import ExistingObject, ExistingObjects, ObjectKind, linked_value
from .matching import Resolved
from .plan import Action, Change, Fields, FieldState, Plan, PlannedDevice, Ref, Target, Write, reference
from .plan_options import ImportOptions, OnExisting, Policy
from .rules import ImportAs
from .text import key, slugify


@dataclasses.dataclass(frozen=True, slots=True)
class LinkField:
    """The custom field ``librenms_id`` as NetBox has it; ``id`` is None when it is missing."""

    id: int | None = None
    object_types: tuple[str, ...] = ()


LINK_FIELD = "librenms_id"
LINKED_TYPES = ("dcim.device", "virtualization.virtualmachine")


def make_plan(
    assessments: c.Sequence[Assessment],
    options: ImportOptions,
    catalog: Catalog,
    existing: ExistingObjects,
    link_field: LinkField,
    fields: c.Mapping[tuple[ObjectKind, int], Fields],
) -> Plan:
    """Plans the import of all devices, in their order.

    :param fields: of the existing objects that may be updated
    """
    planner = _Planner(options, catalog, existing, fields)
    devices = tuple(planner.device(assessment) for assessment in assessments)
    setup = []
    if any(True for device in devices for _write in device.writes()):
        setup = [*planner.link_field(link_field), *planner.setup_for(devices)]
    return Plan(tuple(setup), devices)


def check_tags(options: ImportOptions, catalog: Catalog) -> None:
    """Raises OptionError for a tag that NetBox lacks and the import may not create."""
    for number, tag in enumerate(options.tags):
        if "tags" not in options.create_missing and not catalog.tags.find(tag).objects:
            close = catalog.tags.near(tag)
            hint = f"Did you mean {close[0]!r}?" if close else "Create it, or add tags to create_missing."
            raise OptionError(f"tags[{number}]", tag, "does not exist in NetBox", hint)


class _Planner:
    def __init__(
        self,
        options: ImportOptions,
        catalog: Catalog,
        existing: ExistingObjects,
        fields: c.Mapping[tuple[ObjectKind, int], Fields],
    ) -> None:
        self._options = options
        self._catalog = catalog
        self._existing = existing
        self._fields = fields

    def device(self, assessment: Assessment) -> PlannedDevice:
        if assessment.state is State.BLOCKED:
            return PlannedDevice(assessment, Action.BLOCKED, assessment.issues, assessment.warnings)
        own = assessment.existing
        own_fields = self._fields.get((own.kind, own.id), {}) if own else {}
        chassis = ChassisPlan()
        if self._options.virtual_chassis:
            chassis = plan_chassis(assessment, self._options, self._existing, own_fields)
        return self._known(assessment, own, chassis) if own else self._create(assessment, chassis)

    def _create(self, assessment: Assessment, chassis: ChassisPlan) -> PlannedDevice:
        wanted = [change for change in self._wanted(assessment, chassis) if change.value not in (None, "", [])]
        write = Write(
            f"device:{assessment.device.device_id}",
            _target(assessment),
            chassis.own_name or assessment.name,
            (*wanted, *chassis.own_changes),
            owner=assessment.device.device_id,
        )
        return self._planned(assessment, Action.CREATE, chassis, write)

    def _known(self, assessment: Assessment, own: ExistingObject, chassis: ChassisPlan) -> PlannedDevice:
        device_id = assessment.device.device_id
        changes: list[Change] = []
        if self._options.existing is not OnExisting.SKIP:
            changes = self._updates(assessment, own, chassis)
        changes += chassis.own_changes
        write = None
        if changes:
            target = Target.DEVICE if own.kind is ObjectKind.DEVICE else Target.VIRTUAL_MACHINE
            write = Write(f"device:{device_id}", target, own.name, tuple(changes), own.id, device_id)
        planned = self._planned(assessment, Action.NONE, chassis, write)
        if next(planned.writes(), None) is not None:
            only_link = [write] == list(planned.writes()) and [change.field for change in changes] == [LINK_FIELD]
            action = Action.LINK if only_link and self._options.existing is OnExisting.LINK else Action.UPDATE
        else:
            action = Action.SKIP if self._options.existing is OnExisting.SKIP else Action.NONE
        return dataclasses.replace(planned, action=action)

    def _planned(self, assessment: Assessment, action: Action, chassis: ChassisPlan, write: Write | None) -> PlannedDevice:
        return PlannedDevice(
            assessment,
            action,
            warnings=(*assessment.warnings, *chassis.warnings),
            own_member=chassis.own_member,
            chassis_name=chassis.name,
            chassis_id=chassis.chassis_id,
            chassis=chassis.chassis,
            device=write,
            members=chassis.members,
            moves=chassis.moves,
            settling=chassis.settling,
            finish=chassis.finish,
        )

    def _wanted(self, assessment: Assessment, chassis: ChassisPlan) -> list[Change]:
        """Every field as the import would create it."""
        match = assessment.match
        device = assessment.device
        name = chassis.own_name or assessment.name
        serial = chassis.own_serial or assessment.serial
        status = self._options.status(device)
        wanted = [Change("name", name, None, name)]
        if match.import_as is ImportAs.VIRTUAL_MACHINE:
            wanted += [reference("cluster", match.cluster), reference("site", self._vm_site(assessment))]
        else:
            wanted += [
                reference("device_type", chassis.own_type or match.device_type),
                reference("site", match.site),
                reference("location", match.location),
                reference("rack", match.rack),
            ]
        wanted += [
            reference("role", match.role),
            Change("status", status, None, status),
            Change("serial", serial, None, serial),
            reference("platform", match.platform),
            reference("tenant", match.tenant),
            Change("tags", [_tag(tag, self._catalog) for tag in self._options.tags], None, self._tag_names()),
            Change(LINK_FIELD, linked_value(None, self._options.server_key, device.device_id), None, {self._options.server_key: device.device_id}),
        ]
        return wanted

    def _vm_site(self, assessment: Assessment) -> Resolved | None:
        """NetBox refuses a site that is not the cluster's own."""
        match = assessment.match
        if match.cluster and match.cluster.id is not None and match.site:
            cluster = self._catalog.clusters.by_id.get(match.cluster.id)
            if cluster and cluster.site_id not in (None, match.site.id):
                return None
        return match.site

    def _tag_names(self) -> list[str]:
        found = (self._catalog.tags.find(tag).objects for tag in self._options.tags)
        return sorted(objects[0].name if objects else tag for objects, tag in zip(found, self._options.tags, strict=True))

    def _updates(self, assessment: Assessment, own: ExistingObject, chassis: ChassisPlan) -> list[Change]:
        """What the policy changes in an object that exists."""
        server_key, device_id = self._options.server_key, assessment.device.device_id
        changes = []
        if self._options.update_fields[LINK_FIELD] is not Policy.NEVER:
            link = linked_value(own.librenms_id, server_key, device_id)
            gap = own.links.by_key.get(server_key) is None and own.links.legacy is None
            if link != own.librenms_id and (gap or self._options.update_fields[LINK_FIELD] is Policy.ALWAYS):
                changes.append(Change(LINK_FIELD, link, own.librenms_id, link))
        if self._options.existing is not OnExisting.UPDATE or _kind(assessment) is not own.kind:
            return changes
        fields = self._fields.get((own.kind, own.id), {})
        for wanted in self._wanted(assessment, chassis):
            policy = self._options.update_fields.get(wanted.field, Policy.NEVER)
            state = fields.get(wanted.field)
            if wanted.field == LINK_FIELD or policy is Policy.NEVER or state is None or wanted.value in (None, "", []):
                continue
            if wanted.field in ("location", "rack") and not self._in_site(assessment, fields):
                continue
            if wanted.field == "tags":
                wanted = _added_tags(wanted, state)
            empty = state.value in (None, "", [])
            if not _same(wanted, state) and (empty or policy is Policy.ALWAYS):
                changes.append(dataclasses.replace(wanted, before=state.shown))
        return _with_consequences(changes, fields)

    def _in_site(self, assessment: Assessment, fields: Fields) -> bool:
        """Whether the object will stand in the site that its location and rack were looked up in."""
        site = assessment.match.site
        moves = self._options.update_fields["site"] is Policy.ALWAYS
        return site is not None and (moves or fields["site"].value == site.id)

    def link_field(self, field: LinkField) -> list[Write]:
        if field.id is None:
            changes = (
                Change("name", LINK_FIELD, None, LINK_FIELD),
                Change("label", "LibreNMS ID", None, "LibreNMS ID"),
                Change("type", "json", None, "json"),
                Change("object_types", list(LINKED_TYPES), None, list(LINKED_TYPES)),
            )
            return [Write("custom_field:librenms_id", Target.CUSTOM_FIELD, LINK_FIELD, changes)]
        missing = [name for name in LINKED_TYPES if name not in field.object_types]
        if missing:
            types = [*field.object_types, *missing]
            change = Change("object_types", types, list(field.object_types), types)
            return [Write("custom_field:librenms_id", Target.CUSTOM_FIELD, LINK_FIELD, (change,), field.id)]
        return []

    def setup_for(self, devices: c.Iterable[PlannedDevice]) -> list[Write]:
        """Tags and platforms that planned writes refer to and NetBox lacks."""
        setup: dict[str, Write] = {}
        for write in (write for device in devices for write in device.writes()):
            for change in write.changes:
                if change.field == "platform" and isinstance(change.value, Ref):
                    setup.setdefault(change.value.key, _named(change.value.key, Target.PLATFORM, str(change.after)))
                if change.field == "tags":
                    for tag in self._options.tags:
                        if not self._catalog.tags.find(tag).objects:
                            setup.setdefault(f"tag:{slugify(tag)}", _named(f"tag:{slugify(tag)}", Target.TAG, tag))
        return [setup[name] for name in sorted(setup)]


def _kind(assessment: Assessment) -> ObjectKind:
    return ObjectKind.VIRTUAL_MACHINE if assessment.import_as is ImportAs.VIRTUAL_MACHINE else ObjectKind.DEVICE


def _target(assessment: Assessment) -> Target:
    return Target.VIRTUAL_MACHINE if assessment.import_as is ImportAs.VIRTUAL_MACHINE else Target.DEVICE


def _named(write_key: str, target: Target, name: str) -> Write:
    slug = slugify(name)
    return Write(write_key, target, name, (Change("name", name, None, name), Change("slug", slug, None, slug)))


def _tag(tag: str, catalog: Catalog) -> dict[str, str]:
    """A tag as NetBox takes it in a body: by slug, so that one that is created before needs no id."""
    found = catalog.tags.find(tag).objects
    return {"slug": found[0].slug if found else slugify(tag)}


def _added_tags(wanted: Change, state: FieldState) -> Change:
    """Tags are added, never taken away."""
    slugs = [tag["slug"] for tag in state.value]
    added = [tag for tag in wanted.value if tag["slug"] not in slugs]
    return dataclasses.replace(wanted, value=[*state.value, *added], after=sorted({*state.shown, *wanted.after}))


def _same(wanted: Change, state: FieldState) -> bool:
    if wanted.field == "tags":
        return len(wanted.value) == len(state.value)
    if wanted.field == "name":
        return bool(wanted.value == state.value)
    if isinstance(wanted.value, str) and isinstance(state.value, str):
        return key(wanted.value) == key(state.value)
    return bool(wanted.value == state.value)


def _with_consequences(changes: list[Change], fields: Fields) -> list[Change]:
    """A new site takes location and rack along: NetBox refuses those of the old one."""
    changed = {change.field for change in changes}
    if "site" in changed:
        for field in ("location", "rack"):
            state = fields.get(field)
            if field not in changed and state is not None and state.value is not None:
                changes.append(Change(field, None, state.shown, None))
    return changes
