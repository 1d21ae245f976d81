# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the picture of a report that the documentation shows, from the preview that the last demo has written.

    run.py python tests/tools/screenshots.py

Needs a browser, see browser.py. The picture shows what the demo did first, so it is taken after the first "make demo".
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from browser import BROWSER, MISSING, browse
from paths import CHECKOUT, cache_dir

PICTURE = CHECKOUT / "docs" / "images" / "preview.png"
REPORT = ("librenms", "demo-preview.html")
SIZE = "1280,860"


def main() -> int:
    report = cache_dir().joinpath(*REPORT)
    if BROWSER is None or not report.exists():
        print(MISSING if BROWSER is None else f"{report} is not there: run make demo first", file=sys.stderr)
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        done = browse(report.as_uri(), Path(profile), "--hide-scrollbars", f"--window-size={SIZE}", f"--screenshot={PICTURE}")
    if done.returncode or not PICTURE.exists():
        print(done.stderr, file=sys.stderr)
        return 1
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
