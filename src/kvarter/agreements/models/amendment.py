"""A proposed change of an agreement: what it wants changed, clause by clause, on the version it was written on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.merging import ChangeKind
from kvarter.agreements.models.agreement import Agreement, AgreementVersion
from kvarter.agreements.models.partnership import InPartnership, Partnership
from kvarter.agreements.text import Kind
from kvarter.journal.personal import Personal


class Amendment(InPartnership):
    """Changed, new and removed clauses with a reason. In force only by a decision of the body the agreement names.

    One proposed and taken back is withdrawn, and the parties can still read it; a draft that never was proposed is
    given up, and stays its author's and the secretariat's.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("kladde")
        PROPOSED = "proposed", _("foreslået")
        IN_FORCE = "in_force", _("trådt i kraft")
        WITHDRAWN = "withdrawn", _("trukket tilbage")
        GIVEN_UP = "given_up", _("opgivet")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="amendments")
    base = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="amendments")
    title = models.CharField(_("titel"), max_length=200)
    why = models.TextField(_("begrundelse"))
    state = models.CharField(_("tilstand"), max_length=10, choices=State, default=State.DRAFT)
    public = models.BooleanField(_("i offentlig høring"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    ends = models.DateField(_("nyt udløb"), null=True, blank=True)
    approving_body = models.CharField(_("ny godkender af ændringer"), max_length=200, blank=True)
    result = models.OneToOneField(AgreementVersion, models.PROTECT, null=True, related_name="brought_by")

    personal: ClassVar = {
        "author": Personal(_("Vide hvem der har foreslået ændringen"), _("Så længe aftalen kan læses")),
    }

    class Meta:
        verbose_name = _("ændring")
        verbose_name_plural = _("ændringer")
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="in_force", result__isnull=False) | ~Q(state="in_force") & Q(result=None),
                name="amendment_in_force_has_a_version",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def partnership(self) -> Partnership:  # type: ignore[override]
        return self.agreement.partnership

    @property
    def journal_subject(self) -> str:
        return f"/aendring/{self.pk}/"


class AmendmentChange(models.Model):
    """What one amendment does to one clause. `place` is false where a changed clause stays where it is."""

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="changes")
    change = models.CharField(_("ændring"), max_length=10, choices=ChangeKind)
    key = models.SlugField(max_length=80)
    kind = models.CharField(_("slags"), max_length=20, choices=Kind, blank=True)
    heading = models.CharField(_("overskrift"), max_length=300, blank=True)
    text = models.TextField(_("tekst"), blank=True)
    placed = models.BooleanField(default=False)
    parent = models.SlugField(max_length=80, blank=True)
    after = models.SlugField(max_length=80, blank=True)
    wordings = models.JSONField(_("på andre sprog"), default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["amendment", "key"], name="amendment_touches_a_clause_once")]

    def __str__(self) -> str:
        return f"{self.get_change_display()}: {self.key}"
