# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of one device with its ports, made of nothing but what LibreNMS and NetBox have of them."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD, Policy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Change, Plan, PlannedDevice, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import (
    ExistingInterface,
    ExistingPorts,
    Owner,
    Template,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.options import PortOptions, Ports
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.planning import port_wishes, wishes, with_ports
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.primary import VrfNames
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    AddressRecord,
    DevicePorts,
    DeviceRecord,
    PortLink,
    PortRecord,
)

HOST = "10.0.0.1"
KNOWN = DevicePorts((PortRecord(1, 7, 1, "eth0", "eth0"), PortRecord(2, 7, 2, "eth1", "eth1")), (AddressRecord(1, HOST, 24),))


def planned_device(*, existing: bool = True) -> PlannedDevice:
    """LibreNMS device 7: NetBox's device 5, or one that is created with device type 3."""
    own = ExistingObject(ObjectKind.DEVICE, 5, "sw1") if existing else None
    state = State.EXISTING if existing else State.READY
    assessment = Assessment(DeviceRecord(7, "sw1", ip=HOST), "sw1", state, Match(ObjectKind.DEVICE), existing=own)
    if existing:
        return PlannedDevice(assessment, Action.NONE)
    changes = (Change("name", "sw1", None, "sw1"), Change("device_type", 3, None, "T"), Change(LINK_FIELD, {"default": 7}, None, ""))
    return PlannedDevice(assessment, Action.CREATE, own_writes=(Write("device:7", Target.DEVICE, "sw1", changes, owner=7),))


def ports_plan(
    *interfaces: ExistingInterface,
    device: PlannedDevice | None = None,
    templates: tuple[Template, ...] = (),
    ports: Ports = Ports.ALL,
    policy: Policy = Policy.ALWAYS,
    links: bool = True,
    known: DevicePorts = KNOWN,
    existing: bool = True,
    port_links: c.Mapping[int, tuple[PortLink, ...]] | None = None,
) -> Plan:
    """:param interfaces: of NetBox's device 5
    :param templates: of device type 3
    :param policy: of the links
    :param known: what LibreNMS has
    :param existing: whether the device is in NetBox, where ``device`` is not given
    :param port_links: which ports are layers of which, by device id
    """
    device = device or planned_device(existing=existing)
    options = ImportOptions(existing=OnExisting.UPDATE)
    options = dataclasses.replace(options, update_fields={**options.update_fields, LINK_FIELD: policy})
    of_ports = PortOptions(ports=ports)
    names, objects = VrfNames(), ExistingObjects()
    wanted = wishes([device], {7: known}, of_ports, names, objects)
    every = port_wishes([device], {7: known}, port_links or {}, of_ports, names, objects)
    found = ExistingPorts({Owner(ObjectKind.DEVICE, 5): interfaces}, {}, {3: templates})
    return with_ports(Plan((), (device,)), wanted, every, found, objects, options, of_ports, links=links)
