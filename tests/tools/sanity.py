# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``ansible-test sanity`` on the built collection, without containers.

    run.py python tests/tools/sanity.py [ARGUMENT ...]     arguments go to ansible-test, for instance: --test pep8

ansible-test looks at the collection through git and keeps things in the home directory; both are its own here: the
collection is unpacked below the cache directory into a repository made for it, and HOME is a directory beside that.
It tests with every Python from 3.11 on that it finds on PATH or under ~/.pyenv/versions.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import collection
from paths import cache_dir

# ansible-test fetches a bootstrap script of this name once, unless it is there. get_pip.py takes its place.
PIP_VERSIONS = ("25_2", "24_2", "23_1_2")  # of ansible-core 2.20 and 2.21, of 2.18 and 2.19, and of 2.17

NOT_FOR_OTHERS = frozenset({"config-file", "python", "require-virtualenv", "target", "prefix", "user"})
"""Settings of pip that name a place of the user's, instead of saying where packages come from."""


def unpack(root: Path) -> Path:
    """Installs the built collection below C(root) as the only content of a git repository; returns its directory."""
    target = collection.install(collection.build(), root)
    for command in (["init", "--quiet"], ["add", "--all", "--force"]):
        subprocess.run(["git", *command], check=True, cwd=target, stdin=subprocess.DEVNULL)
    return target


def prepare_home(home: Path) -> None:
    """Puts the stand-in for the pip bootstrap script, and this user's pip settings, where ansible-test and pip look."""
    scripts = home / ".ansible" / "test" / "cache"
    scripts.mkdir(parents=True, exist_ok=True)
    for version in PIP_VERSIONS:
        shutil.copyfile(Path(__file__).with_name("get_pip.py"), scripts / f"get_pip_{version}.py")
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.unlink(missing_ok=True)
    settings.touch(mode=0o600)  # an index address may hold a password
    settings.write_text(pip_settings(), encoding="utf-8")


def pip_settings() -> str:
    """What pip uses now, as a configuration file: ansible-test hands none of the environment on, so C(PIP_*) must be in it too."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    merged: dict[str, str] = {}
    for line in sorted(done.stdout.splitlines(), key=lambda line: line.startswith(":env:")):  # the environment wins
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in ("global", "install", ":env:") and option not in NOT_FOR_OTHERS:
            merged[option] = ast.literal_eval(value)
    return "[global]\n" + "".join(f"{option} = {' '.join(value.split())}\n" for option, value in merged.items())


def real_pythons() -> list[str]:
    """The directories of the interpreters that a version manager keeps; its shims on PATH answer for one version only."""
    found = []
    for directory in sorted(Path.home().glob(".pyenv/versions/*/bin")):
        version = directory.parent.name.split(".")
        if version[0] == "3" and version[1:2] and version[1].isdigit() and int(version[1]) >= 11:
            found.append(str(directory))
    return found


def main(arguments: list[str]) -> int:
    work = cache_dir() / "sanity"
    target = unpack(work)
    prepare_home(work / "home")
    # A shim that finds no version of its own to run would end ansible-test, so their directory goes.
    path = [part for part in os.environ["PATH"].split(os.pathsep) if not part.endswith("/.pyenv/shims")]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    variables |= {"HOME": str(work / "home"), "PATH": os.pathsep.join([*path, *real_pythons()])}
    command = ["ansible-test", "sanity", "--color", "no", *arguments]
    return subprocess.run(command, check=False, cwd=target, env=variables, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
