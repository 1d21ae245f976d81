# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which objects of a job can be taken back: those that nobody has touched since, and that nobody else uses."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .._engine.kinds import ObjectKind, Target
from .._engine.planning.undo import Key, LoggedChange, UndoAction, UndoItem, ancestors, first_items, last_touch, of_devices, uses
from .._exceptions import AccessDenied, OptionError
from .._netbox.change_log import ChangeLog
from .._netbox.client import NetBoxClient, is_of_token, related
from .._netbox.ports import read_macs
from .._netbox.uses import Child, cabled, children_of, journal_of, makers_of_items, owners_of, ports_of, services_of, uses_of
from .._netbox.versions import Guard, read_versions
from .undo_source import Deeds

_SHARED = tuple(target for target in reversed(Target) if target.row.shared)
_PRIMARY = ("primary_ip4", "primary_ip6")
# NetBox's counter of the inventory items that are of a manufacturer.
_ITEMS = "inventoryitem_count"


def look(
    client: NetBoxClient, deeds: Deeds, device_ids: c.Collection[int], guard: Guard, dealt_with: c.Mapping[Key, UndoItem]
) -> dict[Key, UndoItem]:
    """Decides about every object of the job, by what NetBox says at this moment.

    :param device_ids: only what belongs to these LibreNMS devices; empty for all
    :param guard: gets the versions that the decision is about
    :param dealt_with: what this undo has done already
    :raises OptionError: the job did nothing for any of the devices
    """
    changes: c.Sequence[LoggedChange] = deeds.changes
    if device_ids:
        changes = _of_devices(client, changes, device_ids)
    look = _Look(client, deeds, first_items(changes), guard)
    look.decide({key: item for key, item in dealt_with.items() if item.action in (UndoAction.LEFT, UndoAction.FAIL)})
    return look.items


def _of_devices(client: NetBoxClient, changes: c.Sequence[LoggedChange], device_ids: c.Collection[int]) -> list[LoggedChange]:
    owners = owners_of(client, {change.key for change in changes if change.key})
    # Addresses may be on interfaces that the job has not written.
    owners |= owners_of(client, set(owners.values()) - owners.keys())
    found = of_devices(changes, device_ids, owners)
    if not found:
        raise OptionError("device_ids", sorted(device_ids), "are not among the devices that the import wrote")
    return found


class _Look:
    def __init__(self, client: NetBoxClient, deeds: Deeds, items: dict[Key, UndoItem], guard: Guard) -> None:
        self._client = client
        self._log = ChangeLog(client)
        self._deeds = deeds
        self.items = items
        self._guard = guard
        # The requests of the job and of what undid it, also for what NetBox changed along with them.
        self._neutral: set[str] = set()
        self._owners: dict[Key, Key] = {}

    def decide(self, failed: c.Mapping[Key, UndoItem]) -> None:
        # The versions first: whatever happens after this, NetBox refuses.
        versions = read_versions(self._client, [(target.value, number) for target, number in self.items])
        self._guard.know(versions.values())
        logged = {
            target: self._log.of_objects(target.row.model, ids)
            for target in Target
            if (ids := [number for kind, number in self.items if kind is target])
        }
        own = [
            change for found in logged.values() for changes in found.values() for change in changes if self._deeds.is_ours(change.message)
        ]
        self._neutral = {change.request_id for change in own}
        for (target, number), item in list(self.items.items()):
            version = versions.get((target.value, number))
            changes = logged[target].get(number, [])
            if version is None:
                self.items[item.key] = dataclasses.replace(item, action=UndoAction.GONE)
            elif item.is_active:
                self.items[item.key] = self._touched(item, version.last_updated, changes)
        self.items |= {key: item for key, item in failed.items() if key in self.items}
        self._belongings()
        for kind in ObjectKind:
            self._parts(kind)
        self._journals()
        self._chassis()
        self._owned()
        self._shared()

    def _active(self, target: Target, action: UndoAction = UndoAction.REMOVE) -> dict[int, UndoItem]:
        return {number: item for (kind, number), item in self.items.items() if kind is target and item.action is action}

    def _touched(self, item: UndoItem, version: str | None, changes: c.Sequence[LoggedChange]) -> UndoItem:
        ours = [change for change in changes if change.request_id in self._neutral]
        if item.action is UndoAction.PUT_BACK and any(change.message == self._deeds.undo_message for change in ours):
            return dataclasses.replace(item, action=UndoAction.GONE)
        first = min((change.id for change in ours), default=0)
        if touch := last_touch(changes, self._neutral, first):
            return item.left_by("It was edited after the import.", touch)
        if not ours and version != self._deeds.versions.get(item.key, version):
            return item.left("It was edited after the import, and NetBox's change log does not tell by whom.", at=version or "")
        return item

    def _belongings(self) -> None:
        """What belongs to what; an interface that NetBox made of a template goes with its device, as it is now."""
        self._owners = owners_of(self._client, [key for key, item in self.items.items() if item.is_active])
        for key, owner in self._owners.items():
            self.items[key] = dataclasses.replace(self.items[key], owner=owner)
        for key, item in self.items.items():
            created = any(self._is_made(owner) for owner in ancestors(key, self._owners))
            if item.action is UndoAction.PUT_BACK and created:
                self.items[key] = dataclasses.replace(item, action=UndoAction.REMOVE, fields={})

    def _is_made(self, key: Key) -> bool:
        """Whether the job has created an object that is still there."""
        item = self.items.get(key)
        return item is not None and not item.fields and item.action in (UndoAction.REMOVE, UndoAction.LEFT, UndoAction.FAIL)

    def _parts(self, kind: ObjectKind) -> None:
        """What others have put on the devices or virtual machines, and their interfaces."""
        target, port = kind.target, kind.port
        active = self._active(target)
        holders: dict[int, Key] = {number: (target, owner) for number, owner in ports_of(self._client, kind, active).items()}
        holders |= {number: (port, number) for number in self._active(port) if number not in holders}
        touches = {(target, number): changes for number, changes in self._log.of_parts(target.row.model, active, self._neutral).items()}
        for number, changes in self._log.of_parts(port.row.model, holders, self._neutral).items():
            touches.setdefault(holders[number], []).extend(changes)
        for key, changes in touches.items():
            touch = max(changes, key=lambda change: change.id)
            self._leave(key, f"It has what others added or edited: {touch.model} {touch.name!r}.", touch.user, touch.time)
        for row in read_macs(self._client, kind, holders):
            if (Target.MAC_ADDRESS, row["id"]) not in self.items:
                self._leave(holders[row["assigned_object_id"]], f"It has the MAC address {row['mac_address']}, which others added.")
        for number in services_of(self._client, kind, active):
            self._leave((target, number), "It has a service.")
        if kind is ObjectKind.DEVICE:
            for number in cabled(self._client, holders):
                self._leave(holders[number], "It has a cable.")

    def _journals(self) -> None:
        for target in Target:
            entries = journal_of(self._client, target, self._active(target))
            # An entry names its author by a number only.
            writing = self._log.of_objects("extras.journalentry", set(entries.values()))
            for number, entry in entries.items():
                author = next((change for change in writing.get(entry, ()) if change.action == "create"), None)
                item = (target, number)
                self._leave(item, "It has a journal entry.", author.user if author else "", author.time if author else "")

    def _leave(self, key: Key, reason: str, by: str = "", at: str = "") -> None:
        if key in self.items and self.items[key].is_active:
            self.items[key] = self.items[key].left(reason, by, at)

    def _chassis(self) -> None:
        """A virtual chassis stays with any member that stays, and with those of others; and with it its master."""
        active = self._active(Target.VIRTUAL_CHASSIS)
        operation = "reading the members of virtual chassis from NetBox"
        rows = self._client.read_by(Target.DEVICE, operation, "virtual_chassis_id", sorted(active), fields="id,name,virtual_chassis")
        for row in rows:
            number = related(row, "virtual_chassis")
            member = self.items.get((Target.DEVICE, row["id"]))
            # One that has been put back already may be in it still: NetBox takes it out together with the virtual chassis.
            if number in active and (member is None or member.action in (UndoAction.LEFT, UndoAction.FAIL)):
                self._leave((Target.VIRTUAL_CHASSIS, active[number].id), f"Its member {row.get('name')!r} (id {row['id']}) stays.")
        staying = [number for number in active if not self.items[Target.VIRTUAL_CHASSIS, number].is_active]
        for row in self._client.read_by(Target.VIRTUAL_CHASSIS, operation, "id", staying, fields="id,name,master"):
            master = related(row, "master")
            if master is not None:
                self._leave((Target.DEVICE, master), f"It is the master of the virtual chassis {row.get('name')!r}, which stays.")

    def _owned(self) -> None:
        """What belongs to a created object that stays, stays with it; so does the primary address of any that stays."""
        for key, item in list(self.items.items()):
            for owner in ancestors(key, self._owners):
                above = self.items.get(owner)
                is_primary = item.target is Target.IP_ADDRESS and above is not None and any(name in above.fields for name in _PRIMARY)
                if above and above.action in (UndoAction.LEFT, UndoAction.FAIL) and (not above.fields or is_primary):
                    self._leave(key, f"It belongs to the {above.target.row.word} {above.name!r}, which stays.")

    def _shared(self) -> None:
        """What other objects use by now. The custom field stays: with it would go the links of all objects."""
        for target in _SHARED:
            active = self._active(target)
            if target is Target.CUSTOM_FIELD:
                for item in (*active.values(), *self._active(target, UndoAction.PUT_BACK).values()):
                    self._leave(item.key, "The custom field stays, because the links of all devices are in it.")
                continue
            for number, child in self._children(target, active):
                known = next((self.items.get((kind, child.id)) for kind in Target if kind == child.path), None)
                if known is None or not known.is_active:
                    self._leave((target, number), f"It has {child.name!r} ({child.path}, id {child.id}).")
            uses = uses_of(self._client, target, active)
            items = self._items_that_go(uses) if target is Target.MANUFACTURER else {}
            for number, counts in uses.items():
                explained = {name: self._explained(active[number], name) for name in counts} | {_ITEMS: items.get(number, 0)}
                left = {name: count - explained[name] for name, count in counts.items()}
                others = {name: count for name, count in left.items() if count > 0}
                if others:
                    self._leave((target, number), f"It is in use ({', '.join(f'{name} {count}' for name, count in others.items())}).")

    def _items_that_go(self, uses: c.Mapping[int, c.Mapping[str, int]]) -> dict[int, int]:
        """The inventory items, by the ids of their manufacturers, that NetBox removes along with devices that are taken back."""
        counted = any(counts.get(_ITEMS) for counts in uses.values())
        return makers_of_items(self._client, self._active(Target.DEVICE)) if counted else {}

    def _children(self, target: Target, active: c.Collection[int]) -> list[tuple[int, Child]]:
        try:
            found = children_of(self._client, target, active)
        except AccessDenied as error:
            if error.status != 403 or is_of_token(error):
                raise
            for number in active:
                self._leave((target, number), f"The token of netbox_token may not see what is in it. {error}")
            return []
        return [(number, child) for number, children in found.items() for child in children]

    def _explained(self, shared: UndoItem, counter: str) -> int:
        """How many of the objects that use it, of those that NetBox counts there, are taken back."""
        return sum(item.is_active and uses(item, shared, counter) for item in self.items.values())
