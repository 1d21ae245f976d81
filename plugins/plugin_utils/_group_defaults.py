# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Runs a module without the options that C(module_defaults) of the action group sets for other modules of the collection."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.netsot.librenms.plugins.plugin_utils._given import NotYaml, given_options


class OwnOptionsAction(ActionBase):
    """Runs the module of the task's name once, with those of the group's options that it has."""

    _supports_check_mode = True
    _supports_async = True
    # What module_defaults of the action group may set and the module does not have.
    unknown_options: t.ClassVar[frozenset[str]] = frozenset()

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        del tmp
        own = {name: value for name, value in self._task.args.items() if name not in self.unknown_options}
        try:
            arguments = given_options(own)
        except NotYaml as exc:
            return result | {"failed": True, "changed": False, "msg": str(exc)}
        return self._run_module(result, arguments, task_vars)

    def _run_module(self, result: dict[str, t.Any], arguments: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        """:param result: what there is to say before the module has run"""
        result |= self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val)
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result
