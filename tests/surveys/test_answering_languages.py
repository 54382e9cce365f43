"""Answering in Danish, English and Arabic: every page, from the code to thanks, speaks the one that was chosen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from babel.messages.pofile import read_po

from kvarter.surveys.forms.answering import name_of
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import paper_of
from kvarter.surveys.questionnaire import Ask
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.sealing import new_code
from kvarter.surveys.speaking import INTERFACES, address_in
from kvarter.surveys.telling import TEXTS, standard
from kvarter.surveys.views.private import MOST_BYTES
from tests.conftest import CHECKOUT
from tests.surveys.residents import enter, first_choices, in_field, letter_to, resident, text, today, where
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

sys.path.insert(0, str(CHECKOUT / "tools"))
import messages

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
ARABIC = re.compile("[\u0600-\u06ff]")
LATIN = re.compile("[A-Za-zÆØÅæøå]{2,}")
NAMES = re.compile("Kvarter|Høje Gladsaxe")  # the same in every language


@pytest.mark.parametrize("language", INTERFACES)
def test_every_page_speaks_the_language_that_was_chosen(world: World, language: str) -> None:
    others = words_of_others(language)
    for name, page in walk(world, language):
        html = lxml.html.fromstring(page.content.decode())
        assert (html.get("lang"), html.get("dir")) == (language, "rtl" if language == "ar" else None), name
        assert page["Content-Language"] == language, name
        said = list(spoken(html, language))
        assert said, name
        for words in said:
            assert words not in others, (name, words)
            own = NAMES.sub("", words)
            assert not (LATIN if language == "ar" else ARABIC).search(own), (name, words)
            assert language != "en" or not re.search("[æøåÆØÅ]", own), (name, words)


def spoken(html: Any, language: str) -> Iterator[str]:
    """What a page says in its own language: texts and labels, without what is marked to be in another."""
    for one in html.iter():
        if not isinstance(one.tag, str) or one.tag in ("script", "style"):
            continue
        around = [one, *one.iterancestors()]
        own = next((each.get("lang") for each in around if each.get("lang")), "")
        after = next((each.get("lang") for each in around[1:] if each.get("lang")), "")
        said = ((own, one.text), (own, one.get("aria-label")), (after, one.tail))
        yield from (words.strip() for spoken_in, words in said if spoken_in == language and words and words.strip())


def words_of_others(language: str) -> set[str]:
    """The texts of Kvarter that belong to Danish or English, and not to this language."""
    with messages.CATALOGUE.open("rb") as file:
        pairs = [(one.id, one.string) for one in read_po(file, locale="en") if one.id and isinstance(one.id, str)]
    danish, english = {da for da, _en in pairs}, {str(en) for _da, en in pairs}
    return {"da": english - danish, "en": danish - english, "ar": danish | english}[language]


def walk(world: World, language: str) -> Iterator[tuple[str, Any]]:
    """Every page of answering, as somebody meets it who goes wrong wherever one can."""
    usual = {name: standard(name) for name in TEXTS} | {"told": {}}
    wave = in_field(world, load_questionnaire("hoeje-gladsaxe"), open_link=True, **usual)
    bente, other = letter_to(wave), letter_to(wave, pseudonym="p2")
    door, away = (address_in(language, name) for name in ("answer", "opt_out"))
    openly = address_in(language, "answer_openly", "lilleby", wave.slug)

    stranger = resident()
    yield "the door", stranger.get(door)
    yield "too short a code", stranger.post(door, {"code": "ABC"})
    yield "an unknown code", stranger.post(door, {"code": new_code()})
    yield "leaving", stranger.get(away)
    yield "leaving without a code", stranger.post(away, {"code": ""})
    yield "leaving with another's", stranger.post(away, {"code": new_code()})
    yield "left", stranger.post(away, {"code": other.code})
    yield "the open link", stranger.get(openly)
    yield "the open link, empty", stranger.post(openly, {"i1": "lilleby"})
    stranger.post(openly, {"i1": "lilleby", "i2": "f", "i3": "30-49"})
    yield "by the open link", stranger.get("/svar/side/1")

    client = resident()
    yield "the beginning", client.post(door, {"code": bente.code}, follow=True)
    yield "what they are told", client.get("/svar/oplysninger")
    yield "what anyone is told", stranger.get(address_in(language, "wave_told", "lilleby", wave.slug))
    yield "nothing to send", client.post("/svar/send")
    asked = paper_of(wave.questionnaire.digest)
    number = next(item for item in asked.questionnaire.items if item.ask is Ask.NUMBER)
    yield "a fault", client.post(f"/svar/side/{asked.page_of[number.key]}", {name_of(asked, number): "1000000"})
    for number in range(1, len(asked.pages) + 1):
        yield f"page {number}", client.get(f"/svar/side/{number}", follow=True)
        client.post(f"/svar/side/{number}", first_choices(asked, number))
    yield "some skipped", letter_opened(wave, language).get("/svar/send")
    yield "too much", client.generic("POST", "/svar/side/1", b"x" * (MOST_BYTES + 1))
    yield "later", client.post("/svar/side/1", first_choices(asked, 1) | {"senere": ""}, follow=True)

    again = resident()
    yield "resumed by the square", enter(again, bente.code)
    yield "all there", again.get("/svar/send")
    yield "thanks", again.post("/svar/send", follow=True)
    yield "received", enter(resident(), bente.code)
    late = letter_opened(wave, language)
    Wave.objects.filter(pk=wave.pk).update(closes=today() - timedelta(days=1))
    yield "closed meanwhile", late.post("/svar/side/2", {}, follow=True)
    early = letter_to(wave, pseudonym="p9")
    Wave.objects.filter(pk=wave.pk).update(opens=today() + timedelta(days=1), closes=today() + timedelta(days=2))
    yield "not open yet", resident().post(door, {"code": early.code}, follow=True)


def letter_opened(wave: Wave, language: str) -> Any:
    """The browser of somebody new who has answered a page in a language."""
    person, client = letter_to(wave, pseudonym=f"late {language} {wave.invitations.count()}"), resident()
    client.post(address_in(language, "answer"), {"code": person.code})
    client.post("/svar/side/1", first_choices(paper_of(wave.questionnaire.digest), 1))
    return client


def test_a_language_that_the_questions_lack_is_not_the_buttons_either(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    start = client.post("/svar?sprog=ar", {"code": bente.code}, follow=True)
    assert where(start) == "/svar/start"
    assert '<html lang="da">' in text(start)
    assert client.get("/ar/svar").status_code == 404


def test_the_arabic_catalogue_has_every_text_of_answering_and_no_other() -> None:
    with messages.ARABIC.open("rb") as file:
        known = read_po(file, locale="ar")
    used = {text for _file, text, _context in messages.texts_of("ar")}
    assert {one.id for one in known if one.id} == used
    assert messages.missing(known) == []
    assert [one.id for one in known if one.fuzzy and one.id] == []
    for one in known:
        for words in one.string if isinstance(one.string, tuple) else (one.string,) if one.id else ():
            danish = one.id[1] if isinstance(one.id, tuple) else one.id
            here, there = (set(re.findall(r"%\(\w+\)s", each)) for each in (words, danish))
            assert here == there or (isinstance(one.id, tuple) and here < there), words
