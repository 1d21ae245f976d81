# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import that is killed between any two write requests: the next one completes it to what an undisturbed one leaves."""

from __future__ import annotations

from system.support.kills import kill_everywhere
from system.support.lab import STACK_TYPE, Lab, new_stack, stack_by_hand, stack_of


def test_killed_while_everything_is_new(lab: Lab) -> None:
    """The custom field, a tag, a platform, a device, a virtual machine, a stack, and one with a member that stands alone."""
    lab.device("ups", os="newos")
    lab.device("vm-linux")
    new_stack(lab, 2)
    _device, serials = new_stack(lab, 3)

    def prepare() -> None:
        for row in lab.rows():
            if row["custom_fields"]["librenms_id"]:
                lab.netbox.remove("dcim/devices", row["id"])
        lab.netbox.remove("extras/custom-fields", lab.netbox.id_of("extras/custom-fields", name="librenms_id"))
        lab.netbox.add_device("by-hand", device_type=STACK_TYPE, role="Access Switch", serial=serials[1])

    kill_everywhere(lab, prepare, {"tags": ["made by the import"], "create_missing": ["tags", "platforms"]})


def test_killed_while_stacks_are_completed(lab: Lab) -> None:
    """A device that turns out to be a stack, a stack whose members swapped and that grew, and a device that is linked."""
    single = lab.device("ups")
    becomes, becomes_serials = new_stack(lab, 2)
    swapped, serials = new_stack(lab, 3)
    stack_of(lab, [(1, serials[0]), (2, serials[2]), (3, serials[1]), (4, f"{serials[0]}N")], device=swapped)

    def prepare() -> None:
        add = lab.netbox.add_device
        add(str(single.sysName), device_type="Smart-UPS 1000", role="Power")
        add(str(becomes.sysName), device_type=STACK_TYPE, serial=becomes_serials[0])
        stack_by_hand(lab, "swapped", serials)

    kill_everywhere(lab, prepare, {"existing": "update", "update_fields": {"role": "always"}})
