# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of interfaces to their ports in a plan, and what the custom field needs for them."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from unit.support.port_plans import KNOWN, planned_device, ports_plan

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD, Policy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.links import LINKED_PORT_TYPES, LINKED_TYPES, LinkField
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate, Outcomes, WriteOutcome, as_written
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import (
    Action,
    MadeRef,
    Plan,
    Ref,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.setup import (
    PORT_LINKS,
    with_link_field,
    without_port_links,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import (
    ExistingInterface,
    Template,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.options import Ports
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DevicePorts, PortRecord

LINK = {"default": 1}


def links_in(plan: Plan) -> dict[str, t.Any]:
    """The links of interfaces, by the interface's name; of the object that a write changes in front."""
    return {
        write.name: (write.object_id, change.before, change.value)
        for write in plan.writes()
        for change in write.changes
        if change.field == LINK_FIELD and write.target is Target.INTERFACE
    }


def test_new_and_known_interfaces() -> None:
    assert links_in(ports_plan(ExistingInterface(8, "eth0"))) == {"sw1 eth0": (8, None, LINK), "sw1 eth1": (None, None, {"default": 2})}
    assert links_in(ports_plan(ExistingInterface(8, "eth0", librenms_id={"default": 1, "x": 3}), ports=Ports.PRIMARY)) == {}


def test_interfaces_of_templates_are_linked_when_they_are_there() -> None:
    plan = ports_plan(existing=False, templates=(Template("eth0"), Template("eth9")))
    made = MadeRef("interface:device:7:eth0", Ref("device:7"), "eth0")
    assert links_in(plan) == {"sw1 eth0": (made, None, LINK), "sw1 eth1": (None, None, {"default": 2})}


@pytest.mark.parametrize("ports", [Ports.PRIMARY, Ports.ALL])
def test_the_polled_port_is_linked(ports: Ports) -> None:
    assert links_in(ports_plan(ExistingInterface(8, "eth0"), ports=ports))["sw1 eth0"] == (8, None, LINK)
    found = links_in(ports_plan(ports=ports))
    assert found["sw1 eth0"] == (None, None, LINK) and ("sw1 eth1" in found) is (ports is Ports.ALL)


@pytest.mark.parametrize("ports", [Ports.PRIMARY, Ports.ALL])
def test_an_address_goes_to_the_linked_interface(ports: Ports) -> None:
    plan = ports_plan(ExistingInterface(8, "mgmt", librenms_id=LINK), ExistingInterface(9, "eth1", librenms_id={"default": 2}), ports=ports)
    (device,) = plan.devices
    assert not any(write.target is Target.INTERFACE and write.creates for write in plan.writes()) and links_in(plan) == {}
    assert device.primary is not None and device.primary.interface == "mgmt"
    assert {issue.code for issue in device.warnings} == ({IssueCode.PORT_LINK_DIFFERS} if ports is Ports.ALL else set())


@pytest.mark.parametrize("ports", [Ports.PRIMARY, Ports.ALL])
def test_what_is_not_clear_is_not_written(ports: Ports) -> None:
    plan = ports_plan(
        ExistingInterface(8, "eth0", librenms_id={"default": 2}),
        ports=ports,
        known=dataclasses.replace(KNOWN, ports=(PortRecord(1, 7, 1, "eth0", "eth0"), PortRecord(2, 7, 2, "wan", "wan"))),
    )
    (device,) = plan.devices
    assert list(plan.writes()) == []
    codes = {issue.code for issue in device.warnings}
    assert codes == {IssueCode.PRIMARY_IP_UNKNOWN} | ({IssueCode.PORT_LEFT_OUT} if ports is Ports.ALL else set())
    assert "eth0 is linked to another port (wan)" in str(device.warnings)
    assert all("remove it from the interface" in issue.hint for issue in device.warnings)


@pytest.mark.parametrize(
    ("policy", "value", "after"),
    [
        (Policy.ALWAYS, {"default": 9, "x": 3}, {"default": 1, "x": 3}),
        (Policy.ALWAYS, {"default": {"id": 9, "by": "y"}}, {"default": {"id": 1, "by": "y"}}),
        (Policy.IF_EMPTY, {"default": 9}, None),
        (Policy.IF_EMPTY, {"x": 3}, {"x": 3, "default": 1}),
        (Policy.NEVER, None, None),
    ],
)
def test_by_policy(policy: Policy, value: t.Any, after: t.Any) -> None:
    found = links_in(ports_plan(ExistingInterface(8, "eth0", librenms_id=value), policy=policy))
    assert found.get("sw1 eth0") == ((8, value, after) if after else None)
    # A new one is linked whatever the policy is.
    assert found["sw1 eth1"] == (None, None, {"default": 2})


def test_without_links() -> None:
    assert links_in(ports_plan(ExistingInterface(8, "eth0"), links=False)) == {}


# What the custom field needs.


@pytest.mark.parametrize(
    ("field", "key", "types"),
    [
        (LinkField(), f"custom_field:{LINK_FIELD}", [*LINKED_TYPES, *LINKED_PORT_TYPES]),
        (LinkField(1, ("dcim.site", "dcim.device")), f"custom_field:{LINK_FIELD}", ["dcim.site", *LINKED_TYPES, *LINKED_PORT_TYPES]),
        (LinkField(1, ("dcim.site", *LINKED_TYPES)), PORT_LINKS, ["dcim.site", *LINKED_TYPES, *LINKED_PORT_TYPES]),
        (LinkField(1, (*LINKED_PORT_TYPES, *LINKED_TYPES)), "", []),
    ],
)
def test_the_field_covers_what_is_linked(field: LinkField, key: str, types: list[str]) -> None:
    plan = with_link_field(ports_plan(device=planned_device(existing=False)), field)
    assert [(write.key, write.value("object_types")) for write in plan.setup] == ([(key, types)] if key else [])
    assert with_link_field(plan, field) == plan
    # Without a link of an interface nothing of them is asked.
    without = with_link_field(without_port_links(plan), field)
    assert not any(set(write.value("object_types")) & set(LINKED_PORT_TYPES) for write in without.setup)


def test_a_field_that_only_interfaces_need() -> None:
    (write,) = with_link_field(ports_plan(), LinkField()).setup
    assert write.key == PORT_LINKS and write.creates and write.value("object_types") == list(LINKED_PORT_TYPES)


def test_without_port_links_all_else_is_the_same() -> None:
    complete = ExistingInterface(8, "eth0", description="d", mtu=1)
    other = ports_plan(complete, known=DevicePorts((PortRecord(1, 7, 1, "eth0", "eth0"),)))
    (device,) = other.devices
    assert device.action is Action.UPDATE and [write.is_port_link for write in other.writes()] == [True]
    (left,) = without_port_links(other).devices
    assert left.action is Action.NONE and list(left.writes()) == []
    plan = ports_plan(ExistingInterface(8, "eth0"))
    assert without_port_links(plan) == ports_plan(ExistingInterface(8, "eth0"), links=False)


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.SKIPPED])
def test_a_refused_link_costs_the_link_only(fate: Fate) -> None:
    plan = ports_plan(ExistingInterface(8, "eth0"), known=DevicePorts((PortRecord(1, 7, 1, "eth0", "eth0"),)))
    (write,) = plan.writes()
    (device,) = as_written(plan, Outcomes({write.key: WriteOutcome(fate, message="no such thing")})).devices
    assert device.action is Action.NONE and list(device.writes()) == []
    warning = device.warnings[-1]
    assert warning.code is IssueCode.FIELD_REFUSED and "sw1 eth0" in warning.message and "no such thing" in warning.message
    # What was written, or may have been, is told as it is.
    assert as_written(plan, Outcomes({write.key: WriteOutcome(Fate.LOST)})) == plan
