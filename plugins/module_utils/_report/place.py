# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Where a file for people goes: checked before any work is done for it, and complete or as it was before."""

from __future__ import annotations

import collections.abc as c
import contextlib
import os
import secrets
import typing as t

from .._exceptions import OptionError


def check_place(option: str, path: str) -> None:
    """Raises OptionError for a file that could not be written."""
    if os.path.isdir(path):
        raise OptionError(option, path, "is a directory", "Name a file in it.")
    directory = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(directory):
        raise OptionError(option, path, f"is in {directory}, which is not a directory", "Create it first.")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OptionError(option, path, f"is in {directory}, where this user may not write")


@contextlib.contextmanager
def replacing(path: str, *, private: bool = False) -> c.Iterator[t.TextIO]:
    """A text file that takes the path's place when the block ends well. A file that is there already keeps its rights.

    :param private: to this user, whatever is there
    """
    directory, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(directory, f".{name[:100]}.{secrets.token_hex(8)}.tmp")
    mode = 0o600 if private else _mode(path)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644 if mode is None else 0o600)
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        # Half of a surrogate pair, which JSON can carry, has no UTF-8; its escape is valid JSON and readable elsewhere.
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int | None:
    """The rights of the file that is there, None where there is none."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mode & 0o777
    return None
