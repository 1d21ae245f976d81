# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Devices of one selection that would become, or already claim, one object of NetBox."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import typing as t

from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..serials import identity as serial_identity
from ..text import key
from .identity import Identified, Identity, MatchedBy

_WHATS = {"object": "the same object of NetBox", "serial": "the same serial", "name": "the same name in the same place"}
# With these the object found is only a guess, to which nobody has a claim.
_GUESSES = frozenset({IssueCode.POSSIBLE_DUPLICATE, IssueCode.DEVICE_AND_VM_CONFLICT})


@dataclasses.dataclass(frozen=True, slots=True)
class Claimant:
    """A device of the selection. ``shown`` names it for people."""

    identity: Identity
    found: Identified
    shown: str

    @property
    def device_id(self) -> int:
        return self.identity.device_id

    @property
    def settled(self) -> bool:
        """Whether NetBox has linked an object to it."""
        return self.found.matched_by is MatchedBy.LIBRENMS_ID


def collisions(claimants: c.Iterable[Claimant]) -> dict[int, tuple[Issue, ...]]:
    """The issues of each device that collides, by its id. One that NetBox has linked to itself keeps its claim."""
    claims = _by_claim(claimants)
    found: dict[int, dict[frozenset[int], Issue]] = collections.defaultdict(dict)
    for (what, value), several in claims.items():
        if len(several) < 2 or (what == "name" and not _is_one_name(value, several)):
            continue
        shown = {claimant.device_id: claimant.shown for claimant in several}
        for claimant in several:
            if claimant.settled:
                continue
            others = frozenset(shown) - {claimant.device_id}
            message = f"It claims {_WHATS[what]} as {', '.join(shown[other] for other in sorted(others))} of this selection."
            hint = "One box may stand in LibreNMS twice: delete one of them there, leave one out by filters, or rename one in overrides."
            field = "serial" if what == "serial" else "name"
            issue = Issue(IssueCode.DUPLICATE_IN_SELECTION, field, message, hint)
            found[claimant.device_id].setdefault(others, issue)
    return {device_id: tuple(issues.values()) for device_id, issues in found.items()}


def sole_claims(claimants: c.Sequence[Claimant]) -> dict[tuple[ObjectKind, int], int]:
    """The device that an object is beyond doubt, and whose claim no other disputes: its id by the object's kind and id."""
    disputed = collisions(claimants)
    return {
        (claimant.found.existing.kind, claimant.found.existing.id): claimant.device_id
        for claimant in claimants
        if claimant.found.existing and not claimant.found.issues and claimant.device_id not in disputed
    }


@dataclasses.dataclass(frozen=True, slots=True)
class Contested:
    """Serials and names, in comparable form, that several linked devices claim: whose they are nobody knows."""

    serials: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def contested(claimants: c.Iterable[Claimant]) -> dict[int, Contested]:
    """What several linked devices claim, by the id of each."""
    serials: dict[int, set[str]] = collections.defaultdict(set)
    names: dict[int, set[str]] = collections.defaultdict(set)
    for (what, value), several in _by_claim(claimants).items():
        settled = [claimant for claimant in several if claimant.settled]
        if len(settled) > 1 and what == "serial":
            for claimant in settled:
                serials[claimant.device_id].add(str(value))
        elif len(settled) > 1 and what == "name" and isinstance(value, tuple):
            for claimant in settled:
                names[claimant.device_id].add(str(value[-1]))
    ids = serials.keys() | names.keys()
    return {device_id: Contested(frozenset(serials[device_id]), frozenset(names[device_id])) for device_id in ids}


def _by_claim(claimants: c.Iterable[Claimant]) -> dict[tuple[str, t.Hashable], list[Claimant]]:
    claims: dict[tuple[str, t.Hashable], list[Claimant]] = collections.defaultdict(list)
    for claimant in claimants:
        for claim in _claims(claimant):
            claims[claim].append(claimant)
    return claims


def _claims(claimant: Claimant) -> frozenset[tuple[str, t.Hashable]]:
    wanted, found = claimant.identity, claimant.found
    claims: set[tuple[str, t.Hashable]] = {("serial", serial_identity(text)) for text in (*wanted.serials, *wanted.member_serials)}
    if found.existing and not any(issue.code in _GUESSES for issue in found.issues):
        claims.add(("object", (found.existing.kind, found.existing.id)))
    names = {key(name) for name in (*wanted.names, *wanted.member_names)}
    if wanted.cluster_id is not None:
        claims |= {("name", ("cluster", wanted.cluster_id, wanted.tenant_id, name)) for name in names}
    elif wanted.site_id is not None:
        claims |= {("name", ("site", wanted.site_id, wanted.tenant_id, name)) for name in names}
    if wanted.site_id is not None:
        claims |= {("name", ("kinds", wanted.site_id, None, name)) for name in names}
    return frozenset(claims)


def _is_one_name(value: t.Hashable, several: c.Sequence[Claimant]) -> bool:
    """Whether NetBox would call the name taken, or a device and a virtual machine share it."""
    kinds = {claimant.identity.kind for claimant in several}
    scope = value[0] if isinstance(value, tuple) else ""
    return len(kinds) > 1 if scope == "kinds" else len(kinds) == 1
