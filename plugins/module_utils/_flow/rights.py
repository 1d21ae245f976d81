# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What NetBox lets the token do, asked before the first write."""

from __future__ import annotations

from .._engine.kinds import ObjectKind, Target
from .._engine.planning.options import ImportOptions
from .._engine.planning.plan import Plan
from .._exceptions import CollectionError, OptionError
from .._netbox.client import Json, NetBoxClient
from .run import Run

# What leaves out the objects of a kind.
_PORTS = " Grant it, or set ports to none."
_HINTS = {Target.INTERFACE: _PORTS, Target.VM_INTERFACE: _PORTS, Target.MAC_ADDRESS: _PORTS, Target.IP_ADDRESS: _PORTS}


def check_rights(run: Run, client: NetBoxClient, plan: Plan, policy: ImportOptions, *, check_mode: bool) -> None:
    """Before the first write, where NetBox can tell: one sentence for the first right that is missing; a warning in check mode.

    :raises CollectionError: a right is missing
    :raises OptionError: ``status_map`` names a status that NetBox does not have
    """
    for target in Target:
        # NetBox does not tell who may remove; what cannot be removed is a warning.
        writes = [write for write in plan.writes() if write.target is target and not write.removes]
        if not writes:
            continue
        actions = client.options(target)
        for method, verb, needed in (
            ("POST", "add", any(write.creates for write in writes)),
            ("PUT", "change", any(not write.creates for write in writes)),
        ):
            if needed and method not in actions:
                text = (
                    f"The token of netbox_token lacks the permission {target.row.permission(verb)} ({verb} {target}) "
                    f"in NetBox, or it is read-only; nothing was written.{_HINTS.get(target, '')}"
                )
                if not check_mode:
                    raise CollectionError(text)
                run.warn(f"{text} The import would fail.")
        if ObjectKind.of(target):
            _check_status(target, actions, policy)


def _check_status(target: Target, actions: Json, policy: ImportOptions) -> None:
    choices = (actions.get("POST") or {}).get("status", {}).get("choices")
    if not choices:
        return
    known = [str(choice.get("value")) for choice in choices]
    for state, status in policy.status_map.items():
        if status not in known:
            raise OptionError(f"status_map.{state}", status, f"is no status of NetBox's {target}", f"It has {', '.join(known)}.")
