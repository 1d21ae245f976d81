# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What the change log of NetBox says of each write: by which run of which job it was.

Several runs may have one job id, so the start of the run belongs to it.
"""

from __future__ import annotations


def import_message(job_id: str, started_at: str = "") -> str:
    """Of an import; without a time the beginning that the messages of all runs of the job have."""
    return f"netsot.librenms import, job {job_id}{f', {started_at}' if started_at else ''}"


def undo_message(job_id: str, started_at: str) -> str:
    """Of what undoes a run of an import."""
    return f"netsot.librenms undo of job {job_id}, {started_at}"


def started_at_of(message: str, job_id: str) -> str | None:
    """The start of the run of a job that has this message; empty where it names none, None where it is of something else."""
    beginning = import_message(job_id)
    if message == beginning:
        return ""
    return message.removeprefix(f"{beginning}, ") if message.startswith(f"{beginning}, ") else None
