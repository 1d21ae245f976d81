# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""URLs and words of a server, fit to be shown: no secrets, no control characters."""

from __future__ import annotations

import urllib.parse

from .._engine.text import printable

_MESSAGE_LIMIT = 300


def public_url(url: str | None) -> str:
    """A URL that may be shown: without user information, query and fragment; empty for what cannot be taken apart safely."""
    try:
        parts = urllib.parse.urlsplit(url or "")
    except ValueError:
        return ""
    whole = urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    text = "".join(filter(str.isprintable, whole))
    # What is left of a URL that is not well formed may be a password.
    return "" if "@" in text or "%40" in text else text


def shown(text: object) -> str:
    """A server's words, fit for a message: one line, no control characters, at most 300 characters."""
    return printable(str(text), _MESSAGE_LIMIT)
