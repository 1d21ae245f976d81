# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of filters, rules and overrides that no device answers to."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.silent_rules import silent_rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.conditions import Subject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._engine.silent_filters import silent_filters, silent_sites

DEVICES = (
    DeviceRecord(1, "a", os="iosxe", type="network", location="AMS1", location_id=3),
    DeviceRecord(2, "b", os="nxos", type="network", location="AMS2", location_id=4),
    DeviceRecord(3, "c", os="linux", type="server", location="AMS2", location_id=4, disabled=True),
)


def notes(filters: dict[str, t.Any], *, whole: bool = True, **options: t.Any) -> tuple[str, ...]:
    selection = Selection.from_options(filters, include_disabled=options.pop("include_disabled", False), **options)
    return silent_filters(selection, DEVICES, {"core": frozenset({1})}, whole=whole)


@pytest.mark.parametrize(
    "filters", [{"os": ["ios", "nxos"]}, {"location": ["AMS*"]}, {"location": [3]}, {"device_ids": [1, 2]}, {"device_group": ["core"]}]
)
def test_what_matches_says_nothing(filters: dict[str, t.Any]) -> None:
    assert notes(filters) == ()


def test_a_value_that_nothing_has_is_named_with_what_is_near() -> None:
    assert notes({"os": ["iosxr", "nx-os"]}) == (
        "filters.os: no device of LibreNMS has 'iosxr'. Near: 'iosxe'.",
        "filters.os: no device of LibreNMS has 'nx-os'. Near: 'nxos'.",
    )


def test_only_what_librenms_gave_is_spoken_of() -> None:
    (note,) = notes({"os": ["zzz"]}, whole=False)
    assert note == "filters.os: no device that LibreNMS gave for these filters has 'zzz'."


def test_a_comma_list_in_a_string() -> None:
    (note,) = notes({"os": "iosxe,nxos"})
    assert note.endswith("Several values are a list: [iosxe, nxos].")


def test_device_ids() -> None:
    assert notes({"device_ids": [1, 3, *range(90, 99)]}) == (
        "filters.device_ids: LibreNMS has no device 90, 91, 92, 93, 94 and 4 more.",
        "filters.device_ids: 3 disabled in LibreNMS, and not selected without include_disabled.",
    )
    assert notes({"device_ids": [3]}, include_disabled=True) == ()
    assert notes({"device_ids": [1], "os": ["nxos"]}) == ("filters.device_ids: 1 left out by the other filters.",)


def test_filters_that_no_device_matches_together() -> None:
    assert notes({"os": ["iosxe"], "location": ["AMS2"]}) == ("filters: no device matches all of them together.",)
    assert notes({"os": ["linux"]}) == ("filters: only disabled devices match (1); include_disabled selects them.",)


def test_exclude() -> None:
    assert notes({"type": ["network"]}, exclude={"os": ["nxos"]}) == ()
    assert notes({"type": ["network"]}, exclude={"os": ["nxoss"]}) == (
        "exclude.os: no device that LibreNMS gave for these filters has 'nxoss'. Near: 'nxos'.",
    )


def test_no_device_at_all() -> None:
    selection = Selection.from_options({}, all_devices=True)
    assert silent_filters(selection, (), {}, whole=True) == ("LibreNMS has no device that the user of librenms_token may see.",)


def test_sites() -> None:
    selection = Selection.from_options({"site": ["AMS1 NT", "ams*"]}, exclude={"site": ["Paris"]})
    assert silent_sites(selection, [("AMS1 NTT", "ams1-ntt"), ()]) == (
        "filters.site: the rules bring no device to 'AMS1 NT'. Near: 'AMS1 NTT'.",
        "exclude.site: the rules bring no device to 'Paris'.",
    )


def test_rules_and_overrides() -> None:
    rules = Rules.from_options(
        {
            "roles": [{"os": "iosxee", "role": "A"}, {"type": "network", "role": "B"}, {"os": "nxos", "type": "server", "role": "C"}],
            "sites": [{"location_regex": "^LON", "site": "S"}],
        },
        [{"device_id": 1, "role": "A"}, {"device_id": 77, "role": "A"}],
    )
    subjects = [Subject(device, device.hostname, frozenset(), "") for device in DEVICES]
    assert silent_rules(rules, subjects) == (
        "Rules that match no selected device (3): rules.sites[0], rules.roles[0] (os 'iosxee', near: 'iosxe'), rules.roles[2].",
        "Overrides of devices that are not selected: overrides[1] (device_id 77).",
    )
