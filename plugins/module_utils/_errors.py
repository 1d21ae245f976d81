# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Turning the errors of the Ansible-free code into one sentence of a failed task."""

from __future__ import annotations

import typing as t

from ._exceptions import CollectionError

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


def fail(module: AnsibleModule, error: CollectionError, **result: t.Any) -> t.NoReturn:
    """Fails the task with the error's sentence; C(failure) holds its parts for other tasks to look at."""
    module.fail_json(msg=str(error), failure=error.failure(), **result)
    raise SystemExit(1)
