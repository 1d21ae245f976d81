# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing imports that made what devices are of and where they stand, or that changed stacks, on the real NetBox."""

from __future__ import annotations

import pytest
from system.support.harness import RULES
from system.support.lab import Json, Lab, assert_same, new_stack, serials_of, stack_of
from system.test_all_ports import with_ports
from system.test_create_missing import COUNTS, EVERYTHING, library
from system.test_plans import few_ports
from system.test_undo import TABLES, kept, undo

RULES_OF_ALL: Json = {
    **RULES,
    "roles": [{"role": "Undone Role"}],
    "import_as": [{"hardware": "Cloud 9", "import_as": "virtual_machine", "cluster": "cloud-undone", "cluster_type": "Undone Cumulus"}],
    "manufacturers": [{"hardware_regex": "^Anvil", "manufacturer": "Anvil Works"}],
}
MORE_TABLES = (
    *("dcim/racks", "virtualization/cluster-types", "dcim/device-bay-templates", "dcim/device-bays", "dcim/module-bays"),
    *("dcim/console-ports", "dcim/power-ports", "dcim/power-outlets", "dcim/front-ports", "dcim/rear-ports", "dcim/inventory-items"),
    *(f"dcim/{kind}-templates" for kind in COUNTS),
)


def everything(lab: Lab) -> Json:
    """All objects with all their fields, but for when they were last changed."""
    return {path: {row["id"]: {**row, "last_updated": None} for row in lab.netbox.all(path)} for path in (*TABLES, *MORE_TABLES)}


def prove_undone(lab: Lab, job_id: str, before: Json, *, elsewhere: bool) -> None:
    """Check mode says what the undo then does, all is as before, and a second undo writes nothing."""
    preview = undo(lab, job_id, check=True, elsewhere=elsewhere)
    undone = undo(lab, job_id, elsewhere=elsewhere)
    assert not kept(undone)
    assert_same(preview["objects"], undone["objects"])
    assert_same(before, everything(lab))
    again = undo(lab, job_id, elsewhere=elsewhere)
    assert not again["changed"] and again["stats"]["netbox_writes"] == 0


@pytest.mark.parametrize("elsewhere", [False, True], ids=["by the journal", "by the change log"])
def test_everything_that_was_created_goes(lab: Lab, elsewhere: bool) -> None:
    """Types with their templates, makers, sites, locations, racks, roles, platforms, clusters and their types, tags."""
    lab.run()
    for hall, hardware in (("A", "Acme MX-77-BASE Router"), ("B", "Hangar 9"), ("B", "Anvil 3"), ("C", "Cloud 9")):
        device = lab.device("cbs350", f"Undone 1, Hall {hall}, R1", hardware=hardware, os="undoneos")
        with_ports(lab, device, few_ports)
    before = everything(lab)
    done = lab.run(
        rules=RULES_OF_ALL,
        create_missing=EVERYTHING,
        device_type_library=library(lab.directory),
        ports="all",
        tags=["undone with types"],
    )
    assert (done["summary"]["created"], done["summary"]["failed"]) == (4, 0), done["results"]
    made = everything(lab)
    grown = ("dcim/device-types", "dcim/manufacturers", "dcim/racks", "virtualization/clusters", "virtualization/cluster-types")
    for path in (*grown, "dcim/sites", "dcim/device-roles", "dcim/platforms", "extras/tags", "dcim/front-port-templates"):
        assert len(made[path]) > len(before[path]), path
    prove_undone(lab, done["job"]["id"], before, elsewhere=elsewhere)


def test_a_stack_gets_its_old_members_back(lab: Lab) -> None:
    """One whose members have exchanged their positions, and that has grown."""
    device, serials = new_stack(lab, 3)
    lab.run()
    first = lab.stack(str(device.sysName))
    stack_of(lab, [(1, serials[0]), (2, serials[2]), (3, serials[1]), (4, f"{serials[0]}N")], device=device)
    before = everything(lab)
    done = lab.run(existing="update")
    assert done["summary"]["failed"] == 0
    assert serials_of(lab.stack(str(device.sysName))) == {1: serials[0], 2: serials[2], 3: serials[1], 4: f"{serials[0]}N"}
    prove_undone(lab, done["job"]["id"], before, elsewhere=False)
    assert serials_of(lab.stack(str(device.sysName))) == serials_of(first)
