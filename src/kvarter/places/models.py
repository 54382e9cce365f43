"""Areas in time: the same name, and the same code, may mean another piece of ground in another year."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """A piece of the town that is spoken of by one name; another area may be what it is compared with.

    part_of: the area it lies in. without: for "the rest of" an area, that which is left out of `part_of`.
    is_demonstration: made up, for a demonstration; never mixed with an area that is there.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True)
    reference = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="compared", verbose_name=_("sammenligningsområde")
    )

    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("ligger i")
    )
    without = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rests", verbose_name=_("fraregnet")
    )

    is_demonstration = models.BooleanField(_("demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("område")
        verbose_name_plural = _("områder")
        constraints = [
            models.CheckConstraint(condition=~Q(reference=F("id")), name="area_not_its_own_reference"),
            models.CheckConstraint(condition=~Q(part_of=F("id")), name="area_not_part_of_itself"),
            models.CheckConstraint(
                condition=Q(without=None) | Q(part_of__isnull=False), name="area_rest_is_a_rest_of_something"
            ),
        ]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def names(self) -> dict[str, str]:
        """Its name in the languages it has one in."""
        return {"da": self.name} | ({"en": self.name_en} if self.name_en else {})

    @property
    def journal_scope(self) -> str:
        return ""

    @property
    def journal_subject(self) -> str:
        return f"/omraade/{self.slug}"


class AreaVersion(models.Model):
    """What an area was from one day until (not with) another. A figure belongs to a version, never to a mere name.

    geometry: where its border ran, longitude and latitude, WGS 84 (RFC 7946); nothing where it is not drawn.
    source: who says what the area was. geometry_source: who drew its border, which may be somebody else.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="versions")
    valid_from = models.DateField(_("gælder fra"))
    valid_until = models.DateField(_("gælder til"), null=True, blank=True)
    geometry = models.JSONField(_("geometri"), null=True, blank=True)
    source = models.CharField(_("kilde"), max_length=200)
    geometry_source = models.CharField(_("kilde til grænsen"), max_length=200, blank=True)
    geometry_source_en = models.CharField(_("kilde til grænsen på engelsk"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("udgave af området")
        verbose_name_plural = _("udgaver af området")
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["area", "valid_from"], name="area_version_one_a_day"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="area_version_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.valid_from}"

    @property
    def key(self) -> str:
        """Its name within figures: the area's address and its first day."""
        return f"{self.area.slug}@{self.valid_from}"

    @property
    def drawn_by(self) -> str:
        """The source of its border, in the language of the page where it is told."""
        return (get_language() == "en" and self.geometry_source_en) or self.geometry_source

    @property
    def last_day(self) -> date | None:
        """The last day it held; nothing while it holds."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None

    def holds_on(self, day: date) -> bool:
        """Whether this is what the area was on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class AreaCode(models.Model):
    """What a producer of figures calls a version of an area. The same code may mean another place at another time.

    scheme: whose codes: "valgsted" (polling district), "kommune", "sogn" (parish), "land", "afdeling".
    """

    version = models.ForeignKey(AreaVersion, models.CASCADE, related_name="codes")
    scheme = models.CharField(_("kodeliste"), max_length=20)
    code = models.CharField(_("kode"), max_length=20)

    class Meta:
        verbose_name = _("kode")
        verbose_name_plural = _("koder")
        constraints = [models.UniqueConstraint(fields=["version", "scheme", "code"], name="area_code_once")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class AreaShare(models.Model):
    """How much of a reported unit an area is: so many of its people, dwellings or square metres.

    joins: the two are so nearly one that a series may be drawn on from one into the other, with a mark that says so.
    part_on, whole_on: when each of the two was counted, as "2005" or "2010-01-01"; "" where it is not told.
    """

    class Basis(models.TextChoices):
        """What is counted to say how much of it an area is."""

        PEOPLE = "people", _("beboere")
        DWELLINGS = "dwellings", _("boliger")
        SURFACE = "surface", _("areal")

    part = models.ForeignKey(AreaVersion, models.CASCADE, related_name="shares_of", verbose_name=_("området"))
    whole = models.ForeignKey(AreaVersion, models.CASCADE, related_name="shares_in", verbose_name=_("enheden"))
    basis = models.CharField(_("målt i"), max_length=10, choices=Basis)
    of_part = models.DecimalField(_("områdets"), max_digits=14, decimal_places=2)
    of_whole = models.DecimalField(_("hele enhedens"), max_digits=14, decimal_places=2)
    part_on = models.CharField(_("områdets talt"), max_length=10, blank=True)
    whole_on = models.CharField(_("hele enhedens talt"), max_length=10, blank=True)
    source = models.CharField(_("kilde"), max_length=300)
    source_en = models.CharField(_("kilde på engelsk"), max_length=300, blank=True)
    joins = models.BooleanField(_("tal må forbindes"), default=False)

    class Meta:
        verbose_name = _("andel af en enhed")
        verbose_name_plural = _("andele af enheder")
        constraints = [
            models.UniqueConstraint(fields=["part", "whole", "basis"], name="area_share_once_a_basis"),
            models.CheckConstraint(condition=Q(of_whole__gt=0) & Q(of_part__gt=0), name="area_share_of_something"),
            models.CheckConstraint(condition=~Q(part=F("whole")), name="area_share_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.part} / {self.whole}"
