# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Planning virtual chassis: made, or found again and completed; nothing is ever taken out of one."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..fields import Policy, shared_fields
from ..issues import Issue
from ..judging.assessment import Assessment
from ..judging.existing import ExistingChassis, ExistingObject, ExistingObjects
from ..judging.members import AssessedMember
from ..kinds import ObjectKind, Stage, Target
from ..links import chassis_domain
from ..matching.catalog import Catalog
from ..matching.resolved import Resolved
from ..naming import MAX_NAME_LENGTH
from ..records import Member
from ..serials import identity
from ..text import key, printable
from .initial_values import AllFields
from .options import ImportOptions, OnExisting
from .plan import Action, Change, Fields, PlannedMember, PlannedStack, Ref, Write, reference
from .stack_differences import Compared, a_stack_in_netbox_only, conflict
from .twins import furthest

# dcim.Device.vc_position of NetBox.
_POSITIONS = range(255, -1, -1)


@dataclasses.dataclass(frozen=True, slots=True)
class StackPlan:
    """What a stack adds to the plan of its device; empty for a device that is none.

    ``own_*`` is what it means for the device that the LibreNMS device itself becomes; ``stack.own_member`` is None when that is
    no member, or none can be told.
    """

    stack: PlannedStack | None = None
    own_name: str = ""
    own_serial: str = ""
    own_type: Resolved | None = None
    own_changes: tuple[Change, ...] = ()
    # In the order of the stages, without those of the members.
    writes: tuple[Write, ...] = ()
    warnings: tuple[Issue, ...] = ()

    @property
    def own_member(self) -> Member | None:
        return self.stack.own_member if self.stack else None


def plan_stack(
    assessment: Assessment, options: ImportOptions, existing: ExistingObjects, own_fields: Fields, catalog: Catalog, fields: AllFields
) -> StackPlan:
    """The virtual chassis of one assessed device; own_fields are those that its object in NetBox, if it has one, is going to have.

    A new device's stack is made in full. An existing one's is completed with ``existing: update``, and always when it is
    this collection's own and has no master yet: the master is set last, so such a stack is an interrupted import's.
    """
    if assessment.existing and assessment.existing.kind is not ObjectKind.DEVICE:
        return StackPlan()
    if not assessment.members:
        return StackPlan(warnings=a_stack_in_netbox_only(assessment, existing, options.server_key))
    return _StackPlanner(assessment, options, existing, own_fields, catalog, fields).plan()


class _StackPlanner:
    def __init__(
        self,
        assessment: Assessment,
        options: ImportOptions,
        existing: ExistingObjects,
        own_fields: Fields,
        catalog: Catalog,
        fields: AllFields,
    ) -> None:
        self._catalog = catalog
        self._assessment = assessment
        self._options = options
        self._own = assessment.existing
        self._own_fields = own_fields
        self._fields = fields
        self._device_id = assessment.device.device_id
        self._name = assessment.name or (self._own.name if self._own else "")
        self._warnings: list[Issue] = []
        self._domain = chassis_domain(options.server_key, self._device_id)
        self._chassis = self._find_chassis(existing)
        self._current = existing.members(self._chassis.id) if self._chassis else []
        # As an import left it that was broken off: NetBox puts the master with which a virtual chassis is made at position 1.
        self._claimed = self._is_claimed()
        unfinished = self._chassis is not None and self._chassis.domain == self._domain and self._chassis.master_id is None
        self._completes = self._own is None or options.existing is OnExisting.UPDATE or unfinished
        self._devices = self._known_devices()
        self._moving: dict[int, AssessedMember] = {}
        self._new_names: set[str] = set()

    def plan(self) -> StackPlan:
        own_member = self._own_member()
        others = [member for member in self._assessment.members if member is not own_member]
        name = (self._chassis.name if self._chassis else "") or self._name[:MAX_NAME_LENGTH]
        chassis_id = self._chassis.id if self._chassis else None
        if own_member is None or not self._completes:
            return self._left_alone(own_member, others, name)
        self._moving = self._movable()
        own_changes = self._place(self._own, own_member)
        if not own_changes and (self._own is None or self._own.virtual_chassis_id is None):
            # The device stays outside, so nobody can say that the other members belong to it.
            return self._left_alone(own_member, others, name)
        members = tuple(self._planned_member(member) for member in others)
        writes = (*self._virtual_chassis(name), *self._moves(), *self._master(name, own_member, own_changes, members))
        self._report_differences(completes=True)
        stack = PlannedStack(None, name, chassis_id, members)
        ordered = tuple(sorted(writes, key=lambda write: write.stage))
        return self._result(own_member, StackPlan(stack, own_changes=own_changes, writes=ordered))

    def _left_alone(self, own_member: AssessedMember | None, others: c.Sequence[AssessedMember], name: str) -> StackPlan:
        """Only what there is to tell."""
        self._movable()
        self._report_differences(completes=False)
        action = Action.SKIP if self._options.existing is OnExisting.SKIP else Action.NONE
        known = tuple(self._unplanned(member, action) for member in others)
        return self._result(own_member, StackPlan(PlannedStack(None, name, self._chassis.id if self._chassis else None, known)))

    def _result(self, own: AssessedMember | None, plan: StackPlan) -> StackPlan:
        if own is not None and plan.stack is not None:
            stack = dataclasses.replace(plan.stack, own_member=own.member)
            plan = dataclasses.replace(plan, stack=stack, own_name=self._own_name(own), own_serial=own.serial, own_type=own.device_type)
        return dataclasses.replace(plan, warnings=tuple(self._warnings))

    def _is_claimed(self) -> bool:
        chassis, own = self._chassis, self._own
        ours = chassis is not None and own is not None and chassis.domain == self._domain and chassis.master_id == own.id
        return ours and len(self._current) == 1

    def _virtual_chassis(self, name: str) -> c.Iterator[Write]:
        if self._chassis is None:
            changes = [Change("name", name, None, name), Change("domain", self._domain, None, self._domain)]
            if self._own is not None:
                # NetBox takes a device as master once only, so of two imports one makes the virtual chassis. Of a device that both
                # create, its name decides.
                changes.append(Change("master", self._own.id, None, self._own.name))
            yield Write(f"virtual_chassis:{self._device_id}", Target.VIRTUAL_CHASSIS, name, tuple(changes), owner=self._device_id)

    def _own_name(self, own: AssessedMember) -> str:
        """The LibreNMS device's object is called as a master is, also when another member has become the master since."""
        return self._options.member_naming.name(self._name, dataclasses.replace(own.member, is_master=True))

    def _member_name(self, member: AssessedMember) -> str:
        return self._name_of(member.member)

    def _name_of(self, member: Member) -> str:
        return self._options.member_naming.name(self._name, dataclasses.replace(member, is_master=False))

    def _find_chassis(self, existing: ExistingObjects) -> ExistingChassis | None:
        if self._own and self._own.virtual_chassis_id is not None:
            return existing.chassis(self._own.virtual_chassis_id) or ExistingChassis(self._own.virtual_chassis_id, "")
        return furthest(existing, self._domain)

    def _known_devices(self) -> dict[int, ExistingObject]:
        """NetBox's device for each member, by the member's position: by serial, then by position or name where no serial disagrees."""
        members = [member for member in self._assessment.members if not member.conflict]
        candidates = [*self._current, *([self._own] if self._own else []), *(member.existing for member in members if member.existing)]
        named = [*self._current, *([self._own] if self._own else [])]
        by_serial: dict[str, ExistingObject] = {}
        for item in candidates:
            by_serial.setdefault(identity(item.serial), item)
        devices: dict[int, ExistingObject] = {}
        taken: set[int] = set()

        def assign(member: AssessedMember, item: ExistingObject | None) -> None:
            if item is not None and item.id not in taken and member.member.position not in devices:
                devices[member.member.position] = item
                taken.add(item.id)

        for member in members:
            assign(member, by_serial.get(identity(member.serial)) if identity(member.serial) else None)
        placed = [] if self._claimed else self._current
        for member in members:
            position = member.member.position
            assign(member, next((item for item in placed if item.vc_position == position and _may_be(item, member)), None))
        for member in members:
            names = {key(member.name), key(self._member_name(member))}
            assign(member, next((item for item in named if key(item.name) in names and _may_be(item, member)), None))
        return devices

    def _own_member(self) -> AssessedMember | None:
        """The member that the LibreNMS device's object in NetBox is: the one of its serial, else of its position, else the master."""
        master = self._assessment.master
        if self._own is None:
            return master
        own_positions = {position for position, device in self._devices.items() if device.id == self._own.id}
        found = [member for member in self._assessment.members if member.member.position in own_positions]
        free = [member for member in self._assessment.members if member.member.position not in self._devices and not member.conflict]
        if self._own.virtual_chassis_id is not None and not self._claimed:
            found += [member for member in free if member.member.position == self._own.vc_position]
        found += [member for member in free if member is master]
        if not found:
            self._warn(
                f"{printable(self._own.name)!r} is none of the stack's members by its serial {self._own.serial!r}; the stack is left alone."
            )
            return None
        own = found[0]
        self._devices[own.member.position] = self._own
        if not _may_be(self._own, own) and identity(self._own.serial) != identity(own.serial):
            self._warn(
                f"{printable(self._own.name)!r} has the serial {self._own.serial!r}; "
                f"the inventory says {own.serial!r} at position {own.member.position}."
            )
        return own

    def _unplanned(self, member: AssessedMember, action: Action) -> PlannedMember:
        device = member.existing if member.conflict else self._devices.get(member.member.position)
        return PlannedMember(member.member, device.name if device else self._member_name(member), action, device)

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
        if occupant is not None and occupant.id not in self._moving:
            shown = printable(device.name if device else self._member_name(member))
            self._warn(
                f"Position {position} is held by {printable(occupant.name)!r} (serial {occupant.serial!r}), so {shown!r} is not put there."
            )
            return ()
        name = (self._chassis.name if self._chassis else "") or self._name
        return (
            Change("virtual_chassis", self._chassis_value(), None, name),
            Change("vc_position", position, device.vc_position if device else None, position),
        )

    def _planned_member(self, member: AssessedMember) -> PlannedMember:
        if member.conflict:
            # The assessment has told what speaks against it.
            return self._unplanned(member, Action.NONE)
        device = self._devices.get(member.member.position)
        write_key = f"member:{self._device_id}:{member.member.position}"
        if device is None:
            name = self._member_name(member)
            fields = self._new_member(member, name)
            place = self._place(None, member) if fields else ()
            if not place:
                return PlannedMember(member.member, name, Action.NONE)
            self._new_names.add(key(name))
            write = Write(write_key, Target.DEVICE, name, (*fields, *place), owner=self._device_id, at=Stage.MEMBER)
            return PlannedMember(member.member, name, Action.CREATE, None, (write,))
        changes = (*self._place(device, member), *self._serial(device, member))
        if changes:
            write = Write(write_key, Target.DEVICE, device.name, changes, object_id=device.id, owner=self._device_id, at=Stage.MEMBER)
            return PlannedMember(member.member, device.name, Action.UPDATE, device, (write,))
        return PlannedMember(member.member, device.name, Action.UPDATE if device.id in self._moving else Action.NONE, device)

    def _serial(self, device: ExistingObject, member: AssessedMember) -> tuple[Change, ...]:
        policy = self._options.update_fields["serial"]
        wanted = bool(member.serial) and key(member.serial) != key(device.serial)
        if self._options.existing is not OnExisting.UPDATE or not wanted or policy is Policy.NEVER:
            return ()
        if device.serial and policy is not Policy.ALWAYS:
            return ()
        return (Change("serial", member.serial, device.serial, member.serial),)

    def _new_member(self, member: AssessedMember, name: str) -> tuple[Change, ...]:
        """A member stands where its master stands and is what its master is, but for name, type and serial; () when that is not known."""
        match = self._assessment.match
        status = self._options.status(self._assessment.device)
        alike = [field.name for field in shared_fields() if field.is_reference]
        changes = [reference(field, getattr(match, field)) for field in alike]
        if self._own:
            states = ((field, self._own_fields.get(field)) for field in alike)
            changes = [Change(field, state.value, None, state.shown) for field, state in states if state is not None]
        changes.append(reference("device_type", member.device_type))
        by_field = {change.field: change.value for change in changes}
        if not self._catalog.platform_fits(by_field.get("platform"), member.device_type.local_id if member.device_type else None):
            changes = [change for change in changes if change.field != "platform"]
        present = [change for change in changes if change.value is not None]
        if why_not := self._why_not(name, {change.field for change in present}):
            self._warn(f"The member at position {member.member.position} is not added: {why_not}.")
            return ()
        present += [Change("name", name, None, name), Change("status", status, None, status)]
        if member.serial:
            present.append(Change("serial", member.serial, None, member.serial))
        return tuple(present)

    def _why_not(self, name: str, present: c.Container[str]) -> str:
        """What keeps a new member from being created."""
        unknown = [field.replace("_", " ") for field in ("site", "role", "device_type") if field not in present]
        if unknown:
            return f"its {' and '.join(unknown)} is not known"
        if not self._name or len(name) > MAX_NAME_LENGTH:
            return f"{printable(name)!r} cannot be its name"
        if key(name) in self._new_names | {key(item.name) for item in (*self._current, *self._devices.values())}:
            return f"another member has its name, {printable(name)!r}"
        return ""

    def _movable(self) -> dict[int, AssessedMember]:
        """The members at other positions than the inventory says that can be moved, by the id of their device."""
        current = {item.id for item in self._current}
        wrong: dict[int, AssessedMember] = {}
        for member in self._assessment.members:
            device = self._devices.get(member.member.position)
            if device is not None and device.id in current and device.vc_position != member.member.position:
                wrong[device.id] = member
        if wrong and self._options.existing is not OnExisting.UPDATE:
            self._warn(
                f"Members stand at other positions than the inventory says: {self._shown(wrong)}. They are moved with existing: update."
            )
            return {}
        held: dict[int, AssessedMember] = {}
        while True:
            # One that cannot move holds its own position against others.
            stays = {
                device_id: member
                for device_id, member in wrong.items()
                if (occupant := self._occupant(member.member.position)) is not None and occupant.id not in wrong
            }
            if not stays:
                break
            held |= stays
            wrong = {device_id: member for device_id, member in wrong.items() if device_id not in stays}
        if held:
            self._warn(f"Members stand at other positions than the inventory says, and theirs are held by others: {self._shown(held)}.")
        return wrong

    def _shown(self, members: dict[int, AssessedMember]) -> str:
        devices = ((self._devices[member.member.position], member) for member in members.values())
        return ", ".join(
            f"{printable(device.name)!r} at {device.vc_position} instead of {member.member.position}" for device, member in devices
        )

    def _moves(self) -> c.Iterator[Write]:
        """Members to their positions: first out of the way where another belongs, because NetBox cannot swap two."""
        wanted = {member.member.position for member in self._assessment.members}
        used = {item.vc_position for item in self._current} | wanted
        spare = [position for position in reversed(_POSITIONS) if position not in used]
        for member in self._moving.values():
            target = member.member.position
            device = self._devices[target]
            before = device.vc_position
            if before in wanted:
                away = spare.pop()
                yield self._position(Stage.MOVE, target, device, before, away)
                before = away
            yield self._position(Stage.SETTLE, target, device, before, target)

    def _position(self, stage: Stage, number: int, device: ExistingObject, before: int | None, after: int) -> Write:
        key_of_write = f"{stage.name.lower()}:{self._device_id}:{number}"
        change = Change("vc_position", after, before, after)
        return Write(key_of_write, Target.DEVICE, device.name, (change,), object_id=device.id, owner=self._device_id, at=stage)

    def _master(
        self, name: str, own_member: AssessedMember, own_changes: tuple[Change, ...], members: tuple[PlannedMember, ...]
    ) -> c.Iterator[Write]:
        """Sets the master, where none is: a master that NetBox has is kept, but for the one that only stands there for the first moment."""
        if self._chassis and self._chassis.master_id is not None and not self._claimed:
            return
        first = self._own if self._chassis is None or self._claimed else None
        value: int | Ref | None = None
        shown = ""
        if own_changes or (self._own is not None and self._own.virtual_chassis_id is not None):
            value = self._own.id if self._own else Ref(f"device:{self._device_id}")
            shown = self._own.name if self._own else self._own_name(own_member)
        for planned in members:
            if planned.member.is_master and self._is_inside(planned):
                value = planned.existing.id if planned.existing else Ref(f"member:{self._device_id}:{planned.member.position}")
                shown = planned.name
        if value is not None and not (first and first.id == value):
            change = Change("master", value, first.name if first else None, shown)
            key_of_write = f"master:{self._device_id}"
            yield Write(
                key_of_write,
                Target.VIRTUAL_CHASSIS,
                name,
                (change,),
                object_id=self._chassis_value(),
                owner=self._device_id,
                at=Stage.MASTER,
            )

    def _is_inside(self, planned: PlannedMember) -> bool:
        """Whether the member is in this virtual chassis once its writes are done."""
        if any(write.value("virtual_chassis") is not None for write in planned.writes):
            return True
        return planned.existing is not None and planned.existing.id in {item.id for item in self._current}

    def _report_differences(self, *, completes: bool) -> None:
        if self._chassis is None:
            return
        compared = Compared(self._chassis, self._current, self._assessment.members, self._devices, self._fields)
        said = [*compared.additional()]
        if not completes and not self._completes:
            said += compared.lacking()
        if not self._claimed:
            said += compared.master()
        own = self._own.id if self._own else None
        others = {position: device for position, device in self._devices.items() if device.id != own}
        compared = dataclasses.replace(compared, devices=others)
        said += [*compared.names(self._name_of), *compared.device_types()]
        self._warnings += map(conflict, said)

    def _warn(self, message: str) -> None:
        self._warnings.append(conflict(message))


def _may_be(device: ExistingObject, member: AssessedMember) -> bool:
    """Whether no serial speaks against it."""
    return not (identity(device.serial) and identity(member.serial))
