# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin through a real ansible-playbook, with a stand-in for the module. Starting Ansible takes seconds, so one run
of several tasks serves every test.

The stand-in goes on only when the test, having read the line it expects, lets it: so every line is known to have come before the
end. Lines of the real modules, in the background, and in ansible-runner are subjects of the system tests.
"""

from __future__ import annotations

import dataclasses
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

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, Phase
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore

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
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, JobStatus, Phase

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
                    while module.params["steps"] and not pathlib.Path(f"{module.params['steps']} {number}").exists():
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
    for name in ("action", "plugin_utils", "module_utils", "doc_fragments"):
        shutil.copytree(COLLECTION / "plugins" / name, target / "plugins" / name, ignore=ignore)
    for name, text in (("modules/librenms_device_search.py", MODULE), ("connection/elsewhere.py", CONNECTION)):
        (target / "plugins" / name).parent.mkdir()
        (target / "plugins" / name).write_text(text)
    (target / "meta").mkdir()
    (target / "meta" / "runtime.yml").write_text("requires_ansible: '>=2.17.0'\naction_groups: {all: [librenms_device_search]}\n")
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

    def expect(self, text: str) -> None:
        """Wait for a line that holds the text."""
        while True:
            try:
                line = self._queue.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"nothing more, and no {text!r}:\n" + "\n".join(self.lines)) from None
            assert line is not None, f"ended without {text!r}:\n" + "\n".join(self.lines)
            self.lines.append(line)
            if text in line:
                return

    def let(self, task: str, *numbers: int) -> None:
        """Let the stand-in of a task pass these steps."""
        for number in numbers:
            (self._steps / f"{task} {number}").touch()

    def finish(self) -> str:
        while (line := self._queue.get(timeout=PATIENCE)) is not None:
            self.lines.append(line)
        self.process.wait(timeout=PATIENCE)
        return "\n".join(self.lines)


@dataclasses.dataclass(frozen=True)
class Done:
    """A finished playbook: all it showed, and the lines of each task."""

    output: str
    rc: int
    directory: pathlib.Path

    def lines(self, task: str) -> list[str]:
        (part,) = [part for part in self.output.split("TASK [")[1:] if part.startswith(f"{task}]")]
        return part.splitlines()[1:]

    def progress(self, task: str) -> list[str]:
        return [line for line in self.lines(task) if re.match(r"\[\S+\] search: ", line)]


def search(name: str, directory: pathlib.Path, *, job_id: str = "", **keywords: t.Any) -> dict[str, t.Any]:
    arguments = {"steps": str(directory / "steps" / name)} | ({"job_id": job_id} if job_id else {})
    return {"name": name, "netsot.librenms.librenms_device_search": arguments} | keywords


def tasks(directory: pathlib.Path) -> list[dict[str, t.Any]]:
    defaults = {"group/netsot.librenms.all": {"job_id": "{{ prefix }}-search", "state_dir": str(directory / "other")}}
    show = {"msg": "job={{ found.job.id }} {{ found.job.status }} check={{ found.job.check_mode }}"}
    return [
        search("Plain", directory),
        search("Defaults", directory, module_defaults=defaults, check_mode=True, register="found"),
        {"name": "Show", "ansible.builtin.debug": show},
        search("Environment", directory, environment={"NETSOT_LIBRENMS_STATE_DIR": "{{ playbook_dir }}/{{ 'tasks' }}"}),
        search("Earlier", directory, job_id="nightly"),
        search("Secret", directory, job_id="secret", no_log=True),
        search("Remote", directory, job_id="remote", vars={"ansible_connection": "netsot.librenms.elsewhere"}),
        search("Unusable", directory, job_id="../one"),
    ]


def drive(playbook: Playbook, store: JobStore) -> None:
    """Lets each task go on when it has shown what it is to show."""
    playbook.expect("[localhost] " + STEPS[0])
    playbook.let("Plain", 0, 1, 2)
    playbook.expect("[localhost] " + STEPS[3])
    playbook.let("Plain", 3)
    for name in ("Defaults", "Environment", "Earlier"):
        playbook.expect(f"TASK [{name}]")
        playbook.expect(STEPS[0])
        playbook.let(name, *range(4))
    for name in ("Secret", "Remote"):
        playbook.expect(f"TASK [{name}]")
        # Long enough for two lines; none of them can come late, as the stand-in still waits.
        pause = threading.Event()
        while (record := store.read(name.lower())) is None or record.progress.phase is None:
            pause.wait(0.1)
        pause.wait(1.5)
        playbook.let(name, *range(4))


@pytest.fixture(scope="module")
def done(collections: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    directory = tmp_path_factory.mktemp("play")
    for name in ("home", "steps"):
        (directory / name).mkdir()
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": {"prefix": "nightly"}, "tasks": tasks(directory)}
    (directory / "play.yml").write_text(json.dumps([play]))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "NETSOT_", "XDG_"))}
    environment = kept | {
        "HOME": str(directory / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "NETSOT_LIBRENMS_STATE_DIR": str(directory / "state"),
        # Before ansible-core 2.19 Ansible leaves lines in the buffer of a pipe; a terminal has none.
        "PYTHONUNBUFFERED": "1",
    }
    with Job.open(JobKind.SEARCH, job_id="nightly", state_dir=str(directory / "state")) as earlier:
        earlier.phase(Phase.WRITING, 5)
    with subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", str(directory / "play.yml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        playbook = Playbook(process, directory / "steps")
        try:
            drive(playbook, JobStore(str(directory / "state")))
            output = playbook.finish()
        finally:
            # Killing it would leave a worker with its module behind, which waits for its steps.
            for name in ("Plain", "Defaults", "Environment", "Earlier", "Secret", "Remote"):
                playbook.let(name, *range(4))
            process.wait(timeout=PATIENCE)
    return Done(output, process.returncode, directory)


def test_lines_come_live_and_in_order(done: Done) -> None:
    shown = done.progress("Plain")
    assert STEPS[0] in shown[0]
    assert STEPS[3] in shown[-1]
    assert len(shown) == len(set(shown))
    lines = done.lines("Plain")
    assert lines.index(shown[-1]) < lines.index("ok: [localhost]")


def test_check_mode_defaults_and_templates(done: Done) -> None:
    assert '"msg": "job=nightly-search completed check=True"' in done.output
    assert JobStore(str(done.directory / "other")).read("nightly-search") is not None
    assert done.progress("Defaults")


def test_state_directory_from_the_environment_of_the_task(done: Done) -> None:
    assert done.progress("Environment")
    assert len(JobStore(str(done.directory / "tasks")).listing().records) == 1


def test_earlier_run_of_the_same_id_shows_nothing(done: Done) -> None:
    assert STEPS[0] in done.progress("Earlier")[0]


@pytest.mark.parametrize("name", ["Secret", "Remote"])
def test_no_lines_where_none_may_or_can_be(done: Done, name: str) -> None:
    assert done.progress(name) == []
    assert "ok: [localhost]" in done.lines(name)


def test_unusable_id_is_the_modules_error(done: Done) -> None:
    assert done.rc == 2
    assert "job_id: not a usable id of a job" in "\n".join(done.lines("Unusable"))


def test_nothing_strange_is_shown(done: Done) -> None:
    assert "[WARNING]" not in done.output
    assert "[DEPRECATION" not in done.output
    assert "Traceback" not in done.output
