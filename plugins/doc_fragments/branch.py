# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which branch of NetBox a run reads and writes."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  netbox_branch:
    description:
      - Name of a branch of NetBox's branching plugin. Everything is read from it and written to it, and main stays as it is until somebody
        merges the branch in NetBox. Only the custom field C(librenms_id) is made in main, where NetBox keeps all of them.
      - The branch has to be ready. Cannot go with C(netbox_jobs).
    type: str
    version_added: 1.1.0
"""
