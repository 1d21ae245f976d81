# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL server of the NetBox test server: Debian's, or the one from npm."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import fcntl
import os
import pwd
import re
import shutil
import signal
import struct
import subprocess
import typing as t
from pathlib import Path

from .netbox_install import EMBEDDED_VERSION, ensure_embedded_postgres
from .netbox_paths import Layout, ServerError, private_directory, socket_fits, tail
from .netbox_process import end, is_alive, processes_below, read_record, spawn, wait_until

# NetBox 4.7 refuses older ones.
OLDEST_MAJOR = 15
_DEBIAN_ROOT = Path("/usr/lib/postgresql")
# Nothing in a test database is worth a disk flush.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}
# linux/fs.h, and EXT4_TOPDIR_FL of fs/ext4/ext4.h.
_GET_FLAGS, _SET_FLAGS, _TOP_DIRECTORY = 0x80086601, 0x40086602, 0x00020000


class PostgresKind(enum.StrEnum):
    AUTO = "auto"
    SYSTEM = "system"
    EMBEDDED = "embedded"


@dataclasses.dataclass(frozen=True)
class PostgresUser:
    """Whom PostgreSQL runs as. ``prefix`` is the command that becomes that user, empty when that is ourselves."""

    uid: int
    gid: int
    prefix: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Postgres:
    """A place for one server: its programs, its data directory and the directory of its socket."""

    programs: Path
    name: str
    user: PostgresUser
    runtime: Path
    layout: Layout

    @property
    def data(self) -> Path:
        return self.runtime / "pg-data" / self.name

    @property
    def socket_directory(self) -> Path:
        return self.runtime / "pg-run"

    @property
    def record(self) -> Path:
        return self.layout.records / "postgres"

    @property
    def log(self) -> Path:
        return self.layout.logs / "postgres.log"


def newest_system_programs(root: Path = _DEBIAN_ROOT) -> tuple[Path, int] | None:
    """Return the program directory and major version of the newest usable PostgreSQL server that Debian installed."""
    found = []
    for directory in root.iterdir() if root.is_dir() else ():
        programs = directory / "bin"
        if re.fullmatch(r"\d+", directory.name) and all(os.access(programs / name, os.X_OK) for name in ("initdb", "postgres")):
            found.append((int(directory.name), programs))
    major, programs = max(found, default=(0, root))
    return (programs, major) if major >= OLDEST_MAJOR else None


def postgres_user() -> PostgresUser:
    """Return the user PostgreSQL runs as: ourselves, or, as it refuses root, ``postgres`` or ``nobody``."""
    if os.geteuid() != 0:
        return PostgresUser(os.geteuid(), os.getegid(), ())
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerError("PostgreSQL refuses to run as root, and setpriv (Debian: util-linux) is not installed to become another user")
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        drop = (setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--no-new-privs", "--")
        return PostgresUser(entry.pw_uid, entry.pw_gid, drop)
    raise ServerError("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")


def choose_runtime(layout: Layout, user: PostgresUser) -> Path:
    """Return the first directory for databases and sockets that PostgreSQL's user can enter and whose path is short enough."""
    for candidate in layout.runtime_candidates():
        if socket_fits(candidate):
            private_directory(candidate, 0o711 if user.prefix else 0o700)
            if not user.prefix or _run([*user.prefix, "test", "-x", str(candidate)]).returncode == 0:
                return candidate
    tried = ", ".join(str(candidate) for candidate in layout.runtime_candidates())
    raise ServerError(
        f"no directory for PostgreSQL: its user cannot enter, or the path is too long for a socket: {tried}; set TMPDIR to a short one"
    )


def find_postgres(kind: PostgresKind, layout: Layout, say: t.Callable[[str], None]) -> Postgres:
    """Find PostgreSQL, or fetch it; ``auto`` prefers Debian's."""
    user = postgres_user()
    runtime = choose_runtime(layout, user)
    system = newest_system_programs() if kind is not PostgresKind.EMBEDDED else None
    if system is not None:
        return Postgres(system[0], f"system-{system[1]}", user, runtime, layout)
    if kind is PostgresKind.SYSTEM:
        raise ServerError(
            f"no PostgreSQL server {OLDEST_MAJOR} or newer is installed: install Debian's postgresql, or use --postgres embedded"
        )
    programs = ensure_embedded_postgres(runtime, layout, os.environ, say)
    return Postgres(programs, f"embedded-{EMBEDDED_VERSION.partition('.')[0]}", user, runtime, layout)


def start_postgres(postgres: Postgres, say: t.Callable[[str], None]) -> None:
    """Start the server and wait until it takes connections; make its data directory first when there is none."""
    for directory in (postgres.data.parent, postgres.socket_directory):
        directory.mkdir(mode=0o700, exist_ok=True)
        os.chown(directory, postgres.user.uid, postgres.user.gid)
    if not postgres.data.exists():
        say(f"creating a database cluster ({postgres.name})")
        _initialise(postgres)
    spread_subdirectories(postgres.data / "base")
    ready_file = postgres.data / "postmaster.pid"
    if ready_file.exists():
        # A killed server leaves it, and PostgreSQL refuses to start when its pid was given to anybody since.
        # Its children notice their parent's death and end by themselves.
        wait_until(lambda: not processes_below(postgres.data), 10, lambda: ServerError(f"processes still use {postgres.data}: end them"))
        ready_file.unlink()
    settings = {**_SETTINGS, "unix_socket_directories": str(postgres.socket_directory)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    spawn(
        [*postgres.user.prefix, str(postgres.programs / "postgres"), "-D", str(postgres.data), *options],
        record=postgres.record,
        directory=postgres.data,
        log=postgres.log,
        env=_environment(),
    )

    def ready() -> bool:
        if not is_alive(read_record(postgres.record)):
            raise ServerError(f"PostgreSQL ended while starting; remove {postgres.data} if it is damaged. Its log: {tail(postgres.log)}")
        try:
            # Line 8 is its state (src/include/utils/pidfile.h).
            return ready_file.read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    wait_until(ready, 60, lambda: ServerError(f"PostgreSQL does not get ready. Its log: {tail(postgres.log)}"))


def spread_subdirectories(directory: Path) -> None:
    """Have ext4 place each new database in a part of the disk of its own (``chattr +T``); elsewhere, or not allowed, do nothing.

    A reset deletes and creates 1,400 files. ext4 does not reuse a deleted file's inode for a while, and in one place it searches
    past all of them for each new file: 1.2 instead of 0.1 s of processor time when a reset follows another.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            flags = struct.unpack("q", fcntl.ioctl(descriptor, _GET_FLAGS, struct.pack("q", 0)))[0]
            fcntl.ioctl(descriptor, _SET_FLAGS, struct.pack("q", flags | _TOP_DIRECTORY))
        finally:
            os.close(descriptor)


def stop_postgres(layout: Layout, below: t.Sequence[Path]) -> bool:
    """End the server the fast way: connections are closed, data are written. True when it ran."""
    return end(layout.records / "postgres", sign=signal.SIGINT, patience=20, below=below)


def _initialise(postgres: Postgres) -> None:
    unfinished = postgres.data.with_name(postgres.data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [str(postgres.programs / "initdb"), "-D", str(unfinished), "-U", "netbox", "-A", "trust"]
    result = _run([*postgres.user.prefix, *command, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
    if result.returncode != 0:
        raise ServerError(f"initdb failed: {result.stdout}{result.stderr}")
    unfinished.rename(postgres.data)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}


def _run(command: t.Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=_environment(), cwd="/")
