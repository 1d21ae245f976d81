# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a device type is made with: its fields and its components, as the community's device type library writes them."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import typing as t

from ..kinds import Target
from ..text import printable

Scalar: t.TypeAlias = "str | int | float | bool"

# Characters that NetBox holds.
_MAX_MODEL, _MAX_SLUG, _MAX_PART_NUMBER, _MAX_NAME = 100, 100, 50, 64
# More is no device.
_MAX_COMPONENTS = 5000

_TEXTS = ("airflow", "subdevice_role", "weight_unit", "description", "comments")
_NUMBERS = ("u_height", "weight")
_FLAGS = ("is_full_depth", "exclude_from_utilization")
_COMPONENT_TEXTS = frozenset(
    {"label", "type", "description", "feed_leg", "color", "position", "part_id", "poe_mode", "poe_type", "rf_role"},
)
_COMPONENT_NUMBERS = frozenset({"maximum_draw", "allocated_draw", "positions"})

# The lists of a file, what they become, and which fields of an entry NetBox takes.
_LISTS: c.Mapping[str, tuple[Target, tuple[str, ...]]] = {
    "console-ports": (Target.CONSOLE_PORT_TEMPLATE, ("label", "type", "description")),
    "console-server-ports": (Target.CONSOLE_SERVER_PORT_TEMPLATE, ("label", "type", "description")),
    "power-ports": (Target.POWER_PORT_TEMPLATE, ("label", "type", "maximum_draw", "allocated_draw", "description")),
    "power-outlets": (Target.POWER_OUTLET_TEMPLATE, ("label", "type", "feed_leg", "description")),
    "interfaces": (
        Target.INTERFACE_TEMPLATE,
        ("label", "type", "enabled", "mgmt_only", "poe_mode", "poe_type", "rf_role", "description"),
    ),
    "rear-ports": (Target.REAR_PORT_TEMPLATE, ("label", "type", "color", "positions", "description")),
    "front-ports": (Target.FRONT_PORT_TEMPLATE, ("label", "type", "color", "positions", "description")),
    "module-bays": (Target.MODULE_BAY_TEMPLATE, ("label", "position", "description")),
    "device-bays": (Target.DEVICE_BAY_TEMPLATE, ("label", "description")),
    "inventory-items": (Target.INVENTORY_ITEM_TEMPLATE, ("label", "part_id", "description")),
}
# What an entry refers to by name: the field, and the list that has it.
_REFERS = {"power_port": Target.POWER_PORT_TEMPLATE, "rear_port": Target.REAR_PORT_TEMPLATE}


class BrokenFile(ValueError):
    """What is wrong with a file of a library, in words that follow its name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Component:
    """A component template.

    :ivar on: the name of the power port that feeds an outlet, or of the rear port that is behind a front port; "" for none
    :ivar on_position: of the rear port
    :ivar of_maker: an inventory item is the type's own manufacturer's
    """

    target: Target
    name: str
    values: tuple[tuple[str, Scalar], ...] = ()
    on: str = ""
    on_position: int = 1
    of_maker: bool = False

    @property
    def on_target(self) -> Target:
        return Target.POWER_PORT_TEMPLATE if self.target is Target.POWER_OUTLET_TEMPLATE else Target.REAR_PORT_TEMPLATE


@dataclasses.dataclass(frozen=True, slots=True)
class Definition:
    """The fields of a device type, but for its names, and its components.

    :ivar made: the ids of the components that an unfinished type has already, by kind and name
    """

    values: tuple[tuple[str, Scalar], ...] = ()
    components: tuple[Component, ...] = ()
    made: c.Mapping[tuple[Target, str], int] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def description(self) -> str:
        return str(dict(self.values).get("description", ""))


@dataclasses.dataclass(frozen=True, slots=True)
class LibraryType:
    """A device type of a library, without what it is made with; ``path`` is its file."""

    manufacturer: str
    model: str
    slug: str
    part_number: str
    interfaces: int
    path: str = ""


def parse(data: object) -> tuple[LibraryType, Definition]:
    """A device type of the content of a file. Raises BrokenFile, in words that follow "the file", for anything else."""
    if not isinstance(data, dict):
        raise BrokenFile("is no dictionary")
    maker, model, slug = (_required(data, name, size) for name, size in (("manufacturer", 100), ("model", _MAX_MODEL), ("slug", _MAX_SLUG)))
    part_number = _text(data, "part_number", _MAX_PART_NUMBER)
    components = [component for name in _LISTS for component in _components(data, name, maker)]
    if len(components) > _MAX_COMPONENTS:
        raise BrokenFile(f"has more than {_MAX_COMPONENTS} components")
    _check_names(components)
    values: list[tuple[str, Scalar]] = [
        (name, text) for name in _TEXTS if (text := _text(data, name, 200 if name == "description" else 100_000))
    ]
    values += [(name, number) for name in _NUMBERS if (number := _number(data, name)) is not None]
    values += [(name, flag) for name in _FLAGS if (flag := _flag(data, name)) is not None]
    interfaces = sum(component.target is Target.INTERFACE_TEMPLATE for component in components)
    return LibraryType(maker, model, slug, part_number, interfaces=interfaces), Definition(tuple(values), tuple(components))


def _components(data: c.Mapping[t.Any, t.Any], name: str, maker: str) -> c.Iterator[Component]:
    target, fields = _LISTS[name]
    given = data.get(name) or []
    if not isinstance(given, list):
        raise BrokenFile(f"has {name} that are no list")
    for entry in given:
        if not isinstance(entry, dict):
            raise BrokenFile(f"has an entry of {name} that is no dictionary")
        values: list[tuple[str, Scalar]] = []
        for field in fields:
            value = _component_value(entry, field)
            if value is not None and value != "":
                values.append((field, value))
        refers = next((field for field in _REFERS if entry.get(field) is not None), "")
        on = _text(entry, refers, _MAX_NAME) if refers else ""
        position = _number(entry, "rear_port_position")
        own = target is Target.INVENTORY_ITEM_TEMPLATE and _text(entry, "manufacturer", 100) == maker
        component = Component(target, _required(entry, "name", _MAX_NAME), tuple(values), on)
        yield dataclasses.replace(component, on_position=int(position or 1), of_maker=own)


def _component_value(entry: c.Mapping[t.Any, t.Any], field: str) -> Scalar | None:
    if field in _COMPONENT_TEXTS:
        return _text(entry, field, 200)
    return _number(entry, field) if field in _COMPONENT_NUMBERS else _flag(entry, field)


def _check_names(components: c.Sequence[Component]) -> None:
    count = collections.Counter((component.target, component.name) for component in components)
    for (target, name), number in count.items():
        if number > 1:
            raise BrokenFile(f"has {number} {target.row.plural} called {printable(name)!r}")
    for component in components:
        if component.on and (component.on_target, component.on) not in count:
            raise BrokenFile(
                f"has no {component.on_target.row.word} {printable(component.on)!r}, which {printable(component.name)!r} needs"
            )


def _text(data: c.Mapping[t.Any, t.Any], name: str, size: int) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value).strip()) > size:
        raise BrokenFile(f"has the {name} {printable(str(value), 40)!r}, which is no text of at most {size} characters")
    return str(value).strip()


def _required(data: c.Mapping[t.Any, t.Any], name: str, size: int) -> str:
    text = _text(data, name, size)
    if not text or not text.isprintable():
        raise BrokenFile(f"has no {name}")
    return text


def _number(data: c.Mapping[t.Any, t.Any], name: str) -> int | float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1_000_000:
        raise BrokenFile(f"has the {name} {printable(str(value), 40)!r}, which is no number")
    return value


def _flag(data: c.Mapping[t.Any, t.Any], name: str) -> bool | None:
    value = data.get(name)
    if value is not None and not isinstance(value, bool):
        raise BrokenFile(f"has the {name} {printable(str(value), 40)!r}, which is neither true nor false")
    return value
