# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
r"""Targets of rules that are made of what a pattern has found: ``FortiSwitch \1``, ``R{rack:0>2}``."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re

from ..._exceptions import OptionError

_PLACEHOLDER = re.compile(r"\\(?P<number>[1-9])|\{(?P<name>\w+)(?::(?P<spec>[^{}]*))?\}")
# Fill, alignment and width of Python's format strings: all that a text of digits may need.
_SPEC = re.compile(r"(?:.?[<>^])?0?\d{0,2}")


@dataclasses.dataclass(frozen=True, slots=True)
class Template:
    """A text with numbers or names of groups in it. Made by :meth:`parse`."""

    text: str
    # Nothing in it is a placeholder.
    literal: bool = False

    @property
    def groups(self) -> frozenset[str]:
        """The numbers and names of the groups that it takes."""
        return frozenset(found["number"] or found["name"] for found in _PLACEHOLDER.finditer(self.text))

    @classmethod
    def parse(cls, path: str, text: str) -> Template | None:
        """None for a text without placeholders. Raises OptionError for a brace or a format that means nothing."""
        template = cls(text)
        if not template.groups:
            return None
        rest = _PLACEHOLDER.sub("", text)
        if "{" in rest or "}" in rest:
            raise OptionError(path, text, "has a brace without its partner", "Placeholders are \\1 to \\9, and names of groups in braces.")
        for found in _PLACEHOLDER.finditer(text):
            if found["spec"] and not _SPEC.fullmatch(found["spec"]):
                raise OptionError(path, text, f"has the format {found['spec']!r}", "Formats are fill, alignment and width, such as 0>2.")
        return template

    def expand(self, groups: c.Mapping[str, str]) -> str:
        """The text with what the groups have found; a group that found nothing is empty. Nothing in what they found is a placeholder."""
        if self.literal:
            return self.text
        return _PLACEHOLDER.sub(lambda found: format(groups.get(found["number"] or found["name"], ""), found["spec"] or ""), self.text)
