# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import csv
import dataclasses
import hashlib
import html.parser
import io
import json
import os
import pathlib
import re
import typing as t

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import Issue, IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.assessment import AssessedMember, Assessment, State
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.existing import ExistingObject
from ansible_collections.netsot.librenms.plugins.module_utils._engine.judging.identity import MatchedBy
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.matcher import Match
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.resolved import Resolved
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.outcomes import Outcomes
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Change, Plan, PlannedDevice, Write
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import (
    DeviceRecord,
    DeviceStatus,
    Member,
    Stacking,
    StackStatus,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import visible
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.found_result import found_json
from ansible_collections.netsot.librenms.plugins.module_utils._flow.import_result import ImportReport
from ansible_collections.netsot.librenms.plugins.module_utils._flow.outlook import DeviceOutlook
from ansible_collections.netsot.librenms.plugins.module_utils._flow.result_detail import with_detail
from ansible_collections.netsot.librenms.plugins.module_utils._flow.search_result import assessment_json, search_summary
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import JobStatus
from ansible_collections.netsot.librenms.plugins.module_utils._report import report as _report
from ansible_collections.netsot.librenms.plugins.module_utils._report.csv_file import write_csv
from ansible_collections.netsot.librenms.plugins.module_utils._report.html_file import write_html
from ansible_collections.netsot.librenms.plugins.module_utils._report.report import write_report
from ansible_collections.netsot.librenms.plugins.module_utils._report.report_path import check_report_path

ROOT = "https://netbox.example.net"
JOB = {"id": "job-1", "kind": "search", "status": "completed", "check_mode": False, "started_at": "2026-11-23T10:00:00Z", "duration": 1.5}
STATS = {"librenms_requests": 3, "netbox_reads": 1, "netbox_writes": 0, "retries": 0, "seconds": {}}

STACK = Stacking(
    StackStatus.STACK, (Member(1, "FOC1", "C9300-48P", "Switch 1", is_master=True), Member(2, "FOC2", "C9300-24P", "Switch 2"))
)
SITE_MISSING = Issue(IssueCode.SITE_NOT_FOUND, "site", "NetBox has no site 'ams1'.", "Create it.", ("AMS1 NTT", "AMS2"), "ams1")
PLATFORM_MISSING = Issue(IssueCode.PLATFORM_NOT_FOUND, "platform", "NetBox has no platform 'ios'.", value="ios")


def assessment(device_id: int, state: State = State.READY, **changes: t.Any) -> Assessment:
    name = f"sw-{device_id}"
    device = DeviceRecord(device_id, f"10.0.0.{device_id}", name, os="ios", hardware="C9300-48P", serial=f"FOC{device_id}", location="ams1")
    match = Match(ObjectKind.DEVICE, site=Resolved(1, "AMS1 NTT", "rule"), device_type=Resolved(2, "C9300-48P", "model"))
    return dataclasses.replace(Assessment(device, name, state, match), **changes)


def assessments() -> list[Assessment]:
    members = tuple(
        AssessedMember(member, f"sw-3-M{member.position}", member.serial, Resolved(9, "Type 9", "model")) for member in STACK.members
    )
    existing = ExistingObject(ObjectKind.DEVICE, 77, "sw-2 in NetBox", "")
    return [
        assessment(1, State.BLOCKED, match=Match(ObjectKind.DEVICE), issues=(SITE_MISSING,), warnings=(PLATFORM_MISSING,)),
        assessment(2, State.EXISTING, existing=existing, matched_by=MatchedBy.SERIAL),
        assessment(3, virtual_chassis=STACK, members=members),
    ]


def search_result(detail: str = "full") -> dict[str, t.Any]:
    judged = assessments()
    return {
        "devices": with_detail([assessment_json(item, DeviceOutlook(), ROOT) for item in judged], detail),
        "summary": search_summary(judged, {}),
        "cache": None,
        "choices": {"roles": []},
        "suggested_rules": 'rules:\n  sites:\n    - {location: "ams1", site: "AMS1 NTT"}\n',
        "changed": False,
        "cancelled": False,
        "timed_out": False,
        "stats": STATS,
        "job": JOB,
    }


def import_result(*, check_mode: bool = True) -> dict[str, t.Any]:
    blocked, existing, stack = assessments()
    changes = (Change("name", "sw-3", None, "sw-3"), Change("tags", [1, 2], None, ["auto", "librenms"]))
    updates = (Change("serial", "FOC2", "OLD", "FOC2"),)
    plan = Plan(
        devices=(
            PlannedDevice(blocked, Action.BLOCKED, issues=blocked.issues, warnings=blocked.warnings),
            PlannedDevice(existing, Action.UPDATE, own_writes=(Write("device:2", Target.DEVICE, "sw-2", updates, 77, 2),)),
            PlannedDevice(stack, Action.CREATE, own_writes=(Write("device:3", Target.DEVICE, "sw-3", changes, None, 3),)),
        )
    )
    report = ImportReport(plan, Outcomes.all_done(plan), ROOT)
    return {
        "results": report.results(),
        "summary": report.summary(),
        "changed": True,
        "diff": report.diff(),
        "cancelled": False,
        "timed_out": False,
        "failed": False,
        "stats": STATS,
        "job": JOB | {"kind": "import", "check_mode": check_mode},
    }


class Page(html.parser.HTMLParser):
    """A page's elements: the text in each, with that of the elements in it, and whether all are closed."""

    VOID = frozenset({"meta", "input", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str], list[t.Any]] = (tag, {name: value or "" for name, value in attrs}, [])
        self.found.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _tag, _attributes, texts in self._open:
            texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [(has, "".join(texts)) for name, has, texts in self.found if name == tag and wanted.items() <= has.items()]

    def tags(self) -> list[tuple[str, list[str]]]:
        """The structure: every element with the names of its attributes."""
        return [(tag, list(has)) for tag, has, _texts in self.found]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [text for _attributes, text in self.all(tag, **attributes)]


def page(kind: str, result: dict[str, t.Any]) -> Page:
    file = io.StringIO()
    write_html(file, kind, result)
    return Page(file.getvalue())


def rows(kind: str, result: dict[str, t.Any]) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    write_csv(file, kind, result)
    file.seek(0)
    return list(csv.DictReader(file, strict=True))


# States and kinds of a result, which the page shows in ways of their own.
WORDS = (*State, *Action, *ObjectKind, *DeviceStatus, *StackStatus, *JobStatus, "not_processed")


def result_saying(text: str) -> dict[str, t.Any]:
    """A result whose every text is this one."""
    issue = {"code": text, "field": text, "message": text, "hint": text, "suggestions": [text]}
    member = {"position": 1, "serial": text, "model": text, "name": text, "is_master": True, "netbox_name": text, "device_type": None}
    resolved = {"id": 1, "name": text, "by": text}
    device = dict.fromkeys(("hostname", "name", "ip", "os", "version", "hardware", "serial", "location", "status", "import_as"), text) | {
        "device_id": 1,
        "state": text,
        "netbox": {"id": 1, "url": text, "name": text, "type": text, "matched_by": text},
        "match": dict.fromkeys(("site", "location", "rack", "device_type", "platform", "role", "cluster"), resolved),
        "issues": [issue],
        "warnings": [issue],
        "virtual_chassis": {"status": "stack", "reason": text, "name": text, "members": [member]},
        "changes": {text: {"before": text, "after": text}},
    }
    summary = {"issues": {text: 1}, "values": {text: [{"value": text, "devices": 1}]}}
    job = {"id": text, "status": text, "started_at": text}
    return {"devices": [device], "summary": summary, "suggested_rules": text, "msg": text, "job": job}


def no_warning(text: str) -> t.NoReturn:
    pytest.fail(text)


class TestPath:
    @pytest.mark.parametrize("name", ["report.json", "report.csv", "report.html", "Report.HTML"])
    def test_known_endings_in_a_directory_that_exists(self, tmp_path: pathlib.Path, name: str) -> None:
        check_report_path(str(tmp_path / name))
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("path", [None, ""])
    def test_no_report(self, path: str | None) -> None:
        check_report_path(path)

    def test_the_working_directory(self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        check_report_path("report.html")

    @pytest.mark.parametrize("name", ["report", "report.txt", "report.html.gz", ".json", "dir/"])
    def test_another_ending(self, tmp_path: pathlib.Path, name: str) -> None:
        with pytest.raises(OptionError, match=r"report_path: must end with \.json, \.csv, \.html") as caught:
            check_report_path(str(tmp_path) + "/" + name)
        assert caught.value.option == "report_path"

    def test_a_directory_that_does_not_exist(self, tmp_path: pathlib.Path) -> None:
        with pytest.raises(OptionError, match="missing, which is not a directory"):
            check_report_path(str(tmp_path / "missing" / "report.json"))

    def test_a_directory_itself(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "reports.json").mkdir()
        with pytest.raises(OptionError, match="is a directory"):
            check_report_path(str(tmp_path / "reports.json"))

    def test_a_directory_without_right_to_write(self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """By a stand-in, because root may write everywhere."""
        monkeypatch.setattr(os, "access", lambda path, mode: not (path == str(tmp_path) and mode & os.W_OK))
        with pytest.raises(OptionError, match="may not write"):
            check_report_path(str(tmp_path / "report.json"))


class TestFile:
    @pytest.mark.parametrize("ending", ["json", "csv", "html"])
    def test_is_written_whole_with_nothing_beside_it(self, tmp_path: pathlib.Path, ending: str) -> None:
        path = tmp_path / f"report.{ending}"
        path.write_text("the last one")
        write_report(str(path), "search", search_result(), no_warning)

        assert [item.name for item in tmp_path.iterdir()] == [path.name]
        text = path.read_text()
        assert text.startswith({"json": "{", "csv": "device_id,", "html": "<!DOCTYPE html>"}[ending]) and "sw-3" in text

    def test_is_readable_as_the_umask_allows(self, tmp_path: pathlib.Path) -> None:
        previous = os.umask(0o027)
        try:
            write_report(str(tmp_path / "report.json"), "search", search_result(), no_warning)
        finally:
            os.umask(previous)
        assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o640

    @pytest.mark.parametrize("mode", [0o600, 0o664])
    def test_keeps_the_rights_of_the_one_before(self, tmp_path: pathlib.Path, mode: int) -> None:
        path = tmp_path / "report.json"
        path.write_text("the last one")
        path.chmod(mode)
        write_report(str(path), "search", search_result(), no_warning)
        assert path.stat().st_mode & 0o777 == mode
        assert path.read_text() != "the last one"

    def test_a_directory_that_vanished_is_a_warning(self, tmp_path: pathlib.Path) -> None:
        warnings: list[str] = []
        write_report(str(tmp_path / "gone" / "report.json"), "import", import_result(), warnings.append)

        assert len(warnings) == 1 and "could not be written" in warnings[0] and "No such file" in warnings[0]

    @pytest.mark.parametrize("ending", ["json", "csv", "html"])
    def test_a_result_that_cannot_be_written_is_a_warning_and_leaves_the_last_report(self, tmp_path: pathlib.Path, ending: str) -> None:
        path = tmp_path / f"report.{ending}"
        path.write_text("the last one")
        warnings: list[str] = []
        result = search_result()
        result["devices"].append(object())
        write_report(str(path), "search", result, warnings.append)

        assert len(warnings) == 1
        assert path.read_text() == "the last one"
        assert [item.name for item in tmp_path.iterdir()] == [path.name]

    def test_a_full_disk_is_a_warning_and_leaves_the_last_report(self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "report.json"
        path.write_text("the last one")

        def full(*_arguments: object, **_options: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_report.json, "dump", full)
        warnings: list[str] = []
        write_report(str(path), "search", search_result(), warnings.append)

        assert "No space left on device" in warnings[0]
        assert path.read_text() == "the last one" and len(list(tmp_path.iterdir())) == 1


class TestJson:
    def test_a_search(self, tmp_path: pathlib.Path) -> None:
        result = search_result()
        write_report(str(tmp_path / "r.json"), "search", result, no_warning)
        report = json.loads((tmp_path / "r.json").read_text())

        assert report == {"kind": "search"} | result
        assert "\n      " in (tmp_path / "r.json").read_text()

    def test_an_import_without_its_diff(self, tmp_path: pathlib.Path) -> None:
        result = import_result()
        write_report(str(tmp_path / "r.json"), "import", result, no_warning)

        assert json.loads((tmp_path / "r.json").read_text()) == {"kind": "import"} | {
            name: result[name] for name in result if name != "diff"
        }

    @given(st.text(st.characters()))
    def test_any_text_comes_back(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        path = tmp_path_factory.getbasetemp() / "any.json"
        write_report(str(path), "search", {"devices": [{"name": text, text: [text]}]}, no_warning)

        assert json.loads(path.read_text("utf-8"))["devices"] == [{"name": text, text: [text]}]


class TestCsv:
    def test_a_search_has_a_line_a_device(self) -> None:
        blocked, existing, stack = rows("search", search_result())

        assert (blocked["device_id"], blocked["state"], blocked["name"], blocked["location"], blocked["disabled"]) == (
            "1",
            "blocked",
            "sw-1",
            "ams1",
            "false",
        )
        assert (blocked["issue_codes"], blocked["warning_codes"]) == ("site_not_found", "platform_not_found")
        assert blocked["issues"] == "NetBox has no site 'ams1'. Create it. Near: AMS1 NTT, AMS2."
        assert (blocked["match_site"], blocked["netbox_id"], blocked["members"]) == ("", "", "")
        assert (existing["netbox_id"], existing["netbox_url"]) == ("77", f"{ROOT}/dcim/devices/77/")
        assert (existing["netbox_matched_by"], existing["match_device_type"]) == ("serial", "C9300-48P")
        assert stack["virtual_chassis"] == "stack"
        assert stack["members"] == "1: C9300-48P FOC1 sw-3-M1 (master) | 2: C9300-24P FOC2 sw-3-M2"

    def test_an_import_has_its_actions_and_changes(self) -> None:
        blocked, updated, created = rows("import", import_result())

        assert [row["action"] for row in (blocked, updated, created)] == ["blocked", "update", "create"]
        assert updated["changes"] == "serial: OLD -> FOC2"
        assert created["changes"] == "name:  -> sw-3 | tags:  -> auto, librenms"
        assert blocked["issue_codes"] == "site_not_found"

    @pytest.mark.parametrize(
        "result", [{"devices": [{"device_id": 1, "name": "a"}]}, {"devices": [found_json(DeviceRecord(1, "h"), "a", None)]}]
    )
    def test_what_a_result_does_not_have_is_empty(self, result: dict[str, t.Any]) -> None:
        (row,) = rows("search", result)
        assert (row["device_id"], row["name"], row["match_site"], row["issues"]) == ("1", "a", "", "")

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\n=1", "\uff1d1"])
    def test_no_text_is_a_formula(self, text: str) -> None:
        (row,) = rows("search", {"devices": [{"device_id": 1, "name": text, "hardware": f"a{text}"}]})
        assert (row["name"], row["hardware"]) == (f"'{text}", f"a{text}")

    @pytest.mark.parametrize(
        ("text", "written"),
        [("\t=1", r"\t=1"), ("\r=1", r"\r=1"), ("a\x1b[2Jb", r"a\x1b[2Jb"), ("a\x00b", r"a\x00b"), ("a\u202eb", r"a\u202eb")],
    )
    def test_what_a_terminal_would_obey_is_an_escape(self, text: str, written: str) -> None:
        (row,) = rows("search", {"devices": [{"device_id": 1, "name": text, "issues": [{"code": "x", "message": text}]}]})
        assert (row["name"], row["issues"]) == (written, written)

    @given(st.text(st.characters()), st.text(st.characters()))
    def test_any_text_comes_back(self, name: str, location: str) -> None:
        (row,) = rows("search", {"devices": [{"device_id": 1, "name": name, "location": location}]})

        name, location = visible(name), visible(location)
        assert row["name"] in (name, f"'{name}") and row["location"] in (location, f"'{location}")
        assert not row["name"].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row["device_id"] == "1" and None not in row


class TestHtml:
    def test_a_search(self) -> None:
        found = page("search", search_result())

        assert found.texts("h1") == ["LibreNMS device search"]
        assert "stacks: 1" in found.texts("p", class_="facts")
        assert [text for _has, text in found.all("button") if text and text[0].isdigit()] == ["3devices", "1ready", "1blocked", "1existing"]
        bodies = found.all("tbody", class_="foldable")
        assert [has["data-state"] for has, _text in bodies] == ["blocked", "ready"]
        assert bodies[0][0]["data-codes"] == "site_not_found platform_not_found"
        for text in ("NetBox has no site 'ams1'.", "Create it.", "AMS1 NTT", "10.0.0.1", "NetBox has no platform 'ios'."):
            assert text in bodies[0][1]
        for text in ("FOC2", "C9300-24P", "sw-3-M2", "Type 9", "(master)"):
            assert text in bodies[1][1]
        assert found.texts("a", href=f"{ROOT}/dcim/devices/77/") == ["sw-2 in NetBox"]
        assert 'site: "AMS1 NTT"' in found.texts("pre")[0]

    def test_where_it_comes_from(self) -> None:
        root = "https://librenms.example.net/nms"
        about = {"librenms_url": root, "netbox_url": ROOT, "filters": {"os": ["iosxe", "=ios"]}, "exclude": {}}
        found = page("search", search_result() | {"about": about})

        (facts,) = found.texts("p", class_="facts about")
        assert facts == f"LibreNMS {root}NetBox {ROOT}filters: os: ['iosxe', '=ios']"
        assert found.texts("a", href=f"{root}/device/1/") == ["id 1"]
        assert (
            page("search", search_result() | {"about": about | {"filters": {}}}).texts("p", class_="facts about")[0].endswith("all devices")
        )

    def test_an_import_says_what_it_writes(self) -> None:
        result = import_result()
        result["results"][2] |= {"ip": "10.0.0.3", "addresses": [{"name": "10.0.0.3/24"}, {"name": "10.9.0.3/24"}]}
        result["results"][2]["changes"] |= {"site": {"before": None, "after": "AMS1 NTT"}, "role": {"before": None, "after": "Switch"}}
        found = page("import", result | {"suggested_rules": "rules: {}"})

        heads = found.texts("th", scope="col")
        assert {"Site", "Role", "Addresses"} < set(heads) and "Type" not in heads
        assert "AMS1 NTT" in found.texts("td", class_="site") and "Switch" in found.texts("td", class_="role")
        assert "10.0.0.310.9.0.3/24" in found.texts("td", data_title="Addresses")
        assert found.texts("pre") == ["rules: {}"]

    def test_an_import(self) -> None:
        found = page("import", import_result(check_mode=False))

        assert [has["data-state"] for has, _text in found.all("tbody") if "data-state" in has] == ["blocked", "update", "create"]
        assert found.texts("span", class_="badge") == ["blocked", "updated", "created"]
        tiles = {has["data-state"]: text for has, text in found.all("button") if "data-state" in has}
        assert tiles == {
            "": "3devices",
            "create": "1created",
            "update": "1updated",
            "link": "0linked",
            "none": "0unchanged",
            "skip": "0skipped",
            "blocked": "1blocked",
            "fail": "0failed",
        }
        (_has, updated), (_other, created) = (body for body in found.all("tbody") if body[0].get("data-state") in ("update", "create"))
        assert "OLD" in updated and "auto, librenms" in created

    def test_a_preview_says_so(self) -> None:
        found = page("import", import_result(check_mode=True))

        assert "nothing was written" in found.texts("h1")[0]
        assert found.texts("span", class_="badge") == ["blocked", "to update", "to create"]

    @pytest.mark.parametrize(
        ("ending", "notice"),
        [
            ({"cancelled": True}, "The job was cancelled before its end, so this is not everything."),
            ({"timed_out": True}, "The job passed its deadline before its end, so this is not everything."),
            ({"cancelled": True, "msg": "2 devices could not be imported."}, "2 devices could not be imported."),
        ],
    )
    def test_an_early_end_is_told(self, ending: dict[str, t.Any], notice: str) -> None:
        assert page("import", import_result() | ending).texts("p", class_="notice") == [notice]
        assert page("import", import_result()).texts("p", class_="notice") == []

    def test_a_search_that_did_not_assess(self) -> None:
        device = found_json(DeviceRecord(5, "10.0.0.5", location="ams1"), "sw-5", STACK)
        found = page("search", {"devices": [device], "summary": search_summary((), {}) | {"selected": 1}, "job": JOB, "stats": STATS})

        assert found.texts("th", scope="col")[:6] == ["State", "Device", "Location → site", "Hardware → type", "OS → platform", "Stack"]
        assert "none" not in found.texts("td", class_="site")[0]

    @pytest.mark.parametrize("kind", ["search", "import"])
    def test_a_result_without_devices(self, kind: str) -> None:
        found = page(kind, {"devices": [], "results": [], "summary": {"selected": 7}})

        assert found.texts("p")[-1] == "The result holds no devices."
        assert not found.all("table") and not found.all("input")

    def test_brief_results(self) -> None:
        assert "sw-1" in page("search", search_result("brief")).texts("tbody")[1]
        brief = {"device_id": 1, "name": "sw-1", "action": "none", "netbox": None}
        assert page("import", {"results": [brief]}).texts("span", class_="badge") == ["unchanged"]

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "/x", "", None, "http:x", "https://[::1", "http://a\u202eb/"]
    )
    def test_only_web_addresses_are_links(self, url: str | None) -> None:
        netbox = {"id": 1, "url": url, "name": "sw", "type": "device", "matched_by": None}
        assert not page("search", {"devices": [{"device_id": 1, "netbox": netbox}]}).all("a")

    def test_it_needs_and_gets_no_network(self) -> None:
        file = io.StringIO()
        write_html(file, "search", search_result())
        text = file.getvalue()
        found = Page(text)
        (policy,) = (has["content"] for has, _text in found.all("meta", http_equiv="Content-Security-Policy"))

        assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
        assert not re.search(r"\ssrc=|@import|url\(|\sstyle=|\son\w+=", text)
        assert len(found.all("script")) == len(found.all("style")) == 1
        assert not found.all("link") and {has["href"] for has, _text in found.all("a")} == {f"{ROOT}/dcim/devices/77/"}

    def test_the_policy_names_the_style_and_script_as_a_browser_hashes_them(self) -> None:
        found = page("search", search_result())
        (policy,) = (has["content"] for has, _text in found.all("meta", http_equiv="Content-Security-Policy"))
        for tag in ("style", "script"):
            (text,) = found.texts(tag)
            assert f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy

    @given(
        st.text(st.characters() | st.sampled_from("<>&\"'"), max_size=30)
        | st.sampled_from(
            ["</script><script>alert(1)</script>", "<!--", "]]>", "&lt;", "\u2028", "\x00", "\u202eabc", "a\ud800b", '" onclick="x']
        )
    )
    def test_any_text_is_shown_and_changes_no_structure(self, text: str) -> None:
        assume(text not in WORDS)
        found = page("search", result_saying(text))
        shown = "".join(char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text)

        assert found.texts("b")[-1] == found.texts("td", class_="mono")[0] == shown
        assert found.texts("code")[-1] == shown
        if text:
            assert f"serial {shown}" in found.texts("small")
            assert found.tags() == page("search", result_saying("x")).tags()
