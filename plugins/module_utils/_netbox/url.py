# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The URL of a NetBox, from the forms that users give it in."""

from __future__ import annotations

import re
import urllib.parse

from .._http.url import server_url


def netbox_root(url: str) -> str:
    """The URL of NetBox without ``/api`` and trailing slashes. Raises OptionError for what is no URL, or holds a password."""
    parts = server_url("netbox_url", url, "Give it as https://netbox.example.net.")
    path = re.sub(r"(?:/+api)?/*$", "", parts.path)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, "", ""))
