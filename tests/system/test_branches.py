# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports into a branch, on a real NetBox with the branching plugin. Where that cannot be installed they are skipped."""

from __future__ import annotations

import collections.abc as c
import json
import os
import time
import typing as t
from pathlib import Path

import pytest
from servers.librenms_demo import demo_devices
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_branching import PACKAGE, ensure_plugin, plugin_directory
from servers.netbox_install import ensure_environment
from servers.netbox_paths import ServerError, locked
from servers.netbox_server import NetBoxServer
from system.support.harness import NetBoxApi, without_ids
from system.support.inprocess import Json, parameters, run_search
from system.support.lab import Lab, assert_same, by_id, new_stack
from system.support.printed import commands
from system.test_printed import BRANCHES, Shop

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import undo_spec
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.undoing import UndoOptions, undo_import

PATH = "plugins/branching/branches"


@pytest.fixture(scope="module")
def world() -> c.Iterator[NetBoxApi]:
    """A NetBox with the plugin, which no other file uses. Takes the place of the fixture that all files have."""
    server = NetBoxServer(branching=True)
    try:
        # Only what comes from the package index may be missing; a server that does not start fails.
        with locked(server.layout.installation_lock):
            ensure_environment(server.layout, os.environ, lambda _text: None)
            ensure_plugin(server.layout, os.environ, lambda _text: None)
    except ServerError as error:
        pytest.skip(f"{PACKAGE} cannot be installed into {plugin_directory(server.layout).name}: {error}")
    with server:
        server.reset("world")
        yield NetBoxApi(server)


def names(lab: Lab, branch: str = "") -> set[str]:
    """The names of NetBox's devices, in main or in a branch, asked past the collection."""
    return {str(row["name"]) for row in NetBoxApi(lab.netbox.server, branch).all("dcim/devices")}


def branch_named(lab: Lab, name: str) -> Json:
    return next(row for row in lab.netbox.all(PATH) if row["name"] == name)


def test_an_import_into_a_branch_leaves_main_as_it_is(lab: Lab) -> None:
    netbox = lab.netbox
    for row in lab.rows():
        if row["custom_fields"]["librenms_id"]:
            netbox.remove("dcim/devices", row["id"])
    netbox.remove("extras/custom-fields", netbox.id_of("extras/custom-fields", name="librenms_id"))
    device = lab.device("cbs350", os="branchos")
    stack, _serials = new_stack(lab, 2)
    options: Json = {"netbox_branch": "review", "tags": ["of a branch"], "create_missing": ["tags", "platforms"]}
    before, main = netbox.changes(), lab.state()
    preview = lab.run(check=True, netbox_branch_create=True, **options)
    assert netbox.changes() == before and netbox.all(PATH) == []
    assert preview["netbox_branch"] == {"name": "review", "id": None, "created": True}
    assert any("no branch 'review' yet" in text for text in lab.warnings)
    done = lab.run(netbox_branch_create=True, **options)
    made = branch_named(lab, "review")
    assert done["netbox_branch"] == {"name": "review", "id": made["id"], "created": True}
    assert done["summary"]["failed"] == 0, done
    for name in ("results", "diff", "summary", "changed"):
        assert_same(without_ids(preview[name]), without_ids(done[name]))
    (chassis,) = NetBoxApi(netbox.server, made["schema_id"]).all("dcim/virtual-chassis", name=by_id(done)[stack.device_id]["name"])
    wanted = {str(device.sysName), *(str(member["name"]) for member in chassis["members"])}
    assert len(wanted) == 3 and wanted <= names(lab, made["schema_id"])
    # Main has the custom field, which NetBox keeps for all branches together, and nothing else.
    assert [row["name"] for row in netbox.all("extras/custom-fields", name="librenms_id")] == ["librenms_id"]
    assert not wanted & names(lab)
    assert netbox.all("extras/tags", slug="of-a-branch") == [] and netbox.all("dcim/platforms", name="branchos") == []
    assert_same(main | {"fields": lab.state()["fields"]}, lab.state())
    for how in ("graphql", "rest"):
        again = lab.run(how=t.cast("t.Any", how), netbox_branch_create=True, **options)
        assert again["stats"]["netbox_writes"] == 0, again["diff"]
        assert not again["changed"] and again["netbox_branch"]["created"] is False
    assert by_id(lab.run(check=True))[device.device_id]["action"] == "create"


def test_a_search_of_a_branch_has_nothing_of_main_in_its_cache(lab: Lab) -> None:
    lab.device("cbs350", os="cachedos")
    lab.run(netbox_branch="cached", netbox_branch_create=True, create_missing=["platforms"])
    asked = {**lab.options(), "cache_timeout": 300}
    states = [run_search({**asked, **branch})["devices"][0]["state"] for branch in ({}, {"netbox_branch": "cached"}, {})]
    assert states == ["ready", "existing", "ready"]
    platforms = [run_search({**asked, **branch})["devices"][0]["match"]["platform"] for branch in ({}, {"netbox_branch": "cached"}, {})]
    assert [bool(found) for found in platforms] == [False, True, False]


def test_what_is_refused(lab: Lab) -> None:
    lab.device("cbs350")
    lab.netbox.add(PATH, name="nightly run")

    def refused(**options: t.Any) -> str:
        before = lab.netbox.changes()
        with pytest.raises(OptionError) as caught:
            lab.run(**options)
        assert lab.netbox.changes() == before
        return str(caught.value)

    unknown = refused(netbox_branch="nightly-rum")
    assert "is no branch of NetBox" in unknown and "nightly run" in unknown and "netbox_branch_create" in unknown
    assert "needs netbox_branch" in refused(netbox_branch_create=True)
    assert "cannot go with netbox_jobs" in refused(netbox_branch="nightly run", netbox_jobs=True)
    # A branch that is still being made is waited for.
    assert lab.run(netbox_branch="nightly run")["summary"]["created"] == 1


def test_a_merged_branch_is_refused(lab: Lab) -> None:
    device = lab.device("cbs350")
    lab.run(netbox_branch="merged", netbox_branch_create=True)
    made = branch_named(lab, "merged")
    lab.netbox.add(f"{PATH}/{made['id']}/merge", commit=True)
    until = time.monotonic() + 60
    while branch_named(lab, "merged")["status"]["value"] != "merged" and time.monotonic() < until:
        time.sleep(0.5)
    assert str(device.sysName) in names(lab)
    with pytest.raises(OptionError, match=r"cannot be used: it is merged.*changes are in main"):
        lab.run(netbox_branch="merged")
    # The link came along.
    assert by_id(lab.run())[device.device_id]["action"] == "skip"


def test_a_plan_of_main_is_carried_out_in_a_branch_and_undone_there(lab: Lab) -> None:
    device = lab.device("cbs350")
    path = str(lab.directory / "plan.json")
    lab.run(check=True, save_plan=path)
    branch: Json = {"netbox_branch": "planned"}
    done = lab.run(apply_plan=path, netbox_branch_create=True, **branch)
    assert by_id(done)[device.device_id]["action"] == "create"
    schema_id = branch_named(lab, "planned")["schema_id"]
    assert str(device.sysName) in names(lab, schema_id) - names(lab)
    assert lab.run(apply_plan=path, **branch)["stats"]["netbox_writes"] == 0
    given = {name: found for name, found in lab.options(job_id=done["job"]["id"]).items() if name in undo_spec()}
    elsewhere = UndoOptions.from_options(parameters(given, undo_spec()))
    with pytest.raises(OptionError, match=r"netbox_branch.*is not the branch that job .* wrote to, 'planned'"):
        undo_import(elsewhere, check_mode=False, parameters={}, warn=lab.warnings.append)
    options = UndoOptions.from_options(parameters({**given, **branch}, undo_spec()))
    undo_import(options, check_mode=False, parameters={}, warn=lab.warnings.append)
    assert str(device.sysName) not in names(lab, schema_id)


def test_the_commands_of_the_page(lab: Lab, tmp_path: Path) -> None:
    """As they are printed, for two devices."""
    printed = [item.text for item in commands() if item.source == BRANCHES]
    assert [("--check" in text) for text in printed] == [True, False]
    before = names(lab)
    with LibreNMSSimulator(demo_devices()) as librenms:
        shop = Shop(tmp_path, librenms, lab.netbox.server)
        few = json.dumps({"filters": {"device_ids": [1, 2]}, "librenms_background": False})
        for text in printed:
            shop.run(f"{text} -e '{few}'", write=True)
    branch = branch_named(lab, "librenms-week-48")
    assert names(lab, branch["schema_id"]) > before and names(lab) == before
