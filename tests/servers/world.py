# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The imaginary network of the demo and the tests: what its NetBox holds before the first import.

The LibreNMS simulator invents its devices for this world, and the NetBox of the tests is filled from it, so a
device's location, hardware and operating system have something to be matched with.
"""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """A site with its locations and racks (names, unique within the site)."""

    name: str
    slug: str
    locations: tuple[str, ...] = ()
    racks: tuple[str, ...] = ()
    # (rack, location). NetBox refuses a device whose rack stands in another location than the device's;
    # racks that are not named here stand in no location.
    rack_locations: tuple[tuple[str, str], ...] = ()

    def location_of_rack(self, rack: str) -> str | None:
        """The name of the location a rack stands in, None when it stands in none."""
        return dict(self.rack_locations).get(rack)


@dataclasses.dataclass(frozen=True, slots=True)
class Manufacturer:
    name: str
    slug: str


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceType:
    """``manufacturer`` is a name of MANUFACTURERS; ``interfaces`` is how many interface templates it has."""

    manufacturer: str
    model: str
    slug: str
    part_number: str = ""
    u_height: int = 1
    interfaces: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """``color`` is six hexadecimal digits; ``vm_role`` says whether virtual machines may have it."""

    name: str
    slug: str
    color: str
    vm_role: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Platform:
    name: str
    slug: str


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterType:
    name: str
    slug: str


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """``type`` is a name of CLUSTER_TYPES. A cluster of a site takes virtual machines of that site only."""

    name: str
    type: str
    site: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Tenant:
    name: str
    slug: str


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingDevice:
    """A device that stands in NetBox before the first import.

    ``site``, ``role`` are names and ``device_type`` is a model of this module. ``librenms_id`` is the id within the
    LibreNMS of the server key ``default``, None when the device is not linked yet.
    """

    name: str
    site: str
    device_type: str
    role: str
    serial: str = ""
    librenms_id: int | None = None
    status: str = "active"


SITES: tuple[Site, ...] = (
    # LibreNMS calls it "ams1": neither its name nor its slug, so a rule is needed.
    Site("AMS1 NTT", "ams1-ntt", racks=("A01", "A02", "A03")),
    # "NYC, Suite 400, R12": the pattern {site}, {location}, {rack}.
    Site(
        "NYC",
        "nyc",
        locations=("Suite 400", "Suite 410"),
        racks=("R11", "R12", "R13", "R21"),
        rack_locations=(("R11", "Suite 400"), ("R12", "Suite 400"), ("R13", "Suite 400"), ("R21", "Suite 410")),
    ),
    # "LDN-R07": a regular expression with the groups site and rack.
    Site("LDN", "ldn", racks=("R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08")),
    # Exact name.
    Site("Paris DC2", "paris-dc2", locations=("Hall A", "Hall B"), racks=("H1", "H2"), rack_locations=(("H1", "Hall A"),)),
    # LibreNMS says "fra2": the slug.
    Site("Frankfurt 2", "fra2"),
    # LibreNMS says "LSVG": a rule.
    Site("Las Vegas", "las-vegas", racks=("LV1",)),
    # Exact name, beyond ASCII.
    Site("Zürich West", "zurich-west"),
    # Exact name; the site of the cluster lab-kvm.
    Site("Vienna HQ", "vienna-hq", locations=("Server room",), racks=("V1", "V2"), rack_locations=(("V1", "Server room"),)),
)

MANUFACTURERS: tuple[Manufacturer, ...] = (
    Manufacturer("Cisco", "cisco"),
    Manufacturer("Juniper", "juniper"),
    Manufacturer("Arista", "arista"),
    Manufacturer("Aruba", "aruba"),
    Manufacturer("HPE", "hpe"),
    Manufacturer("Huawei", "huawei"),
    Manufacturer("Alcatel-Lucent Enterprise", "alcatel-lucent-enterprise"),
    Manufacturer("Fortinet", "fortinet"),
    Manufacturer("Palo Alto Networks", "palo-alto"),
    Manufacturer("APC", "apc"),
    Manufacturer("Dell", "dell"),
)

DEVICE_TYPES: tuple[DeviceType, ...] = (
    DeviceType("Cisco", "C9300-48P", "cisco-c9300-48p", interfaces=4),
    DeviceType("Cisco", "C9300-24T", "cisco-c9300-24t", interfaces=24),
    DeviceType("Cisco", "Catalyst 9300-48UXM", "cisco-c9300-48uxm", part_number="C9300-48UXM", interfaces=2),
    DeviceType("Cisco", "C9200L-24P-4G", "cisco-c9200l-24p-4g", interfaces=4),
    DeviceType("Cisco", "C9200L-48P-4X", "cisco-c9200l-48p-4x", interfaces=2),
    DeviceType("Cisco", "Catalyst 2960X-48FPS-L", "cisco-ws-c2960x-48fps-l", part_number="WS-C2960X-48FPS-L", interfaces=2),
    DeviceType("Cisco", "Catalyst 2960X-24PS-L", "cisco-ws-c2960x-24ps-l", part_number="WS-C2960X-24PS-L", interfaces=2),
    DeviceType("Cisco", "C9404R", "cisco-c9404r", u_height=6, interfaces=1),
    DeviceType("Cisco", "C9500-48Y4C", "cisco-c9500-48y4c", interfaces=4),
    DeviceType("Cisco", "Nexus 93180YC-EX", "cisco-n9k-c93180yc-ex", part_number="N9K-C93180YC-EX", interfaces=6),
    DeviceType("Cisco", "ASR1001-X", "cisco-asr1001-x", interfaces=8),
    DeviceType("Cisco", "CBS350-24P-4X", "cisco-cbs350-24p-4x", interfaces=2),
    DeviceType("Cisco", "AIR-CT3504-K9", "cisco-air-ct3504-k9", interfaces=1),
    DeviceType("Juniper", "MX480", "juniper-mx480", part_number="CHAS-BP-MX480-S", u_height=8, interfaces=1),
    DeviceType("Juniper", "EX4300-48MP", "juniper-ex4300-48mp", interfaces=2),
    DeviceType("Juniper", "EX4600-40F", "juniper-ex4600-40f", interfaces=2),
    DeviceType("Juniper", "QFX5120-48Y", "juniper-qfx5120-48y", interfaces=2),
    DeviceType("Arista", "DCS-7280SR-48C6", "arista-dcs-7280sr-48c6", interfaces=4),
    DeviceType("Aruba", "6300M-48G-CL4-PoE", "aruba-6300m-48g-cl4-poe", part_number="JL661A", interfaces=2),
    DeviceType("Aruba", "2530-24G", "aruba-2530-24g", part_number="J9776A"),
    # The same product under two names of its maker: "J9776A" is ambiguous.
    DeviceType("HPE", "2530-24G", "hpe-2530-24g", part_number="J9776A"),
    DeviceType("HPE", "5130-24G-4SFP+ EI", "hpe-5130-24g-4sfp-ei", part_number="JG932A", interfaces=2),
    DeviceType("Huawei", "S5720-36C-EI-AC", "huawei-s5720-36c-ei-ac", interfaces=2),
    DeviceType("Alcatel-Lucent Enterprise", "OS6860E-P48", "ale-os6860e-p48", interfaces=2),
    DeviceType("Alcatel-Lucent Enterprise", "OS6860E-U28", "ale-os6860e-u28", interfaces=2),
    DeviceType("Fortinet", "FortiGate 600E", "fortinet-fg-600e", part_number="FG-600E", interfaces=4),
    DeviceType("Fortinet", "FortiGate 60F", "fortinet-fg-60f", part_number="FG-60F", interfaces=4),
    DeviceType("Palo Alto Networks", "PA-5220", "palo-alto-pa-5220", u_height=3, interfaces=4),
    DeviceType("APC", "Smart-UPS 1000", "apc-smart-ups-1000", part_number="SMT1000RMI2UC"),
    DeviceType("Dell", "PowerEdge R250", "dell-poweredge-r250", interfaces=2),
    DeviceType("Dell", "PowerEdge R640", "dell-poweredge-r640", interfaces=4),
)

ROLES: tuple[Role, ...] = (
    Role("Router", "router", "2196f3", vm_role=True),
    Role("Switch", "switch", "4caf50"),
    Role("Firewall", "firewall", "f44336", vm_role=True),
    Role("Access Switch", "access-switch", "8bc34a"),
    Role("Core", "core", "673ab7"),
    Role("Server", "server", "607d8b", vm_role=True),
    Role("Power", "power", "ff9800"),
    Role("Wireless", "wireless", "00bcd4"),
)

PLATFORMS: tuple[Platform, ...] = (
    Platform("Cisco IOS", "cisco-ios"),
    Platform("Cisco IOS-XE", "cisco-ios-xe"),
    Platform("Cisco NX-OS", "cisco-nx-os"),
    Platform("Cisco Small Business", "cisco-small-business"),
    Platform("Cisco AireOS", "cisco-aireos"),
    Platform("Juniper Junos", "juniper-junos"),
    Platform("Arista EOS", "arista-eos"),
    Platform("ArubaOS-CX", "arubaos-cx"),
    Platform("HPE ProCurve", "procurve"),
    Platform("HPE Comware", "comware"),
    Platform("Huawei VRP", "vrp"),
    Platform("ALE AOS", "aos7"),
    Platform("Fortinet FortiOS", "fortios"),
    Platform("Palo Alto PAN-OS", "panos"),
    Platform("APC AOS", "apc"),
    Platform("Linux", "linux"),
    Platform("Windows", "windows"),
)

CLUSTER_TYPES: tuple[ClusterType, ...] = (ClusterType("VMware vSphere", "vmware-vsphere"), ClusterType("KVM", "kvm"))

CLUSTERS: tuple[Cluster, ...] = (Cluster("prod-vmware", "VMware vSphere"), Cluster("lab-kvm", "KVM", site="Vienna HQ"))

TENANTS: tuple[Tenant, ...] = (Tenant("Network Operations", "network-operations"), Tenant("Lab", "lab"))

EXISTING_DEVICES: tuple[ExistingDevice, ...] = (
    # Linked: found by its id.
    ExistingDevice("ams1-rtr-01", "AMS1 NTT", "MX480", "Router", serial="JN11C0DE0AFA", librenms_id=101),
    # Linked, and renamed in LibreNMS since.
    ExistingDevice("par-acc-09", "Paris DC2", "C9200L-24P-4G", "Access Switch", librenms_id=102),
    # Not linked: found by its serial number.
    ExistingDevice("ams1-fw-01", "AMS1 NTT", "FortiGate 600E", "Firewall", serial="FG6H1E5819900123"),
    # By its serial number, under another name.
    ExistingDevice("nyc-old-switch-5", "NYC", "C9300-48P", "Access Switch", serial="FOC2401X0AA", status="staged"),
    # By its name, which is written differently.
    ExistingDevice("PAR-SRV-02", "Paris DC2", "PowerEdge R250", "Server"),
    ExistingDevice("vie-ups-01", "Vienna HQ", "Smart-UPS 1000", "Power"),
    # LibreNMS's device 107 has the serial number of the second one: an identity conflict.
    ExistingDevice("fra2-acc-01", "Frankfurt 2", "C9300-48P", "Access Switch", serial="FOC2401X0C7", librenms_id=107),
    ExistingDevice("fra2-acc-02", "Frankfurt 2", "C9300-48P", "Access Switch", serial="FOC2401X0C8"),
    # Unit 2 of the stack nyc-stk-01, entered by hand as a device of its own.
    ExistingDevice("nyc-stk-01-unit2", "NYC", "C9300-48P", "Access Switch", serial="FOC2405L0M2"),
    # Not in LibreNMS, with a placeholder for a serial number.
    ExistingDevice("ldn-legacy-01", "LDN", "Catalyst 2960X-24PS-L", "Switch", serial="N/A", status="offline"),
)
