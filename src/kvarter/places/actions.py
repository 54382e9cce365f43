"""What changes areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.geometry import read_boundary
from kvarter.places.models import Area, AreaCode, AreaShare, AreaVersion


class NothingLeft(ActionError):
    """The rest of an area is that area without something in it."""


class VersionOverlaps(ActionError):
    """Two versions of one area may not hold on the same day."""


class ImpossibleShare(ActionError):
    """An area is never more of a unit than all of it."""


class MadeUp(ActionError):
    """What is made up for a demonstration and what is there are never mixed."""


class CircularReference(ActionError):
    """Two areas cannot each be the yardstick of the other, or lie in one another."""


@transaction.atomic
def add_area(
    *,
    by: Actor,
    slug: str,
    name: str,
    name_en: str = "",
    reference: Area | None = None,
    part_of: Area | None = None,
    without: Area | None = None,
    is_demonstration: bool = False,
    why: str = "",
) -> Area:
    """A new area, with the area it is compared with, what it lies in, and for a rest, what is left out of that.

    Raises NothingLeft, MadeUp.
    """
    require(by, "area.add")
    area = Area(slug=slug, name=name.strip(), name_en=name_en.strip(), is_demonstration=is_demonstration)
    area.reference, area.part_of, area.without = reference, part_of, without
    refuse_mixing(area.is_demonstration, reference, part_of, without)
    _refuse_nothing_left(area)
    area.save()
    record(by=by, verb="area.add", about=area, why=why)
    return area


@transaction.atomic
def change_area(
    *,
    by: Actor,
    area: Area,
    name: str,
    name_en: str = "",
    reference: Area | None,
    part_of: Area | None = None,
    without: Area | None = None,
    why: str = "",
) -> Area:
    """Rename an area, compare it with another, or say what it lies in.

    Raises CircularReference, NothingLeft, MadeUp.
    """
    require(by, "area.write", area)
    refuse_mixing(area.is_demonstration, reference, part_of, without)
    _refuse_circle(area, reference, "reference")
    _refuse_circle(area, part_of, "part_of")
    area.name, area.name_en, area.reference = name.strip(), name_en.strip(), reference
    area.part_of, area.without = part_of, without
    _refuse_nothing_left(area)
    area.save()
    record(by=by, verb="area.change", about=area, why=why)
    return area


def refuse_mixing(is_demonstration: bool, *areas: Area | None) -> None:
    """Raise MadeUp where what is real would get a made-up area, or what is made up a real one."""
    for area in areas:
        if area is not None and area.is_demonstration != is_demonstration:
            raise MadeUp(
                _("%(area)s er opdigtet til en demonstration og kan ikke stå sammen med det, der findes.")
                % {"area": area}
                if area.is_demonstration
                else _("%(area)s findes og kan ikke stå i en demonstration.") % {"area": area}
            )


def _refuse_circle(area: Area, other: Area | None, step: str) -> None:
    while other is not None:
        if other.pk == area.pk:
            raise CircularReference(
                _("%(area)s bruges allerede som målestok for det valgte område, eller rummer det.") % {"area": area}
            )
        other = getattr(other, step)


def _refuse_nothing_left(area: Area) -> None:
    if area.without is not None and (area.part_of is None or area.without == area.part_of):
        raise NothingLeft(_("Sig hvilket område der er en rest af, og hvad der er trukket fra det."))


@transaction.atomic
def draw_boundary(
    *, by: Actor, area: Area, geojson: bytes, valid_from: date, source: str, source_en: str = "", why: str = ""
) -> AreaVersion:
    """The border of the version that begins on a day: its first, or a better one. Where none begins, one is made.

    The version before a new one ends the same day. Raises BadGeometry for a file that is no boundary, VersionOverlaps
    when a later version stands already.
    """
    require(by, "area.write", area)
    geometry = read_boundary(geojson)
    Area.objects.select_for_update().get(pk=area.pk)
    drawn = area.versions.filter(valid_from=valid_from).first()
    if drawn is None:
        drawn = _next_version(area, valid_from, None)
        drawn.source = source.strip()
    replaced = drawn.geometry_source
    drawn.geometry, drawn.geometry_source, drawn.geometry_source_en = geometry, source.strip(), source_en.strip()
    drawn.save()
    record(by=by, verb="area.draw", about=area, why=why, valid_from=str(valid_from), replaced=replaced)
    return drawn


@transaction.atomic
def add_version(
    *,
    by: Actor,
    area: Area,
    valid_from: date,
    valid_until: date | None = None,
    source: str,
    codes: Iterable[tuple[str, str]] = (),
    why: str = "",
) -> AreaVersion:
    """What the area is from a day on, with the codes (scheme, code) that producers of figures know it by.

    The version before it ends the same day. Raises VersionOverlaps when a later one stands already.
    """
    require(by, "area.write", area)
    Area.objects.select_for_update().get(pk=area.pk)
    made = _next_version(area, valid_from, valid_until)
    made.source = source.strip()
    made.save()
    AreaCode.objects.bulk_create(AreaCode(version=made, scheme=scheme, code=code) for scheme, code in codes)
    record(by=by, verb="area.version", about=area, why=why, valid_from=str(valid_from), codes=[*codes])
    return made


def _next_version(area: Area, valid_from: date, valid_until: date | None) -> AreaVersion:
    last = area.versions.last()
    if last and (last.valid_from >= valid_from or (last.valid_until and last.valid_until > valid_from)):
        raise VersionOverlaps(
            _("Der står allerede en udgave af området fra %(day)s. Den nye skal gælde fra en senere dag.")
            % {"day": date_format(last.valid_from, "DATE_FORMAT")}
        )
    area.versions.filter(valid_until=None).update(valid_until=valid_from)
    return AreaVersion(area=area, valid_from=valid_from, valid_until=valid_until)


@transaction.atomic
def say_share(
    *,
    by: Actor,
    part: AreaVersion,
    whole: AreaVersion,
    basis: str,
    of_part: Decimal,
    of_whole: Decimal,
    source: str,
    source_en: str = "",
    part_on: str = "",
    whole_on: str = "",
    joins: bool = False,
    why: str = "",
) -> AreaShare:
    """How much of a reported unit an area is. Said again, it replaces what was said for the same basis.

    part_on, whole_on: the year or day each was counted ("2005", "2010-01-01"). Raises ImpossibleShare.
    """
    require(by, "area.write", part.area)
    refuse_mixing(part.area.is_demonstration, whole.area)
    if not 0 < of_part <= of_whole:
        raise ImpossibleShare(_("Området kan ikke være større end den enhed, det er en del af, og ikke være nul."))
    for counted_on in filter(None, (part_on, whole_on)):
        if not _is_year_or_day(counted_on):
            raise ImpossibleShare(
                _("“%(text)s” er hverken et år eller en dag. Skriv fx 2005 eller 2010-01-01.") % {"text": counted_on}
            )
    share, _new = AreaShare.objects.update_or_create(
        part=part,
        whole=whole,
        basis=basis,
        defaults={
            "of_part": of_part,
            "of_whole": of_whole,
            "source": source.strip(),
            "source_en": source_en.strip(),
            "part_on": part_on,
            "whole_on": whole_on,
            "joins": joins,
        },
    )
    record(by=by, verb="area.share", about=part.area, why=why, whole=whole.key, basis=str(basis))
    return share


def _is_year_or_day(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) > 4 else f"{text}-01-01")
    except ValueError:
        return False
    return True
