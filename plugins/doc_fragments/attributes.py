# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that every module of the collection declares."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
  async:
    description: Supports being used with the C(async) keyword.
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
  action_group:
    description: Use C(group/netsot.librenms.all) in C(module_defaults) to set options for all modules of this collection.
    support: full
    membership:
      - netsot.librenms.all
"""
