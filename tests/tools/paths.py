# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the checkout keeps what its tests and tools make: one directory, decided here and nowhere else.

As a script it prints that directory.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

COLLECTION_PATH = Path("ansible_collections", "netsot", "librenms")
"""Where Ansible expects the collection, relative to any directory of collections."""


def cache_dir() -> Path:
    """The directory for virtual environments, built collections and test servers; it need not exist yet.

    C(.cache) in the checkout, or C($XDG_CACHE_HOME/netsot.librenms/<hash of the checkout's path>) when that variable
    holds an absolute path (the XDG specification says to ignore any other), so that checkouts never share one.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        return CHECKOUT / ".cache"
    return Path(base) / "netsot.librenms" / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:16]


def source_root() -> Path:
    """A directory of collections in which this collection is a link to the checkout: for unit tests and mypy."""
    return cache_dir() / "source"


def installed_root() -> Path:
    """A directory of collections in which the built collection is installed: for playbooks and documentation."""
    return cache_dir() / "collections"


def link_source() -> Path:
    """Makes C(source_root()) point at this checkout and returns it."""
    link = source_root() / COLLECTION_PATH
    if not (link.is_symlink() and link.resolve() == CHECKOUT):
        link.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(CHECKOUT, target_is_directory=True)
    return source_root()


if __name__ == "__main__":
    print(cache_dir())
