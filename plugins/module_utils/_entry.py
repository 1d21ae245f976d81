# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How a module runs the Ansible-free code: libraries first, one sentence for an error, a result of plain types."""

from __future__ import annotations

import collections.abc as c
import typing as t

from ._arguments import cache_spec, job_spec, librenms_spec, netbox_spec
from ._deps import require
from ._exceptions import CollectionError
from ._flow.checking import CheckOptions, check
from ._flow.importing import import_devices
from ._flow.options import ImportRunOptions, SearchOptions
from ._flow.searching import search
from ._flow.undoing import UndoOptions, undo_import

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

# What a job record need not repeat: how to reach the servers, and where the run keeps its files.
_NOT_RECORDED = frozenset({*librenms_spec(), *netbox_spec(), *cache_spec(), *job_spec()}) - {"server_key", "server_key_new", "clear_cache"}


def run_search(module: AnsibleModule) -> t.NoReturn:
    assess = bool(module.params["netbox_url"]) if module.params["assess"] is None else module.params["assess"]
    require(module, "requests", "cachetools", *(("pynetbox",) if assess else ()), *_for_library(module))
    try:
        options = SearchOptions.from_options(module.params)
        result = search(options, check_mode=module.check_mode, parameters=_recorded(module), warn=module.warn)
    except CollectionError as error:
        fail(module, error)
    _leave(module, result)


def run_import(module: AnsibleModule) -> t.NoReturn:
    require(module, "requests", "cachetools", "pynetbox", *_for_library(module))
    try:
        options = ImportRunOptions.from_options(module.params)
        result = import_devices(options, check_mode=module.check_mode, parameters=_recorded(module), warn=module.warn)
    except CollectionError as error:
        fail(module, error)
    if not module._diff:
        del result["diff"]
    _leave(module, result)


def run_undo(module: AnsibleModule) -> t.NoReturn:
    require(module, "requests", "pynetbox")
    parameters = {name: module.params[name] for name in ("job_id", "device_ids") if module.params[name]}
    try:
        options = UndoOptions.from_options(module.params)
        result = undo_import(options, check_mode=module.check_mode, parameters=parameters, warn=module.warn)
    except CollectionError as error:
        fail(module, error)
    if not module._diff:
        del result["diff"]
    _leave(module, result)


def run_check(module: AnsibleModule) -> t.NoReturn:
    require(module, "requests", "cachetools", "pynetbox")
    try:
        result = check(CheckOptions.from_options(module.params))
    except CollectionError as error:
        fail(module, error)
    _leave(module, result)


def _for_library(module: AnsibleModule) -> tuple[str, ...]:
    return ("PyYAML",) if module.params["device_type_library"] else ()


def fail(module: AnsibleModule, error: CollectionError, **result: t.Any) -> t.NoReturn:
    """Fails the task with the error's sentence; C(failure) holds its parts for other tasks to look at."""
    module.fail_json(msg=str(error), failure=error.failure(), **result)
    raise SystemExit(1)


def _leave(module: AnsibleModule, result: dict[str, t.Any]) -> t.NoReturn:
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
    raise SystemExit(0)


def _recorded(module: AnsibleModule) -> c.Mapping[str, t.Any]:
    """The options that say what was asked for, where they differ from nothing."""
    return {name: value for name, value in module.params.items() if value not in (None, "", [], {}) and name not in _NOT_RECORDED}
