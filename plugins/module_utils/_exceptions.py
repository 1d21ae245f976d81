# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The errors of the Ansible-free code. Each has one readable sentence as its text."""

from __future__ import annotations

import contextlib
import enum
import typing as t


class CollectionError(Exception):
    """Base of everything this collection raises on purpose; ``str()`` of it is fit for a user."""

    def failure(self) -> dict[str, t.Any]:
        """What a task returns as C(failure) beside its message: plain JSON types, no secrets."""
        return {"kind": type(self).__name__}


class OptionError(CollectionError):
    """An option is wrong. Names the option (as a path, such as ``rules.sites[2].location_regex``) and its value."""

    def __init__(self, option: str, value: object, reason: str, hint: str = "") -> None:
        self.option = option
        self.value = value
        text = f"{option}: {reason} (got {value!r})."
        super().__init__(f"{text} {hint}" if hint else text)

    def failure(self) -> dict[str, t.Any]:
        return {"kind": "OptionError", "option": self.option}


class OptionErrors(OptionError):
    """Several options are wrong, each with its own sentence."""

    def __init__(self, errors: t.Sequence[OptionError]) -> None:
        super().__init__(errors[0].option, errors[0].value, "several options are wrong")
        self.errors = tuple(errors)
        numbered = " ".join(f"({number}) {error}" for number, error in enumerate(self.errors, start=1))
        self.args = (f"{len(self.errors)} options are wrong: {numbered}",)

    def failure(self) -> dict[str, t.Any]:
        errors = [{"option": error.option, "message": str(error)} for error in self.errors]
        return {"kind": "OptionError", "option": self.option, "errors": errors}


class Errors:
    """Collects what is wrong with options, so that a user hears of all of it at once."""

    def __init__(self) -> None:
        self._errors: list[OptionError] = []

    def add(self, error: OptionError) -> None:
        self._errors += error.errors if isinstance(error, OptionErrors) else (error,)

    @contextlib.contextmanager
    def collected(self) -> t.Iterator[None]:
        """Keeps an OptionError of the block for :meth:`raise_any`."""
        try:
            yield
        except OptionError as error:
            self.add(error)

    def raise_any(self) -> None:
        """Raises OptionError when there is any."""
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            raise OptionErrors(self._errors)


class ApiError(CollectionError):
    """A server did not give a usable answer.

    :param operation: what was asked, as a user would say it, such as ``reading the device list from LibreNMS``
    :param method: HTTP method
    :param url: the URL without its query and without user information
    :param status: HTTP status, None when there was no answer
    :param server_message: the server's own words, shortened, None when there were none
    :param hint: what the user can do
    """

    def __init__(
        self,
        operation: str,
        *,
        method: str = "GET",
        url: str = "",
        status: int | None = None,
        server_message: str | None = None,
        reason: str = "",
        hint: str = "",
        body: object = None,
    ) -> None:
        self.operation = operation
        self.method = method
        self.url = url
        self.status = status
        self.server_message = server_message
        self.reason = reason
        self.hint = hint
        self.body = body
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        text = f"{self.operation[:1].upper()}{self.operation[1:]} failed"
        if self.url:
            text += f" ({self.method} {self.url})"
        details = []
        if self.status is not None:
            details.append(f"HTTP {self.status}")
        if self.reason:
            details.append(self.reason)
        if self.server_message:
            details.append(f"the server said: {self.server_message}")
        if details:
            text += ": " + ", ".join(details)
        # A server's own words may end with one.
        text = text.removesuffix(".") + "."
        return f"{text} {self.hint}" if self.hint else text

    def failure(self) -> dict[str, t.Any]:
        return {
            "kind": type(self).__name__,
            "operation": self.operation,
            "method": self.method,
            "url": self.url,
            "status": self.status,
            "message": self.server_message,
        }


class ConnectionFailed(ApiError):
    """Nothing was sent, or it is known that the server did not act on it: name resolution, refused connection, TLS."""


class AnswerLost(ApiError):
    """The request went out and its answer did not come back (time-out, reset): a write may or may not have happened."""


class AccessDenied(ApiError):
    """401 or 403."""


class UnusableAnswer(ApiError):
    """The answer is no JSON, cut off, or not of the shape the API documents (an HTML page of a proxy or a wrong URL)."""


class StopReason(enum.StrEnum):
    """Why a run ends early."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class Stopped(CollectionError):
    """A user cancelled the job, or its deadline has passed. Raised between two requests, never within one."""

    def __init__(self, reason: StopReason) -> None:
        self.reason = reason
        super().__init__("The job was cancelled." if reason is StopReason.CANCELLED else "The deadline of the job has passed.")
