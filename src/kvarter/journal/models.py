"""One line for every change of state. The database itself refuses to change or delete one (see `locks.py`)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kvarter.journal.personal import Personal


class Entry(models.Model):
    """Who did what to what, when and why.

    `subject` is the address path of the thing, so that a line can be read without the thing's own table and
    without a generic foreign key; `partnership` is the tenant's slug, empty for the installation itself.
    """

    at = models.DateTimeField(_("tidspunkt"), db_index=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("hvem")
    )
    verb = models.CharField(_("handling"), max_length=60)
    partnership = models.CharField(max_length=60, blank=True, db_index=True)
    subject = models.CharField(max_length=200)
    label = models.CharField(_("hvad"), max_length=200)
    why = models.TextField(_("hvorfor"), blank=True)
    details = models.JSONField(default=dict)

    personal: ClassVar = {
        "who": Personal(_("Vide hvem der ændrede hvad"), _("Så længe journalen findes; navnet slettes med adgangen")),
    }

    class Meta:
        verbose_name = _("linje i journalen")
        verbose_name_plural = _("journal")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.label}"
