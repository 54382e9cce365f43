"""What each page of figures shows, in words: built from what is published, and given to templates as Shown alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.effect.counts import Direction
from kvarter.evidence.citing import Citation, citations_of
from kvarter.evidence.figures import Counted, Figure, Place
from kvarter.evidence.importers.extract import Period
from kvarter.evidence.models import EffectGoal, Indicator, MirrorMargin, Publication, Theme
from kvarter.evidence.queries.counted import counted_gap
from kvarter.evidence.queries.cuts import CutTable, cut_tables
from kvarter.evidence.queries.judged import Answer, answers, judged
from kvarter.evidence.queries.published import Published, ShareOfUnit, Told, published_of
from kvarter.evidence.showing import Shown, ShownDifference, number_text, period_text, points_text, show, value_text
from kvarter.people.policy import Actor, visible

# From so many years on, a figure's age is told beside it.
OLD_YEARS = 4


@dataclass(frozen=True)
class Row:
    """One time, and the figure of each place at it (None: that place has none then)."""

    when: str
    cells: tuple[Shown | None, ...]


@dataclass(frozen=True)
class Block:
    """An indicator as a page shows it."""

    slug: str
    name: str
    definition: str
    respondents: str
    known_issues: str
    grade: str
    owner: str | None
    decision: str
    places: tuple[str, ...]
    rows: tuple[Row, ...]
    latest: Shown | None
    reference: Shown | None
    gap: str
    sentences: tuple[str, ...]
    sources: tuple[Citation, ...]
    chart_text: str
    is_chart: bool
    answers: tuple[Answer, ...]
    differences: tuple[ShownDifference, ...]
    cuts: tuple[CutTable, ...]


@dataclass(frozen=True)
class Heading:
    """A theme on the overview: its first indicator with a figure of the area, or of a larger unit that holds it.

    latest: the newest figure. note: that it is of a larger unit. answers: how it has gone. told: the indicator, and
    None where the theme is not measured yet.
    """

    slug: str
    name: str
    about: str
    figures: int
    latest: Shown | None
    reference: Shown | None
    indicator: str
    gap: str
    age: str
    note: str
    answers: tuple[Answer, ...]
    told: Told | None


def published_for(person: Actor, partnership: Partnership, language: str) -> Published:
    """Everything published and seen (at most two SQL queries)."""
    return published_of(person, partnership, language)


def theme_for(person: Actor, partnership: Partnership, slug: str) -> Theme:
    """A theme by address, or 404 (one SQL query)."""
    theme = visible(person, Theme.objects.filter(partnership=partnership, slug=slug)).first()
    if theme is None:
        raise Http404
    theme.partnership = partnership
    return theme


def indicator_for(person: Actor, partnership: Partnership, slug: str) -> Indicator:
    """An indicator by address, or 404 (one SQL query)."""
    rows = Indicator.objects.filter(partnership=partnership, slug=slug).select_related(
        "theme", "successor", "owner__organisation"
    )
    indicator = visible(person, rows).first()
    if indicator is None:
        raise Http404
    indicator.partnership = partnership
    return indicator


def publication_for(person: Actor, partnership: Partnership, number: int) -> Publication:
    """A publication by number, or 404 (one SQL query)."""
    rows = Publication.objects.filter(partnership=partnership, number=number).select_related("corrects")
    publication = visible(person, rows).first()
    if publication is None:
        raise Http404
    publication.partnership = partnership
    return publication


def publications_of(person: Actor, partnership: Partnership) -> list[Publication]:
    """Every publication, newest first, without its document (one SQL query)."""
    rows = Publication.objects.filter(partnership=partnership).defer("document").select_related("corrects")
    return list(visible(person, rows))


def headings(person: Actor, partnership: Partnership, published: Published) -> list[Heading]:
    """The themes with the newest figure of each (one SQL query)."""
    return headings_of(visible(person, Theme.objects.filter(partnership=partnership)), published)


def headings_of(themes: Iterable[Theme], published: Published) -> list[Heading]:
    """The same of themes at hand."""
    return [_heading(theme, published.of_theme(theme.slug)) for theme in themes]


def headline_of(indicators: list[Told]) -> tuple[Told | None, Figure | None]:
    """The indicator a theme is shown by, and the figure that stands largest."""
    own = ((told, told.latest(area=True)) for told in indicators)
    held = ((told, told.holder) for told in indicators)
    return next((pair for pair in (*own, *held) if pair[1]), (None, None))


def _heading(theme: Theme, indicators: list[Told]) -> Heading:
    told, latest = headline_of(indicators)
    reference = told.beside(latest) if told and latest else None
    return Heading(
        slug=theme.slug,
        name=str(theme),
        about=theme.said("about"),
        figures=sum(len(one.figures) for one in indicators),
        latest=show(latest) if latest else None,
        reference=show(reference) if reference else None,
        indicator=told.name if told else "",
        gap=gap_text(told) if told else "",
        age=age_text(latest, timezone.localdate()) if latest else "",
        note=held_text(told, latest) if told and latest else "",
        answers=answers(told) if told else (),
        told=told,
    )


def held_text(told: Told, latest: Figure) -> str:
    """That the figure is of a larger unit, and how much of it the area is."""
    if latest.place.is_area:
        return ""
    share = next(share for share in told.shares if share.whole_key == latest.place.key)
    return _("Der er intet tal for %(part)s selv. %(share)s") % {"part": share.part, "share": share_text(share)}


def mirror_margin(person: Actor, partnership: Partnership) -> MirrorMargin | None:
    """How unlike its surroundings the area may be, as decided last (one SQL query)."""
    rows = MirrorMargin.objects.filter(partnership=partnership).select_related("version__agreement")
    return visible(person, rows).last()


def effect_goals(person: Actor, partnership: Partnership) -> list[EffectGoal]:
    """The goals set for the effect, with their indicators (two SQL queries)."""
    rows = EffectGoal.objects.filter(partnership=partnership).prefetch_related("indicators")
    return list(visible(person, rows))


def block_of(told: Told, today: date | None = None) -> Block:
    """An indicator with its figures laid out by time and place; told how old the newest is where `today` is given."""
    series = told.series
    places = [one.place for one in series]
    at = {(figure.place.key, figure.period): figure for figure in told.figures}
    periods = sorted(dict.fromkeys(figure.period for figure in told.figures), key=lambda period: period.last)
    rows = tuple(_row(period, places, at) for period in periods)
    latest, reference = told.latest(area=True), told.latest(area=False)
    return Block(
        slug=told.slug,
        name=told.name,
        definition=told.definition,
        respondents=told.respondents,
        known_issues=told.known_issues,
        grade=told.grade,
        owner=told.owner,
        decision=told.decision,
        places=tuple(column_name(place, places) for place in places),
        rows=rows,
        latest=show(latest) if latest else None,
        reference=show(reference) if reference else None,
        gap=gap_text(told),
        sentences=tuple(_sentences(told, today)),
        sources=citations_of(told.figures),
        chart_text=_("Diagram: %(name)s over tid. De samme tal står i tabellen.") % {"name": told.name},
        is_chart=len(periods) > 1,
        answers=answers(told),
        differences=judged(told),
        cuts=cut_tables(told),
    )


def _row(period: Period, places: list[Place], at: Mapping[tuple[str, Period], Figure]) -> Row:
    figures = [at.get((place.key, period)) for place in places]
    return Row(period_text(period), tuple(show(figure) if figure else None for figure in figures))


def last_day(until: date) -> str:
    """The last day of a version of an area in words. until: the day it was no more."""
    return date_format(until - timedelta(days=1), "DATE_FORMAT")


def column_name(place: Place, places: Sequence[Place]) -> str:
    """A place's name, with its days where the same area stands in several versions."""
    twice = sum(other.area == place.area for other in places) > 1
    if twice and place.until:
        return _("%(name)s (til og med %(day)s)") % {"name": place.name, "day": last_day(place.until)}
    if twice and place.from_day:
        return _("%(name)s (fra %(day)s)") % {"name": place.name, "day": date_format(place.from_day, "DATE_FORMAT")}
    return place.name


def age_text(figure: Figure, today: date) -> str:
    """That a figure is old, where it is: the newest there is may say little of today."""
    years = today.year - figure.period.last.year
    if years < OLD_YEARS:
        return ""
    said = {"place": figure.place.name, "years": years}
    if not figure.place.is_area:
        return _("Det nyeste tal er %(years)s år gammelt.") % said
    return _("Det nyeste tal for %(place)s selv er %(years)s år gammelt.") % said


def gap_text(told: Told) -> str:
    """How far the area is from its reference, in points; nothing where it cannot be said."""
    gap = counted_gap(told)
    if gap is None:
        return ""
    return _("%(points)s i forhold til %(reference)s") % {
        "points": points_text(gap.value, told.measure),
        "reference": gap.other.place.name,
    }


def _sentences(told: Told, today: date | None) -> list[str]:
    """What must be said beside the figures: direction, progress, the areas that are others, what cannot be judged."""
    latest = told.latest(area=True)
    said = [age_text(latest, today) if latest and today else "", _direction(told)]
    if told.progress is not None and told.aim and told.aim.target is not None:
        said.append(
            _("Fra udgangspunktet er %(n)s %% af vejen til målet gået.")
            % {"n": number_text(100 * told.progress).replace("-", "−")}
        )
    said += [share_text(share) for share in told.shares]
    said += _about_areas(told)
    said += _about_breaks(told)
    if any(figure.counted is Counted.OUTSIDE and figure.n is None for figure in told.figures):
        said.append(
            _(
                "Tallene er offentliggjort af andre, for nogle steder uden hvor mange der svarede. Derfor kan vi ikke "
                "sige, om en forskel er andet end et tilfælde."
            )
        )
    return [sentence for sentence in said if sentence]


def _direction(told: Told) -> str:
    aim = told.aim
    if aim is None or aim.direction is Direction.NONE:
        return _("Der er ikke aftalt, om tallet skal op eller ned.")
    decided = _("Besluttet: %(decision)s, %(day)s.") % {
        "decision": aim.decision,
        "day": date_format(aim.decided_on, "DATE_FORMAT"),
    }
    if aim.direction is Direction.MAINTAIN and aim.margin is not None:
        way = _("Tallet skal holdes inden for %(margin)s.") % {"margin": value_text(aim.margin, told.measure)}
    elif aim.target is not None:
        way = _("Målet er %(target)s.") % {"target": value_text(aim.target, told.measure)}
        if aim.target_by:
            way = _("Målet er %(target)s senest %(day)s.") % {
                "target": value_text(aim.target, told.measure),
                "day": date_format(aim.target_by, "DATE_FORMAT"),
            }
    else:
        way = _("Tallet skal op.") if aim.direction is Direction.MORE else _("Tallet skal ned.")
    return f"{way} {decided}"


def _about_areas(told: Told) -> list[str]:
    """That figures of another version or another place are not the area's own, and not joined to them."""
    own = [one for one in told.series if one.place.is_area]
    ended = [one.place for one in own if one.place.until]
    later = [o for o in told.series if not o.place.is_area and not o.place.is_reference and o.place.from_day]
    return [
        _(
            "%(name)s var sin egen enhed til og med %(day)s. Nyere tal findes kun for %(other)s, som er et andet og "
            "større område. Derfor er der ingen linje mellem dem."
        )
        % {"name": place.name, "day": last_day(place.until), "other": other.place.name}
        for place in ended
        for other in later
        if other.place.from_day and place.until and other.place.from_day >= place.until
    ]


def _about_breaks(told: Told) -> list[str]:
    """Why figures of a time are not to be compared with those before, each reason once."""
    broken = {figure.broken: period_text(figure.period) for figure in told.figures if figure.broken}
    return [
        _("Brud i serien %(when)s: %(why)s Derfor er der ingen linje hen over det.") % {"when": when, "why": why}
        for why, when in broken.items()
    ]


def share_text(share: ShareOfUnit) -> str:
    """How much of a reported unit the area is."""
    basis = {"people": _("beboere"), "dwellings": _("boliger"), "surface": _("areal")}[share.basis]
    said = {
        "part": share.part,
        "whole": share.whole,
        "basis": basis,
        "share": number_text(100 * share.share),
        "of_part": _counted_on(share.of_part, share.part_on),
        "of_whole": _counted_on(share.of_whole, share.whole_on),
        "source": share.source,
    }
    told = _("%(part)s er %(share)s %% af %(whole)s, målt i %(basis)s: %(of_part)s af %(of_whole)s (%(source)s).")
    if share.part_on and share.whole_on and share.part_on != share.whole_on:
        told = _(
            "%(part)s er omkring %(share)s %% af %(whole)s, målt i %(basis)s: %(of_part)s af %(of_whole)s. De to er "
            "ikke talt samtidig, så andelen er et skøn (%(source)s)."
        )
    return told % said


def _counted_on(count: float, when: Period | None) -> str:
    """A count with when it was made, where that is told."""
    return f"{number_text(count)} ({period_text(when)})" if when else number_text(count)
