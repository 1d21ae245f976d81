# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Comparing and describing text that people and devices wrote."""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import typing as t
import unicodedata

# So many texts are named in one sentence.
_MOST_LISTED = 5

# What devices and people leave in a text field that has no value, compared without case (from real LibreNMS data).
_PLACEHOLDERS = frozenset(
    {
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "unknown",
        "undefined",
        "unset",
        "default",
        "empty",
        "tbd",
        "todo",
        "not set",
        "not-set",
        "notset",
        "not specified",
        "not available",
        "no name",
        "no hostname",
        "sysname",
        "hostname",
        "example.com",
        "localhost",
        "localhost.localdomain",
        "to be filled by o.e.m.",
    }
)


def key(text: str) -> str:
    """The form in which texts are compared: without case and outer blanks.

    Letters are folded one for one and never from a foreign letter to an ASCII one (``ß`` is not ``ss``): LibreNMS's LIKE and
    NetBox's unique names compare one character with one.
    """
    text = text.strip()
    return text.lower() if text.isascii() else "".join(map(_fold, text))


@functools.lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1 and folded.isascii() == character.isascii():
            return folded
    return character


def squashed(text: str) -> str:
    """The form in which spellings of one name are the same: without case, blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "", text.casefold())


def listed(texts: t.Iterable[str]) -> str:
    """The first ones, and how many more there are."""
    shown = list(texts)
    rest = len(shown) - _MOST_LISTED
    return ", ".join(shown[:_MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def quoted(names: t.Iterable[str]) -> str:
    """Names in quotes for a message, as alternatives."""
    return " or ".join(repr(printable(name)) for name in names)


def is_placeholder(text: str) -> bool:
    """Whether the text says nothing: blank, a known stand-in, or without a letter or digit."""
    return key(text) in _PLACEHOLDERS or not any(char.isalnum() for char in text)


def printable(text: str, limit: int = 200) -> str:
    """Remote text for a message: one line, no control characters, at most limit characters."""
    # Cut first: a remote text may be very long.
    shown = " ".join("".join(char if char.isprintable() else " " for char in text[: limit * 4]).split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def visible(text: str) -> str:
    """Remote text for a page: what no one could see, such as control characters or a change of the writing direction, as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text)


def near(wanted: str, known: t.Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to count known names that resemble the wanted one, best first; blanks and hyphens do not count.

    One text within the other counts too, unless it is a small part of it: "SG" in a long model proves nothing.
    """
    wanted_key = squashed(wanted)
    if not wanted_key:
        return ()
    scored = []
    matcher = difflib.SequenceMatcher(b=wanted_key)
    for name in dict.fromkeys(known):
        name_key = squashed(name)
        if not name_key:
            continue
        shorter, longer = sorted((name_key, wanted_key), key=len)
        if len(shorter) >= 3 and 2 * len(shorter) >= len(longer) and shorter in longer:
            score = 0.7 + 0.3 * len(shorter) / len(longer)
        else:
            matcher.set_seq1(name_key)
            # The cheap upper bounds spare the full comparison for most of a long list.
            if matcher.real_quick_ratio() < 0.6 or matcher.quick_ratio() < 0.6:
                continue
            score = matcher.ratio()
        if score >= 0.6:
            scored.append((-score, name))
    return tuple(name for score, name in sorted(scored)[:count])


def did_you_mean(alike: t.Collection[str]) -> str:
    """The hint for a name that is not known, from those that are near to it; ``""`` where there are none."""
    return f"Did you mean {quoted(alike)}?" if alike else ""


def slugify(text: str) -> str:
    """A slug as NetBox's own forms make it: ASCII letters, digits and single hyphens, at most 100 characters.

    A text without any of these gets a digest, because NetBox takes no empty slug.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text.casefold())[:100].strip("-")
    return slug or digest(text)


def digest(text: str) -> str:
    """Eight characters that tell texts apart which are not the same without case."""
    return hashlib.sha256(key(text).encode(errors="replace")).hexdigest()[:8]
