# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Reading what a plan needs to know of ports, from LibreNMS and from NetBox, and adding them to it."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import functools

from .._engine.fields import Policy
from .._engine.judging.existing import ExistingObjects
from .._engine.kinds import ObjectKind
from .._engine.links import LinkField
from .._engine.planning.options import ImportOptions
from .._engine.planning.outcomes import Round
from .._engine.planning.plan import Plan, PlannedDevice, Ref
from .._engine.planning.setup import PORT_LINKS, unlinked, with_link_field
from .._engine.ports.existing import Template, find_vrfs
from .._engine.ports.options import PortOptions, Ports
from .._engine.ports.planning import candidates, created_before, made_by_others, port_wishes, wishes, with_ports
from .._engine.ports.primary import PrimaryWish, VrfNames
from .._engine.ports.wanted import has_aggregates
from .._engine.records import DevicePorts, PortLink
from .._exceptions import AccessDenied, ApiError
from .._jobs.job import Phase
from .._netbox.client import NetBoxClient
from .._netbox.ports import read_ports, read_vrfs
from .._netbox.rights import Write, missing_writes
from .run import Run

_INTERFACES: tuple[Write, ...] = tuple((kind.port, verb) for kind in ObjectKind for verb in ("add", "change"))


class PortsFlow:
    """The ports of one import; what was read of LibreNMS and of NetBox's VRFs is kept for its later rounds."""

    def __init__(self, run: Run, client: NetBoxClient, policy: ImportOptions, options: PortOptions) -> None:
        self._run = run
        self._client = client
        self._policy = policy
        self._options = options
        self._known: dict[int, DevicePorts] = {}
        self._links: dict[int, tuple[PortLink, ...]] = {}
        self._vrfs = VrfNames()
        self._told = False

    def check_vrfs(self) -> None:
        """Reads NetBox's VRFs, where rules name any.

        :raises OptionError: a rule of C(vrfs) names one that NetBox does not have
        """
        if self._options.vrfs and self._options.ports is not Ports.NONE:
            self._vrfs = VrfNames(targets=find_vrfs(self._options.vrfs, read_vrfs(self._client)))

    def count(self, device_id: int) -> int | None:
        """How many ports LibreNMS has of a device; None where they were not read."""
        ports = self._known.get(device_id)
        return None if ports is None or ports.unread else len(ports.ports)

    def added(
        self,
        plan: Plan,
        existing: ExistingObjects,
        new_templates: c.Mapping[int | Ref, tuple[Template, ...]],
        link_field: LinkField,
        before: Round | None = None,
        *,
        links: bool = True,
    ) -> Plan:
        """The plan with what its devices' ports need.

        :param new_templates: the interface templates of device types that are made in this run
        :param before: what earlier rounds of this import did
        :param links: interfaces are linked to their ports, if NetBox lets them
        """
        others = made_by_others(before) if before else frozenset()
        devices = [device for device in candidates(plan, self._policy, self._options) if device.device_id not in others]
        if not devices:
            return plan
        self._read(devices)
        wanted = wishes(devices, self._known, self._options, self._vrfs, existing)
        every = port_wishes(devices, self._known, self._links, self._options, self._vrfs, existing)
        with self._run.phase(Phase.READING, len(devices)):
            primaries = [item for item in wanted.values() if isinstance(item, PrimaryWish)]
            written = list(every.values()) if self._options.ports is Ports.ALL else []
            all_macs = self._policy.update_fields["mac_address"] is Policy.ALWAYS
            found = read_ports(self._client, primaries, written, linked=link_field.takes_ports, all_macs=all_macs)
            found = dataclasses.replace(found, templates={**found.templates, **new_templates})
        created = created_before(before) if before else frozenset()
        make = functools.partial(with_ports, plan, wanted, every, found, existing, self._policy, self._options, created)
        planned = with_link_field(make(links=links), link_field)
        return planned if self._may_link(planned) else make(links=False)

    def _may_link(self, plan: Plan) -> bool:
        """Whether the token may extend the custom field to interfaces, where that is to be done; a warning where it may not."""
        write = next((write for write in plan.setup if write.key == PORT_LINKS), None)
        lacking = missing_writes(self._client, [(write.target, "add" if write.creates else "change")]) if write else []
        # One that may write no interface either makes a preview, or a plan for another token.
        if lacking and len(missing_writes(self._client, _INTERFACES)) == len(_INTERFACES):
            return True
        if lacking and not self._told:
            self._told = True
            self._run.warn(unlinked(f"The token of netbox_token lacks the permission {lacking[0]}, or it is read-only."))
        return not lacking

    def _read(self, devices: c.Iterable[PlannedDevice]) -> None:
        """The ports in LibreNMS that are not known yet, and the names of its VRFs where a port is in one."""
        unread = [device.device_id for device in devices if device.device_id not in self._known]
        if not unread:
            return
        with self._run.phase(Phase.READING, len(unread)):
            self._known |= self._run.ports(unread)
            if self._vrfs.targets and not self._vrfs.names and self._is_in_vrf(unread):
                self._vrfs = self._with_names()
            if self._options.ports is Ports.ALL:
                stacked = [device_id for device_id in unread if has_aggregates(self._known[device_id], self._options)]
                self._links |= self._run.librenms.port_links(stacked)

    def _is_in_vrf(self, device_ids: c.Iterable[int]) -> bool:
        return any(port.vrf_id for device_id in device_ids for port in self._known[device_id].ports)

    def _with_names(self) -> VrfNames:
        try:
            return VrfNames(self._run.librenms.vrfs(), self._vrfs.targets)
        except ApiError as error:
            if isinstance(error, AccessDenied) and error.status == 401:
                raise
            return VrfNames(targets=self._vrfs.targets, unread=str(error))
