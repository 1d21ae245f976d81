# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the code is laid out: files and functions that can be taken in at once, records whose fields are named where they are made."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
# Up to so many fields a record may be made without naming them; of a bigger one only the first few, which its class is known by.
SMALL_RECORD = 5
KNOWN_FIELDS = 4
# Rows of a table: a line each, below one another.
TABLES = frozenset({"Field", "KindRow", "Condition"})

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Source(t.NamedTuple):
    path: Path
    text: str
    tree: ast.Module


SOURCES = [
    Source(path.relative_to(PLUGINS), text, ast.parse(text))
    for path in sorted(PLUGINS.rglob("*.py"))
    for text in [path.read_text(encoding="utf-8")]
]


def nodes(kind: type[Definition] | tuple[type[Definition], ...]) -> t.Iterator[tuple[Source, t.Any]]:
    return ((source, node) for source in SOURCES for node in ast.walk(source.tree) if isinstance(node, kind))


def code_lines(source: Source, first: int, last: int) -> int:
    """Lines of code: neither empty, nor a comment, nor of a docstring."""
    told: set[int] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, Definition) and ast.get_docstring(node, clean=False) is not None:
            told.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(source.text.splitlines()[first - 1 : last], first)
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") and number not in told for number, line in lines)


def is_documentation(source: Source) -> bool:
    """A module's file and a fragment hold their documentation as texts, of any length."""
    return source.path.parts[0] in ("modules", "doc_fragments", "inventory")


@pytest.mark.parametrize("source", [source for source in SOURCES if not is_documentation(source)], ids=lambda source: str(source.path))
def test_a_file_can_be_read_as_a_whole(source: Source) -> None:
    assert code_lines(source, 1, len(source.text.splitlines())) <= LONGEST_FILE


def test_a_function_fits_on_a_screen() -> None:
    found = {
        f"{source.path}: {node.name}": length
        for source, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef))
        if (length := code_lines(source, node.lineno, node.end_lineno)) > LONGEST_FUNCTION
    }
    assert found == {}


def test_big_records_are_made_by_keyword() -> None:
    big = {
        node.name
        for _source, node in nodes(ast.ClassDef)
        if any("dataclass" in ast.unparse(item) for item in node.decorator_list)
        and sum(isinstance(item, ast.AnnAssign) for item in node.body) > SMALL_RECORD
    }
    assert {"Write", "Assessment", "DeviceRecord"} <= big
    found = [
        f"{source.path}:{call.lineno} {call.func.id}"
        for source in SOURCES
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in big - TABLES and len(call.args) > KNOWN_FIELDS
    ]
    assert found == []
