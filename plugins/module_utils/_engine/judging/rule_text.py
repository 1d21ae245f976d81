# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Rules as lines of YAML that Ansible may load: a file of rules is trusted, what a device says is not."""

from __future__ import annotations

import re

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
# What begins an expression, a statement or a comment of Jinja.
_TEMPLATE_STARTS = ("{{", "{%", "{#")

# The conditions of a rule: field and text.
Conditions = tuple[tuple[str, str], ...]
# What a rule names: option and text.
Targets = tuple[tuple[str, str], ...]


def rule_line(conditions: Conditions, targets: Targets, *, works: bool = True) -> str:
    """The rule as an item of its list; a comment where it does not work as it is."""
    rule = ", ".join(f"{name}: {quoted(text)}" for name, text in (*conditions, *targets))
    return f"    {'' if works else '# '}- {{{rule}}}"


def safe_conditions(conditions: Conditions) -> Conditions | None:
    """The conditions as they are written in a rule, None for what no rule can say."""
    safe = []
    for field, text in conditions:
        if not is_text(text):
            return None
        # A number would mean a location's id too.
        if is_template(text) or (field == "location" and text.isdecimal()):
            if field not in ("location", "hardware"):
                return None
            # A bracketed brace begins no template.
            pattern = re.escape(text).replace(r"\{", "[{]")
            safe.append((f"{field}_regex", rf"^\s*{pattern}\s*$"))
        else:
            safe.append((field, text))
    return tuple(safe)


def is_template(text: str) -> bool:
    return any(start in text for start in _TEMPLATE_STARTS)


def is_text(text: str) -> bool:
    """Whether YAML can hold the text: half of a surrogate pair is no character."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def quoted(text: str) -> str:
    """A double-quoted scalar on one line. Unlike JSON's, its escapes beyond U+FFFF are single characters."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in text) + '"'


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
