# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The import's policy options, checked."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import typing as t

from ..._exceptions import Errors, OptionError
from ..creatable import checked_creatable
from ..fields import ALL_POLICIES, Policy
from ..links import checked_server_key
from ..naming import MemberNaming
from ..records import DeviceRecord, DeviceStatus
from ..text import did_you_mean, near


class OnExisting(enum.StrEnum):
    SKIP = "skip"
    LINK = "link"
    UPDATE = "update"


# A device that does not answer is not decommissioned.
DEFAULT_STATUS_MAP: c.Mapping[str, str] = {"up": "active", "down": "offline", "disabled": "offline"}


@dataclasses.dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the import may do. Made by :meth:`from_options`."""

    server_key: str = "default"
    existing: OnExisting = OnExisting.SKIP
    update_fields: c.Mapping[str, Policy] = dataclasses.field(default_factory=lambda: ALL_POLICIES)
    virtual_chassis: bool = True
    member_naming: MemberNaming = dataclasses.field(default_factory=MemberNaming)
    tags: tuple[str, ...] = ()
    status_map: c.Mapping[str, str] = dataclasses.field(default_factory=lambda: DEFAULT_STATUS_MAP)
    create_missing: frozenset[str] = frozenset()
    custom_fields: c.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_options(
        cls,
        *,
        server_key: str,
        existing: str,
        update_fields: c.Mapping[str, str] | None,
        virtual_chassis: bool,
        vc_member_name_pattern: str,
        vc_rename_master: bool,
        tags: c.Sequence[str] | None,
        status_map: c.Mapping[str, str] | None,
        create_missing: c.Sequence[str] | None,
        custom_fields: c.Mapping[str, t.Any] | None = None,
    ) -> ImportOptions:
        """Raises OptionError, naming the options and their values, for everything that is not known."""
        errors = Errors()
        with errors.collected():
            checked_key = checked_server_key(server_key)
        with errors.collected():
            on_existing = _on_existing(existing)
        with errors.collected():
            policies = _policies(update_fields or {})
        with errors.collected():
            naming = MemberNaming.from_options(vc_member_name_pattern, vc_rename_master)
        with errors.collected():
            checked_tags = _tags(tags or ())
        with errors.collected():
            statuses = _status_map(status_map or {})
        with errors.collected():
            creatable = checked_creatable(create_missing or ())
        errors.raise_any()
        return cls(
            server_key=checked_key,
            existing=on_existing,
            update_fields=policies,
            virtual_chassis=virtual_chassis,
            member_naming=naming,
            tags=checked_tags,
            status_map=statuses,
            create_missing=creatable,
            custom_fields=custom_fields or {},
        )

    def status(self, device: DeviceRecord) -> str:
        if device.disabled:
            return self.status_map["disabled"]
        return self.status_map["up" if device.status is DeviceStatus.UP else "down"]


def _on_existing(given: str) -> OnExisting:
    try:
        return OnExisting(given)
    except ValueError:
        raise OptionError("existing", given, f"must be one of {', '.join(OnExisting)}") from None


def _policies(given: c.Mapping[str, str]) -> dict[str, Policy]:
    policies = dict(ALL_POLICIES)
    errors = Errors()
    for field, value in given.items():
        if field not in policies:
            hint = did_you_mean(near(field, policies)) or f"Fields are {', '.join(sorted(policies))}."
            errors.add(OptionError("update_fields", field, "has an unknown field", hint))
            continue
        try:
            policies[field] = Policy(str(value))
        except ValueError:
            errors.add(OptionError(f"update_fields.{field}", value, f"must be one of {', '.join(Policy)}"))
    errors.raise_any()
    return policies


def _status_map(given: c.Mapping[str, str]) -> dict[str, str]:
    statuses = dict(DEFAULT_STATUS_MAP)
    errors = Errors()
    for state, status in given.items():
        if state not in statuses:
            errors.add(OptionError("status_map", state, "has an unknown LibreNMS state", f"States are {', '.join(statuses)}."))
        elif not isinstance(status, str) or not re.fullmatch(r"[a-z0-9_-]+", status):
            errors.add(OptionError(f"status_map.{state}", status, "must be a status of NetBox, such as active"))
        else:
            statuses[state] = status
    errors.raise_any()
    return statuses


def _tags(given: c.Sequence[str]) -> tuple[str, ...]:
    errors = Errors()
    for number, tag in enumerate(given):
        if not isinstance(tag, str) or not tag.strip():
            errors.add(OptionError(f"tags[{number}]", tag, "must be the name or slug of a tag"))
        elif len(tag.strip()) > 100:
            errors.add(OptionError(f"tags[{number}]", tag, "is longer than the 100 characters that NetBox holds"))
    errors.raise_any()
    return tuple(dict.fromkeys(tag.strip() for tag in given))
