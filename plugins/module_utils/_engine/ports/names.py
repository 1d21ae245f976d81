# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Names of interfaces: which spellings mean the same port, and which member of a stack a name belongs to.

A table of our own and not C(netutils): that library's tables would be one more thing to install on every controller for forty
short lines, they lack spellings that LibreNMS records (C(Fif), C(Twe), C(TwoH), C(TF), C(Ap), C(Mg)), and they turn one
abbreviation into different long names by vendor. Ours only compares; a name is written as LibreNMS has it.
"""

from __future__ import annotations

import functools
import re
import typing as t

# dcim.Interface.name and virtualization.VMInterface.name of NetBox.
MAX_INTERFACE_NAME: t.Final = 64

# One line for each kind of port: all spellings of its word, compared without case. No spelling stands in two lines, and none
# of a vendor that means another kind by it: "te" is ten gigabit, "et" is Juniper's own word and stays itself.
_SPELLINGS = (
    ("FastEthernet", "Fa"),
    ("GigabitEthernet", "Gi", "Gig", "GigE"),
    ("TwoGigabitEthernet", "Tw"),
    ("FiveGigabitEthernet", "Fi"),
    ("TenGigabitEthernet", "Te", "TenGig", "TenGigE"),
    ("TwentyFiveGigE", "Twe", "TwentyFiveGigabitEthernet"),
    ("FortyGigabitEthernet", "Fo", "FortyGigE"),
    ("FiftyGigE", "Fif", "FiftyGigabitEthernet"),
    ("HundredGigE", "Hu", "HundredGigabitEthernet"),
    ("TwoHundredGigE", "TwoH"),
    ("FourHundredGigE", "Fou", "FourHundredGigabitEthernet"),
    ("TFGigabitEthernet", "TF"),
    ("AppGigabitEthernet", "Ap"),
    ("Port-channel", "Po"),
    ("AggregatePort", "Ag"),
    ("Vlan", "Vl"),
    ("Loopback", "Lo"),
    ("Tunnel", "Tu"),
    ("Mgmt", "Mg"),
)
_KIND = {spelling.casefold(): words[0].casefold() for words in _SPELLINGS for spelling in words}
_WORDS = {words[0].casefold(): words for words in _SPELLINGS}
# A word, then what begins with a digit; blanks between both are no part of a name.
_PARTS = re.compile(r"([A-Za-z][A-Za-z-]*?)\s*(\d.*)", re.DOTALL)


@functools.lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The form in which names of one port are equal: the long word without case, and the number as it is written.

    Only the word before the number is translated, and only one that the table knows; anything else is compared as it is, with
    its case: NetBox tells C(eth0) from C(Eth0).
    """
    parts = _known_parts(name)
    return " ".join(parts) if parts else name.strip()


def _known_parts(name: str) -> tuple[str, str] | None:
    """The kind that the word means, and the number; None for a word that the table does not know."""
    found = _PARTS.fullmatch(name.strip())
    kind = _KIND.get(found[1].casefold()) if found else None
    return (kind, found[2].strip()) if found and kind else None


def spellings(name: str) -> tuple[str, ...]:
    """All names that have the same canonical form, but for the case of the word; the name itself first."""
    text, parts = name.strip(), _known_parts(name)
    if not parts:
        return (text,)
    kind, number = parts
    return tuple(dict.fromkeys((text, *(f"{word}{gap}{number}" for word in _WORDS[kind] for gap in ("", " ")))))


# Physical ports: words before the number of a port that sits in one member's case.
_PHYSICAL = re.compile(
    r"(?:[a-z-]*ethernet|[a-z-]*gig[a-z]*|fa|gi|te|tw|twe|fo|fif|fi|hu|twoh|fou|tf|ap|xge|ge|xe|et|mge|port)?\s*", re.IGNORECASE
)
# Two levels are slot and port on most boxes; these count the member first.
_TWO_LEVELS = frozenset({"aos6", "aos"})


def member_position(name: str, os: str) -> int | None:
    """The number of the stack member in a port's name; None for a name that carries none, whose port is the master's.

    C(Gi2/0/1), C(2/1/1) and C(ge-1/0/3) begin with it (member, module, port); C(Port-channel1), C(Vlan2), C(Loopback0) and
    C(Gi0/1) do not. Juniper's number is that of the FPC. A subinterface (C(.100)) belongs to its port.
    """
    found = re.fullmatch(r"([A-Za-z-]*)\s*(\d+(?:/\d+)+)(?:[.:]\d+)*", name.strip())
    if not found or not _PHYSICAL.fullmatch(found[1].rstrip("-")):
        return None
    levels = found[2].split("/")
    if len(levels) < 3 and not (os.casefold() in _TWO_LEVELS and not found[1]):
        return None
    number = int(levels[0])
    return number if number <= 255 else None
