# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What is said where NetBox refuses to show something."""

from __future__ import annotations

import collections.abc as c
import contextlib

from .._exceptions import AccessDenied
from .._netbox.client import NetBoxClient, with_hint
from .._netbox.rights import READ, missing_reads


@contextlib.contextmanager
def complete_refusals(client: NetBoxClient) -> c.Iterator[None]:
    """A refusal to show something names everything that the token may not see, not only the first of it."""
    try:
        yield
    except AccessDenied as error:
        if error.status != 403 or not error.url.startswith(client.root):
            raise
        missing = missing_reads(client, READ)
        if not missing:
            raise
        raise with_hint(error, f"The token of netbox_token lacks the {named_rights(missing)}.") from None


def named_rights(permissions: c.Sequence[str]) -> str:
    return f"{'permission' if len(permissions) == 1 else 'permissions'} {', '.join(permissions)}"
