# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Cutting the creation of many devices into list writes.

NetBox locks a device type's counter while it creates devices of it: lists of the same types in different orders deadlock,
lists without a common type run side by side. Creating a device takes longer the more interfaces its type has.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import threading
import typing as t

from .._engine.kinds import ObjectKind, Stage
from .._engine.planning.plan import PlannedDevice, Write

# Seconds that one list write should take, and that NetBox needs for a device without interfaces (measured on 4.7).
AIM = 5.0
SECONDS_EACH = 0.05
# What one interface adds to a device, as a share of a device without any.
INTERFACE_WEIGHT = 0.14
# Devices; keeps a body below 2 MB whatever the rate.
MAX_SIZE = 1000

# Objects in one list of what belongs to devices, such as interfaces: NetBox takes 20 to 50 ms for each.
LIST_SIZE = 100
# Interface, address and primary address, which nearly every device has.
_PRIMARY_WRITES = 3
# What one of these adds to a device: lists of devices get shorter, so that a run shows progress and can be stopped.
PORT_WEIGHT = 0.1

_T = t.TypeVar("_T")


@dataclasses.dataclass(frozen=True, slots=True)
class Bundle:
    """One device with its stack, which is never split over two lists.

    :param weight: in devices without interfaces
    :param types: what no other list in flight may share
    """

    planned: PlannedDevice
    weight: float
    types: frozenset[object]


def bundle(planned: PlannedDevice, interfaces: c.Mapping[t.Any, int]) -> Bundle:
    """:param interfaces: interface templates by the device type's id, or by the Ref of one that is made"""
    writes = [write for write in planned.writes() if write.creates and ObjectKind.of(write.target)]
    types = frozenset(_type(write) for write in writes)
    ports = sum(write.stage >= Stage.INTERFACE for write in planned.writes())
    return Bundle(
        planned, (sum(weight(write, interfaces) for write in writes) or 1.0) + PORT_WEIGHT * max(0, ports - _PRIMARY_WRITES), types
    )


def _type(write: Write) -> object:
    # Virtual machines have no type; lists of them follow one another.
    return write.value("device_type") or write.target


def weight(write: Write, interfaces: c.Mapping[t.Any, int]) -> float:
    """What creating one device costs, in devices without interfaces."""
    return 1.0 + INTERFACE_WEIGHT * interfaces.get(write.value("device_type"), 0)


class Pace:
    """How many devices make a list: a fixed number, or what NetBox has lately done in the time aimed at.

    :param size: the option ``batch_size``, None for auto
    :param timeout: seconds; a list stays well below it
    """

    def __init__(self, size: int | None, timeout: float) -> None:
        self._size = size
        self._aim = min(AIM, timeout / 3)
        self._seconds_each = SECONDS_EACH
        self._lock = threading.Lock()

    def learn(self, weight: float, seconds: float) -> None:
        """One list of that weight took so long."""
        if weight > 0:
            with self._lock:
                self._seconds_each = 0.5 * self._seconds_each + 0.5 * seconds / weight

    def cut(self, bundles: c.Sequence[Bundle]) -> list[list[Bundle]]:
        """The lists that the bundles make, in their order."""
        with self._lock:
            limit = self._aim / max(self._seconds_each, 0.0001)
        lists: list[list[Bundle]] = []
        total = 0.0
        for item in bundles:
            full = len(lists[-1]) >= (self._size or MAX_SIZE) if lists else True
            if full or (self._size is None and total + item.weight > limit):
                lists.append([])
                total = 0.0
            lists[-1].append(item)
            total += item.weight
        return lists

    def next_list(self, bundles: c.Sequence[Bundle], busy: c.Container[object]) -> list[Bundle]:
        """The first list that shares no type with those in flight; empty when all do."""
        for candidate in self.cut(bundles):
            if not any(item in busy for entry in candidate for item in entry.types):
                return candidate
        return []


def in_type_order(bundles: c.Iterable[Bundle]) -> list[Bundle]:
    """Units of one type side by side, so that lists share few types."""
    return sorted(bundles, key=lambda item: (sorted(map(str, item.types)), item.planned.device_id))


def without(bundles: c.Iterable[_T], taken: c.Iterable[_T]) -> list[_T]:
    gone = {id(item) for item in taken}
    return [item for item in bundles if id(item) not in gone]
