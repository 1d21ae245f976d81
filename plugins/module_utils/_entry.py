# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How a module runs the Ansible-free code: libraries first, one sentence for an error, a result of plain types.

Each run has an entry of its own, because Ansible sends a target all that a module imports.
"""

from __future__ import annotations

import collections.abc as c
import typing as t

from ._arguments import cache_spec, job_spec, librenms_spec, netbox_spec
from ._exceptions import CollectionError

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

# What a job record need not repeat: how to reach the servers, and where the run keeps its files.
_NOT_RECORDED = frozenset({*librenms_spec(), *netbox_spec(), *cache_spec(), *job_spec()}) - {"server_key", "server_key_new", "clear_cache"}


def libraries(module: AnsibleModule) -> tuple[str, ...]:
    """What a search or an import needs of Python's libraries besides those of NetBox."""
    return ("requests", "cachetools", *(("PyYAML",) if module.params["device_type_library"] else ()))


def recorded(module: AnsibleModule) -> c.Mapping[str, t.Any]:
    """The options that say what was asked for, where they differ from nothing."""
    return {name: value for name, value in module.params.items() if value not in (None, "", [], {}) and name not in _NOT_RECORDED}


def run(module: AnsibleModule, work: c.Callable[[], dict[str, t.Any]]) -> t.NoReturn:
    """Ends the task with the result of the work, of which a diff is for diff mode only.

    An error fails it with its sentence; C(failure) holds its parts for other tasks to look at.
    """
    try:
        result = work()
    except CollectionError as error:
        module.fail_json(msg=str(error), failure=error.failure())
        raise SystemExit(1) from None
    if not module._diff:
        result.pop("diff", None)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
    raise SystemExit(0)
