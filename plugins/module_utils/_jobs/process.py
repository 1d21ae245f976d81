# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which process a job runs in, and whether that process is still there."""

from __future__ import annotations

import dataclasses
import enum
import os
import pathlib
import socket

_PROC = pathlib.Path("/proc")


class Liveness(enum.Enum):
    ALIVE = "alive"
    GONE = "gone"
    # The process runs, or ran, where it cannot be seen from here: another machine, another container.
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process, told apart from a later one of the same number.

    :ivar started: start time in clock ticks since boot (field 22 of C(/proc/PID/stat)), None where there is no C(/proc)
    :ivar boot_id: the kernel's random id of this boot, ``""`` where there is none
    :ivar namespace: the PID namespace; process numbers of two containers on one kernel mean nothing to each other
    """

    host: str
    pid: int
    started: int | None = None
    boot_id: str = ""
    namespace: str = ""

    @classmethod
    def current(cls) -> ProcessIdentity:
        pid = os.getpid()
        stat = _read_stat(pid)
        return cls(
            host=socket.gethostname(),
            pid=pid,
            started=stat[1] if stat else None,
            boot_id=_read_boot_id(),
            namespace=_read_namespace(),
        )


def liveness(process: ProcessIdentity, here: ProcessIdentity) -> Liveness:
    """Whether ``process`` still runs, as far as the process ``here`` can see."""
    if process.boot_id != here.boot_id or not here.boot_id:
        if process.host != here.host:
            return Liveness.UNKNOWN
        if process.boot_id and here.boot_id:
            return Liveness.GONE
    # From here on both are known to be of one kernel, or of one host that does not tell its boots apart.
    if process.namespace != here.namespace:
        return Liveness.UNKNOWN
    return _liveness_by_stat(process) if here.started is not None else _liveness_by_signal(process.pid)


def _liveness_by_stat(process: ProcessIdentity) -> Liveness:
    stat = _read_stat(process.pid)
    # A zombie (Z) has ended; only its parent has not asked for the exit status yet.
    if stat is None or stat[0] in "ZX" or stat[1] != process.started:
        return Liveness.GONE
    return Liveness.ALIVE


def _liveness_by_signal(pid: int) -> Liveness:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return Liveness.GONE
    except OSError:
        return Liveness.ALIVE
    return Liveness.ALIVE


def _read_stat(pid: int) -> tuple[str, int] | None:
    """State letter and start time of a process, None when there is no such process (or no C(/proc))."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        # The second field is the command in parentheses, which may hold spaces and parentheses itself.
        fields = text.rpartition(")")[2].split()
        return fields[0], int(fields[19])
    except (OSError, ValueError, IndexError):
        return None


def _read_boot_id() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _read_namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
