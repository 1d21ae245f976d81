# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: job_progress
type: notification
short_description: Progress lines while Ansible polls a background search or import
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - While Ansible polls an asynchronous task (C(async) with C(poll) above 0) of M(netsot.librenms.librenms_device_search) or
    M(netsot.librenms.netbox_device_import), shows how far its job is; phase, done and total, failures, elapsed time, and an estimate
    once there is a rate.
  - At most one line for each poll, and none when nothing moved.
  - Reads the job's record, so there are lines only for tasks with a local connection whose module runs as the user that runs Ansible.
    Tasks with C(no_log) show none.
  - These modules show their progress by themselves, in the background too, about every two seconds. With this callback the lines of
    a background task come with Ansible's polls instead, one for each at most.
requirements:
  - Has to be enabled, with C(callbacks_enabled = netsot.librenms.job_progress) in the section C([defaults]) of C(ansible.cfg), or with
    C(ANSIBLE_CALLBACKS_ENABLED=netsot.librenms.job_progress) in the environment.
"""

import typing as t

from ansible.plugins.callback import CallbackBase

from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import now
from ansible_collections.netsot.librenms.plugins.plugin_utils._progress import ProgressLines, read_async


class CallbackModule(CallbackBase):
    """Shows one line for each poll at which the job has moved."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "netsot.librenms.job_progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines: dict[str, ProgressLines] = {}

    def v2_runner_on_async_poll(self, result: t.Any) -> None:
        # ansible-core 2.19 renamed the attributes; the old names are deprecated there, and the new ones absent before.
        answer = result.result if hasattr(result, "result") else result._result
        host = result.host if hasattr(result, "host") else result._host
        async_id = answer.get("ansible_job_id")
        record = read_async(async_id)
        if record is None:
            return
        line = self._lines.setdefault(async_id, ProgressLines(host.get_name())).line(record, now())
        if line is not None:
            self._display.display(line)
