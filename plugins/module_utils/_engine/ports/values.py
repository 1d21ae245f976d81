# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What LibreNMS's values of a port mean: the ones that only stand in for a value are left out."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ..records import AddressRecord, PortRecord
from ..text import is_placeholder, key

# dcim.Interface.description of NetBox, in characters.
MAX_DESCRIPTION: t.Final = 200
_MTU = range(1, 65537)
# bit/s: the largest value of ifSpeed, which means "look at ifHighSpeed", and more than any port has.
_UNKNOWN_SPEED: t.Final = 4294967295
_FASTEST: t.Final = 10**13

Address: t.TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


def description(port: PortRecord) -> str:
    """The alias that a person has set: LibreNMS fills an empty one with the port's name."""
    alias = " ".join(port.alias.split())
    if key(alias) in {key(port.name), key(port.descr)} or is_placeholder(alias):
        return ""
    return alias[:MAX_DESCRIPTION]


def mtu(port: PortRecord) -> int | None:
    return port.mtu if port.mtu in _MTU else None


def mac(port: PortRecord) -> str:
    """As NetBox writes it; "" for none, for zeros, and for a group's address, which no port has."""
    digits = port.mac.upper()
    if not re.fullmatch(r"[0-9A-F]{12}", digits) or not int(digits, 16) or int(digits[:2], 16) & 1:
        return ""
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def speed(port: PortRecord) -> int | None:
    """In kbit/s, as NetBox has it; None when it is not known."""
    if port.speed is None or port.speed == _UNKNOWN_SPEED or not 1000 <= port.speed < _FASTEST:
        return None
    return port.speed // 1000


def enabled(port: PortRecord) -> bool:
    """A state that LibreNMS does not know is no reason to call a port shut."""
    return port.admin_status.casefold() != "down"


def is_loopback(port: PortRecord) -> bool:
    return port.type == "softwareLoopback" or bool(re.match(r"lo(opback)?\s*\d", port.name, re.IGNORECASE))


def usable_address(text: str) -> Address | None:
    """A host's address that another host can reach; None for a loopback, link-local, multicast or unspecified one, or no address."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if address.version == 6 and address.scope_id:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    address = mapped or address
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        return None
    return address


def prefix_length(record: AddressRecord, port: PortRecord) -> int:
    """The length of the mask; the whole address where LibreNMS's is a stand-in.

    That is a length of 0, none at all, and the mask of its old class on a loopback: LibreNMS guesses it where the device gives none.
    """
    address = ipaddress.ip_address(record.address)
    length = record.prefix_length or address.max_prefixlen
    if address.version == 4 and is_loopback(port) and length == _classful(address):
        return address.max_prefixlen
    return length


def _classful(address: ipaddress.IPv4Address) -> int:
    first = int(address) >> 24
    return 8 if first < 128 else 16 if first < 192 else 24


def takes_host(address: Address, length: int) -> bool:
    """Whether NetBox takes an interface's address: not the network's own one, nor the broadcast's."""
    network = ipaddress.ip_network((address, length), strict=False)
    if length >= address.max_prefixlen - 1:
        return True
    return address != network.network_address and not (address.version == 4 and address == network.broadcast_address)
