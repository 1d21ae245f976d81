# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory of this collection that several runs take at the same moment."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._cache import own_directory
from ansible_collections.netsot.librenms.plugins.module_utils._cache.own_directory import MARK, NotOurs, take


def nothing_of_ours(_names: t.Collection[str]) -> bool:
    return False


def test_a_mark_that_another_run_makes_between_two_looks(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that looked before, and listed the files after, took the mark for somebody else's file."""
    directory = tmp_path / "ours"
    directory.mkdir(mode=0o700)
    real = os.listdir

    def late(path: str) -> list[str]:
        monkeypatch.undo()
        take(path, nothing_of_ours)
        return real(path)

    monkeypatch.setattr(own_directory.os, "listdir", late)
    take(str(directory), nothing_of_ours)
    assert real(directory) == [MARK]


def test_files_without_a_mark_are_not_ours(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / "theirs"
    directory.mkdir(mode=0o700)
    (directory / "file").touch()
    with pytest.raises(NotOurs, match="it holds other files"):
        take(str(directory), nothing_of_ours)
    assert os.listdir(directory) == ["file"]
