# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netbox_device_import
short_description: Import LibreNMS devices into NetBox as devices, virtual machines and virtual chassis
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Brings the selected LibreNMS devices into NetBox, in bulk. Stacks become virtual chassis with their members.
  - Makes no duplicate. A device is known by the custom field C(librenms_id), else by its serial, else by its name in site and
    tenant; keys that disagree block it.
  - Check mode writes nothing and says exactly what the real run would do. A second run sends no write request.
  - A run that was cancelled or killed is completed by the next one.
extends_documentation_fragment:
  - netsot.librenms.librenms
  - netsot.librenms.netbox
  - netsot.librenms.branch
  - netsot.librenms.selection
  - netsot.librenms.rules
  - netsot.librenms.ports
  - netsot.librenms.cache
  - netsot.librenms.job
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
    details: The action plugin shows progress while the module runs, and a table of what happened. The variable C(librenms_table) makes it
      V(short) (the default), V(full) or V(none).
options:
  existing:
    description:
      - What to do with devices that NetBox has already.
      - V(skip) leaves them as they are, V(link) writes C(librenms_id), V(update) changes fields as O(update_fields) allows.
      - A virtual chassis that an interrupted import left without master is completed in any case.
    type: str
    choices: [skip, link, update]
    default: skip
  update_fields:
    description:
      - With O(existing=update), a policy for each field, V(never), V(if_empty) or V(always). The policy of C(librenms_id) holds with
        O(existing=link) too.
      - Fields are C(name), C(site), C(location), C(rack), C(role), C(device_type), C(platform), C(serial), C(status), C(tenant),
        C(cluster), C(tags) (tags are added, never taken away) and C(librenms_id).
      - By default C(librenms_id) is V(always), C(serial) and C(platform) are V(if_empty), all others V(never).
      - With O(ports=all) also fields of interfaces that NetBox has, or that a template makes, C(description), C(mtu), C(speed),
        C(mac_address) and C(lag) (by default V(if_empty)), C(enabled) and C(type) (V(never)). C(mac_address=never) writes none at all.
      - The policy of C(librenms_id) holds for the links of these interfaces to LibreNMS's ports, too.
    type: dict
    default: {}
  virtual_chassis:
    description:
      - Whether stacks are detected and become virtual chassis.
    type: bool
    default: true
  vc_member_name_pattern:
    description:
      - How members of a stack are named, with C({position}), C({serial}) and C({master_name}). Without C({master_name}) the text
        is put behind the master's name.
    type: str
    default: "-M{position}"
  vc_rename_master:
    description:
      - Whether the master of a new stack is named by O(vc_member_name_pattern) too. The virtual chassis has the plain name.
    type: bool
    default: true
  tags:
    description:
      - Names or slugs of tags for devices and virtual machines.
    type: list
    elements: str
    default: []
  status_map:
    description:
      - The NetBox status by the LibreNMS state C(up), C(down) or C(disabled).
      - By default V(active) for devices that are up, else V(offline).
    type: dict
    default: {}
  custom_fields:
    description:
      - Values of NetBox's custom fields for every new device, virtual machine and virtual chassis that has such a field,
        by the field's name. They take the place of the field's default.
      - An object that exists gets the value of a field that NetBox requires and that is empty there, when something else of it is
        changed, because NetBox refuses any change without. Its other custom fields are not touched.
      - A device is blocked with C(custom_field_required) where NetBox requires a custom field that has neither a value here nor a default.
    type: dict
    default: {}
    version_added: 1.1.0
  ports:
    description:
      - How much of a device's ports is imported. V(primary) is what its primary address needs, the interface and the address that
        LibreNMS polls the device at; V(all) is every port with its MAC address, its aggregate and its addresses; V(none) is nothing,
        and LibreNMS is not asked for ports.
      - An interface that NetBox or the device type's template has is taken, by its name or another spelling of it (C(Gi1/0/1) is
        C(GigabitEthernet1/0/1)); what is missing is made. An address that something else has is never moved, and none is made twice.
      - Devices that are created have it, and with O(existing=update) those that have no primary address yet; with V(all) every one.
    type: str
    choices: [none, primary, all]
    default: primary
    version_added: 1.1.0
  primary_ip:
    description:
      - Whether the address that LibreNMS polls becomes the device's primary one. V(never) makes the interface and the address only,
        V(if_empty) sets it where the device has none of that family, V(always) takes it in place of another one.
      - What is not known for certain is not set, and a warning says why.
    type: str
    choices: [never, if_empty, always]
    default: if_empty
    version_added: 1.1.0
  save_plan:
    description:
      - Write what would be done to this file, which ends with C(.json), and as a page that ends with C(.html) beside it. Both are
        private to the user. With check mode nothing else is done.
    type: path
    version_added: 1.1.0
  apply_plan:
    description:
      - Carry out exactly what this file of O(save_plan) says. LibreNMS is not asked; devices, rules and policies are those of the
        file, and options that would choose them are not looked at.
      - A file that was changed, is older than O(plan_max_age) or is for another NetBox or LibreNMS is refused.
      - A device of which NetBox's objects have changed since, or whose name, serial or address is taken, is blocked with
        C(plan_outdated). What the plan has written already is not written again.
    type: path
    version_added: 1.1.0
  plan_max_age:
    description:
      - Seconds after which O(apply_plan) refuses a plan.
    type: int
    default: 86400
    version_added: 1.1.0
  only_device_ids:
    description:
      - With O(apply_plan), the LibreNMS device ids of the plan that are written; all when not given.
    type: list
    elements: int
    version_added: 1.1.0
  except_device_ids:
    description:
      - With O(apply_plan), the LibreNMS device ids of the plan that are left out.
    type: list
    elements: int
    version_added: 1.1.0
  vanished:
    description:
      - What to do about devices that NetBox links to this LibreNMS and that LibreNMS has no more. Nothing is ever removed.
      - V(report) lists them in the results, V(tag) gives them the tag O(vanished_tag), V(status) the status O(vanished_status);
        members of a stack follow it. When a device is back, the tag goes, and the status is what it was before.
      - Without it nobody looks for them. A look needs O(all_devices=true) without O(filters), reads all of NetBox's devices, and costs
        LibreNMS a request for each device that is missing.
      - Nothing is concluded from a filter, an empty or incomplete answer, an error or a missing right; LibreNMS has to say of each that it
        does not exist.
    type: str
    choices: [report, tag, status]
    version_added: 1.1.0
  vanished_after:
    description:
      - For how long a device has to be missing before V(tag) or V(status) is done, as a number of runs in a row, such as V(3), or of days,
        such as V(7d). Runs that cannot tell, and those in check mode, do not count. It is remembered in O(state_dir).
    type: str
    default: "3"
    version_added: 1.1.0
  vanished_limit:
    description:
      - Percent of all devices that NetBox links to this LibreNMS. When more than that are newly missing, nothing is done and a warning
        says so.
    type: int
    default: 10
    version_added: 1.1.0
  vanished_tag:
    description:
      - Name or slug of the tag of O(vanished=tag). It has to exist, unless V(tags) is in O(create_missing).
    type: str
    default: librenms-vanished
    version_added: 1.1.0
  vanished_status:
    description:
      - The status of O(vanished=status). Only a status that is among the values of O(status_map) is changed; any other one was chosen by a
        person.
    type: str
    default: offline
    version_added: 1.1.0
  netbox_branch_create:
    description:
      - Whether the branch O(netbox_branch) is created where NetBox has none of this name, and waited for until it is ready.
      - In check mode nothing is created; the preview is made by what is in main then, and a warning says so.
    type: bool
    default: false
    version_added: 1.1.0
  batch_size:
    description:
      - How many devices are sent in one request, or V(auto), which adapts to the speed of NetBox.
    type: str
    default: auto
  netbox_workers:
    description:
      - How many lists are sent to NetBox at the same time. Lists in flight never share a device type.
    type: int
    default: 2
  netbox_jobs:
    description:
      - Whether NetBox runs the writes as its own background jobs, so that they stand in its list of jobs. Needs NetBox 4.7 and a
        running worker.
    type: bool
    default: false
  on_error:
    description:
      - Whether to go on when NetBox refuses a device, or to stop after the requests in flight.
    type: str
    choices: [continue, stop]
    default: continue
  fail_on_blocked:
    description:
      - Whether the task fails when a device is blocked.
    type: bool
    default: false
seealso:
  - module: netsot.librenms.librenms_device_search
"""

EXAMPLES = r"""
- name: Import all switches of one site
  netsot.librenms.netbox_device_import:
    librenms_url: https://librenms.example.net
    librenms_token: "{{ librenms_token }}"
    netbox_url: https://netbox.example.net
    netbox_token: "{{ netbox_token }}"
    filters:
      location: [ams1]
      type: [network]
    rules:
      sites:
        - {location: ams1, site: AMS1 NTT}
      roles:
        - {type: network, role: Switch}

- name: Nightly run, everything, known devices are linked and get what they lack
  netsot.librenms.netbox_device_import:
    all_devices: true
    rules: "{{ rules }}"
    existing: update
    update_fields:
      serial: if_empty
      status: always
    report_path: /var/lib/reports/import.html

- name: Plan tonight's import for a review
  netsot.librenms.netbox_device_import:
    all_devices: true
    rules: "{{ rules }}"
    save_plan: /var/lib/plans/import.json
  check_mode: true

- name: Carry out what was reviewed, but for one device
  netsot.librenms.netbox_device_import:
    apply_plan: /var/lib/plans/import.json
    except_device_ids: [42]
"""

RETURN = r"""
netbox_branch:
  description:
    - The branch of O(netbox_branch), C(name) and C(id), and whether this run C(created) it. Null for main. In check mode the id of a branch
      that is not there yet is null.
  returned: always
  type: dict
results:
  description: What was done, or in check mode would be done, for each device.
  returned: always
  type: list
  elements: dict
  contains:
    device_id:
      description: The LibreNMS device id.
      type: int
    name:
      description: The name that was judged.
      type: str
    import_as:
      description: V(device) or V(virtual_machine).
      type: str
    action:
      description: V(create), V(update), V(link), V(none) (nothing to change), V(skip) (exists, and O(existing) says so), V(blocked),
        V(fail), or V(not_processed) when the run ended before it.
      type: str
    netbox:
      description:
        - The object in NetBox, C(id), C(url), C(name), C(type) and C(matched_by). The id of an object that is not created yet is null.
      type: dict
    changes:
      description: Fields with C(before) and C(after).
      type: dict
    issues:
      description: What blocks it or went wrong, each with C(code), C(field), C(message), C(hint) and C(suggestions).
      type: list
      elements: dict
    warnings:
      description: What should be known about it, in the same form.
      type: list
      elements: dict
    virtual_chassis:
      description: The stack with its members' actions; null when the device is none or was not asked.
      type: dict
    primary_ip:
      description:
        - The address that LibreNMS polls, C(address) with its mask, C(interface), C(is_primary), and C(action), which is V(set),
          V(none) or V(not_processed). Null when nothing was to do, or when it is not known, which a warning says.
      type: dict
      version_added: 1.1.0
    interfaces:
      description: Interfaces that were written, with C(id), C(name), C(action) and C(changes). Only with O(result_detail=full).
      type: list
      elements: dict
      version_added: 1.1.0
    addresses:
      description: IP addresses that were written, in the same form.
      type: list
      elements: dict
      version_added: 1.1.0
summary:
  description: Counts of devices by what became of them; of C(issues), C(warnings) and C(existing_warnings) (of devices that NetBox has) by
    code; and in C(values) and C(warning_values) what each code is about; C(ignored) counts what rules and
    overrides leave out. C(vanished) counts devices that LibreNMS has no more (null where nobody asked, or where it cannot be told), which
    are none of those that were selected, and C(vanished_marked) those of them that were written.
  returned: always
  type: dict
  sample: {"selected": 200, "created": 190, "updated": 0, "linked": 0, "unchanged": 4, "skipped": 0, "blocked": 6, "failed": 0,
           "virtual_chassis_created": 20, "members_created": 31, "virtual_machines_created": 10, "interfaces_created": 12,
           "addresses_created": 185, "mac_addresses_created": 0, "primary_ips_set": 185, "not_processed": 0, "ignored": 0,
           "vanished": null, "vanished_marked": 0,
           "issues": {"device_type_not_found": 6},
           "values": {"device_type_not_found": [{"value": "C9300-24UX", "devices": 6}]}}
suggested_rules:
  description: YAML text with rules for what could not be matched. What is certain is a rule; what needs a person is a comment, so that the
    text works as it is pasted.
  returned: always
  type: str
diff:
  description: Every object that is written with its fields, before and after.
  returned: in diff mode
  type: list
  elements: dict
cancelled:
  description: Whether the job was cancelled.
  returned: always
  type: bool
timed_out:
  description: Whether O(deadline) passed.
  returned: always
  type: bool
stats:
  description:
    - Requests to LibreNMS, NetBox reads and writes, and seconds per phase. C(ports_read) says how ports were read, V(bulk) (all of
      LibreNMS at once), V(per_device) or V(nothing).
  returned: always
  type: dict
job:
  description: The job record, with C(id), C(status), C(started_at), C(ended_at) and C(duration).
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import import_spec
from ansible_collections.netsot.librenms.plugins.module_utils._entry_import import run_import


def main() -> None:
    run_import(AnsibleModule(argument_spec=import_spec(), supports_check_mode=True))


if __name__ == "__main__":
    main()
