# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a registered result."""

from __future__ import annotations

import collections.abc as c
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.netsot.librenms.plugins.module_utils._report.table import DETAILS, table_lines

DOCUMENTATION = r"""
name: device_table
short_description: The result of a search or an import as lines of text
version_added: 1.1.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Makes the table of which the modules M(netsot.librenms.librenms_device_search) and M(netsot.librenms.netbox_device_import) show the
    short form when they run in the foreground. A task that ran in the background shows it with this filter.
  - What is blocked or failed comes first, then what is created; at the end come the reasons with their counts, and suggested rules.
positional: detail
options:
  _input:
    description: The registered result of one of the two modules.
    type: dict
    required: true
  detail:
    description:
      - V(short) counts devices that are in NetBox already and stay as they are, V(full) lists all of them. V(none) makes no line.
    type: str
    choices: [short, full, none]
    default: short
  check_mode:
    description: Whether the import ran in check mode.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Import in the background
  netsot.librenms.netbox_device_import:
    all_devices: true
    existing: link
  async: 3600
  poll: 5
  register: imported

- name: Show what happened
  ansible.builtin.debug:
    msg: "{{ imported | netsot.librenms.device_table('full', check_mode=ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines of the table; none for a result without counts.
  type: list
  elements: str
"""


def device_table(result: t.Any, detail: str = "short", check_mode: bool = False) -> list[str]:
    """Raises AnsibleFilterError for what is no result."""
    if not isinstance(result, c.Mapping):
        raise AnsibleFilterError("netsot.librenms.device_table needs the registered result of a search or an import.")
    if detail not in DETAILS:
        raise AnsibleFilterError(f"netsot.librenms.device_table: {detail!r} is none of {', '.join(DETAILS)}.")
    return table_lines(result, detail, check_mode=check_mode)


class FilterModule:
    """The filters of this file, by name."""

    def filters(self) -> dict[str, c.Callable[..., t.Any]]:
        """What Ansible asks for."""
        return {"device_table": device_table}
