# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The elements of an HTML report. Here, and nowhere else, remote text is made harmless."""

from __future__ import annotations

import collections.abc as c
import typing as t
import urllib.parse
from xml.etree import ElementTree

from .._engine.text import visible

Json = c.Mapping[str, t.Any]
Element = ElementTree.Element


def element(tag: str, *children: Element | str | None, **attributes: str) -> Element:
    """An element. Children that are None are left out; ``class_`` is ``class``, ``data_sort`` is ``data-sort``."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): visible(value) for name, value in attributes.items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, str):
            if last is None:
                made.text = (made.text or "") + visible(child)
            else:
                last.tail = (last.tail or "") + visible(child)
        elif child is not None:
            made.append(child)
            last = child
    return made


def serialized(made: Element) -> str:
    return ElementTree.tostring(made, encoding="unicode", method="html") + "\n"


def shown(value: t.Any) -> str:
    """A value of any field, for people."""
    if value is None:
        return ""
    if isinstance(value, c.Mapping):
        return ", ".join(f"{name}: {item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def link(netbox: Json | None, text: str) -> Element:
    """The text as a link to an object of NetBox, where it has an address that a browser may follow."""
    url = shown((netbox or {}).get("url"))
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return element("span", text)
    if parts.scheme not in ("http", "https") or not parts.netloc or not url.isprintable():
        return element("span", text)
    return element("a", text or url, href=url, target="_blank", rel="noopener noreferrer")


def small_table(heads: c.Iterable[str], rows: c.Iterable[Element]) -> Element:
    head = element("thead", element("tr", *(element("th", text, scope="col") for text in heads)))
    return element("table", head, element("tbody", *rows), class_="inner")
