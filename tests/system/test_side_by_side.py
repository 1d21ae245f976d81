# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two and three imports at once, from processes of their own: what they leave is what one import leaves."""

from __future__ import annotations

import collections
import collections.abc as c
import contextlib
import json
import random
import threading
import typing as t

import pytest
from system.support import inprocess
from system.support.harness import RULES, Json
from system.support.lab import STACK_TYPE, Lab, assert_same, links_of, new_stack, stack_of
from system.support.proxy import Answer, Forward, Proxy
from system.test_ports import polled

# So many rounds of each number of imports in make test, and with --all-moments, as make races gives it.
FEW, MANY = 1, 20
# Seconds; only bounds how long a failing test takes.
PATIENCE = 300
# What several imports certainly create at once: of one the second is refused, of another it is taken back.
CONTESTED = {"extras/tags", "dcim/devices", "dcim/virtual-chassis", "virtualization/virtual-machines"}


@pytest.mark.parametrize("imports", [2, 3])
def test_imports_side_by_side_leave_what_one_leaves(lab: Lab, imports: int) -> None:
    prepare, ids, options = everything(lab)
    lab.netbox.server.reset("world")
    prepare()
    alone = lab.run(**options)
    assert refused(alone) == []
    wanted = lab.state()
    lab.assert_settled(**options)
    chance = random.Random(imports)
    contested: set[str] = set()
    for number in range(MANY if lab.all_moments else FEW):
        # Loading the libraries takes longer than an import: they are ready before any is told to begin.
        processes = [inprocess.start() for _process in range(imports)]
        lab.netbox.server.reset("world")
        prepare()
        with meeting(lab, imports) as proxies:
            for process, proxy, chosen in zip(processes, proxies, overlapping(ids, imports, chance), strict=True):
                run = lab.options(**options, netbox_url=proxy.url, all_devices=False, filters={"device_ids": chosen})
                assert process.stdin is not None
                process.stdin.write(json.dumps(run).encode())
                process.stdin.close()
                process.stdin = None
            results = [(process.communicate(timeout=PATIENCE), process.returncode) for process in processes]
        for (_output, errors), returncode in results:
            assert returncode == 0, errors.decode()
        said = [json.loads(output) for (output, _errors), _returncode in results]
        assert [issue for result in said for issue in refused(result)] == [], number
        links = collections.Counter(link for row in (*lab.rows(), *lab.machines()) for link in links_of(row))
        assert {link: count for link, count in links.items() if count > 1} == {}, number
        assert_same(wanted, lab.state())
        lab.assert_settled(**options)
        contested |= collisions(proxies)
    # Else nothing of this was side by side.
    assert contested >= CONTESTED


@contextlib.contextmanager
def meeting(lab: Lab, imports: int) -> c.Iterator[list[Proxy]]:
    """A way to NetBox for each import; none sends its first write before all have made their plan."""
    barrier = threading.Barrier(imports)

    def wait(forward: Forward) -> Answer:
        barrier.wait(PATIENCE)
        return forward()

    with contextlib.ExitStack() as stack:
        proxies = [stack.enter_context(Proxy(lab.netbox.url)) for _import in range(imports)]
        for proxy in proxies:
            proxy.on_write(1, wait)
        yield proxies


def collisions(proxies: c.Iterable[Proxy]) -> set[str]:
    """Of what NetBox refused one, because another import had made it, or had one taken back."""
    seen = (seen for proxy in proxies for seen in proxy.writes if seen.method == "DELETE" or seen.status >= 400)
    return {"/".join(item.path.split("/")[:2]) for item in seen}


def refused(result: Json) -> list[str]:
    return [str(issue) for item in result["results"] if item["action"] in ("fail", "blocked") for issue in item["issues"]]


def overlapping(ids: list[int], imports: int, chance: random.Random) -> list[list[int]]:
    """Selections that have most devices in common, and together have all."""
    selections = [[device_id for device_id in ids if chance.random() < 0.8] for _import in range(imports)]
    for device_id in ids:
        if not any(device_id in chosen for chosen in selections):
            chance.choice(selections).append(device_id)
    return selections


def everything(lab: Lab) -> tuple[t.Callable[[], None], list[int], Json]:
    """Devices of every kind, new and known, with what has to be made for them; what makes the known ones in NetBox, ids, options."""
    new = [lab.device("ups") for _number in range(3)]
    new += [lab.device("cbs350", f"Reykjavík {number}, Hall A, R1", os=f"fresh-os-{number}") for number in range(2)]
    machines = [lab.device("vm-linux") for _number in range(3)]
    stacks = [new_stack(lab, 2)[0] for _number in range(3)]
    standing = [stack_of(lab, [(1, f"FCW{number}SA1"), (2, f"FCW{number}SA2")]) for number in range(7001, 7004)]
    known = [lab.device("ups") for _number in range(3)]
    for device in (*new, *machines, *stacks, *standing, *known):
        polled(lab, device, "eth0" if device in machines else "Vl1")
    ids = [device.device_id for device in (*new, *machines, *stacks, *standing, *known)]
    rules = {
        **RULES,
        # Outside clusters, where NetBox takes any number of one name.
        "import_as": [{"hardware_regex": "VMware", "import_as": "virtual_machine"}],
        "roles": [{"name_regex": "^dev-ups", "role": "Power Supply"}, *RULES["roles"]],
    }

    def prepare() -> None:
        for device in standing:
            lab.netbox.add_device(str(device.sysName), device_type=STACK_TYPE, role="Switch", serial=device.serial)
        for device in known:
            lab.netbox.add_device(str(device.sysName), device_type="Smart-UPS 1000", role="Power")

    options: Json = {
        "rules": rules,
        "existing": "update",
        "tags": ["side by side"],
        "create_missing": ["tags", "platforms", "sites", "locations", "roles"],
        "ports": "all",
    }
    return prepare, ids, options
