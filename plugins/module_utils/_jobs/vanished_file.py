# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The file in which an import remembers devices that LibreNMS has no more, private like the job records.

It stands in C(<state_dir>/vanished), one for each pair of servers and server key, and is replaced as a whole.
"""

from __future__ import annotations

import collections.abc as c
import hashlib
import json
import os
import re

from .._cache.own_directory import MARK, NotOurs, take
from .._engine.planning.plan_codec import decode, encode
from .._engine.planning.vanished_memory import Memory
from .._exceptions import CollectionError
from .private_file import TEMPORARY_PREFIX, replace_private
from .store import resolve_state_dir

_FORMAT_VERSION = 1
_LARGEST = 64_000_000


class VanishedFile:
    """:param state_dir: the option; :param parts: NetBox, LibreNMS and the server key"""

    def __init__(self, state_dir: str | None, parts: c.Sequence[str]) -> None:
        self._directory = resolve_state_dir(state_dir) / "vanished"
        self._path = self._directory / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}.json"

    def read(self) -> Memory:
        """Nothing where there is no file. Raises CollectionError for one that cannot be read."""
        try:
            with open(os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                data = json.loads(file.read(_LARGEST))
            if data.pop("format_version") != _FORMAT_VERSION:
                raise ValueError
            return decode(Memory, data)
        except FileNotFoundError:
            return Memory()
        except OSError as error:
            raise self._unusable("be read", error.strerror or type(error).__name__) from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise self._unusable("be read", "it is damaged, or of another release. Remove it to begin anew") from None

    def write(self, memory: Memory) -> None:
        """Raises CollectionError."""
        text = json.dumps({"format_version": _FORMAT_VERSION, **encode(memory)}, sort_keys=True)
        try:
            take(os.path.abspath(self._directory), _are_ours)
            replace_private(self._path, text)
        except (OSError, NotOurs) as error:
            raise self._unusable("be written", str(error)) from None

    def _unusable(self, what: str, why: str) -> CollectionError:
        return CollectionError(f"What is known of vanished devices cannot {what} ({self._path}): {why}.")


def _are_ours(names: c.Collection[str]) -> bool:
    return all(name == MARK or name.startswith(TEMPORARY_PREFIX) or re.fullmatch(r"[0-9a-f]{32}\.json", name) for name in names)
