# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The URL of a server as a user gives it: checked before anything is sent there, and shown without secrets."""

from __future__ import annotations

import urllib.parse

from .._exceptions import OptionError
from .shown import public_url

# Octets, from the specification of the DNS.
_LABEL_LIMIT = 63
_NAME_LIMIT = 253


def server_url(option: str, url: str, hint: str) -> urllib.parse.SplitResult:
    """The parts of a URL that begins with http:// or https:// and names a host.

    :param option: the option that holds it, for messages
    :raises OptionError: it is none, or holds a user, a password, a query or a fragment; nothing with an ``@`` is shown
    """
    try:
        parts = urllib.parse.urlsplit(url.strip())
        is_usable = parts.scheme in ("http", "https") and _is_host(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise OptionError(option, "(hidden)", "this is no URL", hint) from None
    shown = public_url(url.strip()) or "(hidden)"
    if "@" in url or parts.query or parts.fragment:
        raise OptionError(option, shown, "it must have no user, password, query or fragment", hint)
    if not is_usable:
        raise OptionError(option, shown, "it must begin with http:// or https:// and name a host", hint)
    return parts


def _is_host(name: str | None) -> bool:
    """Whether this can be looked up at all. Raises ValueError for a name that no encoding for the DNS has."""
    if not name or len(name) > _NAME_LIMIT:
        return False
    if ":" in name:
        return True
    labels = name.removesuffix(".").split(".")
    return all(0 < len(label.encode("idna")) <= _LABEL_LIMIT for label in labels if label) and all(labels)
