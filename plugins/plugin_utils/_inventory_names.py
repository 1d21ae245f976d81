# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Names of hosts and groups: distinct, the same in every run, and without meaning to Ansible."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import printable

# A name is part of templates (inventory_hostname) and of paths (host_vars/NAME.yml).
_NO_TEMPLATE_NO_PATH = str.maketrans("{}/", "___")
SHOWN = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """What each device is called as a host, by device_id, and sentences for the user."""

    by_id: c.Mapping[int, str]
    warnings: tuple[str, ...] = ()


def host_names(devices: c.Iterable[DeviceRecord], naming: Naming, reserved: c.Container[str]) -> Names:
    """The name of each device by the naming rules; with the device id behind it where several devices have that name.

    All of those get the id, so that a name never moves from one device to another.

    :param reserved: names that mean something else to Ansible, such as those of groups
    """
    plain = {device.device_id: naming.name(device).translate(_NO_TEMPLATE_NO_PATH) for device in devices}
    levels = {device_id: 0 if name else _LAST_LEVEL for device_id, name in plain.items()}
    while True:
        names = {device_id: _at_level(name, device_id, levels[device_id]) for device_id, name in plain.items()}
        count = collections.Counter(names.values())
        raised = [
            device_id for device_id, name in names.items() if (count[name] > 1 or name in reserved) and levels[device_id] < _LAST_LEVEL
        ]
        if not raised:
            return Names(names, _warnings(plain, names, levels))
        for device_id in raised:
            levels[device_id] += 1


_LAST_LEVEL = 2


def _at_level(name: str, device_id: int, level: int) -> str:
    """At the last level no two devices have one name, and whoever is called so at a lower level is raised."""
    return (name, f"{name}-{device_id}", f"librenms-{device_id}")[level]


def _warnings(plain: c.Mapping[int, str], names: c.Mapping[int, str], levels: c.Mapping[int, int]) -> tuple[str, ...]:
    by_name: dict[str, list[int]] = {}
    for device_id, name in plain.items():
        if name and levels[device_id]:
            by_name.setdefault(name, []).append(device_id)
    shared = [(name, ids) for name, ids in by_name.items() if len(ids) > 1]
    single = [(name, ids) for name, ids in by_name.items() if len(ids) == 1]
    return (
        *_listed("LibreNMS has several devices of one name, so their hosts have the device id in theirs", shared, names),
        *_listed("A LibreNMS device has the name of a group, another host or the controller, so its host has another", single, names),
    )


def _listed(sentence: str, found: list[tuple[str, list[int]]], names: c.Mapping[int, str]) -> list[str]:
    if not found:
        return []
    shown = [f"'{printable(name, 80)}' ({', '.join(printable(names[i], 80) for i in ids[:SHOWN])})" for name, ids in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return [f"{sentence}: {', '.join(shown)}{more}."]


def chassis_groups(stacks: c.Mapping[int, str], sanitize: c.Callable[[str], str]) -> Names:
    """The group of each stack, by device_id, from the names of their hosts; again never one for two.

    :param sanitize: makes a name fit for a group
    """
    groups = {device_id: sanitize(f"vc_{name}") for device_id, name in stacks.items()}
    while shared := {name for name, count in collections.Counter(groups.values()).items() if count > 1}:
        groups = {device_id: f"{name}_{device_id}" if name in shared else name for device_id, name in groups.items()}
    return Names(groups)
