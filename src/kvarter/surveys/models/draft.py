"""A file of answers collected elsewhere, waiting to be looked at."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import InPartnership
from kvarter.journal.personal import Personal


class AnswersDraft(InPartnership):
    """A file that was sent in: kept until it is taken in or given up, a week at most.

    sealed: the mapped columns alone, in a random order, under the operator's key (see `actions.outside`).
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="answers_drafts")
    name = models.CharField(_("fil"), max_length=200)
    rows = models.PositiveIntegerField(_("svar"))
    sent = models.DateTimeField(_("sendt"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sealed = models.BinaryField(default=b"")

    personal: ClassVar = {
        "by": Personal(_("Vide hvem der sendte filen"), _("Til den er læst ind eller opgivet")),
        "sealed": Personal(_("Se svarene igennem, før de læses ind"), _("Til de er læst ind, højst en uge")),
    }

    class Meta:
        verbose_name = _("svar til gennemsyn")
        verbose_name_plural = _("svar til gennemsyn")
        ordering = ["-sent", "-id"]

    def __str__(self) -> str:
        return self.name
