# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of the table."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.netsot.librenms.plugins.filter.device_table import FilterModule

TABLE = FilterModule().filters()["device_table"]


def test_table_of_a_result() -> None:
    lines = TABLE({"results": [], "summary": {"created": 3}}, "short", check_mode=True)
    assert lines[0].startswith("Check mode, nothing was written. It would be: 3 created")


def test_what_is_no_result_is_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="registered result"):
        TABLE("text")
    with pytest.raises(AnsibleFilterError, match="'long' is none of short, full, none"):
        TABLE({}, "long")
