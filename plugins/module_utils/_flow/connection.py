# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How to reach a server, as a typed record; for the modules and the inventory plugin."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import os
import typing as t

from .._exceptions import OptionError

Params = c.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one server; its text shows no token.

    :ivar branch: of NetBox, by its name; empty for main
    :ivar branch_create: it may be created
    """

    url: str
    token: str = dataclasses.field(repr=False)
    verify: bool | str
    timeout: float
    branch: str = ""
    branch_create: bool = False

    @classmethod
    def from_options(cls, server: str, params: Params) -> Connection:
        """:param server: ``librenms`` or ``netbox``, which the names of the options begin with."""
        for name in ("url", "token"):
            if not (params[f"{server}_{name}"] or "").strip():
                option = f"{server}_{name}"
                variable = option.upper()
                raise OptionError(option, "", "is needed", f"Give it, or set the environment variable {variable}.")
        verify: bool | str = params[f"{server}_validate_certs"]
        ca_path = params[f"{server}_ca_path"]
        if ca_path and not os.path.exists(ca_path):
            raise OptionError(f"{server}_ca_path", ca_path, "is no file or directory")
        return cls(
            params[f"{server}_url"].strip(),
            params[f"{server}_token"].strip(),
            ca_path if verify and ca_path else verify,
            positive(f"{server}_timeout", params[f"{server}_timeout"]),
            *(_branch(params) if server == "netbox" else ()),
        )


def _branch(params: Params) -> tuple[str, bool]:
    name, create = (params.get("netbox_branch") or "").strip(), bool(params.get("netbox_branch_create"))
    if create and not name:
        raise OptionError("netbox_branch_create", create, "needs netbox_branch", "Name the branch.")
    if name and params.get("netbox_jobs"):
        # NetBox's jobs do not know the branch that a request was for.
        raise OptionError("netbox_branch", name, "cannot go with netbox_jobs", "Set netbox_jobs to false.")
    return name, create


def positive(option: str, value: int) -> int:
    if value <= 0:
        raise OptionError(option, value, "must be more than 0")
    return value
