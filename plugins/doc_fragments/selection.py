# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which LibreNMS devices are meant, and what they are called."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  filters:
    description:
      - Which devices are selected. Values of one key are alternatives, all keys must hold.
      - C(location) is the whole name of a location, or its id; case does not matter, and C(*) stands for any text.
      - C(site) is the name or slug of the NetBox site that C(rules) make of the location; C(*) stands for any text. It needs NetBox, so an
        inventory does not have it. Added in version 1.1.0.
      - C(type) is the whole LibreNMS type.
      - C(os), C(hostname), C(sysname), C(hardware), C(version) and C(serial) match a part of the text, case does not
        matter. V(=text) matches the whole of it.
      - C(status) is V(up) or V(down).
      - C(device_group) is the name or id of a LibreNMS device group.
      - C(device_ids) are LibreNMS device ids.
      - At least one is needed unless O(all_devices=true).
      - A value that no device has is no error, but there is a warning that names it and what is near.
    type: dict
    default: {}
  exclude:
    description:
      - Which of the selected devices are left out, with the keys of O(filters). One that matches all keys is left out.
    type: dict
    default: {}
    version_added: 1.1.0
  all_devices:
    description: Select every device when O(filters) is empty.
    type: bool
    default: false
  include_disabled:
    description: Whether devices that are disabled in LibreNMS are selected too.
    type: bool
    default: false
  use_sysname:
    description:
      - Whether a device is named by its sysName. Without one, and with V(false), it is named by its hostname.
      - Placeholders such as V(n/a) or V(---) count as absent.
    type: bool
    default: true
  strip_domain:
    description: Whether the domain is cut from names. An IP address is never cut.
    type: bool
    default: false
"""
