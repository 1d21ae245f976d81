# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Makers of hardware: what they are called, which of LibreNMS's operating systems run on theirs only, and how they spell their models.

A maker stands for all the names that its products carry, because mergers left several of them in every NetBox.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from ..text import key


@dataclasses.dataclass(frozen=True, slots=True)
class Maker:
    """One maker.

    :param names: words of which one stands in the name of its manufacturer in NetBox
    :param words: further words that its devices put before a model and that say nothing more than the maker
    :param systems: LibreNMS's ``os`` of devices that nobody else makes
    :param brands: words that begin a model, and that are left out as often as not
    :param spellings: other ways to write a model or part number, as a pattern of the whole of its squashed form and a template
    """

    names: frozenset[str]
    words: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    spellings: tuple[tuple[re.Pattern[str], str], ...] = ()

    @property
    def all_words(self) -> frozenset[str]:
        return self.names | self.words | self.brands


def _maker(names: str, *, words: str = "", systems: str = "", brands: str = "", spellings: tuple[tuple[str, str], ...] = ()) -> Maker:
    patterns = tuple((re.compile(pattern), template) for pattern, template in spellings)
    return Maker(frozenset(names.split()), frozenset(words.split()), frozenset(systems.split()), frozenset(brands.split()), patterns)


# The systems are LibreNMS's own names, resources/definitions/os_detection/*.yaml.
MAKERS: tuple[Maker, ...] = (
    _maker(
        "cisco meraki",
        words="systems chassis k9 nexus9000 nexus7000 nexus5000 nexus3000",
        systems="ios iosxe iosxr nxos asa ftd fxos ciscosb ciscowlc ciscome1200 ciscospa ciscoat cimc catos pixos acsw asyncos ucos "
        "waas viptela ise primeinfrastructure cisco-ewc ciscosat smc-cisco merakimr merakims merakimx",
        brands="catalyst nexus",
        spellings=(
            # What sysObjectID names call a Catalyst: ciscoCatalyst3560G24TS, and order numbers WS-C3560G-24TS.
            (r"wsc(\d.*)", r"catalyst\1"),
            (r"catalyst(\d.*)", r"wsc\1"),
            # The end of an order number tells the software that is sold with it.
            (r"(fpr\d+)(?:ngfw|asa)k9", r"\1"),
            (r"(.*\d[a-z]*)k9", r"\1"),
            (r"n\dk(c\d.*)", r"\1"),
            # Integrated services routers go by both names, and Meraki's order numbers say that no licence is included.
            (r"isr(\d{3,4}[a-z]*)(?:k9)?", r"cisco\1"),
            (r"(m[grstvx]\d.*)hw", r"\1"),
        ),
    ),
    _maker(
        "juniper",
        words="networks",
        systems="junos junose screenos juniper-mss juniper-ex2500 mist",
    ),
    _maker("arista", words="networks", systems="arista_eos arista-mos"),
    _maker(
        "hpe hp hewlett aruba 3com procurve h3c",
        words="packard enterprise networks networking anw company inc",
        systems="procurve arubaos arubaos-cx aruba-instant comware hpe-ilo hpe-msl hpe-comware hpvc hp-virtual-connect hpblmos "
        "hpe-mapdu hpe-pdu hpe-rtups 3com jetdirect hp-ilo",
        brands="aruba procurve officeconnect flexfabric flexnetwork ff",
    ),
    _maker(
        "dell force10 emc",
        words="networking inc technologies",
        systems="powerconnect dnos dell-os10 drac dell-cmc dell-powervault dell-compellent dell-ups dell-rpdu dell-laser dell-ome-m "
        "equallogic ftos fluidfs sonicos-dell",
        brands="powerconnect powerswitch poweredge powervault powerscale",
    ),
    _maker(
        "extreme brocade avaya nortel enterasys foundry ruckus commscope arris",
        words="networks communications",
        systems="xos voss boss slxos enterasys extreme-vsp extremeware ironware fabos nos ewc ruckuswireless ruckuswireless-sz "
        "ruckuswireless-unleashed ruckuswireless-hotzone hiveos-wireless",
        brands="summit br",
    ),
    _maker(
        "huawei",
        words="technologies",
        systems="vrp smartax smartax-mdu huaweiups huawei-smu ibmc fusionsphere",
        brands="quidway cloudengine",
    ),
    _maker(
        "fortinet",
        systems="fortigate fortios fortiswitch fortiap fortiauthenticator fortiadc fortimail fortisandbox fortiweb fortiwlc fortivoice "
        "fortiextender forticlient",
        spellings=((r"fortigate(\d.*)", r"fgt\1"), (r"fortiwifi(\d.*)", r"fwf\1"), (r"fortiswitch(\w*\d.*)", r"fsw\1")),
    ),
    _maker("palo", words="alto networks paloaltonetworks", systems="panos prisma-sdwan ion"),
    # RouterOS and SwOS name the board, which has the same name in a desktop and in a rack enclosure.
    _maker(
        "mikrotik",
        systems="routeros swos swos-lite",
        spellings=((r"((?:crs|css|ccr|rb|l0)[\w+]*?)(?:in|rm)", r"\1"), (r"rb(\d.*)", r"routerboard\1")),
    ),
    _maker(
        "nokia alcatel",
        words="lucent enterprise networks",
        systems="timos aos6 aos7 stellar nokia-isam nokia-1830 nokia-sros nokia-srlinux",
    ),
    _maker(
        "ubiquiti",
        words="ubnt networks inc",
        systems="unifi edgeswitch edgeos edgeosolt airos airos-af airos-af60 airos-af-ltu airos-af11x unifi-usp",
    ),
    _maker(
        "check checkpoint",
        words="point software cp",
        systems="gaia ipso gaia-embedded splat",
        # Security Gateway: the appliances call themselves by the bare number.
        spellings=((r"sg(\d.*)", r"cp\1"), (r"sg(\d.*)", r"checkpoint\1")),
    ),
    _maker("allied", words="telesis alliedtelesis ati", systems="awplus allied alliedtelesis", brands="at"),
    _maker(
        "lenovo ibm",
        words="blade system",
        systems="xclarity lenovo-imm ibmnos ibm-imm ibm-amm ibmtl imm lenovoemc cnos",
        brands="thinksystem",
    ),
    _maker("supermicro", words="super micro", systems="supermicro-bmc supermicro-switch", brands="superserver superstorage"),
    _maker("apc schneider american", words="by electric power conversion", systems="apc apc-mgeups netbotz apc-epdu"),
    _maker(
        "eaton",
        words="powerware",
        systems="eatonups eatonpdu eaton-mgeups eatonupsm2 eaton-matrix eaton-sc300 eaton-ats tripplite trippliteconsole",
        brands="tripp lite",
    ),
    _maker("sophos", systems="sophos sophos-xg"),
    _maker("d-link dlink", words="d link corporation", systems="dlink dlinkap dlinkdp"),
    _maker(
        "zyxel",
        words="communications",
        systems="zynos zywall zyxelnwa zyxelwlc zyxelac zyxelusg zyxelac-nwa prestige zyxelies",
        brands="zywall",
    ),
    _maker("netgear", words="inc", systems="netgear netgear-wax", brands="prosafe"),
    _maker("tp-link tplink", words="tp link", systems="jetstream tplink", brands="jetstream"),
    _maker("qnap", words="systems", systems="qnap quts"),
    _maker("synology", words="inc", systems="dsm srm"),
    _maker("sonicwall", words="inc", systems="sonicwall", brands="sonicwall"),
    _maker("watchguard", words="technologies", systems="firebox", brands="firebox"),
    _maker("f5", words="networks", systems="f5 f5os tmos", brands="big-ip"),
    _maker("edgecore accton", words="networks", systems="edgecos ecos"),
    _maker("ufispace ufi", words="space"),
    _maker("mellanox nvidia", words="technologies", systems="mellanox onyx mlnx-os"),
    _maker("ciena", systems="ciena-saos ciena-sds ciena-rls ciena-waveserver"),
    _maker("opengear", systems="opengear"),
    _maker("fujitsu", systems="fujitsu-irmc fujitsupyos etherfabric"),
)

# Legal forms, after any maker's name.
COMPANY_WORDS = frozenset(["inc", "incorporated", "corp", "corporation", "co", "ltd", "limited", "llc", "gmbh", "ag"])


def words(text: str) -> list[str]:
    """The words of a name, without case and punctuation."""
    return re.findall(r"[^\W_]+", key(text))


def _letters(text: str) -> str:
    return "".join(words(text))


@functools.lru_cache(maxsize=4096)
def maker_of(manufacturer: str) -> Maker:
    """The maker that a manufacturer of NetBox is; one of its own where none of the known is meant."""
    own = {*words(manufacturer), *key(manufacturer).split()}
    for maker in MAKERS:
        if maker.names & own:
            return maker
    return Maker(frozenset({_letters(manufacturer)}), frozenset(own))


@functools.lru_cache(maxsize=4096)
def maker_of_os(os: str) -> Maker | None:
    """The maker that a LibreNMS operating system tells by itself."""
    return next((maker for maker in MAKERS if key(os) in maker.systems), None)


# From here on a name at the beginning of an operating system's is no coincidence: "zyxelac", but not "rad" in "radlan".
_TELLING_LENGTH = 5


@functools.lru_cache(maxsize=65536)
def runs_on(os: str, manufacturer: str) -> bool | None:
    """Whether devices with an operating system are a manufacturer's; None where the operating system does not tell.

    Besides the known systems, one that begins with the manufacturer's name is its own: C(raritan-pdu), C(eltex-mes23xx).
    """
    known = maker_of_os(os)
    if known is not None:
        return known == maker_of(manufacturer)
    system, name = key(os), _letters(manufacturer)
    if not name:
        return None
    first = words(manufacturer)[0]
    parts = re.split(r"[-_]", system)
    return True if parts[0] in (name, first) or (len(name) >= _TELLING_LENGTH and _letters(system).startswith(name)) else None
