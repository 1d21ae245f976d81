# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""List writes that NetBox runs as its own background jobs, so that each stands in NetBox's list of jobs.

``?background=true`` on a list write answers 202 with a job (NetBox 4.7); the job's data hold the answer that the write would
have had directly.
"""

from __future__ import annotations

import collections.abc as c
import time
import typing as t

from .._engine.kinds import Target
from .._exceptions import AccessDenied, AnswerLost, ApiError, CollectionError, UnusableAnswer
from .client import Json, NetBoxClient
from .write import CHANGELOG_LIMIT, doing

FIRST_VERSION = (4, 7)
_WAITING = ("pending", "scheduled", "running")
# Seconds between two looks at a job.
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0
# How many times netbox_timeout a job may take; jobs of other users, and of NetBox itself, may stand before it.
_PATIENCE = 10


def check_jobs(client: NetBoxClient) -> None:
    """Raises CollectionError where NetBox cannot run writes as jobs, or the token may not see them."""
    if client.version < FIRST_VERSION:
        found, needed = (".".join(map(str, version)) for version in (client.version, FIRST_VERSION))
        raise CollectionError(f"netbox_jobs needs NetBox {needed} or newer, and {client.root} runs {found}; nothing was written.")
    if not client.has_workers:
        raise CollectionError(
            f"netbox_jobs needs a background worker, and {client.root} has none running (netbox-rq); nothing was written. "
            "Start it, or set netbox_jobs to false."
        )
    try:
        client.count("core/jobs", "reading the jobs of NetBox")
    except AccessDenied as error:
        raise CollectionError(f"netbox_jobs needs the permission core.view_job; nothing was written. {error}") from error


class JobSender:
    """Sends one list write as a job of NetBox and waits for the job's end.

    :param watcher: a client whose requests a cancelled import does not stop, because a write in flight is waited for
    """

    def __init__(
        self,
        client: NetBoxClient,
        watcher: NetBoxClient,
        changelog_message: str,
        *,
        sleep: c.Callable[[float], None] = time.sleep,
        clock: c.Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._watcher = watcher
        self._message = changelog_message[:CHANGELOG_LIMIT]
        self._sleep = sleep
        self._clock = clock

    def send(self, target: Target, method: str, bodies: list[Json]) -> t.Any:
        """Returns the rows. Raises ApiError whose ``body`` is NetBox's answer to the write."""
        operation = f"{doing(method, target, len(bodies))} as a job"
        data = [{**body, "changelog_message": self._message} for body in bodies]
        request = self._client.request(target, background="true")
        function = request.post if method == "post" else request.patch
        answer = self._client.call(lambda: function(data), operation)
        if isinstance(answer, list):
            # A NetBox that does not know the parameter has written directly.
            return answer
        job = answer.get("job") if isinstance(answer, dict) else None
        if not isinstance(job, dict) or not isinstance(job.get("id"), int):
            raise UnusableAnswer(operation, method=method.upper(), url=self._client.url(target), reason="the answer names no job")
        return self._answer_of(job["id"], operation, method, target)

    def _answer_of(self, job_id: int, operation: str, method: str, target: Target) -> t.Any:
        job = self._ended(job_id, operation, method)
        data = job.get("data")
        url = self._client.url(target)
        if not isinstance(data, dict) or "status_code" not in data:
            # The job broke off before it had an answer, and with it its transaction.
            message = str(job.get("error") or f"job {job_id} ended as {_status(job)}")
            body = {"error": message}
            raise ApiError(operation, method=method.upper(), url=url, status=500, server_message=message, body=body)
        status, rows = data["status_code"], data.get("data")
        if status in (200, 201):
            return rows
        kind = AccessDenied if status in (401, 403) else ApiError
        message = str(rows.get("detail") or job.get("error") or "") if isinstance(rows, dict) else str(job.get("error") or "")
        raise kind(operation, method=method.upper(), url=url, status=status, server_message=message or None, body=rows)

    def _ended(self, job_id: int, operation: str, method: str) -> Json:
        """The job once it has ended; AnswerLost when that takes too long."""
        pause = _FIRST_PAUSE
        path = f"core/jobs/{job_id}"
        until = self._clock() + _PATIENCE * self._client.timeout
        while True:
            try:
                found = self._watcher.get(path, f"watching job {job_id} of NetBox")
                if not isinstance(found, dict):
                    raise UnusableAnswer(f"watching job {job_id} of NetBox", url=self._client.url(path), reason="this is no job")
            except ApiError as error:
                # NetBox has taken the job on, so the write may happen whatever keeps it from being watched.
                url = self._client.url(path)
                raise AnswerLost(operation, method=method.upper(), url=url, reason="its job cannot be watched", hint=str(error)) from error
            if _status(found) not in _WAITING:
                return found
            if self._clock() > until:
                hint = "Look at NetBox's list of jobs, and whether its worker runs."
                raise AnswerLost(operation, method=method.upper(), url=self._client.url(path), reason="the job has not ended", hint=hint)
            self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _status(job: Json) -> str:
    status = job.get("status")
    return str(status.get("value") if isinstance(status, dict) else status)
