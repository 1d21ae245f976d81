# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A NetBox that goes away in mid-import: the answer holds everything that was written until then."""

from __future__ import annotations

import json

import pytest
from system.support.lab import Lab, by_id, codes, new_stack
from system.support.proxy import Answer, Handler, Proxy, always, lose_request

_PAGE = always(503, b"<html><title>503 Service Unavailable</title></html>", "text/html")


def _gone_after_write(proxy: Proxy, number: int, how: Handler) -> None:
    """The write of that number happens and its answer is lost; from then on nothing comes through."""

    def last(forward: object) -> None:
        forward()  # type: ignore[operator]
        proxy.on(how, count=None)

    proxy.on_write(number, last)


@pytest.mark.parametrize("how", [lose_request, _PAGE], ids=["connections reset", "503 pages"])
def test_the_answer_tells_what_was_written(lab: Lab, proxy: Proxy, how: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "ansible_collections.netsot.librenms.plugins.module_utils._netbox.write._LOOKS"
    monkeypatch.setattr(module, (0.0, 0.0))
    lab.run()
    devices = [lab.device("ups") for _number in range(2)]
    stacks = [new_stack(lab, 2)[0] for _number in range(2)]
    # Virtual chassis, devices, then the members, whose answer is lost.
    _gone_after_write(proxy, 3, how)
    report = lab.directory / "report.json"
    result = lab.run(netbox_url=proxy.url, netbox_workers=1, batch_size="100", report_path=str(report))
    assert result["failed"] and result["changed"] and "broke off" in result["msg"]
    results = by_id(result)
    assert {results[device.device_id]["action"] for device in devices} == {"create"}
    for stack in stacks:
        item = results[stack.device_id]
        assert item["action"] == "fail" and "netbox_refused" in codes(item)
        assert "It is not known whether NetBox has written it." in str(item["issues"])
        assert lab.row(f"{stack.sysName}-M1")["id"] == item["netbox"]["id"]
    assert result["summary"]["created"] == 2 and result["summary"]["failed"] == 2
    assert json.loads(report.read_text())["summary"] == result["summary"]
    assert result["job"]["status"] == "failed"
    proxy.clear()
    again = lab.run()
    assert not again["failed"]
    for stack in stacks:
        assert lab.stack(str(stack.sysName)).keys() == {1, 2}
    lab.assert_settled()


def test_before_the_first_write_it_is_an_error_of_the_whole(lab: Lab, proxy: Proxy) -> None:
    """Nothing was written, so there is nothing to tell."""
    lab.run()
    lab.device("ups")
    proxy.on(lambda _forward: Answer(500, b"{}"), path="graphql", count=None)
    proxy.on(lose_request, method="GET", path="dcim/devices", count=None)
    with pytest.raises(Exception, match="failed"):
        lab.run(netbox_url=proxy.url)
