# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release is prepared from a clean checkout, for a version that there was not before, or nothing is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from release import prepare
from unit.support.pages import COLLECTION

FRAGMENT = "changelogs/fragments/news.yml"


def git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.net", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=checkout).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a release reads, with one fragment, committed."""
    # antsibull-changelog finds a collection by the names of its directories.
    root = tmp_path / "ansible_collections" / "netsot" / "librenms"
    (root / "changelogs" / "fragments").mkdir(parents=True)
    for name in ("galaxy.yml", "CHANGELOG.md", "changelogs/config.yaml", "changelogs/changelog.yaml"):
        shutil.copy(COLLECTION / name, root / name)
    (root / FRAGMENT).write_text("minor_changes:\n  - A new thing.\n", encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("", "not a version"),
        ("1.2", "not a version"),
        ("01.2.3", "not a version"),
        ("99.0.0-rc1", "not a version"),
        ("0.0.1", "older than"),
        ("98.0.0", "was released before"),
        ("97.0.0", "was released before"),
    ],
)
def test_versions_that_are_refused(checkout: Path, wanted: str, reason: str) -> None:
    log = checkout / "changelogs" / "changelog.yaml"
    known = yaml.safe_load(log.read_text(encoding="utf-8"))
    known["releases"]["97.0.0"] = {"release_date": "2026-01-01"}
    log.write_text(yaml.safe_dump(known), encoding="utf-8")
    git(checkout, "commit", "--all", "--quiet", "--message", "A release")
    git(checkout, "tag", "98.0.0")
    with pytest.raises(SystemExit, match=reason):
        prepare(wanted, checkout)
    assert git(checkout, "status", "--porcelain") == ""


@pytest.mark.skipif(shutil.which("antsibull-changelog") is None, reason="only the development environment has antsibull-changelog")
def test_checkouts_that_are_refused(checkout: Path) -> None:
    fragment = checkout / FRAGMENT
    fragment.write_text("news:\n  - No such section.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=f"Commit or remove these first:\n M {FRAGMENT}"):
        prepare("99.0.0", checkout)
    git(checkout, "commit", "--all", "--quiet", "--message", "A bad fragment")
    with pytest.raises(SystemExit, match="Correct these fragments first"):
        prepare("99.0.0", checkout)
    git(checkout, "rm", "--quiet", FRAGMENT)
    git(checkout, "commit", "--quiet", "--message", "No fragment")
    with pytest.raises(SystemExit, match="nothing in changelogs/fragments"):
        prepare("99.0.0", checkout)
    assert git(checkout, "status", "--porcelain") == ""
