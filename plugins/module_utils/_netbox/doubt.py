# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What an answer to a write proves: that it happened, that it did not, or nothing.

NetBox writes a list in one transaction, and its own refusals (400 to 415) and database errors undo it. Everything else proves
nothing: no answer, a proxy's page or JSON while NetBox goes on (408, 502, 503, 504, 524), and an error that NetBox itself had
behind the transaction, when it told its queue.
"""

from __future__ import annotations

import enum
import typing as t

from .._exceptions import AccessDenied, AnswerLost, ApiError, UnusableAnswer

# Exceptions that NetBox names in a 500 and that undo the transaction (django.db), or come before it.
_UNDONE: t.Final = frozenset(
    {
        "DataError",
        "DatabaseError",
        "IntegrityError",
        "InternalError",
        "OperationalError",
        "ProgrammingError",
        "RequestDataTooBig",
        "ValidationError",
    }
)
# What NetBox says where a write in the background finds no worker.
_NO_WORKER: t.Final = "RQ worker process not running"


class Doubt(enum.Enum):
    """How far an answer leaves open whether a write happened."""

    # It did not happen.
    NONE = "none"
    # NetBox itself has failed, and is at an end with it.
    ENDED = "ended"
    # Something between, which says nothing of NetBox: it may still be at it.
    ANSWERED = "answered"
    # No answer at all.
    LOST = "lost"


def doubt_of(error: ApiError) -> Doubt:
    """What the error of a write leaves open."""
    if isinstance(error, AnswerLost):
        return Doubt.LOST
    if isinstance(error, AccessDenied) or error.status is None:
        return Doubt.LOST if isinstance(error, UnusableAnswer) else Doubt.NONE
    if isinstance(error, UnusableAnswer):
        return Doubt.ANSWERED if error.status < 300 or error.status == 408 or error.status >= 500 else Doubt.NONE
    if error.status == 408:
        return Doubt.ANSWERED
    if error.status < 500:
        return Doubt.NONE
    body = error.body if isinstance(error.body, dict) else {}
    if "exception" in body:
        return Doubt.NONE if body["exception"] in _UNDONE else Doubt.ENDED
    return Doubt.NONE if _NO_WORKER in str(body.get("detail")) else Doubt.ANSWERED


def is_deadlock(error: ApiError) -> bool:
    """A deadlock that undid the whole list."""
    return error.status == 500 and isinstance(error.body, dict) and "deadlock detected" in str(error.body.get("error"))


def is_lost_race(error: ApiError) -> bool:
    """Whether somebody else saved such an object between NetBox's check and its write."""
    return error.status == 500 and isinstance(error.body, dict) and error.body.get("exception") == "IntegrityError"
