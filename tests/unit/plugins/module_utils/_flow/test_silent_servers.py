# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches that judge nothing, in a LibreNMS that gives no inventories: they say so, whatever detail is asked for."""

from __future__ import annotations

import collections.abc as c
import pathlib
import sys
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import search_spec
from ansible_collections.netsot.librenms.plugins.module_utils._flow.options import SearchOptions
from ansible_collections.netsot.librenms.plugins.module_utils._flow.searching import search
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import chassis as _chassis

if sys.version_info < (3, 12):
    pytest.skip("the simulator needs Python 3.12", allow_module_level=True)

from ansible_collections.netsot.librenms.tests.servers.librenms_devices import generate
from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def librenms() -> c.Iterator[LibreNMSSimulator]:
    devices = [device for device in generate(60) if (device.hardware or "").startswith("C9300")][:4]
    assert len(devices) == 4
    with LibreNMSSimulator(devices) as simulator:
        yield simulator


Search: t.TypeAlias = c.Callable[..., tuple[dict[str, t.Any], list[str]]]


@pytest.fixture
def run(librenms: LibreNMSSimulator, tmp_path: pathlib.Path) -> Search:
    """Gives the result and the warnings."""

    def run(**options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
        defaults = {name: option.get("default") for name, option in search_spec().items()}
        given = {"librenms_url": librenms.url, "librenms_token": librenms.token, "all_devices": True, "assess": False}
        places = {"cache_dir": str(tmp_path / "cache"), "state_dir": str(tmp_path / "state")}
        warnings: list[str] = []
        params = {**defaults, **given, **places, "detect_virtual_chassis": True, **options}
        result = search(SearchOptions.from_options(params), check_mode=False, parameters={}, warn=warnings.append)
        return result, warnings

    return run


@pytest.mark.parametrize("detail", ["full", "summary"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 403},
        {"kind": "html"},
        {"kind": "cut_json"},
        {"kind": "reset"},
        {"kind": "foreign_json"},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
def test_inventories_that_cannot_be_read_are_counted_and_told(
    librenms: LibreNMSSimulator, run: Search, monkeypatch: pytest.MonkeyPatch, fault: dict[str, t.Any], detail: str
) -> None:
    monkeypatch.setattr(_chassis, "FAILURES_IN_A_ROW", 2)
    librenms.faults.add(**fault, path="/inventory", count=None)
    result, warnings = run(result_detail=detail)
    assert (result["summary"]["stacks"], result["summary"]["virtual_chassis_unknown"]) == (0, 4)
    (warning,) = warnings
    assert "Whether 4 of 4 devices are stacks could not be read. Device " in warning
    librenms.faults.clear()
    result, warnings = run(result_detail=detail)
    assert result["summary"]["virtual_chassis_unknown"] == 0 and not warnings


def test_inventories_that_are_all_empty_are_counted_told_and_read_again(librenms: LibreNMSSimulator, run: Search) -> None:
    librenms.faults.add("empty_list", path="/inventory", count=None)
    for _run in range(2):
        result, warnings = run()
        assert result["summary"]["virtual_chassis_unknown"] == 4
        (warning,) = warnings
        assert "LibreNMS has no inventory of any of the 4 devices that could be stacks" in warning
    librenms.faults.clear()
    result, warnings = run()
    assert result["summary"]["virtual_chassis_unknown"] == 0 and not warnings


def test_no_device_at_all_is_told_and_asked_for_again(librenms: LibreNMSSimulator, run: Search) -> None:
    librenms.faults.add("empty_list", path="/devices", count=None)
    result, warnings = run(detect_virtual_chassis=False)
    assert result["summary"]["selected"] == 0
    assert warnings == ["LibreNMS has no device that the user of librenms_token may see."]
    librenms.faults.clear()
    result, warnings = run(detect_virtual_chassis=False)
    assert result["summary"]["selected"] == 4 and not warnings


def test_bad_directories_are_told_at_once_with_the_other_options() -> None:
    defaults = {name: option.get("default") for name, option in search_spec().items()}
    params = {**defaults, "cache_dir": "~nosuchuser/a", "state_dir": "~nosuchuser/b", "librenms_url": "http://a", "librenms_token": "t"}
    with pytest.raises(Exception, match=r"3 options are wrong.*cache_dir.*state_dir.*all_devices"):
        SearchOptions.from_options(params)
