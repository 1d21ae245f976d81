# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan that is carried out on a NetBox in memory, killed at any of its lists, and carried out once more."""

from __future__ import annotations

import collections.abc as c
import typing as t

import pytest
from unit.plugins.module_utils._flow.test_rounds import Options, Run
from unit.support.netbox_lists import NetBoxLists
from unit.support.netbox_model import Json, NetBoxModel, record, stack, unit

from ansible_collections.netsot.librenms.plugins.module_utils._engine.issues import IssueCode
from ansible_collections.netsot.librenms.plugins.module_utils._engine.kinds import ObjectKind, Target
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.options import ImportOptions, OnExisting
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.plan import Action, Plan
from ansible_collections.netsot.librenms.plugins.module_utils._engine.planning.saved_plan import SavedPlan
from ansible_collections.netsot.librenms.plugins.module_utils._flow import applying as _applying
from ansible_collections.netsot.librenms.plugins.module_utils._flow.applying import Applying
from ansible_collections.netsot.librenms.plugins.module_utils._flow.rounds import Rounds
from ansible_collections.netsot.librenms.plugins.module_utils._netbox import write as _write
from ansible_collections.netsot.librenms.plugins.module_utils._netbox.versions import read_versions, relied_on

RULES: Json = {"import_as": [{"os": "linux", "import_as": "virtual_machine", "cluster": "prod-vmware"}]}
DEVICES = (
    record(1, "new", serial="S1", os="newos"),
    record(2, "stack", serial="FOC2A"),
    record(3, "vm", os="linux"),
    record(4, "becomes", serial="FOC4A"),
    record(5, "swapped", serial="FOC5A"),
    record(6, "gap", serial="S6"),
)
STACKS = {
    2: stack(unit(1, "FOC2A"), unit(2, "FOC2B")),
    4: stack(unit(1, "FOC4A"), unit(2, "FOC4B"), unit(3, "FOC4C")),
    5: stack(unit(1, "FOC5A"), unit(2, "FOC5C"), unit(3, "FOC5B"), unit(4, "FOC5D")),
}
OPTIONS = ImportOptions(existing=OnExisting.UPDATE, create_missing=frozenset({"platforms"}))
# What the model takes for granted.
_GIVEN = (Target.SITE, Target.DEVICE_TYPE, Target.ROLE, Target.CLUSTER, Target.PLATFORM, Target.TAG, "tenancy/tenants")


class Killed(BaseException):
    """The run ends at once."""


class Versioned(NetBoxLists):
    """A NetBox whose objects have versions, which each write of them changes."""

    def __init__(self, model: NetBoxModel) -> None:
        super().__init__(model)
        self.versions: dict[tuple[str, int], int] = {}

    def _all_or_nothing(self, target: Target, bodies: list[Json]) -> list[Json]:
        rows = super()._all_or_nothing(target, bodies)
        for row, body in zip(rows, bodies, strict=True):
            self.touch(target, row["id"])
            if target is Target.VIRTUAL_CHASSIS and "id" not in body and body.get("master"):
                # NetBox puts it into the new virtual chassis, and saves it for that.
                self.touch(Target.DEVICE, body["master"])
        return [self._shown(target, row) for row in rows]

    def touch(self, target: Target, object_id: int) -> None:
        key = (str(target), object_id)
        self.versions[key] = self.versions.get(key, 0) + 1

    def read(self, target: Target | str, operation: str, **filters: t.Any) -> list[Json]:
        return [self._shown(target, row) for row in super().read(target, operation, **filters)]

    def read_by(self, target: Target | str, operation: str, name: str, values: c.Iterable[object], **filters: t.Any) -> list[Json]:
        wanted = list(values)
        if name == "id" and target in _GIVEN:
            return [self._shown(target, {"id": number}) for number in wanted]
        rows = self.read(target, operation) if wanted else []
        return [row for row in rows if row["id"] in wanted] if name == "id" else rows

    def patch(self, target: Target, _operation: str, data: list[Json], _headers: object) -> list[Json]:
        return self.write(target, "patch", data)

    def _shown(self, target: Target | str, row: Json) -> Json:
        number = self.versions.get((str(target), row["id"]), 0)
        return row | {"display": row.get("name") or "", "last_updated": f"2026-01-01T00:00:{number:02}Z"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_write, "_LOOKS", (0.0, 0.0))
    monkeypatch.setattr(_applying, "read_existing", lambda client, _identities: client.model.existing())


def prepared() -> Versioned:
    """A device that is a stack by now, a stack of which two members have changed places and that has grown, and a gap."""
    model = NetBoxModel()
    model.add(name="becomes", serial="FOC4A")
    chassis = model.add_chassis("swapped")
    first, *_others = (
        model.add(name=f"swapped-{position}", serial=f"FOC5{letter}", virtual_chassis=chassis, vc_position=position)
        for position, letter in enumerate("ABC", start=1)
    )
    model.chassis[chassis]["master"] = first
    model.add(name="gap")
    return Versioned(model)


def saved_plan(lists: Versioned) -> SavedPlan:
    plan = lists.model.plan(DEVICES, OPTIONS, rules=RULES, chassis=STACKS)
    assert {device.action for device in plan.devices} <= {Action.CREATE, Action.UPDATE, Action.LINK}
    view = lists.model.surroundings(creatable=OPTIONS.create_missing, rules=RULES, chassis=STACKS)
    saved = SavedPlan(
        created_at="2026-01-01T00:00:00Z",
        job="job",
        librenms="https://librenms.example",
        netbox=lists.root,
        server_key="default",
        source={},
        options={},
        relies_on=tuple(read_versions(t.cast(t.Any, lists), relied_on(plan)).values()),
        identities=tuple(draft.identity for draft in view.drafts(DEVICES)),
        live=(),
        interfaces={},
        plan=plan,
    )
    return SavedPlan.from_text(saved.to_text())


def carry_out(lists: Versioned, saved: SavedPlan) -> Plan:
    """Returns what was left to do at its beginning."""
    applying = Applying(t.cast(t.Any, lists), saved, {device.device_id for device in DEVICES})
    plan = applying.current()
    rounds = Rounds(t.cast(t.Any, Run()), t.cast(t.Any, lists), t.cast(t.Any, Options()), {}, applying.guard, sleep=lambda _: None)
    rounds.write(plan, applying.current)
    return plan


def state(model: NetBoxModel) -> Json:
    """Everything, without ids."""
    chassis = {number: row["name"] for number, row in model.chassis.items()}
    platforms = {number: row["name"] for number, row in model.platforms.items()}
    members = {number: sum(row.get("virtual_chassis") == number for row in model.objects.values()) for number in chassis}
    masters = {number: model.objects.get((ObjectKind.DEVICE, row["master"] or 0), {}).get("name") for number, row in model.chassis.items()}
    return {
        "objects": sorted(
            (
                {
                    **row,
                    "virtual_chassis": chassis.get(row.get("virtual_chassis") or 0),
                    "platform": platforms.get(row.get("platform") or 0),
                }
                for row in model.objects.values()
            ),
            key=lambda row: str(row["name"]),
        ),
        "chassis": sorted([row["name"], row["domain"], masters[number], members[number]] for number, row in model.chassis.items()),
        "platforms": sorted(platforms.values()),
    }


def undisturbed() -> tuple[Json, int]:
    lists = prepared()
    carry_out(lists, saved_plan(lists))
    return state(lists.model), len(lists.sent)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_list(when: str) -> None:
    """Before NetBox has it, and when NetBox has it and nobody was told."""
    wanted, lists_sent = undisturbed()
    assert lists_sent > 12
    for number in range(1, lists_sent + 1):
        lists = prepared()
        saved = saved_plan(lists)
        setattr(lists, when, _killing(number))
        with pytest.raises(Killed):
            carry_out(lists, saved)
        setattr(lists, when, lambda _at: None)
        left = carry_out(lists, saved)
        assert [issue.message for device in left.devices for issue in device.issues] == [], number
        for name, found in state(lists.model).items():
            assert found == wanted[name], number
        sent = len(lists.sent)
        again = carry_out(lists, saved)
        assert len(lists.sent) == sent and not again.changed, number


def test_an_empty_virtual_chassis_too_many_goes() -> None:
    lists = prepared()
    twins = [lists.model.add_chassis("stack", "librenms-2") for _number in range(3)]
    lists.touch(Target.VIRTUAL_CHASSIS, twins[2])
    saved = saved_plan(lists)
    # What others have changed meanwhile is left.
    lists.touch(Target.VIRTUAL_CHASSIS, twins[2])
    carry_out(lists, saved)
    assert sorted(set(twins) & lists.model.chassis.keys()) == [twins[0], twins[2]]
    assert not carry_out(lists, saved).changed


def test_what_a_person_edited_after_the_kill_is_blocked() -> None:
    """Also of a device that NetBox has saved because of the plan's own virtual chassis."""
    lists, saved = _killed_when(lambda model: bool(model.device("becomes").get("virtual_chassis")))
    becomes = lists.model.device("becomes")
    assert lists.versions[Target.DEVICE.value, becomes["id"]] == 1
    lists.touch(Target.DEVICE, becomes["id"])
    left = {device.device_id: device for device in carry_out(lists, saved).devices}
    assert left[4].action is Action.BLOCKED and [issue.code for issue in left[4].issues] == [IssueCode.PLAN_OUTDATED]
    assert not [device for device in left.values() if device.issues and device.device_id != 4]


def _killed_when(happened: c.Callable[[NetBoxModel], bool]) -> tuple[Versioned, SavedPlan]:
    """A NetBox in which a run was killed as soon as something had happened, and the plan of that run."""
    lists = prepared()
    saved = saved_plan(lists)

    def after(_number: int) -> None:
        if happened(lists.model):
            raise Killed

    lists.after = after
    with pytest.raises(Killed):
        carry_out(lists, saved)
    lists.after = lambda _at: None
    return lists, saved


def _killing(number: int) -> c.Callable[[int], None]:
    def kill(at: int) -> None:
        if at == number:
            raise Killed

    return kill


def test_carried_out_at_once() -> None:
    lists = prepared()
    saved = saved_plan(lists)
    plan = carry_out(lists, saved)
    assert [issue.message for device in plan.devices for issue in device.issues] == []
    assert plan == saved.plan
    assert state(lists.model)["chassis"] == [
        ["becomes", "librenms-4", "becomes", 3],
        ["stack", "librenms-2", "stack-M1", 2],
        ["swapped", "", "swapped-1", 4],
    ]
    assert not carry_out(lists, saved).changed
