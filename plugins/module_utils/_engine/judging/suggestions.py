# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Ready-to-paste rules for what no NetBox object was found for.

Only what is certain is a rule. What a person has to decide stands in a comment, so that the text works as it is pasted.
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import re

from ..issues import Issue, IssueCode
from ..matching.catalog import Index, Site
from ..text import is_placeholder, key, squashed
from .assessment import Assessment

PLACEHOLDER = "CHANGE ME"
MAX_ENTRIES = 50

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
# What begins an expression, a statement or a comment of Jinja. A file of rules is trusted by Ansible, what a device says is not.
_TEMPLATE_STARTS = ("{{", "{%", "{#")

# The conditions of a rule: field and text.
_Conditions = tuple[tuple[str, str], ...]

# Between the parts of a location, the surest first.
_SEPARATORS = (", ", " / ", " - ", "; ", ",", "/")
_RACK = re.compile(r"(?:rack|cabinet|r)[ _-]?\d+\w*", re.IGNORECASE)
# Hardware of virtual machines as LibreNMS names it.
_VIRTUAL = re.compile(r"VMware|\bKVM\b|QEMU|i440FX|Virtual (?:Machine|Edition|Platform)|\bVirtualBox\b|\bHVM domU\b", re.IGNORECASE)
# Operating systems that run virtual machines are on real hardware.
_HYPERVISORS = ("vmware", "esxi", "proxmox", "xen", "hyperv")


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


def suggested_rules(assessments: c.Sequence[Assessment], sites: Index[Site] | None = None) -> str:
    """YAML with the top key ``rules``: rules for unknown locations, hardware and operating systems, and for devices without a role.

    The most frequent come first. A rule has a target where the names differ in blanks, hyphens and case only; every other one is a
    comment that names what is near, with PLACEHOLDER as its target. No value is anything that Ansible would take for a template.
    ``""`` when there is nothing to suggest.

    :param sites: those of NetBox; where the first part of several locations names one, a pattern takes the place of their rules
    """
    groups = _groups(assessments)
    patterns = _location_patterns(groups[IssueCode.SITE_NOT_FOUND], sites or Index())
    lines = [line for kind in _KINDS for line in _list_lines(kind, groups[kind.code], patterns if kind.rules == "sites" else [])]
    lines += _virtual_lines(assessments)
    if not lines:
        return ""
    head = f"# A line that is a comment needs a person: replace {PLACEHOLDER} by a name that NetBox has, and remove its first #."
    return "\n".join([head, "rules:", *lines, ""])


def _groups(assessments: c.Sequence[Assessment]) -> dict[IssueCode, dict[_Conditions, _Group]]:
    kinds = {kind.code: kind for kind in _kinds(assessments)}
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


def _list_lines(kind: _Kind, groups: c.Mapping[_Conditions, _Group], before: c.Sequence[str]) -> list[str]:
    """:param before: lines of rules that come first"""
    most_frequent = sorted(groups.items(), key=lambda item: (-item[1].devices, item[0]))
    lines: list[str] = []
    written = 0
    for _identity, group in most_frequent:
        conditions = _safe_conditions(group.conditions) if written < MAX_ENTRIES else None
        if conditions is None:
            continue
        written += 1
        candidates = [name for name in group.suggestions if name.strip() and _is_text(name)]
        target = _certain(group, candidates)
        rule = ", ".join(f"{name}: {_quoted(text)}" for name, text in (*conditions, (kind.target, target or PLACEHOLDER)))
        lines += [f"    # {_comment(group, candidates if target is None else [])}", f"    {'' if target else '# '}- {{{rule}}}"]
    if not lines and not before:
        return []
    if written < len(groups):
        lines.append(f"    # {len(groups) - written} more left out: search again with these rules to see them.")
    return [f"  {kind.rules}:", *before, *lines]


def _certain(group: _Group, candidates: c.Sequence[str]) -> str | None:
    """The candidate that is the same name in another spelling."""
    wanted = {squashed(text) for _field, text in group.conditions}
    same = [name for name in candidates if squashed(name) in wanted and not _is_template(name)]
    return same[0] if len(same) == 1 else None


def _comment(group: _Group, candidates: c.Sequence[str]) -> str:
    field, text = group.conditions[0]
    if field == "location" and is_placeholder(text):
        return f"{_devices(group.devices)}; better set the location in LibreNMS"
    if not candidates:
        return _devices(group.devices)
    return f"{_devices(group.devices)}; near: {', '.join(map(_quoted, candidates))}"


def _devices(number: int) -> str:
    return "1 device" if number == 1 else f"{number} devices"


def _location_patterns(groups: dict[_Conditions, _Group], sites: Index[Site]) -> list[str]:
    """The lines of patterns that serve several of the locations each; takes these out of the groups."""
    alike: dict[tuple[str, str], list[_Conditions]] = {}
    for identity, group in groups.items():
        if shape := _shape(group.conditions[0][1], sites):
            alike.setdefault(shape, []).append(identity)
    lines = []
    for (_separator, pattern), identities in sorted(alike.items()):
        if len(identities) < 2:
            continue
        served = sum(groups.pop(identity).devices for identity in identities)
        lines += [f"    # {_devices(served)} in {len(identities)} locations", f"    - {{location_pattern: {_quoted(pattern)}}}"]
    return lines


def _shape(location: str, sites: Index[Site]) -> tuple[str, str] | None:
    """The separator and the pattern of a location whose first part is a site."""
    for separator in _SEPARATORS:
        parts = [part.strip() for part in location.split(separator)]
        if len(parts) in (2, 3) and all(parts) and sites.find(parts[0]).one:
            last = "{rack}" if len(parts) == 3 or _RACK.fullmatch(parts[-1]) else "{location}"
            return separator, separator.join(["{site}", *(["{location}"] if len(parts) == 3 else []), last])
    return None


def _virtual_lines(assessments: c.Iterable[Assessment]) -> list[str]:
    """Rules that make virtual machines of devices whose hardware is virtual, where no device type was found."""
    counted: collections.Counter[str] = collections.Counter()
    for assessment in assessments:
        hardware = assessment.device.hardware.strip()
        if _is_virtual(assessment) and _safe_conditions((("hardware", hardware),)):
            counted[hardware] += 1
    lines = []
    for hardware, number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MAX_ENTRIES]:
        ((field, text),) = _safe_conditions((("hardware", hardware),)) or ((("hardware", hardware)),)
        lines += [f"    # {_devices(number)}", f"    - {{{field}: {_quoted(text)}, import_as: virtual_machine}}"]
    return ["  import_as:", *lines] if lines else []


def _is_virtual(assessment: Assessment) -> bool:
    lacks_type = any(issue.code is IssueCode.DEVICE_TYPE_NOT_FOUND for issue in assessment.issues)
    on_metal = any(word in assessment.device.os.lower() for word in _HYPERVISORS)
    return lacks_type and not on_metal and bool(_VIRTUAL.search(assessment.device.hardware))


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


def _kinds(assessments: c.Sequence[Assessment]) -> tuple[_Kind, ...]:
    """The kinds of rules, with the conditions that these devices need."""
    with_role = {assessment.device.type.strip() for assessment in assessments if assessment.match.role}

    def role(assessment: Assessment, issue: Issue) -> _Conditions:
        # Where no device of a type has a role, the type alone serves them all.
        of_type = assessment.device.type.strip()
        return (("type", of_type),) if of_type and of_type not in with_role else _os_and_type(assessment, issue)

    def hardware(assessment: Assessment, issue: Issue) -> _Conditions:
        return () if _is_virtual(assessment) else _hardware(assessment, issue)

    own = {"roles": role, "device_types": hardware}
    return tuple(dataclasses.replace(kind, conditions=own.get(kind.rules, kind.conditions)) for kind in _KINDS)


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
