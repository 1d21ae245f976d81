# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Database and queue operations of the NetBox test server. Run by NetBox's own Python, which has psycopg and redis.

Reads one JSON object from standard input: ``{"socket": directory, "valkey": path, "steps": [[name, argument...]...]}``;
writes a JSON list with each step's result.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
import typing as t
from pathlib import Path

if t.TYPE_CHECKING:
    import psycopg

# Kept when the queues are emptied: the running worker's registration, which it does not repeat.
_WORKER_KEYS = (b"rq:worker", b"rq:scheduler", b"rq:clean_registries", b"rq:suspended")
_CACHE_DATABASE = 1


class Databases:
    """PostgreSQL databases of the server below a socket directory."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._connection = self._connect("postgres")

    def _connect(self, database: str) -> psycopg.Connection[tuple[t.Any, ...]]:
        import psycopg

        return psycopg.connect(host=self._socket, user="netbox", dbname=database, autocommit=True)

    def list(self) -> list[str]:
        return [row[0] for row in self._connection.execute("select datname from pg_database where not datistemplate order by 1").fetchall()]

    def drop(self, name: str) -> None:
        self._execute('drop database if exists "{}" with (force)', name)

    def clone(self, source: str, target: str) -> bool:
        """Replace ``target`` by a copy of ``source``, closing connections to ``target``. Without a ``source`` do nothing: False."""
        if source not in self.list():
            return False
        self.drop(target)
        self._execute('create database "{}" template "{}" strategy file_copy', target, source)
        return True

    def create(self, name: str) -> None:
        """Replace ``name`` by an empty database."""
        self.drop(name)
        self._execute('create database "{}" template template0', name)

    def rename(self, source: str, target: str) -> None:
        self._execute('alter database "{}" rename to "{}"', source, target)

    def restore(self, name: str, path: str) -> None:
        """Fill an empty database from a gzipped ``pg_dump --inserts``; psql's own commands in it are left out."""
        text = gzip.decompress(Path(path).read_bytes()).decode()
        statements = "\n".join(line for line in text.splitlines() if not line.startswith(("\\restrict ", "\\unrestrict ")))
        with self._connect(name) as connection, connection.transaction():
            connection.execute(t.cast("t.Any", statements))

    def _execute(self, template: str, *names: str) -> None:
        for name in names:
            if not name.replace("_", "").isalnum():
                raise ValueError(f"not a database name of ours: {name!r}")
        self._connection.execute(t.cast("t.Any", template.format(*names)))


def empty_queues(valkey: str, worker: int | None) -> None:
    """Forget all background jobs and caches, and end the job that the worker is at.

    The next database must not get the search index, the job rows or the configuration of the last one.
    """
    import redis

    tasks = redis.Redis(unix_socket_path=valkey, db=0)
    if keys := [key for key in tasks.scan_iter(count=1000) if not key.startswith(_WORKER_KEYS)]:
        tasks.delete(*keys)
    redis.Redis(unix_socket_path=valkey, db=_CACHE_DATABASE).flushdb()
    for horse in _work_horses(worker) if worker is not None else ():
        try:
            os.kill(horse, signal.SIGKILL)
        except ProcessLookupError:
            continue


def forget_workers(valkey: str) -> None:
    """Remove the registration of workers that ended without doing it."""
    import redis

    tasks = redis.Redis(unix_socket_path=valkey, db=0)
    if keys := list(tasks.scan_iter(match="rq:worker*", count=1000)):
        tasks.delete(*keys)


def flush(valkey: str, database: int) -> None:
    import redis

    redis.Redis(unix_socket_path=valkey, db=database).flushdb()


def _work_horses(worker: int) -> list[int]:
    """List the worker's children that lead a process group of their own: its jobs, not its scheduler."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if len(fields) > 2 and int(fields[1]) == worker and fields[2] == entry.name:
            found.append(int(entry.name))
    return found


def main() -> None:
    request = json.load(sys.stdin)
    databases: Databases | None = None
    results: list[t.Any] = []
    for name, *arguments in request["steps"]:
        if name == "empty_queues":
            empty_queues(request["valkey"], *arguments)
            results.append(None)
        elif name == "forget_workers":
            forget_workers(request["valkey"])
            results.append(None)
        elif name == "flush":
            flush(request["valkey"], *arguments)
            results.append(None)
        elif name in ("list", "drop", "clone", "create", "rename", "restore"):
            databases = databases or Databases(request["socket"])
            results.append(getattr(databases, name)(*arguments))
        else:
            raise ValueError(f"unknown step {name!r}")
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
