# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A NetBox in memory, to which plans are applied, with the constraints that the real one checks; and short ways to a plan."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import typing as t

from unit.support.pages import assert_documented

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD, Field, Holds, fields_of
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import (
    Assessment,
    State,
    assess,
    doubtful_links,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.drafts import Draft, Drafting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import (
    ExistingChassis,
    ExistingObject,
    ExistingObjects,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import LINKED_TYPES, LinkField
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.catalog import (
    Catalog,
    Cluster,
    DeviceType,
    Index,
    NetBoxObject,
    Platform,
    Role,
    Site,
    SiteObject,
    Tag,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.definitions import Definition, LibraryType
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.library import with_library
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Matcher
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.missing import UNFINISHED
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming, Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Fields, FieldState, Plan, Ref, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.planner import make_plan
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DeviceRecord,
    Member,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import key

Json = dict[str, t.Any]
TEMPLATES = tuple(target for target in Target if target.row.stage is Stage.TEMPLATE)

AMS, NYC, LON = 1, 2, 3
C9300, C9200, MX480, EX_JUNIPER, EX_OTHER = 11, 12, 13, 14, 15
SWITCH, ROUTER, CORE = 21, 22, 23
IOS_XE = 31
PROD, EDGE = 41, 42
ACME, GLOBEX = 51, 52
SUITE, HALL = 61, 62
RACK_IN_SUITE, RACK_IN_HALL, RACK_FREE = 71, 72, 73

CATALOG = Catalog(
    sites=Index([Site(AMS, "AMS1 NTT", "ams1"), Site(NYC, "NYC", "nyc"), Site(LON, "London", "london")]),
    device_types=Index(
        [
            DeviceType(C9300, "Catalyst 9300-48P", "c9300-48p", "C9300-48P", "Cisco", 48),
            DeviceType(C9200, "C9200L-24T", "c9200l-24t", "C9200L-24T-4G", "Cisco"),
            DeviceType(MX480, "MX480", "mx480", "", "Juniper"),
            DeviceType(EX_JUNIPER, "EX-1", "juniper-ex-1", "", "Juniper"),
            DeviceType(EX_OTHER, "EX-1", "other-ex-1", "", "Other"),
        ]
    ),
    roles=Index([Role(SWITCH, "Switch", "switch"), Role(ROUTER, "Router", "router"), Role(CORE, "Core", "core", vm_role=False)]),
    platforms=Index([Platform(IOS_XE, "Cisco IOS-XE", "iosxe")]),
    clusters=Index([Cluster(PROD, "prod-vmware"), Cluster(EDGE, "edge-kvm", site_id=NYC)]),
    tenants=Index([NetBoxObject(ACME, "Acme", "acme"), NetBoxObject(GLOBEX, "Globex", "globex")]),
    tags=Index([Tag(81, "LibreNMS", "librenms")]),
    locations={NYC: Index([SiteObject(SUITE, "Suite 400", "suite-400", NYC), SiteObject(HALL, "Hall A", "hall-a", NYC)])},
    racks={
        NYC: Index(
            [
                SiteObject(RACK_IN_SUITE, "R12", "", NYC, SUITE),
                SiteObject(RACK_IN_HALL, "R13", "", NYC, HALL),
                SiteObject(RACK_FREE, "R14", "", NYC),
            ]
        )
    },
)

RULES: Json = {"roles": [{"name_regex": "^(?!norole)", "role": "Switch"}]}


def record(device_id: int = 1, name: str = "sw1", **fields: t.Any) -> DeviceRecord:
    """A device that can be imported, unless the fields say otherwise."""
    defaults: Json = {
        "hostname": f"{name}.example.net",
        "sysname": name,
        "os": "iosxe",
        "hardware": "C9300-48P",
        "type": "network",
        "location": "NYC",
    }
    return DeviceRecord(device_id=device_id, **(defaults | fields))


def stack(*members: Member, master: int | None = None) -> Stacking:
    """A stack; ``master`` is the position of the one that is it, by default the first's."""
    position = members[0].position if master is None else master
    marked = tuple(dataclasses.replace(member, is_master=member.position == position) for member in members)
    return Stacking(StackStatus.STACK, marked, "test")


def unit(position: int, serial: str = "", model: str = "C9300-48P") -> Member:
    return Member(position, serial, model, f"Switch {position}")


def device(object_id: int = 100, name: str = "sw1", **fields: t.Any) -> ExistingObject:
    return ExistingObject(ObjectKind.DEVICE, object_id, name, **({"site_id": NYC} | fields))


def machine(object_id: int = 500, name: str = "vm1", **fields: t.Any) -> ExistingObject:
    return ExistingObject(ObjectKind.VIRTUAL_MACHINE, object_id, name, **fields)


@dataclasses.dataclass(frozen=True)
class Around:
    """What devices are judged against."""

    drafting: Drafting
    existing: ExistingObjects
    chassis: c.Mapping[int, Stacking]

    @property
    def matcher(self) -> Matcher:
        return self.drafting.matcher

    def drafts(self, devices: c.Iterable[DeviceRecord]) -> tuple[Draft, ...]:
        return self.drafting.drafts(devices, self.chassis)


def around(
    existing: ExistingObjects | c.Sequence[ExistingObject] = (),
    rules: Json | None = None,
    overrides: c.Sequence[Json] = (),
    *,
    catalog: Catalog = CATALOG,
    server_key: str = "default",
    naming: Naming | None = None,
    member_naming: MemberNaming | None = None,
    chassis: c.Mapping[int, Stacking] | None = None,
    creatable: frozenset[str] = frozenset(),
    groups: c.Mapping[str, frozenset[int]] | None = None,
) -> Around:
    parsed = Rules.from_options(RULES if rules is None else {**RULES, **rules}, overrides)
    matcher = Matcher.checked(parsed, catalog, creatable=creatable)
    drafting = Drafting(matcher, server_key, naming or Naming(), member_naming or MemberNaming(), groups or {})
    return Around(drafting, existing if isinstance(existing, ExistingObjects) else ExistingObjects(existing), chassis or {})


def judge(devices: c.Sequence[DeviceRecord] | DeviceRecord, against: Around, live: c.Container[int] = ()) -> list[Assessment]:
    """Assesses devices. ``live`` are ids outside the selection that LibreNMS has."""
    selection = [devices] if isinstance(devices, DeviceRecord) else list(devices)
    drafts = against.drafts(selection)
    selected = {item.device_id for item in selection}
    doubtful = doubtful_links(drafts, against.existing)
    assessments = assess(drafts, against.existing, against.drafting, {item for item in doubtful if item in selected or item in live})
    for assessment in assessments:
        assert_documented(assessment.issues, "blocks")
        if assessment.state is not State.EXISTING:
            assert_documented(assessment.warnings, "warns")
    return list(assessments)


class Refused(Exception):
    """What NetBox would answer with 400."""


@dataclasses.dataclass
class NetBoxModel:
    """Objects by kind and id, virtual chassis, tags, platforms and the custom field, as rows of plain values."""

    objects: dict[tuple[ObjectKind, int], Json] = dataclasses.field(default_factory=dict)
    chassis: dict[int, Json] = dataclasses.field(default_factory=dict)
    tags: dict[str, str] = dataclasses.field(default_factory=lambda: {"librenms": "LibreNMS"})
    platforms: dict[int, Json] = dataclasses.field(default_factory=lambda: {IOS_XE: {"name": "Cisco IOS-XE", "slug": "iosxe"}})
    # Sites, locations and roles that an import has made, beside those of the catalog.
    made: dict[Target, dict[int, Json]] = dataclasses.field(default_factory=dict)
    manufacturers: tuple[NetBoxObject, ...] = (NetBoxObject(91, "Cisco", "cisco"), NetBoxObject(92, "Juniper Networks", "juniper-networks"))
    cluster_types: tuple[NetBoxObject, ...] = ()
    # A library of device types, and what those are made with, by their paths.
    library: c.Sequence[LibraryType] = ()
    definitions: c.Mapping[str, Definition] = dataclasses.field(default_factory=dict)
    link_field: LinkField = dataclasses.field(default_factory=lambda: LinkField(1, LINKED_TYPES))
    next_id: int = 1000
    _made: dict[str, int] = dataclasses.field(default_factory=dict)

    def add(self, kind: ObjectKind = ObjectKind.DEVICE, **fields: t.Any) -> int:
        """Puts an object in, as a person would."""
        defaults: Json = {"status": "active", "tags": [], "serial": "", "site": NYC, "role": SWITCH}
        if kind is ObjectKind.DEVICE:
            defaults["device_type"] = C9300
        return self._insert(kind, defaults | fields)

    def add_chassis(self, name: str, domain: str = "", master: int | None = None) -> int:
        self.next_id += 1
        self.chassis[self.next_id] = {"name": name, "domain": domain, "master": master}
        return self.next_id

    def _insert(self, kind: ObjectKind, row: Json) -> int:
        self.next_id += 1
        self.objects[kind, self.next_id] = row
        try:
            self._check(kind, self.next_id)
        except Refused:
            del self.objects[kind, self.next_id]
            raise
        return self.next_id

    def edit(self, kind: ObjectKind, object_id: int, **fields: t.Any) -> None:
        """Changes an object, as a person would."""
        self._change(kind, object_id, fields)

    def device(self, name: str) -> Json:
        """The only device of a name, with its id."""
        (found,) = [{**row, "id": key[1]} for key, row in self.objects.items() if key[0] is ObjectKind.DEVICE and row["name"] == name]
        return found

    @property
    def names(self) -> list[str]:
        return sorted(row["name"] for row in self.objects.values())

    def existing(self) -> ExistingObjects:
        objects = (
            ExistingObject(
                kind,
                object_id,
                row["name"],
                row.get("serial") or "",
                row.get("site"),
                row.get("tenant"),
                row.get("cluster"),
                row.get("librenms_id"),
                tuple(row.get("primary_ips", ())),
                row.get("virtual_chassis"),
                row.get("vc_position"),
            )
            for (kind, object_id), row in self.objects.items()
        )
        counts = collections.Counter(row.get("virtual_chassis") for row in self.objects.values())
        chassis = (
            ExistingChassis(number, row["name"], row["domain"], row["master"], counts[number]) for number, row in self.chassis.items()
        )
        return ExistingObjects(objects, chassis)

    def fields(self) -> dict[tuple[ObjectKind, int], Fields]:
        return {key: self._fields(key[0], row) for key, row in self.objects.items()}

    def _fields(self, kind: ObjectKind, row: Json) -> Fields:
        return {field.name: self._state(field, row.get(field.name)) for field in fields_of(kind) if field.holds is not Holds.LINK}

    def _state(self, field: Field, value: t.Any) -> FieldState:
        if field.holds is Holds.TAGS:
            slugs = [tag["slug"] for tag in value or []]
            return FieldState([{"slug": slug} for slug in slugs], sorted(self.tags[slug] for slug in slugs))
        if field.holds is Holds.REFERENCE:
            return FieldState(value, str(value) if value else None)
        return FieldState(value or "", value or "")

    def catalog(self) -> Catalog:
        def made(target: Target) -> list[NetBoxObject]:
            return [NetBoxObject(number, row["name"], row["slug"]) for number, row in self.made.get(target, {}).items()]

        sites = [Site(number, row["name"], row["slug"]) for number, row in self.made.get(Target.SITE, {}).items()]
        roles = [Role(number, row["name"], row["slug"]) for number, row in self.made.get(Target.ROLE, {}).items()]
        locations = dict(CATALOG.locations)
        for number, row in self.made.get(Target.LOCATION, {}).items():
            location = SiteObject(number, row["name"], row["slug"], row["site"])
            locations[row["site"]] = Index([*locations.get(row["site"], Index()).objects, location])
        racks = dict(CATALOG.racks)
        for number, row in self.made.get(Target.RACK, {}).items():
            rack = SiteObject(number, row["name"], "", row["site"], row.get("location"))
            racks[row["site"]] = Index([*racks.get(row["site"], Index()).objects, rack])
        manufacturers = Index([*self.manufacturers, *made(Target.MANUFACTURER)])
        types = [(number, row, manufacturers.by_id[row["manufacturer"]]) for number, row in self.made.get(Target.DEVICE_TYPE, {}).items()]
        whole = [item for item in types if item[1].get("description") != UNFINISHED]
        clusters = [Cluster(number, row["name"]) for number, row in self.made.get(Target.CLUSTER, {}).items()]
        return dataclasses.replace(
            CATALOG,
            sites=Index([*CATALOG.sites.objects, *sites]),
            roles=Index([*CATALOG.roles.objects, *roles]),
            locations=locations,
            racks=racks,
            manufacturers=manufacturers,
            cluster_types=Index([*self.cluster_types, *made(Target.CLUSTER_TYPE)]),
            clusters=Index([*CATALOG.clusters.objects, *clusters]),
            device_types=Index(
                [
                    *CATALOG.device_types.objects,
                    *(
                        DeviceType(number, row["model"], row["slug"], row.get("part_number", ""), maker.name, 0, maker.id)
                        for number, row, maker in whole
                    ),
                ]
            ),
            unfinished={(maker.id, key(row["model"])): number for number, row, maker in types if row.get("description") == UNFINISHED},
            platforms=Index(Platform(number, row["name"], row["slug"]) for number, row in self.platforms.items()),
            tags=Index(Tag(number, name, slug) for number, (slug, name) in enumerate(self.tags.items(), 81)),
        )

    def surroundings(self, **options: t.Any) -> Around:
        catalog = self.catalog()
        return around(self.existing(), catalog=with_library(catalog, self.library) if self.library else catalog, **options)

    def _defined(self, catalog: Catalog) -> Catalog:
        """The catalog with what its new device types are made with."""
        components = [
            (row["device_type"], target, row["name"], number) for target in TEMPLATES for number, row in self.made.get(target, {}).items()
        ]
        definitions = {
            item.id: dataclasses.replace(
                self.definitions[item.path],
                made={(target, name): number for type_id, target, name, number in components if type_id == item.unfinished},
            )
            for item in catalog.library.objects
            if item.id < 0
        }
        return dataclasses.replace(catalog, definitions=definitions)

    def plan(
        self,
        devices: c.Sequence[DeviceRecord] | DeviceRecord,
        options: ImportOptions | None = None,
        live: c.Container[int] = (),
        **surroundings: t.Any,
    ) -> Plan:
        """Reads everything afresh and plans the import."""
        options = options or ImportOptions()
        view = self.surroundings(
            server_key=options.server_key,
            member_naming=options.member_naming,
            creatable=options.create_missing,
            **surroundings,
        )
        drafting, placed = view.drafting.placed([devices] if isinstance(devices, DeviceRecord) else devices)
        drafting = drafting.with_places(placed)
        drafting = drafting.with_inventories(list(map(drafting.draft, placed)), view.chassis)
        view = dataclasses.replace(view, drafting=drafting.on(self._defined(drafting.matcher.catalog)))
        assessments = judge(devices, view, live)
        plan = make_plan(assessments, options, view.matcher.catalog, view.existing, self.link_field, self.fields())
        for device in plan.devices:
            assert_documented(set(device.warnings) - set(device.assessment.warnings), "warns")
        return plan

    def apply(self, plan: Plan, stop_after: int | None = None) -> int:
        """Writes what the plan names, one after the other, and returns how many writes that were; stop_after breaks it off."""
        self._made = {}
        count = 0
        for write in plan.writes():
            if stop_after is not None and count >= stop_after:
                break
            self._write(write)
            count += 1
        return count

    def _value(self, value: t.Any) -> t.Any:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {name: self._value(item) for name, item in value.items()}
        return self._made[value.key] if isinstance(value, Ref) else value

    def _write(self, write: Write) -> None:
        body = {change.field: self._value(change.value) for change in write.changes}
        object_id = self._value(write.object_id)
        if write.removes:
            self.remove_chassis(object_id)
        else:
            object_id = self.write(write.target, body, object_id)
        self._made[write.key] = object_id

    def remove_chassis(self, chassis_id: int) -> None:
        assert not any(row.get("virtual_chassis") == chassis_id for row in self.objects.values())
        del self.chassis[chassis_id]

    def write(self, target: Target, body: Json, object_id: int | None = None) -> int:
        """Creates an object, or changes that of an id, and gives its id. Raises Refused."""
        if kind := ObjectKind.of(target):
            if object_id is None:
                return self._insert(kind, body)
            self._change(kind, object_id, body)
        elif target is Target.VIRTUAL_CHASSIS:
            if object_id is None:
                return self._make_chassis(body)
            self._set_master(object_id, body["master"])
        elif target is Target.TAG:
            if body["slug"] in self.tags or not body["slug"]:
                raise Refused("tag with this slug already exists")
            self.tags[body["slug"]] = body["name"]
            return 0
        elif target is Target.PLATFORM:
            if not body["slug"] or any(row["slug"] == body["slug"] or row["name"] == body["name"] for row in self.platforms.values()):
                raise Refused("platform with this slug already exists")
            self.next_id += 1
            self.platforms[self.next_id] = body
            return self.next_id
        elif target in (Target.SITE, Target.LOCATION, Target.ROLE):
            return self._make(target, body)
        elif target is not Target.CUSTOM_FIELD:
            return self._make_plain(target, body, object_id)
        else:
            number = self.link_field.id or 1
            self.link_field = LinkField(number, tuple(body["object_types"]))
            return number
        assert object_id is not None
        return object_id

    def _make(self, target: Target, body: Json) -> int:
        """A site, location or role: its name and slug are its own, a location's within its site."""
        catalog = self.catalog()
        index: Index[t.Any] = catalog.sites if target is Target.SITE else catalog.roles
        if target is Target.LOCATION:
            assert body["site"] in catalog.sites.by_id
            index = catalog.locations.get(body["site"], Index())
        if not body["slug"] or any(item.slug == body["slug"] or item.name == body["name"] for item in index.objects):
            raise Refused(f"{target}: name and slug must be unique: {body}")
        self.next_id += 1
        self.made.setdefault(target, {})[self.next_id] = body
        return self.next_id

    def _make_chassis(self, body: Json) -> int:
        """NetBox puts the master with which a virtual chassis is made at position 1 of it."""
        master = body.get("master")
        if master is not None and any(row["master"] == master for row in self.chassis.values()):
            raise Refused("virtual chassis with this master already exists.")
        chassis_id = self.add_chassis(body["name"], body["domain"], master)
        if master is not None:
            self._change(ObjectKind.DEVICE, master, {"virtual_chassis": chassis_id, "vc_position": 1})
        return chassis_id

    def _make_plain(self, target: Target, body: Json, object_id: int | None) -> int:
        """A manufacturer, rack, cluster, device type or component: what the kind's natural key names is there once."""
        rows = self.made.setdefault(target, {})
        if object_id is not None:
            rows[object_id] |= body
            return object_id
        natural_key = target.row.natural_key
        if any(natural_key(row) == natural_key(body) for row in rows.values()):
            raise Refused(f"{target}: already exists: {body}")
        self.next_id += 1
        rows[self.next_id] = body
        return self.next_id

    def _change(self, kind: ObjectKind, object_id: int, body: Json) -> None:
        before = self.objects[kind, object_id]
        self.objects[kind, object_id] = {**before, **body}
        try:
            self._check(kind, object_id)
        except Refused:
            self.objects[kind, object_id] = before
            raise

    def _set_master(self, chassis_id: int, device_id: int) -> None:
        if self.objects[ObjectKind.DEVICE, device_id].get("virtual_chassis") != chassis_id:
            raise Refused("The selected master is not assigned to this virtual chassis.")
        self.chassis[chassis_id]["master"] = device_id

    def _check(self, kind: ObjectKind, object_id: int) -> None:
        """What NetBox 4.7 checks when it saves a device or virtual machine."""
        row = self.objects[kind, object_id]
        if not row.get("name") or len(row["name"]) > 64 or len(row.get("serial") or "") > 50 or row["name"] != row["name"].strip():
            raise Refused(f"not a name or serial: {row}")
        if kind is ObjectKind.DEVICE and not all(row.get(name) for name in ("site", "role", "device_type")):
            raise Refused(f"This field is required: {row}")
        if any(tag["slug"] not in self.tags for tag in row.get("tags") or []):
            raise Refused(f"Related object not found: {row['tags']}")
        for (other_kind, other_id), other in self.objects.items():
            if other_kind is kind and other_id != object_id:
                self._check_pair(kind, row, other)
        if kind is ObjectKind.VIRTUAL_MACHINE:
            cluster = CATALOG.clusters.by_id.get(row.get("cluster") or 0)
            if not row.get("cluster") and not row.get("site"):
                raise Refused("A virtual machine must be assigned to a site, cluster, or device.")
            if cluster and cluster.site_id and row.get("site") and cluster.site_id != row["site"]:
                raise Refused("The selected cluster is not assigned to this site.")
            return
        location, rack = row.get("location"), row.get("rack")
        site = row["site"]
        locations = self.catalog().locations
        if location and location not in (locations[site].by_id if site in locations else ()):
            raise Refused("Location does not belong to site.")
        if rack:
            racks = self.catalog().racks
            if site not in racks or rack not in racks[site].by_id:
                raise Refused("Rack does not belong to site.")
            within = racks[site].by_id[rack].location_id
            if location and within != location:
                raise Refused("Rack does not belong to location.")
            row["location"] = within or location

    @staticmethod
    def _check_pair(kind: ObjectKind, row: Json, other: Json) -> None:
        places = ("cluster", "tenant") if kind is ObjectKind.VIRTUAL_MACHINE else ("site", "tenant")
        comparable = row.get(places[0]) is not None
        if comparable and row["name"].lower() == other["name"].lower() and all(row.get(name) == other.get(name) for name in places):
            raise Refused(f"{row['name']}: name must be unique per {' and '.join(places)}.")
        position = row.get("virtual_chassis"), row.get("vc_position")
        if position[0] and position == (other.get("virtual_chassis"), other.get("vc_position")):
            raise Refused(f"Device with this Virtual chassis and VC position already exists: {position}")

    def problems(self) -> list[tuple[str, int]]:
        """What must never be: several objects of one serial or link, and how many. Empty when all is well."""
        values: collections.Counter[str] = collections.Counter()
        for row in self.objects.values():
            if row.get("serial"):
                values[f"serial {row['serial']}"] += 1
            if row.get(LINK_FIELD):
                values[f"link {row[LINK_FIELD]}"] += 1
        return [(value, count) for value, count in values.items() if count > 1]

    def new_problems(self, before: NetBoxModel) -> list[tuple[str, int]]:
        """Those that an earlier state did not have, or had with fewer objects."""
        known = dict(before.problems())
        return [(value, count) for value, count in self.problems() if count > known.get(value, 1)]
