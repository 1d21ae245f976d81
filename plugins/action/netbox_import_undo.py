# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``netbox_import_undo`` once and shows its progress. Documented with the module."""

from __future__ import annotations

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import undo_spec, unknown_group_options
from ansible_collections.netsot.librenms.plugins.plugin_utils._progress import ProgressAction


class ActionModule(ProgressAction):
    """The whole of it is in the base class."""

    # The option job_id is the import's.
    record_option = "undo_job_id"
    unknown_options = unknown_group_options(undo_spec())
