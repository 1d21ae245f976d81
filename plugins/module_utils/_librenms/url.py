# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How a LibreNMS server and a cached search of it are named."""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._exceptions import OptionError
from .._http.answers import public_url

# The kind of a cache entry that holds the devices of a selection.
SEARCH_KIND: t.Final = "search"


def base_url(url: str) -> str:
    """The base of the API for what a user may give: with or without subdirectory, slash at the end and C(/api/v0).

    :raises OptionError: it is no http(s) URL, or holds a user, a query or a fragment
    """
    hint = "Give it as https://librenms.example.net or https://example.net/librenms."
    try:
        parts = urllib.parse.urlsplit(url.strip())
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise OptionError("librenms_url", "(hidden)", "this is no URL", hint) from None
    if parts.username is not None or parts.query or parts.fragment:
        raise OptionError("librenms_url", public_url(url), "it must have no user, password, query or fragment", hint)
    if not is_usable:
        raise OptionError("librenms_url", public_url(url), "it must begin with http:// or https:// and name a host", hint)
    path = re.sub(r"(/+api(/+v0)?)?/*$", "", parts.path)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, f"{path}/api/v0", "", ""))
