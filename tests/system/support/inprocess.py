# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports and searches without Ansible: the collection's own code in this process, between a simulated LibreNMS and the real NetBox.

Run as a program it does one import with the options that it reads from standard input, and prints the result.
"""

from __future__ import annotations

import collections.abc as c
import contextlib
import json
import os
import subprocess
import sys
import typing as t
from unittest import mock

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import Spec, import_spec, search_spec
from ansible_collections.netsot.librenms.plugins.module_utils._flow.import_options import ImportRunOptions
from ansible_collections.netsot.librenms.plugins.module_utils._flow.importing import import_devices
from ansible_collections.netsot.librenms.plugins.module_utils._flow.options import SearchOptions
from ansible_collections.netsot.librenms.plugins.module_utils._flow.searching import search
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import existing as _netbox_existing
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import targeted as _netbox_targeted
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.graphql import GraphQLUnavailable

Json = dict[str, t.Any]
How = t.Literal["auto", "graphql", "targeted", "rest"]


def parameters(options: c.Mapping[str, t.Any], spec: Spec) -> Json:
    """The options as Ansible would hand them over, with the defaults of those that are not given."""
    if unknown := options.keys() - spec.keys():
        raise AssertionError(f"no such option: {unknown}")
    return {name: options.get(name, details.get("default")) for name, details in spec.items()}


def run_import(options: c.Mapping[str, t.Any], *, check: bool = False, warn: c.Callable[[str], None] = lambda _text: None) -> Json:
    return import_devices(ImportRunOptions.from_options(parameters(options, import_spec())), check_mode=check, parameters={}, warn=warn)


def run_search(options: c.Mapping[str, t.Any], *, warn: c.Callable[[str], None] = lambda _text: None) -> Json:
    return search(SearchOptions.from_options(parameters(options, search_spec())), check_mode=False, parameters={}, warn=warn)


@contextlib.contextmanager
def reading(how: How) -> c.Iterator[None]:
    """How the existing objects are read: whole by GraphQL, whole by REST, or only those with the keys of the devices."""
    with contextlib.ExitStack() as stack:
        if how != "auto":
            stack.enter_context(mock.patch.object(_netbox_existing, "_TARGETED", -1e9 if how == "targeted" else 1e9))
        if how == "rest":
            for module in (_netbox_existing, _netbox_targeted):
                stack.enter_context(mock.patch.object(module, "graphql", side_effect=GraphQLUnavailable))
        yield


def start() -> subprocess.Popen[bytes]:
    """This file as a program, which waits for its options."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


if __name__ == "__main__":
    print(json.dumps(run_import(json.load(sys.stdin))))
