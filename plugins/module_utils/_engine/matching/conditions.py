# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""When a rule applies: its conditions, how they are read from an option, and what they are compared with."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from ..._exceptions import OptionError
from ..records import DeviceRecord
from ..text import did_you_mean, key, near

TEXTS = ("location", "os", "type", "hardware", "device_group")
REGEXES = {"location_regex": "location", "hardware_regex": "hardware", "name_regex": "name", "hostname_regex": "hostname"}
# The maker that the inventory names (entPhysicalMfgName): a condition of rules.manufacturers only.
MFG_NAME = "mfg_name"
# What every rule may be about.
CONDITIONS = (*TEXTS, *REGEXES)
PLACEHOLDERS = ("site", "location", "rack")


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What rules look at: a device, the name it gets, the wanted device groups it is in, and its hardware or a stack member's.

    :ivar mfg_name: the maker that the inventory names of that hardware; "" while the inventory is not known
    """

    device: DeviceRecord
    name: str
    groups: frozenset[str]
    hardware: str
    mfg_name: str = ""

    def text(self, field: str) -> str:
        if field == "name":
            return self.name
        if field == "hardware":
            return self.hardware
        if field == MFG_NAME:
            return self.mfg_name
        return str(getattr(self.device, field))


@dataclasses.dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule applies: for each field one of the texts, one of the patterns."""

    texts: tuple[tuple[str, frozenset[str]], ...] = ()
    patterns: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = ()
    # The field whose pattern's groups count by number, for templates.
    numbered: str = ""

    def match(self, subject: Subject) -> dict[str, str] | None:
        """The groups of the patterns by name, and by number, when every condition holds, else None.

        A pattern with named groups must match the whole text: it says what each part of it is.
        """
        for field, values in self.texts:
            if field == "device_group":
                if not values & subject.groups:
                    return None
            elif field == "location" and str(subject.device.location_id) in values:
                continue
            elif key(subject.text(field)) not in values:
                return None
        groups: dict[str, str] = {}
        for field, patterns in self.patterns:
            found = next(filter(None, (_matched(pattern, subject.text(field)) for pattern in patterns)), None)
            if found is None:
                return None
            if field == self.numbered:
                groups |= {str(number): (part or "").strip() for number, part in enumerate(found.groups(), 1)}
            groups |= {name: text.strip() for name, text in found.groupdict().items() if text and text.strip()}
        return groups

    @property
    def device_groups(self) -> frozenset[str]:
        return next((values for field, values in self.texts if field == "device_group"), frozenset())


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """A pattern that takes names out of a text has to match the whole of it: a part may be another name's end."""
    return pattern.fullmatch(text.strip()) if pattern.groupindex else pattern.search(text)


def dictionary(path: str, value: object) -> c.Mapping[str, t.Any]:
    if not isinstance(value, c.Mapping):
        raise OptionError(path, value, "must be a dictionary")
    return value


def no_unknown_keys(path: str, value: c.Mapping[str, t.Any], known: c.Sequence[str]) -> None:
    for name in value:
        if name not in known:
            hint = did_you_mean(near(str(name), known)) or f"Known are {', '.join(sorted(known))}."
            raise OptionError(path, name, "has an unknown key", hint)


def given_text(path: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or not str(value).strip():
        raise OptionError(path, value, "must be a text that is not empty")
    return str(value).strip()


def given_texts(path: str, value: object, *, empty: bool = False) -> tuple[str, ...]:
    """:param empty: an empty text is allowed: devices without a location or hardware may be meant"""
    values = value if isinstance(value, (list, tuple)) else [value]
    if not values:
        raise OptionError(path, value, "must not be an empty list")
    return tuple("" if empty and item == "" else given_text(path, item) for item in values)


def compiled(path: str, text: str) -> re.Pattern[str]:
    """The regular expression, without case. Raises OptionError for what is none."""
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as exc:
        raise OptionError(path, text, f"is not a regular expression: {exc}") from exc


def _pattern(path: str, text: str, groups: c.Collection[str]) -> re.Pattern[str]:
    pattern = compiled(path, text)
    for name in pattern.groupindex:
        if name not in groups:
            known = (
                f"Named groups here are {', '.join(groups)}. A target may use others." if groups else "Named groups have no meaning here."
            )
            raise OptionError(path, text, f"has the unknown named group {name!r}", known)
    return pattern


def read_conditions(path: str, rule: c.Mapping[str, t.Any], groups: c.Mapping[str, c.Collection[str]]) -> Conditions:
    # A condition that is null is an error: left out silently, its rule would hold for every device.
    texts = [
        (name, frozenset(key(text) for text in given_texts(f"{path}.{name}", rule[name], empty=name != "device_group")))
        for name in (*TEXTS, MFG_NAME)
        if name in rule
    ]
    patterns = []
    for name, field in REGEXES.items():
        if name in rule:
            option = f"{path}.{name}"
            values = rule[name] if isinstance(rule[name], (list, tuple)) else [rule[name]]
            given_texts(option, rule[name])
            # Blanks at its ends are part of a regular expression.
            patterns.append((field, tuple(_pattern(option, str(text), groups.get(name, ())) for text in values)))
    return Conditions(tuple(texts), tuple(patterns))


def location_pattern(path: str, text: str) -> re.Pattern[str]:
    """``{site}, {location}, {rack}`` as a regular expression of the whole location; blanks in it match any blanks."""
    expression = ""
    names: set[str] = set()
    for part in re.split(r"(\{[^{}]*\})", text):
        if part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            if name not in PLACEHOLDERS:
                raise OptionError(path, text, f"has the unknown placeholder {part}", "Placeholders are {site}, {location} and {rack}.")
            if name in names:
                raise OptionError(path, text, f"has the placeholder {part} twice")
            names.add(name)
            expression += f"(?P<{name}>.+?)"
        elif "{" in part or "}" in part:
            raise OptionError(path, text, "has a brace without its partner", "Placeholders are {site}, {location} and {rack}.")
        else:
            expression += r"\s+".join(re.escape(word) for word in re.split(r"\s+", part))
    if "site" not in names:
        raise OptionError(path, text, "has no placeholder {site}")
    return re.compile(rf"^\s*{expression}\s*$", re.IGNORECASE)
