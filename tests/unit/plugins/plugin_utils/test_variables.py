# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that are almost those of the shipped playbooks."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.netsot.librenms.plugins.plugin_utils._variables import known_variables, misspelt

PLAYBOOKS = Path(__file__).resolve().parents[4] / "playbooks"


def test_a_misspelt_variable_is_named_with_what_is_near() -> None:
    (said,) = misspelt(["exisitng", "rules", "my_own_thing", "awx_job_id", "ansible_job_id", "survey_only_device_ids"])
    assert said.startswith("exisitng is no variable of this playbook, so it does nothing here. Near: 'existing'")
    assert "'device_tags'" in misspelt(["tags"])[0]


def test_every_variable_of_the_playbooks_is_known() -> None:
    used: set[str] = set()
    for name in ("device_search", "device_import", "apply_plan", "undo", "drift", "check"):
        used |= set(re.findall(r"\{\{ (?:not )?(\w+) \| default\(", (PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8")))
    assert len(used) > 30
    assert used <= known_variables()
