# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user's mistake or a broken server looks like: one sentence, no traceback, nothing written."""

from __future__ import annotations

import socket
import typing as t

import pytest
from servers.librenms_demo import demo_devices
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import RULES, Ansible, NetBoxApi, servers_environment


def failed(ansible: Ansible, options: dict[str, t.Any], **arguments: t.Any) -> str:
    played = ansible.module("netbox_device_import", {"all_devices": True, **options}, **arguments)
    assert played.status == "failed"
    result = played.result()
    assert "Traceback" not in played.stdout
    assert not result.get("exception") or "Traceback" not in result["exception"]
    assert "\n" not in result["msg"]
    return str(result["msg"])


WRONG: list[tuple[dict[str, t.Any], list[str]]] = [
    ({"filters": {"oss": ["ios"]}}, ["filters", "oss", "os"]),
    ({"filters": {"status": ["sideways"]}}, ["filters.status", "sideways"]),
    ({"filters": {"device_group": ["no such group"]}}, ["device_group", "no such group"]),
    ({"filters": {"location": ["Pariss DC2"]}}, ["location", "Pariss DC2", "Paris DC2"]),
    ({"rules": {"sites": [{"location_regex": "(", "site": "Paris DC2"}]}}, ["rules.sites[0].location_regex", "("]),
    ({"rules": {"roles": [{"type": "network", "role": "Swich"}]}}, ["rules.roles[0].role", "Swich", "Switch"]),
    ({"rules": {"roles": [{"typ": "network", "role": "Switch"}]}}, ["rules.roles[0]", "typ", "type"]),
    ({"overrides": [{"device_id": 1, "site": "Atlantis"}]}, ["overrides[0].site", "Atlantis"]),
    ({"tags": ["no such tag"]}, ["tags[0]", "no such tag"]),
    ({"update_fields": {"serail": "always"}}, ["update_fields", "serail", "serial"]),
    ({"update_fields": {"serial": "sometimes"}}, ["update_fields.serial", "sometimes"]),
    ({"status_map": {"up": "flying"}, "rules": RULES}, ["status_map.up", "flying"]),
    ({"vc_member_name_pattern": "-M"}, ["vc_member_name_pattern", "-M"]),
    ({"vc_member_name_pattern": "-{slot}"}, ["vc_member_name_pattern", "{slot}"]),
    ({"batch_size": "many"}, ["batch_size", "many"]),
    ({"server_key": "a b"}, ["server_key", "a b"]),
    ({"report_path": "/no/such/directory/report.html"}, ["report_path", "/no/such/directory/report.html"]),
    ({"librenms_url": "librenms.example.net"}, ["librenms_url", "librenms.example.net"]),
    ({"netbox_ca_path": "/no/such/file"}, ["netbox_ca_path", "/no/such/file"]),
    ({"deadline": 0}, ["deadline", "0"]),
    ({"interface_rules": [{"typ": "lag"}]}, ["interface_rules[0]", "typ", "type"]),
    ({"vrfs": [{"name": "x", "vrf": "no such vrf"}], "rules": RULES}, ["vrfs[0].vrf", "no such vrf"]),
    ({"management_interface": "x" * 65}, ["management_interface", "x" * 65]),
    ({"custom_fields": {"no_such_field": 7}}, ["custom_fields.no_such_field", "7"]),
    ({"suggested_rules_path": "/no/such/directory/rules.yml"}, ["suggested_rules_path", "/no/such/directory/rules.yml"]),
]


@pytest.fixture(scope="module")
def answers(netbox_server: t.Any, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, t.Any]]:
    """The results of one task for each of the wrong options, run one after the other in one playbook."""
    with LibreNMSSimulator(demo_devices()) as librenms:
        ansible = Ansible(tmp_path_factory.mktemp("wrong"), servers_environment(librenms, netbox_server))
        before = netbox_server.changelog_count()
        tasks = [{"all_devices": True, **options} for options, _parts in WRONG]
        played = ansible.modules("netbox_device_import", tasks)
        assert "Traceback" not in played.stdout
        assert netbox_server.changelog_count() == before
        return played.results()


@pytest.mark.parametrize("number", range(len(WRONG)), ids=["-".join(options) for options, _parts in WRONG])
def test_wrong_options(answers: list[dict[str, t.Any]], number: int) -> None:
    result = answers[number]
    assert result["failed"]
    assert not result.get("exception") or "Traceback" not in result["exception"]
    assert "\n" not in result["msg"]
    assert all(part in result["msg"] for part in WRONG[number][1]), result["msg"]


def test_no_filter(ansible: Ansible) -> None:
    message = failed(ansible, {"all_devices": False})
    assert "all_devices" in message
    assert "filters" in message


def test_wrong_tokens(ansible: Ansible, netbox_server: t.Any) -> None:
    message = failed(ansible, {"librenms_token": "not-the-token"})
    assert "401" in message
    assert "librenms_token" in message
    assert "not-the-token" not in message
    message = failed(ansible, {"netbox_token": "0123456789abcdef0123456789abcdef01234567"})
    assert "403" in message
    assert "netbox_token" in message


@pytest.mark.parametrize(("name", "reason"), [("expired", "403"), ("disabled", "403"), ("no_rights", "dcim.view_site")])
def test_tokens_without_use(ansible: Ansible, netbox: NetBoxApi, name: str, reason: str) -> None:
    before = netbox.changes()
    message = failed(ansible, {"netbox_token": netbox.tokens[name], "rules": RULES})
    assert reason in message
    assert netbox.changes() == before


@pytest.mark.parametrize(
    ("name", "permissions"),
    [
        ("read_only", ["dcim.add_device", "dcim.change_device", "virtualization.add_virtualmachine"]),
        ("view_only", ["dcim.add_device", "dcim.add_virtualchassis", "virtualization.add_virtualmachine", "ipam.add_ipaddress"]),
        ("limited", ["dcim.add_virtualchassis", "dcim.change_virtualchassis", "virtualization.add_virtualmachine"]),
    ],
)
def test_missing_rights_are_named_before_anything_is_written(
    ansible: Ansible, netbox: NetBoxApi, name: str, permissions: list[str]
) -> None:
    before = netbox.changes()
    message = failed(ansible, {"netbox_token": netbox.tokens[name], "rules": RULES})
    assert "lacks the permission" in message
    assert [text for text in permissions if text not in message] == []
    assert netbox.changes() == before


def test_html_instead_of_an_api(ansible: Ansible, librenms: LibreNMSSimulator, netbox_server: t.Any) -> None:
    message = failed(ansible, {"librenms_url": netbox_server.url})
    assert "librenms_url" in message
    message = failed(ansible, {"netbox_url": librenms.url})
    assert "netbox_url" in message
    message = failed(ansible, {"netbox_url": netbox_server.url.replace("http:", "https:")})
    assert "if it speaks http, netbox_url must begin with http://" in message


def test_servers_that_are_down(ansible: Ansible) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        message = failed(ansible, {"librenms_url": nobody})
        assert "refused" in message
        assert "librenms_url" in message
        message = failed(ansible, {"netbox_url": nobody})
        assert "refused" in message
        assert "netbox_url" in message


def test_without_pynetbox(ansible: Ansible, tmp_path: t.Any) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "pynetbox.py").write_text("raise ImportError('hidden for this test')\n", encoding="utf-8")
    message = failed(ansible, {}, variables={"PYTHONPATH": str(hidden)})
    assert "pynetbox" in message
    assert "ansible_python_interpreter" in message


def test_secrets_are_nowhere(ansible: Ansible, librenms: LibreNMSSimulator, netbox: NetBoxApi) -> None:
    """A whole flow at the highest verbosity, with a failing task in it."""
    librenms.faults.add("status", path="/api/v0/inventory/", count=1, status=500)
    outputs = []
    for check in (True, False):
        played = ansible.module(
            "netbox_device_import",
            {"filters": {"location": ["Paris DC2"]}, "rules": RULES},
            check=check,
            arguments="-vvvv --diff",
        )
        outputs.append(played.stdout)
    outputs.append(
        ansible.module(
            "librenms_device_search", {"all_devices": True, "rules": RULES, "librenms_token": "wrong-token-123"}, arguments="-vvvv"
        ).stdout
    )
    for path in (*ansible.cache_dir.rglob("*"), *ansible.state_dir.rglob("*")):
        if path.is_file():
            outputs.append(path.read_text(encoding="utf-8", errors="replace"))
            assert path.stat().st_mode & 0o077 == 0, path
    assert len(outputs) > 5
    for output in outputs:
        for secret in (librenms.token, netbox.tokens["admin_v2"], "s3cr3t-", "wrong-token-123"):
            assert secret not in output
