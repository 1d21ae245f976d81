# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Galaxy and automation hub check when the archive is uploaded: galaxy-importer, with its strict settings.

    run.py --tools python tests/tools/galaxy.py

Fails when the import fails, or warns of anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from paths import cache_dir, installed_root

SETTINGS = {"CHECK_REQUIRED_TAGS": "True", "REQUIRE_V1_OR_GREATER": "True", "RUN_ANSIBLE_DOC": "True", "RUN_ANSIBLE_LINT": "False"}
"""Without ansible-lint, which has a target of its own: here it is given three minutes, however slow the machine."""


def main() -> int:
    archives = sorted((cache_dir() / "build").glob("*.tar.gz"))
    if len(archives) != 1:
        sys.exit("There is no built archive: make build")
    work = cache_dir() / "galaxy"
    work.mkdir(parents=True, exist_ok=True)
    settings = work / "galaxy-importer.cfg"
    settings.write_text("\n".join(["[galaxy-importer]", *(f"{name} = {value}" for name, value in SETTINGS.items()), ""]), encoding="utf-8")
    command = [sys.executable, "-m", "galaxy_importer.main", str(archives[0]), "--print-result"]
    variables = os.environ | {"GALAXY_IMPORTER_CONFIG": str(settings), "ANSIBLE_COLLECTIONS_PATH": str(installed_root())}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=work, env=variables, stdin=subprocess.DEVNULL)
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
    imported = any("Importer processing completed successfully" in line for line in lines)
    if done.returncode or found or not imported:
        print("\n".join(found if imported and found else lines[-40:]), file=sys.stderr)
        return 1
    print(f"galaxy-importer accepts {Path(archives[0]).name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
