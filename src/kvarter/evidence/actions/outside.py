"""Taking in figures published by others: with source and day, without an interval, and never without their siblings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.registers import AlreadyTakenIn, NotLoadable
from kvarter.evidence.figures import Counted
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.models import Indicator, Observation, Register, Source
from kvarter.evidence.outside import Named, OutsideFigure, read_outside
from kvarter.evidence.telling import both
from kvarter.journal.actions import record
from kvarter.people.policy import Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.places.models import Area, AreaVersion


@transaction.atomic
def take_in_outside(*, by: Actor, partnership: Partnership, content: bytes, name: str, why: str = "") -> Register:
    """Store the figures of a file of others' published figures.

    Raises BadFile for the file, NotLoadable for an unknown source, indicator or area, AlreadyTakenIn for the same file.
    """
    require(by, "register.take_in", partnership)
    told = read_outside(content, name)
    digest = hashlib.sha256(content).hexdigest()
    source = Source.objects.filter(key=told.source, counted=Counted.OUTSIDE).first()
    if source is None:
        raise NotLoadable(_("Kilden “%(key)s” er ikke kendt. Opret den først.") % {"key": told.source})
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    if partnership.registers.filter(digest=digest).exists():
        raise AlreadyTakenIn(_("Filen er indlæst før."))
    register = Register.objects.create(
        partnership=partnership, source=source, file=name, digest=digest, label=told.label, taken_in=timezone.now()
    )
    Observation.objects.bulk_create(_observations(register, told.figures))
    record(by=by, verb="register.take_in", about=register, why=why, digest=digest, figures=len(told.figures))
    return register


@transaction.atomic
def write_outside_figure(
    *,
    by: Actor,
    indicator: Indicator,
    source: Source,
    area: Area,
    year: int,
    value: float,
    n: int | None = None,
    read: str,
    why: str = "",
) -> Observation:
    """One figure that others have published, as it was read. Raises NotLoadable for a source that is not such, a share
    outside 0 to 1, or an area that was not there.
    """
    require(by, "register.take_in", indicator.partnership)
    if source.counted != Counted.OUTSIDE:
        raise NotLoadable(_("Kilden er ikke en, hvis tal er offentliggjort af andre."))
    if indicator.measure == "share" and not 0 <= value <= 1:
        raise NotLoadable(_("En andel ligger mellem 0 og 1: skriv 0,711 for 71,1 %."))
    refuse_mixing(indicator.partnership.is_demonstration, area)
    first, last = date(year, 1, 1), date(year, 12, 31)
    told = json.dumps([source.key, indicator.slug, area.slug, year, value, n, read])
    digest = hashlib.sha256(told.encode()).hexdigest()
    if indicator.partnership.registers.filter(digest=digest).exists():
        raise AlreadyTakenIn(_("Det tal er skrevet ind før."))
    register = Register.objects.create(
        partnership=indicator.partnership,
        source=source,
        file=read[:200],
        digest=digest,
        label=str(source.title)[:200],
        taken_in=timezone.now(),
    )
    made = Observation.objects.create(
        register=register,
        indicator=indicator,
        version=_version(AreaVersion.objects.select_related("area"), area.slug, last),
        first=first,
        last=last,
        counted=Counted.OUTSIDE,
        status=Status.NORMAL,
        value=value,
        n=n,
        notes=[read.strip()],
    )
    record(by=by, verb="register.take_in", about=register, why=why, digest=digest, figures=1)
    return made


def _observations(register: Register, figures: Iterable[OutsideFigure]) -> list[Observation]:
    indicators = {one.slug: one for one in Indicator.objects.filter(partnership=register.partnership)}
    alike = AreaVersion.objects.filter(area__is_demonstration=register.partnership.is_demonstration)
    versions = list(alike.select_related("area"))
    found = []
    for figure in figures:
        if figure.indicator not in indicators:
            raise NotLoadable(_("Indikatoren “%(key)s” findes ikke. Opret den først.") % {"key": figure.indicator})
        found.append(
            Observation(
                register=register,
                indicator=indicators[figure.indicator],
                version=_version(versions, figure.area, figure.period.last),
                first=figure.period.first,
                last=figure.period.last,
                counted=Counted.OUTSIDE,
                status=Status.NORMAL,
                value=figure.value,
                n=figure.n,
                notes=_notes(figure),
                population=_both(figure.population) if figure.population else {},
            )
        )
    return found


def _notes(figure: OutsideFigure) -> list[str | dict[str, str]]:
    """Where a figure was read and when, what is told beside it, and what is known to be wrong with it."""
    told: list[str | dict[str, str]] = [figure.read]
    if figure.read_on:
        told.append(both(partial(_read_on, figure.read_on)))
    return [*told, *([figure.note] if figure.note else []), *map(_both, figure.issues)]


def _read_on(day: date) -> str:
    return _("Læst %(day)s.") % {"day": date_format(day, "DATE_FORMAT")}


def _both(named: Named) -> dict[str, str]:
    return {"da": named.text, "en": named.text_en}


def _version(versions: Iterable[AreaVersion], area: str, day: date) -> AreaVersion:
    found = next((version for version in versions if version.area.slug == area and version.holds_on(day)), None)
    if found is None:
        raise NotLoadable(
            _("Området “%(area)s” findes ikke, som det var %(day)s. Opret en udgave af det først.")
            % {"area": area, "day": date_format(day, "DATE_FORMAT")}
        )
    return found
