# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The variables of the shipped playbooks, and those of a user that are almost one of them."""

from __future__ import annotations

import collections.abc as c

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import check_spec, import_spec, search_spec, undo_spec
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import near, printable, quoted

# The variable where it cannot have the option's name: Ansible keeps the name tags for itself.
RENAMED = {"tags": "device_tags"}
# Of a playbook alone, without an option.
_OWN = ("fail_on_drift",)
HOW_IT_RUNS = ("background", "foreground_below", "async", "poll", "table", "check_purpose")
# What others hand over as extra variables.
_FOREIGN = ("ansible_", "awx_", "survey_", "tower_")


def known_variables() -> frozenset[str]:
    """Of the playbooks that share one file of settings."""
    options = {*search_spec(), *import_spec(), *check_spec(), *undo_spec()}
    return frozenset({*_OWN, *(RENAMED.get(name, name) for name in options), *(f"librenms_{name}" for name in HOW_IT_RUNS)})


def misspelt(given: c.Iterable[str]) -> list[str]:
    """A sentence for each name that no playbook knows and that resembles one which it does."""
    known = known_variables()
    sentences = []
    for name in sorted(given):
        if name in known or name.startswith(_FOREIGN):
            continue
        alike = [RENAMED["tags"]] if name == "tags" else near(name, sorted(known))
        if alike:
            sentences.append(f"{printable(name)} is no variable of this playbook, so it does nothing here. Near: {quoted(alike)}.")
    return sentences
