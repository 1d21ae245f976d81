# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as Ansible runs it, against the LibreNMS simulator."""

from __future__ import annotations

import collections.abc as c
import functools
import json
import os
import re
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import ansible_runner
import pytest
import yaml
from run import oldest_venv
from servers import librenms_inventory as shapes
from servers.librenms_demo import demo_devices
from servers.librenms_devices import generate
from servers.librenms_inventory import Unit
from servers.librenms_model import SECRET_MARK, SimDevice, SimGroup, SimPort, UserRole
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import RULES, Ansible, NetBoxApi
from system.support.inventory_fixtures import PLUGIN, InventoryFile, Json

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

STACK_UNITS = (Unit(1, "C9300-48P", "FOC00000001"), Unit(2, "C9300-24T", "FOC00000002"))


def small_world() -> list[SimDevice]:
    """A stack, a single switch, a server that is down, a disabled device."""
    return [
        SimDevice(
            10,
            "stk.example.net",
            "stk-1.example.net",
            ip="10.0.0.10",
            os="iosxe",
            version="17.9.4a",
            hardware="C9300-48P",
            serial="FOC00000001",
            location="ams1",
            inventory=lambda: shapes.catalyst(STACK_UNITS),
        ),
        SimDevice(
            11,
            "10.0.0.11",
            "n/a",
            ip="10.0.0.11",
            os="nxos",
            version="9.3(10)",
            hardware="N9K-C93180YC-EX",
            serial="FDO1",
            location="ams1",
            inventory=lambda: shapes.nexus("N9K-C93180YC-EX", "FDO1"),
        ),
        SimDevice(12, "srv.example.net", "srv-1", ip=None, os="linux", type="server", status=0, ignore=1),
        SimDevice(13, "old.example.net", "old-1", os="ios", disabled=1),
    ]


GROUPS = [SimGroup(1, "Core / all", members=(10, 11)), SimGroup(2, "Empty")]


@pytest.fixture
def small() -> c.Iterator[LibreNMSSimulator]:
    with LibreNMSSimulator(small_world(), groups=GROUPS) as simulator:
        yield simulator


@pytest.fixture
def source(tmp_path: Path, small: LibreNMSSimulator) -> InventoryFile:
    return InventoryFile(tmp_path / "source", small, all_devices=True)


STACK_HOST: Json = {
    "ansible_host": "10.0.0.10",
    "ansible_network_os": "cisco.ios.ios",
    "librenms_device_id": 10,
    "librenms_disabled": False,
    "librenms_hardware": "C9300-48P",
    "librenms_hostname": "stk.example.net",
    "librenms_ignored": False,
    "librenms_ip": "10.0.0.10",
    "librenms_location": "ams1",
    "librenms_latitude": 41.5,
    "librenms_location_id": 1,
    "librenms_longitude": 2.25,
    "librenms_name": "stk-1",
    "librenms_os": "iosxe",
    "librenms_parent_id": None,
    "librenms_serial": "FOC00000001",
    "librenms_status": "up",
    "librenms_sysname": "stk-1.example.net",
    "librenms_type": "network",
    "librenms_version": "17.9.4a",
    "librenms_virtual_chassis": None,
}


# What users see


def test_list_is_what_librenms_has(source: InventoryFile) -> None:
    source.write(all_devices=True, strip_domain=True)
    listed = source.listed()
    assert listed["_meta"]["hostvars"] == {
        "stk-1": STACK_HOST,
        "10.0.0.11": {
            **STACK_HOST,
            "ansible_host": "10.0.0.11",
            "ansible_network_os": "cisco.nxos.nxos",
            "librenms_device_id": 11,
            "librenms_hardware": "N9K-C93180YC-EX",
            "librenms_hostname": "10.0.0.11",
            "librenms_ip": "10.0.0.11",
            "librenms_name": "10.0.0.11",
            "librenms_os": "nxos",
            "librenms_serial": "FDO1",
            "librenms_sysname": "n/a",
            "librenms_version": "9.3(10)",
        },
        "srv-1": {
            **{name: value for name, value in STACK_HOST.items() if name != "ansible_network_os"},
            "ansible_host": "srv.example.net",
            "librenms_device_id": 12,
            "librenms_hardware": "",
            "librenms_hostname": "srv.example.net",
            "librenms_ignored": True,
            "librenms_ip": "",
            "librenms_location": "",
            "librenms_latitude": None,
            "librenms_location_id": None,
            "librenms_longitude": None,
            "librenms_name": "srv-1",
            "librenms_os": "linux",
            "librenms_serial": "",
            "librenms_status": "down",
            "librenms_sysname": "srv-1",
            "librenms_type": "server",
            "librenms_version": "",
        },
    }
    assert listed["all"] == {"children": ["ungrouped"]}
    assert listed["ungrouped"] == {"hosts": ["stk-1", "10.0.0.11", "srv-1"]}
    assert source.routes == {"GET /devices": 1}


def test_graph_of_groups_and_stacks(source: InventoryFile) -> None:
    source.write(
        filters={"status": ["up"], "type": ["network"]},
        use_sysname=False,
        strip_domain=True,
        virtual_chassis="members",
        group_by=["location", "device_group"],
        keyed_groups=[{"key": "librenms_os", "prefix": "os"}],
        groups={"big": "librenms_hardware is search('48P')"},
        compose={"site": "librenms_location | upper"},
    )
    assert source.run("ansible-inventory", "--graph").stdout.splitlines() == [
        "@all:",
        "  |--@ungrouped:",
        "  |--@virtual_chassis:",
        "  |  |--@vc_stk:",
        "  |  |  |--stk",
        "  |  |  |--stk-M1",
        "  |  |  |--stk-M2",
        "  |--@location_ams1:",
        "  |  |--stk",
        "  |  |--stk-M1",
        "  |  |--stk-M2",
        "  |  |--10.0.0.11",
        "  |--@device_group_Core___all:",
        "  |  |--stk",
        "  |  |--stk-M1",
        "  |  |--stk-M2",
        "  |  |--10.0.0.11",
        "  |--@big:",
        "  |  |--stk",
        "  |  |--stk-M1",
        "  |--@os_iosxe:",
        "  |  |--stk",
        "  |  |--stk-M1",
        "  |  |--stk-M2",
        "  |--@virtual_chassis_members:",
        "  |  |--stk-M1",
        "  |  |--stk-M2",
        "  |--@os_nxos:",
        "  |  |--10.0.0.11",
    ]
    # The same budget as the search: the list, and one inventory for each device that could be a stack.
    assert source.routes == {"GET /devices": 1, "GET /inventory/:x/all": 2, "GET /devicegroups": 1, "GET /devicegroups/:x": 2}


def test_a_member_of_a_stack(source: InventoryFile) -> None:
    source.write(filters={"device_ids": [10]}, strip_domain=True, virtual_chassis="members")
    member = source.run("ansible-inventory", "--host", "stk-1-M2").json()
    assert member == {
        **STACK_HOST,
        "librenms_hardware": "C9300-24T",
        "librenms_serial": "FOC00000002",
        "librenms_is_master": False,
        "librenms_member_name": "Switch 2",
        "librenms_member_position": 2,
        "librenms_stack_host": "stk-1",
        "librenms_virtual_chassis": member["librenms_virtual_chassis"],
    }
    chassis = member["librenms_virtual_chassis"]
    assert (chassis["status"], chassis["master_position"]) == ("stack", 1)
    assert chassis["members"] == [
        {"position": 1, "serial": "FOC00000001", "model": "C9300-48P", "name": "Switch 1", "is_master": True},
        {"position": 2, "serial": "FOC00000002", "model": "C9300-24T", "name": "Switch 2", "is_master": False},
    ]


def test_filters_and_disabled_devices(source: InventoryFile) -> None:
    source.write(filters={"os": ["ios"]}, include_disabled=True)
    assert set(source.hosts()) == {"stk-1.example.net", "old-1"}
    source.write(filters={"os": ["=ios"]})
    assert "has no device that this inventory selects" in source.run("ansible-inventory", "--list").text


def test_addresses(source: InventoryFile) -> None:
    source.write(filters={"device_ids": [10]}, host_address="hostname", vars_prefix="nms_", network_os={"iosxe": "my.own.os"})
    host = source.hosts()["stk-1.example.net"]
    assert (host["ansible_host"], host["ansible_network_os"], host["nms_device_id"]) == ("stk.example.net", "my.own.os", 10)
    source.write(filters={"device_ids": [10]}, host_address="{{ librenms_sysname | replace('example', mgmt) }}", compose={"mgmt": "'x'"})
    assert "host_address could not be evaluated for host stk-1.example.net" in source.fails()
    source.write(filters={"device_ids": [10]}, host_address="{{ librenms_sysname | replace('example', 'mgmt') }}")
    assert source.hosts()["stk-1.example.net"]["ansible_host"] == "stk-1.mgmt.net"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.librenms.yml")), ids=lambda path: path.name)
def test_examples(example: Path, tmp_path: Path) -> None:
    with LibreNMSSimulator(demo_devices()) as librenms:
        source = InventoryFile(tmp_path / "source", librenms)
        # No redis here: everything else of that example is tried.
        text = example.read_text(encoding="utf-8").replace("cache: true", "cache: false" if "redis" in example.name else "cache: true")
        source.path.write_text(text, encoding="utf-8")
        assert len(source.hosts()) > 5


# Connection


def test_url_and_token_may_be_templates_with_extra_variables(source: InventoryFile) -> None:
    source.environment = {}
    secret = source.directory / "token.txt"
    secret.write_text(source.librenms.token)
    source.write(
        url="{{ scheme }}://127.0.0.1:" + str(source.librenms.port), token="{{ lookup('file', 'token.txt') }}", filters={"os": ["{{ os }}"]}
    )
    assert set(source.hosts("-e", "scheme=http", "-e", "os=nxos")) == {"10.0.0.11"}
    assert "The template of librenms_url could not be evaluated" in source.fails("-e", "os=nxos")


def test_a_vaulted_token(source: InventoryFile) -> None:
    password = source.directory / "password"
    password.write_text("pass")
    encrypted = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-vault"),
            "encrypt_string",
            "--vault-password-file",
            str(password),
            "--stdin-name",
            "librenms_token",
        ],
        input=source.librenms.token,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    source.environment = {"LIBRENMS_URL": source.librenms.url}
    source.path.write_text(f"plugin: {PLUGIN}\nall_devices: true\n{encrypted}", encoding="utf-8")
    assert len(source.hosts("--vault-password-file", str(password))) == 3
    assert source.librenms.token not in source.path.read_text(encoding="utf-8")


def test_what_is_missing_or_misspelt_is_named(source: InventoryFile) -> None:
    environment, source.environment = source.environment, {}
    assert "librenms_url: is needed" in source.fails()
    source.environment = environment
    source.write(all_devices=True, filter={"os": ["ios"]})
    assert "filter: there is no such option" in source.fails() and "Did you mean 'filters'" in source.fails()
    source.write()
    assert "at least one filter is needed" in source.fails()
    assert source.routes == {}


def test_requests_missing_is_one_clear_sentence(source: InventoryFile) -> None:
    stand_in = source.directory / "stand_in" / "requests"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("raise ImportError('no requests here')")
    text = source.fails(PYTHONPATH=os.pathsep.join([str(stand_in.parent), os.environ.get("PYTHONPATH", "")]))
    assert "The Python library requests >= 2.31 is needed by the Python that runs Ansible" in text


def test_no_secret_is_shown_or_kept(tmp_path: Path, small: LibreNMSSimulator) -> None:
    source = InventoryFile(tmp_path / "source", small, all_devices=True, virtual_chassis="members", **_jsonfile(tmp_path))
    said = source.run("ansible-inventory", "--list", "-vvvv")
    source.librenms.faults.add("status", status=401, path="/devices")
    said_too = source.run("ansible-inventory", "--list", "-vvvv", "--flush-cache")
    for text in (said.text, said_too.text, _cache_file(tmp_path).read_text()):
        assert SECRET_MARK not in text and small.token not in text
    assert len(said.stdout) > 1000 and "401" in said_too.text


# Failures

FAULTS: dict[str, Json] = {
    "server error": {"kind": "status", "status": 500},
    "unavailable": {"kind": "status", "status": 503, "count": None},
    "unauthorised": {"kind": "status", "status": 401},
    "forbidden": {"kind": "status", "status": 403},
    "web page": {"kind": "html"},
    "cut off": {"kind": "cut_json"},
    "foreign": {"kind": "foreign_json"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_failed_read_is_an_error_and_never_an_empty_inventory(fault: Json, tmp_path: Path, small: LibreNMSSimulator) -> None:
    source = InventoryFile(tmp_path / "source", small, all_devices=True, **_jsonfile(tmp_path))
    details = {name: value for name, value in fault.items() if name != "kind"}
    small.faults.add(fault["kind"], path="/devices", **details)
    assert "Reading the device list from LibreNMS failed" in source.fails()
    assert not list((tmp_path / "cache").iterdir())
    small.faults.clear()
    assert len(source.hosts()) == 3


def test_ansible_by_itself_goes_on_without_a_failed_source(source: InventoryFile) -> None:
    source.librenms.faults.add("status", status=500, path="/devices", count=None)
    ran = source.run("ansible-inventory", "--list", tolerant=True)
    assert ran.code == 0 and "Reading the device list from LibreNMS failed" in ran.text


def test_a_user_who_may_not_see_everything_gets_what_there_is(source: InventoryFile) -> None:
    source.environment["LIBRENMS_TOKEN"] = source.librenms.add_token(UserRole.USER, [10])
    assert set(source.hosts()) == {"stk-1.example.net"}


def test_unread_inventories_are_an_error(source: InventoryFile) -> None:
    source.write(all_devices=True, virtual_chassis="groups")
    source.librenms.faults.add("status", status=500, path="/inventory/10", count=None)
    text = source.fails()
    assert "Whether 1 of 3 devices are stacks could not be read. Device 10:" in text and "HTTP 500" in text
    source.write(all_devices=True, virtual_chassis="groups", strict_fetch=False)
    ran = source.run("ansible-inventory", "--list")
    assert ran.json()["_meta"]["hostvars"]["stk-1.example.net"]["librenms_virtual_chassis"]["status"] == "unknown"
    assert "Those devices are taken for no stacks" in ran.text


def test_interfaces_and_addresses(source: InventoryFile) -> None:
    port = SimPort(1, "Vl1", "Vlan1", "management", ifPhysAddress="001122334455", addresses=("10.0.0.10/24",))
    source.librenms.world.change(10, ports=lambda: (port, SimPort(2, "eth1", deleted=1, addresses=("10.0.0.99/24",))))
    source.write(all_devices=True, ports=True)
    source.librenms.requests.reset()
    hosts = source.hosts()
    assert hosts["stk-1.example.net"]["librenms_interfaces"] == [
        {
            "name": "Vl1",
            "description": "management",
            "type": "ethernetCsmacd",
            "enabled": True,
            "mtu": 1500,
            "speed": 1000000,
            "mac_address": "00:11:22:33:44:55",
            "addresses": ["10.0.0.10/24"],
        }
    ]
    assert hosts["srv-1"]["librenms_interfaces"] == []
    source.librenms.faults.add("status", status=500, path="/devices/10/ports", count=None)
    assert "The ports of 1 of 3 devices could not be read. Device 10:" in source.fails()
    source.write(all_devices=True, ports=True, strict_fetch=False)
    ran = source.run("ansible-inventory", "--list")
    assert ran.json()["_meta"]["hostvars"]["stk-1.example.net"]["librenms_interfaces"] is None
    assert "Those devices have no interfaces here" in ran.text


def test_an_unread_device_group_is_an_error(source: InventoryFile) -> None:
    source.write(all_devices=True, group_by=["device_group"])
    source.librenms.faults.add("html", path="/devicegroups/1")
    assert "Reading the device group 'Core / all' from LibreNMS failed" in source.fails()


# Cache


def _jsonfile(tmp_path: Path, **changes: t.Any) -> Json:
    return {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "cache_timeout": 300,
        **changes,
    }


def _cache_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache").iterdir()
    return path


def _expire(path: Path, seconds: float = 3600) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.fixture
def cached(tmp_path: Path, small: LibreNMSSimulator) -> InventoryFile:
    """A source whose cache is filled."""
    everything: Json = {"virtual_chassis": "members", "group_by": ["device_group", "os"], "compose": {"x": "librenms_os ~ '!'"}}
    source = InventoryFile(tmp_path / "source", small, all_devices=True, **everything, **_jsonfile(tmp_path))
    assert len(source.hosts()) == 5
    small.requests.reset()
    return source


def test_a_cached_run_asks_nothing_and_gives_the_same(cached: InventoryFile, tmp_path: Path) -> None:
    kept = cached.listed()
    assert cached.routes == {}
    fresh = cached.listed("--flush-cache")
    assert cached.routes["GET /devices"] == 1 and cached.routes == {}
    assert kept == fresh == cached.listed()
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_flush_cache_and_refresh_replace_what_is_kept(cached: InventoryFile) -> None:
    cached.librenms.world.change(12, sysName="srv-2")
    assert "srv-1" in cached.hosts() and cached.routes == {}
    assert "srv-2" in cached.hosts("--flush-cache")
    assert "srv-2" in cached.hosts()
    cached.librenms.world.change(12, sysName="srv-3")
    cached.librenms.requests.reset()
    refreshed = cached.play(
        [{"meta": "refresh_inventory"}, {"ansible.builtin.debug": {"msg": "{{ groups['all'] | join(' ') }}"}}], hosts="localhost"
    )
    assert refreshed.code == 0 and "srv-3" in refreshed.stdout and "srv-2" not in refreshed.stdout
    assert "srv-3" in cached.hosts()


def test_naming_and_groups_may_change_without_reading_anew(cached: InventoryFile, tmp_path: Path) -> None:
    cached.write(all_devices=True, strip_domain=True, virtual_chassis="groups", group_by=["device_group"], **_jsonfile(tmp_path))
    assert set(cached.hosts()) == {"stk-1", "10.0.0.11", "srv-1"}
    assert cached.routes == {}


@pytest.mark.parametrize(
    "change", [{"filters": {"os": ["nxos"]}}, {"include_disabled": True}, {"group_by": []}, {"virtual_chassis": False}]
)
def test_another_question_is_asked_anew(change: Json, cached: InventoryFile, tmp_path: Path) -> None:
    options = {"all_devices": True, "virtual_chassis": "members", "group_by": ["device_group"], **_jsonfile(tmp_path), **change}
    cached.write(**options)
    cached.listed()
    assert cached.routes["GET /devices"] == 1


def test_another_librenms_or_token_is_asked_anew(cached: InventoryFile) -> None:
    cached.environment["LIBRENMS_TOKEN"] = cached.librenms.add_token(UserRole.GLOBAL_READ)
    cached.listed()
    assert cached.routes["GET /devices"] == 1
    with LibreNMSSimulator(small_world()[:1], groups=[]) as other:
        cached.environment = {"LIBRENMS_URL": other.url, "LIBRENMS_TOKEN": other.token}
        assert set(cached.hosts()) == {"stk-1.example.net", "stk-1.example.net-M1", "stk-1.example.net-M2"}


def test_an_expired_entry_is_not_used(cached: InventoryFile, tmp_path: Path) -> None:
    _expire(_cache_file(tmp_path), 200)
    cached.listed()
    assert cached.routes == {}
    _expire(_cache_file(tmp_path), 400)
    cached.listed()
    assert cached.routes["GET /devices"] == 1


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"all": {"hosts": ["evil"]}}', "[]", '{"__payload__": "x"}', "null", "\x00\xff"],
    ids=["empty", "cut", "foreign", "list", "payload", "null", "binary"],
)
def test_a_damaged_or_foreign_entry_is_read_over(content: str, cached: InventoryFile, tmp_path: Path) -> None:
    path = _cache_file(tmp_path)
    path.write_text(content, encoding="latin-1")
    assert len(cached.hosts()) == 5
    assert cached.routes["GET /devices"] == 1
    assert len(cached.hosts()) == 5 and cached.routes == {}


def test_an_entry_that_was_changed_by_hand_is_read_over(cached: InventoryFile, tmp_path: Path) -> None:
    path = _cache_file(tmp_path)
    for before, after in (('"device_id": 12', '"device_id": "12"'), ('"sysname": "srv-1"', '"sysnam": "srv-1"')):
        text = path.read_text()
        # Newer ansible-core wraps the entry as text in JSON.
        changed = text.replace(before, after).replace(json.dumps(before)[1:-1], json.dumps(after)[1:-1])
        assert changed != text
        path.write_text(changed)
        assert len(cached.hosts()) == 5
        assert cached.routes["GET /devices"] == 1


def test_a_failed_read_with_strict_fetch_off(cached: InventoryFile, tmp_path: Path) -> None:
    options = {"all_devices": True, "virtual_chassis": "members", "group_by": ["device_group"], **_jsonfile(tmp_path)}
    before = cached.listed()
    _expire(_cache_file(tmp_path))
    cached.librenms.faults.add("status", status=500, path="/devices", count=None)
    assert "HTTP 500" in cached.fails()
    cached.write(**options, strict_fetch=False)
    for arguments in ((), ("--flush-cache",)):
        ran = cached.run("ansible-inventory", "--list", *arguments)
        assert ran.json()["_meta"]["hostvars"].keys() == before["_meta"]["hostvars"].keys()
        assert "HTTP 500" in ran.text and re.search(r"What was read at \S+Z is used", ran.text)
    _cache_file(tmp_path).write_text("{}")
    assert "HTTP 500" in cached.fails()


# Ansible-runner


def test_through_ansible_runner(tmp_path: Path, small: LibreNMSSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runner sets cache variables of its own, which the source's own settings win over."""
    source = InventoryFile(tmp_path / "source", small, all_devices=True, virtual_chassis="groups", **_jsonfile(tmp_path))
    play = {
        "name": "test",
        "hosts": "virtual_chassis",
        "gather_facts": False,
        "tasks": [
            {
                "name": "show",
                "ansible.builtin.debug": {"msg": "{{ librenms_virtual_chassis.members | map(attribute='serial') | join(' ') }}"},
            }
        ],
    }
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    for number, requests in enumerate((3, 0)):
        small.requests.reset()
        (tmp_path / f"runner{number}").mkdir()
        run = ansible_runner.run(
            private_data_dir=str(tmp_path / f"runner{number}"),
            playbook=[play],
            inventory=str(source.path),
            envvars=source.environment,
            quiet=True,
        )
        assert run.status == "successful"
        shown = [event["event_data"] for event in run.events if event["event"] == "runner_on_ok"]
        assert [(data["host"], data["res"]["msg"]) for data in shown] == [("stk-1.example.net", "FOC00000001 FOC00000002")]
        assert len(small.requests) == requests


# Hostile devices


@pytest.fixture(scope="session", params=["this ansible-core", "the oldest"])
def tools(request: pytest.FixtureRequest) -> Path:
    """The commands of an ansible-core."""
    if request.param == "this ansible-core":
        return Path(sys.executable).parent
    return oldest_venv() / "bin"


HOSTILE = (
    "{{ 7 * 7 }}",
    "{{ lookup('ansible.builtin.pipe', 'touch MARK') }}",
    "{% set x = lookup('ansible.builtin.pipe', 'touch MARK') %}x",
    "{{ '{{' }} 7 * 7 }}",
    "x { {# c #}{{ 7*7 }",
    "!unsafe x {{ 7 * 7 }}",
)


def test_hostile_text_is_never_evaluated(tools: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    texts = [text.replace("MARK", str(mark)) for text in HOSTILE]
    devices = []
    for number, text in enumerate(texts, start=1):
        units = (Unit(1, f"A{text}", f"S{number}1"), Unit(2, text, f"S{number}2"))
        named: Json = {"sysName": text, "location": text, "hardware": text, "version": text, "serial": text, "os": "iosxe"}
        inventory = functools.partial(shapes.catalyst, units)
        devices.append(SimDevice(number, f"h{number}.example.net", ip=f"10.0.0.{number}", inventory=inventory, **named))
    groups = [SimGroup(number, text, members=(number,)) for number, text in enumerate(texts, start=1)]
    with LibreNMSSimulator(devices, groups=groups) as librenms:
        source = InventoryFile(
            tmp_path / "source",
            librenms,
            tools=tools,
            all_devices=True,
            strict=True,
            group_by=["location", "hardware", "device_group"],
            virtual_chassis="members",
            host_address="{{ librenms_sysname }}.x",
            compose={"label": "'is ' ~ librenms_sysname", "copied": "librenms_virtual_chassis.members"},
            groups={"sevens": "librenms_sysname is search('7')"},
            keyed_groups=[{"key": "librenms_version", "prefix": "v"}, {"key": "librenms_location ~ '!'", "prefix": "l"}],
            **_jsonfile(tmp_path),
        )
        shown = {
            "sysname": "{{ librenms_sysname }}",
            "name": "{{ librenms_name }}",
            "location": "{{ librenms_location }}",
            "label": "{{ label }}",
            "address": "{{ ansible_host }}",
            "mixed": "it is {{ librenms_hardware }}",
            "groups": "{{ librenms_device_groups | join('') }}",
            "model": "{{ librenms_virtual_chassis.members[1].model }}",
            "copied": "{{ copied[0].model }}",
            "host": "{{ inventory_hostname }}",
        }
        keep = "{{ shown | combine({'fact': fact}) | to_json }}"
        dest = str(tmp_path / "out-{{ librenms_device_id }}.json")
        tasks: list[Json] = [
            {"ansible.builtin.set_fact": {"fact": "set {{ librenms_sysname }}"}},
            {"ansible.builtin.debug": {"msg": "{{ hostvars[inventory_hostname] }} {{ group_names }} {{ fact }} {{ groups['all'] }}"}},
            {"ansible.builtin.copy": {"content": keep, "dest": dest, "mode": "0600"}, "vars": {"shown": shown}},
        ]
        for _ in ("fresh", "cached"):
            ran = source.play(tasks, hosts="all:!virtual_chassis_members")
            assert ran.code == 0, ran.text
            assert not mark.exists()
            for number, text in enumerate(texts, start=1):
                seen = json.loads((tmp_path / f"out-{number}.json").read_text())
                name = re.sub(r"[^\w.:-]|^[^\w:]", "_", text)
                assert seen == {
                    "sysname": text,
                    "name": text,
                    "location": text,
                    "label": f"is {text}",
                    "address": name,
                    "mixed": f"it is {text}",
                    "groups": text,
                    "model": text,
                    "copied": f"A{text}",
                    "host": name,
                    "fact": f"set {text}",
                }
        assert source.routes["GET /devices"] == 1
        source.run("ansible-inventory", "--list", "--export")
        assert not mark.exists()


def test_no_device_becomes_an_option_of_ssh(tools: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f"-oproxycommand=touch {mark}"
    devices = [
        SimDevice(1, "10.0.0.1", text, ip="10.0.0.1", os="iosxe"),
        SimDevice(2, f"-oProxyCommand=touch {mark}", "sw-2", ip="", os="iosxe"),
        SimDevice(3, "", text, ip="", os="iosxe"),
    ]
    with LibreNMSSimulator(devices, groups=[]) as librenms:
        source = InventoryFile(tmp_path / "source", librenms, tools=tools)
        ways: tuple[Json, ...] = ({"host_address": "{{ librenms_sysname }}"}, {}, {"compose": {"ansible_host": "librenms_sysname"}})
        for way in ways:
            source.write(all_devices=True, **way)
            source.run("ansible", "all", "-m", "ansible.builtin.raw", "-a", "id", "-e", "ansible_timeout=3", "-f", "3", tolerant=True)
            assert not mark.exists()
        ran = source.run("ansible-inventory", "--list")
        assert "ansible_host is left out" in ran.text and "sw-2" in ran.text


def test_no_device_becomes_the_controller_or_a_group(tools: Path, tmp_path: Path) -> None:
    names = ["all", "ungrouped", "127.0.0.1", "os_iosxe", "keyed_iosxe"]
    devices = [SimDevice(i, f"h{i}.example.net", name, ip="10.6.6.6", os="iosxe") for i, name in enumerate(names, start=1)]
    with LibreNMSSimulator(devices, groups=[]) as librenms:
        keyed = [{"key": "librenms_os", "prefix": "keyed"}]
        source = InventoryFile(tmp_path / "source", librenms, tools=tools, all_devices=True, group_by=["os"], keyed_groups=keyed)
        (tmp_path / "source" / "hosts.ini").write_text("innocent\n")
        ran = source.run("ansible-inventory", "--list", "-i", "hosts.ini")
        listed = ran.json()
        assert set(listed["_meta"]["hostvars"]) == {f"{name}-{i}" for i, name in enumerate(names, start=1)}
        assert "10.6.6.6" not in source.run("ansible-inventory", "-i", "hosts.ini", "--host", "localhost", tolerant=True).stdout
        assert set(listed["os_iosxe"]["hosts"]) == set(listed["keyed_iosxe"]["hosts"]) == set(listed["_meta"]["hostvars"])
        assert "A LibreNMS device has the name of a group" in ran.text


def test_devices_of_one_name_are_two_hosts_with_a_warning(source: InventoryFile) -> None:
    source.librenms.world.change(12, sysName="stk-1.example.net")
    source.librenms.world.change(11, hostname="localhost", ip="10.0.0.11")
    ran = source.run("ansible-inventory", "--list")
    assert set(ran.json()["_meta"]["hostvars"]) == {"stk-1.example.net-10", "stk-1.example.net-12", "librenms-11"}
    assert "LibreNMS has several devices of one name" in ran.text


# With the import


def test_the_hosts_of_an_inventory_are_imported_in_slices(
    tmp_path: Path, librenms: LibreNMSSimulator, ansible: Ansible, netbox: NetBoxApi
) -> None:
    """Each AWX job slice has a part of the hosts; here a limit makes the parts."""
    filters = {"location": ["LSVG", "Vienna HQ"], "type": ["network"]}
    source = InventoryFile(tmp_path / "source", librenms, filters=filters, virtual_chassis="members")
    hosts = source.hosts()
    names = sorted({host.get("librenms_stack_host", name) for name, host in hosts.items()})
    plays = yaml.safe_load((EXAMPLES / "import_inventory_hosts.yml").read_text(encoding="utf-8"))
    selected = created = 0
    for part in (names[::2], names[1::2]):
        # A stack comes with its members, all of which have its id.
        wanted = [name for name, host in hosts.items() if name in part or host.get("librenms_stack_host") in part]
        played = ansible.play(plays, arguments=f"-i {source.path} --limit {','.join(wanted)}", extra={"rules": RULES})
        result = played.result("Import, once for all hosts")
        assert {item["device_id"] for item in result["results"]} == {hosts[name]["librenms_device_id"] for name in wanted}
        assert played.result("Show what happened")["librenms_imported.summary"] == result["summary"]
        selected += result["summary"]["selected"]
        created += result["summary"]["created"]
    assert selected == len(names) and created > 3
    assert {chassis["name"] for chassis in netbox.all("dcim/virtual-chassis")} >= {"lsvg-stk-01", "vie-stk-01"}


# Size


def test_thousands_of_devices_are_one_request(tmp_path: Path) -> None:
    with LibreNMSSimulator(generate(2000)) as librenms:
        source = InventoryFile(tmp_path / "source", librenms, all_devices=True, keyed_groups=[{"key": "librenms_os", "prefix": "os"}])
        assert len(source.hosts()) == 2000
        assert source.routes == {"GET /devices": 1}
