"""Who is asked what, on which page, and what can be kept as an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvarter.surveys.breaking import breaks_between
from kvarter.surveys.checking import MOST_TEXT, Wrong, checked
from kvarter.surveys.questionnaire import Ask, Choice, Compare, Condition, Item, Questionnaire, Scale
from kvarter.surveys.routing import asked, holds, pages_of
from tests.surveys.questionnaire.making import UNKNOWN, YES, YES_OR_NO, item, of, questionnaires

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HAS_CHILDREN = Condition("boern", Compare.IS, "ja")


@often
@given(questionnaires(), st.integers(1, 6))
def test_pages_hold_every_item_in_order_and_no_routing_looks_at_its_own_page(whole: Questionnaire, most: int) -> None:
    pages = pages_of(whole, most)
    assert [one for _section, items in pages for one in items] == list(whole.items)
    for section, items in pages:
        assert 0 < len(items) <= most
        assert all(one in section.items for one in items)
        for place, one in enumerate(items):
            looks_at = one.shown_if.items if one.shown_if else frozenset()
            assert not looks_at & {other.key for other in items[:place]}


@often
@given(questionnaires(), st.data())
def test_nothing_is_asked_that_hangs_on_what_is_not_asked(whole: Questionnaire, data: st.DataObject) -> None:
    answers = {one.key: data.draw(answers_to(whole, one)) for one in whole.items}
    through = asked(whole, answers)
    known = {one.key: answers[one.key] for one in through}
    assert [one.key for one in whole.items if holds(one.shown_if, known)] == [one.key for one in through]


def answers_to(whole: Questionnaire, one: Item) -> st.SearchStrategy[Any]:
    """What may stand as kept answers to an item, none among them."""
    if one.ask.has_choices:
        codes = st.sampled_from([choice.code for choice in whole.choices_of(one)])
        return st.none() | (st.lists(codes, unique=True) if one.ask is Ask.MANY else codes)
    kinds: dict[Ask, st.SearchStrategy[Any]] = {Ask.NUMBER: st.integers(), Ask.DATE: st.dates().map(date.isoformat)}
    return st.none() | kinds.get(one.ask, st.text())


def test_a_chain_of_routing_falls_with_its_first_link() -> None:
    whole = of(
        item("boern"),
        item("alder", Ask.NUMBER, shown_if=HAS_CHILDREN),
        item("skole", shown_if=Condition("alder", Compare.AT_LEAST, "6")),
    )
    assert [one.key for one in asked(whole, {"boern": "ja", "alder": 7})] == ["boern", "alder", "skole"]
    assert [one.key for one in asked(whole, {"boern": "nej", "alder": 7})] == ["boern"]


@pytest.mark.parametrize(
    ("condition", "given_", "found"),
    [
        (Condition("a", Compare.IS, "1"), "01", False),
        (Condition("a", Compare.IS, "18"), 18, True),
        (Condition("a", Compare.AT_LEAST, "9"), "10", True),
        (Condition("a", Compare.LESS, "2020-02-01"), "2020-01-31", True),
        (Condition("a", Compare.IS, "x y"), ["x", "y"], True),
        (Condition("a", Compare.HAS, "y"), ["x", "y"], True),
        (Condition("a", Compare.HAS, "y"), "y", True),
        (Condition("a", Compare.IS_NOT, "x"), None, False),
        (Condition("a", Compare.IS_NOT, "x"), [], False),
        (Condition("a", Compare.IS_NOT, "x"), 5, True),
        (Condition("a", Compare.MORE, "x"), 5, False),
        (Condition("a", Compare.IS, "0"), 0, True),
    ],
)
def test_answers_are_compared_by_what_they_are(condition: Condition, given_: object, found: bool) -> None:
    assert holds(condition, {"a": given_}) is found


@often
@given(questionnaires(), st.data())
def test_only_what_fits_is_kept_and_what_is_kept_fits_again(whole: Questionnaire, data: st.DataObject) -> None:
    texts = st.text(max_size=12) | st.integers().map(str) | st.dates().map(date.isoformat)
    for one in whole.items:
        codes = [choice.code for choice in whole.choices_of(one)]
        some = st.sampled_from(codes) | texts if codes else texts
        sent = data.draw(some | st.lists(some) | st.none() | st.just([]))
        kept, wrong = checked(whole, one, sent)
        if wrong:
            assert kept is None
        elif kept is None:
            assert not one.required
        else:
            assert fits(whole, one, kept)
            assert checked(whole, one, kept if isinstance(kept, list) else str(kept)) == (kept, None)


def fits(whole: Questionnaire, one: Item, kept: Any) -> bool:
    """Whether a kept answer is one the item allows, told from the item alone."""
    codes = {choice.code: choice for choice in whole.choices_of(one)}
    if one.ask is Ask.MANY:
        alone = len(kept) == 1 or not any(codes[code].without for code in kept)
        return bool(set(kept) <= set(codes) and len(set(kept)) == len(kept) and alone)
    if one.ask.has_choices:
        return kept in codes
    if one.ask is Ask.NUMBER:
        return isinstance(kept, int) and int(one.low or kept) <= kept <= int(one.high or kept)
    if one.ask is Ask.DATE:
        return bool((one.low or kept) <= kept <= (one.high or kept))
    return isinstance(kept, str) and len(kept) <= MOST_TEXT


@pytest.mark.parametrize(
    ("one", "sent", "wrong"),
    [
        (item("a", required=True), "", Wrong.MISSING),
        (item("a", required=True), [], Wrong.MISSING),
        (item("a"), "maaske", Wrong.NOT_A_CHOICE),
        (item("a", Ask.MANY), ["ja", "ved_ikke"], Wrong.BOTH),
        (item("a", Ask.MANY), ["ja", "x"], Wrong.NOT_A_CHOICE),
        (item("a", Ask.NUMBER), "--5", Wrong.NOT_A_NUMBER),
        (item("a", Ask.NUMBER), "٣", Wrong.NOT_A_NUMBER),
        (item("a", Ask.NUMBER), "1e3", Wrong.NOT_A_NUMBER),
        (item("a", Ask.NUMBER, high="7"), "8", Wrong.OUTSIDE),
        (item("a", Ask.DATE), "31-12-2020", Wrong.NOT_A_DAY),
        (item("a", Ask.DATE, high="2020-06-30"), "20201231", Wrong.OUTSIDE),
        (item("a", Ask.TEXT), "x" * (MOST_TEXT + 1), Wrong.TOO_LONG),
        (item("a", Ask.TEXT), "x" * 10_000_000, Wrong.TOO_LONG),
    ],
)
def test_what_cannot_be_kept_says_why(one: Item, sent: object, wrong: Wrong) -> None:
    assert checked(of(one), one, sent) == (None, wrong)


def test_a_changed_question_is_a_break_and_a_translation_is_none() -> None:
    scale = Scale("s", (YES, UNKNOWN))
    before = of(item("a"), item("b", Ask.SCALE, scale="s"), item("c"), item("d", Ask.NUMBER), scales=[scale])
    longer = Scale("s", (YES, Choice("maaske", {"da": "Måske"}, 0.5), UNKNOWN))
    after = of(
        item("a", texts={"da": "Hvad med a?", "en": "What about a?"}),
        item("b", Ask.SCALE, scale="s"),
        item("c", shown_if=Condition("a", Compare.IS, "ja")),
        item("d", Ask.TEXT, texts={"da": "Og d?"}),
        item("ny", choices=YES_OR_NO),
        scales=[longer],
    )
    assert [(one.item, one.what) for one in breaks_between(before, after)] == [
        ("b", "choices"),
        ("c", "routing"),
        ("d", "words"),
        ("d", "kind"),
    ]
    assert breaks_between(before, before) == []
