# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which devices a selection means, and what it asks LibreNMS for."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, DeviceStatus
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import (
    WHOLE_LIST,
    DeviceQuery,
    Location,
    Selection,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import key
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

DEVICE = DeviceRecord(
    device_id=17,
    hostname="sw-acc-17.Example.net",
    sysname="sw-acc-17",
    os="iosxe",
    version="17.9.4a",
    hardware="C9300-48P",
    serial="FOC2001A0AB",
    type="network",
    location="München, Büro 3",
    location_id=5,
)
NEW = (26, 7, 0)
OLD = (25, 5, 0)


def select(filters: dict[str, t.Any] | None = None, **options: t.Any) -> Selection:
    return Selection.from_options(filters, include_disabled=options.pop("include_disabled", False), **options)


def chosen(filters: dict[str, t.Any], record: DeviceRecord = DEVICE, groups: dict[str, frozenset[int]] | None = None) -> bool:
    return select(filters).matches(record, groups or {})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"location": "münchen, BÜRO 3"}, True),
        ({"location": "München"}, False),
        ({"location": "MÜNCHEN*"}, True),
        ({"location": "*büro*"}, True),
        ({"location": "*büro"}, False),
        ({"location": "M.nchen*"}, False),
        ({"location": "Munchen, Buro 3"}, False),
        ({"location": 5}, True),
        ({"location": "5"}, True),
        ({"location": "3"}, False),
        ({"type": "NETWORK"}, True),
        ({"type": "net"}, False),
        ({"os": "ios"}, True),
        ({"os": "=ios"}, False),
        ({"os": "=IOSXE"}, True),
        ({"hostname": "acc-17.EX"}, True),
        ({"hostname": "=sw-acc-17"}, False),
        ({"sysname": "ACC"}, True),
        ({"sysname": "= sw-acc-17 "}, True),
        ({"hardware": "c9300"}, True),
        ({"version": "17.9"}, True),
        ({"version": "17_9"}, False),
        ({"serial": "foc2001"}, True),
        ({"serial": "%"}, False),
        ({"status": "UP"}, True),
        ({"status": "down"}, False),
        ({"status": ["down", "up"]}, True),
        ({"device_ids": 17}, True),
        ({"device_ids": ["17", 3]}, True),
        ({"device_ids": [3]}, False),
        ({"os": ["nxos", "iosxe"], "hardware": ["C9200", "C9300"]}, True),
        ({"os": ["nxos", "iosxe"], "hardware": ["C9200"]}, False),
        ({"device_group": "core"}, True),
        ({"device_group": ["edge"]}, False),
        ({"device_group": ["edge", "core"]}, True),
    ],
)
def test_match(filters: dict[str, t.Any], expected: bool) -> None:
    groups = {"core": frozenset({16, 17}), "edge": frozenset({1})}
    assert chosen(filters, groups=groups) is expected


def test_absent_text_matches_no_filter() -> None:
    bare = DeviceRecord(device_id=1, hostname="a")
    assert not any(chosen({name: "x"}, bare) for name in ("location", "type", "os", "sysname", "hardware", "version", "serial"))


def test_disabled_devices_only_when_asked_for() -> None:
    disabled = DeviceRecord(device_id=1, hostname="a", disabled=True)
    assert not select({"device_ids": [1]}).matches(disabled, {})
    assert select({"device_ids": [1]}, include_disabled=True).matches(disabled, {})


def test_ignored_devices_stay() -> None:
    assert chosen({"status": "down"}, DeviceRecord(device_id=1, hostname="a", ignored=True, status=DeviceStatus.DOWN))


def test_all_devices() -> None:
    assert select(None, all_devices=True).matches(DEVICE, {})
    assert select({}, all_devices=True).queries() == WHOLE_LIST


@pytest.mark.parametrize(
    ("filters", "option", "words"),
    [
        (None, "filters", "all_devices: true"),
        ({}, "filters", "all_devices: true"),
        (["location"], "filters", "dictionary"),
        ({"locaton": "x"}, "filters.locaton", "location"),
        ({"sysName": "x"}, "filters.sysName", "sysname"),
        ({"zzz": "x"}, "filters.zzz", "Known filters"),
        ({"os": []}, "filters.os", "at least one"),
        ({"os": ""}, "filters.os", "every device"),
        ({"os": ["ios", "  "]}, "filters.os", "every device"),
        ({"os": "="}, "filters.os", "equals sign"),
        ({"os": None}, "filters.os", "text is needed"),
        ({"os": {"a": 1}}, "filters.os", "text is needed"),
        ({"version": True}, "filters.version", "text is needed"),
        ({"version": 17.1}, "filters.version", "quotes"),
        ({"status": "maybe"}, "filters.status", "up or down"),
        ({"device_ids": [0]}, "filters.device_ids", "whole number"),
        ({"device_ids": [True]}, "filters.device_ids", "whole number"),
        ({"device_ids": "1,2"}, "filters.device_ids", "list"),
        ({"device_ids": ["x"]}, "filters.device_ids", "whole number"),
        ({"device_ids": [-4]}, "filters.device_ids", "whole number"),
    ],
)
def test_unusable_filter_is_named(filters: t.Any, option: str, words: str) -> None:
    with pytest.raises(OptionError) as caught:
        select(filters)
    assert caught.value.option == option
    assert words in str(caught.value)


def test_option_name_is_the_callers() -> None:
    with pytest.raises(OptionError, match=r"selection\.os"):
        Selection.from_options({"os": ""}, option="selection")


def test_numbers_are_texts() -> None:
    assert chosen({"version": 17, "hardware": 9300})


def test_filters_are_given_back_as_written() -> None:
    filters = {"os": ["=IOSXE", "nxos"], "device_ids": [3, 1], "status": "Down", "location": "NYC"}
    assert select(filters).as_filters() == {"os": ["=IOSXE", "nxos"], "device_ids": [1, 3], "status": ["down"], "location": ["NYC"]}


def test_cache_text_is_the_same_for_the_same_meaning() -> None:
    one = select({"os": ["ios", "NXOS"], "device_group": ["a", "b"]})
    same = select({"device_group": ["B", "a"], "os": ["nxos", "IOS", "ios"]})
    assert one.cache_text() == same.cache_text()


@pytest.mark.parametrize(
    "other",
    [{"os": ["=ios"]}, {"os": ["ios"], "status": "up"}, {"hostname": ["ios"]}, {"type": "ios"}, {"device_group": "ios"}],
)
def test_cache_text_differs_for_another_meaning(other: dict[str, t.Any]) -> None:
    assert select({"os": ["ios"]}).cache_text() != select(other).cache_text()


def test_cache_text_depends_on_disabled_devices() -> None:
    assert select({"os": "ios"}).cache_text() != select({"os": "ios"}, include_disabled=True).cache_text()


LOCATIONS = [Location(1, "AMS1"), Location(2, "ams2 "), Location(3, "7"), Location(7, "LON")]


@pytest.mark.parametrize(
    ("filters", "queries"),
    [
        ({"device_ids": [5, 3]}, [("device_id", "3"), ("device_id", "5")]),
        ({"device_ids": [3], "location": "AMS1", "os": "=ios"}, [("device_id", "3")]),
        ({"location": "AMS1"}, [("location", "AMS1")]),
        ({"location": "AMS_1%"}, [("location", "AMS_1")]),
        ({"location": "Zürich\\2"}, [("location", "Z%rich%2")]),
        ({"location": ["ams1", "LON"]}, [("location_id", "1"), ("location_id", "7")]),
        ({"location": "7"}, [("location_id", "3"), ("location_id", "7")]),
        ({"type": "network"}, [("type", "network")]),
        ({"type": ["network", "NETWORK"]}, [("type", "network")]),
        ({"type": ["network", "Firewall"]}, [("type", "network"), ("type", "Firewall")]),
        ({"type": ["a", "b", "c", "d", "e"]}, [(None, None)]),
        ({"type": "réseau"}, [(None, None)]),
        ({"os": "=iosxe"}, [("os", "iosxe")]),
        ({"os": "ios"}, [(None, None)]),
        ({"os": ["=ios", "nx"]}, [(None, None)]),
        ({"hostname": "sw-"}, [("hostname", "sw-")]),
        ({"hostname": ["sw-ams-1", "sw-lon-1"]}, [("hostname", "sw-%-1")]),
        ({"hostname": ["sw", "rtr"]}, [(None, None)]),
        ({"hostname": "%"}, [(None, None)]),
        ({"hostname": "ß"}, [(None, None)]),
        ({"sysname": "=Core1"}, [("sysName", "Core1")]),
        ({"sysname": "core"}, [(None, None)]),
        ({"serial": "FOC2001"}, [("serial", "FOC2001")]),
        ({"hardware": ["C9300", "C9200"]}, [("hardware", "c9%00")]),
        ({"version": "17.9"}, [("version", "17.9")]),
        ({"hostname": "sw-", "serial": "=FOC2001"}, [("serial", "FOC2001")]),
        ({"location": "AMS1", "type": "network", "os": "=ios"}, [("location", "AMS1")]),
        ({"status": "up"}, [(None, None)]),
        ({"status": "down"}, [("down", None), ("ignored", None)]),
        ({"status": ["up", "down"]}, [(None, None)]),
    ],
)
def test_narrowest_question(filters: dict[str, t.Any], queries: list[tuple[str | None, str | None]]) -> None:
    assert select(filters).queries(NEW, locations=LOCATIONS if select(filters).wants_locations({}) else None) == tuple(
        DeviceQuery(*query) for query in queries
    )


def test_disabled_ones_among_those_that_are_down() -> None:
    assert select({"status": "down"}, include_disabled=True).queries() == (
        DeviceQuery("down"),
        DeviceQuery("ignored"),
        DeviceQuery("disabled"),
    )


def test_filters_of_newer_versions() -> None:
    both = select({"serial": "FOC2001", "location": "AMS1"})
    assert both.queries(NEW)[0].type == "serial"
    assert both.queries(OLD)[0].type == "location"
    assert both.queries(None)[0].type == "location"
    only = select({"serial": "FOC2001"})
    assert only.queries(OLD) == WHOLE_LIST
    # Not knowing it costs no more than not filtering.
    assert only.queries(None) == (DeviceQuery("serial", "FOC2001"),)


def test_many_ids_are_one_list() -> None:
    assert len(select({"device_ids": list(range(1, 11))}).queries()) == 10
    assert select({"device_ids": list(range(1, 12))}).queries() == WHOLE_LIST


def test_small_groups_are_asked_for_by_id() -> None:
    selection = select({"device_group": ["a", "b"], "device_ids": [1, 2, 3]})
    assert selection.queries(group_members={"a": frozenset({1, 9}), "b": frozenset({3})}) == (
        DeviceQuery("device_id", "1"),
        DeviceQuery("device_id", "3"),
    )
    assert selection.queries(group_members={"a": frozenset(), "b": frozenset({9})}) == ()
    assert select({"device_group": "a"}).queries(group_members={"a": frozenset(range(1, 100))}) == WHOLE_LIST


def test_location_without_the_list_of_locations() -> None:
    assert select({"location": ["AMS1", "AMS2"]}).queries(NEW) == (DeviceQuery("location", "ams"),)
    assert select({"location": ["AMS1", "LON"]}).queries(NEW) == WHOLE_LIST
    assert select({"location": "7"}).queries(NEW) == WHOLE_LIST


def test_locations_are_wanted_only_where_they_help() -> None:
    assert not select({"location": "AMS1"}).wants_locations({})
    assert select({"location": "5"}).wants_locations({})
    assert select({"location": ["a", "b"]}).wants_locations({})
    assert not select({"location": ["a", "b"], "device_ids": [1]}).wants_locations({})


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("ΟΔΟΣ", "οδος", True),
        ("É", "é", True),
        ("é", "e", False),
        ("STRASSE", "straße", False),
        ("STRAẞE", "straße", True),
        ("\u212a", "k", False),
        (" a\t", "A", True),
    ],
)
def test_fold(one: str, other: str, equal: bool) -> None:
    assert (key(one) == key(other)) is equal


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ({"os": ["iosxe"]}, False),
        ({"os": ["iosxe"], "hardware": ["C9500"]}, True),
        ({"location": "München*"}, False),
        ({"device_group": ["core"]}, False),
        ({"device_ids": [17]}, False),
        ({"status": ["down"]}, True),
    ],
)
def test_what_matches_all_of_exclude_is_left_out(exclude: dict[str, t.Any], left: bool) -> None:
    selection = select({"type": ["network"]}, exclude=exclude)
    assert selection.device_groups == tuple(exclude.get("device_group", ()))
    assert selection.matches(DEVICE, {"core": frozenset({17})}) is left


def test_sites_are_judged_apart() -> None:
    wanted = select({"site": ["AMS*"]})
    assert wanted.queries(NEW) == WHOLE_LIST
    assert wanted.matches(DEVICE, {})
    assert wanted.matches_site(DEVICE, {}, ("AMS1 NTT", "ams1-ntt"))
    assert not wanted.matches_site(DEVICE, {}, ("Paris DC2", "paris-dc2"))
    assert not wanted.matches_site(DEVICE, {}, ())
    unwanted = select({"type": ["network"]}, exclude={"site": ["ams1-ntt"], "os": ["iosxe"]})
    assert unwanted.matches(DEVICE, {})
    assert not unwanted.matches_site(DEVICE, {}, ("AMS1 NTT", "ams1-ntt"))
    assert unwanted.matches_site(DEVICE, {}, ("Paris DC2", "paris-dc2"))
    other = select({"type": ["network"]}, exclude={"site": ["ams1-ntt"], "os": ["junos"]})
    assert other.matches_site(DEVICE, {}, ("AMS1 NTT", "ams1-ntt"))


def test_excluded_devices_make_another_cache_entry() -> None:
    texts = {select({"os": "x"}, exclude=exclude).cache_text() for exclude in (None, {"os": "y"}, {"os": "y", "site": "z"})}
    assert len(texts) == 3


def test_all_wrong_filters_are_told_at_once() -> None:
    with pytest.raises(OptionError) as caught:
        select({"oss": "ios", "status": "up,down", "device_ids": "1,2"}, exclude={"locaton": "x"})
    message = str(caught.value)
    assert message.startswith("4 options are wrong: (1) filters.oss")
    assert "filters.status" in message
    assert "Give several as a list." in message
    assert "filters.device_ids" in message
    assert "exclude.locaton" in message
    assert len(caught.value.failure()["errors"]) == 4
