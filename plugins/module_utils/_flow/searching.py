# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The search: from options to judged devices. It reads only."""

from __future__ import annotations

import collections.abc as c
import contextlib
import dataclasses
import typing as t

from .._engine.custom_fields import TARGETS, InitialValues
from .._engine.judging.assessment import Assessment, State, assess
from .._engine.judging.settling import LearnedRules
from .._engine.judging.silence import unread_inventories
from .._engine.judging.suggestions import suggested_rules
from .._engine.links import LinkField
from .._engine.matching.catalog import Catalog, Index, Site
from .._engine.naming import MemberNaming
from .._engine.planning.options import ImportOptions
from .._engine.planning.vanished import Vanished
from .._engine.ports.options import PortOptions
from .._engine.records import DeviceRecord, Stacking
from .._exceptions import Stopped, StopReason
from .._jobs.job import JobKind, JobStatus, Phase
from .._librenms.client import Selected
from .._netbox.client import NetBoxClient
from .._netbox.custom_fields import CustomFields
from .._netbox.existing import read_whole
from .._report.report import write_report
from .._report.rules_file import write_rules
from .lessons import read_lessons
from .options import SearchOptions
from .outlook import DeviceOutlook, outlooks, read_ports_options
from .plan_making import Planning
from .ports import PortsFlow
from .reading import Drafts, References, read_drafts, read_existing_of, read_live
from .rights import complete_refusals
from .run import Run, Warn
from .search_result import assessment_json, chassis_counts, found_json, search_summary, vanished_json
from .server_key import check_server_key
from .shapes import Json, left_out, with_detail
from .vanishing import read_vanished

_ENDINGS = {
    StopReason.CANCELLED: "The job was cancelled before its end, so the answer is not complete.",
    StopReason.TIMED_OUT: "The deadline passed before the end, so the answer is not complete.",
}


def search(options: SearchOptions, *, check_mode: bool, parameters: c.Mapping[str, t.Any], warn: Warn) -> Json:
    """Runs a search and returns the task's result. Raises CollectionError for what makes it fail as a whole."""
    with Run(JobKind.SEARCH, options.common, check_mode=check_mode, parameters=parameters, warn=warn) as run:
        searching = _Search(run, options)
        stopped = None
        try:
            searching.go()
        except Stopped as exc:
            stopped = exc.reason
        result = searching.result()
        status = JobStatus.COMPLETED
        if stopped is not None:
            status = JobStatus(stopped.value)
            result |= {"failed": True, "msg": _ENDINGS[stopped]}
        result["summary"]["not_processed"] = 0 if stopped is None else result["summary"]["selected"]
        run.job.finish(status, result["summary"], str(result.get("msg", "")))
        result |= {
            "changed": False,
            "cancelled": status is JobStatus.CANCELLED,
            "timed_out": status is JobStatus.TIMED_OUT,
            "stats": run.stats_json(),
            "job": run.job.result(),
        }
        if options.common.report_path:
            write_report(options.common.report_path, "search", result | {"about": run.about()}, warn)
        if options.common.suggested_rules_path:
            write_rules(options.common.suggested_rules_path, result["suggested_rules"], warn)
        shown = with_detail(result["devices"], options.common.result_detail)
        if shown and len(shown) < len(result["devices"]):
            warn(left_out(len(result["devices"]) - len(shown), "devices"))
        result["devices"] = shown
        return result


class _Search:
    """What is known so far, so that a search that is stopped returns it."""

    def __init__(self, run: Run, options: SearchOptions) -> None:
        self._run = run
        self._options = options
        self._selected: Selected | None = None
        self._stacking: dict[int, Stacking] = {}
        self._assessments: tuple[Assessment, ...] = ()
        self._choices: Json | None = None
        self._sites: Index[Site] = Index()
        self._learned = LearnedRules()
        self._client: NetBoxClient | None = None
        self._link_field = LinkField()
        self._outlooks: dict[int, DeviceOutlook] = {}
        self._vanished: tuple[Vanished, ...] | None = None

    def go(self) -> None:
        if self._options.assess:
            # A wrong token for NetBox is worth knowing before minutes are spent on LibreNMS.
            self._client = self._run.connect_netbox()
        with complete_refusals(self._client) if self._client else contextlib.nullcontext():
            self._go()

    def _go(self) -> None:
        run, options = self._run, self._options
        if self._client is not None:
            custom_fields = CustomFields(self._client)
            self._link_field = custom_fields.link_field()
            initial = InitialValues(custom_fields.all())
            for target in TARGETS:
                if names := initial.lacking(target.row.model):
                    run.warn(
                        f"NetBox requires custom fields of every {target.row.word} that have no default: {', '.join(names)}. "
                        "An import needs their values in its option custom_fields."
                    )
        self._selected = run.select()
        drafts: Drafts | None = None
        ports: PortsFlow | None = None
        if self._client is not None:
            # What is wrong with the rules is worth knowing before, too.
            with run.phase(Phase.READING, len(self._selected.records)):
                wanted = References(cached=True, every_place=True, choices=True)
                drafts = read_drafts(run, self._client, self._selected, MemberNaming(), wanted)
                records = tuple(draft.device for draft in drafts.drafts)
                self._selected = dataclasses.replace(self._selected, records=records)
                self._choices = _choices(drafts.drafting.matcher.catalog)
                self._sites = drafts.drafting.matcher.catalog.sites
                ports = read_ports_options(self._client, run, options)
        devices = self._selected.records
        if options.detect_virtual_chassis:
            self._stacking = run.stacking(devices)
            # Where devices are judged, each has an issue for it.
            if self._client is None and (note := unread_inventories(devices, self._stacking)):
                run.warn(note)
        if self._client is not None and drafts is not None:
            with run.phase(Phase.READING, len(devices)):
                drafts = drafts.stacked(self._stacking)
                existing = read_existing_of(self._client, drafts.drafts)
                check_server_key(run, self._client, drafts.drafts, existing)
            with run.phase(Phase.ASSESSING, len(devices)):
                live = read_live(run, drafts.drafts, existing)
                self._assessments = assess(drafts.drafts, existing, drafts.drafting, live)
                run.job.set_progress(len(devices))
            shown = self._kept()
            with run.phase(Phase.READING):
                lessons = read_lessons(self._client, self._assessments, shown, whole=options.learn_rules)
                self._learned = lessons.learned(drafts.drafting.matcher.catalog, whole=options.learn_rules)
            self._outlooks = outlooks(run, self._client, options, drafts, existing, shown, self._link_field, ports, lessons.fields)
            if options.drift and run.options.selection.is_everything:
                whole = existing if existing.complete else read_whole(self._client)
                self._vanished = read_vanished(run, whole, frozenset(device.device_id for device in devices), self._assessments)
            if options.save_plan:
                # What an import does that is told nothing but what the search is told, too.
                planning = Planning(run, self._client, ImportOptions(server_key=options.common.server_key), PortOptions())
                planning.save(options.save_plan, planning.first(self._selected))

    def _kept(self) -> list[Assessment]:
        """What the option C(exclude_existing) leaves."""
        return [item for item in self._assessments if not (self._options.common.exclude_existing and item.state is State.EXISTING)]

    def result(self) -> Json:
        selected = self._selected
        devices = selected.records if selected else ()
        root = self._client.root if self._client else ""
        shown: list[Json]
        kept: list[Assessment] = []
        if self._assessments:
            kept = self._kept()
            shown = [assessment_json(item, self._outlooks.get(item.device.device_id, DeviceOutlook()), root) for item in kept]
            summary = search_summary(kept, self._outlooks)
        else:
            shown = [self._unassessed(device) for device in devices]
            summary = search_summary((), {}) | {"selected": len(devices)} | chassis_counts(self._stacking.values())
        vanished = self._vanished
        summary["vanished"] = None if vanished is None else len(vanished)
        return {
            "devices": shown,
            "vanished": None if vanished is None else [vanished_json(item, root) for item in vanished],
            "summary": summary | {"ignored": self._run.ignored},
            "cache": selected.cache.to_json() if selected else None,
            "choices": self._choices,
            "suggested_rules": suggested_rules(kept, self._sites, self._learned),
        }

    def _unassessed(self, device: DeviceRecord) -> Json:
        return found_json(device, self._options.common.naming.name(device), self._stacking.get(device.device_id))


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
