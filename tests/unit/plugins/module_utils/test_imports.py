# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the packages: every import points down a list or stays inside its package.

``docs/architecture.md`` explains it. What is read here are the files, not what happens to be imported when they run.
"""

from __future__ import annotations

import ast
import dataclasses
import sys
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils import _exceptions

SHARED = Path(_exceptions.__file__).parent
PLUGINS = SHARED.parent
COLLECTION = "ansible_collections.netsot.librenms.plugins"

# From the top down. What is in one line is one package: its files may import each other.
ORDER = (
    ("_entry", "_entry_search", "_entry_import", "_entry_undo", "_entry_check", "_arguments", "_deps"),
    ("_flow",),
    ("_netbox",),
    ("_librenms",),
    ("_library",),
    ("_report",),
    ("_jobs",),
    ("_cache",),
    ("_http",),
    ("_engine.ports",),
    ("_engine.planning",),
    ("_engine.judging",),
    ("_engine.matching",),
    ("_engine.stacks",),
    ("_engine",),
    ("_exceptions",),
)
DOOR = ORDER[0]
# Only these use a library that is not Python's own.
LIBRARIES = {
    "_netbox": {"pynetbox", "requests"},
    "_librenms": {"requests"},
    "_cache": {"cachetools"},
    "_library": {"yaml"},
    "_http": {"requests", "urllib3"},
}
# What the engine may use of Python: nothing that reads or writes a file, a socket, a clock or the environment.
PURE = {
    "__future__",
    "collections",
    "dataclasses",
    "difflib",
    "enum",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "ipaddress",
    "itertools",
}
PURE |= {"json", "math", "operator", "re", "string", "types", "typing", "unicodedata", "urllib.parse"}
IMPURE_BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "__import__"})


@dataclasses.dataclass(frozen=True, slots=True)
class Import:
    """``name`` is absolute: of a shared file relative to module_utils, with a dot before it."""

    path: Path
    line: int
    name: str

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(PLUGINS)}:{self.line} imports {self.name}"

    @property
    def is_ours(self) -> bool:
        return self.name.startswith(".")


def imports_of(path: Path, source: str = "") -> list[Import]:
    """All of them, also those inside functions and under ``if TYPE_CHECKING``."""
    found = []
    package = path.relative_to(SHARED).parent.parts if path.is_relative_to(SHARED) else ()
    for node in ast.walk(ast.parse(source or path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            parts = (*package[: len(package) - node.level + 1], *(node.module or "").split("."))
            module = "." + ".".join(filter(None, parts))
            names = [module] if node.module else [f"{module}.{alias.name}".replace("..", ".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module)]
        else:
            continue
        found += [Import(path, node.lineno, name.replace(f"{COLLECTION}.module_utils", "", 1)) for name in names]
    return found


def level(name: str) -> int:
    """The place in ORDER of a file or an import, by its dotted name relative to module_utils."""
    wanted = name.strip(".")
    fitting = [
        (len(entry), number) for number, line in enumerate(ORDER) for entry in line if wanted == entry or wanted.startswith(f"{entry}.")
    ]
    assert fitting, f"{name} is in no line of ORDER"
    return max(fitting)[1]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(SHARED).with_suffix("").parts)


def upward(imports: list[Import]) -> list[str]:
    return [item.where for item in imports if item.is_ours and level(item.name) < level(dotted(item.path))]


FILES = sorted(SHARED.rglob("*.py"))
ENGINE = [path for path in FILES if dotted(path).startswith("_engine.")]


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_imports_point_down(path: Path) -> None:
    assert upward(imports_of(path)) == []


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_libraries(path: Path) -> None:
    """Only the door imports Ansible, and only the packages that say so anything else that is not Python's own."""
    package = dotted(path).partition(".")[0]
    allowed = {"ansible"} if package in DOOR else LIBRARIES.get(package, set())
    foreign = {item.name.partition(".")[0]: item.where for item in imports_of(path) if not item.is_ours}
    assert {name: where for name, where in foreign.items() if name not in sys.stdlib_module_names | allowed} == {}


@pytest.mark.parametrize("path", ENGINE, ids=dotted)
def test_the_engine_is_pure(path: Path) -> None:
    used = [item for item in imports_of(path) if not item.is_ours]
    assert [item.where for item in used if item.name not in PURE and item.name.partition(".")[0] not in PURE] == []
    called = [
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert IMPURE_BUILTINS.isdisjoint(called)


def test_nobody_outside_uses_what_a_package_keeps_to_itself() -> None:
    """A name with an underscore belongs to its file."""
    private = [
        f"{path.relative_to(PLUGINS)}:{node.lineno} imports {alias.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__"
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert private == []


def test_modules_use_the_door_and_what_is_below() -> None:
    """A module file is documentation and a call: it reaches the rest through the door, jobs and cache only."""
    reached = {
        item.name.strip(".").partition(".")[0]
        for path in sorted((PLUGINS / "modules").glob("*.py"))
        for item in imports_of(path)
        if item.name.startswith("._")
    }
    assert reached <= {*DOOR, "_exceptions", "_jobs", "_librenms", "_cache"}


def sent_with(name: str) -> set[str]:
    """What Ansible sends a target with a file, by dotted names: all that it imports, directly or not."""
    known = {dotted(path): path for path in FILES}
    sent, left = set(), [name]
    while left:
        wanted = left.pop()
        if wanted in known and wanted not in sent:
            sent.add(wanted)
            left += [item.name.strip(".") for item in imports_of(known[wanted]) if item.is_ours]
    return sent


@pytest.mark.parametrize(
    ("entry", "needless"),
    [
        ("_entry_search", ("_flow.importing", "_flow.undoing", "_flow.checking", "_flow.import_options", "_engine.planning.undo")),
        ("_entry_search", ("_netbox.apply", "_netbox.write", "_netbox.journaled", "_jobs.journal")),
        ("_entry_import", ("_flow.searching", "_flow.undoing", "_flow.checking", "_netbox.change_log")),
        ("_entry_undo", ("_flow.searching", "_flow.importing")),
        ("_entry_check", ("_flow.searching", "_flow.importing", "_flow.undoing")),
        # Modules that only look at jobs have it, and so do the action plugins.
        ("_jobs.store", ("_engine.planning.journal", "_engine.judging.assessment")),
    ],
)
def test_a_module_sends_no_other_run_than_its_own(entry: str, needless: tuple[str, ...]) -> None:
    assert {dotted(path) for path in FILES} >= set(needless)
    assert sent_with(entry).isdisjoint(needless)


def test_there_is_no_init_file() -> None:
    """The sanity tests of ansible-core 2.17 take none that is not empty, and Ansible needs none."""
    assert [str(path) for path in SHARED.rglob("__init__.py")] == []


@pytest.mark.parametrize(
    ("place", "source", "wrong"),
    [
        ("_engine/planning/x.py", "from .plan import Plan\nfrom ..judging.assessment import A\nfrom ..text import key\n", 0),
        ("_engine/planning/x.py", "from ..._exceptions import OptionError\n", 0),
        ("_engine/judging/x.py", "from ..planning.plan import Plan\n", 1),
        ("_engine/text.py", "from .matching.rules import Rules\n", 1),
        ("_engine/text.py", "def late():\n    from .._http.session import Http\n", 1),
        ("_http/x.py", "from .._jobs.job import Job\n", 1),
        ("_librenms/x.py", "from . import wire\nfrom .. import _netbox\n", 1),
        ("_exceptions.py", "from ._engine.text import printable\n", 1),
        ("_flow/x.py", f"from {COLLECTION}.module_utils._entry import main\n", 1),
    ],
)
def test_an_import_that_points_up_is_seen(place: str, source: str, wrong: int) -> None:
    assert len(upward(imports_of(SHARED / place, source))) == wrong
