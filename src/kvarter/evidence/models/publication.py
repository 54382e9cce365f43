"""What has been published: written once, never changed, each the one way in to every page of figures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.journal.personal import Personal


class Publication(InPartnership):
    """An immutable, dated snapshot: `document` holds every figure with its label, method and source, as JSON in one
    fixed way of writing it; `digest` is its SHA-256. A correction is a new one that names the one it corrects.
    The database itself refuses to change or delete a row (migration 0002).
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField(_("nummer"))
    title = models.CharField(_("titel"), max_length=200)
    published = models.DateTimeField(_("offentliggjort"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offentliggjort af"),
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("retter")
    )
    document = models.TextField(_("indhold"))
    digest = models.CharField(_("fingeraftryk"), max_length=64)

    personal: ClassVar = {
        "by": Personal(
            _("Vide hvem der offentliggjorde"), _("Så længe tallene kan læses; navnet slettes med adgangen")
        ),
    }

    class Meta:
        verbose_name = _("offentliggørelse")
        verbose_name_plural = _("offentliggørelser")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="publication_number_once"),
            models.UniqueConstraint(fields=["partnership", "digest"], name="publication_digest_once"),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="publication_not_its_own_correction"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/udgivelse/{self.number}"
