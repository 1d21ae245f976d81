# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of how NetBox differs from LibreNMS."""

from __future__ import annotations

import typing as t

import pytest
from unit.support.netbox_model import C9200, LON, NetBoxModel, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.drift import comparing, differences
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions

S1, S2, S3 = "FOC11110001", "FOC22220002", "FOC33330003"
LINKED: dict[str, t.Any] = {"librenms_id": {"default": 1}}


def drift_of(netbox: NetBoxModel, **options: t.Any) -> list[tuple[str, str, t.Any, t.Any]]:
    (device,) = netbox.plan(record(serial=S1), comparing("default"), **options).devices
    return [(item.field, item.object, item.librenms, item.netbox) for item in differences(device)]


def test_what_an_import_has_made_differs_in_nothing() -> None:
    netbox = NetBoxModel()
    netbox.apply(netbox.plan(record(serial=S1), ImportOptions(tags=("LibreNMS",))))
    assert drift_of(netbox) == []


@pytest.mark.parametrize(
    ("there", "field"),
    [
        ({"name": "old-name"}, "name"),
        ({"serial": ""}, "serial"),
        ({"serial": S2}, "serial"),
        ({"device_type": C9200}, "device_type"),
        ({"status": "planned"}, "status"),
        ({"tenant": 51, "name": "sw1"}, None),
    ],
)
def test_a_field_that_people_changed(there: dict[str, t.Any], field: str | None) -> None:
    netbox = NetBoxModel()
    netbox.apply(netbox.plan(record(serial=S1)))
    (key,) = netbox.objects
    netbox.edit(*key, **there)
    found = drift_of(netbox)
    assert [name for name, *_rest in found] == ([field] if field else [])
    if field:
        _field, about, librenms, before = found[0]
        assert about == ""
        assert librenms != before
        assert before == (there[field] if isinstance(there[field], str) else str(there[field]))


def test_another_site() -> None:
    netbox = NetBoxModel()
    netbox.add(name="sw1", serial=S1, site=LON, **LINKED)
    assert ("site", "") in [(field, about) for field, about, *_rest in drift_of(netbox)]


def test_a_blocked_or_new_device_is_not_compared() -> None:
    assert drift_of(NetBoxModel()) == []
    netbox = NetBoxModel()
    netbox.add(name="a", serial=S1)
    netbox.add(name="sw1", serial=S2)
    assert drift_of(netbox) == []


def test_a_member_that_netbox_lacks_and_the_names_that_an_import_gives() -> None:
    two, three = (stack(*(unit(position, serial) for position, serial in enumerate(serials, 1))) for serials in ((S1, S2), (S1, S2, S3)))
    netbox = NetBoxModel()
    netbox.apply(netbox.plan(record(serial=S1), chassis={1: two}))
    (master,) = [key for key, row in netbox.objects.items() if row["serial"] == S1]
    assert drift_of(netbox, chassis={1: two}) == []

    netbox.edit(*master, name="sw1")
    assert drift_of(netbox, chassis={1: two}) == []

    netbox.edit(*master, name="other")
    assert [field for field, *_rest in drift_of(netbox, chassis={1: two})] == ["name"]

    found = drift_of(netbox, chassis={1: three})
    assert ("member", "sw1-M3", "sw1-M3", None) in found


def test_objects_of_this_server_only_are_looked_for_in_it() -> None:
    objects = [
        ExistingObject(ObjectKind.DEVICE, number, f"d{number}", librenms_id=link)
        for number, link in enumerate(({"default": 1}, {"default": {"id": 2}}, {"other": 3}, 4, None), 1)
    ]
    objects.append(ExistingObject(ObjectKind.VIRTUAL_MACHINE, 9, "vm", librenms_id={"default": 2}))
    linked = ExistingObjects(objects).all_linked("default")
    assert {device_id: [item.name for item in items] for device_id, items in linked.items()} == {1: ["d1"], 2: ["d2", "vm"]}
