# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Whether the server key is another one than before by accident: then every link would be forgotten."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..serials import identity as serial_identity
from ..text import key, printable
from .existing import ExistingObject, ExistingObjects
from .identity import Identity

# A key that links a tenth of what the other one does, or less, links nearly nothing.
_NEARLY_NOTHING = 10


@dataclasses.dataclass(frozen=True, slots=True)
class KnownUnder:
    """The key under which NetBox knows the wanted devices.

    :ivar devices: how many of them it links, on objects that have their serial or name
    :ivar example: one of these objects
    :ivar links: how many objects the run's own key links
    """

    server_key: str
    devices: int
    example: ExistingObject
    links: int

    def message(self, server_key: str) -> str:
        """What is wrong, with both keys.

        :param server_key: the run's own
        """
        return (
            f"NetBox links {self.devices} of the selected devices under the server_key {printable(self.server_key)!r}, with the same ids "
            f"and on objects of their serial or name, such as {printable(self.example.name)!r}; "
            f"{printable(server_key)!r} links {self.links} objects there"
        )

    def hint(self, server_key: str) -> str:
        return (
            "Under another key the import forgets these links, and creates a second object for each device that was renamed since. "
            f"Set server_key (or LIBRENMS_SERVER_KEY) to {printable(self.server_key)!r}. If {printable(server_key)!r} is another LibreNMS, "
            "which has the same devices, set server_key_new: true until its links are written."
        )


def known_under(wanted: c.Iterable[Identity], existing: ExistingObjects, server_key: str) -> KnownUnder | None:
    """The other key that links the wanted devices in place of the run's own; None when all is as it should be.

    A second LibreNMS gives the same ids to other devices, so an id proves nothing by itself: the object has to have the device's
    serial or name too, and of the objects under that key which have wanted ids most have to.
    """
    same: dict[str, list[ExistingObject]] = {}
    differing: dict[str, int] = {}
    for item in wanted:
        for other_key, found in existing.linked_elsewhere(server_key, item.device_id):
            if _is_same(item, found):
                same.setdefault(other_key, []).append(found)
            else:
                differing[other_key] = differing.get(other_key, 0) + 1
    links = existing.count_linked(server_key)
    for other_key, objects in sorted(same.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        if len(objects) > differing.get(other_key, 0) and links * _NEARLY_NOTHING <= len(objects):
            return KnownUnder(other_key, len(objects), objects[0], links)
    return None


def _is_same(wanted: Identity, found: ExistingObject) -> bool:
    serial = serial_identity(found.serial)
    serials = {serial_identity(text) for text in (*wanted.serials, *wanted.member_serials)} - {""}
    if serial and serials:
        return serial in serials
    return key(found.name) in {key(name) for name in (*wanted.names, *wanted.member_names)}
