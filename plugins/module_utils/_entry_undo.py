# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How the module netbox_import_undo runs."""

from __future__ import annotations

import typing as t

from ._deps import require
from ._entry import run
from ._flow.undoing import UndoOptions, undo_import

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run_undo(module: AnsibleModule) -> t.NoReturn:
    require(module, "requests", "pynetbox")
    parameters = {name: module.params[name] for name in ("job_id", "device_ids") if module.params[name]}
    run(
        module,
        lambda: undo_import(UndoOptions.from_options(module.params), check_mode=module.check_mode, parameters=parameters, warn=module.warn),
    )
