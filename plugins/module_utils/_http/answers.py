# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What came back from a server: JSON, or a typed error that says what was asked, what came back and what to do."""

from __future__ import annotations

import collections.abc as c
import json
import re
import ssl
import typing as t
import urllib.parse

from .._exceptions import AccessDenied, AnswerLost, ApiError, ConnectionFailed, UnusableAnswer

try:
    import requests
    import urllib3.exceptions
except ImportError:
    # Without requests there is no session, so nothing here is ever called; _http reports what is missing.
    pass

# Headers that identify the user: not to be seen in a message, and not to follow a redirect to another host.
SECRET_HEADERS: t.Final = ("Authorization", "X-Auth-Token")

_MESSAGE_LIMIT = 300
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def public_url(url: str | None) -> str:
    """A URL that may be shown: without user information, query and fragment."""
    try:
        parts = urllib.parse.urlsplit(url or "")
    except ValueError:
        return ""
    return _UNPRINTABLE.sub("", urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def shown(text: object) -> str:
    """A server's words, fit for a message: one line, no control characters, at most 300 characters."""
    line = " ".join(_UNPRINTABLE.sub(" ", str(text)).split())
    return line if len(line) <= _MESSAGE_LIMIT else line[: _MESSAGE_LIMIT - 3] + "..."


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
    return _exchange_error(cause, operation, prefix)


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
        return json.loads(response.content, object_hook=object_hook)
    except (ValueError, RecursionError):
        raise api_error(response, operation, server=server) from None


def _chain(error: BaseException) -> c.Iterator[BaseException]:
    """What is wrapped in an exception of requests, outermost first."""
    seen: list[BaseException] = []
    queue: list[object] = [error]
    while queue and len(seen) < 20:
        item = queue.pop(0)
        if isinstance(item, BaseException) and not any(item is known for known in seen):
            seen.append(item)
            queue += [*item.args, getattr(item, "reason", None), item.__cause__]
    return iter(seen)


def _find(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
    return next((item for item in _chain(error) if isinstance(item, kinds)), None)


def _exchange_error(error: requests.RequestException, operation: str, prefix: str) -> ApiError:
    # The exception's own text is not used: it may hold a proxy's password, the query or a header's value.
    request = error.request
    method = (request.method if request is not None else None) or "GET"
    url = public_url(request.url if request is not None else None)
    host = urllib.parse.urlsplit(url).hostname or "the server"
    kind: type[ApiError] = ConnectionFailed
    if isinstance(error, requests.exceptions.SSLError):
        reason, hint = _no_tls(error, host, prefix)
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = "the proxy that the environment names could not be used"
        hint = "Check http_proxy, https_proxy and no_proxy in the environment."
    elif isinstance(error, (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
        is_header = isinstance(error, requests.exceptions.InvalidHeader)
        reason = "the token has characters that a header cannot carry" if is_header else "this is no valid URL"
        hint = f"Check {prefix}{'token' if is_header else 'url'}."
    elif isinstance(error, requests.exceptions.InvalidSchema):
        reason = "the URL does not begin with http:// or https://"
        hint = f"Check {prefix}url."
    elif isinstance(error, requests.exceptions.TooManyRedirects):
        return UnusableAnswer(operation, method=method, url=url, reason="too many redirects", hint=f"Check {prefix}url.")
    elif isinstance(error, requests.exceptions.ConnectTimeout):
        reason = f"{host} did not accept a connection in time"
        hint = f"Check {prefix}url, and that a firewall lets this machine reach it."
    elif _find(error, urllib3.exceptions.ReadTimeoutError, TimeoutError) or isinstance(error, requests.exceptions.ReadTimeout):
        kind = AnswerLost
        reason = "no answer in time"
        hint = f"Raise {prefix}timeout, or ask for less at a time."
    elif _find(error, urllib3.exceptions.NewConnectionError):
        reason, hint = _no_connection(error, host, prefix)
    elif isinstance(error, requests.exceptions.ContentDecodingError):
        kind = UnusableAnswer
        reason = "the answer's compression is damaged"
        hint = ""
    else:
        kind = AnswerLost
        reason = "the connection was lost before the whole answer was there"
        hint = "Look into the server's log, and that of a proxy before it."
    return kind(operation, method=method, url=url, reason=reason, hint=hint)


def _no_tls(error: BaseException, host: str, prefix: str) -> tuple[str, str]:
    refused = _find(error, ssl.SSLCertVerificationError)
    if isinstance(refused, ssl.SSLCertVerificationError):
        return (
            f"the TLS certificate of {host} was not accepted: {shown(refused.verify_message)}",
            f"Name the authority's certificate with {prefix}ca_path, or check that the certificate is for the name in {prefix}url.",
        )
    detail = shown(getattr(_find(error, ssl.SSLError), "reason", None) or "the handshake failed")
    return (
        f"no TLS connection to {host}: {detail}",
        f"Check the scheme (http or https) and port in {prefix}url, and that {prefix}ca_path, when given, holds certificates.",
    )


def _no_connection(error: BaseException, host: str, prefix: str) -> tuple[str, str]:
    names = tuple(str(item) for item in _chain(error) if isinstance(item, urllib3.exceptions.NewConnectionError))
    system_error = _find(error, OSError)
    if any("resolve" in name or "getaddrinfo" in name or "Name or service" in name for name in names):
        return f"the name {host} cannot be resolved", f"Check {prefix}url and the DNS settings of this machine."
    if _find(error, ConnectionRefusedError) or any("refused" in name for name in names):
        return f"{host} refused the connection", f"Check the port in {prefix}url, and that the server runs."
    detail = getattr(system_error, "strerror", None)
    return f"no connection to {host}" + (f" ({shown(detail)})" if detail else ""), f"Check {prefix}url and the network."


def _answer_error(response: requests.Response, operation: str, prefix: str) -> ApiError:
    status = response.status_code
    method = (response.request.method if response.request is not None else None) or "GET"
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
        hint = (
            f"Check {prefix}url (with the subdirectory, without a page of the web interface), and whether a proxy or a login page answered."
        )
    elif status == 429:
        hint = "Something before the server limits the number of requests; lower the number of workers."
    return kind(operation, method=method, url=url, status=status, server_message=message or None, reason=reason, hint=hint, body=body)


def _json_or_none(response: requests.Response) -> object:
    try:
        return t.cast(object, json.loads(response.content))
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


def _without_secrets(text: str, response: requests.Response) -> str:
    for name in SECRET_HEADERS:
        value = response.request.headers.get(name, "") if response.request is not None else ""
        for secret in (value, value.rpartition(" ")[2]):
            if len(secret) > 3:
                text = text.replace(secret, "********")
    return text


def _what_it_is(response: requests.Response) -> str:
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not response.content:
        return "the answer is empty"
    if "html" in content_type or response.content.lstrip()[:1] == b"<":
        return "the answer is a web page, not JSON"
    if "json" in content_type:
        return "the answer is cut off or damaged JSON"
    return f"the answer is not JSON ({shown(content_type) or 'no content type'})"
