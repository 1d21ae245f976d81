# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The device type that a hardware text means, where the text is not exactly its part number or model.

A part number or model has to stand in the text between word boundaries, compared without case, blanks and hyphens, and all
that is left of the text has to say nothing more precise: the maker, what kind of box it is, its revision, its firmware. What
is left and not known to be harmless keeps the type from being taken: C(SR630 V3) is no C(SR630). See docs/matching.md.
"""

from __future__ import annotations

import collections.abc as c
import dataclasses
import functools
import itertools
import re
import typing as t
import unicodedata

from ..text import is_placeholder, key
from .catalog import DeviceType, Index
from .makers import COMPANY_WORDS, Maker, maker_of, maker_of_os, runs_on, words

MIN_KEY = 4

_Breaks: t.TypeAlias = "tuple[int | str, ...]"

# What kind of box it is; says nothing about which one.
_KIND_WORDS = frozenset(
    key(word)
    for line in (
        "switch switches router routers firewall gateway appliance device server ups pdu system unit product model hardware type",
        "ethernet gigabit internet backbone edge service services integrated managed wireless network networking internetworking",
        "routing secure security formerly procurve the",
    )
    for word in line.split()
)
_BRACKETS = re.compile(r"(?P<gap>[\s\-]*)(?:\((?P<round>[^()\[\]]*)\)|\[(?P<square>[^()\[\]]*)\])")
_GLUED_MAKER = re.compile(r"(cisco|catalyst|cat)(?=[a-z]*\d)")
_HPE_ORDER_NUMBER = re.compile(r"j[a-z0-9]\d{3}[a-z]|[rs]\d[a-z]\d{2}[a-z]")

_ONIE = re.compile(r"^x86[_-]64-(?P<platform>.+)-r\d+$")
# In brackets these tell a variant, everything else there is a code or a remark.
_VARIANT = re.compile(r"poe\d?\+?|[a-z]{1,3}|plus|lite|mini|[vmgr][1-9]|gen\d+")

_OF_WHAT = "hardware|hw|software|sw|firmware|fw|boot|bootrom"
# Revision and firmware behind a model; each is taken off the front of what follows it. "V2" and "M3" are generations, "V02" is a revision.
_HARMLESS_BEHIND = tuple(
    re.compile(rf"{pattern}(?=[\s,;/]|$)")
    for pattern in (
        rf"(?:(?:{_OF_WHAT})[ -]?)?(?:rev|revision|ver|version|release)[.: ]*(?:[a-z]{{0,2}}\.?\d[\w.\-]*|[a-z])",
        r"(?:hw|sw|fw)[ :.]*v?\d[\w.]*",
        r"v0\d",
        r"r0\d",
        r"v?\d+(?:\.\d+)+(?:\.[a-z])?",
        r"with \d{1,2} (?:interface )?slots?",
        r"\d{1,2} slot (?:switch|chassis)",
        r"cloud managed(?: poe)?(?: [a-z]+)?",
        r"[a-z]{2}\d{2}-sfos",
        r"mcu",
        r"[/,;]",
    )
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text between blanks and hyphens. ``glued``: only a hyphen, or nothing, is between it and the piece before."""

    text: str
    glued: bool


@dataclasses.dataclass(frozen=True, slots=True)
class _Segment:
    """A text without its brackets, or the inside of one bracket."""

    pieces: tuple[_Piece, ...]
    # It is one word of letters and digits.
    one_word: bool = False
    # Something in brackets stands close behind a word of it, which may be the option that makes it another model.
    options: bool = False
    # Words in brackets that tell a variant.
    variants: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class _Name:
    """One way to write a device type. ``breaks`` is what :func:`_breaks` says of it."""

    device_type: DeviceType
    breaks: _Breaks
    # The model or part number itself, not a usual spelling of it.
    own: bool
    order_number: bool


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    device_type: DeviceType
    segment: int
    start: int
    end: int
    length: int
    own: bool


def squash(text: str) -> str:
    """The form in which part numbers and models are compared: without case, blanks and hyphens."""
    return "".join(piece.text for piece in _pieces(text))


_FAMILY = re.compile(r"\b(?:series|family|chassis|systems?|vsf|vss|irf)\b|stack(?:ing)?\b|\dxx")


def names_a_family(hardware: str) -> bool:
    """Whether a text leaves open which model it is: ``ASR9K Series``, ``cat29xxStack``, ``IM72xx``, ``Chassis``, nothing at all."""
    text = _plain(hardware)
    return is_placeholder(text) or not any(char.isdigit() for char in text) or _FAMILY.search(text) is not None


class HardwareIndex:
    """The device types of NetBox or of a library, findable by what devices say of their hardware."""

    def __init__(self, device_types: c.Iterable[DeviceType]) -> None:
        self._names: dict[str, list[_Name]] = {}
        self._longest = 0
        self._found: dict[tuple[str, str, HardwareIndex | None], tuple[DeviceType, ...]] = {}
        for device_type in device_types:
            self._add(device_type)

    def find(self, hardware: str, os: str = "", beyond: HardwareIndex | None = None) -> tuple[DeviceType, ...]:
        """The device types that the text of a device with that operating system means: none, the one, or several that differ.

        :param beyond: further types, which count only where one that is found here would throw away what the text says more
        """
        wanted = (hardware, os, beyond)
        if wanted not in self._found:
            self._found[wanted] = self._find(hardware, os, beyond)
        return self._found[wanted]

    def _add(self, device_type: DeviceType) -> None:
        maker = maker_of(device_type.manufacturer)
        for text, order_number in ((device_type.name, False), (device_type.part_number, True)):
            if not text.strip():
                continue
            parts = [piece.text for piece in _pieces(text)]
            own = "".join(parts)
            is_order_number = order_number and bool(_HPE_ORDER_NUMBER.fullmatch(own)) and "hpe" in maker.names
            self._enter(own, _Name(device_type, _breaks(parts), own=True, order_number=is_order_number))
            for other in _other_spellings(parts, maker):
                self._enter("".join(other), _Name(device_type, _breaks(other), own=False, order_number=False))

    def _enter(self, form: str, name: _Name) -> None:
        if len(form) < MIN_KEY or not any(char.isdigit() for char in form):
            return
        names = self._names.setdefault(form, [])
        if name not in names:
            names.append(name)
        self._longest = max(self._longest, len(form))

    def _find(self, hardware: str, os: str, beyond: HardwareIndex | None) -> tuple[DeviceType, ...]:
        segments = _segments(hardware)
        candidates = self.candidates(segments, os)
        best = [item for item in candidates if not any(_outdoes(other, item) for other in candidates)]
        others = beyond.candidates(segments, os) if beyond and best else []
        if longer := [other for other in others if any(_is_longer(other, item) for item in best)]:
            everything = [*best, *longer]
            best = [item for item in everything if not any(_is_longer(other, item) for other in everything)]
        found = {item.device_type.id: item.device_type for item in best}
        return tuple(found.values())

    def candidates(self, segments: c.Sequence[_Segment], os: str) -> list[_Candidate]:
        """Every reading of a text, by all its segments."""
        return [candidate for number, segment in enumerate(segments) for candidate in self._in_segment(number, segment, os, segments)]

    def _in_segment(self, number: int, segment: _Segment, os: str, segments: c.Sequence[_Segment]) -> c.Iterator[_Candidate]:
        pieces = segment.pieces
        for start in range(len(pieces)):
            form = ""
            for end in range(start + 1, len(pieces) + 1):
                form += pieces[end - 1].text
                if len(form) > self._longest:
                    break
                for name in self._names.get(form, ()):
                    if _fits(name, form, segment, start, end, os) and (number == 0 or _names_all(number, segments, start, end)):
                        yield _Candidate(device_type=name.device_type, segment=number, start=start, end=end, length=len(form), own=name.own)


@functools.lru_cache(maxsize=4)
def hardware_index(device_types: Index[DeviceType]) -> HardwareIndex:
    """The index of one catalog's device types, made when a text needs it first."""
    return HardwareIndex(device_types.objects)


def _outdoes(other: _Candidate, item: _Candidate) -> bool:
    """Whether another candidate is the more precise reading of the same place: a longer one around it, or the type's own name."""
    if other.device_type is item.device_type:
        return False
    same = (other.segment, other.start, other.end) == (item.segment, item.start, item.end)
    return _is_longer(other, item) or (same and other.own and not item.own)


def _is_longer(other: _Candidate, item: _Candidate) -> bool:
    around = other.segment == item.segment and other.start <= item.start and item.end <= other.end
    return around and other.length > item.length


def preferred(found: tuple[DeviceType, ...], hardware: str, os: str) -> tuple[DeviceType, ...]:
    """Of several device types that a text fits: those of the maker that the operating system tells, then the one with that model.

    Files of device types repeat a neighbour's part number now and then; the model tells which one is meant.
    """
    if len(found) > 1:
        found = tuple(item for item in found if runs_on(os, item.manufacturer)) or found
    if len(found) > 1:
        called = tuple(item for item in found if squash(item.name) == squash(hardware))
        found = called if len(called) == 1 else found
    return found


def _fits(name: _Name, form: str, segment: _Segment, start: int, end: int, os: str) -> bool:
    device_type = name.device_type
    told = runs_on(os, device_type.manufacturer)
    if told is False:
        return False
    pieces = segment.pieces
    inside = [piece.text for piece in pieces[start:end]]
    # What sysObjectID names call a Cisco has no hyphens at all: ciscoC83001N1S6T.
    glued_name = segment.one_word and pieces[0].text in ("cisco", "catalyst")
    if not glued_name and _breaks(inside) != name.breaks:
        return False
    maker = maker_of(device_type.manufacturer)
    before, behind = pieces[:start], pieces[end:]
    named = told is True or any(piece.text in maker.names for piece in before)
    if not named and (form.isdecimal() or maker_of_os(os) is not None):
        return False
    if name.order_number and named:
        # The rest describes what the number says exactly.
        return True
    if segment.options and not (end == len(pieces) and "extreme" in maker.names):
        return False
    if segment.variants - {piece.text for piece in (*_pieces(device_type.name), *_pieces(device_type.part_number))}:
        return False
    # What a hyphen ties to the name and repeats a part of it goes on with it: 0A-0A-0A is no 0A-0A.
    tied = [*([before[-1].text] if before and pieces[start].glued else []), *([behind[0].text] if behind and behind[0].glued else [])]
    if any(text in inside for text in tied):
        return False
    return _harmless_before(before, device_type, maker) and _harmless_behind(behind, device_type, maker)


def _harmless_before(pieces: c.Sequence[_Piece], device_type: DeviceType, maker: Maker) -> bool:
    return all(_is_harmless(piece.text, device_type, maker, glued=piece.glued) for piece in pieces)


def _harmless_behind(pieces: c.Sequence[_Piece], device_type: DeviceType, maker: Maker) -> bool:
    if pieces and pieces[0].glued and not _is_harmless(pieces[0].text, device_type, maker, glued=True):
        return False
    rest = "".join(("-" if piece.glued else " ") + piece.text for piece in pieces)
    while word := re.match(r"([ \-]*)([^ \-]+)", rest):
        behind = rest[word.start(2) :]
        found = next(filter(None, (pattern.match(behind) for pattern in _HARMLESS_BEHIND)), None)
        if found is not None and found.end():
            rest = behind[found.end() :]
        elif _is_harmless(word[2], device_type, maker, glued="-" in word[1]):
            rest = rest[word.end() :]
        else:
            return False
    return True


def _is_harmless(text: str, device_type: DeviceType, maker: Maker, *, glued: bool) -> bool:
    """:param glued: a hyphen joins it to what is before it, so that a word of the model would be that word once more"""
    plain = text.strip(".,;:/")
    if not plain or plain in _KIND_WORDS or plain in COMPANY_WORDS or plain in maker.all_words:
        return True
    if plain in words(device_type.manufacturer):
        return True
    own = {piece.text for piece in (*_pieces(device_type.name), *_pieces(device_type.part_number))}
    return not glued and plain in own and plain.isalpha() and len(plain) > 2


def _names_all(number: int, segments: c.Sequence[_Segment], start: int, end: int) -> bool:
    """Whether a bracket is a name and nothing else, and the text before it does not say the same and more."""
    inside = segments[number].pieces
    form = "".join(piece.text for piece in inside)
    before = "".join(piece.text for piece in segments[0].pieces)
    return start == 0 and end == len(inside) and form not in before


def _plain(text: str) -> str:
    return key(unicodedata.normalize("NFKC", text).replace("®", "").replace("™", ""))


def _spelled(piece: str) -> str:
    """One spelling of what is written in two ways: ``PoEP`` and ``PoE+``, ``SFPP`` and ``SFP+``, ``QSFP`` and ``QSFP+``."""
    piece = re.sub(r"(poe|sfp)p(?:lus)?(?![a-z])", r"\1+", piece)
    return piece.replace("qsfp+", "qsfp")


def _pieces(text: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    for word in re.split(r"[\s,;\"]+", _plain(text).replace("/k9", "-k9")):
        glued = False
        for part in re.split(r"[_\-\u2010-\u2015]+", word):
            stripped = part.strip(".:'()[]")
            maker = _GLUED_MAKER.match(stripped)
            if maker and maker.end() < len(stripped):
                pieces.append(_Piece("catalyst" if maker[1] == "cat" else maker[1], glued))
                stripped, glued = stripped[maker.end() :], True
            # "24-Port" counts as "24" does.
            counted = stripped in ("port", "ports") and pieces and pieces[-1].text[-1].isdigit()
            if any(char.isalnum() for char in stripped) and not counted:
                pieces.append(_Piece(_spelled(stripped), glued))
            glued = True
    return tuple(pieces)


def _segments(hardware: str) -> list[_Segment]:
    """The text outside brackets first, then what each bracket holds."""
    text = _plain(hardware)
    if onie := _ONIE.match(text):
        text = onie["platform"]
    brackets: list[str] = []
    options = False
    for found in _BRACKETS.finditer(text):
        inside = found["round"] if found["round"] is not None else found["square"]
        if found.start() > 0 and not any(char.isspace() for char in found["gap"]):
            options = True
        else:
            brackets.append(inside)
    outside = _BRACKETS.sub(" ", text)
    one_word = re.fullmatch(r"[a-z0-9]+", outside.strip()) is not None
    inside_brackets = [_Segment(_pieces(inside)) for inside in brackets]
    told = frozenset(piece.text for segment in inside_brackets for piece in segment.pieces if _VARIANT.fullmatch(piece.text))
    return [_Segment(_pieces(outside), one_word, options, told), *inside_brackets]


def _breaks(parts: c.Sequence[str]) -> _Breaks:
    """The hyphens and blanks that count: between two digits, and before a single letter at the end.

    C(X1-10) is not C(X11-0), and C(10G-E) is not C(10GE).
    """
    places = []
    place = 0
    for left, right in itertools.pairwise(parts):
        place += len(left)
        if left[-1:].isdigit() and right[:1].isdigit():
            places.append(place)
    last = parts[-1] if len(parts) > 1 else ""
    return (*places, last if len(last) == 1 and last.isalpha() else "")


def _other_spellings(parts: c.Sequence[str], maker: Maker) -> list[list[str]]:
    """The model without the maker and brand in front of it, and its maker's other ways to write it."""
    spellings = []
    rest = list(parts)
    while len(rest) > 1 and (rest[0] in maker.all_words or rest[0] in COMPANY_WORDS):
        rest = rest[1:]
        if any(char.isalpha() for char in "".join(rest)):
            spellings.append(rest)
    for text in (parts, *spellings[:]):
        form = "".join(text)
        for pattern, template in maker.spellings:
            if found := pattern.fullmatch(form):
                spellings.append(_cut_like(text, form, found.expand(template)))
    return spellings


def _cut_like(parts: c.Sequence[str], form: str, other: str) -> list[str]:
    """Another spelling of a form, cut where the form is cut, within the end or the beginning that they share."""
    cuts = list(itertools.accumulate(len(part) for part in parts))
    shared = next((size for size in range(min(len(form), len(other)), 0, -1) if other.endswith(form[-size:])), 0)
    if shared:
        cuts = [cut - len(form) + len(other) for cut in cuts if cut > len(form) - shared]
    bounds = [0, *(cut for cut in cuts if 0 < cut < len(other)), len(other)]
    return [other[left:right] for left, right in itertools.pairwise(bounds)]
