# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices and stack members are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import MemberNaming, Naming, is_ip_address
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Member
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import is_placeholder
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

REALISTIC = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "realistic_values.yml"


def name(sysname: str, hostname: str, **options: bool) -> str:
    return Naming(**options).name(DeviceRecord(1, hostname, sysname))


@pytest.mark.parametrize(
    ("sysname", "hostname", "whole", "stripped"),
    [
        ("switch01.company.com", "10.0.10.11", "switch01.company.com", "switch01"),
        ("", "10.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("", "2001:db8::1", "2001:db8::1", "2001:db8::1"),
        ("", "core1.example.net", "core1.example.net", "core1"),
        ("n/a", "10.3.0.9", "10.3.0.9", "10.3.0.9"),
        ("---", "10.3.0.10", "10.3.0.10", "10.3.0.10"),
        ("sysname", "10.3.0.11", "10.3.0.11", "10.3.0.11"),
        ("Example.COM", "10.3.0.12", "10.3.0.12", "10.3.0.12"),
        ("92132", "92132", "92132", "92132"),
        ("92132.example.com", "h", "92132.example.com", "92132"),
        ("édge-fw1", "edge", "édge-fw1", "édge-fw1"),
        ("ups01.pcw.oh:office", "h", "ups01.pcw.oh:office", "ups01"),
        ("sensor gateway: sc-ts01", "h", "sensor gateway: sc-ts01", "sensor gateway: sc-ts01"),
        # What ipaddress does not take for an address is one to people.
        ("10.0.0.1:8080", "h", "10.0.0.1:8080", "10.0.0.1:8080"),
        ("10.0.0.1/24", "h", "10.0.0.1/24", "10.0.0.1/24"),
        ("010.000.000.001", "h", "010.000.000.001", "010.000.000.001"),
        ("10.0.0.1-mgmt.example.net", "h", "10.0.0.1-mgmt.example.net", "10.0.0.1-mgmt.example.net"),
        # Four numbers that are no address: a name may begin with digits and dots.
        ("1.2.3.4x.example.net", "h", "1.2.3.4x.example.net", "1"),
        (".hidden", "h", ".hidden", ".hidden"),
        ("a\n b\x00\tc", "h", "a b c", "a b c"),
        ("localhost.example.net", "sw9.example.net", "localhost.example.net", "sw9"),
        ("n/a", "", "", ""),
        ("", "", "", ""),
        ("...", "---", "", ""),
    ],
)
def test_name(sysname: str, hostname: str, whole: str, stripped: str) -> None:
    assert name(sysname, hostname) == whole
    assert name(sysname, hostname, strip_domain=True) == stripped


def test_hostname_first() -> None:
    assert name("sys", "host.example.net", use_sysname=False) == "host.example.net"
    assert name("sys", "n/a", use_sysname=False) == "sys"


@pytest.mark.skipif(not REALISTIC.exists(), reason="the collected real values are not beside this checkout")
def test_realistic_names() -> None:
    yaml = pytest.importorskip("yaml")
    pairs = [(item["sysName"] or "", item["hostname"]) for item in yaml.safe_load(REALISTIC.read_text())["names"]]
    assert len(pairs) > 10
    for sysname, hostname in pairs:
        found = name(sysname, hostname, strip_domain=True)
        assert found and not is_placeholder(found)
        assert not found.isdigit() or hostname == found
        if is_placeholder(sysname):
            assert found == (hostname if is_ip_address(hostname) else hostname.split(".", maxsplit=1)[0])


@given(st.text(max_size=40), st.text(max_size=40), st.booleans(), st.booleans())
def test_any_name(sysname: str, hostname: str, use_sysname: bool, strip_domain: bool) -> None:
    found = name(sysname, hostname, use_sysname=use_sysname, strip_domain=strip_domain)
    assert found == found.strip() and found.isprintable()
    assert not found or not is_placeholder(found)
    for text in (sysname, hostname):
        if is_ip_address(text.strip()) and found and found in text:
            assert found == text.strip()


@given(st.ip_addresses())
def test_an_address_is_never_cut(address: object) -> None:
    # "::" has neither letter nor digit and is nobody's name.
    expected = str(address).removeprefix("::") and str(address)
    assert name("", str(address), strip_domain=True) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("-M{position}", "sw1-M2"),
        (" ({position})", "sw1 (2)"),
        ("-SW{position}", "sw1-SW2"),
        (" [{serial}]", "sw1 [FOC2]"),
        ("{master_name}/{position}", "sw1/2"),
        ("{position}-{master_name}", "2-sw1"),
        ("{master_name!s:s}.{position:02d}", "sw1.02"),
        ("{{x}}{position}", "sw1{x}2"),
        # A literal that only looks like the placeholder.
        ("{{master_name}}{position}", "sw1{master_name}2"),
        ("-M{position} ", "sw1-M2"),
    ],
)
def test_member_names(pattern: str, expected: str) -> None:
    naming = MemberNaming.from_options(pattern, True)
    assert naming.name("sw1", Member(2, "FOC2")) == expected


def test_master_keeps_its_name_when_it_is_not_renamed() -> None:
    master, other = Member(1, is_master=True), Member(2)
    assert [MemberNaming(rename_master=True).name("sw1", member) for member in (master, other)] == ["sw1-M1", "sw1-M2"]
    assert [MemberNaming(rename_master=False).name("sw1", member) for member in (master, other)] == ["sw1", "sw1-M2"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "gives all members of a stack one name"),
        ("-member", "gives all members of a stack one name"),
        ("{master_name}", "gives all members of a stack one name"),
        ("-{unit}", "is not a pattern of"),
        ("{position", "is not a pattern of"),
        ("position}", "is not a pattern of"),
        ("{}", "is not a pattern of"),
        ("{0}", "is not a pattern of"),
        ("{position[0]}", "is not a pattern of"),
        ("{position.__class__}{position}", "is not a pattern of"),
        ("{serial:d}", "is not a pattern of"),
        ("{position!x}", "is not a pattern of"),
    ],
)
def test_wrong_member_patterns(pattern: str, reason: str) -> None:
    with pytest.raises(OptionError, match=reason) as caught:
        MemberNaming.from_options(pattern, True)
    assert str(caught.value).startswith("vc_member_name_pattern: ")
    assert repr(pattern) in str(caught.value)
