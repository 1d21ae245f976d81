# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What the fields of a device would hold if the import made it: the same for creating one and for comparing one that exists."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

from ..fields import FIELDS, LINK_FIELD, Holds, fields_of, must_cover
from ..judging.assessment import Assessment
from ..kinds import ObjectKind
from ..links import linked_value
from ..matching.catalog import Catalog
from ..matching.resolved import Resolved
from .options import ImportOptions
from .plan import Change, reference
from .stack_planner import StackPlan
from .tags import tags_change

EMPTY: t.Final[tuple[t.Any, ...]] = (None, "", [])


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What the fields of one device are made of.

    :ivar tags: the names of the wanted tags by their slugs
    """

    assessment: Assessment
    stack: StackPlan
    options: ImportOptions
    catalog: Catalog
    tags: c.Mapping[str, str]

    def changes(self) -> list[Change]:
        """Every field as the import would create it, in the order of the table; the value of one that it would not set is empty."""
        return [self._change(field.name) for field in fields_of(self.assessment.import_as)]

    def _change(self, field: str) -> Change:
        if field in _REFERENCES:
            return reference(field, _REFERENCES[field](self))
        return _VALUES[field](self)

    @property
    def name(self) -> str:
        return self.stack.own_name or self.assessment.name

    @property
    def speaks_for_stack(self) -> bool:
        """What LibreNMS says of a stack is said of its master."""
        return self.stack.own_member is None or self.stack.own_member.is_master


def _named(wanted: Wanted) -> Change:
    return Change("name", wanted.name, None, wanted.name)


def _status(wanted: Wanted) -> Change:
    status = wanted.options.status(wanted.assessment.device)
    return Change("status", status, None, status)


def _serial(wanted: Wanted) -> Change:
    serial = wanted.stack.own_serial
    if wanted.speaks_for_stack:
        serial = serial or wanted.assessment.serial
    return Change("serial", serial, None, serial)


def _link(wanted: Wanted) -> Change:
    link = linked_value(None, wanted.options.server_key, wanted.assessment.device.device_id)
    return Change(LINK_FIELD, link, None, link)


def _tags(wanted: Wanted) -> Change:
    return tags_change(wanted.tags)


def _device_type(wanted: Wanted) -> Resolved | None:
    device_type = wanted.stack.own_type
    return device_type or wanted.assessment.match.device_type if wanted.speaks_for_stack else device_type


def _site(wanted: Wanted) -> Resolved | None:
    """NetBox refuses a virtual machine's site that is not its cluster's own."""
    match = wanted.assessment.match
    is_machine = match.import_as is ObjectKind.VIRTUAL_MACHINE
    if is_machine and match.cluster and match.site and not wanted.catalog.cluster_fits(match.cluster.id, match.site.local_id):
        return None
    return match.site


def _platform(wanted: Wanted) -> Resolved | None:
    """Not one that NetBox would refuse beside the device type."""
    platform, device_type = wanted.assessment.match.platform, _device_type(wanted)
    if platform and device_type and not wanted.catalog.platform_fits(platform.id, device_type.local_id):
        return None
    return platform


def _matched(field: str) -> c.Callable[[Wanted], Resolved | None]:
    return lambda wanted: t.cast("Resolved | None", getattr(wanted.assessment.match, field))


_REFERENCES: dict[str, c.Callable[[Wanted], Resolved | None]] = {
    **{field.name: _matched(field.name) for field in FIELDS.values() if field.is_reference},
    "device_type": _device_type,
    "site": _site,
    "platform": _platform,
}
_VALUES: dict[str, c.Callable[[Wanted], Change]] = {
    "name": _named,
    "status": _status,
    "serial": _serial,
    "tags": _tags,
    LINK_FIELD: _link,
}
must_cover("the values of wanted fields", _VALUES, (field.name for field in FIELDS.values() if field.holds is not Holds.REFERENCE))
