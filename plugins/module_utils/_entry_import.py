# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How the module netbox_device_import runs."""

from __future__ import annotations

import typing as t

from ._deps import require
from ._entry import libraries, recorded, run
from ._flow.import_options import ImportRunOptions
from ._flow.importing import import_devices

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run_import(module: AnsibleModule) -> t.NoReturn:
    require(module, *libraries(module), "pynetbox")
    run(
        module,
        lambda: import_devices(
            ImportRunOptions.from_options(module.params), check_mode=module.check_mode, parameters=recorded(module), warn=module.warn
        ),
    )
