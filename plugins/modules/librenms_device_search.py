# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: librenms_device_search
short_description: Find devices in LibreNMS and judge whether each can be imported into NetBox
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Finds devices in LibreNMS by any combination of filters, detects stacks, and judges for each device whether
    M(netsot.librenms.netbox_device_import) could bring it into NetBox, and what is missing if not.
  - Reads only. Answers of LibreNMS are cached for five minutes.
  - The judgement is the import's own, so what is C(ready) here is what the import with the same options creates.
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
    support: N/A
    details: It changes nothing.
  idempotent:
    support: N/A
    details: It changes nothing.
  async:
    support: full
  action:
    support: full
    details: The action plugin shows progress while the module runs, and a table of what was found. The variable C(librenms_table) makes it
      V(short) (the default), V(full) or V(none).
options:
  detect_virtual_chassis:
    description:
      - Whether to detect stacks. Costs one request to LibreNMS for each device that could be one.
    type: bool
    default: false
  assess:
    description:
      - Whether to judge each device against NetBox. Needs O(netbox_url).
      - When not set, V(true) if O(netbox_url) is given.
    type: bool
  save_plan:
    description:
      - Write what M(netsot.librenms.netbox_device_import) would do with these devices to this file, which ends with C(.json), and as a page
        that ends with C(.html) beside it. Both are private to the user.
      - It is the plan of an import with its own defaults. For other policies save the plan with the import, in check mode.
    type: path
    version_added: 1.1.0
  drift:
    description:
      - Whether to tell for each device that NetBox has how it differs there from what LibreNMS says, as C(drift); and, where every device
        is selected (O(all_devices=true) without O(filters)), what NetBox links to devices that LibreNMS has no more, as C(vanished).
      - A difference is what an import with O(netsot.librenms.netbox_device_import#module:existing=update) would change if every
        field in its C(update_fields) were V(always). With O(detect_virtual_chassis) members of stacks are compared, too, and with O(ports)
        interfaces and addresses.
      - Each device that seems to have vanished is asked for by its id, which costs LibreNMS a request for each.
    type: bool
    default: true
    version_added: 1.1.0
  learn_rules:
    description:
      - Whether C(suggested_rules) holds every rule that the devices teach which NetBox has already, a whole file for a NetBox that is half
        filled. Otherwise it holds those of them which a device of this search lacks.
      - Of the devices that are linked, or that have a device's serial, it tells which site, device type, platform and role people gave to
        a location, hardware, operating system, type and part of a name, with the number of devices that speak for it. Rules that are
        given already are not taken away. Needs O(assess).
    type: bool
    default: false
    version_added: 1.1.0
  ports:
    description:
      - Whether to look at the ports of the devices. V(primary) tells the primary address that an import would set, V(all) also compares
        interfaces and addresses with NetBox. How many ports LibreNMS has of a device is told by both.
    type: str
    choices: [none, primary, all]
    default: none
    version_added: 1.1.0
seealso:
  - module: netsot.librenms.netbox_device_import
  - module: netsot.librenms.librenms_cache_info
"""

EXAMPLES = r"""
- name: Which IOS-XE devices could be imported, and what is missing
  netsot.librenms.librenms_device_search:
    librenms_url: https://librenms.example.net
    librenms_token: "{{ librenms_token }}"
    netbox_url: https://netbox.example.net
    netbox_token: "{{ netbox_token }}"
    filters:
      os: [iosxe]
    rules: "{{ rules }}"
  register: found

- name: List what is blocked and why
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.issues | map(attribute='message') | join(' ') }}"
  loop: "{{ found.devices | selectattr('state', 'equalto', 'blocked') }}"
  loop_control:
    label: "{{ item.device_id }}"

- name: All stacks of one site, without looking at NetBox
  netsot.librenms.librenms_device_search:
    filters:
      location: [ams1]
      type: [network]
    detect_virtual_chassis: true
    assess: false
"""

RETURN = r"""
devices:
  description:
    - The devices found, by LibreNMS device id. With O(result_detail=brief) without C(match), with V(summary) empty.
  returned: always
  type: list
  elements: dict
  contains:
    device_id:
      description: The LibreNMS device id. Beside it stand C(hostname), C(sysname), C(ip), C(os), C(version), C(hardware), C(serial),
        C(type), C(location), C(status) (V(up) or V(down)) and C(disabled) as LibreNMS has them, null where it has nothing.
      type: int
    name:
      description: The name that the device would get.
      type: str
    import_as:
      description: V(device) or V(virtual_machine).
      type: str
    state:
      description: V(ready), V(blocked) or V(existing); null when not assessed.
      type: str
    netbox:
      description: The object of NetBox that it is, or with issues may be, as C(id), C(url), C(name), C(type) and C(matched_by)
        (V(librenms_id), V(serial), V(name) or V(primary_ip)).
      type: dict
    match:
      description: The NetBox objects it refers to, C(site), C(location), C(rack), C(device_type), C(platform), C(role), C(tenant),
        C(cluster), each with C(id), C(name) and C(by) (what led there), or null.
      type: dict
    issues:
      description: What blocks it. Each has C(code), C(field), C(message), C(hint) and C(suggestions) (near NetBox names, best first).
      type: list
      elements: dict
    warnings:
      description: What should be known about it, in the same form.
      type: list
      elements: dict
    virtual_chassis:
      description: C(status) (V(stack), V(single) or V(unknown)), C(reason), C(master_position) and C(members); null when not asked for.
      type: dict
    primary_ip:
      description: C(address), with its mask, that LibreNMS polls and C(interface) that has it. Null with O(ports=none), and where it
        cannot be told; then a warning says why.
      type: dict
    ports:
      description: How many ports LibreNMS has of it. Null where they were not read.
      type: int
    drift:
      description: Differences of a device that NetBox has, each as C(field), C(object) (the member, interface or address; null for the
        device itself), C(librenms) and C(netbox) (null for nothing). Null when it was not asked for.
      type: list
      elements: dict
vanished:
  description: What NetBox links to devices that LibreNMS has no more, as C(device_id) (LibreNMS's) and C(netbox). Null where not every
    device was selected, where O(drift=false), and where LibreNMS did not answer.
  returned: always
  type: list
  elements: dict
summary:
  description: Counts of devices by state; in C(drift) of differences by field, in C(drifted) of devices that have any, and C(vanished)
    (null where it cannot be told); of C(issues), C(warnings) and C(existing_warnings) (of devices that NetBox has) by code; and in
    C(values) and C(warning_values) what each code is about. C(stacks) and C(virtual_chassis_unknown) are the devices that are stacks and
    those of which LibreNMS does not tell; C(ignored) counts what rules and overrides leave out.
  returned: always
  type: dict
  sample: {"selected": 137, "ready": 120, "blocked": 12, "existing": 5, "not_processed": 0, "ignored": 0,
           "issues": {"device_type_not_found": 12}}
cache:
  description: Whether the devices came from the cache (C(hit)), when they were fetched and until when they are used again.
  returned: always
  type: dict
choices:
  description: What rules and overrides may name, C(roles), C(clusters), and C(racks) by matched site. Null when not assessed.
  returned: always
  type: dict
suggested_rules:
  description: YAML text with rules for what could not be matched. What is certain is a rule; what needs a person is a comment, so that the
    text works as it is pasted.
  returned: always
  type: str
cancelled:
  description: Whether the job was cancelled.
  returned: always
  type: bool
timed_out:
  description: Whether O(deadline) passed.
  returned: always
  type: bool
stats:
  description: Requests to LibreNMS and NetBox, and seconds per phase.
  returned: always
  type: dict
job:
  description: The job record, with C(id), C(status), C(started_at), C(ended_at) and C(duration).
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import search_spec
from ansible_collections.netsot.librenms.plugins.module_utils._entry_search import run_search


def main() -> None:
    run_search(AnsibleModule(argument_spec=search_spec(), supports_check_mode=True))


if __name__ == "__main__":
    main()
