# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that misbehave: nothing leaks, nothing is lost, nothing lies, and the next run puts everything right.

``make faults`` tries the whole matrix of ``support/faults.py``, ``make integration`` one case of each kind.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import itertools
import json
import re
import threading
import time
import typing as t

import pytest
from system.support.faults import LATE, Case, Operation, Server, every_case, few_cases
from system.support.inprocess import Json, run_import, run_search
from system.support.lab import Lab, assert_same, links_of, new_stack, only
from system.support.proxy import Proxy, always

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._http import session as _http
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import write as _netbox_write

# What a sentence for people has not.
_NO_SENTENCE = re.compile(r"Traceback|Error\(|Exception\(|object at 0x|<html")
_ACTIONS_OF_EXISTING = frozenset({"create", "update", "link", "none", "skip"})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = every_case() if metafunc.config.getoption("--all-moments") else few_cases()
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short, and longer than a server is late here."""
    monkeypatch.setattr(_netbox_write, "_LOOKS", (0.05, 0.1, LATE, 2 * LATE))
    monkeypatch.setattr(_http, "BACKOFF_FACTOR", 0.01)
    monkeypatch.setattr(_http, "RETRY_AFTER_LIMIT", 0.01)


@dataclasses.dataclass(slots=True)
class Trial:
    """One operation between LibreNMS and NetBox, whatever happens on the way."""

    lab: Lab
    operation: Operation
    options: Json

    def run(self, **urls: str) -> Json | CollectionError:
        """The result, or the error that a task would fail with."""
        options = self.lab.options(cache_timeout=300, netbox_timeout=10, librenms_timeout=10, **self.options, **urls)
        self.lab.warnings.clear()
        try:
            if self.operation is Operation.SEARCH:
                return run_search({**options, "detect_virtual_chassis": True}, warn=self.lab.warnings.append)
            check = self.operation is Operation.CHECK
            return run_import({**options, "netbox_workers": 1}, check=check, warn=self.lab.warnings.append)
        except CollectionError as error:
            return error


@pytest.fixture
def fresh(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> c.Callable[[Operation], Trial]:
    """NetBox as it was, and a LibreNMS with the same devices each time."""

    def fresh(operation: Operation) -> Trial:
        monkeypatch.setattr(Lab, "ids", itertools.count(7001))
        if _clean != [lab.netbox.changes()]:
            lab.netbox.server.reset("world")
            _clean[:] = [lab.netbox.changes()]
        for device in lab.librenms.world.devices():
            lab.librenms.world.remove(device.device_id)
        devices = [lab.device("ups"), lab.device("vm-linux"), new_stack(lab, 2)[0], new_stack(lab, 3)[0]]
        options: Json = {}
        if operation is Operation.UPDATE:
            assert not lab.run()["failed"]
            options = {"existing": "update", "update_fields": {"serial": "always"}}
            for device in devices[:1]:
                lab.librenms.world.change(device.device_id, serial=f"NEW{device.device_id}")
            devices.append(new_stack(lab, 2)[0])
        return Trial(lab, operation, options)

    return fresh


# What NetBox's change log has when nothing was written since the last reset.
_clean: list[int] = []
_undisturbed: dict[Operation, tuple[Json, Json]] = {}


def undisturbed(fresh: c.Callable[[Operation], Trial], operation: Operation) -> tuple[Json, Json]:
    """The result and NetBox's state of a run without any fault; one for each operation serves all cases."""
    if operation not in _undisturbed:
        trial = fresh(operation)
        result = trial.run()
        assert not isinstance(result, CollectionError) and not result.get("failed"), result
        _undisturbed[operation] = (result, trial.lab.state())
    return _undisturbed[operation]


def settled(proxies: c.Iterable[Proxy]) -> None:
    """What is late has come."""
    for proxy in proxies:
        proxy.clear()
    time.sleep(2 * LATE if any(isinstance(thread, threading.Timer) for thread in threading.enumerate()) else 0)


def assert_told(case: Case, outcome: Json | CollectionError, lab: Lab) -> None:
    """Whatever failed says so in a sentence, without a secret."""
    said = [str(outcome)] if isinstance(outcome, CollectionError) else [outcome["msg"]] if outcome.get("failed") else []
    for text in [*said, *lab.warnings]:
        assert len(text) > 20 and text.rstrip().endswith((".", "?")) and not _NO_SENTENCE.search(text), text
    everything = json.dumps(outcome if isinstance(outcome, dict) else outcome.failure()) + " ".join([*said, *lab.warnings])
    for secret in (lab.librenms.token, lab.netbox.tokens["admin_v2"], lab.netbox.tokens["admin_v2"].partition(".")[2]):
        assert secret not in everything, case.name


def assert_true(outcome: Json | CollectionError, lab: Lab, before: Json) -> None:
    """What a result says of its devices is what NetBox has; an error of the whole has written nothing."""
    if isinstance(outcome, CollectionError):
        assert_same(before, lab.state())
        return
    rows: dict[int, Json] = {}
    for row in (*lab.rows(), *lab.machines()):
        for _key, device_id in links_of(row):
            rows[device_id] = row
    for item in outcome["results"]:
        there = rows[item["device_id"]]["id"] if item["device_id"] in rows else None
        if item["action"] in _ACTIONS_OF_EXISTING:
            assert there is not None and there == item["netbox"]["id"], item
        elif item["action"] == "blocked":
            assert item["netbox"] is not None or there is None, item
    made = sum(item["action"] == "create" for item in outcome["results"])
    assert outcome["summary"]["created"] == made
    # What may or may not have happened is a failure that says so.
    assert outcome["changed"] or outcome["failed"] or lab.state() == before


def test_servers_that_misbehave(case: Case, fresh: c.Callable[[Operation], Trial], lab: Lab, proxy: Proxy) -> None:
    wanted, wanted_state = undisturbed(fresh, case.operation)
    trial = fresh(case.operation)
    before = lab.state()
    with Proxy(lab.librenms.url) as librenms:
        proxies = {Server.NETBOX: proxy, Server.LIBRENMS: librenms}
        case.arm(proxies)
        urls = {"netbox_url": proxy.url, "librenms_url": librenms.url}
        outcome = trial.run(**urls)
        settled(proxies.values())
        assert_told(case, outcome, lab)
        if case.operation in (Operation.SEARCH, Operation.CHECK):
            assert_same(before, lab.state())
        else:
            assert_true(outcome, lab, before)
        # The same way, with the same cache: nothing of the fault is left.
        again = trial.run(**urls)
        assert not isinstance(again, CollectionError) and not again.get("failed"), again
    if case.operation is Operation.SEARCH:
        assert_same(_plain(wanted["devices"]), _plain(again["devices"]))
        return
    assert_same(wanted_state, lab.state())
    if case.operation is not Operation.CHECK:
        third = trial.run(netbox_url=proxy.url)
        assert not isinstance(third, CollectionError) and third["stats"]["netbox_writes"] == 0 and not third["changed"], third
        assert_same(wanted_state, lab.state())


def test_empty_twins_of_a_virtual_chassis(lab: Lab) -> None:
    """They are told and removed, and nothing else is."""
    stack, serials = new_stack(lab, 2)
    lab.run()
    domain = f"librenms-{stack.device_id}"
    kept = lab.netbox.one("dcim/virtual-chassis", domain=domain)
    twins = [lab.netbox.add("dcim/virtual-chassis", name=kept["name"], domain=domain)["id"] for _number in range(2)]
    other = lab.netbox.add("dcim/virtual-chassis", name="another", domain="")

    removed = lab.prove()
    assert removed["changed"] and only(removed)["action"] == "skip"
    assert [part["before_header"] for part in removed["diff"]] == [f"virtual chassis {kept['name']}"] * 2
    assert str(only(removed)["warnings"]).count("It is removed") == 2
    left = {row["id"] for row in lab.netbox.all("dcim/virtual-chassis")}
    assert left & {kept["id"], *twins, other["id"]} == {kept["id"], other["id"]}
    assert {position: row["serial"] for position, row in lab.stack(kept["name"]).items()} == dict(enumerate(serials, start=1))
    assert only(lab.run())["warnings"] == []


def test_a_twin_that_may_not_be_removed_is_a_warning(lab: Lab, proxy: Proxy) -> None:
    stack, _serials = new_stack(lab, 2)
    lab.run()
    twin = lab.netbox.add("dcim/virtual-chassis", name="twin", domain=f"librenms-{stack.device_id}")
    denial = always(403, b'{"detail": "You do not have permission to perform this action."}')
    proxy.on(denial, method="DELETE", path=f"dcim/virtual-chassis/{twin['id']}")
    lab.warnings.clear()
    result = lab.run(netbox_url=proxy.url)
    assert not result["failed"] and not result["changed"]
    (warning,) = [text for text in lab.warnings if "rules." not in text]
    assert f"'twin' (id {twin['id']}) has no members and could not be removed" in warning and "permission" in warning
    assert lab.run()["changed"]


def test_no_virtual_chassis_stays_behind_denied_members(lab: Lab) -> None:
    """A token that may make devices of one role only, and any virtual chassis."""
    netbox = lab.netbox
    role = netbox.id_of("dcim/device-roles", name="Power")
    permission = netbox.one("users/permissions", name="test-limited 2")
    wider = netbox.add(
        "users/permissions",
        name="test of faults",
        actions=["add", "change", "delete"],
        object_types=["dcim.virtualchassis", "dcim.interface", "ipam.ipaddress", "dcim.macaddress", "extras.customfield"],
        users=[user["id"] for user in permission["users"]],
    )
    lab.run()
    netbox.change("users/permissions", permission["id"], constraints={"role_id": role})
    try:
        before = netbox.all("dcim/virtual-chassis")
        stack, power = new_stack(lab, 2)[0], lab.device("ups")
        result = lab.run(netbox_token=netbox.tokens["limited"])
        actions = {item["device_id"]: item["action"] for item in result["results"]}
        assert (actions[stack.device_id], actions[power.device_id]) == ("fail", "create")
        assert result["summary"]["virtual_chassis_created"] == 0
        assert [row["id"] for row in netbox.all("dcim/virtual-chassis")] == [row["id"] for row in before]
    finally:
        netbox.change("users/permissions", permission["id"], constraints=None)
        netbox.remove("users/permissions", wider["id"])
    assert not lab.run()["failed"]
    assert lab.stack(str(stack.sysName)).keys() == {1, 2}
    lab.assert_settled()


def _plain(devices: t.Any) -> t.Any:
    """Without what names the server that was asked."""
    return [{name: value for name, value in device.items() if name != "netbox"} for device in devices]
