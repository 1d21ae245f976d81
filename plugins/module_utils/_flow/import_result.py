# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What an import returns, in plain JSON types."""

from __future__ import annotations

import collections
import collections.abc as c

from .._engine.issues import Issue, IssueCode
from .._engine.judging.existing import ExistingObject
from .._engine.judging.settling import LearnedRules
from .._engine.judging.suggestions import suggested_rules
from .._engine.kinds import ObjectKind, Stage, Target
from .._engine.matching.catalog import Index, Site
from .._engine.planning.outcomes import Fate, Outcomes
from .._engine.planning.plan import Action, Plan, PlannedDevice, PlannedMember, Write
from .reasons import Findings, reason_counts
from .shapes import Json, existing_json, issue_json, object_url, stacking_json

_INTERFACES = (Target.INTERFACE, Target.VM_INTERFACE)
# What becomes of devices that NetBox has.
_KNOWN = (Action.NONE, Action.SKIP, Action.LINK, Action.UPDATE)


class ImportReport:
    """What an import did, or would do, for each device."""

    def __init__(self, plan: Plan, outcomes: Outcomes, root: str, *, stopped: bool = False) -> None:
        """:param root: NetBox's URL
        :param stopped: the run ended before it came to all devices
        """
        self._plan = plan
        self._outcomes = outcomes
        self._root = root
        self._stopped = stopped

    def results(self) -> list[Json]:
        return [self._device(device) for device in self._plan.devices]

    def action(self, device: PlannedDevice) -> Action | None:
        """What was done; None for a device that the run did not come to."""
        fates = [self._outcomes.of(write).fate for write in device.writes()]
        if any(fate.is_failure for fate in fates):
            return Action.FAIL
        if Fate.NOT_PROCESSED in fates:
            return None
        return device.action

    def summary(self) -> Json:
        """Counts by action and of what was made, and those of :func:`.reasons.reason_counts`."""
        selected = [device for device in self._plan.devices if not device.vanished]
        actions = collections.Counter(map(self.action, selected))
        of_vanished = collections.Counter(self.action(device) for device in self._plan.devices if device.vanished)
        counts: collections.Counter[tuple[Stage, Target]] = collections.Counter()
        made: collections.Counter[Target] = collections.Counter()
        for device in self._plan.devices:
            created = [write for write in device.writes() if write.creates and self._outcomes.is_done(write)]
            counts.update((write.stage, write.target) for write in created)
            made.update(write.target for write in created)
        set_now = (device.at(Stage.PRIMARY) for device in self._plan.devices)
        primaries = sum(write is not None and self._outcomes.is_done(write) for write in set_now)
        return {
            "selected": len(selected),
            "created": actions[Action.CREATE],
            "updated": actions[Action.UPDATE],
            "linked": actions[Action.LINK],
            "unchanged": actions[Action.NONE],
            "skipped": actions[Action.SKIP],
            "blocked": actions[Action.BLOCKED] + of_vanished[Action.BLOCKED],
            "failed": actions[Action.FAIL] + of_vanished[Action.FAIL],
            "vanished": of_vanished.total(),
            "vanished_marked": of_vanished[Action.UPDATE],
            "virtual_chassis_created": counts[Stage.VIRTUAL_CHASSIS, Target.VIRTUAL_CHASSIS],
            "members_created": counts[Stage.MEMBER, Target.DEVICE],
            "virtual_machines_created": counts[Stage.OWN, Target.VIRTUAL_MACHINE],
            "interfaces_created": sum(made[target] for target in _INTERFACES),
            "addresses_created": made[Target.IP_ADDRESS],
            "mac_addresses_created": made[Target.MAC_ADDRESS],
            "primary_ips_set": primaries,
            "not_processed": actions[None] + of_vanished[None],
            **reason_counts([self._findings(device) for device in self._plan.devices]),
        }

    @property
    def changed(self) -> bool:
        return self._outcomes.changed

    def diff(self) -> list[Json]:
        """Every object that is written, with its fields, in the form that Ansible shows."""
        return [_write_diff(write) for write in self._plan.writes() if self._outcomes.is_done(write)]

    def suggested_rules(self, sites: Index[Site], learned: LearnedRules) -> str:
        return suggested_rules([device.assessment for device in self._plan.devices], sites, learned)

    def _findings(self, device: PlannedDevice) -> Findings:
        issues = (*device.issues, *self._outcome_issues(device))
        return Findings(issues, device.warnings, self.action(device) in _KNOWN)

    def _outcome_issues(self, device: PlannedDevice) -> list[Issue]:
        issues = []
        failed = self.action(device) is Action.FAIL
        for write in device.writes():
            outcome = self._outcomes.of(write)
            if outcome.fate is Fate.NOT_PROCESSED and failed and not self._stopped:
                message = f"{write.name}: It was left out, because something before it failed."
                issues.append(Issue(IssueCode.NOT_PROCESSED, write.target.value, message, "Run again when that is put right."))
            elif outcome.fate.is_failure:
                message = f"{write.name}: {outcome.message}" if write is not device.own else outcome.message
                hint = ""
                if outcome.fate is Fate.LOST:
                    message = f"It is not known whether NetBox has written it. {message}"
                    hint = "Run again: what is there is found, and what is missing is written."
                issues.append(Issue(IssueCode.NETBOX_REFUSED, write.target.value, message, hint))
            elif outcome.fate is Fate.NOT_PROCESSED:
                message = f"{write.name}: {outcome.message}"
                issues.append(Issue(IssueCode.NOT_PROCESSED, write.target.value, message, "Run again to complete it."))
        return issues

    def _device(self, device: PlannedDevice) -> Json:
        assessment = device.assessment
        action = self.action(device)
        return {
            "device_id": device.device_id,
            "hostname": assessment.device.hostname or None,
            "ip": assessment.device.ip or None,
            "name": assessment.name or None,
            "import_as": assessment.import_as.value,
            "action": action.value if action else "not_processed",
            "netbox": self._netbox(device),
            "changes": _changes(device.own) if device.own and self._outcomes.is_done(device.own) else {},
            "issues": [issue_json(issue) for issue in (*device.issues, *self._outcome_issues(device))],
            "warnings": [issue_json(issue) for issue in device.warnings],
            "virtual_chassis": self._chassis(device),
            "primary_ip": self._primary(device),
            "interfaces": self._written(device, _INTERFACES),
            "addresses": self._written(device, (Target.IP_ADDRESS,)),
        }

    def _primary(self, device: PlannedDevice) -> Json | None:
        """The address that the device is polled at, and what became of it; None where nothing was to do, or it is not known."""
        primary = device.primary
        if primary is None:
            return None
        write = device.at(Stage.PRIMARY)
        action = "none"
        if write is not None:
            action = "set" if self._outcomes.is_done(write) else "not_processed"
        return {"address": primary.address, "interface": primary.interface, "is_primary": primary.is_primary, "action": action}

    def _written(self, device: PlannedDevice, targets: c.Container[Target]) -> list[Json]:
        """The device's interfaces or addresses that were written."""
        writes = (write for write in device.own_writes if write.target in targets and not write.is_primary_mac)
        done = [write for write in writes if self._outcomes.is_done(write)]
        return [
            {"id": self._outcomes.of(write).object_id, "name": write.name, "action": "create" if write.creates else "update"}
            | {"changes": _changes(write)}
            for write in done
        ]

    def _object_id(self, write: Write | None, existing: ExistingObject | None) -> int | None:
        if write and write.creates:
            return self._outcomes.of(write).object_id
        return existing.id if existing else None

    def _netbox(self, device: PlannedDevice) -> Json | None:
        assessment = device.assessment
        matched_by = assessment.matched_by.value if assessment.matched_by else None
        if assessment.existing is not None:
            return existing_json(assessment.existing, matched_by, self._root)
        if device.own is None:
            return None
        kind = assessment.import_as
        object_id = self._object_id(device.own, None)
        url = object_url(self._root, kind, object_id) if object_id is not None else None
        return {"id": object_id, "url": url, "name": device.own.name, "type": kind.value, "matched_by": None}

    def _chassis(self, device: PlannedDevice) -> Json | None:
        found = stacking_json(device.assessment.virtual_chassis, device.assessment.members)
        stack = device.stack
        if found is None or stack is None or stack.own_member is None:
            return found
        own_id = self._object_id(device.own, device.assessment.existing)
        making = device.at(Stage.VIRTUAL_CHASSIS)
        made = self._outcomes.of(making).object_id if making else None
        actions = {stack.own_member.position: (self._action_name(device), device.name, own_id)}
        for member in stack.members:
            object_id = self._object_id(member.creation, member.existing)
            actions[member.member.position] = (self._member_action(member), member.name, object_id)
        for member_json in found["members"]:
            action, name, object_id = actions[member_json["position"]]
            member_json |= {
                "action": action,
                "netbox_name": name,
                "netbox": {"id": object_id, "url": object_url(self._root, ObjectKind.DEVICE, object_id)} if object_id is not None else None,
            }
        found["name"] = stack.name
        found["netbox_id"] = stack.chassis_id if stack.chassis_id is not None else made
        return found

    def _action_name(self, device: PlannedDevice) -> str:
        action = self.action(device)
        return action.value if action else "not_processed"

    def _member_action(self, member: PlannedMember) -> str:
        fates = [self._outcomes.of(write).fate for write in member.writes]
        if any(fate.is_failure for fate in fates):
            return Action.FAIL.value
        return "not_processed" if Fate.NOT_PROCESSED in fates else member.action.value


def _changes(write: Write) -> Json:
    return {change.field: {"before": change.before, "after": change.after} for change in write.changes}


def _write_diff(write: Write) -> Json:
    title = f"{write.target.row.word} {write.name}"
    after = "" if write.removes else "".join(f"{change.field}: {_text(change.after)}\n" for change in write.changes)
    before = "" if write.creates else "".join(f"{change.field}: {_text(change.before)}\n" for change in write.changes)
    return {"before_header": title, "after_header": title, "before": before, "after": after}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
