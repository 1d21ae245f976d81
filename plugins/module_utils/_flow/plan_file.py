# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""Plan files: the options for them, reading one, and writing one with its HTML page."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import datetime as dt
import os
import typing as t

from .._engine.planning.saved_plan import BadPlan, SavedPlan
from .._exceptions import CollectionError, Errors, OptionError
from .._librenms.url import base_url
from .._netbox.url import netbox_root
from .._report.place import replacing
from .._report.plan_page import write_plan_page
from .connection import positive
from .plan_path import check_plan_path

Params = c.Mapping[str, t.Any]

# Bytes; 20,000 devices take about 60 MB.
_LARGEST = 512_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class PlanFiles:
    """:ivar save: path to write to; :ivar saved: the plan that is carried out, and ``wanted`` the device ids of it."""

    save: str | None = None
    saved: SavedPlan | None = None
    wanted: frozenset[int] = frozenset()

    @classmethod
    def from_options(cls, params: Params) -> PlanFiles:
        """Reads the plan of ``apply_plan``. Raises OptionError."""
        save, apply = params["save_plan"], params["apply_plan"]
        with_ids = [name for name in ("only_device_ids", "except_device_ids") if params[name]]
        if save and apply:
            raise OptionError("save_plan", save, "cannot go with apply_plan", "A plan that is carried out stands in its file already.")
        if save:
            check_plan_path(save)
        if not apply:
            if with_ids:
                raise OptionError(with_ids[0], params[with_ids[0]], "needs apply_plan", "Choose the devices with filters.")
            return cls(save)
        saved = _read(apply)
        _check(saved, apply, params)
        return cls(None, saved, _wanted(saved, params))


def _read(path: str) -> SavedPlan:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise OptionError("apply_plan", path, f"is larger than {_LARGEST // 1_000_000} MB")
        return SavedPlan.from_text(content)
    except OSError as error:
        raise OptionError("apply_plan", path, f"cannot be read: {error.strerror or type(error).__name__}") from None
    except BadPlan as error:
        raise OptionError("apply_plan", path, str(error), "Make a new plan with save_plan.") from None


def _check(saved: SavedPlan, path: str, params: Params) -> None:
    errors = Errors()
    age = (dt.datetime.now(dt.UTC) - _moment(saved.created_at, path)).total_seconds()
    with errors.collected():
        if age > positive("plan_max_age", params["plan_max_age"]):
            hint = "Make a new plan, or raise plan_max_age."
            reason = f"was made at {saved.created_at}, more than plan_max_age ({params['plan_max_age']} s) ago"
            raise OptionError("apply_plan", path, reason, hint)
    with errors.collected():
        if params["netbox_url"] and netbox_root(params["netbox_url"]) != saved.netbox:
            raise OptionError("netbox_url", params["netbox_url"], f"is not the NetBox of the plan, {saved.netbox}")
    with errors.collected():
        if params["librenms_url"] and base_url(params["librenms_url"]) != saved.librenms:
            raise OptionError("librenms_url", params["librenms_url"], f"is not the LibreNMS of the plan, {saved.librenms}")
    errors.raise_any()


def _moment(text: str, path: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise OptionError("apply_plan", path, "cannot be read as a plan (no time)") from None
    return moment


def _wanted(saved: SavedPlan, params: Params) -> frozenset[int]:
    known = {device.device_id for device in saved.plan.devices}
    chosen = set(known)
    for option in ("only_device_ids", "except_device_ids"):
        ids = set(params[option] or ())
        if unknown := sorted(ids - known):
            raise OptionError(option, unknown, "are not in the plan of apply_plan")
        if ids:
            chosen = chosen & ids if option == "only_device_ids" else chosen - ids
    return frozenset(chosen)


def write_plan(path: str, saved: SavedPlan) -> None:
    """Writes the plan, private to this user, and its page. Raises CollectionError when that fails."""
    page = f"{os.path.splitext(path)[0]}.html"
    try:
        with replacing(page, private=True) as file:
            write_plan_page(file, saved)
        with replacing(path, private=True) as file:
            file.write(saved.to_text())
    except OSError as error:
        raise CollectionError(f"save_plan: {path} could not be written: {error.strerror or error}. Nothing was imported.") from None
