# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of ports: spellings of one port meet, two ports never do, and a number is a member's only where it is one."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import Match, Names, made_name
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.names import canonical, member_position, spellings

# Each line is one kind of port, as recordings of LibreNMS name it.
KINDS = (
    ("FastEthernet", "Fa"),
    ("GigabitEthernet", "Gi", "gi", "gigabitethernet", "GigE"),
    ("TwoGigabitEthernet", "Tw"),
    ("FiveGigabitEthernet", "Fi"),
    ("TenGigabitEthernet", "Te", "te"),
    ("TwentyFiveGigE", "Twe"),
    ("FortyGigabitEthernet", "Fo"),
    ("FiftyGigE", "Fif"),
    ("HundredGigE", "Hu"),
    ("TwoHundredGigE", "TwoH"),
    ("FourHundredGigE", "Fou"),
    ("TFGigabitEthernet", "TF"),
    ("AppGigabitEthernet", "Ap"),
    ("Port-channel", "Po", "po"),
    ("AggregatePort", "Ag"),
    ("Vlan", "Vl", "vlan"),
    ("Loopback", "Lo"),
    ("Tunnel", "Tu"),
    ("Mgmt", "Mg"),
    # Words of their own, which no table translates.
    ("ge-",),
    ("xe-",),
    ("et-",),
    ("ae",),
    ("Ethernet",),
    ("Eth-Trunk",),
    ("XGigabitEthernet",),
    ("Ten-GigabitEthernet",),
    ("M-GigabitEthernet",),
    ("irb.",),
    ("bond",),
)
words = st.sampled_from([(number, word) for number, line in enumerate(KINDS) for word in line])
numbers = st.builds(
    lambda levels, unit: "/".join(map(str, levels)) + unit,
    st.lists(st.integers(0, 99), min_size=1, max_size=4),
    st.sampled_from(["", ".0", ".100", ":1", ".4094"]),
)
gaps = st.sampled_from(["", " "])


@given(words, gaps, numbers, words, gaps, numbers)
def test_two_names_meet_only_where_kind_and_number_are_equal(
    one: tuple[int, str], gap: str, number: str, other: tuple[int, str], other_gap: str, other_number: str
) -> None:
    same_port = one[0] == other[0] and number == other_number
    names = f"{one[1]}{gap}{number}", f"{other[1]}{other_gap}{other_number}"
    meet = canonical(names[0]) == canonical(names[1])
    if meet:
        assert same_port
    if same_port and len(KINDS[one[0]]) > 1:
        assert meet


@given(st.text(), st.text())
@example("eth0", "Eth0")
@example("Gi1", "Gi1 ")
def test_any_other_names_meet_only_where_they_are_equal(one: str, other: str) -> None:
    if canonical(one) == canonical(other):
        assert one.strip() == other.strip() or canonical(one) in {canonical(word) for word in spellings(other)}


@given(words, gaps, numbers)
def test_all_spellings_have_one_canonical_form(word: tuple[int, str], gap: str, number: str) -> None:
    name = f"{word[1]}{gap}{number}"
    assert {canonical(spelling) for spelling in spellings(name)} == {canonical(name)}
    assert canonical(canonical(name)) == canonical(name)


def test_a_name_is_found_exactly_or_uniquely() -> None:
    names = Names(["Gi1/0/1", "GigabitEthernet1/0/2", "gi1/0/2", "Vlan1"])
    assert names.find("GigabitEthernet1/0/1") == "Gi1/0/1"
    assert names.find("gi1/0/2") == "gi1/0/2"
    assert names.find("Gi1/0/2") is Match.SEVERAL
    assert names.find("Vlan11") is Match.NONE


def test_templates_with_the_members_number() -> None:
    assert made_name("Gi{vc_position}/0/1", 3) == "Gi3/0/1"
    assert made_name("Gi{vc_position:1}/0/1", None) == "Gi1/0/1"
    assert made_name("Gi{vc_position}/0/1", None) == "Gi0/0/1"
    assert made_name("Gi1/0/1", 3) == "Gi1/0/1"


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("Gi2/0/1", 2),
        ("GigabitEthernet2/0/1", 2),
        ("Te3/1/4.100", 3),
        ("ge-1/0/3", 1),
        ("xe-0/1/0.0", 0),
        ("Ten-GigabitEthernet2/0/49", 2),
        ("XGigabitEthernet1/0/1", 1),
        ("FortyGigE1/0/53", 1),
        ("2/1/1", 2),
        ("Port-channel1", None),
        ("Vlan2", None),
        ("Loopback0", None),
        ("Gi0/0", None),
        ("GigabitEthernet1/1", None),
        ("irb.100", None),
        ("vlan.1/2/3", None),
        ("MEth0/0/1", None),
        ("Gi256/0/1", None),
        ("", None),
    ],
)
def test_members_number(name: str, position: int | None) -> None:
    assert member_position(name, "ios") == position


def test_two_levels_are_member_and_port_where_the_system_counts_so() -> None:
    assert member_position("2/14", "aos6") == 2
    assert member_position("2/14", "procurve") is None


@given(
    st.sampled_from(["Port-channel", "Po", "Vlan", "Vl", "Loopback", "Lo", "Tunnel", "Tu", "ae", "irb.", "Bundle-Ether", "bond"]), numbers
)
def test_what_a_stack_has_once_is_no_members(word: str, number: str) -> None:
    assert member_position(f"{word}{number}", "ios") is None
