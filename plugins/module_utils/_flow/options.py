# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The options of the search, and those that it shares with the import, as typed records; checked before anything is read."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import os
import typing as t

from .._cache.files import cache_directory
from .._engine.creatable import checked_creatable
from .._engine.fields import Policy
from .._engine.links import checked_server_key
from .._engine.matching.rules import Rules
from .._engine.naming import Naming
from .._engine.ports.options import PortOptions, Ports
from .._engine.selection import Selection
from .._exceptions import Errors, OptionError
from .._jobs.store import resolve_state_dir
from .._report.report_path import check_report_path
from .._report.rules_file import check_rules_path
from .connection import Connection, positive
from .plan_path import check_plan_path

Params = c.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True, slots=True)
class MatchingOptions:
    """With what devices are matched.

    :ivar creatable: what of it may be created where NetBox lacks it, by the names of ``create_missing``
    :ivar library: folders of device types
    """

    rules: Rules
    normalised: bool
    creatable: frozenset[str]
    library: tuple[str, ...]

    @classmethod
    def from_options(cls, params: Params) -> MatchingOptions:
        errors = Errors()
        with errors.collected():
            rules = Rules.from_options(params["rules"], params["overrides"])
        with errors.collected():
            creatable = checked_creatable(params["create_missing"] or ())
            library = _library(params["device_type_library"] or (), creatable)
        errors.raise_any()
        return cls(rules, params["match_hardware"] == "normalised", creatable, library)


@dataclasses.dataclass(frozen=True, slots=True)
class CommonOptions:
    """What the search and the import share."""

    librenms: Connection | None
    netbox: Connection | None
    workers: int
    server_key: str
    server_key_new: bool
    selection: Selection
    naming: Naming
    matching: MatchingOptions
    exclude_existing: bool
    cache_timeout: int
    clear_cache: bool
    cache_dir: str
    job_id: str | None
    state_dir: str | None
    deadline: float | None
    result_detail: str
    report_path: str | None
    suggested_rules_path: str | None

    @classmethod
    def from_options(cls, params: Params, *, asks_librenms: bool = True) -> CommonOptions:
        """Raises OptionError for the options that are wrong, all of them at once.

        :param asks_librenms: otherwise neither LibreNMS nor a selection of its devices has to be given
        """
        errors = Errors()
        with errors.collected():
            librenms = Connection.from_options("librenms", params) if asks_librenms else None
        with errors.collected():
            netbox = Connection.from_options("netbox", params) if params["netbox_url"] else None
        with errors.collected():
            if params["cache_timeout"] < 0:
                raise OptionError("cache_timeout", params["cache_timeout"], "must not be negative")
        with errors.collected():
            if params["deadline"] is not None:
                positive("deadline", params["deadline"])
        _check_paths(params, errors)
        with errors.collected():
            workers = positive("librenms_workers", params["librenms_workers"])
        with errors.collected():
            server_key = checked_server_key(params["server_key"])
        with errors.collected():
            selection = Selection.from_options(
                params["filters"],
                include_disabled=params["include_disabled"],
                all_devices=params["all_devices"] or not asks_librenms,
                exclude=params["exclude"],
            )
        with errors.collected():
            matching = MatchingOptions.from_options(params)
        errors.raise_any()
        return cls(
            librenms=librenms,
            netbox=netbox,
            workers=workers,
            server_key=server_key,
            server_key_new=params["server_key_new"],
            selection=selection,
            naming=Naming(params["use_sysname"], params["strip_domain"]),
            matching=matching,
            exclude_existing=params["exclude_existing"],
            cache_timeout=params["cache_timeout"],
            clear_cache=params["clear_cache"],
            cache_dir=params["cache_dir"] or "",
            job_id=params["job_id"],
            state_dir=params["state_dir"],
            deadline=params["deadline"],
            result_detail=params["result_detail"],
            report_path=params["report_path"],
            suggested_rules_path=params["suggested_rules_path"],
        )


@dataclasses.dataclass(frozen=True, slots=True)
class SearchOptions:
    common: CommonOptions
    detect_virtual_chassis: bool
    assess: bool
    drift: bool
    learn_rules: bool
    ports: PortOptions
    save_plan: str | None = None

    @classmethod
    def from_options(cls, params: Params) -> SearchOptions:
        errors = Errors()
        with errors.collected():
            common = CommonOptions.from_options(params)
        with errors.collected():
            ports = ports_options(params, Policy.ALWAYS)
        with errors.collected():
            if params["save_plan"]:
                check_plan_path(params["save_plan"])
        errors.raise_any()
        assess = common.netbox is not None if params["assess"] is None else params["assess"]
        if assess and common.netbox is None:
            raise OptionError("netbox_url", "", "is needed to assess", "Give it, set NETBOX_URL, or set assess to false.")
        if common.exclude_existing and not assess:
            raise OptionError("exclude_existing", True, "needs assess, because NetBox knows what exists")
        if common.selection.wants_sites and not assess:
            raise OptionError("filters.site", True, "needs assess, because NetBox knows the sites")
        if ports.ports is not Ports.NONE and not assess:
            raise OptionError("ports", ports.ports.value, "needs assess, because NetBox knows the interfaces")
        if params["learn_rules"] and not assess:
            raise OptionError("learn_rules", True, "needs assess, because NetBox's devices teach")
        if params["save_plan"] and not assess:
            raise OptionError("save_plan", params["save_plan"], "needs assess, because a plan says what NetBox gets")
        return cls(
            common,
            params["detect_virtual_chassis"],
            assess,
            drift=params["drift"],
            learn_rules=params["learn_rules"],
            ports=ports,
            save_plan=params["save_plan"],
        )


def _check_paths(params: Params, errors: Errors) -> None:
    with errors.collected():
        cache_directory(params["cache_dir"] or "")
    with errors.collected():
        resolve_state_dir(params["state_dir"])
    with errors.collected():
        check_report_path(params["report_path"])
    with errors.collected():
        check_rules_path(params["suggested_rules_path"])


def ports_options(params: Params, primary_ip: str) -> PortOptions:
    """Raises OptionError."""
    return PortOptions.from_options(
        ports=params["ports"],
        interface_name=params["interface_name"],
        interface_rules_given=params["interface_rules"],
        vrfs=params["vrfs"],
        primary_ip=primary_ip,
        management_interface=params["management_interface"],
    )


def _library(folders: c.Sequence[str], creatable: c.Container[str]) -> tuple[str, ...]:
    if folders and "device_types" not in creatable:
        raise OptionError("device_type_library", list(folders), "needs device_types in create_missing", "Add it, or leave out the library.")
    for number, folder in enumerate(folders):
        if not os.path.isdir(folder):
            raise OptionError(f"device_type_library[{number}]", folder, "is no folder", "Give the folder of a checkout, on this machine.")
    return tuple(os.path.abspath(folder) for folder in folders)
