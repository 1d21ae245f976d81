# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What NetBox lets the token do: told at once and completely, before anything is read where it can be known then."""

from __future__ import annotations

import collections.abc as c

from .._engine.kinds import ObjectKind, Target
from .._engine.planning.plan import Plan
from .._engine.planning.setup import PORT_LINKS
from .._engine.planning.vanished_options import OnVanished
from .._engine.ports.options import Ports
from .._exceptions import CollectionError, OptionError
from .._netbox.client import Json, NetBoxClient
from .._netbox.rights import READ, Verb, Write, may, missing_reads, missing_writes
from .import_options import ImportRunOptions
from .refused_reads import named_rights
from .run import Run

_OWN = tuple(kind.target for kind in ObjectKind)
_PORTS = (Target.INTERFACE, Target.VM_INTERFACE, Target.MAC_ADDRESS, Target.IP_ADDRESS)
_BOTH: tuple[Verb, ...] = ("add", "change")


def possible_writes(*, virtual_chassis: bool, ports: Ports, create_missing: c.Container[str]) -> list[Write]:
    """Everything that an import with these options may have to write, but for the custom field."""
    targets = [*_OWN]
    if virtual_chassis:
        targets.append(Target.VIRTUAL_CHASSIS)
    if ports is not Ports.NONE:
        targets += _PORTS
    created: list[Write] = [(target, "add") for target in Target if target.row.plural.replace(" ", "_") in create_missing]
    return [*((target, verb) for target in targets for verb in _BOTH), *created]


def check_token_writes(run: Run, client: NetBoxClient, writes: c.Sequence[Write], *, check_mode: bool) -> bool:
    """Whether the token may write any device at all, before anything is read; a warning in check mode.

    :raises CollectionError: it may write none
    """
    if any(may(client, target, verb) for target in _OWN for verb in _BOTH):
        return True
    _refuse(run, [*missing_reads(client, READ), *missing_writes(client, writes)], check_mode=check_mode)
    return False


def check_rights(run: Run, client: NetBoxClient, plan: Plan, options: ImportRunOptions, *, check_mode: bool) -> None:
    """Before the first write, where NetBox can tell: one sentence with all rights that are missing; a warning in check mode.

    :raises CollectionError: a right is missing
    :raises OptionError: ``status_map`` or ``vanished_status`` names a status that NetBox does not have
    """
    missing: list[str] = []
    hint = ""
    for target in Target:
        # NetBox does not tell who may remove; what cannot be removed is a warning.
        # The custom field is extended to interfaces where that can be done.
        writes = [write for write in plan.writes() if write.target is target and not write.removes and write.key != PORT_LINKS]
        if not writes:
            continue
        needed: tuple[tuple[Verb, bool], ...] = (
            ("add", any(write.creates for write in writes)),
            ("change", any(not write.creates for write in writes)),
        )
        lacking = missing_writes(client, [(target, verb) for verb, is_needed in needed if is_needed])
        missing += lacking
        if lacking and target in _PORTS:
            hint = " Grant what concerns interfaces and addresses, or set ports to none."
        if ObjectKind.of(target):
            _check_status(target, client.options(target), options)
    _refuse(run, missing, check_mode=check_mode, hint=hint)


def _refuse(run: Run, missing: c.Sequence[str], *, check_mode: bool, hint: str = "") -> None:
    if not missing:
        return
    text = f"The token of netbox_token lacks the {named_rights(missing)} in NetBox, or it is read-only; nothing was written.{hint}"
    if not check_mode:
        raise CollectionError(text)
    run.warn(f"{text} The import would fail.")


def _check_status(target: Target, actions: Json, options: ImportRunOptions) -> None:
    choices = (actions.get("POST") or {}).get("status", {}).get("choices")
    if not choices:
        return
    known = [str(choice.get("value")) for choice in choices]
    named = {f"status_map.{state}": status for state, status in options.policy.status_map.items()}
    if options.vanished is not None and options.vanished.mode is OnVanished.STATUS:
        named["vanished_status"] = options.vanished.status
    for option, status in named.items():
        if status not in known:
            raise OptionError(option, status, f"is no status of NetBox's {target}", f"It has {', '.join(known)}.")
