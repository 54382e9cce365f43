"""Questionnaires for tests: by hand in a line or two, and any at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from kvarter.surveys.faults import faults_of
from kvarter.surveys.minutes import HERE
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

YES, NO = Choice("ja", {"da": "Ja"}, 1), Choice("nej", {"da": "Nej"}, 0)
UNKNOWN = Choice("ved_ikke", {"da": "Ved ikke"}, without=Without.UNKNOWN)
UNSAID = Choice("usagt", {"da": "Vil ikke svare"}, without=Without.UNSAID)
YES_OR_NO = (YES, NO, UNKNOWN, UNSAID)


def item(key: str, ask: Ask = Ask.ONE, **more: Any) -> Item:
    """A question that says no more than it must."""
    given: dict[str, Any] = {"texts": {"da": f"Hvad med {key}?"}, **more}
    if ask.has_choices and not given.get("scale"):
        given.setdefault("choices", YES_OR_NO)
    return Item(key, ask, **given)


def of(*items: Item, scales: Sequence[Scale] = (), **more: Any) -> Questionnaire:
    """A questionnaire in Danish with one section."""
    whole = Questionnaire("skema", 1, {"da": "Skema"}, ("da",), (Section("del", {"da": "Del"}, items),), tuple(scales))
    return replace(whole, **more)


# Any questionnaire that holds together. Texts are as people write them: nothing around them, no control signs.
_LANGUAGES = ("da", "en", "ar", "so", "ur")
# What forms, CSV, workbooks and XML each find hard, and letters from both directions.
_SIGNS = "abcæøåéß ?!.,;:|#*_-=+@'\"“”‘’<>&%{}[]()$\\/\n…–żس ا😀"
_TEXT = (
    st.text(_SIGNS, min_size=1, max_size=30).map(lambda text: text.strip() or "x").filter(lambda text: "${" not in text)
)
_KEY = st.from_regex(r"[a-zæøå_][a-z0-9_æøå.-]{0,12}", fullmatch=True)
_SLUG = st.from_regex(r"[a-z0-9_-]{1,10}", fullmatch=True)
_CODE = st.from_regex(r"[a-z0-9_+./-]{1,8}", fullmatch=True)
_DAY = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
_WHOLE = st.integers(-(10**6), 10**6)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Any questionnaire that holds together."""
    languages = tuple(draw(st.lists(st.sampled_from(_LANGUAGES), min_size=1, max_size=3, unique=True)))
    texts = st.fixed_dictionaries(dict.fromkeys(languages, _TEXT))
    keys = draw(st.lists(_KEY, min_size=3, max_size=14, unique_by=str.lower))
    scales = [Scale(f"{key}-skala", draw(_choices(texts, scored=True))) for key in keys[:1]]
    sections: list[Section] = []
    items: list[Item] = []
    while keys:
        section, *keys = keys
        here: list[Item] = []
        for key in keys[: draw(st.integers(1, 4))] or [f"{section}x"]:
            here.append(draw(_items(key, texts, scales, items, languages[1:])))
            items.append(here[-1])
        keys = keys[len(here) :]
        sections.append(Section(section, draw(st.just({}) | texts), tuple(here)))
    whole = Questionnaire(
        key=draw(_SLUG),
        version=draw(st.integers(1, 10**6)),
        titles=draw(texts),
        languages=languages,
        sections=tuple(sections),
        scales=tuple(scales),
        introductions=draw(st.just({}) | texts | texts.map(_with_minutes)),
        audience=draw(st.sampled_from(["adults", "youth"])),
    )
    assert faults_of(whole) == []
    return whole


def _with_minutes(texts: dict[str, str]) -> dict[str, str]:
    """Texts that say how long it takes."""
    return {language: f"{text} {HERE}" for language, text in texts.items()}


@st.composite
def _choices(draw: st.DrawFn, texts: st.SearchStrategy[dict[str, str]], *, scored: bool) -> tuple[Choice, ...]:
    codes = draw(st.lists(_CODE, min_size=1, max_size=5, unique=True))
    scores = st.floats(-1e6, 1e6) if scored else st.none() | st.floats(-1e6, 1e6)
    answers = [Choice(code, draw(texts), draw(scores)) for code in codes]
    nones = [Choice(f"{codes[0]}.{one}", draw(texts), without=one) for one in draw(st.sets(st.sampled_from(Without)))]
    return tuple(draw(st.permutations(answers + nones)))


@st.composite
def _items(
    draw: st.DrawFn,
    key: str,
    texts: st.SearchStrategy[dict[str, str]],
    scales: list[Scale],
    before: list[Item],
    others: tuple[str, ...],
) -> Item:
    ask = draw(st.sampled_from(Ask))
    scale = draw(st.sampled_from([None, *scales])) if ask.has_choices else None
    choices = draw(_choices(texts, scored=False)) if ask.has_choices and scale is None else ()
    low, high = draw(_limits(ask))
    answers = [choice.code for choice in (scale.choices if scale else choices) if choice.without is None]
    note = draw(st.just("") | _TEXT)
    return Item(
        key,
        ask,
        draw(texts),
        theme=draw(st.sampled_from(["", "tillid", "social-miks"])),
        hints=draw(st.just({}) | texts),
        scale=scale.key if scale else "",
        choices=choices,
        required=draw(st.booleans()),
        shown_if=draw(st.none() | _conditions(before, scales)) if before else None,
        low=low,
        high=high,
        told=draw(st.none() | _told(answers)) if answers else None,
        note=note,
        notes=draw(st.dictionaries(st.sampled_from(others), _TEXT)) if note and others else {},
        about=draw(st.sampled_from(["self", "area"])),
    )


@st.composite
def _limits(draw: st.DrawFn, ask: Ask) -> tuple[str, str]:
    if ask not in (Ask.NUMBER, Ask.DATE):
        return "", ""
    ends: list[Any] = sorted(draw(st.tuples(_WHOLE, _WHOLE) if ask is Ask.NUMBER else st.tuples(_DAY, _DAY)))
    return draw(st.sampled_from(["", str(ends[0])])), draw(st.sampled_from(["", str(ends[1])]))


@st.composite
def _told(draw: st.DrawFn, answers: list[str]) -> Told:
    direction = draw(st.sampled_from(["more", "less", "maintain", "none"]))
    margin = draw(st.floats(0, 100).map(lambda number: round(number, 2))) if direction == "maintain" else None
    return Told(tuple(draw(st.lists(st.sampled_from(answers), min_size=1, unique=True))), direction, margin)


def _conditions(before: list[Item], scales: list[Scale]) -> st.SearchStrategy[Condition]:
    one = st.sampled_from(before).flatmap(lambda item: _comparison(item, scales))
    return st.recursive(
        one,
        lambda inner: st.builds(
            lambda parts, every: Condition(parts=tuple(parts), every=every),
            st.lists(inner, min_size=2, max_size=3),
            st.booleans(),
        ),
        max_leaves=4,
    )


@st.composite
def _comparison(draw: st.DrawFn, item: Item, scales: list[Scale]) -> Condition:
    ordered = [Compare.LESS, Compare.AT_MOST, Compare.MORE, Compare.AT_LEAST]
    if draw(st.booleans()) and draw(st.booleans()):
        return Condition(item.key, Compare.IS_NOT, "")
    if item.ask.has_choices:
        choices = next((scale.choices for scale in scales if scale.key == item.scale), item.choices)
        compare = draw(st.sampled_from([Compare.IS, Compare.IS_NOT, Compare.HAS, *ordered]))
        return Condition(item.key, compare, draw(st.sampled_from(choices)).code)
    value = {Ask.NUMBER: _WHOLE.map(str), Ask.DATE: _DAY}.get(item.ask, _TEXT.filter(lambda text: "'" not in text))
    return Condition(item.key, draw(st.sampled_from([Compare.IS, Compare.IS_NOT, *ordered])), draw(value))
