# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real NetBox for tests: install, start, reset, stop.

Run ``netbox_server.py start|stop|reset|status|env`` with any Python from 3.12 on; only the standard library is needed. Or use
`NetBoxServer` from a test. One server belongs to one checkout; what happens at the same time is serialised by a lock.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import typing as t
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

if not __package__:
    # Run as a script: make the modules beside this file importable as the package that they are.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "servers"
    import servers  # noqa: F401

from .netbox_accounts import LOGIN_PASSWORD, LOGIN_USER, plaintexts
from .netbox_application import DATABASE, Application
from .netbox_branching import ensure_plugin
from .netbox_install import ensure_environment
from .netbox_paths import CHECKOUT, Layout, ServerError, instances, layout_for, locked, write_atomic
from .netbox_postgres import PostgresKind, find_postgres, start_postgres, stop_postgres
from .netbox_process import Record, is_alive, read_record
from .netbox_templates import Seed, ensure_template, template_names
from .netbox_world import load_world

_PROGRAMS = ("web", "worker", "valkey")


class NetBoxServer:
    """A NetBox of one checkout: its first, or the instance of a name.

    As a context manager it starts the server and stops it afterwards, unless it was running before.
    All methods raise ServerError with the reason and the end of the log concerned.
    """

    def __init__(
        self,
        *,
        postgres: str = "auto",
        rqworker: bool = True,
        checkout: Path = CHECKOUT,
        environ: t.Mapping[str, str] = os.environ,
        say: t.Callable[[str], None] = lambda _text: None,
        instance: str = "",
        branching: bool = False,
    ) -> None:
        """:param branching: with the branching plugin; then it is an instance of its own, whose databases no other test uses"""
        instance = instance or ("branching" if branching else "")
        self._branching = branching
        self.layout: Layout = layout_for(checkout, environ, instance=instance)
        self._kind = PostgresKind(postgres)
        self._rqworker = rqworker
        self._say = say
        self._started_here = False

    def __enter__(self) -> t.Self:
        self._started_here = self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._started_here:
            self.stop()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end. Raises ServerError before the first start."""
        port = self._state().get("port")
        if port is None:
            raise ServerError("the NetBox test server was never started")
        return f"http://127.0.0.1:{port}"

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens by name: admin_v1, admin_v2, read_only, expired, disabled, no_rights, view_only, limited."""
        return plaintexts()

    @property
    def postgres_socket(self) -> Path:
        """The directory of PostgreSQL's Unix socket."""
        return self._application().postgres_socket

    def start(self, seed: str | None = None) -> bool:
        """Start what does not run; return whether anything had to be started.

        The data of the last run are kept, unless a seed is given that they were not made from.
        """
        with locked(self.layout.lock):
            started = not self._runs_as_wanted()
            if started:
                self._stop_all()
                self._start_all(Seed(seed) if seed else None)
            elif seed is not None and self._state().get("seed") != seed:
                self._reset(self._application(), Seed(seed))
            return started

    def stop(self) -> bool:
        """End every process; return whether any ran."""
        with locked(self.layout.lock):
            return self._stop_all()

    def reset(self, seed: str = "world") -> None:
        """Put the database back to a seed, and forget background jobs and caches; start the server when it does not run."""
        with locked(self.layout.lock):
            if self._runs_as_wanted():
                self._reset(self._application(), Seed(seed))
            else:
                self._stop_all()
                self._start_all(Seed(seed), fresh=True)

    def status(self) -> dict[str, t.Any]:
        """Return what a client needs to know, and what runs."""
        state = self._state()
        return {
            "running": is_alive(self._record("web")) and self._answers(),
            "url": f"http://127.0.0.1:{state['port']}" if "port" in state else None,
            "user": LOGIN_USER,
            "password": LOGIN_PASSWORD,
            "tokens": self.tokens,
            "seed": state.get("seed"),
            "postgres": state.get("postgres"),
            "pids": {name: record.pid for name in ("postgres", *_PROGRAMS) if (record := self._record(name)) and is_alive(record)},
            "logs": str(self.layout.logs),
        }

    def get(self, path: str, token: str = "admin_v2", **query: t.Any) -> t.Any:
        """GET a path below ``/api/`` with a named token; return the decoded JSON. Raises urllib.error.HTTPError for an error status."""
        plain = self.tokens[token]
        request = urllib.request.Request(
            f"{self.url}/api/{path.strip('/')}/" + (f"?{urllib.parse.urlencode(query, doseq=True)}" if query else ""),
            headers={"Authorization": f"{'Bearer' if plain.startswith('nbt_') else 'Token'} {plain}", "Accept": "application/json"},
        )
        # A proxy of the caller's environment has no business with a loopback address.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def count(self, path: str, **query: t.Any) -> int:
        """Count the objects of a list such as ``dcim/devices``, with the rights of the administrator."""
        return int(self.get(path, limit=1, **query)["count"])

    def changelog_count(self) -> int:
        """Count the entries of NetBox's change log: it grows with every object that anyone writes through the API."""
        return self.count("core/object-changes")

    def add_devices(self, count: int) -> None:
        """Create many linked devices, in seconds: past the API, without their components and without a trace in the change log."""
        self._application().fill(DATABASE, "devices", {"count": count, "first_id": 1_000_000})

    def orm_seconds(self, bodies: t.Sequence[dict[str, t.Any]]) -> float:
        """Seconds that NetBox's own code needs for each of these devices (bodies of the REST API) in one process, one after the other."""
        return self._application().loop(bodies) / max(1, len(bodies) - 1)

    def _start_all(self, seed: Seed | None, *, fresh: bool = False) -> None:
        with locked(self.layout.installation_lock):
            ensure_environment(self.layout, os.environ, self._say)
            if self._branching:
                ensure_plugin(self.layout, os.environ, self._say)
            postgres = find_postgres(self._kind, self.layout, self._say)
            application = Application(self.layout, postgres.runtime, branching=self._branching)
            application.write_configuration()
            application.collect_static()
        state = self._state()
        if (state.get("postgres"), state.get("runtime")) != (postgres.name, str(postgres.runtime)):
            state["template"] = None
        state.update(postgres=postgres.name, runtime=str(postgres.runtime))
        # Before anything starts: who ends a start that was killed must know where its processes are.
        self._write_state(state)
        try:
            start_postgres(postgres, self._say)
            application.start_valkey()
            kept = Seed(state.get("seed", Seed.WORLD))
            wanted = seed or kept
            template = ensure_template(application, wanted, self._say)
            if fresh or state.get("template") != template or DATABASE not in application.database_steps(("list",))[0]:
                self._write_state(state | {"template": None})
                application.database_steps(("clone", template, DATABASE))
            state.update(template=template, seed=str(wanted), port=application.start_web(state.get("port")))
            self._write_state(state)
            if self._rqworker:
                application.start_worker()
            application.wait_for("web", self._answers, 120)
            if self._rqworker:
                application.wait_for("worker", self._has_worker, 120)
        except BaseException:
            self._stop_all()
            raise

    def _reset(self, application: Application, seed: Seed) -> None:
        template = template_names(load_world()).of(seed)
        record = self._record("worker")
        state = self._state()
        self._write_state(state | {"template": None})
        steps = (("empty_queues", record.pid if record else None), ("clone", template, DATABASE))
        # One call when the template is there, as it nearly always is: starting Python is half of a reset's time.
        if not application.database_steps(*steps)[1]:
            ensure_template(application, seed, self._say)
            application.database_steps(*steps)
        self._write_state(state | {"template": template, "seed": str(seed)})

    def _stop_all(self) -> bool:
        application = self._application()
        ended = [application.end(name) for name in _PROGRAMS]
        ended.append(stop_postgres(self.layout, application.directories))
        return any(ended)

    def _runs_as_wanted(self) -> bool:
        """Tell whether everything runs; start or end the background worker if it is only that."""
        if not all(is_alive(self._record(name)) for name in ("postgres", "valkey", "web")):
            return False
        kind = self._kind
        if kind is not PostgresKind.AUTO and not str(self._state().get("postgres")).startswith(f"{kind}-"):
            return False
        if not self._answers():
            return False
        application = self._application()
        if self._rqworker != application.alive("worker"):
            application.end("worker")
            # A killed worker stays registered for minutes, and NetBox would go on giving it jobs.
            application.database_steps(("forget_workers",))
            if self._rqworker:
                application.start_worker()
                application.wait_for("worker", self._has_worker, 120)
        return True

    def _answers(self) -> bool:
        try:
            return "netbox-version" in self.get("status")
        except (OSError, ValueError, ServerError):
            return False

    def _has_worker(self) -> bool:
        try:
            return int(self.get("status")["rq-workers-running"]) > 0
        except (OSError, ValueError):
            return False

    def _application(self) -> Application:
        runtime = Path(self._state().get("runtime", self.layout.data / "runtime"))
        return Application(self.layout, runtime, branching=self._branching)

    def _record(self, name: str) -> Record | None:
        return read_record(self.layout.records / name)

    def _state(self) -> dict[str, t.Any]:
        try:
            state = json.loads(self.layout.state.read_text())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, state: dict[str, t.Any]) -> None:
        write_atomic(self.layout.state, json.dumps(state, indent=1) + "\n")


def shell_lines(status: t.Mapping[str, t.Any]) -> str:
    """Return ``export`` lines for a shell: what the collection's options fall back to, and every token by name."""
    values = {"NETBOX_URL": status["url"], "NETBOX_TOKEN": status["tokens"]["admin_v2"]}
    values |= {"NETBOX_USER": status["user"], "NETBOX_PASSWORD": status["password"]}
    values |= {f"NETBOX_TOKEN_{name.upper()}": token for name, token in status["tokens"].items()}
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


def main(arguments: t.Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A real NetBox for tests, on loopback only.")
    parser.add_argument("command", choices=("start", "stop", "reset", "status", "env"))
    parser.add_argument("--seed", choices=[str(seed) for seed in Seed], help="what the database holds (reset: world)")
    parser.add_argument("--postgres", choices=[str(kind) for kind in PostgresKind], default="auto", help="where PostgreSQL comes from")
    parser.add_argument("--no-rqworker", action="store_true", help="run no background worker")
    options = parser.parse_args(arguments)

    def say(text: str) -> None:
        print(f"netbox: {text}", file=sys.stderr, flush=True)

    server = NetBoxServer(postgres=options.postgres, rqworker=not options.no_rqworker, say=say)
    try:
        if options.command == "start":
            server.start(options.seed)
        elif options.command == "reset":
            server.reset(options.seed or "world")
        elif options.command == "stop":
            for instance in instances(CHECKOUT, os.environ):
                NetBoxServer(instance=instance).stop()
    except ServerError as error:
        say(str(error))
        return 1
    status = server.status()
    if options.command == "env":
        if not status["running"]:
            print("netbox: the server does not run; start it first", file=sys.stderr)
            return 1
        print(shell_lines(status))
    else:
        print(json.dumps(status, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
