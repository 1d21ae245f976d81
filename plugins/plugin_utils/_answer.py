# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Shows a result to the person at the terminal: a table beside Ansible's own output."""

from __future__ import annotations

import typing as t

from ansible import constants, context
from ansible.utils.display import Display

from ansible_collections.netsot.librenms.plugins.module_utils._report.table import table_lines

# A variable of the shipped playbooks' tasks.
SHOWN_LATER = "librenms_table_shown_later"

# Stdout callbacks whose output is for programs; a line of text in between would spoil it.
_FOR_PROGRAMS = frozenset({"json", "jsonl", "junit", "ndjson"})
# What an ad-hoc command shows as a table, and nobody can refer to.
_IN_TABLE = ("devices", "results", "summary", "choices", "suggested_rules", "stats", "cache")


def show_line(line: str) -> None:
    """Shows one line where a person looks: on stderr when stdout is for a program."""
    callback = str(constants.DEFAULT_STDOUT_CALLBACK).rpartition(".")[2]
    Display().display(line, stderr=callback in _FOR_PROGRAMS)


def shown_result(result: dict[str, t.Any], detail: str, *, check_mode: bool) -> dict[str, t.Any]:
    """Shows the table, and returns what is left for Ansible to show: everything, except to a person who ran one command."""
    lines = table_lines(result, detail, check_mode=check_mode)
    for line in lines:
        show_line(line)
    if not lines or not _is_one_command():
        return result
    return {name: value for name, value in result.items() if name not in _IN_TABLE}


def _is_one_command() -> bool:
    """Whether C(ansible -m) runs it for a person, who can ask for the whole with C(-v)."""
    arguments = context.CLIARGS
    return bool(arguments.get("module_name")) and not (arguments.get("verbosity") or arguments.get("tree") or arguments.get("one_line"))
