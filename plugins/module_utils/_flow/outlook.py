# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a search tells beyond its judgement: how NetBox differs, the primary address and the ports."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.custom_fields import InitialValues
from .._engine.issues import Issue
from .._engine.judging.assessment import Assessment, State
from .._engine.judging.existing import ExistingObjects
from .._engine.links import LinkField
from .._engine.planning.drift import Difference, comparing, differences
from .._engine.planning.initial_values import AllFields
from .._engine.planning.plan import PlannedPrimary
from .._engine.planning.planner import make_plan
from .._engine.ports.new_types import new_templates
from .._engine.ports.options import Ports
from .._jobs.job import Phase
from .._netbox.client import NetBoxClient
from .library import with_definitions
from .options import SearchOptions
from .planning import read_known_fields
from .ports import PortsFlow
from .reading import Drafts
from .run import Run


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceOutlook:
    """What an import would find at one device.

    :ivar drift: None where nobody asked
    :ivar primary: the address that LibreNMS polls, on its interface; None where ports were not asked for, or it cannot be told
    :ivar ports: how many LibreNMS has; None where they were not read
    :ivar warnings: what there is to say about its ports
    """

    drift: tuple[Difference, ...] | None = None
    primary: PlannedPrimary | None = None
    ports: int | None = None
    warnings: tuple[Issue, ...] = ()


def read_ports_options(client: NetBoxClient, run: Run, options: SearchOptions) -> PortsFlow | None:
    """What reads ports, or None where they are not asked for.

    :raises OptionError: a rule of C(vrfs) names a VRF that NetBox does not have
    """
    if options.ports.ports is Ports.NONE:
        return None
    flow = PortsFlow(run, client, comparing(options.common.server_key), options.ports)
    flow.check_vrfs()
    return flow


def outlooks(
    run: Run,
    client: NetBoxClient,
    options: SearchOptions,
    drafts: Drafts,
    existing: ExistingObjects,
    assessments: c.Sequence[Assessment],
    link_field: LinkField,
    ports: PortsFlow | None,
    read: AllFields,
) -> dict[int, DeviceOutlook]:
    """By LibreNMS device id.

    :param read: the fields of objects of which they are known already
    """
    relevant = [item for item in assessments if ports is not None or (options.drift and item.state is State.EXISTING)]
    if not relevant:
        return {}
    with run.phase(Phase.READING, len(relevant)):
        policy = comparing(options.common.server_key)
        catalog = with_definitions(client, drafts.drafting.matcher.catalog, relevant)
        fields = read_known_fields(client, relevant, policy, existing, InitialValues(), read)
        plan = make_plan(relevant, policy, catalog, existing, link_field, fields)
    said = {device.device_id: frozenset(device.warnings) for device in plan.devices}
    if ports is not None:
        plan = ports.added(plan, existing, new_templates(catalog), link_field, links=False)
    return {
        device.device_id: DeviceOutlook(
            drift=differences(device) if options.drift else None,
            primary=device.primary,
            ports=ports.count(device.device_id) if ports else None,
            warnings=tuple(item for item in device.warnings if item not in said[device.device_id]),
        )
        for device in plan.devices
    }
