# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach LibreNMS."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  librenms_url:
    description:
      - URL of LibreNMS, such as V(https://librenms.example.net). A path is kept; C(/api/v0) may be given or left out.
      - Falls back to the environment variable E(LIBRENMS_URL).
    type: str
  librenms_token:
    description:
      - API token of LibreNMS. A user with the role C(global-read) is enough.
      - Falls back to the environment variable E(LIBRENMS_TOKEN).
    type: str
  librenms_validate_certs:
    description:
      - Whether the TLS certificate of LibreNMS is verified.
      - Falls back to the environment variable E(LIBRENMS_VALIDATE_CERTS).
    type: bool
    default: true
  librenms_ca_path:
    description:
      - A file or directory of CA certificates that LibreNMS's certificate is verified with.
      - Falls back to the environment variable E(LIBRENMS_CA_PATH).
    type: path
  librenms_timeout:
    description:
      - Seconds to wait for an answer of LibreNMS.
      - Falls back to the environment variable E(LIBRENMS_TIMEOUT).
    type: int
    default: 60
  librenms_workers:
    description:
      - How many inventories are read from LibreNMS at the same time.
      - Falls back to the environment variable E(LIBRENMS_WORKERS).
    type: int
    default: 8
  server_key:
    description:
      - Names this LibreNMS in NetBox's custom field C(librenms_id), so that several LibreNMS servers can share one NetBox.
      - Falls back to the environment variable E(LIBRENMS_SERVER_KEY).
    type: str
    default: default
  server_key_new:
    description:
      - Whether O(server_key) names a LibreNMS that NetBox does not know yet.
      - Without it a search with O(netbox_url) and an import stop where NetBox links the selected devices, with the same ids and on
        objects of their serial or name, under another key, while O(server_key) links nothing or nearly nothing in NetBox. Then the key
        is most likely another one than before by mistake, and the import would forget every link.
    type: bool
    default: false
    version_added: 1.1.0
requirements:
  - python >= 3.11
  - requests >= 2.31
  - cachetools >= 5.3
"""

    # The same options for plugins, where Ansible itself takes what is not given from the environment.
    PLUGINS = r"""
options:
  librenms_url:
    description:
      - URL of LibreNMS, such as V(https://librenms.example.net). A path is kept; C(/api/v0) may be given or left out.
      - May be a template.
    type: str
    aliases: [url]
    env:
      - name: LIBRENMS_URL
  librenms_token:
    description:
      - API token of LibreNMS. A user with the role C(global-read) is enough.
      - May be a template, or encrypted with Ansible Vault.
    type: str
    aliases: [token]
    env:
      - name: LIBRENMS_TOKEN
  librenms_validate_certs:
    description: Whether the TLS certificate of LibreNMS is verified.
    type: bool
    default: true
    env:
      - name: LIBRENMS_VALIDATE_CERTS
  librenms_ca_path:
    description: A file or directory of CA certificates that LibreNMS's certificate is verified with.
    type: path
    env:
      - name: LIBRENMS_CA_PATH
  librenms_timeout:
    description: Seconds to wait for an answer of LibreNMS.
    type: int
    default: 60
    env:
      - name: LIBRENMS_TIMEOUT
  librenms_workers:
    description: How many inventories are read from LibreNMS at the same time.
    type: int
    default: 8
    env:
      - name: LIBRENMS_WORKERS
requirements:
  - python >= 3.11
  - requests >= 2.31
"""
