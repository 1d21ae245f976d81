# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of hosts and stack groups: distinct, stable, harmless."""

from __future__ import annotations

import re

import hypothesis
import pytest
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_names import chassis_groups, host_names


def _names(*devices: tuple[int, str], reserved: frozenset[str] = frozenset(), naming: Naming | None = None) -> dict[int, str]:
    return dict(host_names([DeviceRecord(i, "", sysname) for i, sysname in devices], naming or Naming(), reserved).by_id)


def test_names_follow_the_naming_rules() -> None:
    devices = [DeviceRecord(1, "a.example.net", "A.example.net"), DeviceRecord(2, "10.0.0.2", "n/a")]
    assert host_names(devices, Naming(strip_domain=True), ()).by_id == {1: "A", 2: "10.0.0.2"}
    assert host_names(devices, Naming(use_sysname=False), ()).by_id == {1: "a.example.net", 2: "10.0.0.2"}


def test_all_devices_of_one_name_get_their_id() -> None:
    names = host_names([DeviceRecord(5, "", "sw"), DeviceRecord(9, "", "sw"), DeviceRecord(7, "", "rtr")], Naming(), ())
    assert names.by_id == {5: "sw-5", 9: "sw-9", 7: "rtr"}
    assert names.warnings == ("LibreNMS has several devices of one name, so their hosts have the device id in theirs: 'sw' (sw-5, sw-9).",)


def test_a_name_does_not_move_when_another_device_is_added() -> None:
    assert _names((5, "sw"), (9, "sw"))[9] == _names((5, "sw"), (9, "sw"), (1, "sw"))[9] == "sw-9"


def test_a_device_without_a_name_is_called_by_its_id() -> None:
    assert _names((17, "n/a"), (18, "")) == {17: "librenms-17", 18: "librenms-18"}
    assert host_names([DeviceRecord(17, "", "")], Naming(), ()).warnings == ()


def test_nobody_can_take_the_name_of_a_nameless_device() -> None:
    assert _names((7, ""), (9, "librenms-7")) == {7: "librenms-7", 9: "librenms-7-9"}


def test_a_suffixed_name_that_somebody_has_already() -> None:
    names = _names((5, "sw"), (6, "sw"), (9, "sw-5"))
    assert len(set(names.values())) == 3
    assert names[6] == "sw-6"


@pytest.mark.parametrize("name", ["all", "ungrouped", "localhost4", "127.0.0.1", "prod"])
def test_reserved_names_are_not_used(name: str) -> None:
    found = host_names([DeviceRecord(3, "", name)], Naming(), frozenset({"all", "ungrouped", "localhost4", "127.0.0.1", "prod"}))
    assert found.by_id == {3: f"{name}-3"}
    assert name in found.warnings[0] and f"{name}-3" in found.warnings[0]


def test_names_hold_nothing_of_a_template_or_a_path() -> None:
    assert _names((1, "{{ 7*7 }}"), (2, "{% raw %}x"), (3, "../../etc/x")) == {1: "___7_7___", 2: "___raw___x", 3: "_._.._etc_x"}


def test_a_long_list_of_equal_names_is_cut_in_the_warning() -> None:
    devices = [DeviceRecord(i, "", f"sw{i % 50}") for i in range(1, 101)]
    (warning,) = host_names(devices, Naming(), ()).warnings
    assert warning.endswith("and 45 more.") and len(warning) < 400


@hypothesis.given(
    st.lists(
        st.sampled_from(["", "sw", "sw-1", "sw-2", "librenms-1", "librenms-2", "librenms-1-2", "all", "sw-1-2", "librenms-3"]), max_size=12
    )
)
def test_names_are_always_distinct_and_never_reserved(texts: list[str]) -> None:
    names = _names(*enumerate(texts, start=1), reserved=frozenset({"all"}))
    assert len(set(names.values())) == len(texts)
    assert "all" not in names.values()


def test_stack_groups_are_never_merged() -> None:
    def sanitize(name: str) -> str:
        return re.sub(r"\W", "_", name)

    assert chassis_groups({1: "sw-1", 2: "rtr"}, sanitize).by_id == {1: "vc_sw_1", 2: "vc_rtr"}
    assert chassis_groups({1: "sw-1", 2: "sw_1"}, sanitize).by_id == {1: "vc_sw_1_1", 2: "vc_sw_1_2"}
    groups = chassis_groups({1: "a-b", 2: "a_b", 3: "a_b_1"}, sanitize).by_id
    assert len(set(groups.values())) == 3
