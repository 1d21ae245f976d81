# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""A report as one HTML page: a table of devices to sort, filter and unfold, which needs no network.

Without JavaScript it is a plain table that shows everything.
"""

from __future__ import annotations

import collections
import collections.abc as c
import typing as t

from .elements import Element, Json, element, link, many, serialized, shown, small_table
from .page import page_end, page_start
from .rows import IMPORT_COLUMNS, SEARCH_COLUMNS, Condition, codes, device_rows, state_name

_STATES = (
    Condition("ready", "ready", "ready", "good", 4),
    Condition("blocked", "blocked", "blocked", "warn", 1),
    Condition("existing", "existing", "existing", "known", 7),
)
_ACTIONS = (
    Condition("create", "created", "created", "good", 3, "to create"),
    Condition("update", "updated", "updated", "known", 5, "to update"),
    Condition("link", "linked", "linked", "known", 6, "to link"),
    Condition("none", "unchanged", "unchanged", "idle", 8),
    Condition("skip", "skipped", "skipped", "idle", 9),
    Condition("blocked", "blocked", "blocked", "warn", 1),
    Condition("fail", "failed", "failed", "bad", 0),
    Condition("not_processed", "not_processed", "not processed", "idle", 2, rare=True),
)
_SERVERS = (("LibreNMS", "librenms_url"), ("NetBox", "netbox_url"))
# Counts of the summary that no row can be filtered by.
_EXTRA_COUNTS = {
    "stacks": "stacks",
    "virtual_chassis_unknown": "not known whether stacks",
    "virtual_machines": "virtual machines",
    "virtual_chassis_created": "virtual chassis created",
    "members_created": "stack members created",
    "virtual_machines_created": "virtual machines created",
    "interfaces_created": "interfaces created",
    "addresses_created": "addresses created",
    "primary_ips_set": "primary addresses set",
}


def write_html(file: t.TextIO, kind: str, result: Json) -> None:
    """Writes the page for a search's or an import's result. Rows are made one by one, so that a long table needs little memory."""
    search = kind == "search"
    title = "LibreNMS device search" if search else "Import into NetBox"
    devices: c.Sequence[Json] = result.get("devices" if search else "results") or ()
    states = {state.value: state for state in (_STATES if search else _ACTIONS)}
    preview = not search and bool((result.get("job") or {}).get("check_mode"))
    file.write(page_start(title))
    file.write(serialized(_head(title, result, preview=preview)))
    file.write(serialized(_counts(states.values(), result, preview=preview)))
    file.writelines(map(serialized, _panels(result)))
    if devices:
        file.write(serialized(_tools(devices)))
        columns = [column for column in (SEARCH_COLUMNS if search else IMPORT_COLUMNS) if any(map(column.used, devices))]
        titles = ("State" if search else "Action", *(column.title for column in columns))
        file.write('<table id="devices">\n')
        file.write(serialized(element("thead", element("tr", *(element("th", text, scope="col") for text in titles)))))
        for device in devices:
            rows = device_rows(_with_link(device, result.get("about") or {}), columns, states.get(state_name(device)), preview=preview)
            file.write(serialized(rows))
        file.write("</table>\n")
    file.write(serialized(_nothing(filtered=bool(devices))))
    file.write(page_end())


def _with_link(device: Json, about: Json) -> Json:
    """With the address of the device's page in LibreNMS."""
    root, number = shown(about.get("librenms_url")), device.get("device_id")
    return {**device, "librenms_url": f"{root.rstrip('/')}/device/{number}/"} if root and isinstance(number, int) else device


def _head(title: str, result: Json, *, preview: bool) -> Element:
    job, stats = result.get("job") or {}, result.get("stats") or {}
    facts = [
        f"job {job['id']}" if job.get("id") else "",
        shown(job.get("status")).replace("_", " "),
        shown(job.get("started_at")).replace("T", " "),
        f"{job['duration']} s" if job.get("duration") is not None else "",
        "devices from the cache" if (result.get("cache") or {}).get("hit") else "",
        f"{many(stats['librenms_requests'], 'request')} to LibreNMS" if "librenms_requests" in stats else "",
        f"{many(stats['netbox_reads'], 'read')} from NetBox" if stats.get("netbox_reads") else "",
        f"{many(stats['netbox_writes'], 'write')} to NetBox" if stats.get("netbox_writes") else "",
    ]
    notice = shown(result.get("msg"))
    if not notice and (result.get("cancelled") or result.get("timed_out")):
        reason = "was cancelled" if result.get("cancelled") else "passed its deadline"
        notice = f"The job {reason} before its end, so this is not everything."
    return element(
        "header",
        element("h1", title, element("span", "check mode: nothing was written", class_="badge known") if preview else None),
        element("p", *(element("span", fact) for fact in facts if fact), class_="facts"),
        _about(result.get("about") or {}),
        element("p", notice, class_="notice", role="status") if notice else None,
    )


def _about(about: Json) -> Element | None:
    """The servers, and what was selected."""
    if not about:
        return None
    servers = [element("span", f"{name} ", link({"url": about[key]}, shown(about[key]))) for name, key in _SERVERS if about.get(key)]
    chosen = [f"{part}: {shown(about[part])}" for part in ("filters", "exclude") if about.get(part)]
    return element("p", *servers, *(element("span", text) for text in chosen or ["all devices"]), class_="facts about")


def _counts(states: c.Iterable[Condition], result: Json, *, preview: bool) -> Element:
    summary: Json = result.get("summary") or {}
    tiles = [_tile(summary.get("selected", 0), "devices", "", "")]
    for state in states:
        number = summary.get(state.counted)
        if number is not None and (number or not state.rare):
            tiles.append(_tile(number, state.words(preview=preview), state.value, state.color))
    extra = []
    for name, label in _EXTRA_COUNTS.items():
        if summary.get(name):
            text = label.replace("created", "to create") if preview else label
            extra.append(element("span", f"{text}: {summary[name]:,}"))
    return element("div", element("div", *tiles, class_="tiles"), element("p", *extra, class_="facts") if extra else None, class_="counts")


def _tile(number: int, label: str, state: str, color: str) -> Element:
    classes = f"tile {color if number else 'none'}"
    # The script enables it; without one it is just a count.
    return element(
        "button", element("b", f"{number:,}"), element("span", label), type="button", disabled="", class_=classes, data_state=state
    )


def _panels(result: Json) -> list[Element]:
    """What a search found most, and what may help."""
    panels = []
    summary: Json = result.get("summary") or {}
    counts = [(kind, code, number) for kind in ("issues", "warnings") for code, number in (summary.get(kind) or {}).items()]
    if counts:
        values = {"issues": summary.get("values") or {}, "warnings": summary.get("warning_values") or {}}
        glance = [element("span", element("code", code), f" {number:,}", class_=f"glance {kind[:-1]}") for kind, code, number in counts]
        rows = [
            element(
                "tr",
                element("td", element("code", code)),
                element("td", f"{number:,}", class_="number"),
                element("td", *_values(values[kind].get(code))),
            )
            for kind, code, number in counts
        ]
        table = small_table(("finding", "devices", "about, most frequent first"), rows)
        panels.append(element("details", element("summary", element("b", "Findings"), *glance), table, class_="panel"))
    if result.get("suggested_rules"):
        note = element("span", "for what could not be matched; a click on the text selects all of it", class_="note")
        head = element("summary", element("b", "Suggested rules"), note)
        panels.append(element("details", head, element("pre", shown(result["suggested_rules"])), class_="panel"))
    return panels


def _values(items: c.Iterable[Json] | None) -> list[Element]:
    return [
        element("span", element("b", shown(item["value"]) or "(empty)"), f" {item['devices']:,}", class_="value") for item in items or ()
    ]


def _tools(devices: c.Iterable[Json]) -> Element:
    """The filters, which the script shows."""
    counts = collections.Counter(code for device in devices for code in codes(device))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    options = [element("option", f"{code} ({number:,})", value=code) for code, number in ordered]
    hint = "Filter by any text, such as a name, site or model"
    return element(
        "div",
        element("input", id="search", type="search", placeholder=hint, title="/ leads here", aria_label="Filter by any text"),
        element("select", element("option", "Any finding", value=""), *options, id="code", aria_label="Filter by finding"),
        element("button", "Show details", id="unfold", type="button", class_="plain", aria_pressed="false"),
        element("span", id="count", role="status"),
        id="tools",
        hidden="",
    )


def _nothing(*, filtered: bool) -> Element:
    if not filtered:
        return element("div", element("p", "The result holds no devices."), id="nothing")
    clear = element("button", "Clear the filter", id="clear", type="button", class_="plain")
    return element("div", element("p", "No device fits the filter."), clear, id="nothing", hidden="")
