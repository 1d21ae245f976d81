# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Template databases of the NetBox test server: made once, copied at every reset.

There are three, each a copy of the one before with something added: ``base`` (migrated), ``empty`` (users and tokens) and
``world`` (the reference data). A name ends in a hash of everything that the content depends on.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import typing as t
from pathlib import Path

from . import netbox_accounts
from .netbox_application import BUILD_REDIS, Application
from .netbox_install import REQUIREMENTS, netbox_version
from .netbox_paths import SERVERS_DIR
from .netbox_world import digest, load_world

_BUILDING = "building"


class Seed(enum.StrEnum):
    """What a database holds: ``empty`` users and tokens only, ``world`` the reference data of world.py as well."""

    WORLD = "world"
    EMPTY = "empty"


@dataclasses.dataclass(frozen=True)
class Templates:
    """The names of the templates that fit this checkout's files."""

    base: str
    empty: str
    world: str

    def of(self, seed: Seed) -> str:
        return self.world if seed is Seed.WORLD else self.empty


def dump_path(version: str) -> Path:
    """Return the file that holds a just migrated database of a NetBox version (gzipped ``pg_dump --inserts``)."""
    return SERVERS_DIR / f"netbox-{version}.sql.gz"


def template_names(world: t.Any) -> Templates:
    """Compute the names for the present requirements, dump, accounts, filling script and world."""
    version = netbox_version(REQUIREMENTS.read_text())
    base = digest(version, _hash(dump_path(version)))
    empty = digest(base, netbox_accounts.as_data(), netbox_accounts.TOKEN_PEPPER, _hash(SERVERS_DIR / "netbox_inside_orm.py"))
    return Templates(f"tpl_base_{base}", f"tpl_empty_{empty}", f"tpl_world_{digest(empty, world)}")


def ensure_template(application: Application, seed: Seed, say: t.Callable[[str], None]) -> str:
    """Return the name of the template for a seed; make it, and those it is made from, when it is not there."""
    world = load_world()
    names = template_names(world)
    present = set(application.database_steps(("list",))[0])
    if names.of(seed) in present:
        return names.of(seed)
    stale = sorted(name for name in present if name == _BUILDING or (name.startswith("tpl_") and name not in dataclasses.astuple(names)))
    application.database_steps(*(("drop", name) for name in stale))
    if names.base not in present:
        _make_base(application, names.base, say)
    if names.empty not in present:
        say("creating users and tokens")
        _derive(application, names.base, names.empty, "accounts", netbox_accounts.as_data())
    if seed is Seed.WORLD:
        say("filling in the reference data")
        _derive(application, names.empty, names.world, "world", world)
    return names.of(seed)


def _make_base(application: Application, name: str, say: t.Callable[[str], None]) -> None:
    dump = dump_path(netbox_version(REQUIREMENTS.read_text()))
    application.database_steps(("create", _BUILDING))
    if dump.is_file():
        say(f"restoring {dump.name}")
        application.database_steps(("restore", _BUILDING, str(dump)))
    else:
        say(f"migrating: this takes minutes, as there is no {dump.name}")
    application.fill(_BUILDING, "migrate", None)
    application.database_steps(("rename", _BUILDING, name), ("flush", BUILD_REDIS[0]), ("flush", BUILD_REDIS[1]))


def _derive(application: Application, source: str, target: str, what: str, data: t.Any) -> None:
    # Renamed when complete: a killed start leaves no half-filled template under a good name.
    application.database_steps(("clone", source, _BUILDING))
    application.fill(_BUILDING, what, data)
    application.database_steps(("rename", _BUILDING, target), ("flush", BUILD_REDIS[0]), ("flush", BUILD_REDIS[1]))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
