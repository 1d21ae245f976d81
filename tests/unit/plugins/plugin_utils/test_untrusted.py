# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote text is marked exactly where ansible-core would evaluate it."""

from __future__ import annotations

import ansible.release
import pytest

from ansible_collections.netsot.librenms.plugins.plugin_utils import _untrusted

OLD = tuple(map(int, ansible.release.__version__.split(".")[:2])) < (2, 19)
HOSTILE = "{{ 7 * 7 }}"


def test_the_right_way_is_taken_for_this_ansible_core() -> None:
    assert _untrusted.EVERY_TEXT_IS_A_TEMPLATE is OLD


@pytest.mark.skipif(OLD, reason="ansible-core before 2.19 needs the mark")
def test_newer_ansible_core_gets_plain_text() -> None:
    value = {"a": [HOSTILE]}
    assert _untrusted.untrusted(value) is value


@pytest.mark.skipif(not OLD, reason="ansible-core from 2.19 on trusts nothing by itself")
def test_older_ansible_core_gets_marked_text() -> None:
    from ansible.utils.unsafe_proxy import AnsibleUnsafe

    value = _untrusted.untrusted({"a": [HOSTILE, "plain", 5, None], HOSTILE: "{% x %}", "b": (HOSTILE,)})
    assert value == {"a": [HOSTILE, "plain", 5, None], HOSTILE: "{% x %}", "b": [HOSTILE]}
    assert (
        isinstance(value["a"][0], AnsibleUnsafe) and isinstance(value[HOSTILE], AnsibleUnsafe) and isinstance(value["b"][0], AnsibleUnsafe)
    )
    assert not isinstance(value["a"][1], AnsibleUnsafe)
