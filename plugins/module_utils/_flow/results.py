# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The shapes of the results: what a task returns, in plain JSON types."""

from __future__ import annotations

import collections
import collections.abc as c
import typing as t

from .._engine.issues import Issue, IssueCode
from .._engine.judging.assessment import AssessedMember, Assessment, State
from .._engine.judging.existing import ExistingObject, ObjectKind
from .._engine.matching.matcher import Resolved
from .._engine.planning.plan import Action, Plan, PlannedDevice, PlannedMember, Target, Write
from .._engine.records import ChassisStatus, DeviceRecord, VirtualChassis
from .._netbox.apply import Applied
from .._netbox.write import Fate

Json = dict[str, t.Any]

_PAGES = {ObjectKind.DEVICE: "dcim/devices", ObjectKind.VIRTUAL_MACHINE: "virtualization/virtual-machines"}
_MATCH_FIELDS = ("site", "location", "rack", "device_type", "platform", "role", "tenant", "cluster")
_FAILED = (Fate.REFUSED, Fate.LOST, Fate.SKIPPED, Fate.TAKEN)


def object_url(root: str, kind: ObjectKind, object_id: int) -> str:
    """The page of an object in NetBox's web interface."""
    return f"{root}/{_PAGES[kind]}/{object_id}/"


def issue_json(issue: Issue) -> Json:
    return {
        "code": issue.code.value,
        "field": issue.field,
        "message": issue.message,
        "hint": issue.hint,
        "suggestions": list(issue.suggestions),
    }


def device_json(device: DeviceRecord) -> Json:
    """What LibreNMS says; null where it says nothing."""
    return {
        "device_id": device.device_id,
        "hostname": device.hostname or None,
        "sysname": device.sysname or None,
        "ip": device.ip or None,
        "os": device.os or None,
        "version": device.version or None,
        "hardware": device.hardware or None,
        "serial": device.serial or None,
        "type": device.type or None,
        "location": device.location or None,
        "status": device.status.value,
        "disabled": device.disabled,
    }


def _resolved_json(resolved: Resolved | None) -> Json | None:
    return {"id": resolved.id, "name": resolved.name, "by": resolved.by} if resolved else None


def _existing_json(existing: ExistingObject | None, matched_by: str | None, root: str) -> Json | None:
    if existing is None:
        return None
    return {
        "id": existing.id,
        "url": object_url(root, existing.kind, existing.id),
        "name": existing.name,
        "type": existing.kind.value,
        "matched_by": matched_by,
    }


def chassis_json(chassis: VirtualChassis | None, members: c.Sequence[AssessedMember] | None = None) -> Json | None:
    """The detected stack; device types only where it was assessed."""
    if chassis is None:
        return None
    types = {member.member.position: member for member in members or ()}
    master = chassis.master
    return {
        "status": chassis.status.value,
        "reason": chassis.reason or None,
        "master_position": master.position if master else None,
        "members": [
            {
                "position": member.position,
                "serial": member.serial or None,
                "model": member.model or None,
                "name": member.name or None,
                "is_master": member.is_master,
                "device_type": _resolved_json(types[member.position].device_type) if member.position in types else None,
                "netbox_name": types[member.position].name if member.position in types else None,
            }
            for member in chassis.members
        ],
    }


def assessment_json(assessment: Assessment, root: str) -> Json:
    """One device of a search."""
    matched_by = assessment.matched_by.value if assessment.matched_by else None
    return {
        **device_json(assessment.device),
        "name": assessment.name or None,
        "import_as": assessment.import_as.value,
        "state": assessment.state.value,
        "netbox": _existing_json(assessment.existing, matched_by, root),
        "match": {name: _resolved_json(getattr(assessment.match, name)) for name in _MATCH_FIELDS},
        "issues": [issue_json(issue) for issue in assessment.issues],
        "warnings": [issue_json(issue) for issue in assessment.warnings],
        "virtual_chassis": chassis_json(assessment.virtual_chassis, assessment.members),
    }


# What a device that needs no reader says of itself with result_detail=brief.
_BRIEF = ("device_id", "hostname", "name", "import_as", "state", "action", "netbox")
_QUIET = (State.READY.value, State.EXISTING.value, Action.NONE.value, Action.SKIP.value)


def with_detail(devices: list[Json], detail: str) -> list[Json]:
    """The devices of a search or the results of an import as the option ``result_detail`` wants them."""
    if detail == "summary":
        return []
    if detail == "full":
        return devices
    return [_brief(device) for device in devices]


def _brief(device: Json) -> Json:
    if device.get("action", device.get("state")) in _QUIET:
        return {name: device[name] for name in _BRIEF if name in device}
    return {name: value for name, value in device.items() if name != "match"}


def found_json(device: DeviceRecord, name: str, chassis: VirtualChassis | None) -> Json:
    """One device of a search that does not assess."""
    return {
        **device_json(device),
        "name": name or None,
        "import_as": None,
        "state": None,
        "netbox": None,
        "match": None,
        "issues": [],
        "warnings": [],
        "virtual_chassis": chassis_json(chassis),
    }


def search_summary(assessments: c.Sequence[Assessment]) -> Json:
    """Counts by state and by issue code; ``values`` tells which values each code is about, most frequent first."""
    states = collections.Counter(assessment.state for assessment in assessments)
    chassis = (assessment.virtual_chassis for assessment in assessments)
    stacks = sum(item is not None and item.status is ChassisStatus.STACK for item in chassis)
    return {
        "selected": len(assessments),
        **{state.value: states[state] for state in State},
        "virtual_machines": sum(assessment.import_as.value == "virtual_machine" for assessment in assessments),
        "stacks": stacks,
        "issues": _code_counts(assessment.issues for assessment in assessments),
        "warnings": _code_counts(assessment.warnings for assessment in assessments),
        "values": _value_counts(assessments),
    }


def _code_counts(lists: c.Iterable[c.Iterable[Issue]]) -> Json:
    counts = collections.Counter(code for issues in lists for code in {issue.code for issue in issues})
    return {code.value: count for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _value_counts(assessments: c.Iterable[Assessment], most: int = 20) -> Json:
    counts: dict[IssueCode, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for assessment in assessments:
        for code, value in {(issue.code, issue.value) for issue in (*assessment.issues, *assessment.warnings) if issue.value}:
            counts[code][value] += 1
    return {
        code.value: [
            {"value": value, "devices": -count} for count, value in sorted((-count, value) for value, count in counter.items())[:most]
        ]
        for code, counter in sorted(counts.items())
    }


class ImportReport:
    """What an import did, or would do, for each device."""

    def __init__(self, plan: Plan, applied: Applied | None, root: str) -> None:
        """:param applied: None in check mode"""
        self._plan = plan
        self._applied = applied
        self._root = root

    def results(self) -> list[Json]:
        return [self._device(device) for device in self._plan.devices]

    def action(self, device: PlannedDevice) -> Action | None:
        """What was done; None for a device that the run did not come to."""
        if self._applied is None:
            return device.action
        fates = [self._applied.of(write).fate for write in device.writes()]
        if any(fate in _FAILED for fate in fates):
            return Action.FAIL
        if Fate.NOT_PROCESSED in fates:
            return None
        return device.action

    def summary(self) -> Json:
        """The counts of DESIGN's import summary."""
        actions = collections.Counter(self.action(device) for device in self._plan.devices)
        counts: collections.Counter[str] = collections.Counter()
        for device in self._plan.devices:
            if device.chassis and self._is_done(device.chassis):
                counts["virtual_chassis"] += 1
            written = (member.write for member in device.members if member.write)
            counts["members"] += sum(write.creates and self._is_done(write) for write in written)
            if device.device and device.device.creates and device.device.target is Target.VIRTUAL_MACHINE and self._is_done(device.device):
                counts["virtual_machines"] += 1
        return {
            "selected": len(self._plan.devices),
            "created": actions[Action.CREATE],
            "updated": actions[Action.UPDATE],
            "linked": actions[Action.LINK],
            "unchanged": actions[Action.NONE],
            "skipped": actions[Action.SKIP],
            "blocked": actions[Action.BLOCKED],
            "failed": actions[Action.FAIL],
            "virtual_chassis_created": counts["virtual_chassis"],
            "members_created": counts["members"],
            "virtual_machines_created": counts["virtual_machines"],
            "not_processed": actions[None],
        }

    @property
    def changed(self) -> bool:
        if self._applied is None:
            return self._plan.changed
        return any(outcome.fate is Fate.DONE for outcome in self._applied.outcomes.values())

    def diff(self) -> list[Json]:
        """Every object that is written, with its fields, in the form that Ansible shows."""
        writes = (write for write in self._plan.writes() if self._is_done(write))
        return [_write_diff(write) for write in writes]

    def _is_done(self, write: Write) -> bool:
        return self._applied is None or self._applied.of(write).fate is Fate.DONE

    def _outcome_issues(self, device: PlannedDevice) -> list[Json]:
        if self._applied is None:
            return []
        issues = []
        failed = self.action(device) is Action.FAIL
        for write in device.writes():
            outcome = self._applied.of(write)
            if outcome.fate is Fate.NOT_PROCESSED and failed and self._applied.stop_reason is None:
                message = f"{write.name}: It was left out, because something before it failed."
                issues.append(Issue(IssueCode.NOT_PROCESSED, write.target.value, message, "Run again when that is put right."))
            elif outcome.fate in _FAILED:
                message = f"{write.name}: {outcome.message}" if write is not device.device else outcome.message
                issues.append(Issue(IssueCode.NETBOX_REFUSED, write.target.value, message))
            elif outcome.fate is Fate.NOT_PROCESSED:
                message = f"{write.name}: {outcome.message}"
                issues.append(Issue(IssueCode.NOT_PROCESSED, write.target.value, message, "Run again to complete it."))
        return [issue_json(issue) for issue in issues]

    def _device(self, device: PlannedDevice) -> Json:
        assessment = device.assessment
        action = self.action(device)
        return {
            "device_id": device.device_id,
            "hostname": assessment.device.hostname or None,
            "name": assessment.name or None,
            "import_as": assessment.import_as.value,
            "action": action.value if action else "not_processed",
            "netbox": self._netbox(device),
            "changes": _changes(device.device) if device.device and self._is_done(device.device) else {},
            "issues": [*(issue_json(issue) for issue in device.issues), *self._outcome_issues(device)],
            "warnings": [issue_json(issue) for issue in device.warnings],
            "virtual_chassis": self._chassis(device),
        }

    def _object_id(self, write: Write | None, existing: ExistingObject | None) -> int | None:
        if write and self._applied and write.creates:
            return self._applied.of(write).object_id
        return existing.id if existing else None

    def _netbox(self, device: PlannedDevice) -> Json | None:
        assessment = device.assessment
        matched_by = assessment.matched_by.value if assessment.matched_by else None
        if assessment.existing is not None:
            return _existing_json(assessment.existing, matched_by, self._root)
        if device.device is None:
            return None
        kind = ObjectKind.DEVICE if device.device.target is Target.DEVICE else ObjectKind.VIRTUAL_MACHINE
        object_id = self._object_id(device.device, None)
        url = object_url(self._root, kind, object_id) if object_id is not None else None
        return {"id": object_id, "url": url, "name": device.device.name, "type": kind.value, "matched_by": None}

    def _chassis(self, device: PlannedDevice) -> Json | None:
        found = chassis_json(device.assessment.virtual_chassis, device.assessment.members)
        if found is None or device.own_member is None:
            return found
        own_id = self._object_id(device.device, device.assessment.existing)
        made = self._applied.of(device.chassis).object_id if device.chassis and self._applied else None
        actions = {device.own_member.position: (self._action_name(device), device.name, own_id)}
        for member in device.members:
            actions[member.member.position] = (self._member_action(member), member.name, self._object_id(member.write, member.existing))
        for member_json in found["members"]:
            action, name, object_id = actions[member_json["position"]]
            member_json |= {
                "action": action,
                "netbox_name": name,
                "netbox": {"id": object_id, "url": object_url(self._root, ObjectKind.DEVICE, object_id)} if object_id is not None else None,
            }
        found["name"] = device.chassis_name
        found["netbox_id"] = device.chassis_id if device.chassis_id is not None else made
        return found

    def _action_name(self, device: PlannedDevice) -> str:
        action = self.action(device)
        return action.value if action else "not_processed"

    def _member_action(self, member: PlannedMember) -> str:
        if member.write is None or self._applied is None:
            return member.action.value
        fate = self._applied.of(member.write).fate
        if fate is Fate.NOT_PROCESSED:
            return "not_processed"
        return Action.FAIL.value if fate in _FAILED else member.action.value


def _changes(write: Write) -> Json:
    return {change.field: {"before": change.before, "after": change.after} for change in write.changes}


_OBJECT_NAMES = {
    Target.DEVICE: "device",
    Target.VIRTUAL_MACHINE: "virtual machine",
    Target.VIRTUAL_CHASSIS: "virtual chassis",
    Target.CUSTOM_FIELD: "custom field",
    Target.TAG: "tag",
    Target.PLATFORM: "platform",
}


def _write_diff(write: Write) -> Json:
    title = f"{_OBJECT_NAMES[write.target]} {write.name}"
    before = "" if write.creates else "".join(f"{change.field}: {_text(change.before)}\n" for change in write.changes)
    after = "".join(f"{change.field}: {_text(change.after)}\n" for change in write.changes)
    return {"before_header": title, "after_header": title, "before": before, "after": after}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
