# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The rules and overrides that turn LibreNMS values into names of NetBox objects."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import re
import typing as t

from ..._exceptions import Errors, OptionError
from ..fields import OVERRIDABLE, must_cover
from ..kinds import ObjectKind
from .conditions import (
    CONDITIONS,
    MFG_NAME,
    PLACEHOLDERS,
    Conditions,
    Subject,
    dictionary,
    given_text,
    given_texts,
    location_pattern,
    no_unknown_keys,
    read_conditions,
)
from .templates import Template

# Beside the kinds of objects, what import_as may be: the device is left out.
IGNORE: t.Final = "ignore"
IMPORT_AS: t.Final = (*ObjectKind, IGNORE)

# What each list of rules may name beside its conditions.
TARGETS: c.Mapping[str, tuple[str, ...]] = {
    "sites": ("site", "netbox_location", "rack"),
    "device_types": ("device_type", "manufacturer"),
    "platforms": ("platform",),
    "roles": ("role",),
    "import_as": ("import_as", "cluster", "cluster_type"),
    "tenants": ("tenant",),
    "manufacturers": ("manufacturer",),
}


def keys(name: str) -> tuple[str, ...]:
    """Every key that a rule of this list may have."""
    own = {"sites": ("location_pattern",), "manufacturers": (MFG_NAME,)}
    return (*CONDITIONS, *own.get(name, ()), *TARGETS[name])


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``path`` names it in messages; ``target`` is ``""`` when a named group of a pattern gives it."""

    path: str
    conditions: Conditions
    target: str = ""
    # device_types only: tells models of one name apart.
    manufacturer: str = ""
    # import_as only.
    cluster: str = ""
    cluster_type: str = ""
    import_as: ObjectKind = ObjectKind.DEVICE
    ignores: bool = False
    # Targets that are made of groups, by the name of what they are: site, location, rack, device_type.
    templates: tuple[tuple[str, Template], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Override:
    """What holds for one device, whatever the rules say; ``""`` leaves it to the rules."""

    path: str
    device_id: int
    name: str = ""
    site: str = ""
    location: str = ""
    rack: str = ""
    role: str = ""
    device_type: str = ""
    platform: str = ""
    tenant: str = ""
    cluster: str = ""
    import_as: ObjectKind | None = None
    ignores: bool = False


must_cover("Override", {field.name for field in dataclasses.fields(Override)} - {"path", "device_id", "import_as", "ignores"}, OVERRIDABLE)


@dataclasses.dataclass(frozen=True)
class Rules:
    """All rules and overrides. Made by :meth:`from_options`."""

    sites: tuple[Rule, ...] = ()
    device_types: tuple[Rule, ...] = ()
    platforms: tuple[Rule, ...] = ()
    roles: tuple[Rule, ...] = ()
    import_as: tuple[Rule, ...] = ()
    tenants: tuple[Rule, ...] = ()
    manufacturers: tuple[Rule, ...] = ()
    overrides: c.Mapping[int, Override] = dataclasses.field(default_factory=dict)

    @property
    def device_groups(self) -> dict[str, str]:
        """The device groups, in comparable form, whose members must be known before the rules can be applied; and where each is named."""
        named: dict[str, str] = {}
        for rule in (rule for rules in self.lists() for rule in rules):
            for group in sorted(rule.conditions.device_groups):
                named.setdefault(group, f"{rule.path}.device_group")
        return named

    def lists(self) -> tuple[tuple[Rule, ...], ...]:
        """Every list of rules."""
        return (self.sites, self.device_types, self.platforms, self.roles, self.import_as, self.tenants, self.manufacturers)

    @classmethod
    def from_options(cls, rules: c.Mapping[str, t.Any] | None, overrides: c.Sequence[c.Mapping[str, t.Any]] | None) -> Rules:
        """Parses the options ``rules`` and ``overrides``. Raises OptionError that names every wrong rule and its value."""
        rules = rules or {}
        errors = Errors()
        with errors.collected():
            no_unknown_keys("rules", rules, tuple(_PARSERS))
        parsed: dict[str, list[Rule]] = {}
        for name, parser in _PARSERS.items():
            given = rules.get(name) or []
            parsed[name] = []
            if not isinstance(given, list):
                errors.add(OptionError(f"rules.{name}", given, "must be a list of rules"))
                continue
            for number, rule in enumerate(given):
                path = f"rules.{name}[{number}]"
                with errors.collected():
                    parsed[name].append(parser(path, dictionary(path, rule)))
        made = _overrides(overrides or [], errors)
        errors.raise_any()
        return cls(**{name: tuple(items) for name, items in parsed.items()}, overrides=made)


def first_match(rules: c.Iterable[Rule], subject: Subject) -> tuple[Rule, dict[str, str]] | None:
    """The first rule whose conditions hold, and the groups of its patterns with what its templates make of them."""
    for rule in rules:
        groups = rule.conditions.match(subject)
        if groups is not None:
            return rule, groups | {name: template.expand(groups).strip() for name, template in rule.templates}
    return None


def _site_rule(path: str, rule: c.Mapping[str, t.Any]) -> Rule:
    no_unknown_keys(path, rule, keys("sites"))
    templates, fixed = _templates(path, rule, "location_regex", {"site": "site", "netbox_location": "location", "rack": "rack"})
    conditions = read_conditions(path, rule, {"location_regex": (*PLACEHOLDERS, *_used(templates))})
    if "location_pattern" in rule:
        patterns = tuple(
            location_pattern(f"{path}.location_pattern", text) for text in given_texts(f"{path}.location_pattern", rule["location_pattern"])
        )
        conditions = dataclasses.replace(conditions, patterns=(*conditions.patterns, ("location", patterns)))
    conditions = dataclasses.replace(conditions, numbered="location" if templates else "")
    _check_groups(path, templates, conditions)
    target = fixed.get("site", "")
    named = {name for _field, patterns in conditions.patterns for pattern in patterns for name in pattern.groupindex}
    if not target and "site" not in named and "site" not in templates:
        raise OptionError(path, dict(rule), "names no site", "Give it 'site', or a named group or placeholder of that name.")
    constants = {name: Template(text, literal=True) for name, text in fixed.items() if name != "site"}
    return Rule(path, conditions, target, templates=tuple({**templates, **constants}.items()))


def _templates(path: str, rule: c.Mapping[str, t.Any], regex: str, keys: c.Mapping[str, str]) -> tuple[dict[str, Template], dict[str, str]]:
    """The targets of a rule that are templates, and those that are plain texts, by what they are.

    :param regex: the condition whose groups they may use; without groups in it every target is plain
    :param keys: what the target is, for each key of the rule
    """
    has_groups = _has_groups(rule.get(regex))
    templates: dict[str, Template] = {}
    fixed: dict[str, str] = {}
    for option, name in keys.items():
        if rule.get(option) is not None:
            text = given_text(f"{path}.{option}", rule[option])
            template = Template.parse(f"{path}.{option}", text) if has_groups else None
            if template is None:
                fixed[name] = text
            else:
                templates[name] = template
    return templates, fixed


def _has_groups(value: object) -> bool:
    """Whether a regular expression, or one of several, has groups; one that is none is told of elsewhere."""
    for text in value if isinstance(value, (list, tuple)) else [value]:
        try:
            if re.compile(str(text)).groups:
                return True
        except (re.error, OverflowError, RecursionError):
            return False
    return False


def _used(templates: c.Mapping[str, Template]) -> frozenset[str]:
    return frozenset().union(*(template.groups for template in templates.values())) if templates else frozenset()


def _check_groups(path: str, templates: c.Mapping[str, Template], conditions: Conditions) -> None:
    """Raises OptionError for a template with a group that one of the patterns does not have."""
    patterns = [pattern for field, several in conditions.patterns if field == conditions.numbered for pattern in several]
    for template in templates.values():
        for group in template.groups:
            has = [int(group) <= pattern.groups if group.isdecimal() else group in pattern.groupindex for pattern in patterns]
            if not has or not all(has):
                known = f"Give {conditions.numbered}_regex such a group."
                raise OptionError(path, template.text, f"has the group {group!r}, which no pattern finds", known)


def _device_type_rule(path: str, rule: c.Mapping[str, t.Any]) -> Rule:
    no_unknown_keys(path, rule, keys("device_types"))
    templates, fixed = _templates(path, rule, "hardware_regex", {"device_type": "device_type"})
    conditions = read_conditions(path, rule, {"hardware_regex": ("device_type", *_used(templates))})
    conditions = dataclasses.replace(conditions, numbered="hardware" if templates else "")
    _check_groups(path, templates, conditions)
    target = fixed.get("device_type", "")
    if (
        not target
        and not templates
        and not any("device_type" in pattern.groupindex for _field, patterns in conditions.patterns for pattern in patterns)
    ):
        raise OptionError(path, dict(rule), "names no device type", "Give it 'device_type', or a named group of that name.")
    manufacturer = given_text(f"{path}.manufacturer", rule["manufacturer"]) if rule.get("manufacturer") is not None else ""
    return Rule(path, conditions, target, manufacturer=manufacturer, templates=tuple(templates.items()))


def _import_rule(path: str, rule: c.Mapping[str, t.Any]) -> Rule:
    no_unknown_keys(path, rule, keys("import_as"))
    import_as = _import_as(f"{path}.import_as", rule.get("import_as"))
    cluster = given_text(f"{path}.cluster", rule["cluster"]) if rule.get("cluster") is not None else ""
    if cluster and import_as is not ObjectKind.VIRTUAL_MACHINE:
        raise OptionError(f"{path}.cluster", cluster, "is for virtual machines only")
    cluster_type = given_text(f"{path}.cluster_type", rule["cluster_type"]) if rule.get("cluster_type") is not None else ""
    if cluster_type and not cluster:
        raise OptionError(f"{path}.cluster_type", cluster_type, "needs a cluster")
    return Rule(
        path,
        read_conditions(path, rule, {}),
        cluster=cluster,
        cluster_type=cluster_type,
        import_as=import_as or ObjectKind.DEVICE,
        ignores=import_as is None,
    )


def _import_as(path: str, value: object) -> ObjectKind | None:
    """None for a device that is to be ignored."""
    if value == IGNORE:
        return None
    try:
        return ObjectKind(str(value))
    except ValueError:
        raise OptionError(path, value, f"must be one of {', '.join(IMPORT_AS)}") from None


def _simple_rule(target: str) -> c.Callable[[str, c.Mapping[str, t.Any]], Rule]:
    def parse(path: str, rule: c.Mapping[str, t.Any]) -> Rule:
        no_unknown_keys(path, rule, keys(f"{target}s"))
        if rule.get(target) is None:
            raise OptionError(path, dict(rule), f"names no {target}")
        return Rule(path, read_conditions(path, rule, {}), given_text(f"{path}.{target}", rule[target]))

    return parse


_PARSERS: dict[str, c.Callable[[str, c.Mapping[str, t.Any]], Rule]] = {
    "sites": _site_rule,
    "device_types": _device_type_rule,
    "platforms": _simple_rule("platform"),
    "roles": _simple_rule("role"),
    "import_as": _import_rule,
    "tenants": _simple_rule("tenant"),
    "manufacturers": _simple_rule("manufacturer"),
}


def _overrides(given: c.Sequence[c.Mapping[str, t.Any]], errors: Errors) -> dict[int, Override]:
    overrides: dict[int, Override] = {}
    for number, item in enumerate(given):
        path = f"overrides[{number}]"
        with errors.collected():
            override = _override(path, dictionary(path, item))
            if override.device_id in overrides:
                message = f"stands in {overrides[override.device_id].path} already"
                raise OptionError(f"{path}.device_id", override.device_id, message)
            overrides[override.device_id] = override
    return overrides


def _override(path: str, given: c.Mapping[str, t.Any]) -> Override:
    fields = [field.name for field in dataclasses.fields(Override) if field.name not in ("path", "ignores")]
    no_unknown_keys(path, given, fields)
    device_id = given.get("device_id")
    if isinstance(device_id, str) and device_id.strip().isdecimal():
        device_id = int(device_id)
    if isinstance(device_id, bool) or not isinstance(device_id, int) or device_id < 1:
        raise OptionError(f"{path}.device_id", given.get("device_id"), "must be a LibreNMS device id")
    texts = {
        name: given_text(f"{path}.{name}", given[name])
        for name in fields
        if name not in ("device_id", "import_as") and given.get(name) is not None
    }
    import_as = _import_as(f"{path}.import_as", given["import_as"]) if given.get("import_as") is not None else None
    return Override(path, device_id, import_as=import_as, ignores=given.get("import_as") == IGNORE, **texts)
