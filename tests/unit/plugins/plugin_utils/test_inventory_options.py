# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an inventory source."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_options import (
    AddressKind,
    ChassisMode,
    GroupBy,
    InventoryOptions,
    check_names,
)

PARAMS = {
    "librenms_url": "https://librenms.example.net",
    "librenms_token": "token",
    "librenms_validate_certs": True,
    "librenms_ca_path": None,
    "librenms_timeout": 60,
    "librenms_workers": 8,
    "filters": {"os": ["iosxe"]},
    "exclude": {},
    "all_devices": False,
    "include_disabled": False,
    "use_sysname": True,
    "strip_domain": False,
    "host_address": "ip",
    "vars_prefix": "librenms_",
    "network_os": {},
    "group_by": [],
    "virtual_chassis": False,
    "strict_fetch": True,
    "ports": False,
}


def _options(**changes: t.Any) -> InventoryOptions:
    return InventoryOptions.from_options({**PARAMS, **changes})


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        (False, ChassisMode.OFF),
        ("false", ChassisMode.OFF),
        (None, ChassisMode.OFF),
        ("groups", ChassisMode.GROUPS),
        ("Members", ChassisMode.MEMBERS),
    ],
)
def test_virtual_chassis(given: object, mode: ChassisMode) -> None:
    assert _options(virtual_chassis=given).virtual_chassis is mode


@pytest.mark.parametrize(
    ("given", "kind"),
    [("ip", AddressKind.POLLED), ("hostname", AddressKind.HOSTNAME), ("{{ librenms_sysname }}.mgmt", AddressKind.TEMPLATE)],
)
def test_host_address(given: str, kind: AddressKind) -> None:
    assert _options(host_address=given).address is kind


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"virtual_chassis": True}, "virtual_chassis"),
        ({"virtual_chassis": "stacks"}, "virtual_chassis"),
        ({"host_address": "sysname"}, "host_address"),
        ({"vars_prefix": ""}, "vars_prefix"),
        ({"vars_prefix": "my-"}, "vars_prefix"),
        ({"vars_prefix": "ansible_"}, "vars_prefix"),
        ({"network_os": {"ios": ["x"]}}, "network_os.ios"),
        ({"librenms_url": None}, "librenms_url"),
        ({"librenms_token": "  "}, "librenms_token"),
        ({"librenms_workers": 0}, "librenms_workers"),
        ({"filters": {}}, "filters"),
        ({"filters": {"oss": ["x"]}}, "filters.oss"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, t.Any], option: str) -> None:
    with pytest.raises(OptionError) as caught:
        _options(**changes)
    assert caught.value.option == option


def test_the_map_of_network_os_is_put_over_the_built_in_one() -> None:
    network_os = _options(network_os={"ios": "my.ios.ios", "junos": "", "vyos": None, "new": "a.b.c"}).network_os
    assert (network_os["ios"], network_os["new"], network_os["nxos"]) == ("my.ios.ios", "a.b.c", "cisco.nxos.nxos")
    assert "junos" not in network_os and "vyos" not in network_os


def test_group_by_keeps_its_order_without_repeats() -> None:
    options = _options(group_by=["os", "device_group", "os"])
    assert options.group_by == (GroupBy.OS, GroupBy.DEVICE_GROUP) and options.wants_device_groups


def test_an_unknown_option_is_told_with_a_near_one() -> None:
    check_names(["plugin", "filters"], {"plugin", "filters"})
    with pytest.raises(OptionError, match=r"filter: there is no such option.*Did you mean 'filters'"):
        check_names(["filter"], {"plugin", "filters"})


def test_the_token_is_not_shown() -> None:
    assert "s3cret" not in repr(_options(librenms_token="s3cret"))
