# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A plan with all that is needed to carry it out later: what it relies on in NetBox, and where it comes from."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import hashlib
import json
import typing as t

from ..judging.existing import ExistingObject
from ..judging.identity import Identity
from .plan import Plan
from .plan_codec import decode, encode

FORMAT = "netsot.librenms plan"
# Raised with every change that makes older files mean something else.
FORMAT_VERSION = 1


class BadPlan(ValueError):
    """A text is no plan; the message is fit for a user."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Version:
    """An object of NetBox that a plan relies on, as it was when the plan was made.

    :ivar path: of its end point below ``/api/``
    :ivar last_updated: as NetBox writes it, None where it keeps none
    """

    path: str
    id: int
    name: str
    last_updated: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a plan file holds.

    :ivar created_at: ISO 8601
    :ivar source: from which LibreNMS data it was made
    :ivar options: of the run that made it, without secrets
    :ivar relies_on: sorted
    :ivar identities: of the devices that are written, to look for them again
    :ivar live: of the LibreNMS ids that NetBox's links name, those which LibreNMS has
    :ivar interfaces: interface templates by id of the device type
    """

    created_at: str
    job: str
    librenms: str
    netbox: str
    server_key: str
    source: c.Mapping[str, t.Any]
    options: c.Mapping[str, t.Any]
    relies_on: tuple[Version, ...]
    identities: tuple[Identity, ...]
    live: tuple[int, ...]
    interfaces: c.Mapping[int, int]
    plan: Plan

    def to_text(self) -> str:
        """JSON, sorted, with a digest of everything else in it."""
        data = {"format": FORMAT, "format_version": FORMAT_VERSION, **encode(self)}
        return json.dumps({**data, "digest": _digest(data)}, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_text(cls, text: str | bytes) -> SavedPlan:
        """The reverse of :meth:`to_text`. Raises BadPlan."""
        try:
            data = json.loads(text)
            if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
                raise BadPlan("is no plan of this collection")
            if (version := data.pop("format_version", None)) != FORMAT_VERSION:
                raise BadPlan(f"is a plan of format {version!r}, and this release reads format {FORMAT_VERSION}")
            digest = data.pop("digest", None)
            if digest != _digest({"format": FORMAT, "format_version": FORMAT_VERSION, **data}):
                raise BadPlan("was changed after it had been made: its digest does not fit")
            return decode(cls, data)
        except BadPlan:
            raise
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BadPlan(f"cannot be read as a plan ({type(error).__name__})") from None


def _digest(data: c.Mapping[str, t.Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def existing_in(record: t.Any) -> c.Iterator[ExistingObject]:
    """The objects of NetBox that a planned device, or anything in it, names as existing."""
    if isinstance(record, ExistingObject):
        yield record
    elif isinstance(record, (tuple, list)):
        for item in record:
            yield from existing_in(item)
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            yield from existing_in(getattr(record, field.name))
