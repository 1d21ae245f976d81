# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file-backed cache of LibreNMS answers."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cache_timeout:
    description: How many seconds an answer of LibreNMS may be used again. V(0) switches the cache off.
    type: int
    default: 300
  clear_cache:
    description: Read everything afresh and replace what is cached.
    type: bool
    default: false
  cache_dir:
    description:
      - Directory of the cache. What is cached goes into a directory C(netsot.librenms) in it, which is made when missing and is readable
        for the user who runs the task only. Other files in the directory are never touched.
      - A C(netsot.librenms) in it that belongs to another user or holds other files is not used, with a warning.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_CACHE_DIR), then to E(XDG_CACHE_HOME),
        which is C(~/.cache) when unset.
    type: path
"""
