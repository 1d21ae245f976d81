# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: librenms_job
short_description: Cancel a search or an import, or remove its record
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Cancels a running job of M(netsot.librenms.librenms_device_search) or M(netsot.librenms.netbox_device_import), or removes the
    record of one that has ended.
  - A cancelled job finishes its request in flight, returns what it has done, and sends no further request. A cancelled import that is
    run again completes.
  - Works on files only, of the host that the task runs on. A job belongs to the user it runs as; others can neither read nor
    cancel it, except C(root).
extends_documentation_fragment:
  - netsot.librenms.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details: Cancelling a job that has ended, is lost or was asked to stop already, and removing one that is not there, change nothing.
  async:
    support: full
  action:
    support: full
    details: The action plugin leaves out what C(module_defaults) of the action group sets for other modules.
options:
  job_id:
    description:
      - The id of the job, as M(netsot.librenms.librenms_job_info) lists it.
    type: str
    required: true
  state:
    description:
      - V(cancelled) asks the job to stop. A job that has ended or is lost stays as it is. It is an error when there is no such job.
      - V(absent) removes the record of a job that has ended or is lost, or a damaged one. It is an error when the job is running.
    type: str
    choices: [cancelled, absent]
    required: true
  wait:
    description:
      - With O(state=cancelled), wait until the job has ended.
    type: bool
    default: true
  wait_timeout:
    description:
      - With O(wait=true), the seconds after which the task fails when the job has not ended yet. The request to stop stays in
        force.
      - A job ends when the answer to its request in flight has come, which for a large batch of an import may take as long as the
        time-out of its server.
    type: int
    default: 60
  state_dir:
    description:
      - Directory of the job records.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_STATE_DIR), then to C(netsot.librenms) below
        E(XDG_STATE_HOME), which is C(~/.local/state) when unset.
    type: path
seealso:
  - module: netsot.librenms.librenms_job_info
"""

EXAMPLES = r"""
- name: Cancel an import and wait until it has stopped
  netsot.librenms.librenms_job:
    job_id: nightly-import
    state: cancelled

- name: What is running
  netsot.librenms.librenms_job_info:
    status: [running]
  register: jobs

- name: Cancel it without waiting
  netsot.librenms.librenms_job:
    job_id: "{{ item.id }}"
    state: cancelled
    wait: false
  loop: "{{ jobs.jobs }}"
  loop_control:
    label: "{{ item.id }}"

- name: Remove the record of a job
  netsot.librenms.librenms_job:
    job_id: nightly-import
    state: absent
"""

RETURN = r"""
job:
  description:
    - The job as it is now, with the keys of RV(netsot.librenms.librenms_job_info#module:jobs[]); null when there is none any more.
  returned: success, and when a job has not ended in time or cannot be removed because it is running
  type: dict
  sample: {"id": "nightly-import", "kind": "import", "status": "cancelled"}
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import job_action_spec
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.actions import ActionResult, JobActionError, cancel_job, remove_job
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.record import valid_job_id
from ansible_collections.netsot.librenms.plugins.module_utils._jobs.store import JobStore


def _run(options: t.Mapping[str, t.Any], *, check_mode: bool) -> ActionResult:
    store = JobStore(options["state_dir"])
    job_id = valid_job_id(options["job_id"])
    if options["state"] == "absent":
        return remove_job(store, job_id, check_mode=check_mode)
    return cancel_job(store, job_id, wait=max(0, options["wait_timeout"]) if options["wait"] else 0, check_mode=check_mode)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=job_action_spec(), supports_check_mode=True)
    try:
        outcome = _run(module.params, check_mode=module.check_mode)
    except JobActionError as error:
        module.fail_json(msg=str(error), failure=error.failure(), changed=error.changed, job=error.job)
    except CollectionError as error:
        module.fail_json(msg=str(error), failure=error.failure())
    else:
        for warning in outcome.warnings:
            module.warn(warning)
        module.exit_json(changed=outcome.changed, job=outcome.job, diff={"before": outcome.before, "after": outcome.after})


if __name__ == "__main__":
    main()
