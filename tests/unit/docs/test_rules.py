# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rules.md names every condition and target of every list of rules, and its examples are rules."""

from __future__ import annotations

import re
import typing as t

import pytest
from unit.support.pages import examples, page, table_below

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import rules_spec
from ansible_collections.netsot.librenms.plugins.module_utils._engine.matching.rules import Rules
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import OptionError

PAGE = page("rules.md")
SPEC = rules_spec()
LISTS = sorted(SPEC["rules"]["options"])


def known_keys(rules: dict[str, t.Any] | None, overrides: list[dict[str, t.Any]] | None) -> set[str]:
    """The keys that an error names for one that is not known."""
    with pytest.raises(OptionError) as caught:
        Rules.from_options(rules, overrides)
    found = re.search(r"Known are ([^.]+)\.", str(caught.value))
    assert found, caught.value
    return set(found.group(1).split(", "))


def keys_of(name: str) -> set[str]:
    return known_keys({name: [{"?": 1}]}, None)


# What every list knows is a condition; the rest is a list's own.
CONDITIONS = set.intersection(*map(keys_of, LISTS))


def test_the_lists_are_those_of_the_argument_spec() -> None:
    assert known_keys({"?": []}, None) == set(LISTS)
    headings = set(re.findall(r"^## `(\w+)`$", PAGE, re.MULTILINE))
    assert headings == set(LISTS), "docs/rules.md needs a section '## `name`' for each list of rules, and no other"


def test_every_condition_has_a_row() -> None:
    assert table_below(PAGE, "condition") == CONDITIONS, "docs/rules.md: the table of conditions is not that of _engine/matching/rules.py"


@pytest.mark.parametrize("name", LISTS)
def test_every_key_of_a_list_has_a_row(name: str) -> None:
    documented = table_below(PAGE, f"key of `{name}`")
    assert documented == keys_of(name) - CONDITIONS, f"docs/rules.md: the table of {name} is not what _engine/matching/rules.py takes"


def test_every_key_of_an_override_has_a_row() -> None:
    documented = table_below(PAGE, "key of `overrides`")
    assert documented == known_keys(None, [{"?": 1}]) == set(SPEC["overrides"]["options"])


def test_the_examples_are_rules() -> None:
    blocks = [t.cast("dict[str, t.Any]", block) for block in examples(PAGE)]
    shown = set()
    for block in blocks:
        assert set(block) <= {"rules", "overrides"}
        Rules.from_options(block.get("rules"), block.get("overrides"))
        shown |= {*block.get("rules", {}), *(["overrides"] if "overrides" in block else [])}
    assert shown == {*LISTS, "overrides"}, "docs/rules.md needs an example of each list"
