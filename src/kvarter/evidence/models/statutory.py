"""What the law's lines are measured against, and whether residents' origin is looked at at all."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.evidence.models.indicator import CRITERIA_NAMES

AGAINST = [("country", _("hele landet")), ("region", _("regionen"))]


class EarlyWarning(InPartnership):
    """Whether the early warning looks at origin. Off unless the secretariat turned it on, and why it did."""

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="early_warning")
    with_origin = models.BooleanField(_("se på herkomst"), default=False)

    class Meta:
        verbose_name = _("varsling")
        verbose_name_plural = _("varslinger")

    def __str__(self) -> str:
        return str(self.partnership)


class StatutoryInput(InPartnership):
    """The country's or region's figure that a line is so many times of, in a year."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="statutory_inputs")
    criterion = models.CharField(_("kriterium"), max_length=20, choices=CRITERIA_NAMES)
    against = models.CharField(_("tal for"), max_length=10, choices=AGAINST)
    year = models.PositiveSmallIntegerField(_("år"))
    value = models.DecimalField(_("tal"), max_digits=14, decimal_places=6)
    source = models.CharField(_("kilde"), max_length=300)

    class Meta:
        verbose_name = _("sammenligningstal")
        verbose_name_plural = _("sammenligningstal")
        ordering = ["-year", "criterion"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "criterion", "against", "year"], name="statutory_input_once_a_year"
            ),
            models.CheckConstraint(condition=models.Q(value__gt=0), name="statutory_input_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}, {self.get_against_display()}, {self.year}"
