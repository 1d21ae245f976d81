# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of YAML files as a library: read once, kept, and told of where a file is broken."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Stage, Target
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._library import index as library

Json = dict[str, t.Any]
SWITCH: Json = {
    "manufacturer": "Acme",
    "model": "X-100",
    "slug": "acme-x-100",
    "part_number": 1001,
    "interfaces": [{"name": 1, "type": "1000base-t"}, {"name": "2", "type": "1000base-t", "mgmt_only": True}],
}


class Shelf:
    """A library in a directory, and the warnings that reading it gave."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / "types"
        self.folder.mkdir()
        self.cache = directory / "cache"
        self.warnings: list[str] = []

    def put(self, name: str, content: Json | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return path

    def models(self, *folders: Path) -> list[str]:
        cache = FileCache(str(self.cache), library.INDEX_LIFE)
        types = library.read_library([str(folder) for folder in folders or (self.folder,)], cache, self.warnings.append)
        return [item.model for item in types]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_types_of_all_folders_in_their_order(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("device-types/Acme/a.yaml", SWITCH)
    shelf.put("device-types/Acme/b.yml", SWITCH | {"model": "X-200", "slug": "x-200"})
    # Other kinds of a checkout, and what is none of its files.
    shelf.put("module-types/Acme/m.yaml", {"manufacturer": "Acme", "model": "M"})
    shelf.put("device-types/Acme/readme.md", "no YAML: [")
    shelf.put("device-types/.git/c.yaml", "[")
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.yaml").write_text(yaml.safe_dump(SWITCH | {"model": "Own"}), encoding="utf-8")
    assert shelf.models(other, shelf.folder) == ["Own", "X-100", "X-200"]
    assert shelf.warnings == []


def test_files_are_read_once_until_one_changes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shelf.put("a.yaml", SWITCH)
    shelf.put("broken.yaml", "a: [")
    read: list[str] = []
    original = library._loaded
    monkeypatch.setattr(library, "_loaded", lambda name: read.append(name) or original(name))
    assert shelf.models() == shelf.models() == ["X-100"]
    assert len(read) == 2 and len(shelf.warnings) == 2
    shelf.put("a.yaml", SWITCH | {"model": "X-101"})
    os.utime(path, ns=(1, 1))
    assert shelf.models() == ["X-101"] and len(read) == 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("model: [", "is no YAML (line"),
        ("- a\n- b\n", "is no dictionary"),
        ("!!python/object/apply:os.getcwd []", "is no YAML (line 1)"),
        ("[" * 3000, "is no YAML"),
        ("x" * 1_000_001, "is too large"),
        (SWITCH | {"model": None}, "has no model"),
        (SWITCH | {"model": True}, "has the model 'True', which is no text"),
        (SWITCH | {"slug": "s" * 101}, "has the slug"),
        (SWITCH | {"u_height": "two"}, "has the u_height 'two', which is no number"),
        (SWITCH | {"is_full_depth": 3}, "has the is_full_depth '3', which is neither true nor false"),
        (SWITCH | {"interfaces": {"name": "a"}}, "has interfaces that are no list"),
        (SWITCH | {"interfaces": ["a"]}, "has an entry of interfaces that is no dictionary"),
        (SWITCH | {"interfaces": [{"type": "other"}]}, "has no name"),
        (SWITCH | {"interfaces": [{"name": "a"}, {"name": "a"}]}, "has 2 interface templates called 'a'"),
        (SWITCH | {"front-ports": [{"name": "f", "rear_port": "r"}]}, "has no rear port template 'r', which 'f' needs"),
        (SWITCH | {"power-outlets": [{"name": "o", "power_port": "p"}]}, "has no power port template 'p', which 'o' needs"),
    ],
)
def test_a_broken_file_is_a_warning(shelf: Shelf, content: Json | str, why: str) -> None:
    shelf.put("broken.yaml", content)
    shelf.put("good.yaml", SWITCH)
    assert shelf.models() == ["X-100"]
    (warning,) = shelf.warnings
    assert warning.startswith(f"device_type_library {shelf.folder}: files are left out: {shelf.folder}/broken.yaml {why}"), warning


def test_many_broken_files_are_counted_and_an_empty_folder_is_told_of(shelf: Shelf) -> None:
    for number in range(8):
        shelf.put(f"{number}.yaml", "[")
    assert shelf.models() == []
    assert "; and 3 more." in shelf.warnings[0] and shelf.warnings[1].endswith("holds no device type.")


def test_what_a_type_is_made_with(shelf: Shelf) -> None:
    definition = library.read_definition(
        str(shelf.put("a.yaml", SWITCH | {"comments": "Line\nline", "weight": 2.5, "is_full_depth": False}))
    )
    assert dict(definition.values) == {"comments": "Line\nline", "weight": 2.5, "is_full_depth": False}
    assert [(item.target, item.name, dict(item.values)) for item in definition.components] == [
        (Target.INTERFACE_TEMPLATE, "1", {"type": "1000base-t"}),
        (Target.INTERFACE_TEMPLATE, "2", {"type": "1000base-t", "mgmt_only": True}),
    ]


def test_every_list_of_components_becomes_a_kind(shelf: Shelf) -> None:
    lists = ["console-ports", "console-server-ports", "power-ports", "power-outlets", "interfaces"]
    lists += ["rear-ports", "front-ports", "module-bays", "device-bays", "inventory-items"]
    data = SWITCH | {name: [{"name": "one"}] for name in lists}
    definition = library.read_definition(str(shelf.put("a.yaml", data)))
    assert {item.target for item in definition.components} == {target for target in Target if target.row.stage is Stage.TEMPLATE}


def test_a_file_or_folder_that_is_gone(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="cannot be read any more: it cannot be read"):
        library.read_definition(str(tmp_path / "gone.yaml"))
    with pytest.raises(CollectionError, match=r"the folder .*gone cannot be read"):
        shelf.models(tmp_path / "gone")
