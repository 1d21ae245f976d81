# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which an action plugin runs a module."""

from __future__ import annotations

import types
import typing as t

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.netsot.librenms.plugins.plugin_utils._group_defaults import OwnOptionsAction

Json = dict[str, t.Any]


class Action(OwnOptionsAction):
    unknown_options = frozenset({"netbox_url", "rules"})

    def __init__(self, **arguments: t.Any) -> None:
        self._task = types.SimpleNamespace(args=arguments)

    def _run_module(self, result: Json, arguments: Json, task_vars: Json | None) -> Json:
        return {"arguments": arguments}


@pytest.fixture(autouse=True)
def no_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})


def test_what_the_module_does_not_have_is_left_out() -> None:
    assert Action(netbox_url="https://x", rules="a: [", job_id="one", user=" ").run() == {"arguments": {"job_id": "one"}}


def test_a_text_that_is_no_yaml_is_one_sentence() -> None:
    failed = Action(overrides="a: [").run()
    assert failed["failed"] and failed["msg"].startswith("overrides: the text is no YAML")
