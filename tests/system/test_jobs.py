# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches and imports as jobs: watched, run in the background, cancelled, killed, run again.

No test relies on time: a gate in front of each server keeps a request waiting, so it is known what a run is doing.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import itertools
import json
import os
import re
import signal
import time
import typing as t
from pathlib import Path

import pytest
from servers.librenms_demo import demo_devices
from servers.librenms_devices import KINDS, make_device, serial_number
from servers.librenms_server import LibreNMSSimulator
from system.support.gate import PATIENCE, Gate, Hold, Wanted, held
from system.support.harness import DEMO_VARS, Ansible, Json, NetBoxApi, actions, local_play
from system.support.playing import Playing, progress

IMPORT = "netbox_device_import"
SEARCH = "librenms_device_search"
PHASES = ["listing", "reading", "inventories", "assessing", "writing"]
# How far a phase is while its first request, or the second device, waits.
LIVE = {"reading": " 0/5", "assessing": " 0/5", "writing": " [01]/[45]"}
EXISTING_ID = 101
# Every test has devices of its own, so that NetBox need not be put back between them.
_FIRST_IDS = itertools.count(5000, 10)


@dataclasses.dataclass(frozen=True)
class Place:
    """Both servers behind gates, four new devices that could be stacks and one that NetBox has, and where the jobs are kept."""

    ansible: Ansible
    librenms: LibreNMSSimulator
    netbox: NetBoxApi
    gates: tuple[Gate, Gate]
    new_ids: tuple[int, ...]

    def options(self, job_id: str, **options: t.Any) -> Json:
        """One request for each device, in every phase of which there are requests."""
        one_at_a_time = {"batch_size": "1", "netbox_workers": 1, "librenms_workers": 1}
        common = {"all_devices": True, "rules": DEMO_VARS["rules"], "job_id": job_id, "librenms_workers": 1}
        return common | one_at_a_time | {"existing": "update"} | options

    def search_options(self, job_id: str) -> Json:
        options = self.options(job_id, detect_virtual_chassis=True)
        return {name: value for name, value in options.items() if name not in ("batch_size", "netbox_workers", "existing")}

    def record(self, job_id: str) -> Json | None:
        """The job record as it is on disk, None when there is none."""
        try:
            return t.cast("Json", json.loads((self.ansible.state_dir / "jobs" / f"{job_id}.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def process(self, job_id: str) -> int:
        record = self.record(job_id)
        assert record
        assert record["status"] == "running"
        return int(record["process"]["pid"])

    def asked_to_stop(self, job_id: str) -> bool:
        return (self.ansible.state_dir / "jobs" / f"{job_id}.cancel").exists()

    def in_phase(self, job_id: str, phase: str) -> Wanted:
        """The first request of a phase; the second device, where devices are written."""
        written = itertools.count()

        def wanted(method: str, path: str) -> bool:
            record = self.record(job_id)
            if record is None or record["status"] != "running" or record["progress"]["phase"] != phase:
                return False
            return phase != "writing" or (method == "POST" and path.startswith("/api/dcim/devices/") and next(written) > 0)

        return wanted

    def forget(self) -> None:
        """Removes what NetBox has of the new devices."""
        for row in self.netbox.all("dcim/devices"):
            link = row["custom_fields"].get("librenms_id")
            if link and link["default"] in self.new_ids:
                self.netbox.remove("dcim/devices", row["id"])

    def imported(self) -> int:
        """How many of the new devices NetBox has; each must be there once at most."""
        links = [row["custom_fields"].get("librenms_id") for row in self.netbox.all("dcim/devices")]
        found = [link["default"] for link in links if link and link["default"] in self.new_ids]
        assert len(found) == len(set(found))
        return len(found)


@pytest.fixture
def place(tmp_path: Path, world: NetBoxApi) -> c.Iterator[Place]:
    first = next(_FIRST_IDS)
    new = [
        make_device(KINDS["cbs350"], number, f"zrh-acc-{number}", "Zürich West", (serial_number("DNI", number),))
        for number in range(first, first + 4)
    ]
    known = [device for device in demo_devices() if device.device_id == EXISTING_ID]
    with LibreNMSSimulator([*new, *known]) as librenms, Gate(librenms.url) as first_gate, Gate(world.url) as second_gate:
        variables = {
            "LIBRENMS_URL": first_gate.url,
            "LIBRENMS_TOKEN": librenms.token,
            "NETBOX_URL": second_gate.url,
            "NETBOX_TOKEN": world.tokens["admin_v2"],
        }
        ansible = Ansible(tmp_path / "ansible", variables)
        yield Place(ansible, librenms, world, (first_gate, second_gate), tuple(device.device_id for device in new))


def assert_complete(place: Place, job_id: str) -> None:
    """Run it again, to its end."""
    again = place.ansible.import_devices(place.options(job_id))
    assert again["summary"]["not_processed"] == again["summary"]["failed"] == 0
    assert {action for device_id, action in actions(again).items() if device_id in place.new_ids} <= {"create", "none"}
    assert again["job"]["status"] == "completed"
    assert place.imported() == len(place.new_ids)


# Watching


@pytest.mark.parametrize("kind", ["import", "search"])
def test_lines_come_while_the_task_runs(place: Place, kind: str) -> None:
    phases = {"import": PHASES, "search": ["listing", "inventories", "reading"]}[kind]
    module, options = (IMPORT, place.options("one")) if kind == "import" else (SEARCH, place.search_options("one"))
    playing = Playing(place.ansible, module, options)
    for phase in phases:
        with held(place.in_phase("one", phase), *place.gates) as hold:
            assert arrives(hold, playing), playing.texts
            # The run stands still, so this line is live.
            line = playing.expect(rf"{kind}: {phase}{LIVE.get(phase, '')},")
            assert line.startswith("[localhost] ")
    played = playing.finish()
    assert played.status == "successful"
    shown = progress(played)
    told = [phase for phase, _lines in itertools.groupby(re.split(r"[ ,]", line)[1] for line in shown)]
    # A slow machine also shows phases that a fast one is through with between two lines.
    later = iter(told)
    assert all(phase in later for phase in phases), told
    assert set(told) <= set(phases) | {"reading", "assessing"}
    assert len(shown) == len(set(shown))
    events = [event["event"] for event in played.events]
    lines = [number for number, event in enumerate(played.events) if f"{kind}: " in (event.get("stdout") or "")]
    assert {events[number] for number in lines} <= {"verbose"}
    assert not played.unexpected_warnings
    # Ansible takes these two for its own, and would wait for ever.
    assert not {"started", "finished"} & played.result().keys()


# In the background


def test_poll_0_and_a_look_later_in_check_mode(place: Place) -> None:
    before = place.netbox.changes()
    tasks: list[Json] = [
        {
            "name": "Start",
            f"netsot.librenms.{IMPORT}": place.options("later", tags=["librenms"], create_missing=["tags"]),
            "async": 600,
            "poll": 0,
            "register": "begun",
        },
        {
            "name": "Look",
            "netsot.librenms.librenms_job_info": {"job_id": "later"},
            "register": "seen",
            "until": "seen.jobs | length > 0 and seen.jobs[0].progress.phase == 'inventories'",
            "retries": PATIENCE,
            "delay": 1,
        },
        {"name": "Meanwhile", "ansible.builtin.debug": {"msg": "meanwhile"}},
        {
            "name": "Wait",
            "ansible.builtin.async_status": {"jid": "{{ begun.ansible_job_id }}"},
            "register": "done",
            "until": "done is finished",
            "retries": PATIENCE,
            "delay": 1,
        },
    ]
    with held(place.in_phase("later", "inventories"), *place.gates):
        playing = Playing(place.ansible, [local_play(tasks)], method="play", check=True)
        playing.expect('"msg": "meanwhile"')
    played = playing.finish()
    assert played.status == "successful"
    seen = played.tasks("Look")[-1]["jobs"][0]
    assert (seen["status"], seen["check_mode"], seen["kind"], seen["summary"]) == ("running", True, "import", {})
    done = played.tasks("Wait")[-1]
    assert done["job"]["check_mode"]
    assert done["changed"]
    assert done["summary"]["created"] == len(place.new_ids)
    assert done["stats"]["netbox_writes"] == 0
    assert place.netbox.changes() == before
    assert progress(played) == []
    assert_private(place)


def test_shipped_playbooks_show_list_and_cancel(place: Place) -> None:
    variables = {"ANSIBLE_CALLBACKS_ENABLED": "netsot.librenms.job_progress"}
    extra = place.options("one", librenms_poll=2)
    playing = Playing(place.ansible, "netsot.librenms.device_import", method="play", extra=extra, variables=variables)
    for phase in ("listing", "inventories"):
        with held(place.in_phase("one", phase), *place.gates) as hold:
            assert arrives(hold, playing), playing.texts
            playing.expect(rf"\[localhost\] import: {phase},")
    with held(place.in_phase("one", "writing"), *place.gates) as hold:
        assert arrives(hold, playing), playing.texts
        playing.expect(r"\[localhost\] import: writing [01]/[45],")
        listed = place.ansible.play("netsot.librenms.jobs", extra={"librenms_job_status": "running"})
        canceller = Playing(place.ansible, "netsot.librenms.jobs", method="play", extra={"librenms_job_cancel": "one"})
        while canceller.running and not place.asked_to_stop("one"):
            time.sleep(0.1)
    cancelled = canceller.finish()
    played = playing.finish()
    heading, line = listed.result("Show the jobs")["msg"]
    assert heading.split()[:3] == ["ID", "KIND", "STATUS"]
    assert re.fullmatch(r"one +import +running +no +[-0-9]{10} [:0-9]{8} +\d+ +writing [01]/[45]", line)
    assert re.match(r"one +import +cancelled +no ", cancelled.result("Show the jobs")["msg"][1])
    assert cancelled.status == listed.status == "successful"
    assert played.status == "failed"
    assert_cancelled(place, played.result("Import the devices"))
    shown = played.result("Show what happened")["msg"]
    assert sum("not_processed" in row for row in shown) in (2, 3)
    assert "cancelled" in played.result("Fail because the import failed")["msg"]
    assert not [*played.unexpected_warnings, *listed.unexpected_warnings, *cancelled.unexpected_warnings]


def assert_private(place: Place) -> None:
    """Ansible's own file of a background task can be read by everybody, so it must hold nothing secret."""
    files = list((place.ansible.state_dir.parent / "async").iterdir())
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        result = json.loads(text)
        assert not {"started", "finished"} & result.keys()
        assert place.librenms.token not in text
        assert place.netbox.tokens["admin_v2"] not in text
        assert "s3cr3t" not in text


def arrives(hold: Hold, playing: Playing) -> bool:
    """Wait until the run came to what is held, or ended before; whether it came."""
    while playing.running and not hold.arrives(0.1):
        pass
    return hold.arrives(0)


def test_deadline_comes_before_the_limit(place: Place) -> None:
    """The shipped playbook sets the deadline to half of a short limit."""
    result: Json = {}
    # A slow machine gets more time to come to its second device.
    for seconds in (6, 24, 96):
        job_id = f"late-{seconds}"
        extra = place.options(job_id, librenms_async=2 * seconds, librenms_poll=2)
        with held(place.in_phase(job_id, "writing"), *place.gates) as hold:
            playing = Playing(place.ansible, "netsot.librenms.device_import", method="play", extra=extra)
            came = arrives(hold, playing)
            if came:
                record = place.record(job_id)
                assert record
                begun = dt.datetime.fromisoformat(record["started_at"])
                while (dt.datetime.now(dt.UTC) - begun).total_seconds() < seconds + 2:
                    time.sleep(0.2)
        played = playing.finish()
        assert played.status == "failed"
        result = played.tasks("Import the devices")[-1]
        if came:
            break
        place.forget()
    assert result.get("timed_out"), result
    assert "deadline passed" in result["msg"]
    assert not result["cancelled"]
    assert result["job"]["status"] == "timed_out"
    assert_two_of_four(place, result)


def test_limit_of_async_kills(place: Place) -> None:
    came = False
    for seconds in (6, 24, 96):
        job_id = f"limit-{seconds}"
        with held(place.in_phase(job_id, "inventories"), *place.gates) as hold:
            playing = Playing(place.ansible, IMPORT, place.options(job_id), keywords={"async": seconds, "poll": 2})
            came = arrives(hold, playing)
            played = playing.finish()
            assert played.status == "failed"
            # Ansible's kill misses its aim now and then, or is late. Then the job can be cancelled like any other.
            canceller = Playing(place.ansible, "librenms_job", {"job_id": job_id, "state": "cancelled"}) if came else None
            while canceller and canceller.running and not place.asked_to_stop(job_id):
                time.sleep(0.1)
        if canceller:
            assert canceller.finish().result()["job"]["status"] in ("lost", "cancelled")
            break
    assert came
    assert place.imported() == 0


# Cancelling


def assert_two_of_four(place: Place, result: Json) -> None:
    """The answer of an import that was stopped while its second device was on its way."""
    done = actions(result)
    assert [done[device_id] for device_id in place.new_ids].count("create") == result["summary"]["created"] == 2, result
    assert [done[device_id] for device_id in place.new_ids].count("not_processed") == 2
    assert result["summary"]["not_processed"] in (2, 3)
    assert place.imported() == 2


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_import_is_cancelled_before_it_writes(place: Place, phase: str) -> None:
    before = place.netbox.changes()
    with held(place.in_phase("one", phase), *place.gates) as hold:
        playing = Playing(place.ansible, IMPORT, place.options("one"))
        assert arrives(hold, playing)
        assert place.ansible.module("librenms_job", {"job_id": "one", "state": "cancelled", "wait": False}).result()["changed"]
    played = playing.finish()
    assert played.status == "failed"
    result = played.result()
    assert_cancelled(place, result)
    selected = 0 if phase == "listing" else len(place.new_ids) + 1
    assert result["summary"]["selected"] == selected
    assert result["summary"]["created"] == result["summary"]["updated"] == 0
    assert {action for device_id, action in actions(result).items() if device_id in place.new_ids} <= {"not_processed"}
    assert result["summary"]["not_processed"] >= min(selected, len(place.new_ids))
    assert not result["changed"]
    assert place.netbox.changes() == before


def test_import_is_cancelled_while_it_writes(place: Place) -> None:
    cancel: Json = {"netsot.librenms.librenms_job": {"job_id": "one", "state": "cancelled", "wait": False}, "diff": True}
    cancels: list[Json] = [{"name": "Preview", "check_mode": True, **cancel}, {"name": "Cancel", **cancel}, {"name": "Again", **cancel}]
    with held(place.in_phase("one", "writing"), *place.gates) as hold:
        playing = Playing(place.ansible, IMPORT, place.options("one"))
        assert arrives(hold, playing)
        cancelling = place.ansible.play([local_play(cancels)])
    played = playing.finish()
    assert [cancelling.result(task["name"])["changed"] for task in cancels] == [True, True, False]
    assert cancelling.result("Preview")["diff"] == {"before": {"status": "running"}, "after": {"status": "cancelled"}}
    assert played.status == "failed"
    result = played.result()
    assert_cancelled(place, result)
    assert_two_of_four(place, result)
    assert_complete(place, "one")


def assert_cancelled(place: Place, result: Json) -> None:
    assert "cancelled" in result["msg"]
    assert result["cancelled"]
    assert not result["timed_out"]
    assert result["job"]["status"] == "cancelled"
    record = place.record("one")
    assert record
    assert (record["status"], record["summary"]) == ("cancelled", result["summary"])


def test_preview_is_not_cancelled_by_a_preview(place: Place) -> None:
    options = {"job_id": "one", "state": "cancelled"}
    with held(place.in_phase("one", "inventories"), *place.gates) as hold:
        playing = Playing(place.ansible, IMPORT, place.options("one"), check=True)
        assert arrives(hold, playing)
        assert place.ansible.module("librenms_job", options, check=True).result()["changed"]
    assert playing.finish().result()["job"]["status"] == "completed"


@pytest.mark.parametrize("phase", ["listing", "inventories", "reading"])
def test_search_is_cancelled(place: Place, phase: str) -> None:
    with held(place.in_phase("one", phase), *place.gates) as hold:
        playing = Playing(place.ansible, SEARCH, place.search_options("one"))
        assert arrives(hold, playing)
        canceller = Playing(place.ansible, "librenms_job", {"job_id": "one", "state": "cancelled"})
        while canceller.running and not place.asked_to_stop("one"):
            time.sleep(0.1)
    assert canceller.finish().result()["job"]["status"] == "cancelled"
    played = playing.finish()
    assert played.status == "failed"
    result = played.result()
    assert_cancelled(place, result)
    # A list that is broken off says nothing of what is selected.
    selected = 0 if phase == "listing" else len(place.new_ids) + 1
    assert result["summary"]["not_processed"] == len(result["devices"]) == selected
    assert {device["state"] for device in result["devices"]} <= {None}
    again = place.ansible.search(place.search_options("one"))
    assert again["summary"]["not_processed"] == 0
    assert again["summary"]["ready"] == len(place.new_ids)


@pytest.mark.parametrize("keywords", [{}, {"async": 600, "poll": 2}], ids=["foreground", "background"])
def test_sigterm_cancels(place: Place, keywords: Json) -> None:
    with held(place.in_phase("one", "writing"), *place.gates) as hold:
        playing = Playing(place.ansible, IMPORT, place.options("one"), keywords=keywords)
        assert arrives(hold, playing)
        os.kill(place.process("one"), signal.SIGTERM)
        # Python looks at signals between two instructions.
        time.sleep(1)
    played = playing.finish()
    assert played.status == "failed"
    result = played.result()
    assert_cancelled(place, result)
    assert_two_of_four(place, result)


def test_killed_job_is_lost(place: Place) -> None:
    with held(place.in_phase("one", "writing"), *place.gates) as hold:
        playing = Playing(place.ansible, IMPORT, place.options("one"))
        assert arrives(hold, playing)
        os.kill(place.process("one"), signal.SIGKILL)
    assert playing.finish().status == "failed"
    tasks = [
        {"name": "Lost", "netsot.librenms.librenms_job_info": {"status": ["lost"]}},
        {"name": "Cancel", "netsot.librenms.librenms_job": {"job_id": "one", "state": "cancelled", "wait_timeout": PATIENCE}},
    ]
    looked = place.ansible.play([local_play(tasks)])
    (lost,) = looked.result("Lost")["jobs"]
    assert (lost["id"], lost["ended_at"]) == ("one", None)
    assert lost["progress"]["phase"] == "writing"
    assert "killed" in lost["error"]
    # Nobody is there to stop, so this comes back at once.
    assert not looked.result("Cancel")["changed"]
    assert looked.result("Cancel")["job"]["status"] == "lost"
    assert_complete(place, "one")


def test_two_jobs_of_one_id(place: Place) -> None:
    with held(place.in_phase("one", "listing"), *place.gates) as hold:
        playing = Playing(place.ansible, SEARCH, place.search_options("one"))
        assert arrives(hold, playing)
        second = place.ansible.module(SEARCH, place.search_options("one"))
    assert second.status == "failed"
    assert "a job of this id runs since" in second.result()["msg"]
    assert progress(second) == []
    assert playing.finish().result()["job"]["status"] == "completed"
