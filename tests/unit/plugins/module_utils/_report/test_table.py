# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a result."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.reasons import Findings, reason_counts
from ansible_collections.netsot.librenms.plugins.module_utils._report.rules_file import check_rules_path, write_rules
from ansible_collections.netsot.librenms.plugins.module_utils._report.table import MOST_ROWS, table_lines

Json = dict[str, t.Any]


def imported(device_id: int, action: str, **fields: t.Any) -> Json:
    return {"device_id": device_id, "name": f"sw{device_id}", "action": action, **fields}


def created(device_id: int) -> Json:
    changes = {"site": "Paris DC2", "role": "Switch", "device_type": "C9300-48P", "platform": "Cisco IOS-XE"}
    return imported(
        device_id, "create", ip="192.0.2.7", changes={name: {"before": None, "after": value} for name, value in changes.items()}
    )


BLOCKED = imported(
    2, "blocked", issues=[{"code": "site_not_found", "message": "No site for 'ams1'.", "hint": "Add a rule under rules.sites."}]
)
SUMMARY = {"selected": 4, "created": 1, "blocked": 1, "skipped": 2, "issues": {"site_not_found": 1}}


def result(*devices: Json, **fields: t.Any) -> Json:
    return {"results": list(devices), "summary": SUMMARY} | fields


def test_blocked_and_failed_come_first_and_what_stays_is_counted() -> None:
    failed = imported(5, "fail", issues=[{"code": "netbox_refused", "message": "Refused."}])
    lines = table_lines(result(created(1), imported(3, "skip"), BLOCKED, failed))
    assert [line.split()[0] for line in lines[:4]] == ["ID", "5", "2", "1"]
    assert not any(line.split()[0] == "3" for line in lines)
    assert any("2 skipped" in line for line in lines)


def test_full_lists_all() -> None:
    lines = table_lines(result(created(1), imported(3, "skip"), BLOCKED), "full")
    assert [line.split()[1] for line in lines[1:4]] == ["blocked", "create", "skip"]


def test_none_shows_nothing_and_a_result_without_counts_neither() -> None:
    assert table_lines(result(BLOCKED), "none") == []
    assert table_lines({"msg": "no"}) == []


def test_what_is_created_has_its_columns() -> None:
    head, row = table_lines(result(created(1)))[:2]
    assert head.split() == ["ID", "ACTION", "NAME", "SITE", "ROLE", "TYPE", "PLATFORM", "IP"]
    for title, text in (
        ("SITE", "Paris DC2"),
        ("ROLE", "Switch"),
        ("TYPE", "C9300-48P"),
        ("PLATFORM", "Cisco IOS-XE"),
        ("IP", "192.0.2.7"),
    ):
        assert row[head.index(f" {title}") + 1 :].startswith(text)


def test_warnings_stand_in_the_row_and_hints_and_counts_below() -> None:
    device = created(1) | {"warnings": [{"code": "rack_not_found", "message": "No rack 'R12'."}]}
    summary = SUMMARY | {"warnings": {"rack_not_found": 1}, "warning_values": {"rack_not_found": [{"value": "R12", "devices": 1}]}}
    lines = table_lines(result(device, BLOCKED, summary=summary))
    assert "Warning: No rack 'R12'." in lines[2]
    assert "    1 x rack_not_found: R12 (1)" in lines
    assert lines[lines.index("    1 x site_not_found") + 1].strip() == "Add a rule under rules.sites."


def test_reasons_add_up() -> None:
    def found(value: str) -> Findings:
        return Findings((Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, "device_type", "No type.", value=value),), ())

    devices = [found("C9300-24UX")] * 90 + [found(f"model {number}") for number in range(28)]
    known = Findings((), (Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, "device_type", "No type.", value="old"),), known=True)
    summary = SUMMARY | reason_counts([*devices, known])
    (line,) = (line for line in table_lines(result(summary=summary)) if "C9300" in line)
    assert line.strip().startswith("118 x device_type_not_found: C9300-24UX (90), model 0 (1), ")
    assert line.endswith("(1), ... and 24 more")
    assert summary["existing_warnings"] == {"device_type_not_found": 1}
    assert summary["warnings"] == {}


def test_a_device_counts_once_for_a_code() -> None:
    issues = tuple(Issue(IssueCode.DEVICE_TYPE_NOT_FOUND, "device_type", "No.", value=value) for value in ("a", "b"))
    counts = reason_counts([Findings(issues, ())])
    assert counts["issues"] == {"device_type_not_found": 1}
    assert counts["values"] == {"device_type_not_found": [{"value": "a", "devices": 1}]}


def test_long_lists_are_cut_and_say_so() -> None:
    devices = [created(number) for number in range(MOST_ROWS + 7)]
    lines = table_lines(result(*devices))
    assert "... and 7 more: create (librenms_table=full lists all)" in lines
    assert len(table_lines(result(*devices), "full")) > MOST_ROWS + 7


def test_a_search_that_does_not_assess_shows_what_librenms_says() -> None:
    device = {"device_id": 1, "name": "sw1", "state": None, "hardware": "C9300-48P", "os": "iosxe", "ip": "192.0.2.1", "match": None}
    lines = table_lines({"devices": [device], "summary": {"selected": 1}})
    assert lines[0].split() == ["ID", "STATE", "NAME", "TYPE", "PLATFORM", "IP"]
    assert "C9300-48P" in lines[1]


def test_remote_text_cannot_move_the_cursor() -> None:
    device = created(1) | {"name": "a\x1b[2Jb\r\nc\u202ed"}
    lines = table_lines(result(device, suggested_rules='rules:\n  sites:\n    - {location: "\x1b[2J", site: "x"}\n'))
    assert not any(character in line for line in lines for character in "\x1b\r\n\u202e")
    assert '    - {location: "\\x1b[2J", site: "x"}' in lines


def test_suggested_rules_are_last() -> None:
    lines = table_lines(result(BLOCKED, suggested_rules="rules:\n  sites: []\n"))
    assert lines[-3:] == ["Suggested rules; suggested_rules_path writes them to a file, ready to use:", "rules:", "  sites: []"]


def test_rules_file_is_replaced_but_nobodys_work(tmp_path: Path) -> None:
    path = str(tmp_path / "suggested.yml")
    check_rules_path(path)
    write_rules(path, "rules:\n  sites: []\n", pytest.fail)
    check_rules_path(path)
    write_rules(path, "", pytest.fail)
    assert "nothing to suggest" in Path(path).read_text(encoding="utf-8")
    Path(path).write_text("rules: {}\n", encoding="utf-8")
    with pytest.raises(OptionError, match="suggested_rules_path: holds something else"):
        check_rules_path(path)
    with pytest.raises(OptionError, match="not a directory"):
        check_rules_path(str(tmp_path / "none" / "x.yml"))
