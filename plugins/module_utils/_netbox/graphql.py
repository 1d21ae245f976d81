# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Queries by GraphQL, which reads many objects with their relations in a fraction of the time that REST needs."""

from __future__ import annotations

import json
import typing as t

from .._http.session import READ_MARK, api_error
from .client import Json, NetBoxClient


class GraphQLUnavailable(Exception):
    """GraphQL is switched off, or does not understand the query; REST serves instead."""


def graphql(client: NetBoxClient, query: str, variables: Json) -> Json:
    """One GraphQL query. Raises GraphQLUnavailable where REST may serve, ApiError where it would fail as well."""
    operation = "reading by GraphQL from NetBox"

    def ask() -> t.Any:
        return client.session.post(f"{client.root}/graphql/", json={"query": query, "variables": variables}, headers={READ_MARK: "1"})

    response = client.call(ask, operation)
    if response.status_code in (401, 403, 429) or response.status_code >= 502:
        raise api_error(response, operation, server="netbox")
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        raise GraphQLUnavailable from None
    if not response.ok or not isinstance(answer, dict) or answer.get("errors") or not isinstance(answer.get("data"), dict):
        raise GraphQLUnavailable
    return t.cast("Json", answer["data"])
