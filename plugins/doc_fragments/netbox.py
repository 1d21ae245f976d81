# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach NetBox."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  netbox_url:
    description:
      - URL of NetBox, such as V(https://netbox.example.net).
      - Falls back to the environment variables E(NETBOX_URL) and E(NETBOX_API).
    type: str
  netbox_token:
    description:
      - API token of NetBox, version 1 or 2 (C(nbt_)...).
      - Falls back to the environment variables E(NETBOX_TOKEN) and E(NETBOX_API_TOKEN).
    type: str
  netbox_validate_certs:
    description:
      - Whether the TLS certificate of NetBox is verified.
      - Falls back to the environment variable E(NETBOX_VALIDATE_CERTS).
    type: bool
    default: true
  netbox_ca_path:
    description:
      - A file or directory of CA certificates that NetBox's certificate is verified with.
      - Falls back to the environment variable E(NETBOX_CA_PATH).
    type: path
  netbox_timeout:
    description:
      - Seconds to wait for an answer of NetBox.
      - Falls back to the environment variable E(NETBOX_TIMEOUT).
    type: int
    default: 120
requirements:
  - pynetbox >= 7.5
"""
