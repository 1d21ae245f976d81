# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This package is private to the collection: no other code may rely on it.
"""Pure logic: no I/O, no Ansible, no third-party library."""
