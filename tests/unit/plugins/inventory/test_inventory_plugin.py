# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin class with Ansible's own inventory and templates, without a server: the cache, failures, clashes, expressions."""

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.netsot.librenms.plugins.inventory import librenms_devices as plugin_module
from ansible_collections.netsot.librenms.plugins.module_utils._engine.naming import Naming
from ansible_collections.netsot.librenms.plugins.module_utils._engine.records import DeviceRecord, Stacking, StackStatus
from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import Selection
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError, ConnectionFailed
from ansible_collections.netsot.librenms.plugins.module_utils._flow.connection import Connection
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_options import AddressKind, ChassisMode, GroupBy, InventoryOptions
from ansible_collections.netsot.librenms.plugins.plugin_utils._inventory_source import Reading, Source, source_digest

try:
    from ansible.template import trust_as_template
except ImportError:

    def trust_as_template(value: str) -> str:
        return value


OPTIONS = InventoryOptions(
    connection=Connection("http://127.0.0.1", "token", True, 60),
    workers=8,
    selection=Selection(),
    naming=Naming(),
    address=AddressKind.POLLED,
    address_template="",
    vars_prefix="librenms_",
    network_os={"ios": "cisco.ios.ios"},
    group_by=(),
    virtual_chassis=ChassisMode.OFF,
    strict_fetch=True,
)
DEVICES = (
    DeviceRecord(1, "a.example.net", "sw-a", "10.0.0.1", os="ios", type="network", location="ams1"),
    DeviceRecord(2, "b.example.net", "sw-b", "10.0.0.2", os="junos", type="network"),
)
SOURCE = Source(DEVICES, {}, {}, 1700000000.0)
FAILURE = ConnectionFailed("reading the device list from LibreNMS", url="http://127.0.0.1/api/v0/devices", reason="refused")


class Display:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, text: str, **_: object) -> None:
        self.warnings.append(text)

    def v(self, *_: object, **__: object) -> None: ...

    vvv = debug = v


class Plugin(plugin_module.InventoryModule):
    """The plugin with its options given, as if Ansible had read them."""

    def __init__(self, **given: t.Any) -> None:
        super().__init__()
        defaults = {"cache": False, "strict": True, "compose": {}, "groups": {}, "keyed_groups": [], "use_extra_vars": False}
        self.given = {**defaults, "leading_separator": True, **given}
        self.loader = DataLoader()
        self.inventory = InventoryData()
        self.display = Display()
        self._vars: dict[str, t.Any] = {}
        self._cache: t.Any = {}
        if not hasattr(self, "templar"):  # ansible-core before 2.19 makes it in parse()
            self.templar = Templar(loader=self.loader)

    def get_option(self, option: str, *_: t.Any, **__: t.Any) -> t.Any:
        return self.given[option]

    def _cache_without_end(self) -> t.Any:
        return self.given["expired"]

    def build(self, *devices: DeviceRecord, **options: t.Any) -> InventoryData:
        hosts = self._hosts(Source(devices or DEVICES, {}, {}, 0.0), dataclasses.replace(OPTIONS, **options))
        for text in hosts.warnings:
            self.display.warning(text)
        self._add(hosts)
        self.inventory.reconcile_inventory()
        return self.inventory


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Source | CollectionError]:
    """What LibreNMS gives, one after the other."""
    answers: list[Source | CollectionError] = []

    def read_source(_options: InventoryOptions) -> Reading:
        answer = answers.pop(0)
        if isinstance(answer, CollectionError):
            raise answer
        return Reading(answer, 1, 0.1, is_void=not answer.devices)

    monkeypatch.setattr(plugin_module, "read_source", read_source)
    return answers


DIGEST = source_digest(OPTIONS)
LENIENT = dataclasses.replace(OPTIONS, strict_fetch=False)


def test_files_of_this_plugin(tmp_path: Path) -> None:
    for name, is_ours in {"a.librenms.yml": True, "a.librenms.yaml": True, "a.yml": False, "librenms.json": False}.items():
        (tmp_path / name).write_text("x")
        assert Plugin().verify_file(str(tmp_path / name)) is is_ours
    assert not Plugin().verify_file(str(tmp_path / "absent.librenms.yml"))


def test_what_was_read_is_cached_and_used_again(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True)
    reads.append(SOURCE)
    assert plugin._source(OPTIONS, "key", True) is SOURCE
    assert plugin._cache == {"key": SOURCE.to_json(DIGEST)}
    assert plugin._source(OPTIONS, "key", True) == SOURCE


def test_a_refresh_reads_and_replaces(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True)
    newer = dataclasses.replace(SOURCE, devices=DEVICES[:1])
    reads += [SOURCE, newer]
    plugin._source(OPTIONS, "key", True)
    assert plugin._source(OPTIONS, "key", False) is newer
    assert plugin._cache == {"key": newer.to_json(DIGEST)}


def test_nothing_is_cached_unless_asked_for(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=False)
    reads += [SOURCE, SOURCE]
    plugin._source(OPTIONS, "key", True)
    plugin._source(OPTIONS, "key", True)
    assert plugin._cache == {} and reads == []


def test_another_question_does_not_get_this_answer(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True)
    other = dataclasses.replace(OPTIONS, selection=Selection(include_disabled=True))
    reads += [SOURCE, dataclasses.replace(SOURCE, devices=DEVICES[:1])]
    plugin._source(OPTIONS, "key", True)
    assert len(plugin._source(other, "key", True).devices) == 1


def test_an_empty_answer_is_told_and_not_kept(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired={})
    reads.append(dataclasses.replace(SOURCE, devices=()))
    assert plugin._source(OPTIONS, "key", True).devices == ()
    assert plugin._cache == {}
    assert plugin.display.warnings == ["LibreNMS (http://127.0.0.1) has no device that this inventory selects."]


SILENT = {number: Stacking(StackStatus.UNKNOWN, reason="no inventory") for number in (1, 2)}
STACKED = {1: Stacking(StackStatus.STACK), 2: Stacking(StackStatus.SINGLE)}


def test_inventories_that_are_all_empty_are_told_and_not_kept(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired={})
    reads.append(dataclasses.replace(SOURCE, stacking=SILENT))
    assert plugin._source(OPTIONS, "key", True).devices == DEVICES
    assert plugin._cache == {}
    (warning,) = plugin.display.warnings
    assert "no inventory of any of the 2 devices" in warning


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (dataclasses.replace(SOURCE, stacking=STACKED), dataclasses.replace(SOURCE, stacking=SILENT)),
        (SOURCE, dataclasses.replace(SOURCE, devices=())),
    ],
    ids=["inventories", "devices"],
)
def test_what_was_there_lately_does_not_vanish_silently(reads: list[t.Any], before: Source, now: Source) -> None:
    plugin = Plugin(cache=True, expired={"key": before.to_json(DIGEST)})
    reads += [now, now]
    with pytest.raises(CollectionError, match=r"(1 were stacks|had 2 of this inventory) at 2023"):
        plugin._source(OPTIONS, "key", True)
    assert plugin._source(LENIENT, "key", True) == before
    assert plugin._cache == {}


def test_what_was_there_long_ago_proves_nothing(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired={"key": dataclasses.replace(SOURCE, fetched_at=SOURCE.fetched_at - 90_000).to_json(DIGEST)})
    reads.append(dataclasses.replace(SOURCE, devices=()))
    assert plugin._source(OPTIONS, "key", True).devices == ()


class DamagedCache(dict[str, t.Any]):
    def __getitem__(self, key: str) -> t.Any:
        raise AnsibleError("The cache file was corrupt. It has been removed, so you can re-run your command now.")


def test_a_damaged_cache_is_read_over(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True)
    plugin._cache = DamagedCache()
    reads.append(SOURCE)
    assert plugin._source(OPTIONS, "key", True) is SOURCE


def test_a_failed_read_is_an_error_whatever_is_cached(reads: list[t.Any]) -> None:
    kept = {"key": SOURCE.to_json(DIGEST)}
    plugin = Plugin(cache=True, expired=kept)
    reads.append(FAILURE)
    with pytest.raises(ConnectionFailed):
        plugin._source(OPTIONS, "key", True)
    assert plugin._cache == {}


def test_a_failed_read_falls_back_to_what_has_expired(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired={"key": SOURCE.to_json(DIGEST)})
    reads.append(FAILURE)
    assert plugin._source(LENIENT, "key", True) == SOURCE
    (warning,) = plugin.display.warnings
    assert "refused" in warning and "2023-11-14T22:13:20Z" in warning
    assert plugin._cache == {}


@pytest.mark.parametrize("expired", [{}, {"key": SOURCE.to_json("another question")}, {"key": "foreign"}])
def test_without_a_valid_older_cache_a_failed_read_is_an_error(expired: dict[str, t.Any], reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired=expired)
    reads.append(FAILURE)
    with pytest.raises(ConnectionFailed):
        plugin._source(LENIENT, "key", True)
    reads.append(FAILURE)
    with pytest.raises(ConnectionFailed):
        Plugin(cache=False)._source(LENIENT, "key", True)


UNREAD = dataclasses.replace(SOURCE, stacking={1: Stacking(StackStatus.UNKNOWN, reason="500", read_failed=True)})


def test_unread_inventories_are_an_error(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True)
    reads.append(UNREAD)
    with pytest.raises(CollectionError, match="1 of 2 devices"):
        plugin._source(OPTIONS, "key", True)
    assert plugin._cache == {}


def test_unread_inventories_can_be_put_up_with(reads: list[t.Any]) -> None:
    plugin = Plugin(cache=True, expired={})
    reads.append(UNREAD)
    assert plugin._source(LENIENT, "key", True) is UNREAD
    assert plugin._cache == {} and "taken for no stacks" in plugin.display.warnings[0]
    older = Plugin(cache=True, expired={"key": SOURCE.to_json(DIGEST)})
    reads.append(UNREAD)
    assert older._source(LENIENT, "key", True) == SOURCE


def test_expressions_of_the_user() -> None:
    plugin = Plugin(
        compose={"site": trust_as_template("librenms_location | upper"), "short": trust_as_template("inventory_hostname_short")},
        groups={"junipers": trust_as_template("librenms_os == 'junos'"), "at_site": trust_as_template("site == 'AMS1'")},
        keyed_groups=[{"key": trust_as_template("librenms_os"), "prefix": "os", "parent_group": "systems"}],
    )
    inventory = plugin.build()
    assert inventory.hosts["sw-a"].vars["site"] == "AMS1" and inventory.hosts["sw-a"].vars["short"] == "sw-a"
    groups = {name: [host.name for host in group.hosts] for name, group in inventory.groups.items()}
    assert groups["junipers"] == ["sw-b"] and groups["at_site"] == ["sw-a"]
    assert groups["os_ios"] == ["sw-a"] and groups["os_junos"] == ["sw-b"]
    assert [group.name for group in inventory.groups["systems"].child_groups] == ["os_ios", "os_junos"]


def test_strict_decides_about_errors_in_expressions() -> None:
    wrong = {"x": trust_as_template("no_such_variable.y")}
    with pytest.raises(AnsibleError, match="sw-a"):
        Plugin(compose=wrong).build()
    plugin = Plugin(compose=wrong, strict=False)
    assert set(plugin.build().hosts) == {"sw-a", "sw-b"}


def test_an_error_leaves_no_half_inventory() -> None:
    plugin = Plugin(keyed_groups=[{"key": trust_as_template("1 / (librenms_device_id - 2)"), "prefix": "x"}])
    with pytest.raises(AnsibleError):
        plugin.build()
    assert (
        isinstance(plugin.inventory, InventoryData) and not plugin.inventory.hosts and set(plugin.inventory.groups) == {"all", "ungrouped"}
    )


def test_a_group_by_an_empty_value_is_left_out_unless_strict() -> None:
    keyed = [{"key": trust_as_template("librenms_location"), "prefix": "at"}]
    assert "at_ams1" in Plugin(keyed_groups=keyed, strict=False).build().groups
    with pytest.raises(AnsibleError, match="sw-b"):
        Plugin(keyed_groups=keyed).build()


def test_extra_variables_count_when_the_user_says_so() -> None:
    plugin = Plugin(keyed_groups=[{"key": trust_as_template("librenms_os"), "prefix": "os"}], use_extra_vars=True)
    plugin._vars = {"librenms_os": "extra"}
    assert "os_extra" in plugin.build().groups


def test_variables_of_an_earlier_source_are_there() -> None:
    plugin = Plugin(groups={"mine": trust_as_template("owner == 'me'")}, strict=False)
    plugin.inventory.add_host("sw-a")
    plugin.inventory.set_variable("sw-a", "owner", "me")
    inventory = plugin.build()
    assert [host.name for host in inventory.groups["mine"].hosts] == ["sw-a"]
    assert inventory.hosts["sw-a"].vars["owner"] == "me" and inventory.hosts["sw-a"].vars["librenms_device_id"] == 1


@pytest.mark.parametrize("name", ["all", "ungrouped", "localhost", "127.0.0.1", "::1", "prod", "os_ios", "keyed_ios", "made"])
def test_no_device_can_take_the_name_of_a_group_or_of_the_controller(name: str) -> None:
    """Else its variables, its address above all, would become those of every host of that group."""
    plugin = Plugin(
        keyed_groups=[{"key": trust_as_template("librenms_os"), "prefix": "keyed", "parent_group": "keyed"}],
        groups={"made": trust_as_template("librenms_os == 'ios'")},
        compose={"x": trust_as_template("librenms_device_id")},
    )
    plugin.inventory.add_group("prod")
    hostile = dataclasses.replace(DEVICES[0], sysname=name, hostname=name)
    inventory = plugin.build(hostile, DEVICES[1], group_by=(GroupBy.OS,))
    expected = "librenms-1" if name == "localhost" else f"{name}-1"
    assert set(inventory.hosts) == {expected, "sw-b"}
    assert inventory.hosts[expected].vars["x"] == 1 and inventory.hosts[expected].vars["librenms_name"] in (name, "")
    assert all(not group.vars for group in inventory.groups.values())
    assert [host.name for host in inventory.groups["keyed_ios"].hosts] == [expected]
    assert inventory.localhost is None
    assert expected == "librenms-1" or name in plugin.display.warnings[0]


def test_what_compose_makes_of_hostile_text_stays_text() -> None:
    hostile = dataclasses.replace(DEVICES[0], hardware="{{ 7 * 7 }}")
    plugin = Plugin(compose={"label": trust_as_template("'hw ' ~ librenms_hardware")})
    variables = plugin.build(hostile).hosts["sw-a"].vars
    for name in ("label", "librenms_hardware"):
        plugin.templar.available_variables = variables
        assert plugin.templar.template(trust_as_template("{{ " + name + " }}")).endswith("{{ 7 * 7 }}")


def test_requests_is_asked_for_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_module, "REQUESTS_IMPORT_ERROR", ImportError("No module named 'requests'"))
    with pytest.raises(AnsibleError, match=r"requests >= 2\.31 is needed by the Python that runs Ansible, .*: install it with"):
        plugin_module._check_requests()


@pytest.mark.parametrize(
    ("value", "config", "unset"),
    [("", {}, True), ("/etc/ssl", {}, False), ("", {"librenms_ca_path": "/etc/ssl"}, False), (None, {}, False)],
)
def test_an_empty_variable_of_the_environment_is_not_set(
    monkeypatch: pytest.MonkeyPatch, value: str | None, config: dict[str, str], unset: bool
) -> None:
    class Given(plugin_module.InventoryModule):
        option_definitions: t.ClassVar = {"librenms_ca_path": {"type": "path", "env": [{"name": "LIBRENMS_CA_PATH"}], "default": None}}

        def get_option(self, _option: str, *_: t.Any, **__: t.Any) -> str:
            return "what Ansible makes of it"

    monkeypatch.delenv("LIBRENMS_CA_PATH", raising=False)
    if value is not None:
        monkeypatch.setenv("LIBRENMS_CA_PATH", value)
    plugin = Given()
    plugin._unset = plugin._empty_in_environment(config)
    assert plugin._option("librenms_ca_path") == (None if unset else "what Ansible makes of it")
