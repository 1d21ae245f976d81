# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What kind of interface a port becomes in NetBox: the rules of C(interface_rules), then a ladder of our own.

The type of an interface that NetBox has, or that a device type's template makes, is never touched.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from ..._exceptions import OptionError
from ..matching.conditions import compiled
from ..records import PortRecord
from ..text import key
from .given import rules_of
from .names import canonical
from .values import speed

_KEYS = ("if_type", "name_regex", "min_speed", "max_speed", "type", "mgmt_only", "ignore")
_VIRTUAL = frozenset({"softwareloopback", "tunnel", "l2vlan", "l3ipvlan", "propvirtual", "other", "bridge", "pppoe", "ppp"})
_VIRTUAL_NAME = re.compile(r"(vlan|loopback|tunnel|irb|lo|vl|tu|nve|bdi|bvi|vlanif|vlan-interface|null)[ .]?\d", re.IGNORECASE)
_AGGREGATE_NAME = re.compile(r"(port-channel|po|ae|eth-trunk|bridge-aggregation|bond|aggregateport|ag|trk|lag)\s?\d+", re.IGNORECASE)
_ETHERNET = frozenset({"ethernetcsmacd", "gigabitethernet", "fastether", "ethernet"})
# kbit/s to NetBox's type. Speed does not tell copper from fibre: what is usual at that speed.
_LADDER = (
    (100_000, "100base-tx"),
    (1_000_000, "1000base-t"),
    (2_500_000, "2.5gbase-t"),
    (5_000_000, "5gbase-t"),
    (10_000_000, "10gbase-x-sfpp"),
    (25_000_000, "25gbase-x-sfp28"),
    (40_000_000, "40gbase-x-qsfpp"),
    (50_000_000, "50gbase-x-sfp28"),
    (100_000_000, "100gbase-x-qsfp28"),
    (200_000_000, "200gbase-x-qsfp56"),
    (400_000_000, "400gbase-x-qsfpdd"),
    (800_000_000, "800gbase-x-qsfpdd"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class InterfaceRule:
    """One rule: all its conditions hold, or it does not. Speeds are in kbit/s; ``type`` "" leaves it to what comes after."""

    path: str
    if_types: frozenset[str] = frozenset()
    name: re.Pattern[str] | None = None
    min_speed: int | None = None
    max_speed: int | None = None
    type: str = ""
    mgmt_only: bool | None = None
    ignore: bool = False

    def holds(self, port: PortRecord, name: str) -> bool:
        if self.if_types and key(port.type) not in self.if_types:
            return False
        if self.name and not self.name.search(name):
            return False
        rate = speed(port)
        if (self.min_speed is not None or self.max_speed is not None) and rate is None:
            return False
        return (self.min_speed or 0) <= (rate or 0) and (self.max_speed is None or (rate or 0) <= self.max_speed)


@dataclasses.dataclass(frozen=True, slots=True)
class InterfaceKind:
    """What a port becomes: NetBox's type, and whether it is for management only."""

    type: str
    mgmt_only: bool = False


def interface_kind(rules: c.Iterable[InterfaceRule], port: PortRecord, name: str) -> InterfaceKind | None:
    """What a port becomes; None when a rule says to ignore it. The first rule with a type, and the first with C(mgmt_only), count."""
    chosen = ""
    mgmt_only: bool | None = None
    for rule in rules:
        if not rule.holds(port, name):
            continue
        if rule.ignore:
            return None
        chosen = chosen or rule.type
        mgmt_only = rule.mgmt_only if mgmt_only is None else mgmt_only
    return InterfaceKind(chosen or default_type(port, name), bool(mgmt_only))


def is_aggregate(port: PortRecord, name: str) -> bool:
    """By its type or its name: Cisco's port channels are C(propVirtual) in many versions."""
    return key(port.type) == "ieee8023adlag" or (key(port.type) not in _ETHERNET and bool(_AGGREGATE_NAME.fullmatch(name)))


def default_type(port: PortRecord, name: str) -> str:
    """NetBox's type for what is known of a port: C(other) when that is too little."""
    if is_aggregate(port, name):
        return "lag"
    if key(port.type) in _VIRTUAL and (key(port.type) != "other" or _VIRTUAL_NAME.match(canonical(name))):
        return "virtual"
    if _VIRTUAL_NAME.match(name) or re.fullmatch(r".+\d\.\d+", name):
        return "virtual"
    rate = speed(port)
    if key(port.type) not in _ETHERNET or rate is None:
        return "other"
    return next((kind for limit, kind in _LADDER if rate <= limit), "other")


def interface_rules(given: object) -> tuple[InterfaceRule, ...]:
    """Parses the option ``interface_rules``.

    :raises OptionError: naming the rule and the value
    """
    return rules_of("interface_rules", given, _KEYS, _rule)


def _rule(path: str, rule: c.Mapping[str, t.Any]) -> InterfaceRule:
    if not any(name in rule for name in ("type", "mgmt_only", "ignore")):
        raise OptionError(path, dict(rule), "says nothing of what becomes of a port", "Give it type, mgmt_only or ignore.")
    kind = rule.get("type")
    if "type" in rule and (not isinstance(kind, str) or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", kind)):
        raise OptionError(f"{path}.type", kind, "must be an interface type of NetBox, such as 1000base-t")
    return InterfaceRule(
        path=path,
        if_types=_if_types(path, rule),
        name=_pattern(path, rule),
        min_speed=_speed(path, rule, "min_speed"),
        max_speed=_speed(path, rule, "max_speed"),
        type=str(kind or ""),
        mgmt_only=_flag(path, rule, "mgmt_only"),
        ignore=bool(_flag(path, rule, "ignore")),
    )


def _if_types(path: str, rule: c.Mapping[str, t.Any]) -> frozenset[str]:
    if "if_type" not in rule:
        return frozenset()
    given = rule["if_type"] if isinstance(rule["if_type"], list) else [rule["if_type"]]
    if not given or not all(isinstance(item, str) and item.strip() for item in given):
        raise OptionError(f"{path}.if_type", rule["if_type"], "must be an ifType such as ethernetCsmacd, or a list of them")
    return frozenset(map(key, given))


def _pattern(path: str, rule: c.Mapping[str, t.Any]) -> re.Pattern[str] | None:
    if "name_regex" not in rule:
        return None
    text = rule["name_regex"]
    if not isinstance(text, str) or not text:
        raise OptionError(f"{path}.name_regex", text, "must be a regular expression")
    return compiled(f"{path}.name_regex", text)


def _speed(path: str, rule: c.Mapping[str, t.Any], name: str) -> int | None:
    if name not in rule:
        return None
    value = rule[name]
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise OptionError(f"{path}.{name}", value, "must be a speed in Mbit/s")
    return value * 1000


def _flag(path: str, rule: c.Mapping[str, t.Any], name: str) -> bool | None:
    if name not in rule:
        return None
    value = rule[name]
    if isinstance(value, str) and value.strip().casefold() in ("true", "false", "yes", "no"):
        value = value.strip().casefold() in ("true", "yes")
    if not isinstance(value, bool):
        raise OptionError(f"{path}.{name}", value, "must be true or false")
    return value
