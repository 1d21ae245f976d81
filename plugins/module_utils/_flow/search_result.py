# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a search that assesses returns, in plain JSON types."""

from __future__ import annotations

import collections
import collections.abc as c

from .._engine.fields import MATCHED
from .._engine.judging.assessment import Assessment, State
from .._engine.judging.identity import MatchedBy
from .._engine.kinds import ObjectKind
from .._engine.planning.drift import Difference
from .._engine.planning.vanished import Vanished
from .found_result import chassis_counts
from .outlook import DeviceOutlook
from .reasons import Findings, reason_counts
from .shapes import Json, device_json, existing_json, issue_json, resolved_json, stacking_json


def assessment_json(assessment: Assessment, outlook: DeviceOutlook, root: str) -> Json:
    """One device of a search."""
    matched_by = assessment.matched_by.value if assessment.matched_by else None
    return {
        **device_json(assessment.device),
        "name": assessment.name or None,
        "import_as": assessment.import_as.value,
        "state": assessment.state.value,
        "netbox": existing_json(assessment.existing, matched_by, root),
        "match": {name: resolved_json(getattr(assessment.match, name)) for name in MATCHED},
        "issues": [issue_json(issue) for issue in assessment.issues],
        "warnings": [issue_json(issue) for issue in (*assessment.warnings, *outlook.warnings)],
        "virtual_chassis": stacking_json(assessment.virtual_chassis, assessment.members),
        "primary_ip": _primary_json(outlook),
        "ports": outlook.ports,
        "drift": None if outlook.drift is None else [_difference_json(item) for item in outlook.drift],
    }


def _primary_json(outlook: DeviceOutlook) -> Json | None:
    primary = outlook.primary
    return {"address": primary.address, "interface": primary.interface} if primary else None


def _difference_json(difference: Difference) -> Json:
    return {
        "field": difference.field,
        "object": difference.object or None,
        "librenms": difference.librenms,
        "netbox": difference.netbox,
    }


def vanished_json(vanished: Vanished, root: str) -> Json:
    """An object of NetBox whose device LibreNMS has no more."""
    return {"device_id": vanished.device_id, "netbox": existing_json(vanished.existing, MatchedBy.LIBRENMS_ID.value, root)}


def search_summary(assessments: c.Sequence[Assessment], outlooks: c.Mapping[int, DeviceOutlook]) -> Json:
    """Counts by state, of differences by field, and those of :func:`.reasons.reason_counts`."""
    states = collections.Counter(assessment.state for assessment in assessments)
    chassis = [item.virtual_chassis for item in assessments if item.virtual_chassis is not None]
    found = {item.device.device_id: outlooks.get(item.device.device_id, DeviceOutlook()) for item in assessments}
    drift = collections.Counter(difference.field for outlook in found.values() for difference in outlook.drift or ())
    return {
        "selected": len(assessments),
        **{state.value: states[state] for state in State},
        "virtual_machines": sum(assessment.import_as is ObjectKind.VIRTUAL_MACHINE for assessment in assessments),
        **chassis_counts(chassis),
        "drift": dict(sorted(drift.items(), key=lambda item: (-item[1], item[0]))),
        "drifted": sum(bool(outlook.drift) for outlook in found.values()),
        **reason_counts(
            [
                Findings(item.issues, (*item.warnings, *found[item.device.device_id].warnings), item.state is State.EXISTING)
                for item in assessments
            ]
        ),
    }
