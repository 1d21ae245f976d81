# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the import reads a real NetBox of 2,600 devices: as little as it can, and never trusting an answer."""

from __future__ import annotations

import re
import subprocess

import pytest
from servers.librenms_model import SimDevice
from servers.netbox_server import NetBoxServer
from system.support.harness import Json, NetBoxApi, without_ids
from system.support.inprocess import How
from system.support.lab import STACK_TYPE, Lab, assert_same, by_id, codes, new_stack, only
from system.support.proxy import Handler, Proxy, always, ignoring_filters, lose_request

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AccessDenied, ApiError
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import existing as _netbox_existing

DEVICES = 2000
SHARED = 600
# The rows of one device over and over, with a name, serial and link of their own; those of the second kind share a serial.
COPIES = """
do $$
declare columns text;
begin
  select string_agg(quote_ident(column_name), ',') into columns from information_schema.columns
    where table_name = 'dcim_device' and column_name not in ('id', 'name', 'serial', 'custom_field_data');
  execute format('insert into dcim_device (name, serial, custom_field_data, %1$s)
    select ''many-'' || n, case when n > {devices} then ''SHARED0600'' else ''MANY'' || n end,
      case when n > {devices} then ''{{}}''::jsonb
        else jsonb_build_object(''librenms_id'', jsonb_build_object(''default'', 900000 + n)) end,
      %1$s from dcim_device, generate_series(1, {devices} + {shared}) as n where name = ''ldn-legacy-01''', columns);
end $$
"""
RUN_SQL = "import psycopg, sys; psycopg.connect(host=sys.argv[1], user='netbox', dbname='netbox', autocommit=True).execute(sys.argv[2])"


@pytest.fixture(scope="module")
def world(world: NetBoxApi, netbox_server: NetBoxServer) -> NetBoxApi:
    """With many devices more."""
    statement = COPIES.format(devices=DEVICES, shared=SHARED)
    command = [netbox_server.layout.python, "-P", "-c", RUN_SQL, netbox_server.postgres_socket, statement]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return world


def preview(lab: Lab, proxy: Proxy, how: How = "auto", **options: object) -> Json:
    return lab.run(check=True, how=how, netbox_url=proxy.url, **options)


def some_known(lab: Lab) -> list[SimDevice]:
    """One device for each key, and a stack of which NetBox has a member."""
    by_link = lab.device("ups", serials=(), device_id=900_007, location="LDN-R01")
    by_serial = lab.device("ups", serials=(), serial="many8", location="LDN-R01")
    by_name = lab.device("ups", serials=(), sysName="MANY-9", location="LDN-R01")
    new = lab.device("ups")
    stack, serials = new_stack(lab, 2)
    if not lab.rows(serial=serials[1]):
        lab.netbox.add_device(f"alone-{stack.device_id}", device_type=STACK_TYPE, serial=serials[1])
    return [by_link, by_serial, by_name, new, stack]


def test_few_devices_are_looked_up(lab: Lab, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of queries, with answers that hold nothing but what was looked for."""
    devices = some_known(lab)
    # As if there were ten times as many devices: then it is cheaper than to read all.
    monkeypatch.setattr(_netbox_existing, "_GRAPHQL_PAGE", 1.6)
    result = preview(lab, proxy, existing="link")
    found = {device_id: (item["netbox"] or {}).get("matched_by") for device_id, item in by_id(result).items()}
    assert [found[device.device_id] for device in devices] == ["librenms_id", "serial", "name", None, None]
    counts = proxy.counts()
    assert counts["POST graphql"] <= 4
    assert counts["GET dcim/devices"] <= 4
    assert len(proxy.requests) <= 24, counts
    reads = [seen for seen in proxy.requests if seen.path in ("graphql", "dcim/devices") and seen.method != "OPTIONS"]
    assert sum(seen.size for seen in reads) < 20_000
    # NetBox refuses queries of more than ten aliases.
    assert all(len(re.findall(rb"\bq\d+:", seen.body)) <= 10 for seen in proxy.requests)


def test_every_way_of_reading_finds_the_same(lab: Lab, proxy: Proxy) -> None:
    some_known(lab)
    ways: tuple[How, ...] = ("targeted", "graphql", "rest")
    results = [without_ids(preview(lab, proxy, how, existing="update")["results"]) for how in ways]
    assert_same(results[0], results[1])
    assert_same(results[0], results[2])


def test_many_devices_are_read_in_one_go(lab: Lab, proxy: Proxy) -> None:
    """Pages of a thousand, whatever number of devices is wanted; the fields of known ones in URLs that every server takes."""
    for number in range(1, 601):
        lab.device("ups", serials=(), device_id=900_000 + number, location="LDN-R01")
    for _number in range(100):
        lab.device("ups")
    result = preview(lab, proxy, existing="update")
    assert result["summary"]["created"] == 100
    counts = proxy.counts()
    # Three pages of devices, one of virtual machines, and each time the empty one that ends them.
    assert counts["POST graphql"] <= 6
    assert len(proxy.requests) <= 26, counts
    assert max(seen.line_length for seen in proxy.requests) < 4094


@pytest.mark.parametrize(
    "answer",
    [
        always(404, b"The GraphQL API is not enabled.", "text/html"),
        always(200, b'{"data": null, "errors": [{"message": "Cannot query field"}]}'),
        always(400, b'{"errors": [{"message": "Unknown argument"}]}'),
        always(200, b"<html>Sign in</html>", "text/html"),
    ],
    ids=["off", "error", "refused", "page"],
)
def test_without_graphql(lab: Lab, proxy: Proxy, answer: Handler) -> None:
    some_known(lab)
    expected = without_ids(preview(lab, proxy, existing="link")["results"])
    proxy.clear()
    proxy.on(answer, path="graphql", count=None)
    result = preview(lab, proxy, "targeted", existing="link")
    assert_same(expected, without_ids(result["results"]))
    assert proxy.counts()["GET dcim/devices"] <= 9


def test_graphql_that_shows_less_than_there_is(lab: Lab, proxy: Proxy) -> None:
    """As it does for what the token may not view: an empty list instead of an error."""
    some_known(lab)
    expected = without_ids(preview(lab, proxy, existing="link")["results"])
    empty = b'{"data": {"rows": [], "q0": [], "q1": [], "q2": [], "q3": [], "q4": [], "q5": []}}'
    proxy.on(always(200, empty), path="graphql", count=None)
    assert_same(expected, without_ids(preview(lab, proxy, "graphql", existing="link")["results"]))


@pytest.mark.parametrize("how", ["targeted", "graphql", "rest"])
def test_filters_that_are_ignored(lab: Lab, proxy: Proxy, how: How) -> None:
    """Whatever is asked for, everything is the answer: it must make no difference."""
    some_known(lab)
    expected = without_ids(preview(lab, proxy, how, existing="update")["results"])
    for path in ("dcim/devices", "dcim/virtual-chassis", "dcim/racks", "dcim/locations", "ipam/ip-addresses", "extras/custom-fields"):
        proxy.on(ignoring_filters, method="GET", path=path, count=None)
    assert_same(expected, without_ids(preview(lab, proxy, how, existing="update")["results"]))


def test_keys_that_narrow_nothing(lab: Lab, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A serial of 600 devices: the answer may have been cut, so all are read, and nobody is taken for the right one."""
    monkeypatch.setattr(_netbox_existing, "PAGE_SIZE", 500)
    lab.device("ups", serials=(), serial="SHARED0600", location="LDN-R01")
    result = only(preview(lab, proxy, "targeted", existing="link"))
    assert (result["action"], codes(result)) == ("blocked", {"identity_conflict"})


def test_a_server_key_that_graphql_cannot_name(lab: Lab, proxy: Proxy) -> None:
    lab.device("ups", serials=(), serial="MANY11", location="LDN-R01")
    result = only(preview(lab, proxy, "targeted", server_key="lon-1.example", existing="link"))
    assert result["netbox"]["name"] == "many-11"
    assert not any(b"example" in seen.body for seen in proxy.requests)


def test_what_cannot_be_read_is_not_taken_for_nothing(lab: Lab, proxy: Proxy) -> None:
    """Any read that fails ends the run before anything is written."""
    new_stack(lab, 2)
    before = lab.netbox.changes()
    failures = [always(500, b'{"error": "boom", "exception": "OperationalError"}'), always(200, b"<html>Sign in</html>", "text/html")]
    paths = ("status", "extras/custom-fields", "dcim/sites", "dcim/device-types", "dcim/devices", "virtualization/virtual-machines")
    for path in (*paths, "dcim/virtual-chassis"):
        for failure in failures:
            proxy.clear()
            proxy.on(failure, method="GET", path=path, count=None)
            with pytest.raises(ApiError):
                lab.run(netbox_url=proxy.url)
    proxy.clear()
    # After a page has come already.
    proxy.on(lose_request, path="dcim/devices", method="GET", skip=2, count=None)
    with pytest.raises(ApiError):
        lab.run(netbox_url=proxy.url, how="rest")
    assert proxy.writes == []
    assert lab.netbox.changes() == before


def test_a_token_that_sees_half_of_it(lab: Lab) -> None:
    """Where it may not view virtual chassis at all it stops; where a device is hidden from it NetBox refuses the second one."""
    netbox = lab.netbox
    device, new = lab.device("ups"), lab.device("ups")
    netbox.add_device(str(device.sysName), device_type="Smart-UPS 1000", role="Power", tags=[])
    permission = netbox.one("users/permissions", name="test-limited 1")
    types = [f"{kind['app_label']}.{kind['model']}" for kind in netbox.all("core/object-types") if kind["public"]]
    hidden = netbox.add(
        "users/permissions",
        name="some devices",
        actions=["view"],
        object_types=["dcim.device"],
        constraints={"name__startswith": "many"},
        users=[user["id"] for user in permission["users"]],
    )
    token = netbox.tokens["limited"]
    netbox.change("users/permissions", permission["id"], object_types=[name for name in types if name != "dcim.device"])
    before = netbox.changes()
    result = lab.run(netbox_token=token)
    results = by_id(result)
    assert results[device.device_id]["action"] == "fail"
    assert any("unique" in issue["message"] for issue in results[device.device_id]["issues"])
    assert results[new.device_id]["action"] == "create"
    netbox.change(
        "users/permissions", permission["id"], object_types=[name for name in types if name not in ("dcim.device", "dcim.virtualchassis")]
    )
    netbox.remove("users/permissions", hidden["id"])
    before = netbox.changes()
    with pytest.raises(AccessDenied, match="netbox_token"):
        lab.run(netbox_token=token)
    assert netbox.changes() == before
