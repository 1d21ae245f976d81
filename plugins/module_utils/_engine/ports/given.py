# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The lists of rules about ports, as users write them."""

from __future__ import annotations

import collections.abc as c
import typing as t

from ..._exceptions import OptionError
from ..matching.conditions import dictionary, no_unknown_keys

_Rule = t.TypeVar("_Rule")


def rules_of(
    option: str, given: object, known: c.Sequence[str], parse: c.Callable[[str, c.Mapping[str, t.Any]], _Rule]
) -> tuple[_Rule, ...]:
    """The rules of an option, each made by ``parse`` of its path and itself. Raises OptionError, naming the rule and the value.

    :param known: the keys that a rule may have
    """
    if given is None:
        return ()
    if not isinstance(given, list):
        raise OptionError(option, given, "must be a list of rules")
    return tuple(_rule(f"{option}[{number}]", rule, known, parse) for number, rule in enumerate(given))


def _rule(path: str, given: object, known: c.Sequence[str], parse: c.Callable[[str, c.Mapping[str, t.Any]], _Rule]) -> _Rule:
    rule = dictionary(path, given)
    no_unknown_keys(path, rule, known)
    return parse(path, rule)
