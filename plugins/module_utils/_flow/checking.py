# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Proof of a set-up: both servers, what the tokens may do, and what an import needs in NetBox. It reads only."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import enum
import typing as t

from .._cache.files import FileCache
from .._engine.creatable import CREATABLE
from .._engine.fields import LINK_FIELD
from .._engine.kinds import Target
from .._engine.links import LINKED_PORT_TYPES, LINKED_TYPES, LinkField
from .._engine.ports.options import Ports
from .._engine.selection import Selection
from .._exceptions import CollectionError, Errors
from .._http.session import RequestStats
from .._librenms.client import LABEL, LibreNMSClient
from .._netbox.client import NetBoxClient
from .._netbox.custom_fields import CustomFields
from .._netbox.jobs import check_jobs
from .._netbox.rights import READ, READ_BY_UNDO, Write, missing_reads, missing_writes
from .connection import Connection, positive
from .netbox import netbox_client
from .rights import possible_writes

Json = dict[str, t.Any]
# Seconds by which clocks may differ before times of jobs, tokens and caches mislead.
CLOCK_TOLERANCE = 60


class Verdict(enum.StrEnum):
    OK = "ok"
    # It does not keep anything from working, and someone should know.
    WARNING = "warning"
    MISSING = "missing"


class Purpose(enum.StrEnum):
    """What has to be possible."""

    SEARCH = "search"
    IMPORT = "import"
    UNDO = "undo"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``text`` is one sentence or two."""

    subject: str
    verdict: Verdict
    text: str

    def to_json(self) -> Json:
        return {"subject": self.subject, "state": self.verdict.value, "message": self.text}


@dataclasses.dataclass(frozen=True, slots=True)
class CheckOptions:
    librenms: Connection
    netbox: Connection
    workers: int
    writes: tuple[Write, ...]
    purpose: Purpose
    netbox_jobs: bool
    ports: Ports

    @classmethod
    def from_options(cls, params: c.Mapping[str, t.Any]) -> CheckOptions:
        """Raises OptionError for the options that are wrong, all of them at once."""
        errors = Errors()
        with errors.collected():
            librenms = Connection.from_options("librenms", params)
        with errors.collected():
            netbox = Connection.from_options("netbox", params)
        with errors.collected():
            workers = positive("librenms_workers", params["librenms_workers"])
        errors.raise_any()
        purpose = Purpose(params["purpose"])
        writes = possible_writes(
            virtual_chassis=params["virtual_chassis"],
            ports=Ports(params["ports"]),
            create_missing={name for name in params["create_missing"] if name in CREATABLE},
        )
        needed = {
            Purpose.SEARCH: (),
            Purpose.IMPORT: tuple(writes),
            Purpose.UNDO: tuple((target, verb) for target, verb in writes if verb == "change"),
        }
        return cls(
            librenms=librenms,
            netbox=netbox,
            workers=workers,
            writes=needed[purpose],
            purpose=purpose,
            netbox_jobs=params["netbox_jobs"],
            ports=Ports(params["ports"]),
        )


def check(options: CheckOptions) -> Json:
    """What was found, in an order to read it; C(failed) when something is missing. Raises OptionError for an unusable URL."""
    stats = RequestStats()
    findings = [*_check_librenms(options, stats), *_check_netbox(options, stats)]
    missing = [item for item in findings if item.verdict is Verdict.MISSING]
    result: Json = {"changed": False, "checks": [item.to_json() for item in findings], "failed": bool(missing)}
    if missing:
        things = "1 thing is" if len(missing) == 1 else f"{len(missing)} things are"
        result["msg"] = f"{things} missing. " + " ".join(f"{item.subject}: {item.text}" for item in missing)
    return result


def _check_librenms(options: CheckOptions, stats: RequestStats) -> c.Iterator[Finding]:
    settings = options.librenms
    client = LibreNMSClient(
        settings.url,
        settings.token,
        verify=settings.verify,
        timeout=settings.timeout,
        workers=options.workers,
        cache=FileCache("", 0),
        stats=stats,
    )
    try:
        version = client.version()
        everything = Selection.from_options({}, include_disabled=True, all_devices=True)
        count = len(client.select(everything).records)
    except CollectionError as error:
        yield Finding("LibreNMS", Verdict.MISSING, str(error))
        return
    finally:
        client.close()
    if version is None:
        text = f"{client.url} answers. It does not tell its version to this token; 24.1 or newer is needed."
        yield Finding("LibreNMS", Verdict.WARNING, text)
    else:
        yield Finding("LibreNMS", Verdict.OK, f"{client.url} answers, version {'.'.join(map(str, version))}.")
    if count:
        yield Finding("LibreNMS devices", Verdict.OK, f"The token's user sees {count}.")
    else:
        yield Finding("LibreNMS devices", Verdict.MISSING, "The token's user sees none. Give the user the role global-read, or devices.")
    yield from _clock(LABEL, "LibreNMS", stats)


def _check_netbox(options: CheckOptions, stats: RequestStats) -> c.Iterator[Finding]:
    client = netbox_client(options.netbox, stats)
    try:
        client.connect()
        yield Finding("NetBox", Verdict.OK, f"{client.root} answers, version {'.'.join(map(str, client.version))}.")
        yield from _clock("netbox", "NetBox", stats)
        yield from _netbox_contents(client, options)
    except CollectionError as error:
        yield Finding("NetBox", Verdict.MISSING, str(error))
    finally:
        client.close()


def _netbox_contents(client: NetBoxClient, options: CheckOptions) -> c.Iterator[Finding]:
    unread = missing_reads(client, READ)
    field_id: int | None = None
    if "extras.view_customfield" not in unread:
        try:
            field = CustomFields(client).link_field()
            field_id = field.id
            yield _custom_field(client, field, options)
        except CollectionError as error:
            yield Finding("Custom field", Verdict.MISSING, str(error))
    if options.purpose is Purpose.UNDO:
        unread += missing_reads(client, READ_BY_UNDO)
    yield _permissions("Permissions to read", unread)
    if options.purpose is not Purpose.SEARCH:
        is_new = options.purpose is Purpose.IMPORT and field_id is None
        new_field: tuple[Write, ...] = ((Target.CUSTOM_FIELD, "add"),) if is_new else ()
        yield _permissions("Permissions to write", missing_writes(client, (*new_field, *options.writes)))
    if options.purpose is Purpose.UNDO:
        removed = sorted({target.row.permission("delete") for target, _verb in options.writes})
        text = f"NetBox does not tell them. An undo needs {', '.join(removed)}, and delete for each kind that create_missing names."
        yield Finding("Permissions to delete", Verdict.WARNING, text)
    yield from _workers(client, needed=options.netbox_jobs)


def _custom_field(client: NetBoxClient, field: LinkField, options: CheckOptions) -> Finding:
    """Whether the field is for all kinds of objects that are linked: devices, and with ports interfaces."""
    wanted = LINKED_TYPES if options.ports is Ports.NONE else (*LINKED_TYPES, *LINKED_PORT_TYPES)
    unlinked = sorted(set(wanted) - set(field.object_types))
    if field.id is None:
        return Finding("Custom field", Verdict.OK, f"{LINK_FIELD} is not there yet; the first import makes it.")
    if not unlinked:
        return Finding("Custom field", Verdict.OK, f"{LINK_FIELD} is there.")
    text = f"{LINK_FIELD} is not for {', '.join(unlinked)} yet"
    lacking = missing_writes(client, [(Target.CUSTOM_FIELD, "change")]) if options.purpose is Purpose.IMPORT else []
    if lacking:
        return Finding("Custom field", Verdict.WARNING, f"{text}, and the token of netbox_token lacks {lacking[0]}, so no import adds it.")
    return Finding("Custom field", Verdict.OK, f"{text}; the next import adds it.")


def _permissions(subject: str, missing: c.Sequence[str]) -> Finding:
    if not missing:
        return Finding(subject, Verdict.OK, "The token has all of them.")
    return Finding(subject, Verdict.MISSING, f"The token of netbox_token lacks {', '.join(missing)}, or it is read-only.")


def _workers(client: NetBoxClient, *, needed: bool) -> c.Iterator[Finding]:
    if needed:
        try:
            check_jobs(client)
        except CollectionError as error:
            yield Finding("Background workers", Verdict.MISSING, str(error))
            return
    running = "NetBox has a worker running." if client.has_workers else "NetBox has none running; only netbox_jobs needs one."
    yield Finding("Background workers", Verdict.OK, running)


def _clock(label: str, name: str, stats: RequestStats) -> c.Iterator[Finding]:
    ahead = stats.seconds_ahead(label)
    if ahead is None:
        return
    subject = f"Clock of {name}"
    if abs(ahead) > CLOCK_TOLERANCE:
        text = f"It is {abs(ahead):.0f} seconds {'ahead of' if ahead > 0 else 'behind'} this machine's. Let both follow a time server."
        yield Finding(subject, Verdict.WARNING, text)
    else:
        yield Finding(subject, Verdict.OK, "It agrees with this machine's.")
