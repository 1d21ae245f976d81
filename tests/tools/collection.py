# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the collection as Galaxy would get it, and installs that.

    run.py python tests/tools/collection.py build     build, check the content, print the archive's path
    run.py python tests/tools/collection.py install   the same, and install it below the cache directory

Fails on any warning of ansible-galaxy and on files that do not belong into the archive.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from paths import CHECKOUT, COLLECTION_PATH, cache_dir, installed_root

BELONGS = frozenset(
    {
        "CHANGELOG.md",
        "CHANGELOG.rst",
        "CONTRIBUTING.md",
        "FILES.json",
        "LICENSE",
        "LICENSES",
        "MANIFEST.json",
        "README.md",
        "REUSE.toml",
        "awx",
        "changelogs",
        "docs",
        "execution-environment.yml",
        "extensions",
        "meta",
        "playbooks",
        "plugins",
        "roles",
        "tests/config.yml",
    }
)
"""What the archive may hold: files, and directories with all they contain."""

LITTER = (".pyc", ".orig", ".rej", ".swp", "~")


def build() -> Path:
    """Returns the path of the archive. Raises C(SystemExit) with the reason when it is not fit for release."""
    target = cache_dir() / "build"
    shutil.rmtree(target, ignore_errors=True)
    _galaxy("build", "--output-path", str(target), str(CHECKOUT))
    (archive,) = target.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        names = [member.name for member in content if not member.isdir()]
    strange = [name for name in names if name.endswith(LITTER) or BELONGS.isdisjoint([name, name.partition("/")[0]])]
    if strange:
        sys.exit(
            "\n  ".join([f"{archive.name} holds files that do not belong into it; name them in build_ignore in galaxy.yml:", *strange])
        )
    print(f"{archive}: {len(names)} files, {archive.stat().st_size / 1024:.0f} KiB")
    return archive


def install(archive: Path, root: Path) -> Path:
    """Installs C(archive) into the directory of collections C(root), in place of what is there; returns the collection's own directory."""
    shutil.rmtree(root / COLLECTION_PATH, ignore_errors=True)
    _galaxy("install", "--offline", "--force", "--collections-path", str(root), str(archive))
    return root / COLLECTION_PATH


def _galaxy(*arguments: str) -> None:
    command = ["ansible-galaxy", "collection", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    # "The specified collections path is not part of the configured paths" says only that this is not the user's own directory.
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line and "collections path" not in line]
    if done.returncode or warnings:
        sys.exit(f"{' '.join(command)} failed or warned:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build"]:
            build()
        case ["install"]:
            print(f"installed into {install(build(), installed_root())}")
        case _:
            sys.exit(__doc__)
