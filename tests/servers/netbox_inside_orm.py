# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill a database of the NetBox test server through NetBox's own models. Run by NetBox's own Python.

Reads one JSON object from standard input: ``{"what": "accounts" | "world" | "devices" | "loop" | "migrate", "data": ...}``, and
prints what the action gives as JSON; the database is the one that the environment names. Nothing here but "loop" leaves a trace in the
change log or the job list.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import typing as t
import uuid

import django

django.setup()

from core.models import Job, ObjectType  # noqa: E402
from dcim.models import (  # noqa: E402
    Device,
    DeviceRole,
    DeviceType,
    Interface,
    InterfaceTemplate,
    Location,
    Manufacturer,
    Platform,
    Rack,
    Site,
)
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils.text import slugify  # noqa: E402
from extras.models import CustomField, Tag  # noqa: E402
from netbox.context_managers import event_tracking  # noqa: E402
from tenancy.models import Tenant  # noqa: E402
from users.constants import OBJECTPERMISSION_OBJECT_TYPES  # noqa: E402
from users.models import ObjectPermission, Token, User  # noqa: E402
from utilities.request import NetBoxFakeRequest  # noqa: E402
from virtualization.models import Cluster, ClusterType, VirtualMachine, VMInterface  # noqa: E402

Item = dict[str, t.Any]


def accounts(data: Item) -> None:
    """Create users, their permissions and tokens."""
    users = {}
    for item in data["users"]:
        user = users[item["name"]] = User(username=item["name"], is_superuser=item["superuser"], is_active=True)
        user.set_password(data["password"])
        user.save()
        for number, permission in enumerate(item["permissions"], 1):
            granted = ObjectPermission.objects.create(name=f"{item['name']} {number}", actions=list(permission["actions"]))
            granted.object_types.set(_object_types(permission["object_types"]))
            granted.users.add(user)
    expired = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for item in data["tokens"]:
        version_two = {"key": item["key"]} if item["key"] else {}
        Token(
            user=users[item["user"]],
            version=item["version"],
            token=item["secret"],
            description=item["name"],
            write_enabled=item["write_enabled"],
            enabled=item["enabled"],
            expires=expired if item["expired"] else None,
            **version_two,
        ).save()


def world(data: dict[str, list[Item]]) -> None:
    """Create the reference data and the devices that exist before the first import."""
    sites = {item["name"]: _site(item) for item in data["sites"]}
    makers = {item["name"]: _saved(Manufacturer(name=item["name"], slug=item["slug"])) for item in data["manufacturers"]}
    types = {item["model"]: _device_type(item, makers) for item in data["device_types"]}
    roles = {item["name"]: _saved(DeviceRole(**item)) for item in data["roles"]}
    for item in data["platforms"]:
        _saved(Platform(**item))
    for item in data["tenants"]:
        _saved(Tenant(**item))
    cluster_types = {item["name"]: _saved(ClusterType(**item)) for item in data["cluster_types"]}
    for item in data["clusters"]:
        _saved(Cluster(name=item["name"], type=cluster_types[item["type"]], scope=sites[item["site"]] if item["site"] else None))
    if any(item["librenms_id"] is not None for item in data["existing_devices"]):
        field = _saved(CustomField(name="librenms_id", label="LibreNMS ID", type="json"))
        field.object_types.set(ObjectType.objects.get_for_model(model) for model in (Device, VirtualMachine, Interface, VMInterface))
    for item in data["existing_devices"]:
        link = {} if item["librenms_id"] is None else {"librenms_id": {"default": item["librenms_id"]}}
        device = Device(
            name=item["name"],
            site=sites[item["site"]],
            device_type=types[item["device_type"]],
            role=roles[item["role"]],
            serial=item["serial"],
            status=item["status"],
        )
        device.custom_field_data.update(link)
        _saved(device)


def devices(data: Item) -> None:
    """Create many linked devices at once, of the types, sites and the first role that there are."""
    types, sites = list(DeviceType.objects.all()), list(Site.objects.all())
    role = DeviceRole.objects.first()
    rows = [
        Device(
            name=f"many-{number}",
            site=sites[number % len(sites)],
            device_type=types[number % len(types)],
            role=role,
            serial=f"MANY{number}",
            custom_field_data={"librenms_id": {"default": data["first_id"] + number}},
        )
        for number in range(data["count"])
    ]
    Device.objects.bulk_create(rows, batch_size=1000)


def loop(data: Item) -> float:
    """Seconds for devices and virtual machines that are made one by one, each checked, tagged and in the change log.

    ``bodies`` are those of the REST API. They stay.
    """
    tags = {tag.slug: tag for tag in Tag.objects.all()}
    # What NetBox gives its own scripts.
    fake = {"META": {}, "GET": {}, "POST": {}, "FILES": {}, "path": "", "method": "POST", "user": User.objects.get(username="admin")}
    seconds = 0.0
    with event_tracking(NetBoxFakeRequest(fake | {"id": uuid.uuid4()})):
        for number, body in enumerate(data["bodies"]):
            begun = time.monotonic()
            with transaction.atomic():
                model = Device if "device_type" in body else VirtualMachine
                made = _saved(model(**{_COLUMNS.get(name, name): value for name, value in body.items() if name != "tags"}))
                made.tags.set([tags[tag["slug"]] for tag in body.get("tags", ())])
            # The first one loads what all need.
            seconds += time.monotonic() - begun if number else 0.0
    return seconds


# The fields of a body that Django calls otherwise, where they are sent by id.
_COLUMNS = {name: f"{name}_id" for name in ("site", "location", "rack", "device_type", "role", "platform", "tenant", "cluster")}
_COLUMNS["custom_fields"] = "custom_field_data"


def migrate(_data: Item) -> None:
    """Apply the migrations that the database lacks: none when the restored seed is of this NetBox."""
    call_command("migrate", interactive=False, verbosity=0)


def _site(item: Item) -> t.Any:
    site = _saved(Site(name=item["name"], slug=item["slug"]))
    locations = {name: _saved(Location(site=site, name=name, slug=slugify(name))) for name in item["locations"]}
    places = dict(item["rack_locations"])
    for name in item["racks"]:
        _saved(Rack(site=site, name=name, location=locations[places[name]] if name in places else None))
    return site


def _device_type(item: Item, makers: dict[str, t.Any]) -> t.Any:
    device_type = _saved(
        DeviceType(
            manufacturer=makers[item["manufacturer"]],
            model=item["model"],
            slug=item["slug"],
            part_number=item["part_number"],
            u_height=item["u_height"],
        )
    )
    for number in range(1, item["interfaces"] + 1):
        InterfaceTemplate(device_type=device_type, name=f"GigabitEthernet0/{number}", type="1000base-t").save()
    return device_type


def _saved(instance: t.Any) -> t.Any:
    """Validate as the REST API would, then save."""
    instance.full_clean()
    instance.save()
    return instance


def _object_types(names: t.Sequence[str]) -> list[t.Any]:
    if not names:
        return list(ObjectType.objects.filter(OBJECTPERMISSION_OBJECT_TYPES))
    return [ObjectType.objects.get_by_natural_key(*name.split(".")) for name in names]


def main() -> None:
    request = json.load(sys.stdin)
    action = {"accounts": accounts, "world": world, "devices": devices, "loop": loop, "migrate": migrate}[request["what"]]
    if action is migrate:
        migrate({})
        return
    if action is loop:
        # Each device in a transaction of its own.
        json.dump(loop(request["data"]), sys.stdout)
        return
    with transaction.atomic():
        answer = action(request["data"])
    # Saving a device schedules background work, which a template database must not carry along.
    Job.objects.all().delete()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
