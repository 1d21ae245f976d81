# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What README, docs and plugins print for people to copy: commands, playbooks, tasks; found in the text, as it stands there."""

from __future__ import annotations

import ast
import dataclasses
import re
import typing as t
from pathlib import Path

import yaml

COLLECTION = Path(__file__).resolve().parents[3]
PAGES = [COLLECTION / "README.md", COLLECTION / "CONTRIBUTING.md", *sorted((COLLECTION / "docs").glob("*.md"))]
PLAYBOOKS = [*sorted((COLLECTION / "playbooks").glob("*.yml")), *sorted((COLLECTION / "docs" / "examples").glob("*.yml"))]
PLUGINS = [path for kind in ("modules", "filter") for path in sorted((COLLECTION / "plugins" / kind).glob("[a-z]*.py"))]


@dataclasses.dataclass(frozen=True, slots=True)
class Printed:
    """A text to copy, and the file that prints it, below the collection."""

    text: str
    source: str


def _blocks(path: Path, language: str) -> list[str]:
    """The code blocks of a page; one within a list is indented."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def _name(path: Path) -> str:
    return str(path.relative_to(COLLECTION))


def commands() -> list[Printed]:
    """Every command of a page, and of the comment at the head of a playbook; in the order in which they stand there."""
    found: list[Printed] = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for language, block in re.findall(r"^ *```(bash|console)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
            lines = block.replace("\\\n", " ").splitlines()
            typed = lines if language == "bash" else [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
            found += [Printed(_without_comment(line), _name(path)) for line in typed if _without_comment(line)]
    for path in PLAYBOOKS:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [Printed(line[1:].strip(), _name(path)) for line in lines if re.match(r"#\s+ansible(-\w+)? ", line)]
    return found


def _without_comment(line: str) -> str:
    return re.sub(r"\s{2,}#.*$", "", line).strip()


def files() -> dict[str, str]:
    """The blocks of YAML that begin with a comment of nothing but a file's name, by that name."""
    named: dict[str, str] = {}
    for path in PAGES:
        for block in _blocks(path, "yaml"):
            first = block.partition("\n")[0]
            if match := re.fullmatch(r"# ([\w.]+\.yml)", first):
                named.setdefault(match[1], block)
    return named


def plays() -> list[Printed]:
    """The blocks of YAML of the pages that are whole playbooks."""
    found = [Printed(block, _name(path)) for path in PAGES for block in _blocks(path, "yaml")]
    return [item for item in found if _has(item.text, "hosts")]


def tasks() -> list[Printed]:
    """The tasks that a plugin or a page prints: one item for each block."""
    found = [Printed(_examples(path), _name(path)) for path in PLUGINS]
    found += [Printed(block, _name(path)) for path in PAGES for block in _blocks(path, "yaml") if "netsot.librenms." in block]
    return [item for item in found if _has(item.text, "name") and not _has(item.text, "hosts") and "import_playbook" not in item.text]


def _has(text: str, key: str) -> bool:
    """Whether a text is a list of dictionaries that have the key."""
    if "!vault" in text:
        return False
    items: t.Any = next(iter(yaml.safe_load_all(text)), None)
    return isinstance(items, list) and bool(items) and all(isinstance(item, dict) and key in item for item in items)


def _examples(path: Path) -> str:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    return ""
