# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What an import does about devices that LibreNMS has no more: the options, checked."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import typing as t

from ..._exceptions import Errors, OptionError


class OnVanished(enum.StrEnum):
    REPORT = "report"
    TAG = "tag"
    STATUS = "status"


@dataclasses.dataclass(frozen=True, slots=True)
class VanishedOptions:
    """Made by :meth:`from_options`.

    :ivar after: as it was given
    :ivar runs: in so many runs in a row a device has to be missing; 0 where days count
    :ivar days: for so many days; 0 where runs count
    :ivar limit: percent of all linked devices; above it nothing is done
    """

    mode: OnVanished
    after: str = "3"
    runs: int = 3
    days: int = 0
    limit: int = 10
    tag: str = "librenms-vanished"
    status: str = "offline"

    @property
    def marks(self) -> bool:
        """Whether anything is written about them."""
        return self.mode is not OnVanished.REPORT

    @classmethod
    def from_options(cls, params: c.Mapping[str, t.Any]) -> VanishedOptions | None:
        """None where nobody asks for them. Raises OptionError."""
        errors = Errors()
        after, limit, tag, status = (params[f"vanished_{name}"] for name in ("after", "limit", "tag", "status"))
        found = re.fullmatch(r"([1-9][0-9]{0,3})(d?)", after.strip())
        if found is None:
            errors.add(OptionError("vanished_after", after, "must be a number of runs, such as 3, or of days, such as 7d"))
        if not 0 <= limit <= 100:
            errors.add(OptionError("vanished_limit", limit, "must be a percentage from 0 to 100"))
        if not tag.strip() or len(tag.strip()) > 100:
            errors.add(OptionError("vanished_tag", tag, "must be the name or slug of a tag, of 100 characters at most"))
        if not re.fullmatch(r"[a-z0-9_-]+", status):
            errors.add(OptionError("vanished_status", status, "must be a status of NetBox, such as offline"))
        errors.raise_any()
        if params["vanished"] is None or found is None:
            return None
        number, in_days = int(found[1]), bool(found[2])
        return cls(
            mode=OnVanished(params["vanished"]),
            after=after.strip(),
            runs=0 if in_days else number,
            days=number if in_days else 0,
            limit=limit,
            tag=tag.strip(),
            status=status,
        )
