# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""From a LibreNMS device to a draft: what it refers to in NetBox, and by what it is to be found there.

A device goes one way and is matched once: :meth:`Drafting.placed` names its site, :meth:`Drafting.draft` everything else, and
:func:`stacked` adds what its inventory says of a stack.
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import ipaddress

from ..kinds import ObjectKind
from ..matching.catalog import Catalog
from ..matching.conditions import Subject
from ..matching.matcher import Matched, Matcher, SiteMatch
from ..matching.missing import Coordinates, with_bare_types, with_coordinates, with_locations, with_platforms, with_racks, with_sites
from ..naming import MemberNaming, Naming, is_ip_address
from ..records import DeviceRecord, Member, Stacking, StackStatus
from ..serials import is_sane
from ..text import printable
from .identity import Identity


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A device and its site, which tells whose locations and racks must be known to match the rest."""

    subject: Subject
    site: SiteMatch

    @property
    def names_a_place(self) -> bool:
        return bool(self.site.location or self.site.rack)


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A device between matching and identification.

    :ivar stacking: what is known of stacking; None where it was not asked for, and for a virtual machine
    """

    subject: Subject
    matched: Matched
    identity: Identity
    stacking: Stacking | None = None

    @property
    def device(self) -> DeviceRecord:
        return self.subject.device

    @property
    def device_id(self) -> int:
        return self.subject.device.device_id

    @property
    def master(self) -> Member | None:
        return self.stacking.master if self.stacking else None

    @property
    def is_stack(self) -> bool:
        return self.stacking is not None and self.stacking.status is StackStatus.STACK

    @property
    def shown(self) -> str:
        return f"{printable(self.subject.name or self.device.hostname)!r} (device_id {self.device_id})"


@dataclasses.dataclass(frozen=True, slots=True)
class Drafting:
    """What drafts are made with: rules on NetBox's reference data, and how things are called.

    :ivar group_members: LibreNMS device ids of each device group that rules name, by its comparable name
    """

    matcher: Matcher
    server_key: str
    naming: Naming
    member_naming: MemberNaming
    group_members: c.Mapping[str, frozenset[int]] = dataclasses.field(default_factory=dict)

    def place(self, device: DeviceRecord) -> Placed:
        subject = self._subject(device)
        return Placed(subject, self.matcher.site(subject))

    def placed(self, devices: c.Iterable[DeviceRecord]) -> tuple[Drafting, list[Placed]]:
        """All devices with their sites, and the drafting that knows the sites among them which the import may create."""
        placed = [self.place(device) for device in devices]
        catalog = self.matcher.catalog
        drafting = self
        if missing := [item.site.missing for item in placed if item.site.missing]:
            catalog = with_sites(catalog, missing)
            drafting = self.on(catalog)
            placed = [drafting.place(item.subject.device) if item.site.missing else item for item in placed]
        coordinates: dict[int, set[Coordinates]] = collections.defaultdict(set)
        for item in placed:
            stand_in = item.site.site.stand_in if item.site.site else None
            if stand_in is not None and item.subject.device.coordinates:
                coordinates[stand_in].add(item.subject.device.coordinates)
        if coordinates:
            drafting = drafting.on(with_coordinates(catalog, {number: frozenset(known) for number, known in coordinates.items()}))
        subjects = [item.subject for item in placed]
        return drafting.on(self._with_named_by(drafting.matcher.catalog, subjects)), placed

    def _with_named_by(self, catalog: Catalog, subjects: c.Sequence[Subject]) -> Catalog:
        """The catalog with the platforms and device types which the import may create because devices name them."""
        if "platforms" in self.matcher.creatable:
            catalog = with_platforms(catalog, map(self.matcher.platform_name, subjects))
        bare = [found for subject in subjects if (found := self.matcher.bare_type(subject))]
        return with_bare_types(catalog, bare) if bare else catalog

    def with_places(self, placed: c.Sequence[Placed]) -> Drafting:
        """The drafting that knows the locations and racks which the import may create, once those of NetBox are known."""
        known = [(item.site.site.local_id, item.site) for item in placed if item.site.site and item.site.site.local_id is not None]
        catalog = self.matcher.catalog
        if "locations" in self.matcher.creatable:
            catalog = with_locations(catalog, [(number, site.location) for number, site in known if site.location])
        if "racks" in self.matcher.creatable:
            catalog = with_racks(catalog, [(number, site.location, site.rack) for number, site in known if site.rack])
        return self if catalog is self.matcher.catalog else self.on(catalog)

    def with_inventories(self, drafts: c.Iterable[Draft], stacking: c.Mapping[int, Stacking]) -> Drafting:
        """The drafting that knows the device types which the import may create because inventories name them.

        :param stacking: what is known of it, by LibreNMS device id
        """
        subjects = []
        for draft in drafts:
            found = stacking.get(draft.device_id)
            if found is not None:
                models = [found.model, *(member.model for member in found.members)]
                subjects += [dataclasses.replace(draft.subject, hardware=model, mfg_name=found.manufacturer) for model in models if model]
                subjects.append(dataclasses.replace(draft.subject, mfg_name=found.manufacturer))
        bare = [item for subject in subjects if (item := self.matcher.bare_type(subject))]
        return self.on(with_bare_types(self.matcher.catalog, bare)) if bare else self

    def on(self, catalog: Catalog) -> Drafting:
        """The drafting with other reference data of NetBox."""
        return dataclasses.replace(self, matcher=dataclasses.replace(self.matcher, catalog=catalog))

    def draft(self, placed: Placed) -> Draft:
        """The draft of a device of whose stacking nothing is known."""
        matched = self.matcher.match(placed.subject, placed.site)
        return Draft(placed.subject, matched, self._identity(placed.subject, matched, None))

    def stacked(self, draft: Draft, stacking: Stacking | None) -> Draft:
        """The draft with what is known of stacking; only what a stack's master settles is matched again."""
        if stacking is None or draft.matched.match.import_as is ObjectKind.VIRTUAL_MACHINE:
            return draft
        stack = stacking if stacking.status is StackStatus.STACK else None
        matched = draft.matched
        subject = dataclasses.replace(draft.subject, mfg_name=stacking.manufacturer)
        if stack and stack.master:
            matched = self.matcher.with_stack_model(subject, matched, stack.master.model)
        elif stacking.status is StackStatus.SINGLE:
            matched = self.matcher.with_chassis_model(subject, matched, stacking.model)
        return Draft(subject, matched, self._identity(subject, matched, stack), stacking)

    def drafts(self, devices: c.Iterable[DeviceRecord], stacking: c.Mapping[int, Stacking]) -> tuple[Draft, ...]:
        """All steps at once.

        :param stacking: what is known of it, by LibreNMS device id
        """
        drafting, placed = self.placed(devices)
        drafting = drafting.with_places(placed)
        drafts = list(map(drafting.draft, placed))
        drafting = drafting.with_inventories(drafts, stacking)
        return tuple(drafting.stacked(draft, stacking.get(draft.device_id)) for draft in drafts)

    def _subject(self, device: DeviceRecord) -> Subject:
        override = self.matcher.override(device.device_id)
        name = override.name if override and override.name else self.naming.name(device)
        groups = frozenset(group for group, members in self.group_members.items() if device.device_id in members)
        return Subject(device, name, groups, device.hardware)

    def _identity(self, subject: Subject, matched: Matched, stack: Stacking | None) -> Identity:
        device, match, name = subject.device, matched.match, subject.name
        master = stack.master if stack else None
        members = stack.members if stack else ()
        names = [name, *([self.member_naming.name(name, master)] if name and master else [])]
        serials = (device.serial, *((master.serial,) if master else ()))
        # NetBox's answers are compared in the form that Python gives addresses.
        addresses = (str(ipaddress.ip_address(text)) for text in (device.ip, device.hostname) if is_ip_address(text))
        return Identity(
            device_id=device.device_id,
            server_key=self.server_key,
            kind=match.import_as,
            names=tuple(filter(None, dict.fromkeys(names))),
            serials=tuple(dict.fromkeys(filter(is_sane, serials))),
            member_serials=tuple(filter(is_sane, (member.serial for member in members))),
            site_id=match.site.local_id if match.site else None,
            tenant_id=match.tenant.id if match.tenant else None,
            cluster_id=match.cluster.local_id if match.cluster else None,
            addresses=tuple(dict.fromkeys(addresses)),
            member_names=tuple(self.member_naming.name(name, member) for member in members) if name else (),
            stack=stack is not None,
        )
