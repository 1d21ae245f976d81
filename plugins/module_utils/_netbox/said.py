# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What NetBox says of objects that it refuses: which of a list, for which fields, and in which words."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from .._engine.planning.outcomes import Fate, WriteOutcome
from .._exceptions import AccessDenied, ApiError
from .doubt import is_lost_race

Json = c.Mapping[str, t.Any]

# NetBox's words for an object of which there is one already.
_TAKEN = ("must be unique", "already exists", "must make a unique set", "Duplicate IP address found")
_TAG_REFUSED = re.compile(r"(?i)^tag .* cannot be assigned to ")


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """What NetBox says against one object, and of which fields; none where it does not tell."""

    outcome: WriteOutcome
    fields: c.Mapping[str, t.Any]


def concerns_all(error: ApiError) -> bool:
    """Whether a smaller list would fare no better."""
    if isinstance(error, AccessDenied):
        # Else a list is denied for one object outside the token's constraints.
        return error.status != 403 or "token" in str(error.server_message).casefold()
    if error.status is None or error.status in (404, 405, 415, 429, 503):
        return True
    return error.status >= 500 and isinstance(error.body, dict) and error.body.get("exception") in ("OperationalError", "InternalError")


def of_one(error: ApiError) -> Refusal:
    """The refusal of a list of one, by a NetBox that does not number them."""
    body = error.body if error.status == 400 and isinstance(error.body, dict) else {}
    return Refusal(outcome_of(error), _by_field(body))


def _by_field(said: c.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What NetBox says, by field. Of a tag that is limited to other kinds of objects it names no field (AbortRequest)."""
    nameless = ("detail", "__all__")
    return {"tags" if name in nameless and _TAG_REFUSED.search(flat(text)) else name: text for name, text in said.items()}


def refused(error: ApiError, bodies: c.Sequence[Json]) -> dict[int, Refusal]:
    """The refusal of each object that the error names, by its place; empty when it names none of them, or all without telling why."""
    entries = error.body.get("errors") if isinstance(error.body, dict) else None
    if not isinstance(entries, list):
        return {}
    by_id = {body["id"]: place for place, body in enumerate(bodies) if "id" in body}
    found = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return {}
        index = entry.get("index")
        place = index if isinstance(index, int) and 0 <= index < len(bodies) else by_id.get(entry.get("id"))
        if place is None:
            return {}
        said = entry.get("errors")
        by_field = _by_field(said) if isinstance(said, dict) and error.status == 400 else {}
        found[place] = Refusal(outcome_of(error, flat(said)), by_field)
    return found


def outcome_of(error: ApiError, message: str = "") -> WriteOutcome:
    """:param message: what is said of this one object, else what the error says"""
    message = message or _message(error)
    said = error.status == 400 and any(text in message for text in _TAKEN)
    # Somebody else has removed the empty virtual chassis that a member was to be put in.
    said = said or (error.status == 400 and "virtual_chassis: Related object not found" in message)
    # 412: somebody has changed it since the version that the change was meant for.
    taken = said or is_lost_race(error) or error.status == 412
    return WriteOutcome(Fate.TAKEN if taken else Fate.REFUSED, message=message)


def _message(error: ApiError) -> str:
    """NetBox's own words for one object, else the whole sentence."""
    if error.status == 400 and isinstance(error.body, dict) and "detail" not in error.body:
        return flat(error.body)
    return str(error)


def flat(errors: object) -> str:
    """``{"role": ["This field is required."]}`` as one line."""
    if isinstance(errors, dict):
        parts = (flat(value) if name in ("__all__", "non_field_errors") else f"{name}: {flat(value)}" for name, value in errors.items())
        return "; ".join(parts)
    if isinstance(errors, list):
        return " ".join(flat(item) for item in errors)
    return str(errors)
