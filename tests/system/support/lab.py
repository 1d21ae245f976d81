# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place to try imports: a simulated LibreNMS with a test's own devices, the real NetBox, and what must hold of any import."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import difflib
import functools
import itertools
import json
import typing as t
from pathlib import Path

from servers.librenms_devices import KINDS, make_device, serial_number
from servers.librenms_inventory import Unit, catalyst_2960x
from servers.librenms_model import SimDevice
from servers.librenms_server import LibreNMSSimulator
from system.support.harness import RULES, NetBoxApi, without_ids
from system.support.inprocess import How, Json, reading, run_import

# What LibreNMS calls the units of stack_of, and the device type that they get.
STACK_MODEL = "WS-C2960X-24PS-L"
STACK_TYPE = "Catalyst 2960X-24PS-L"


class Lab:
    """A LibreNMS with a test's own devices only, the NetBox, and imports between them.

    NetBox is shared by several tests: every device gets an id, name and serial that no other has.

    :ivar all_moments: whether what happens at several moments of an import is tried at all of them
    """

    ids: t.ClassVar[c.Iterator[int]] = itertools.count(5001)

    def __init__(self, librenms: LibreNMSSimulator, netbox: NetBoxApi, directory: Path, *, all_moments: bool = False) -> None:
        for device in librenms.world.devices():
            librenms.world.remove(device.device_id)
        self.librenms = librenms
        self.netbox = netbox
        self.directory = directory
        self.all_moments = all_moments
        self.warnings: list[str] = []

    def device(
        self, kind: str = "cbs350", location: str = "Paris DC2", *, serials: c.Sequence[str] | None = None, **fields: t.Any
    ) -> SimDevice:
        """A new device of LibreNMS. ``serials``: one for each unit of a stack, one for a single device, none: ()."""
        details = KINDS[kind]
        device_id = next(self.ids)
        if serials is None:
            count = (len(details.members) or 1) if details.serial_prefix else 0
            serials = [serial_number(details.serial_prefix, device_id, unit) for unit in range(count)]
        device = make_device(details, device_id, f"dev-{details.code}-{device_id}", location, serials)
        device = dataclasses.replace(device, **fields)
        self.librenms.world.put(device)
        return device

    def options(self, **options: t.Any) -> Json:
        return {
            "librenms_url": self.librenms.url,
            "librenms_token": self.librenms.token,
            "netbox_url": self.netbox.url,
            "netbox_token": self.netbox.tokens["admin_v2"],
            "all_devices": True,
            "rules": RULES,
            "cache_timeout": 0,
            "state_dir": str(self.directory / "state"),
            "cache_dir": str(self.directory / "cache"),
            **options,
        }

    def run(self, *, check: bool = False, how: How = "auto", **options: t.Any) -> Json:
        with reading(how):
            return run_import(self.options(**options), check=check, warn=self.warnings.append)

    def prove(self, **options: t.Any) -> Json:
        """One import with all that must hold of any: returns the real run's result.

        Check mode writes nothing and says what the run then does; a second run sends no write, as a run that changes nothing
        does not either. They read NetBox in different ways, which must make no difference.
        """
        before = self.netbox.changes()
        preview = self.run(check=True, how="graphql", **options)
        assert self.netbox.changes() == before
        assert preview["stats"]["netbox_writes"] == 0
        done = self.run(how="targeted", **options)
        for name in ("results", "diff", "summary", "changed"):
            assert_same(without_ids(preview[name]), without_ids(done[name]))
        assert done["changed"] == (done["stats"]["netbox_writes"] > 0)
        if done["changed"]:
            self.assert_settled(how="rest", **options)
        return done

    def assert_settled(self, *, how: How = "auto", **options: t.Any) -> Json:
        """Another run sends no write request and changes nothing; no object of LibreNMS stands in NetBox twice."""
        before = self.netbox.changes()
        again = self.run(how=how, **options)
        assert again["stats"]["netbox_writes"] == 0, again["diff"]
        assert not again["changed"]
        assert self.netbox.changes() == before
        links = collections.Counter(link for row in (*self.rows(), *self.machines()) for link in links_of(row))
        assert [link for link, count in links.items() if count > 1] == []
        return again

    def rows(self, **query: t.Any) -> list[Json]:
        return self.netbox.all("dcim/devices", **query)

    def machines(self, **query: t.Any) -> list[Json]:
        return self.netbox.all("virtualization/virtual-machines", **query)

    def state(self) -> Json:
        """Everything that imports write, without what differs from one NetBox to the next (ids, times)."""
        chassis = {row["id"]: row["name"] for row in self.netbox.all("dcim/virtual-chassis")}
        return {
            "devices": sorted((_described(row, chassis) for row in self.rows()), key=str),
            "machines": sorted((_described(row, chassis) for row in self.machines()), key=str),
            "chassis": sorted(
                [row["name"], row["domain"], row["member_count"], row["master"]["name"] if row["master"] else None]
                for row in self.netbox.all("dcim/virtual-chassis")
            ),
            "interfaces": sorted(
                [(row.get("device") or row["virtual_machine"])["name"], row["name"], sorted(links_of(row))]
                for path in ("dcim/interfaces", "virtualization/interfaces")
                for row in self.netbox.all(path)
            ),
            "addresses": sorted(
                [row["address"], row["vrf"]["name"] if row["vrf"] else "", (row["assigned_object"] or {}).get("name", "")]
                for row in self.netbox.all("ipam/ip-addresses")
            ),
            "macs": sorted(
                [row["mac_address"], (row["assigned_object"] or {}).get("name", "")] for row in self.netbox.all("dcim/mac-addresses")
            ),
            "tags": sorted([row["name"], row["slug"]] for row in self.netbox.all("extras/tags")),
            "platforms": sorted([row["name"], row["slug"]] for row in self.netbox.all("dcim/platforms")),
            "fields": [[row["name"], row["type"]["value"], sorted(row["object_types"])] for row in self.netbox.all("extras/custom-fields")],
        }

    def row(self, name: str, **query: t.Any) -> Json:
        return self.netbox.one("dcim/devices", name=name, **query)

    def stack(self, name: str) -> dict[int, Json]:
        """The members of a virtual chassis by position; that it has a master among them is checked."""
        chassis = self.netbox.one("dcim/virtual-chassis", name=name)
        members = {row["vc_position"]: row for row in self.rows(virtual_chassis_id=chassis["id"])}
        assert chassis["master"] and chassis["master"]["id"] in {row["id"] for row in members.values()}
        return members


def _described(row: Json, chassis: c.Mapping[int, str]) -> Json:
    related = ("site", "location", "rack", "role", "platform", "tenant", "cluster", "device_type")
    return {
        "name": row["name"],
        "serial": row["serial"],
        "status": row["status"]["value"],
        **{name: row[name]["display"] if row.get(name) else None for name in related},
        "tags": sorted(tag["name"] for tag in row["tags"]),
        "primary_ips": [row[name]["address"] if row[name] else None for name in ("primary_ip4", "primary_ip6")],
        "links": sorted(links_of(row)),
        "virtual_chassis": chassis[row["virtual_chassis"]["id"]] if row.get("virtual_chassis") else None,
        "vc_position": row.get("vc_position"),
    }


def assert_same(before: t.Any, after: t.Any) -> None:
    if before != after:
        old, new = (json.dumps(value, indent=1, sort_keys=True, default=str).splitlines() for value in (before, after))
        raise AssertionError("\n".join(difflib.unified_diff(old, new, lineterm="", n=6)))


def links_of(row: Json) -> list[tuple[str, int]]:
    link = row["custom_fields"].get("librenms_id")
    if isinstance(link, dict):
        return [(key, value["id"] if isinstance(value, dict) else value) for key, value in link.items()]
    return [("", int(link))] if link is not None else []


def only(result: Json) -> Json:
    """The result of the only device."""
    assert len(result["results"]) == 1
    return t.cast("Json", result["results"][0])


def by_id(result: Json) -> dict[int, Json]:
    return {item["device_id"]: item for item in result["results"]}


def codes(item: Json, kind: str = "issues") -> set[str]:
    return {issue["code"] for issue in item[kind]}


def stack_of(
    lab: Lab, units: c.Sequence[tuple[int, str]], *, master: int = 1, device: SimDevice | None = None, **fields: t.Any
) -> SimDevice:
    """A stack of C2960X, new or in place of a device: units by (number, serial), the master by its number."""
    serials = dict(units)
    inventory = functools.partial(catalyst_2960x, [Unit(number, STACK_MODEL, serial) for number, serial in units])
    changes = {"serial": serials[master], "inventory": inventory, **fields}
    if device is not None:
        return lab.librenms.world.change(device.device_id, **changes)
    return lab.device("2960x", serials=(), **changes)


def new_stack(lab: Lab, count: int = 3, master: int = 1) -> tuple[SimDevice, list[str]]:
    """A stack of that many units, with their serials in the order of their numbers."""
    number = next(lab.ids)
    serials = [f"FCW{number}ST{unit}" for unit in range(1, count + 1)]
    return stack_of(lab, list(enumerate(serials, start=1)), master=master), serials


def stack_by_hand(lab: Lab, name: str, serials: c.Sequence[str]) -> None:
    """A stack as people have put it into NetBox: a virtual chassis with a master, and members that are linked to nothing."""
    chassis = lab.netbox.add("dcim/virtual-chassis", name=name)
    rows = [
        lab.netbox.add_device(
            f"{name}-{position}", device_type=STACK_TYPE, serial=serial, virtual_chassis=chassis["id"], vc_position=position
        )
        for position, serial in enumerate(serials, start=1)
    ]
    lab.netbox.change("dcim/virtual-chassis", chassis["id"], master=rows[0]["id"])


def serials_of(members: c.Mapping[int, Json]) -> dict[int, str]:
    return {position: row["serial"] for position, row in sorted(members.items())}
