# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few reads at a time."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._netbox.side_by_side import READERS, side_by_side


def test_the_order_is_that_of_the_reads() -> None:
    second = threading.Event()

    def slow() -> int:
        assert second.wait(5)
        return 1

    def quick() -> int:
        second.set()
        return 2

    assert side_by_side([slow, quick]) == [1, 2]
    assert side_by_side([]) == [] and side_by_side([lambda: 3]) == [3]


def test_the_first_that_fails_is_the_last_that_is_begun() -> None:
    """But for those under way: a server that does not answer is not asked fifty times."""
    begun: list[int] = []
    lock = threading.Lock()

    def failing() -> int:
        with lock:
            begun.append(1)
        raise ValueError("no")

    def waiting() -> int:
        with lock:
            begun.append(1)
        threading.Event().wait(0.05)
        return 1

    with pytest.raises(ValueError, match="no"):
        side_by_side([failing, *[waiting] * 60])
    assert len(begun) <= 3 * READERS
