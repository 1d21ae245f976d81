# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of interface a port becomes, what values of it are left out, and the options that say so."""

from __future__ import annotations

import typing as t

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports import values
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.options import PortOptions
from ansible_collections.netsot.librenms.plugins.module_utils._engine.ports.types import default_type, interface_kind, interface_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import AddressRecord, PortRecord
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError


def port(**fields: t.Any) -> PortRecord:
    return PortRecord(1, 1, **({"name": "Gi1/0/1", "descr": "GigabitEthernet1/0/1", "type": "ethernetCsmacd"} | fields))


def options(**given_options: t.Any) -> PortOptions:
    defaults: dict[str, t.Any] = {
        "ports": "primary",
        "interface_name": "ifName",
        "interface_rules_given": [],
        "vrfs": [],
        "primary_ip": "if_empty",
        "management_interface": None,
    }
    return PortOptions.from_options(**(defaults | given_options))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"speed": 10**9}, "1000base-t"),
        ({"speed": 25 * 10**8}, "2.5gbase-t"),
        ({"speed": 10**7}, "100base-tx"),
        ({"speed": 10**11}, "100gbase-x-qsfp28"),
        ({"speed": 4294967295}, "other"),
        ({"speed": 10**15}, "other"),
        ({"speed": 0}, "other"),
        ({"speed": None}, "other"),
        ({"name": "Po1", "type": "propVirtual"}, "lag"),
        ({"name": "anything", "type": "ieee8023adLag"}, "lag"),
        # A port that says it is Ethernet is none for its name alone.
        ({"name": "ag1", "speed": 10**9}, "1000base-t"),
        ({"name": "Vl1", "type": "propVirtual"}, "virtual"),
        ({"name": "Vlan1", "type": "other"}, "virtual"),
        ({"name": "Vlan1", "type": "ethernetCsmacd", "speed": 10**9}, "virtual"),
        ({"name": "Gi0/1.100", "speed": 10**9}, "virtual"),
        ({"name": "lo", "type": "softwareLoopback"}, "virtual"),
        ({"name": "gre1", "type": "tunnel"}, "virtual"),
        ({"name": "mgmt", "type": "other"}, "other"),
        ({"name": "x", "type": ""}, "other"),
        ({"name": "x", "type": "2200", "speed": 10**9}, "other"),
    ],
)
def test_the_type_without_a_rule(fields: dict[str, t.Any], expected: str) -> None:
    record = port(**fields)
    assert default_type(record, record.name) == expected


@given(st.integers(0, 2 * 10**12), st.integers(0, 2 * 10**12))
def test_a_faster_port_never_gets_a_slower_type(one: int, other: int) -> None:
    order = [
        "100base-tx",
        "1000base-t",
        "2.5gbase-t",
        "5gbase-t",
        "10gbase-x-sfpp",
        "25gbase-x-sfp28",
        "40gbase-x-qsfpp",
        "50gbase-x-sfp28",
    ]
    order += ["100gbase-x-qsfp28", "200gbase-x-qsfp56", "400gbase-x-qsfpdd", "800gbase-x-qsfpdd"]
    slow, fast = (default_type(port(speed=speed), "Gi1/0/1") for speed in sorted((one, other)))
    if "other" not in (slow, fast):
        assert order.index(slow) <= order.index(fast)


@given(st.text("aegijlnoptuvxz/.-0123456789", max_size=12), st.sampled_from(["", "other", "propVirtual", "tunnel", "l2vlan", "0"]))
def test_only_ethernet_has_a_type_of_a_speed(name: str, if_type: str) -> None:
    assert default_type(port(name=name, type=if_type, speed=10**9), name) in ("lag", "virtual", "other")


def test_rules() -> None:
    rules = interface_rules(
        [
            {"name_regex": "^mgmt", "mgmt_only": True},
            {"if_type": ["other", "propVirtual"], "ignore": True},
            {"min_speed": 1000, "max_speed": "1000", "type": "1000base-x-sfp"},
            {"type": "other"},
        ]
    )
    kinds = [
        interface_kind(rules, record, record.name)
        for record in (port(name="mgmt0", speed=10**9), port(name="x", type="PropVirtual"), port(speed=10**10), port(speed=None))
    ]
    shown = [(kind.type, kind.mgmt_only) if kind else None for kind in kinds]
    assert shown == [("1000base-x-sfp", True), None, ("other", False), ("other", False)]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("x", "interface_rules[0]"),
        ({"name_regex": "x"}, "says nothing"),
        ({"type": "SFP+"}, "interface_rules[0].type"),
        ({"type": "lag", "name_regx": "x"}, "Did you mean 'name_regex'"),
        ({"type": "lag", "name_regex": "("}, "regular expression"),
        ({"type": "lag", "min_speed": "fast"}, "Mbit/s"),
        ({"type": "lag", "if_type": []}, "if_type"),
        ({"ignore": "perhaps"}, "true or false"),
    ],
)
def test_bad_rules(rule: object, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        interface_rules([rule])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("given_options", "said"),
    [
        ({"ports": "some"}, "primary"),
        ({"primary_ip": "yes"}, "if_empty"),
        ({"interface_name": "ifAlias"}, "ifDescr"),
        ({"management_interface": "x" * 65}, "64"),
        ({"vrfs": {"name": "x"}}, "list of rules"),
        ({"vrfs": [{"name": "x"}]}, "names no vrf"),
        ({"vrfs": [{"vrf": "x"}]}, "either name or name_regex"),
        ({"vrfs": [{"vrf": "x", "name": "a", "name_regex": "b"}]}, "either name or name_regex"),
        ({"vrfs": [{"vrf": "x", "name_regex": "("}]}, "regular expression"),
        ({"vrfs": [{"vrf": "x", "nam": "a"}]}, "Did you mean 'name'"),
    ],
)
def test_bad_options(given_options: dict[str, t.Any], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        options(**given_options)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("alias", "expected"),
    [("GI1/0/1", ""), ("GigabitEthernet1/0/1", ""), ("", ""), ("n/a", ""), ("  to \n core ", "to core"), ("x" * 300, "x" * 200)],
)
def test_an_alias_that_is_the_name_is_no_description(alias: str, expected: str) -> None:
    assert values.description(port(alias=alias)) == expected


@pytest.mark.parametrize(("given_mtu", "expected"), [(None, None), (0, None), (1500, 1500), (65536, 65536), (65537, None), (-1, None)])
def test_mtu(given_mtu: int | None, expected: int | None) -> None:
    assert values.mtu(port(mtu=given_mtu)) == expected


@pytest.mark.parametrize(("state", "expected"), [("up", True), ("down", False), ("", True), ("7", True), ("testing", True)])
def test_enabled(state: str, expected: bool) -> None:
    assert values.enabled(port(admin_status=state)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:DB8::0001", "2001:db8::1"),
        ("127.0.0.1", None),
        ("169.254.1.1", None),
        ("fe80::1", None),
        ("fe80::1%eth0", None),
        ("224.0.0.5", None),
        ("0.0.0.0", None),
        ("::", None),
        ("sw1.example.net", None),
        ("", None),
    ],
)
def test_addresses_that_another_host_reaches(text: str, expected: str | None) -> None:
    found = values.usable_address(text)
    assert (found.compressed if found else None) == expected


@pytest.mark.parametrize(
    ("address", "length", "fields", "expected"),
    [
        ("10.1.2.3", 24, {}, 24),
        ("10.1.2.3", 8, {}, 8),
        ("10.1.2.3", 8, {"name": "lo0", "type": "softwareLoopback"}, 32),
        ("10.1.2.3", 24, {"name": "lo0", "type": "softwareLoopback"}, 24),
        ("10.1.2.3", 0, {}, 32),
        ("10.1.2.3", None, {}, 32),
        ("2001:db8::1", 0, {}, 128),
        ("2001:db8::1", 64, {}, 64),
    ],
)
def test_masks_that_are_none(address: str, length: int | None, fields: dict[str, t.Any], expected: int) -> None:
    assert values.prefix_length(AddressRecord(1, address, length), port(**fields)) == expected


@pytest.mark.parametrize(
    ("address", "length", "expected"),
    [("10.0.0.0", 24, False), ("10.0.0.255", 24, False), ("10.0.0.0", 31, True), ("10.0.0.1", 24, True), ("2001:db8::", 64, False)],
)
def test_a_networks_own_address_is_no_hosts(address: str, length: int, expected: bool) -> None:
    found = values.usable_address(address)
    assert found is not None and values.takes_host(found, length) is expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("001122334455", "00:11:22:33:44:55"), ("000000000000", ""), ("ffffffffffff", ""), ("01005e000001", ""), ("", ""), ("0011", "")],
)
def test_mac(digits: str, expected: str) -> None:
    assert values.mac(port(mac=digits)) == expected
