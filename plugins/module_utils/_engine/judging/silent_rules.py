# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Rules and overrides that no device answered to.

A run goes on without them, so that only a warning tells of a typing error.
"""

from __future__ import annotations

import collections.abc as c

from ..matching.conditions import MFG_NAME, Subject
from ..matching.rules import Rule, Rules
from ..text import key, listed, near, printable, quoted


def silent_rules(rules: Rules, subjects: c.Sequence[Subject]) -> tuple[str, ...]:
    """At most two sentences, on the rules and on the overrides that no device answered to."""
    notes = []
    # Who the inventory says has made something is not known yet.
    known = (rule for part in rules.lists() for rule in part if MFG_NAME not in dict(rule.conditions.texts))
    unused = [rule for rule in known if all(rule.conditions.match(subject) is None for subject in subjects)]
    if unused:
        told = listed(f"{rule.path}{_why(rule, subjects)}" for rule in unused)
        notes.append(f"Rules that match no selected device ({len(subjects)}): {told}.")
    selected = {subject.device.device_id for subject in subjects}
    overrides = [override for override in rules.overrides.values() if override.device_id not in selected]
    if overrides:
        told = listed(f"{override.path} (device_id {override.device_id})" for override in overrides)
        notes.append(f"Overrides of devices that are not selected: {told}.")
    return tuple(notes)


def _why(rule: Rule, subjects: c.Iterable[Subject]) -> str:
    """The text of the rule that no device has, and what is near to it; ``""`` when only all conditions together match nothing."""
    for field, values in rule.conditions.texts:
        if field == "device_group":
            continue
        known = {subject.text(field) for subject in subjects}
        if not values & set(map(key, known)):
            wanted = min(values)
            alike = near(wanted, sorted(filter(None, known)))
            return f" ({field} {printable(wanted)!r}{f', near: {quoted(alike)}' if alike else ''})"
    return ""
