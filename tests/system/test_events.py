# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook through ansible-rulebook: an alert of LibreNMS becomes a device in NetBox."""

from __future__ import annotations

import collections.abc as c
import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
import yaml
from paths import COLLECTION_PATH, installed_root
from servers.librenms_server import LibreNMSSimulator
from servers.netbox_server import NetBoxServer
from system.support.gate import PATIENCE
from system.support.harness import DEMO_VARS, NetBoxApi, servers_environment
from venvs import REQUIREMENTS, ensure_venv

RULE = "Device added within the last 60 minutes"
TOKEN = "webhook-token-1"
NEW = 9


def java() -> int:
    if shutil.which("java") is None:
        return 0
    said = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


@pytest.fixture
def webhook(tmp_path: Path, librenms: LibreNMSSimulator, netbox_server: NetBoxServer) -> c.Iterator[str]:
    """The address of a running rulebook, which is started in a copy of the directory awx."""
    if java() < 17:
        pytest.skip("ansible-rulebook needs Java 17, which is not installed")
    venv = ensure_venv("venv-tools", REQUIREMENTS / "tools.txt")
    project = tmp_path / "project"
    shutil.copytree(installed_root() / COLLECTION_PATH / "awx", project)
    (project / "settings.yml").write_text(yaml.safe_dump({"rules": DEMO_VARS["rules"]}), encoding="utf-8")
    (project / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (project / "webhook.yml").write_text(
        yaml.safe_dump({"librenms_webhook_host": "127.0.0.1", "librenms_webhook_port": port}), encoding="utf-8"
    )
    environment = {
        **os.environ,
        **servers_environment(librenms, netbox_server),
        "PATH": os.pathsep.join([str(venv / "bin"), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(installed_root()),
        "NETSOT_LIBRENMS_CACHE_DIR": str(tmp_path / "cache"),
        "NETSOT_LIBRENMS_STATE_DIR": str(tmp_path / "state"),
        "LIBRENMS_WEBHOOK_TOKEN": TOKEN,
    }
    command = ["ansible-rulebook", "-r", "netsot.librenms.librenms_device_added", "-i", "inventory.yml", "-e", "webhook.yml"]
    command += ["-E", "LIBRENMS_WEBHOOK_TOKEN"]
    with (tmp_path / "rulebook.log").open("w") as log:
        process = subprocess.Popen(command, cwd=project, env=environment, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait()


def send(url: str, token: str = TOKEN, **alert: object) -> int:
    """As LibreNMS's transport does; waits until the rulebook listens."""
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(requests.ConnectionError):
            return requests.post(url, json=alert, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code
        assert time.monotonic() < end, "the rulebook does not listen"
        time.sleep(1)


def test_an_alert_imports_its_device(webhook: str, librenms: LibreNMSSimulator, netbox: NetBoxApi, tmp_path: Path) -> None:
    assert send(webhook, "wrong", device_id=NEW, state=1, rule=RULE) == 401
    # An alert that ends, another rule, and the one that counts, which comes twice.
    assert send(webhook, device_id=12, state=0, rule=RULE) == 200
    assert send(webhook, device_id=12, state=1, rule="Device down") == 200
    assert send(webhook, device_id=NEW, state=1, rule=RULE) == 200
    assert send(webhook, device_id=NEW, state=1, rule=RULE) == 200
    log = tmp_path / "rulebook.log"
    end = time.monotonic() + PATIENCE
    while "PLAY RECAP" not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < end, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(1)
    text = log.read_text(encoding="utf-8")
    assert "failed=0" in text, text[-3000:]
    linked = [
        device for device in netbox.all("dcim/devices") if (device["custom_fields"].get("librenms_id") or {}).get("default") in (NEW, 12)
    ]
    assert [device["custom_fields"]["librenms_id"]["default"] for device in linked] == [NEW]
    assert TOKEN not in text
