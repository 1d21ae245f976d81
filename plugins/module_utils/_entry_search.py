# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How the module librenms_device_search runs."""

from __future__ import annotations

import typing as t

from ._deps import require
from ._entry import libraries, recorded, run
from ._flow.options import SearchOptions
from ._flow.searching import search

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run_search(module: AnsibleModule) -> t.NoReturn:
    assess = bool(module.params["netbox_url"]) if module.params["assess"] is None else module.params["assess"]
    require(module, *libraries(module), *(("pynetbox",) if assess else ()))
    run(
        module,
        lambda: search(
            SearchOptions.from_options(module.params), check_mode=module.check_mode, parameters=recorded(module), warn=module.warn
        ),
    )
