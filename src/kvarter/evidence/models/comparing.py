"""What a neighbourhood is held up against: wholes parted into categories, like areas, and how near is near enough."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.evidence.models.indicator import BASES, InTwoLanguages
from kvarter.places.models import Area

COUNTED_UNITS = [base for base in BASES if base[0] != "voters"]


class Composition(InPartnership, InTwoLanguages):
    """A whole parted into categories: each an indicator that is a share of it, and together they are all of it.

    design_effect: how much less is known from people counted than from as many who have nothing to do with each other,
    since those in one household are alike (1: each counted unit is on its own); grounds: why so much.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="compositions")
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("navn"), max_length=160)
    name_en = models.CharField(_("navn på engelsk"), max_length=160, blank=True)
    counted = models.CharField(_("hvad der tælles"), max_length=12, choices=COUNTED_UNITS)
    design_effect = models.FloatField(_("designeffekt"), default=1.0)
    grounds = models.CharField(_("hvorfor så stor"), max_length=300, blank=True)
    grounds_en = models.CharField(_("hvorfor så stor, på engelsk"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sammensætning")
        verbose_name_plural = _("sammensætninger")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="composition_once"),
            models.CheckConstraint(condition=Q(design_effect__gte=1), name="composition_design_effect_from_one"),
        ]

    def __str__(self) -> str:
        return self.said("name")


class MirrorMargin(InPartnership):
    """How unlike its surroundings the area may be and still be called like them, as decided. The latest decided holds.

    margin: the share, between 0 and 1, who would have to be in another category for the two to be alike.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="mirror_margins")
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="+", verbose_name=_("aftalens udgave"))
    decision = models.CharField(_("beslutning"), max_length=200)
    decided_on = models.DateField(_("besluttet den"))
    margin = models.FloatField(_("margen"))

    class Meta:
        verbose_name = _("margen")
        verbose_name_plural = _("margener")
        ordering = ["decided_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "decided_on"], name="mirror_margin_one_a_day"),
            models.CheckConstraint(condition=Q(margin__gt=0, margin__lt=1), name="mirror_margin_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.margin:g} ({self.decided_on})"


class Peer(InPartnership):
    """An area that stands in the row of areas the partnership's own is seen among."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="peers")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("område"))

    class Meta:
        verbose_name = _("område i rækken")
        verbose_name_plural = _("områder i rækken")
        ordering = ["area__name", "id"]
        constraints = [models.UniqueConstraint(fields=["partnership", "area"], name="peer_once")]

    def __str__(self) -> str:
        return str(self.area)
