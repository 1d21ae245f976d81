# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target has to load for a search: an archive of Ansible's holds no compiled code, so that each file costs at every task."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

SHARED = "ansible_collections.netsot.librenms.plugins.module_utils."
MODULE = "ansible_collections.netsot.librenms.plugins.modules.librenms_device_search"
# What judges by NetBox, and what writes reports.
NEEDLESS = (
    "_engine.judging",
    "_engine.planning",
    "_engine.matching.matcher",
    "_engine.matching.catalog",
    "_flow.assessing",
    "_jobs.journal",
    "_library",
    "_netbox.client",
    "_netbox.existing",
    "_report.report",
    "_report.html_file",
    "_report.csv_file",
)
LOADED = f"print('loaded', *(name.removeprefix({SHARED!r}) for name in sys.modules if name.startswith({SHARED!r})))"
IMPORTED = f"import sys\nimport {MODULE}\n{LOADED}"
RUN = f"""
import json, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.argv[1].encode()
basic._ANSIBLE_PROFILE = "legacy"
from {MODULE} import main
try:
    main()
finally:
    {LOADED}
"""


def run(script: str, *arguments: str) -> tuple[str, set[str]]:
    """What a new interpreter prints, and the files of ours that it has loaded."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=False)
    printed, _, loaded = done.stdout.rpartition("loaded ")
    assert loaded, done.stderr
    return printed, set(loaded.split())


def needless(loaded: set[str]) -> list[str]:
    return sorted(name for name in loaded for part in NEEDLESS if name == part or name.startswith(f"{part}."))


def test_the_module_loads_nothing_that_judges() -> None:
    _printed, loaded = run(IMPORTED)
    assert "_flow.finding" in loaded
    assert needless(loaded) == []
    assert sorted(name for name in loaded if name.startswith("_netbox.")) == ["_netbox.url"]


@pytest.mark.parametrize("name", NEEDLESS)
def test_what_is_not_loaded_is_there(name: str) -> None:
    shared = pathlib.Path(__file__).parents[4] / "plugins" / "module_utils" / name.replace(".", "/")
    assert shared.is_dir() or shared.with_suffix(".py").is_file()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the simulator needs Python 3.12")
@pytest.mark.parametrize("report", [None, "report.json"])
def test_a_search_that_does_not_assess_does_not_either(tmp_path: pathlib.Path, report: str | None) -> None:
    from ansible_collections.netsot.librenms.tests.servers.librenms_devices import generate
    from ansible_collections.netsot.librenms.tests.servers.librenms_server import LibreNMSSimulator

    options = {"all_devices": True, "detect_virtual_chassis": True, "rules": {"roles": [{"os": "ios", "role": "Access"}]}}
    options |= {"cache_dir": str(tmp_path / "cache"), "state_dir": str(tmp_path / "state"), "_ansible_remote_tmp": str(tmp_path)}
    if report:
        options["report_path"] = str(tmp_path / report)
    with LibreNMSSimulator(generate(5)) as librenms:
        given = options | {"librenms_url": librenms.url, "librenms_token": librenms.token, "assess": False}
        printed, loaded = run(RUN, json.dumps({"ANSIBLE_MODULE_ARGS": given}))
    result = json.loads(printed)
    assert result["summary"]["selected"] == len(result["devices"]) == 5, result
    reports = {"_report.report", "_report.html_file", "_report.csv_file"} if report else set()
    assert set(needless(loaded)) == reports
    assert bool(report) == (tmp_path / "report.json").is_file()
