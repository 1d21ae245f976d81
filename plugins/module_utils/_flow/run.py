# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""What a search and an import have in common: the job, the cache, the client of LibreNMS, and what is read through them."""

from __future__ import annotations

import collections
import collections.abc as c
import contextlib
import time
import types
import typing as t

from .._cache.files import FileCache
from .._engine.records import DevicePorts, DeviceRecord, Stacking
from .._engine.selection import Selection
from .._engine.stacks.unread import silent_inventories
from .._http.session import RequestStats
from .._jobs.job import Job, JobKind, Phase
from .._librenms.client import LibreNMSClient, Selected
from .._librenms.ports import HowRead
from .._netbox.url import netbox_root
from .connection import Connection
from .options import CommonOptions

if t.TYPE_CHECKING:
    from .._netbox.branches import Branch

Warn = c.Callable[[str], None]


class Run:
    """One search or import: opened with its options, closed at its end. Use it as a context manager."""

    def __init__(self, kind: JobKind, options: CommonOptions, *, check_mode: bool, parameters: c.Mapping[str, t.Any], warn: Warn) -> None:
        self.options = options
        self.check_mode = check_mode
        self.warn = warn
        self.stats = RequestStats()
        self.seconds: dict[str, float] = collections.defaultdict(float)
        # Which way ports were read, the last time.
        self.ports_read = HowRead.NOTHING
        # In which branch of NetBox it is; None for main.
        self.branch: Branch | None = None
        # Whether this run has created it, or would, but for check mode.
        self.creates_branch = False
        # Devices that rules or overrides leave out.
        self.ignored = 0
        self._resources = contextlib.ExitStack()
        secrets = [connection.token for connection in (options.librenms, options.netbox) if connection]
        self.job = Job.open(
            kind,
            state_dir=options.state_dir,
            job_id=options.job_id,
            parameters=parameters,
            check_mode=check_mode,
            deadline=options.deadline,
            secrets=secrets,
        )
        self.cache = FileCache(
            options.cache_dir, options.cache_timeout, clear=options.clear_cache, warn=warn, checkpoint=self.job.checkpoint
        )

    def __enter__(self) -> t.Self:
        self._resources.enter_context(self.job)
        try:
            if self.options.librenms is not None:
                self.librenms = self._librenms_client(self.options.librenms)
        except BaseException as exc:
            self._resources.__exit__(type(exc), exc, exc.__traceback__)
            raise
        for text in self.job.warnings:
            self.warn(text)
        return self

    def _librenms_client(self, connection: Connection) -> LibreNMSClient:
        client = LibreNMSClient(
            connection.url,
            connection.token,
            verify=connection.verify,
            timeout=connection.timeout,
            workers=self.options.workers,
            cache=self.cache,
            stats=self.stats,
            checkpoint=self.job.checkpoint,
        )
        self._resources.callback(client.close)
        return client

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None) -> None:
        self._resources.__exit__(kind, error, trace)

    @contextlib.contextmanager
    def phase(self, phase: Phase, total: int | None = None) -> c.Iterator[None]:
        """A phase of the job, whose seconds are counted."""
        self.job.phase(phase, total)
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase.value] += time.monotonic() - begun

    @property
    def netbox(self) -> Connection:
        if self.options.netbox is None:
            raise RuntimeError("no NetBox is given")
        return self.options.netbox

    def select(self) -> Selected:
        with self.phase(Phase.LISTING):
            selected = self.librenms.select(self.options.selection)
        for note in selected.notes:
            self.warn(note)
        self.job.log(f"{len(selected.records)} devices selected")
        return selected

    def rule_groups(self) -> dict[str, frozenset[int]]:
        """The members of the device groups that rules name, by the names' comparable form."""
        members: dict[str, frozenset[int]] = {}
        for group, option in self.options.matching.rules.device_groups.items():
            members |= self.librenms.group_members([group], option=option)
        return members

    def stacking(self, devices: c.Sequence[DeviceRecord]) -> dict[int, Stacking]:
        """What is known of stacking, of each of the devices."""
        with self.phase(Phase.INVENTORIES):

            def on_done(done: int, total: int) -> None:
                if done == 1:
                    self.job.phase(Phase.INVENTORIES, total)
                self.job.set_progress(done)

            found = self.librenms.virtual_chassis(devices, on_done=on_done)
        if note := silent_inventories(devices, found):
            self.warn(note)
        return found

    def ports(self, device_ids: c.Collection[int]) -> dict[int, DevicePorts]:
        """What LibreNMS has of the ports of devices, in one of its two ways."""
        read = self.librenms.ports(device_ids, on_done=lambda done, _total: self.job.set_progress(done))
        self.ports_read = read.how
        return dict(read.devices)

    def live_ids(self, device_ids: c.Collection[int]) -> frozenset[int]:
        """Those of some device ids that LibreNMS still has, disabled devices too."""
        if not device_ids:
            return frozenset()
        selection = Selection.from_options({"device_ids": sorted(device_ids)}, include_disabled=True, all_devices=False)
        return frozenset(record.device_id for record in self.librenms.select(selection).records)

    def at_end(self, callback: c.Callable[[], None]) -> None:
        """Has something called when the run is closed."""
        self._resources.callback(callback)

    def about(self) -> dict[str, t.Any]:
        """What a report says of where it comes from: the servers, and what was selected."""
        selection = self.options.selection
        return {
            "librenms_url": self.librenms.url.removesuffix("/api/v0"),
            "netbox_url": netbox_root(self.options.netbox.url) if self.options.netbox else None,
            "filters": selection.as_filters(),
            "exclude": selection.exclude.as_filters() if selection.exclude else {},
        }

    def stats_json(self) -> dict[str, t.Any]:
        librenms, netbox = self.stats.of("librenms"), self.stats.of("netbox")
        return {
            "librenms_requests": librenms.reads + librenms.writes,
            "netbox_reads": netbox.reads,
            "netbox_writes": netbox.writes,
            "ports_read": self.ports_read.value,
            "retries": librenms.retries + netbox.retries,
            "seconds": {name: round(seconds, 2) for name, seconds in self.seconds.items()},
        }
