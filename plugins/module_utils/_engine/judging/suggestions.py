# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Ready-to-paste rules for what no NetBox object was found for."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import re

from ..issues import Issue, IssueCode
from ..text import is_placeholder, key
from .assessment import Assessment

PLACEHOLDER = "CHANGE ME"
MAX_ENTRIES = 50

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
# What begins an expression, a statement or a comment of Jinja. A file of rules is trusted by Ansible, what a device says is not.
_TEMPLATE_STARTS = ("{{", "{%", "{#")

# The conditions of a rule: field and text.
_Conditions = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Kind:
    """One list of rules: its name, the key of a rule's target, and the issue that it would settle."""

    rules: str
    target: str
    code: IssueCode
    conditions: c.Callable[[Assessment, Issue], _Conditions]


@dataclasses.dataclass(slots=True)
class _Group:
    """The devices that one rule would serve."""

    devices: int = 0
    spellings: collections.Counter[_Conditions] = dataclasses.field(default_factory=collections.Counter)
    suggestions: tuple[str, ...] = ()

    @property
    def conditions(self) -> _Conditions:
        return min(self.spellings, key=lambda spelling: (-self.spellings[spelling], spelling))


def suggested_rules(assessments: c.Iterable[Assessment]) -> str:
    """YAML with the top key ``rules``: rules for unknown locations, hardware and operating systems, and for devices without a role.

    The most frequent come first. A rule's target is the NetBox name that resembles the text most, else PLACEHOLDER. No
    value in it is anything that Ansible would take for a template. ``""`` when there is nothing to suggest.
    """
    groups = _groups(assessments)
    lines = [line for kind in _KINDS for line in _list_lines(kind, groups[kind.code])]
    if not lines:
        return ""
    head = f"# Check every target and replace each {PLACEHOLDER}: a target must exist in NetBox."
    return "\n".join([head, "rules:", *lines, ""])


def _groups(assessments: c.Iterable[Assessment]) -> dict[IssueCode, dict[_Conditions, _Group]]:
    kinds = {kind.code: kind for kind in _KINDS}
    groups: dict[IssueCode, dict[_Conditions, _Group]] = {code: {} for code in kinds}
    for assessment in assessments:
        # Several members of one stack may lack the same device type.
        counted = set()
        for issue in (*assessment.issues, *assessment.warnings):
            kind = kinds.get(issue.code)
            conditions = kind.conditions(assessment, issue) if kind else ()
            if not conditions:
                continue
            # Rules compare in the same way, so one rule serves all spellings.
            identity = tuple((field, key(text)) for field, text in conditions)
            if (issue.code, identity) in counted:
                continue
            counted.add((issue.code, identity))
            group = groups[issue.code].setdefault(identity, _Group())
            group.devices += 1
            group.spellings[conditions] += 1
            group.suggestions = group.suggestions or issue.suggestions
    return groups


def _list_lines(kind: _Kind, groups: c.Mapping[_Conditions, _Group]) -> list[str]:
    most_frequent = sorted(groups.items(), key=lambda item: (-item[1].devices, item[0]))
    lines: list[str] = []
    written = 0
    for _identity, group in most_frequent:
        conditions = _safe_conditions(group.conditions) if written < MAX_ENTRIES else None
        if conditions is None:
            continue
        written += 1
        candidates = [name for name in group.suggestions if name.strip() and _is_text(name)]
        target = candidates[0] if candidates and not _is_template(candidates[0]) else PLACEHOLDER
        rule = ", ".join(f"{name}: {_quoted(text)}" for name, text in (*conditions, (kind.target, target)))
        lines += [f"    # {_comment(group, candidates)}", f"    - {{{rule}}}"]
    if not lines:
        return []
    if written < len(groups):
        lines.append(f"    # {len(groups) - written} more left out: search again with these rules to see them.")
    return [f"  {kind.rules}:", *lines]


def _comment(group: _Group, candidates: c.Sequence[str]) -> str:
    devices = "1 device" if group.devices == 1 else f"{group.devices} devices"
    field, text = group.conditions[0]
    if field == "location" and is_placeholder(text):
        return f"{devices}; better set the location in LibreNMS"
    if not candidates:
        return f"{devices}; no name in NetBox is near"
    return f"{devices}; candidates: {', '.join(map(_quoted, candidates))}"


def _location(_assessment: Assessment, issue: Issue) -> _Conditions:
    return (("location", issue.value.strip()),)


def _hardware(assessment: Assessment, issue: Issue) -> _Conditions:
    hardware, os = issue.value.strip(), assessment.device.os.strip()
    # Hardware that LibreNMS does not know says nothing, but the operating system often tells the kind of box.
    return (("hardware", hardware), ("os", os)) if is_placeholder(hardware) and os else (("hardware", hardware),)


def _os(_assessment: Assessment, issue: Issue) -> _Conditions:
    os = issue.value.strip()
    return (("os", os),) if os else ()


def _os_and_type(assessment: Assessment, _issue: Issue) -> _Conditions:
    both = (("os", assessment.device.os.strip()), ("type", assessment.device.type.strip()))
    return tuple((field, text) for field, text in both if text) or both


_KINDS = (
    _Kind("sites", "site", IssueCode.SITE_NOT_FOUND, _location),
    _Kind("device_types", "device_type", IssueCode.DEVICE_TYPE_NOT_FOUND, _hardware),
    _Kind("platforms", "platform", IssueCode.PLATFORM_NOT_FOUND, _os),
    _Kind("roles", "role", IssueCode.ROLE_NOT_SET, _os_and_type),
)


def _safe_conditions(conditions: _Conditions) -> _Conditions | None:
    """The conditions as they are written in a rule, None for what no rule can say."""
    safe = []
    for field, text in conditions:
        if not _is_text(text):
            return None
        # A number would mean a location's id too.
        if _is_template(text) or (field == "location" and text.isdecimal()):
            if field not in ("location", "hardware"):
                return None
            # A bracketed brace begins no template.
            pattern = re.escape(text).replace(r"\{", "[{]")
            safe.append((f"{field}_regex", rf"^\s*{pattern}\s*$"))
        else:
            safe.append((field, text))
    return tuple(safe)


def _is_template(text: str) -> bool:
    return any(start in text for start in _TEMPLATE_STARTS)


def _is_text(text: str) -> bool:
    """Whether YAML can hold the text: half of a surrogate pair is no character."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _quoted(text: str) -> str:
    """A double-quoted scalar on one line. Unlike JSON's, its escapes beyond U+FFFF are single characters."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in text) + '"'


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
