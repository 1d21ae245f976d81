# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own: start, status, stop, and a list of many devices."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import typing as t
import urllib.request
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.tests.servers import librenms_simulator
from ansible_collections.netsot.librenms.tests.servers.librenms_simulator import DetachedSimulator, devices_of, generate
from ansible_collections.netsot.librenms.tests.servers.netbox_paths import ServerError

SCRIPT = Path(librenms_simulator.__file__).resolve()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}


@pytest.fixture
def detached(environ: dict[str, str]) -> t.Iterator[DetachedSimulator]:
    simulator = DetachedSimulator(environ=environ)
    yield simulator
    simulator.stop()


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], env=environ, capture_output=True, text=True, timeout=120, check=False)


def get(url: str, token: str) -> t.Any:
    request = urllib.request.Request(url, headers={"X-Auth-Token": token})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        return json.load(answer)


def test_commands(environ: dict[str, str], detached: DetachedSimulator) -> None:
    """A piped start comes back although the server goes on: it holds neither its output nor its input."""
    before = run(environ, "status")
    assert json.loads(before.stdout)["running"] is False
    assert run(environ, "env").returncode == 1
    started = run(environ, "start", "--devices", "12", "--version", "25.6.0", "--token", "chosen")
    assert started.returncode == 0, started.stderr
    status = json.loads(started.stdout)
    assert (status["running"], status["token"], status["version"], status["devices"]) == (True, "chosen", "25.6.0", "12")
    assert get(f"{status['url']}/api/v0/devices", "chosen")["count"] == 12
    assert get(f"{status['url']}/api/v0/system", "chosen")["system"][0]["local_ver"] == "25.6.0"
    assert f"export LIBRENMS_URL={status['url']}\nexport LIBRENMS_TOKEN=chosen\n" == run(environ, "env").stdout
    stopped = run(environ, "stop")
    assert (stopped.returncode, json.loads(stopped.stdout)["running"]) == (0, False)
    assert run(environ, "stop").returncode == 0


def test_start_is_done_once_and_anew_for_other_devices(detached: DetachedSimulator) -> None:
    assert detached.start("5") is True
    first = detached.status()
    assert detached.start("5") is False
    assert detached.status() == first
    assert detached.start("6") is True
    second = detached.status()
    assert second["pid"] != first["pid"]
    assert (second["url"], second["token"]) == (first["url"], first["token"])
    assert detached.stop() is True
    assert detached.stop() is False


def test_state_is_private_and_belongs_to_a_process(detached: DetachedSimulator) -> None:
    detached.start("1")
    assert stat.S_IMODE(detached.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((detached.data / "state.json").stat().st_mode) == 0o600
    status = detached.status()
    pid = status["pid"]
    assert status["token"] not in Path(f"/proc/{pid}/cmdline").read_text()
    os.kill(pid, signal.SIGKILL)
    while detached.status()["pid"]:
        continue
    assert detached.status()["running"] is False
    assert detached.start("1") is True


def test_start_says_why_it_failed(detached: DetachedSimulator) -> None:
    with pytest.raises(ServerError, match="a LibreNMS version has the form"):
        detached.start("1", version="newest")
    assert detached.status()["running"] is False


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("7", 7)])
def test_devices_by_number(text: str, count: int) -> None:
    assert len(devices_of(text)) == count
    with pytest.raises(ValueError, match="many"):
        devices_of("many")


def test_two_thousand_devices_in_one_list() -> None:
    with librenms_simulator.LibreNMSSimulator(generate(2000)) as librenms:
        for _ in range(2):
            answer = get(f"{librenms.url}/api/v0/devices", librenms.token)
            assert answer["count"] == len(answer["devices"]) == 2000
