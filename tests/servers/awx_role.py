# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role awx_setup makes, as it stands in the role's variables."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import yaml

from .awx_types import Row


class _Loader(yaml.SafeLoader):
    """Reads what is marked C(!unsafe), too."""


_Loader.add_constructor("!unsafe", lambda _loader, node: node.value)


class SetupRole:
    def __init__(self, collection: Path) -> None:
        self._variables: Row = yaml.load(
            (collection / "roles" / "awx_setup" / "vars" / "main.yml").read_text(encoding="utf-8"), Loader=_Loader
        )
        self.credential_types: list[Row] = self._variables["awx_setup_credential_types"]
        self.templates: dict[str, Row] = {row["name"]: row for row in self._variables["awx_setup_templates"]}
        self.template_variables: Row = self._variables["awx_setup_template_variables"]

    def questions(self, template: str) -> list[Row]:
        """Of a template's survey, in which they are named part by part."""
        parts = re.findall(r"\bawx_setup_\w+_questions\b", self.templates[template]["questions"])
        return [question for part in parts for question in t.cast("list[Row]", self._variables[part])]
