"""What is looked at: themes of the agreement, the indicators that stand for them, and what was decided of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Agreement, AgreementVersion, Partnership, Party
from kvarter.agreements.models.partnership import InPartnership
from kvarter.evidence.figures import Flow, Measure
from kvarter.evidence.statutory import CRITERIA
from kvarter.journal.personal import Personal
from kvarter.places.models import Area

DIRECTIONS = [
    ("more", _("mere er bedre")),
    ("less", _("mindre er bedre")),
    ("maintain", _("skal holdes")),
    ("none", _("ikke aftalt")),
]
MEASURES = [
    (Measure.SHARE.value, _("andel")),
    (Measure.MEAN.value, _("gennemsnit")),
    (Measure.COUNT.value, _("antal")),
    (Measure.AMOUNT.value, _("kroner")),
]
FLOWS = [
    (Flow.STOCK.value, _("opgjort på en dag")),
    (Flow.FLOW.value, _("sket i en periode")),
    (Flow.CUMULATIVE.value, _("i alt til nu")),
    (Flow.ASKED.value, _("spurgt om i en periode")),
]
BASES = [
    ("people", _("beboere")),
    ("households", _("husstande")),
    ("dwellings", _("boliger")),
    ("voters", _("vælgere")),
]


CRITERIA_NAMES = [(criterion.key, criterion.name) for criterion in CRITERIA.values()]


class Grade(models.TextChoices):
    """How well an indicator tells of its theme."""

    A = "A", _("måler selve temaet")
    B = "B", _("følger temaet tæt")
    C = "C", _("et fingerpeg")
    D = "D", _("baggrund, siger intet om virkningen")


class InTwoLanguages(models.Model):
    """Texts in Danish, with English beside where there is some."""

    class Meta:
        abstract = True

    def said(self, field: str) -> str:
        """A field in the reader's language; Danish where there is no other."""
        danish: str = getattr(self, field)
        return (get_language() == "en" and getattr(self, f"{field}_en")) or danish


class Theme(InPartnership, InTwoLanguages):
    """One of the agreement's themes, and how it is gone about to know it. `clause`: the clause that names it."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="themes")
    clause = models.CharField(_("punkt"), max_length=120)
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("navn"), max_length=120)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True)
    about = models.TextField(_("om temaet"), blank=True)
    about_en = models.TextField(_("om temaet på engelsk"), blank=True)

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temaer")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["partnership", "slug"], name="theme_once")]

    def __str__(self) -> str:
        return self.said("name")

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/tal/{self.slug}"


class Indicator(InPartnership, InTwoLanguages):
    """Something that can be counted or asked, and that tells of a theme.

    `version` and `decision`: which version of the agreement, and which decision, set the definition. A definition that
    changes gives a new indicator; `successor` names it, and the old one's figures stay. `composition`: the whole that
    it is one category of. `base`: what the whole counts.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="indicators")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="indicators", verbose_name=_("tema"))
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("navn"), max_length=160)
    name_en = models.CharField(_("navn på engelsk"), max_length=160, blank=True)
    definition = models.TextField(_("hvad der tælles"))
    definition_en = models.TextField(_("hvad der tælles, på engelsk"), blank=True)
    respondents = models.CharField(_("hvem der tælles eller svarer"), max_length=200)
    respondents_en = models.CharField(_("hvem, på engelsk"), max_length=200, blank=True)
    known_issues = models.TextField(_("kendte svagheder"), blank=True)
    known_issues_en = models.TextField(_("kendte svagheder på engelsk"), blank=True)
    measure = models.CharField(_("enhed"), max_length=10, choices=MEASURES)
    base = models.CharField(_("hvad tallet er af"), max_length=12, choices=BASES, blank=True)
    flow = models.CharField(_("slags tal"), max_length=10, choices=FLOWS)
    grade = models.CharField(_("hvor godt det måler temaet"), max_length=1, choices=Grade)
    criterion = models.CharField(_("lovens kriterium"), max_length=20, blank=True, choices=CRITERIA_NAMES)
    owner = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ansvarlig part")
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("afløst af")
    )
    composition = models.ForeignKey(
        "evidence.Composition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        verbose_name=_("sammensætning"),
    )
    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("aftalens udgave")
    )
    decision = models.CharField(_("beslutning"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("indikator")
        verbose_name_plural = _("indikatorer")
        ordering = ["theme__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="indicator_once"),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="indicator_not_its_own_successor"),
            models.CheckConstraint(
                condition=Q(composition=None) | Q(measure=Measure.SHARE.value), name="indicator_category_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.said("name")

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/indikator/{self.slug}"


class ClauseLink(models.Model):
    """That an indicator speaks to a clause of the agreement: vision, future image, goal or strategy."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="links")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="+")
    clause = models.CharField(_("punkt"), max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "agreement", "clause"], name="clause_link_once")]

    def __str__(self) -> str:
        return self.clause


class Aim(InPartnership):
    """What was decided that an indicator is to do: direction, target, and what it is compared with.

    Hangs on the version of the agreement and the decision that set it. The latest decided one holds; earlier ones stay.
    Without one, no direction is agreed, and a change is then just a change.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="aims")
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="+", verbose_name=_("aftalens udgave"))
    decision = models.CharField(_("beslutning"), max_length=200)
    decided_on = models.DateField(_("besluttet den"))
    direction = models.CharField(_("retning"), max_length=10, choices=DIRECTIONS)
    margin = models.FloatField(_("margen"), null=True, blank=True)
    baseline = models.FloatField(_("udgangspunkt"), null=True, blank=True)
    baseline_on = models.DateField(_("udgangspunktets dag"), null=True, blank=True)
    target = models.FloatField(_("mål"), null=True, blank=True)
    target_by = models.DateField(_("målet nås senest"), null=True, blank=True)
    reference = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sammenlignes med")
    )

    class Meta:
        verbose_name = _("sigte")
        verbose_name_plural = _("sigter")
        ordering = ["decided_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "decided_on"], name="aim_one_a_day"),
            models.CheckConstraint(
                condition=~Q(direction="maintain") | Q(margin__gt=0), name="aim_to_maintain_has_a_margin"
            ),
            models.CheckConstraint(
                condition=Q(target=None) | ~Q(direction__in=["none", "maintain"]),
                name="aim_with_a_target_has_a_direction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} ({self.decided_on})"

    @property
    def partnership(self) -> Partnership:  # type: ignore[override]
        return self.indicator.partnership

    @property
    def journal_subject(self) -> str:
        return self.indicator.journal_subject


class Forecast(InPartnership):
    """What someone wrote down, before the figure came, that it would be if nothing were done. Never changed."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="forecasts")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("område"))
    about = models.DateField(_("om dagen"))
    value = models.FloatField(_("ventet tal"))
    author = models.CharField(_("skrevet af"), max_length=120)
    written_on = models.DateField(_("skrevet den"))
    grounds = models.TextField(_("begrundelse"), blank=True)

    personal: ClassVar = {
        "author": Personal(_("Vise hvem der står bag forudsigelsen"), _("Så længe indikatoren kan læses")),
    }

    class Meta:
        verbose_name = _("forudsigelse")
        verbose_name_plural = _("forudsigelser")
        ordering = ["about", "written_on", "id"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.about}: {self.value:g}"

    @property
    def partnership(self) -> Partnership:  # type: ignore[override]
        return self.indicator.partnership

    @property
    def journal_subject(self) -> str:
        return self.indicator.journal_subject


class EffectGoal(InPartnership, InTwoLanguages):
    """A goal for the effect that a municipality or board has set across the themes, in its own words."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="effect_goals")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("effektmål"), max_length=200)
    name_en = models.CharField(_("effektmål på engelsk"), max_length=200, blank=True)
    set_by = models.CharField(_("sat af og hvornår"), max_length=200)
    indicators: models.ManyToManyField[Indicator, models.Model] = models.ManyToManyField(
        Indicator, related_name="effect_goals", blank=True, verbose_name=_("indikatorer")
    )

    class Meta:
        verbose_name = _("effektmål")
        verbose_name_plural = _("effektmål")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.said("name")
