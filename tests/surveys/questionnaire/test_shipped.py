"""The questionnaires that come with Kvarter hold what they promise."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pytest
from pyxform.xls2xform import convert

from kvarter.surveys.faults import faults_of
from kvarter.surveys.minutes import HERE, introduction_of, minutes_of
from kvarter.surveys.questionnaire import Ask, Questionnaire, Without, words
from kvarter.surveys.questionnaires import SHIPPED, load_questionnaire
from kvarter.surveys.routing import asked
from kvarter.surveys.xlsform.writing import as_csv, as_xlsx, form_tables
from tests.test_texts import lix

LONGEST_MINUTES = 12
LANGUAGES = ("da", "en", "ar")
# What nobody is asked about themselves: origin, illness, crime, faith, politics, and what says who one is.
NEVER = re.compile(
    r"herkomst|etnisk|indvandrer|statsborger|født i|modersmål|nationalitet|diagnose|sygdom|medicin|kriminel|dømt|"
    r"sigtet|straf|religion|tro på|stemme på|parti|indkomst|løn får|cpr|adresse|telefon|hedder du",
    re.IGNORECASE,
)


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Questionnaire:
    return load_questionnaire(request.param)


@pytest.fixture
def adults() -> Questionnaire:
    return load_questionnaire("hoeje-gladsaxe")


def test_the_nine_themes_are_those_of_the_figures(adults: Questionnaire) -> None:
    facts = tomllib.loads((files("kvarter.evidence") / "registers" / "hoeje-gladsaxe.toml").read_text(encoding="utf-8"))
    themes = Counter(item.theme for item in adults.items if item.theme)
    assert set(themes) == {theme["slug"] for theme in facts["theme"]}
    assert min(themes.values()) >= 4
    youth = {item.theme for item in load_questionnaire("hoeje-gladsaxe-unge").items if item.theme}
    assert youth == set(themes)


def test_it_takes_twelve_minutes_at_most_in_every_language_and_says_how_long(shipped: Questionnaire) -> None:
    told = introduction_of(shipped)
    for language in shipped.languages:
        minutes = minutes_of(shipped, language)
        assert minutes <= LONGEST_MINUTES
        assert re.findall(r"\d+", told[language]) == [str(round(minutes))]
        assert not re.search(r"\d", shipped.introductions[language].replace(HERE, ""))  # reckoned, not typed


def test_kobo_and_odk_tell_the_minutes_too(shipped: Questionnaire) -> None:
    head, first, *_rest = form_tables(shipped)["survey"]
    assert dict(zip(head, first, strict=True)) == dict.fromkeys(head, "") | {
        "type": "calculate",
        "name": "kvarter_minutes",
        "calculation": str(round(minutes_of(shipped))),
    }


def test_all_of_it_is_there_in_three_languages_and_each_in_its_letters(shipped: Questionnaire) -> None:
    assert shipped.languages == LANGUAGES
    assert faults_of(shipped) == []
    texts = [item.texts for item in shipped.items] + [item.hints for item in shipped.items if item.hints]
    texts += [choice.texts for item in shipped.items for choice in shipped.choices_of(item)]
    for text in texts:
        assert set(text) == set(LANGUAGES)
        if "Høje Gladsaxe" not in text["ar"]:
            assert re.search(r"[\u0600-\u06ff]", text["ar"])
            assert not re.search(r"[A-Za-z]", text["ar"])
        assert text["da"] != text["en"] or text["da"] == "Partner"


def test_the_questions_are_plain_to_read(shipped: Questionnaire) -> None:
    for language in ("da", "en"):
        assert lix(" ".join(words(item.texts, language) for item in shipped.items)) < 30
    for item in shipped.items:
        assert len(item.texts["da"].split()) <= 20, item.key
        assert item.texts["da"].endswith("?")


def test_each_question_asks_one_thing(shipped: Questionnaire) -> None:
    assert [item.key for item in shipped.items if re.search(r"\b(og|eller|samt)\b", item.texts["da"])] == []
    # Asking for what is not is hard to answer; “folk, du ikke kender” is only what strangers are called.
    denied = [item.key for item in shipped.items if re.search(r"\b(ikke|ingen|aldrig)\b", item.texts["da"])]
    assert set(denied) <= {"tillid_andre"}
    assert [item.key for item in shipped.items if item.texts["da"].count("?") != 1] == []


def test_nobody_is_asked_for_origin_illness_or_crime(shipped: Questionnaire) -> None:
    said = [words(item.texts, "da") for item in shipped.items]
    said += [choice.texts["da"] for item in shipped.items for choice in shipped.choices_of(item)]
    # “Hvilket år du blev født” is a way to say how long one has lived here, in a hint.
    assert [text for text in said if NEVER.search(text)] == []


def test_scales_are_balanced_and_keep_not_knowing_from_not_saying(shipped: Questionnaire) -> None:
    for item in shipped.items:
        choices = shipped.choices_of(item)
        nones = [choice.without for choice in choices if choice.without]
        if item.ask.has_choices:
            assert Without.UNSAID in nones, item.key
            assert choices[-len(nones) :] == tuple(choice for choice in choices if choice.without)
        if item.told:
            assert set(nones) == (set(Without) if item.ask.has_choices else set())
    for scale in shipped.scales:
        scores = [choice.score for choice in scale.choices if choice.score is not None]
        if scores:
            assert scores == [float(step) for step in range(len(scores), 0, -1)]


def test_every_theme_item_becomes_a_figure_and_every_item_says_why_it_is_asked(shipped: Questionnaire) -> None:
    for item in shipped.items:
        assert item.note, item.key
        assert item.notes["en"], item.key
        if not item.theme:
            assert "Baggrund" in item.note or item.ask is Ask.TEXT
    without = [item.key for item in shipped.items if item.theme and not item.told]
    assert without == (["kommer_i_omraadet"] if shipped.audience == "adults" else [])
    assert {item.told.direction for item in shipped.items if item.told} <= {"more", "less"}


def test_nothing_must_be_answered_and_the_image_can_be_asked_of_the_town(shipped: Questionnaire) -> None:
    assert not any(item.required for item in shipped.items)
    assert {item.theme for item in shipped.items if item.about == "area"} == {"image"}
    assert all("Høje Gladsaxe" in item.texts["da"] for item in shipped.items if item.about == "area")
    assert not any("Høje Gladsaxe" in item.texts["da"] for item in shipped.items if item.about == "self")


def test_newcomers_can_be_told_from_the_rest(shipped: Questionnaire) -> None:
    from kvarter.surveys.queries.answers import MOVED_IN

    assert shipped.item(MOVED_IN).ask is Ask.NUMBER


def test_pensioners_are_not_asked_about_finding_work(adults: Questionnaire) -> None:
    keys = {item.key for item in adults.items}
    at_work = {item.key for item in asked(adults, {"beskaeftigelse": "loen"})}
    retired = {item.key for item in asked(adults, {"beskaeftigelse": "pension"})}
    assert at_work == keys
    assert keys - retired == {"job_mulighed", "kender_nogen"}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_is_as_it_would_be_written_so_that_changes_show(name: str) -> None:
    kept = (files("kvarter.surveys.questionnaires") / f"{name}.csv").read_text(encoding="utf-8")
    assert as_csv(load_questionnaire(name)) == kept


def test_kobo_and_odk_take_it_without_a_word(shipped: Questionnaire) -> None:
    warnings: list[str] = []
    convert(as_xlsx(shipped), warnings=warnings, file_type=".xlsx")
    assert warnings == []
