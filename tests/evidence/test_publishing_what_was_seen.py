"""What is published is what somebody saw: the preview lists it, Enter does not publish, and another is shown first."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client
from lxml import html

from kvarter.evidence.actions.publishing import ChangedMeanwhile, Words, publish
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.drafting import Choice, draft_publication
from kvarter.evidence.models import Indicator, Publication, Source
from kvarter.evidence.queries.published import published_of
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
PLENTY = {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)}
PAGE = "/kvarter/lilleby/udgiv"


@pytest.fixture
def sara(client_as: Callable[[str], Client]) -> Client:
    return client_as("secretariat")


def main_of(answer: HttpResponse) -> html.HtmlElement:
    return html.fromstring(answer.content.decode()).get_element_by_id("main")


def seen_in(answer: HttpResponse) -> str:
    (field,) = main_of(answer).xpath(".//input[@name='seen']/@value")
    return str(field)


def test_the_preview_lists_every_new_figure_with_its_label(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    main = main_of(sara.post(PAGE, {"title": "Tal"}))
    text = re.sub(r"\s+", " ", main.text_content())
    draft = draft_publication(world.partnership, Choice(), Limits())
    assert sorted(main.xpath(".//td//@data-figure")) == sorted(draft.fresh)
    assert "80,0 %" in text
    assert "800 af 1.000" in text
    assert "9. juni 2024" in text
    assert "Lilleby Kommune: Optællingen (Valget). Egne beregninger baseret på optællingen." in text


def test_the_preview_tells_what_a_corrected_figure_was_before(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    published(world.partnership)
    taken_in(world, PLENTY | {"900001": (810.0, 1000.0)})
    main = main_of(sara.post(PAGE, {"title": "Rettelse", "corrects": "1"}))
    rows = [re.sub(r"\s+", " ", row.text_content()) for row in main.xpath(".//tbody/tr")]
    assert [row for row in rows if row.startswith("Lilleby") and "81,0 %" in row and row.strip().endswith("80,0 %")]
    facts = dict(zip(main.xpath(".//dt/text()"), main.xpath(".//dd/text()"), strict=True))
    assert facts == {"Nye tal": "0", "Ændrede tal": "2", "Som før": "1", "Skjult, for få": "0"}


def test_what_was_seen_is_published(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    seen = seen_in(sara.post(PAGE, {"title": "Tal"}))
    assert sara.post(PAGE, {"title": "Tal", "publish": "", "seen": seen}).status_code == 302
    assert Publication.objects.count() == 1


def test_figures_that_came_since_are_shown_again_first_and_named(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    seen = seen_in(sara.post(PAGE, {"title": "Tal"}))
    taken_in(world, PLENTY | {"900001": (600.0, 1000.0)})
    answer = sara.post(PAGE, {"title": "Tal", "publish": "", "seen": seen})
    text = unescape(answer.content.decode())
    assert not Publication.objects.exists()
    assert "Det er ikke det, du så. Noget er ændret siden: " in text
    assert "Stemmer" in text.partition("ændret siden: ")[2][:80]
    assert "60,0 %" in text
    assert sara.post(PAGE, {"title": "Tal", "publish": "", "seen": seen_in(answer)}).status_code == 302


def test_another_choice_than_the_one_that_was_seen_is_shown_first(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    seen = seen_in(sara.post(PAGE, {"title": "Tal", "areas": "storby"}))
    sara.post(PAGE, {"title": "Tal", "publish": "", "seen": seen})
    assert not Publication.objects.exists()


def test_words_around_the_figures_count_too(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    seen = draft_publication(world.partnership, Choice(), Limits()).seen
    Source.objects.update(method="En anden måde")
    with pytest.raises(ChangedMeanwhile, match="det, der står omkring tallene"):
        publish(by=OPERATOR, partnership=world.partnership, words=Words("Tal"), seen=seen)
    assert not published_of(AnonymousUser(), world.partnership, "da").documents


def test_the_same_draft_is_the_same_and_an_unread_one_is_refused(world: World, sara: Client) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    first, again = (draft_publication(world.partnership, Choice(), Limits()) for _time in range(2))
    assert first.seen == again.seen
    assert again.changed_since(first.seen) == []
    assert Indicator.objects.get().name in again.changed_since("ikke noget, nogen har set")
    assert "Se først tallene igennem." in sara.post(PAGE, {"title": "Tal", "publish": ""}).content.decode()
    assert not Publication.objects.exists()


def test_enter_in_the_form_shows_and_does_not_publish(world: World, sara: Client) -> None:
    """A browser presses the form's first button when somebody presses Enter (HTML, implicit submission)."""
    lay_out(world)
    taken_in(world, PLENTY)
    main = main_of(sara.post(PAGE, {"title": "Tal"}))
    (form,) = main.xpath(".//form[.//button[@name='publish']]")
    assert form.xpath(".//button[@type='submit']")[0].get("name") != "publish"
