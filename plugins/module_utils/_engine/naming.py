# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a device is called."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import string

from .._exceptions import OptionError
from .records import DeviceRecord, Member
from .text import is_placeholder

# dcim.Device.name and virtualization.VirtualMachine.name of NetBox.
MAX_NAME_LENGTH = 64

# An address with a port, a mask or leading zeros, which ipaddress does not take, must not be cut to its first number.
_LIKE_AN_ADDRESS = re.compile(r"\d+(?:\.\d+){3}(?!\w)")


def is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@dataclasses.dataclass(frozen=True, slots=True)
class Naming:
    """The naming options."""

    use_sysname: bool = True
    strip_domain: bool = False

    def name(self, device: DeviceRecord) -> str:
        """The name of a device, ``""`` when LibreNMS knows none.

        The sysName unless it is a placeholder, then the hostname. Control characters become blanks.
        """
        candidates = (device.sysname, device.hostname) if self.use_sysname else (device.hostname, device.sysname)
        for candidate in candidates:
            text = " ".join("".join(char if char.isprintable() else " " for char in candidate).split())
            # "localhost.example.net" says nothing only when its domain is gone.
            if not is_placeholder(text) and not is_placeholder(name := self._stripped(text)):
                return name
        return ""

    def _stripped(self, text: str) -> str:
        if not self.strip_domain or is_ip_address(text) or _LIKE_AN_ADDRESS.match(text):
            return text
        return text.split(".", 1)[0].strip() or text


@dataclasses.dataclass(frozen=True, slots=True)
class MemberNaming:
    """How the members of a stack are called. Made by :meth:`from_options`."""

    pattern: str = "-M{position}"
    rename_master: bool = True

    @property
    def _fields(self) -> frozenset[str]:
        return frozenset(_placeholders(self.pattern))

    @classmethod
    def from_options(cls, pattern: str, rename_master: bool) -> MemberNaming:
        """Raises OptionError for a pattern with an unknown placeholder, or one that gives all members one name."""
        option = "vc_member_name_pattern"
        try:
            fields = set(_placeholders(pattern))
            known = fields <= {"position", "serial", "master_name"}
            if known:
                pattern.format(position=1, serial="X", master_name="Y")
        except (ValueError, KeyError, IndexError):
            known, fields = False, set()
        if not known:
            raise OptionError(
                option, pattern, "is not a pattern of {position}, {serial} and {master_name}", "Write {{ and }} for braces in a name."
            )
        if not {"position", "serial"} & fields:
            raise OptionError(option, pattern, "gives all members of a stack one name", "Use {position} or {serial} in it.")
        return cls(pattern, rename_master)

    def name(self, master_name: str, member: Member) -> str:
        """The name of a member; the pattern is put behind the master's name unless it says where that goes."""
        if member.is_master and not self.rename_master:
            return master_name
        text = self.pattern.format(position=member.position, serial=member.serial, master_name=master_name)
        # NetBox cuts outer blanks off, so they are no part of the name that the next run finds.
        return (text if "master_name" in self._fields else master_name + text).strip()


def _placeholders(pattern: str) -> list[str]:
    """The names in braces. Raises ValueError for what is no format string."""
    return [field for _literal, field, _spec, _conversion in string.Formatter().parse(pattern) if field is not None]
