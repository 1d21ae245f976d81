# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the place of the pip bootstrap script that ansible-test would download: pip comes with Python.

ansible-test calls it in an empty virtual environment, with the packages to install as arguments.
"""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: ensurepip switches pip's settings off for the process that it runs in.
subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
packages = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.run([sys.executable, "-m", "pip", "install", *packages], check=False).returncode)
