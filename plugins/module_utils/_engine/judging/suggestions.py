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
from ..kinds import ObjectKind
from ..matching.catalog import Index, Site
from ..text import is_placeholder, key, squashed
from .assessment import Assessment
from .location_shapes import location_shape
from .rule_text import Conditions, is_template, is_text, quoted, rule_line, safe_conditions
from .settling import LearnedRules

PLACEHOLDER = "CHANGE ME"
MAX_ENTRIES = 50

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
    conditions: c.Callable[[Assessment, Issue], Conditions]


@dataclasses.dataclass(slots=True)
class _Group:
    """The devices that one rule would serve."""

    devices: int = 0
    spellings: collections.Counter[Conditions] = dataclasses.field(default_factory=collections.Counter)
    suggestions: tuple[str, ...] = ()

    @property
    def conditions(self) -> Conditions:
        return min(self.spellings, key=lambda spelling: (-self.spellings[spelling], spelling))


def suggested_rules(assessments: c.Sequence[Assessment], sites: Index[Site] | None = None, learned: LearnedRules | None = None) -> str:
    """YAML with the top key ``rules``: rules for unknown locations, hardware and operating systems, and for devices without a role.

    The most frequent come first. A rule has a target where the names differ in blanks, hyphens and case only; every other one is a
    comment that names what is near, with PLACEHOLDER as its target. No value is anything that Ansible would take for a template.
    ``""`` when there is nothing to suggest.

    :param sites: those of NetBox; where the first part of several locations names one, a pattern takes the place of their rules
    :param learned: they come first, and nothing is suggested for a device that one of them settles
    """
    learned = learned or LearnedRules()
    groups = _groups(assessments, learned)
    own = {
        "sites": _location_patterns(groups[IssueCode.SITE_NOT_FOUND], sites or Index()),
        "import_as": _virtual_lines(assessments, learned),
    }
    for kind in _KINDS:
        for identity in learned.undecided(kind.rules):
            groups[kind.code].pop(identity, None)
        own[kind.rules] = [*own.get(kind.rules, ()), *_list_lines(kind, groups[kind.code])]
    lines = []
    for name in (*(kind.rules for kind in _KINDS), "import_as"):
        if of_list := [*learned.lines(name), *own[name]]:
            lines += [f"  {name}:", *of_list]
    if not lines:
        return ""
    head = f"# A line that is a comment needs a person: replace {PLACEHOLDER} by a name that NetBox has, and remove its first #."
    return "\n".join([head, "rules:", *lines, ""])


def lacks_rules(assessments: c.Iterable[Assessment]) -> bool:
    """Whether a rule would be of use to any of the devices."""
    return any(issue.code in _LISTS for assessment in assessments for issue in (*assessment.issues, *assessment.warnings))


def _is_settled(assessment: Assessment, issue: Issue, learned: LearnedRules) -> bool:
    """Whether a learned rule gives the device what it lacks, or makes something of it that needs none."""
    name = _LISTS.get(issue.code)
    if name is None:
        return False
    if name != "device_types":
        return learned.settling(name, assessment, assessment.device.hardware) is not None
    return _is_machine(assessment, learned) or learned.settling(name, assessment, issue.value) is not None


def _is_machine(assessment: Assessment, learned: LearnedRules) -> bool:
    found = learned.settling("import_as", assessment, assessment.device.hardware)
    return found is not None and ("import_as", ObjectKind.VIRTUAL_MACHINE.value) in found.targets


def _groups(assessments: c.Sequence[Assessment], learned: LearnedRules) -> dict[IssueCode, dict[Conditions, _Group]]:
    kinds = {kind.code: kind for kind in _kinds(assessments, learned)}
    groups: dict[IssueCode, dict[Conditions, _Group]] = {code: {} for code in kinds}
    for assessment in assessments:
        # Several members of one stack may lack the same device type.
        counted = set()
        for issue in (*assessment.issues, *assessment.warnings):
            if _is_settled(assessment, issue, learned):
                continue
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


def _list_lines(kind: _Kind, groups: c.Mapping[Conditions, _Group]) -> list[str]:
    most_frequent = sorted(groups.items(), key=lambda item: (-item[1].devices, item[0]))
    lines: list[str] = []
    written = 0
    for _identity, group in most_frequent:
        conditions = safe_conditions(group.conditions) if written < MAX_ENTRIES else None
        if conditions is None:
            continue
        written += 1
        candidates = [name for name in group.suggestions if name.strip() and is_text(name)]
        target = _certain(group, candidates)
        lines.append(f"    # {_comment(group, candidates if target is None else [])}")
        lines.append(rule_line(conditions, ((kind.target, target or PLACEHOLDER),), works=target is not None))
    if lines and written < len(groups):
        lines.append(f"    # {len(groups) - written} more left out: search again with these rules to see them.")
    return lines


def _certain(group: _Group, candidates: c.Sequence[str]) -> str | None:
    """The candidate that is the same name in another spelling."""
    wanted = {squashed(text) for _field, text in group.conditions}
    same = [name for name in candidates if squashed(name) in wanted and not is_template(name)]
    return same[0] if len(same) == 1 else None


def _comment(group: _Group, candidates: c.Sequence[str]) -> str:
    field, text = group.conditions[0]
    if field == "location" and is_placeholder(text):
        return f"{_devices(group.devices)}; better set the location in LibreNMS"
    if not candidates:
        return _devices(group.devices)
    return f"{_devices(group.devices)}; near: {', '.join(map(quoted, candidates))}"


def _devices(number: int) -> str:
    return "1 device" if number == 1 else f"{number} devices"


def _location_patterns(groups: dict[Conditions, _Group], sites: Index[Site]) -> list[str]:
    """The lines of patterns that serve several of the locations each; takes these out of the groups."""
    alike: dict[str, list[Conditions]] = {}
    for identity, group in groups.items():
        if shape := location_shape(group.conditions[0][1], sites):
            pattern, _site = shape
            alike.setdefault(pattern, []).append(identity)
    lines = []
    for pattern, identities in sorted(alike.items()):
        if len(identities) < 2:
            continue
        served = sum(groups.pop(identity).devices for identity in identities)
        lines += [f"    # {_devices(served)} in {len(identities)} locations", rule_line((("location_pattern", pattern),), ())]
    return lines


def _virtual_lines(assessments: c.Iterable[Assessment], learned: LearnedRules) -> list[str]:
    """Rules that make virtual machines of devices whose hardware is virtual, where no device type was found."""
    counted: collections.Counter[str] = collections.Counter()
    for assessment in assessments:
        hardware = assessment.device.hardware.strip()
        if _is_virtual(assessment) and not _is_machine(assessment, learned):
            counted[hardware] += 1
    lines = []
    for hardware, number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MAX_ENTRIES]:
        if conditions := safe_conditions((("hardware", hardware),)):
            lines += [f"    # {_devices(number)}", rule_line(conditions, (("import_as", ObjectKind.VIRTUAL_MACHINE.value),))]
    return lines


def _is_virtual(assessment: Assessment) -> bool:
    lacks_type = any(issue.code is IssueCode.DEVICE_TYPE_NOT_FOUND for issue in assessment.issues)
    on_metal = any(word in assessment.device.os.lower() for word in _HYPERVISORS)
    return lacks_type and not on_metal and bool(_VIRTUAL.search(assessment.device.hardware))


def _location(_assessment: Assessment, issue: Issue) -> Conditions:
    return (("location", issue.value.strip()),)


def _hardware(assessment: Assessment, issue: Issue) -> Conditions:
    hardware, os = issue.value.strip(), assessment.device.os.strip()
    # Hardware that LibreNMS does not know says nothing, but the operating system often tells the kind of box.
    return (("hardware", hardware), ("os", os)) if is_placeholder(hardware) and os else (("hardware", hardware),)


def _os(_assessment: Assessment, issue: Issue) -> Conditions:
    os = issue.value.strip()
    return (("os", os),) if os else ()


def _os_and_type(assessment: Assessment, _issue: Issue) -> Conditions:
    both = (("os", assessment.device.os.strip()), ("type", assessment.device.type.strip()))
    return tuple((field, text) for field, text in both if text) or both


def _kinds(assessments: c.Sequence[Assessment], learned: LearnedRules) -> tuple[_Kind, ...]:
    """The kinds of rules, with the conditions that these devices need."""
    with_role = {assessment.device.type.strip() for assessment in assessments if assessment.match.role} | learned.texts("roles", "type")

    def role(assessment: Assessment, issue: Issue) -> Conditions:
        # Where no device of a type has a role, the type alone serves them all.
        of_type = assessment.device.type.strip()
        return (("type", of_type),) if of_type and of_type not in with_role else _os_and_type(assessment, issue)

    def hardware(assessment: Assessment, issue: Issue) -> Conditions:
        return () if _is_virtual(assessment) else _hardware(assessment, issue)

    own = {"roles": role, "device_types": hardware}
    return tuple(dataclasses.replace(kind, conditions=own.get(kind.rules, kind.conditions)) for kind in _KINDS)


_KINDS = (
    _Kind("sites", "site", IssueCode.SITE_NOT_FOUND, _location),
    _Kind("device_types", "device_type", IssueCode.DEVICE_TYPE_NOT_FOUND, _hardware),
    _Kind("platforms", "platform", IssueCode.PLATFORM_NOT_FOUND, _os),
    _Kind("roles", "role", IssueCode.ROLE_NOT_SET, _os_and_type),
)

# The lists whose rules settle an issue.
_LISTS = {kind.code: kind.rules for kind in _KINDS} | {
    IssueCode.SITE_AMBIGUOUS: "sites",
    IssueCode.DEVICE_TYPE_AMBIGUOUS: "device_types",
    IssueCode.PLATFORM_AMBIGUOUS: "platforms",
}
