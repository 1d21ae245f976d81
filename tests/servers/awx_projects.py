# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a project AWX offers as playbooks."""

from __future__ import annotations

import os
import re
from pathlib import Path

# A qualified "ansible.builtin.import_playbook:" is none of these.
_PLAYBOOK = re.compile(r"\s*-?\s*(hosts|include|import_playbook):")
_NOT_BELOW = frozenset({"roles", "tasks", "group_vars", "host_vars"})


def playbooks(project: Path) -> list[str]:
    """The playbooks' paths relative to the project, sorted."""
    found = []
    for directory, below, names in os.walk(project):
        below[:] = [name for name in below if name not in _NOT_BELOW and not name.startswith(".")]
        for name in names:
            path = Path(directory, name)
            if path.suffix in (".yml", ".yaml") and not name.startswith(".") and _is_playbook(path):
                found.append(path.relative_to(project).as_posix())
    return sorted(found)


def _is_playbook(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8", errors="ignore").splitlines()
    return any(_PLAYBOOK.match(line) for line in lines) or (bool(lines) and lines[0].startswith("$ANSIBLE_VAULT;"))
