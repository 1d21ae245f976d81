# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Others write to NetBox at the same time, NetBox refuses some of a list, or answers get lost: no duplicate, no half import."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import json
import threading
import typing as t

import pytest
from system.support.harness import Json
from system.support.lab import STACK_TYPE, Lab, by_id, codes, new_stack, only, serials_of
from system.support.proxy import Answer, Forward, Handler, Proxy, always, deadlock, gateway_timeout, lose_answer, lose_request
from system.test_ports import addresses, polled

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._http import session as _http
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import write as _netbox_write


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is there at once, or lost: nothing is gained by waiting."""
    monkeypatch.setattr(_netbox_write, "_LOOKS", (0.01, 0.05))
    monkeypatch.setattr(_http, "BACKOFF_FACTOR", 0.01)


def first(happening: t.Callable[[], object]) -> Handler:
    """Something happens before NetBox gets the request."""

    def handler(forward: Forward) -> Answer:
        happening()
        return forward()

    return handler


def together(count: int = 2) -> Handler:
    """Requests wait for each other."""
    barrier = threading.Barrier(count)

    def handler(forward: Forward) -> Answer:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(30)
        return forward()

    return handler


def at_once(*runs: t.Callable[[], Json]) -> list[Json]:
    with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
        return [future.result() for future in [pool.submit(run) for run in runs]]


@pytest.mark.parametrize("path", ["dcim/devices", "dcim/virtual-chassis"])
def test_two_imports_at_once(lab: Lab, proxy: Proxy, path: str) -> None:
    """Overlapping selections, both planned before either writes."""
    devices = [lab.device("ups") for _number in range(3)]
    stacks = [new_stack(lab, 2) for _number in range(2)]
    machine = lab.device("vm-linux")
    ids = [device.device_id for device in (*devices, *(stack for stack, _serials in stacks), machine)]
    proxy.on(together(), method="POST", path=path, count=2)
    selections = [ids[:5], ids[1:]]
    runs = [
        lambda chosen=chosen: lab.run(netbox_url=proxy.url, all_devices=False, filters={"device_ids": chosen}, existing="link")
        for chosen in selections
    ]
    results = at_once(*runs)
    for result in results:
        assert not result["failed"], result
        assert result["summary"]["failed"] == 0
    created = [item["device_id"] for result in results for item in result["results"] if item["action"] == "create"]
    assert set(created) == set(ids)
    for stack, serials in stacks:
        assert serials_of(lab.stack(str(stack.sysName))) == dict(enumerate(serials, start=1))
        assert lab.netbox.one("dcim/virtual-chassis", domain=f"librenms-{stack.device_id}")["member_count"] == 2
    lab.assert_settled(existing="update", update_fields={"platform": "never"})


@pytest.mark.parametrize("options", [{}, {"existing": "link"}, {"exclude_existing": True}], ids=["skip", "link", "exclude"])
def test_a_person_creates_the_same_device_in_between(lab: Lab, proxy: Proxy, options: Json) -> None:
    device, other = lab.device("ups"), lab.device("ups", os="fresh-os")
    tag = f"new {device.device_id}"
    options = {"tags": [tag], "create_missing": ["tags", "platforms"], **options}
    made: list[Json] = []

    def by_hand() -> None:
        made.append(lab.netbox.add_device(str(device.sysName).upper(), device_type="Smart-UPS 1000", role="Power"))

    proxy.on(first(by_hand), method="POST", path="dcim/devices")
    result = lab.run(netbox_url=proxy.url, **options)
    assert not result["failed"], result
    results = by_id(result)
    assert results[device.device_id]["action"] == options.get("existing", "skip")
    assert results[device.device_id]["netbox"]["id"] == made[0]["id"]
    assert results[other.device_id]["action"] == "create"
    assert result["summary"]["created"] == 1
    assert f"tag {tag}" in [part["after_header"] for part in result["diff"]]
    lab.assert_settled(**options)


@pytest.mark.parametrize("same", [True, False], ids=["same serial", "same name only"])
def test_a_person_creates_a_member_in_between(lab: Lab, proxy: Proxy, same: bool) -> None:
    """With the member's serial it is adopted instead of made; with its name only it is in the way, and the rest is completed."""
    device, serials = new_stack(lab, 3)
    made: list[Json] = []

    def by_hand() -> None:
        serial = serials[1] if same else "FCW9999OTHR"
        made.append(lab.netbox.add_device(f"{device.sysName}-M2", device_type=STACK_TYPE, serial=serial))

    proxy.on(first(by_hand), method="POST", path="dcim/devices", skip=1)
    result = lab.run(netbox_url=proxy.url)
    members = lab.stack(str(device.sysName))
    if same:
        assert not result["failed"], result
        assert serials_of(members) == dict(enumerate(serials, start=1))
        assert members[2]["id"] == made[0]["id"]
    else:
        assert serials_of(members) == {1: serials[0], 3: serials[2]}
        assert f"{device.sysName}-M2" in str(only(result)["warnings"]) + str(only(result)["issues"])
    lab.assert_settled(existing="update", update_fields={"platform": "never"})


def test_a_person_makes_tag_and_platform_in_between(lab: Lab, proxy: Proxy) -> None:
    device = lab.device("ups", os="someos")
    proxy.on(first(lambda: lab.netbox.add("extras/tags", name="Night run", slug="night-run")), method="POST", path="extras/tags")
    proxy.on(first(lambda: lab.netbox.add("dcim/platforms", name="someos", slug="someos")), method="POST", path="dcim/platforms")
    options: Json = {"tags": ["Night run"], "create_missing": ["tags", "platforms"]}
    result = lab.run(netbox_url=proxy.url, **options)
    assert not result["failed"], result
    row = lab.row(str(device.sysName))
    assert [tag["name"] for tag in row["tags"]] == ["Night run"]
    assert row["platform"]["name"] == "someos"
    lab.assert_settled(**options)


def test_what_is_deleted_in_between_spoils_its_own_device_only(lab: Lab, proxy: Proxy) -> None:
    """A device that was to be changed, and a role that a new one was to have."""
    gone, kept = lab.device("ups"), lab.device("ups")
    rows = [lab.netbox.add_device(str(device.sysName), device_type="Smart-UPS 1000", role="Power") for device in (gone, kept)]
    role = lab.netbox.add("dcim/device-roles", name="Passing", slug="passing", color="9e9e9e")
    refused, created = lab.device("ups"), lab.device("ups")
    overrides = [{"device_id": refused.device_id, "role": "Passing"}]
    options: Json = {"overrides": overrides, "existing": "link"}
    proxy.on(first(lambda: lab.netbox.remove("dcim/device-roles", role["id"])), method="POST", path="dcim/devices")
    proxy.on(first(lambda: lab.netbox.remove("dcim/devices", rows[0]["id"])), method="PATCH", path="dcim/devices")
    result = lab.run(netbox_url=proxy.url, **options)
    assert result["failed"]
    assert "2 devices could not be imported" in result["msg"]
    results = by_id(result)
    assert {device_id: item["action"] for device_id, item in results.items()} == {
        gone.device_id: "fail",
        kept.device_id: "link",
        refused.device_id: "fail",
        created.device_id: "create",
    }
    message = next(issue["message"] for issue in results[refused.device_id]["issues"] if issue["code"] == "netbox_refused")
    assert "role" in message
    assert "index" not in message


def test_a_member_that_netbox_refuses(lab: Lab, proxy: Proxy) -> None:
    """The stack stays without master, by which the next run knows that it has to complete it."""
    device, serials = new_stack(lab, 2)
    refusal = {"detail": "1 of 1 objects could not be created.", "errors": [{"index": 0, "errors": {"role": ["Not today."]}}]}
    proxy.on(always(400, json.dumps(refusal).encode()), method="POST", path="dcim/devices", skip=1)
    item = only(lab.run(netbox_url=proxy.url))
    assert item["action"] == "fail"
    assert [(issue["code"], issue["message"]) for issue in item["issues"]] == [
        ("netbox_refused", f"{device.sysName}-M2: role: Not today."),
        ("not_processed", f"{device.sysName}: It was left out, because something before it failed."),
    ]
    assert lab.netbox.one("dcim/virtual-chassis", name=device.sysName)["master"] is None
    assert not lab.run()["failed"]
    assert serials_of(lab.stack(str(device.sysName))) == dict(enumerate(serials, start=1))
    lab.assert_settled()


def test_on_error_stop(lab: Lab, proxy: Proxy) -> None:
    """After the list in flight; what it had done stays done, and the next run does the rest."""
    role = lab.netbox.add("dcim/device-roles", name="Passing too", slug="passing-too", color="9e9e9e")
    refused = lab.device("ups")
    others = [lab.device("ups") for _number in range(4)]
    proxy.on(first(lambda: lab.netbox.remove("dcim/device-roles", role["id"])), method="POST", path="dcim/devices")
    overrides = [{"device_id": refused.device_id, "role": "Passing too"}]
    result = lab.run(netbox_url=proxy.url, overrides=overrides, on_error="stop", batch_size="2", netbox_workers=1)
    assert result["failed"]
    results = by_id(result)
    assert results[refused.device_id]["action"] == "fail"
    assert [results[device.device_id]["action"] for device in others] == ["create", *["not_processed"] * 3]
    assert result["summary"]["not_processed"] == 3
    result = lab.run()
    assert {item["action"] for item in result["results"]} == {"create", "skip"}
    lab.assert_settled()


def mixed(lab: Lab) -> tuple[Json, list[tuple[str, list[str]]]]:
    """New devices of every kind, one to be changed; the options, and the stacks."""
    stacks = [new_stack(lab, 2) for _number in range(2)]
    lab.device("ups")
    lab.device("vm-linux")
    known = lab.device("ups")
    lab.netbox.add_device(str(known.sysName), device_type="Smart-UPS 1000", role="Power")
    tag = f"tag {known.device_id}"
    options = {"tags": [tag], "create_missing": ["tags"], "existing": "update", "update_fields": {"tags": "always"}}
    return options, [(str(device.sysName), serials) for device, serials in stacks]


@pytest.mark.parametrize("handler", [lose_answer, gateway_timeout, deadlock, lose_request], ids=lambda handler: handler.__name__)
def test_answers_that_are_lost(lab: Lab, proxy: Proxy, handler: Handler) -> None:
    """Of every write: what NetBox did is found there and not done again, what it did not do is sent again."""
    options, stacks = mixed(lab)
    preview = lab.run(check=True, **options)
    acts = handler in (lose_answer, gateway_timeout)
    turn = iter(range(10_000))

    def every_time(forward: Forward) -> Answer | None:
        return handler(forward) if acts or next(turn) % 2 == 0 else forward()

    for method in ("POST", "PATCH"):
        for path in ("extras/tags", "dcim/devices", "dcim/virtual-chassis", "virtualization/virtual-machines"):
            proxy.on(every_time, method=method, path=path, count=None)
    result = lab.run(netbox_url=proxy.url, netbox_workers=1, **options)
    assert not result["failed"], result
    assert {item["device_id"]: item["action"] for item in result["results"]} == {
        item["device_id"]: item["action"] for item in preview["results"]
    }
    assert result["summary"] == preview["summary"]
    assert result["diff"] == preview["diff"]
    for name, serials in stacks:
        assert serials_of(lab.stack(name)) == dict(enumerate(serials, start=1))
    sent = collections.Counter((seen.method, seen.path, seen.body) for seen in proxy.writes)
    assert set(sent.values()) == {1 if acts else 2}
    lab.assert_settled(**options)


def test_netbox_that_is_gone_for_good(lab: Lab, proxy: Proxy) -> None:
    """The answer to the devices is lost and NetBox does not come back: a failure, not a guess; the next run completes it."""
    devices = [lab.device("ups") for _number in range(2)]
    proxy.on(lose_answer, method="POST", path="dcim/devices")
    proxy.on(lose_request, method="GET", count=None, path="dcim/devices", skip=1)
    with contextlib.suppress(CollectionError):
        result = lab.run(netbox_url=proxy.url)
        assert result["failed"], result
        assert result["summary"]["created"] == 0
    result = lab.run(existing="link")
    assert {item["action"] for item in result["results"]} <= {"none"}
    assert len(lab.rows(name=[device.sysName for device in devices])) == 2


@pytest.mark.parametrize("token", ["admin_v1", "admin_v2"])
def test_both_kinds_of_tokens(lab: Lab, token: str) -> None:
    lab.device("ups")
    assert only(lab.run(netbox_token=lab.netbox.tokens[token]))["action"] == "create"


def test_a_right_that_ends_at_the_site(lab: Lab) -> None:
    """NetBox denies some objects of a list: they fail, each with the reason, the rest is imported."""
    permissions = lab.netbox.all("users/permissions", name="test-limited 2")
    site = lab.netbox.id_of("dcim/sites", name="Paris DC2")
    lab.netbox.change("users/permissions", permissions[0]["id"], constraints={"site_id": site})
    allowed = [lab.device("ups") for _number in range(2)]
    denied = [lab.device("ups", location="Vienna HQ") for _number in range(2)]
    result = lab.run(netbox_token=lab.netbox.tokens["limited"])
    results = by_id(result)
    assert [results[device.device_id]["action"] for device in allowed] == ["create"] * 2
    assert [results[device.device_id]["action"] for device in denied] == ["fail"] * 2
    assert {code for device in denied for code in codes(results[device.device_id])} == {"netbox_refused"}
    assert result["failed"]
    assert lab.rows(name=[device.sysName for device in denied]) == []


@pytest.mark.parametrize("path", ["dcim/devices", "dcim/interfaces"])
def test_two_imports_of_ports_at_once(lab: Lab, proxy: Proxy, path: str) -> None:
    """Both plan the device, or only the interface and the address of one that is there already."""
    devices = [polled(lab, lab.device("ups")) for _number in range(2)]
    stack = polled(lab, new_stack(lab, 2)[0], "Gi2/0/1")
    if path == "dcim/interfaces":
        lab.run(ports="none")
    proxy.on(together(), method="POST", path=path, count=2)
    for result in at_once(*[lambda: lab.run(netbox_url=proxy.url)] * 2):
        assert not result["failed"], result
    lab.run()
    for device in (*devices, stack):
        (address,) = addresses(lab, str(device.ip))
        assert address["assigned_object_id"] is not None
        (holder,) = lab.rows(primary_ip4_id=address["id"])
        assert holder["custom_fields"]["librenms_id"] == {"default": device.device_id}
    lab.assert_settled()


@pytest.mark.parametrize(("method", "path"), [("POST", "dcim/interfaces"), ("POST", "ipam/ip-addresses"), ("PATCH", "dcim/devices")])
def test_answers_about_ports_that_are_lost(lab: Lab, proxy: Proxy, method: str, path: str) -> None:
    devices = [polled(lab, lab.device("ups")) for _number in range(2)]
    proxy.on(lose_answer, method=method, path=path)
    result = lab.run(netbox_url=proxy.url)
    assert not result["failed"], result
    for device in devices:
        (address,) = addresses(lab, str(device.ip))
        assert lab.row(str(device.sysName))["primary_ip4"]["id"] == address["id"]
        item = by_id(result)[device.device_id]
        assert (item["action"], item["primary_ip"]["is_primary"], item["issues"]) == ("create", True, [])
    assert [result["summary"][name] for name in ("interfaces_created", "addresses_created", "primary_ips_set")] == [2, 2, 2]
    lab.assert_settled()


def test_an_address_that_somebody_else_takes_in_between(lab: Lab, proxy: Proxy) -> None:
    device, other = (polled(lab, lab.device("ups")) for _number in range(2))
    holder = lab.netbox.add("dcim/interfaces", device=lab.netbox.add_device("thief")["id"], name="eth0", type="other")

    def steal() -> None:
        lab.netbox.add(
            "ipam/ip-addresses", address=f"{device.ip}/32", assigned_object_type="dcim.interface", assigned_object_id=holder["id"]
        )

    proxy.on(first(steal), method="POST", path="ipam/ip-addresses")
    items = by_id(lab.run(netbox_url=proxy.url))
    assert codes(items[device.device_id], "warnings") == {"address_conflict"}
    assert items[device.device_id]["action"] == items[other.device_id]["action"] == "create"
    (address,) = addresses(lab, str(device.ip))
    assert address["assigned_object_id"] == holder["id"]
    assert lab.row(str(other.sysName))["primary_ip4"]["address"] == f"{other.ip}/24"
    lab.assert_settled()
