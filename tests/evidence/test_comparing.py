"""Whether the area reflects what is around it, and where it lies among areas like it."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from kvarter import effect
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.effect.mirroring import Composition, hellinger_margin
from kvarter.evidence.actions.comparing import NoSuchMargin, NotAPeer, agree_margin, choose_peers
from kvarter.evidence.actions.publishing import Words, publish
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.drafting import Choice, draft_publication
from kvarter.evidence.models import Observation
from kvarter.evidence.queries.mirrors import mirror_groups
from kvarter.evidence.queries.published import Published, published_of
from kvarter.evidence.queries.spine import spine_rows
from kvarter.people.policy import OPERATOR
from kvarter.places.models import Area

pytestmark = pytest.mark.django_db
OWNED = {"ejer": (0, 11812), "andel": (0, 1528), "almen": (1899, 9379), "andet": (25, 4754)}


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def partnership(db: None) -> Partnership:
    made = load_hoeje_gladsaxe()
    load_figures(made)
    return Partnership.objects.get(pk=made.pk)


def everything(partnership: Partnership) -> Published:
    return published_of(AnonymousUser(), partnership, "da")


def agreed(partnership: Partnership, margin: float, day: date = date(2026, 3, 1)) -> None:
    version = AgreementVersion.objects.filter(agreement__partnership=partnership).first()
    assert version
    agree_margin(
        by=OPERATOR, partnership=partnership, version=version, decision="Mødet i marts", decided_on=day, margin=margin
    )


def text_of(client: Client, name: str, *args: object) -> str:
    return unescape(client.get(reverse(name, args=args)).content.decode())


def test_without_an_agreed_margin_there_is_a_distance_and_no_verdict(partnership: Partnership, visitor: Client) -> None:
    html = text_of(visitor, "mirrors", partnership.slug)
    assert "Der er ikke aftalt, hvor stor en forskel må være. Derfor står her ingen dom." in html
    assert "64,6 % af boligerne skulle være i en anden gruppe" in html
    assert "Høje Gladsaxe holdt op mod Resten af Gladsaxe Kommune, 2005." in html
    for verdict in ("Ligner omgivelserne", "Adskiller sig", "Kan ikke afgøres", "Alt i alt"):
        assert verdict not in html


def test_the_distance_and_its_interval_are_those_of_effect(partnership: Partnership) -> None:
    group = mirror_groups(everything(partnership), 0.1)[0]
    owned = next(one for one in group.mirrors if one.slug == "ejerforhold")
    area, around = (Composition.from_counts({k: v[at] for k, v in OWNED.items()}) for at in (0, 1))
    found = effect.mirror("ejerforhold", area, around, hellinger_margin(0.1))
    assert owned.state == found.state == "differs"
    assert f"{found.interval[0]:.3f}".replace(".", ",") in owned.said[2]
    assert f"{found.interval[1]:.3f}".replace(".", ",") in owned.said[2]
    assert [row.own.base for row in owned.rows] == [f"{n} af 1.924 boliger" for n in ("0", "0", "1.899", "25")]
    ratio = effect.ratio_table(area, around)[2]
    assert owned.rows[2].ratio == f"{ratio.ratio:.2f} gange".replace(".", ",")


def test_people_of_one_home_are_not_counted_as_if_they_had_nothing_to_do_with_each_other(
    partnership: Partnership,
) -> None:
    every = {one.slug: one for group in mirror_groups(everything(partnership), None) for one in group.mirrors}
    assert "Regnet som 1.955" in every["uddannelse-30-59"].technical  # 3,909 people, two in each home alike
    assert "to i hver bolig" in every["uddannelse-30-59"].said[-1]


@pytest.mark.parametrize(
    ("margin", "state", "said"),
    [(0.005, "differs", "Adskiller sig"), (0.05, "cannot tell", "Kan ikke afgøres"), (0.3, "mirrors", "Ligner omg")],
)
def test_the_three_states_follow_the_agreed_margin(
    partnership: Partnership, visitor: Client, margin: float, state: str, said: str
) -> None:
    agreed(partnership, margin)
    every = {one.slug: one for group in mirror_groups(everything(partnership), margin) for one in group.mirrors}
    assert every["indkomst"].state == state
    html = text_of(visitor, "mirrors", partnership.slug)
    assert said in html
    assert "Besluttet: Mødet i marts, 1. marts 2026." in html


def test_over_all_it_is_like_its_surroundings_only_where_each_whole_is(partnership: Partnership) -> None:
    own, unit = mirror_groups(everything(partnership), 0.1)
    assert own.place.is_area
    assert own.verdict.startswith("Alt i alt: adskiller sig")
    assert "Hvem der ejer boligerne" in unit.verdict
    assert "Hvad husstandene tjener" not in unit.verdict


def test_a_larger_unit_is_held_up_against_what_is_left_of_the_municipality(partnership: Partnership) -> None:
    unit = mirror_groups(everything(partnership), None)[1]
    earned = next(one for one in unit.mirrors if one.slug == "indkomst")
    assert earned.around == "Gladsaxe Kommune uden Grønnemose afstemningsområde"
    assert earned.rows[0].around.base == "2.547 af 27.609 husstande"  # 2,825 less 278, of 31,848 less 4,239


def test_one_category_of_few_hides_the_whole_of_that_place(partnership: Partnership) -> None:
    found = Observation.objects.filter(indicator__slug="ejerforhold-andet", version__area__slug="hoeje-gladsaxe")
    found.update(numerator=3, value=3 / 1924)
    other = Observation.objects.filter(indicator__slug="ejerforhold-almen", version__area__slug="hoeje-gladsaxe")
    other.update(numerator=1921, value=1921 / 1924)
    areas = frozenset({"hoeje-gladsaxe"})
    draft = draft_publication(partnership, Choice(areas=areas, corrects=1), Limits())
    hidden = {key.split("/")[0] for key in draft.hidden}
    assert {f"ejerforhold-{category}" for category in OWNED} <= hidden
    assert "valgdeltagelse" not in hidden
    alone = Choice(frozenset({"ejerforhold-almen"}), areas, corrects=1)  # the one of few is not among what is chosen
    assert draft_publication(partnership, alone, Limits()).hidden


def test_nobody_in_the_row_is_published_category_by_category(partnership: Partnership) -> None:
    document = json.loads(partnership.publications.get().document)
    peers = {key for key, place in document["areas"].items() if place["is_peer"]}
    shown = {f["indicator"] for f in document["figures"] if f["place"] in peers}
    assert "valgdeltagelse" in shown
    assert not [slug for slug in shown if document["indicators"][slug]["composition"]]


def test_the_area_stands_among_the_districts_of_the_same_day(partnership: Partnership, visitor: Client) -> None:
    rows = {row.told.slug: row for row in spine_rows(everything(partnership))}
    voting = rows["valgdeltagelse"]
    assert voting.own.place.name == "Høje Gladsaxe"
    assert len(voting.peers) == 10
    assert voting.spread == effect.spread([figure.value for figure in voting.peers if figure.value is not None])
    assert [figure.place.name for figure in voting.around] == ["Gladsaxe Kommune", "Hele landet"]
    assert rows["grundskole-30-59"].own.place.name == "Grønnemose afstemningsområde"
    html = text_of(visitor, "spine", partnership.slug)
    for text in ("81,7 %", "83,3 %", "87,1 %", "91,5 %", "Marielyst afstemningsområde"):
        assert text in html
    assert not re.search(r"\b(bedst|værst|nummer \d|placering|top)\b", html, re.I)


def test_the_spine_is_drawn_with_the_same_figures_and_told_in_words(partnership: Partnership, visitor: Client) -> None:
    for width in (300, 640):
        svg = text_of(visitor, "spine_chart", partnership.slug, width).replace("\u00a0", " ")
        assert "Valgdeltagelse ved folketingsvalg, 2007. Høje Gladsaxe 81,7 %, Gladsaxe Kommune 87,4 %" in svg
        assert "Kun grundskole, 30-59 år, 2020: Grønnemose afstemningsområde." in svg
        assert 'class="kv-box-0"' in svg


def test_areas_in_the_row_are_in_no_other_table_or_chart(partnership: Partnership, visitor: Client) -> None:
    for name, more in (("theme", "medborgerskab"), ("themes", None)):
        assert "Marielyst" not in text_of(visitor, name, partnership.slug, *([more] if more else []))
    assert "Marielyst" in text_of(visitor, "indicator_file", partnership.slug, "valgdeltagelse", "csv")


def test_the_area_itself_cannot_stand_in_the_row(partnership: Partnership) -> None:
    with pytest.raises(NotAPeer):
        choose_peers(by=OPERATOR, partnership=partnership, areas=[partnership.area])  # type: ignore[list-item]


def test_too_few_areas_are_no_row(partnership: Partnership, visitor: Client) -> None:
    choose_peers(by=OPERATOR, partnership=partnership, areas=Area.objects.filter(slug__in=["soeborg", "vadgaard"]))
    publish(by=OPERATOR, partnership=partnership, words=Words("Igen"))
    assert "Der er ingen områder at se det blandt" in text_of(visitor, "spine", partnership.slug)


@pytest.mark.parametrize(("margin", "said"), [(0.0, "over 0"), (1.0, "under 1")])
def test_a_margin_is_a_share(partnership: Partnership, margin: float, said: str) -> None:
    with pytest.raises(NoSuchMargin, match=said):
        agreed(partnership, margin)


def test_a_margin_is_set_once_a_day_and_the_latest_holds(partnership: Partnership, visitor: Client) -> None:
    agreed(partnership, 0.1)
    with pytest.raises(NoSuchMargin, match="den dag"):
        agreed(partnership, 0.2)
    agreed(partnership, 0.2, date(2026, 4, 1))
    assert "højst 20,0 % må være" in text_of(visitor, "mirrors", partnership.slug)
