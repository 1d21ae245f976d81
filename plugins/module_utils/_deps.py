# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The libraries that the collection needs on the machine where its modules run."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
import traceback
import typing as t

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.compat.version import LooseVersion

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

MINIMUM = {"requests": "2.31", "cachetools": "5.3", "pynetbox": "7.5", "PyYAML": "5.1"}
URLS = {
    "requests": "https://pypi.org/project/requests/",
    "cachetools": "https://pypi.org/project/cachetools/",
    "pynetbox": "https://pypi.org/project/pynetbox/",
    "PyYAML": "https://pypi.org/project/PyYAML/",
}
# What a library is imported by, where that is not its own name.
_MODULES = {"PyYAML": "yaml"}


def problem(name: str) -> tuple[str, str] | None:
    """What is wrong with a library, as a sentence and the traceback of its import; None when it can be used."""
    minimum = MINIMUM[name]
    try:
        module = importlib.import_module(_MODULES.get(name, name))
        version = importlib.metadata.version(name)
    except (ImportError, importlib.metadata.PackageNotFoundError):
        hint = (
            f"It is looked for by {sys.executable}. Set ansible_python_interpreter to an interpreter that has it, "
            "for example to ansible_playbook_python for the controller's own."
        )
        return f"{missing_required_lib(f'{name} >= {minimum}', url=URLS[name])}. {hint}", traceback.format_exc()
    if LooseVersion(version) < LooseVersion(minimum):
        text = f"{name} {version} ({module.__file__}) is too old: this collection needs {name} {minimum} or newer, for {sys.executable}."
        return text, ""
    return None


def require(module: AnsibleModule, *names: str) -> None:
    """Fails the module for the first library that is missing or too old."""
    for name in names:
        found = problem(name)
        if found:
            text, exception = found
            module.fail_json(msg=text, exception=exception)
