# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped playbooks, called by their names in the collection, as a user meets them."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import DEMO_VARS, RULES, Ansible, Json, NetBoxApi, Played

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import import_spec, search_spec

SEARCH = "netsot.librenms.device_search"
IMPORT = "netsot.librenms.device_import"

# Quick to create, one of them with a name that a careless program evaluates; the last one is blocked.
NEW = [9, 20, 150]
BLOCKED = 120
HOSTILE = "{{ 7*7 }}"


def settings(*device_ids: int, **variables: t.Any) -> Json:
    selection = {"all_devices": False, "filters": {"device_ids": list(device_ids)}} if device_ids else {}
    return {**DEMO_VARS, "librenms_poll": 2, "librenms_table": "full", **selection, **variables}


def table(played: Played) -> list[str]:
    """What the last task shows."""
    shown = [task["msg"] for name in ("Show the devices", "Show what happened") for task in played.tasks(name)]
    assert len(shown) == 1, played.stdout
    return list(shown[0])


def row(played: Played, device_id: int) -> str:
    (line,) = [line for line in table(played) if line.lstrip().startswith(f"{device_id} ")]
    return line


def polled(played: Played) -> bool:
    """Whether Ansible ran it in the background."""
    # A quick run has ended before the first poll, and then only its end is told.
    return any(event["event"].startswith("runner_on_async_") for event in played.events)


def assert_clean(played: Played) -> None:
    assert played.status == "successful", played.stdout
    assert not played.unexpected_warnings


# The search


def test_search_of_everything(ansible: Ansible, world: NetBoxApi) -> None:
    before = world.changes()
    played = ansible.play(SEARCH, extra=settings())
    assert_clean(played)
    assert polled(played)
    assert HOSTILE in row(played, 150)
    assert "ready" in row(played, 150)
    assert "blocked" in row(played, BLOCKED)
    assert "stack of 3" in row(played, 30)
    assert "by librenms_id" in row(played, 101)
    lines = table(played)
    (summary,) = [line for line in lines if " selected: " in line]
    result = played.result("Search LibreNMS")
    for name in ("selected", "ready", "blocked", "stacks"):
        assert f"{result['summary'][name]} {name}" in summary
    assert any("x site_not_found: " in line for line in lines)
    assert not any(character in line for line in lines for character in "\x1b\x07\r\n")
    assert world.changes() == before


def test_search_in_the_foreground(ansible: Ansible, world: NetBoxApi) -> None:
    played = ansible.play(SEARCH, extra=settings(*NEW, librenms_background=False, result_detail="brief"), check=True)
    assert_clean(played)
    assert not polled(played)
    assert "ready" in row(played, 9)
    assert played.tasks("Count the devices") == []
    assert played.result("Search LibreNMS")["job"]["check_mode"]


def test_wrong_token_fails_in_one_sentence(ansible: Ansible, world: NetBoxApi) -> None:
    played = ansible.play(SEARCH, extra=settings(*NEW, librenms_token="wrong-token-123"))
    assert played.status == "failed"
    assert "401" in played.result("Fail because the search failed")["msg"]
    assert played.tasks("Show the devices") == []
    assert "wrong-token-123" not in played.stdout


@pytest.mark.parametrize(("playbook", "below", "background"), [(SEARCH, 4, False), (IMPORT, 4, False), (IMPORT, 3, True)])
def test_small_selection(
    ansible: Ansible, librenms: LibreNMSSimulator, world: NetBoxApi, playbook: str, below: int, background: bool
) -> None:
    played = ansible.play(playbook, extra=settings(*NEW, librenms_foreground_below=below), check=True)
    assert_clean(played)
    assert polled(played) is background
    assert played.result("Count the devices")["summary"]["selected"] == len(NEW)
    assert "ready" in row(played, 9) or "create" in row(played, 9)
    # One for each id; the count leaves the answers in the cache.
    assert librenms.requests.by_route()["GET /devices"] == len(NEW)


# The import


def test_preview_import_and_again(ansible: Ansible, netbox: NetBoxApi, tmp_path: Path) -> None:
    before = netbox.changes()
    preview = ansible.play(IMPORT, extra=settings(*NEW, BLOCKED), check=True, arguments="--diff")
    assert_clean(preview)
    assert polled(preview)
    assert netbox.changes() == before
    (summary,) = (line for line in table(preview) if " created, " in line)
    head = table(preview)[0]
    assert head.split()[:8] == ["ID", "ACTION", "NAME", "SITE", "ROLE", "TYPE", "PLATFORM", "IP"]
    assert table(preview)[1].lstrip().startswith(f"{BLOCKED} ")
    assert summary.startswith("Check mode, nothing was written. It would be: 3 created, ")
    assert "1 blocked" in summary
    assert row(preview, 150).split()[1] == "create"

    report = tmp_path / "report.csv"
    done = ansible.play(IMPORT, extra=settings(*NEW, BLOCKED, report_path=str(report)))
    assert_clean(done)
    assert any(line.startswith("3 created, ") for line in table(done))
    assert "blocked" in row(done, BLOCKED)
    assert HOSTILE in row(done, 150)
    assert netbox.one("dcim/devices", name=HOSTILE)["custom_fields"]["librenms_id"] == {"default": 150}
    assert {tag["name"] for tag in netbox.one("dcim/devices", name=HOSTILE)["tags"]} == {"librenms"}
    assert HOSTILE in report.read_text(encoding="utf-8")

    after = netbox.changes()
    again = ansible.play(IMPORT, extra=settings(*NEW, BLOCKED, librenms_background=False, result_detail="brief"))
    assert_clean(again)
    assert not polled(again)
    imported = again.result("Import the devices")
    assert not imported["changed"]
    assert imported["summary"]["issues"] == dict.fromkeys(imported["summary"]["issues"], 1)
    assert imported["summary"]["issues"]
    assert "none" in row(again, 9)
    assert netbox.changes() == after


def test_failing_import_shows_its_table(ansible: Ansible, world: NetBoxApi) -> None:
    played = ansible.play(IMPORT, extra=settings(12, BLOCKED, fail_on_blocked=True), check=True)
    assert played.status == "failed"
    assert "create" in row(played, 12)
    assert "blocked" in row(played, BLOCKED)
    assert "fail_on_blocked" in played.result("Fail because the import failed")["msg"]
    # The whole result would be shown otherwise, every device of it.
    assert played.stdout.count("par-acc-01") == 1


def test_what_matches_nothing_is_named(ansible: Ansible, world: NetBoxApi) -> None:
    filters = {"device_ids": [NEW[0], 99999]}
    overrides = [{"device_id": 88888, "role": "Switch"}]
    extra = settings(librenms_background=False, all_devices=False, filters=filters, overrides=overrides)
    played = ansible.play(SEARCH, extra=extra)
    assert played.status == "successful", played.stdout
    warnings = " ".join(played.warnings)
    assert "filters.device_ids: LibreNMS has no device 99999" in warnings
    assert "overrides[0] (device_id 88888)" in warnings
    assert "Rules that match no selected device" in warnings


def test_a_misspelt_variable_is_named(ansible: Ansible, world: NetBoxApi) -> None:
    played = ansible.play(SEARCH, extra=settings(NEW[0], exisitng="link", my_own="x"))
    assert played.status == "successful", played.stdout
    assert sum("exisitng is no variable of this playbook" in line for line in played.stdout.splitlines()) == 1
    assert "my_own" not in played.stdout
    # Nothing was enabled for the lines of a run in the background.
    assert polled(played)
    assert "[localhost] search: " in played.stdout


def test_a_site_and_exclude_select(ansible: Ansible, world: NetBoxApi) -> None:
    extra = settings(librenms_foreground_below=5, all_devices=False, filters={"site": ["Paris DC2"]}, exclude={"hostname": ["acc"]})
    played = ansible.play(SEARCH, extra=extra)
    assert played.status == "successful", played.stdout
    devices = played.result("Search LibreNMS")["devices"]
    assert devices
    assert {device["match"]["site"]["name"] for device in devices} == {"Paris DC2"}
    assert not any("acc" in device["hostname"] for device in devices)


@pytest.mark.usefixtures("netbox")
@pytest.mark.parametrize("playbook", [SEARCH, IMPORT])
def test_a_survey_with_empty_answers_and_yaml_texts(ansible: Ansible, playbook: str) -> None:
    """AWX gives "" for every question that nobody answered, and a text for what is a dictionary."""
    spec = search_spec() if playbook == SEARCH else import_spec()
    own = ("librenms_background", "librenms_foreground_below", "librenms_async", "librenms_table", "device_tags")
    survey = dict.fromkeys([*(set(spec) - {"tags"}), *own], "")
    texts = {
        "librenms_poll": "2",
        "filters": f"device_ids: [9, {BLOCKED}]",
        "rules": yaml.safe_dump(RULES),
        "overrides": "- {device_id: 9, role: Core}",
    }
    environment = {
        option["fallback"][1][0]: "" for name, option in spec.items() if "fallback" in option and not name.endswith(("url", "token"))
    }
    played = ansible.play(playbook, extra=survey | texts, check=True, variables=environment)
    assert_clean(played)
    assert polled(played)
    assert row(played, 9).split()[1] in ("ready", "create")
    assert " Core " in row(played, 9)
    assert "blocked" in row(played, BLOCKED)
    if playbook == SEARCH:
        assert played.result("Search LibreNMS")["devices"][0]["virtual_chassis"]["status"]

    broken = ansible.play(playbook, extra=survey | texts | {"rules": "roles: [", "librenms_background": "false"}, check=True)
    assert broken.status == "failed"
    assert "rules: the text is no YAML in line 1" in broken.stdout
