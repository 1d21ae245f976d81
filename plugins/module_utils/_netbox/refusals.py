# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What NetBox refused single objects for, so that those which are like them are not sent one by one for the same answer.

NetBox before 4.7 refuses a list as a whole and does not say for which of its objects. A token's constraints go by what an object
is (its site, role, tenant and so on), so objects that differ in nothing but name, serial and link mostly fare alike: after some of a
kind were refused alone and none passed, the others of that kind are settled. Objects of any other kind are sent, and what is denied
may be permitted under another name: see :func:`denied_alike`.
"""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import json
import re
import threading
import typing as t

from .._engine.fields import LINK_FIELD
from .._engine.kinds import Stage, Target
from .._engine.planning.outcomes import Fate, WriteOutcome
from .._exceptions import AccessDenied, ApiError

Json = c.Mapping[str, t.Any]

# Refused alone for one reason, before the others of the kind are not sent.
ENOUGH: t.Final = 5

# What tells one object of a kind from another.
_OWN: t.Final = frozenset(
    {"id", "name", "serial", "asset_tag", "virtual_chassis", "vc_position", "domain", "master", "address", "mac_address"}
)
_OF_CUSTOM_FIELDS: t.Final = re.compile(r"\bcustom field\b", re.IGNORECASE)

Kind: t.TypeAlias = str


def kind_of(body: Json) -> Kind:
    """What objects of one kind have in common."""
    return json.dumps({name: value for name, value in _shared(body).items() if value}, sort_keys=True, default=str)


def _shared(body: Json) -> dict[str, t.Any]:
    shared = {name: value for name, value in body.items() if name not in _OWN}
    return shared | {"custom_fields": _custom_fields(body)}


def _custom_fields(body: Json) -> dict[str, t.Any]:
    return {name: value for name, value in (body.get("custom_fields") or {}).items() if name != LINK_FIELD}


@dataclasses.dataclass(slots=True)
class _Known:
    refused: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    outcomes: dict[str, WriteOutcome] = dataclasses.field(default_factory=dict)
    has_passed: bool = False

    def verdict(self) -> WriteOutcome | None:
        if self.has_passed or not self.refused:
            return None
        reason, count = self.refused.most_common(1)[0]
        return self.outcomes[reason] if count >= ENOUGH else None


class Refusals:
    """Those of one import; several threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Target, str, Kind], _Known] = collections.defaultdict(_Known)

    def note(self, target: Target, method: str, body: Json, outcome: WriteOutcome, error: ApiError | None = None) -> None:
        """What became of an object that was sent alone, or with others of which all passed."""
        with self._lock:
            if outcome.fate is Fate.DONE:
                for kind in _kinds(body):
                    self._known[target, method, kind].has_passed = True
            elif outcome.fate is Fate.REFUSED and error is not None and (blamed := _blamed(target, body, error, outcome)) is not None:
                known = self._known[target, method, blamed]
                known.refused[outcome.message] += 1
                known.outcomes[outcome.message] = outcome

    def verdict(self, target: Target, method: str, body: Json) -> WriteOutcome | None:
        """The answer that an object would get, None when it has to be asked for."""
        with self._lock:
            found = (self._known[key].verdict() for kind in _kinds(body) if (key := (target, method, kind)) in self._known)
            return next((outcome for outcome in found if outcome is not None), None)

    def is_mixed(self, target: Target, method: str, body: Json) -> bool:
        """Whether one of this kind has passed, so that the kind decides nothing."""
        with self._lock:
            key = (target, method, kind_of(body))
            return key in self._known and self._known[key].has_passed


def _kinds(body: Json) -> tuple[Kind, Kind]:
    return kind_of(body), _custom_kind(body)


def _custom_kind(body: Json) -> Kind:
    return f"custom_fields {json.dumps(_custom_fields(body), sort_keys=True, default=str)}"


def denied_alike(target: Target) -> bool:
    """Whether objects of one kind are permitted or denied together.

    A constraint on devices and what they refer to may go by their names, which no other object tells. Of interfaces and addresses
    there are many to a device, and a constraint goes by the device.
    """
    return target.row.stage >= Stage.INTERFACE


def _blamed(target: Target, body: Json, error: ApiError, outcome: WriteOutcome) -> Kind | None:
    """The kind that a refusal speaks of, None for one that is the object's own."""
    if isinstance(error, AccessDenied):
        return kind_of(body) if denied_alike(target) else None
    said = error.body if error.status == 400 and isinstance(error.body, dict) else {}
    if not said or "detail" in said:
        return None
    if _OF_CUSTOM_FIELDS.search(outcome.message):
        return _custom_kind(body)
    return kind_of(body) if not said.keys() & (_OWN | {"__all__", "non_field_errors", "custom_fields"}) else None
