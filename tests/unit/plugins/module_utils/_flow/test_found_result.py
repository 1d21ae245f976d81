# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a search that does not assess returns."""

from __future__ import annotations

from ansible_collections.netsot.librenms.plugins.module_utils._flow.found_result import empty_summary
from ansible_collections.netsot.librenms.plugins.module_utils._flow.search_result import search_summary


def test_the_summary_has_the_same_keys_whether_it_assesses_or_not() -> None:
    assert list(empty_summary().items()) == list(search_summary((), {}).items())
