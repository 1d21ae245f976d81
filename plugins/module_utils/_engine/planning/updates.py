# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What the policy changes in an object that exists, without what NetBox would refuse beside the fields that stay."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ..fields import FIELDS, LINK_FIELD, NAMES_WITHIN, OF_ONE_MEMBER, Holds, Policy, cleared_with
from ..issues import Issue, IssueCode
from ..judging.existing import ExistingObject, ExistingObjects
from ..kinds import ObjectKind
from ..matching.catalog import Catalog
from ..naming import MAX_NAME_LENGTH
from ..text import key, printable
from .plan import Change, Fields, FieldState, reference
from .wanted import EMPTY, Wanted

# What stands within a site, and is looked up there.
_PLACES = cleared_with("site")

Changes = dict[str, Change]


@dataclasses.dataclass(frozen=True, slots=True)
class Updates:
    """One object of NetBox and what may be done to it.

    :ivar fields: what its fields hold
    :ivar policies: by field
    """

    own: ExistingObject
    fields: Fields
    policies: c.Mapping[str, Policy]
    catalog: Catalog
    existing: ExistingObjects

    def changes(self, wanted: Wanted, only: c.Container[str] | None = None) -> tuple[list[Change], list[Issue]]:
        """The changes of all fields but the link, and what there is to say about those that are not changed.

        :param only: the fields that may change; None for all
        """
        own = self.own
        # A member of a virtual chassis that is not known as one: what LibreNMS says may be another member's.
        held = OF_ONE_MEMBER if own.virtual_chassis_id is not None and wanted.stack.own_member is None else frozenset()
        changes: Changes = {}
        for change in wanted.changes():
            field = change.field
            if only is not None and field not in only:
                continue
            if field == LINK_FIELD or field in held or field not in self.fields or change.value in EMPTY:
                continue
            if field == "name" and len(change.value) > MAX_NAME_LENGTH:
                continue
            if field in _PLACES and not self._in_site(wanted, changes):
                continue
            if (found := self._changed(change)) and self._may_change(field, changes):
                changes[field] = found
        taken = self._name_taken(changes)
        changes = {field: change for field, change in changes.items() if not taken or field not in (*NAMES_WITHIN, *_PLACES)}
        doubled = self._serial_doubled(changes)
        kept, warnings = self._consistent(changes)
        return kept, [*taken, *doubled, *warnings]

    def _may_change(self, field: str, changes: Changes) -> bool:
        # A new site leaves nothing of the old one's location and rack.
        empty = self.fields[field].value in EMPTY or FIELDS[field].cleared_by in changes
        policy = self.policies[field]
        return policy is Policy.ALWAYS or (policy is Policy.IF_EMPTY and empty)

    def _changed(self, wanted: Change) -> Change | None:
        """The change that makes the field what is wanted; None when it is that already."""
        state = self.fields[wanted.field]
        if FIELDS[wanted.field].holds is Holds.TAGS:
            return with_tags_added(wanted, state)
        same = wanted.value == state.value
        if wanted.field == "serial" and isinstance(state.value, str):
            same = key(wanted.value) == key(state.value)
        return None if same else dataclasses.replace(wanted, before=state.shown)

    def _after(self, field: str, changes: Changes) -> t.Any:
        """What a field will hold once the changes are written."""
        if field in changes:
            return changes[field].value
        return self.fields[field].value if field in self.fields else None

    def _name_taken(self, changes: Changes) -> list[Issue]:
        """What NetBox would refuse: a name that another object has in the same place."""
        if not any(field in changes for field in NAMES_WITHIN):
            return []
        own = self.own
        place = "cluster" if own.kind is ObjectKind.VIRTUAL_MACHINE else "site"
        where, tenant = self._after(place, changes), self._after("tenant", changes)
        for item in self.existing.named(str(self._after("name", changes))):
            if item.kind is not own.kind or item.id == own.id or item.tenant_id != tenant:
                continue
            if where is not None and where == (item.cluster_id if place == "cluster" else item.site_id):
                what = " and ".join(field for field in NAMES_WITHIN if field in changes)
                message = f"The {what} is not changed, because {item.name!r} (id {item.id}) has that name in the same place."
                return [Issue(IssueCode.NAME_TAKEN, "name", message, "Rename one of the two in NetBox.", value=item.name)]
        return []

    def _serial_doubled(self, changes: Changes) -> list[Issue]:
        """Without a serial that another object of NetBox has: NetBox would take it, and no run could tell the two apart."""
        own = self.own
        serial = str(changes["serial"].value) if "serial" in changes else ""
        other = next((item for item in self.existing.with_serial(serial) if (item.kind, item.id) != (own.kind, own.id)), None)
        if other is None:
            return []
        del changes["serial"]
        holder = f"the {other.kind.word} {printable(other.name)!r} (id {other.id})"
        message = f"The serial is not changed to {printable(serial)!r}, because {holder} has it."
        return [Issue(IssueCode.SERIAL_CONFLICT, "serial", message, "Correct the serial of one of the two in NetBox.", value=serial)]

    def _in_site(self, wanted: Wanted, changes: Changes) -> bool:
        """Whether the object will stand in the site that its location and rack were looked up in."""
        site = wanted.assessment.match.site
        return site is not None and self._after("site", changes) == reference("site", site).value

    def _consistent(self, changes: Changes) -> tuple[list[Change], list[Issue]]:
        """Without what NetBox would refuse beside the fields that stay as they are, and with what a new site brings along."""
        if self.own.kind is ObjectKind.VIRTUAL_MACHINE:
            return self._consistent_vm(changes)
        warnings = self._fitting_platform(changes)
        if "site" in changes:
            for field in _PLACES:
                state = self.fields.get(field)
                if field not in changes and state is not None and state.value is not None:
                    changes[field] = Change(field, None, state.shown, None)
            return list(changes.values()), warnings
        rack_id, location_id = self._after("rack", changes), self._after("location", changes)
        racks = self.catalog.racks.get(self._after("site", changes))
        rack = racks.by_id.get(rack_id) if racks and rack_id is not None else None
        if rack_id is None or location_id is None or (rack is not None and rack.location_id == location_id):
            return list(changes.values()), warnings
        for field, other in (("rack", "location"), ("location", "rack")):
            if changes.pop(field, None) is not None:
                code = IssueCode.RACK_NOT_FOUND if field == "rack" else IssueCode.LOCATION_NOT_FOUND
                message = (
                    f"The {field} is not changed, because NetBox refuses it beside the {other} "
                    f"{self.fields[other].shown!r} that the device has."
                )
                hint = f"Set update_fields.{other} to always too, or correct the device in NetBox."
                warnings.append(Issue(code, field, message, hint))
        return list(changes.values()), warnings

    def _fitting_platform(self, changes: Changes) -> list[Issue]:
        """Without a platform or device type of which NetBox would refuse one beside the other."""
        warnings = []
        for field, other in (("platform", "device type"), ("device_type", "platform")):
            if self.catalog.platform_fits(self._after("platform", changes), self._after("device_type", changes)):
                break
            if (dropped := changes.pop(field, None)) is not None:
                message = (
                    f"The {field.replace('_', ' ')} is not changed to {dropped.after!r}, because the platform is limited to another "
                    f"manufacturer than that of the device type; the {other} stays."
                )
                hint = "Take the manufacturer off the platform in NetBox, or correct the rules."
                warnings.append(Issue(IssueCode.PLATFORM_NOT_FOUND, field, message, hint))
        return warnings

    def _consistent_vm(self, changes: Changes) -> tuple[list[Change], list[Issue]]:
        warnings = []
        for field in ("site", "cluster"):
            cluster_id = self._after("cluster", changes)
            if self.catalog.cluster_fits(cluster_id, self._after("site", changes)):
                break
            if changes.pop(field, None) is not None:
                cluster = self.catalog.clusters.by_id[cluster_id]
                message = f"The {field} is not changed, because the cluster {cluster.name!r} is of another site."
                code = IssueCode.CLUSTER_NOT_SET if field == "cluster" else IssueCode.SITE_NOT_FOUND
                warnings.append(Issue(code, field, message, "Correct the rules, or the virtual machine in NetBox."))
        return list(changes.values()), warnings


def with_tags_added(wanted: Change, state: FieldState) -> Change | None:
    """Tags are added, never taken away."""
    slugs = [tag["slug"] for tag in state.value]
    added = [tag for tag in wanted.value if tag["slug"] not in slugs]
    after = sorted({*state.shown, *wanted.after})
    return Change("tags", [*state.value, *added], state.shown, after) if added else None
