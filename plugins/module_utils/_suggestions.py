# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Ready-to-paste rules for what the search could not match."""

from __future__ import annotations

import collections.abc as c

from ._engine.assessment import Assessment


def suggested_rules(assessments: c.Sequence[Assessment]) -> str:
    return ""
