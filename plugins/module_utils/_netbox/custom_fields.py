# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox's custom fields: the one that holds LibreNMS ids, and what the others make of a new object."""

from __future__ import annotations

import collections.abc as c

from .._engine.custom_fields import CustomField
from .._engine.fields import LINK_FIELD
from .._engine.kinds import Target, plain
from .._engine.links import LinkField
from .._exceptions import ApiError, CollectionError
from .client import PAGE_SIZE, Json, NetBoxClient


def has_object_types(client: NetBoxClient, field_id: int, wanted: c.Collection[str]) -> bool:
    """Whether a custom field is for all these kinds of objects by now; no where that cannot be told."""
    try:
        rows = client.read(Target.CUSTOM_FIELD, "reading a custom field from NetBox", id=field_id, fields="id,object_types")
    except ApiError:
        return False
    return any(row["id"] == field_id and set(wanted) <= set(row.get("object_types") or ()) for row in rows)


class CustomFields:
    """All custom fields of a NetBox, as they are when this is made."""

    def __init__(self, client: NetBoxClient) -> None:
        self._client = client
        self._rows = client.read("extras/custom-fields", "reading the custom fields from NetBox")

    def link_field(self) -> LinkField:
        """The custom field that holds LibreNMS ids. Raises CollectionError when it has another type than JSON."""
        row = next((row for row in self._rows if row.get("name") == LINK_FIELD), None)
        if row is None:
            return LinkField()
        kind = plain(row.get("type"))
        if kind != "json":
            raise CollectionError(
                f"NetBox's custom field {LINK_FIELD} is of the type {kind}, and must be of the type json. "
                "NetBox does not change the type of a field: rename that one there, its values stay, and the import makes a new one. "
                "What the old one holds is then not known to it any more, but devices are found again by serial and name."
            )
        return LinkField(int(row["id"]), tuple(row.get("object_types") or ()))

    def all(self, choices_of: c.Container[str] = ()) -> tuple[CustomField, ...]:
        """Every one of them.

        :param choices_of: the names of the selections whose choices are read, too
        """
        return tuple(self._field(row, row.get("name") in choices_of) for row in self._rows)

    def _field(self, row: Json, with_choices: bool) -> CustomField:
        return CustomField(
            name=str(row["name"]),
            type=str(plain(row.get("type"))),
            models=frozenset(row.get("object_types") or ()),
            required=bool(row.get("required")),
            default=row.get("default"),
            choices=self._choices(row) if with_choices and row.get("choice_set") else None,
            minimum=row.get("validation_minimum"),
            maximum=row.get("validation_maximum"),
            regex=row.get("validation_regex") or "",
        )

    def _choices(self, row: Json) -> frozenset[str] | None:
        """The choices of a selection; None where NetBox gives not all of them."""
        path = f"extras/custom-field-choice-sets/{row['choice_set']['id']}/choices"
        answer = self._client.get(path, f"reading the choices of the custom field {row['name']} from NetBox", limit=PAGE_SIZE)
        listed = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(listed, list) or len(listed) != answer.get("count"):
            return None
        return frozenset(str(item.get("id")) for item in listed)
