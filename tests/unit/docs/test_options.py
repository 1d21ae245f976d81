# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list of options: what a module takes, what it documents, the variables of its playbook, and docs/playbooks.md."""

from __future__ import annotations

import ast
import dataclasses
import re
import typing as t

import pytest
import yaml
from unit.support.pages import COLLECTION, page

from ansible_collections.netsot.librenms.plugins.module_utils import _arguments

# The variable where it cannot have the option's name: Ansible keeps the name tags for itself.
RENAMED = {"tags": "device_tags"}


@dataclasses.dataclass(frozen=True, slots=True)
class Documented:
    module: str
    playbook: str
    spec: _arguments.Spec
    # The column of docs/playbooks.md that names its variables.
    column: int

    @property
    def variables(self) -> set[str]:
        return {RENAMED.get(name, name) for name in self.spec}


RUNS = [
    Documented("librenms_device_search", "device_search", _arguments.search_spec(), 1),
    Documented("netbox_device_import", "device_import", _arguments.import_spec(), 2),
]
both = pytest.mark.parametrize("run", RUNS, ids=lambda run: run.module)
UNDO = Documented("netbox_import_undo", "undo", _arguments.undo_spec(), 0)
every = pytest.mark.parametrize("run", [*RUNS, UNDO], ids=lambda run: run.module)


def _documentation(path: str) -> dict[str, t.Any]:
    tree = ast.parse((COLLECTION / path).read_text(encoding="utf-8"))
    texts = [
        ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DOCUMENTATION"
    ]
    return t.cast("dict[str, t.Any]", yaml.safe_load(texts[0]))


@every
def test_every_option_is_documented(run: Documented) -> None:
    own = _documentation(f"plugins/modules/{run.module}.py")
    options = dict(own["options"])
    for fragment in own["extends_documentation_fragment"]:
        # An option that is documented already is not replaced, as Ansible does it.
        options = _documentation(f"plugins/doc_fragments/{fragment.rpartition('.')[2]}.py").get("options", {}) | options
    assert set(options) == set(run.spec), f"the options that {run.module} documents are not those of _arguments.py"
    for name, spec in run.spec.items():
        documented = options[name]
        for part in ("type", "default", "choices", "elements"):
            wanted = spec.get(part)
            # ansible-test has a dictionary or list without content documented or not, as one likes.
            assert documented.get(part, wanted if wanted in ([], {}) else None) == wanted, f"{name}: {part} is documented otherwise"


def _playbook(run: Documented) -> str:
    return (COLLECTION / f"playbooks/{run.playbook}.yml").read_text(encoding="utf-8")


def _task(run: Documented) -> dict[str, str]:
    (play,) = yaml.safe_load(_playbook(run))
    name = f"netsot.librenms.{run.module}"
    # A search before the import, and a count before the search, come first.
    return t.cast("dict[str, str]", [task[name] for task in play["tasks"] if name in task][-1])


@both
def test_every_option_is_a_variable_of_the_playbook(run: Documented) -> None:
    task = _task(run)
    assert set(task) == set(run.spec), f"playbooks/{run.playbook}.yml does not give {run.module} each of its options"
    for name, value in task.items():
        variable = RENAMED.get(name, name)
        found = set(re.findall(r"\w+", str(value)))
        assert variable in found or (name == "job_id" and "librenms_job_id" in found), f"{name} is not the variable {variable}"


@both
def test_the_playbook_names_its_variables(run: Documented) -> None:
    head = "\n".join(line for line in _playbook(run).splitlines() if line.startswith("#"))
    connection = {*_arguments.librenms_spec(), *_arguments.netbox_spec()}
    missing = {name for name in run.variables - connection if not re.search(rf"\b{name}\b", head)}
    assert not missing, f"the comment at the head of playbooks/{run.playbook}.yml does not name {', '.join(sorted(missing))}"


def test_every_option_of_the_undo_is_a_variable_of_its_playbook() -> None:
    # LibreNMS is not asked: those options are there for the defaults of the action group.
    own = {*_arguments.undo_spec()} - {*_arguments.librenms_spec(), "cache_dir"}
    task = _task(UNDO)
    assert set(task) == own
    head = "\n".join(line for line in _playbook(UNDO).splitlines() if line.startswith("#"))
    assert not [name for name in own if name not in head or name not in str(task[name])]
    section = page("playbooks.md").partition("## Undo")[2].partition("\n## ")[0]
    assert not [name for name in own - {*_arguments.netbox_spec()} if f"`{name}`" not in section]


def test_the_playbook_of_plans_names_what_it_looks_at() -> None:
    text = (COLLECTION / "playbooks/apply_plan.yml").read_text(encoding="utf-8")
    head = text.partition("\n- name:")[0].partition("are looked at:")[2].partition(", and the connection")[0]
    named = set(re.findall(r"\b[a-z_]+\b", head))
    assert named <= {*_arguments.import_spec()}
    section = page("playbooks.md").partition("## Apply plan")[2].partition("\n## ")[0]
    assert not [name for name in named if f"`{name}`" not in section]
    # What chooses devices, and what is written of them, stands in the plan itself.
    chosen = {"filters", "all_devices", "rules", "existing", "save_plan", "tags"}
    assert not named & chosen


@both
def test_the_page_names_the_variables(run: Documented) -> None:
    named: set[str] = set()
    known = set[str]().union(*(other.variables for other in RUNS))
    for line in page("playbooks.md").partition("## Variables of the search and the import")[2].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and not cells[0].startswith("`"):
            text = cells[1] if cells[run.column] == "the same" else cells[run.column]
            named |= set(re.findall(r"`(\w+)`", text)) & known
    assert named == {*run.variables}, f"docs/playbooks.md: the table of variables is not that of {run.playbook}.yml"
