# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/issues.md says of every issue code what it does, where it comes from and what to do.

That the effects are the true ones is checked wherever a unit test judges a device: see ``netbox_model.judge``.
"""

from __future__ import annotations

import collections

import pytest
from unit.support.pages import first_cells, page

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode

ROWS = first_cells(page("issues.md"))


def test_every_code_has_one_row() -> None:
    rows = collections.Counter(cells[0] for cells in ROWS)
    assert not set(IssueCode) - set(rows), "docs/issues.md has no row for a code of _engine/issues.py"
    assert not set(rows) - set(IssueCode), "docs/issues.md has a row for a code that _engine/issues.py does not have"
    assert max(rows.values()) == 1, f"docs/issues.md has two rows for one code: {rows.most_common(1)}"


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[0])
def test_a_row_is_complete(cells: list[str]) -> None:
    assert len(cells) == 4, "a row of docs/issues.md is: code, effect, cause, cure"
    _code, effect, cause, cure = cells
    assert effect in {"blocks", "warns", "blocks or warns", "import"}
    assert len(cause) > 10 and len(cure) > 10
