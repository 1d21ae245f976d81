# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sequences of imports, people's edits in NetBox and changes in LibreNMS, on the real NetBox.

After each import check mode had announced exactly what it did, a second one sends no write, no LibreNMS id stands in NetBox twice and
what people edited is as they left it. ``planning/test_stateful.py`` does the same with a NetBox in memory.
"""

from __future__ import annotations

import random
import typing as t

import pytest
from servers.librenms_model import SimDevice
from system.support.harness import Json
from system.support.lab import Lab, links_of, stack_of

# Steps in make test, and in make sequences.
FEW, MANY = 12, 100
# Few of each, so that they meet.
LOCATIONS = ["Paris DC2", "Vienna HQ", "NYC, Suite 400, R12"]
NAMES = ["sw-one", "SW-ONE", "sw-two", "sw-three"]
SERIALS = ["", "N/A", *(f"FOC2222010{number}" for number in range(1, 7))]
ROLES, STATUSES = ["Switch", "Core"], ["planned", "offline"]


def test_a_random_sequence(lab: Lab, pytestconfig: pytest.Config) -> None:
    seed = pytestconfig.getoption("--seed")
    lab.netbox.server.reset("world")
    sequence = _Sequence(lab, random.Random(seed))
    try:
        for _number in range(MANY if lab.all_moments else FEW):
            sequence.step()
        sequence.run_import()
    except Exception as error:
        raise AssertionError(f"--seed {seed}, after:\n" + "\n".join(sequence.moves)) from error


class _Sequence:
    """:ivar moves: what has happened so far, for people"""

    def __init__(self, lab: Lab, chance: random.Random) -> None:
        self._lab = lab
        self._chance = chance
        self._devices: dict[int, SimDevice] = {}
        # What a person has set, by the device's id in NetBox and the field.
        self._edits: dict[tuple[int, str], str] = {}
        self.moves: list[str] = []

    def step(self) -> None:
        moves: list[t.Callable[[], None]] = [self._add]
        if self._devices:
            moves += [
                self._change,
                self._add_again,
                self._remove,
                self._stack_up,
                self._stack_up,
                self._edit,
                self.run_import,
                self.run_import,
            ]
        self._chance.choice(moves)()

    def _one(self) -> int:
        return self._chance.choice(sorted(self._devices))

    def _did(self, text: str) -> None:
        self.moves.append(text)

    # LibreNMS

    def _add(self) -> None:
        serial = self._chance.choice(SERIALS)
        name, location = self._chance.choice(NAMES), self._chance.choice(LOCATIONS)
        device = stack_of(self._lab, [(1, serial)], location=location, sysName=name)
        self._devices[device.device_id] = device
        self._did(f"LibreNMS adds {device.device_id}: {name}, {serial!r}, {location}")

    def _change(self) -> None:
        device_id, name, location = self._one(), self._chance.choice(NAMES), self._chance.choice(LOCATIONS)
        self._devices[device_id] = self._lab.librenms.world.change(device_id, sysName=name, location=location)
        self._did(f"LibreNMS renames and moves {device_id}: {name}, {location}")

    def _add_again(self) -> None:
        old, new = self._one(), next(self._lab.ids)
        self._devices[new] = self._lab.librenms.world.change(old, device_id=new)
        del self._devices[old]
        self._did(f"LibreNMS deletes {old} and adds it again as {new}")

    def _remove(self) -> None:
        device_id = self._one()
        del self._devices[device_id]
        self._lab.librenms.world.remove(device_id)
        self._did(f"LibreNMS deletes {device_id}")

    def _stack_up(self) -> None:
        """A device becomes a stack, or another one than before."""
        device_id = self._one()
        serials = self._chance.sample(SERIALS[2:], self._chance.randint(2, 3))
        units = list(enumerate(serials, start=1))
        self._devices[device_id] = stack_of(self._lab, units, device=self._devices[device_id])
        self._did(f"{device_id} is a stack of {', '.join(serials)}")

    # NetBox

    def _edit(self) -> None:
        rows = [row for row in self._lab.rows() if links_of(row) or row["serial"] in SERIALS[2:]]
        if not rows:
            return
        row = self._chance.choice(sorted(rows, key=lambda item: int(item["id"])))
        field = self._chance.choice(["name", "role", "status"])
        value = {"name": f"renamed-{row['id']}", "role": self._chance.choice(ROLES), "status": self._chance.choice(STATUSES)}[field]
        sent = self._lab.netbox.id_of("dcim/device-roles", name=value) if field == "role" else value
        self._lab.netbox.change("dcim/devices", row["id"], **{field: sent})
        self._edits[row["id"], field] = value
        self._did(f"a person sets {field} of {row['name']} (id {row['id']}) to {value}")

    def run_import(self) -> None:
        chosen = [device_id for device_id in sorted(self._devices) if self._chance.random() < 0.8]
        if not chosen:
            return
        existing = self._chance.choice(["skip", "link", "update"])
        self._did(f"import of {chosen} with existing: {existing}")
        options: Json = {"existing": existing, "all_devices": False, "filters": {"device_ids": chosen}}
        self._lab.prove(**options)
        self._lab.assert_settled(**options)
        rows = {row["id"]: row for row in self._lab.rows()}
        for (object_id, field), value in self._edits.items():
            assert _shown(rows[object_id], field) == value, (object_id, field, value)


def _shown(row: Json, field: str) -> t.Any:
    return {"name": row["name"], "role": row["role"]["name"], "status": row["status"]["value"]}[field]
