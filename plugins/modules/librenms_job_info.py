# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: librenms_job_info
short_description: List searches and imports, running and past
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Returns the job records that every run of M(netsot.librenms.librenms_device_search) and M(netsot.librenms.netbox_device_import)
    keeps; who started it and when, how far it is, how it ended, its counts and its last log lines.
  - Reads files only, of the host that the task runs on and of the user it runs as. Asks neither LibreNMS nor NetBox.
  - Ended jobs are kept for 30 days, and at most 200 of them.
extends_documentation_fragment:
  - netsot.librenms.attributes
attributes:
  check_mode:
    support: full
    details: The module changes nothing.
  diff_mode:
    support: N/A
    details: The module changes nothing.
  idempotent:
    support: full
    details: The module changes nothing; what it returns follows the jobs.
  async:
    support: full
  action:
    support: full
    details: The action plugin leaves out what C(module_defaults) of the action group sets for other modules.
options:
  job_id:
    description:
      - The id of one job. The list is empty when there is none of this id.
    type: str
  kind:
    description:
      - Only jobs of this kind.
    type: str
    choices: [search, import, undo]
  status:
    description:
      - Only jobs with one of these states.
      - V(lost) is a job whose process is gone without having ended it, because it was killed or its machine was restarted. A job
        on a machine or in a container that cannot be seen from here counts as V(lost) when its record has not moved for 15 minutes.
    type: list
    elements: str
    choices: [running, completed, failed, cancelled, timed_out, lost]
  user:
    description:
      - Only jobs that this user started.
    type: str
  limit:
    description:
      - Return at most so many jobs, the newest ones. V(0) for all.
    type: int
    default: 50
  log_lines:
    description:
      - Return at most so many log lines of each job, the last ones. A job keeps 100.
    type: int
    default: 20
  state_dir:
    description:
      - Directory of the job records.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_STATE_DIR), then to C(netsot.librenms) below
        E(XDG_STATE_HOME), which is C(~/.local/state) when unset.
    type: path
seealso:
  - module: netsot.librenms.librenms_job
"""

EXAMPLES = r"""
- name: What is running
  netsot.librenms.librenms_job_info:
    status: [running]
  register: jobs

- name: Show how far each job is
  ansible.builtin.debug:
    msg: "{{ item.id }}: {{ item.progress.phase }} {{ item.progress.done }}/{{ item.progress.total }}"
  loop: "{{ jobs.jobs }}"
  loop_control:
    label: "{{ item.id }}"

- name: One import with its whole log
  netsot.librenms.librenms_job_info:
    job_id: nightly-import
    log_lines: 100

- name: Imports that did not complete
  netsot.librenms.librenms_job_info:
    kind: import
    status: [failed, cancelled, timed_out, lost]
"""

RETURN = r"""
jobs:
  description: The jobs, newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The job's id.
      type: str
      sample: nightly-import
    kind:
      description: V(search) or V(import).
      type: str
      sample: import
    status:
      description: V(running), V(completed), V(failed), V(cancelled), V(timed_out) or V(lost).
      type: str
      sample: running
    user:
      description: The user that the job runs as.
      type: str
      sample: netops
    host:
      description: The host that the job runs on.
      type: str
      sample: awx-ee-1
    pid:
      description: The job's process on that host.
      type: int
      sample: 4711
    check_mode:
      description: Whether the job runs in check mode.
      type: bool
      sample: false
    started_at:
      description: When it was started, in UTC.
      type: str
      sample: "2026-11-23T10:00:00.123Z"
    updated_at:
      description: When its record last moved, in UTC.
      type: str
      sample: "2026-11-23T10:01:07.456Z"
    ended_at:
      description: When it ended, in UTC; null for a job that is V(running) or V(lost).
      type: str
      sample: null
    duration:
      description:
        - Seconds from its start to its end; up to now for a job that is V(running), to its last sign of life for one that is V(lost).
      type: float
      sample: 67.3
    progress:
      description: How far its last phase is.
      type: dict
      contains:
        phase:
          description: V(listing), V(inventories), V(reading), V(assessing) or V(writing); null before the first one.
          type: str
        done:
          description: How many were dealt with.
          type: int
        total:
          description: How many there are; null as long as that is not known.
          type: int
        failed:
          description: How many of RV(jobs[].progress.done) did not succeed.
          type: int
      sample: {"phase": "writing", "done": 120, "total": 400, "failed": 3}
    summary:
      description: The counts of the job's result; empty until it ends.
      type: dict
      sample: {}
    error:
      description: Why it failed or was stopped, in a sentence; empty otherwise.
      type: str
      sample: ""
    parameters:
      description: The options it was started with, without secrets. Very long ones are not kept.
      type: dict
      sample: {"filters": {"location": ["ams1"]}, "existing": "link"}
    log:
      description: The last log lines, oldest first; each begins with its time in UTC.
      type: list
      elements: str
      sample: ["2026-11-23T10:00:02.010Z LibreNMS lists 400 devices"]
total:
  description: How many jobs match, whatever O(limit) is.
  returned: success
  type: int
  sample: 1
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import job_info_spec
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.actions import JobFilter, list_jobs
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import JobKind, JobStatus
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=job_info_spec(), supports_check_mode=True)
    options = module.params
    for name in ("limit", "log_lines"):
        if options[name] < 0:
            module.fail_json(msg=f"{name}: must not be negative (got {options[name]}).")
    wanted = JobFilter(
        job_id=options["job_id"],
        kind=JobKind(options["kind"]) if options["kind"] else None,
        status=frozenset(JobStatus(status) for status in options["status"] or ()),
        user=options["user"],
    )
    try:
        found = list_jobs(JobStore(options["state_dir"]), wanted, limit=options["limit"], log_lines=options["log_lines"])
    except CollectionError as error:
        module.fail_json(msg=str(error), failure=error.failure())
    else:
        for warning in found.warnings:
            module.warn(warning)
        module.exit_json(changed=False, jobs=list(found.jobs), total=found.total)


if __name__ == "__main__":
    main()
