# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ports of LibreNMS become interfaces and addresses of NetBox."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  interface_name:
    description:
      - Which of LibreNMS's two names of a port its interface gets. The other one is taken where that is empty.
    type: str
    choices: [ifName, ifDescr]
    default: ifName
    version_added: 1.1.0
  interface_rules:
    description:
      - What a port becomes for which NetBox has no interface and no template. All conditions of a rule must hold, and the first rule
        that says something of C(type) or of C(mgmt_only) counts for it. A rule with C(ignore) leaves the port out.
      - Conditions are C(if_type) (one ifType or a list), C(name_regex), and C(min_speed) and C(max_speed) in Mbit/s.
      - What no rule gives a type gets one by its ifType, name and speed; C(docs/ports.md) has the list.
    type: list
    elements: dict
    default: []
    version_added: 1.1.0
  vrfs:
    description:
      - Which VRF of NetBox a VRF of LibreNMS is. A rule has C(name) or C(name_regex), and C(vrf), the name or the route distinguisher
        in NetBox. Ports in a VRF that no rule names are in the global table.
    type: list
    elements: dict
    default: []
    version_added: 1.1.0
  management_interface:
    description:
      - The name of an interface that gets the polled address where LibreNMS knows no port with it. Without it such a device gets
        no primary address.
    type: str
    version_added: 1.1.0
"""
