# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages below ``docs`` say, for tests that hold them to the code."""

from __future__ import annotations

import collections.abc as c
import functools
import re
from pathlib import Path

import yaml

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode

COLLECTION = Path(__file__).resolve().parents[3]
DOCS = COLLECTION / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(text: str) -> list[list[str]]:
    """The cells of every row of every table that begins with a code."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| `")]
    return [[cells[0].strip("`"), *cells[1:]] for cells in rows]


def table_below(text: str, heading: str) -> set[str]:
    """The codes that begin the rows of the first table whose first heading cell is this one."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(f"| {heading} |")]
    assert starts, f"no table begins with '| {heading} |'"
    rows: list[str] = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(line)
    return {cells[0] for cells in first_cells("\n".join(rows))}


def examples(text: str) -> list[object]:
    """Every block of YAML, read."""
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


@functools.cache
def effects() -> dict[IssueCode, frozenset[str]]:
    """What each issue code does, as docs/issues.md says: C(blocks), C(warns), or C(import) for what only an import tells."""
    return {IssueCode(code): frozenset(effect.split(" or ")) for code, effect, *_rest in first_cells(page("issues.md"))}


def assert_documented(issues: c.Iterable[Issue], effect: str) -> None:
    """Fails where docs/issues.md does not say that these issues have this effect (C(blocks) or C(warns))."""
    wrong = sorted({str(issue.code) for issue in issues if effect not in effects().get(issue.code, ())})
    assert not wrong, f"docs/issues.md: the column effect of {', '.join(wrong)} has to say '{effect}' (or 'blocks or warns')"
