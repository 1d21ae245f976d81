# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The import's options about ports, checked."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import typing as t

from ..._exceptions import OptionError
from ..fields import Policy
from ..matching.conditions import compiled
from ..records import PortRecord
from ..text import key
from .given import rules_of
from .names import MAX_INTERFACE_NAME
from .types import InterfaceRule, interface_rules

_VRF_KEYS = ("name", "name_regex", "vrf")


class Ports(enum.StrEnum):
    """How much of a device's ports is imported."""

    NONE = "none"
    # The interface and the address that LibreNMS polls the device at.
    PRIMARY = "primary"
    # Every port, and every address of them.
    ALL = "all"


class NameField(enum.StrEnum):
    """Which of a port's names its interface gets."""

    IF_NAME = "ifName"
    IF_DESCR = "ifDescr"

    def of(self, port: PortRecord) -> str:
        first, second = (port.name, port.descr) if self is NameField.IF_NAME else (port.descr, port.name)
        return first or second


@dataclasses.dataclass(frozen=True, slots=True)
class VrfRule:
    """LibreNMS's VRF of this name, or whose name holds the pattern, is NetBox's VRF of the name or route distinguisher ``target``."""

    path: str
    target: str
    name: str = ""
    pattern: re.Pattern[str] | None = None

    def holds(self, name: str) -> bool:
        return key(name) == self.name if self.name else bool(self.pattern and self.pattern.search(name))


@dataclasses.dataclass(frozen=True, slots=True)
class PortOptions:
    """What the import does with ports. Made by :meth:`from_options`."""

    ports: Ports = Ports.PRIMARY
    name_field: NameField = NameField.IF_NAME
    rules: tuple[InterfaceRule, ...] = ()
    vrfs: tuple[VrfRule, ...] = ()
    primary_ip: Policy = Policy.IF_EMPTY
    management_interface: str = ""

    @classmethod
    def from_options(
        cls,
        *,
        ports: str,
        interface_name: str,
        interface_rules_given: object,
        vrfs: object,
        primary_ip: str,
        management_interface: str | None,
    ) -> PortOptions:
        """Raises OptionError, naming the option and the value, for anything that is not known."""
        name = (management_interface or "").strip()
        if len(name) > MAX_INTERFACE_NAME:
            raise OptionError("management_interface", name, f"is longer than the {MAX_INTERFACE_NAME} characters that NetBox holds")
        return cls(
            ports=_choice("ports", ports, Ports),
            name_field=_choice("interface_name", interface_name, NameField),
            rules=interface_rules(interface_rules_given),
            vrfs=rules_of("vrfs", vrfs, _VRF_KEYS, _vrf_rule),
            primary_ip=_choice("primary_ip", primary_ip, Policy),
            management_interface=name,
        )


_Choice = t.TypeVar("_Choice", bound=enum.StrEnum)


def _choice(option: str, value: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        raise OptionError(option, value, f"must be one of {', '.join(choices)}") from None


def _vrf_rule(path: str, rule: c.Mapping[str, t.Any]) -> VrfRule:
    texts = {name: str(rule[name]).strip() for name in _VRF_KEYS if isinstance(rule.get(name), str) and str(rule[name]).strip()}
    for name in _VRF_KEYS:
        if name in rule and name not in texts:
            raise OptionError(f"{path}.{name}", rule[name], "must be a text that is not empty")
    if "vrf" not in texts:
        raise OptionError(path, dict(rule), "names no vrf")
    if ("name" in texts) == ("name_regex" in texts):
        raise OptionError(path, dict(rule), "must have either name or name_regex")
    pattern = compiled(f"{path}.name_regex", texts["name_regex"]) if "name_regex" in texts else None
    return VrfRule(path, texts["vrf"], key(texts.get("name", "")), pattern)
