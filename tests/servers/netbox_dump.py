# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the dump of a just migrated NetBox database that spares every new checkout minutes of migrations.

To move to another NetBox: change its version in requirements-netbox.txt, start the server (it migrates, as there is no dump of
that version), run ``netbox_dump.py`` and remove the old dump. Needs Debian's postgresql-client and ``--postgres system``.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

if not __package__:
    # Run as a script: make the modules beside this file importable as the package that they are.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "servers"
    import servers  # noqa: F401

from .netbox_install import REQUIREMENTS, netbox_version
from .netbox_paths import ServerError
from .netbox_server import NetBoxServer
from .netbox_templates import dump_path, template_names
from .netbox_world import load_world


def dump(database: str, socket: Path) -> bytes:
    """Return a database as gzipped SQL that psycopg can carry out in one go; the same content gives the same bytes."""
    options = ["--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges"]
    command = ["pg_dump", "--host", str(socket), "--username", "netbox", *options, database]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if result.returncode != 0:
        raise ServerError(f"pg_dump failed: {result.stderr.decode(errors='replace')}")
    # Newer pg_dump fences its output with a random word for psql.
    lines = [line for line in result.stdout.splitlines(keepends=True) if not line.startswith((b"\\restrict ", b"\\unrestrict "))]
    return gzip.compress(b"".join(lines), compresslevel=9, mtime=0)


def main() -> int:
    server = NetBoxServer(say=lambda text: print(text, file=sys.stderr))
    try:
        server.start()
        path = dump_path(netbox_version(REQUIREMENTS.read_text()))
        path.write_bytes(dump(template_names(load_world()).base, server.postgres_socket))
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path.name}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
