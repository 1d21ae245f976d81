# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Files beside the job records, private to the user, that are replaced as a whole."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile

# What is left of a write that was killed begins with it.
TEMPORARY_PREFIX = ".new-"


def replace_private(path: pathlib.Path, text: str) -> None:
    """Replaces the file atomically. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        pathlib.Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            pathlib.Path(temporary).unlink()
        raise
