# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Plans as plain JSON types and back, from the declared types of the records alone: no table of fields or kinds stands here.

A field that holds its default is left out. Where a field may hold anything, a :class:`Ref` is ``{"$Ref": {...}}``, and a key of
a dictionary that begins with ``$`` gets another one.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import functools
import types
import typing as t

from .plan import Ref

_T = t.TypeVar("_T")
_UNIONS = (t.Union, types.UnionType)
_PLAIN = (str, int, float, bool, type(None))


def encode(value: t.Any) -> t.Any:
    """Raises TypeError for what is no record, enum, mapping, list or plain value."""
    if isinstance(value, Ref):
        return {f"${type(value).__name__}": _fields(value)}
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, c.Mapping):
        return {_escaped(str(name)): encode(item) for name, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(encode, value))
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, _PLAIN):
        return value
    raise TypeError(f"{type(value).__name__} cannot be put into a plan file")


def _fields(record: t.Any) -> dict[str, t.Any]:
    pairs = ((field, getattr(record, field.name)) for field in dataclasses.fields(record))
    return {field.name: encode(value) for field, value in pairs if field.default is dataclasses.MISSING or value != field.default}


def _escaped(name: str) -> str:
    return f"${name}" if name.startswith("$") else name


def decode(wanted: type[_T], data: t.Any) -> _T:
    """The reverse of :func:`encode`. Raises TypeError, ValueError or KeyError for anything else."""
    return t.cast("_T", _decoded(wanted, data))


def _decoded(wanted: t.Any, data: t.Any) -> t.Any:
    if wanted is t.Any:
        return _anything(data)
    origin, arguments = t.get_origin(wanted), t.get_args(wanted)
    if origin in _UNIONS:
        return _one_of(arguments, data)
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
        return tuple(_decoded(arguments[0], item) for item in _checked(list, data))
    if origin is tuple:
        return tuple(_decoded(kind, item) for kind, item in zip(arguments, _checked(list, data), strict=True))
    if origin in (frozenset, set, list):
        return origin(_decoded(arguments[0], item) for item in _checked(list, data))
    if origin is not None and issubclass(origin, c.Mapping):
        kind, item_kind = arguments
        return {kind(_unescaped(name)): _decoded(item_kind, item) for name, item in _checked(dict, data).items()}
    if isinstance(wanted, type) and issubclass(wanted, Ref):
        return _ref(data)
    if dataclasses.is_dataclass(wanted):
        return _record(t.cast("type", wanted), data)
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return wanted(data)
    return _checked(wanted, data)


def _checked(wanted: t.Any, data: t.Any) -> t.Any:
    # bool is an int to isinstance.
    if not isinstance(data, wanted) or (isinstance(data, bool) and wanted is not bool):
        raise TypeError(f"{data!r} is not {wanted.__name__}")
    return data


def _one_of(kinds: c.Sequence[t.Any], data: t.Any) -> t.Any:
    if data is None and types.NoneType in kinds:
        return None
    errors = []
    for kind in kinds:
        if kind is not types.NoneType:
            try:
                return _decoded(kind, data)
            except (TypeError, ValueError, KeyError) as error:
                errors.append(str(error))
    raise TypeError("; ".join(errors))


@functools.cache
def _hints(wanted: type) -> dict[str, t.Any]:
    return t.get_type_hints(wanted)


def _record(wanted: type, data: t.Any) -> t.Any:
    hints = _hints(wanted)
    given = _checked(dict, data)
    if unknown := given.keys() - {field.name for field in dataclasses.fields(wanted)}:
        raise KeyError(f"{wanted.__name__} has no {', '.join(sorted(unknown))}")
    return wanted(**{name: _decoded(hints[name], item) for name, item in given.items()})


def _ref(data: t.Any) -> Ref:
    (name, fields), *rest = _checked(dict, data).items()
    kinds: tuple[type[Ref], ...] = (Ref, *Ref.__subclasses__())
    known = {f"${kind.__name__}": kind for kind in kinds}
    if rest or name not in known:
        raise TypeError(f"{name!r} is no reference")
    return t.cast("Ref", _record(known[name], fields))


def _anything(data: t.Any) -> t.Any:
    if isinstance(data, dict):
        if len(data) == 1 and (name := next(iter(data))).startswith("$") and not name.startswith("$$"):
            return _ref(data)
        return {_unescaped(name): _anything(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_anything(item) for item in data]
    return data


def _unescaped(name: str) -> str:
    return name.removeprefix("$")
