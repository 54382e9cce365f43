"""Where figures come from, and the figures as they were taken in. Seen by those who work with them, until published."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.evidence.figures import Counted
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.models.indicator import Indicator, InTwoLanguages
from kvarter.places.models import AreaVersion

COUNTED = [
    (Counted.FULL, _("alle er talt med")),
    (Counted.SAMPLE, _("en stikprøve")),
    (Counted.OUTSIDE, _("offentliggjort af andre")),
]
STATUSES = [
    (Status.NORMAL, _("normal")),
    (Status.BREAK, _("brud i serien")),
    (Status.ESTIMATED, _("skønnet")),
    (Status.PROVISIONAL, _("foreløbig")),
    (Status.UNRELIABLE, _("usikker")),
    (Status.MISSING, _("mangler")),
    (Status.CANNOT_EXIST, _("findes ikke")),
    (Status.NOT_COLLECTED, _("ikke indsamlet")),
    (Status.SUPPRESSED, _("skjult af hensyn til de få")),
    (Status.ZERO_OR_SUPPRESSED, _("nul eller skjult")),
]
WITH_FIGURE = [status for status in Status if status.has_figure]


class Source(InTwoLanguages):
    """A producer's statistics: who makes it, how, and what it cannot tell."""

    key = models.SlugField(max_length=60, unique=True)
    producer = models.CharField(_("producent"), max_length=160)
    producer_en = models.CharField(_("producent på engelsk"), max_length=160, blank=True)
    title = models.CharField(_("titel"), max_length=200)
    title_en = models.CharField(_("titel på engelsk"), max_length=200, blank=True)
    method = models.TextField(_("metode"))
    method_en = models.TextField(_("metode på engelsk"), blank=True)
    limits = models.TextField(_("hvad den ikke kan sige"))
    limits_en = models.TextField(_("hvad den ikke kan sige, på engelsk"), blank=True)
    attribution = models.CharField(_("kildeangivelse"), max_length=300)
    counted = models.CharField(_("optælling"), max_length=10, choices=COUNTED)

    class Meta:
        verbose_name = _("kilde")
        verbose_name_plural = _("kilder")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.said("title")


class Register(InPartnership):
    """One file of figures taken in: which, by its digest, with what was found odd about it."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="registers")
    source = models.ForeignKey(Source, models.PROTECT, related_name="registers", verbose_name=_("kilde"))
    file = models.CharField(_("fil"), max_length=200)
    digest = models.CharField(_("fingeraftryk"), max_length=64)
    label = models.CharField(_("producentens navn for tallene"), max_length=200)
    published = models.DateField(_("offentliggjort af producenten"), null=True, blank=True)
    taken_in = models.DateTimeField(_("indlæst"))
    footnotes = models.JSONField(_("noter"), default=list)
    findings = models.JSONField(_("fundet ved indlæsning"), default=list)

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registre")
        ordering = ["-taken_in", "-id"]
        constraints = [models.UniqueConstraint(fields=["partnership", "digest"], name="register_once")]

    def __str__(self) -> str:
        return self.label


class Observation(models.Model):
    """One figure as taken in: never a bare per cent, but what it is made of.

    A share or mean has numerator and denominator; a count or amount its value alone. Of a sample there are n and the
    interval; of others' published figures the value and, where known, n. `processed`: added up by us from smaller
    units.
    """

    register = models.ForeignKey(Register, models.CASCADE, related_name="observations")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    version = models.ForeignKey(AreaVersion, models.PROTECT, related_name="observations", verbose_name=_("område"))
    first = models.DateField(_("fra"))
    last = models.DateField(_("til"))
    counted = models.CharField(_("optælling"), max_length=10, choices=COUNTED)
    status = models.CharField(_("status"), max_length=2, choices=STATUSES)
    numerator = models.FloatField(_("tæller"), null=True, blank=True)
    denominator = models.FloatField(_("nævner"), null=True, blank=True)
    value = models.FloatField(_("tal"), null=True, blank=True)
    n = models.PositiveIntegerField(_("svar"), null=True, blank=True)
    invited = models.PositiveIntegerField(_("spurgte"), null=True, blank=True)
    low = models.FloatField(_("nedre grænse"), null=True, blank=True)
    high = models.FloatField(_("øvre grænse"), null=True, blank=True)
    notes = models.JSONField(_("noter"), default=list)
    processed = models.BooleanField(_("lagt sammen af os"), default=False)

    class Meta:
        verbose_name = _("tal")
        verbose_name_plural = _("tal")
        ordering = ["first", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "indicator", "version", "first"], name="observation_once_in_a_register"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="observation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=WITH_FIGURE, value__isnull=False)
                | (~Q(status__in=WITH_FIGURE) & Q(value=None, numerator=None)),
                name="observation_has_a_figure_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(counted=Counted.SAMPLE) | Q(low=None, high=None),
                name="observation_interval_of_samples_alone",
            ),
            models.CheckConstraint(
                condition=~Q(counted=Counted.SAMPLE)
                | Q(value=None)
                | Q(low__isnull=False, high__isnull=False, n__gt=0),
                name="observation_of_a_sample_has_its_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.version}, {self.first}"
