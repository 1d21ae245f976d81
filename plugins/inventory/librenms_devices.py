# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: librenms_devices
short_description: LibreNMS devices as hosts, stacks as groups
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Makes a host of each selected LibreNMS device, with what LibreNMS knows of it as variables.
  - Reads LibreNMS only, with one request for all devices; more only for stacks (O(virtual_chassis)), ports (O(ports)) and device groups.
  - The name of an inventory file ends in C(.librenms.yml) or C(.librenms.yaml).
  - What comes from LibreNMS is never evaluated as a template, whatever a device calls itself.
notes:
  - Ansible only warns about an inventory source that fails, and goes on without its hosts. Set C(any_unparsed_is_failed = true) in
    section C([inventory]) of C(ansible.cfg), or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED), to make it stop instead.
  - In names of hosts everything is replaced by underscores that a host name or address cannot have, as a name is part of templates, paths
    and the command line of C(ssh). C(ansible_host) is left out where it would be neither, also when O(host_address) or O(compose) make it
    of what a device says; so are C(ansible_user) and the like that would begin with a hyphen. There is a warning for each.
extends_documentation_fragment:
  - netsot.librenms.librenms.plugins
  - netsot.librenms.selection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Always V(netsot.librenms.librenms_devices).
    type: str
    required: true
    choices: [netsot.librenms.librenms_devices]
  host_address:
    description:
      - What becomes C(ansible_host). V(ip) is the address that LibreNMS polls, or the hostname when there is none; V(hostname) is the
        hostname; anything else is a template that may use the host's variables.
      - All members of a stack have the stack's address.
    type: str
    default: ip
  vars_prefix:
    description:
      - The beginning of the names of all host variables.
      - The variables are C(device_id), C(name), C(hostname), C(sysname), C(ip), C(os), C(version), C(hardware), C(serial), C(type),
        C(location), C(location_id), C(latitude), C(longitude), C(status) (V(up) or V(down)), C(disabled), C(ignored), C(parent_id)
        and C(virtual_chassis); C(device_groups) with O(group_by=device_group). Text that LibreNMS does not have is empty.
    type: str
    default: librenms_
  network_os:
    description:
      - C(ansible_network_os) by LibreNMS operating system. Is put over the built-in map, which knows C(arista_eos), C(arubaos-cx), C(asa),
        C(ciscosb), C(dell-os10), C(fortigate), C(ios), C(iosxe), C(iosxr), C(junos), C(nxos), C(panos), C(routeros), C(srlinux) and
        C(vyos). An empty value takes an entry away.
    type: dict
    default: {}
  group_by:
    description:
      - Ready-made groups, such as C(location_ams1), C(os_iosxe) or C(status_up). A device without a value is in none.
      - V(device_group) costs one request for the list of device groups and one for each of them.
    type: list
    elements: str
    choices: [location, os, type, hardware, status, device_group]
    default: []
  virtual_chassis:
    description:
      - Whether stacks are detected, as M(netsot.librenms.librenms_device_search) does it. Costs one request for each device that could
        be one.
      - V(false) does not.
      - V(groups) makes of each stack a group C(vc_NAME) in the group C(virtual_chassis). The variable C(virtual_chassis) of its host has
        C(status) (V(stack), V(single) or V(unknown)), C(reason), C(master_position) and C(members), a list with C(position), C(serial),
        C(model), C(name) and C(is_master).
      - V(members) also makes of each member a host of that group, called C(NAME-M1), C(NAME-M2) and so on, and puts these into the group
        C(virtual_chassis_members). C(serial) and C(hardware) are the member's own, and it has the variables C(member_position),
        C(member_name), C(is_master) and C(stack_host) as well.
    type: raw
    default: false
  ports:
    description:
      - Whether each host has the variable C(interfaces), a list with C(name), C(description), C(type) (the ifType), C(enabled), C(mtu),
        C(speed) (in kbit/s), C(mac_address) and C(addresses) (with their masks). Values that only stand for one are null or empty.
      - Costs two requests for all devices, or two for each where the devices are a small part of those that LibreNMS has.
      - The members of a stack all have the stack's interfaces.
    type: bool
    default: false
    version_added: 1.1.0
  strict_fetch:
    description:
      - Whether the source fails when LibreNMS cannot be read.
      - With V(false) and O(cache=true) what was cached last is used instead, even if it has expired, and there is a warning. Without it the
        source fails all the same; only when nothing but inventories or ports could not be read are the devices taken as they are.
      - A cache plugin that removes expired entries by itself, such as C(redis), has none of them to fall back to.
    type: bool
    default: true
seealso:
  - module: netsot.librenms.librenms_device_search
  - module: netsot.librenms.netbox_device_import
"""

EXAMPLES = r"""
# All that is up at two sites. URL and token come from LIBRENMS_URL and LIBRENMS_TOKEN.
plugin: netsot.librenms.librenms_devices
filters:
  location: [ams1, fra2]
  status: [up]

---
# Every device, grouped, kept for five minutes. The token is read from HashiCorp Vault.
plugin: netsot.librenms.librenms_devices
librenms_url: https://librenms.example.net
librenms_token: "{{ lookup('community.hashi_vault.vault_kv2_get', 'librenms').secret.token }}"
all_devices: true
group_by: [location, os, device_group]
keyed_groups:
  - key: librenms_version
    prefix: version
compose:
  ansible_connection: "'ansible.netcommon.network_cli' if ansible_network_os is defined else 'ssh'"
groups:
  old_iosxe: librenms_os == 'iosxe' and librenms_version is version('17.6', '<')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/librenms-inventory
cache_timeout: 300

---
# Switches, each member of a stack as a host of its own.
plugin: netsot.librenms.librenms_devices
filters:
  type: [network]
virtual_chassis: members
"""

import collections.abc as c
import os
import sys
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable, get_cache_plugin

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import iso_time
from ansible_collections.netsot.librenms.plugins.module_utils._deps import MINIMUM, problem
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._http.session import REQUESTS_IMPORT_ERROR
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory import HostEntry, Hosts, Surroundings, build_hosts
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_constructed import Construction
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_options import InventoryOptions, check_names
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_source import (
    PartsUnread,
    Reading,
    Source,
    read_source,
    source_digest,
)

TEMPLATED = ("librenms_url", "librenms_token", "filters", "exclude")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "netsot.librenms.librenms_devices"

    inventory: t.Any
    _unset: frozenset[str] = frozenset()

    def verify_file(self, path: str) -> bool:
        return path.endswith((".librenms.yml", ".librenms.yaml")) and super().verify_file(path)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            check_names(config, self._option_names())
            self._unset = self._empty_in_environment(config)
            _check_requests()
            options = InventoryOptions.from_options({name: self._option(name) for name in self.option_definitions})
            hosts = self._hosts(self._source(options, self.get_cache_key(path), cache), options)
        except CollectionError as error:
            # Without a cause, since newer versions of ansible-core would say everything twice.
            raise AnsibleParserError(str(error)) from None
        for text in hosts.warnings:
            self.display.warning(text)
        self._add(hosts)

    # Options

    def _option_names(self) -> set[str]:
        aliases = {alias for definition in self.option_definitions.values() for alias in definition.get("aliases", ())}
        return {*self.option_definitions, *aliases}

    def _empty_in_environment(self, config: c.Container[str]) -> frozenset[str]:
        """The options that only an empty variable of the environment gives: credentials of AWX set every variable.

        Empty is not set, and Ansible would make the working directory of an empty path.
        """
        empty = set()
        for name, definition in self.option_definitions.items():
            variables = [os.environ[item["name"]] for item in definition.get("env", ()) if item["name"] in os.environ]
            named = any(given in config for given in (name, *definition.get("aliases", ())))
            if variables and not named and not any(variables):
                empty.add(name)
        return frozenset(empty)

    def _option(self, name: str) -> t.Any:
        if name in self._unset:
            return self.option_definitions[name].get("default")
        value = self.get_option(name)
        if name not in TEMPLATED:
            return value
        self.templar.available_variables = self._vars
        if not self.templar.is_template(value):
            return value
        try:
            return self.templar.template(value)
        except AnsibleError as error:
            raise AnsibleParserError(f"The template of {name} could not be evaluated: {error}") from None

    # What LibreNMS said

    def _source(self, options: InventoryOptions, key: str, may_use_cache: bool) -> Source:
        """From the cache or from LibreNMS. Raises CollectionError for a read that failed."""
        digest = source_digest(options)
        is_cached = self.get_option("cache")
        if is_cached and may_use_cache and (kept := self._kept(self._cache, key, digest)):
            self.display.v(f"{len(kept.devices)} devices of {options.connection.url} from the cache, read at {iso_time(kept.fetched_at)}")
            return kept
        source = None
        failure: CollectionError | None
        try:
            reading = read_source(options)
        except CollectionError as error:
            failure = error
        else:
            source, failure = reading.source, reading.source.unread() or self._unlike_before(reading, key, digest)
            self.display.v(
                f"{len(source.devices)} devices of {options.connection.url}: {reading.requests} requests, {reading.seconds:.1f} seconds"
            )
            for note in reading.notes:
                self.display.warning(note)
        if failure is None and source is not None:
            if not source.devices:
                # LibreNMS also answers so when its database refuses a query, which must not last.
                self.display.warning(f"LibreNMS ({options.connection.url}) has no device that this inventory selects.")
            elif silence := source.silence():
                self.display.warning(silence)
            elif is_cached:
                self._cache[key] = source.to_json(digest)
            return source
        if failure is not None and options.strict_fetch:
            raise failure
        older = self._kept(self._cache_without_end(), key, digest) if is_cached else None
        if older is not None:
            self.display.warning(f"{failure} What was read at {iso_time(older.fetched_at)} is used.")
            return older
        if source is None:
            raise failure or CollectionError("LibreNMS could not be read.")
        self.display.warning(f"{failure} {failure.otherwise if isinstance(failure, PartsUnread) else ''}".rstrip())
        return source

    def _unlike_before(self, reading: Reading, key: str, digest: str) -> CollectionError | None:
        """The error for what is empty and was not when it was cached last."""
        if not self.get_option("cache") or not (reading.is_void or reading.source.silence()):
            return None
        older = self._kept(self._cache_without_end(), key, digest)
        return reading.unlike(older) if older is not None else None

    def _kept(self, cache: t.Any, key: str, digest: str) -> Source | None:
        try:
            kept = cache[key]
        except KeyError:
            return None
        except (AnsibleError, AttributeError, TypeError, ValueError) as error:
            # Damaged in a way that the cache plugin notices, or stumbles over. It will be replaced.
            self.display.vvv(f"The inventory cache could not be read: {error}")
            return None
        return Source.from_json(kept, digest)

    def _cache_without_end(self) -> t.Any:
        """The same cache, in which nothing expires."""
        options = {"_uri": "cache_connection", "_prefix": "cache_prefix"}
        given = {name: self.get_option(option) for name, option in options.items() if self.get_option(option) is not None}
        return get_cache_plugin(self.get_option("cache_plugin"), _timeout=0, **given)

    # Hosts

    def _hosts(self, source: Source, options: InventoryOptions) -> Hosts:
        """With all that the user's expressions add. Nothing is in the inventory before everything is known."""
        reserved = frozenset((*self.inventory.groups, *C.LOCALHOST))
        while True:
            around = Surroundings(self._sanitize_group_name, self._render_address, reserved)
            hosts = self._constructed(build_hosts(source, options, around))
            # Ansible takes a name that a group has for the group's, so variables of a host could become those of many.
            clashes = hosts.clashes()
            if not clashes:
                return hosts
            reserved |= clashes

    def _render_address(self, template: str, variables: t.Any) -> str:
        self.templar.available_variables = variables
        try:
            value = self.templar.template(template)
        except AnsibleError as error:
            host = variables["inventory_hostname"]
            raise AnsibleParserError(f"host_address could not be evaluated for host {host}: {error}") from None
        return "" if value is None else str(value)

    def _constructed(self, hosts: Hosts) -> Hosts:
        compose, groups, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        if not (compose or groups or keyed):
            return hosts
        strict = self.get_option("strict")
        inventory = self.inventory
        construction = Construction(hosts)
        try:
            for entry in hosts.entries:
                known = inventory.hosts.get(entry.name)
                self.inventory = record = construction.begin(entry, known.get_vars() if known else {})
                self._set_composite_vars(compose, record.variables, entry.name, strict)
                self._add_host_to_composed_groups(groups, record.variables, entry.name, strict, fetch_hostvars=False)
                self._add_host_to_keyed_groups(keyed, record.variables, entry.name, strict, fetch_hostvars=False)
                construction.end(record)
        finally:
            self.inventory = inventory
        return construction.hosts()

    def _compose(self, template: t.Any, variables: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
        # Most keys of groups are the name of a variable, which Jinja would take a millisecond to look up.
        is_name = isinstance(template, str) and template in variables and not self.get_option("use_extra_vars")
        return variables[template] if is_name else super()._compose(template, variables, *args, **kwargs)

    def _add(self, hosts: Hosts) -> None:
        for group, child in hosts.subgroups:
            self.inventory.add_group(group)
            self.inventory.add_group(child)
            self.inventory.add_child(group, child)
        for entry in hosts.entries:
            self._add_host(entry)

    def _add_host(self, entry: HostEntry) -> None:
        self.inventory.add_host(entry.name)
        # Not by the inventory's own set_variable, which takes a name for a group's first, and notes of each text where it comes from:
        # that costs a tenth of the time of a large inventory.
        host = self.inventory.hosts[entry.name]
        for name, value in entry.variables.items():
            host.set_variable(name, value)
        for group in entry.groups:
            self.inventory.add_host(entry.name, self.inventory.add_group(group))


def _check_requests() -> None:
    """Raises AnsibleParserError where the one library that is needed is missing or too old."""
    if REQUESTS_IMPORT_ERROR is not None:
        raise AnsibleParserError(
            f"The Python library requests >= {MINIMUM['requests']} is needed by the Python that runs Ansible, {sys.executable}: "
            f"install it with {sys.executable} -m pip install requests."
        )
    if found := problem("requests"):
        raise AnsibleParserError(found[0])
