# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The kinds of NetBox objects that the collection writes: one row for each, and nowhere else anything that differs by kind.

A new kind is a new member of :class:`Target`. Its row cannot be left out, because the member is made of it.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import functools
import typing as t

from . import text

Row = c.Mapping[str, t.Any]


class Needs(enum.Enum):
    """What has to be done before a write of a stage is sent."""

    # Only what the write itself refers to.
    NOTHING = "nothing"
    # The write of the device's own object, if there is one.
    OWN = "own"
    # All writes of the device in earlier stages.
    EARLIER = "earlier"


@functools.total_ordering
class Stage(enum.Enum):
    """The stages of an import, in the order in which they depend on each other.

    What belongs to one stage is sent together: one list to create and one to change, for each kind of object, in the order of
    the kinds in :class:`Target`.

    :ivar needs: when a device's write of this stage is sent
    :ivar setup: it serves several devices and comes before all of them
    """

    needs: Needs
    setup: bool

    def __new__(cls, number: int, needs: Needs, setup: bool = False) -> t.Self:
        stage = object.__new__(cls)
        stage._value_ = number
        stage.needs = needs
        stage.setup = setup
        return stage

    # The custom field, without which nothing else can be written.
    CUSTOM_FIELD = 0, Needs.NOTHING, True
    # Tags, sites, platforms and whatever else devices refer to.
    REFERENCE = 1, Needs.NOTHING, True
    # What devices of a new type are made with, and then the mark of a type to which some of it is still missing goes.
    TEMPLATE = 2, Needs.NOTHING, True
    TYPE_READY = 3, Needs.NOTHING, True
    VIRTUAL_CHASSIS = 4, Needs.NOTHING
    # Members out of the way, to free positions.
    MOVE = 5, Needs.NOTHING
    # The object that the LibreNMS device itself is.
    OWN = 6, Needs.NOTHING
    MEMBER = 7, Needs.OWN
    # The moved members to their positions, also where the device itself failed: nothing is left at a position that was to be
    # passed through.
    SETTLE = 8, Needs.NOTHING
    # A virtual chassis without master is one that the next import completes.
    MASTER = 9, Needs.EARLIER
    INTERFACE = 10, Needs.OWN
    # Those that are part of an aggregate, then subinterfaces: NetBox knows what they are in by its number.
    INTERFACE_PART = 11, Needs.OWN
    INTERFACE_BELOW = 12, Needs.OWN
    MAC = 13, Needs.OWN
    PRIMARY_MAC = 14, Needs.OWN
    ADDRESS = 15, Needs.OWN
    # A primary address has to be on an interface of the device already. It is the last, because it shows that nothing is missing.
    PRIMARY = 16, Needs.OWN
    # What earlier imports left, and no device refers to. Before all devices, so that none is put into it.
    REMOVAL = 17, Needs.NOTHING, True

    def __lt__(self, other: Stage) -> bool:
        return int(self.value) < int(other.value)


def plain(value: object) -> object:
    """The form in which a sent value and NetBox's nested answer compare."""
    if isinstance(value, dict):
        for name in ("id", "value", "slug"):
            if name in value:
                return value[name]
    return value


@dataclasses.dataclass(frozen=True, slots=True)
class NaturalKey:
    """Which object NetBox means, in the form in which a sent body and NetBox's own row compare.

    :ivar fields: the fields of a row that decide
    """

    fields: tuple[str, ...]

    def __call__(self, row: Row) -> tuple[object, ...]:
        return tuple(plain(row.get(name)) for name in self.fields)


@dataclasses.dataclass(frozen=True, slots=True)
class NameWithin(NaturalKey):
    """A name, without case, in the first of the places that is set, and the tenant."""

    places: tuple[str, ...]

    def __call__(self, row: Row) -> tuple[object, ...]:
        place = next((found for name in self.places if (found := plain(row.get(name)))), None)
        return (text.key(str(row.get("name"))), place, plain(row.get("tenant")))


def _of(*names: str) -> NaturalKey:
    return NaturalKey(names)


def _name_in(*places: str) -> NaturalKey:
    return NameWithin(("name", *places, "tenant"), places)


def _none(_row: Row) -> bool:
    return False


def _all(_row: Row) -> bool:
    return True


def _outside(place: str) -> c.Callable[[Row], bool]:
    """The objects that are in no other one that tells their names apart."""
    return lambda row: not plain(row.get(place))


@dataclasses.dataclass(frozen=True, slots=True)
class KindRow:
    """What differs from one kind of object to the next.

    :ivar word: what people call one, and ``plural`` several
    :ivar model: Django's ``app.model``, which permissions and custom fields name
    :ivar lookup: the REST filter by which an object is found again whose answer was lost
    :ivar natural_key: which object a row or a body is, among those that the look-up finds
    :ivar stage: where it is created by itself
    :ivar shared: other objects refer to it by id or slug, whoever has made it
    :ivar unique: NetBox refuses a second object of one natural key. It takes any number of virtual chassis of one name and
        domain, and of virtual machines of one name outside clusters
    :ivar taken_twice: the objects that NetBox takes twice when two are sent at the same moment: it has no rule against it, or only
        looks before it writes. Of virtual chassis, whose master or first member decides, it need not be known
    """

    word: str
    plural: str
    model: str
    lookup: str
    natural_key: NaturalKey
    stage: Stage
    shared: bool = False
    unique: bool = True
    taken_twice: c.Callable[[Row], bool] = _none

    @property
    def lookup_field(self) -> str:
        return self.lookup.partition("__")[0].removesuffix("_id")

    def permission(self, verb: str) -> str:
        """NetBox's name of a permission, such as ``dcim.add_device``; verbs are view, add, change, delete."""
        app, _dot, model = self.model.partition(".")
        return f"{app}.{verb}_{model}"


def _template(word: str, model: str) -> KindRow:
    """A component template, which belongs to one device type."""
    return KindRow(word, f"{word}s", f"dcim.{model}template", "device_type_id", _of("device_type", "name"), Stage.TEMPLATE, shared=True)


class Target(enum.StrEnum):
    """What is written, by the path of its REST end point below ``/api/``; in the order in which kinds refer to each other."""

    row: KindRow

    def __new__(cls, path: str, row: KindRow) -> t.Self:
        target = str.__new__(cls, path)
        target._value_ = path
        target.row = row
        return target

    @property
    def is_port(self) -> bool:
        """Whether it is a kind of interface."""
        return self in ASSIGNABLE.values()

    CUSTOM_FIELD = (
        "extras/custom-fields",
        KindRow("custom field", "custom fields", "extras.customfield", "name", _of("name"), Stage.CUSTOM_FIELD, shared=True),
    )
    TAG = "extras/tags", KindRow("tag", "tags", "extras.tag", "slug", _of("slug"), Stage.REFERENCE, shared=True)
    MANUFACTURER = (
        "dcim/manufacturers",
        KindRow("manufacturer", "manufacturers", "dcim.manufacturer", "slug", _of("slug"), Stage.REFERENCE, shared=True),
    )
    SITE = "dcim/sites", KindRow("site", "sites", "dcim.site", "slug", _of("slug"), Stage.REFERENCE, shared=True)
    LOCATION = (
        "dcim/locations",
        KindRow("location", "locations", "dcim.location", "slug", _of("slug", "site"), Stage.REFERENCE, shared=True),
    )
    # NetBox takes any number of one name that are in no location, and of clusters of one name that are in no group and no site.
    RACK = (
        "dcim/racks",
        KindRow(
            "rack",
            "racks",
            "dcim.rack",
            "name",
            _of("name", "site", "location"),
            Stage.REFERENCE,
            shared=True,
            unique=False,
            taken_twice=_outside("location"),
        ),
    )
    ROLE = "dcim/device-roles", KindRow("role", "roles", "dcim.devicerole", "slug", _of("slug"), Stage.REFERENCE, shared=True)
    PLATFORM = "dcim/platforms", KindRow("platform", "platforms", "dcim.platform", "slug", _of("slug"), Stage.REFERENCE, shared=True)
    CLUSTER_TYPE = (
        "virtualization/cluster-types",
        KindRow("cluster type", "cluster types", "virtualization.clustertype", "slug", _of("slug"), Stage.REFERENCE, shared=True),
    )
    CLUSTER = (
        "virtualization/clusters",
        KindRow(
            "cluster",
            "clusters",
            "virtualization.cluster",
            "name",
            _of("name"),
            Stage.REFERENCE,
            shared=True,
            unique=False,
            taken_twice=_all,
        ),
    )
    DEVICE_TYPE = (
        "dcim/device-types",
        KindRow("device type", "device types", "dcim.devicetype", "slug", _of("manufacturer", "slug"), Stage.REFERENCE, shared=True),
    )
    CONSOLE_PORT_TEMPLATE = "dcim/console-port-templates", _template("console port template", "consoleport")
    CONSOLE_SERVER_PORT_TEMPLATE = "dcim/console-server-port-templates", _template("console server port template", "consoleserverport")
    POWER_PORT_TEMPLATE = "dcim/power-port-templates", _template("power port template", "powerport")
    POWER_OUTLET_TEMPLATE = "dcim/power-outlet-templates", _template("power outlet template", "poweroutlet")
    INTERFACE_TEMPLATE = "dcim/interface-templates", _template("interface template", "interface")
    REAR_PORT_TEMPLATE = "dcim/rear-port-templates", _template("rear port template", "rearport")
    FRONT_PORT_TEMPLATE = "dcim/front-port-templates", _template("front port template", "frontport")
    MODULE_BAY_TEMPLATE = "dcim/module-bay-templates", _template("module bay template", "modulebay")
    DEVICE_BAY_TEMPLATE = "dcim/device-bay-templates", _template("device bay template", "devicebay")
    INVENTORY_ITEM_TEMPLATE = "dcim/inventory-item-templates", _template("inventory item template", "inventoryitem")
    VIRTUAL_CHASSIS = (
        "dcim/virtual-chassis",
        KindRow("virtual chassis", "virtual chassis", "dcim.virtualchassis", "domain", _of("domain"), Stage.VIRTUAL_CHASSIS, unique=False),
    )
    DEVICE = "dcim/devices", KindRow("device", "devices", "dcim.device", "name__ie", _name_in("site"), Stage.OWN)
    VIRTUAL_MACHINE = (
        "virtualization/virtual-machines",
        KindRow(
            "virtual machine",
            "virtual machines",
            "virtualization.virtualmachine",
            "name__ie",
            _name_in("cluster", "site"),
            Stage.OWN,
            unique=False,
            taken_twice=_outside("cluster"),
        ),
    )
    INTERFACE = (
        "dcim/interfaces",
        KindRow("interface", "interfaces", "dcim.interface", "device_id", _of("device", "name"), Stage.INTERFACE),
    )
    VM_INTERFACE = (
        "virtualization/interfaces",
        KindRow(
            "interface",
            "interfaces",
            "virtualization.vminterface",
            "virtual_machine_id",
            _of("virtual_machine", "name"),
            Stage.INTERFACE,
        ),
    )
    MAC_ADDRESS = (
        "dcim/mac-addresses",
        KindRow(
            "MAC address",
            "MAC addresses",
            "dcim.macaddress",
            "mac_address",
            _of("mac_address", "assigned_object_type", "assigned_object_id"),
            Stage.MAC,
            unique=False,
            taken_twice=_all,
        ),
    )
    IP_ADDRESS = (
        "ipam/ip-addresses",
        KindRow("IP address", "IP addresses", "ipam.ipaddress", "address", _of("address", "vrf"), Stage.ADDRESS, taken_twice=_all),
    )


class ObjectKind(enum.StrEnum):
    """What a LibreNMS device is in NetBox, as the option ``import_as`` says it."""

    DEVICE = "device"
    VIRTUAL_MACHINE = "virtual_machine"

    @property
    def target(self) -> Target:
        return _OBJECTS[self][0]

    @property
    def graphql_list(self) -> str:
        """The query that lists them in NetBox's GraphQL."""
        return _OBJECTS[self][1]

    @property
    def port(self) -> Target:
        """The kind of its interfaces."""
        return _OBJECTS[self][2]

    @property
    def owner_field(self) -> str:
        """The field by which interfaces name the object that they are of; with C(_id) it is a filter."""
        return self.value

    @property
    def mac_filter(self) -> str:
        """The filter of MAC addresses by the ids of its interfaces."""
        return f"{self.port.row.model.partition('.')[2]}_id"

    @property
    def word(self) -> str:
        return self.target.row.word

    @classmethod
    def of(cls, target: Target) -> ObjectKind | None:
        """The kind that is written there; None for what no LibreNMS device is."""
        return next((kind for kind in cls if kind.target is target), None)


_OBJECTS: c.Mapping[ObjectKind, tuple[Target, str, Target]] = {
    ObjectKind.DEVICE: (Target.DEVICE, "device_list", Target.INTERFACE),
    ObjectKind.VIRTUAL_MACHINE: (Target.VIRTUAL_MACHINE, "virtual_machine_list", Target.VM_INTERFACE),
}
if set(_OBJECTS) != set(ObjectKind):
    raise TypeError("an ObjectKind without a row")

# The kinds of interfaces, as an address names the one that it is assigned to.
ASSIGNABLE: c.Mapping[str, Target] = {kind.port.row.model: kind.port for kind in ObjectKind}
