# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports that are killed between two write requests, and completed by another one."""

from __future__ import annotations

import collections.abc as c
import json
import signal

from system.support import inprocess
from system.support.inprocess import Json
from system.support.lab import Lab, assert_same
from system.support.proxy import Forward, Proxy

ONE_AT_A_TIME = {"netbox_workers": 1}
# So many kills of each test, spread over its writes, unless --all-moments is given.
FEW = 5


def moments(lab: Lab, writes: int) -> list[int]:
    """The numbers of the writes before which an import is killed: there is nothing to complete before the second."""
    every = list(range(2, writes + 1))
    if lab.all_moments or len(every) <= FEW:
        return every
    return sorted({every[number * (len(every) - 1) // (FEW - 1)] for number in range(FEW)})


class Killed:
    """One import in a process of its own, which is killed when it sends its write of that number."""

    def __init__(self, number: int) -> None:
        self._number = number
        # Started before its options are known: loading the libraries takes as long as all the rest.
        self._process = inprocess.start()

    def run(self, lab: Lab, options: Json) -> None:
        with Proxy(lab.netbox.url) as proxy:
            proxy.on_write(self._number, self._kill)
            output, errors = self._process.communicate(json.dumps(lab.options(netbox_url=proxy.url, **options)).encode(), timeout=120)
            assert self._process.returncode == -signal.SIGKILL, (output, errors)
            assert len([seen for seen in proxy.writes if seen.status]) == self._number - 1

    def _kill(self, _forward: Forward) -> None:
        self._process.kill()
        self._process.wait()


def kill_everywhere(lab: Lab, prepare: c.Callable[[], None], options: Json) -> None:
    """Runs an import undisturbed, then with a kill before one of its writes and another run after it, for several of its writes."""
    options = options | ONE_AT_A_TIME
    lab.netbox.server.reset("world")
    prepare()
    with Proxy(lab.netbox.url) as proxy:
        undisturbed = lab.run(netbox_url=proxy.url, **options)
        writes = len(proxy.writes)
    assert undisturbed["summary"]["failed"] == 0, undisturbed
    wanted = lab.state()
    lab.assert_settled(**options)
    for number in moments(lab, writes):
        killed = Killed(number)
        lab.netbox.server.reset("world")
        prepare()
        killed.run(lab, options)
        result = lab.run(**options)
        assert result["summary"]["failed"] == 0, (number, result)
        assert_same(wanted, lab.state())
