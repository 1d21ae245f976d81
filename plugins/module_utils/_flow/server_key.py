# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Stopping a run whose server key is another one than before, as it seems by accident."""

from __future__ import annotations

import collections.abc as c

from .._engine.judging.drafts import Draft
from .._engine.judging.existing import ExistingObjects
from .._engine.judging.server_keys import known_under
from .._exceptions import OptionError
from .._netbox.client import NetBoxClient
from .._netbox.existing import read_whole
from .run import Run


def check_server_key(run: Run, client: NetBoxClient, drafts: c.Sequence[Draft], existing: ExistingObjects) -> None:
    """Raises OptionError where NetBox knows the devices under another key, unless C(server_key_new) is set."""
    options = run.options
    if options.server_key_new:
        return
    wanted = [draft.identity for draft in drafts]
    found = known_under(wanted, existing, options.server_key)
    if found is not None and not existing.complete:
        # How much the key links is only known from all that NetBox has.
        found = known_under(wanted, read_whole(client), options.server_key)
    if found is not None:
        key = options.server_key
        raise OptionError("server_key", key, f"is not the key that NetBox knows these devices by: {found.message(key)}", found.hint(key))
