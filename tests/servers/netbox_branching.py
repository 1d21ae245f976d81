# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NetBox Labs' branching plugin for the NetBox test server: fetched for a test, never shipped; see docs/branches.md for its licence."""

from __future__ import annotations

import shutil
import typing as t
from pathlib import Path

from .netbox_install import run_tool, tool_environment
from .netbox_paths import Layout

# 1.2.2 is for NetBox 4.7.
REQUIREMENT = "netboxlabs-netbox-branching==1.2.2"
PACKAGE = "netbox_branching"


def plugin_directory(layout: Layout) -> Path:
    """Beside the environment of NetBox, which servers without the plugin share."""
    return layout.installation / REQUIREMENT.replace("==", "-")


def ensure_plugin(layout: Layout, environ: t.Mapping[str, str], say: t.Callable[[str], None]) -> None:
    """Fetch the plugin, unless it is there. It needs nothing that NetBox does not have. Raises ServerError."""
    directory = plugin_directory(layout)
    if (directory / PACKAGE).is_dir():
        return
    say("installing the branching plugin")
    unfinished = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    pip = [str(layout.python), "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(unfinished), REQUIREMENT]
    run_tool(pip, tool_environment(layout, environ), "installing the branching plugin")
    shutil.rmtree(directory, ignore_errors=True)
    unfinished.rename(directory)
