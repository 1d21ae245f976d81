# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty answers and YAML text of surveys."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import import_spec
from ansible_collections.netsot.librenms.plugins.plugin_utils._given import NotYaml, given_options


def test_empty_answers_are_not_set_for_every_option() -> None:
    assert given_options(dict.fromkeys(import_spec(), "")) == {}
    assert given_options({"deadline": " ", "netbox_jobs": False, "cache_timeout": 0}) == {"netbox_jobs": False, "cache_timeout": 0}


def test_empty_environment_variables_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = import_spec()
    for option in spec.values():
        for name in option.get("fallback", (None, []))[1]:
            monkeypatch.setenv(name, "")
    monkeypatch.setenv("NETBOX_API", "https://netbox.example.net")
    checked = ArgumentSpecValidator(spec).validate({})
    assert not checked.error_messages
    parameters = checked.validated_parameters
    assert parameters["librenms_timeout"] == 60
    assert parameters["librenms_validate_certs"] is True
    assert parameters["librenms_url"] is None
    assert parameters["netbox_url"] == "https://netbox.example.net"


def test_yaml_text_is_read() -> None:
    given = given_options({"filters": "os: [iosxe]", "overrides": "- {device_id: 3, role: Core}", "existing": "os: [iosxe]"})
    assert given == {"filters": {"os": ["iosxe"]}, "overrides": [{"device_id": 3, "role": "Core"}], "existing": "os: [iosxe]"}
    assert given_options({"rules": '{"roles": []}'}) == {"rules": {"roles": []}}
    assert given_options({"status_map": "down=failed"}) == {"status_map": "down=failed"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rules", "roles: [", "rules: the text is no YAML in line 1"),
        ("filters", "iosxe", "filters: must be a dictionary"),
        ("overrides", "device_id: 3", "overrides: must be a list"),
    ],
)
def test_an_error_names_the_option(name: str, text: str, message: str) -> None:
    with pytest.raises(NotYaml, match=message.replace("[", r"\[")):
        given_options({name: text})
