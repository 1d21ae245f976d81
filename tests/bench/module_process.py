# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module of the collection in a process of its own, measured from inside.

Imported, :func:`run_module` starts that process. Run as a program with the name of a module it reads the module's
arguments from standard input and runs its ``main()``, as Ansible does.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import memory

Json = dict[str, t.Any]

PACKAGE = "ansible_collections.netsot.librenms.plugins"


@dataclasses.dataclass(frozen=True, slots=True)
class Write:
    """One list write of an import: what was sent when, in seconds of one clock, and the ids that came back."""

    target: str
    method: str
    bodies: list[Json]
    ids: list[int]
    begun: float
    ended: float


@dataclasses.dataclass(frozen=True, slots=True)
class ModuleRun:
    """``seconds`` from the call of ``main()`` to its end, ``cpu`` seconds of the whole process, ``peak`` bytes."""

    result: Json
    seconds: float
    cpu: float
    peak: int
    writes: list[Write]

    @property
    def stats(self) -> Json:
        return t.cast("Json", self.result["stats"])


class ModuleFailed(Exception):
    """The module ended without a result, or with ``failed``."""


def run_module(name: str, arguments: c.Mapping[str, t.Any], *, check: bool = False) -> ModuleRun:
    """Runs a module with these arguments. Raises ModuleFailed with what it said."""
    with tempfile.TemporaryDirectory() as directory:
        measures = Path(directory) / "measures.json"
        output = Path(directory) / "result.json"
        files = {"state_dir": f"{directory}/state", "cache_dir": f"{directory}/cache"}
        given = json.dumps({**files, **arguments, "_ansible_check_mode": check})
        with output.open("wb") as stdout:
            process = subprocess.run(
                [sys.executable, __file__, name, str(measures)],
                input=given.encode(),
                stdout=stdout,
                stderr=subprocess.PIPE,
                check=False,
            )
        text = output.read_text(encoding="utf-8")
        try:
            result = json.loads(text)
            measured = json.loads(measures.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ModuleFailed(f"{name} gave no result: {text[-500:]} {process.stderr.decode()[-2000:]}") from None
    if result.get("failed"):
        raise ModuleFailed(f"{name} failed: {result.get('msg')}")
    writes = [Write(**write) for write in measured["writes"]]
    return ModuleRun(result, measured["seconds"], measured["cpu"], measured["peak"], writes)


def _main(name: str, measures: Path) -> None:
    # Where Ansible finds collections Python has to be told.
    sys.path.insert(0, os.environ.get("ANSIBLE_COLLECTIONS_PATH", ".").split(os.pathsep)[0])
    from ansible.module_utils.testing import patch_module_args

    module = importlib.import_module(f"{PACKAGE}.modules.{name}")
    sender: t.Any = importlib.import_module(f"{PACKAGE}.module_utils._netbox.write").NetBoxSender
    writes: list[Write] = []
    send = sender.send

    def recorded(self: t.Any, target: t.Any, method: str, bodies: list[Json]) -> t.Any:
        begun = time.monotonic()
        rows = send(self, target, method, bodies)
        # Nothing is copied: what the recording costs must not be seen in the figures.
        writes.append(Write(str(target), method, bodies, [row["id"] for row in rows], begun, time.monotonic()))
        return rows

    sender.send = recorded
    begun = time.monotonic()
    try:
        with patch_module_args(json.load(sys.stdin)):
            module.main()
    except SystemExit:
        seconds = time.monotonic() - begun
        usage = resource.getrusage(resource.RUSAGE_SELF)
        measured: Json = {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": memory.peak()}
        measured["writes"] = [dataclasses.asdict(write) for write in writes]
        measures.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
