# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""How the module librenms_check runs."""

from __future__ import annotations

import typing as t

from ._deps import require
from ._entry import run
from ._flow.checking import CheckOptions, check

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def run_check(module: AnsibleModule) -> t.NoReturn:
    require(module, "requests", "cachetools", "pynetbox")
    run(module, lambda: check(CheckOptions.from_options(module.params)))
