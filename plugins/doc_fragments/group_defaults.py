# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that modules of the action group accept without using them."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  librenms_url:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: str
  librenms_token:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: str
  librenms_validate_certs:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: bool
  librenms_ca_path:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: path
  librenms_timeout:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: int
  librenms_workers:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: int
  server_key:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: str
  server_key_new:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: bool
    version_added: 1.1.0
  netbox_url:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: str
  netbox_token:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: str
  netbox_validate_certs:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: bool
  netbox_ca_path:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: path
  netbox_timeout:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: int
  cache_dir:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: path
  state_dir:
    description: Not used by this module. Accepted so that C(module_defaults) of the action group may set it.
    type: path
"""
