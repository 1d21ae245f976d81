# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugins and the callback through a real ansible-playbook, with a stand-in for the module.

The stand-in goes on only when the test, having read the line it expects, lets it: so every line is known to have come before the end.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading
import typing as t

import ansible_runner
import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._job_store import JobStatus, JobStore
from ansible_collections.netsot.librenms.plugins.module_utils._jobs import Job, JobKind, Phase

COLLECTION = next(
    path for path in (pathlib.Path(entry, "ansible_collections/netsot/librenms") for entry in sys.path) if (path / "plugins").is_dir()
)
# Every test waits for events; this only bounds how long a failing one takes.
PATIENCE = 120

MODULE = '''
from __future__ import annotations
DOCUMENTATION = """
module: librenms_device_search
short_description: Stand-in
description: [Stand-in]
author: [nobody (@nobody)]
options:
  job_id: {description: [x], type: str}
  state_dir: {description: [x], type: path}
  steps: {description: [x], type: path}
"""
import pathlib, time
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, Stopped
from ansible_collections.netsot.librenms.plugins.module_utils._jobs import Job, JobKind, JobStatus, Phase

STEPS = ((Phase.LISTING, None, 0, 0), (Phase.READING, 4, 1, 0), (Phase.READING, 4, 3, 1), (Phase.WRITING, 9, 9, 2))

def main():
    spec = {"job_id": {"type": "str"}, "state_dir": {"type": "path"}, "steps": {"type": "path"}}
    module = AnsibleModule(spec, supports_check_mode=True)
    options = {"job_id": module.params["job_id"], "state_dir": module.params["state_dir"], "check_mode": module.check_mode}
    result = {"changed": False}
    try:
        with Job.open(JobKind.SEARCH, **options) as job:
            try:
                phase = None
                for number, step in enumerate(STEPS):
                    if step[0] is not phase:
                        phase = step[0]
                        job.phase(phase, step[1])
                    job.set_progress(*step[2:])
                    while module.params["steps"] and not pathlib.Path(module.params["steps"], str(number)).exists():
                        job.checkpoint()
                        time.sleep(0.05)
                job.finish(JobStatus.COMPLETED, {"selected": 9})
            except Stopped as stopped:
                job.finish(JobStatus(stopped.reason.value), {"not_processed": 9 - step[2]})
                result["cancelled"] = True
    except CollectionError as error:
        module.fail_json(msg=str(error))
    module.exit_json(job=job.result(), **result)

if __name__ == "__main__":
    main()
'''

# A connection of another name, which runs on this machine all the same.
CONNECTION = '''
from __future__ import annotations
DOCUMENTATION = """
name: elsewhere
short_description: Stand-in
description: [Stand-in]
author: [nobody (@nobody)]
extends_documentation_fragment: [connection_pipelining]
"""
from ansible.plugins.connection.local import Connection as Local
class Connection(Local):
    transport = "netsot.librenms.elsewhere"
'''

STEPS = ["search: listing,", "search: reading 1/4,", "search: reading 3/4, 1 failed,", "search: writing 9/9, 2 failed,"]


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A collections path with this collection, its search module replaced by the stand-in."""
    root = tmp_path_factory.mktemp("collections")
    target = root / "ansible_collections" / "netsot" / "librenms"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("action", "callback", "plugin_utils", "module_utils", "doc_fragments"):
        shutil.copytree(COLLECTION / "plugins" / name, target / "plugins" / name, ignore=ignore)
    (target / "plugins" / "modules").mkdir()
    for name in ("librenms_job.py", "librenms_job_info.py"):
        shutil.copy(COLLECTION / "plugins" / "modules" / name, target / "plugins" / "modules")
    (target / "plugins" / "modules" / "librenms_device_search.py").write_text(MODULE)
    (target / "plugins" / "connection").mkdir()
    (target / "plugins" / "connection" / "elsewhere.py").write_text(CONNECTION)
    shutil.copytree(COLLECTION / "playbooks", target / "playbooks")
    (target / "meta").mkdir()
    (target / "meta" / "runtime.yml").write_text(
        "requires_ansible: '>=2.17.0'\naction_groups: {all: [librenms_device_search, librenms_job, librenms_job_info]}\n"
    )
    return root


class Playbook:
    """One running ansible-playbook whose lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str], steps: pathlib.Path) -> None:
        self.process = process
        self.lines: list[str] = []
        self._steps = steps
        self._queue: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def expect(self, text: str) -> str:
        """Wait for a line that holds the text."""
        while True:
            line = self._queue.get(timeout=PATIENCE)
            assert line is not None, f"ended without {text!r}:\n" + "\n".join(self.lines)
            self.lines.append(line)
            if text in line:
                return line

    def step(self, number: int) -> None:
        (self._steps / str(number)).touch()

    def finish(self) -> str:
        while (line := self._queue.get(timeout=PATIENCE)) is not None:
            self.lines.append(line)
        self.process.wait(timeout=PATIENCE)
        return "\n".join(self.lines)

    @property
    def progress(self) -> list[str]:
        return [line for line in self.lines if re.match(r"\[\S+\] search: ", line)]


@pytest.fixture
def state(tmp_path: pathlib.Path) -> JobStore:
    return JobStore(str(tmp_path / "state"))


@pytest.fixture
def environment(collections: pathlib.Path, tmp_path: pathlib.Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    (tmp_path / "steps").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "NETSOT_", "XDG_"))}
    return kept | {
        "HOME": str(tmp_path / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
        "NETSOT_LIBRENMS_STATE_DIR": str(tmp_path / "state"),
    }


@pytest.fixture
def play(environment: dict[str, str], tmp_path: pathlib.Path) -> t.Callable[..., contextlib.AbstractContextManager[Playbook]]:
    @contextlib.contextmanager
    def play(
        *tasks: dict[str, t.Any], arguments: t.Sequence[str] = (), env: t.Mapping[str, str] | None = None, **keywords: t.Any
    ) -> t.Iterator[Playbook]:
        path = tmp_path / "play.yml"
        header: dict[str, t.Any] = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        path.write_text(json.dumps([header | {"tasks": list(tasks)} | keywords]))
        command = [sys.executable, "-m", "ansible", "playbook", str(path), *arguments]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment | dict(env or {}),
        ) as process:
            try:
                yield Playbook(process, tmp_path / "steps")
            finally:
                for number in range(len(STEPS)):
                    (tmp_path / "steps" / str(number)).touch()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=PATIENCE)
                process.kill()

    return play


Play = t.Callable[..., contextlib.AbstractContextManager[Playbook]]


def search(tmp_path: pathlib.Path, *, steps: bool = True, **keywords: t.Any) -> dict[str, t.Any]:
    arguments = keywords.pop("arguments", {})
    if steps:
        arguments = arguments | {"steps": str(tmp_path / "steps")}
    return {"name": "Search", "netsot.librenms.librenms_device_search": arguments, "register": "found"} | keywords


SHOW = {"name": "Show", "ansible.builtin.debug": {"msg": "job={{ found.job.id }} {{ found.job.status }} check={{ found.job.check_mode }}"}}


def assert_quiet(output: str) -> None:
    assert "[WARNING]" not in output
    assert "[DEPRECATION" not in output
    assert "Traceback" not in output


def test_lines_come_live_and_in_order(play: Play, tmp_path: pathlib.Path) -> None:
    with play(search(tmp_path), SHOW) as playbook:
        for number, text in enumerate(STEPS):
            assert "[localhost] " + text in playbook.expect(text)
            playbook.step(number)
        output = playbook.finish()
    assert playbook.process.returncode == 0
    assert re.search(r"job=[0-9a-f-]{36} completed check=False", output)
    assert [line.split(", ")[0].split(": ")[1] for line in playbook.progress if " 0/" not in line] == [
        "listing",
        "reading 1/4",
        "reading 3/4",
        "writing 9/9",
    ]
    assert len(playbook.progress) == len(set(playbook.progress))
    assert max(index for index, line in enumerate(playbook.lines) if line in playbook.progress) < playbook.lines.index("ok: [localhost]")
    assert_quiet(output)


def test_check_mode_defaults_and_templates(play: Play, tmp_path: pathlib.Path) -> None:
    defaults = {"group/netsot.librenms.all": {"job_id": "{{ prefix }}-search", "state_dir": str(tmp_path / "other")}}
    with play(
        search(tmp_path, check_mode=True), SHOW, module_defaults=defaults, vars={"prefix": "nightly"}, arguments=["--check"]
    ) as playbook:
        for number, text in enumerate(STEPS):
            playbook.expect(text)
            playbook.step(number)
        output = playbook.finish()
    assert "job=nightly-search completed check=True" in output
    assert JobStore(str(tmp_path / "other")).read("nightly-search") is not None
    assert_quiet(output)


def test_state_directory_from_the_environment_of_the_task(play: Play, tmp_path: pathlib.Path) -> None:
    where = {"NETSOT_LIBRENMS_STATE_DIR": "{{ playbook_dir }}/{{ 'tasks' }}"}
    with play(search(tmp_path, environment=where), SHOW) as playbook:
        playbook.expect(STEPS[0])
        playbook.step(0)
        playbook.expect("search: reading")
    assert len(JobStore(str(tmp_path / "tasks")).listing().records) == 1


def test_earlier_run_of_the_same_id_shows_nothing(play: Play, tmp_path: pathlib.Path, state: JobStore) -> None:
    with Job.open(JobKind.SEARCH, job_id="nightly", state_dir=str(state.directory.parent)) as earlier:
        earlier.phase(Phase.WRITING, 5)
    with play(search(tmp_path, arguments={"job_id": "nightly"}), SHOW) as playbook:
        playbook.expect(STEPS[0])
        for number in range(4):
            playbook.step(number)
        playbook.finish()
    assert "listing" in playbook.progress[0]


@pytest.mark.parametrize(
    "keywords", [{"no_log": True}, {"vars": {"ansible_connection": "netsot.librenms.elsewhere"}}], ids=["no_log", "remote"]
)
def test_no_lines_where_none_may_or_can_be(play: Play, tmp_path: pathlib.Path, state: JobStore, keywords: dict[str, t.Any]) -> None:
    with play(search(tmp_path, arguments={"job_id": "one"}, **keywords), SHOW) as playbook:
        playbook.expect("TASK [Search]")
        # Long enough for two lines; none of them can come late, as the stand-in still waits.
        end = threading.Event()
        while (record := state.read("one")) is None or record.progress.phase is None:
            end.wait(0.1)
        end.wait(1.5)
        for number in range(4):
            playbook.step(number)
        output = playbook.finish()
    assert playbook.progress == []
    assert "job=one completed" in output


def test_unusable_id_is_the_modules_error(play: Play, tmp_path: pathlib.Path) -> None:
    with play(search(tmp_path, arguments={"job_id": "../one"})) as playbook:
        output = playbook.finish()
    assert playbook.process.returncode == 2
    assert "job_id: not a usable id of a job" in output
    assert "Traceback" not in output


def test_two_at_once_of_one_id(play: Play, tmp_path: pathlib.Path) -> None:
    with play(search(tmp_path, arguments={"job_id": "one"})) as first:
        first.expect(STEPS[0])
        with play(search(tmp_path, steps=False, arguments={"job_id": "one"})) as second:
            output = second.finish()
        assert second.process.returncode == 2
        assert "a job of this id runs since" in output
        assert second.progress == []


def test_cancelled_while_it_runs(play: Play, tmp_path: pathlib.Path, state: JobStore) -> None:
    cancel = {"netsot.librenms.librenms_job": {"job_id": "one", "state": "cancelled", "wait_timeout": PATIENCE}, "diff": True}
    with play(search(tmp_path, arguments={"job_id": "one"}), SHOW) as playbook:
        playbook.expect(STEPS[0])
        playbook.step(0)
        playbook.expect("search: reading")
        with play(cancel, {**cancel, "name": "Again"}) as canceller:
            output = canceller.finish()
        searched = playbook.finish()
    assert canceller.process.returncode == 0
    assert "changed=1" in output
    assert '+    "status": "cancelled"' in output
    assert "job=one cancelled" in searched
    record = state.read("one")
    assert record is not None
    assert record.status is JobStatus.CANCELLED


def test_shipped_playbook_lists_and_cancels(play: Play, tmp_path: pathlib.Path, environment: dict[str, str], state: JobStore) -> None:
    command = [sys.executable, "-m", "ansible", "playbook", "netsot.librenms.jobs"]
    with play(search(tmp_path, arguments={"job_id": "one"})) as playbook:
        playbook.expect(STEPS[0])
        listed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert re.search(r'"one +search +running +no +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +\d+ +listing', listed.stdout)
        assert "changed=0" in listed.stdout
        command += ["-e", "librenms_job_cancel=one"]
        cancelled = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert re.search(r'"one +search +cancelled ', cancelled.stdout)
        assert "changed=1" in cancelled.stdout
        playbook.finish()
    none = subprocess.run(
        [*command[:-2], "-e", "librenms_job_status=running,lost"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert "one " not in none.stdout
    assert_quiet(listed.stderr + cancelled.stderr + none.stderr)


# Asynchronous


def test_polled_task_shows_lines_through_the_callback(play: Play, tmp_path: pathlib.Path) -> None:
    task = search(tmp_path, **{"async": 600, "poll": 1})
    with play(task, SHOW, env={"ANSIBLE_CALLBACKS_ENABLED": "netsot.librenms.job_progress"}) as playbook:
        for number, text in enumerate(STEPS):
            playbook.expect(text)
            playbook.step(number)
        output = playbook.finish()
    assert "completed check=False" in output
    assert all(line.startswith("[localhost] ") for line in playbook.progress)
    assert_quiet(output)


def test_task_without_poll_is_waited_for_later_in_check_mode_too(play: Play, tmp_path: pathlib.Path) -> None:
    tasks = [
        search(tmp_path, arguments={"job_id": "{{ 'one' }}"}, **{"async": 600, "poll": 0}),
        {"name": "Meanwhile", "ansible.builtin.debug": {"msg": "meanwhile"}},
        {
            "name": "Wait",
            "ansible.builtin.async_status": {"jid": "{{ found.ansible_job_id }}"},
            "register": "found",
            "until": "found is finished",
            "retries": PATIENCE,
            "delay": 1,
        },
        SHOW,
    ]
    with play(*tasks, arguments=["--check"]) as playbook:
        playbook.expect("meanwhile")
        for number in range(4):
            playbook.step(number)
        output = playbook.finish()
    assert "job=one completed check=True" in output
    assert playbook.progress == []


# ansible-runner, and so AWX


def test_lines_are_live_events_of_ansible_runner(
    environment: dict[str, str], collections: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(pathlib.Path(sys.executable).parent) + os.pathsep + os.environ["PATH"])
    project = tmp_path / "runner" / "project"
    project.mkdir(parents=True)
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [search(tmp_path)]}
    (project / "play.yml").write_text(json.dumps([play]))
    events: list[tuple[str, str]] = []

    def handle(event: dict[str, t.Any]) -> bool:
        events.append((event["event"], event["stdout"]))
        for number, text in enumerate(STEPS):
            if text in event["stdout"]:
                (tmp_path / "steps" / str(number)).touch()
        return True

    run = ansible_runner.run(
        private_data_dir=str(tmp_path / "runner"),
        playbook="play.yml",
        envvars={key: value for key, value in environment.items() if key.startswith(("ANSIBLE_", "NETSOT_", "HOME"))},
        event_handler=handle,
        quiet=True,
        timeout=PATIENCE,
    )
    assert run.status == "successful"
    names = [name for name, _stdout in events]
    shown = [index for index, (_name, stdout) in enumerate(events) if "search: " in stdout]
    assert len(shown) >= len(STEPS)
    assert {names[index] for index in shown} == {"verbose"}
    assert max(shown) < names.index("runner_on_ok")
    assert collections.is_dir()
