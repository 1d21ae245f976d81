# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users and tokens of the NetBox test server. Every secret here is fixed and worthless: the server is for tests."""

from __future__ import annotations

import dataclasses
import typing as t

LOGIN_USER = "admin"
LOGIN_PASSWORD = "admin"

# NetBox asks for 50 characters or more. Tokens of version 2 are hashed with the pepper.
SECRET_KEY = "fake-secret-key-of-the-netsot-librenms-test-server-only"
TOKEN_PEPPER = "fake-token-pepper-of-the-netsot-librenms-test-server-only"


@dataclasses.dataclass(frozen=True)
class Permission:
    """Actions that a user may carry out on object types (``dcim.device``); no types: on all."""

    actions: tuple[str, ...]
    object_types: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    superuser: bool = False
    permissions: tuple[Permission, ...] = ()


@dataclasses.dataclass(frozen=True)
class Token:
    """An API token. ``secret`` has 40 characters; version 2 has a ``key`` of 12 as well."""

    name: str
    user: str
    secret: str
    key: str = ""
    write_enabled: bool = True
    enabled: bool = True
    expired: bool = False

    @property
    def version(self) -> int:
        return 2 if self.key else 1

    @property
    def plaintext(self) -> str:
        """The token as a client has to know it."""
        return f"nbt_{self.key}.{self.secret}" if self.key else self.secret


USERS: tuple[User, ...] = (
    User(LOGIN_USER, superuser=True),
    User("test-no-rights"),
    User("test-view-only", permissions=(Permission(("view",)),)),
    User("test-limited", permissions=(Permission(("view",)), Permission(("add", "change"), ("dcim.device",)))),
)


def _secret(name: str) -> str:
    return f"fake{name}".ljust(40, "0")


def _key(name: str) -> str:
    return f"fake{name}".ljust(12, "0")


TOKENS: tuple[Token, ...] = (
    Token("admin_v1", LOGIN_USER, _secret("AdminV1")),
    Token("admin_v2", LOGIN_USER, _secret("AdminV2"), _key("AdminV2")),
    Token("read_only", LOGIN_USER, _secret("ReadOnly"), _key("ReadOnly"), write_enabled=False),
    Token("expired", LOGIN_USER, _secret("Expired"), _key("Expired"), expired=True),
    Token("disabled", LOGIN_USER, _secret("Disabled"), _key("Disabled"), enabled=False),
    Token("no_rights", "test-no-rights", _secret("NoRights"), _key("NoRights")),
    Token("view_only", "test-view-only", _secret("ViewOnly"), _key("ViewOnly")),
    Token("limited", "test-limited", _secret("Limited"), _key("Limited")),
)


def plaintexts() -> dict[str, str]:
    """Return every token by its name, as a client has to send it."""
    return {token.name: token.plaintext for token in TOKENS}


def as_data() -> dict[str, t.Any]:
    """Return users and tokens as plain data, for the script that creates them inside NetBox."""
    return {
        "users": [dataclasses.asdict(user) for user in USERS],
        "tokens": [{**dataclasses.asdict(token), "version": token.version} for token in TOKENS],
        "password": LOGIN_PASSWORD,
    }
