# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Which LibreNMS devices are meant, and the narrowest question to LibreNMS that has them all.

LibreNMS takes one filter a call, treats C(%) and C(_) as wildcards, ignores accents, and answers a filter that it does
not know with every device. So what it answers is only ever a superset, and :meth:`Selection.matches` alone decides.

Texts are compared letter by letter: case does not matter, accents do, outer blanks do not. This is never wider than
LibreNMS's own comparison, which keeps both in agreement whatever the version.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import itertools
import json
import re
import typing as t

from .._exceptions import Errors, OptionError
from .records import DeviceRecord, DeviceStatus
from .text import did_you_mean, key, near, printable

Version: t.TypeAlias = tuple[int, int, int]

# The list filters serial, version and hardware exist since this release; before, they mean "every device".
TEXT_FILTERS_SINCE: t.Final[Version] = (25, 6, 0)
# More calls than this for one search are no gain over one whole list.
MAX_ID_QUERIES: t.Final = 10
MAX_QUERIES: t.Final = 4

_TEXT_KEYS: t.Final = ("os", "hostname", "sysname", "hardware", "version", "serial")
FILTER_KEYS: t.Final = ("location", "site", "type", *_TEXT_KEYS, "status", "device_group", "device_ids")
# The keys whose values are compared with one text of a device.
MATCHED_KEYS: t.Final = ("location", "type", *_TEXT_KEYS)

_NOT_PLAIN = re.compile(r"[^\x20-\x7e]|\\")
_PLAIN = re.compile(r"[\x20-\x7e]+")


@dataclasses.dataclass(frozen=True, slots=True)
class TextTest:
    """One text of a filter: as the user wrote it (without the equals sign), and folded."""

    written: str
    text: str
    is_whole: bool
    # With C(*) for any text; only where a whole text is meant.
    pattern: re.Pattern[str] | None = None

    def holds(self, value: str) -> bool:
        """Whether an already folded value passes."""
        if self.pattern is not None:
            # A device without a location is at none, whatever the wildcard.
            return bool(value) and self.pattern.fullmatch(value) is not None
        return value == self.text if self.is_whole else self.text in value


@dataclasses.dataclass(frozen=True, slots=True)
class Location:
    """A location as LibreNMS lists it."""

    location_id: int
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceQuery:
    """One call of LibreNMS's device list. Without a type it is the whole list."""

    type: str | None = None
    query: str | None = None

    @property
    def params(self) -> dict[str, str]:
        pairs = {"type": self.type, "query": self.query}
        return {name: value for name, value in pairs.items() if value is not None}


WHOLE_LIST: t.Final = (DeviceQuery(),)


@dataclasses.dataclass(frozen=True)
class Selection:
    """Alternatives within one field, all fields must hold; an empty field is no condition."""

    location: tuple[TextTest, ...] = ()
    # Compared with the name or slug of the NetBox site that the rules make of the device: see :meth:`matches_site`.
    site: tuple[TextTest, ...] = ()
    type: tuple[TextTest, ...] = ()
    os: tuple[TextTest, ...] = ()
    hostname: tuple[TextTest, ...] = ()
    sysname: tuple[TextTest, ...] = ()
    hardware: tuple[TextTest, ...] = ()
    version: tuple[TextTest, ...] = ()
    serial: tuple[TextTest, ...] = ()
    status: frozenset[DeviceStatus] = frozenset()
    # Names or ids of groups, as the user wrote them.
    device_group: tuple[str, ...] = ()
    device_ids: frozenset[int] = frozenset()
    include_disabled: bool = False
    # The option that the filters came from, for messages.
    option: str = "filters"
    # What is left out of what is selected.
    exclude: Selection | None = None

    @classmethod
    def from_options(
        cls,
        filters: c.Mapping[str, object] | None,
        *,
        include_disabled: bool = False,
        all_devices: bool = False,
        option: str = "filters",
        exclude: c.Mapping[str, object] | None = None,
    ) -> Selection:
        """Read and check the options of a task.

        :param exclude: filters of the devices to leave out
        :raises OptionError: an unknown key, an unusable value, or no filter at all without all_devices
        """
        if filters is None:
            filters = {}
        if not isinstance(filters, c.Mapping):
            raise OptionError(option, filters, "this must be a dictionary of filters", f"Known filters: {', '.join(FILTER_KEYS)}.")
        errors = Errors()
        if not filters and not all_devices:
            errors.add(OptionError(option, {}, "at least one filter is needed", "To select every device, set all_devices: true."))
        fields: dict[str, t.Any] = {}
        for name, given in filters.items():
            path = f"{option}.{name}"
            if name not in FILTER_KEYS:
                hint = did_you_mean(near(str(name), FILTER_KEYS)) or f"Known filters: {', '.join(FILTER_KEYS)}."
                errors.add(OptionError(path, given, "there is no such filter", hint))
                continue
            with errors.collected():
                fields[name] = _field(name, path, _values(path, given))
        excluded = None
        if exclude:
            with errors.collected():
                excluded = cls.from_options(exclude, include_disabled=True, option="exclude")
        errors.raise_any()
        return cls(**fields, include_disabled=include_disabled, option=option, exclude=excluded)

    @property
    def is_everything(self) -> bool:
        """Whether no filter narrows what is read; C(exclude) may still leave devices out."""
        return not self.as_filters()

    def as_filters(self) -> dict[str, list[str] | list[int]]:
        """The filters as a user would write them, for results and the list of cached searches."""
        filters: dict[str, list[str] | list[int]] = {}
        for name in ("site", *MATCHED_KEYS):
            if tests := self.tests(name):
                filters[name] = [f"={test.written}" if test.is_whole and name in _TEXT_KEYS else test.written for test in tests]
        if self.status:
            filters["status"] = sorted(status.value for status in self.status)
        if self.device_group:
            filters["device_group"] = list(self.device_group)
        if self.device_ids:
            filters["device_ids"] = sorted(self.device_ids)
        return filters

    def cache_text(self) -> str:
        """One text for all selections that mean the same, whatever the order and case of their values."""
        tests = {name: sorted({(test.is_whole, test.text) for test in self.tests(name)}) for name in MATCHED_KEYS}
        other: list[object] = [
            sorted(self.status),
            sorted({key(name) for name in self.device_group}),
            sorted(self.device_ids),
            self.include_disabled,
            [self.exclude.cache_text(), bool(self.exclude.site)] if self.exclude else None,
        ]
        return json.dumps([tests, other], sort_keys=True)

    def matches(self, record: DeviceRecord, group_members: c.Mapping[str, frozenset[int]]) -> bool:
        """Whether the device is selected, whatever its site is. Devices that LibreNMS ignores are; disabled ones only if asked for.

        :param group_members: the device ids of each group of :attr:`device_groups`
        """
        # One that is left out at some sites only is for matches_site.
        if self.exclude and not self.exclude.site and self.exclude.matches(record, group_members):
            return False
        if record.disabled and not self.include_disabled:
            return False
        if self.device_ids and record.device_id not in self.device_ids:
            return False
        if self.status and record.status not in self.status:
            return False
        if self.device_group and not any(record.device_id in group_members.get(name, ()) for name in self.device_group):
            return False
        if self.location and not any(is_location(test, record.location_id, record.location) for test in self.location):
            return False
        return all(self._text_matches(name, record) for name in ("type", *_TEXT_KEYS))

    def matches_site(self, record: DeviceRecord, group_members: c.Mapping[str, frozenset[int]], site: c.Sequence[str]) -> bool:
        """Whether a device that :meth:`matches` is at one of the wanted sites and at none of the excluded ones.

        :param site: the name and slug of its site; none when it has none
        """
        if self.site and not _is_site(self.site, site):
            return False
        exclude = self.exclude
        return not (exclude and exclude.site and _is_site(exclude.site, site) and exclude.matches(record, group_members))

    @property
    def wants_sites(self) -> bool:
        """Whether :meth:`matches_site` has something to say."""
        return bool(self.site or (self.exclude and self.exclude.site))

    @property
    def device_groups(self) -> tuple[str, ...]:
        """Every device group whose members must be known."""
        return tuple(dict.fromkeys((*self.device_group, *(self.exclude.device_group if self.exclude else ()))))

    def _text_matches(self, name: str, record: DeviceRecord) -> bool:
        tests = self.tests(name)
        if not tests:
            return True
        value = key(t.cast(str, getattr(record, name)))
        return any(test.holds(value) for test in tests)

    def tests(self, name: str) -> tuple[TextTest, ...]:
        """The alternatives of one of :data:`MATCHED_KEYS`, or of the site."""
        return t.cast("tuple[TextTest, ...]", getattr(self, name))

    def wanted_ids(self, group_members: c.Mapping[str, frozenset[int]]) -> frozenset[int] | None:
        """The only device ids that can match, None when neither ids nor groups are asked for."""
        ids = self.device_ids or None
        if self.device_group:
            members = frozenset[int]().union(*(group_members.get(name, frozenset()) for name in self.device_group))
            ids = members if ids is None else ids & members
        return ids

    def wants_locations(self, group_members: c.Mapping[str, frozenset[int]]) -> bool:
        """Whether :meth:`queries` does better with LibreNMS's list of locations: for an id, and for several names."""
        ids = self.wanted_ids(group_members)
        if not self.location or (ids is not None and len(ids) <= MAX_ID_QUERIES):
            return False
        return len(self.location) > 1 or _as_id(self.location[0]) is not None

    def queries(
        self,
        version: Version | None = None,
        *,
        group_members: c.Mapping[str, frozenset[int]] | None = None,
        locations: c.Sequence[Location] | None = None,
    ) -> tuple[DeviceQuery, ...]:
        """The calls whose answers together hold every device that matches.

        Several calls only where their answers cannot overlap, so that never more is read than the whole list once.

        :param version: LibreNMS's, None when it is not known
        :param group_members: the device ids of each group of :attr:`device_group`
        :param locations: LibreNMS's locations, None when they are not known
        """
        ids = self.wanted_ids(group_members or {})
        if ids is not None and len(ids) <= MAX_ID_QUERIES:
            return tuple(DeviceQuery("device_id", str(device_id)) for device_id in sorted(ids))
        is_new = version is not None and version >= TEXT_FILTERS_SINCE
        plans = [
            self._like("serial") if is_new else None,
            self._equal("sysname", "sysName"),
            self._like("hostname"),
            self._location_queries(locations),
            self._like("hardware") if is_new else None,
            self._equal("os"),
            self._like("version") if is_new else None,
            self._equal("type"),
            self._down(),
        ]
        if version is None:
            # If LibreNMS does not know them, each is one whole list: what would be read without a filter.
            plans += [self._like("serial"), self._like("hardware"), self._like("version")]
        return next((plan for plan in plans if plan is not None), WHOLE_LIST)

    def _like(self, name: str, minimum: int = 2) -> tuple[DeviceQuery, ...] | None:
        """One call with LIKE. Several texts share one pattern, since the answers of two calls could overlap."""
        tests = self.tests(name)
        if not tests:
            return None
        pattern = _like_pattern(_common_pattern(tests))
        literals = sum(character.isalnum() for character in pattern)
        return (DeviceQuery(name, pattern),) if literals >= (minimum if len(tests) == 1 else 3) else None

    def _equal(self, name: str, query_type: str = "") -> tuple[DeviceQuery, ...] | None:
        """Calls with "=", which is narrower than our "a part of the text", so only where the whole text is given.

        LibreNMS writes these three columns itself, without outer blanks. Two different ASCII texts are different to the
        database as well, so the answers do not overlap.
        """
        tests = self.tests(name)
        if not 0 < len(tests) <= MAX_QUERIES or not all(test.is_whole and _PLAIN.fullmatch(test.text) for test in tests):
            return None
        return tuple(DeviceQuery(query_type or name, test.written) for test in tests)

    def _location_queries(self, locations: c.Sequence[Location] | None) -> tuple[DeviceQuery, ...] | None:
        if not self.location:
            return None
        if locations is not None:
            ids = {
                place.location_id for place in locations if any(is_location(test, place.location_id, place.name) for test in self.location)
            }
            if len(ids) <= MAX_QUERIES:
                return tuple(DeviceQuery("location_id", str(location_id)) for location_id in sorted(ids))
        if any(_as_id(test) is not None for test in self.location):
            return None
        return self._like("location", minimum=1)

    def _down(self) -> tuple[DeviceQuery, ...] | None:
        """LibreNMS's own "down" leaves out ignored and disabled devices; the three sets do not overlap."""
        if self.status != {DeviceStatus.DOWN}:
            return None
        kinds = ("down", "ignored", "disabled") if self.include_disabled else ("down", "ignored")
        return tuple(DeviceQuery(kind) for kind in kinds)


def is_location(test: TextTest, location_id: int | None, name: str) -> bool:
    """Whether a location is the one meant: by its whole name, or by its id."""
    return test.holds(key(name)) or (location_id is not None and _as_id(test) == location_id)


def _is_site(tests: c.Iterable[TextTest], site: c.Sequence[str]) -> bool:
    return any(test.holds(key(name)) for test in tests for name in site)


def _as_id(test: TextTest) -> int | None:
    return int(test.text) if re.fullmatch(r"[0-9]{1,18}", test.text) else None


def _like_pattern(text: str) -> str:
    """A LIKE pattern that finds at least the text.

    What a collation may see differently (letters beyond ASCII) and what escapes (the backslash) becomes a wildcard.
    """
    return re.sub(r"%+", "%", _NOT_PLAIN.sub("%", text)).strip(" %")


def _common_pattern(tests: c.Sequence[TextTest]) -> str:
    if len(tests) == 1:
        return tests[0].written.replace("*", "%") if tests[0].pattern else tests[0].written
    texts = [test.text.replace("*", "%") if test.pattern else test.text for test in tests]
    start = _common_start(texts)
    rests = [text[len(start) :] for text in texts]
    end = _common_start([rest[::-1] for rest in rests])[::-1]
    return f"{start}%{end}"


def _common_start(texts: c.Sequence[str]) -> str:
    columns = zip(*texts, strict=False)
    return "".join(column[0] for column in itertools.takewhile(lambda column: len(set(column)) == 1, columns))


def _values(path: str, given: object) -> list[object]:
    values = list(given) if isinstance(given, (list, tuple, set, frozenset)) else [given]
    if not values:
        raise OptionError(path, given, "a filter needs at least one value", "Leave the filter out to select without it.")
    return values


def _field(name: str, path: str, values: list[object]) -> object:
    if name == "device_ids":
        return frozenset(_device_id(path, value) for value in values)
    texts = list(dict.fromkeys(_text(path, value) for value in values))
    if name == "status":
        return frozenset(_status(path, text) for text in texts)
    if name == "device_group":
        return tuple(texts)
    tests = [_text_test(name, path, text) for text in texts]
    # Equal ones would be asked for twice.
    return tuple({(test.text, test.is_whole): test for test in reversed(tests)}.values())[::-1]


def _text(path: str, value: object) -> str:
    if isinstance(value, float):
        raise OptionError(path, value, "a number with a fraction may lose its last digit (17.10 is read as 17.1)", "Put it in quotes.")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise OptionError(path, value, "a text is needed")
    text = str(value).strip()
    if not text:
        raise OptionError(path, value, "an empty text would match every device", "Leave the filter out to select without it.")
    return text


def _text_test(name: str, path: str, text: str) -> TextTest:
    if name in ("location", "site") and "*" in text:
        pattern = ".*".join(re.escape(part) for part in key(text).split("*"))
        return TextTest(text, key(text), is_whole=True, pattern=re.compile(pattern, re.DOTALL))
    if name not in _TEXT_KEYS:
        return TextTest(text, key(text), is_whole=True)
    plain = text.removeprefix("=").strip()
    if not plain:
        raise OptionError(path, text, "there is no text after the equals sign")
    return TextTest(plain, key(plain), is_whole=text.startswith("="))


def _status(path: str, text: str) -> DeviceStatus:
    try:
        return DeviceStatus(text.lower())
    except ValueError:
        hint = "Give several as a list." if "," in text else ""
        raise OptionError(path, printable(text), "a status is up or down", hint) from None


def _device_id(path: str, value: object) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,18}\s*", value)):
        number = int(t.cast("int | str", value))
        if number >= 1:
            return number
    raise OptionError(path, value, "a device id is a whole number from 1", "Give several ids as a list.")
