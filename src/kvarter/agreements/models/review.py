"""An uploaded agreement on its way in: read, suggested, not yet accepted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models.partnership import InPartnership, Partnership
from kvarter.journal.personal import Personal


class ImportReview(InPartnership):
    """What was read from a file, as it stands after a person's corrections. Gone once accepted or given up."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="reviews")
    filename = models.CharField(_("fil"), max_length=200)
    proposal = models.JSONField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded = models.DateTimeField(auto_now_add=True)

    personal: ClassVar = {
        "uploaded_by": Personal(_("Vide hvem der er i gang med importen"), _("Til importen er godkendt eller opgivet")),
    }

    class Meta:
        verbose_name = _("aftale under indlæsning")
        verbose_name_plural = _("aftaler under indlæsning")
        ordering = ["-uploaded"]

    def __str__(self) -> str:
        return self.filename

    @property
    def journal_subject(self) -> str:
        return f"/indlaes/{self.pk}/"
