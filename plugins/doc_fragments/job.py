# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job record that every search and import keeps."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  job_id:
    description:
      - Name of the job record of this run. Must not be the id of a job that is running.
      - Made up when not given.
    type: str
  state_dir:
    description:
      - Directory of the job records. They go into a directory C(jobs) in it, which is made when missing and is readable for the user who
        runs the task only. Other files in the directory are never touched.
      - A C(jobs) in it that belongs to another user or holds other files is not used. The run then goes on without a record, with a
        warning.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_STATE_DIR), then to C(netsot.librenms) below
        E(XDG_STATE_HOME), which is C(~/.local/state) when unset.
    type: path
  deadline:
    description:
      - Seconds after which the run ends in good order with C(timed_out=true).
      - Set it below the task's C(async) value, because Ansible kills a task that passes that limit.
    type: int
  result_detail:
    description:
      - How much is returned. V(full) is everything, V(brief) leaves out what a ready or unchanged device needs no
        reader for and cuts more of a long list, so that the list stays below 550,000 characters; V(summary) returns no list of devices.
      - AWX drops results over 700,000 characters.
    type: str
    choices: [full, brief, summary]
    default: full
  report_path:
    description: Also write the results to this file. Its ending decides about the format, C(.json), C(.csv) or C(.html).
    type: path
  suggested_rules_path:
    description:
      - Also write the suggested rules to this file, as YAML that can be read as variables, such as C(-e @suggested.yml).
      - A file that is there already is replaced when it holds suggested rules, and is an error otherwise.
    type: path
    version_added: 1.1.0
"""
