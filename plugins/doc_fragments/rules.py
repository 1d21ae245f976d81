# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How LibreNMS values become NetBox objects."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  exclude_existing:
    description: Leave out devices that NetBox has already.
    type: bool
    default: false
  match_hardware:
    description:
      - How the hardware that LibreNMS tells becomes a device type where no rule says so.
      - V(exact) takes a device type whose part number or model is the whole text.
      - V(normalised) also takes one whose part number or model stands in the text, without case, blanks and hyphens, when the rest of
        the text says nothing more than the maker, the kind of box, its revision or its firmware. Several that differ block the
        device. See C(docs/matching.md) of the collection.
    type: str
    choices: [exact, normalised]
    default: normalised
    version_added: 1.1.0
  create_missing:
    description:
      - What an import may create in NetBox when it is missing and a device needs it. Nothing is created for a device that is blocked. A
        search creates nothing; it takes the option so that what it calls C(ready) is what the import creates.
      - Sites get the name that the rules or LibreNMS's location give, and LibreNMS's latitude and longitude where its devices
        there agree on them. Locations and racks get the names that the rules give. Roles and clusters are those that the rules name; a
        cluster is of the C(cluster_type) that its rule names, or of NetBox's only one. Platforms get the name that the rules or
        LibreNMS's C(os) give.
      - Device types are made from their files in O(device_type_library), with all components and their manufacturer; else
        without components, where C(rules.manufacturers) names the manufacturer. V(manufacturers) allows that rule to name one that
        NetBox lacks.
      - Only V(platforms) and V(tags) were known before version 1.1.0, and to the import only.
    type: list
    elements: str
    choices: [sites, locations, racks, manufacturers, device_types, roles, platforms, clusters, tags]
    default: []
  device_type_library:
    description:
      - Folders of device types as YAML files, such as a checkout of the community's device type library, on the machine where the
        module runs. Of two files of one device type the first counts.
      - Hardware that means no device type of NetBox is looked for there, by the same steps. Needs V(device_types) in O(create_missing),
        and PyYAML.
      - The files are read once, and an index of them is kept in O(cache_dir) for as long as they do not change. Files that are broken
        are left out with a warning.
    type: list
    elements: path
    default: []
    version_added: 1.1.0
  rules:
    description:
      - How LibreNMS values become NetBox objects. In each list the first rule that matches wins.
      - Conditions of every rule are C(location), C(location_regex), C(os), C(type), C(hardware), C(hardware_regex),
        C(name_regex), C(hostname_regex) and C(device_group). Several conditions in one rule must all hold. A condition
        that is a list holds when one of its values does. Texts compare whole and without case, regular expressions are
        searched for (sites and device types with named groups must match the whole text).
      - Targets are names or slugs (device types also part numbers) of objects in NetBox. A target that does not exist
        is an error before anything is written.
    type: dict
    default: {}
    suboptions:
      sites:
        description:
          - Sites from LibreNMS locations. C(location_regex) may have the named groups C(site), C(location) and C(rack);
            C(location_pattern) is a text with the placeholders C({site}), C({location}) and C({rack}).
          - C(site), C(netbox_location) and C(rack) may be texts with groups of C(location_regex) in them, by number C(\1) or by name
            C({rack}), C({rack:0>2}).
          - Without a matching rule the location is taken as the exact name of a site, then as its slug.
        type: list
        elements: dict
      device_types:
        description:
          - Device types from LibreNMS hardware. C(hardware_regex) may have the named group C(device_type).
          - C(device_type) may be a text with groups of C(hardware_regex) in it, by number C(\1) or by name C({model}).
          - Without a matching rule the hardware is taken as the exact part number, then as the exact model, then as O(match_hardware)
            says, then, for a text that is empty or names a family, the model of the only chassis in the inventory where that is
            read.
        type: list
        elements: dict
      platforms:
        description:
          - Platforms from LibreNMS operating systems.
          - Without a matching rule the operating system is taken as the exact name of a platform, then as its slug.
        type: list
        elements: dict
      roles:
        description: Roles. Without a matching rule the device is blocked with C(role_not_set).
        type: list
        elements: dict
      import_as:
        description:
          - What becomes a virtual machine. C(import_as) is V(device), V(virtual_machine) or V(ignore), C(cluster) names a machine's
            cluster, C(cluster_type) the type of a cluster that is created. What is ignored is left out, as if a filter did it.
        type: list
        elements: dict
      tenants:
        description: Tenants.
        type: list
        elements: dict
      manufacturers:
        description:
          - Manufacturers of device types that neither NetBox nor O(device_type_library) has. With V(device_types) in O(create_missing)
            such a type is made without components; its model is the hardware text, or what a rule of C(device_types) makes of it.
          - Has one condition more, C(mfg_name), the maker that the inventory names (C(entPhysicalMfgName)), where the inventory is read.
        type: list
        elements: dict
        version_added: 1.1.0
  overrides:
    description: What holds for one device, whatever the rules say.
    type: list
    elements: dict
    default: []
    suboptions:
      device_id:
        description: The LibreNMS device id.
        type: int
        required: true
      name:
        description: Name in NetBox.
        type: str
      site:
        description: Site.
        type: str
      location:
        description: Location within the site.
        type: str
      rack:
        description: Rack within the site.
        type: str
      role:
        description: Role.
        type: str
      device_type:
        description: Device type.
        type: str
      platform:
        description: Platform.
        type: str
      tenant:
        description: Tenant.
        type: str
      cluster:
        description: Cluster of a virtual machine.
        type: str
      import_as:
        description: What the device becomes.
        type: str
        choices: [device, virtual_machine, ignore]
"""
