# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netbox_import_undo
short_description: Take back what an import created and changed in NetBox
version_added: 1.1.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Removes the objects that a run of M(netsot.librenms.netbox_device_import) created, and puts the fields that it changed back, in
    bulk. Only what nobody has touched since; the rest stays and is told, with who touched it last and when.
  - What the import did stands in its journal, beside the record of its job. Without it, on another host say, it is read from
    NetBox's change log by the id of the job, as long as NetBox keeps its log. Either works after a kill. The token needs the
    permission C(core.view_objectchange) in any case, to know who has touched what since.
  - A device that others have given interfaces, addresses, cables or journal entries stays, and with it its virtual chassis.
    Platforms, tags, sites and other shared objects stay while anything uses them. The custom field C(librenms_id) always stays.
  - An undo that was killed or cancelled goes on when it is run again. Undoing twice changes nothing the second time.
extends_documentation_fragment:
  - netsot.librenms.netbox
  - netsot.librenms.branch
  - netsot.librenms.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  async:
    support: full
  action:
    support: full
    details: The action plugin shows progress while the module runs.
options:
  job_id:
    description:
      - The id of the import's job, as it stands in its result, in its record and in NetBox's change log. Where several runs had it, the
        last of them is undone.
    type: str
    required: true
  device_ids:
    description:
      - LibreNMS device ids. Only what the import did for these devices and their stacks is undone; all of it when not given.
    type: list
    elements: int
  undo_job_id:
    description:
      - Name of the job record of the undo itself. Made up when not given.
    type: str
  state_dir:
    description:
      - Directory of the job records.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_STATE_DIR), then to C(netsot.librenms) below
        E(XDG_STATE_HOME), which is C(~/.local/state) when unset.
    type: path
  deadline:
    description:
      - Seconds after which the undo ends in good order with C(timed_out=true).
    type: int
seealso:
  - module: netsot.librenms.netbox_device_import
"""

EXAMPLES = r"""
- name: What would be taken back
  netsot.librenms.netbox_import_undo:
    netbox_url: https://netbox.example.net
    netbox_token: "{{ netbox_token }}"
    job_id: import-20261125T020000000000
  check_mode: true
  diff: true

- name: Take back what the import did for two devices
  netsot.librenms.netbox_import_undo:
    job_id: import-20261125T020000000000
    device_ids: [1, 2]
"""

RETURN = r"""
objects:
  description: Every object that the import created or changed.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: The kind of object, by the path of its end point in NetBox's API.
      type: str
      sample: dcim/devices
    id:
      description: Its id in NetBox.
      type: int
    name:
      description: Its name.
      type: str
    action:
      description:
        - V(remove) and V(put_back) were done, or would be done in check mode. V(left) stays, and RV(objects[].reason) tells why. V(gone)
          had nothing left to undo. V(fail) was refused by NetBox. V(not_processed) when the undo ended before it.
      type: str
    changes:
      description: The fields that are put back, each with C(before) and C(after) the undo, as NetBox's change log holds them.
      type: dict
    reason:
      description: Why it stays, or what NetBox said.
      type: str
    by:
      description: The user who touched it last, null where that is not the reason.
      type: str
    at:
      description: When that was.
      type: str
summary:
  description: Counts of the objects by their actions.
  returned: success
  type: dict
  sample: {"remove": 12, "put_back": 3, "left": 1, "gone": 0, "fail": 0, "not_processed": 0}
diff:
  description: Every object that is removed or put back.
  returned: in diff mode
  type: list
  elements: dict
cancelled:
  description: Whether the job was cancelled.
  returned: success
  type: bool
timed_out:
  description: Whether O(deadline) passed.
  returned: success
  type: bool
stats:
  description: NetBox reads and writes.
  returned: success
  type: dict
job:
  description: The job record of the undo, with C(id), C(status), C(started_at), C(ended_at) and C(duration).
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import undo_spec
from ansible_collections.netsot.librenms.plugins.module_utils._entry_undo import run_undo


def main() -> None:
    run_undo(AnsibleModule(argument_spec=undo_spec(), supports_check_mode=True))


if __name__ == "__main__":
    main()
