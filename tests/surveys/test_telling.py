"""What those who are asked are told: all that the law wants, in every language, before a wave may open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from kvarter.surveys.actions.waves import Untold, WrongStep, open_field, tell_wave
from kvarter.surveys.letters.words import words_of
from kvarter.surveys.models import Wave
from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.telling import TEXTS, lacking, standard, told_in
from tests.surveys.drawn import drawn, opened
from tests.surveys.residents import enter, in_field, letter_to, resident, text, today
from tests.surveys.waves import BOTH_DATABASES, PLANNED, asked, planned
from tests.test_texts import LONGEST_LIX, lix
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
USUAL: dict[str, Any] = {name: standard(name) for name in TEXTS} | {"told": {}}
TOLD = "/kvarter/lilleby/undersoegelse/2024/oplysninger"


def in_three_languages() -> Questionnaire:
    """The first section of the questionnaire that comes with Kvarter."""
    shipped = load_questionnaire("hoeje-gladsaxe")
    return replace(shipped, sections=shipped.sections[:1])


@pytest.mark.parametrize("name", ["contact", "officer", "processors", "purpose", "legal_basis", "retention", "source"])
def test_a_wave_that_leaves_something_out_does_not_open(world: World, name: str) -> None:
    wave = drawn(world)
    tell_wave(by=world.secretariat, wave=wave, **{name: " "})
    with pytest.raises(Untold, match="skal have det hele at vide"):
        open_field(by=world.secretariat, wave=wave)
    wave.refresh_from_db()
    assert wave.state == Wave.State.SAMPLING
    tell_wave(by=world.secretariat, wave=wave, **{name: PLANNED[name]})
    assert open_field(by=world.secretariat, wave=wave).state == Wave.State.IN_FIELD


def test_a_language_that_lacks_a_text_is_refused_by_name(world: World) -> None:
    wave = drawn(world, questionnaire=asked(world, in_three_languages()))
    with pytest.raises(Untold, match="“Formål” mangler på sproget العربية"):
        open_field(by=world.secretariat, wave=wave)
    told = dict(wave.told) | {"ar": dict.fromkeys(TEXTS, "نص")}
    tell_wave(by=world.secretariat, wave=wave, told=told)
    assert open_field(by=world.secretariat, wave=wave).told == told


def test_the_usual_words_are_there_in_every_language_until_the_danish_is_another(world: World) -> None:
    wave = planned(world, questionnaire=asked(world, in_three_languages()), **USUAL)
    assert list(lacking(wave)) == []
    assert {told_in(wave, "purpose", code) for code in ("da", "en", "ar")} == {
        standard("purpose", code) for code in ("da", "en", "ar")
    }
    wave.purpose = "Noget helt andet."
    assert [told_in(wave, "purpose", code) for code in ("en", "ar")] == ["", ""]
    assert len(list(lacking(wave))) == 2


def test_the_secretariat_writes_it_in_every_language(world: World, client_as: Callable[[str], Client]) -> None:
    planned(world, questionnaire=asked(world, in_three_languages()), **USUAL)
    sara, at = client_as("secretariat"), "/kvarter/lilleby/undersoegelse/2024/fortael"
    danish = {"contact": "12 34 56 78", "officer": "dpo@lilleby.example", "processors": "ingen"}
    danish |= {name: standard(name) for name in TEXTS} | {"purpose": "Noget helt andet."}
    usual = {f"{code}-{name}": standard(name, code) for code in ("en", "ar") for name in TEXTS}
    assert sara.post(at, danish | usual).status_code == 302
    page = text(sara.get(at))
    assert "“Formål” mangler på sproget English." in page  # the usual English says something else than our Danish
    assert "“Formål” mangler på sproget العربية." in page
    own = {"en-purpose": "Something else.", "ar-purpose": "شيء آخر", "en-contact": "telephone 12 34 56 78"}
    sara.post(at, danish | usual | own)
    wave = Wave.objects.get()
    english = {"purpose": "Something else.", "contact": "telephone 12 34 56 78"}
    assert wave.told == {"en": english, "ar": {"purpose": "شيء آخر"}}
    back = words_of(wave, "invitation", 12).back
    assert back
    assert "contact us: telephone 12" in back.helping
    assert "Alt er skrevet." in text(sara.get(at))
    assert "Something else." in text(sara.get(f"/en{TOLD}"))
    assert "Ask us: telephone 12 34 56 78" in text(sara.get(f"/en{TOLD}"))
    assert '<span lang="da" dir="ltr">12 34 56 78</span>' in text(sara.get(f"{TOLD}?sprog=ar"))
    assert sara.post(at, {"contact": ""}).status_code == 200


def test_what_people_were_told_cannot_be_changed(world: World, client_as: Callable[[str], Client]) -> None:
    wave = opened(world)
    with pytest.raises(WrongStep):
        tell_wave(by=world.secretariat, wave=wave, purpose="Noget andet.")
    assert "kan ikke ændres mere" in text(client_as("secretariat").get(f"{TOLD.removesuffix('oplysninger')}fortael"))


def test_the_page_says_all_that_articles_13_and_14_want(world: World) -> None:
    wave = in_field(world, **USUAL)
    page = text(resident().get(TOLD))
    for told in (
        "Lilleby Kommune", "12 34 56 78", "raadgiver@lilleby.example", "Trykkeriet A/S",  # who
        "artikel 6, stk. 1, litra e", "artikel 9, stk. 2, litra j", "databeskyttelsesloven § 10",  # by what law
        "følsomme", "folkeregistret", "frivilligt", "slettes senest den", "§ 22, stk. 5", "datatilsynet.dk",
    ):  # fmt: skip
        assert told in page, told
    Wave.objects.filter(pk=wave.pk).update(processors="Ingen")
    assert "Ingen andre end os." in text(resident().get(TOLD))
    Wave.objects.filter(pk=wave.pk).update(cut_at=timezone.now(), state=Wave.State.CLOSED)
    closed = text(resident().get(TOLD))
    assert "Så længe kan du" in page
    assert "Så længe kan du" not in closed
    assert "§ 22, stk. 5" in closed
    Wave.objects.filter(pk=wave.pk).update(is_imported=True)
    assert resident().get(TOLD).status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_it_is_plain_to_read(world: World, prefix: str) -> None:
    in_field(world, **USUAL)
    page = resident().get(prefix + TOLD).content.decode()
    passages = re.findall(r"<(p|li|h[12])\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    assert lix(". ".join(strip_tags(passage) for _tag, passage in passages)) < LONGEST_LIX


def test_the_letter_and_every_page_of_answering_lead_to_it(world: World) -> None:
    wave = in_field(world, open_link=True, closes=today() + timedelta(days=9))
    words = words_of(wave, "invitation", 12)
    assert words.more.endswith(TOLD)
    assert words.back
    assert words.back.more.endswith(f"/en{TOLD}")
    assert "Statistics about the neighbourhood" in dict(words.back.facts).values()
    client = resident()
    enter(client, letter_to(wave).code)
    for page in ("start", "side/1", "send"):
        assert 'href="/svar/oplysninger"' in text(client.get(f"/svar/{page}"))
    assert "Tilbage til spørgsmålene" in text(client.get("/svar/oplysninger"))
    assert f'href="{TOLD}"' in text(resident().get("/svar/aaben/lilleby/2024"))
    assert f'href="{TOLD}"' in text(resident().get("/kvarter/lilleby/undersoegelse/2024"))
