"""What the secretariat writes of indicators by the forms of their pages: kept as written, or refused there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kvarter.agreements.models import AgreementVersion
from kvarter.evidence.models import Aim, EffectGoal, Forecast, Indicator, Source
from kvarter.places.models import Area
from tests.evidence.figures import lay_out, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
Entry = Callable[[str], Client]


@pytest.fixture
def indicator(world: World) -> Indicator:
    return lay_out(world)


def address(indicator: Indicator, name: str) -> str:
    return reverse(name, args=[indicator.partnership.slug, indicator.slug])


def aim(indicator: Indicator, **facts: str) -> dict[str, str]:
    version = AgreementVersion.objects.filter(agreement__partnership=indicator.partnership).latest("in_force_from")
    decided = {"version": str(version.pk), "decision": "Bestyrelsen, punkt 4", "decided_on": "2026-02-01"}
    return decided | {"direction": "more", "baseline": "0.8", "target": "0.9", "target_by": "2029-12-31"} | facts


def test_other_words_for_an_indicator(client_as: Entry, indicator: Indicator) -> None:
    sent = {"name": "Valgte at stemme", "respondents": "Vælgere", "grade": "B", "clauses": "maal-1 tema-tillid"}
    answered = client_as("secretariat").post(address(indicator, "indicator_change"), sent)
    assert answered.url == address(indicator, "indicator")  # type: ignore[attr-defined]
    indicator.refresh_from_db()
    assert (indicator.name, indicator.grade) == ("Valgte at stemme", "B")
    assert set(indicator.links.values_list("clause", flat=True)) == {"maal-1", "tema-tillid"}


def test_a_clause_the_agreement_lacks_is_refused_where_one_wrote_it(client_as: Entry, indicator: Indicator) -> None:
    sent = {"name": "Andet", "respondents": "Vælgere", "grade": "B", "clauses": "maal-77"}
    page = client_as("secretariat").post(address(indicator, "indicator_change"), sent)
    assert page.status_code == 200
    assert "maal-77" in page.context["form"].errors.as_text()
    indicator.refresh_from_db()
    assert indicator.name != "Andet"


def test_an_aim_is_kept_and_one_that_contradicts_itself_is_not(client_as: Entry, indicator: Indicator) -> None:
    browser = client_as("secretariat")
    page = browser.post(address(indicator, "aim_set"), aim(indicator, direction="less"))
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Aim.objects.exists()
    assert browser.post(address(indicator, "aim_set"), aim(indicator)).status_code == 302
    assert Aim.objects.get().target == 0.9


def test_a_forecast_comes_before_its_figure(client_as: Entry, world: World, indicator: Indicator) -> None:
    taken_in(world, {"900001": (400.0, 1000.0), "900002": (3500.0, 5000.0)}, day=date(2024, 6, 9))
    lilleby = str(Area.objects.get(slug="lilleby").pk)
    sent = {"area": lilleby, "value": "0.4", "author": "Sekretariatet", "grounds": "Som sidst"}
    browser = client_as("secretariat")
    late = browser.post(address(indicator, "forecast_write"), sent | {"about": "2024-06-09"})
    assert late.status_code == 200
    assert late.context["form"].errors
    ahead = (timezone.localdate() + timedelta(days=400)).isoformat()
    assert browser.post(address(indicator, "forecast_write"), sent | {"about": ahead}).status_code == 302
    kept = Forecast.objects.get()
    assert (kept.value, kept.written_on, kept.about.isoformat()) == (0.4, timezone.localdate(), ahead)


def test_which_columns_make_it(client_as: Entry, indicator: Indicator) -> None:
    source = str(Source.objects.get().pk)
    sent = {"source": source, "part": "Ja\r\nJa, brev", "whole": "Alle", "breaks": "2020: Lavet om | Changed"}
    assert client_as("secretariat").post(address(indicator, "recipe_set"), sent).status_code == 302
    recipe = indicator.recipes.latest("pk")
    assert (recipe.part, recipe.whole) == (["Ja", "Ja, brev"], ["Alle"])
    assert recipe.breaks == [{"year": 2020, "why": "Lavet om", "why_en": "Changed"}]


def test_a_source_is_everybodys_and_its_short_name_is_taken_once(client_as: Entry, indicator: Indicator) -> None:
    browser, place = client_as("secretariat"), reverse("source_add", args=[indicator.partnership.slug])
    words = dict.fromkeys(("producer", "title", "method", "limits", "attribution"), "Ord")
    assert browser.post(place, words | {"key": "skole", "counted": "full"}).status_code == 302
    again = browser.post(place, words | {"key": "skole", "counted": "full", "producer": "Andre"})
    assert again.status_code == 200
    assert again.context["form"].errors
    assert Source.objects.get(key="skole").producer == "Ord"


def test_an_effect_goal_is_written_put_otherwise_and_taken_away(client_as: Entry, indicator: Indicator) -> None:
    browser, slug = client_as("secretariat"), indicator.partnership.slug
    sent = {"name": "Flere stemmer", "set_by": "Bestyrelsen", "position": "1", "indicators": [str(indicator.pk)]}
    assert browser.post(reverse("effect_goal_add", args=[slug]), sent).status_code == 302
    goal = EffectGoal.objects.get()
    assert list(goal.indicators.all()) == [indicator]
    changed = browser.post(reverse("effect_goal_change", args=[slug, goal.pk]), sent | {"name": "Mange stemmer"})
    assert changed.status_code == 302
    assert EffectGoal.objects.get().name == "Mange stemmer"
    assert browser.post(reverse("effect_goal_drop", args=[slug, goal.pk])).status_code == 302
    assert not EffectGoal.objects.exists()


@pytest.mark.parametrize("name", ["indicator_change", "aim_set", "forecast_write", "recipe_set"])
def test_residents_write_nothing(client_as: Entry, indicator: Indicator, name: str) -> None:
    assert client_as("resident").post(address(indicator, name), {}).status_code in (403, 404)
