# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Rules that NetBox's own devices teach: which site, type, platform and role people gave to what LibreNMS says of them."""

from __future__ import annotations

import collections
import collections.abc as c
import dataclasses
import itertools
import re

from ..kinds import ObjectKind
from ..matching.catalog import Catalog, Index, Site, T
from ..matching.hardware import names_a_family
from ..text import is_placeholder, key, printable
from .assessment import Assessment, State
from .existing import ExistingObject
from .identity import MatchedBy
from .location_shapes import location_shape
from .rule_text import Conditions, Targets

# Of the devices that a rule holds for so many have to speak for it; of fewer a person has to decide.
_MAJORITY = 0.75
# What a rule about names or hardware needs beside the one for their operating system and type.
_LEAST = 2
# By these a device finds its object without any rule.
_WITHOUT_RULE = frozenset({"name", "slug", "part_number", "model", "normalised", "inventory"})


@dataclasses.dataclass(frozen=True, slots=True)
class Lesson:
    """A device of which it is certain which object of NetBox it is.

    :ivar ids: of what that object refers to, by field
    """

    assessment: Assessment
    existing: ExistingObject
    ids: c.Mapping[str, int]

    @property
    def device_id(self) -> int:
        return self.assessment.device.device_id


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedRule:
    """A rule, with the devices that speak for it.

    :ivar rules: the list that it belongs to
    :ivar devices: how many speak for it, of so many that its conditions hold for
    :ivar others: those that do not, and what they are, for people
    :ivar sure: it may be used as it is
    """

    rules: str
    conditions: Conditions
    targets: Targets
    devices: int
    of: int
    others: tuple[str, ...]
    sure: bool


def certain(assessment: Assessment) -> ExistingObject | None:
    """The object that a device is beyond doubt; a name or an address alone proves nothing."""
    proven = assessment.state is State.EXISTING and assessment.matched_by in (MatchedBy.LIBRENMS_ID, MatchedBy.SERIAL)
    return assessment.existing if proven else None


def learned_rules(lessons: c.Sequence[Lesson], catalog: Catalog) -> tuple[LearnedRule, ...]:
    """The rules for what LibreNMS says of these devices, in the order in which they have to stand; none for what needs no rule."""
    return (
        *_sites(lessons, catalog.sites),
        *_by_text("device_types", "device_type", "hardware", _votes(lessons, "device_type", catalog.device_types, _TYPE_NAMES)),
        *_by_text("platforms", "platform", "os", _votes(lessons, "platform", catalog.platforms)),
        *_machines(lessons, catalog),
        *_roles(lessons, catalog),
    )


# In the order in which rules look for a device type.
_TYPE_NAMES = ("part_number", "name", "slug")


@dataclasses.dataclass(frozen=True, slots=True)
class _Vote:
    """What a lesson says of one field.

    :ivar target: a word by which a rule can name it
    :ivar found: the device finds it without any rule
    """

    lesson: Lesson
    target: str
    found: bool = False

    @property
    def shown(self) -> str:
        assessment = self.lesson.assessment
        name = printable(assessment.name or assessment.device.hostname)
        return f"{name!r} (device_id {self.lesson.device_id}) is {printable(self.target)!r}"


def _votes(lessons: c.Iterable[Lesson], field: str, index: Index[T], ways: tuple[str, ...] = ()) -> list[_Vote]:
    """Nothing of an object that no name or slug tells from all others."""
    votes = []
    for lesson in lessons:
        item = index.by_id.get(lesson.ids.get(field, 0))
        target = next((text for text in (item.name, item.slug) if index.find(text, *ways).one is item), "") if item else ""
        if item and target:
            match = getattr(lesson.assessment.match, field)
            votes.append(_Vote(lesson, target, match is not None and match.id == item.id and match.by in _WITHOUT_RULE))
    return votes


def _rule(rules: str, option: str, conditions: Conditions, votes: c.Sequence[_Vote]) -> LearnedRule:
    """What most say, the first by name where several are as many."""
    counts = collections.Counter(vote.target for vote in votes)
    target = min(counts, key=lambda text: (-counts[text], text))
    others = tuple(vote.shown for vote in votes if vote.target != target)
    sure = counts[target] >= _MAJORITY * len(votes)
    return LearnedRule(
        rules=rules, conditions=conditions, targets=((option, target),), devices=counts[target], of=len(votes), others=others, sure=sure
    )


def _by_text(rules: str, option: str, source: str, votes: c.Iterable[_Vote]) -> c.Iterator[LearnedRule]:
    """A rule for each text, the most frequent first.

    :param source: the field of LibreNMS that has the text
    """
    groups: dict[str, list[_Vote]] = collections.defaultdict(list)
    for vote in votes:
        text = str(getattr(vote.lesson.assessment.device, source))
        if not is_placeholder(text):
            groups[key(text)].append(vote)
    for _text, several in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        text = str(getattr(several[0].lesson.assessment.device, source)).strip()
        rule = _rule(rules, option, ((source, text),), several)
        if source == "hardware":
            # A wrong type is worse than a block: what leaves open which it is settles none.
            leaves_open = option == "device_type" and names_a_family(text)
            rule = dataclasses.replace(rule, sure=not rule.others and not leaves_open)
        if not any(vote.found for vote in several if (option, vote.target) in rule.targets):
            yield rule


def _sites(lessons: c.Iterable[Lesson], sites: Index[Site]) -> c.Iterator[LearnedRule]:
    """Patterns for locations of several parts, and before them the locations that say something else."""
    rest: list[_Vote] = []
    shapes: dict[str, list[tuple[_Vote, bool]]] = collections.defaultdict(list)
    for vote in _votes(lessons, "site", sites):
        shape = location_shape(vote.lesson.assessment.device.location, sites)
        if shape is None:
            rest.append(vote)
        else:
            pattern, site = shape
            shapes[pattern].append((vote, site.id == vote.lesson.ids["site"]))
    patterns = []
    for pattern, judged in sorted(shapes.items()):
        fitting = [vote for vote, fits in judged if fits]
        locations = {key(vote.lesson.assessment.device.location) for vote in fitting}
        if len(locations) >= _LEAST and len(fitting) >= _MAJORITY * len(judged):
            others = tuple(vote.shown for vote, fits in judged if not fits)
            patterns.append(
                LearnedRule(
                    rules="sites",
                    conditions=(("location_pattern", pattern),),
                    targets=(),
                    devices=len(fitting),
                    of=len(judged),
                    others=others,
                    sure=True,
                )
            )
            rest += [vote for vote, fits in judged if not fits]
        else:
            rest += [vote for vote, _fits in judged]
    yield from _by_text("sites", "site", "location", rest)
    yield from patterns


def _machines(lessons: c.Iterable[Lesson], catalog: Catalog) -> c.Iterator[LearnedRule]:
    """Hardware that people have made virtual machines of, with their cluster where it is one."""
    machine, device = ObjectKind.VIRTUAL_MACHINE.value, ObjectKind.DEVICE.value
    clusters = {vote.lesson.device_id: vote.target for vote in _votes(lessons, "cluster", catalog.clusters)}
    kinds: dict[str, list[_Vote]] = collections.defaultdict(list)
    for lesson in lessons:
        kind = machine if lesson.existing.kind is ObjectKind.VIRTUAL_MACHINE else device
        kinds[key(lesson.assessment.device.hardware)].append(_Vote(lesson, kind))
    virtual = [votes for votes in kinds.values() if any(vote.target == machine for vote in votes)]
    for rule in _by_text("import_as", "import_as", "hardware", itertools.chain.from_iterable(virtual)):
        votes = kinds[key(rule.conditions[0][1])]
        inside = {clusters.get(vote.lesson.device_id, "") for vote in votes if vote.target == machine}
        cluster = inside.pop() if len(inside) == 1 and rule.sure else ""
        yield dataclasses.replace(rule, targets=(*rule.targets, ("cluster", cluster))) if cluster else rule


def _roles(lessons: c.Iterable[Lesson], catalog: Catalog) -> c.Iterator[LearnedRule]:
    """For each operating system and type the role of most, and before it what names and hardware say of others."""
    groups: dict[Conditions, list[_Vote]] = collections.defaultdict(list)
    for vote in _votes(lessons, "role", catalog.roles):
        device = vote.lesson.assessment.device
        common = tuple((field, text.strip()) for field, text in (("os", device.os), ("type", device.type)) if not is_placeholder(text))
        groups[common].append(vote)
    for common, votes in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        if common:
            yield from _of_one_system(common, votes, catalog.sites)


def _of_one_system(common: Conditions, votes: list[_Vote], sites: Index[Site]) -> c.Iterator[LearnedRule]:
    usual = _rule("roles", "role", common, votes).targets[0][1]
    telling = [*_telling(votes, _name_parts, sites), *_telling(votes, _hardware_parts, sites)]
    left = {vote.lesson.device_id for vote in votes}
    for part, several in telling:
        served = {vote.lesson.device_id for vote in several} & left
        if several[0].target != usual and len(served) >= _LEAST:
            yield _rule("roles", "role", (*common, (part.field, part.text)), several)
            left -= served
    rest = [vote for vote in votes if vote.lesson.device_id in left]
    general = _rule("roles", "role", common, rest)
    for part, several in telling:
        served = {vote.lesson.device_id for vote in several} & left
        # Where a person has to decide on the others, those are still certain.
        if not general.sure and several[0].target == usual and len(served) >= _LEAST:
            yield _rule("roles", "role", (*common, (part.field, part.text)), several)
            left -= served
    yield general


def _telling(
    votes: c.Sequence[_Vote], parts_of: c.Callable[[_Vote, Index[Site]], set[_Part]], sites: Index[Site]
) -> list[tuple[_Part, list[_Vote]]]:
    """The parts that devices of one role only have, and those devices; the surest first."""
    parts: dict[_Part, list[_Vote]] = collections.defaultdict(list)
    for vote in votes:
        for part in parts_of(vote, sites):
            parts[part].append(vote)
    one_role = [(part, several) for part, several in parts.items() if len({vote.target for vote in several}) == 1]
    return sorted(one_role, key=lambda item: _surest_first(*item))


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """What may tell devices of one role: a condition, and the word in it."""

    field: str
    text: str
    word: str


def _surest_first(part: _Part, votes: c.Sequence[_Vote]) -> tuple[int, bool, int, str]:
    """Of two words that the same devices have, the one that is like the role's name, then the longer one."""
    words = re.findall(r"\w+", key(votes[0].target))
    like = any(word.startswith(part.word) or part.word.startswith(word) for word in words)
    return -len(votes), not like, -len(part.word), part.word


def _name_parts(vote: _Vote, sites: Index[Site]) -> set[_Part]:
    """Words of the name without the number behind them, C(core) of C(ams1-core-2); none that says where the device is."""
    site = sites.by_id.get(vote.lesson.ids.get("site", 0))
    place = [vote.lesson.assessment.device.location, *((site.name, site.slug) if site else ())]
    places = re.findall(r"[^\W\d_]+", key(" ".join(place)))
    words = re.findall(r"(?:^|[-_.])([a-z]{2,})\d*(?=[-_.]|$)", key(vote.lesson.assessment.name))
    kinds = {word for word in words if not any(other.startswith(word) for other in places)}
    return {_Part("name_regex", rf"(^|[-_.]){word}\d*([-_.]|$)", word) for word in kinds}


def _hardware_parts(vote: _Vote, _sites: Index[Site]) -> set[_Part]:
    text = vote.lesson.assessment.device.hardware.strip()
    return set() if is_placeholder(text) else {_Part("hardware", text, key(text))}
