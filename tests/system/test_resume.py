# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import that is killed between any two write requests: the next one completes it to what an undisturbed one leaves."""

from __future__ import annotations

import collections.abc as c
import json
import signal

from system.support import inprocess
from system.support.inprocess import Json
from system.support.lab import STACK_TYPE, Lab, assert_same, new_stack, stack_of
from system.support.proxy import Forward, Proxy

ONE_AT_A_TIME = {"netbox_workers": 1}


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
    """Runs an import undisturbed, then once for each of its writes with a kill before that and another run after it."""
    options = options | ONE_AT_A_TIME
    lab.netbox.server.reset("world")
    prepare()
    with Proxy(lab.netbox.url) as proxy:
        undisturbed = lab.run(netbox_url=proxy.url, **options)
        writes = len(proxy.writes)
    assert undisturbed["summary"]["failed"] == 0, undisturbed
    wanted = lab.state()
    lab.assert_settled(**options)
    for number in range(2, writes + 1):
        killed = Killed(number)
        lab.netbox.server.reset("world")
        prepare()
        killed.run(lab, options)
        result = lab.run(**options)
        assert result["summary"]["failed"] == 0, (number, result)
        assert_same(wanted, lab.state())


def test_killed_while_everything_is_new(lab: Lab) -> None:
    """The custom field, a tag, a platform, a device, a virtual machine, a stack, and one with a member that stands alone."""
    lab.device("ups", os="newos")
    lab.device("vm-linux")
    new_stack(lab, 2)
    _device, serials = new_stack(lab, 3)

    def prepare() -> None:
        for row in lab.rows():
            if row["custom_fields"]["librenms_id"]:
                lab.netbox.remove("dcim/devices", row["id"])
        lab.netbox.remove("extras/custom-fields", lab.netbox.id_of("extras/custom-fields", name="librenms_id"))
        lab.netbox.add_device("by-hand", device_type=STACK_TYPE, role="Access Switch", serial=serials[1])

    kill_everywhere(lab, prepare, {"tags": ["made by the import"], "create_missing": ["tags", "platforms"]})


def test_killed_while_stacks_are_completed(lab: Lab) -> None:
    """A device that turns out to be a stack, a stack whose members swapped and that grew, and a device that is linked."""
    single = lab.device("ups")
    becomes, becomes_serials = new_stack(lab, 2)
    swapped, serials = new_stack(lab, 3)
    stack_of(lab, [(1, serials[0]), (2, serials[2]), (3, serials[1]), (4, f"{serials[0]}N")], device=swapped)

    def prepare() -> None:
        add, netbox = lab.netbox.add_device, lab.netbox
        add(str(single.sysName), device_type="Smart-UPS 1000", role="Power")
        add(str(becomes.sysName), device_type=STACK_TYPE, serial=becomes_serials[0])
        chassis = netbox.add("dcim/virtual-chassis", name="swapped")
        rows = [
            add(f"swapped-{position}", device_type=STACK_TYPE, serial=serial, virtual_chassis=chassis["id"], vc_position=position)
            for position, serial in enumerate(serials, start=1)
        ]
        netbox.change("dcim/virtual-chassis", chassis["id"], master=rows[0]["id"])

    kill_everywhere(lab, prepare, {"existing": "update", "update_fields": {"role": "always"}})
