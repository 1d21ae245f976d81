# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What search and import results have in common, in plain JSON types."""

from __future__ import annotations

import collections.abc as c
import typing as t

if t.TYPE_CHECKING:
    from .._engine.issues import Issue
    from .._engine.judging.existing import ExistingObject
    from .._engine.judging.members import AssessedMember
    from .._engine.kinds import ObjectKind
    from .._engine.matching.resolved import Resolved
    from .._engine.records import DeviceRecord, Stacking

Json = dict[str, t.Any]


def object_url(root: str, kind: ObjectKind, object_id: int) -> str:
    """The page of an object in NetBox's web interface."""
    return f"{root}/{kind.target}/{object_id}/"


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


def resolved_json(resolved: Resolved | None) -> Json | None:
    return {"id": resolved.id, "name": resolved.name, "by": resolved.by} if resolved else None


def existing_json(existing: ExistingObject | None, matched_by: str | None, root: str) -> Json | None:
    if existing is None:
        return None
    return {
        "id": existing.id,
        "url": object_url(root, existing.kind, existing.id),
        "name": existing.name,
        "type": existing.kind.value,
        "matched_by": matched_by,
    }


def stacking_json(stacking: Stacking | None, members: c.Sequence[AssessedMember] | None = None) -> Json | None:
    """The detected stack; device types only where it was assessed."""
    if stacking is None:
        return None
    types = {member.member.position: member for member in members or ()}
    master = stacking.master
    return {
        "status": stacking.status.value,
        "reason": stacking.reason or None,
        "master_position": master.position if master else None,
        "members": [
            {
                "position": member.position,
                "serial": member.serial or None,
                "model": member.model or None,
                "name": member.name or None,
                "is_master": member.is_master,
                "device_type": resolved_json(types[member.position].device_type) if member.position in types else None,
                "netbox_name": types[member.position].name if member.position in types else None,
            }
            for member in stacking.members
        ],
    }
