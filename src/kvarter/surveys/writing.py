"""A questionnaire as text, in one fixed way, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kvarter.surveys.questionnaire import (
    Ask,
    Choice,
    Compare,
    Condition,
    Item,
    Questionnaire,
    Scale,
    Section,
    Told,
    Without,
)


def written(questionnaire: Questionnaire) -> str:
    """The questionnaire as JSON in one fixed way, so that the same has the same digest."""
    told = asdict(questionnaire, dict_factory=_without_empty_notes)
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _without_empty_notes(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Notes in other languages came later: what has none is written as it was, and has the digest it had."""
    return {name: value for name, value in pairs if value or name != "notes"}


def digest_of(questionnaire: Questionnaire) -> str:
    """SHA-256 of the written questionnaire, in hexadecimal."""
    return hashlib.sha256(written(questionnaire).encode()).hexdigest()


def read(text: str) -> Questionnaire:
    """A questionnaire from what `written` gives. Raises ValueError or KeyError for anything else."""
    told = json.loads(text)
    return Questionnaire(
        **{name: told[name] for name in ("key", "version", "titles", "introductions", "audience")},
        languages=tuple(told["languages"]),
        sections=tuple(_section(one) for one in told["sections"]),
        scales=tuple(Scale(one["key"], _choices(one["choices"])) for one in told["scales"]),
    )


def _section(told: Mapping[str, Any]) -> Section:
    return Section(told["key"], told["texts"], tuple(_item(one) for one in told["items"]))


def _item(told: Mapping[str, Any]) -> Item:
    return Item(
        **{
            name: told[name]
            for name in ("key", "texts", "theme", "hints", "scale", "required", "low", "high", "note", "about")
        },
        ask=Ask(told["ask"]),
        notes=told.get("notes", {}),
        choices=_choices(told["choices"]),
        shown_if=_condition(told["shown_if"]) if told["shown_if"] else None,
        told=Told(tuple(told["told"]["choices"]), told["told"]["direction"], told["told"]["margin"])
        if told["told"]
        else None,
    )


def _choices(told: list[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(one["code"], one["texts"], one["score"], Without(one["without"]) if one["without"] else None)
        for one in told
    )


def _condition(told: Mapping[str, Any]) -> Condition:
    parts = tuple(_condition(part) for part in told["parts"])
    return Condition(told["item"], Compare(told["compare"]), told["value"], parts, told["every"])
