# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a set-up, and refusals that name everything that is missing."""

from __future__ import annotations

import typing as t

from system.support.harness import RULES, Ansible, Json, NetBoxApi, Played

CHECK = "netsot.librenms.check"


def found(played: Played) -> dict[str, str]:
    """The state of each thing that was looked at."""
    (shown,) = played.tasks("Show what was found")
    assert isinstance(shown["msg"], list)
    return {check["subject"]: check["state"] for check in checks(played)}


def checks(played: Played) -> list[Json]:
    return t.cast("list[Json]", played.result("Ask both servers")["checks"])


def test_a_set_up_that_works(ansible: Ansible, world: NetBoxApi) -> None:
    before = world.changes()
    played = ansible.play(CHECK, extra={"netbox_jobs": "", "ports": "", "create_missing": ["tags"]})
    assert played.status == "successful", played.stdout
    assert set(found(played).values()) == {"ok"}
    assert {"LibreNMS", "LibreNMS devices", "NetBox", "Custom field", "Permissions to read", "Permissions to write"} < set(found(played))
    assert any(subject.startswith("Clock of") for subject in found(played))
    assert world.changes() == before


def test_a_custom_field_that_is_not_for_interfaces_yet(ansible: Ansible, world: NetBoxApi) -> None:
    field = world.one("extras/custom-fields", name="librenms_id")
    world.change("extras/custom-fields", field["id"], object_types=["dcim.device", "virtualization.virtualmachine"])
    try:
        for token, ports, state in (("admin_v2", "primary", "ok"), ("limited", "all", "warning"), ("limited", "none", "ok")):
            played = ansible.play(CHECK, extra={"netbox_token": world.tokens[token], "ports": ports})
            (found_field,) = [item for item in checks(played) if item["subject"] == "Custom field"]
            assert found_field["state"] == state
            assert ("dcim.interface" in found_field["message"]) is (ports != "none")
    finally:
        world.change("extras/custom-fields", field["id"], object_types=field["object_types"])


def test_what_is_missing_is_listed(ansible: Ansible, world: NetBoxApi) -> None:
    played = ansible.play(
        CHECK, extra={"librenms_token": "not-the-token", "netbox_token": world.tokens["limited"], "create_missing": ["sites"]}
    )
    assert played.status == "failed"
    states = found(played)
    assert (states["LibreNMS"], states["Permissions to read"], states["Permissions to write"]) == ("missing", "ok", "missing")
    message = played.result("Fail because something is missing")["msg"]
    for text in ("2 things are missing", "401", "virtualization.add_virtualmachine", "dcim.change_virtualchassis", "dcim.add_site"):
        assert text in message
    assert "dcim.add_device," not in message
    searching = ansible.play(CHECK, extra={"netbox_token": world.tokens["view_only"], "librenms_check_purpose": "search"})
    assert searching.status == "successful", searching.stdout
    undoing = ansible.play(CHECK, extra={"netbox_token": world.tokens["no_rights"], "librenms_check_purpose": "undo"})
    states = found(undoing)
    assert (states["Permissions to read"], states["Permissions to delete"]) == ("missing", "warning")
    message = undoing.result("Fail because something is missing")["msg"]
    assert "core.view_objectchange" in message and "dcim.change_virtualchassis" in message and "dcim.add_" not in message


def test_a_search_names_all_that_it_may_not_see(ansible: Ansible, world: NetBoxApi) -> None:
    options = {"all_devices": True, "rules": RULES, "netbox_token": world.tokens["no_rights"]}
    message = ansible.module("librenms_device_search", options).result()["msg"]
    for permission in ("dcim.view_site", "dcim.view_devicetype", "virtualization.view_virtualmachine", "ipam.view_ipaddress"):
        assert permission in message
