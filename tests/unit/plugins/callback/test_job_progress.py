# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import pathlib
import types
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.callback.job_progress import CallbackModule
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, Phase
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore
from ansible_collections.netsot.librenms.plugins.plugin_utils import _progress


@dataclasses.dataclass
class Host:
    name: str

    def get_name(self) -> str:
        return self.name


def new_result(async_id: str) -> t.Any:
    """As ansible-core 2.19 and later hand it to callbacks."""
    return types.SimpleNamespace(result={"ansible_job_id": async_id}, host=Host("localhost"))


def old_result(async_id: str) -> t.Any:
    """As ansible-core 2.17 and 2.18 do."""
    return types.SimpleNamespace(_result={"ansible_job_id": async_id}, _host=Host("localhost"))


@pytest.fixture
def job(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Job]:
    monkeypatch.setattr(_progress.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    with Job.open(JobKind.IMPORT, state_dir=str(tmp_path / "state"), job_id="one") as job:
        _progress.link_async("j1.2", JobStore(str(tmp_path / "state")).record_path("one"))
        yield job


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(_progress, "LINE_INTERVAL", 0)
    monkeypatch.setattr("ansible.utils.display.Display.display", lambda _self, line: lines.append(line))
    return lines


def test_is_not_on_unless_enabled() -> None:
    assert CallbackModule.CALLBACK_TYPE == "notification"
    assert CallbackModule.CALLBACK_NEEDS_ENABLED is True


@pytest.mark.parametrize("make_result", [old_result, new_result])
def test_one_line_for_each_poll_at_which_the_job_has_moved(job: Job, shown: list[str], make_result: t.Callable[[str], t.Any]) -> None:
    callback = CallbackModule()
    callback.v2_runner_on_async_poll(make_result("j1.2"))
    assert shown == []
    job.phase(Phase.READING, 4)
    for _ in range(3):
        callback.v2_runner_on_async_poll(make_result("j1.2"))
    assert len(shown) == 1
    assert shown[0].startswith("[localhost] import: reading 0/4, ")


@pytest.mark.usefixtures("job")
def test_other_tasks_are_left_alone(shown: list[str]) -> None:
    callback = CallbackModule()
    callback.v2_runner_on_async_poll(new_result("j3.4"))
    callback.v2_runner_on_async_poll(types.SimpleNamespace(result={}, host=Host("localhost")))
    assert shown == []


def test_ended_job_shows_nothing(job: Job, shown: list[str]) -> None:
    job.phase(Phase.READING, 4)
    job.__exit__(None, None, None)
    CallbackModule().v2_runner_on_async_poll(new_result("j1.2"))
    assert shown == []
