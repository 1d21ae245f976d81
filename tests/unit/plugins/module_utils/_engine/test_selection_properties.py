# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether LibreNMS filters, filters loosely or not at all: the selected devices are the same."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import re
import typing as t

import hypothesis
import pytest
from hypothesis import strategies as st

from ansible_collections.netsot.librenms.plugins.module_utils._engine.selection import (
    FILTER_KEYS,
    MAX_ID_QUERIES,
    WHOLE_LIST,
    DeviceQuery,
    Location,
    Selection,
    Version,
)
from ansible_collections.netsot.librenms.plugins.module_utils._engine.text import key
from ansible_collections.netsot.librenms.plugins.module_utils._librenms import wire
from ansible_collections.netsot.librenms.tests.servers import librenms_query
from ansible_collections.netsot.librenms.tests.servers.librenms_model import SimDevice, SimWorld

# Letters that fold, expand or lose an accent, wildcards, escapes, blanks and control characters.
WORDS = (
    *("Zürich", "zurich", "Straße", "STRASSE", "straẞe", "ΟΔΟΣ", "Kelvin", "\u212aelvin", "\u017fw-1", "sw-1", "oﬃce", "office", "İst"),
    *("a\\b", "ab", "100%", "s_1", "e\u0301", "é", "\U0001f600", "a\nb", "x\x00", "7", "1", "=a", "a=", "iosxe", "ios"),
)
VARIANTS: tuple[c.Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text,
    str.upper,
    str.lower,
    str.casefold,
    librenms_query.fold,
    lambda text: text[1:],
    lambda text: text[:-1],
    lambda text: f"{text}xe",
    lambda text: f"core {text}",
    lambda text: f" {text} ",
    lambda text: text[::-1],
)
ID = st.integers(1, 14)
FLAG = st.sampled_from([0, 0, 1])


class Scene(t.NamedTuple):
    devices: list[SimDevice]
    filters: dict[str, t.Any]
    groups: dict[str, frozenset[int]]


@st.composite
def scenes(draw: st.DrawFn, key: str) -> Scene:
    """Devices and filters made of the same few words, so that they meet. One filter, or one beside another."""
    words = draw(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), min_size=2, max_size=3))
    texts = st.builds(lambda word, variant: variant(word), st.sampled_from(words), st.sampled_from(VARIANTS))
    # LibreNMS writes sysName, os and type itself, without outer blanks and in ASCII.
    names = texts.map(lambda text: "".join(character for character in text if "!" <= character <= "~"))
    devices = []
    for device_id in draw(st.lists(ID, min_size=3, max_size=6, unique=True)):
        text, name, other = draw(texts), draw(names), draw(st.one_of(st.none(), texts))
        devices.append(
            SimDevice(
                device_id,
                hostname=text,
                sysName=name,
                os=draw(st.sampled_from([name, None])),
                type=name,
                version=other,
                hardware=other,
                serial=other,
                location=other,
                status=draw(st.integers(0, 1)),
                ignore=draw(FLAG),
                disabled=draw(FLAG),
            )
        )
    usable = texts.filter(lambda text: text.strip() != "" and text.strip().removeprefix("=").strip() != "")
    maybe_whole = st.one_of(usable, usable.map("={}".format))
    plain_names = names.filter(lambda text: text.strip("=") != "")
    of_key: dict[str, st.SearchStrategy[t.Any]] = {
        "location": st.one_of(usable, st.integers(1, 4), usable.map("{}*".format), usable.map("*{}".format)),
        "type": st.one_of(plain_names, usable),
        "os": st.one_of(plain_names, plain_names.map("={}".format)),
        "sysname": st.one_of(plain_names.map("={}".format), usable),
        **dict.fromkeys(("hostname", "hardware", "version", "serial"), maybe_whole),
        "status": st.sampled_from(["up", "down"]),
        "device_group": st.sampled_from(["g1", "g2"]),
        "device_ids": ID,
    }
    keys = {key, draw(st.sampled_from([key] * len(of_key) + sorted(of_key)))}
    filters = {name: draw(st.lists(of_key[name], min_size=1, max_size=draw(st.sampled_from([1, 1, 3, 14])))) for name in sorted(keys)}
    return Scene(devices, filters, {"g1": draw(st.frozensets(ID, max_size=14)), "g2": draw(st.frozensets(ID, max_size=2))})


def ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def narrow_test(query: DeviceQuery, world: SimWorld, version: Version) -> c.Callable[[SimDevice], bool]:
    """A database that knows no more than that A is a: nothing beyond ASCII is equal to anything else."""
    if query.type not in ("hostname", "location", "serial", "version", "hardware") or query.query is None:
        return librenms_query.device_test(query.type, query.query, world, version)
    wildcards = {"%": ".*", "_": "."}
    pattern = "".join(wildcards.get(character) or re.escape(character) for character in ascii_lower(query.query))
    search = re.compile(pattern, re.DOTALL).search
    name = query.type
    return lambda device: (value := getattr(device, name)) is not None and search(ascii_lower(value)) is not None


def loose_test(query: DeviceQuery, world: SimWorld, version: Version) -> c.Callable[[SimDevice], bool]:
    """The collation that LibreNMS's documentation recommends."""
    return librenms_query.device_test(query.type, query.query, world, version)


@dataclasses.dataclass(frozen=True)
class Server:
    """LibreNMS with some devices, and how it compares."""

    world: SimWorld
    version: Version
    test: c.Callable[[DeviceQuery, SimWorld, Version], c.Callable[[SimDevice], bool]]

    def answer(self, query: DeviceQuery) -> list[SimDevice]:
        return list(filter(self.test(query, self.world, self.version), self.world.devices()))

    def record(self, device: SimDevice) -> t.Any:
        place = self.world.location(device.location)
        return wire.device_record(dataclasses.asdict(device) | {"location_id": place.id if place else None})

    def locations(self) -> list[Location]:
        places = (self.world.location(device.location) for device in self.world.devices())
        return [Location(place.id, wire.text(place.location)) for place in {place for place in places if place}]


# A site is NetBox's, and LibreNMS knows nothing of it.
@pytest.mark.parametrize("key", [key for key in FILTER_KEYS if key != "site"])
@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(data=st.data())
def test_server_and_client_agree(key: str, data: st.DataObject) -> None:
    devices, filters, groups = data.draw(scenes(key), "scene")
    version = data.draw(st.sampled_from([(24, 1, 0), (26, 7, 0)]), "version")
    test = data.draw(st.sampled_from([narrow_test, loose_test]), "comparison")
    include_disabled, knows_version, knows_locations = data.draw(st.tuples(st.booleans(), st.booleans(), st.booleans()), "knows")
    server = Server(SimWorld(devices), version, test)
    selection = Selection.from_options(filters, include_disabled=include_disabled, all_devices=True)
    locations = server.locations() if knows_locations else None
    queries = selection.queries(version if knows_version else None, group_members=groups, locations=locations)
    answers = [server.answer(query) for query in queries]
    asked = {record.device_id for answer in answers for record in map(server.record, answer) if selection.matches(record, groups)}
    everything = {record.device_id for record in map(server.record, devices) if selection.matches(record, groups)}
    assert asked == everything
    # Never more than the whole list once, in few calls.
    assert sum(map(len, answers)) <= len(devices)
    assert len(queries) <= MAX_ID_QUERIES
    counted = collections.Counter(device.device_id for answer in answers for device in answer)
    assert max(counted.values(), default=0) <= 1
    hypothesis.event("narrowed" if queries != WHOLE_LIST else "whole list")


@hypothesis.given(st.text())
def test_fold_is_stable_and_one_for_one(text: str) -> None:
    folded = key(text)
    assert key(folded) == folded.strip()
    assert len(folded) == len(text.strip())
