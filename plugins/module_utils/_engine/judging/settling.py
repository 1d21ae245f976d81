# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Learned rules as a run applies them: which device each of them settles, and their lines in a file of rules."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import typing as t

from ..matching.catalog import Index, Site
from ..matching.conditions import Subject
from ..matching.rules import Rule, Rules
from ..text import key, printable
from .assessment import Assessment
from .learning import LearnedRule
from .rule_text import Conditions, is_template, is_text, quoted, rule_line, safe_conditions

# So many devices that contradict a learned rule are named.
_NAMED = 3
# What rules are looked up by.
_FIELDS = ("location", "hardware", "os", "type")


@dataclasses.dataclass(slots=True)
class _Learned:
    """A learned rule and what was asked of it.

    :ivar conditions: in the form in which they are written
    :ivar serves: whether it is of use for a device that lacks something
    """

    learned: LearnedRule
    conditions: Conditions
    rule: Rule
    serves: bool = False


class LearnedRules:
    """What NetBox's devices teach, beside the devices that rules are suggested for."""

    def __init__(self, learned: c.Iterable[LearnedRule] = (), sites: Index[Site] | None = None, *, whole: bool = False) -> None:
        """:param whole: all of them are wanted, not only those which serve a device"""
        self._sites: Index[Site] = sites or Index()
        self._whole = whole
        self._rules: dict[str, list[_Learned]] = collections.defaultdict(list)
        self._by_text: dict[tuple[str, str, str], list[tuple[int, _Learned]]] = collections.defaultdict(list)
        for number, item in enumerate(filter(None, map(_usable, learned))):
            name = item.learned.rules
            self._rules[name].append(item)
            field, text = item.conditions[0]
            self._by_text[(name, field, key(text)) if field in _FIELDS else (name, "", "")].append((number, item))

    def settling(self, rules: str, assessment: Assessment, hardware: str) -> LearnedRule | None:
        """The rule of a list that gives the device what it lacks.

        :param hardware: of the device or of the member of its stack that lacks something
        """
        subject = Subject(assessment.device, assessment.name, frozenset(), hardware)
        places = [(rules, "", ""), *((rules, field, key(subject.text(field))) for field in _FIELDS)]
        for _number, item in sorted((entry for place in places for entry in self._by_text.get(place, ())), key=lambda entry: entry[0]):
            groups = item.rule.conditions.match(subject)
            if groups is None or ("site" in groups and not self._sites.find(groups["site"]).one):
                continue
            item.serves = True
            if item.learned.sure:
                return item.learned
        return None

    def texts(self, rules: str, condition: str) -> set[str]:
        """What the rules of a list say of one condition."""
        return {text for item in self._rules[rules] for field, text in item.conditions if field == condition}

    def undecided(self, rules: str) -> set[Conditions]:
        """The conditions, in comparable form, of those that stand in a comment for a person to decide."""
        return {
            tuple((field, key(text)) for field, text in item.learned.conditions) for item in self._shown(rules) if not item.learned.sure
        }

    def lines(self, rules: str) -> list[str]:
        """To be called when all devices have been asked about with :meth:`settling`."""
        return [line for item in self._shown(rules) for line in _lines(item)]

    def _shown(self, rules: str) -> list[_Learned]:
        return [item for item in self._rules[rules] if self._whole or item.serves]


def _usable(learned: LearnedRule) -> _Learned | None:
    """The rule as it is read from a file; None for what no file can say."""
    conditions = safe_conditions(learned.conditions)
    if conditions is None or not all(is_text(text) and not is_template(text) for _option, text in learned.targets):
        return None
    given: dict[str, t.Any] = {learned.rules: [dict((*conditions, *learned.targets))]}
    (rule,) = getattr(Rules.from_options(given, None), learned.rules)
    return _Learned(learned, conditions, rule)


def _lines(item: _Learned) -> list[str]:
    learned = item.learned
    others = "".join(f"; {quoted(text)[1:-1]}" for text in learned.others[:_NAMED])
    more = f"; {len(learned.others) - _NAMED} more" if len(learned.others) > _NAMED else ""
    noun = "device" if learned.of == 1 else "devices"
    comment = f"    # {learned.devices} of {learned.of} {noun} in NetBox{printable(others)}{more}"
    return [comment, rule_line(item.conditions, learned.targets, works=learned.sure)]
