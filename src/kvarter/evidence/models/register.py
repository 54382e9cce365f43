"""Where figures come from, and the figures as they were taken in. Seen by those who work with them, until published."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.evidence.figures import Between, Counted
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.models.indicator import Indicator, InTwoLanguages
from kvarter.journal.personal import Personal
from kvarter.places.models import AreaVersion

COUNTED = [
    (Counted.FULL.value, _("alle er talt med")),
    (Counted.SAMPLE.value, _("en stikprøve")),
    (Counted.OUTSIDE.value, _("offentliggjort af andre")),
]
STATUSES = [
    (Status.NORMAL.value, _("normal")),
    (Status.BREAK.value, _("brud i serien")),
    (Status.ESTIMATED.value, _("skønnet")),
    (Status.PROVISIONAL.value, _("foreløbig")),
    (Status.UNRELIABLE.value, _("usikker")),
    (Status.MISSING.value, _("mangler")),
    (Status.CANNOT_EXIST.value, _("findes ikke")),
    (Status.NOT_COLLECTED.value, _("ikke indsamlet")),
    (Status.SUPPRESSED.value, _("skjult af hensyn til de få")),
    (Status.ZERO_OR_SUPPRESSED.value, _("nul eller skjult")),
]
WITH_FIGURE = [status.value for status in Status if status.has_figure]


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
    attribution_en = models.CharField(_("kildeangivelse på engelsk"), max_length=300, blank=True)
    counted = models.CharField(_("optælling"), max_length=10, choices=COUNTED)

    class Meta:
        verbose_name = _("kilde")
        verbose_name_plural = _("kilder")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.said("title")


class IndicatorRecipe(models.Model):
    """Which columns of a source make an indicator: those added up for the part, and for the whole (none: no whole).

    Columns are named in full, or after ~ as names of files are, with *. breaks: years whose figure is not to be
    compared with those before, as {"year": 2020, "why": "…", "why_en": "…"}.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="recipes")
    source = models.ForeignKey(Source, models.CASCADE, related_name="recipes", verbose_name=_("kilde"))
    part = models.JSONField(_("kolonner i delen"))
    whole = models.JSONField(_("kolonner i det hele"), default=list)
    breaks = models.JSONField(_("brud"), default=list)

    class Meta:
        verbose_name = _("opskrift")
        verbose_name_plural = _("opskrifter")
        constraints = [models.UniqueConstraint(fields=["indicator", "source"], name="recipe_once_a_source")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.source}"


class Register(InPartnership):
    """One file of figures taken in: which, by its digest, with what was found odd about it.

    cuts: the parts of the people that figures are of, as {"gender=f": {"da": "kvinder", "en": "women"}}.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="registers")
    source = models.ForeignKey(Source, models.PROTECT, related_name="registers", verbose_name=_("kilde"))
    file = models.CharField(_("fil"), max_length=200)
    digest = models.CharField(_("fingeraftryk"), max_length=64)
    label = models.CharField(_("producentens navn for tallene"), max_length=200)
    published = models.DateField(_("offentliggjort af producenten"), null=True, blank=True)
    taken_in = models.DateTimeField(_("indlæst"))
    footnotes = models.JSONField(_("noter"), default=list)
    findings = models.JSONField(_("fundet ved indlæsning"), default=list)
    cuts = models.JSONField(_("dele af beboerne"), default=dict)

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
    units. `cut`: the part of the people it is of, as "age=30-49;gender=f"; empty for all. `population`: of others'
    figures, whom they are of in the publisher's sense, as {"da": "…", "en": "…"}.
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
    cut = models.CharField(_("hvem"), max_length=120, blank=True)
    population = models.JSONField(_("hvem, som udgiveren siger det"), default=dict)

    class Meta:
        verbose_name = _("tal")
        verbose_name_plural = _("tal")
        ordering = ["first", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "indicator", "version", "first", "cut"], name="observation_once_in_a_register"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="observation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=WITH_FIGURE, value__isnull=False)
                | (~Q(status__in=WITH_FIGURE) & Q(value=None, numerator=None)),
                name="observation_has_a_figure_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(counted=Counted.SAMPLE.value) | Q(low=None, high=None),
                name="observation_interval_of_samples_alone",
            ),
            models.CheckConstraint(
                condition=~Q(counted=Counted.SAMPLE.value)
                | Q(value=None)
                | Q(low__isnull=False, high__isnull=False, n__gt=0),
                name="observation_of_a_sample_has_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(cut="") | Q(counted=Counted.SAMPLE.value), name="observation_cut_of_samples_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.version}, {self.first}"


class Difference(models.Model):
    """A difference between two observations of samples, tested when the wave was weighted (see figures.Difference).

    `first` is the earlier wave's day and `last` the later one's; for a gap both are the one wave's.
    """

    register = models.ForeignKey(Register, models.CASCADE, related_name="differences")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="differences")
    between = models.CharField(_("mellem"), max_length=10, choices=[(one.value, one.value) for one in Between])
    version = models.ForeignKey(AreaVersion, models.PROTECT, related_name="+", verbose_name=_("område"))
    other = models.ForeignKey(
        AreaVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("sammenlignes med")
    )
    first = models.DateField(_("fra"))
    last = models.DateField(_("til"))
    value = models.FloatField(_("forskel"))
    low = models.FloatField(_("nedre grænse"))
    high = models.FloatField(_("øvre grænse"))
    p_adjusted = models.FloatField()
    verdict = models.CharField(_("dom"), max_length=30)
    smallest = models.FloatField(_("mindste, der kunne ses"))
    together = models.PositiveIntegerField(_("bedømt sammen"))

    class Meta:
        verbose_name = _("forskel")
        verbose_name_plural = _("forskelle")
        ordering = ["last", "first", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "indicator", "between", "version", "first", "last"], name="difference_once"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="difference_ends_after_start"),
            models.CheckConstraint(
                condition=Q(between=Between.CHANGE.value, other=None)
                | (~Q(between=Between.CHANGE.value) & Q(other__isnull=False)),
                name="difference_of_two_places_names_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.version}, {self.first}–{self.last}"


class Draft(InPartnership):
    """A file sent in to be looked through: kept until it is taken in or given up, a week at most."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="register_drafts")
    kind = models.CharField(_("slags"), max_length=20)
    sent = models.DateTimeField(_("sendt"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    options = models.JSONField(default=dict)

    personal: ClassVar = {"by": Personal(_("Vide hvem der sendte filen"), _("Til den er læst ind eller opgivet"))}

    class Meta:
        verbose_name = _("fil til gennemsyn")
        verbose_name_plural = _("filer til gennemsyn")
        ordering = ["-sent", "-id"]

    def __str__(self) -> str:
        return self.options.get("title") or ", ".join(self.files.values_list("name", flat=True))


class DraftFile(models.Model):
    """One of the files of a draft, its bytes compressed."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class SavedMapping(InPartnership):
    """How a producer's table is read, kept under a name for the next time it comes."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="mappings")
    name = models.CharField(_("navn"), max_length=200)
    mapping = models.TextField(_("opskrift"))

    class Meta:
        verbose_name = _("gemt opskrift")
        verbose_name_plural = _("gemte opskrifter")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "name"], name="mapping_name_once")]

    def __str__(self) -> str:
        return self.name
