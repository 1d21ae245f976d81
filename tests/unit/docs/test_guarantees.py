# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/guarantees.md names a test for each promise, and the test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from unit.support.pages import page

TESTS = Path(__file__).resolve().parents[2]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", page("guarantees.md"))))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda text: text)
def test_the_named_test_exists(path: str, name: str) -> None:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def test_every_promise_names_one() -> None:
    section = page("guarantees.md").partition("## What is promised")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    promises = [line for line in rows if not line.startswith("| promise")]
    assert promises and all(re.search(r"\.py::\w+`", line) for line in promises)
