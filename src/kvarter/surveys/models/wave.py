"""A wave: what is asked of whom, by whose authority, and how far it has come."""

from __future__ import annotations

import secrets
from datetime import date

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.places.models import Area
from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.writing import read

LONGEST_PAUSE = 60  # days


def new_salt() -> bytes:
    """What digests of a wave's codes are salted with."""
    return secrets.token_bytes(16)


class QuestionnaireVersion(InPartnership):
    """A questionnaire as it was asked: never changed, a new version instead (the database refuses, migration 0002)."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="questionnaires")
    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(_("udgave"))
    title = models.CharField(_("titel"), max_length=200)
    audience = models.CharField(
        _("for"), max_length=10, choices=[("adults", _("voksne")), ("youth", _("12-17-årige"))], default="adults"
    )
    content = models.TextField(_("indhold"))
    digest = models.CharField(_("fingeraftryk"), max_length=64)
    added = models.DateTimeField(_("lagt ind"))

    class Meta:
        verbose_name = _("spørgeskema")
        verbose_name_plural = _("spørgeskemaer")
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "key", "version"], name="questionnaire_version_once"),
            models.UniqueConstraint(fields=["partnership", "digest"], name="questionnaire_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.version}"

    @property
    def questionnaire(self) -> Questionnaire:
        """What is asked."""
        return read(self.content)

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/spoergeskema/{self.key}/{self.version}"


class Wave(InPartnership):
    """One round of the survey.

    reference_on: the day that the figures are of. area: whom it is about; reference: those it is compared with, who are
    asked too. opens, closes: the first and last day that can be answered. salt, seed: of codes and of the draw.
    pause: days from a letter to the next one to the same person, at the least.
    protocol: how the sample was drawn, so that anyone can draw it again. frame_deleted_on: the day when names and
    addresses are deleted, fixed when the wave opens. cut_at: when every way from a person to an answer was destroyed.
    swept_at: when nothing of it was left in keys, kept mail and the databases' files either.
    weighting: how the answers were weighted, with diagnostics. register: the taken-in estimates, by their digest.
    findings: what was odd about a wave that was collected elsewhere, as [{"kind", "told": {"da", "en"}}].
    told: purpose, legal_basis, retention and source in other languages, as {"en": {"purpose": …}} (`telling.py`).
    """

    class State(models.TextChoices):
        """How far a wave has come; one step at a time, or called off before it was closed."""

        PLANNED = "planned", _("planlagt")
        SAMPLING = "sampling", _("udtrukket")
        IN_FIELD = "in_field", _("åbnet")
        CLOSED = "closed", _("lukket")
        WEIGHTED = "weighted", _("vægtet")
        PUBLISHED = "published", _("offentliggjort")
        CALLED_OFF = "called_off", _("aflyst")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="waves")
    slug = models.SlugField(max_length=40)
    name = models.CharField(_("navn"), max_length=120)
    name_en = models.CharField(_("navn på engelsk"), max_length=120, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("område"))
    reference = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sammenlignes med")
    )
    questionnaire = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="+", verbose_name=_("spørgeskema")
    )
    youth = models.ForeignKey(
        QuestionnaireVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("spørgeskema for 12-17-årige"),
    )
    reference_on = models.DateField(_("tallene gælder den"))
    opens = models.DateField(_("åbner"))
    closes = models.DateField(_("lukker"))
    pause = models.PositiveSmallIntegerField(
        _("dage mellem breve"), default=10, validators=[MaxValueValidator(LONGEST_PAUSE)]
    )
    state = models.CharField(_("tilstand"), max_length=10, choices=State, default=State.PLANNED)
    is_imported = models.BooleanField(_("indlæst udefra"), default=False)
    open_link = models.BooleanField(_("åbent link ved siden af"), default=False)
    controller = models.CharField(_("dataansvarlig"), max_length=200)
    contact = models.CharField(_("kontakt"), max_length=200, blank=True)
    purpose = models.TextField(_("formål"))
    legal_basis = models.CharField(_("hjemmel"), max_length=300)
    retention = models.TextField(_("hvor længe svarene gemmes"))
    source = models.TextField(_("hvor navne og adresser kommer fra"), blank=True)
    officer = models.CharField(_("databeskyttelsesrådgiver"), max_length=200, blank=True)
    processors = models.CharField(_("de, der arbejder for jer med oplysningerne"), max_length=300, blank=True)
    told = models.JSONField(_("det samme på andre sprog"), default=dict, blank=True)
    frame_deleted_on = models.DateField(_("navne og adresser slettes den"))
    frame_deleted_at = models.DateTimeField(_("navne og adresser slettet"), null=True)
    salt = models.BinaryField(default=new_salt)
    seed = models.BigIntegerField(_("frø"), null=True)
    protocol = models.TextField(_("protokol for udtræk"), blank=True)
    cut_at = models.DateTimeField(_("forbindelsen klippet"), null=True)
    swept_at = models.DateTimeField(_("ryddet op efter klippet"), null=True)
    weighting = models.JSONField(_("vægtning"), null=True)
    register = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(_("fundet ved indlæsning"), default=list)

    class Meta:
        verbose_name = _("undersøgelse")
        verbose_name_plural = _("undersøgelser")
        ordering = ["-reference_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="wave_address_once"),
            models.CheckConstraint(condition=Q(closes__gte=F("opens")), name="wave_closes_after_opening"),
            models.CheckConstraint(condition=Q(frame_deleted_on__gt=F("closes")), name="wave_frame_kept_while_open"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "sampling", "in_field"]) | Q(cut_at__isnull=False),
                name="wave_closed_is_cut",
            ),
        ]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def names(self) -> dict[str, str]:
        """Its name in the languages it has one in."""
        return {"da": self.name} | ({"en": self.name_en} if self.name_en else {})

    @property
    def ended(self) -> date:
        """The last day that could be answered: the planned one, or the day it was closed where that came before."""
        closed = timezone.localdate(self.cut_at) if self.cut_at else self.closes
        return min(self.closes, closed)

    @property
    def key(self) -> str:
        """Its name in the other database."""
        return f"{self.partnership.slug}/{self.slug}"

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/undersoegelse/{self.slug}"


class Target(models.Model):
    """What the wave must be able to see of an item, judged before it starts: a change of so much since the last."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="targets")
    item = models.SlugField(_("spørgsmål"), max_length=60)
    change = models.FloatField(_("ændring, der skal kunne ses"))

    class Meta:
        verbose_name = _("krav til undersøgelsen")
        verbose_name_plural = _("krav til undersøgelsen")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "item"], name="target_once_an_item"),
            models.CheckConstraint(condition=Q(change__gt=0), name="target_above_0"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.change:g}"
