# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The tags of the option C(tags): which of them NetBox has, and which objects may have them."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from ..._exceptions import OptionError
from ..issues import Issue, IssueCode
from ..kinds import ObjectKind
from ..matching.catalog import Catalog
from ..matching.missing import free_slug
from ..text import printable
from .options import ImportOptions
from .plan import Change


def check_tags(options: ImportOptions, catalog: Catalog) -> None:
    """Raises OptionError for a tag that NetBox lacks and the import may not create."""
    for number, tag in enumerate(options.tags):
        check_tag(f"tags[{number}]", tag, options, catalog)


def check_tag(option: str, tag: str, options: ImportOptions, catalog: Catalog) -> None:
    """Raises OptionError as :func:`check_tags` does, for one tag of an option."""
    if "tags" not in options.create_missing and not catalog.tags.find(tag).objects:
        hint = catalog.tags.did_you_mean(tag, "Create it, or add tags to create_missing.")
        raise OptionError(option, tag, "does not exist in NetBox", hint)


@dataclasses.dataclass(frozen=True, slots=True)
class WantedTags:
    """What the option names.

    :ivar names: by slug
    :ivar limited: the models that a tag is limited to, by the slugs of those that are limited
    """

    names: c.Mapping[str, str]
    limited: c.Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, options: ImportOptions, catalog: Catalog) -> WantedTags:
        names: dict[str, str] = {}
        limited: dict[str, frozenset[str]] = {}
        for tag in options.tags:
            found = catalog.tags.find(tag).objects
            if found:
                names.setdefault(found[0].slug, found[0].name)
                if found[0].models:
                    limited[found[0].slug] = found[0].models
            else:
                names.setdefault(free_slug(tag, catalog.tags), tag)
        return cls(names, limited)

    def for_kind(self, kind: ObjectKind) -> dict[str, str]:
        """Those that NetBox takes at an object of this kind: names by slugs (extras.signals.validate_assigned_tags)."""
        return {slug: name for slug, name in self.names.items() if self._fits(slug, kind)}

    def left_out(self, kind: ObjectKind) -> tuple[Issue, ...]:
        """A warning for each of the others."""
        return tuple(self._left_out(slug, kind) for slug in self.names if not self._fits(slug, kind))

    def _fits(self, slug: str, kind: ObjectKind) -> bool:
        return slug not in self.limited or kind.target.row.model in self.limited[slug]

    def _left_out(self, slug: str, kind: ObjectKind) -> Issue:
        models = ", ".join(sorted(self.limited[slug]))
        message = f"The tag {printable(self.names[slug])!r} was left out, because NetBox limits it to other objects ({models})."
        hint = f"Add {kind.target.row.model} to the object types of the tag in NetBox, or take it out of the option tags."
        return Issue(IssueCode.FIELD_REFUSED, "tags", message, hint)


def tags_change(tags: c.Mapping[str, str]) -> Change:
    """:param tags: names by slugs, by which NetBox takes a tag in a body, so that a new one needs no id"""
    return Change("tags", [{"slug": slug} for slug in tags], None, sorted(tags.values()))
