# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A private directory of this collection, below one that a user names and that may hold anything.

It bears a mark. Without it nothing is written there, removed or changed, whatever the names of the files look like.
"""

from __future__ import annotations

import collections.abc as c
import contextlib
import os
import stat
import typing as t

from .._exceptions import OptionError

MARK: t.Final = ".netsot.librenms"
_MARK_TEXT: t.Final = "The Ansible collection netsot.librenms keeps this directory, and removes old files from it.\n"

IsOurs: t.TypeAlias = c.Callable[[c.Collection[str]], bool]


class NotOurs(Exception):
    """A directory is not used. The text says why, to follow "because"."""


class AnotherUsers(NotOurs):
    """It belongs to somebody else."""


def expanded(option: str, path: str) -> str:
    """The path with ``~`` replaced. Raises OptionError for a user that does not exist, instead of a directory of that name."""
    whole = os.path.expanduser(path)
    if whole.startswith("~"):
        raise OptionError(option, path, "this machine has no such user or no home directory for it", "Give the path from the root.")
    return whole


def take(directory: str, is_ours: IsOurs) -> None:
    """Makes the directory, or proves that it is ours; one without the mark that was made before there were marks gets it.

    :param is_ours: tells by their names whether all files of a directory may be this collection's
    :raises NotOurs: somebody else's, or something else's
    :raises OSError: it cannot be made
    """
    # Those above it belong to the user: they keep the usual rights.
    os.makedirs(os.path.dirname(directory), mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    if not _is_marked(directory, is_ours):
        _mark(directory)
        return
    if _is_open(directory):
        os.chmod(directory, 0o700)
        if _is_open(directory):
            raise NotOurs("others may read it")


def check(directory: str, is_ours: IsOurs) -> None:
    """Proves that files may be changed there, and changes nothing itself.

    :raises NotOurs: as for :func:`take`
    :raises OSError: there is none, or it cannot be looked at
    """
    if _is_marked(directory, is_ours) and _is_open(directory):
        raise NotOurs("others may read it")


def check_private(directory: str) -> None:
    """Proves that what stands there can be believed. Raises NotOurs or OSError."""
    _check_owner(directory)
    if _is_open(directory):
        raise NotOurs("others may read it")


def _check_owner(directory: str) -> None:
    # A link could point to anything.
    status = os.lstat(directory)
    if not stat.S_ISDIR(status.st_mode):
        raise NotOurs("it is no directory")
    if status.st_uid != os.geteuid():
        raise AnotherUsers("it belongs to another user")


def _is_open(directory: str) -> bool:
    return bool(stat.S_IMODE(os.lstat(directory).st_mode) & 0o077)


def _is_marked(directory: str, is_ours: IsOurs) -> bool:
    """False for one that may be marked. Raises NotOurs for anything that is not ours."""
    _check_owner(directory)
    try:
        mark = os.lstat(os.path.join(directory, MARK))
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISREG(mark.st_mode) and mark.st_uid == os.geteuid():
            return True
        raise NotOurs(f"its file {MARK} is not this collection's")
    if _is_open(directory):
        raise NotOurs(f"others may read it, and it has no file {MARK} by which this collection knows its own")
    names = os.listdir(directory)
    if MARK in names:
        # Another run has made it since the look.
        return _is_marked(directory, is_ours)
    if names and not is_ours(names):
        raise NotOurs(f"it holds other files, and no file {MARK} by which this collection knows its own")
    return False


def _mark(directory: str) -> None:
    # Several runs may do so at once.
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(os.path.join(directory, MARK), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(_MARK_TEXT)
