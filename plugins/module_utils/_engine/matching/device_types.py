# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The device type that a device's hardware text means, by rules, part number, model, and what stands in the text."""

from __future__ import annotations

import dataclasses

from ..._exceptions import OptionError
from ..issues import Issue, IssueCode
from ..text import did_you_mean, is_placeholder, key, near, printable
from .catalog import Catalog, DeviceType, Found
from .conditions import Subject
from .hardware import hardware_index, names_a_family, preferred
from .missing import can_be_name
from .resolved import Resolved, resolved
from .rules import Rule, first_match


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceTypeMatcher:
    """Hardware texts on the device types of one NetBox, then on those of a library.

    :ivar makers: the rules that name the manufacturer of a type which neither has
    :ivar normalised: a text need not be exactly a part number or model
    """

    rules: tuple[Rule, ...]
    catalog: Catalog
    normalised: bool = True
    makers: tuple[Rule, ...] = ()

    def of(self, subject: Subject) -> tuple[Resolved | None, Issue | None]:
        """By first matching rule, exact part number, exact model, and the part number or model that stands in the text."""
        hardware, os = subject.hardware, subject.device.os
        found = first_match(self.rules, subject)
        wanted = hardware
        if found:
            rule, groups = found
            wanted = rule.target or groups.get("device_type", hardware)
            types = self.named(wanted, rule.manufacturer)
            if types.objects:
                return _one(types, wanted, "rule")
        library = hardware_index(self.catalog.library) if len(self.catalog.library) else None
        for index, beyond in ((self.catalog.device_types, library), (self.catalog.library, None)):
            types = index.find(hardware, "part_number", "name")
            if types.objects:
                by = "part_number" if types.by == "part_number" else "model"
                return _one(Found(preferred(types.objects, hardware, os), by), hardware, by)
            if self.normalised and not is_placeholder(hardware) and (inside := hardware_index(index).find(hardware, os, beyond)):
                return _one(Found(inside, "normalised"), hardware, "normalised")
        bare = self.bare(subject)
        made = self.catalog.bare_types.get((key(bare[0]), key(bare[1]))) if bare else None
        return (resolved(Found((made,)), ""), None) if made else (None, self._not_found(hardware, wanted))

    def bare(self, subject: Subject) -> tuple[str, str] | None:
        """The manufacturer, by the rules, and the model of a type that could be made of nothing else; None where that is not known.

        What leaves open which model it is makes none, unless a rule says so.
        """
        maker = first_match(self.makers, subject)
        if maker is None:
            return None
        found = first_match(self.rules, subject)
        model = found[0].target or found[1].get("device_type", "") if found else ""
        if not model and not names_a_family(subject.hardware):
            model = subject.hardware
        return (maker[0].target, model) if can_be_name(model) else None

    def named(self, text: str, manufacturer: str) -> Found[DeviceType]:
        """The device types with a part number, model or slug, of one manufacturer or of all (``""``); NetBox's before a library's."""
        for index in (self.catalog.device_types, self.catalog.library):
            if not manufacturer:
                if (found := index.find(text, "part_number", "name", "slug")).objects:
                    return found
                continue
            for way in ("part_number", "name", "slug"):
                found = index.find(text, way)
                if matching := tuple(item for item in found.objects if key(item.manufacturer) == key(manufacturer)):
                    return Found(matching, way)
        return Found()

    def check_manufacturer(self, rule: Rule) -> None:
        """Raises OptionError for a rule's manufacturer of whom NetBox has no device type."""
        types = (*self.catalog.device_types.objects, *self.catalog.library.objects)
        makers = {key(item.manufacturer): item.manufacturer for item in types}
        if rule.manufacturer and key(rule.manufacturer) not in makers:
            hint = did_you_mean(near(rule.manufacturer, makers.values())) or "Write the manufacturer's name as NetBox has it."
            raise OptionError(f"{rule.path}.manufacturer", rule.manufacturer, "has no device type in NetBox", hint)

    def _not_found(self, hardware: str, wanted: str) -> Issue:
        if is_placeholder(hardware):
            message = f"LibreNMS does not know the hardware ({printable(hardware)!r})."
            hint = "Add a rule to rules.device_types, or name the device type in overrides."
            return Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, "device_type", message, hint, value=hardware)
        seen = f" (from the hardware {printable(hardware)!r})" if wanted != hardware else ""
        message = f"NetBox has no device type with the part number or model {printable(wanted)!r}{seen}."
        hint = "Create the device type in NetBox, or add a rule to rules.device_types."
        suggestions = self.catalog.device_types.near(wanted)
        return Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, "device_type", message, hint, suggestions=suggestions, value=hardware)


def _one(types: Found[DeviceType], wanted: str, by: str) -> tuple[Resolved | None, Issue | None]:
    if len(types.objects) == 1:
        return resolved(types, by), None
    makers = tuple(f"{item.manufacturer} {item.name}".strip() for item in types.objects)
    called = "may be meant by" if by == "normalised" else "are called"
    message = f"{len(types.objects)} device types {called} {printable(wanted)!r}: {', '.join(makers)}."
    hint = "Say which one in rules.device_types, with 'manufacturer'."
    return None, Issue(IssueCode.DEVICE_TYPE_AMBIGUOUS, "device_type", message, hint, suggestions=makers, value=wanted)
