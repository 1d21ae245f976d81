# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What goes wrong between a request and its whole answer, as a typed error: the one place that knows the libraries' exceptions."""

from __future__ import annotations

import collections.abc as c
import http.client
import ssl
import typing as t
import urllib.parse

from .._exceptions import AnswerLost, ApiError, ConnectionFailed, UnusableAnswer
from .bounds import ANSWER_LIMIT, AnswerTooLarge
from .shown import public_url, shown

try:
    import requests
    import urllib3.exceptions
except ImportError:
    # Without requests there is no session, so nothing here is ever called; session.py reports what is missing.
    pass


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


def in_handshake(error: BaseException) -> bool:
    """Whether the time ran out before the connection was encrypted, so that nothing was sent; a server of http may just wait."""
    late = _find(error, TimeoutError)
    return late is not None and "handshake" in str(late)


def _find(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
    return next((item for item in _chain(error) if isinstance(item, kinds)), None)


def exchange_error(error: requests.RequestException, operation: str, prefix: str) -> ApiError:
    """The typed error for an exception of requests, and for what else came out of it as its cause.

    :param prefix: of the options that hints name, such as ``librenms_``
    """
    # The exception's own text is not used: it may hold a proxy's password, the query or a header's value.
    request = error.request
    method = (request.method if request is not None else None) or "GET"
    url = public_url(request.url if request is not None else None)
    cause = error.__cause__
    of_urllib3 = urllib3.exceptions
    is_place = isinstance(cause, of_urllib3.LocationValueError)
    if cause is not None and (is_place or not isinstance(cause, of_urllib3.HTTPError)):
        return _unexpected(cause, operation, method, url, prefix)
    kind, reason, hint = _unsent(error, prefix) or _broken_off(error, url, prefix)
    return kind(operation, method=method, url=url, reason=reason, hint=hint)


_Found = tuple[type[ApiError], str, str]


def _unsent(error: requests.RequestException, prefix: str) -> _Found | None:
    """What keeps a request from being sent at all, but for the network; None for anything else."""
    kinds = requests.exceptions
    if isinstance(error, kinds.InvalidProxyURL):
        reason = "the proxy that the environment names has no valid URL"
        return ConnectionFailed, reason, "Check http_proxy, https_proxy and all_proxy in the environment."
    if isinstance(error, kinds.ProxyError):
        reason = "the proxy that the environment names could not be used"
        return ConnectionFailed, reason, "Check http_proxy, https_proxy and no_proxy in the environment."
    if isinstance(error, kinds.InvalidHeader):
        if _find(error, urllib3.exceptions.HTTPError):
            hint = "Look at what stands before the server: a proxy has damaged the answer."
            return UnusableAnswer, "the headers of the answer contradict each other", hint
        return ConnectionFailed, "the token has characters that a header cannot carry", f"Check {prefix}token."
    if isinstance(error, (kinds.InvalidURL, kinds.MissingSchema)):
        hint = f"Check {prefix}url, and http_proxy and https_proxy in the environment."
        return ConnectionFailed, "this, a redirect from it or the proxy for it is no valid URL", hint
    if isinstance(error, kinds.InvalidSchema):
        if "SOCKS" in str(error):
            hint = "Install it for the Python that runs this, or unset all_proxy, http_proxy and https_proxy."
            return ConnectionFailed, "the environment names a SOCKS proxy, for which requests needs the library PySocks", hint
        return ConnectionFailed, "the URL does not begin with http:// or https://", f"Check {prefix}url."
    return None


def _broken_off(error: requests.RequestException, url: str, prefix: str) -> _Found:
    """What went wrong between this machine and the whole answer."""
    host = urllib.parse.urlsplit(url).hostname or "the server"
    if isinstance(error, requests.exceptions.SSLError):
        return ConnectionFailed, *_no_tls(error, host, prefix)
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return UnusableAnswer, "too many redirects", f"Check {prefix}url."
    if isinstance(error, requests.exceptions.ConnectTimeout):
        hint = f"Check {prefix}url, and that a firewall lets this machine reach it."
        return ConnectionFailed, f"{host} did not accept a connection in time", hint
    if in_handshake(error):
        hint = f"Check the port in {prefix}url; if it speaks http, {prefix}url must begin with http://."
        return ConnectionFailed, f"{host} did not begin to speak https in time", hint
    if _find(error, urllib3.exceptions.ReadTimeoutError, TimeoutError) or isinstance(error, requests.exceptions.ReadTimeout):
        return AnswerLost, "no answer in time", f"Raise {prefix}timeout, or ask for less at a time."
    if _find(error, urllib3.exceptions.NewConnectionError):
        return ConnectionFailed, *_no_connection(error, host, prefix)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return UnusableAnswer, "the answer's compression is damaged", ""
    hint = "Look into the server's log, and that of a proxy before it."
    if url.startswith("http://") and _find(error, http.client.BadStatusLine):
        hint = f"If it is a port for https, {prefix}url must begin with https://. {hint}"
    return AnswerLost, "the connection was lost before the whole answer was there", hint


def _unexpected(cause: BaseException, operation: str, method: str, url: str, prefix: str) -> ApiError:
    """For what comes out of the libraries below requests as it is, and is no exception of theirs."""
    kind: type[ApiError] = ConnectionFailed
    if isinstance(cause, AnswerTooLarge):
        kind = UnusableAnswer
        reason = f"the answer is larger than {ANSWER_LIMIT // (1024 * 1024)} MB"
        hint = f"Check what answers at {prefix}url, or ask for less at a time."
    elif isinstance(cause, OSError) and "CA certificate bundle" in str(cause):
        reason = "the file of certificate authorities that the environment names does not exist"
        hint = f"Check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, or give {prefix}ca_path."
    elif isinstance(cause, (ValueError, urllib3.exceptions.LocationValueError)):
        reason = "this, a redirect from it or the proxy for it is no valid URL"
        hint = f"Check {prefix}url, and http_proxy and https_proxy in the environment."
    elif isinstance(cause, MemoryError):
        kind = UnusableAnswer
        reason = "there is not enough memory for the answer"
        hint = "Ask for less at a time."
    elif isinstance(cause, RecursionError):
        kind = UnusableAnswer
        reason = "the answer is nested too deeply"
        hint = f"Check what answers at {prefix}url."
    else:
        # Whatever it is, nobody knows whether the request arrived.
        kind = AnswerLost
        reason = f"the exchange broke off ({type(cause).__name__})"
        hint = "Look into the server's log, and that of a proxy before it."
    return kind(operation, method=method, url=url, reason=reason, hint=hint)


# What OpenSSL says of an answer in plain text, by its version.
_NO_TLS_AT_ALL: t.Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})


def _no_tls(error: BaseException, host: str, prefix: str) -> tuple[str, str]:
    refused = _find(error, ssl.SSLCertVerificationError)
    if isinstance(refused, ssl.SSLCertVerificationError):
        return (
            f"the TLS certificate of {host} was not accepted: {shown(refused.verify_message)}",
            f"Name the authority's certificate with {prefix}ca_path, or check that the certificate is for the name in {prefix}url.",
        )
    said = getattr(_find(error, ssl.SSLError), "reason", None)
    if said in _NO_TLS_AT_ALL:
        return f"{host} answers without TLS there", f"If it is a port for http, {prefix}url must begin with http://."
    detail = shown(said or "the handshake failed")
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
