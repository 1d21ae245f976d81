# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A search that assesses: the devices that LibreNMS has, judged by what NetBox has."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from .._engine.custom_fields import TARGETS, InitialValues
from .._engine.judging.assessment import Assessment, State, assess
from .._engine.judging.settling import LearnedRules
from .._engine.judging.suggestions import suggested_rules
from .._engine.matching.catalog import Catalog, Index, Site
from .._engine.naming import MemberNaming
from .._engine.planning.options import ImportOptions
from .._engine.planning.vanished import Vanished
from .._engine.ports.options import PortOptions
from .._jobs.job import Phase
from .._netbox.client import NetBoxClient
from .._netbox.custom_fields import CustomFields
from .._netbox.existing import read_whole
from .finding import Finding
from .lessons import read_lessons
from .netbox import connected
from .options import SearchOptions
from .outlook import DeviceOutlook, outlooks, read_ports_options
from .plan_making import Planning
from .reading import References, read_drafts, read_existing_of, read_live
from .refused_reads import complete_refusals
from .run import Run
from .search_result import assessment_json, search_summary, vanished_json
from .server_key import check_server_key
from .shapes import Json
from .vanishing import read_vanished


class Assessing(Finding):
    """What is known so far, so that a search that is stopped returns it: what was found as long as nothing is judged."""

    def __init__(self, run: Run, options: SearchOptions) -> None:
        super().__init__(run, options)
        self._assessments: tuple[Assessment, ...] = ()
        self._choices: Json | None = None
        self._sites: Index[Site] = Index()
        self._learned = LearnedRules()
        self._root = ""
        self._outlooks: dict[int, DeviceOutlook] = {}
        self._vanished: tuple[Vanished, ...] | None = None

    def go(self) -> None:
        # A wrong token for NetBox is worth knowing before minutes are spent on LibreNMS.
        client = connected(self.run)
        self._root = client.root
        with complete_refusals(client):
            self._go(client)

    def _go(self, client: NetBoxClient) -> None:
        run, options = self.run, self.options
        custom_fields = CustomFields(client)
        link_field = custom_fields.link_field()
        self._warn_of_required(custom_fields)
        self.selected = run.select()
        # What is wrong with the rules is worth knowing before, too.
        with run.phase(Phase.READING, len(self.selected.records)):
            wanted = References(cached=True, every_place=True, choices=True)
            drafts = read_drafts(run, client, self.selected, MemberNaming(), wanted)
            devices = tuple(draft.device for draft in drafts.drafts)
            self.selected = dataclasses.replace(self.selected, records=devices)
            self._choices = _choices(drafts.drafting.matcher.catalog)
            self._sites = drafts.drafting.matcher.catalog.sites
            ports = read_ports_options(client, run, options)
        if options.detect_virtual_chassis:
            # Each device whose inventory could not be read has an issue for it.
            self.stacking = run.stacking(devices)
        with run.phase(Phase.READING, len(devices)):
            drafts = drafts.stacked(self.stacking)
            existing = read_existing_of(client, drafts.drafts)
            check_server_key(run, client, drafts.drafts, existing)
        with run.phase(Phase.ASSESSING, len(devices)):
            live = read_live(run, drafts.drafts, existing)
            self._assessments = assess(drafts.drafts, existing, drafts.drafting, live)
            run.job.set_progress(len(devices))
        shown = self._kept()
        with run.phase(Phase.READING):
            lessons = read_lessons(client, self._assessments, shown, whole=options.learn_rules)
            self._learned = lessons.learned(drafts.drafting.matcher.catalog, whole=options.learn_rules)
        self._outlooks = outlooks(run, client, options, drafts, existing, shown, link_field, ports, lessons.fields)
        if options.drift and run.options.selection.is_everything:
            whole = existing if existing.complete else read_whole(client)
            self._vanished = read_vanished(run, whole, frozenset(device.device_id for device in devices), self._assessments)
        if options.save_plan:
            # What an import does that is told nothing but what the search is told, too.
            planning = Planning(run, client, ImportOptions(server_key=options.common.server_key), PortOptions())
            planning.save(options.save_plan, planning.first(self.selected))

    def _warn_of_required(self, custom_fields: CustomFields) -> None:
        initial = InitialValues(custom_fields.all())
        for target in TARGETS:
            if names := initial.lacking(target.row.model):
                self.run.warn(
                    f"NetBox requires custom fields of every {target.row.word} that have no default: {', '.join(names)}. "
                    "An import needs their values in its option custom_fields."
                )

    def _kept(self) -> list[Assessment]:
        """What the option C(exclude_existing) leaves."""
        return [item for item in self._assessments if not (self.options.common.exclude_existing and item.state is State.EXISTING)]

    def devices(self) -> list[Json]:
        if not self._assessments:
            return super().devices()
        return [assessment_json(item, self._outlooks.get(item.device.device_id, DeviceOutlook()), self._root) for item in self._kept()]

    def summary(self) -> Json:
        return search_summary(self._kept(), self._outlooks) if self._assessments else super().summary()

    def result(self) -> Json:
        vanished = None if self._vanished is None else [vanished_json(item, self._root) for item in self._vanished]
        result = super().result()
        result["summary"]["vanished"] = None if vanished is None else len(vanished)
        rules = suggested_rules(self._kept(), self._sites, self._learned)
        return result | {"vanished": vanished, "choices": self._choices, "suggested_rules": rules}


def _choices(catalog: Catalog) -> Json:
    """What a person may choose from: roles, clusters, and the racks of each matched site."""

    def listed(objects: c.Iterable[t.Any]) -> list[Json]:
        return [{"id": item.id, "name": item.name, **({"slug": item.slug} if item.slug else {})} for item in objects if item.id > 0]

    return {
        "roles": listed(catalog.roles.objects),
        "clusters": listed(catalog.clusters.objects),
        "racks": {
            catalog.sites.by_id[site_id].name: listed(racks.objects) for site_id, racks in sorted(catalog.racks.items()) if site_id > 0
        },
    }
