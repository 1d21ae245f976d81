# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interface a port is: by its link, its name, and another spelling of that; and never one that another port is."""

from __future__ import annotations

import collections.abc as c

import hypothesis.strategies as st
from hypothesis import given

from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.existing import Match, Names
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.matching import Claims, Unclear
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.names import canonical

Ports = c.Mapping[int, str]
Links = c.Mapping[str, int | None]


def found(ports: Ports, links: Links, left_out: c.Container[int] = ()) -> dict[int, str | None]:
    """What each port is: an interface, "" for one that is made, None for what is not clear."""
    claims = Claims(ports, links, left_out)
    answers = {port_id: claims.interface(port_id) for port_id in ports}
    return {port_id: None if isinstance(answer, Unclear) else answer or "" for port_id, answer in answers.items()}


def test_the_link_then_the_name_then_another_spelling() -> None:
    links = {"uplink": 1, "Gi1/0/2": None, "GigabitEthernet1/0/3": None}
    ports = {1: "Gi1/0/1", 2: "Gi1/0/2", 3: "Gi1/0/3", 4: "Gi1/0/4"}
    assert found(ports, links) == {1: "uplink", 2: "Gi1/0/2", 3: "GigabitEthernet1/0/3", 4: ""}


def test_a_renamed_port_keeps_its_interface() -> None:
    assert found({1: "wan0"}, {"eth0": 1}) == {1: "eth0"}
    # The link comes before the name of an interface that is no port's.
    assert found({1: "wan0"}, {"eth0": 1, "wan0": None}) == {1: "eth0"}
    assert "'eth0' is 'wan0' by now" not in Claims({1: "eth0"}, {"eth0": 1}, ()).differs(1, "eth0")
    assert Claims({1: "wan0"}, {"eth0": 1}, ()).differs(1, "eth0") == "eth0 is wan0 by now"


def test_the_link_decides_between_spellings() -> None:
    links = {"Gi1": None, "gi1": 1}
    assert found({1: "GigabitEthernet1"}, links) == {1: "gi1"}
    assert Claims({1: "GigabitEthernet1"}, links, ()).differs(1, "gi1") == ""
    assert found({1: "GigabitEthernet1"}, {"Gi1": None, "gi1": None}) == {1: None}


def test_a_link_to_a_port_that_is_gone_does_not_matter() -> None:
    assert found({2: "eth0"}, {"eth0": 1}) == {2: "eth0"}


def test_an_interface_of_another_port_is_not_taken() -> None:
    # The one was renamed, and another has its name now: either may be the interface.
    assert found({1: "wan0", 2: "eth0"}, {"eth0": 1}) == {1: None, 2: None}
    assert found({2: "eth0"}, {"eth0": 1}, left_out={1}) == {2: None}


def test_where_a_device_numbers_its_ports_anew_the_names_decide() -> None:
    assert found({1: "eth1", 2: "eth0"}, {"eth0": 1, "eth1": 2}) == {1: "eth1", 2: "eth0"}
    # All by one: only the first and the one that has its name now are not known.
    shifted = {1: "Null0", 2: "eth1", 3: "eth2", 4: "eth3"}
    assert found(shifted, {"eth1": 1, "eth2": 2, "eth3": 3}) == {1: None, 2: None, 3: "eth2", 4: "eth3"}


def test_two_interfaces_with_one_link_are_not_matched_by_it() -> None:
    links = {"eth0": 1, "eth1": 1}
    assert found({1: "eth1"}, links) == {1: "eth1"}
    assert found({1: "wan0"}, links) == {1: None}
    assert Claims({1: "eth1"}, links, ()).differs(1, "eth1") == "eth0 and eth1 are all linked to eth1"


NAMES = ("eth0", "eth1", "Gi1", "gi1", "GigabitEthernet1", "Gi2", "Vl1")
IDS = st.integers(1, 6)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[int, str], dict[str, int | None], frozenset[int]]:
    names = draw(st.lists(st.sampled_from(NAMES), unique_by=canonical))
    ids = draw(st.lists(IDS, unique=True, min_size=len(names), max_size=len(names)))
    links = draw(st.dictionaries(st.sampled_from(NAMES), st.none() | IDS))
    left_out = draw(st.frozensets(IDS)) - set(ids)
    return dict(zip(ids, names, strict=True)), links, left_out


@given(situations())
def test_no_two_ports_are_one_interface(situation: tuple[Ports, Links, frozenset[int]]) -> None:
    ports, links, left_out = situation
    taken = [name for name in found(ports, links, left_out).values() if name]
    assert len(taken) == len(set(taken))


@given(situations())
def test_what_is_made_has_a_name_of_its_own(situation: tuple[Ports, Links, frozenset[int]]) -> None:
    ports, links, left_out = situation
    for port_id, name in found(ports, links, left_out).items():
        if name == "":
            assert Names(links).find(ports[port_id]) is Match.NONE
            assert port_id not in links.values()


@given(situations())
def test_none_is_taken_from_a_port_that_has_no_other(situation: tuple[Ports, Links, frozenset[int]]) -> None:
    ports, links, left_out = situation
    answers = found(ports, links, left_out)
    for port_id, name in answers.items():
        holder = links.get(name) if name else None
        if holder is not None and holder != port_id:
            assert holder not in left_out
            assert holder not in ports or Names(links).find(ports[holder]) in set(links) - {name}


@given(situations())
def test_another_run_finds_the_same(situation: tuple[Ports, Links, frozenset[int]]) -> None:
    ports, links, left_out = situation
    first = found(ports, links, left_out)
    after: dict[str, int | None] = {**links, **{name or ports[port_id]: port_id for port_id, name in first.items() if name is not None}}
    second = {port_id: name if name != "" else ports[port_id] for port_id, name in first.items()}
    assert found(ports, after, left_out) == second


@given(situations())
def test_without_links_the_names_decide(situation: tuple[Ports, Links, frozenset[int]]) -> None:
    ports, links, left_out = situation
    names = Names(links)
    expected = {port_id: names.find(name) for port_id, name in ports.items()}
    assert found(ports, dict.fromkeys(links), left_out) == {
        port_id: "" if answer is Match.NONE else None if answer is Match.SEVERAL else answer for port_id, answer in expected.items()
    }
