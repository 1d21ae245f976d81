# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows on GitHub call what the Makefile has, and run on the versions that the collection promises."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from run import CORES
from unit.support.pages import COLLECTION
from yaml import BaseLoader

MAKEFILE = (COLLECTION / "Makefile").read_text(encoding="utf-8")
TARGETS = {name: needed.split() for name, needed in re.findall(r"^([a-z-]+):([^#\n]*)##", MAKEFILE, re.MULTILINE)}
# A number such as 3.10 and the key "on" stay texts.
WORKFLOWS: dict[str, dict[str, t.Any]] = {
    path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=BaseLoader)
    for path in (COLLECTION / ".github" / "workflows").glob("*.yml")
}
TEST = WORKFLOWS["test"]["jobs"]
README = (COLLECTION / "README.md").read_text(encoding="utf-8").partition("## Tested with Ansible")[2].partition("\n## ")[0]


def commands(workflow: str) -> list[str]:
    return [step["run"] for job in WORKFLOWS[workflow]["jobs"].values() for step in job["steps"] if "run" in step]


def made(workflow: str) -> set[str]:
    """The targets of make that a workflow calls."""
    lines = [line for command in commands(workflow) for line in re.findall(r"make ([^\n]*)", command)]
    return {word for line in lines for word in re.sub(r"\w+=(?:\$\{\{.*?\}\}|\S*)", "", line).split()}


def cells(row: str) -> list[str]:
    (line,) = [line for line in README.splitlines() if line.startswith(f"| {row} |")]
    return re.findall(r"\d\.\d+(?:\.\d+)?", line)


def newer(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_target_is_there(workflow: str) -> None:
    assert made(workflow), "it calls no target of make"
    assert made(workflow) <= set(TARGETS)


def test_all_of_make_test_is_run() -> None:
    # On other versions these have targets of their own.
    elsewhere = {"unit": "unit-core", "sanity": "sanity-core"}
    assert {elsewhere.get(name, name) for name in TARGETS["test"]} <= made("test")


def test_the_versions_are_those_that_are_promised() -> None:
    tested = TEST["unit"]["strategy"]["matrix"]["include"]
    cores = {entry["core"] for entry in tested}
    pythons = {entry["python"] for entry in tested}
    assert cores == set(TEST["sanity"]["strategy"]["matrix"]["core"]) == set(cells("ansible-test sanity"))
    assert cores == set(cells("unit tests")) - pythons
    first, last = cells("unit tests")[-2:]
    assert pythons == {f"3.{minor}" for minor in range(newer(first)[1], newer(last)[1] + 1)}
    for entry in tested:
        oldest, newest = CORES[entry["core"]]
        assert newer(oldest) <= newer(entry["python"]) <= newer(newest), entry
    runtime = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["requires_ansible"] == f">={min(cores, key=newer)}.0"
    pinned = (COLLECTION / "tests" / "requirements" / "dev.in").read_text(encoding="utf-8")
    assert re.findall(r"ansible-core==(\d\.\d+)", pinned) == [max(cores, key=newer)]


def test_a_tag_is_released_when_it_is_the_version() -> None:
    assert WORKFLOWS["release"]["on"]["push"]["tags"] == ["[0-9]+.[0-9]+.[0-9]+"]
    steps = commands("release")
    order = [next(place for place, step in enumerate(steps) if part in step) for part in ("galaxy.yml", "make install galaxy", "publish")]
    assert order == sorted(order)


def test_the_documentation_is_published() -> None:
    assert made("docs") == {"docs"}
    paths = [step["with"]["path"] for step in WORKFLOWS["docs"]["jobs"]["publish"]["steps"] if "path" in step.get("with", {})]
    assert paths == [".cache/docs/html"]
