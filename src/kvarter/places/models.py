"""Areas. A boundary has dates: the same name may mean another piece of ground in another year."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """A piece of the town that is spoken of by one name; another area may be what it is compared with."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True)
    reference = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="compared", verbose_name=_("sammenligningsområde")
    )

    class Meta:
        verbose_name = _("område")
        verbose_name_plural = _("områder")
        constraints = [models.CheckConstraint(condition=~Q(reference=F("id")), name="area_not_its_own_reference")]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def journal_scope(self) -> str:
        return ""

    @property
    def journal_subject(self) -> str:
        return f"/omraade/{self.slug}"


class Boundary(models.Model):
    """Where an area's border ran from one day until (not with) another. Longitude and latitude, WGS 84 (RFC 7946)."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="boundaries")
    valid_from = models.DateField(_("gælder fra"))
    valid_until = models.DateField(_("gælder til"), null=True, blank=True)
    geometry = models.JSONField(_("geometri"))
    source = models.CharField(_("kilde"), max_length=200)

    class Meta:
        verbose_name = _("grænse")
        verbose_name_plural = _("grænser")
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["area", "valid_from"], name="boundary_one_a_day"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="boundary_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.valid_from}"
