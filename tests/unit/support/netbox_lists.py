# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The NetBox in memory as the clients see it: lists that are written as a whole or not at all, and rows that are looked for."""

from __future__ import annotations

import collections.abc as c
import copy
import dataclasses
import threading
import typing as t

from unit.support.netbox_model import Json, NetBoxModel, Refused

from ansible_collections.netsot.librenms.plugins.module_utils._engine.fields import LINK_FIELD
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import ApiError

_REFERENCES: t.Final = ("site", "tenant", "cluster", "role", "device_type", "platform", "location", "rack", "virtual_chassis", "master")

_KINDS = {str(target): target for target in Target}

# Called with the number of the list, from 1, before it is written and after; what it raises is the answer.
Hook = c.Callable[[int], None]


@dataclasses.dataclass
class NetBoxLists:
    """What the writing of a plan needs of a :class:`NetBoxClient`, on a model.

    :ivar sent: what was sent: the kind, the method and the number of objects
    """

    model: NetBoxModel
    before: Hook = lambda _number: None
    after: Hook = lambda _number: None
    version: tuple[int, int] = (4, 7)
    sent: list[tuple[Target, str, int]] = dataclasses.field(default_factory=list)
    root: str = "https://netbox.example"
    _lock: t.Any = dataclasses.field(default_factory=threading.RLock)

    def url(self, path: str) -> str:
        return f"{self.root}/api/{path}/"

    def request(self, target: Target) -> _EndPoint:
        return _EndPoint(self, target)

    def call(self, function: c.Callable[[], t.Any], _operation: str) -> t.Any:
        return function()

    def read(self, target: Target | str, operation: str, **_filters: t.Any) -> list[Json]:
        """All rows of a kind: NetBox passes over filters that it does not know, so nothing may rely on them."""
        del operation
        with self._lock:
            return list(self._rows(_KINDS[target])) if target in _KINDS else []

    def read_by(self, target: Target | str, operation: str, name: str, values: c.Iterable[object], **_filters: t.Any) -> list[Json]:
        """The same, whatever is asked for."""
        del name, values
        return self.read(target, operation)

    def remove_empty_chassis(self, chassis_id: int) -> bool:
        with self._lock:
            if any(row.get("virtual_chassis") == chassis_id for row in self.model.objects.values()):
                return False
            self.model.chassis.pop(chassis_id, None)
            return True

    def remove(self, target: Target, object_id: int, _operation: str) -> None:
        with self._lock:
            kind = ObjectKind.of(target)
            assert kind is not None
            del self.model.objects[kind, object_id]

    def write(self, target: Target, method: str, bodies: list[Json]) -> list[Json]:
        with self._lock:
            self.sent.append((target, method, len(bodies)))
            number = len(self.sent)
            self.before(number)
            rows = self._all_or_nothing(target, bodies)
            self.after(number)
            return rows

    def _all_or_nothing(self, target: Target, bodies: list[Json]) -> list[Json]:
        kept = copy.deepcopy(vars(self.model))
        ids, errors = [], []
        for index, body in enumerate(bodies):
            plain = {name: value for name, value in body.items() if name not in ("id", "custom_fields", "changelog_message")}
            try:
                ids.append(self.model.write(target, plain | body.get("custom_fields", {}), body.get("id")))
            except Refused as error:
                errors.append({**({"id": body["id"]} if "id" in body else {"index": index}), "errors": {"__all__": [str(error)]}})
        if errors:
            vars(self.model).update(kept)
            answer = {"detail": f"{len(errors)} of {len(bodies)} objects could not be written.", "errors": errors}
            raise ApiError("writing", method="POST", status=400, body=answer, server_message=str(answer["detail"]))
        return [row for object_id in ids for row in self._rows(target) if row["id"] == object_id]

    def _rows(self, target: Target) -> c.Iterator[Json]:
        """The objects of a kind as NetBox shows them."""
        if kind := ObjectKind.of(target):
            found: c.Iterable[tuple[int, Json]] = [(key[1], row) for key, row in self.model.objects.items() if key[0] is kind]
        elif target is Target.VIRTUAL_CHASSIS:
            found = self.model.chassis.items()
        elif target is Target.TAG:
            found = [(0, {"slug": slug, "name": name}) for slug, name in self.model.tags.items()]
        elif target is Target.PLATFORM:
            found = self.model.platforms.items()
        else:
            found = self.model.made.get(target, {}).items()
        for object_id, row in found:
            shown = {name: {"id": value} if name in _REFERENCES and value else value for name, value in row.items()}
            yield shown | {"id": object_id, "custom_fields": {LINK_FIELD: row.get(LINK_FIELD)}}


@dataclasses.dataclass(frozen=True)
class _EndPoint:
    lists: NetBoxLists
    target: Target

    def post(self, bodies: list[Json]) -> list[Json]:
        return self.lists.write(self.target, "post", bodies)

    def patch(self, bodies: list[Json]) -> list[Json]:
        return self.lists.write(self.target, "patch", bodies)
