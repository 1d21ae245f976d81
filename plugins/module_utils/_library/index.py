# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A library of device types: folders of YAML files, such as a checkout of the community's device type library.

All files are read once, safely, and what they are called is kept for as long as no file changes. What a type is made with is
read again from its file when it is needed.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import hashlib
import os
import typing as t

from .._cache.files import CacheKey, FileCache
from .._engine.matching.definitions import BrokenFile, Definition, LibraryType, parse
from .._engine.text import printable
from .._exceptions import CollectionError

YAML_IMPORT_ERROR: ImportError | None = None
try:
    import yaml
except ImportError as import_error:
    YAML_IMPORT_ERROR = import_error

# Seconds: an index belongs to the exact state of its files, so it is as good as new for long.
INDEX_LIFE: t.Final = 30 * 24 * 3600.0
# Bytes; the largest file of the community's library has 200 kB.
_MAX_FILE = 1_000_000
# So many broken files are named in one warning.
_NAMED = 5
# Where a checkout of the community's library has its device types, beside other kinds.
_DEVICE_TYPES = "device-types"


@dataclasses.dataclass(frozen=True, slots=True)
class LibraryIndex:
    """The types of one folder, and what is wrong with the files that are none."""

    types: tuple[LibraryType, ...]
    broken: tuple[str, ...]

    def to_json(self) -> dict[str, t.Any]:
        return {"types": [list(dataclasses.astuple(item)) for item in self.types], "broken": list(self.broken)}

    @classmethod
    def from_json(cls, data: dict[str, t.Any]) -> LibraryIndex:
        """The reverse of :meth:`to_json`. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(tuple(LibraryType(*row) for row in data["types"]), tuple(data["broken"]))


def read_library(folders: c.Iterable[str], cache: FileCache, warn: c.Callable[[str], None]) -> tuple[LibraryType, ...]:
    """The device types of all folders, those of the first folder first. A broken file is a warning.

    :raises CollectionError: a folder cannot be read
    """
    types: list[LibraryType] = []
    for folder in folders:
        index = _index(folder, cache)
        types += index.types
        if index.broken:
            more = f"; and {len(index.broken) - _NAMED} more" if len(index.broken) > _NAMED else ""
            warn(f"device_type_library {folder}: files are left out: {'; '.join(index.broken[:_NAMED])}{more}.")
        if not index.types:
            warn(f"device_type_library {folder} holds no device type.")
    return tuple(types)


def read_definition(path: str) -> Definition:
    """What the type of a file is made with. Raises CollectionError for a file that has become unreadable meanwhile."""
    try:
        return parse(_loaded(path))[1]
    except (OSError, BrokenFile) as error:
        raise CollectionError(f"The file {path} of device_type_library cannot be read any more: it {_why(error)}.") from None


def _index(folder: str, cache: FileCache) -> LibraryIndex:
    try:
        files = _files(folder)
    except OSError as error:
        raise CollectionError(f"device_type_library: the folder {folder} cannot be read ({error.strerror}).") from None
    digest = hashlib.sha256("\n".join([folder, *(f"{path} {size} {changed}" for path, size, changed in files)]).encode(errors="replace"))
    key = CacheKey("library", "", digest.hexdigest(), {"folder": folder})

    def build() -> LibraryIndex:
        return _built([path for path, _size, _changed in files])

    answer = cache.get_or_fetch(key, build, encode=LibraryIndex.to_json, decode=LibraryIndex.from_json, count=lambda item: len(item.types))
    return answer.value


def _files(folder: str) -> list[tuple[str, int, int]]:
    """Path, size and time of change of all YAML files, in the order of their paths."""
    inside = os.path.join(folder, _DEVICE_TYPES)
    found: list[tuple[str, int, int]] = []
    pending = [inside if os.path.isdir(inside) else folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.name.endswith((".yaml", ".yml")) and entry.is_file():
                    status = entry.stat()
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
    return sorted(found)


def _built(paths: c.Iterable[str]) -> LibraryIndex:
    types: list[LibraryType] = []
    broken: list[str] = []
    for path in paths:
        try:
            types.append(dataclasses.replace(parse(_loaded(path))[0], path=path))
        except (OSError, BrokenFile) as error:
            broken.append(f"{printable(path)} {_why(error)}")
    return LibraryIndex(tuple(types), tuple(broken))


def _loaded(path: str) -> object:
    """The content of a file. Raises OSError, and BrokenFile for what is no YAML or too large."""
    with open(path, "rb") as file:
        data = file.read(_MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise BrokenFile("is too large")
    loader = None
    try:
        # The parser of libyaml where PyYAML has it: ten times as fast.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(data)
        return loader.get_single_data()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BrokenFile(f"is no YAML (line {mark.line + 1})" if mark else "is no YAML") from None
    finally:
        if loader is not None:
            loader.dispose()


def _why(error: Exception) -> str:
    return f"cannot be read ({error.strerror})" if isinstance(error, OSError) else str(error)
