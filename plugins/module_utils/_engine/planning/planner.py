# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Making the plan from assessments and the import's policy."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ..._exceptions import OptionError
from ..issues import Issue, IssueCode
from ..judging.assessment import Assessment, State
from ..judging.existing import ExistingObject, ExistingObjects, ObjectKind, linked_value
from ..matching.catalog import Catalog, Index, NetBoxObject
from ..matching.matcher import Resolved
from ..matching.rules import ImportAs
from ..naming import MAX_NAME_LENGTH
from ..text import digest, key, slugify
from .options import ImportOptions, OnExisting, Policy
from .plan import Action, Change, Fields, FieldState, Plan, PlannedDevice, Ref, Target, Write, reference
from .stack_planner import ChassisPlan, plan_chassis


@dataclasses.dataclass(frozen=True, slots=True)
class LinkField:
    """The custom field ``librenms_id`` as NetBox has it; ``id`` is None when it is missing."""

    id: int | None = None
    object_types: tuple[str, ...] = ()


LINK_FIELD = "librenms_id"
LINKED_TYPES = ("dcim.device", "virtualization.virtualmachine")

# What is a device's own also where it is a member of a stack.
_OF_ONE_MEMBER = frozenset({"name", "serial", "device_type"})
_PLACES = ("location", "rack")
# What NetBox's names are unique in.
_OF_A_NAME = ("name", "site", "cluster", "tenant")


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
    setup = planner.setup_for(devices)
    if any(change.field == LINK_FIELD for device in devices for write in device.writes() for change in write.changes):
        setup = [*planner.link_field(link_field), *setup]
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
        self._tags = self._wanted_tags()

    def _wanted_tags(self) -> dict[str, str]:
        """The names of the tags by their slugs, by which NetBox takes a tag in a body, so that a new one needs no id."""
        tags: dict[str, str] = {}
        for tag in self._options.tags:
            found = self._catalog.tags.find(tag).objects
            if found:
                tags.setdefault(found[0].slug, found[0].name)
            else:
                tags.setdefault(_free_slug(tag, self._catalog.tags), tag)
        return tags

    def device(self, assessment: Assessment) -> PlannedDevice:
        assessment = self._with_platform(assessment)
        if assessment.state is State.BLOCKED:
            return PlannedDevice(assessment, Action.BLOCKED, assessment.issues, assessment.warnings)
        own = assessment.existing
        chassis = ChassisPlan()
        if self._options.virtual_chassis:
            own_fields = self._fields_after(assessment, own) if own else {}
            chassis = self._with_tags(plan_chassis(assessment, self._options, self._existing, own_fields))
        return self._known(assessment, own, chassis) if own else self._create(assessment, chassis)

    def _fields_after(self, assessment: Assessment, own: ExistingObject) -> Fields:
        """The fields of an object once its own updates are written: what new members of its stack are to be like."""
        fields = self._fields.get((own.kind, own.id), {})
        if self._options.existing is not OnExisting.UPDATE or _kind(assessment) is not own.kind:
            return fields
        changes, _warnings = self._updates(assessment, own, ChassisPlan())
        return {**fields, **{change.field: FieldState(change.value, change.after) for change in changes}}

    def _with_platform(self, assessment: Assessment) -> Assessment:
        """The assessment with a platform that the import may create."""
        match = assessment.match
        if not match.missing_platform or "platforms" not in self._options.create_missing:
            return assessment
        platform = Resolved(None, match.missing_platform, "create_missing")
        warnings = tuple(issue for issue in assessment.warnings if issue.code is not IssueCode.PLATFORM_NOT_FOUND)
        return dataclasses.replace(assessment, match=dataclasses.replace(match, platform=platform), warnings=warnings)

    def _with_tags(self, chassis: ChassisPlan) -> ChassisPlan:
        """New members get the tags that new devices get."""
        members = []
        for member in chassis.members:
            if self._tags and member.write and member.write.creates:
                write = dataclasses.replace(member.write, changes=(*member.write.changes, self._tags_change()))
                members.append(dataclasses.replace(member, write=write))
            else:
                members.append(member)
        return dataclasses.replace(chassis, members=tuple(members))

    def _tags_change(self) -> Change:
        return Change("tags", [{"slug": slug} for slug in self._tags], None, sorted(self._tags.values()))

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
        warnings: list[Issue] = []
        if self._options.existing is not OnExisting.SKIP:
            changes = self._link(assessment, own)
        if self._options.existing is OnExisting.UPDATE and _kind(assessment) is own.kind:
            updates, warnings = self._updates(assessment, own, chassis)
            changes += updates
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
        return dataclasses.replace(planned, action=action, warnings=(*planned.warnings, *warnings))

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
        serial, device_type = chassis.own_serial, chassis.own_type
        if chassis.own_member is None or chassis.own_member.is_master:
            # What LibreNMS says of a stack is said of its master.
            serial, device_type = serial or assessment.serial, device_type or match.device_type
        status = self._options.status(device)
        wanted = [Change("name", name, None, name)]
        if match.import_as is ImportAs.VIRTUAL_MACHINE:
            wanted += [reference("cluster", match.cluster), reference("site", self._vm_site(assessment))]
        else:
            wanted += [
                reference("device_type", device_type),
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
            self._tags_change(),
            Change(LINK_FIELD, link := linked_value(None, self._options.server_key, device.device_id), None, link),
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

    def _link(self, assessment: Assessment, own: ExistingObject) -> list[Change]:
        server_key = self._options.server_key
        policy = self._options.update_fields[LINK_FIELD]
        link = linked_value(own.librenms_id, server_key, assessment.device.device_id)
        gap = own.links.by_key.get(server_key, own.links.legacy) is None
        if link == own.librenms_id or policy is Policy.NEVER or not (gap or policy is Policy.ALWAYS):
            return []
        return [Change(LINK_FIELD, link, own.librenms_id, link)]

    def _updates(self, assessment: Assessment, own: ExistingObject, chassis: ChassisPlan) -> tuple[list[Change], list[Issue]]:
        """What the policy changes in an object that exists, but for its link."""
        fields = self._fields.get((own.kind, own.id), {})
        # A member of a virtual chassis that is not known as one: what LibreNMS says may be another member's.
        held = _OF_ONE_MEMBER if own.virtual_chassis_id is not None and chassis.own_member is None else frozenset()
        changes: dict[str, Change] = {}
        for wanted in self._wanted(assessment, chassis):
            field = wanted.field
            if field == LINK_FIELD or field in held or field not in fields or wanted.value in (None, "", []):
                continue
            if field == "name" and len(wanted.value) > MAX_NAME_LENGTH:
                continue
            if field in _PLACES and not self._in_site(assessment, fields, changes):
                continue
            # A new site leaves nothing of the old one's location and rack.
            empty = fields[field].value in (None, "", []) or (field in _PLACES and "site" in changes)
            change = _changed(wanted, fields[field])
            policy = self._options.update_fields[field]
            if change and (policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and empty)):
                changes[field] = change
        taken = self._name_taken(own, changes, fields)
        changes = {field: change for field, change in changes.items() if not taken or field not in (*_OF_A_NAME, *_PLACES)}
        kept, warnings = self._consistent(changes, fields)
        return kept, [*taken, *warnings]

    def _name_taken(self, own: ExistingObject, changes: c.Mapping[str, Change], fields: Fields) -> list[Issue]:
        """What NetBox would refuse: a name that another object has in the same place."""
        if not any(field in changes for field in _OF_A_NAME):
            return []
        place, tenant = ("cluster" if own.kind is ObjectKind.VIRTUAL_MACHINE else "site"), _after("tenant", changes, fields)
        where = _after(place, changes, fields)
        for item in self._existing.named(str(_after("name", changes, fields))):
            if item.kind is not own.kind or item.id == own.id or item.tenant_id != tenant:
                continue
            if where is not None and where == (item.cluster_id if place == "cluster" else item.site_id):
                what = " and ".join(field for field in _OF_A_NAME if field in changes)
                message = f"The {what} is not changed, because {item.name!r} (id {item.id}) has that name in the same place."
                return [Issue(IssueCode.NAME_TAKEN, "name", message, "Rename one of the two in NetBox.", value=item.name)]
        return []

    def _in_site(self, assessment: Assessment, fields: Fields, changes: c.Mapping[str, Change]) -> bool:
        """Whether the object will stand in the site that its location and rack were looked up in."""
        site = assessment.match.site
        return site is not None and _after("site", changes, fields) == site.id

    def _consistent(self, changes: dict[str, Change], fields: Fields) -> tuple[list[Change], list[Issue]]:
        """Without what NetBox would refuse beside the fields that stay as they are, and with what a new site brings along."""
        if "cluster" in fields:
            return self._consistent_vm(changes, fields)
        if "site" in changes:
            for field in _PLACES:
                state = fields.get(field)
                if field not in changes and state is not None and state.value is not None:
                    changes[field] = Change(field, None, state.shown, None)
            return list(changes.values()), []
        rack_id, location_id = _after("rack", changes, fields), _after("location", changes, fields)
        racks = self._catalog.racks.get(_after("site", changes, fields))
        rack = racks.by_id.get(rack_id) if racks and rack_id is not None else None
        if rack_id is None or location_id is None or (rack is not None and rack.location_id == location_id):
            return list(changes.values()), []
        warnings = []
        for field, other in (("rack", "location"), ("location", "rack")):
            if changes.pop(field, None) is not None:
                code = IssueCode.RACK_NOT_FOUND if field == "rack" else IssueCode.LOCATION_NOT_FOUND
                message = (
                    f"The {field} is not changed, because NetBox refuses it beside the {other} {fields[other].shown!r} that the device has."
                )
                hint = f"Set update_fields.{other} to always too, or correct the device in NetBox."
                warnings.append(Issue(code, field, message, hint))
        return list(changes.values()), warnings

    def _consistent_vm(self, changes: dict[str, Change], fields: Fields) -> tuple[list[Change], list[Issue]]:
        warnings = []
        for field in ("site", "cluster"):
            cluster = self._catalog.clusters.by_id.get(_after("cluster", changes, fields))
            site_id = _after("site", changes, fields)
            if cluster is None or cluster.site_id is None or site_id in (None, cluster.site_id):
                break
            if changes.pop(field, None) is not None:
                message = f"The {field} is not changed, because the cluster {cluster.name!r} is of another site."
                code = IssueCode.CLUSTER_NOT_SET if field == "cluster" else IssueCode.SITE_NOT_FOUND
                warnings.append(Issue(code, field, message, "Correct the rules, or the virtual machine in NetBox."))
        return list(changes.values()), warnings

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
        slugs: set[str] = set()
        for write in (write for device in devices for write in device.writes()):
            for change in write.changes:
                if change.field == "platform" and isinstance(change.value, Ref) and change.value.key not in setup:
                    slug = _free_slug(str(change.after), self._catalog.platforms, slugs)
                    slugs.add(slug)
                    setup[change.value.key] = _named(change.value.key, Target.PLATFORM, str(change.after), slug)
                if change.field == "tags":
                    for slug, name in self._tags.items():
                        if not self._catalog.tags.find(slug, "slug").objects:
                            setup.setdefault(f"tag:{slug}", _named(f"tag:{slug}", Target.TAG, name, slug))
        return [setup[name] for name in sorted(setup)]


def _kind(assessment: Assessment) -> ObjectKind:
    return ObjectKind.VIRTUAL_MACHINE if assessment.import_as is ImportAs.VIRTUAL_MACHINE else ObjectKind.DEVICE


def _target(assessment: Assessment) -> Target:
    return Target.VIRTUAL_MACHINE if assessment.import_as is ImportAs.VIRTUAL_MACHINE else Target.DEVICE


def _named(write_key: str, target: Target, name: str, slug: str) -> Write:
    return Write(write_key, target, name, (Change("name", name, None, name), Change("slug", slug, None, slug)))


def _free_slug(name: str, index: Index[NetBoxObject], taken: c.Container[str] = ()) -> str:
    """A slug for a new object: "C++" and "C#" cannot both be "c"."""
    slug = slugify(name)
    if slug in taken or index.find(slug, "slug").objects:
        return f"{slug[:90]}-{digest(name)}"
    return slug


def _after(field: str, changes: c.Mapping[str, Change], fields: Fields) -> t.Any:
    """What a field will hold once the changes are written."""
    if field in changes:
        return changes[field].value
    return fields[field].value if field in fields else None


def _changed(wanted: Change, state: FieldState) -> Change | None:
    """The change that makes the field what is wanted; None when it is that already."""
    if wanted.field == "tags":
        # Tags are added, never taken away.
        slugs = [tag["slug"] for tag in state.value]
        added = [tag for tag in wanted.value if tag["slug"] not in slugs]
        after = sorted({*state.shown, *wanted.after})
        return Change("tags", [*state.value, *added], state.shown, after) if added else None
    same = wanted.value == state.value
    if wanted.field == "serial" and isinstance(state.value, str):
        same = key(wanted.value) == key(state.value)
    return None if same else dataclasses.replace(wanted, before=state.shown)
