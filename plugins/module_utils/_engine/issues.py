# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What keeps a device from being imported, or should be known about it."""

from __future__ import annotations

import dataclasses
import enum


class IssueCode(enum.StrEnum):
    SITE_NOT_FOUND = "site_not_found"
    SITE_AMBIGUOUS = "site_ambiguous"
    LOCATION_NOT_FOUND = "location_not_found"
    RACK_NOT_FOUND = "rack_not_found"
    DEVICE_TYPE_NOT_FOUND = "device_type_not_found"
    DEVICE_TYPE_AMBIGUOUS = "device_type_ambiguous"
    ROLE_NOT_SET = "role_not_set"
    ROLE_NOT_FOR_VM = "role_not_for_vm"
    CLUSTER_NOT_SET = "cluster_not_set"
    PLATFORM_NOT_FOUND = "platform_not_found"
    PLATFORM_AMBIGUOUS = "platform_ambiguous"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    NAME_TAKEN = "name_taken"
    DUPLICATE_IN_SELECTION = "duplicate_in_selection"
    SERIAL_CONFLICT = "serial_conflict"
    SERIAL_IGNORED = "serial_ignored"
    SERIAL_TOO_LONG = "serial_too_long"
    IDENTITY_CONFLICT = "identity_conflict"
    DEVICE_AND_VM_CONFLICT = "device_and_vm_conflict"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    VIRTUAL_CHASSIS_UNKNOWN = "virtual_chassis_unknown"
    VIRTUAL_CHASSIS_CONFLICT = "virtual_chassis_conflict"
    MEMBER_TYPE_ASSUMED = "member_type_assumed"
    ADDRESS_CONFLICT = "address_conflict"
    PRIMARY_IP_UNKNOWN = "primary_ip_unknown"
    PRIMARY_IP_CONFLICT = "primary_ip_conflict"
    PORT_LEFT_OUT = "port_left_out"
    PORT_LINK_DIFFERS = "port_link_differs"
    # The import only: LibreNMS has the device no more.
    VANISHED = "vanished"
    # A saved plan only: NetBox is no longer as it was.
    PLAN_OUTDATED = "plan_outdated"
    # The import only: NetBox refused the object, or the run ended before it.
    NETBOX_REFUSED = "netbox_refused"
    # The import only: NetBox refused an optional field, so the object was sent without it.
    FIELD_REFUSED = "field_refused"
    # NetBox requires a custom field of new objects that has no value.
    CUSTOM_FIELD_REQUIRED = "custom_field_required"
    NOT_PROCESSED = "not_processed"


@dataclasses.dataclass(frozen=True, slots=True)
class Issue:
    """One finding. ``message`` names the value, ``hint`` says what to do, suggestions are NetBox names, best first."""

    code: IssueCode
    field: str
    message: str
    hint: str = ""
    suggestions: tuple[str, ...] = ()
    # What could not be matched, for counting alike findings; "" when it is not about a value.
    value: str = ""
