# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start background processes, know them again later, and end them: by pid, and only when they are really ours.

A process is recorded before its program is executed, so there is no moment at which a kill of the starter leaves
an unrecorded server behind. A record holds the kernel's boot id, the pid and the start time; a pid that was given
to another process since does not match it.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import time
import typing as t
from pathlib import Path

from .netbox_paths import ServerError, tail

_BOOT_ID = "/proc/sys/kernel/random/boot_id"
# The shell's pid and start time stay those of the program that it executes.
_RECORD_AND_EXEC = f'cat {_BOOT_ID} /proc/$$/stat > "$0.tmp" && mv "$0.tmp" "$0" && cd "$1" && shift && exec "$@"'

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclasses.dataclass(frozen=True)
class ProcessStat:
    """The fields of ``/proc/<pid>/stat`` that tell processes apart."""

    pid: int
    state: str
    parent: int
    session: int
    start_time: int


@dataclasses.dataclass(frozen=True)
class Record:
    """A started process: leader of its own session."""

    boot_id: str
    pid: int
    start_time: int


def parse_stat(text: str) -> ProcessStat:
    """Read one line of ``/proc/<pid>/stat`` (proc(5)); the command in parentheses may itself hold parentheses and blanks.

    Raises ValueError when the text is no such line.
    """
    head, closing, rest = text.rpartition(")")
    fields = rest.split()
    if not closing or len(fields) < 20:
        raise ValueError("not a line of /proc/<pid>/stat")
    return ProcessStat(
        pid=int(head.split("(", 1)[0]), state=fields[0], parent=int(fields[1]), session=int(fields[3]), start_time=int(fields[19])
    )


def parse_record(text: str) -> Record | None:
    """Read a record file; None when it is damaged."""
    boot_id, _newline, stat = text.partition("\n")
    try:
        parsed = parse_stat(stat)
    except ValueError:
        return None
    return Record(boot_id=boot_id.strip(), pid=parsed.pid, start_time=parsed.start_time)


def read_record(path: Path) -> Record | None:
    try:
        return parse_record(path.read_text())
    except OSError:
        return None


def process_stat(pid: int) -> ProcessStat | None:
    """Return what the kernel knows of a process; None when it is gone or only waits to be reaped."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
    try:
        stat = parse_stat(Path(f"/proc/{pid}/stat").read_text())
    except (OSError, ValueError):
        return None
    return None if stat.state in ("Z", "X") else stat


def is_alive(record: Record | None) -> bool:
    """Tell whether the recorded process itself still runs."""
    if record is None or record.boot_id != _boot_id():
        return False
    stat = process_stat(record.pid)
    return stat is not None and stat.start_time == record.start_time


def session_members(record: Record, below: t.Sequence[Path]) -> list[int]:
    """List the running processes of the record's session whose working directory is below one of ours.

    They can outlive their leader. The directory is asked for because the number of a session that has ended may
    have been given to a stranger's.
    """
    if record.boot_id != _boot_id():
        return []
    leader = process_stat(record.pid)
    if leader is not None and leader.start_time != record.start_time:
        return []
    return [
        stat.pid
        for stat in _running()
        if stat.session == record.pid and stat.start_time >= record.start_time and _works_below(stat.pid, below)
    ]


def processes_below(directory: Path) -> list[int]:
    """List the running processes whose working directory is this one or below it."""
    return [stat.pid for stat in _running() if _works_below(stat.pid, [directory])]


def spawn(
    command: t.Sequence[str], *, record: Path, directory: Path, log: Path, env: t.Mapping[str, str], pass_fds: t.Sequence[int] = ()
) -> None:
    """Start a program as the leader of a new session, its output in a log file, its record written first."""
    record.parent.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            ["/bin/sh", "-c", _RECORD_AND_EXEC, str(record), str(directory), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
    _children[child.pid] = child
    # Until the record is there the process is only the shell, and a caller that looks would take it for dead.
    wait_until(lambda: _recorded(record, child), 10, lambda: ServerError(f"{command[0]} could not be started: {tail(log)}"))


def end(path: Path, *, sign: signal.Signals, patience: float, below: t.Sequence[Path]) -> bool:
    """End a recorded process and all of its session, politely first; remove the record. True when something ran."""
    record = read_record(path)
    if record is None:
        path.unlink(missing_ok=True)
        return False
    found = session_members(record, below)
    if found:
        _signal([record.pid] if record.pid in found else found, sign)
        deadline = time.monotonic() + patience
        while session_members(record, below) and time.monotonic() < deadline:
            time.sleep(0.02)
        deadline = time.monotonic() + 10
        while (members := session_members(record, below)) and time.monotonic() < deadline:
            _signal(members, signal.SIGKILL)
            time.sleep(0.02)
        if members:
            raise ServerError(f"processes {members} do not end")
    path.unlink(missing_ok=True)
    return bool(found)


def wait_until(ready: t.Callable[[], bool], seconds: float, error: t.Callable[[], ServerError]) -> None:
    """Poll until ready; raise the given error after so many seconds."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise error()
        time.sleep(0.03)


def listen_on_loopback(preferred: int | None) -> socket.socket:
    """Return a bound socket on 127.0.0.1: the preferred port when it is free, else one that the kernel chooses."""
    for port in (preferred or 0, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(64)
        except (OSError, OverflowError):
            listener.close()
            continue
        return listener
    raise ServerError("no TCP port on 127.0.0.1 can be bound")


def _recorded(path: Path, child: subprocess.Popen[bytes]) -> bool:
    record = read_record(path)
    return (record is not None and record.pid == child.pid) or child.poll() is not None


def _signal(pids: t.Iterable[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _running() -> list[ProcessStat]:
    return [stat for entry in Path("/proc").glob("[0-9]*") if (stat := process_stat(int(entry.name))) is not None]


def _works_below(pid: int, directories: t.Sequence[Path]) -> bool:
    try:
        where = Path(str(Path(f"/proc/{pid}/cwd").readlink()).removesuffix(" (deleted)"))
    except OSError:
        return False
    return any(where.is_relative_to(directory) for directory in directories)


def _boot_id() -> str:
    return Path(_BOOT_ID).read_text().strip()
