# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a user's compose, groups and keyed_groups add to hosts, kept apart until all of it is known."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from ._inventory import HostEntry, Hosts, left_out
from ._inventory_names import is_host
from ._untrusted import untrusted

# Connection variables that become an argument of a program, such as ssh: where to, and as whom.
_ADDRESS = re.compile(r"ansible_((ssh|paramiko|libssh|winrm|psrp)_)?host")
_ARGUMENT = re.compile(r"ansible_(\w+_)?(user|port)|ansible_connection|ansible_remote_tmp")


class HostRecord:
    """Stands for Ansible's inventory while expressions are evaluated for one host.

    :ivar variables: what expressions see; what compose sets is added
    """

    def __init__(self, entry: HostEntry, known: c.Mapping[str, t.Any]) -> None:
        self.entry = entry
        self.variables = {
            **known,
            **entry.variables,
            "inventory_hostname": entry.name,
            "inventory_hostname_short": entry.name.split(".", maxsplit=1)[0],
        }
        self.composed: dict[str, t.Any] = {}
        self.groups: dict[str, None] = dict.fromkeys(entry.groups)
        self.subgroups: dict[tuple[str, str], None] = {}
        self.unusable: dict[str, str] = {}

    def set_variable(self, _host: str, name: str, value: t.Any) -> None:
        if not _is_usable(name, value):
            self.unusable[name] = str(value)
            return
        # A text made of remote text is remote text.
        self.composed[name] = self.variables[name] = untrusted(value)

    def add_group(self, group: str) -> str:
        return group

    def add_host(self, host: str, group: str | None = None) -> str:
        if group:
            self.groups[group] = None
        return host

    def add_child(self, group: str, child: str) -> None:
        if child == self.entry.name:
            self.groups[group] = None
        else:
            self.subgroups[group, child] = None


def _is_usable(name: str, value: t.Any) -> bool:
    """Whether a variable may have this value, which may come from a device: a hyphen before it would make it an option."""
    if not isinstance(value, str) or not value:
        return True
    if _ADDRESS.fullmatch(name):
        return is_host(value)
    return not (_ARGUMENT.fullmatch(name) and (value.startswith("-") or not value.isprintable()))


class Construction:
    """The hosts of an inventory while they are completed one by one."""

    def __init__(self, hosts: Hosts) -> None:
        self._before = hosts
        self._entries: list[HostEntry] = []
        self._subgroups = dict.fromkeys(hosts.subgroups)
        self._unusable: dict[str, dict[str, str]] = {}

    def begin(self, entry: HostEntry, known: c.Mapping[str, t.Any]) -> HostRecord:
        """:param known: variables that the host has from another inventory source"""
        return HostRecord(entry, known)

    def end(self, record: HostRecord) -> None:
        entry = record.entry
        self._entries.append(HostEntry(entry.name, {**entry.variables, **record.composed}, tuple(record.groups)))
        self._subgroups |= record.subgroups
        for name, value in record.unusable.items():
            self._unusable.setdefault(name, {})[entry.name] = value

    def hosts(self) -> Hosts:
        warnings = [text for name, values in self._unusable.items() for text in left_out(name, values)]
        return dataclasses.replace(
            self._before,
            entries=tuple(self._entries),
            subgroups=tuple(self._subgroups),
            warnings=(*self._before.warnings, *warnings),
        )
