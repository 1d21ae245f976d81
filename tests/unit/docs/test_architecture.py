# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages for contributors name files that exist, and every page links only to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from unit.support.pages import COLLECTION, DOCS, page

SHARED = COLLECTION / "plugins" / "module_utils"
PAGES = [COLLECTION / "README.md", COLLECTION / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


def test_the_table_of_places_names_files_that_exist() -> None:
    table = page("architecture.md").partition("## Where do I")[2]
    named = set(re.findall(r"`(_\w+(?:/\w+)*\.py)`", table))
    assert len(named) > 8
    missing = {name for name in named if not (SHARED / name).is_file()}
    assert not missing, f"docs/architecture.md names files that are not in module_utils: {missing}"


def test_every_package_has_a_row() -> None:
    table = page("architecture.md").partition("## The packages")[2].partition("## Words")[0]
    packages = {path.name for path in SHARED.iterdir() if path.is_dir() and path.name != "__pycache__"}
    missing = {name for name in packages if f"`{name}`" not in table}
    assert not missing, f"docs/architecture.md: the table of packages lacks {missing}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    missing = {link for link in links if not (path.parent / link).exists()}
    assert not missing, f"{path.name} links to what is not there"
