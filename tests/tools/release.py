# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepares a release: writes its version into galaxy.yml and its changelog out of the fragments.

    run.py python tests/tools/release.py 1.2.3

Commits and publishes nothing. Raises C(SystemExit) with the reason, before anything is written, when the version or the checkout is
not fit for it.
"""

from __future__ import annotations

import collections.abc as c
import re
import subprocess
import sys
from pathlib import Path

import yaml
from paths import CHECKOUT

VERSION = re.compile(r"(?m)^version: *(\S+)$")
_NUMBERS = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def check(wanted: str, current: str, taken: c.Collection[str]) -> None:
    """:param taken: versions that were released, or have a tag"""
    numbers = [_NUMBERS.fullmatch(text) for text in (wanted, current)]
    if not all(numbers):
        sys.exit(f"VERSION={wanted} is not a version such as 1.2.3.")
    new, old = ([int(part) for part in found.groups()] for found in numbers if found)
    if new < old:
        sys.exit(f"VERSION={wanted} is older than {current}, which galaxy.yml has.")
    if wanted in taken:
        sys.exit(f"VERSION={wanted} was released before: changelogs/changelog.yaml or a tag has it.")


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, cwd=checkout, stdin=subprocess.DEVNULL).stdout


def prepare(wanted: str, checkout: Path) -> None:
    galaxy = checkout / "galaxy.yml"
    text = galaxy.read_text(encoding="utf-8")
    released = yaml.safe_load((checkout / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    check(wanted, VERSION.findall(text)[0], {*released, *_git(checkout, "tag", "--list").split()})
    changes = _git(checkout, "status", "--porcelain")
    if changes:
        sys.exit(f"Commit or remove these first:\n{changes}")
    if not any(Path(checkout, "changelogs", "fragments").glob("*.yml")):
        sys.exit("There is nothing in changelogs/fragments to release.")
    linted = subprocess.run(["antsibull-changelog", "lint"], check=False, cwd=checkout, stdin=subprocess.DEVNULL)
    if linted.returncode:
        sys.exit("Correct these fragments first.")
    galaxy.write_text(VERSION.sub(f"version: {wanted}", text), encoding="utf-8")
    subprocess.run(["antsibull-changelog", "release", "--version", wanted], check=True, cwd=checkout, stdin=subprocess.DEVNULL)


def main(arguments: list[str]) -> None:
    wanted = arguments[0] if arguments else ""
    prepare(wanted, CHECKOUT)
    print(f"Look at CHANGELOG.md, commit, and push the tag {wanted}: a workflow publishes it.")


if __name__ == "__main__":
    main(sys.argv[1:])
