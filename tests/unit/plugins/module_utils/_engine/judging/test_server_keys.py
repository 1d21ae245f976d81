# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server key that was changed by mistake is told from that of another LibreNMS, whose ids meet by chance."""

from __future__ import annotations

import typing as t

import pytest
from unit.support.netbox_model import device, machine

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject, ExistingObjects
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.identity import Identity
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.server_keys import KnownUnder, known_under
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind


def wanted(count: int = 3, **fields: t.Any) -> list[Identity]:
    numbers = range(1, count + 1)
    return [Identity(number, "new", ObjectKind.DEVICE, **{"names": (f"sw{number}",), **fields}) for number in numbers]


def linked(number: int, key: str = "old", device_id: int | None = None, **fields: t.Any) -> ExistingObject:
    link = {key: device_id or number}
    return device(100 + number, **{"name": f"sw{number}", "librenms_id": link, **fields})


def found(objects: list[ExistingObject], devices: list[Identity] | None = None, **given: t.Any) -> KnownUnder | None:
    return known_under(devices or wanted(), ExistingObjects(objects, **given), "new")


def test_a_key_that_was_changed() -> None:
    under = found([linked(1), linked(2), linked(3, name="renamed")])
    assert under is not None and (under.server_key, under.devices, under.links) == ("old", 2, 0)
    assert "2 of the selected devices" in under.message("new") and "'old'" in under.message("new") and "'new'" in under.message("new")
    assert "server_key_new: true" in under.hint("new") and "LIBRENMS_SERVER_KEY" in under.hint("new")


@pytest.mark.parametrize(
    "objects",
    [
        [],
        [linked(1, name="other1"), linked(2, name="other2"), linked(3)],
        [linked(1, device_id=91), linked(2, device_id=92)],
        [linked(1, "new"), linked(2, "new")],
        [device(101, "sw1", librenms_id={"old": 1, "new": 1})],
        [linked(1), device(102, "sw2", librenms_id=2)],
        [linked(1), *(linked(number, "new") for number in range(50, 55))],
    ],
    ids=["empty", "ids by chance", "other ids", "its own", "both", "without key", "a second key that links much"],
)
def test_nothing_to_stop_for(objects: list[ExistingObject]) -> None:
    assert found(objects) is None


def test_nearly_nothing_is_nothing() -> None:
    """One object was linked under the new key before anybody saw it."""
    known = [linked(number) for number in range(1, 13)]
    assert found([*known, linked(60, "new")], wanted(12)) is not None
    assert found([*known, linked(60, "new"), linked(61, "new")], wanted(12)) is None


@pytest.mark.parametrize(("serial", "alarm"), [("FOC00000001", True), ("FOC99999999", False), ("", True)])
def test_a_serial_decides_before_the_name(serial: str, alarm: bool) -> None:
    devices = wanted(1, serials=("FOC00000001",))
    assert (found([linked(1, serial=serial)], devices) is not None) == alarm


def test_virtual_machines_and_members_count() -> None:
    assert found([machine(500, "sw1", librenms_id={"old": {"id": 1}})], wanted(1)) is not None
    serials = ("FOC00000001", "FOC00000002")
    assert found([linked(1, name="x", serial=serials[1])], wanted(1, serials=serials[:1], member_serials=serials)) is not None
