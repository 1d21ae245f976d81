# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What undoes a job, and what a journal says of it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.journal import (
    FORMAT_VERSION,
    BadJournal,
    Begun,
    Ended,
    Header,
    Left,
    fields_before,
    line_of,
    read_journal,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.undo import (
    LoggedChange,
    UndoAction,
    body_of,
    changed_fields,
    first_items,
    last_touch,
    of_devices,
    uses,
)

HEADER = Header(FORMAT_VERSION, "job", "import", "2026-01-01T00:00:00.000Z", "http://netbox.example.net", "a message")
LINK = {"librenms_id": {"default": 7}}


def change(number: int, action: str, target: Target, object_id: int, after: t.Any = None, before: t.Any = None) -> LoggedChange:
    return LoggedChange(number, action, target.row.model, object_id, f"{target} {object_id}", "", "", f"r{number}", "", before, after)


def journal(*entries: Begun | Ended) -> str:
    return "".join(map(line_of, (HEADER, *entries)))


def test_a_journal_says_what_was_done() -> None:
    made = Begun(1, Target.DEVICE, "post", ({"name": "a", "custom_fields": LINK}, {"name": "b"}))
    changed = Begun(2, Target.DEVICE, "patch", ({"id": 5, "serial": "S"},), ({"id": 5, "serial": ""},))
    refused, lost = Begun(3, Target.SITE, "post", ({"slug": "x"},)), Begun(4, Target.TAG, "post", ({"slug": "t"},))
    ends = (Ended(2, (Left(5, "old", "T5"),)), Ended(1, (Left(1, "a", "T1"), Left(2, "b", None))), Ended(3, refused=True))
    read = read_journal(journal(made, changed, *ends, refused))
    assert not read.in_doubt and read.header == HEADER
    assert [(item.action, item.object_id, item.before) for item in read.changes] == [
        ("create", 1, None),
        ("create", 2, None),
        ("update", 5, {"id": 5, "serial": ""}),
    ]
    assert read.versions == {(Target.DEVICE, 1): "T1", (Target.DEVICE, 5): "T5"}
    items = first_items(read.changes)
    assert [item.action for item in items.values()] == [UndoAction.REMOVE, UndoAction.REMOVE, UndoAction.PUT_BACK]
    assert body_of(items[Target.DEVICE, 5]) == {"id": 5, "serial": ""}
    assert read_journal(journal(made, changed, *ends, lost)).in_doubt
    # A kill in the midst of a line.
    assert read_journal(journal(made, changed, *ends) + line_of(lost)[:20]) == read


@pytest.mark.parametrize("text", ["", "{}\n", "no JSON\n", '{"other": {}}\n', line_of(Ended(1)), '{"header": {"format_version": 1}}\n'])
def test_what_is_no_journal(text: str) -> None:
    with pytest.raises(BadJournal):
        read_journal(text)


def test_another_format() -> None:
    with pytest.raises(BadJournal, match="format 99"):
        read_journal(line_of(Header(99, "job", "import", "", "", "")))


def test_fields_can_be_sent_again() -> None:
    row = {"id": 1, "status": {"value": "active"}, "site": {"id": 3}, "tags": [{"name": "T", "slug": "t"}], "serial": "S"}
    body = {"id": 1, "status": "offline", "site": 4, "tags": [], "custom_fields": {"a": 1}}
    was = {"id": 1, "status": "active", "site": 3, "tags": ["T"]}
    assert fields_before(Target.SITE, row | {"custom_fields": {"a": None, "b": 2}}, body) == {**was, "custom_fields": {"a": None}}
    # Which LibreNMS device it is, and which stack it is in, are kept beside them.
    device = row | {"custom_fields": {"a": None, **LINK}, "virtual_chassis": {"id": 4}}
    before = fields_before(Target.DEVICE, device, body)
    assert before == {**was, "custom_fields": {"a": None, **LINK}, "virtual_chassis": 4}
    changed = changed_fields(before, body)
    assert changed["custom_fields"] == ({"a": 1}, {"a": None}) and "virtual_chassis" not in changed


def test_several_changes_of_one_object_are_one() -> None:
    first = change(1, "update", Target.DEVICE, 5, {"vc_position": None, "name": "b"}, {"vc_position": 1, "name": "a"})
    second = change(
        2,
        "update",
        Target.DEVICE,
        5,
        {"vc_position": 2, "custom_fields": LINK},
        {"vc_position": None, "custom_fields": {"librenms_id": None}},
    )
    (item,) = first_items([second, first]).values()
    assert item.fields == {"vc_position": (2, 1), "name": ("b", "a"), "custom_fields": (LINK, {"librenms_id": None})}
    assert body_of(item) == {"id": 5, "vc_position": 1, "name": "a", "custom_fields": {"librenms_id": None}}
    back = change(3, "update", Target.DEVICE, 5, {"vc_position": 1}, {"vc_position": 2})
    assert "vc_position" not in first_items([first, second, back])[Target.DEVICE, 5].fields
    assert first_items([first, change(4, "delete", Target.DEVICE, 5)])[Target.DEVICE, 5].action is UndoAction.GONE


def test_the_columns_of_the_change_log() -> None:
    columns = {"id": 5, "name": "a", "serial": "", "last_updated": "x", "interface_count": 1, "_name": "a", "tags": []}
    after = {**columns, "serial": "S", "last_updated": "y", "interface_count": 2, "_name": "b", "tags": ["t"]}
    item = first_items([change(1, "update", Target.DEVICE, 5, after, columns)])[Target.DEVICE, 5]
    assert item.fields == {"serial": ("S", ""), "tags": (["t"], [])}


def test_what_belongs_to_a_device() -> None:
    changes = [
        change(1, "create", Target.SITE, 1, {"name": "x"}),
        change(2, "create", Target.VIRTUAL_CHASSIS, 3, {"name": "vc"}),
        change(3, "create", Target.DEVICE, 10, {"custom_fields": LINK, "virtual_chassis": 3, "site": 1}),
        change(4, "create", Target.DEVICE, 11, {"virtual_chassis": 3}),
        change(5, "create", Target.DEVICE, 12, {"custom_fields": {"librenms_id": {"default": 8}}}),
        change(6, "create", Target.INTERFACE, 20, {"device": 11}),
        change(7, "create", Target.IP_ADDRESS, 30, {"assigned_object_type": "dcim.interface", "assigned_object_id": 20}),
        change(8, "create", Target.IP_ADDRESS, 31, {"assigned_object_type": "dcim.interface", "assigned_object_id": 99}),
        change(9, "create", Target.INTERFACE, 21, {"device": 12}),
    ]
    assert [item.id for item in of_devices(changes, [7])] == [2, 3, 4, 6, 7]
    owners = {(Target.INTERFACE, 99): (Target.DEVICE, 10)}
    assert [item.id for item in of_devices(changes, [7], owners)] == [2, 3, 4, 6, 7, 8]
    assert of_devices(changes, [9]) == []
    # An interface is linked to a port, whose number may be that of any device.
    linked_port = change(13, "update", Target.INTERFACE, 22, {"custom_fields": LINK}, {"custom_fields": {"librenms_id": None}})
    assert linked_port not in of_devices([*changes, linked_port], [7])
    # What was linked before, in a stack that was there before.
    linked = change(10, "update", Target.DEVICE, 40, {"serial": "S"}, {"serial": "", "custom_fields": LINK, "virtual_chassis": 5})
    member = change(11, "update", Target.DEVICE, 41, {"serial": "T"}, {"serial": "", "virtual_chassis": 5})
    other = change(12, "update", Target.DEVICE, 42, {"serial": "T"}, {"serial": "", "virtual_chassis": 6})
    assert of_devices([linked, member, other], [7]) == [linked, member]
    assert first_items(changes)[Target.DEVICE, 10].refers == {(Target.SITE, 1), (Target.VIRTUAL_CHASSIS, 3)}


def test_the_last_touch_is_of_others_and_later() -> None:
    changes = [change(number, "update", Target.DEVICE, 1) for number in range(1, 6)]
    touch = last_touch(changes, {"r5"}, 2)
    assert touch is not None and touch.id == 4
    assert last_touch(changes, {"r4", "r5"}, 3) is None


def test_what_counts_as_a_use() -> None:
    site = first_items([change(1, "create", Target.SITE, 1, {"name": "x"})])[Target.SITE, 1]
    device = first_items([change(2, "create", Target.DEVICE, 2, {"site": 1})])[Target.DEVICE, 2]
    location = first_items([change(3, "create", Target.LOCATION, 3, {"site": 1})])[Target.LOCATION, 3]
    assert uses(device, site, "device_count") and not uses(device, site, "rack_count") and not uses(location, site, "device_count")
    tag = first_items([change(4, "create", Target.TAG, 4, {"name": "T", "slug": "t"})])[Target.TAG, 4]
    tagged = first_items([change(5, "create", Target.DEVICE, 5, {"tags": [{"slug": "t"}]})])[Target.DEVICE, 5]
    assert uses(tagged, tag, "tagged_items") and not uses(device, tag, "tagged_items") and not uses(tag, tag, "tagged_items")
