# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""NetBox's reference data: what is read of each kind, and the catalog that its rows make."""

from __future__ import annotations

import collections
import collections.abc as c
import typing as t

from .._engine.matching.catalog import Catalog, Cluster, DeviceType, Index, NetBoxObject, Platform, Role, Site, SiteObject, Tag
from .._engine.matching.missing import UNFINISHED
from .._engine.text import key

Json = dict[str, t.Any]

# The kinds of reference data that belong to a site.
PLACES = ("locations", "racks")

# What :meth:`NetBoxClient.reference` adds to the row of a cluster whose scope is a location: the id of that location's site.
SCOPE_SITE = "site_of_scope"

# For each kind the path of its end point and the columns that are read.
REFERENCE: c.Mapping[str, tuple[str, str]] = {
    "sites": ("dcim/sites", "id,name,slug"),
    "device_types": ("dcim/device-types", "id,model,slug,part_number,manufacturer,interface_template_count,description"),
    "roles": ("dcim/device-roles", "id,name,slug,vm_role"),
    "platforms": ("dcim/platforms", "id,name,slug,manufacturer"),
    "clusters": ("virtualization/clusters", "id,name,scope_type,scope_id"),
    "cluster_types": ("virtualization/cluster-types", "id,name,slug"),
    "manufacturers": ("dcim/manufacturers", "id,name,slug"),
    "tenants": ("tenancy/tenants", "id,name,slug"),
    "tags": ("extras/tags", "id,name,slug,object_types"),
    "locations": ("dcim/locations", "id,name,slug,site"),
    "racks": ("dcim/racks", "id,name,site,location"),
}


def catalog(rows: c.Mapping[str, c.Sequence[Json]]) -> Catalog:
    """The catalog from rows by kind (as :meth:`NetBoxClient.reference` and :meth:`NetBoxClient.places` give them)."""

    def plain(kind: str) -> Index[NetBoxObject]:
        return Index(NetBoxObject(row["id"], row["name"], row.get("slug") or "") for row in rows.get(kind, ()))

    types = rows.get("device_types", ())
    unfinished = [row for row in types if row.get("description") == UNFINISHED]
    return Catalog(
        sites=Index(Site(row["id"], row["name"], row.get("slug") or "") for row in rows.get("sites", ())),
        device_types=Index(_device_type(row) for row in types if row not in unfinished),
        unfinished={(int(row["manufacturer"]["id"]), key(row["model"])): int(row["id"]) for row in unfinished},
        roles=Index(Role(row["id"], row["name"], row.get("slug") or "", bool(row.get("vm_role", True))) for row in rows.get("roles", ())),
        platforms=Index(
            Platform(row["id"], row["name"], row.get("slug") or "", (row.get("manufacturer") or {}).get("id"))
            for row in rows.get("platforms", ())
        ),
        clusters=Index(Cluster(row["id"], row["name"], site_id=_scope_site(row)) for row in rows.get("clusters", ())),
        tenants=plain("tenants"),
        tags=Index(
            Tag(row["id"], row["name"], row.get("slug") or "", frozenset(row.get("object_types") or ())) for row in rows.get("tags", ())
        ),
        manufacturers=plain("manufacturers"),
        cluster_types=plain("cluster_types"),
        locations=_by_site(rows.get("locations", ())),
        racks=_by_site(rows.get("racks", ())),
    )


def _device_type(row: Json) -> DeviceType:
    maker = row.get("manufacturer") or {}
    return DeviceType(
        id=row["id"],
        name=row["model"],
        slug=row.get("slug") or "",
        part_number=row.get("part_number") or "",
        manufacturer=maker.get("name") or "",
        interfaces=int(row.get("interface_template_count") or 0),
        manufacturer_id=maker.get("id"),
    )


def _scope_site(row: Json) -> int | None:
    return row.get("scope_id") if row.get("scope_type") == "dcim.site" else row.get(SCOPE_SITE)


def _by_site(rows: c.Iterable[Json]) -> dict[int, Index[SiteObject]]:
    grouped: dict[int, list[SiteObject]] = collections.defaultdict(list)
    for row in rows:
        site_id = row["site"]["id"]
        within = (row.get("location") or {}).get("id")
        grouped[site_id].append(SiteObject(row["id"], row["name"], row.get("slug") or "", site_id, within))
    return {site_id: Index(objects) for site_id, objects in grouped.items()}
