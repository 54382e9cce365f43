"""From whom is drawn: counts of the population, and the file of people until the sample is drawn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.journal.personal import Personal
from kvarter.places.models import Area
from kvarter.surveys.models.wave import Wave


class FrameFile(InPartnership):
    """A frame as sent in, sealed under the wave's contact key; deleted when the wave opens."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="frame")
    name = models.CharField(_("fil"), max_length=200)
    sealed = models.BinaryField()
    rows = models.PositiveIntegerField(_("personer"))
    digest = models.CharField(_("fingeraftryk"), max_length=64)
    sent = models.DateTimeField(_("sendt"))

    personal: ClassVar = {
        "sealed": Personal(_("Trække hvem der skal spørges"), _("Til undersøgelsen åbner")),
    }

    class Meta:
        verbose_name = _("liste at trække fra")
        verbose_name_plural = _("lister at trække fra")

    def __str__(self) -> str:
        return self.name

    @property
    def partnership(self) -> Partnership:  # type: ignore[override]
        return self.wave.partnership


class Stratum(models.Model):
    """A part of the population that is drawn from by itself. drawn: how many of its people, once drawn."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="strata")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("område"))
    name = models.CharField(_("lag"), max_length=60)
    population = models.PositiveIntegerField(_("personer"))
    households = models.PositiveIntegerField(_("husstande"))
    drawn = models.PositiveIntegerField(_("udtrukket"), default=0)

    class Meta:
        verbose_name = _("lag")
        verbose_name_plural = _("lag")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "name"], name="stratum_once_a_wave"),
            models.CheckConstraint(condition=Q(drawn__lte=F("population")), name="stratum_drawn_within_population"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What readers call it: its area, and its own name where it is a part of one."""
        return str(self.area) if self.name == self.area.slug else f"{self.area}: {self.name}"

    @property
    def base(self) -> float:
        """People for each one drawn: N/n."""
        return self.population / self.drawn


class Cell(models.Model):
    """People of a stratum alike in gender and age group: how many there are, and how many were drawn."""

    stratum = models.ForeignKey(Stratum, models.CASCADE, related_name="cells")
    gender = models.CharField(_("køn"), max_length=1, blank=True)
    age = models.CharField(_("alder"), max_length=10, blank=True)
    population = models.PositiveIntegerField(_("personer"))
    drawn = models.PositiveIntegerField(_("udtrukket"), default=0)

    class Meta:
        verbose_name = _("celle")
        verbose_name_plural = _("celler")
        ordering = ["stratum_id", "age", "gender"]
        constraints = [
            models.UniqueConstraint(fields=["stratum", "gender", "age"], name="cell_once_a_stratum"),
            models.CheckConstraint(condition=Q(drawn__lte=F("population")), name="cell_drawn_within_population"),
        ]

    def __str__(self) -> str:
        return f"{self.stratum} {self.gender} {self.age}"


class KindCount(models.Model):
    """How many were asked and answered of people alike in gender and age, as coarsely as their answers are kept: what
    is left of the field when the way to people is cut. Neither day nor way stands beside it.
    """

    stratum = models.ForeignKey(Stratum, models.CASCADE, related_name="kinds")
    gender = models.CharField(_("køn"), max_length=1, blank=True)
    age = models.CharField(_("alder"), max_length=10, blank=True)
    asked = models.PositiveIntegerField(_("spurgt"))
    answered = models.PositiveIntegerField(_("svar"))

    class Meta:
        verbose_name = _("svar fra en gruppe")
        verbose_name_plural = _("svar fra grupper")
        ordering = ["stratum_id", "age", "gender"]
        constraints = [models.UniqueConstraint(fields=["stratum", "gender", "age"], name="kind_count_once")]

    def __str__(self) -> str:
        return f"{self.stratum} {self.gender} {self.age}: {self.answered}"


class DayCount(models.Model):
    """How many of a whole wave answered on a day and in a way: left of the field too, without whom."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="days")
    day = models.DateField(_("dag"))
    mode = models.CharField(_("svarmåde"), max_length=10)
    count = models.PositiveIntegerField(_("svar"))

    class Meta:
        verbose_name = _("svar på en dag")
        verbose_name_plural = _("svar på en dag")
        ordering = ["day", "id"]
        constraints = [models.UniqueConstraint(fields=["wave", "day", "mode"], name="day_count_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
