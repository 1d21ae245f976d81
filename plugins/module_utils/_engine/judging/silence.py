# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a user asked for and nothing answered to: filters, device ids, rules and overrides that matched no device.

Each is one sentence for a warning. A run goes on without them, so that only a warning tells of a typing error.
"""

from __future__ import annotations

import collections.abc as c
import typing as t

from ..matching.conditions import MFG_NAME, Subject
from ..matching.rules import Rule, Rules
from ..records import DeviceRecord, Stacking, StackStatus
from ..selection import MATCHED_KEYS, Selection, TextTest, is_location
from ..stacks.detect import could_be_stack
from ..text import key, near, printable, quoted

# So many are named in one sentence.
_MOST = 5


def silent_filters(
    selection: Selection, candidates: c.Collection[DeviceRecord], group_members: c.Mapping[str, frozenset[int]], *, whole: bool
) -> tuple[str, ...]:
    """Sentences on filters that matched nothing.

    :param candidates: what LibreNMS answered
    :param whole: the candidates are all devices of LibreNMS that the token may see
    """
    if whole and not candidates:
        return ("LibreNMS has no device that the user of librenms_token may see.",)
    notes = [*_silent_texts(selection, candidates, whole), *_silent_ids(selection, candidates, group_members, whole)]
    if selection.exclude is not None:
        notes += _silent_texts(selection.exclude, candidates, False)
    if not notes and not any(selection.matches(record, group_members) for record in candidates):
        notes.append(_none_together(selection, candidates, group_members))
    return tuple(notes)


def _silent_texts(selection: Selection, candidates: c.Collection[DeviceRecord], whole: bool) -> c.Iterator[str]:
    for name in MATCHED_KEYS:
        tests = selection.tests(name)
        if not tests:
            continue
        known = {getattr(record, name) for record in candidates}
        folded = {key(text) for text in known}
        for test in tests:
            if any(map(test.holds, folded)) or (name == "location" and _is_used_id(test, candidates)):
                continue
            yield f"{selection.option}.{name}: {_nobody(whole)} has {printable(test.written)!r}.{_hint(test.written, known)}"


def _is_used_id(test: TextTest, candidates: c.Iterable[DeviceRecord]) -> bool:
    return any(is_location(test, record.location_id, record.location) for record in candidates)


def _nobody(whole: bool) -> str:
    return "no device of LibreNMS" if whole else "no device that LibreNMS gave for these filters"


def _hint(written: str, known: c.Iterable[str]) -> str:
    hint = ""
    if alike := near(written, sorted(filter(None, known))):
        hint += f" Near: {quoted(alike)}."
    if "," in written:
        values = ", ".join(part.strip() for part in written.split(",") if part.strip())
        hint += f" Several values are a list: [{printable(values)}]."
    return hint


def _silent_ids(
    selection: Selection, candidates: c.Collection[DeviceRecord], group_members: c.Mapping[str, frozenset[int]], whole: bool
) -> c.Iterator[str]:
    if not selection.device_ids:
        return
    option = f"{selection.option}.device_ids"
    found = {record.device_id: record for record in candidates}
    if missing := sorted(selection.device_ids - found.keys()):
        where = "LibreNMS has" if whole or not selection.device_group else "in the device group there is"
        yield f"{option}: {where} no device {_listed(map(str, missing))}."
    wanted = [found[device_id] for device_id in sorted(selection.device_ids & found.keys())]
    if disabled := [record for record in wanted if record.disabled and not selection.include_disabled]:
        numbers = _listed(str(record.device_id) for record in disabled)
        yield f"{option}: {numbers} disabled in LibreNMS, and not selected without include_disabled."
    others = [record for record in wanted if record not in disabled and not selection.matches(record, group_members)]
    if others:
        yield f"{option}: {_listed(str(record.device_id) for record in others)} left out by the other filters."


def _none_together(selection: Selection, candidates: c.Collection[DeviceRecord], group_members: c.Mapping[str, frozenset[int]]) -> str:
    enabled = Selection(**{name: getattr(selection, name) for name in _FIELDS}, include_disabled=True)
    disabled = sum(enabled.matches(record, group_members) for record in candidates)
    if disabled:
        return f"{selection.option}: only disabled devices match ({disabled}); include_disabled selects them."
    return f"{selection.option}: no device matches all of them together."


_FIELDS: t.Final = (*MATCHED_KEYS, "status", "device_group", "device_ids", "exclude")


def silent_sites(selection: Selection, sites: c.Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Sentences on sites of filters at which no device is.

    :param sites: name and slug of the site of each device, before sites were filtered
    """
    names = {key(name) for site in sites for name in site}
    shown = {site[0] for site in sites if site}
    return tuple(
        f"{part.option}.site: the rules bring no device to {printable(test.written)!r}.{_hint(test.written, shown)}"
        for part in (selection, selection.exclude)
        if part is not None
        for test in part.site
        if not any(map(test.holds, names))
    )


def silent_inventories(devices: c.Iterable[DeviceRecord], chassis: c.Mapping[int, Stacking]) -> str:
    """The sentence on inventories of which not one has anything in it; ``""`` where one has, or only one device could be a stack."""
    asked = [chassis[device.device_id] for device in devices if device.device_id in chassis and could_be_stack(device)]
    if len(asked) < 2 or any(item.status is not StackStatus.UNKNOWN or item.read_failed for item in asked):
        return ""
    return (
        f"LibreNMS has no inventory of any of the {len(asked)} devices that could be stacks, so none of them is known as one. "
        "It also answers so when its database refuses a query. Nothing of that is cached."
    )


def unread_inventories(devices: c.Sized, chassis: c.Mapping[int, Stacking]) -> str:
    """The sentence on inventories that could not be read; ``""`` where all could."""
    failed = {device_id: item.reason for device_id, item in chassis.items() if item.read_failed}
    if not failed:
        return ""
    first = min(failed)
    return f"Whether {len(failed)} of {len(devices)} devices are stacks could not be read. Device {first}: {failed[first]}"


def silent_rules(rules: Rules, subjects: c.Sequence[Subject]) -> tuple[str, ...]:
    """At most two sentences, on the rules and on the overrides that no device answered to."""
    notes = []
    # Who the inventory says has made something is not known yet.
    known = (rule for part in rules.lists() for rule in part if MFG_NAME not in dict(rule.conditions.texts))
    unused = [rule for rule in known if all(rule.conditions.match(subject) is None for subject in subjects)]
    if unused:
        told = _listed(f"{rule.path}{_why(rule, subjects)}" for rule in unused)
        notes.append(f"Rules that match no selected device ({len(subjects)}): {told}.")
    selected = {subject.device.device_id for subject in subjects}
    overrides = [override for override in rules.overrides.values() if override.device_id not in selected]
    if overrides:
        told = _listed(f"{override.path} (device_id {override.device_id})" for override in overrides)
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


def _listed(texts: t.Iterable[str]) -> str:
    """The first ones, and how many more there are."""
    shown = list(texts)
    rest = len(shown) - _MOST
    return ", ".join(shown[:_MOST]) + (f" and {rest} more" if rest > 0 else "")
