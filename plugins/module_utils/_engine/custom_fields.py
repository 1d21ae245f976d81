# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox's custom fields beside the collection's own: what a new object must and will have in them.

NetBox fills in the defaults of custom fields only where a new object is sent without C(custom_fields)
(netbox.models.features.CustomFieldsMixin), and an import always sends the link.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from .._exceptions import Errors, OptionError
from .fields import LINK_FIELD
from .kinds import Target
from .text import did_you_mean, near

# The kinds of objects that an import creates for devices, and whose custom fields it fills.
TARGETS = (Target.DEVICE, Target.VIRTUAL_MACHINE, Target.VIRTUAL_CHASSIS)
# What the name of a custom field stands behind, where it is a field of a write.
CUSTOM = "custom_fields."

_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_DATETIME = re.compile(_DATE.pattern + r"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


@dataclasses.dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field.

    :ivar type: as NetBox's API calls it: text, integer, select and so on
    :ivar models: the kinds of objects that have it, as ``app.model``
    :ivar choices: of a selection, None where they are not known
    """

    name: str
    type: str
    models: frozenset[str]
    required: bool = False
    default: t.Any = None
    choices: frozenset[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    regex: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class InitialValues:
    """What new objects get in their custom fields.

    :ivar fixed: values of the option ``custom_fields``
    """

    fields: tuple[CustomField, ...] = ()
    fixed: c.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    def of(self, model: str) -> dict[str, t.Any]:
        """The values of a new object of this kind, by name."""
        values = {field.name: self.fixed.get(field.name, field.default) for field in self._all(model)}
        return {name: value for name, value in values.items() if value is not None}

    def lacking(self, model: str) -> tuple[str, ...]:
        """The required fields that a new object of this kind would have no value in: NetBox would refuse it."""
        values = self.of(model)
        return tuple(name for name in self.required(model) if name not in values)

    def required(self, model: str) -> tuple[str, ...]:
        """The fields in which NetBox takes no object of this kind without a value."""
        return tuple(field.name for field in self._all(model) if field.required)

    def _all(self, model: str) -> list[CustomField]:
        return [field for field in self.fields if model in field.models and field.name != LINK_FIELD]


def check_custom_fields(given: c.Mapping[str, t.Any], fields: c.Iterable[CustomField], models: c.Collection[str]) -> None:
    """Raises OptionError for every value of the option that NetBox would refuse, as far as its type and rules tell.

    :param models: the kinds of objects that an import creates
    """
    known = {field.name: field for field in fields if field.models.intersection(models)}
    errors = Errors()
    for name, value in given.items():
        option = f"custom_fields.{name}"
        if name == LINK_FIELD:
            errors.add(OptionError(option, value, "is set by the import itself"))
        elif name not in known:
            hint = did_you_mean(near(str(name), known)) or "Create it in NetBox, for devices or virtual machines."
            errors.add(OptionError(option, value, "is no custom field of NetBox for what an import creates", hint))
        elif wrong := _wrong(known[name], value):
            errors.add(OptionError(option, value, wrong))
    errors.raise_any()


def _wrong(field: CustomField, value: t.Any) -> str:
    """What is wrong with a value; "" for nothing that is known."""
    check = _CHECKS.get(field.type)
    return check(field, value) if check else ""


def _text(field: CustomField, value: t.Any) -> str:
    if not isinstance(value, str):
        return "must be a text"
    try:
        fits = not field.regex or re.search(field.regex, value) is not None
    except re.error:
        # PostgreSQL and Python do not know quite the same expressions; NetBox decides.
        fits = True
    return "" if fits else f"does not match {field.regex}"


def _number(field: CustomField, value: t.Any) -> str:
    whole = field.type == "integer"
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return "must be a whole number" if whole else "must be a number"
    if field.minimum is not None and value < field.minimum:
        return f"must be at least {field.minimum:g}"
    if field.maximum is not None and value > field.maximum:
        return f"must be at most {field.maximum:g}"
    return ""


def _boolean(_field: CustomField, value: t.Any) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _date(field: CustomField, value: t.Any) -> str:
    """As far as its form tells; NetBox knows the calendar."""
    if field.type == "date":
        return "" if isinstance(value, str) and _DATE.fullmatch(value) else "must be a text such as 2026-01-31"
    return "" if isinstance(value, str) and _DATETIME.fullmatch(value) else "must be a text such as 2026-01-31T08:00:00"


def _select(field: CustomField, value: t.Any) -> str:
    if not isinstance(value, str):
        return "must be the value of a choice"
    return "" if field.choices is None or value in field.choices else f"must be one of {', '.join(sorted(field.choices))}"


def _multiselect(field: CustomField, value: t.Any) -> str:
    if not isinstance(value, list):
        return "must be a list of choices"
    return next((wrong for item in value if (wrong := _select(field, item))), "")


def _object(_field: CustomField, value: t.Any) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) else "must be the id of an object"


def _objects(field: CustomField, value: t.Any) -> str:
    if not isinstance(value, list):
        return "must be a list of ids"
    return next((wrong for item in value if (wrong := _object(field, item))), "")


_CHECKS: c.Mapping[str, c.Callable[[CustomField, t.Any], str]] = {
    "text": _text,
    "longtext": _text,
    "url": _text,
    "integer": _number,
    "decimal": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _date,
    "select": _select,
    "multiselect": _multiselect,
    "object": _object,
    "multiobject": _objects,
}
