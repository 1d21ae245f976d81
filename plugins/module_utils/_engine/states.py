# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The states of a device in a search: what an import would do with it as a whole."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    READY = "ready"
    BLOCKED = "blocked"
    EXISTING = "existing"
