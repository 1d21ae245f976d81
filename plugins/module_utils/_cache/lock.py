# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A lock between processes and threads that ends with its holder, however that ends."""

from __future__ import annotations

import collections.abc as c
import contextlib
import fcntl
import os
import time
import typing as t

POLL_SECONDS: t.Final = 0.02
# A holder that is stopped, not dead, must not stop others for ever.
LONGEST_WAIT: t.Final = 600.0


@contextlib.contextmanager
def file_lock(path: str, *, checkpoint: t.Callable[[], None] | None = None, longest_wait: float = LONGEST_WAIT) -> c.Iterator[bool]:
    """Hold the lock of this name; gives False when it could not be had in time.

    The kernel frees it when the holder dies. The file is removed at the end, so that locks do not pile up.

    :param checkpoint: called while waiting; may raise
    :raises OSError: the file system has no locks, is full or read-only
    """
    descriptor = _acquire(path, checkpoint, time.monotonic() + longest_wait)
    if descriptor is None:
        yield False
        return
    try:
        yield True
    finally:
        # Before it is unlocked: a waiter then finds that the name stands for another file, and starts again.
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(descriptor)


def _acquire(path: str, checkpoint: t.Callable[[], None] | None, until: float) -> int | None:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        is_held = False
        try:
            while not is_held:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    is_held = True
                except BlockingIOError:
                    if checkpoint is not None:
                        checkpoint()
                    if time.monotonic() >= until:
                        return None
                    time.sleep(POLL_SECONDS)
            is_held = _is_same_file(path, descriptor)
        finally:
            if not is_held:
                os.close(descriptor)
        if is_held:
            return descriptor


def _is_same_file(path: str, descriptor: int) -> bool:
    try:
        named = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    opened = os.fstat(descriptor)
    return (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)
