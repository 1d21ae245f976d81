# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The options of the import, as typed records; checked before anything is read or written."""

from __future__ import annotations

import dataclasses

from .._engine.planning.options import ImportOptions
from .._engine.planning.vanished_options import VanishedOptions
from .._engine.ports.options import PortOptions
from .._exceptions import Errors, OptionError
from .._netbox.apply import ApplyOptions
from .connection import Connection, positive
from .options import CommonOptions, Params, ports_options
from .plan_file import PlanFiles


@dataclasses.dataclass(frozen=True, slots=True)
class ImportRunOptions:
    common: CommonOptions
    netbox: Connection
    policy: ImportOptions
    apply: ApplyOptions
    netbox_jobs: bool
    fail_on_blocked: bool
    plan_files: PlanFiles = dataclasses.field(default_factory=PlanFiles)
    ports: PortOptions = dataclasses.field(default_factory=PortOptions)
    vanished: VanishedOptions | None = None

    @classmethod
    def from_options(cls, params: Params) -> ImportRunOptions:
        errors = Errors()
        with errors.collected():
            plan_files = PlanFiles.from_options(params)
        with errors.collected():
            common = CommonOptions.from_options(params, asks_librenms=not params["apply_plan"])
            netbox = common.netbox or Connection.from_options("netbox", params)
        with errors.collected():
            policy = _policy(params)
        with errors.collected():
            vanished = VanishedOptions.from_options(params)
        with errors.collected():
            batch_size = _batch_size(params["batch_size"])
        with errors.collected():
            workers = positive("netbox_workers", params["netbox_workers"])
        errors.raise_any()
        apply = ApplyOptions(
            batch_size=batch_size,
            workers=workers,
            stop_on_error=params["on_error"] == "stop",
            timeout=netbox.timeout,
        )
        ports = ports_options(params, params["primary_ip"])
        return cls(
            common=common,
            netbox=netbox,
            policy=policy,
            apply=apply,
            netbox_jobs=params["netbox_jobs"],
            fail_on_blocked=params["fail_on_blocked"],
            plan_files=plan_files,
            ports=ports,
            vanished=vanished,
        )


def _policy(params: Params) -> ImportOptions:
    return ImportOptions.from_options(
        server_key=params["server_key"],
        existing=params["existing"],
        update_fields=params["update_fields"],
        virtual_chassis=params["virtual_chassis"],
        vc_member_name_pattern=params["vc_member_name_pattern"],
        vc_rename_master=params["vc_rename_master"],
        tags=params["tags"],
        status_map=params["status_map"],
        create_missing=params["create_missing"],
        custom_fields=params["custom_fields"],
    )


def _batch_size(value: str) -> int | None:
    if value.strip().casefold() == "auto":
        return None
    try:
        size = int(value)
    except ValueError:
        size = 0
    if not 1 <= size <= 1000:
        raise OptionError("batch_size", value, "must be auto or a number from 1 to 1000")
    return size
