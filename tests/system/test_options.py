# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the import and the search that other tests do not come by, on the real servers."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import typing as t
from pathlib import Path

import pytest
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import RULES, Ansible, NetBoxApi, actions

PARIS: dict[str, t.Any] = {"filters": {"location": ["Paris DC2"], "hardware": ["C9300"]}, "rules": RULES, "strip_domain": True}


def test_netbox_jobs(ansible: Ansible, netbox: NetBoxApi) -> None:
    """Every write stands in NetBox's list of jobs, and its result is used like a direct answer."""
    options = {**PARIS, "filters": {"device_ids": [30, 41, 26]}, "netbox_jobs": True}
    before = len(netbox.all("core/jobs", name__isw="Bulk"))
    preview = ansible.import_devices(options, check=True)
    assert len(netbox.all("core/jobs", name__isw="Bulk")) == before
    done = ansible.import_devices(options)
    assert done["summary"]["created"] == preview["summary"]["created"] == 3
    assert done["summary"]["virtual_chassis_created"] == 1
    jobs = netbox.all("core/jobs", name__isw="Bulk")
    assert len(jobs) - before == done["stats"]["netbox_writes"]
    assert {job["status"]["value"] for job in jobs} == {"completed"}
    assert not ansible.import_devices(options)["changed"]


def test_fail_on_blocked_and_detail(ansible: Ansible, netbox: NetBoxApi, tmp_path: Path) -> None:
    options = {**PARIS, "filters": {"device_ids": [9, 120]}, "fail_on_blocked": True}
    report = tmp_path / "import.csv"
    played = ansible.module("netbox_device_import", {**options, "result_detail": "summary", "report_path": str(report)})
    assert played.status == "failed"
    result = played.result()
    assert "1 devices are blocked" in result["msg"]
    assert result["results"] == []
    assert result["summary"]["created"] == 1
    with report.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    brief = ansible.import_devices({**options, "fail_on_blocked": False, "result_detail": "brief"})
    quiet, blocked = brief["results"]
    assert quiet["action"] == "skip"
    assert "issues" not in quiet
    assert blocked["issues"][0]["code"] == "site_not_found"


def test_status_map_tags_and_server_key(ansible: Ansible, librenms: LibreNMSSimulator, netbox: NetBoxApi) -> None:
    librenms.world.change(9, status=0)
    options = {
        **PARIS,
        "filters": {"device_ids": [9, 143]},
        "include_disabled": True,
        "status_map": {"down": "failed", "disabled": "inventory"},
        "tags": ["From LibreNMS"],
        "create_missing": ["tags"],
        "server_key": "prod",
    }
    done = ansible.import_devices(options)
    assert actions(done) == {9: "create", 143: "create"}
    down, disabled = (netbox.one("dcim/devices", id=item["netbox"]["id"]) for item in done["results"])
    assert down["status"]["value"] == "failed"
    assert disabled["status"]["value"] == "inventory"
    assert [tag["slug"] for tag in down["tags"]] == ["from-librenms"]
    assert down["custom_fields"]["librenms_id"] == {"prod": 9}
    changes = netbox.all("core/object-changes", changed_object_id=down["id"])
    assert any("import" in change["message"] and done["job"]["id"] in change["message"] for change in changes)
    # The same id of another LibreNMS is another device, so only its name speaks, and NetBox has that one linked.
    second = {**options, "server_key": "lab", "existing": "link", "filters": {"device_ids": [9]}}
    stopped = ansible.import_devices(second)
    assert stopped["failed"] and "'prod'" in stopped["msg"] and "'lab' links 0 objects" in stopped["msg"]
    assert "server_key_new: true" in stopped["msg"]
    assert ansible.search({"filters": second["filters"], "rules": second["rules"], "server_key": "lab"})["failed"]
    other = ansible.import_devices({**second, "server_key_new": True})
    assert actions(other) == {9: "link"}
    assert netbox.one("dcim/devices", id=down["id"])["custom_fields"]["librenms_id"] == {"prod": 9, "lab": 9}


def test_exclude_existing(ansible: Ansible, netbox: NetBoxApi) -> None:
    options = {**PARIS, "filters": {"device_ids": [9, 101]}, "exclude_existing": True}
    found = ansible.search(options)
    assert [item["device_id"] for item in found["devices"]] == [9]
    assert [item["device_id"] for item in ansible.import_devices(options, check=True)["results"]] == [9]


def test_member_names(ansible: Ansible, netbox: NetBoxApi) -> None:
    options = {**PARIS, "filters": {"device_ids": [30]}, "vc_member_name_pattern": " [{serial}]", "vc_rename_master": False}
    done = ansible.import_devices(options)
    chassis = done["results"][0]["virtual_chassis"]
    names = {member["position"]: member["netbox_name"] for member in chassis["members"]}
    assert names[chassis["master_position"]] == "nyc-stk-01"
    serials = {member["position"]: member["serial"] for member in chassis["members"]}
    new = [member["position"] for member in chassis["members"] if member["action"] == "create" and not member["is_master"]]
    assert new
    for position in new:
        assert names[position] == f"nyc-stk-01 [{serials[position]}]"
        assert netbox.one("dcim/devices", name=names[position])["vc_position"] == position


def test_virtual_chassis_false(ansible: Ansible, librenms: LibreNMSSimulator, netbox: NetBoxApi) -> None:
    librenms.requests.reset()
    done = ansible.import_devices({**PARIS, "filters": {"device_ids": [30]}, "virtual_chassis": False})
    assert actions(done) == {30: "create"}
    assert done["results"][0]["virtual_chassis"] is None
    assert not netbox.all("dcim/virtual-chassis", name="nyc-stk-01")
    assert not [route for route in librenms.requests.by_route() if "inventory" in str(route)]


@pytest.mark.parametrize("ending", ["json", "html"])
def test_reports_of_the_search(ansible: Ansible, netbox: NetBoxApi, tmp_path: Path, ending: str) -> None:
    report = tmp_path / f"search.{ending}"
    rules = tmp_path / "rules.yml"
    found = ansible.search({"all_devices": True, "rules": RULES, "report_path": str(report), "suggested_rules_path": str(rules)})
    text = report.read_text(encoding="utf-8")
    if ending == "json":
        assert json.loads(text)["devices"] == found["devices"]
    else:
        assert "nyc-stk-01" in text
        assert "<script src" not in text
    assert "rules:" in found["suggested_rules"]
    assert rules.read_text(encoding="utf-8").endswith(found["suggested_rules"])
    # The next run of either module takes its place.
    options = {"all_devices": True, "rules": RULES, "suggested_rules_path": str(rules), "filters": {"location": ["Unknown"]}}
    done = ansible.import_devices(options, check=True)
    assert done["suggested_rules"] != found["suggested_rules"]
    assert rules.read_text(encoding="utf-8").endswith(done["suggested_rules"])


def test_group_defaults(ansible: Ansible, netbox: NetBoxApi) -> None:
    """C(module_defaults) of the action group reach every module."""
    names = {"librenms_url": "LIBRENMS_URL", "librenms_token": "LIBRENMS_TOKEN", "netbox_url": "NETBOX_URL", "netbox_token": "NETBOX_TOKEN"}
    defaults = {option: ansible.variables[name] for option, name in names.items()}
    defaults |= {"state_dir": str(ansible.state_dir), "cache_dir": str(ansible.cache_dir), "server_key": "default"}
    play = {
        "name": "Test",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": {"group/netsot.librenms.all": defaults},
        "tasks": [
            {"name": "search", "netsot.librenms.librenms_device_search": {"filters": {"os": ["iosxe"]}, "job_id": "by-group"}},
            {"name": "jobs", "netsot.librenms.librenms_job_info": {}},
            {"name": "cache", "netsot.librenms.librenms_cache_info": {}},
            {"name": "check", "netsot.librenms.librenms_check": {"purpose": "search"}},
            {"name": "remove", "netsot.librenms.librenms_job": {"job_id": "by-group", "state": "absent"}},
            {"name": "undo", "netsot.librenms.netbox_import_undo": {"job_id": "no-such-job"}, "ignore_errors": True},
        ],
    }
    empty = dict.fromkeys((*names.values(), "NETSOT_LIBRENMS_STATE_DIR", "NETSOT_LIBRENMS_CACHE_DIR"), "")
    played = ansible.play([play], variables=empty)
    assert played.status == "successful", played.stdout[-2000:]
    assert [job["id"] for job in played.result("jobs")["jobs"]] == ["by-group"]
    searches = played.result("cache")["searches"]
    assert [search["filters"] for search in searches] == [{"os": ["iosxe"]}]
    assert {item["state"] for item in played.result("check")["checks"]} <= {"ok", "warning"}
    assert played.result("remove")["changed"]
    assert "no-such-job" in played.result("undo")["msg"]
    assert not played.unexpected_warnings


def test_one_command(ansible: Ansible, netbox: NetBoxApi) -> None:
    """The ad-hoc command of the README, with nothing but the environment variables set."""
    command = ["ansible", "localhost", "-m", "netsot.librenms.librenms_device_search", "-a", '{"filters": {"os": ["iosxe"]}}']
    environment = os.environ | ansible.variables | {"NETSOT_LIBRENMS_CACHE_DIR": str(ansible.cache_dir), "ANSIBLE_NOCOLOR": "1"}
    environment |= {"NETSOT_LIBRENMS_STATE_DIR": str(ansible.state_dir), "ANSIBLE_LOCALHOST_WARNING": "false"}
    before = netbox.changes()
    short = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    # A table for a person; the whole is there for who asks.
    assert any(line.split()[:3] == ["ID", "STATE", "NAME"] for line in short.splitlines())
    assert not any(f'"{name}"' in short for name in ("devices", "summary", "suggested_rules"))
    command.append("-v")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    found = json.loads(done.stdout.partition("SUCCESS => ")[2])
    assert found["devices"]
    assert {device["os"] for device in found["devices"]} == {"iosxe"}
    assert {device["state"] for device in found["devices"]} <= {"ready", "blocked", "existing"}
    assert netbox.changes() == before
