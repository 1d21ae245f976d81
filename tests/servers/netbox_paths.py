# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the NetBox test server of one checkout keeps its files, and the lock that serialises its users."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import tempfile
import typing as t
from pathlib import Path

SERVERS_DIR = Path(__file__).resolve().parent
CHECKOUT = SERVERS_DIR.parents[1]

# sockaddr_un holds 108 bytes; some are left for "/postgres/run/.s.PGSQL.5432" and the like.
LONGEST_SOCKET_PATH = 99
_FIRST = "netbox"
_SOCKET_TAIL = "/pg-run/.s.PGSQL.5432"


class ServerError(RuntimeError):
    """The test server could not be installed, started, reset or stopped. The text says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Layout:
    """The files of one of a checkout's servers.

    ``installation`` holds what all of them share, ``data`` what is one server's own but for what PostgreSQL's own user must reach;
    see `runtime_candidates`.
    """

    data: Path
    fallback: Path
    installation: Path

    @property
    def venv(self) -> Path:
        return self.installation / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def venv_stamp(self) -> Path:
        return self.installation / "venv.stamp"

    @property
    def netbox_root(self) -> Path:
        return self.installation / "netbox-root"

    @property
    def installation_lock(self) -> Path:
        return self.installation / "installation.lock"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def records(self) -> Path:
        return self.data / "processes"

    @property
    def state(self) -> Path:
        return self.data / "state.json"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    def runtime_candidates(self) -> tuple[Path, Path]:
        """Directories for databases and sockets, best first."""
        return self.data / "runtime", self.fallback


def layout_for(
    checkout: Path, environ: t.Mapping[str, str], temp_dir: Path | None = None, uid: int | None = None, instance: str = ""
) -> Layout:
    """Give the layout for a checkout: below ``XDG_CACHE_HOME`` when that is set, else in the checkout's ignored ``.cache``.

    A checkout's first server has no name; tests that run side by side name an instance each.
    """
    # Resolved: running processes are known by their working directory, which the kernel tells without links.
    cache = _cache(checkout, environ).resolve()
    installation = cache / _FIRST
    data = cache / f"{_FIRST}-{instance}" if instance else installation
    base = (temp_dir if temp_dir is not None else Path(tempfile.gettempdir())).resolve()
    owner = os.getuid() if uid is None else uid
    # The data directory is in the name: two cache homes of one checkout are two servers.
    fallback = base / f"netsot-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}-{owner}"
    return Layout(data=data, fallback=fallback, installation=installation)


def instances(checkout: Path, environ: t.Mapping[str, str]) -> list[str]:
    """Return the names of all servers that a checkout has files of; the first one's is empty."""
    return sorted(path.name[len(_FIRST) :].removeprefix("-") for path in _cache(checkout, environ).glob(f"{_FIRST}*") if path.is_dir())


def _cache(checkout: Path, environ: t.Mapping[str, str]) -> Path:
    digest = hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
    xdg = Path(environ.get("XDG_CACHE_HOME", ""))
    return xdg / "netsot.librenms" / digest if xdg.is_absolute() else checkout / ".cache"


def socket_fits(runtime: Path) -> bool:
    """Tell whether PostgreSQL's Unix socket below this directory has a path that the kernel takes."""
    return len(os.fsencode(str(runtime) + _SOCKET_TAIL)) <= LONGEST_SOCKET_PATH


def private_directory(path: Path, mode: int) -> Path:
    """Make a directory with exactly this mode, or accept it when it is a real directory of ours.

    Raises ServerError for a link or somebody else's directory: the temporary directory is open to everyone.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
    info = path.lstat()
    if path.is_symlink() or not path.is_dir() or info.st_uid != os.geteuid():
        raise ServerError(f"{path} exists and is not a directory of ours; remove it and try again")
    path.chmod(mode)
    return path


@contextlib.contextmanager
def locked(path: Path) -> t.Iterator[None]:
    """Hold the file lock while the block runs; wait for whoever else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_atomic(path: Path, text: str) -> None:
    """Replace a file's content so that a reader, or a kill, never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, for an error message."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:]) or "(empty log)"
