"""Answering the questionnaires that come with Kvarter: small pages in every language, told in plain words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils.html import strip_tags

from kvarter.surveys.minutes import minutes_of
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import paper_of
from kvarter.surveys.questionnaires import SHIPPED, load_questionnaire
from tests.surveys.residents import SAFE, TRUST, enter, first_choices, in_field, letter_to, resident, where
from tests.surveys.waves import BOTH_DATABASES
from tests.test_texts import LONGEST_LIX, lix
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["da", "en", "ar"])
def test_every_page_of_the_questionnaires_that_come_with_it_is_small(world: World, name: str, language: str) -> None:
    """With everything that can be asked answered, and with nothing answered."""
    shipped = load_questionnaire(name)
    bente, client = letter_to(in_field(world, replace(shipped, audience="adults"))), resident()
    prefix = "/en" if language == "en" else ""
    enter(client, bente.code)
    client.get(f"{prefix}/svar/start?sprog={language}")
    asked = paper_of(Wave.objects.get().questionnaire.digest)
    start = client.get(f"{prefix}/svar/start")
    told = re.findall(r"(\d+) (?:minutter|minutes|دقائق)", start.content.decode())
    assert told == [str(round(minutes_of(asked.questionnaire, language)))]  # once, and reckoned
    sizes = {"start": len(start.content)}
    sizes |= {"nothing": len(client.get(f"{prefix}/svar/send").content)}
    for number in range(1, len(asked.pages) + 1):
        page = client.get(f"{prefix}/svar/side/{number}")
        if page.status_code == 404:
            continue
        sizes[str(number)] = len(page.content)
        client.post(f"{prefix}/svar/side/{number}", first_choices(asked, number))
        sizes[f"{number} answered"] = len(client.get(f"{prefix}/svar/side/{number}").content)
    assert len(sizes) > len(asked.pages)
    assert {page: size for page, size in sizes.items() if size > 5 * 1024} == {}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_is_told_of_the_survey_is_plain_to_read(world: World, prefix: str) -> None:
    bente, client = letter_to(in_field(world, open_link=True)), resident()
    enter(client, bente.code)
    pages = [client.get(f"{prefix}/svar/{page}") for page in ("start", "send")]
    pages.append(resident().get(f"{prefix}/svar/aaben/lilleby/2024"))
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    pages.append(client.post(f"{prefix}/svar/send", follow=True))
    pages.append(resident().post(f"{prefix}/svar/send", follow=True))
    for page in pages:
        passages = re.findall(r"<(p|li|h[12]|dt|dd)\b[^>]*>(.*?)</\1>", page.content.decode(), re.DOTALL)
        assert lix(". ".join(strip_tags(passage) for _tag, passage in passages)) < LONGEST_LIX, where(page)
