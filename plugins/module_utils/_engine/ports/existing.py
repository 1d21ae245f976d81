# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The interfaces, addresses and VRFs of NetBox that the ports of devices are compared with."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import re
import typing as t

from ..._exceptions import OptionError
from ..kinds import ObjectKind
from ..planning.plan import Ref
from ..text import did_you_mean, key, near
from .names import canonical
from .options import VrfRule

_POSITION = re.compile(r"\{vc_position(?::([^}]*))?\}")


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """A device or virtual machine of NetBox that has interfaces."""

    kind: ObjectKind
    id: int


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingInterface:
    """An interface; also one that NetBox will make of a template, whose ``id`` is None.

    :ivar macs: the ids of the MAC addresses that are assigned to it, by the address; read where it has no primary one, or may
        get another
    :ivar librenms_id: the custom field as it is stored
    """

    id: int | None
    name: str
    type: str = ""
    enabled: bool = True
    description: str = ""
    mtu: int | None = None
    speed: int | None = None
    lag_id: int | None = None
    mac: str = ""
    macs: c.Mapping[str, int] = dataclasses.field(default_factory=dict)
    librenms_id: t.Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Template:
    """An interface template of a device type; the name as it is written there."""

    name: str
    type: str = ""
    enabled: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingAddress:
    """An address object. ``owner`` and ``interface_id`` are None where it is assigned to nothing; ``holder`` says for people to what."""

    id: int
    address: str
    vrf_id: int | None = None
    status: str = "active"
    role: str = ""
    assigned: bool = False
    owner: Owner | None = None
    interface_name: str = ""
    holder: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingVrf:
    id: int
    name: str
    rd: str = ""


# A host within its VRF, by NetBox's id of that: what NetBox has once.
Place: t.TypeAlias = "tuple[str, int | None]"


def place(host: str, vrf: ExistingVrf | None) -> Place:
    return host, vrf.id if vrf else None


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingPorts:
    """What was read of NetBox for the ports of some devices.

    :ivar addresses: by the host's address, without mask
    :ivar templates: by id of the device type, or the Ref of one that is made
    """

    interfaces: c.Mapping[Owner, tuple[ExistingInterface, ...]] = dataclasses.field(default_factory=dict)
    addresses: c.Mapping[str, tuple[ExistingAddress, ...]] = dataclasses.field(default_factory=dict)
    templates: c.Mapping[int | Ref, tuple[Template, ...]] = dataclasses.field(default_factory=dict)


class Match(enum.Enum):
    NONE = "none"
    SEVERAL = "several"


class Names:
    """The names of an object's interfaces."""

    def __init__(self, names: c.Iterable[str]) -> None:
        self._by_form: dict[str, list[str]] = {}
        self._names = dict.fromkeys(names)
        for name in self._names:
            self._by_form.setdefault(canonical(name), []).append(name)

    def find(self, wanted: str) -> str | Match:
        """The one name that is the wanted one: exactly, else by its canonical form."""
        if wanted in self._names:
            return wanted
        found = self._by_form.get(canonical(wanted), ())
        if len(found) > 1:
            return Match.SEVERAL
        return found[0] if found else Match.NONE


def made_name(template: str, position: int | None) -> str:
    """The name that NetBox gives the interface which it makes of a template for a device at a position of a virtual chassis."""
    return _POSITION.sub(lambda found: str(position) if position is not None else found[1] if found[1] is not None else "0", template)


def interfaces_of(
    found: ExistingPorts, owner: Owner | None, device_type: int | Ref | None, position: int | None
) -> tuple[ExistingInterface, ...]:
    """The interfaces of an object in NetBox, or those that a new device gets of its type's templates."""
    if owner is not None:
        return found.interfaces.get(owner, ())
    templates = found.templates.get(device_type, ()) if device_type is not None else ()
    return tuple(ExistingInterface(None, made_name(item.name, position), item.type, item.enabled) for item in templates)


def find_vrfs(rules: c.Iterable[VrfRule], vrfs: c.Sequence[ExistingVrf]) -> dict[str, ExistingVrf]:
    """NetBox's VRF of each rule, by the rule's path.

    :raises OptionError: NetBox has none or several of that name
    """
    found = {}
    for rule in rules:
        matches = [vrf for vrf in vrfs if key(vrf.name) == key(rule.target)] or [vrf for vrf in vrfs if vrf.rd == rule.target]
        if len(matches) > 1:
            raise OptionError(f"{rule.path}.vrf", rule.target, "is the name of several VRFs in NetBox", "Give the route distinguisher.")
        if not matches:
            hint = did_you_mean(near(rule.target, [vrf.name for vrf in vrfs], 1))
            raise OptionError(f"{rule.path}.vrf", rule.target, "does not exist in NetBox", hint)
        found[rule.path] = matches[0]
    return found
