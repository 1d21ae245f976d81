# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of ansible-playbook that a test watches and meddles with while it goes on."""

from __future__ import annotations

import concurrent.futures
import queue
import re
import threading
import typing as t

from system.support.gate import PATIENCE
from system.support.harness import Ansible, Json, Played

PROGRESS = re.compile(r"^\[(?P<host>\S+)\] (?P<job>(?:search|import): .*)$")


class Playing:
    """One run in the background. Its events are read as they come."""

    def __init__(self, ansible: Ansible, *arguments: t.Any, method: str = "module", **keywords: t.Any) -> None:
        self._events: queue.Queue[Json | None] = queue.Queue()
        self._future: concurrent.futures.Future[Played] = concurrent.futures.Future()
        self.texts: list[str] = []
        run = getattr(ansible, method)

        def play() -> None:
            try:
                self._future.set_result(run(*arguments, on_event=self._events.put, **keywords))
            except BaseException as error:  # noqa: BLE001
                self._future.set_exception(error)
            self._events.put(None)

        threading.Thread(target=play, daemon=True).start()

    def expect(self, pattern: str) -> str:
        """Wait for an event in whose text the pattern is found; the whole text."""
        while (event := self._events.get(timeout=PATIENCE)) is not None:
            found = str(event.get("stdout") or "")
            self.texts.append(found)
            if re.search(pattern, found):
                return found
        raise AssertionError(f"it ended without {pattern!r}:\n" + "\n".join(self.texts))

    def finish(self) -> Played:
        return self._future.result(timeout=PATIENCE)

    @property
    def running(self) -> bool:
        return not self._future.done()


def progress(played: Played) -> list[str]:
    """The progress lines of a run, in order, without the host's name and colours."""
    lines = (re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in played.stdout.splitlines())
    return [found["job"] for line in lines if (found := PROGRESS.match(line))]
