# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Argument specs, in the same groups as the documentation fragments."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ._engine.creatable import CREATABLE
from ._engine.fields import OVERRIDABLE
from ._engine.matching.rules import IMPORT_AS
from ._jobs.store import STATE_DIR_VARIABLE
from ._librenms.cached_searches import CACHE_DIR_VARIABLE

Spec = dict[str, dict[str, t.Any]]


def _env(*names: str) -> tuple[t.Any, list[str]]:
    return (set_in_environment, list(names))


def set_in_environment(*names: str) -> str:
    """The first of the environment variables that holds something: a survey's empty answer means not set.

    Raises AnsibleFallbackNotFound when there is none.
    """
    for name in names:
        value = os.environ.get(name, "")
        if value.strip():
            return value
    raise AnsibleFallbackNotFound


def librenms_spec() -> Spec:
    return {
        "librenms_url": {"type": "str", "fallback": _env("LIBRENMS_URL")},
        "librenms_token": {"type": "str", "no_log": True, "fallback": _env("LIBRENMS_TOKEN")},
        "librenms_validate_certs": {"type": "bool", "default": True, "fallback": _env("LIBRENMS_VALIDATE_CERTS")},
        "librenms_ca_path": {"type": "path", "fallback": _env("LIBRENMS_CA_PATH")},
        "librenms_timeout": {"type": "int", "default": 60, "fallback": _env("LIBRENMS_TIMEOUT")},
        "librenms_workers": {"type": "int", "default": 8, "fallback": _env("LIBRENMS_WORKERS")},
        "server_key": {"type": "str", "default": "default", "no_log": False, "fallback": _env("LIBRENMS_SERVER_KEY")},
        "server_key_new": {"type": "bool", "default": False, "no_log": False},
    }


def netbox_spec() -> Spec:
    return {
        "netbox_url": {"type": "str", "fallback": _env("NETBOX_URL", "NETBOX_API")},
        "netbox_token": {"type": "str", "no_log": True, "fallback": _env("NETBOX_TOKEN", "NETBOX_API_TOKEN")},
        "netbox_validate_certs": {"type": "bool", "default": True, "fallback": _env("NETBOX_VALIDATE_CERTS")},
        "netbox_ca_path": {"type": "path", "fallback": _env("NETBOX_CA_PATH")},
        "netbox_timeout": {"type": "int", "default": 120, "fallback": _env("NETBOX_TIMEOUT")},
    }


def branch_spec() -> Spec:
    return {"netbox_branch": {"type": "str"}}


def selection_spec() -> Spec:
    return {
        "filters": {"type": "dict", "default": {}},
        "exclude": {"type": "dict", "default": {}},
        "all_devices": {"type": "bool", "default": False},
        "include_disabled": {"type": "bool", "default": False},
        "use_sysname": {"type": "bool", "default": True},
        "strip_domain": {"type": "bool", "default": False},
    }


def cache_spec() -> Spec:
    return {
        "cache_timeout": {"type": "int", "default": 300},
        "clear_cache": {"type": "bool", "default": False},
        "cache_dir": {"type": "path", "fallback": _env(CACHE_DIR_VARIABLE)},
    }


def job_spec() -> Spec:
    return {
        "job_id": {"type": "str"},
        "state_dir": {"type": "path", "fallback": _env(STATE_DIR_VARIABLE)},
        "deadline": {"type": "int"},
        "result_detail": {"type": "str", "choices": ["full", "brief", "summary"], "default": "full"},
        "report_path": {"type": "path"},
        "suggested_rules_path": {"type": "path"},
    }


def rules_spec() -> Spec:
    rule_list = {"type": "list", "elements": "dict"}
    names = ("sites", "device_types", "platforms", "roles", "import_as", "tenants", "manufacturers")
    override: Spec = {
        "device_id": {"type": "int", "required": True},
        **{name: {"type": "str"} for name in OVERRIDABLE},
        "import_as": {"type": "str", "choices": list(IMPORT_AS)},
    }
    return {
        "exclude_existing": {"type": "bool", "default": False},
        "match_hardware": {"type": "str", "choices": ["exact", "normalised"], "default": "normalised"},
        "create_missing": {"type": "list", "elements": "str", "choices": list(CREATABLE), "default": []},
        "device_type_library": {"type": "list", "elements": "path", "default": []},
        "rules": {"type": "dict", "default": {}, "options": {name: dict(rule_list) for name in names}},
        "overrides": {"type": "list", "elements": "dict", "default": [], "options": override},
    }


def ports_spec(default: str) -> Spec:
    """What the search and the import share of ports."""
    return {
        "ports": {"type": "str", "choices": ["none", "primary", "all"], "default": default},
        "interface_name": {"type": "str", "choices": ["ifName", "ifDescr"], "default": "ifName"},
        "interface_rules": {"type": "list", "elements": "dict", "default": []},
        "vrfs": {"type": "list", "elements": "dict", "default": []},
        "management_interface": {"type": "str"},
    }


def unknown_group_options(own: Spec) -> frozenset[str]:
    """The options that C(module_defaults) of the action group may set and that a module of these options of its own does not have."""
    return frozenset({*librenms_spec(), *netbox_spec(), *branch_spec(), "cache_dir", "state_dir"} - own.keys())


def common_spec() -> Spec:
    """What the search and the import share."""
    groups = (librenms_spec(), netbox_spec(), branch_spec(), selection_spec(), cache_spec(), job_spec(), rules_spec())
    return {name: option for group in groups for name, option in group.items()}


def check_spec() -> Spec:
    wanted = import_spec()
    options = ("virtual_chassis", "ports", "create_missing", "netbox_jobs")
    shared = {**librenms_spec(), **netbox_spec(), **{name: wanted[name] for name in options}}
    return {**shared, "purpose": {"type": "str", "choices": ["search", "import", "undo"], "default": "import"}}


def job_action_spec() -> Spec:
    return {
        "job_id": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["cancelled", "absent"], "required": True},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 60},
        "state_dir": job_spec()["state_dir"],
    }


def job_info_spec() -> Spec:
    return {
        "job_id": {"type": "str"},
        "kind": {"type": "str", "choices": ["search", "import", "undo"]},
        "status": {"type": "list", "elements": "str", "choices": ["running", "completed", "failed", "cancelled", "timed_out", "lost"]},
        "user": {"type": "str"},
        "limit": {"type": "int", "default": 50},
        "log_lines": {"type": "int", "default": 20},
        "state_dir": job_spec()["state_dir"],
    }


def cache_info_spec() -> Spec:
    return {"librenms_url": {"type": "str"}, "cache_dir": cache_spec()["cache_dir"]}


def undo_spec() -> Spec:
    job = job_spec()
    return {
        **netbox_spec(),
        **branch_spec(),
        "job_id": {"type": "str", "required": True},
        "device_ids": {"type": "list", "elements": "int"},
        "undo_job_id": {"type": "str"},
        "state_dir": job["state_dir"],
        "deadline": job["deadline"],
    }


def search_spec() -> Spec:
    return {
        **common_spec(),
        "detect_virtual_chassis": {"type": "bool", "default": False},
        "assess": {"type": "bool"},
        "drift": {"type": "bool", "default": True},
        "learn_rules": {"type": "bool", "default": False},
        **ports_spec("none"),
        "save_plan": {"type": "path"},
    }


def import_spec() -> Spec:
    return {
        **common_spec(),
        "netbox_branch_create": {"type": "bool", "default": False},
        "existing": {"type": "str", "choices": ["skip", "link", "update"], "default": "skip"},
        "update_fields": {"type": "dict", "default": {}},
        "virtual_chassis": {"type": "bool", "default": True},
        "vc_member_name_pattern": {"type": "str", "default": "-M{position}"},
        "vc_rename_master": {"type": "bool", "default": True},
        "tags": {"type": "list", "elements": "str", "default": []},
        "status_map": {"type": "dict", "default": {}},
        "custom_fields": {"type": "dict", "default": {}},
        **ports_spec("primary"),
        "primary_ip": {"type": "str", "choices": ["never", "if_empty", "always"], "default": "if_empty"},
        "save_plan": {"type": "path"},
        "apply_plan": {"type": "path"},
        "plan_max_age": {"type": "int", "default": 86400},
        "only_device_ids": {"type": "list", "elements": "int"},
        "except_device_ids": {"type": "list", "elements": "int"},
        "vanished": {"type": "str", "choices": ["report", "tag", "status"]},
        "vanished_after": {"type": "str", "default": "3"},
        "vanished_limit": {"type": "int", "default": 10},
        "vanished_tag": {"type": "str", "default": "librenms-vanished"},
        "vanished_status": {"type": "str", "default": "offline"},
        "batch_size": {"type": "str", "default": "auto"},
        "netbox_workers": {"type": "int", "default": 2},
        "netbox_jobs": {"type": "bool", "default": False},
        "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "fail_on_blocked": {"type": "bool", "default": False},
    }
