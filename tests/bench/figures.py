# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark found: figures with their limits, as a table for people and as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import typing as t
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    :param limit: more is a failure; for what is counted, and so comes out the same on every machine
    :param aim: what is hoped for; for what is timed, which a busy machine may spoil
    """

    name: str
    value: float | str
    unit: str = ""
    limit: float | None = None
    aim: float | None = None

    @property
    def holds(self) -> bool:
        return self.limit is None or (not isinstance(self.value, str) and self.value <= self.limit)

    @property
    def verdict(self) -> str:
        if self.limit is not None:
            return f"at most {shown(self.limit)}: {'yes' if self.holds else 'NO'}"
        if self.aim is not None and not isinstance(self.value, str):
            return f"aim {shown(self.aim)}: {'yes' if self.value <= self.aim else 'missed'}"
        return ""


@dataclasses.dataclass(slots=True)
class Report:
    """The figures of one subject, and sentences on what was skipped or warned of."""

    subject: str
    title: str
    figures: list[Figure] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    def add(self, name: str, value: float | str, unit: str = "", *, limit: float | None = None, aim: float | None = None) -> None:
        self.figures.append(Figure(name, value, unit, limit, aim))

    @property
    def holds(self) -> bool:
        """Whether no limit was passed."""
        return all(figure.holds for figure in self.figures)

    def text(self) -> str:
        """A table with a line for each figure."""
        rows = [(figure.name, shown(figure.value), figure.unit, figure.verdict) for figure in self.figures]
        name, value, unit = (max((len(row[column]) for row in rows), default=0) for column in range(3))
        lines = [f"{row[0]:<{name}}  {row[1]:>{value}} {row[2]:<{unit}}  {row[3]}".rstrip() for row in rows]
        return "\n".join([self.title, "-" * len(self.title), *lines, *(f"* {note}" for note in self.notes)])

    def to_json(self) -> dict[str, t.Any]:
        figures = [dataclasses.asdict(figure) | {"holds": figure.holds} for figure in self.figures]
        return {"subject": self.subject, "title": self.title, "holds": self.holds, "figures": figures, "notes": self.notes}


def shown(value: float | str) -> str:
    """A number with three figures that count, or with its thousands set apart."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def argument_parser(description: str, devices: int) -> argparse.ArgumentParser:
    """The arguments that every subject takes. ``devices`` is the default size."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--devices", type=int, default=devices, help=f"LibreNMS devices ({devices})")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def finish(report: Report, path: Path | None) -> int:
    """Prints and writes a report; returns the exit code of the process."""
    print(report.text(), flush=True)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report.to_json(), indent=1), encoding="utf-8")
    return 0 if report.holds else 1


def step(text: str) -> None:
    """Tells what goes on, as some of it takes minutes."""
    print(f"  ... {text}", flush=True)
