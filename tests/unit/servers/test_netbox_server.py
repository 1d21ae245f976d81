# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, seeds and the answers of the NetBox test server's command."""

from __future__ import annotations

import dataclasses
import shlex
import string
import types
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.tests.servers import netbox_accounts, netbox_server, netbox_templates, netbox_world
from ansible_collections.netsot.librenms.tests.servers.netbox_paths import ServerError


@dataclasses.dataclass(frozen=True)
class Named:
    name: str
    slug: str = ""


def small_world(**changes: object) -> types.SimpleNamespace:
    """A stand-in for world.py."""
    empty: dict[str, object] = dict.fromkeys(netbox_world.COLLECTIONS, ())
    return types.SimpleNamespace(**(empty | {"SITES": (Named("Vienna", "vienna"),)} | changes))


def server(tmp_path: Path) -> netbox_server.NetBoxServer:
    return netbox_server.NetBoxServer(checkout=tmp_path, environ={})


def test_the_agreed_tokens_exist() -> None:
    names = {"admin_v1", "admin_v2", "read_only", "expired", "disabled", "no_rights", "view_only", "limited"}

    assert set(netbox_accounts.plaintexts()) == names
    assert len(set(netbox_accounts.plaintexts().values())) == len(names)


@pytest.mark.parametrize("token", netbox_accounts.TOKENS, ids=lambda token: token.name)
def test_a_token_has_the_form_that_netbox_gives_its_own(token: netbox_accounts.Token) -> None:
    allowed = set(string.ascii_letters + string.digits)

    assert len(token.secret) == 40
    assert set(token.secret + token.key) <= allowed
    assert token.user in {user.name for user in netbox_accounts.USERS}
    if token.version == 1:
        assert token.plaintext == token.secret
    else:
        assert len(token.key) == 12
        assert token.plaintext == f"nbt_{token.key}.{token.secret}"


def test_every_secret_says_that_it_is_fake() -> None:
    secrets = [netbox_accounts.SECRET_KEY, netbox_accounts.TOKEN_PEPPER, *(token.secret for token in netbox_accounts.TOKENS)]

    assert all(secret.startswith("fake") for secret in secrets)
    assert all(len(secret) >= 50 for secret in secrets[:2])


def test_the_world_becomes_plain_data() -> None:
    data = netbox_world.world_data(small_world())

    assert data["sites"] == [{"name": "Vienna", "slug": "vienna"}]
    assert data["existing_devices"] == []


def test_a_world_without_one_of_its_parts_is_refused() -> None:
    world = small_world()
    del world.ROLES

    with pytest.raises(ServerError, match="ROLES"):
        netbox_world.world_data(world)


def test_the_checkout_s_world_is_complete() -> None:
    assert all(netbox_world.load_world().values())


def test_a_changed_world_makes_another_world_template_and_no_other() -> None:
    first = netbox_templates.template_names(netbox_world.world_data(small_world()))
    again = netbox_templates.template_names(netbox_world.world_data(small_world()))
    other = netbox_templates.template_names(netbox_world.world_data(small_world(SITES=(Named("Graz", "graz"),))))

    assert first == again
    assert (first.base, first.empty) == (other.base, other.empty)
    assert first.world != other.world


def test_changed_accounts_make_other_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    world = netbox_world.world_data(small_world())
    first = netbox_templates.template_names(world)
    monkeypatch.setattr(netbox_accounts, "TOKENS", netbox_accounts.TOKENS[:-1])
    other = netbox_templates.template_names(world)

    assert first.base == other.base
    assert first.empty != other.empty
    assert first.world != other.world


def test_each_seed_has_its_template() -> None:
    names = netbox_templates.Templates("b", "e", "w")

    assert names.of(netbox_templates.Seed.EMPTY) == "e"
    assert names.of(netbox_templates.Seed.WORLD) == "w"


def test_a_server_that_was_never_started_says_so(tmp_path: Path) -> None:
    status = server(tmp_path).status()

    assert status["running"] is False
    assert status["url"] is None
    assert status["pids"] == {}
    assert status["tokens"] == netbox_accounts.plaintexts()
    with pytest.raises(ServerError, match="never started"):
        _url = server(tmp_path).url


@pytest.mark.parametrize("text", ["", "{", "[1]", "null"])
def test_a_damaged_state_file_counts_as_none(tmp_path: Path, text: str) -> None:
    path = server(tmp_path).layout.state
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert server(tmp_path).status()["url"] is None


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    assert server(tmp_path).stop() is False


def test_somebody_elses_answer_on_the_old_port_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_server.NetBoxServer, "get", lambda *_arguments, **_options: {"netbox-version": "4.7.3"})

    assert server(tmp_path).status()["running"] is False


def test_the_environment_can_be_evaluated_by_a_shell() -> None:
    status = {"url": "http://127.0.0.1:1", "user": "admin", "password": "it's", "tokens": {"admin_v2": "a b", "read_only": "r"}}
    words = [shlex.split(line) for line in netbox_server.shell_lines(status).splitlines()]

    assert all(word[0] == "export" and len(word) == 2 for word in words)
    assert dict(word[1].split("=", 1) for word in words) == {
        "NETBOX_URL": "http://127.0.0.1:1",
        "NETBOX_TOKEN": "a b",
        "NETBOX_USER": "admin",
        "NETBOX_PASSWORD": "it's",
        "NETBOX_TOKEN_ADMIN_V2": "a b",
        "NETBOX_TOKEN_READ_ONLY": "r",
    }
