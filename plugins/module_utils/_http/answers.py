# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What came back from a server: JSON, or a typed error that says what was asked, what came back and what to do."""

from __future__ import annotations

import collections.abc as c
import contextlib
import gc
import itertools
import json
import typing as t

from .._exceptions import AccessDenied, AnswerLost, ApiError, UnusableAnswer
from .failures import exchange_error
from .shown import public_url, shown

# Without requests there is no session, so nothing here is ever called; session.py reports what is missing.
with contextlib.suppress(ImportError):
    import requests

# Headers that identify the user: not to be seen in a message, and not to follow a redirect to another host.
SECRET_HEADERS: t.Final = ("Authorization", "X-Auth-Token")

_HIDDEN = "********"


def api_error(cause: requests.RequestException | requests.Response, operation: str, *, server: str = "") -> ApiError:
    """The typed error for what went wrong.

    :param cause: an exception of requests, or an answer that is no success (or no JSON)
    :param operation: what was asked, such as ``reading the device list from LibreNMS``
    :param server: ``librenms`` or ``netbox``; hints then name the options, such as ``librenms_ca_path``
    """
    prefix = f"{server}_" if server else ""
    if isinstance(cause, requests.Response):
        return _answer_error(cause, operation, prefix)
    if isinstance(cause, requests.exceptions.JSONDecodeError) and cause.response is not None:
        return _answer_error(cause.response, operation, prefix)
    return exchange_error(cause, operation, prefix)


def read_json(
    response: requests.Response,
    operation: str,
    *,
    server: str = "",
    object_hook: t.Callable[[dict[str, t.Any]], t.Any] | None = None,
) -> t.Any:
    """The JSON of a successful answer; None for 204.

    :raises ApiError: any other status, or no JSON
    """
    if not response.ok or response.is_redirect:
        raise api_error(response, operation, server=server)
    if response.status_code == 204:
        return None
    try:
        return _parsed(response.content, object_hook)
    except RecursionError:
        raise UnusableAnswer(
            operation,
            method=_method(response),
            url=public_url(response.url),
            status=response.status_code,
            reason="the answer is nested too deeply",
            hint=f"Check what answers at {server + '_' if server else ''}url.",
        ) from None
    except ValueError:
        raise api_error(response, operation, server=server) from None


def _parsed(content: bytes, object_hook: t.Callable[[dict[str, t.Any]], t.Any] | None = None) -> t.Any:
    """Raises ValueError, and RecursionError for what is nested too deeply.

    The collector rests meanwhile: before Python 3.12 it would call the finalizers of other objects with as little room on the stack as
    a deep answer leaves, and what fails in a finalizer is printed.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return json.loads(content, object_hook=object_hook, parse_constant=_no_json)
    finally:
        if collecting:
            gc.enable()


def _no_json(constant: str) -> t.NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _method(response: requests.Response) -> str:
    return (response.request.method if response.request is not None else None) or "GET"


def _answer_error(response: requests.Response, operation: str, prefix: str) -> ApiError:
    status = response.status_code
    method = _method(response)
    body = _json_or_none(response)
    message = _without_secrets(_server_message(body), response)
    url = public_url(response.url)
    target = public_url(response.headers.get("Location")) if response.is_redirect else (url if response.history else "")
    hint = ""
    reason = f"redirected to {target}" if target else ""
    kind: type[ApiError] = ApiError
    if status == 401:
        kind = AccessDenied
        hint = f"Check {prefix}token." if not target else f"Give {prefix}url without the redirect; a token is not sent to another host."
    elif status == 403:
        kind = AccessDenied
        hint = f"The user of {prefix}token lacks the right for this."
    elif status in (502, 504):
        # A proxy speaks for a server that did not answer it in time: a write may have happened.
        kind = AnswerLost
        reason = reason or "a proxy got no answer from the server"
        hint = "Look into the server's log, or ask for less at a time."
    elif response.is_redirect:
        hint = f"Give {prefix}url as the redirect has it."
    elif body is None and status != 204:
        kind = UnusableAnswer
        reason = ", ".join(filter(None, (reason, _what_it_is(response))))
        hint = _status_hint(status)
        if status == 400 and b"HTTPS port" in response.content[:2000]:
            hint = f"{prefix}url must begin with https:// for this port."
        elif not hint:
            where = "with the subdirectory, without a page of the web interface"
            hint = f"Check {prefix}url ({where}), and whether a proxy or a login page answered."
    else:
        hint = _status_hint(status)
    return kind(operation, method=method, url=url, status=status, server_message=message or None, reason=reason, hint=hint, body=body)


def _status_hint(status: int) -> str:
    """What these say is true whoever answers, the server or a proxy before it."""
    if status == 429:
        return "Something before the server limits the number of requests; lower the number of workers, or try later."
    if status == 503:
        return "The server, or a proxy before it, is overloaded or being worked on; try later."
    if status >= 500:
        return "The server, or a proxy before it, failed; look into its log."
    return ""


def _json_or_none(response: requests.Response) -> object:
    try:
        return t.cast(object, _parsed(response.content))
    except (ValueError, RecursionError, requests.RequestException):
        return None


def _server_message(body: object) -> str:
    if isinstance(body, c.Mapping):
        for key in ("message", "detail", "error"):
            if isinstance(body.get(key), str) and body[key].strip():
                return shown(body[key])
    if isinstance(body, (c.Mapping, list)) and body:
        # NetBox answers a refused object with the fields and what is wrong with each.
        return shown(json.dumps(body, ensure_ascii=False))
    return ""


# A part of a secret that is as long as this is hidden as well: half of a version 2 token, or a token that is cut off.
_PART = 12


def _without_secrets(text: str, response: requests.Response) -> str:
    for name in SECRET_HEADERS:
        value = response.request.headers.get(name, "") if response.request is not None else ""
        for secret in (value, value.rpartition(" ")[2]):
            if len(secret) > 3:
                text = text.replace(secret, _HIDDEN)
        text = _without_parts(text, value.rpartition(" ")[2])
    return text


def _without_parts(text: str, secret: str) -> str:
    parts = {secret[start : start + _PART] for start in range(len(secret) - _PART + 1)}
    hidden = [False] * len(text)
    for start in range(len(text) - _PART + 1):
        if text[start : start + _PART] in parts:
            hidden[start : start + _PART] = [True] * _PART
    runs = itertools.groupby(zip(text, hidden, strict=True), lambda pair: pair[1])
    return "".join(_HIDDEN if is_hidden else "".join(char for char, _is_hidden in run) for is_hidden, run in runs)


def _what_it_is(response: requests.Response) -> str:
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not response.content:
        return "the answer is empty"
    if "html" in content_type or response.content.lstrip()[:1] == b"<":
        return "the answer is a web page, not JSON"
    if "json" in content_type:
        return "the answer is cut off or damaged JSON"
    return f"the answer is not JSON ({shown(content_type) or 'no content type'})"
