# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which interface of NetBox each port of a device is: by the link of an earlier run, by its name, by another spelling of that.

An interface is no more than one port, and none is taken from another port that is still there. LibreNMS knows a port by its ifIndex,
and some devices number their ports anew when they start: then the links tell one story and the names another, and the names are right.
A port that was renamed has no interface of its new name, and nobody else has the old one: then the link is right. Anything between
is told, and left alone.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..links import Links
from ..planning.plan import Ref
from ..text import printable
from .existing import ExistingInterface, Match, Names
from .names import canonical
from .primary import Home
from .wanted import PortsWish
from .writes import KnownInterfaces

HINT = "Where the link in librenms_id is the wrong one, remove it from the interface in NetBox: then its name decides."


@dataclasses.dataclass(frozen=True, slots=True)
class Unclear:
    """Why it is not known which interface a port is, as a part of a sentence."""

    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Matched:
    """The interface that a port is.

    :ivar value: as a write refers to it
    :ivar differs: what does not fit its link, as a part of a sentence; "" for nothing
    """

    interface: ExistingInterface
    value: int | Ref
    differs: str = ""


class PortMatches:
    """Those of one device.

    :param wish: all of its ports
    """

    def __init__(self, wish: PortsWish, known: KnownInterfaces, server_key: str) -> None:
        self._known = known
        self._server_key = server_key
        self._left_out = wish.left_out_ids
        self._ports: dict[Home, dict[int, str]] = {}
        for item in wish.interfaces:
            self._ports.setdefault(item.home, {})[item.port.port_id] = item.name
        self._claims: dict[Home, Claims] = {}

    def find(self, home: Home, port_id: int) -> Matched | Unclear | None:
        """The interface that a port is; None for one that NetBox does not have."""
        if home not in self._claims:
            links = {name: self._linked(item) for name, item in self._known.of(home).items()}
            self._claims[home] = Claims(self._ports[home], links, self._left_out)
        claims = self._claims[home]
        found = claims.interface(port_id)
        if found is None or isinstance(found, Unclear):
            return found
        return Matched(*self._known.refer(home, found), claims.differs(port_id, found))

    def _linked(self, interface: ExistingInterface) -> int | None:
        return Links.parse(interface.librenms_id).by_key.get(self._server_key)


class Claims:
    """Which interfaces of one object the ports that belong to it are.

    :param ports: their names by port_id; no two are spellings of one
    :param links: the names of the object's interfaces, with the port_id that each is linked to
    :param left_out: the ids of further ports of the device, which are no interface as they are
    """

    def __init__(self, ports: c.Mapping[int, str], links: c.Mapping[str, int | None], left_out: c.Container[int]) -> None:
        self._ports = ports
        self._links = links
        self._left_out = left_out
        names = Names(links)
        self._by_name = {port_id: names.find(name) for port_id, name in ports.items()}
        self._named = {name: port_id for port_id, name in self._by_name.items() if isinstance(name, str)}
        self._linked: dict[int, list[str]] = {}
        for name, port_id in links.items():
            if port_id is not None:
                self._linked.setdefault(port_id, []).append(name)

    def interface(self, port_id: int) -> str | Unclear | None:
        """The name of the interface that a port is; None for a new one."""
        by_name, linked = self._by_name[port_id], self._linked.get(port_id, [])
        link = linked[0] if len(linked) == 1 else None
        if isinstance(by_name, str):
            if link not in (None, by_name) and self._rival(port_id, by_name) is None and self._namesake(port_id, link) is None:
                return link
            return self._unless_kept(port_id, by_name)
        shown = printable(self._ports[port_id])
        if len(linked) > 1:
            return Unclear(f"{_listed(linked)} are all linked to {shown}")
        if link is None:
            return None if by_name is Match.NONE else Unclear(f"several interfaces may be {shown}")
        if self._namesake(port_id, link) is not None:
            return Unclear(f"{printable(link)} is linked to {shown}, and has the name of another port")
        return link

    def differs(self, port_id: int, interface: str) -> str:
        """What does not fit the link between a port and the interface that it is; "" for nothing."""
        shown = printable(self._ports[port_id])
        if len(linked := self._linked.get(port_id, [])) > 1:
            return f"{_listed(linked)} are all linked to {shown}"
        return "" if canonical(interface) == canonical(self._ports[port_id]) else f"{printable(interface)} is {shown} by now"

    def _unless_kept(self, port_id: int, interface: str) -> str | Unclear:
        """The interface of a port's name, unless another port has only this one."""
        rival = self._rival(port_id, interface)
        if rival is not None and (not isinstance(own := self._by_name.get(rival), str) or own == interface):
            return Unclear(f"{printable(interface)} is linked to another port ({printable(self._ports.get(rival, f'id {rival}'))})")
        return interface

    def _rival(self, port_id: int, interface: str) -> int | None:
        """Another port, which is still there, that an interface is linked to."""
        linked = self._links[interface]
        return linked if linked is not None and linked != port_id and (linked in self._ports or linked in self._left_out) else None

    def _namesake(self, port_id: int, interface: str | None) -> int | None:
        """Another port that has the name of an interface."""
        named = self._named.get(interface) if interface is not None else None
        return named if named != port_id else None


def _listed(names: c.Iterable[str]) -> str:
    return " and ".join(sorted(map(printable, names)))
