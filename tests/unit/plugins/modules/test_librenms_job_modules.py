# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import json
import pathlib
import typing as t

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, Phase
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import JobStatus
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore
from ansible_collections.netsot.librenms.plugins.modules import librenms_job, librenms_job_info

Run = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a module in this process and returns its answer."""

    def run(module: t.Any, *, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        arguments = {"ANSIBLE_MODULE_ARGS": options | {"_ansible_check_mode": check_mode, "_ansible_remote_tmp": str(tmp_path)}}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode())
        # Needed since ansible-core 2.19, where a module is told how its arguments are encoded.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            module.main()
        return t.cast("dict[str, t.Any]", json.loads(capsys.readouterr().out))

    return run


@pytest.fixture
def jobs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> JobStore:
    """One completed import, one failed search, one running import."""
    monkeypatch.setenv("NETSOT_LIBRENMS_STATE_DIR", str(tmp_path))
    with Job.open(JobKind.IMPORT, job_id="done", user="a", parameters={"existing": "link"}) as job:
        job.phase(Phase.WRITING, 2)
        for number in range(30):
            job.log(f"line {number}")
        job.finish(JobStatus.COMPLETED, {"created": 2})
    with Job.open(JobKind.SEARCH, job_id="broken", user="b") as job:
        job.finish(JobStatus.FAILED, {}, "It failed.")
    Job.open(JobKind.IMPORT, job_id="busy", user="a")
    return JobStore()


@pytest.mark.usefixtures("jobs")
def test_info_lists_newest_first(run: Run) -> None:
    answer = run(librenms_job_info)
    assert answer["changed"] is False
    assert answer["total"] == 3
    assert [job["id"] for job in answer["jobs"]] == ["busy", "broken", "done"]
    done = answer["jobs"][-1]
    assert (done["status"], done["user"], done["summary"], done["parameters"]) == ("completed", "a", {"created": 2}, {"existing": "link"})
    assert len(done["log"]) == 20
    assert answer["jobs"][1]["error"] == "It failed."
    assert not {"started", "finished"} & set(answer)


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"job_id": "done"}, ["done"]),
        ({"job_id": "nobody"}, []),
        ({"kind": "search"}, ["broken"]),
        ({"status": ["running", "failed"]}, ["busy", "broken"]),
        ({"user": "a", "limit": 1}, ["busy"]),
        ({"limit": 0}, ["busy", "broken", "done"]),
    ],
)
def test_info_filters(run: Run, options: dict[str, t.Any], ids: list[str]) -> None:
    assert [job["id"] for job in run(librenms_job_info, check_mode=True, **options)["jobs"]] == ids


@pytest.mark.usefixtures("jobs")
def test_info_says_what_is_wrong(run: Run, tmp_path: pathlib.Path) -> None:
    assert run(librenms_job_info, job_id="../x")["msg"].startswith("job_id: ")
    assert run(librenms_job_info, limit=-1)["msg"].startswith("limit: ")
    (tmp_path / "file").write_text("")
    answer = run(librenms_job_info, state_dir=str(tmp_path / "file"))
    assert answer["failed"] is True
    assert "cannot be read" in answer["msg"]


def test_info_of_a_place_without_jobs_is_empty(run: Run, tmp_path: pathlib.Path) -> None:
    assert run(librenms_job_info, state_dir=str(tmp_path / "nothing"))["jobs"] == []
    assert not (tmp_path / "nothing").exists()


def test_cancel(run: Run, jobs: JobStore) -> None:
    preview = run(librenms_job, job_id="busy", state="cancelled", check_mode=True)
    assert not jobs.cancel_requested("busy")
    answer = run(librenms_job, job_id="busy", state="cancelled", wait=False)
    assert jobs.cancel_requested("busy")
    assert preview["changed"] is answer["changed"] is True
    assert preview["diff"] == answer["diff"] == {"before": {"status": "running"}, "after": {"status": "cancelled"}}
    assert run(librenms_job, job_id="busy", state="cancelled", wait=False)["changed"] is False
    late = run(librenms_job, job_id="busy", state="cancelled", wait_timeout=0)
    assert late["changed"] is False


def test_cancel_that_takes_too_long(run: Run, jobs: JobStore) -> None:
    answer = run(librenms_job, job_id="busy", state="cancelled", wait_timeout=1)
    assert answer["failed"] is True
    assert "still runs after 1 seconds" in answer["msg"]
    assert answer["job"]["status"] == "running"
    assert jobs.cancel_requested("busy")


@pytest.mark.usefixtures("jobs")
def test_cancel_of_an_ended_and_of_an_unknown_job(run: Run) -> None:
    answer = run(librenms_job, job_id="done", state="cancelled")
    assert answer["changed"] is False
    assert answer["job"]["status"] == "completed"
    assert "There is no job nobody" in run(librenms_job, job_id="nobody", state="cancelled")["msg"]


def test_absent(run: Run, jobs: JobStore) -> None:
    preview = run(librenms_job, job_id="done", state="absent", check_mode=True)
    assert jobs.read("done") is not None
    answer = run(librenms_job, job_id="done", state="absent")
    assert jobs.read("done") is None
    assert preview["changed"] is answer["changed"] is True
    assert preview["diff"] == answer["diff"]
    assert answer["job"] is None
    assert run(librenms_job, job_id="done", state="absent")["changed"] is False
    assert "Cancel it first" in run(librenms_job, job_id="busy", state="absent")["msg"]


@pytest.mark.parametrize("name", ["librenms_job", "librenms_job_info"])
def test_examples_use_documented_options(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.netsot.librenms.plugins.modules.{name}")
    options = set(yaml.safe_load(module.DOCUMENTATION)["options"])
    used = [task[f"netsot.librenms.{name}"] for task in yaml.safe_load(module.EXAMPLES) if f"netsot.librenms.{name}" in task]
    assert used
    assert set().union(*used) <= options


def test_returned_keys_are_documented(run: Run, jobs: JobStore) -> None:
    assert jobs.read("done") is not None
    documented = yaml.safe_load(librenms_job_info.RETURN)
    answer = run(librenms_job_info)
    assert set(answer) - {"changed", "invocation"} == set(documented)
    assert set(answer["jobs"][0]) == set(documented["jobs"]["contains"])
