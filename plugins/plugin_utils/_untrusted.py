# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Remote text in Ansible's variables, on every ansible-core: never trusted, so never evaluated."""

from __future__ import annotations

import typing as t

try:
    # From ansible-core 2.19 on only what is marked as trusted is ever a template.
    from ansible.template import trust_as_template as _trust_as_template
except ImportError:
    _trust_as_template = None

# ansible-core 2.17 and 2.18 take every text in a variable for a template, unless it says that it is none.
EVERY_TEXT_IS_A_TEMPLATE: t.Final = _trust_as_template is None


def untrusted(value: t.Any) -> t.Any:
    """The value, marked where ansible-core would otherwise evaluate it.

    Only texts with a brace, since the mark makes a difference in what ansible-inventory prints.
    """
    return _marked(value) if EVERY_TEXT_IS_A_TEMPLATE else value


def harmless(value: str) -> str:
    """A text that is our own, or was checked to be no more than it should be; so ansible-inventory prints it as it is."""
    return value if _trust_as_template is None else t.cast("str", _trust_as_template(value))


def _marked(value: t.Any) -> t.Any:
    if isinstance(value, str):
        if "{" not in value:
            return value
        from ansible.utils.unsafe_proxy import AnsibleUnsafeText

        return AnsibleUnsafeText(value)
    if isinstance(value, dict):
        return {_marked(key): _marked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_marked(item) for item in value]
    return value
