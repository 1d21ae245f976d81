# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser without a window, for tests of the report and pictures of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
# The first of BROWSERS on the path, or what the environment variable names; None without one.
BROWSER = os.environ.get("BROWSER_FOR_TESTS") or next(filter(None, map(shutil.which, BROWSERS)), None)
MISSING = f"no browser: none of {', '.join(BROWSERS)} is installed"


def browse(url: str, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Opens a page and ends.

    :param profile: a directory for what the browser keeps
    """
    if BROWSER is None:
        raise RuntimeError(MISSING)
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--virtual-time-budget=10000"]
    return subprocess.run([*command, *options, url], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
