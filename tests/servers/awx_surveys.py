# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX accepts as a survey, and as the answers to one when a job starts or a schedule is made."""

from __future__ import annotations

import typing as t

from .awx_types import Refused, Row

TYPES = ("text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float")


def check_survey(survey: t.Any) -> None:
    """Raises C(Refused) for a survey that AWX does not take."""
    for key, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(survey.get(key), kind):
            raise Refused({"error": f"'{key}' missing from survey spec, or of another type."})
    if not survey["spec"]:
        raise Refused({"error": "'spec' doesn't contain any items."})
    seen: set[str] = set()
    for number, question in enumerate(survey["spec"]):
        for key in ("type", "question_name", "variable", "required"):
            if key not in question:
                raise Refused({"error": f"'{key}' missing from survey question {number}."})
        if question["type"] not in TYPES:
            raise Refused({"error": f"'{question['type']}' in survey question {number} is not one of {TYPES}."})
        if question["variable"] in seen:
            raise Refused({"error": f"'variable' '{question['variable']}' duplicated in survey question {number}."})
        seen.add(question["variable"])
        _check_default(question, number)


def _check_default(question: Row, number: int) -> None:
    if question["type"] in ("multiplechoice", "multiselect") and not choices(question):
        raise Refused({"error": f"Survey question {number} has no choices."})
    default = question.get("default")
    if default in (None, ""):
        return
    if question["type"] == "multiselect":
        answer: t.Any = default.split("\n") if isinstance(default, str) else default
    else:
        answer = default
    if errors := _errors(question, answer):
        raise Refused({"error": f"Default of survey question {number}: {errors[0]}"})


def choices(question: Row) -> list[str]:
    given = question.get("choices", [])
    return given.splitlines() if isinstance(given, str) else list(given)


def _errors(question: Row, answer: t.Any) -> list[str]:
    name, kind = question["variable"], question["type"]
    size: float
    if kind in ("integer", "float"):
        if isinstance(answer, bool) or not isinstance(answer, int if kind == "integer" else (int, float)):
            return [f"Value {answer!r} for '{name}' expected to be a number."]
        size = answer
    elif kind == "multiselect":
        if not isinstance(answer, list):
            return [f"'{name}' value is expected to be a list."]
        return [f"Value {item} for '{name}' expected to be one of {choices(question)}." for item in answer if item not in choices(question)]
    elif not isinstance(answer, str):
        return [f"Value {answer!r} for '{name}' expected to be a string."]
    elif kind == "multiplechoice":
        return [] if answer in choices(question) else [f"Value {answer} for '{name}' expected to be one of {choices(question)}."]
    else:
        size = len(answer)
    if question.get("min") not in (None, "") and size < question["min"]:
        return [f"'{name}' value {answer!r} is too small (must be at least {question['min']})."]
    if question.get("max") not in (None, "") and size > question["max"]:
        return [f"'{name}' value {answer!r} is too large (must be no more than {question['max']})."]
    return []


def check_answers(spec: t.Sequence[Row], answers: Row) -> Row:
    """What a job gets: the answers, and the defaults of questions that were not answered, as they stand in the survey.

    Raises C(Refused) for an answer that does not fit, and for a required question without one.
    """
    errors: list[str] = []
    complete: Row = {}
    for question in spec:
        name, default = question["variable"], question.get("default")
        if name in answers:
            complete[name] = answers[name]
            empty = answers[name] in ("", [])
            errors += [] if empty else _errors(question, answers[name])
        elif default is not None:
            complete[name] = default  # of a multiselect these are lines, not a list
            empty = default == ""
        else:
            empty = True
        if empty and question["required"]:
            errors.append(f"'{name}' value missing")
    if errors:
        raise Refused({"variables_needed_to_start": errors})
    return complete
