# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What surveys and forms give for options: empty texts for nothing, and YAML text for dictionaries and lists of them."""

from __future__ import annotations

import collections.abc as c
import typing as t

import yaml

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import import_spec, search_spec

# Options that are dictionaries or lists of dictionaries, in a search or an import.
_NESTED: dict[str, type[dict[str, t.Any] | list[t.Any]]] = {
    name: dict if option["type"] == "dict" else list
    for name, option in (import_spec() | search_spec()).items()
    if "dict" in (option["type"], option.get("elements"))
}


class NotYaml(ValueError):
    """An option's text is no YAML of the kind that the option needs. Its text is one sentence."""


def given_options(arguments: c.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options that are set, with YAML text read. Raises NotYaml."""
    given = {name: value for name, value in arguments.items() if not (isinstance(value, str) and not value.strip())}
    return {name: _read(name, value) if name in _NESTED and isinstance(value, str) else value for name, value in given.items()}


def _read(name: str, text: str) -> t.Any:
    wanted = _NESTED[name]
    value: object
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise NotYaml(f"{name}: the text is no YAML{place}: {getattr(exc, 'problem', None) or type(exc).__name__}.") from None
    except RecursionError:
        raise NotYaml(f"{name}: the text is nested too deeply.") from None
    if value is None:
        return wanted()
    if not isinstance(value, wanted):
        # Ansible reads "key=value" as a dictionary, too, and says what it thinks of the rest.
        if wanted is dict and "=" in text:
            return text
        kind = "a dictionary" if wanted is dict else "a list"
        raise NotYaml(f"{name}: must be {kind}, and this text is none when it is read as YAML (got {text[:100]!r}).")
    return value
