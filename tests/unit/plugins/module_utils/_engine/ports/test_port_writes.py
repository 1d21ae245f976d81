# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many writes an interface takes, and in which stage they are."""

from __future__ import annotations

import pytest
from unit.support.port_plans import ports_plan

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Plan, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import ExistingInterface, Template
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DevicePorts, PortRecord

MAC = "00:11:22:33:44:55"
PORT = PortRecord(1, 7, 1, "eth0", "eth0", alias="to room 1", mac="001122334455")


def written(plan: Plan, target: Target = Target.INTERFACE) -> list[tuple[Stage, bool, list[str]]]:
    writes: list[Write] = [write for write in plan.writes() if write.target is target]
    return [(write.stage, write.creates, [change.field for change in write.changes]) for write in writes]


@pytest.mark.parametrize("links", [True, False])
def test_a_templates_interface_takes_one_write_after_its_mac_address(links: bool) -> None:
    plan = ports_plan(templates=(Template("eth0"),), known=DevicePorts((PORT,)), existing=False, links=links)
    fields = ["description", *(["librenms_id"] if links else []), "primary_mac_address"]
    assert written(plan) == [(Stage.PRIMARY_MAC, False, fields)]
    assert written(plan, Target.MAC_ADDRESS) == [(Stage.MAC, True, ["mac_address", "assigned_object_type", "assigned_object_id"])]


def test_a_mac_address_that_is_there_waits_for_nothing() -> None:
    plan = ports_plan(ExistingInterface(8, "eth0", macs={MAC: 44}), known=DevicePorts((PORT,)), links=False)
    assert written(plan) == [(Stage.INTERFACE, False, ["description", "primary_mac_address"])]
    (write,) = plan.writes()
    assert write.value("primary_mac_address") == 44 and not write.is_primary_mac


def test_a_mac_address_alone() -> None:
    plan = ports_plan(ExistingInterface(8, "eth0", description="mine"), known=DevicePorts((PORT,)), links=False)
    assert written(plan) == [(Stage.PRIMARY_MAC, False, ["primary_mac_address"])]
    assert [write.is_primary_mac for write in plan.writes()] == [False, True]


def test_a_new_interface_is_made_before_its_mac_address() -> None:
    plan = ports_plan(known=DevicePorts((PORT,)), links=False)
    stages = [(write.stage, write.creates) for write in plan.writes()]
    assert stages == [(Stage.INTERFACE, True), (Stage.MAC, True), (Stage.PRIMARY_MAC, False)]
