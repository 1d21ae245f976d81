# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Filters, device ids and sites that a user asked for and no device answered to.

Each is one sentence for a warning. A run goes on without them, so that only a warning tells of a typing error.
"""

from __future__ import annotations

import collections.abc as c
import typing as t

from .records import DeviceRecord
from .selection import MATCHED_KEYS, Selection, TextTest, is_location
from .text import key, listed, near, printable, quoted


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
        yield f"{option}: {where} no device {listed(map(str, missing))}."
    wanted = [found[device_id] for device_id in sorted(selection.device_ids & found.keys())]
    if disabled := [record for record in wanted if record.disabled and not selection.include_disabled]:
        numbers = listed(str(record.device_id) for record in disabled)
        yield f"{option}: {numbers} disabled in LibreNMS, and not selected without include_disabled."
    others = [record for record in wanted if record not in disabled and not selection.matches(record, group_members)]
    if others:
        yield f"{option}: {listed(str(record.device_id) for record in others)} left out by the other filters."


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
