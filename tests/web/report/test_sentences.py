"""Sentences say no more than the verdict and the interval, whatever is measured, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kvarter.effect.changes import Verdict
from kvarter.evidence.figures import Between, Counted, Difference, Figure, Measure, Place, SourceFacts
from kvarter.evidence.importers.extract import Period, Status
from kvarter.evidence.queries.pages import gap_text
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import base_text, figure_text, interval_text, period_text, show_difference
from kvarter.web.report.sentences import difference_sentence, figure_sentence, sentences_of

OWN = Place("lille@2000-01-01", "lille", "Lilleby", date(2000, 1, 1), None, is_area=True)
REST = Place("rest@2000-01-01", "rest", "Resten", date(2000, 1, 1), None, is_reference=True)
BETTER = {"da": r"bedre|fremgang|forbedr", "en": r"better|improv"}
WORSE = {"da": r"værre|dårlig|tilbagegang|forværr", "en": r"worse|declin|deteriorat"}
MOVES = {
    "da": r"\b(steg\w*|stig\w*|fald\w*|øge\w*|vokse\w*|højere|lavere|uændret\w*)\b",
    "en": r"\b(r[io]se\w*|risen|f[ae]ll\w*|increas\w*|decreas\w*|grow\w*|grew|higher|lower|unchanged)\b",
}
CAUSES = {
    "da": r"\b(fordi|skyld\w*|på grund af|takket være|medfør\w*|før\w* til|virk\w*|effekt\w*|derfor)\b",
    "en": r"\b(because|due to|thanks to|caus\w*|led to|result\w*|effect\w*|therefore|works?)\b",
}
languages = st.sampled_from(["da", "en"])
years = st.integers(2001, 2040).map(lambda year: date(year, 3, 1))
measures = st.sampled_from(list(Measure))


@st.composite
def values(draw: st.DrawFn, measure: Measure) -> float:
    if measure is Measure.SHARE:
        return draw(st.floats(0, 1))
    return draw(st.floats(1, 7) if measure is Measure.MEAN else st.floats(0, 1e6))


@st.composite
def figures(draw: st.DrawFn, place: Place = OWN, measure: Measure | None = None, day: date | None = None) -> Figure:
    measure = measure or draw(measures)
    counted = draw(st.sampled_from(list(Counted)))
    status = draw(st.sampled_from([Status.NORMAL, Status.NORMAL, Status.PROVISIONAL, Status.SUPPRESSED]))
    low, value, high = sorted(draw(values(measure)) for _ in range(3))
    n = draw(st.integers(20, 3000))
    day = day or draw(years)
    facts: dict[str, object] = {}
    if status.has_figure and counted is Counted.SAMPLE:
        facts = {"n": n, "invited": 3 * n, "low": low, "high": high}
    elif status.has_figure and counted is Counted.FULL:
        facts = {"numerator": value * n, "denominator": float(n)}
    source = SourceFacts("k", "Producent", "Titel", "Metode", "Grænser", "Kildeangivelse", counted)
    return Figure(
        "i",
        measure,
        place,
        Period(day, day),
        status,
        value if status.has_figure else None,
        counted,
        source,
        "Mærkat",
        None,
        1,
        "x" * 64,
        synthetic=draw(st.booleans()),
        **facts,  # type: ignore[arg-type]
    )


@st.composite
def differences(draw: st.DrawFn, measure: Measure | None = None) -> Difference:
    measure = measure or draw(measures)
    low, value, high = sorted(draw(st.floats(-1, 1)) for _ in range(3))
    first, last = sorted([draw(years), draw(years)])
    between = draw(st.sampled_from(list(Between)))
    gap = (Verdict.CHANGED, Verdict.UNCHANGED, Verdict.UNMEASURABLE)
    return Difference(
        indicator="i",
        measure=measure,
        between=between,
        place=OWN,
        other=None if between is Between.CHANGE else REST,
        first=None if between is Between.GAP else Period(first, first),
        last=Period(last, last),
        value=value,
        low=low,
        high=high,
        p_adjusted=0.2,
        verdict=draw(st.sampled_from(gap if between is Between.GAP else list(Verdict))).value,
        smallest=draw(st.floats(0.001, 1)),
        together=12,
        publication=1,
        synthetic=draw(st.booleans()),
    )


def told(figures: tuple[Figure, ...], differences: tuple[Difference, ...] = ()) -> Told:
    texts = dict.fromkeys(("definition", "respondents", "known_issues", "criterion", "decision"), "")
    return Told(
        slug="i",
        theme="t",
        name="Navn",
        measure=figures[0].measure,
        flow="stock",
        grade="A",
        owner=None,
        clauses=(),
        aim=None,
        position=0,
        figures=figures,
        differences=differences,
        shares=(),
        joins=frozenset(),
        **texts,
    )


def numbers(text: str) -> Iterator[str]:
    """The numbers of a text as they are written, with their sign."""
    return (found.strip(".,") for found in re.findall(r"[+−-]?\d[\d.,]*", text))


def shown_numbers(figures: list[Figure], differences: list[Difference]) -> set[str]:
    """Every number that pages show of these, and the 95 of the intervals."""
    texts = ["95"]
    for figure in figures:
        texts += [figure_text(figure), base_text(figure), interval_text(figure), period_text(figure.period)]
    for one in differences:
        shown = show_difference(one)
        texts += [shown.text, shown.interval, shown.what, shown.smallest]
    return {number for text in texts for number in numbers(text)}


def claims_no_more(sentence: str, verdict: Verdict | None, language: str) -> None:
    said = sentence.lower()
    assert bool(re.search(BETTER[language], said)) == (verdict is Verdict.BETTER), sentence
    assert bool(re.search(WORSE[language], said)) == (verdict is Verdict.WORSE), sentence
    assert not re.search(MOVES[language], said), sentence
    assert not re.search(CAUSES[language], said), sentence


@given(differences(), languages)
def test_a_difference_is_called_what_its_verdict_is_and_has_its_interval(one: Difference, language: str) -> None:
    with translation.override(language):
        sentence = difference_sentence(one)
        claims_no_more(sentence, Verdict(one.verdict), language)
        assert show_difference(one).interval in sentence
        assert show_difference(one).text in sentence
        assert set(numbers(sentence)) <= shown_numbers([], [one])
        assert ("opdigtet" in sentence or "made up" in sentence) == one.synthetic


@given(figures(), languages)
def test_a_figure_has_its_day_and_says_how_sure_it_is(figure: Figure, language: str) -> None:
    with translation.override(language):
        sentence = figure_sentence(figure)
        claims_no_more(sentence, None, language)
        assert figure_text(figure) in sentence
        assert period_text(figure.period) in sentence
        assert interval_text(figure) in sentence
        assert set(numbers(sentence)) <= shown_numbers([figure], [])
        no_sampling = "alle er talt med" if language == "da" else "everybody is counted"
        assert (no_sampling in sentence.lower()) == (figure.counted is Counted.FULL and figure.value is not None)


@given(st.data(), languages)
def test_what_is_said_of_an_indicator_is_what_is_published(data: st.DataObject, language: str) -> None:
    measure = data.draw(measures)
    day = date(2024, 3, 1)
    own, rest = data.draw(figures(measure=measure, day=day)), data.draw(figures(REST, measure, day))
    judged = data.draw(st.lists(differences(measure), max_size=3))
    indicator = told((own, rest), tuple(judged))
    with translation.override(language):
        shown = shown_numbers([own, rest], judged)
        shown |= set(numbers(gap_text(indicator)))
        for sentence in sentences_of(indicator):
            assert set(numbers(sentence)) <= shown, sentence
            if own.value is None or own.counted is not Counted.SAMPLE:
                claims_no_more(sentence, None, language)


@pytest.mark.parametrize(
    ("language", "said"), [("da", "hverken interval eller dom"), ("en", "neither interval nor verdict")]
)
def test_what_others_have_published_without_n_gets_no_verdict(language: str, said: str) -> None:
    source = SourceFacts("k", "Politiet", "Måling", "Metode", "Grænser", "Kilde", Counted.OUTSIDE)
    facts = {"status": Status.NORMAL, "counted": Counted.OUTSIDE, "source": source}
    figure = Figure("i", Measure.SHARE, OWN, Period(date(2018, 1, 1), date(2018, 12, 31)), value=0.711, label="M",
                    published=None, publication=1, digest="x", **facts)  # type: ignore[arg-type]  # fmt: skip
    with translation.override(language):
        (sentence,) = sentences_of(told((figure,)))
        assert said in sentence


def test_a_verdict_of_a_change_is_never_that_nothing_has_happened() -> None:
    one = Difference("i", Measure.SHARE, Between.CHANGE, OWN, None, Period(date(2021, 3, 1), date(2021, 3, 1)),
                     Period(date(2024, 3, 1), date(2024, 3, 1)), 0.03, -0.05, 0.11, 0.4, "no demonstrable change",
                     0.09, 12, 1)  # fmt: skip
    assert difference_sentence(one) == (
        "Fra 1. marts 2021 til 1. marts 2024 kan der ikke påvises en ændring i Lilleby: +3,0 procentpoint, "
        "95 %-interval mellem −5,0 procentpoint og +11,0 procentpoint. "
        "En forskel på mindst 9,0 procentpoint ville vi have set fire gange ud af fem."
    )
