# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox for a run: a client, in the branch that is wanted.

Apart from what every run has, so that a search that does not assess does not load what speaks to NetBox.
"""

from __future__ import annotations

import collections.abc as c

from .._http.session import RequestStats
from .._netbox.branches import Branch, Branches
from .._netbox.client import NetBoxClient
from .connection import Connection
from .run import Run, Warn


def netbox_client(connection: Connection, stats: RequestStats, checkpoint: c.Callable[[], None] | None = None) -> NetBoxClient:
    """A client that has not asked anything yet.

    :param checkpoint: called before each request; may raise
    """
    return NetBoxClient(
        connection.url,
        connection.token,
        verify=connection.verify,
        timeout=connection.timeout,
        stats=stats,
        checkpoint=checkpoint,
    )


def enter_branch(client: NetBoxClient, connection: Connection, warn: Warn, *, check_mode: bool) -> Branch | None:
    """The branch of NetBox that the client is in from now on; None for main. Raises CollectionError."""
    name = connection.branch
    if not name:
        return None
    branch = Branches(client).enter(name, create=connection.branch_create, check_mode=check_mode)
    if branch is None:
        warn(f"NetBox has no branch {name!r} yet, and check mode creates none: this is what the import would do by what is in main now.")
    return branch


def connected(run: Run) -> NetBoxClient:
    """A client that has proved URL, token and version, and is in the branch that is wanted."""
    client = client_of(run, stoppable=True)
    client.connect()
    run.branch = enter_branch(client, run.netbox, run.warn, check_mode=run.check_mode)
    run.creates_branch = run.branch.created if run.branch else bool(run.netbox.branch)
    return client


def client_of(run: Run, *, stoppable: bool) -> NetBoxClient:
    """A client that has not asked anything yet, and is closed with the run.

    :param stoppable: whether a cancelled or late job stops it between two requests
    """
    client = netbox_client(run.netbox, run.stats, run.job.checkpoint if stoppable else None)
    run.at_end(client.close)
    return client
