# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``librenms_job_info`` with the options that it has. Documented with the module."""

from __future__ import annotations

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import job_info_spec, unknown_group_options
from ansible_collections.netsot.librenms.plugins.plugin_utils._group_defaults import OwnOptionsAction


class ActionModule(OwnOptionsAction):
    """The whole of it is in the base class."""

    unknown_options = unknown_group_options(job_info_spec())
