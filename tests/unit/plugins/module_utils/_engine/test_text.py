# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which serials identify a device, and how texts are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.serials import identity, is_sane
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import is_placeholder, key, near, printable, slugify

REALISTIC = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "realistic_values.yml"


@pytest.mark.parametrize(
    "serial",
    [
        *("", " ", "-", "1", "M", "NA", "N/A", "Not Specified", "Serial#Here", "#########", "<serial>", "<FRAME SERIAL NUMBER 1>"),
        *("0000000000", "FFFFFFFFFFFF", "999999999999", "123456789", "1234567", "0123456789", "1234567890", "System Asset Tag"),
        *("....................", "Huawei", "12/05/2023", "2023-05-12", "1.1.2020", "00:11:22:33:44:55", "0011.2233.4455"),
        *("CN000000000000000000000", "To Be Filled By O.E.M.", "00-00-00", "\t\n", "123", "٠١٢٣٤٥٦٧"),
    ],
)
def test_bogus_serials(serial: str) -> None:
    assert not is_sane(serial)
    assert identity(serial) == ""


@pytest.mark.parametrize(
    "serial",
    [
        *("FOC2418NHRK", "FCW2141L01L", "TB3714070326", "SG35L510BP", "2102113774P0HC000023", "CN-0K804N-75162-2CH-0081-A03"),
        *("FMG-VM0000000000", "c0ed2a63-117c-6741-11d9da218714", "System MAC: fc-ec-da-bf-69-55", "YD17190028  A", "1874830543."),
        *("System:315646 Product:246152313", "1001", "VMware-42 1d 0a"),
    ],
)
def test_sane_serials(serial: str) -> None:
    assert is_sane(serial)


def test_serials_compare_without_case_and_blanks() -> None:
    assert identity(" foc2418nhrk ") == identity("FOC2418NHRK")
    assert identity("YD17190028  A") == identity("YD17190028 a")
    assert identity("YD17190028A") != identity("YD17190028 A")


@pytest.mark.skipif(not REALISTIC.exists(), reason="the collected real values are not beside this checkout")
def test_realistic_serials() -> None:
    values = pytest.importorskip("yaml").safe_load(REALISTIC.read_text())
    assert [serial for serial in values["serials_real"] + values["serials_awkward"] if not is_sane(serial)] == []
    assert [serial for serial in values["serials_bogus"] if is_sane(serial)] == []


@given(st.text(max_size=60))
def test_any_serial(serial: str) -> None:
    assert bool(identity(serial)) == is_sane(serial)
    assert identity(identity(serial)) == identity(serial)


@pytest.mark.parametrize("text", ["", "  ", "-", "n/a", "N/A", "None", "null", "Unknown", "default", "localhost", "¿?", "---..", "Not Set"])
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["0", "a", "ü", "unknown-1", "núll", "na1", "AMS1"])
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_printable_is_one_short_line() -> None:
    assert printable("a\r\nb\x1b[31m c") == "a b [31m c"
    assert printable("x" * 300) == "x" * 199 + "…"


def test_near_names_best_first() -> None:
    known = ["Catalyst 9300-48P", "Catalyst 9300-24P", "MX480", "Catalyst 9300-48P"]
    assert near("catalyst 9300-48p v2", known) == ("Catalyst 9300-48P", "Catalyst 9300-24P")
    assert near("ams1", ["AMS1 NTT", "LON"]) == ("AMS1 NTT",)
    assert near("iosxe", ["IOS-XE", "NX-OS", "Junos"]) == ("IOS-XE",)
    assert near("nxos", ["IOS-XE", "NX-OS"]) == ("NX-OS",)
    # A short text inside a long one proves nothing.
    assert near("Juniper SG Internet Backbone Router", ["SG", "Router"]) == ()
    assert near("", known) == ()
    assert near("zzz", known) == ()


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Cisco IOS-XE", "cisco-ios-xe"), ("  a__b  ", "a-b"), ("Zürich #1", "zurich-1"), ("x" * 120, "x" * 100), (f"{'x' * 99} y", "x" * 99)],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_a_slug_is_never_empty() -> None:
    assert len({slugify("Система"), slugify("日本"), slugify("++")}) == 3
    assert slugify("СИСТЕМА") == slugify("система")


@given(st.text(max_size=130))
def test_any_slug(text: str) -> None:
    slug = slugify(text)
    assert 1 <= len(slug) <= 100
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-") and not slug.endswith("-")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\x00b\x7fc\x9bd", "a b c d"),
        ("  a \n\t b\u2028c ", "a b c"),
        ("Zürich 北京 🙂", "Zürich 北京 🙂"),
        ("\ud800x", "x"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
        ("x" * 400, "x" * 299 + "…"),
        ("x" * 300, "x" * 300),
        ("", ""),
    ],
)
def test_printable_is_one_harmless_line(text: str, wanted: str) -> None:
    assert printable(text, 300) == wanted


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("Straße 7", " STRAße 7 ", True),
        ("Straße 7", "Strasse 7", False),
        ("ÅRHUS", "århus", True),
        ("K\u212a", "kk", False),
    ],
)
def test_texts_compare_one_character_with_one(one: str, other: str, equal: bool) -> None:
    assert (key(one) == key(other)) is equal
    assert key(key(one)) == key(one)
