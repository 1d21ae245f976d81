# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What this collection asks LibreNMS: devices by selection, device groups, inventories, ports.

An answer that is no success, no JSON or not of the documented shape raises an error of :mod:`._exceptions`; it is never
read as "nothing there", and never cached.
"""

from __future__ import annotations

import collections.abc as c
import concurrent.futures
import dataclasses
import re
import typing as t

from .._cache.files import CachedAnswer, CacheFacts, CacheKey, CacheScope, FileCache, iso_time
from .._engine.records import DeviceRecord, InventoryRow, PortLink, Stacking, shape
from .._engine.selection import MATCHED_KEYS, Location, Selection, Version, is_location
from .._engine.silent_filters import silent_filters
from .._engine.text import key, near
from .._exceptions import AccessDenied, ApiError, OptionError, UnusableAnswer
from .._http.session import REQUESTS_IMPORT_ERROR, HttpSettings, RequestStats, api_error, new_session, public_url, read_json, shown
from . import wire
from .chassis import ChassisReader
from .listing import LOG_HINT, DeviceList, Listing
from .ports import PortReader, PortsRead
from .url import SEARCH_KIND, base_url

if REQUESTS_IMPORT_ERROR is None:
    import requests

LABEL: t.Final = "librenms"
# The words of a 404 that means "none", not "you asked for something that does not exist".
_NONE_THERE = re.compile(
    r"no device groups found|no devices found in group|locations do not exist"
    r"|no ports found|ip addresses do not exist|does not have any ip addresses|vrfs do not exist",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True)
class Selected:
    """The answer to a :class:`~._engine.selection.Selection`.

    :param records: the devices, by device_id
    :param group_members: device ids of each device group that the filters name, by the name as written there
    :param cache: whether it came from the cache, and until when it does
    :param notes: sentences on filters that matched nothing
    :param is_void: LibreNMS showed no device at all, which is no proof that it has none
    """

    records: tuple[DeviceRecord, ...]
    group_members: c.Mapping[str, frozenset[int]]
    cache: CacheFacts
    notes: tuple[str, ...] = ()
    is_void: bool = False


@dataclasses.dataclass(frozen=True)
class _Found:
    """What is cached of a selection; groups by their folded names."""

    records: tuple[DeviceRecord, ...]
    group_members: c.Mapping[str, frozenset[int]]
    notes: tuple[str, ...] = ()
    # LibreNMS showed no device at all, as it also does when its database refuses a query. Never kept.
    is_void: bool = False

    def to_json(self) -> dict[str, t.Any]:
        groups = {name: sorted(ids) for name, ids in self.group_members.items()}
        return {"records": [record.to_json() for record in self.records], "group_members": groups, "notes": list(self.notes)}

    @classmethod
    def from_json(cls, data: t.Any) -> _Found:
        groups = {name: frozenset(ids) for name, ids in data["group_members"].items()}
        return cls(tuple(map(DeviceRecord.from_json, data["records"])), groups, tuple(map(str, data["notes"])))


@dataclasses.dataclass(frozen=True)
class _Group:
    group_id: int
    name: str


class LibreNMSClient:
    """One LibreNMS server, for one run.

    :param url: with or without a subdirectory and C(/api/v0)
    :param verify: check the certificate; a path names the certificate authorities
    :param timeout: seconds to wait for an answer
    :param workers: inventories read at the same time
    :param checkpoint: called before each request; may raise :class:`~._exceptions.Stopped`
    :raises OptionError: an unusable URL or token, a missing file of certificate authorities
    :raises ImportError: requests is not installed
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        verify: bool | str = True,
        timeout: float = 60.0,
        workers: int = 8,
        cache: FileCache,
        stats: RequestStats,
        checkpoint: t.Callable[[], None] | None = None,
    ) -> None:
        self._base = base_url(url)
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise OptionError(
                "librenms_token", "(hidden)", "a token is one word of ASCII characters", "Create one in LibreNMS: API settings."
            )
        self._workers = max(1, workers)
        settings = HttpSettings(verify=verify, timeout=timeout, headers={"X-Auth-Token": token}, pool_size=self._workers, label=LABEL)
        self._session = new_session(settings, stats=stats, checkpoint=checkpoint)
        self._cache = cache
        self._scope = CacheScope.of(self._base, token, verify)
        self._version: Version | None = None
        self._groups: tuple[_Group, ...] | None = None
        self._list = DeviceList(self._rows, self._base)
        self._chassis_reader = ChassisReader(self.inventory, self._cache, self._scope, self._workers)
        self._port_reader = PortReader(self._rows, self._unusable, self._cache, self._scope, self._workers)

    @property
    def url(self) -> str:
        """The base of all requests, ending in C(/api/v0)."""
        return self._base

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def select(self, selection: Selection) -> Selected:
        """The devices of a selection, from the cache or from LibreNMS.

        :raises OptionError: a device group or location that LibreNMS does not have
        :raises UnusableAnswer: LibreNMS shows nothing of what it must have
        """
        about: dict[str, object] = {"filters": selection.as_filters(), "include_disabled": selection.include_disabled}
        if selection.exclude:
            about["exclude"] = selection.exclude.as_filters()
        question = self._scope.key(SEARCH_KIND, f"{shape(DeviceRecord, _Found)}\n{selection.cache_text()}", about)
        answer: CachedAnswer[_Found] = self._cache.get_or_fetch(
            question,
            lambda: self._select(selection, question),
            encode=_Found.to_json,
            decode=_Found.from_json,
            count=lambda found: len(found.records),
            keep=lambda found: not found.is_void,
        )
        groups = {name: answer.value.group_members[key(name)] for name in selection.device_groups}
        return Selected(answer.value.records, groups, answer.facts, answer.value.notes, answer.value.is_void)

    def group_members(self, names: c.Iterable[str], *, option: str = "filters.device_group") -> dict[str, frozenset[int]]:
        """The device ids of device groups, each given by its name or id; also groups without devices.

        LibreNMS lists all members, whatever the token's user may see.

        :param option: where the names came from, for messages
        :raises OptionError: there is no such group
        """
        return {
            name: self._cache.get_or_fetch(
                self._scope.key("device_group", key(name), {"device_group": name}),
                lambda name=name: self._read_members(name, option),  # type: ignore[misc]
                encode=sorted,
                decode=lambda ids: frozenset(map(int, ids)),
                count=len,
            ).value
            for name in dict.fromkeys(names)
        }

    def device_groups(self) -> dict[str, frozenset[int]]:
        """The device ids of every device group, by its name; also groups without devices. One request, and one for each group."""
        if self._groups is None:
            self._groups = self._read_groups()
        with concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="librenms-groups") as pool:
            members = list(pool.map(self._members_of, self._groups))
        return {group.name: ids for group, ids in zip(self._groups, members, strict=True)}

    def gone(self, device_ids: c.Collection[int], *, known: int) -> frozenset[int]:
        """Those of some devices of which LibreNMS says that it does not have them; never from the cache, with a request for each.

        :param known: a device that it has, which it has to say as well
        :raises ApiError: it does not say so of all of them; AccessDenied where the token may not see one
        """
        if not device_ids:
            return frozenset()
        if self._list.is_gone(str(known)):
            operation, reason = f"looking for device {known} in LibreNMS", "the device list has it, and here it is said not to exist"
            raise UnusableAnswer(operation, url=f"{self._base}/devices/{known}", status=404, reason=reason, hint=LOG_HINT)
        with concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="librenms-gone") as pool:
            answers = list(pool.map(self._list.is_gone, map(str, device_ids)))
        return frozenset(number for number, is_gone in zip(device_ids, answers, strict=True) if is_gone)

    def version(self) -> Version | None:
        """LibreNMS's version, None when it does not tell."""
        if self._version is None:
            try:
                rows = self._rows("/system", "system", "reading the version of LibreNMS")
            except AccessDenied as error:
                if error.status == 401:
                    raise
                return None
            except ApiError:
                return None
            self._version = wire.version(rows[0].get("local_ver")) if rows and isinstance(rows[0], dict) else None
        return self._version

    def inventory(self, device_id: int) -> tuple[InventoryRow, ...]:
        """All inventory rows of a device; none when LibreNMS has no inventory of it."""
        operation = f"reading the inventory of device {device_id} from LibreNMS"
        path = f"/inventory/{device_id}/all"
        rows = self._rows(path, "inventory", operation)
        if not all(isinstance(row, dict) for row in rows):
            raise self._unusable(path, operation, "a row of the inventory is no object")
        # LibreNMS takes some unknown devices for "all devices".
        return tuple(wire.inventory_row(row) for row in rows if wire.number(row.get("device_id", device_id)) == device_id)

    def ports(self, device_ids: c.Collection[int], *, on_done: t.Callable[[int, int], None] | None = None) -> PortsRead:
        """The ports and addresses of devices that LibreNMS has: see :meth:`.ports.PortReader.read`."""
        return self._port_reader.read(device_ids, on_done=on_done)

    def port_links(self, device_ids: c.Collection[int]) -> dict[int, tuple[PortLink, ...]]:
        """Which ports are layers of which, for each device that LibreNMS gave them of: one request a device."""
        return self._port_reader.links(device_ids)

    def vrfs(self) -> dict[int, str]:
        """The names of all VRFs of all devices, by LibreNMS's id of them. One request."""
        return self._port_reader.vrfs()

    def virtual_chassis(
        self, records: c.Iterable[DeviceRecord], *, on_done: t.Callable[[int, int], None] | None = None
    ) -> dict[int, Stacking]:
        """Whether each device is a stack: see :meth:`.chassis.ChassisReader.read`."""
        return self._chassis_reader.read(records, on_done=on_done)

    def _select(self, selection: Selection, question: CacheKey) -> _Found:
        members = self.group_members(selection.device_group, option=f"{selection.option}.device_group")
        if selection.exclude:
            members |= self.group_members(selection.exclude.device_group, option=f"{selection.exclude.option}.device_group")
        locations = self._locations() if selection.wants_locations(members) else None
        if locations is not None:
            _check_locations(selection, locations)
        queries = selection.queries(self._version, group_members=members, locations=locations)
        listing = self._list.read(queries)
        if listing.is_void and (proof := self._proof_of_devices(selection, members, question)):
            raise self._list.unusable(f"the answer is an empty list, but {proof}")
        found = listing.devices
        records = tuple(found[device_id] for device_id in sorted(found) if selection.matches(found[device_id], members))
        if not records and selection.location and locations is None and not listing.is_void:
            _check_locations(selection, self._locations())
        notes = self._notes(selection, listing, members)
        return _Found(records, {key(name): ids for name, ids in members.items()}, notes, listing.is_void)

    def _proof_of_devices(self, selection: Selection, members: c.Mapping[str, frozenset[int]], question: CacheKey) -> str:
        """What speaks for it that LibreNMS has devices that this token may see; empty when nothing does."""
        for name, ids in members.items():
            if ids:
                return f"the device group {shown(name)!r} has {len(ids)} members"
        if selection.device_ids:
            return f"{len(selection.device_ids)} devices were asked for by their ids"
        count, fetched_at = self._cache.known_count(question) or (0, 0.0)
        return f"there were {count} devices at {iso_time(fetched_at)}" if count else ""

    def _notes(self, selection: Selection, listing: Listing, members: c.Mapping[str, frozenset[int]]) -> tuple[str, ...]:
        """On filters that matched nothing. Only where a text finds no device at all is every device read, to tell what is near."""
        candidates: c.Collection[DeviceRecord] = listing.devices.values()
        whole = listing.is_whole
        if not candidates and not whole and any(selection.tests(name) for name in MATCHED_KEYS):
            candidates, whole = self._list.all(), True
        return silent_filters(selection, candidates, members, whole=whole)

    def _read_members(self, name: str, option: str) -> frozenset[int]:
        if self._groups is None:
            self._groups = self._read_groups()
        groups = [group for group in self._groups if group.name == name] or [
            group for group in self._groups if key(group.name) == key(name)
        ]
        groups += [group for group in self._groups if name == str(group.group_id) and group not in groups]
        if not groups:
            raise OptionError(option, name, "LibreNMS has no such device group", _near_hint(name, [group.name for group in self._groups]))
        members: set[int] = set()
        for group in groups:
            members |= self._members_of(group)
        return frozenset(members)

    def _members_of(self, group: _Group) -> frozenset[int]:
        path = f"/devicegroups/{group.group_id}"
        operation = f"reading the device group {shown(group.name)!r} from LibreNMS"
        members = set()
        for row in self._rows(path, "devices", operation, none_is_404=True, never_empty=True):
            device_id = wire.number(row.get("device_id")) if isinstance(row, dict) else None
            if device_id is None:
                raise self._unusable(path, operation, "a member of the group has no device_id")
            members.add(device_id)
        return frozenset(members)

    def _read_groups(self) -> tuple[_Group, ...]:
        operation = "reading the device groups from LibreNMS"
        groups = []
        for row in self._rows("/devicegroups", "groups", operation, none_is_404=True, never_empty=True):
            group_id = wire.number(row.get("id")) if isinstance(row, dict) else None
            if group_id is None:
                raise self._unusable("/devicegroups", operation, "a device group has no id")
            groups.append(_Group(group_id, wire.text(row.get("name"))))
        return tuple(groups)

    def _locations(self) -> tuple[Location, ...] | None:
        """All locations, None for a token without the right to them."""
        operation = "reading the locations from LibreNMS"
        try:
            rows = self._rows("/resources/locations", "locations", operation, none_is_404=True, never_empty=True)
            return tuple(map(wire.location, rows))
        except AccessDenied as error:
            if error.status == 401:
                raise
            return None
        except (ValueError, AttributeError):
            raise self._unusable("/resources/locations", operation, "a location has no id") from None

    def _rows(
        self,
        path: str,
        name: str,
        operation: str,
        *,
        params: c.Mapping[str, str] | None = None,
        object_hook: t.Callable[[dict[str, t.Any]], t.Any] | None = None,
        none_is_404: bool = False,
        never_empty: bool = False,
    ) -> list[t.Any]:
        """The list of this name in a successful answer.

        :param none_is_404: LibreNMS says 404 where there is nothing
        :param never_empty: an empty list is an error then
        """
        try:
            response = self._session.get(self._base + path, params=params)
        except requests.RequestException as error:
            raise api_error(error, operation, server=LABEL) from None
        try:
            body = read_json(response, operation, server=LABEL, object_hook=object_hook)
        except ApiError as error:
            if none_is_404 and error.status == 404 and _NONE_THERE.search(error.server_message or ""):
                return []
            raise
        rows = body.get(name) if isinstance(body, dict) and body.get("status") == "ok" else None
        if isinstance(rows, list):
            if never_empty and not rows:
                reason = "the answer is an empty list, where LibreNMS says 404 when there is nothing"
                raise UnusableAnswer(operation, url=self._base + path, status=200, reason=reason, hint=LOG_HINT)
            if isinstance(count := body.get("count"), int) and count != len(rows):
                raise self._unusable(path, operation, f"the answer counts {count} rows and shows {len(rows)}")
            return rows
        if isinstance(body, dict) and body.get("status") not in (None, "ok"):
            message = shown(wire.text(body.get("message"))) or None
            raise ApiError(operation, url=public_url(response.url), status=response.status_code, server_message=message)
        raise self._unusable(path, operation, f"the answer has no list {name!r}, so it does not come from LibreNMS's API")

    def _unusable(self, path: str, operation: str, reason: str) -> UnusableAnswer:
        return UnusableAnswer(operation, url=self._base + path, status=200, reason=reason, hint="Check librenms_url.")


def _check_locations(selection: Selection, locations: c.Sequence[Location] | None) -> None:
    for test in selection.location if locations is not None else ():
        if not any(is_location(test, place.location_id, place.name) for place in locations or ()):
            hint = _near_hint(test.written, [place.name for place in locations or ()])
            raise OptionError(f"{selection.option}.location", test.written, "LibreNMS has no such location", hint)


def _near_hint(name: str, known: c.Sequence[str]) -> str:
    alike = near(name, known)
    if alike:
        return f"Near names: {', '.join(map(shown, alike))}."
    return "It has none at all." if not known else "Nothing there has a name near to this."
