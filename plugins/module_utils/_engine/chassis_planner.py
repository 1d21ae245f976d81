# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Planning virtual chassis: made, or found again and completed; nothing is ever taken out of one."""

from __future__ import annotations

import dataclasses

from .assessment import AssessedMember, Assessment
from .existing import ExistingChassis, ExistingObject, ExistingObjects, ObjectKind, chassis_domain
from .issues import Issue, IssueCode
from .matching import Resolved
from .naming import MAX_NAME_LENGTH
from .plan import Action, Change, Fields, PlannedMember, Ref, Target, Write, reference
from .plan_options import ImportOptions, OnExisting, Policy
from .records import Member
from .serials import identity
from .text import key, printable

# dcim.Device.vc_position of NetBox.
_POSITIONS = range(255, -1, -1)


@dataclasses.dataclass(frozen=True, slots=True)
class ChassisPlan:
    """What a stack adds to the plan of its device; empty for a device that is none.

    ``own_*`` is what it means for the device that the LibreNMS device itself becomes.
    """

    own_member: Member | None = None
    own_name: str = ""
    own_serial: str = ""
    own_type: Resolved | None = None
    own_changes: tuple[Change, ...] = ()
    name: str = ""
    chassis_id: int | None = None
    chassis: Write | None = None
    members: tuple[PlannedMember, ...] = ()
    moves: tuple[Write, ...] = ()
    settling: tuple[Write, ...] = ()
    finish: Write | None = None
    warnings: tuple[Issue, ...] = ()


def plan_chassis(assessment: Assessment, options: ImportOptions, existing: ExistingObjects, own_fields: Fields) -> ChassisPlan:
    """The virtual chassis of one assessed device; own_fields are those of its object in NetBox, if it has one.

    A new device's stack is made in full. An existing one's is completed with ``existing: update``, and always when it is
    this collection's own and has no master yet: the master is set last, so such a stack is an interrupted import's.
    """
    if not assessment.members or (assessment.existing and assessment.existing.kind is not ObjectKind.DEVICE):
        return ChassisPlan()
    return _StackPlanner(assessment, options, existing, own_fields).plan()


class _StackPlanner:
    def __init__(self, assessment: Assessment, options: ImportOptions, existing: ExistingObjects, own_fields: Fields) -> None:
        self._assessment = assessment
        self._options = options
        self._own = assessment.existing
        self._own_fields = own_fields
        self._device_id = assessment.device.device_id
        self._warnings: list[Issue] = []
        self._domain = chassis_domain(options.server_key, self._device_id)
        self._chassis = self._find_chassis(existing)
        self._current = existing.members(self._chassis.id) if self._chassis else []
        unfinished = self._chassis is not None and self._chassis.domain == self._domain and self._chassis.master_id is None
        self._completes = self._own is None or options.existing is OnExisting.UPDATE or unfinished
        self._devices = self._known_devices()

    def plan(self) -> ChassisPlan:
        own_member = self._own_member()
        others = [member for member in self._assessment.members if member is not own_member]
        name = self._chassis.name if self._chassis else self._assessment.name[:MAX_NAME_LENGTH]
        if not self._completes:
            self._report_differences()
            action = Action.SKIP if self._options.existing is OnExisting.SKIP else Action.NONE
            known = tuple(self._unplanned(member, action) for member in others)
            return self._result(own_member, ChassisPlan(name=name, chassis_id=self._chassis.id if self._chassis else None, members=known))
        make = None
        if self._chassis is None:
            make = Write(
                f"virtual_chassis:{self._device_id}",
                Target.VIRTUAL_CHASSIS,
                name,
                (Change("name", name, None, name), Change("domain", self._domain, None, self._domain)),
                owner=self._device_id,
            )
        own_changes = self._place(self._own, own_member)
        moves, settling = self._moves()
        members = tuple(self._planned_member(member) for member in others)
        self._report_differences()
        plan = ChassisPlan(
            own_changes=own_changes,
            name=name,
            chassis_id=self._chassis.id if self._chassis else None,
            chassis=make,
            members=members,
            moves=moves,
            settling=settling,
            finish=self._finish(name, own_changes),
        )
        return self._result(own_member, plan)

    def _result(self, own: AssessedMember, plan: ChassisPlan) -> ChassisPlan:
        return dataclasses.replace(
            plan,
            own_member=own.member,
            own_name=self._own_name(own),
            own_serial=own.serial,
            own_type=own.device_type,
            warnings=tuple(self._warnings),
        )

    def _own_name(self, own: AssessedMember) -> str:
        if own.member.is_master:
            return own.name
        return self._options.member_naming.name(self._assessment.name, dataclasses.replace(own.member, is_master=True))

    def _find_chassis(self, existing: ExistingObjects) -> ExistingChassis | None:
        if self._own and self._own.virtual_chassis_id is not None:
            return existing.chassis(self._own.virtual_chassis_id) or ExistingChassis(self._own.virtual_chassis_id, "")
        found = existing.chassis_with_domain(self._domain)
        # Of several the one that has members is the one that an earlier run got furthest with.
        return max(found, key=lambda item: (len(existing.members(item.id)), -item.id), default=None)

    def _known_devices(self) -> dict[int, ExistingObject]:
        """NetBox's device for each member, by the member's position: by serial, then by name or position where no serial disagrees."""
        candidates = [*self._current, *([self._own] if self._own else [])]
        candidates += [member.existing for member in self._assessment.members if member.existing]
        unique = {item.id: item for item in candidates}
        devices: dict[int, ExistingObject] = {}
        by_serial = {identity(item.serial): item for item in unique.values() if identity(item.serial)}
        for member in self._assessment.members:
            found = by_serial.get(identity(member.serial)) if member.serial else None
            if found:
                devices[member.member.position] = found
        taken = {item.id for item in devices.values()}
        for member in self._assessment.members:
            if member.member.position in devices:
                continue
            for item in self._current:
                fits = item.vc_position == member.member.position or key(item.name) == key(member.name)
                if item.id not in taken and fits and not (identity(item.serial) and identity(member.serial)):
                    devices[member.member.position] = item
                    taken.add(item.id)
                    break
        return devices

    def _own_member(self) -> AssessedMember:
        """The member that the LibreNMS device's object in NetBox is: the master, unless its serial says another."""
        if self._own:
            for member in self._assessment.members:
                device = self._devices.get(member.member.position)
                if device and device.id == self._own.id:
                    return member
        master = self._assessment.master or self._assessment.members[0]
        if self._own and master.member.position not in self._devices:
            self._devices[master.member.position] = self._own
        return master

    def _unplanned(self, member: AssessedMember, action: Action) -> PlannedMember:
        device = self._devices.get(member.member.position)
        return PlannedMember(member.member, device.name if device else member.name, action, device)

    def _chassis_value(self) -> int | Ref:
        return self._chassis.id if self._chassis else Ref(f"virtual_chassis:{self._device_id}")

    def _occupant(self, position: int) -> ExistingObject | None:
        return next((item for item in self._current if item.vc_position == position), None)

    def _place(self, device: ExistingObject | None, member: AssessedMember) -> tuple[Change, ...]:
        """Putting a device that is in no virtual chassis yet into this one."""
        if device is not None and device.virtual_chassis_id is not None:
            return ()
        position = member.member.position
        occupant = self._occupant(position)
        if occupant is not None and self._devices.get(position) is not occupant and not self._is_moving(occupant):
            self._warn(
                f"Position {position} is held by {printable(occupant.name)!r} (serial {occupant.serial!r}), so {member.name!r} is not put there."
            )
            return ()
        name = self._chassis.name if self._chassis else self._assessment.name
        return (
            Change("virtual_chassis", self._chassis_value(), None, name),
            Change("vc_position", position, device.vc_position if device else None, position),
        )

    def _is_moving(self, device: ExistingObject) -> bool:
        return any(item.id == device.id and position != device.vc_position for position, item in self._devices.items())

    def _planned_member(self, member: AssessedMember) -> PlannedMember:
        device = self._devices.get(member.member.position)
        write_key = f"member:{self._device_id}:{member.member.position}"
        if device is None:
            place = self._place(None, member)
            fields = self._new_member(member)
            if not place or not fields:
                if not fields:
                    self._warn(f"The member at position {member.member.position} is not added: its device type, site or role is not known.")
                return PlannedMember(member.member, member.name, Action.NONE)
            changes = (*fields, *place)
            write = Write(write_key, Target.DEVICE, member.name, changes, owner=self._device_id)
            return PlannedMember(member.member, member.name, Action.CREATE, None, write)
        changes = self._place(device, member)
        serial_policy = self._options.update_fields["serial"]
        if member.serial and not device.serial and serial_policy is not Policy.NEVER:
            changes = (*changes, Change("serial", member.serial, device.serial, member.serial))
        if changes:
            write = Write(write_key, Target.DEVICE, device.name, changes, device.id, self._device_id)
            return PlannedMember(member.member, device.name, Action.UPDATE, device, write)
        moved = device.virtual_chassis_id is not None and device.vc_position != member.member.position
        return PlannedMember(member.member, device.name, Action.UPDATE if moved else Action.NONE, device)

    def _new_member(self, member: AssessedMember) -> tuple[Change, ...]:
        """A member stands where its master stands and is what its master is, but for name, type and serial; () when that is not known."""
        match = self._assessment.match
        status = self._options.status(self._assessment.device)
        alike = {name: getattr(match, name) for name in ("site", "location", "rack", "role", "platform", "tenant")}
        changes = [reference(field, resolved) for field, resolved in alike.items()]
        if self._own:
            states = ((field, self._own_fields.get(field)) for field in alike)
            changes = [Change(field, state.value, None, state.shown) for field, state in states if state is not None]
        changes.append(reference("device_type", member.device_type))
        present = [change for change in changes if change.value is not None]
        if not {"site", "role", "device_type"} <= {change.field for change in present}:
            return ()
        present += [Change("name", member.name, None, member.name), Change("status", status, None, status)]
        if member.serial:
            present.append(Change("serial", member.serial, None, member.serial))
        return tuple(present)

    def _moves(self) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
        """Members at other positions than the inventory says: first to free ones where needed, because NetBox cannot swap two."""
        current = {item.id for item in self._current}
        wrong = [
            (member, self._devices[member.member.position])
            for member in self._assessment.members
            if member.member.position in self._devices
            and self._devices[member.member.position].id in current
            and self._devices[member.member.position].vc_position != member.member.position
        ]
        if not wrong:
            return (), ()
        if self._options.existing is not OnExisting.UPDATE:
            shown = ", ".join(
                f"{printable(device.name)!r} at {device.vc_position} instead of {member.member.position}" for member, device in wrong
            )
            self._warn(f"Members stand at other positions than the inventory says: {shown}. They are moved with existing: update.")
            return (), ()
        moving = {device.id for _member, device in wrong}
        used = {item.vc_position for item in self._current} | {member.member.position for member in self._assessment.members}
        free = (position for position in _POSITIONS if position not in used)
        moves, settling = [], []
        for member, device in wrong:
            target = member.member.position
            occupant = self._occupant(target)
            if occupant is not None and occupant.id not in moving:
                self._warn(f"{printable(device.name)!r} belongs at position {target}, which {printable(occupant.name)!r} holds.")
                continue
            before = device.vc_position
            if occupant is not None:
                spare = next(free)
                moves.append(self._position(f"move:{self._device_id}:{target}", device, before, spare))
                before = spare
            settling.append(self._position(f"settle:{self._device_id}:{target}", device, before, target))
        return tuple(moves), tuple(settling)

    def _position(self, write_key: str, device: ExistingObject, before: int | None, after: int) -> Write:
        return Write(write_key, Target.DEVICE, device.name, (Change("vc_position", after, before, after),), device.id, self._device_id)

    def _finish(self, name: str, own_changes: tuple[Change, ...]) -> Write | None:
        """Sets the master, where none is: a master that NetBox has is kept."""
        inside = own_changes or (self._own is not None and self._own.virtual_chassis_id is not None)
        if not inside or (self._chassis and self._chassis.master_id is not None):
            return None
        value: int | Ref = self._own.id if self._own else Ref(f"device:{self._device_id}")
        shown = self._own.name if self._own else self._own_name(self._assessment.master or self._assessment.members[0])
        change = Change("master", value, None, shown)
        return Write(
            f"master:{self._device_id}",
            Target.VIRTUAL_CHASSIS,
            name,
            (change,),
            self._chassis_value(),
            self._device_id,
        )

    def _report_differences(self) -> None:
        if self._chassis is None:
            return
        known = {item.id for item in self._devices.values()}
        for item in self._current:
            if item.id not in known:
                self._warn(
                    f"NetBox has the member {printable(item.name)!r} at position {item.vc_position}, which the inventory does not have."
                )
        if not self._completes:
            missing = [member for member in self._assessment.members if member.member.position not in self._devices]
            for member in missing:
                self._warn(
                    f"NetBox lacks the member at position {member.member.position} (serial {member.serial!r}). It is added with existing: update."
                )

    def _warn(self, message: str) -> None:
        hint = "Compare the stack with NetBox; the import removes and replaces no member."
        self._warnings.append(Issue(IssueCode.VIRTUAL_CHASSIS_CONFLICT, "virtual_chassis", message, hint))
