"""What is to be looked at, what was decided of it, and what was foreseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kvarter.agreements.models import AgreementVersion, Clause, Partnership
from kvarter.evidence.figures import Counted, can_be
from kvarter.evidence.models import (
    Aim,
    ClauseLink,
    EffectGoal,
    Forecast,
    Indicator,
    IndicatorRecipe,
    Observation,
    Source,
    Theme,
)
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.places.models import Area

_NO_SHARE = _lazy("En andel er fra 0 til 1. Skriv 0,82 for 82 %.")


class AddressTaken(ActionError):
    """Another thing of the partnership has this address."""


class UnknownClause(ActionError):
    """The agreement has no such clause."""


class NoSuchAim(ActionError):
    """An aim whose parts contradict each other, or that an earlier decision already set on the day."""


class NoSuchRecipe(ActionError):
    """A recipe that could only give a bare per cent, or nothing."""


class TooLate(ActionError):
    """The figure is known: what is written down now is no forecast."""


class NoSuchForecast(ActionError):
    """A forecast that no figure could come true, or that its author wrote down already."""


@transaction.atomic
def add_source(*, by: Actor, partnership: Partnership, why: str = "", **facts: Any) -> Source:
    """A source of figures, known to the whole installation. Raises AddressTaken: one in use is nobody's to change."""
    require(by, "indicator.write", partnership)
    if Source.objects.filter(key=facts["key"]).exists():
        raise AddressTaken(_("Der er allerede en kilde med det korte navn “%(key)s”.") % {"key": facts["key"]})
    source = Source.objects.create(**facts)
    record(by=by, verb="source.write", about=partnership, why=why, source=source.key)
    return source


@transaction.atomic
def add_theme(*, by: Actor, partnership: Partnership, why: str = "", **facts: Any) -> Theme:
    """A theme of the partnership's agreement. Raises AddressTaken."""
    require(by, "indicator.write", partnership)
    if partnership.themes.filter(slug=facts["slug"]).exists():
        raise AddressTaken(_("Der er allerede et tema med adressen “%(slug)s”.") % {"slug": facts["slug"]})
    theme = Theme.objects.create(partnership=partnership, **facts)
    record(by=by, verb="theme.add", about=theme, why=why)
    return theme


@transaction.atomic
def change_theme(*, by: Actor, theme: Theme, about: str, about_en: str = "", why: str = "") -> Theme:
    """Say otherwise how a theme is gone about."""
    require(by, "indicator.write", theme.partnership)
    theme.about, theme.about_en = about.strip(), about_en.strip()
    theme.save()
    record(by=by, verb="theme.change", about=theme, why=why)
    return theme


@transaction.atomic
def add_indicator(*, by: Actor, theme: Theme, clauses: Iterable[str] = (), why: str = "", **facts: Any) -> Indicator:
    """Something that tells of a theme, and the clauses it speaks to. Raises AddressTaken."""
    require(by, "indicator.write", theme.partnership)
    if theme.partnership.indicators.filter(slug=facts["slug"]).exists():
        raise AddressTaken(_("Der er allerede en indikator med adressen “%(slug)s”.") % {"slug": facts["slug"]})
    indicator = Indicator.objects.create(partnership=theme.partnership, theme=theme, **facts)
    _link(indicator, clauses)
    record(by=by, verb="indicator.add", about=indicator, why=why)
    return indicator


@transaction.atomic
def change_indicator(
    *, by: Actor, indicator: Indicator, clauses: Iterable[str] = (), why: str = "", **facts: Any
) -> Indicator:
    """Say otherwise what an indicator is called, its known issues, owner or successor; what is counted stays."""
    require(by, "indicator.write", indicator.partnership)
    for name, value in facts.items():
        setattr(indicator, name, value)
    indicator.save()
    indicator.links.all().delete()
    _link(indicator, clauses)
    record(by=by, verb="indicator.change", about=indicator, why=why)
    return indicator


def _link(indicator: Indicator, clauses: Iterable[str]) -> None:
    wanted = list(dict.fromkeys(clauses))
    rows = Clause.objects.filter(version__agreement__partnership=indicator.partnership, key__in=wanted)
    found = dict(rows.order_by("-version__agreement_id").values_list("key", "version__agreement_id"))
    for clause in wanted:
        if clause not in found:
            raise UnknownClause(_("Aftalen har intet punkt med nøglen “%(key)s”.") % {"key": clause})
    ClauseLink.objects.bulk_create(
        ClauseLink(indicator=indicator, agreement_id=found[clause], clause=clause) for clause in wanted
    )


@transaction.atomic
def set_aim(
    *,
    by: Actor,
    indicator: Indicator,
    version: AgreementVersion,
    decision: str,
    decided_on: date,
    direction: str,
    margin: float | None = None,
    baseline: float | None = None,
    baseline_on: date | None = None,
    target: float | None = None,
    target_by: date | None = None,
    reference: Area | None = None,
    why: str = "",
) -> Aim:
    """What was decided that an indicator is to do. Raises NoSuchAim where the parts contradict each other."""
    require(by, "indicator.write", indicator.partnership)
    if version.agreement.partnership_id != indicator.partnership_id:
        raise NoSuchAim(_("Udgaven hører til et andet partnerskab."))
    refuse_mixing(indicator.partnership.is_demonstration, reference)
    if not decision.strip():
        raise NoSuchAim(_("Skriv hvilken beslutning der satte sigtet: forum, møde og punkt."))
    if direction == "maintain" and not (margin and margin > 0):
        raise NoSuchAim(_("Det, der skal holdes, har en margen over 0: hvor meget må det flytte sig?"))
    for one in (baseline, target):
        if one is not None and not can_be(indicator.measure, one):
            raise NoSuchAim(_NO_SHARE)
    if target is not None:
        _check_road(direction, baseline, target)
    try:
        with transaction.atomic():
            aim = Aim.objects.create(
                indicator=indicator,
                version=version,
                decision=decision.strip(),
                decided_on=decided_on,
                direction=direction,
                margin=margin if direction == "maintain" else None,
                baseline=baseline,
                baseline_on=baseline_on,
                target=target,
                target_by=target_by,
                reference=reference,
            )
    except IntegrityError as error:
        raise NoSuchAim(_("Der er allerede sat et sigte den dag.")) from error
    record(by=by, verb="indicator.aim", about=indicator, why=why, direction=direction, decision=decision)
    return aim


def _check_road(direction: str, baseline: float | None, target: float) -> None:
    if direction not in ("more", "less"):
        raise NoSuchAim(_("Et mål skal have en retning: mere eller mindre."))
    if baseline is None:
        raise NoSuchAim(_("Et mål skal have et udgangspunkt at gå fra."))
    if (target > baseline) != (direction == "more") or target == baseline:
        raise NoSuchAim(_("Målet ligger den forkerte vej fra udgangspunktet."))


@transaction.atomic
def write_forecast(
    *,
    by: Actor,
    indicator: Indicator,
    area: Area,
    about: date,
    value: float,
    author: str,
    grounds: str = "",
    why: str = "",
) -> Forecast:
    """What is expected if nothing is done, dated today.

    Raises TooLate when the figure is in the house already, NoSuchForecast where it could never be the figure, or its
    author has foreseen that day before.
    """
    require(by, "indicator.write", indicator.partnership)
    refuse_mixing(indicator.partnership.is_demonstration, area)
    if not can_be(indicator.measure, value):
        raise NoSuchForecast(_NO_SHARE)
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    if indicator.forecasts.filter(area=area, about=about, author=author.strip()).exists():
        raise NoSuchForecast(
            _("%(author)s har skrevet en forudsigelse om den dag. Den står ved magt: en forudsigelse rettes ikke.")
            % {"author": author.strip()}
        )
    today = timezone.localdate()
    known = Observation.objects.filter(
        indicator=indicator, version__area=area, last__gte=about, value__isnull=False
    ).exists()
    if known or about <= today:
        raise TooLate(_("Tallet for den dag er kendt, eller dagen er gået. En forudsigelse skrives før."))
    forecast = Forecast.objects.create(
        indicator=indicator,
        area=area,
        about=about,
        value=value,
        author=author.strip(),
        written_on=today,
        grounds=grounds.strip(),
    )
    record(by=by, verb="indicator.forecast", about=indicator, why=why, day=str(about))
    return forecast


@transaction.atomic
def write_effect_goal(
    *,
    by: Actor,
    partnership: Partnership,
    goal: EffectGoal | None = None,
    name: str,
    name_en: str = "",
    set_by: str,
    position: int = 0,
    indicators: Iterable[Indicator] = (),
    why: str = "",
) -> EffectGoal:
    """A goal for the effect, new or put in other words, with the indicators that tell of it."""
    require(by, "indicator.write", partnership)
    goal = goal or EffectGoal(partnership=partnership)
    goal.name, goal.name_en, goal.set_by, goal.position = name.strip(), name_en.strip(), set_by.strip(), position
    goal.save()
    goal.indicators.set(indicators)
    record(by=by, verb="effect_goal.write", about=partnership, why=why, goal=goal.name)
    return goal


@transaction.atomic
def drop_effect_goal(*, by: Actor, goal: EffectGoal, why: str = "") -> None:
    """Take an effect goal away."""
    require(by, "indicator.write", goal.partnership)
    record(by=by, verb="effect_goal.drop", about=goal.partnership, why=why, goal=goal.name)
    goal.delete()


@transaction.atomic
def set_recipe(
    *,
    by: Actor,
    indicator: Indicator,
    source: Source,
    part: list[str],
    whole: list[str],
    breaks: Sequence[Mapping[str, Any]] = (),
    why: str = "",
) -> IndicatorRecipe:
    """Which columns of a source make the indicator, and in which years its series is broken, each with why; said
    again, it is put right. What is broken is seen when the figures are published next.

    A share needs what it is a share of. Only others' published per cents, of a source that says so, do without:
    they are shown with neither interval nor verdict. Raises NoSuchRecipe.
    """
    require(by, "indicator.write", indicator.partnership)
    if not part:
        raise NoSuchRecipe(_("Sig, hvilken kolonne tallet står i."))
    if indicator.measure == "share" and not whole and source.counted != Counted.OUTSIDE:
        raise NoSuchRecipe(_("En andel skal have det antal, den er af. Nævn de kolonner, der er det hele."))
    years = [one["year"] for one in breaks]
    if len(set(years)) < len(years) or not all(one["why"].strip() for one in breaks):
        raise NoSuchRecipe(_("Skriv hvert brud én gang, med året og hvorfor tallet ikke kan sammenlignes med før."))
    recipe, _new = IndicatorRecipe.objects.update_or_create(
        indicator=indicator, source=source, defaults={"part": part, "whole": whole, "breaks": list(breaks)}
    )
    told = {"source": source.key, "part": part, "whole": whole, "breaks": years}
    record(by=by, verb="indicator.recipe", about=indicator, why=why, **told)
    return recipe
