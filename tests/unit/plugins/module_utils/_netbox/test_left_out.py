# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NetBox refuses an optional field of an object: the object is written without it, and no other pays for it."""

from __future__ import annotations

import collections.abc as c
import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Fate
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import AccessDenied, ApiError
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.write import BulkWriter, Item

Json = dict[str, t.Any]
NEEDED = {"site": 1, "role": 2, "device_type": 3}


class Picky:
    """A NetBox that refuses certain fields of certain objects.

    :param against: what it says, by the object's name (or id) and the field that it refuses while it is sent
    :param numbered: whether it tells which objects it means, as 4.7 does
    """

    def __init__(self, against: c.Mapping[tuple[t.Any, str], Json], *, numbered: bool = True) -> None:
        self.against = against
        self.numbered = numbered
        self.rows: list[Json] = []
        self.requests = 0

    def url(self, path: str) -> str:
        return f"https://netbox/api/{path}/"

    def send(self, _target: Target, method: str, bodies: list[Json]) -> t.Any:
        self.requests += 1
        errors: list[Json] = []
        for index, sent in enumerate(bodies):
            name = sent.get("name", sent.get("id"))
            said: Json = {}
            for (about, field), errors_of_one in self.against.items():
                if about == name and field in sent:
                    said |= errors_of_one
            if said:
                errors.append({"index": index, "errors": said} if method == "post" else {"id": sent["id"], "errors": said})
        if errors:
            body: Json = {"detail": f"{len(errors)} of {len(bodies)} objects", "errors": errors} if self.numbered else errors[0]["errors"]
            raise ApiError("writing", method=method.upper(), status=400, body=body)
        rows = [{"id": 100 + len(self.rows) + number, **body} for number, body in enumerate(bodies)]
        self.rows += rows
        return rows

    def writer(self) -> BulkWriter:
        return BulkWriter(t.cast("t.Any", self), self.send, sleep=lambda _seconds: None)


def item(name: str, **fields: t.Any) -> Item:
    return Item(name, {"name": name, **NEEDED, "custom_fields": {"librenms_id": {"default": len(name)}}, **fields})


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("field", ["platform", "tenant", "location", "rack", "tags", "status", "serial"])
def test_an_optional_field_costs_no_device_and_no_other_device(field: str, numbered: bool) -> None:
    netbox = Picky({("b", field): {field: ["Not that one."]}}, numbered=numbered)
    done = netbox.writer().create(Target.DEVICE, [item(name, **{field: "x"}) for name in "abc"])
    assert {name: outcome.fate for name, outcome in done.items()} == dict.fromkeys("abc", Fate.DONE)
    assert [(left.field, "Not that one." in left.why) for left in done["b"].left_out] == [(field, True)]
    assert done["a"].left_out == done["c"].left_out == ()
    assert {row["name"]: field in row for row in netbox.rows} == {"a": True, "b": False, "c": True}


@pytest.mark.parametrize("field", ["role", "site", "device_type", "custom_fields", "__all__"])
def test_what_a_device_needs_is_not_left_out(field: str) -> None:
    sent = "name" if field == "__all__" else field
    netbox = Picky({("b", sent): {field: ["No."], "platform": ["No."]}, ("b", "platform"): {}})
    done = netbox.writer().create(Target.DEVICE, [item(name, platform=4) for name in "abc"])
    assert {name: outcome.fate for name, outcome in done.items()} == {"a": Fate.DONE, "b": Fate.REFUSED, "c": Fate.DONE}
    assert done["b"].left_out == ()


def test_a_rack_goes_with_the_site_that_it_stands_in() -> None:
    """A change of the site that NetBox refuses by a cluster which nobody sent."""
    netbox = Picky({(7, "site"): {"cluster": ["The cluster is of another site."]}})
    body = {"id": 7, "site": 2, "location": 3, "rack": 4, "serial": "X", "custom_fields": {"librenms_id": {"default": 7}}}
    done = netbox.writer().change(Target.DEVICE, [Item("device:7", body)])
    assert done["device:7"].fate is Fate.DONE
    assert [left.field for left in done["device:7"].left_out] == ["site", "location", "rack"]
    assert set(netbox.rows[0]) == {"id", "serial", "custom_fields"}


def test_a_change_of_nothing_else_is_refused() -> None:
    netbox = Picky({(7, "status"): {"status": ["No."]}})
    done = netbox.writer().change(Target.DEVICE, [Item("device:7", {"id": 7, "status": "active"})])
    assert done["device:7"].fate is Fate.REFUSED


@pytest.mark.parametrize(("cluster", "fate"), [(9, Fate.DONE), (None, Fate.REFUSED)])
def test_a_virtual_machine_needs_a_cluster_or_a_site(cluster: int | None, fate: Fate) -> None:
    netbox = Picky({("vm", "site"): {"site": ["No."]}})
    body = {"name": "vm", "site": 1, **({"cluster": cluster} if cluster else {})}
    done = netbox.writer().create(Target.VIRTUAL_MACHINE, [Item("vm", body)])
    assert done["vm"].fate is fate


@pytest.mark.parametrize("numbered", [True, False])
def test_a_tag_that_is_limited_to_other_objects(numbered: bool) -> None:
    """NetBox names no field: 4.7 says it of the object as a whole, older ones of the whole list."""

    class Tagless(Picky):
        def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
            text = "Tag X cannot be assigned to device objects."
            refused = [{"index": index, "errors": {"__all__": [text]}} for index, body in enumerate(bodies) if "tags" in body]
            if refused:
                said: Json = {"detail": "some objects could not be created.", "errors": refused} if numbered else {"detail": text}
                raise ApiError("writing", method="POST", status=400, body=said)
            return super().send(target, method, bodies)

    done = Tagless({}).writer().create(Target.DEVICE, [item(name, tags=[{"slug": "x"}]) for name in "ab"])
    assert {name: (outcome.fate, len(outcome.left_out)) for name, outcome in done.items()} == dict.fromkeys("ab", (Fate.DONE, 1))


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize(
    ("field", "value"),
    [("speed", 3_000_000_000), ("mtu", 9216), ("lag", 4), ("description", "x"), ("primary_mac_address", 8)],
)
def test_an_optional_field_costs_no_interface(field: str, value: t.Any, numbered: bool) -> None:
    netbox = Picky({("b", field): {field: ["Not that one."]}}, numbered=numbered)
    items = [Item(name, {"name": name, "device": 3, "type": "other", field: value}) for name in "abc"]
    done = netbox.writer().create(Target.INTERFACE, items)
    assert {name: outcome.fate for name, outcome in done.items()} == dict.fromkeys("abc", Fate.DONE)
    assert [left.field for left in done["b"].left_out] == [field]
    assert {row["name"]: field in row for row in netbox.rows} == {"a": True, "b": False, "c": True}


def test_a_link_that_is_refused_costs_the_link_of_an_interface() -> None:
    netbox = Picky({(7, "custom_fields"): {"custom_fields": {"librenms_id": "No."}}})
    body = {"id": 7, "description": "x", "custom_fields": {"librenms_id": {"default": 1}}}
    done = netbox.writer().change(Target.INTERFACE, [Item("interface:7", body)])
    assert [(left.field, "No." in left.why) for left in done["interface:7"].left_out] == [("librenms_id", True)]
    assert netbox.rows == [{"id": 7, "description": "x"}]


# What is only written when it is created would be missing for good.
@pytest.mark.parametrize("field", ["name", "device", "type", "parent", "vrf", "mgmt_only"])
def test_what_an_interface_needs_is_not_left_out(field: str) -> None:
    netbox = Picky({("b", field): {field: ["No."]}})
    done = netbox.writer().create(Target.INTERFACE, [Item("b", {field: 1, "device": 3, "type": "other", "mtu": 9, "name": "b"})])
    assert done["b"].fate is Fate.REFUSED


def test_the_type_of_an_interface_that_is_there_may_stay() -> None:
    netbox = Picky({(7, "type"): {"type": ["No."]}})
    done = netbox.writer().change(Target.INTERFACE, [Item("interface:7", {"id": 7, "type": "lag", "mtu": 9})])
    assert [left.field for left in done["interface:7"].left_out] == ["type"] and netbox.rows == [{"id": 7, "mtu": 9}]


@pytest.mark.parametrize("numbered", [True, False])
def test_a_change_of_an_interface_of_which_nothing_is_left(numbered: bool) -> None:
    """It is refused, and costs the fields that it had."""
    netbox = Picky({(7, "speed"): {"speed": ["Too fast."]}, (7, "mtu"): {"mtu": ["Too large."]}}, numbered=numbered)
    items = [Item("interface:7", {"id": 7, "speed": 3_200_000_000, "mtu": 9}), Item("interface:8", {"id": 8, "mtu": 9})]
    done = netbox.writer().change(Target.INTERFACE, items)
    assert {name: outcome.fate for name, outcome in done.items()} == {"interface:7": Fate.REFUSED, "interface:8": Fate.DONE}
    assert [left.field for left in done["interface:7"].left_out] == ["speed", "mtu"]
    assert done["interface:8"].left_out == ()


def test_what_a_token_may_not_change_is_no_field() -> None:
    class Denied(Picky):
        def send(self, _target: Target, method: str, _bodies: list[Json]) -> t.Any:
            raise AccessDenied("writing", method=method.upper(), status=403, body={"detail": "no"})

    done = Denied({}).writer().change(Target.INTERFACE, [Item("interface:7", {"id": 7, "mtu": 9})])
    assert (done["interface:7"].fate, done["interface:7"].left_out) == (Fate.REFUSED, ())
