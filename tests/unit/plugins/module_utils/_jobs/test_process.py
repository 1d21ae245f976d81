# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._jobs import process as _job_process
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.process import Liveness, ProcessIdentity, liveness

HERE = ProcessIdentity(host="laptop", pid=1, started=5, boot_id="boot-1", namespace="pid:[1]")


def test_own_process_is_alive() -> None:
    here = ProcessIdentity.current()
    assert here.pid == os.getpid()
    assert liveness(here, here) is Liveness.ALIVE


def test_reused_process_number_is_not_mistaken() -> None:
    here = ProcessIdentity.current()
    assert here.started is not None
    assert liveness(dataclasses.replace(here, started=here.started - 1), here) is Liveness.GONE


def test_killed_process_is_gone_even_before_it_is_reaped() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        stat = _job_process._read_stat(child.pid)
        assert stat is not None
        process = dataclasses.replace(ProcessIdentity.current(), pid=child.pid, started=stat[1])
        here = ProcessIdentity.current()
        assert liveness(process, here) is Liveness.ALIVE
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert liveness(process, here) is Liveness.GONE
    assert liveness(process, here) is Liveness.GONE


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"boot_id": "boot-0"}, Liveness.GONE, id="restarted"),
        pytest.param({"boot_id": "boot-0", "host": "server"}, Liveness.UNKNOWN, id="other machine"),
        pytest.param({"namespace": "pid:[2]"}, Liveness.UNKNOWN, id="other container, host name shared"),
        pytest.param({"namespace": "pid:[2]", "host": "ee-1"}, Liveness.UNKNOWN, id="other container"),
        pytest.param({"boot_id": "", "host": "server"}, Liveness.UNKNOWN, id="other machine without boot id"),
    ],
)
def test_other_places(changes: dict[str, t.Any], wanted: Liveness) -> None:
    assert liveness(dataclasses.replace(HERE, **changes), HERE) is wanted


def test_renamed_host_is_still_the_same_kernel() -> None:
    here = ProcessIdentity.current()
    assert liveness(dataclasses.replace(here, host="another-name"), here) is Liveness.ALIVE


def test_without_proc_the_process_number_has_to_do() -> None:
    here = ProcessIdentity(host="mac", pid=os.getpid())
    assert liveness(here, here) is Liveness.ALIVE
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    assert liveness(dataclasses.replace(here, pid=child.pid), here) is Liveness.GONE
