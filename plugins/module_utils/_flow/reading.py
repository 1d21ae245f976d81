# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading what devices are matched with and judged against, in the order in which one thing tells what else is needed.

records -> :func:`read_drafts` -> drafts -> :func:`read_existing` -> existing -> :func:`read_live` -> live -> assess
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.judging.assessment import doubtful_links
from .._engine.judging.drafts import Draft, Drafting, Placed
from .._engine.judging.existing import ExistingObjects
from .._engine.judging.silent_rules import silent_rules
from .._engine.matching.catalog import Catalog
from .._engine.matching.library import with_library
from .._engine.matching.matcher import Matcher
from .._engine.matching.rules import Rules
from .._engine.naming import MemberNaming
from .._engine.planning.options import ImportOptions, OnExisting
from .._engine.records import Stacking
from .._engine.silent_filters import silent_sites
from .._librenms.client import Selected
from .._netbox.catalog import catalog
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_existing, read_more
from .library import library_types
from .reference import ReferenceReader
from .run import Run


@dataclasses.dataclass(frozen=True, slots=True)
class References:
    """Which of NetBox's reference data is read.

    :ivar cached: it may come from the cache; a preview's may, an import's may not
    :ivar every_place: the locations and racks of every matched site, not only where a device names one
    """

    cached: bool
    every_place: bool = False
    choices: bool = False
    tags: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of one selection, and what they were made with."""

    drafting: Drafting
    drafts: tuple[Draft, ...]

    def stacked(self, stacking: c.Mapping[int, Stacking]) -> Drafts:
        """With what is known of stacking, by LibreNMS device id."""
        drafting = self.drafting.with_inventories(self.drafts, stacking)
        return Drafts(drafting, tuple(drafting.stacked(draft, stacking.get(draft.device_id)) for draft in self.drafts))

    def of(self, device_ids: c.Container[int]) -> Drafts:
        """Only those of some devices."""
        return dataclasses.replace(self, drafts=tuple(draft for draft in self.drafts if draft.device_id in device_ids))


def read_drafts(run: Run, client: NetBoxClient, selected: Selected, member_naming: MemberNaming, wanted: References) -> Drafts:
    """Matches every device, once, with the rules and NetBox's reference data; leaves out what the filters of sites leave out.

    :raises OptionError: a rule or override names what NetBox does not have
    """
    matching = run.options.matching
    rules, creatable = matching.rules, matching.creatable
    groups = run.rule_groups()
    reader = ReferenceReader(run, client, cached=wanted.cached)
    known = catalog(reader.rows(_kinds(rules, wanted, creatable)))
    if matching.library:
        known = with_library(known, library_types(run))
    matcher = Matcher.checked(rules, known, creatable=creatable, normalised=matching.normalised)
    drafting = Drafting(matcher, run.options.server_key, run.options.naming, member_naming, groups)
    drafting, everywhere = drafting.placed(selected.records)
    placed = _at_sites(run, selected, everywhere, drafting.matcher.catalog)
    for note in silent_rules(rules, [item.subject for item in placed]) if placed else ():
        run.warn(note)
    wanted_too = [item for item in placed if not drafting.matcher.ignores(item.subject)]
    run.ignored = len(placed) - len(wanted_too)
    placed = wanted_too
    if sites := _sites(placed, wanted):
        places = catalog(reader.places(sites))
        known = dataclasses.replace(drafting.matcher.catalog, locations=places.locations, racks=places.racks)
        drafting = drafting.on(known)
    drafting = drafting.with_places(placed)
    return Drafts(drafting, tuple(map(drafting.draft, placed)))


def _at_sites(run: Run, selected: Selected, placed: list[Placed], found: Catalog) -> list[Placed]:
    selection = run.options.selection
    if not selection.wants_sites:
        return placed

    def names(item: Placed) -> tuple[str, ...]:
        site = found.sites.by_id.get(item.site.site.local_id or 0) if item.site.site else None
        return (site.name, site.slug) if site else ()

    for note in silent_sites(selection, [names(item) for item in placed]) if placed else ():
        run.warn(note)
    return [item for item in placed if selection.matches_site(item.subject.device, selected.group_members, names(item))]


def _kinds(rules: Rules, wanted: References, creatable: c.Container[str]) -> list[str]:
    overrides = rules.overrides.values()
    kinds = ["sites", "device_types", "roles", "platforms"]
    if wanted.choices or rules.import_as or any(override.cluster or override.import_as for override in overrides):
        kinds.append("clusters")
    if "clusters" in creatable or any(rule.cluster_type for rule in rules.import_as):
        kinds.append("cluster_types")
    if rules.manufacturers or "device_types" in creatable:
        kinds.append("manufacturers")
    if rules.tenants or any(override.tenant for override in overrides):
        kinds.append("tenants")
    if wanted.tags:
        kinds.append("tags")
    return kinds


def _sites(placed: c.Iterable[Placed], wanted: References) -> set[int]:
    sites = (item.site.site for item in placed if wanted.every_place or item.names_a_place)
    return {site.id for site in sites if site and site.id is not None}


def read_existing_of(client: NetBoxClient, drafts: c.Iterable[Draft]) -> ExistingObjects:
    """What NetBox has of the devices, always read afresh."""
    return read_existing(client, [draft.identity for draft in drafts])


def with_members(client: NetBoxClient, drafts: c.Iterable[Draft], existing: ExistingObjects) -> ExistingObjects:
    """Adds what NetBox has of the members of stacks, where it was read before they were known."""
    return read_more(client, [draft.identity for draft in drafts if draft.is_stack], existing)


def read_live(run: Run, drafts: c.Sequence[Draft], existing: ExistingObjects) -> frozenset[int]:
    """Which of the doubtful links still exist; asks LibreNMS about ids that NetBox names and that were not selected."""
    selected = {draft.device_id for draft in drafts}
    doubtful = doubtful_links(drafts, existing)
    return (doubtful & selected) | run.live_ids(doubtful - selected)


def needs_chassis(draft: Draft, existing: ExistingObjects, policy: ImportOptions) -> bool:
    """Whether an import has to know if a device is a stack: not for one that it will leave as it is, and that is none in NetBox.

    A stack that NetBox has is compared also where it is left alone.
    """
    if not policy.virtual_chassis:
        return False
    linked = existing.linked(policy.server_key, draft.device_id)
    return len(linked) != 1 or policy.existing is OnExisting.UPDATE or linked[0].virtual_chassis_id is not None
