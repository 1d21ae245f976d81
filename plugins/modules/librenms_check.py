# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: librenms_check
short_description: Prove that LibreNMS, NetBox and the tokens are ready for a search or an import
version_added: 1.1.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Asks both servers what a search or an import would ask first, and lists what it finds. Reads only.
  - Looked at are whether the servers answer and which versions they run, which devices LibreNMS shows, the clocks, the custom field
    C(librenms_id), each permission that the token of NetBox needs, and NetBox's background workers.
  - The task fails when something is missing; the list is in the result all the same.
  - The playbook C(netsot.librenms.check) runs it and shows the list.
extends_documentation_fragment:
  - netsot.librenms.librenms
  - netsot.librenms.netbox
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
    details: The module changes nothing; what it returns follows the servers.
  async:
    support: full
  action:
    support: full
    details: The action plugin leaves out what C(module_defaults) of the action group sets for other modules.
options:
  purpose:
    description:
      - What has to be possible. V(search) leaves out the permissions to write. V(undo) is for M(netsot.librenms.netbox_import_undo),
        whose permissions to delete NetBox does not tell.
    type: str
    choices: [search, import, undo]
    default: import
  virtual_chassis:
    description:
      - As the import's option; V(false) needs no permissions to write virtual chassis.
    type: bool
    default: true
  ports:
    description:
      - As the import's option; V(none) needs no permissions to write interfaces and addresses.
    type: str
    choices: [none, primary, all]
    default: primary
  create_missing:
    description:
      - As the import's option; each kind needs a permission to add it.
    type: list
    elements: str
    choices: [sites, locations, racks, manufacturers, device_types, roles, platforms, clusters, tags]
    default: []
  netbox_jobs:
    description:
      - As the import's option; V(true) needs a background worker of NetBox and the permission to view jobs.
    type: bool
    default: false
seealso:
  - module: netsot.librenms.librenms_device_search
  - module: netsot.librenms.netbox_device_import
"""

EXAMPLES = r"""
- name: Is everything there for an import
  netsot.librenms.librenms_check:
  register: setup

- name: What was found
  ansible.builtin.debug:
    msg: "{{ item.state }}: {{ item.subject }}. {{ item.message }}"
  loop: "{{ setup.checks }}"
  loop_control:
    label: "{{ item.subject }}"

- name: A token that only searches
  netsot.librenms.librenms_check:
    purpose: search
"""

RETURN = r"""
checks:
  description: What was looked at, in an order to read it.
  returned: always, unless an option is wrong
  type: list
  elements: dict
  contains:
    subject:
      description: What was looked at.
      type: str
      sample: Permissions to write
    state:
      description: V(missing) keeps a search or an import from working, V(warning) does not.
      type: str
      sample: ok
    message:
      description: What was found, and what to do.
      type: str
      sample: The token has all of them.
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import check_spec
from ansible_collections.netsot.librenms.plugins.module_utils._entry_check import run_check


def main() -> None:
    """Run the module."""
    run_check(AnsibleModule(argument_spec=check_spec(), supports_check_mode=True))


if __name__ == "__main__":
    main()
