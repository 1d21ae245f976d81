# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What NetBox lets a token do, by NetBox's own names of permissions."""

from __future__ import annotations

import collections.abc as c
import typing as t

from .._engine.kinds import Target
from .._exceptions import AccessDenied
from .client import NetBoxClient, is_of_token

Verb = t.Literal["add", "change"]
Write = tuple[Target, Verb]

# NetBox answers OPTIONS with the methods that the token may use.
_METHODS: c.Mapping[Verb, str] = {"add": "POST", "change": "PUT"}

# What every search and import reads, by the paths of the end points below /api/.
READ: c.Mapping[str, str] = {
    "extras/custom-fields": "extras.view_customfield",
    "dcim/sites": "dcim.view_site",
    "dcim/locations": "dcim.view_location",
    "dcim/racks": "dcim.view_rack",
    "dcim/device-types": "dcim.view_devicetype",
    "dcim/device-roles": "dcim.view_devicerole",
    "dcim/platforms": "dcim.view_platform",
    "dcim/devices": "dcim.view_device",
    "dcim/virtual-chassis": "dcim.view_virtualchassis",
    "virtualization/clusters": "virtualization.view_cluster",
    "virtualization/virtual-machines": "virtualization.view_virtualmachine",
    "tenancy/tenants": "tenancy.view_tenant",
    "ipam/ip-addresses": "ipam.view_ipaddress",
}


# What an undo reads beside these.
READ_BY_UNDO: c.Mapping[str, str] = {
    "core/object-changes": "core.view_objectchange",
    "extras/journal-entries": "extras.view_journalentry",
    "ipam/services": "ipam.view_service",
    "dcim/interfaces": "dcim.view_interface",
    "dcim/mac-addresses": "dcim.view_macaddress",
    "virtualization/interfaces": "virtualization.view_vminterface",
}


def may(client: NetBoxClient, target: Target, verb: Verb) -> bool:
    """Whether the token may create or change objects of a kind; perhaps only some of them."""
    try:
        return _METHODS[verb] in client.options(target)
    except AccessDenied as error:
        if error.status != 403 or is_of_token(error):
            raise
        return False


def missing_writes(client: NetBoxClient, writes: c.Iterable[Write]) -> list[str]:
    """The permissions that the token lacks of those that the writes need."""
    return [target.row.permission(verb) for target, verb in writes if not may(client, target, verb)]


def missing_reads(client: NetBoxClient, needed: c.Mapping[str, str]) -> list[str]:
    """The permissions that the token lacks.

    One small request for each.

    :param needed: permissions by the paths that they open
    """
    missing = []
    for path, permission in needed.items():
        try:
            client.count(path, f"looking whether {path} may be read from NetBox")
        except AccessDenied as error:
            if error.status != 403 or is_of_token(error):
                raise
            missing.append(permission)
    return missing
