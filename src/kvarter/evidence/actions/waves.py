"""A wave's way to publication: its figures are kept as observations, looked at, and published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.indicators import add_indicator, add_source
from kvarter.evidence.actions.publishing import Words, publish
from kvarter.evidence.drafting import Choice
from kvarter.evidence.estimating import Estimate
from kvarter.evidence.figures import Counted
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.models import Difference, Indicator, Observation, Publication, Register, Source
from kvarter.evidence.wave_figures import CannotEstimate, WaveFigures, estimate_wave
from kvarter.evidence.wave_words import cut_words, indicator_facts, method_notes, source_facts
from kvarter.journal.actions import record
from kvarter.people.policy import Actor, require
from kvarter.places.models import Area, AreaVersion
from kvarter.surveys.actions.waves import State, WrongStep, lock
from kvarter.surveys.actions.weighting import note_published, note_register
from kvarter.surveys.frame import YOUTH
from kvarter.surveys.models import Cell, Stratum, Wave
from kvarter.surveys.questionnaire import Item, Questionnaire

LONGEST_KEY = 60
TOLD = ("name", "definition", "respondents", "known_issues")
TOLD_ANEW = (*TOLD, *(f"{name}_en" for name in TOLD))


@transaction.atomic
def take_in_wave(*, by: Actor, wave: Wave, why: str = "") -> Register:
    """Make a weighted wave's figures and keep them as observations, in place of those made before.

    The wave is locked meanwhile, so that nobody weights it anew. An item that has no indicator gets one. Raises
    CannotEstimate, WrongStep.
    """
    require(by, "wave.write", wave)
    require(by, "register.take_in", wave.partnership)
    wave = lock(wave, State.WEIGHTED)
    figures = estimate_wave(wave)
    versions = _versions(wave, {one.area for one in figures.estimates})
    indicators = _indicators(by, wave, figures)
    made_before = Register.objects.filter(partnership=wave.partnership, file=wave.slug)
    made_before.filter(source__key__in=source_keys(wave.partnership)).delete()
    register = Register.objects.create(
        partnership=wave.partnership,
        source=_source(by, wave),
        file=wave.slug,
        digest=figures.digest,
        label=wave.name,
        published=None,
        taken_in=timezone.now(),
        footnotes=method_notes(wave),
        cuts={
            cut: cut_words(cut, wave.reference_on.year)
            for cut in sorted({one.cut for one in figures.estimates if one.cut})
        },
    )
    Observation.objects.bulk_create(_observations(wave, register, figures, indicators, versions))
    _keep_differences(register, figures, indicators, _versions_then(wave, figures, versions))
    note_register(wave=wave, digest=register.digest)
    record(by=by, verb="register.take_in", about=register, why=why, digest=register.digest)
    return register


def source_keys(partnership: Partnership) -> tuple[str, ...]:
    """The key of the source that a partnership's own survey is, and the one it may have had before.

    An address too long for a key was cut once: others that begin alike would have had the same.
    """
    whole = f"undersoegelse-{partnership.slug}"
    if len(whole) <= LONGEST_KEY:
        return (whole,)
    mark = hashlib.sha256(partnership.slug.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST_KEY - 9]}-{mark}", whole[:LONGEST_KEY]


def _source(by: Actor, wave: Wave) -> Source:
    """The source that the survey is, told as it is now; what is published keeps the words it had."""
    facts, (key, *former) = source_facts(wave), source_keys(wave.partnership)
    others = Register.objects.exclude(partnership=wave.partnership).values("source")
    own = Source.objects.filter(key=key) | Source.objects.filter(key__in=former).exclude(pk__in=others)
    known = own.first()
    if known is None:
        return add_source(by=by, partnership=wave.partnership, key=key, **facts)
    if any(getattr(known, name) != told for name, told in facts.items()):
        for name, told in facts.items():
            setattr(known, name, told)
        known.save()
        record(by=by, verb="source.write", about=wave.partnership, source=known.key)
    return known


def _versions(wave: Wave, areas: set[str]) -> dict[str, AreaVersion]:
    """What each area was on the wave's day. Raises CannotEstimate for one that has no version then."""
    rows = AreaVersion.objects.filter(area__slug__in=areas).select_related("area")
    found = {version.area.slug: version for version in rows if version.holds_on(wave.reference_on)}
    lost = sorted(areas - found.keys())
    if lost:
        names = ", ".join(str(area) for area in Area.objects.filter(slug__in=lost))
        raise CannotEstimate(
            _("%(areas)s har ingen udgave, der gælder den %(day)s. Tilføj den under Områder.")
            % {"areas": names, "day": date_format(wave.reference_on)}
        )
    return found


def _versions_then(
    wave: Wave, figures: WaveFigures, now: Mapping[str, AreaVersion]
) -> dict[tuple[str, date], AreaVersion]:
    """The version of each area on each day that a difference begins."""
    rows = list(AreaVersion.objects.filter(area__slug__in=now).select_related("area"))
    days = {one.first for one in figures.judged} | {wave.reference_on}
    return {(row.area.slug, day): row for day in days for row in rows if row.holds_on(day)}


def _indicators(by: Actor, wave: Wave, figures: WaveFigures) -> dict[str, Indicator]:
    """The indicator of each item, made where there is none yet."""
    partnership = wave.partnership
    rows = Indicator.objects.filter(partnership=partnership, slug__in=figures.items).select_related("theme")
    known = {one.slug: one for one in rows}
    themes = {theme.slug: theme for theme in partnership.themes.all()}
    wanted = {one.item for one in figures.estimates} - known.keys()
    lost = sorted({figures.items[key][1].theme for key in wanted} - themes.keys())
    if lost:
        raise CannotEstimate(
            _("Skemaet spørger til temaer, som partnerskabet ikke har: %(themes)s.") % {"themes": ", ".join(lost)}
        )
    for place, (key, (asked, item)) in enumerate(figures.items.items()):
        if key in known:
            _tell_anew(by, known[key], wave, asked, item, is_break=figures.broken.get(key) == wave.reference_on)
        if key in wanted:
            theme = themes[item.theme]
            theme.partnership = partnership
            facts = indicator_facts(wave, asked, item, theme)
            known[key] = add_indicator(by=by, theme=theme, slug=key, position=100 + place, **facts)
    return known


def _tell_anew(
    by: Actor, indicator: Indicator, wave: Wave, asked: Questionnaire, item: Item, *, is_break: bool
) -> None:
    """A question that was put otherwise is told as it is now; what is published keeps the words it had.

    Raises CannotEstimate where the figure is of another kind than the indicator.
    """
    facts = indicator_facts(wave, asked, item, indicator.theme)
    if indicator.measure != facts["measure"]:
        raise CannotEstimate(
            _("“%(name)s” er en andel i den ene undersøgelse og et gennemsnit i den anden. Giv det en ny nøgle.")
            % {"name": indicator}
        )
    if is_break:
        for name in TOLD_ANEW:
            setattr(indicator, name, facts[name])
        indicator.save()
        record(by=by, verb="indicator.change", about=indicator)


def _observations(
    wave: Wave,
    register: Register,
    figures: WaveFigures,
    indicators: Mapping[str, Indicator],
    versions: Mapping[str, AreaVersion],
) -> list[Observation]:
    asked = {audience: _asked(wave, audience) for audience in ("adults", "youth")}
    return [
        Observation(
            register=register,
            indicator=indicators[one.item],
            version=versions[one.area],
            first=wave.reference_on,
            last=wave.reference_on,
            counted=Counted.SAMPLE,
            cut=one.cut,
            **_facts(
                one,
                asked[figures.items[one.item][0].audience].get(one.area) if not one.cut else None,
                is_break=figures.broken.get(one.item) == wave.reference_on,
            ),
        )
        for one in figures.estimates
    ]


def _facts(one: Estimate, invited: int | None, is_break: bool) -> dict[str, Any]:
    if one.hidden:
        return {"status": Status.SUPPRESSED}
    status = Status.BREAK if is_break else Status.NORMAL
    return {"status": status, "value": one.value, "n": one.n, "invited": invited, "low": one.low, "high": one.high}


def _asked(wave: Wave, audience: str) -> dict[str, int]:
    """How many were asked in each area, of the young or of the others."""
    young = Cell.objects.filter(stratum__wave=wave, age=YOUTH).values_list("stratum__area__slug", "drawn")
    every = Stratum.objects.filter(wave=wave).values_list("area__slug", "drawn")
    found: dict[str, int] = {}
    for area, drawn in young:
        found[area] = found.get(area, 0) + (drawn if audience == "youth" else -drawn)
    for area, drawn in every if audience == "adults" else ():
        found[area] = found.get(area, 0) + drawn
    return found


def _keep_differences(
    register: Register,
    figures: WaveFigures,
    indicators: Mapping[str, Indicator],
    versions: Mapping[tuple[str, date], AreaVersion],
) -> None:
    """Keep what was judged between figures of areas that were the same at both ends."""
    rows = []
    for one in figures.judged:
        places = [area for area in (one.area, one.other) if area]
        if any(versions.get((area, one.first)) != versions.get((area, one.last)) for area in places):
            continue
        told = {name: getattr(one, name) for name in ("value", "low", "high", "p_adjusted", "smallest", "together")}
        rows.append(
            Difference(
                register=register,
                indicator=indicators[one.item],
                between=one.between,
                version=versions[one.area, one.last],
                other=versions[one.other, one.last] if one.other else None,
                first=one.first,
                last=one.last,
                verdict=one.verdict.value,
                **told,
            )
        )
    Difference.objects.bulk_create(rows)


@transaction.atomic
def publish_wave(*, by: Actor, wave: Wave, words: Words, seen: str | None = None, why: str = "") -> Publication:
    """Publish a weighted wave's figures, for ever. Raises what `publish` raises, WrongStep. seen: as there."""
    require(by, "wave.write", wave)
    wave = lock(wave, State.WEIGHTED)
    if not Register.objects.filter(partnership=wave.partnership, digest=wave.register or "-").exists():
        raise WrongStep(_("Lav tallene, og se dem igennem, før de offentliggøres."))
    indicators = Indicator.objects.filter(
        partnership=wave.partnership, observations__register__digest=wave.register
    ).values_list("slug", flat=True)
    made = publish(
        by=by,
        partnership=wave.partnership,
        words=words,
        choice=Choice(indicators=frozenset(indicators), wave=wave.register),
        seen=seen,
        why=why,
    )
    note_published(by=by, wave=wave, number=made.number, why=why)
    return made
