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
            self.through(proxy, lab.options(netbox_url=proxy.url, **options))

    def through(self, proxy: Proxy, given: Json) -> None:
        """:param given: all options of the import, with the proxy as its NetBox"""
        before = _answered(proxy)
        proxy.on_write(self._number, self._kill)
        output, errors = self._process.communicate(json.dumps(given).encode(), timeout=120)
        assert self._process.returncode == -signal.SIGKILL, (output, errors)
        assert _answered(proxy) - before == self._number - 1

    def _kill(self, _forward: Forward) -> None:
        self._process.kill()
        self._process.wait()


def _answered(proxy: Proxy) -> int:
    return len([seen for seen in proxy.writes if seen.status])


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


def kill_plan_everywhere(lab: Lab, prepare: c.Callable[[], None], options: Json) -> None:
    """Carries a saved plan out undisturbed, then with a kill before one of its writes and once more, for several of its writes."""
    path = str(lab.directory / "killed.json")
    # A plan is for one NetBox, so that all runs go through one proxy.
    with Proxy(lab.netbox.url) as proxy:
        places = {name: str(lab.directory / f"{name} of the plan") for name in ("state_dir", "cache_dir")}
        token = lab.netbox.tokens["admin_v2"]
        given = {"netbox_url": proxy.url, "netbox_token": token, "apply_plan": path, **places, **ONE_AT_A_TIME}

        def plan() -> Json:
            lab.netbox.server.reset("world")
            prepare()
            return lab.run(check=True, netbox_url=proxy.url, save_plan=path, **options)

        planned = plan()
        assert planned["summary"]["blocked"] == 0, planned["results"]
        before = len(proxy.writes)
        assert inprocess.run_import(given)["summary"]["failed"] == 0
        writes = len(proxy.writes) - before
        wanted = lab.state()
        for number in moments(lab, writes):
            killed = Killed(number)
            plan()
            killed.through(proxy, given)
            completed = inprocess.run_import(given)
            assert (completed["summary"]["failed"], completed["summary"]["blocked"]) == (0, 0), (number, completed["results"])
            assert_same(wanted, lab.state())
            again = inprocess.run_import(given)
            assert not again["changed"] and again["stats"]["netbox_writes"] == 0, (number, again["diff"])
