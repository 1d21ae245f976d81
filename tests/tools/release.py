# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepares a release: writes its version into galaxy.yml and its changelog out of the fragments.

    run.py python tests/tools/release.py 1.2.3

Commits and publishes nothing. Raises C(SystemExit) with the reason when the version or the checkout is not fit for it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from paths import CHECKOUT

VERSION = re.compile(r"(?m)^version: *(\S+)$")


def check(wanted: str, current: str) -> None:
    numbers = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text) for text in (wanted, current)]
    if not all(numbers):
        sys.exit(f"VERSION={wanted} is not a version such as 1.2.3.")
    new, old = ([int(part) for part in found.groups()] for found in numbers if found)
    if new < old:
        sys.exit(f"VERSION={wanted} is older than {current}, which galaxy.yml has.")


def main(arguments: list[str]) -> None:
    wanted = arguments[0] if arguments else ""
    galaxy = CHECKOUT / "galaxy.yml"
    text = galaxy.read_text(encoding="utf-8")
    check(wanted, VERSION.findall(text)[0])
    changes = subprocess.run(["git", "status", "--porcelain"], check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout
    if changes:
        sys.exit(f"Commit or remove these first:\n{changes}")
    if not any(Path(CHECKOUT, "changelogs", "fragments").glob("*.yml")):
        sys.exit("There is nothing in changelogs/fragments to release.")
    galaxy.write_text(VERSION.sub(f"version: {wanted}", text), encoding="utf-8")
    subprocess.run(["antsibull-changelog", "release", "--version", wanted], check=True, cwd=CHECKOUT, stdin=subprocess.DEVNULL)
    print(f"Look at CHANGELOG.md, commit, and push the tag {wanted}: a workflow publishes it.")


if __name__ == "__main__":
    main(sys.argv[1:])
