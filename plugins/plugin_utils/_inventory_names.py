# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Names of hosts and groups: distinct, the same in every run, and without meaning to Ansible."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import re

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming, is_ip_address
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import printable

# A name is part of templates (inventory_hostname), of paths (host_vars/NAME.yml) and, where a host has no ansible_host, an argument
# of ssh. At its beginning a hyphen would make it an option there, a dot or tilde another directory or a pattern.
_NOT_IN_A_NAME = re.compile(r"[^\w.:-]|^[^\w:]")
# A host name as resolvers take it, international ones too; an IPv6 address may have a zone.
_HOST_NAME = re.compile(r"\w[\w.-]{0,252}")
_ZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
SHOWN = 5


def is_host(text: str) -> bool:
    """Whether a text is an address or a host name and nothing else, so that no program takes it for an option or a command."""
    address, percent, zone = text.partition("%")
    if is_ip_address(address):
        return not percent or _ZONE.fullmatch(zone) is not None
    return _HOST_NAME.fullmatch(text) is not None


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
    given = {device.device_id: naming.name(device) for device in devices}
    plain = {device_id: name if is_host(name) else _NOT_IN_A_NAME.sub("_", name) for device_id, name in given.items()}
    levels = {device_id: 0 if name else _LAST_LEVEL for device_id, name in plain.items()}
    while True:
        names = {device_id: _at_level(name, device_id, levels[device_id]) for device_id, name in plain.items()}
        count = collections.Counter(names.values())
        raised = [
            device_id for device_id, name in names.items() if (count[name] > 1 or name in reserved) and levels[device_id] < _LAST_LEVEL
        ]
        if not raised:
            return Names(names, (*_changed(given, plain, names), *_warnings(plain, names, levels)))
        for device_id in raised:
            levels[device_id] += 1


_LAST_LEVEL = 2


def _at_level(name: str, device_id: int, level: int) -> str:
    """At the last level no two devices have one name, and whoever is called so at a lower level is raised."""
    return (name, f"{name}-{device_id}", f"librenms-{device_id}")[level]


def _changed(given: c.Mapping[int, str], plain: c.Mapping[int, str], names: c.Mapping[int, str]) -> list[str]:
    changed = [(name, [device_id]) for device_id, name in given.items() if plain[device_id] != name]
    return _listed("A host's name holds only what a host name can, so these were changed", changed, names)


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
