# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which NetBox objects a LibreNMS device refers to, by overrides, rules and names."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..._exceptions import OptionError
from ..fields import MATCHED, must_cover
from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..text import is_placeholder, printable
from .catalog import Catalog, Found, Index, T
from .conditions import Subject
from .device_types import DeviceTypeMatcher
from .hardware import MIN_KEY, names_a_family, squash
from .missing import can_be_name, racks_called, with_named
from .resolved import CREATED, Resolved, resolved
from .rules import Override, Rule, Rules, first_match

_CLUSTER_HINT = "Rename all but one of them in NetBox."


@dataclasses.dataclass(frozen=True, slots=True)
class SiteMatch:
    """The site of a device, and the texts that name its location and rack there (``""`` when none)."""

    site: Resolved | None
    location: str
    rack: str
    issue: Issue | None
    # The name of a site that NetBox lacks and the import may create; "" when there is none.
    missing: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Everything a device refers to; None where nothing was found or wanted."""

    import_as: ObjectKind
    site: Resolved | None = None
    location: Resolved | None = None
    rack: Resolved | None = None
    device_type: Resolved | None = None
    platform: Resolved | None = None
    role: Resolved | None = None
    tenant: Resolved | None = None
    cluster: Resolved | None = None


must_cover("Match", {field.name for field in dataclasses.fields(Match)} - {"import_as"}, MATCHED)


@dataclasses.dataclass(frozen=True, slots=True)
class Matched:
    match: Match
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Matcher:
    """Rules on the objects of one NetBox. Construct it with :meth:`checked`."""

    rules: Rules
    catalog: Catalog
    normalised: bool = True
    creatable: frozenset[str] = frozenset()

    @classmethod
    def checked(cls, rules: Rules, catalog: Catalog, *, creatable: frozenset[str] = frozenset(), normalised: bool = True) -> Matcher:
        """Raises OptionError, naming the rule, for a target that NetBox does not have or has several of.

        :param creatable: of what is missing what may be created, by the names of the option C(create_missing); that is no error
        :param normalised: a hardware text need not be exactly a part number or model
        """
        matcher = cls(rules, with_named(catalog, rules, creatable), normalised, creatable)
        matcher.check()
        return matcher

    def check(self) -> None:
        """Raises OptionError as :meth:`checked` does."""
        self._check_places()
        self._check_types()
        self._check_rest()
        self._check_overrides()

    def _check_places(self) -> None:
        for rule in self.rules.sites:
            _check(f"{rule.path}.site", rule.target, self.catalog.sites)
        for rule in self.rules.import_as:
            if "clusters" not in self.creatable:
                _check(f"{rule.path}.cluster_type", rule.cluster_type, self.catalog.cluster_types)
            elif rule.cluster and not self.catalog.clusters.find(rule.cluster).objects:
                hint = "Name its cluster_type in the rule: NetBox has no cluster type, or several."
                raise OptionError(f"{rule.path}.cluster", rule.cluster, "does not exist in NetBox", hint)
            _check(f"{rule.path}.cluster", rule.cluster, self.catalog.clusters, _CLUSTER_HINT)

    def _check_types(self) -> None:
        makes_types = self.rules.manufacturers and "device_types" in self.creatable
        for rule in self.rules.device_types:
            self._device_types.check_manufacturer(rule)
            if rule.target:
                found = self._device_types.named(rule.target, rule.manufacturer)
                # One that nobody has is made where a rule names its manufacturer.
                if found.objects or not makes_types:
                    _check_found(f"{rule.path}.device_type", rule.target, found, self.catalog.device_types, "Name its 'manufacturer' too.")

    def _check_rest(self) -> None:
        for rule in self.rules.manufacturers:
            _check(f"{rule.path}.manufacturer", rule.target, self.catalog.manufacturers)
        for rule in self.rules.platforms:
            _check(f"{rule.path}.platform", rule.target, self.catalog.platforms)
        for rule in self.rules.roles:
            _check(f"{rule.path}.role", rule.target, self.catalog.roles)
        for rule in self.rules.tenants:
            _check(f"{rule.path}.tenant", rule.target, self.catalog.tenants)

    def _check_overrides(self) -> None:
        for override in self.rules.overrides.values():
            _check(f"{override.path}.site", override.site, self.catalog.sites)
            if override.device_type:
                found = self._device_types.named(override.device_type, "")
                _check_found(f"{override.path}.device_type", override.device_type, found, self.catalog.device_types, "Use its slug.")
            _check(f"{override.path}.platform", override.platform, self.catalog.platforms)
            _check(f"{override.path}.role", override.role, self.catalog.roles)
            _check(f"{override.path}.tenant", override.tenant, self.catalog.tenants)
            _check(f"{override.path}.cluster", override.cluster, self.catalog.clusters, _CLUSTER_HINT)

    @property
    def _device_types(self) -> DeviceTypeMatcher:
        return DeviceTypeMatcher(self.rules.device_types, self.catalog, self.normalised, self.rules.manufacturers)

    def bare_type(self, subject: Subject) -> tuple[str, str] | None:
        """The manufacturer and model of the type that may be made for this hardware, where nothing else is known of it."""
        return self._device_types.bare(subject) if "device_types" in self.creatable else None

    def platform_name(self, subject: Subject) -> str:
        """What the platform of a device is called; ``""`` for one that gets none."""
        override = self.override(subject.device.device_id)
        return self._platform_name(subject, override.platform if override else "")[0]

    def override(self, device_id: int) -> Override | None:
        return self.rules.overrides.get(device_id)

    def ignores(self, subject: Subject) -> bool:
        """Whether the device is to be left out, by its override or else by the first rule of C(import_as)."""
        override = self.override(subject.device.device_id)
        if override and (override.import_as or override.ignores):
            return override.ignores
        found = first_match(self.rules.import_as, subject)
        return found is not None and found[0].ignores

    def site(self, subject: Subject) -> SiteMatch:
        """The site by override, first matching rule, exact name, slug."""
        override = self.override(subject.device.device_id)
        location_text = override.location if override else ""
        rack_text = override.rack if override else ""
        if override and override.site:
            return SiteMatch(resolved(self.catalog.sites.find(override.site), "override"), location_text, rack_text, None)
        location = subject.device.location
        found = first_match(self.rules.sites, subject)
        wanted = location
        if found:
            rule, groups = found
            location_text = location_text or groups.get("location", "")
            rack_text = rack_text or groups.get("rack", "")
            wanted = rule.target or groups.get("site", location)
            sites = self.catalog.sites.find(wanted)
            if len(sites.objects) == 1:
                return SiteMatch(resolved(sites, "rule"), location_text, rack_text, None)
            if len(sites.objects) > 1:
                return SiteMatch(None, "", "", _ambiguous(IssueCode.SITE_AMBIGUOUS, "site", wanted, sites))
        # A pattern may cut a name in pieces that is a site's as a whole.
        sites = self.catalog.sites.find(location)
        if len(sites.objects) == 1:
            own_location = override.location if override else ""
            own_rack = override.rack if override else ""
            return SiteMatch(resolved(sites, sites.by), own_location, own_rack, None)
        if len(sites.objects) > 1:
            return SiteMatch(None, "", "", _ambiguous(IssueCode.SITE_AMBIGUOUS, "site", location, sites))
        if is_placeholder(location):
            message = f"LibreNMS has no location that says where the device is ({printable(location)!r})."
            hint = "Set the location in LibreNMS, add a rule to rules.sites, or name the site in overrides."
            return SiteMatch(None, "", "", Issue(IssueCode.SITE_NOT_FOUND, "site", message, hint, value=location))
        seen = f" (from the location {printable(location)!r})" if wanted != location else ""
        message = f"NetBox has no site {printable(wanted)!r}{seen}."
        hint = "Create the site in NetBox, or add a rule to rules.sites."
        missing = wanted if "sites" in self.creatable and can_be_name(wanted) else ""
        issue = Issue(IssueCode.SITE_NOT_FOUND, "site", message, hint, suggestions=self.catalog.sites.near(wanted), value=location)
        return SiteMatch(None, "", "", issue, missing)

    def device_type(self, subject: Subject) -> tuple[Resolved | None, Issue | None]:
        """The device type of the subject's hardware, see :class:`.device_types.DeviceTypeMatcher`."""
        return self._device_types.of(subject)

    def match(self, subject: Subject, site: SiteMatch) -> Matched:
        """Everything that the device refers to, with what is missing."""
        override = self.override(subject.device.device_id)
        import_as, cluster = self._import_as(subject, override)
        platform, platform_warning = self._platform(subject, override.platform if override else "")
        match = Match(
            import_as,
            site=site.site,
            platform=platform,
            role=self._by_rules(self.catalog.roles, self.rules.roles, subject, override.role if override else ""),
            tenant=self._by_rules(self.catalog.tenants, self.rules.tenants, subject, override.tenant if override else ""),
            cluster=cluster,
        )
        if import_as is ObjectKind.VIRTUAL_MACHINE:
            return self._machine(match, site, platform_warning)
        return self._device(subject, match, site, platform_warning)

    def _machine(self, match: Match, site: SiteMatch, platform_warning: Issue | None) -> Matched:
        """What holds for virtual machines only: the cluster, and which roles are for them."""
        issue, warnings = site.issue, [platform_warning]
        role = match.role
        if role and role.id is not None and not self.catalog.roles.by_id[role.id].vm_role:
            message = f"The role {role.name!r} is not for virtual machines, so none is set."
            warnings.append(Issue(IssueCode.ROLE_NOT_FOR_VM, "role", message, "Tick 'VM role' at the role in NetBox.", value=role.name))
            match = dataclasses.replace(match, role=None)
        if match.cluster:
            # A cluster alone is enough for a virtual machine.
            issue = None
            warnings.append(self._site_of_cluster(match.cluster, match.site))
        elif issue:
            hint = "Name a cluster in rules.import_as or overrides, or make the site known."
            message = f"A virtual machine needs a cluster or a site, and no rule names a cluster. {issue.message}"
            issue = Issue(IssueCode.CLUSTER_NOT_SET, "cluster", message, hint, suggestions=issue.suggestions, value=issue.value)
        return Matched(match, _present([issue]), _present(warnings))

    def _site_of_cluster(self, cluster: Resolved, site: Resolved | None) -> Issue | None:
        """What is said where NetBox would refuse the site beside the cluster: it is optional, and costs no virtual machine."""
        if site is None or self.catalog.cluster_fits(cluster.id, site.local_id):
            return None
        message = f"The cluster {cluster.name!r} is of another site, so the site {site.name!r} is not set."
        hint = "Correct the scope of the cluster in NetBox, or the rules."
        return Issue(IssueCode.SITE_NOT_FOUND, "site", message, hint, value=site.name)

    def _device(self, subject: Subject, match: Match, site: SiteMatch, platform_warning: Issue | None) -> Matched:
        """What holds for devices only: their place and type, and that a role is needed."""
        location, rack, place_warnings = self._place(site)
        device_type, type_issue = self._own_device_type(subject, self.override(subject.device.device_id))
        platform, maker_warning = self._fitting(match.platform, device_type, subject)
        role_issue = None
        if match.role is None:
            device = subject.device
            name = printable(subject.name or device.hostname)
            message = f"No rule gives a role to {name!r} (os {printable(device.os)!r}, type {printable(device.type)!r})."
            hint = "Add a rule to rules.roles, or name the role in overrides."
            near = self.catalog.roles.near(device.type)
            role_issue = Issue(IssueCode.ROLE_NOT_SET, "role", message, hint, suggestions=near, value=device.os)
        match = dataclasses.replace(match, location=location, rack=rack, device_type=device_type, platform=platform)
        return Matched(match, _present([site.issue, type_issue, role_issue]), _present([platform_warning, *place_warnings, maker_warning]))

    def with_stack_model(self, subject: Subject, matched: Matched, model: str) -> Matched:
        """The match of a stack with the model of its master, because a stack's own hardware text often names no model."""
        override = self.override(subject.device.device_id)
        if is_placeholder(model) or (override and override.device_type):
            return matched
        device_type, issue = self.device_type(dataclasses.replace(subject, hardware=model))
        if not device_type and matched.match.device_type:
            return matched
        before = next((item for item in matched.issues if item.field == "device_type"), None)
        issues = [issue if item is before else item for item in matched.issues]
        platform, platform_warning = self._platform(subject, override.platform if override else "")
        platform, maker_warning = self._fitting(platform, device_type, subject)
        others = (item for item in matched.warnings if item.field != "platform")
        match = dataclasses.replace(matched.match, device_type=device_type, platform=platform)
        return Matched(match, _present(issues), _present((platform_warning, *others, maker_warning)))

    def _fitting(self, platform: Resolved | None, device_type: Resolved | None, subject: Subject) -> tuple[Resolved | None, Issue | None]:
        """The platform, unless NetBox would refuse it beside the device type; an optional field must not cost a device."""
        if not platform or not device_type or self.catalog.platform_fits(platform.id, device_type.local_id):
            return platform, None
        message = (
            f"The platform {platform.name!r} is limited to another manufacturer than that of the device type {device_type.name!r}, "
            "so none is set."
        )
        hint = "Take the manufacturer off the platform in NetBox, or name another platform in rules.platforms."
        return None, Issue(IssueCode.PLATFORM_NOT_FOUND, "platform", message, hint, value=subject.device.os)

    def with_chassis_model(self, subject: Subject, matched: Matched, model: str) -> Matched:
        """The match of a device whose hardware text says nothing or names a family, with the model of the only chassis in its inventory.

        A text that names a model of its own is left alone, also where NetBox has none such; but who makes it may be known by now.
        """
        issue = next((item for item in matched.issues if item.code is IssueCode.DEVICE_TYPE_NOT_FOUND), None)
        if issue is None:
            return matched
        names_none = names_a_family(subject.hardware) and len(squash(model)) >= MIN_KEY
        device_type, _issue = self.device_type(dataclasses.replace(subject, hardware=model) if names_none else subject)
        if device_type is None:
            return matched
        if names_none and device_type.by not in ("rule", CREATED):
            device_type = dataclasses.replace(device_type, by="inventory")
        issues = tuple(item for item in matched.issues if item is not issue)
        return Matched(dataclasses.replace(matched.match, device_type=device_type), issues, matched.warnings)

    def _own_device_type(self, subject: Subject, override: Override | None) -> tuple[Resolved | None, Issue | None]:
        if override and override.device_type:
            return resolved(self._device_types.named(override.device_type, ""), "override"), None
        return self.device_type(subject)

    def _import_as(self, subject: Subject, override: Override | None) -> tuple[ObjectKind, Resolved | None]:
        found = first_match(self.rules.import_as, subject)
        import_as = found[0].import_as if found else ObjectKind.DEVICE
        cluster = found[0].cluster if found else ""
        by = "rule"
        if override and override.import_as:
            import_as = override.import_as
        if override and override.cluster:
            cluster, by = override.cluster, "override"
        return import_as, resolved(self.catalog.clusters.find(cluster), by) if cluster and import_as is ObjectKind.VIRTUAL_MACHINE else None

    def _by_rules(self, index: Index[T], rules: c.Iterable[Rule], subject: Subject, override: str) -> Resolved | None:
        if override:
            return resolved(index.find(override), "override")
        found = first_match(rules, subject)
        return resolved(index.find(found[0].target), "rule") if found else None

    def _platform_name(self, subject: Subject, override: str) -> tuple[str, str]:
        """What the platform is called, and what says so: override, rule, or ``""`` for the operating system."""
        if override:
            return override, "override"
        os = subject.device.os
        found = first_match(self.rules.platforms, subject)
        if found:
            return found[0].target, "rule"
        return ("", "") if is_placeholder(os) or os in ("ping", "generic") else (os, "")

    def _platform(self, subject: Subject, override: str) -> tuple[Resolved | None, Issue | None]:
        """The platform, and what there is to say about it."""
        wanted, by = self._platform_name(subject, override)
        if not wanted:
            return None, None
        platforms = self.catalog.platforms.find(wanted)
        if len(platforms.objects) == 1:
            return resolved(platforms, by or platforms.by), None
        if len(platforms.objects) > 1:
            return None, _ambiguous(IssueCode.PLATFORM_AMBIGUOUS, "platform", wanted, platforms)
        message = f"NetBox has no platform {printable(wanted)!r}, so none is set."
        hint = "Create the platform in NetBox, or add a rule to rules.platforms."
        suggestions = self.catalog.platforms.near(wanted)
        return None, Issue(IssueCode.PLATFORM_NOT_FOUND, "platform", message, hint, suggestions=suggestions, value=subject.device.os)

    def _place(self, site: SiteMatch) -> tuple[Resolved | None, Resolved | None, list[Issue]]:
        """The location and rack within the site; a rack brings its own location."""
        warnings: list[Issue] = []
        location: Resolved | None = None
        rack: Resolved | None = None
        if site.site is None or site.site.local_id is None:
            return None, None, []
        locations = self.catalog.locations.get(site.site.local_id, Index())
        racks = self.catalog.racks.get(site.site.local_id, Index())
        if site.location:
            found = locations.find(site.location)
            location = resolved(found, "name" if found.by == "name" else "slug")
            if location is None:
                many = "several locations" if found.objects else "no location"
                message = f"Site {site.site.name!r} has {many} {printable(site.location)!r}, so none is set."
                hint = "Say which one, by its slug, in overrides." if found.objects else "Create the location in NetBox."
                warnings.append(
                    Issue(
                        IssueCode.LOCATION_NOT_FOUND,
                        "location",
                        message,
                        hint,
                        suggestions=locations.near(site.location),
                        value=site.location,
                    )
                )
        if site.rack:
            candidates = racks_called(racks, site.rack, location.local_id if location else None)
            rack = resolved(Found(candidates), "name")
            if rack is not None:
                within = candidates[0].location_id
                if location is not None and within is None:
                    # NetBox refuses a device whose location is not its rack's.
                    message = f"The rack {rack.name!r} is in no location in NetBox, so the location {location.name!r} is not set."
                    hint = "Put the rack into the location in NetBox."
                    warnings.append(Issue(IssueCode.LOCATION_NOT_FOUND, "location", message, hint, value=site.location))
                    location = None
                if location is None and within is not None and within in locations.by_id:
                    location = resolved(Found((locations.by_id[within],)), "rack")
            else:
                where = f"location {location.name!r} of site" if location else "site"
                many = "several racks" if candidates else "no rack"
                message = f"The {where} {site.site.name!r} has {many} {printable(site.rack)!r}, so none is set."
                hint = "Create the rack in NetBox, or name the rack in overrides."
                warnings.append(Issue(IssueCode.RACK_NOT_FOUND, "rack", message, hint, suggestions=racks.near(site.rack), value=site.rack))
        return location, rack, warnings


def _present(issues: c.Iterable[Issue | None]) -> tuple[Issue, ...]:
    return tuple(issue for issue in issues if issue)


def _ambiguous(code: IssueCode, field: str, wanted: str, found: Found[T]) -> Issue:
    names = tuple(f"{item.name} ({item.slug})" if item.slug else item.name for item in found.objects)
    message = f"{len(found.objects)} {field}s of NetBox are called {printable(wanted)!r}: {', '.join(names)}."
    return Issue(code, field, message, f"Say which one in rules.{field}s, by its slug.", suggestions=names, value=wanted)


def _check(path: str, target: str, index: Index[T], ambiguous_hint: str = "Use the slug of the one that is meant.") -> None:
    if target:
        _check_found(path, target, index.find(target), index, ambiguous_hint)


def _check_found(path: str, target: str, found: Found[T], index: Index[T], ambiguous_hint: str) -> None:
    if not found.objects:
        hint = index.did_you_mean(target, "Create it in NetBox, or correct the rule.")
        raise OptionError(path, target, "does not exist in NetBox", hint)
    if len(found.objects) > 1:
        raise OptionError(path, target, f"stands for {len(found.objects)} objects in NetBox", ambiguous_hint)
