# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of a job on disk."""

from __future__ import annotations

import pathlib
import stat

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.journal import Left
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind, JobStatus
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.journal import journal_of, open_journal
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore, JobStoreError


def test_it_is_there_while_it_is_written_private_and_goes_with_the_record(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    told: list[str] = []
    with Job.open(JobKind.IMPORT, state_dir=str(tmp_path), job_id="one") as job:
        assert journal_of(store, "one") is None
        journal = open_journal(job, "http://netbox.example.net", "a message", told.append)
        number = journal.begin(Target.SITE, "post", [{"slug": "x"}])
        read = journal_of(store, "one")
        assert read is not None and read.in_doubt and read.header.started_at == job.result()["started_at"]
        journal.end(number, Target.SITE, "post", [Left(4, "X", "T")])
        assert journal.is_own(Target.SITE, 4) and not journal.is_own(Target.SITE, 5)
        journal.close()
        job.finish(JobStatus.COMPLETED)
    read = journal_of(store, "one")
    assert read is not None and not read.in_doubt and read.versions == {(Target.SITE, 4): "T"}
    assert stat.S_IMODE(store.journal_path("one").stat().st_mode) == 0o600
    store.remove("one")
    assert journal_of(store, "one") is None and told == []


def test_another_run_of_the_same_id_has_its_own(tmp_path: pathlib.Path) -> None:
    for _number in range(2):
        with Job.open(JobKind.IMPORT, state_dir=str(tmp_path), job_id="one") as job:
            assert journal_of(JobStore(str(tmp_path)), "one") is None
            open_journal(job, "http://netbox.example.net", "a message", lambda _text: None).close()


def test_a_journal_that_cannot_be_written_is_told(tmp_path: pathlib.Path) -> None:
    told: list[str] = []
    with Job.open(JobKind.IMPORT, state_dir=str(tmp_path), job_id="one") as job:
        JobStore(str(tmp_path)).journal_path("one").mkdir()
        journal = open_journal(job, "http://netbox.example.net", "a message", told.append)
        journal.end(journal.begin(Target.SITE, "post", [{}]), Target.SITE, "post", [])
    assert len(told) == 1 and "cannot be written" in told[0]


def test_a_damaged_one_is_said_so(tmp_path: pathlib.Path) -> None:
    store = JobStore(str(tmp_path))
    store.prepare()
    store.journal_path("one").write_text("no journal\n")
    with pytest.raises(JobStoreError, match="has a line that cannot be read"):
        journal_of(store, "one")
