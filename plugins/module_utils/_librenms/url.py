# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How a LibreNMS server and a cached search of it are named."""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._http.url import server_url

# The kind of a cache entry that holds the devices of a selection.
SEARCH_KIND: t.Final = "search"


def base_url(url: str) -> str:
    """The base of the API for what a user may give: with or without subdirectory, slash at the end and C(/api/v0).

    :raises OptionError: it is no http(s) URL, or holds a user, a query or a fragment
    """
    parts = server_url("librenms_url", url, "Give it as https://librenms.example.net or https://example.net/librenms.")
    path = re.sub(r"(/+api(/+v0)?)?/*$", "", parts.path)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, f"{path}/api/v0", "", ""))
