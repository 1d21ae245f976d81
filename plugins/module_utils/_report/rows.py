# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The rows of an HTML report: one device, its findings, and what unfolds below it."""

from __future__ import annotations

import collections.abc as c
import dataclasses

from .elements import Element, Json, element, link, many, shown, small_table

# Characters; a longer one may be broken anywhere.
_LONG_NAME = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """A state or action of a device.

    :param counted: the key of its count in the summary
    :param label: what people read, ``planned`` in its place in a preview
    :param color: a class of the page's style
    :param urgency: its place when sorted by state; what needs a person comes first
    :param rare: whether a count of none is not worth showing
    """

    value: str
    counted: str
    label: str
    color: str
    urgency: int
    planned: str = ""
    rare: bool = False

    def words(self, *, preview: bool) -> str:
        return self.planned if preview and self.planned else self.label


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """``used`` is asked for each device; a column that none uses is left out."""

    title: str
    cell: c.Callable[[Json], Element]
    used: c.Callable[[Json], object] = lambda _device: True


def state_name(device: Json) -> str:
    return shown(device.get("state") or device.get("action"))


def codes(device: Json) -> list[str]:
    """The codes of its issues and warnings, each once."""
    return list(dict.fromkeys(shown(issue.get("code")) for issue in _findings(device)))


def device_rows(device: Json, columns: c.Iterable[Column], state: Condition | None, *, preview: bool) -> Element:
    """A row, and one below it for what does not fit in; in a body of their own, so that they stay together."""
    blocks = [block for block in (_changes_block(device), _drift_block(device), _stack_block(device)) if block is not None]
    foldable = bool(blocks) or any(issue.get("hint") or issue.get("suggestions") for issue in _findings(device))
    cells = [_state_cell(device, state, preview=preview, foldable=foldable), *(_titled_cell(column, device) for column in columns)]
    rows = [element("tr", *cells, class_=f"device {state.color if state else 'idle'}")]
    if blocks:
        more = element("td", element("div", *blocks, class_="details"), colspan=str(len(cells)))
        rows.append(element("tr", more, class_="more"))
    classes = "foldable" if foldable else "flat"
    return element("tbody", *rows, class_=classes, data_state=state_name(device), data_codes=" ".join(codes(device)))


def _titled_cell(column: Column, device: Json) -> Element:
    """A narrow screen shows the title in the cell, where there is no head."""
    cell = column.cell(device)
    if column.title not in _SELF_TELLING:
        cell.set("data-title", column.title)
    return cell


def _findings(device: Json) -> list[Json]:
    return [*(device.get("issues") or ()), *(device.get("warnings") or ())]


def _state_cell(device: Json, state: Condition | None, *, preview: bool, foldable: bool) -> Element:
    name = shown(device.get("name") or device.get("hostname"))
    if foldable:
        fold = element("button", type="button", class_="fold", aria_label=f"Details of {name}", aria_expanded="false")
    else:
        fold = element("button", type="button", class_="fold nothing", disabled="", aria_hidden="true")
    text = state.words(preview=preview) if state else state_name(device) or "found"
    return element("td", fold, element("span", text, class_="badge"), class_="state", data_sort=str(state.urgency if state else 99))


def _device_cell(device: Json) -> Element:
    name, hostname, ip = (shown(device.get(field)) for field in ("name", "hostname", "ip"))
    facts: list[Element | str] = [
        hostname if hostname != name else "",
        ip if ip not in (hostname, name) else "",
        link({"url": device.get("librenms_url")}, f"id {shown(device.get('device_id'))}"),
        "down" if device.get("status") == "down" else "",
        "disabled" if device.get("disabled") else "",
        "virtual machine" if device.get("import_as") == "virtual_machine" else "",
    ]
    small = element("small", *(element("span", fact) for fact in facts if not isinstance(fact, str) or fact), class_="facts")
    size = "name long" if len(name) > _LONG_NAME else "name"
    return element("td", element("span", name or "(no name)", class_=size), small, class_="device", data_sort=name or hostname)


def _found_device_cell(device: Json) -> Element:
    """With the object of NetBox that it is, or may be."""
    cell, netbox = _device_cell(device), device.get("netbox")
    if netbox:
        by = _by(netbox.get("matched_by"))
        cell.append(element("span", link(netbox, shown(netbox.get("name"))), element("span", f" {by}", class_="note"), class_="to"))
    return cell


def _netbox_cell(device: Json) -> Element:
    netbox = device.get("netbox") or {}
    facts = [_by(netbox.get("matched_by")), _primary(device.get("primary_ip"))]
    small = element("small", *(element("span", fact) for fact in facts if fact), class_="facts") if any(facts) else None
    return element("td", link(netbox, shown(netbox.get("name"))), small, class_="device", data_sort=shown(netbox.get("name")))


def _primary(given: Json | None) -> str:
    return f"primary {shown(given.get('address'))} on {shown(given.get('interface'))}" if given and given.get("is_primary") else ""


def _by(way: object) -> str:
    return f"by {shown(way).replace('_', ' ')}" if way else ""


def _location_cell(device: Json) -> Element:
    return _matched_cell(device, shown(device.get("location")), "site", "site_not_found", _matches(device, "location", "rack"))


def _hardware_cell(device: Json) -> Element:
    serial = [f"serial {device['serial']}"] if device.get("serial") else []
    target = "cluster" if device.get("import_as") == "virtual_machine" else "device_type"
    return _matched_cell(device, shown(device.get("hardware")), target, "device_type_not_found", serial)


def _os_cell(device: Json) -> Element:
    text = f"{shown(device.get('os'))} {shown(device.get('version'))}".strip()
    return _matched_cell(device, text, "platform", "", [])


def _matches(device: Json, *fields: str) -> list[str]:
    match = device.get("match") or {}
    return [f"{field} {shown(match[field].get('name'))}" for field in fields if match.get(field)]


def _matched_cell(device: Json, text: str, target: str, blocking: str, more: c.Sequence[str]) -> Element:
    """What LibreNMS says, below it what that is in NetBox."""
    match = device.get("match")
    resolved = None
    if match and match.get(target):
        cluster = "cluster " if target == "cluster" else ""
        resolved = element(
            "span", f"{cluster}{shown(match[target].get('name'))}", class_="to", title=f"found {_by(match[target].get('by'))}"
        )
    elif match:
        blocked = any(issue.get("code") == blocking for issue in device.get("issues") or ())
        resolved = element("span", "none", class_="to miss bad" if blocked else "to miss")
    small = element("small", *(element("span", fact) for fact in more), class_="facts") if more else None
    return element("td", text, resolved, small, class_=target, data_sort=text)


def _role_cell(device: Json) -> Element:
    role = (device.get("match") or {}).get("role")
    if role:
        return element("td", shown(role.get("name")), class_="role", title=f"found {_by(role.get('by'))}")
    missing = element("span", "none", class_="miss bad") if "role_not_set" in codes(device) else None
    return element("td", missing, class_="role", data_sort="")


def _wanted_cell(*fields: str) -> c.Callable[[Json], Element]:
    """A cell with what an import writes into the first of the fields that it writes."""

    def cell(device: Json) -> Element:
        return element("td", _wanted(device, *fields), class_=fields[0])

    return cell


def _wanted(device: Json, *fields: str) -> str:
    changes = device.get("changes") or {}
    return next((shown(changes[name].get("after")) for name in fields if name in changes and changes[name].get("after")), "")


def _addresses_cell(device: Json) -> Element:
    polled = shown(device.get("ip"))
    written = [shown(item.get("name")) for item in device.get("addresses") or ()]
    return element("td", polled, *(element("small", address) for address in written if address.partition("/")[0] != polled))


def _changes_cell(device: Json) -> Element:
    changes = device.get("changes") or {}
    names = ", ".join(changes)
    return element("td", names if len(changes) <= 4 else f"{len(changes)} fields", data_sort=str(len(changes)) if changes else "")


def _stack_cell(device: Json) -> Element:
    chassis = device.get("virtual_chassis") or {}
    members = chassis.get("members") or ()
    if members:
        return element("td", many(len(members), "member"), class_="short", data_sort=str(len(members)))
    if chassis.get("status") in (None, "single"):
        return element("td", data_sort="")
    return element("td", shown(chassis["status"]), element("small", shown(chassis.get("reason"))), data_sort="0")


def _findings_cell(device: Json) -> Element:
    issues = [_finding(issue, "issue") for issue in device.get("issues") or ()]
    warnings = [_finding(issue, "warning") for issue in device.get("warnings") or ()]
    return element("td", *issues, *warnings, class_="wide", data_sort=next(iter(codes(device)), ""))


def _finding(issue: Json, kind: str) -> Element:
    near = issue.get("suggestions") or ()
    return element(
        "div",
        element("code", shown(issue.get("code"))),
        element("span", shown(issue.get("message"))),
        element("span", shown(issue["hint"]), class_="hint") if issue.get("hint") else None,
        element("span", "Near: ", *(element("b", shown(name)) for name in near), class_="near") if near else None,
        class_=f"finding {kind}",
    )


def _changes_block(device: Json) -> Element | None:
    changes: Json = device.get("changes") or {}
    if not changes:
        return None
    created = all(change.get("before") in (None, "", []) for change in changes.values())
    rows = [
        element(
            "tr",
            element("td", field),
            None if created else element("td", shown(change.get("before"))),
            element("td", shown(change.get("after"))),
        )
        for field, change in changes.items()
    ]
    return element("div", element("h3", "Fields"), small_table(("field", "value") if created else ("field", "before", "after"), rows))


def _drift_block(device: Json) -> Element | None:
    rows = [
        element("tr", *(element("td", shown(item.get(name))) for name in ("object", "field", "librenms", "netbox")))
        for item in device.get("drift") or ()
    ]
    heads = ("object", "field", "LibreNMS", "NetBox")
    return element("div", element("h3", "Differences"), small_table(heads, rows)) if rows else None


def _stack_block(device: Json) -> Element | None:
    chassis = device.get("virtual_chassis") or {}
    members = chassis.get("members") or ()
    if not members:
        return None
    imported = any("action" in member for member in members)
    title = f"Virtual chassis {shown(chassis.get('name'))}".strip()
    heads = ("position", "serial", "model", "device type", "name in NetBox", *(("action",) if imported else ()))
    return element("div", element("h3", title), small_table(heads, (_member_row(member, imported=imported) for member in members)))


def _member_row(member: Json, *, imported: bool) -> Element:
    device_type = member.get("device_type") or {}
    return element(
        "tr",
        element("td", shown(member.get("position")), class_="number"),
        element("td", shown(member.get("serial")), class_="mono"),
        element("td", shown(member.get("model")), element("span", " (master)", class_="note") if member.get("is_master") else None),
        element("td", shown(device_type.get("name"))),
        element("td", link(member.get("netbox"), shown(member.get("netbox_name")))),
        element("td", shown(member.get("action")).replace("_", " ")) if imported else None,
    )


def _has_stack(device: Json) -> bool:
    return (device.get("virtual_chassis") or {}).get("status") in ("stack", "unknown")


def _has_role(device: Json) -> object:
    return (device.get("match") or {}).get("role") or "role_not_set" in codes(device)


# Columns whose cells say what they are.
_SELF_TELLING = ("Device", "Findings")

_STACK = Column("Stack", _stack_cell, _has_stack)
_FINDINGS = Column("Findings", _findings_cell, _findings)

# Beside the state, which every row begins with.
SEARCH_COLUMNS = (
    Column("Device", _found_device_cell),
    Column("Location → site", _location_cell),
    Column("Hardware → type", _hardware_cell),
    Column("OS → platform", _os_cell),
    Column("Role", _role_cell, _has_role),
    _STACK,
    _FINDINGS,
)
IMPORT_COLUMNS = (
    Column("Device", _device_cell),
    Column("In NetBox", _netbox_cell, lambda device: device.get("netbox")),
    Column("Site", _wanted_cell("site", "cluster"), lambda device: _wanted(device, "site", "cluster")),
    Column("Role", _wanted_cell("role"), lambda device: _wanted(device, "role")),
    Column("Type", _wanted_cell("device_type"), lambda device: _wanted(device, "device_type")),
    Column("Addresses", _addresses_cell, lambda device: device.get("ip") or device.get("addresses")),
    Column("Changes", _changes_cell, lambda device: device.get("changes")),
    _STACK,
    _FINDINGS,
)
