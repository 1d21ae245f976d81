# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading a list of NetBox as a whole, page by page, whatever happens between two pages.

Pages by offset shift when an object is deleted meanwhile, so that one is never read and would be made a second time. Here each page
begins after the last id of the one before, and is compared with NetBox's own count.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import typing as t

Json = dict[str, t.Any]

# How often a list that came short is read from its beginning.
_TRIES: t.Final = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """``count`` is how many objects NetBox says there are from the beginning of this page on, ``rows`` those that it shows."""

    rows: tuple[Json, ...]
    count: int


class CameShort(Exception):
    """NetBox counts more objects than it shows, however often it is asked. The text says how many of how many."""


def read_whole(ask: c.Callable[[int | None], Page]) -> list[Json]:
    """All rows of a list, by ascending id where it has several pages. Raises CameShort.

    :param ask: gives the first page for None, else the one that begins after this id
    """
    shown = counted = 0
    for _try in range(_TRIES):
        rows, counted, is_whole = _read_once(ask)
        if is_whole:
            return rows
        shown = len(rows)
    raise CameShort(f"NetBox counted {counted} objects and showed {shown}")


def _read_once(ask: c.Callable[[int | None], Page]) -> tuple[list[Json], int, bool]:
    page = ask(None)
    counted = page.count
    rows = list(page.rows)
    while page.count > len(page.rows):
        last = max((row["id"] for row in page.rows), default=None)
        if last is None:
            return rows, counted, False
        page = ask(last)
        if any(row["id"] <= last for row in page.rows):
            # The filter was not understood.
            return rows, counted, False
        rows += page.rows
    return rows, counted, len(rows) >= counted
