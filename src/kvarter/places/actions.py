"""What changes areas."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.geometry import read_boundary
from kvarter.places.models import Area, Boundary


class BoundaryOverlaps(ActionError):
    """Two boundaries of one area may not hold on the same day."""


class CircularReference(ActionError):
    """Two areas cannot each be the yardstick of the other."""


@transaction.atomic
def add_area(
    *, by: Actor, slug: str, name: str, name_en: str = "", reference: Area | None = None, why: str = ""
) -> Area:
    """A new area, with the area it is compared with."""
    require(by, "area.add")
    area = Area.objects.create(slug=slug, name=name.strip(), name_en=name_en.strip(), reference=reference)
    record(by=by, verb="area.add", about=area, why=why)
    return area


@transaction.atomic
def change_area(*, by: Actor, area: Area, name: str, name_en: str = "", reference: Area | None, why: str = "") -> Area:
    """Rename an area or compare it with another. Raises CircularReference."""
    require(by, "area.write", area)
    _refuse_circle(area, reference)
    area.name, area.name_en, area.reference = name.strip(), name_en.strip(), reference
    area.save()
    record(by=by, verb="area.change", about=area, why=why)
    return area


def _refuse_circle(area: Area, reference: Area | None) -> None:
    seen = reference
    while seen is not None:
        if seen.pk == area.pk:
            raise CircularReference(_("%(area)s bruges allerede som målestok for det valgte område.") % {"area": area})
        seen = seen.reference


@transaction.atomic
def draw_boundary(*, by: Actor, area: Area, geojson: bytes, valid_from: date, source: str, why: str = "") -> Boundary:
    """The area's border from a day on; the border it replaces ends the same day.

    Raises BadGeometry for a file that is no boundary, BoundaryOverlaps when a later one stands already.
    """
    require(by, "area.write", area)
    geometry = read_boundary(geojson)
    Area.objects.select_for_update().get(pk=area.pk)
    last = area.boundaries.last()
    if last and last.valid_from >= valid_from:
        raise BoundaryOverlaps(
            _("Der står allerede en grænse fra %(day)s. Den nye skal gælde fra en senere dag.")
            % {"day": last.valid_from}
        )
    area.boundaries.filter(valid_until=None).update(valid_until=valid_from)
    drawn = Boundary.objects.create(area=area, geometry=geometry, valid_from=valid_from, source=source.strip())
    record(by=by, verb="area.draw", about=area, why=why, valid_from=str(valid_from))
    return drawn
