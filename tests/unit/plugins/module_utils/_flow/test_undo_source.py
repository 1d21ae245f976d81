# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an undo looks for what an import did, and what keeps it from looking in the wrong place."""

from __future__ import annotations

import types
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError
from ansible_collections.netsot.librenms.plugins.module_utils._flow.undo_source import read_deeds
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.job import Job, JobKind
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.journal import open_journal
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.branches import PLUGIN

ROOT = "http://netbox.example.net"


def client(**statuses: str) -> t.Any:
    """A NetBox that has nothing but branches, by their names."""
    rows = [{"id": number, "name": name, "status": {"value": status}} for number, (name, status) in enumerate(statuses.items(), 1)]
    return types.SimpleNamespace(root=ROOT, plugins={PLUGIN}, read=lambda _path, _operation: rows)


def imported(directory: Path, branch: str) -> str:
    """An import that wrote nothing, into a branch."""
    with Job.open(JobKind.IMPORT, state_dir=str(directory), job_id=None, parameters={}, check_mode=False, deadline=None) as job:
        open_journal(job, ROOT, "netsot.librenms import", lambda _text: None, branch).close()
    return job.id


@pytest.mark.parametrize(
    ("wrote_to", "looks_in", "status", "is_refused"),
    [
        ("", "", "", False),
        ("week", "week", "ready", False),
        ("week", "", "ready", True),
        ("week", "other", "ready", True),
        ("week", "other", "failed", True),
        # Its changes are in main, and in what was made of main.
        ("week", "", "merged", False),
        ("week", "other", "merged", False),
        # It is no more.
        ("week", "", "", False),
        # A branch begins with what main has.
        ("", "other", "", False),
    ],
)
def test_the_branch_of_an_import(tmp_path: Path, wrote_to: str, looks_in: str, status: str, is_refused: bool) -> None:
    job_id = imported(tmp_path, wrote_to)
    netbox = client(other="ready", **({"week": status} if status else {}))

    def read() -> None:
        assert read_deeds(netbox, JobStore(str(tmp_path)), job_id, looks_in, lambda _text: None).changes == ()

    if not is_refused:
        return read()
    with pytest.raises(OptionError, match=f"netbox_branch.*is not the branch that job {job_id} wrote to, 'week'"):
        read()
    return None
