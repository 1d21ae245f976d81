# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading what devices are judged against, in the order in which one thing tells what else is needed."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.judging.assessment import Assessment, Surroundings, assess, doubtful_links, identities
from .._engine.judging.existing import ExistingObjects, chassis_domain
from .._engine.matching.matcher import Matcher
from .._engine.matching.rules import Rules
from .._engine.naming import MemberNaming
from .._engine.planning.options import ImportOptions, OnExisting
from .._engine.records import ChassisStatus, DeviceRecord, VirtualChassis
from .._netbox.client import Json, NetBoxClient, catalog
from .._netbox.existing import read_existing, read_more
from .run import Run

Rows = dict[str, list[Json]]


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What is read besides the devices themselves.

    :param cached: reference data may come from the cache; a preview's may, an import's may not
    :param every_place: read the locations and racks of every matched site, not only where a device names one
    """

    cached: bool
    every_place: bool = False
    choices: bool = False
    tags: bool = False
    create_platforms: bool = False


def read_surroundings(
    run: Run, client: NetBoxClient, devices: c.Sequence[DeviceRecord], member_naming: MemberNaming, reading: Reading
) -> Surroundings:
    """Everything but what NetBox has of the devices and what is known of stacks.

    :raises OptionError: a rule or override names what NetBox does not have
    """
    rules = run.options.rules
    groups = run.rule_groups()
    rows: Rows = run.catalog_rows(client, _kinds(rules, reading), cached=reading.cached)
    matcher = Matcher.checked(rules, catalog(rows), create_platforms=reading.create_platforms)
    around = Surroundings(matcher, ExistingObjects(), run.options.server_key, run.options.naming, member_naming, groups)
    sites = _sites(devices, around, reading)
    if sites:
        rows |= run.place_rows(client, sites, cached=reading.cached)
        around = dataclasses.replace(around, matcher=dataclasses.replace(matcher, catalog=catalog(rows)))
    return around


def _kinds(rules: Rules, reading: Reading) -> list[str]:
    overrides = rules.overrides.values()
    kinds = ["sites", "device_types", "roles", "platforms"]
    if reading.choices or rules.import_as or any(override.cluster or override.import_as for override in overrides):
        kinds.append("clusters")
    if rules.tenants or any(override.tenant for override in overrides):
        kinds.append("tenants")
    if reading.tags:
        kinds.append("tags")
    return kinds


def _sites(devices: c.Iterable[DeviceRecord], around: Surroundings, reading: Reading) -> set[int]:
    matches = (around.site(device) for device in devices)
    wanted = (match for match in matches if reading.every_place or match.location or match.rack)
    return {match.site.id for match in wanted if match.site and match.site.id is not None}


def with_existing(client: NetBoxClient, devices: c.Sequence[DeviceRecord], around: Surroundings) -> Surroundings:
    """Adds what NetBox has of the devices, always read afresh."""
    return dataclasses.replace(around, existing=read_existing(client, identities(devices, around)))


def with_chassis(
    client: NetBoxClient, devices: c.Sequence[DeviceRecord], around: Surroundings, chassis: c.Mapping[int, VirtualChassis]
) -> Surroundings:
    """Adds what is known of stacks, and what NetBox has of their members."""
    around = dataclasses.replace(around, chassis={**around.chassis, **chassis})
    stacks = [device for device in devices if device.device_id in chassis and chassis[device.device_id].status is ChassisStatus.STACK]
    if stacks and not around.existing.complete:
        around = dataclasses.replace(around, existing=around.existing.merged(read_more(client, identities(stacks, around))))
    return around


def needs_chassis(device: DeviceRecord, around: Surroundings, policy: ImportOptions) -> bool:
    """Whether an import has to know if a device is a stack: not for one that it will leave as it is."""
    if not policy.virtual_chassis:
        return False
    linked = around.existing.linked(around.server_key, device.device_id)
    if len(linked) != 1 or policy.existing is OnExisting.UPDATE:
        return True
    chassis = around.existing.chassis(linked[0].virtual_chassis_id)
    return chassis is not None and chassis.master_id is None and chassis.domain == chassis_domain(around.server_key, device.device_id)


def judge(run: Run, devices: c.Sequence[DeviceRecord], around: Surroundings) -> tuple[Assessment, ...]:
    """Assesses devices against complete surroundings; asks LibreNMS about ids that NetBox names and that were not selected."""
    selected = {device.device_id for device in devices}
    doubtful = doubtful_links(devices, around)
    live = (doubtful & selected) | run.live_ids(doubtful - selected)
    return assess(devices, around, live)
