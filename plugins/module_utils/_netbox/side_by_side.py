# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A few reads from NetBox at a time."""

from __future__ import annotations

import collections.abc as c
import concurrent.futures
import typing as t

# Requests in flight: NetBox's own servers run a few workers, and two or three lists are most of the time.
READERS: t.Final = 4

R = t.TypeVar("R")


def side_by_side(reads: c.Iterable[c.Callable[[], R]]) -> list[R]:
    """What the reads give, in their order. Raises what the first of them, in that order, raises."""
    waiting = list(reads)
    if len(waiting) < 2:
        return [read() for read in waiting]
    with concurrent.futures.ThreadPoolExecutor(READERS, thread_name_prefix="netbox-read") as pool:
        futures = [pool.submit(read) for read in waiting]
        try:
            return [future.result() for future in futures]
        except BaseException:
            # Those that nobody has begun would only fail the same way, one after the other.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
